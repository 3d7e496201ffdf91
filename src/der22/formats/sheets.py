"""Input sheets as text: .tsv, .csv, .xlsx with one header line -> header and cells, no more."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from der22.errors import InputError, InputProblem

__all__ = ["Sheet", "parse_delimited", "read_sheet"]

_MAX_SHEET_BYTES = 256 * 2**20
_MAX_EXPANSION = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as the user wrote it.

    Attributes:
        source: file name for sentences.
        columns: header, stripped.
        rows: row number as an editor shows it (header = 1) and the cells, stripped, one per column.
        comments: lines before the header that begin with ``#``, without the sign.
        problems: columns named twice or not at all, rows that are too long.
    """

    source: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    comments: tuple[str, ...] = ()
    problems: tuple[InputProblem, ...] = ()


def read_sheet(path: Path | str) -> Sheet:
    """Read a sheet; the kind is told by the file's ending, .xlsx, .csv, else tab-separated.

    Raises:
        InputError: no such file, not text, or no header.
    """
    path = Path(path)
    try:
        if path.stat().st_size > _MAX_SHEET_BYTES:
            raise InputError([InputProblem(path.name, "larger than 256 MiB; this is no sheet")])
        content = path.read_bytes()
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else str(error.strerror)
        raise InputError(
            [InputProblem(path.name, f"{reason}; correct the path that names it", value=path.name)]
        ) from error
    if path.suffix.lower() == ".xlsx":
        return _from_lines(path.name, _xlsx_lines(path.name, content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            [InputProblem(path.name, f"byte {error.start} is not UTF-8; save the sheet as UTF-8")]
        ) from error
    return parse_delimited(path.name, text, "," if path.suffix.lower() == ".csv" else "\t")


def parse_delimited(source: str, text: str, delimiter: str) -> Sheet:
    """Read delimited text that has a header line, with ``#`` comments allowed before it."""
    if "\0" in text:
        raise InputError([InputProblem(source, "holds a NUL byte; this is not a text sheet")])
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False))
    except csv.Error as error:
        raise InputError([InputProblem(source, f"not readable as a table: {error}")]) from error
    return _from_lines(source, iter(enumerate(lines, start=1)))


def _xlsx_lines(source: str, content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    import openpyxl  # half a second that only .xlsx sheets pay

    _refuse_bomb(source, content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        table = book.worksheets[0]
        lines = [[_cell(value) for value in row] for row in table.iter_rows(values_only=True)]
    except (KeyError, ValueError, IndexError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise InputError([InputProblem(source, "not a readable .xlsx workbook")]) from error
    return iter(enumerate(lines, start=1))


def _refuse_bomb(source: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            expanded = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        raise InputError([InputProblem(source, "not a readable .xlsx workbook")]) from error
    if expanded > max(_MAX_SHEET_BYTES // 4, _MAX_EXPANSION * len(content)):
        raise InputError([InputProblem(source, f"expands to {expanded} bytes; refused")])


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
    rows: list[tuple[int, tuple[str, ...]]] = []
    problems: list[InputProblem] = []
    for number, raw in lines:
        cells = tuple(cell.strip() for cell in raw)
        if not any(cells):
            continue
        if header is None:
            if cells[0].startswith("#"):
                comments.append(" ".join(cells)[1:].strip())
                continue
            header = _trim(cells)
            problems += _header_problems(source, header)
        else:
            problems += _fit(source, number, cells, header)
            rows.append((number, (cells + ("",) * len(header))[: len(header)]))
    if header is None:
        raise InputError([InputProblem(source, "empty; a header line with column names is needed")])
    return Sheet(source, header, tuple(rows), tuple(comments), tuple(problems))


def _trim(cells: tuple[str, ...]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def _header_problems(source: str, header: tuple[str, ...]) -> list[InputProblem]:
    seen: set[str] = set()
    problems = []
    for name in header:
        if not name:
            problems.append(InputProblem(source, "a column has no name", row=1))
        elif name in seen:
            problems.append(InputProblem(source, "this column stands twice", row=1, column=name))
        seen.add(name)
    return problems


def _fit(
    source: str, number: int, cells: tuple[str, ...], header: tuple[str, ...]
) -> list[InputProblem]:
    if any(cells[len(header) :]):
        message = f"{len(_trim(cells))} cells, the header has {len(header)} columns"
        return [InputProblem(source, message, row=number)]
    return []
