"""A sheet as text -> rows of typed values, with one problem for every cell that is not as told."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from der22.errors import InputProblem
from der22.formats.grid import is_made_date
from der22.formats.numbers import NumberColumn, read_number
from der22.formats.sheets import Sheet
from der22.inputs.columns import CellKind, Column

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
    absent = [name for name in known if name not in sheet.columns]
    problems = list(sheet.problems)
    near: dict[str, str] = {}  # unknown column -> the known one that is probably meant
    for name in sheet.columns:
        if name and name not in known and not name.startswith("x_"):
            advice = ""
            if found := difflib.get_close_matches(name.lower(), absent, n=1, cutoff=_ALIKE):
                near[name] = found[0]
                advice = f"did you mean {found[0]}? "
            message = (
                f"unknown column; {advice}known are {', '.join(known)}; "
                "a column of your own must begin with x_"
            )
            problems.append(InputProblem(sheet.source, message, sheet.header_row, name))
    missing = [column for column in columns if column.required and column.name in absent]
    problems += [
        InputProblem(sheet.source, f"this column is needed: {column.meaning}", column=column.name)
        for column in missing
        if column.name not in near.values()
    ]
    twice = (name for name in known if sheet.columns.count(name) > 1)
    lacking = frozenset([*(column.name for column in missing), *near.values(), *twice])
    styles: dict[str, NumberColumn] = {}
    unclear_columns: set[str] = set()
    for name in sheet.columns:
        if name in known and known[name].kind in (CellKind.NUMBER, CellKind.WHOLE):
            column = known[name]
            styles[name], unclear = sheet.numbers(
                name, column.minimum, column.maximum, whole=column.kind is CellKind.WHOLE
            )
            problems += unclear
            unclear_columns.update(name for _ in unclear)
    rows: list[TypedRow] = []
    for number, texts in sheet.numbered():
        values: dict[str, Value] = dict.fromkeys(known)
        refused = set(lacking)
        for name, text in texts.items():
            # the column as a whole was told already
            if (number, name) in sheet.refused or (text and name in unclear_columns):
                refused.add(name)
            elif name in known:
                try:
                    values[name] = _typed(text, known[name], styles.get(name), base)
                except ValueError as error:
                    refused.add(name)
                    problems.append(InputProblem(sheet.source, str(error), number, name, text))
        extra = {name: text for name, text in texts.items() if name not in known}
        rows.append(TypedRow(number, values, texts, frozenset(refused), extra))
    return rows, problems


def _typed(text: str, column: Column, style: NumberColumn | None, base: Path) -> Value:
    """Return the value of a cell, None of a blank one.

    Raises:
        ValueError: what is wrong with the text, and the remedy.
    """
    if not text:
        if column.required:
            raise ValueError(f"blank, but it is needed: {column.meaning}")
        return None
    if style is not None:
        return _number(text, column, style)
    if column.kind is CellKind.IDENTIFIER:
        return _identifier(text)
    if column.kind is CellKind.PATH:
        return str((base / text).absolute())
    if column.kind is CellKind.DATE:
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                return datetime.date.fromisoformat(text)
        except ValueError:
            pass  # a day that no calendar has
        raise ValueError("not a date; write it as 2024-03-31")
    if column.kind is CellKind.WORD and text not in column.words:
        near = difflib.get_close_matches(text, column.words, n=1, cutoff=0.5)
        advice = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"allowed are {', '.join(column.words)}{advice}")
    if column.kind is CellKind.TEXT:
        if text.casefold() in _MISSING_WORDS - {"-"}:  # a dash says: the target is in another file
            raise ValueError(
                "stands for a missing value; write what is meant or leave the cell blank"
            )
        if len(text) > _MAX_TEXT:
            raise ValueError(f"longer than {_MAX_TEXT} characters")
    return text


def _identifier(text: str) -> str:
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


def _number(text: str, column: Column, style: NumberColumn) -> float | int:
    value = read_number(text, style.style)
    if column.kind is CellKind.WHOLE:
        if value is None or not value.is_integer() or abs(value) >= 1e9:
            raise ValueError("not a whole number")
        value = int(value)
    if value is None:
        raise ValueError("not a finite number; write digits with a decimal point")
    if value < column.minimum:
        raise ValueError(f"below {column.minimum:g}")
    if value > column.maximum:
        raise ValueError(f"above {column.maximum:g}")
    return value
