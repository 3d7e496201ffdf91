"""What people write instead of our headings and words, where it can mean one thing only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from der22.errors import InputProblem
from der22.flags import Severity
from der22.formats.numbers import without_unit
from der22.formats.sheets import Sheet, read_sheet
from der22.inputs.columns import CellKind, Column
from der22.resources import resource_path

__all__ = ["Wording", "read_synonyms", "wording_of"]

_HEADING: Final = ""
_CODE: Final = "SYNONYM_READ"


@dataclass(frozen=True, slots=True)
class Wording:
    """The headings and words of one sheet.

    Attributes:
        columns: what the sheet may hold.
        ours: column ('' for headings) -> folded word -> our word.
    """

    columns: Sequence[Column]
    ours: dict[str, dict[str, str]]

    def heading(self, title: str) -> str:
        """Return our name of a column, `title` itself when it is none of ours."""
        if title.startswith("x_"):
            return title
        return self.ours[_HEADING].get(_fold(title), title)

    def translate(self, sheet: Sheet) -> tuple[Sheet, list[InputProblem]]:
        """Return a sheet in our words, and a note on every word that was replaced."""
        notes = [
            _note(sheet, sheet.header_row, title, None, f"read as column {name}")
            for title, name in zip(sheet.titles, sheet.columns, strict=True)
            if title != name
        ]
        kinds = {column.name: column for column in self.columns}
        rows = []
        for number, cells in sheet.rows:
            words = list(cells)
            for at, (name, text) in enumerate(zip(sheet.columns, cells, strict=True)):
                column, word, message = kinds.get(name), text, "read without its sign"
                if column is not None and column.is_percent:
                    word = without_unit(text, "%")
                elif column is not None and column.kind is CellKind.WORD:
                    if text not in column.words:
                        word = self.ours.get(name, {}).get(_fold(text), text) if text else text
                    message = f"read as {word}"
                if word != text:
                    words[at] = word
                    notes.append(_note(sheet, number, name, text, message))
            rows.append((number, tuple(words)))
        return replace(sheet, rows=tuple(rows)), notes


@cache
def read_synonyms() -> tuple[tuple[str, ...], ...]:
    """Return the shipped table: sheet, column ('' for a heading), their word, our word."""
    return tuple(cells for _, cells in read_sheet(resource_path("synonyms.tsv")).rows)


@cache
def wording_of(sheet_name: str, columns: Sequence[Column]) -> Wording:
    """Return the wording of the sheet `sheet_name`; a word of ours in other letters is one too."""
    ours: dict[str, dict[str, str]] = {_HEADING: {}}
    for sheet, column, theirs, word in read_synonyms():
        if sheet == sheet_name:
            ours.setdefault(column, {})[_fold(theirs)] = word
    for known in columns:
        ours[_HEADING][_fold(known.name)] = known.name
        ours.setdefault(known.name, {}).update({_fold(word): word for word in known.words})
    return Wording(columns, ours)


def _note(sheet: Sheet, row: int, column: str, value: str | None, message: str) -> InputProblem:
    return InputProblem(sheet.source, message, row, column, value, Severity.NOTE, _CODE)


def _fold(word: str) -> str:
    """Return a word without case, blanks and punctuation but for signs that join two words."""
    return "".join(c for c in word.casefold() if c.isalnum() or c in "+/")
