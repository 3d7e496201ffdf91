"""Peak tables and probe intensity tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from der22.errors import UnreadableFileError
from der22.formats.peak_table import read_peak_table


def write(folder: Path, body: str, name: str = "table.tsv") -> Path:
    """Write a table and return its path."""
    path = folder / name
    path.write_text(body, encoding="utf-8")
    return path


def test_sized_peaks_by_sample(tmp_path: Path) -> None:
    """Rows are given to their samples; a table without areas has NaN there."""
    path = write(tmp_path, "sample_id\tsize_nt\theight\nA\t100.5\t900\nB\t90\t10\nA\t80\t70\n")
    table = read_peak_table(path)
    assert table.sample_ids == ("A", "B")
    assert table.peaks["A"].size_nt.tolist() == [100.5, 80.0]
    assert np.isnan(table.peaks["A"].area).all()


def test_size_standard_dye_is_left_out(tmp_path: Path) -> None:
    """Rows in LIZ are not probes; of two other dyes the fuller one is taken."""
    body = "sample_id,size_nt,height,dye\nA,100,9,FAM\nA,110,8,FAM\nA,100,500,LIZ\nA,105,3,VIC\n"
    peaks = read_peak_table(write(tmp_path, body, "table.csv")).peaks["A"]
    assert peaks.size_nt.tolist() == [100.0, 110.0]


def test_probe_heights_blank_is_not_zero(tmp_path: Path) -> None:
    """A blank height is not measured; a zero is a zero."""
    path = write(tmp_path, "sample_id\tprobe_id\theight\nA\tP1\t\nA\tP2\t0\nA\tP3\t12.5\n")
    assert read_peak_table(path).probes["A"] == {"P2": 0.0, "P3": 12.5}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "is empty"),
        ("sample\tsize\n", "needs sample_id, height"),
        ("sample_id\tsize_nt\theight\nA\tx\t1\n", "row 2 size_nt = 'x'"),
        ("sample_id\tsize_nt\theight\nA\t100\t-1\n", "row 2 height = '-1'"),
        ("sample_id\tsize_nt\theight\n\t100\t1\n", "row 2 sample_id is blank"),
        ("sample_id\tprobe_id\theight\nA\tP\t1\nA\tP\t2\n", "row 3 P stands twice"),
    ],
)
def test_bad_tables_are_refused_with_the_place(tmp_path: Path, body: str, words: str) -> None:
    """Each fault names its row and what is wrong, and is no traceback."""
    with pytest.raises(UnreadableFileError, match=words) as error:
        read_peak_table(write(tmp_path, body))
    assert error.value.code == "PEAK_TABLE_INVALID"


def test_missing_table(tmp_path: Path) -> None:
    """A table that is not there is unreadable, not empty."""
    with pytest.raises(UnreadableFileError) as error:
        read_peak_table(tmp_path / "none.tsv")
    assert error.value.code == "FILE_UNREADABLE"


def test_peaks_without_a_size_are_counted(tmp_path: Path) -> None:
    """A blank size beyond the sized peaks is left out; one between them names its neighbours."""
    rows = ["", "100.5", "110.5", "", "120.5", "", ""]
    body = "".join(f"A\t{size}\t900\tB\n" for size in rows)
    body += "A\t\t900\tLIZ\n"
    peaks = read_peak_table(write(tmp_path, f"sample_id\tsize_nt\theight\tdye\n{body}")).peaks["A"]
    assert peaks.size_nt.tolist() == [100.5, 110.5, 120.5]
    assert peaks.n_unsized == 3
    assert peaks.unsized_between_nt == ((110.5, 120.5),)


def test_a_table_without_any_size(tmp_path: Path) -> None:
    """Nothing sized is no peak, whatever the heights."""
    path = write(tmp_path, "sample_id\tsize_nt\theight\nA\t\t900\nA\t\t90\n")
    peaks = read_peak_table(path).peaks["A"]
    assert peaks.size_nt.size == 0
    assert peaks.n_unsized == 2


def test_names_of_one_dye(tmp_path: Path) -> None:
    """B, Blue and 6-FAM are one dye; a dye that is named in some rows only is refused."""
    rows = ["A,100.5,900,B", "A,110.5,900,Blue", "A,120.5,900,6-FAM"]
    head = "sample_id,size_nt,height,dye\n"
    peaks = read_peak_table(write(tmp_path, head + "\n".join(rows), "t.csv")).peaks["A"]
    assert peaks.size_nt.tolist() == [100.5, 110.5, 120.5]
    with pytest.raises(UnreadableFileError, match="row 3 dye is blank"):
        read_peak_table(write(tmp_path, head + "\n".join(["A,1.5,9,B", "A,2.5,9,"]), "u.csv"))


@pytest.mark.parametrize("word", ["#N/A", "#####", "#NV", "#BEZUG!", "# note", "#12"])
def test_no_row_is_a_comment_below_the_header(tmp_path: Path, word: str) -> None:
    """A peak whose sample a spreadsheet could not show is not passed over."""
    body = f"sample_id,size_nt,height\nA,100.5,900\n{word},110.5,900\n"
    with pytest.raises(UnreadableFileError, match="row 3"):
        read_peak_table(write(tmp_path, body, "t.csv"))
