"""Excel 97-2003 workbooks (.xls), the default export of several instruments, opened by xlrd."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from functools import partial
from types import MappingProxyType

import xlrd
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError

from der22.errors import UnreadableFileError
from der22.formats.qpcr.numbers import Cell
from der22.formats.qpcr.workbook import Workbook

__all__ = ["COMPOUND_FILE", "open_old_workbook"]

#: first bytes of a compound file
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: how the directory of a compound file writes the name of the stream that holds a workbook
_STREAM_NAMES = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_EXCEL_97 = 80
#: xlrd checks what a file claims by assertions and by running into its end: besides its own two
#: errors these are what 20,000 spoiled workbooks made it raise, each by its base
_DAMAGE = (
    XLRDError, CompDocError, ArithmeticError, AssertionError, AttributeError,
    LookupError, RuntimeError, TypeError, ValueError, struct.error,
)  # fmt: skip


def open_old_workbook(content: bytes, name: str) -> Workbook | None:
    """Open a workbook held in memory; None when the compound file holds no workbook.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when it is damaged, locked or older than Excel 97.
    """
    if not any(stream in content for stream in _STREAM_NAMES):
        return None
    try:
        book = xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), on_demand=True, ragged_rows=True
        )
        # 0 = visible; the public name would load every sheet
        visibility = book._sheet_visibility  # type: ignore[attr-defined] # missing in the stubs
        titles = [t for at, t in enumerate(book.sheet_names()) if not visibility[at]]
    except _DAMAGE as error:
        raise _damaged(name, repr(error)) from error
    if book.biff_version < _EXCEL_97:
        raise _damaged(name, "older than Excel 97; save it as .xlsx")
    readers = {title: partial(_rows, book, title, name) for title in titles}
    return Workbook(name, MappingProxyType(readers))


def _rows(book: xlrd.book.Book, title: str, name: str, width: int) -> list[Sequence[Cell]]:
    try:
        sheet = book.sheet_by_name(title)
        return [
            [
                _cell(kind, value)
                for kind, value in zip(
                    sheet.row_types(row, 0, width), sheet.row_values(row, 0, width), strict=True
                )
            ]
            for row in range(sheet.nrows)
        ]
    except _DAMAGE as error:
        raise _damaged(name, f"sheet {title[:80]!r}: {error!r}") from error


def _cell(kind: int, value: str | float) -> Cell:
    if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):  # a date stays the number it is
        return float(value)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if value else "FALSE"
    if kind == xlrd.XL_CELL_ERROR:
        return "#ERROR"
    return str(value) if kind == xlrd.XL_CELL_TEXT else None


def _damaged(name: str, detail: str) -> UnreadableFileError:
    return UnreadableFileError(
        "FILE_UNREADABLE",
        f"{name}: not a readable Excel 97-2003 workbook ({detail[:200]}); export it again",
    )
