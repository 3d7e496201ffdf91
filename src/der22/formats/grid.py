"""Rows of cells as they lie in a text table or on a tab of a workbook, every doubt marked.

One place decides what a line of text or a cell of a workbook is; every reader of sheets and of
instrument exports starts from its `Grid`. Nothing is refused here, because a doubt above the header
or in a column that nobody reads does no harm: it is marked, and whoever reads the cell refuses it.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from der22.errors import UnreadableFileError

__all__ = [
    "Cell",
    "Grid",
    "Mark",
    "MarkedCell",
    "NumberText",
    "cell_name",
    "cell_string",
    "decode_text",
    "is_error_text",
    "is_made_date",
    "plain_blanks",
    "separator_line",
    "split_text",
    "unprintable",
]


class Mark(StrEnum):
    """Why the bare value of a workbook's cell is not what a person sees."""

    PERCENT = "percent"
    DATE = "date"
    MERGED = "merged"
    FORMULA = "formula"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class MarkedCell:
    """A cell of a workbook that is no plain text and no plain number.

    Attributes:
        mark: why.
        shown: what a person sees: ``92 %``, ``2024-03-01``, ``#N/A``; the range of merged cells.
        value: the number of a percent cell as shown (92), else None.
    """

    mark: Mark
    shown: str
    value: float | None = None

    @property
    def fault(self) -> str:
        """What is wrong with the cell where plain text or a number is meant, and the remedy."""
        return _FAULTS[self.mark].format(shown=self.shown)


_FAULTS = {
    Mark.PERCENT: "is a percentage ({shown}); write the plain number with the format General",
    Mark.DATE: "a spreadsheet made the date {shown} of it; format the column as text (numbers as "
    "General) and write what was meant again",
    Mark.MERGED: "belongs to the merged cells {shown}; unmerge them and write each row's value",
    Mark.FORMULA: "is a formula that was never calculated; open the workbook in a spreadsheet "
    "program and save it, or write the value",
    Mark.ERROR: "is the error {shown} of a formula; write the value or clear the cell",
}


#: what spreadsheet programs write, in their languages, for a value that they could not compute, and
#: for a number that its column is too narrow to show
_ERROR_TEXT = re.compile(r"#(?:N/?[A-Z]|[A-Z0-9/]{2,12}[!?]|#+)", re.IGNORECASE)


def is_error_text(text: str) -> bool:
    """Tell whether a text stands for a value that a spreadsheet program could not show.

    >>> is_error_text("#N/A"), is_error_text("#BEZUG!"), is_error_text("##"), is_error_text("#12")
    (True, True, True, False)
    """
    return text.startswith("#") and _ERROR_TEXT.fullmatch(text) is not None


#: what a spreadsheet makes of a name such as MAR22 or 3-1, in the languages of Excel's users
_MONTH = (
    "jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|mrz|märz?|mai|okt|dez|gen|mag|giu|lug|ago|set|"
    "ott|dic|janv|févr|fevr|mars|avr|juin|juil|août|aout|déc|ene|abr|fev|out"
)
_DAY, _YEAR = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:19|20)[0-9]{2}"
_MADE_DATE = re.compile(
    rf"{_DAY}[-. ]{{1,2}}(?:{_MONTH})\.?(?:[-. ](?:[0-9]{{2}}|{_YEAR}))?"
    rf"|(?:{_MONTH})\.?[-. ](?:[0-9]{{2}}|{_YEAR})"
    rf"|{_DAY}[-./]{_DAY}[-./]{_YEAR}"
    rf"|{_YEAR}[-./]{_DAY}[-./]{_DAY}",
    re.IGNORECASE,
)


def is_made_date(text: str) -> bool:
    """Tell whether a text looks like a date that a spreadsheet program made of a name.

    No program writes months in capitals: ``MAR-22`` is the name of a centre or a patient.

    >>> is_made_date("Mar-22"), is_made_date("3-Apr"), is_made_date("Pat-01")
    (True, True, False)
    """
    return _MADE_DATE.fullmatch(text) is not None and not (text.isupper() and len(text) > 1)


class NumberText(str):
    """The text of a cell that a workbook holds as a number: its style is no question."""

    __slots__ = ()


#: text, a number of a workbook, a cell that needs a look, or nothing
Cell = str | float | MarkedCell | None


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells.

    Attributes:
        source: file, and tab of a workbook, for sentences.
        rows: the rows; row 1 of the file is item 0.
        faults: row number -> why the line cannot be split into cells.
    """

    source: str
    rows: Sequence[Sequence[Cell]]
    faults: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))


def cell_string(cell: Cell) -> str:
    """Return the text of a cell without outer blanks; whole numbers without a decimal point."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, MarkedCell):
        return cell.shown
    whole = cell.is_integer() and abs(cell) < 1e15
    return NumberText(int(cell) if whole else repr(cell))


def cell_name(row: int, column: int) -> str:
    """Return the name a spreadsheet gives a cell.

    >>> cell_name(4, 0), cell_name(1, 27)
    ('A4', 'AB1')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def decode_text(content: bytes) -> str:
    """Return the text of an instrument's file with LF line ends.

    UTF-8 with or without mark, UTF-16 by its mark, else Windows-1252 or, where that is not defined,
    Latin-1.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = content.decode("utf-16", errors="replace")
    else:
        for encoding in ("utf-8-sig", "cp1252", "latin-1"):
            with suppress(UnicodeDecodeError):
                text = content.decode(encoding)
                break
    return text.replace("\r\n", "\n").replace("\r", "\n")


_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?')


def separator_line(text: str) -> str:
    """Return the separator that a first line ``sep=;`` of a spreadsheet program names, else ''."""
    match = _SEPARATOR_LINE.fullmatch(text.split("\n", 1)[0][:8])
    return match[1] if match else ""


_MAX_CHARACTERS = 64 * 2**20


def split_text(text: str, separator: str, source: str) -> Grid:
    """Split text into rows of cells, one line a row.

    Quotes follow the rules of CSV strictly and end on their line: a quote that never closes would
    swallow all rows below, so it makes a fault of its row instead. Blanks of other scripts become
    plain ones.

    Args:
        text: with LF line ends.
        separator: one character.
        source: file, for sentences.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` for more text than any table holds.
    """
    if len(text) > _MAX_CHARACTERS:
        raise UnreadableFileError(
            "FILE_UNREADABLE",
            f"{source}: more than {_MAX_CHARACTERS // 2**20} million characters, no table is that "
            "large; give the export of one run",
        )
    text = plain_blanks(text)
    lines = text.split("\n")
    if '"' not in text and "#" not in text:
        return Grid(source, [line.split(separator) for line in lines])
    rows: list[Sequence[Cell]] = []
    faults: dict[int, str] = {}
    for number, line in enumerate(lines, 1):
        cells: list[str]
        if '"' in line:
            try:
                cells = next(csv.reader([line], delimiter=separator, strict=True))
            except csv.Error:
                cells = line.split(separator)
                at = next((i for i, c in enumerate(cells, 1) if c.lstrip().startswith('"')), 1)
                faults[number] = (
                    f'cell {at} opens a quote (") that does not close on its line; remove the '
                    "quote and any line end inside the cell"
                )
        else:
            cells = line.split(separator)
        rows.append(
            [MarkedCell(Mark.ERROR, c.strip()) if is_error_text(c.strip()) else c for c in cells]
            if "#" in line
            else cells
        )
    return Grid(source, rows, MappingProxyType(faults))


def unprintable(text: str) -> str:
    r"""Return the first character that cannot be printed by its code, '' when there is none.

    >>> unprintable("a"), unprintable("a\u200b")
    ('', 'the character U+200B')
    """
    if text.isprintable():
        return ""
    found = next((c for c in text if not c.isprintable()), "")
    return f"the character U+{ord(found):04X}"


def plain_blanks(text: str) -> str:
    """Return text whose blanks of any width are plain blanks."""
    if text.isascii():
        return text
    wide = {c for c in set(text) if c != " " and unicodedata.category(c) == "Zs"}
    return text.translate({ord(c): " " for c in wide}) if wide else text
