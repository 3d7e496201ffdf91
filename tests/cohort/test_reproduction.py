"""The page that compares the demo cohort with the paper."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from der22.formats.tables import read_tsv, write_tsv

SCRIPT = Path(__file__).parents[2] / "benchmarks/cohort/reproduce.py"


def _run(results, out):
    command = [sys.executable, str(SCRIPT), "--results", str(results), "--out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_every_difference_to_the_paper_is_named(demo_results, tmp_path):
    """Exit 0: what differs is one of the three named topics; 99 of 104 numbers are equal."""
    done = _run(demo_results, tmp_path / "page.md")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "99 of 104 printed numbers equal"
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "| cir, IKZF1plus | 27 (23-31) | 27 (6-55) | no: CIR confidence intervals |" in page
    assert "unexplained" not in page
    assert "**synthetic**" in page


@pytest.mark.slow
def test_an_unexplained_difference_fails(demo_results, tmp_path):
    """One count changed: exit 1, and the line is printed."""
    shutil.copytree(demo_results, tmp_path / "results")
    path = tmp_path / "results/cohort/genomics.tsv"
    rows = read_tsv(path)
    rows[0] |= {"n": "6"}
    write_tsv(path, tuple(rows[0]), rows)
    done = _run(tmp_path / "results", tmp_path / "page.md")
    assert done.returncode == 1
    assert "differs: cna deletion, EBF1: printed 5/46 (11), computed 6/46 (11)" in done.stdout
