"""Workbooks of instruments as rows of cells; numbers stay as the file holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from der22.formats.qpcr.numbers import Cell
from der22.formats.workbook import XlsxBook, open_xlsx

__all__ = ["Workbook", "open_workbook"]

_MAX_COLUMNS = 500

#: reads the rows of one sheet, so many columns of them
SheetReader = Callable[[int], list[Sequence[Cell]]]


@dataclass(frozen=True, slots=True)
class Workbook:
    """An open workbook, .xlsx or .xls.

    Attributes:
        name: file, for sentences.
        sheets: the reader of each sheet by its name, in workbook order.
    """

    name: str
    sheets: Mapping[str, SheetReader]

    def rows(self, sheet: str, width: int = _MAX_COLUMNS) -> list[Sequence[Cell]]:
        """Return the rows of a sheet; empty rows are kept, so that row 1 is item 0.

        Args:
            sheet: name of the sheet.
            width: columns to read; those to the right are passed over.

        Raises:
            UnreadableFileError: ``FILE_UNREADABLE`` when the sheet is damaged or absurdly large.
        """
        return self.sheets[sheet](width)


def open_workbook(content: bytes, name: str) -> Workbook | None:
    """Open an .xlsx workbook held in memory; None when the archive holds no workbook.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when it is damaged, absurdly large or declares a
            document type.
    """
    book = open_xlsx(content, name)
    if book is None:
        return None
    readers = {sheet: partial(_rows, book, sheet) for sheet in book.sheets}
    return Workbook(name, MappingProxyType(readers))


def _rows(book: XlsxBook, sheet: str, width: int) -> list[Sequence[Cell]]:
    return [[_cell(value) for value in row] for row in book.rows(sheet, width)]


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:  # hundreds of digits: a text, no number
            return str(value)
    return str(value)
