"""Names and birth dates have no place in a sheet: what looks like one is told, never repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from der22.errors import InputProblem
from der22.flags import Level
from der22.formats.sheets import Sheet
from der22.inputs.columns import Column, Kind

__all__ = ["personal_data"]

#: dasatinib was approved in 2006: an earlier date is no event of a patient treated with it
_FIRST_YEAR = 2006
_DATE = re.compile(
    r"(?P<y1>19[0-9]{2}|20[0-9]{2})[-./][0-9]{1,2}[-./][0-9]{1,2}(?:[T ].*)?"
    r"|[0-9]{1,2}[-./ ](?:[0-9]{1,2}|[A-Za-z]{3})[-./ ](?P<y2>19[0-9]{2}|20[0-9]{2})"
)
#: two or three words with a capital each and no digit
_NAME = re.compile(r"[A-Z][a-z]{2,}(?:(?:, |[ ._-])[A-Z][a-z]+){1,2}")
_BIRTH_TITLE = re.compile(r"(?i)birth|\bdob\b|geburt|nascita|naissance|nacimiento")
_NAME_TITLE = re.compile(
    r"(?i)(?:first|last|family|given|full|patient).?name|surname|cognome|nachname|vorname|pr.nom"
)
_KINDS = {"birth": "a birth date", "name": "a person's name"}


def personal_data(sheet: Sheet, columns: Sequence[Column]) -> list[InputProblem]:
    """Return a warning for every cell that looks like a name or a birth date, without its text.

    Looks at identifiers, free text and columns of the user's own; a column whose title says it is
    one warning.
    """
    kinds = {column.name: column.kind for column in columns}
    own = {Kind.IDENTIFIER, Kind.TEXT, None}
    looked_at = [
        (at, title)
        for at, title in enumerate(sheet.columns)
        if kinds.get(title) in own and title not in ("fusion_target", "control_target")
    ]
    found: list[InputProblem] = []
    for at, title in looked_at:
        if title not in kinds and (kind := _kind_of_title(title)):
            found.append(_warning(sheet, sheet.header_row, title, kind))
        else:
            found += [
                _warning(sheet, number, title, kind)
                for number, cells in sheet.rows
                for kind in _kinds_of(cells[at], is_own=title not in kinds)
            ]
    return found


def _kind_of_title(title: str) -> str:
    words = title.removeprefix("x_").replace("_", " ")
    if _BIRTH_TITLE.search(words):
        return "birth"
    return "name" if _NAME_TITLE.search(words) else ""


def _kinds_of(text: str, *, is_own: bool) -> Iterator[str]:
    date = _DATE.fullmatch(text)
    if date is not None and int(date["y1"] or date["y2"]) < _FIRST_YEAR:
        yield "birth"
    # a column of the user's own may hold a centre or a comment of two words
    if not is_own and _NAME.fullmatch(text):
        yield "name"


def _warning(sheet: Sheet, row: int, column: str, kind: str) -> InputProblem:
    message = (
        f"looks like {_KINDS[kind]}, which results must not carry; use pseudonyms and days, and "
        "remove the column"
    )
    return InputProblem(
        sheet.source, message, row, column, level=Level.WARNING, code="PERSONAL_DATA"
    )
