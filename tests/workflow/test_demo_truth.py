"""The demo cohort from raw files to tables equals the truth that its generator wrote."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from der22.formats.tables import read_tsv
from der22.resources import resource_path


def test_every_ikzf1_class_and_pattern(demo: Path, results: Path) -> None:
    """All 46 patients with MLPA have the class and the exon pattern of the truth."""
    truth = {r["patient_id"]: r for r in read_tsv(demo / "truth/patients.tsv")}
    found = {r["patient_id"]: r for r in read_tsv(results / "mlpa/ikzf1.tsv")}
    expected = {name for name, row in truth.items() if row["ikzf1_class"] != "not_done"}
    assert len(expected) == 46
    assert found.keys() == expected
    for name in expected:
        assert found[name]["ikzf1_class"] == truth[name]["ikzf1_class"], name
        assert found[name]["ikzf1_pattern"] == truth[name]["ikzf1_pattern"], name


def test_every_gene_call(demo: Path, results: Path) -> None:
    """Every gene of every patient is lost exactly where the truth says so."""
    truth = {r["patient_id"]: r for r in read_tsv(demo / "truth/patients.tsv")}
    for row in read_tsv(results / "cohort/genomic_risk.tsv"):
        if row["mlpa_status"] == "not_done":
            continue
        lost = {
            gene
            for part in truth[row["patient_id"]]["lost_genes"].split(";")
            for gene in part.split("/")
            if gene
        }
        genes = [name for name in row if name.isupper() and name != "MLPA"]
        found = {gene for gene in genes if row[gene].endswith("_deletion")}
        assert found == lost, row["patient_id"]


def test_every_sanger_sample(demo: Path, results: Path) -> None:
    """Every sequenced sample has the mutation of the truth, or is wild type."""
    truth = {
        r["sample_id"]: r["mutation"]
        for r in read_tsv(demo / "truth/sanger.tsv")
        if r["role"] != "wild_type_control"
    }
    found = {r["sample_id"]: r for r in read_tsv(results / "sanger/abl1.tsv")}
    assert found.keys() == truth.keys()
    for name, mutation in truth.items():
        expected = ("mutated", mutation) if mutation else ("wild_type", "")
        assert (found[name]["abl1_status"], found[name]["mutations"]) == expected, name
    screened = {r["patient_id"] for r in found.values()}
    assert len(screened) == 16


def test_every_mrd_category(demo: Path, results: Path) -> None:
    """Every sample has the category of the truth and its copies to one per cent."""
    found = {(r["sample_id"], r["transcript"]): r for r in read_tsv(results / "mrd/levels.tsv")}
    truth = read_tsv(demo / "truth/mrd.tsv")
    assert len(found) == len(truth)
    for row in truth:
        level = found[row["sample_id"], row["transcript"]]
        assert level["category"] == row["category"], row
        assert float(level["control_copies"]) == pytest.approx(
            float(row["control_copies"]), rel=0.01
        )


def test_response_table_equals_the_printed_one(results: Path) -> None:
    """response_by_timepoint.tsv equals Table 2 of the paper: counts, evaluable and percentages."""
    rows = {r["timepoint"]: r for r in read_tsv(results / "cohort/response_by_timepoint.tsv")}
    columns = {
        "no_MR": "no_molecular_response", "CMR": "cmr", "PNQ": "pnq", "MR": "molecular_response",
    }  # fmt: skip
    printed = [row for row in _reported() if row["location"] == "Table 2"]
    assert len(printed) == 36
    for row in printed:
        ours = rows[row["item"].removeprefix("mrd_")]
        column = columns[row["group"]]
        assert ours["evaluable"] == row["N"], row
        assert (ours[column], ours[f"{column}_percent"]) == (row["n"], row["percent"]), row


def test_screening_and_risk(results: Path) -> None:
    """16 patients are to be screened for ABL1; the risk labels have the expected counts."""
    rows = read_tsv(results / "cohort/genomic_risk.tsv")
    assert len(rows) == 63
    assert Counter(r["abl1_screening_indicated"] for r in rows)["yes"] == 16
    assert Counter(r["genomic_risk"] for r in rows) == {
        "high": 15, "intermediate": 13, "standard": 20, "undetermined": 15,
    }  # fmt: skip


def _reported() -> list[dict[str, str]]:
    with resource_path("demo/dalba_reported.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))
