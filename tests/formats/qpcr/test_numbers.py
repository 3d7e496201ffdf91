"""How an export writes its numbers is told by each column alone, and never guessed."""

from __future__ import annotations

import pytest

from der22.errors import UnreadableFileError
from der22.formats.numbers import NumberStyle, read_number
from der22.formats.qpcr import parse_plate_file


def cfx(cts: list[str], quantities: list[str]) -> bytes:
    """Return a CFX table with a standard for each pair."""
    rows = [
        f"\tA{n}\tFAM\tBCR-ABL1\tStd-{n}\tS{n}\t{ct}\t{quantity}"
        for n, (ct, quantity) in enumerate(zip(cts, quantities, strict=True), 1)
    ]
    header = "\tWell\tFluor\tTarget\tContent\tSample\tCq\tStarting Quantity (SQ)"
    return "\n".join([header, *rows, ""]).encode()


@pytest.mark.parametrize(
    ("cts", "quantities", "read"),
    [
        (["31.52", "28.1"], ["1000", "10000"], [(31.52, 1000), (28.1, 10000)]),
        (["31,52", "28,1"], ["1.000,5", "10.000"], [(31.52, 1000.5), (28.1, 10000)]),
        (["31.52", "28.1"], ["5,314.592", "5,314"], [(31.52, 5314.592), (28.1, 5314)]),
        # a column tells itself: commas beside points in another column are no contradiction
        (["31,52", "28,1"], ["1000.5", "10.000"], [(31.52, 1000.5), (28.1, 10)]),
        # no Ct has four digits, so three decimals are decimals
        (["31.520", "28.114"], ["1.5E3", "1e4"], [(31.52, 1500), (28.114, 10000)]),
        (["31,520", "28,114"], ["1,01E+05", "0"], [(31.52, 101000), (28.114, 0)]),
    ],
)
def test_columns_tell_their_style(
    cts: list[str], quantities: list[str], read: list[tuple[float, float]]
) -> None:
    """Ct and quantity are read in the style of their own column."""
    wells = parse_plate_file(cfx(cts, quantities), "t.txt").wells
    assert [(well.ct, well.quantity) for well in wells] == read


@pytest.mark.parametrize(
    ("cts", "quantities", "code", "column"),
    [
        (["31.52", "28.1"], ["12.500", "13.100"], "NUMBER_STYLE_UNCLEAR", "Starting Quantity"),
        (["31.52", "28.1"], ["5,314", "95000"], "NUMBER_STYLE_UNCLEAR", "Starting Quantity"),
        (["31,52", "28.1"], ["1", "2"], "NUMBER_STYLE_MIXED", "column Cq"),
        (["31.52", "28.1"], ["5.314,592", "0.5"], "NUMBER_STYLE_MIXED", "Starting Quantity"),
    ],
)
def test_double_and_mixed_columns_refuse_the_file(
    cts: list[str], quantities: list[str], code: str, column: str
) -> None:
    """The sentence names file and column."""
    with pytest.raises(UnreadableFileError, match=rf"^{code}: t\.txt: .*{column}") as caught:
        parse_plate_file(cfx(cts, quantities), "t.txt")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("column", "refused"),
    [
        (["12.500", "13.100", "95000"], True),
        (["1.000"], True),
        (["12.500", "0.5"], False),
        (["12.500", "12345.678"], False),
        (["12.50", "13"], False),
        (["12500", "Undetermined"], False),
    ],
)
def test_copies_whose_points_may_be_thousands(column: list[str], refused: bool) -> None:
    """Where each point may separate thousands, copies are not guessed."""
    rows = "".join(f"S{n}\tABL1\t{text}\n" for n, text in enumerate(column))
    content = f"sample\ttarget\tcopies\n{rows}".encode()
    if refused:
        with pytest.raises(UnreadableFileError, match="NUMBER_STYLE_UNCLEAR"):
            parse_plate_file(content, "t.tsv")
    else:
        assert len(parse_plate_file(content, "t.tsv").wells) == len(column)


@pytest.mark.parametrize("text", ["", "x", "1e999", "nan", "inf", "1_000", "--3", "9" * 99, "."])
def test_no_number(text: str) -> None:
    """What is no finite number is None."""
    assert read_number(text) is None


def test_a_style_reads_only_itself() -> None:
    """A decimal comma in a column of points is no number, never 31.52 and never 3152."""
    assert read_number("31,52", NumberStyle.POINT) is None
    assert read_number("31.52", NumberStyle.COMMA) is None
