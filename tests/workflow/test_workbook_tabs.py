"""A whole laboratory in one workbook: tabs by name or by path, and odd names of files."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import yaml

from der22.formats.tables import read_tsv
from workflow.running import snakemake

ODD = "p190 {1} [x] 'y' $z #2.tsv"
TABS = {
    "patients": [["patient_id", "fusion"], ["S1", "p190"], ["S2", "p190"]],
    "mrd": [["patient_id", "sample_id", "day", "plate_id"], ["S1", "S1", 22, "Q1"],
            ["S2", "S2", 22, "Q2"]],
    "second": [["plate_id", "path", "transcript"], ["Q1", ODD, "p190"],
               ["Q2", "lab.xlsx#copies", "p190"]],
    "copies": [["sample", "target", "copies"], ["S2", "BCR-ABL1", 412.5], ["S2", "ABL1", 52000.5]],
}  # fmt: skip


def test_one_workbook_and_a_file_of_an_odd_name(tmp_path: Path) -> None:
    """Both plates give their result; nothing is run again until the odd file has other content."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in TABS.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "lab.xlsx")
    (tmp_path / ODD).write_text("sample\ttarget\tcopies\nS1\tBCR-ABL1\t0\nS1\tABL1\t50000.5\n")
    config = {
        "cohort": {"name": "tabs", "patients": "lab.xlsx"},
        "mrd": {"samples": "lab.xlsx", "plates": "lab.xlsx#second"},
        "outdir": "results",
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    run = snakemake(tmp_path / "config.yaml", tmp_path / "work")
    assert run.status == 0, run.text[-4000:]
    levels = read_tsv(tmp_path / "results/mrd/levels.tsv")
    assert [(row["sample_id"], row["category"]) for row in levels] == [("S1", "CMR"), ("S2", "POS")]
    again = snakemake(tmp_path / "config.yaml", tmp_path / "work")
    assert "Nothing to be done" in again.text
    (tmp_path / ODD).write_text("sample\ttarget\tcopies\nS1\tBCR-ABL1\t412.5\nS1\tABL1\t50000.5\n")
    assert snakemake(tmp_path / "config.yaml", tmp_path / "work").status == 0
    levels = read_tsv(tmp_path / "results/mrd/levels.tsv")
    assert [row["category"] for row in levels] == ["POS", "POS"]


def test_braces_in_the_path_of_the_results_are_refused(tmp_path: Path) -> None:
    """What Snakemake would take for a wildcard is refused before it sees it."""
    (tmp_path / "patients.tsv").write_text("patient_id\nP1\n")
    config = {"cohort": {"name": "b", "patients": "patients.tsv"}, "outdir": "out {1}"}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    run = snakemake(tmp_path / "config.yaml", tmp_path / "work")
    assert run.status == 1
    assert "braces in the path of the results" in run.text
