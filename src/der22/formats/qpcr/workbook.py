"""Workbooks of instruments, old and new, as rows of cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from der22.formats.grid import Grid
from der22.formats.workbook import open_xlsx

__all__ = ["Workbook", "open_workbook"]

_MAX_COLUMNS = 500

#: reads the cells of one sheet, so many columns of them
SheetReader = Callable[[int], Grid]


@dataclass(frozen=True, slots=True)
class Workbook:
    """An open workbook, .xlsx or .xls.

    Attributes:
        name: file, for sentences.
        sheets: the reader of each visible sheet by its name, in workbook order.
    """

    name: str
    sheets: Mapping[str, SheetReader]

    def grid(self, sheet: str, width: int = _MAX_COLUMNS) -> Grid:
        """Return the cells of a sheet; empty rows are kept, so that row 1 is item 0.

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
    readers = {sheet: partial(book.grid, sheet) for sheet in book.sheets}
    return Workbook(name, MappingProxyType(readers))
