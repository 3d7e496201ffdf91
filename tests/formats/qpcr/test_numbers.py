"""The number style of a file is decided once, and never guessed."""

from __future__ import annotations

import pytest

from der22.errors import UnreadableFileError
from der22.formats.qpcr.numbers import (
    Cell,
    NumberStyle,
    decide_style,
    read_number,
    refuse_lone_groups,
)


@pytest.mark.parametrize(
    ("cells", "style", "values"),
    [
        (["31.52", "1000"], NumberStyle.POINT, [31.52, 1000]),
        (["5,314.592", "27.1"], NumberStyle.POINT, [5314.592, 27.1]),
        (["5,314", "27.1"], NumberStyle.POINT, [5314, 27.1]),
        (["1,234,567"], NumberStyle.POINT, [1234567]),
        (["31,52", "1000"], NumberStyle.COMMA, [31.52, 1000]),
        (["31,52", "5,314"], NumberStyle.COMMA, [31.52, 5.314]),
        (["0,123"], NumberStyle.COMMA, [0.123]),
        (["20000,000"], NumberStyle.COMMA, [20000]),
        (["5.314,592", "27,1"], NumberStyle.COMMA_DOT_GROUPS, [5314.592, 27.1]),
        (["1.000.000", "27,102"], NumberStyle.COMMA_DOT_GROUPS, [1e6, 27.102]),
        (["1.01E+05", "0"], NumberStyle.POINT, [101000, 0]),
        (["1,01E+05"], NumberStyle.COMMA, [101000]),
        (["-3,38"], NumberStyle.COMMA, [-3.38]),
        ([31.52, None, "Undetermined"], NumberStyle.POINT, [31.52, None, None]),
        ([], NumberStyle.POINT, []),
    ],
)
def test_styles(cells: list[object], style: NumberStyle, values: list[float | None]) -> None:
    """Each file's style is found and its numbers read in it."""
    assert decide_style(cells, "f") is style
    assert [read_number(cell, style) for cell in cells] == values


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["31,52", "31.4"], "NUMBER_STYLE_MIXED"),
        (["31,52", "5,314.592"], "NUMBER_STYLE_MIXED"),
        (["1.000.000", "1,000,000"], "NUMBER_STYLE_MIXED"),
        (["5.314,592", "0.5"], "NUMBER_STYLE_MIXED"),
        (["5,314"], "NUMBER_STYLE_UNCLEAR"),
        (["27,102", "1000"], "NUMBER_STYLE_UNCLEAR"),
    ],
)
def test_refusals(cells: list[str], code: str) -> None:
    """A file that mixes styles, or does not tell its style, is refused."""
    with pytest.raises(UnreadableFileError) as caught:
        decide_style(cells, "f.txt")
    assert caught.value.code == code
    assert caught.value.message.startswith("f.txt: ")


@pytest.mark.parametrize(
    "text", ["", "x", "1e999", "nan", "inf", "1_000", "1 000", "--3", "9" * 99, "."]
)
def test_no_number(text: str) -> None:
    """What is no finite number is None."""
    assert read_number(text) is None


def test_a_style_reads_only_itself() -> None:
    """A decimal comma in a file of points is no number, never 31.52 and never 3152."""
    assert read_number("31,52", NumberStyle.POINT) is None
    assert read_number("31.52", NumberStyle.COMMA) is None


@pytest.mark.parametrize(
    ("cells", "refused"),
    [
        (["12.500", "13.100", "95000"], True),
        (["1.000"], True),
        (["12.500", "0.5"], False),
        (["12.500", "12345.678"], False),
        (["0.500", "12.500"], False),
        (["12.50", "13"], False),
        (["12500", "Undetermined", ""], False),
        ([12.5, 13.125], False),
    ],
)
def test_points_before_three_digits_only(cells: list[Cell], refused: bool) -> None:
    """Where each point may separate thousands, copies are not guessed."""
    if not refused:
        refuse_lone_groups(cells, "f.txt")
        return
    with pytest.raises(UnreadableFileError, match=r"f\.txt: ") as caught:
        refuse_lone_groups(cells, "f.txt")
    assert caught.value.code == "NUMBER_STYLE_UNCLEAR"
