"""Numbers of laboratory exports: one style per file, never guessed per cell."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from enum import StrEnum

from der22.errors import UnreadableFileError

__all__ = [
    "Cell",
    "NumberStyle",
    "cell_string",
    "decide_style",
    "read_number",
    "refuse_lone_groups",
]

#: a cell of a table: text, or a number from a workbook that already is one
Cell = str | float | None

_EXPONENT = r"(?:[eE][+-]?\d{1,3})?"
_DOT = re.compile(rf"[+-]?\d*\.\d+{_EXPONENT}|[+-]?\d+\.{_EXPONENT}")
_INTEGER = re.compile(rf"[+-]?\d+{_EXPONENT}")
_COMMA = re.compile(rf"[+-]?\d*,\d+{_EXPONENT}")
_COMMA_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+")
_COMMA_GROUPS_DOT = re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:,\d{{3}})+\.\d+{_EXPONENT}")
_DOT_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+")
_DOT_GROUPS_COMMA = re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:\.\d{{3}})+,\d+{_EXPONENT}")
_LONGEST = 40


class NumberStyle(StrEnum):
    """How a file writes 5314.592."""

    POINT = "5314.592 or 5,314.592"
    COMMA = "5314,592"
    COMMA_DOT_GROUPS = "5.314,592"


def cell_string(cell: Cell) -> str:
    """Return the text of a cell without outer blanks; whole numbers without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return cell.strip()


def decide_style(cells: Iterable[Cell], name: str) -> NumberStyle:
    """Decide once how a file writes its numbers.

    A comma that cannot separate thousands (``31,52``, ``0,123``, ``20000,000``) is a decimal comma;
    a single comma before three digits alone proves nothing.

    Args:
        cells: every cell of the numeric columns; cells that are no numbers are passed over.
        name: file, for sentences.

    Raises:
        UnreadableFileError: ``NUMBER_STYLE_MIXED`` or ``NUMBER_STYLE_UNCLEAR``.
    """
    seen = _first_of_each(cells)
    dot_groups = seen.get("dot groups")
    comma = seen.get("comma") or dot_groups
    # beside 1.234.567 a lone 5.314 is a group too, no decimal point
    point = seen.get("comma groups") or seen.get("plain point" if dot_groups else "point")
    if comma is not None and point is not None:
        raise UnreadableFileError(
            "NUMBER_STYLE_MIXED",
            f"{name}: writes both {comma!r} and {point!r}, a decimal comma and a decimal point; "
            "export the file again with one number style",
        )
    if comma is not None:
        return NumberStyle.COMMA_DOT_GROUPS if dot_groups else NumberStyle.COMMA
    unclear = seen.get("unclear")
    if unclear is not None and point is None:
        raise UnreadableFileError(
            "NUMBER_STYLE_UNCLEAR",
            f"{name}: {unclear!r} may be thousands or decimals and no other number of the file "
            "tells which; export the file again with a decimal point and no thousands separator",
        )
    return NumberStyle.POINT


def refuse_lone_groups(cells: Iterable[Cell], name: str) -> None:
    """Refuse a column in which every decimal point stands before three digits: 12.500 may be 12500.

    METHOD: the mirror of a lone ``5,314``. Where numbers of molecules are meant, a laboratory that
    separates thousands by points writes just this, and a thousandth of the value would be read.

    Args:
        cells: of one column of text, where a thousandfold error matters.
        name: file, for sentences.

    Raises:
        UnreadableFileError: ``NUMBER_STYLE_UNCLEAR``.
    """
    points = [
        cell.strip() for cell in cells if isinstance(cell, str) and _DOT.fullmatch(cell.strip())
    ]
    if points and all(_DOT_GROUPS.fullmatch(text) for text in points):
        whole = points[0].replace(".", "")
        raise UnreadableFileError(
            "NUMBER_STYLE_UNCLEAR",
            f"{name}: {points[0]!r} may be {whole} or {float(points[0]):g} and no other number of "
            "the column tells which; write copies without a thousands separator, or with another "
            "number of decimals",
        )


def _first_of_each(cells: Iterable[Cell]) -> dict[str, str]:
    """Return the first example of each form of number."""
    seen: dict[str, str] = {}
    for cell in cells:
        if not isinstance(cell, str) or ("," not in cell and "." not in cell):
            continue
        text = cell.strip()
        if len(text) > _LONGEST:
            continue
        form = _form(text)
        if form:
            seen.setdefault(form, text)
        if form == "point" and not _DOT_GROUPS.fullmatch(text):
            seen.setdefault("plain point", text)
    return seen


def _form(text: str) -> str:
    """Name the form of a number with a separator, '' when it is no number."""
    if _DOT.fullmatch(text):
        return "point"
    if _DOT_GROUPS.fullmatch(text) or _DOT_GROUPS_COMMA.fullmatch(text):
        return "dot groups"
    if _COMMA_GROUPS_DOT.fullmatch(text):
        return "comma groups"
    if _COMMA_GROUPS.fullmatch(text):
        return "unclear" if text.count(",") == 1 else "comma groups"
    return "comma" if _COMMA.fullmatch(text) else ""


def read_number(cell: Cell, style: NumberStyle = NumberStyle.POINT) -> float | None:
    """Return the finite number in a cell, None when the cell holds none in this style.

    >>> read_number("5,314.592"), read_number("31,52"), read_number("31,52", NumberStyle.COMMA)
    (5314.592, None, 31.52)
    """
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    text = cell_string(cell)
    if not text or len(text) > _LONGEST:
        return None
    plain = _to_point(text, style)
    if plain is None:
        return None
    value = float(plain)
    return value if math.isfinite(value) else None


def _to_point(text: str, style: NumberStyle) -> str | None:
    """Return `text` with a decimal point and no groups, None when it is not in `style`."""
    if _INTEGER.fullmatch(text):
        return text
    if style is NumberStyle.POINT:
        if _COMMA_GROUPS.fullmatch(text) or _COMMA_GROUPS_DOT.fullmatch(text):
            return text.replace(",", "")
        return text if _DOT.fullmatch(text) else None
    if style is NumberStyle.COMMA_DOT_GROUPS and (
        _DOT_GROUPS.fullmatch(text) or _DOT_GROUPS_COMMA.fullmatch(text)
    ):
        return text.replace(".", "").replace(",", ".")
    return text.replace(",", ".") if _COMMA.fullmatch(text) else None
