"""What runs again after a change, and what does not; killed, broken and wrong runs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from der22.formats.tables import read_tsv
from der22.simulate.demo import write_demo
from workflow.running import ROOT, Run, hashes, snakemake

COHORT_LEVEL = (
    "Cohort: one row per patient", "Cohort: survival", "Cohort: figures", "Cohort: workbook",
    "Report: every flag", "Report: index", "Report: MultiQC", "Report pages-00001",
)  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cohort of 10 patients that was run once."""
    folder = tmp_path_factory.mktemp("small") / "cohort"
    write_demo(folder, patients=10, seed=4)
    run = snakemake(folder / "config.yaml", folder / "work")
    assert run.status == 0, run.text[-8000:]
    return folder


def again(folder: Path, *arguments: str) -> Run:
    """Run the same command once more."""
    return snakemake(folder / "config.yaml", folder / "work", *arguments)


def would_run(folder: Path, *arguments: str) -> Run:
    """Ask what the same command would run."""
    run = again(folder, "--dry-run", *arguments)
    assert run.status == 0, run.text[-4000:]
    return run


def test_nothing_changed_reruns_nothing(small: Path) -> None:
    """A second run does nothing, also when files were touched or are dated ahead."""
    next((small / "mlpa").glob("*.fsa")).touch()
    for path in (min(small.glob("sanger/*")), min(small.glob("sheets/*")), small / "config.yaml"):
        os.utime(path, (4_300_000_000, 4_300_000_000))
    run = again(small)
    assert run.status == 0
    assert run.planned == []
    assert "Nothing to be done" in run.text


@pytest.mark.parametrize(
    ("stage", "pattern", "joins"),
    [
        ("mlpa", "mlpa/MLPA-01_SYN*.fsa", "classify_ikzf1"),
        ("sanger", "sanger/SYN*_F.ab1", "collect_abl1"),
        ("mrd", "mrd/p190-*", "follow_mrd_series"),
    ],
)
def test_two_files_that_change_places_under_a_wrong_clock(
    small: Path, tmp_path: Path, stage: str, pattern: str, joins: str
) -> None:
    """The analysis of the two runs again and no other, though everything is dated ahead."""
    folder = tmp_path / "cohort"
    shutil.copytree(small, folder)
    first, second = sorted(folder.glob(pattern))[:2]
    first.rename(folder / "aside")
    second.rename(first)
    (folder / "aside").rename(second)
    for path in folder.rglob("*"):
        os.utime(path, (4_300_000_000, 4_300_000_000))
    run = again(folder, "--until", joins)
    assert run.status == 0, run.text[-4000:]
    assert {unit.split()[0].lower() for unit in run.planned_units()} == {stage}
    assert len(run.planned) == len(run.planned_units()) + 1
    told = [line for line in run.text.splitlines() if f"{stage} " in line and "again:" in line]
    assert len(told) == 1
    assert {f"content of {file.name}" for file in (first, second)} <= {*re.split(": |, ", told[0])}
    table = {"mlpa": "mlpa/ikzf1.tsv", "sanger": "sanger/abl1.tsv", "mrd": "mrd/levels.tsv"}[stage]
    assert read_tsv(folder / "results" / table) != read_tsv(small / "results" / table)
    assert would_run(folder, "--until", joins).planned == []


def test_one_byte_of_one_fsa_reruns_its_run_and_the_cohort(small: Path) -> None:
    """Only the MLPA run of the changed file, the IKZF1 classes and the cohort level run."""
    path = min((small / "mlpa").glob("*.fsa"))
    before = path.read_bytes()
    content = bytearray(before)
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    run = would_run(small)
    path.write_bytes(before)
    assert run.planned_units() == {f"MLPA {path.name.split('_')[0]}"}
    assert not any(m.startswith(("MRD:", "Sanger:")) for m in run.planned)
    for part in ("MLPA: IKZF1 class", *COHORT_LEVEL):
        assert any(message.startswith(part) for message in run.planned), part


def test_a_changed_threshold_reruns_its_analysis_only(small: Path) -> None:
    """An MRD threshold in the config reruns the plates and the cohort, no MLPA and no Sanger."""
    config = small / "config.yaml"
    before = config.read_text()
    config.write_text(before.replace("  settings:\n", "  settings:\n    replicates_fusion: 2\n"))
    units = would_run(small).planned_units()
    config.write_text(before)
    assert units
    assert {unit.split()[0] for unit in units} == {"MRD"}


def test_a_changed_sheet_row_reruns_its_unit_only(small: Path) -> None:
    """Another blast percentage in the mlpa sheet reruns that MLPA run and the cohort level."""
    sheet = small / "sheets/mlpa.tsv"
    before = sheet.read_text()
    header, *rows = before.splitlines()
    place = header.split("\t").index("blast_percent")
    cells = next(row.split("\t") for row in rows if row.split("\t")[2] == "patient")
    changed = [*cells[:place], "71", *cells[place + 1 :]]
    sheet.write_text(before.replace("\t".join(cells), "\t".join(changed)))
    units = would_run(small).planned_units()
    sheet.write_text(before)
    assert units == {f"MLPA {cells[0]}"}


def test_a_missing_raw_file_stops_before_any_job(small: Path) -> None:
    """With finished results, a missing input is an error and not "nothing to be done"."""
    path = min((small / "sanger").glob("*.ab1"))
    kept = path.read_bytes()
    path.unlink()
    run = again(small)
    path.write_bytes(kept)
    assert run.status == 1
    assert path.name in run.text
    assert "no such file" in run.text
    assert "Traceback" not in run.text
    assert run.planned == []


def test_a_lost_result_file_is_made_again(small: Path) -> None:
    """Removing a table of one MLPA run makes that run start again, and the same bytes return."""
    before = hashes(small / "results")
    lost = min((small / "results/mlpa").glob("*/gene_calls.tsv"))
    lost.unlink()
    run = again(small)
    assert run.planned_units() == {f"MLPA {lost.parent.name}"}
    assert hashes(small / "results") == before


def test_one_patient_added_and_removed(small: Path) -> None:
    """A new patient without samples runs the cohort level only; once removed, its page is gone."""
    before = hashes(small / "results")
    sheet = small / "sheets/patients.tsv"
    text = sheet.read_text()
    sheet.write_text(text + "NEW1\n")
    run = again(small)
    row = read_tsv(small / "results/cohort/genomic_risk.tsv")[-1]
    page = (small / "results/patients/NEW1.html").is_file()
    sheet.write_text(text)
    again(small)
    assert run.planned_units() == set()
    assert (row["patient_id"], row["mlpa_status"]) == ("NEW1", "not_done")
    assert row["genomic_risk"] == "undetermined"
    assert page
    assert hashes(small / "results") == before


def test_a_killed_run_continues_with_the_same_bytes(small: Path, tmp_path: Path) -> None:
    """After kill -9 in the middle, the same command gives the results of an unbroken run."""
    expected = hashes(small / "results")
    folder = tmp_path / "cohort"
    shutil.copytree(small, folder, ignore=shutil.ignore_patterns("results", "work"))
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--cores", "2"]
    command += ["--configfile", str(folder / "config.yaml"), "--directory", str(folder / "work")]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not list(folder.glob("results/manifests/*/*.json")):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    run = snakemake(folder / "config.yaml", folder / "work")
    assert run.status == 0, run.text[-4000:]
    assert hashes(folder / "results") == expected


def test_results_of_other_sheets_are_made_again(small: Path, tmp_path: Path) -> None:
    """Two working folders, or results put back from a copy: never the results of other sheets."""
    sheet = small / "sheets/patients.tsv"
    before, text = hashes(small / "results"), sheet.read_text()
    kept = tmp_path / "kept"
    shutil.copytree(small / "results", kept)
    header, first, *rows = text.splitlines()
    cells = first.split("\t")
    cells[header.split("\t").index("age_years")] = "77"
    sheet.write_text("\n".join([header, "\t".join(cells), *rows]) + "\n")
    other = snakemake(small / "config.yaml", tmp_path / "other")
    aged = read_tsv(small / "results/cohort/genomic_risk.tsv")[0]["age_years"]
    changed = hashes(small / "results")
    sheet.write_text(text)
    back = again(small)
    restored = hashes(small / "results")
    shutil.rmtree(small / "results")
    shutil.copytree(kept, small / "results")
    sheet.write_text("\n".join([header, "\t".join(cells), *rows]) + "\n")
    over = again(small)
    over_hashes = hashes(small / "results")
    sheet.write_text(text)
    again(small)
    assert (other.status, back.status, over.status) == (0, 0, 0)
    assert aged == "77"
    assert restored == before
    assert over_hashes == changed
    assert hashes(small / "results") == before
