"""Names and birth dates have no place in a sheet: what looks like one is told, never repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from der22.errors import InputProblem
from der22.flags import Severity
from der22.formats.sheets import Sheet
from der22.inputs.columns import CellKind, Column

__all__ = ["personal_data"]

#: dasatinib was approved in 2006: an earlier date is no event of a patient treated with it
_FIRST_YEAR = 2006
_YEAR, _DAY, _MONTH = "(?:19|20)[0-9]{2}", "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])"
_DATE = re.compile(
    rf"(?P<y1>{_YEAR})(?:[-./]{_MONTH}[-./]{_DAY}(?:[T ].*)?"
    r"|(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))"
    rf"|{_DAY}[-./ ]+(?:{_DAY}|[^\W\d_]{{3,9}}\.?)[-./ ]+(?P<y2>{_YEAR})"
)
#: an identifier of two or more words of letters only
_NAME = re.compile(r"[^\W\d_]{2,}(?:[ ._,'-]+[^\W\d_]+)+")
#: words of identifiers that are nobody's name
_NO_NAME = frozenset({
    "case", "control", "controls", "patient", "pat", "sample", "ref", "reference", "normal", "dna",
    "rna", "cdna", "blank", "water", "no", "pos", "neg", "positive", "negative", "wt", "wild",
    "type", "run", "plate", "male", "female", "dx", "diagnosis", "relapse", "all", "ph", "template",
})  # fmt: skip
_BIRTH_TITLE = re.compile(r"(?i)birth|\bdob\b|geb(urt|\.|$)|\bborn\b|nascita|naissance|nacimiento")
_NAME_TITLE = re.compile(
    r"(?i)^(?:(?:first|last|family|given|full|patient).?name|name|surname|cognome|nome|nachname|"
    r"vorname|pr.nom|mrn|codice fiscale|social security.*)$"
)
#: columns whose cells name a person or what was taken of one
_OF_PERSONS = frozenset({"patient_id", "sample_id", "read_id", "plate_sample"})
_KINDS = {"birth": "a birth date", "name": "a person's name"}


def personal_data(sheet: Sheet, columns: Sequence[Column]) -> list[InputProblem]:
    """Return a warning for every cell that looks like a name or a birth date, without its text.

    Looks at identifiers, free text and columns of the user's own; a column whose title says it is
    one warning.
    """
    kinds = {column.name: column.kind for column in columns}
    own = {CellKind.IDENTIFIER, CellKind.TEXT, None}
    looked_at = [(at, title) for at, title in enumerate(sheet.columns) if kinds.get(title) in own]
    found: list[InputProblem] = []
    for at, title in looked_at:
        words = title.removeprefix("x_").replace("_", " ")
        is_birth, is_name = _BIRTH_TITLE.search(words), _NAME_TITLE.search(words)
        if title not in kinds and (is_birth or is_name):
            kind = "birth" if is_birth else "name"
            found.append(_warning(sheet, sheet.header_row, title, kind))
        else:
            found += [
                _warning(sheet, number, title, kind)
                for number, cells in sheet.rows
                for kind in _kinds_of(
                    cells[at],
                    is_of_person=title in _OF_PERSONS,
                    is_identifier=title in kinds,
                )
            ]
    return found


def _kinds_of(text: str, *, is_of_person: bool, is_identifier: bool) -> Iterator[str]:
    date = _DATE.fullmatch(text)
    is_number = is_identifier and text.isdigit()  # an identifier may be any eight digits
    if date is not None and not is_number and int(date["y1"] or date["y2"]) < _FIRST_YEAR:
        yield "birth"
    # any other column may hold a centre, a primer or a comment of two words
    words = set(re.split(r"[ ._,'-]+", text.casefold()))
    n_long = sum(len(word) > 2 for word in words)
    if is_of_person and _NAME.fullmatch(text) and n_long > 1 and not words & _NO_NAME:
        yield "name"


def _warning(sheet: Sheet, row: int, column: str, kind: str) -> InputProblem:
    message = (
        f"looks like {_KINDS[kind]}, which results must not carry; use pseudonyms and days instead"
    )
    return InputProblem(
        sheet.source, message, row, column, level=Severity.WARNING, code="PERSONAL_DATA"
    )
