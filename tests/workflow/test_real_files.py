"""Instrument files that nobody here made go through the same rules: a result or a stated reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from der22.formats.tables import read_tsv
from workflow.real_cohort import FSA_STANDARDS, PLATES, write_pair_cohort, write_whole_cohort
from workflow.running import snakemake


@pytest.fixture(scope="module")
def results(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All public files through one run of the workflow."""
    folder = tmp_path_factory.mktemp("real") / "cohort"
    run = snakemake(write_whole_cohort(folder, real_data), folder / "work")
    assert run.status == 0, run.text[-8000:]
    assert "Traceback" not in run.text
    return folder / "results"


def test_every_fsa_ends_in_a_stated_result(results: Path) -> None:
    """Each of the 13 .fsa has one status row; a refusal has a code and a sentence."""
    rows = [row for i in range(1, len(FSA_STANDARDS) + 1)
            for row in read_tsv(results / f"mlpa/F{i:02d}/sample_qc.tsv")]  # fmt: skip
    assert {row["sample_id"] for row in rows} == {Path(name).stem for name in FSA_STANDARDS}
    for row in rows:
        assert row["status"] in ("called", "called_with_warnings", "not_called")
        assert row["status"] == "called" or (row["flags"] and row["message"]), row


def test_p002_peak_table_through_the_rules(results: Path) -> None:
    """case05 has a gain of BRCA1, no other sample a change of it."""
    calls = {row["sample_id"]: row["call"] for row in read_tsv(results / "mlpa/P002/gene_calls.tsv")
             if row["gene"] == "BRCA1"}  # fmt: skip
    changed = {s for s, call in calls.items() if call == "gain" or call.endswith("_deletion")}
    assert changed == {"case05"}
    assert calls["case05"] == "gain"


def test_every_trace_is_refused_against_abl1_with_a_reason(results: Path, real_data: Path) -> None:
    """None of the public traces is ABL1: each read is refused with a code and a sentence."""
    names = {path.stem for path in (real_data / "sanger").iterdir()}
    for name in names:
        (row,) = read_tsv(results / f"sanger/{name}/reads.tsv")
        assert row["status"] == "refused"
        assert row["flags"]
        assert row["message"]


def test_every_plate_gives_wells_or_a_reason(results: Path) -> None:
    """Each export has wells, or an error in problems.tsv that names the plate."""
    problems = read_tsv(results / "problems.tsv")
    for name in PLATES:
        stem = Path(name).stem
        wells = read_tsv(results / f"mrd/{stem}/wells.tsv")
        told = [p for p in problems if p["subject"] == stem and p["level"] == "error"]
        assert wells or told, name


@pytest.mark.parametrize("stem", ["ACHLO006-09", "RBNII395-13"])
def test_a_real_pair_on_its_own_calls(real_data: Path, tmp_path: Path, stem: str) -> None:
    """Forward and reverse of one haplotype, bare FASTA: both used, nothing detected."""
    folder = tmp_path / "cohort"
    run = snakemake(write_pair_cohort(folder, real_data, stem), folder / "work")
    assert run.status == 0, run.text[-8000:]
    reads = read_tsv(folder / f"results/sanger/{stem}/reads.tsv")
    assert {r["direction"] for r in reads} == {"forward", "reverse"}
    variants = read_tsv(folder / f"results/sanger/{stem}/variants.tsv")
    assert not [v for v in variants if v["tier"] == "detected"]
