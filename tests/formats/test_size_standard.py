"""Size standard sheets."""

from __future__ import annotations

from pathlib import Path

import pytest

from der22.errors import InputError
from der22.formats.size_standard import SHIPPED_STANDARDS, load_size_standard, read_size_standard


@pytest.mark.parametrize(
    ("name", "n_used"),
    [("GS500LIZ", 15), ("GS500ROX", 15), ("GS600LIZ", 36), ("GS400HD", 21), ("ILS600", 22)],
)
def test_shipped_standards(name: str, n_used: int) -> None:
    """Each shipped standard has its number of used fragments, ascending."""
    standard = load_size_standard(name)
    sizes = standard.used_sizes_nt
    assert name in SHIPPED_STANDARDS
    assert sizes.size == n_used
    assert (sizes[1:] > sizes[:-1]).all()


def test_gs500_never_uses_250() -> None:
    """The 250-nt fragment of GS500 is in the sheet and never serves."""
    standard = load_size_standard("GS500LIZ")
    assert 250.0 in standard.sizes_nt
    assert 250.0 not in standard.used_sizes_nt


def test_own_sheet_by_path(tmp_path: Path) -> None:
    """A sheet of one's own is read by its path and named after it; rows may stand in any order."""
    path = tmp_path / "own.tsv"
    path.write_text("size_nt\tuse\n100\tyes\n50\tyes\n200\tyes\n300\tyes\n250\tno\n")
    standard = load_size_standard(str(path))
    assert standard.name == "own"
    assert standard.used_sizes_nt.tolist() == [50.0, 100.0, 200.0, 300.0]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("size\tuse\n50\tyes\n", "needs columns"),
        ("size_nt\tuse\n50\tyes\n60\tyes\n70\tyes\n", "at least 4"),
        ("size_nt\tuse\n50\tperhaps\n", "write yes or no"),
        ("size_nt\tuse\nfifty\tyes\n", "not a length"),
        ("size_nt\tuse\n50\tyes\n50\tno\n", "stands twice"),
    ],
)
def test_wrong_sheets(tmp_path: Path, body: str, words: str) -> None:
    """Each fault of a sheet is named."""
    path = tmp_path / "own.tsv"
    path.write_text(body)
    with pytest.raises(InputError, match=words):
        read_size_standard(path)


def test_unknown_name_lists_what_is_shipped() -> None:
    """A name that is neither shipped nor a file is refused with the shipped names."""
    with pytest.raises(InputError, match="GS600LIZ"):
        load_size_standard("GS999")
