"""Excel 97-2003 workbooks (.xls), the default export of several instruments, opened by xlrd."""

from __future__ import annotations

import io
import struct
from functools import partial
from types import MappingProxyType
from typing import Any

import xlrd
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError

from der22.errors import UnreadableFileError
from der22.formats.grid import Cell, Grid, Mark, MarkedCell
from der22.formats.qpcr.workbook import Workbook
from der22.formats.workbook import mark_merged, with_format

__all__ = ["COMPOUND_FILE", "open_old_workbook"]

#: first bytes of a compound file
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: how the directory of a compound file writes the name of the stream that holds a workbook
_STREAM_NAMES = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_EXCEL_97 = 80
_MAX_MERGED = 100_000
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
            file_contents=content,
            logfile=io.StringIO(),
            on_demand=True,
            ragged_rows=True,
            formatting_info=True,
        )
        # 0 = visible; the public name would load every sheet
        visibility = book._sheet_visibility  # type: ignore[attr-defined] # missing in the stubs
        titles = [t for at, t in enumerate(book.sheet_names()) if not visibility[at]]
    except _DAMAGE as error:
        raise _damaged(name, repr(error)) from error
    if book.biff_version < _EXCEL_97:
        raise _damaged(name, "older than Excel 97; save it as .xlsx")
    readers = {title: partial(_grid, book, title, name) for title in titles}
    return Workbook(name, MappingProxyType(readers))


def _grid(book: xlrd.book.Book, title: str, name: str, width: int) -> Grid:
    try:
        sheet = book.sheet_by_name(title)
        rows: list[list[Cell]] = [
            [_cell(book, cell) for cell in sheet.row_slice(row, 0, width)]
            for row in range(sheet.nrows)
        ]
        for top, bottom, left, right in sheet.merged_cells[:_MAX_MERGED]:
            mark_merged(rows, top, left, min(bottom, len(rows)), min(right, width))
    except _DAMAGE as error:
        raise _damaged(name, f"sheet {title[:80]!r}: {error!r}") from error
    return Grid(f"{name}, tab {title}", rows)


def _cell(book: xlrd.book.Book, cell: xlrd.sheet.Cell) -> Cell:
    value: Any = cell.value
    if cell.ctype == xlrd.XL_CELL_DATE:
        return MarkedCell(
            Mark.DATE, str(xlrd.xldate.xldate_as_datetime(value, book.datemode).date())
        )
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        style = book.format_map[book.xf_list[cell.xf_index or 0].format_key]
        return with_format(float(value), style.format_str)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return MarkedCell(Mark.ERROR, xlrd.error_text_from_code.get(value, "#ERROR"))
    return str(value) if cell.ctype == xlrd.XL_CELL_TEXT else None


def _damaged(name: str, detail: str) -> UnreadableFileError:
    return UnreadableFileError(
        "FILE_UNREADABLE",
        f"{name}: not a readable Excel 97-2003 workbook ({detail[:200]}); export it again",
    )
