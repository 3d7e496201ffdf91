"""Excel workbooks (.xlsx) opened by openpyxl behind a guard: the values of cells, nothing else.

openpyxl is given a copy of the few members that hold cell values, each of them bounded and free of
document types, never the file itself: no links, drawings, macros, properties or entities reach it.
"""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from der22.errors import UnreadableFileError
from der22.formats.archive import member_names, open_archive, read_member, xml_root_name
from der22.formats.grid import (
    Cell,
    Grid,
    Mark,
    MarkedCell,
    cell_name,
    is_error_text,
    plain_blanks,
)

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

__all__ = ["XlsxBook", "mark_merged", "open_xlsx", "with_format"]

_MAX_BYTES = 128 * 2**20
_MAX_ROWS = 1_048_576
_MAX_CELLS = 2_000_000
_MAX_TAGS = 12_000_000  # four to a cell; a plate of 384 wells and three dyes has 5 million
_MAX_MERGED = 100_000
_WORKBOOK = "xl/workbook.xml"
_READ_MEMBERS = re.compile(
    r"\[content_types\]\.xml|xl/_rels/workbook\.xml\.rels|xl/((work)?sheets/)?[^/]+\.xml",
    re.IGNORECASE,
)
#: a formula cell without a value: it would read as blank, and blank means not known
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c(?P<attributes>\s[^>]*)?>(?:\s|<!--.*?-->)*"
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)(?:\s|<!--.*?-->)*"
    rb"(?P<empty><(?:\w+:)?v(?:\s[^>]*)?(?:/>|></(?:\w+:)?v>))?(?:\s|<!--.*?-->)*</(?:\w+:)?c>",
    re.DOTALL,
)
#: openpyxl has no exception of its own for damaged XML; these are what 10,000 spoiled workbooks
#: made it raise: numbers and references that are none, parts that are missing or not well-formed;
#: and memory that is too small for one row of a million cells
_DAMAGE = (
    ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RuntimeError, SyntaxError,
    TypeError, ValueError,
)  # fmt: skip


_MERGED = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"'
)
_CELL_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})([0-9]{1,7})"')
_NO_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


@dataclass(frozen=True, slots=True)
class XlsxBook:
    """An open workbook; hidden sheets are never read and not even listed.

    Attributes:
        name: file, for sentences.
        sheets: visible sheets by name, in workbook order.
        merged: by sheet its merged ranges: first row, first column, last row, last column, from 1.
        uncalculated: by sheet row and column, from 0, of formulas without a value.
    """

    name: str
    sheets: Mapping[str, ReadOnlyWorksheet]
    merged: Mapping[str, tuple[tuple[int, int, int, int], ...]]
    uncalculated: Mapping[str, frozenset[tuple[int, int]]]

    def grid(self, sheet: str, width: int | None = None) -> Grid:
        """Return the cells of a sheet, those marked whose bare value is not what a person sees.

        Args:
            sheet: name of the sheet.
            width: columns to read, None = all; those to the right are passed over.

        Raises:
            UnreadableFileError: ``FILE_UNREADABLE`` when the sheet is damaged or absurdly large.
        """
        table = self.sheets[sheet]
        rows: list[list[Cell]] = []
        n_cells = 0
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                table.reset_dimensions()
                for cells in table.rows:
                    rows.append([_marked(cell) for cell in cells[:width]])
                    n_cells += len(cells)
                    if n_cells > _MAX_CELLS or len(rows) > _MAX_ROWS:
                        raise _damaged(self.name, f"sheet {sheet[:80]!r} has too many cells")
        except _DAMAGE as error:
            raise _damaged(self.name, f"sheet {sheet[:80]!r}: {error!r}") from error
        for row, column in self.uncalculated[sheet]:
            if row < len(rows) and (width is None or column < width):
                rows[row] += [None] * (column + 1 - len(rows[row]))
                rows[row][column] = MarkedCell(Mark.FORMULA, "")
        widest = max(map(len, rows), default=0)
        for top, left, bottom, right in self.merged[sheet][:_MAX_MERGED]:
            # a range may be named far beyond what the sheet holds
            mark_merged(rows, top - 1, left - 1, min(bottom, len(rows)), min(right, widest))
        source = self.name if len(self.sheets) == 1 else f"{self.name}, tab {sheet}"
        return Grid(source, rows)


def open_xlsx(content: bytes, name: str) -> XlsxBook | None:
    """Open a workbook held in memory; None when the archive holds no workbook.

    Args:
        content: the whole file.
        name: what to call it in sentences.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when the archive or the workbook is damaged,
            declares a document type or unpacks too far.
    """
    with open_archive(content, name) as archive:
        members = member_names(archive)
        if _WORKBOOK not in members:
            return None
        wanted = {
            member: real for member, real in members.items() if _READ_MEMBERS.fullmatch(member)
        }
        copy = _safe_copy(archive, wanted, name)
    import openpyxl  # a third of a second that only workbooks pay

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and validations that are not read anyway
            book = openpyxl.load_workbook(copy, read_only=True, data_only=True, keep_links=False)
        sheets: dict[str, ReadOnlyWorksheet] = {}
        merged: dict[str, tuple[tuple[int, int, int, int], ...]] = {}
        uncalculated: dict[str, frozenset[tuple[int, int]]] = {}
        with zipfile.ZipFile(copy) as parts:
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible" and sheet.title not in sheets:
                    sheets[sheet.title] = sheet
                    part = parts.read(sheet._worksheet_path)  # type: ignore[attr-defined] # read-only
                    merged[sheet.title] = tuple(
                        (int(top), _column_number(left), int(bottom), _column_number(right))
                        for left, top, right, bottom in _MERGED.findall(part)
                    )
                    uncalculated[sheet.title] = frozenset(_uncalculated_cells(part))
    except _DAMAGE as error:
        raise _damaged(name, repr(error)) from error
    return XlsxBook(
        name, MappingProxyType(sheets), MappingProxyType(merged), MappingProxyType(uncalculated)
    )


def _safe_copy(archive: zipfile.ZipFile, wanted: Mapping[str, str], name: str) -> io.BytesIO:
    """Return an archive of the members `wanted`, all of them XML without document type."""
    # zipfile never unpacks more of a member than it claims, so the claims may be trusted
    expanded = sum(archive.getinfo(real).file_size for real in wanted.values())
    if expanded > _MAX_BYTES:
        raise UnreadableFileError(
            "FILE_UNREADABLE",
            f"{name}: unpacks to {expanded} bytes, more than {_MAX_BYTES // 2**20} MiB, no plate "
            "or cohort does; export it again",
        )
    copy = io.BytesIO()
    n_tags = 0
    with zipfile.ZipFile(copy, "w") as safe:
        for member, real in wanted.items():
            part = read_member(archive, real, name)
            if xml_root_name(part, name) is None:
                raise _damaged(name, f"{member[:80]!r} has no XML element in its first 64 kB")
            n_tags += part.count(b"<")
            if n_tags > _MAX_TAGS:
                raise _damaged(name, "more cells than any plate or cohort has")
            safe.writestr(zipfile.ZipInfo(member), part)
    copy.seek(0)
    return copy


def _uncalculated_cells(part: bytes) -> Iterator[tuple[int, int]]:
    """Yield row and column, from 0, of the formulas whose value is not in the file.

    A formula of text (``t="str"``) may have computed nothing: that is a value.
    """
    for match in _UNCALCULATED.finditer(part):
        attributes = match["attributes"] or b""
        place = _CELL_REFERENCE.search(attributes)
        if place and not (match["empty"] and b't="str"' in attributes):
            yield int(place[2]) - 1, _column_number(place[1]) - 1


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def mark_merged(rows: list[list[Cell]], top: int, left: int, bottom: int, right: int) -> None:
    """Mark the cells of a merged range: a program shows the value of the first for all of them.

    Args:
        rows: the cells; those of the range are replaced.
        top: first row, from 0.
        left: first column, from 0.
        bottom: row below the last.
        right: column behind the last.
    """
    marked = MarkedCell(Mark.MERGED, f"{cell_name(top + 1, left)}:{cell_name(bottom, right - 1)}")
    for row in rows[top:bottom]:
        row += [None] * (right - len(row))
        row[left:right] = [marked] * (right - left)


def with_format(number: float, number_format: str | None) -> Cell:
    """Return a number as a person sees it: a percentage marked, leading zeros kept."""
    plain_format = _NO_FORMAT.sub("", number_format or "")
    if "%" in plain_format:
        shown_value = float(f"{number * 100:.12g}")
        return MarkedCell(Mark.PERCENT, f"{shown_value:g} %", shown_value)
    if re.fullmatch(r"0{2,15}", plain_format) and number.is_integer() and number >= 0:
        return str(int(number)).zfill(len(plain_format))  # 007, as a person sees it
    return number


def _marked(cell: Any) -> Cell:
    """Return the value of a cell of openpyxl, marked where its format makes another thing of it."""
    value = cell.value
    if value is None:
        return None
    if isinstance(value, str):
        return MarkedCell(Mark.ERROR, value) if is_error_text(value) else plain_blanks(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        shown_format = re.sub(r"AM/PM|A/P", "", _NO_FORMAT.sub("", cell.number_format or ""))
        if {c for c in shown_format.lower() if c.isalpha()} - set("dmyhs"):
            from openpyxl.utils.datetime import to_excel

            # a format of another program, as "Standard", makes no date
            return float(to_excel(value))  # type: ignore[no-untyped-call] # openpyxl has no types
        shown = value.date() if isinstance(value, datetime.datetime) else value
        return MarkedCell(Mark.DATE, str(shown))
    try:
        number = float(value)
    except OverflowError:  # hundreds of digits: a text, no number
        return str(value)
    return with_format(number, cell.number_format)


def _damaged(name: str, detail: str) -> UnreadableFileError:
    return UnreadableFileError(
        "FILE_UNREADABLE",
        f"{name}: not a readable .xlsx workbook ({detail[:200]}); save or export it again",
    )
