"""A sheet as text -> rows of typed values, with one problem for every cell that is not as told."""

from __future__ import annotations

import datetime
import difflib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from der22.errors import InputProblem
from der22.formats.grid import is_made_date
from der22.formats.numbers import NumberColumn, read_number
from der22.formats.sheets import Sheet
from der22.inputs.columns import Column, Kind

__all__ = ["IDENTIFIER", "TypedRow", "Value", "read_cells"]

Value = str | int | float | datetime.date | None

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MAX_TEXT = 200
#: likeness from which another heading is thought of
_ALIKE = 0.6
_WINDOWS_NAMES = {"CON", "PRN", "AUX", "NUL"} | {
    f"{port}{number}" for port in ("COM", "LPT") for number in range(10)
}
#: what stands before the numbers of a summary row
_TOTALS = frozenset({
    "mean", "median", "average", "sum", "total", "totals", "min", "max", "sd", "count", "n",
    "summe", "gesamt", "mittelwert", "totale", "somma", "media", "moyenne", "promedio",
})  # fmt: skip
#: how programs write that nothing is known: no name of anything
_MISSING_WORDS = frozenset(
    {"na", "n/a", "nan", "null", "none", "-", "?", "n.a.", "missing", "unknown"}
)


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One row whose cells have their type.

    Attributes:
        number: row as an editor shows it, header = 1.
        values: column -> value; None = blank or refused.
        texts: column -> what stood there.
        refused: columns whose cell was refused, or that the sheet lacks although they are needed.
        extra: the ``x_`` columns, as text, in sheet order.
    """

    number: int
    values: dict[str, Value]
    texts: dict[str, str]
    refused: frozenset[str]
    extra: dict[str, str]


def read_cells(
    sheet: Sheet, columns: Sequence[Column], base: Path
) -> tuple[list[TypedRow], list[InputProblem]]:
    """Give every cell its type.

    Args:
        sheet: text.
        columns: what the columns are.
        base: folder that relative paths start from (the folder of the sheet).

    Returns:
        The rows, refused cells as None, and all problems.
    """
    known = {column.name: column for column in columns}
    near = _near_columns(sheet, known)
    missing = _missing_columns(sheet, columns)
    problems = [*sheet.problems, *_unknown_columns(sheet, known, near)]
    problems += [problem for problem in missing if problem.column not in near.values()]
    twice = (name for name in known if sheet.columns.count(name) > 1)
    lacking = frozenset([*(problem.column or "" for problem in missing), *near.values(), *twice])
    readers = [
        _reader(known[name], base, _style(sheet, known[name], problems)) if name in known else None
        for name in sheet.columns
    ]
    rows: list[TypedRow] = []
    for number, cells in sheet.rows:
        texts = dict(zip(sheet.columns, cells, strict=True))
        values: dict[str, Value] = dict.fromkeys(known)
        refused = set(lacking)
        for name, reader in zip(sheet.columns, readers, strict=True):
            if (number, name) in sheet.refused:
                refused.add(name)
            elif reader is not None:
                try:
                    values[name] = reader(texts[name])
                except _ColumnRefusedError:
                    refused.add(name)
                except ValueError as error:
                    refused.add(name)
                    message = str(error)
                    problems.append(InputProblem(sheet.source, message, number, name, texts[name]))
        extra = {name: text for name, text in texts.items() if name not in known}
        rows.append(TypedRow(number, values, texts, frozenset(refused), extra))
    return rows, problems


class _ColumnRefusedError(ValueError):
    """A cell of a column that was refused as a whole, which is told already."""


def _style(sheet: Sheet, column: Column, problems: list[InputProblem]) -> NumberColumn | None:
    """Return how a column of numbers is written; None for others and for one that is told."""
    if column.kind not in (Kind.NUMBER, Kind.WHOLE):
        return None
    low = -math.inf if column.minimum is None else column.minimum
    high = math.inf if column.maximum is None else column.maximum
    style, unclear = sheet.numbers(column.name, low, high, whole=column.kind is Kind.WHOLE)
    problems += unclear
    return None if unclear else style


def _near_columns(sheet: Sheet, known: dict[str, Column]) -> dict[str, str]:
    """Return unknown column -> the known one that is probably meant and is not there."""
    lacking = [name for name in known if name not in sheet.columns]
    unknown = [n for n in sheet.columns if n and n not in known and not n.startswith("x_")]
    near = {
        name: difflib.get_close_matches(name.lower(), lacking, n=1, cutoff=_ALIKE)
        for name in unknown
    }
    return {name: found[0] for name, found in near.items() if found}


def _unknown_columns(
    sheet: Sheet, known: dict[str, Column], near: dict[str, str]
) -> list[InputProblem]:
    return [
        InputProblem(
            sheet.source,
            f"unknown column; {f'did you mean {near[name]}? ' if name in near else ''}known are "
            f"{', '.join(known)}; a column of your own must begin with x_",
            row=sheet.header_row,
            column=name,
        )
        for name in sheet.columns
        if name and name not in known and not name.startswith("x_")
    ]


def _missing_columns(sheet: Sheet, columns: Sequence[Column]) -> list[InputProblem]:
    return [
        InputProblem(sheet.source, f"this column is needed: {column.meaning}", column=column.name)
        for column in columns
        if column.required and column.name not in sheet.columns
    ]


def _reader(column: Column, base: Path, style: NumberColumn | None) -> Callable[[str], Value]:
    def number(text: str, column: Column, _base: Path) -> Value:
        if style is None:
            raise _ColumnRefusedError
        return _number(text, column, style)

    convert = number if column.kind in (Kind.NUMBER, Kind.WHOLE) else _CONVERTERS[column.kind]

    def read(text: str) -> Value:
        if not text:
            if column.required:
                raise ValueError(f"blank, but it is needed: {column.meaning}")
            return None
        return convert(text, column, base)

    return read


def _identifier(text: str, _column: Column, _base: Path) -> str:
    if text.casefold() in _MISSING_WORDS:
        raise ValueError("stands for a missing value; write the name or leave the cell blank")
    if text.casefold() in _TOTALS:
        raise ValueError("looks like a row of totals; remove the row")
    if not IDENTIFIER.fullmatch(text) or len(text) > _MAX_TEXT:
        raise ValueError(
            "an identifier begins with a letter or digit and holds only letters, digits, "
            f"dot, underscore and hyphen, at most {_MAX_TEXT} characters"
        )
    if is_made_date(text):
        raise ValueError(
            "looks like a date that a spreadsheet made of a name; format the column as text and "
            "write the name again"
        )
    if text.endswith(".") or text.split(".")[0].upper() in _WINDOWS_NAMES:
        raise ValueError("this name cannot be a file on every system; choose another")
    return text


def _text(text: str, _column: Column, _base: Path) -> str:
    if text.casefold() in _MISSING_WORDS - {"-"}:  # a dash says: the target is in another file
        raise ValueError("stands for a missing value; write what is meant or leave the cell blank")
    if len(text) > _MAX_TEXT:
        raise ValueError(f"longer than {_MAX_TEXT} characters")
    if not text.isprintable():
        raise ValueError("holds characters that cannot be printed")
    return text


def _word(text: str, column: Column, _base: Path) -> str:
    if text not in column.words:
        near = difflib.get_close_matches(text, column.words, n=1, cutoff=0.5)
        advice = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"allowed are {', '.join(column.words)}{advice}")
    return text


def _number(text: str, column: Column, style: NumberColumn) -> float | int:
    value = read_number(text, style.style)
    if column.kind is Kind.WHOLE:
        if value is None or not value.is_integer() or abs(value) >= 1e9:
            raise ValueError("not a whole number")
        value = int(value)
    if value is None:
        raise ValueError("not a finite number; write digits with a decimal point")
    _within(value, column)
    return value


def _within(value: float, column: Column) -> None:
    if column.minimum is not None and value < column.minimum:
        raise ValueError(f"below {column.minimum:g}")
    if column.maximum is not None and value > column.maximum:
        raise ValueError(f"above {column.maximum:g}")


def _date(text: str, _column: Column, _base: Path) -> datetime.date:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ValueError("not a date; write it as 2024-03-31") from None


def _path(text: str, _column: Column, base: Path) -> str:
    if not text.isprintable():
        raise ValueError("holds characters that cannot be printed")
    return str((base / text).absolute())


_CONVERTERS: dict[Kind, Callable[[str, Column, Path], Value]] = {
    Kind.IDENTIFIER: _identifier,
    Kind.TEXT: _text,
    Kind.WORD: _word,
    Kind.DATE: _date,
    Kind.PATH: _path,
}
