"""The ABIF reader: directory, values, and damage of any kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from der22.errors import UnreadableFileError
from der22.formats.abif import parse_abif, read_abif
from der22.simulate.abif_writer import chars_tag, numbers_tag, pascal_tag, write_abif

TAGS = [
    numbers_tag("DATA", 1, np.arange(20), "i2"),
    numbers_tag("SCAN", 1, 20, "i4"),
    numbers_tag("FLOT", 1, [1.5, -2.25], "f4"),
    pascal_tag("DyeN", 1, " VIC"),
    chars_tag("PBAS", 1, "ACGT"),
]


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small sound file."""
    path = tmp_path_factory.mktemp("abif") / "small.fsa"
    write_abif(path, TAGS)
    return path.read_bytes()


def test_values_come_back(content: bytes) -> None:
    """Numbers and text are read as written; long and inline values alike."""
    abif = parse_abif(content, "small.fsa")
    assert abif.numbers("DATA", 1).tolist() == list(range(20))
    assert abif.numbers("SCAN", 1).tolist() == [20]
    assert abif.numbers("FLOT", 1).tolist() == [1.5, -2.25]
    assert (abif.text("DyeN", 1), abif.text("PBAS", 1)) == ("VIC", "ACGT")


def test_absent_tags_are_none(content: bytes) -> None:
    """A tag that is not there, or holds another kind, is None and no error."""
    abif = parse_abif(content, "small.fsa")
    assert abif.numbers("DATA", 2) is None
    assert abif.text("DATA", 1) is None


def test_numbers_are_read_only(content: bytes) -> None:
    """Arrays of a file cannot be changed by who reads them."""
    with pytest.raises(ValueError, match="read-only"):
        parse_abif(content, "small.fsa").numbers("DATA", 1)[0] = 1


@pytest.mark.parametrize("start", [b"", b"AB", b"PK\x03\x04", b"This is text"])
def test_foreign_files(start: bytes) -> None:
    """Whatever does not begin with ABIF is NOT_ABIF."""
    with pytest.raises(UnreadableFileError) as error:
        parse_abif(start, "x.fsa")
    assert error.value.code == "NOT_ABIF"


def test_every_cut_is_noticed(content: bytes) -> None:
    """A file cut at any byte is refused: as truncated, or as no ABIF at all."""
    for length in range(len(content)):
        with pytest.raises(UnreadableFileError) as error:
            parse_abif(content[:length], "x.fsa")
        assert error.value.code == ("NOT_ABIF" if length < 4 else "TRUNCATED")


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_damage_raises_anything_else(content: bytes, data: st.DataObject) -> None:
    """Any changed bytes end in values, None, or the one error of unreadable files."""
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        abif = parse_abif(bytes(damaged), "x.fsa")
    except UnreadableFileError:
        return
    for tag, number in list(abif.keys()):
        abif.numbers(tag, number)
        abif.text(tag, number)


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is FILE_UNREADABLE with its name."""
    with pytest.raises(UnreadableFileError, match=r"none\.fsa") as error:
        read_abif(tmp_path / "none.fsa")
    assert error.value.code == "FILE_UNREADABLE"
