"""Input sheets as text: .tsv, .csv, .xlsx with one header line -> header and cells, no more."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from der22.errors import InputError, InputProblem, UnreadableFileError
from der22.formats.files import read_bytes
from der22.formats.workbook import open_xlsx

__all__ = ["Sheet", "parse_delimited", "read_sheet", "xlsx_lines"]

_MAX_SHEET_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as the user wrote it.

    Attributes:
        source: file name for sentences.
        columns: header, stripped.
        rows: row number as an editor shows it (first line = 1) and the cells, stripped, one per
            column.
        comments: lines before the header that begin with ``#``, without the sign.
        header_row: row number of the header.
        problems: columns named twice or not at all, rows that are too long.
    """

    source: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    comments: tuple[str, ...] = ()
    problems: tuple[InputProblem, ...] = ()
    header_row: int = 1


def read_sheet(path: Path | str) -> Sheet:
    """Read a sheet; the kind is told by the file's ending, .xlsx, .csv, else tab-separated.

    Raises:
        InputError: no such file, not text, or no header.
    """
    path = Path(path)
    try:
        content = read_bytes(path, _MAX_SHEET_BYTES)
    except UnreadableFileError as error:
        message = error.message.removeprefix(f"{path.name}: ")
        raise InputError([InputProblem(path.name, message, value=path.name)]) from error
    if path.suffix.lower() == ".xlsx":
        return _from_lines(path.name, iter(enumerate(xlsx_lines(path.name, content), start=1)))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            [InputProblem(path.name, f"byte {error.start} is not UTF-8; save the sheet as UTF-8")]
        ) from error
    return parse_delimited(path.name, text, _delimiter(path, text))


def _delimiter(path: Path, text: str) -> str:
    """Return what parts the cells: a tab; in a .csv a comma or, as where it is decimal, ``;``."""
    if path.suffix.lower() != ".csv":
        return "\t"
    header = next((line for line in text.splitlines() if line.strip(" ,;#")), "")
    return ";" if ";" in header and "," not in header else ","


def parse_delimited(source: str, text: str, delimiter: str) -> Sheet:
    """Read delimited text that has a header line, with ``#`` comments allowed before it."""
    if "\0" in text:
        raise InputError([InputProblem(source, "holds a NUL byte; this is not a text sheet")])
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False))
    except csv.Error as error:
        raise InputError([InputProblem(source, f"not readable as a table: {error}")]) from error
    return _from_lines(source, iter(enumerate(lines, start=1)))


def xlsx_lines(source: str, content: bytes) -> list[list[str]]:
    """Return the rows of the first sheet of a workbook as text, row 1 first.

    Raises:
        InputError: no readable workbook, one that declares a document type, or one far too large.
    """
    try:
        book = open_xlsx(content, source, dates=True)
        if book is None or not book.sheets:
            raise InputError(
                [InputProblem(source, "holds no sheet of a workbook; save it as .xlsx")]
            )
        rows = book.rows(next(iter(book.sheets)))
    except UnreadableFileError as error:
        message = error.message.removeprefix(f"{source}: ")
        raise InputError([InputProblem(source, message)]) from error
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "date") and callable(value.date):
        return str(value.date().isoformat())
    return str(value)


def _from_lines(source: str, lines: Iterator[tuple[int, Sequence[str]]]) -> Sheet:
    comments: list[str] = []
    header: tuple[str, ...] | None = None
    header_row = 0
    rows: list[tuple[int, tuple[str, ...]]] = []
    problems: list[InputProblem] = []
    for number, raw in lines:
        cells = tuple(cell.strip() for cell in raw)
        if not any(cells):
            continue
        if header is None:
            if cells[0].startswith("#"):
                comments.append(",".join(_trim(cells))[1:].strip())
                continue
            header, header_row = _trim(cells), number
            problems += _header_problems(source, number, header)
        else:
            problems += _fit(source, number, cells, header)
            rows.append((number, (cells + ("",) * len(header))[: len(header)]))
    if header is None:
        raise InputError(
            [InputProblem(source, "is empty; a header line with column names is needed")]
        )
    return Sheet(source, header, tuple(rows), tuple(comments), tuple(problems), header_row)


def _trim(cells: tuple[str, ...]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def _header_problems(source: str, row: int, header: tuple[str, ...]) -> list[InputProblem]:
    seen: set[str] = set()
    problems = []
    for name in header:
        if not name:
            problems.append(InputProblem(source, "a column has no name", row=row))
        elif name in seen:
            problems.append(InputProblem(source, "this column stands twice", row=row, column=name))
        seen.add(name)
    return problems


def _fit(
    source: str, number: int, cells: tuple[str, ...], header: tuple[str, ...]
) -> list[InputProblem]:
    if any(cells[len(header) :]):
        message = f"{len(_trim(cells))} cells, the header has {len(header)} columns"
        return [InputProblem(source, message, row=number)]
    return []
