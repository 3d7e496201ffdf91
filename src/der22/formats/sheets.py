"""Sheets people fill in: .tsv, .csv, .xlsx with one header line -> header and cells, no more.

A table is read strictly: what a person could have meant otherwise is a problem with its row, never
a guess. Sheets, probemix, size standard and peak tables all pass through here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from der22.errors import InputError, InputProblem, UnreadableFileError
from der22.formats.files import read_bytes, split_tab
from der22.formats.grid import (
    Grid,
    Mark,
    MarkedCell,
    cell_name,
    cell_string,
    is_error_text,
    separator_line,
    split_text,
    unprintable,
)
from der22.formats.numbers import NumberColumn, NumberStyleError, decide_numbers
from der22.formats.workbook import open_xlsx

__all__ = ["Sheet", "parse_delimited", "read_sheet"]

_MAX_SHEET_BYTES = 64 * 2**20
#: first bytes of what is no sheet -> what it is
_OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0", "an Excel 97-2003 or a locked workbook; save it without password as "
     ".xlsx"),
    (b"%PDF", "a PDF; save the table as .xlsx or tab-separated text"),
    (b"\x89PNG", "a picture; give the table itself"),
    (b"\xff\xd8\xff", "a picture; give the table itself"),
    (b"ABIF", "a raw instrument file; a sheet names such files in column path"),
    (b"{\\rtf", "a document of a word processor; save the table as .xlsx"),
    (b"\xff\xfe", "UTF-16 text (\"Unicode text\" of a spreadsheet program); save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text (\"Unicode text\" of a spreadsheet program); save it as UTF-8"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as the user wrote it.

    Attributes:
        source: file name, and the tab of a workbook that has several, for sentences.
        columns: header, stripped.
        rows: row number as an editor shows it (first line = 1) and the cells, stripped, one per
            column.
        comments: lines before the header that begin with ``#``, without the sign.
        header_row: row number of the header.
        problems: everything that can be read in more than one way, or not at all.
        refused: row and column of the cells among them; they are '' in `rows`.
        torn: the texts of rows that cannot be taken apart into cells and are not in `rows`.
        titles: the header as it stands in the file.
    """

    source: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    comments: tuple[str, ...] = ()
    problems: tuple[InputProblem, ...] = ()
    header_row: int = 1
    refused: frozenset[tuple[int, str]] = frozenset()
    torn: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()

    def numbered(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Iterate over (row number, column -> text)."""
        return ((row, dict(zip(self.columns, cells, strict=True))) for row, cells in self.rows)

    def numbers(
        self,
        column: str,
        minimum: float = -math.inf,
        maximum: float = math.inf,
        *,
        whole: bool = False,
    ) -> tuple[NumberColumn, list[InputProblem]]:
        """Return how a column writes its numbers, and the problem when it does not tell.

        Args:
            column: name of the column; one that the sheet lacks tells nothing and is no problem.
            minimum: smallest number that the column can hold.
            maximum: largest number.
            whole: the column holds whole numbers only.
        """
        at = self.columns.index(column) if column in self.columns else len(self.columns)
        texts = [(number, text) for number, cells in self.rows for text in cells[at : at + 1]]
        try:
            return decide_numbers((text for _, text in texts), minimum, maximum, whole=whole), []
        except NumberStyleError as error:
            row = next(number for number, text in texts if text == error.texts[0])
            told = InputProblem(self.source, str(error), row, column, error.texts[0])
            return NumberColumn(), [told]


def read_sheet(
    path: Path | str,
    name: str = "",
    percents: Collection[str] = (),
    dates: Collection[str] = (),
    heading: Callable[[str], str] = str,
) -> Sheet:
    """Read a sheet; a workbook is known by its content, text by the file's ending.

    Args:
        path: the file; ``lab.xlsx#Tab`` names a tab of a workbook.
        name: of the input, such as mlpa: which tab of several is meant.
        percents: columns of percentages: a cell formatted ``92 %`` is 92 there.
        dates: columns of dates: a date of a workbook is one there.
        heading: gives the name of a column by what the header says.

    Raises:
        InputError: no such file, not text, or no header.
    """
    file, tab = split_tab(str(path))
    source = Path(file).name
    try:
        content = read_bytes(file, _MAX_SHEET_BYTES)
    except UnreadableFileError as error:
        message = error.message.removeprefix(f"{source}: ")
        raise _refused(source, f"cannot be read: {message}") from error
    if content[:2] == b"PK":
        return _from_grid(_tab_of(content, source, name, tab), percents, dates, heading)
    if tab is not None:
        raise _refused(source, f"is no workbook and has no tab {tab}")
    if Path(file).suffix.lower() == ".xlsx":
        raise _refused(source, _kind(content) or "is no .xlsx workbook")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            source, _kind(content) or f"byte {error.start} is not UTF-8; save the sheet as UTF-8"
        ) from error
    if kind := _kind(content):
        raise _refused(source, kind)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return parse_delimited(source, text, _delimiter(source, text), percents, dates, heading)


def _kind(content: bytes) -> str:
    """Say what a file is that is no sheet, '' when nothing speaks against text."""
    head = content[:200].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "is a web page, whatever its name says; open it in a spreadsheet and save as .xlsx"
    return next(("is " + what for sign, what in _OTHER_KINDS if content.startswith(sign)), "")


def _delimiter(source: str, text: str) -> str:
    """Return what parts the cells: a tab; in a .csv a comma or, as where it is decimal, ``;``.

    Raises:
        InputError: the header is parted by another sign than the ending of the name promises.
    """
    if told := separator_line(text):
        return told
    lines = (line for line in text.split("\n") if not line.startswith("#"))
    header = next((line for line in lines if line.strip(" ,;#\t")), "")
    is_csv = source.lower().endswith(".csv")
    if is_csv and "\t" in header and "," not in header and ";" not in header:
        raise _refused(source, "is tab-separated text named .csv; name it .tsv")
    if is_csv:
        return ";" if header.count(";") > header.count(",") else ","
    other = next((sign for sign in (";", ",") if sign in header), "")
    if other and "\t" not in header:
        raise _refused(
            source, f"its cells are parted by {other!r}, not by tabs; name it .csv or save it again"
        )
    return "\t"


def parse_delimited(
    source: str,
    text: str,
    delimiter: str,
    percents: Collection[str] = (),
    dates: Collection[str] = (),
    heading: Callable[[str], str] = str,
) -> Sheet:
    """Read delimited text that has a header line, with ``#`` comments allowed before it."""
    if "\0" in text:
        raise _refused(source, "holds a NUL byte; this is not a text sheet")
    try:
        return _from_grid(split_text(text, delimiter, source), percents, dates, heading)
    except UnreadableFileError as error:
        raise _refused(source, error.message) from error


def _tab_of(content: bytes, source: str, name: str, tab: str | None) -> Grid:
    """Return the cells of the tab that is meant.

    Raises:
        InputError: no workbook, no such tab, or several filled ones of which none is named.
    """
    try:
        book = open_xlsx(content, source)
        if book is None:
            raise _refused(
                source,
                "is an OpenDocument table; save it as .xlsx"
                if b"opendocument" in content[:200]
                else "holds no sheet of a workbook; save it as .xlsx",
            )
        if tab is not None and tab not in book.sheets:
            listed = ", ".join(book.sheets) or "none"
            raise _refused(source, f"has no visible tab {tab}; visible are {listed}")
        grids = {title: book.grid(title) for title in book.sheets if tab in (None, title)}
    except UnreadableFileError as error:
        raise _refused(source, error.message.removeprefix(f"{source}: ")) from error
    filled = {
        title: grid
        for title, grid in grids.items()
        if any(cell_string(cell) for row in grid.rows for cell in row)
    }
    if len(filled) > 1:
        named = [title for title in filled if title.strip().casefold() == name.casefold()]
        if len(named) != 1:
            raise _refused(
                source,
                f"has {len(filled)} filled tabs ({', '.join(filled)}) and none is named "
                f"{name or 'as the input'}; name one so, or write {source}#Tab",
            )
        return filled[named[0]]
    if not filled:
        raise _refused(source, "holds no filled visible tab of a workbook")
    return next(iter(filled.values()))


def _from_grid(
    grid: Grid, percents: Collection[str], dates: Collection[str], heading: Callable[[str], str]
) -> Sheet:
    source = grid.source
    comments: list[str] = []
    titles: tuple[str, ...] = ()
    header: tuple[str, ...] | None = None
    header_row = 0
    rows: list[tuple[int, tuple[str, ...]]] = []
    problems: list[InputProblem] = []
    refused: set[tuple[int, str]] = set()
    torn: set[str] = set()
    for number, raw in enumerate(grid.rows, start=1):
        if number == 1 and len(raw) <= 2 and separator_line(",".join(map(cell_string, raw))):
            continue
        texts = tuple(map(cell_string, raw))
        if not any(texts):
            continue
        if header is None and texts[0].startswith("#"):
            comments.append(",".join(_trim(texts))[1:].strip())
            continue
        if number in grid.faults:
            problems.append(InputProblem(source, grid.faults[number], row=number))
        if header is None:
            titles, header_row = _trim(texts), number
            header = tuple(map(heading, titles))
            problems += _header_problems(source, number, header, titles)
            problems += [
                InputProblem(source, f"cell {cell_name(number, at)} {cell.fault}", row=number)
                for at, cell in enumerate(raw)
                if isinstance(cell, MarkedCell)
            ]
            continue
        misfit = [] if number in grid.faults else _misfit(source, number, texts, header, titles)
        problems += misfit
        if misfit or number in grid.faults:
            torn.update(text.strip('" ') for text in texts)
            continue
        cells = list((texts + ("",) * len(header))[: len(header)])
        for at, cell in enumerate(raw[: len(header)]):
            if isinstance(cell, MarkedCell):
                cells[at] = _plain(cell, header[at], percents, dates)
                if not cells[at]:
                    message = f"cell {cell_name(number, at)} {cell.fault}"
                    problems.append(InputProblem(source, message, number, header[at]))
                    refused.add((number, header[at]))
        for at, text in enumerate(cells):
            if not text.isprintable():
                message = f"holds {unprintable(text)}, which cannot be printed; write it again"
                problems.append(InputProblem(source, message, number, header[at], text))
                refused.add((number, header[at]))
                cells[at] = ""
        rows.append((number, tuple(cells)))
    if header is None:
        raise _refused(source, "is empty; a header line with column names is needed")
    return Sheet(
        source,
        header,
        tuple(rows),
        tuple(comments),
        tuple(problems),
        header_row,
        frozenset(refused),
        frozenset(torn),
        titles,
    )


def _plain(cell: MarkedCell, column: str, percents: Collection[str], dates: Collection[str]) -> str:
    """Return the text of a marked cell where its format leaves no doubt, '' where it does."""
    if cell.mark in (Mark.PERCENT, Mark.DATE) and column.startswith("x_"):
        return cell.shown  # carried through as a person sees it
    if cell.mark is Mark.PERCENT and column in percents and cell.value is not None:
        return cell_string(cell.value)
    if cell.mark is Mark.DATE and column in dates:
        return cell.shown
    return ""


def _trim(cells: tuple[str, ...]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def _header_problems(
    source: str, row: int, header: tuple[str, ...], titles: tuple[str, ...]
) -> list[InputProblem]:
    problems = []
    if "" in header:
        problems.append(InputProblem(source, "a column has no name", row=row))
    for name in dict.fromkeys(header):
        alike = [title for title, own in zip(titles, header, strict=True) if own == name]
        if name and len(alike) > 1:
            message = "this column stands twice"
            if len(set(alike)) > 1:
                message += f": {' and '.join(alike)} mean the same; remove one"
            problems.append(InputProblem(source, message, row=row, column=name))
    return problems


def _misfit(
    source: str,
    number: int,
    cells: tuple[str, ...],
    header: tuple[str, ...],
    titles: tuple[str, ...],
) -> list[InputProblem]:
    """Return what is wrong with a row as a whole."""
    if cells[0].startswith("#") and not is_error_text(cells[0]):
        message = "begins with #; comments stand above the header, remove the line"
        return [InputProblem(source, message, row=number)]
    if _trim(cells) in (header, titles):
        return [InputProblem(source, "is the header once more; remove the line", row=number)]
    if any(cells[len(header) :]):
        filled = len(_trim(tuple(map(cell_string, cells))))
        message = f"{filled} cells, the header has {len(header)} columns"
        return [InputProblem(source, message, row=number)]
    return []


def _refused(source: str, message: str) -> InputError:
    return InputError([InputProblem(source, message)])
