"""Numbers as people and instruments write them: the style is told by a whole column, never guessed.

``12.500`` is twelve and a half in one country and twelve thousand five hundred in another. No cell
can tell alone; all cells of a column together mostly can, because a number that is impossible in a
style, or lies outside what the column can hold, rules that style out. What stays double is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from der22.formats.grid import Cell, MarkedCell, NumberText, cell_string

__all__ = [
    "LONGEST_FRAGMENT_NT",
    "NumberColumn",
    "NumberStyle",
    "NumberStyleError",
    "decide_numbers",
    "read_number",
    "without_unit",
]

#: no capillary run sizes a longer fragment: a size beyond is another number misread
LONGEST_FRAGMENT_NT = 1500.0

_SIGN, _EXPONENT = "[+-]?", r"(?:[eE][+-]?[0-9]{1,3})?"
#: separators of thousands that are no decimal sign anywhere: blank, apostrophes
_NEUTRAL = " '\u2019"
_LONGEST = 40


class NumberStyle(StrEnum):
    """How a column writes 5314.592."""

    POINT = "5314.592 or 5,314.592"
    COMMA = "5314,592 or 5.314,592"


def _pattern(decimal: str, group: str) -> re.Pattern[str]:
    plain = rf"[0-9]+(?:{decimal}[0-9]*)?|{decimal}[0-9]+"
    groups = "|".join(
        rf"[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+(?:{decimal}[0-9]+)?"
        for sign in (group, *map(re.escape, _NEUTRAL))
    )
    return re.compile(rf"{_SIGN}(?:(?:{plain}){_EXPONENT}|{groups})")


_PATTERNS = {NumberStyle.POINT: _pattern(r"\.", ","), NumberStyle.COMMA: _pattern(",", r"\.")}
_DROPPED = {NumberStyle.POINT: f",{_NEUTRAL}", NumberStyle.COMMA: f".{_NEUTRAL}"}


class NumberStyleError(ValueError):
    """The numbers of a column can be read in two ways, or in none together.

    Attributes:
        code: ``NUMBER_STYLE_UNCLEAR`` or ``NUMBER_STYLE_MIXED``.
        texts: the cell or the two cells that show it.
    """

    def __init__(self, code: str, message: str, texts: tuple[str, ...]) -> None:
        super().__init__(message)
        self.code = code
        self.texts = texts


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """How the numbers of one column are read.

    Attributes:
        style: decimal and thousands signs.
        minimum: smallest number that the column can hold.
        maximum: largest.
    """

    style: NumberStyle = NumberStyle.POINT
    minimum: float = -math.inf
    maximum: float = math.inf

    def read(self, cell: Cell) -> float | None:
        """Return the number in a cell, None when it holds none that the column can hold."""
        value = read_number(cell, self.style)
        return value if value is not None and self.minimum <= value <= self.maximum else None


def decide_numbers(
    cells: Iterable[Cell],
    minimum: float = -math.inf,
    maximum: float = math.inf,
    *,
    whole: bool = False,
) -> NumberColumn:
    """Decide from all its cells how a column writes numbers.

    METHOD: a style is possible when every number of the column can be read in it within the range.
    Both are possible for whole numbers (no matter) and for numbers that all look like one group of
    thousands (``12.500``): these are double.

    Args:
        cells: every cell of the column; cells that are no text, or no number in any style, tell
            nothing.
        minimum: smallest number that the column can hold; a reading below is none.
        maximum: largest number.
        whole: the column holds whole numbers only; a reading with decimals is none.

    Raises:
        NumberStyleError: the column is double, or mixes two styles.
    """
    readings: dict[str, dict[NumberStyle, float]] = {}
    for cell in cells:
        # a whole number without signs tells nothing, a number of a workbook neither
        if not isinstance(cell, str) or isinstance(cell, NumberText):
            continue
        if cell in readings or cell.isdecimal():
            continue
        readings[cell] = {
            style: value
            for style in NumberStyle
            if (value := read_number(cell, style)) is not None
            and minimum <= value <= maximum
            and (value.is_integer() or not whole)
        }
    told = {text: values for text, values in readings.items() if values}
    possible = [s for s in NumberStyle if all(s in values for values in told.values())]
    if not possible:
        first = {s: next(t for t, v in told.items() if set(v) == {s}) for s in NumberStyle}
        comma, point = first[NumberStyle.COMMA], first[NumberStyle.POINT]
        raise NumberStyleError(
            "NUMBER_STYLE_MIXED",
            f"writes both {comma!r} and {point!r}, a decimal comma and a decimal point; "
            "write all numbers of the column in one style",
            (comma, point),
        )
    if len(possible) == 2:
        for text, values in told.items():
            point_value, comma_value = values[NumberStyle.POINT], values[NumberStyle.COMMA]
            if point_value != comma_value:
                raise NumberStyleError(
                    "NUMBER_STYLE_UNCLEAR",
                    f"{text!r} may be {point_value:.12g} or {comma_value:.12g} and no other number "
                    "of the column tells which; write it without a thousands separator, with a "
                    "decimal point and another number of decimals",
                    (text,),
                )
    return NumberColumn(possible[0], minimum, maximum)


def without_unit(cell: str, unit: str) -> str:
    """Return a cell without the sign of a unit behind its number.

    >>> without_unit("45 %", "%"), without_unit("45", "%")
    ('45', '45')
    """
    return cell[: -len(unit)].strip() if unit and cell.endswith(unit) else cell


def read_number(cell: Cell, style: NumberStyle = NumberStyle.POINT) -> float | None:
    """Return the finite number in a cell, None when the cell holds none in this style.

    >>> read_number("5,314.592"), read_number("31,52"), read_number("31,52", NumberStyle.COMMA)
    (5314.592, None, 31.52)
    """
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if cell is None or isinstance(cell, MarkedCell):
        return None
    text = cell_string(cell)
    if isinstance(cell, NumberText):
        style = NumberStyle.POINT
    if not text or len(text) > _LONGEST or not _PATTERNS[style].fullmatch(text):
        return None
    plain = text.translate({ord(sign): None for sign in _DROPPED[style]}).replace(",", ".")
    value = float(plain)
    return value if math.isfinite(value) else None
