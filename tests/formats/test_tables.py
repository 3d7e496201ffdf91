"""Cells on their way out: no text is a formula, nothing is lost on the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from der22.formats.tables import (
    cell_text,
    counted_characters,
    neutral,
    original,
    read_tsv,
    write_tsv,
)

TEXT = st.text(
    st.sampled_from("=+-@'aA1.,eE ") | st.characters(exclude_categories=["Cc", "Cs"]), max_size=12
)


@given(TEXT)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    """What is put before a formula is taken away again, and from nothing else."""
    assert original(neutral(text)) == text


@given(TEXT)
def test_no_text_begins_like_a_formula(text: str) -> None:
    """Only numbers and single signs begin with a sign that a spreadsheet program computes."""
    cell = neutral(text)
    if len(cell) > 1 and cell.lstrip()[:1] in ("=", "+", "-", "@"):
        float(cell.replace(",", "."))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+49 30 1", "'+49 30 1"),
        ("-2+3", "'-2+3"),
        ("\t=1+1", "' =1+1"),
        ("\r=1+1", "' =1+1"),
        ("-", "-"),
        ("-3.5e-4", "-3.5e-4"),
        ("+12,5", "+12,5"),
        (-3.5, "-3.5"),
        ("c.944C>T", "c.944C>T"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("Ω≈ç", "Ω≈ç"),
    ],
)
def test_cells(value: object, cell: str) -> None:
    """Formulas are neutral, numbers stay numbers, control characters are gone."""
    assert cell_text(value) == cell


def test_dropped_characters_are_counted(tmp_path: Path) -> None:
    """Every control character that is left out counts, tabs and line ends become blanks."""
    rows = [{"a": "x\x00\x01\x02y", "b": "\tz"}, {"a": "\x7f", "b": "plain"}]
    with counted_characters() as dropped:
        write_tsv(tmp_path / "t.tsv", ("a", "b"), rows)
    assert dropped.n == 4
    with counted_characters() as dropped:
        write_tsv(tmp_path / "u.tsv", ("a", "b"), [{"a": "x", "b": "="}])
    assert dropped.n == 0
    assert read_tsv(tmp_path / "t.tsv") == [{"a": "xy", "b": " z"}, {"a": "", "b": "plain"}]
