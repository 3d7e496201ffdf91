"""What runs again after a change, and what does not; killed, broken and wrong runs."""

from __future__ import annotations

import os
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

pytestmark = pytest.mark.xdist_group("workflow")

COHORT_LEVEL = {
    "join_cohort", "estimate_survival", "draw_figures", "write_exports", "collect_problems",
    "write_patient_pages pages-00001", "write_index", "write_multiqc",
}  # fmt: skip


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


def test_nothing_changed_reruns_nothing(small: Path) -> None:
    """A second run does nothing."""
    run = again(small)
    assert run.status == 0
    assert run.jobs == set()
    assert "Nothing to be done" in run.text


def test_a_touched_but_equal_file_reruns_nothing(small: Path) -> None:
    """A new modification time alone is no change."""
    next((small / "mlpa").glob("*.fsa")).touch()
    assert again(small).jobs == set()


def test_one_byte_of_one_fsa_reruns_its_run_and_the_cohort(small: Path) -> None:
    """Only the MLPA run of the changed file, the IKZF1 classes and the cohort level run."""
    path = min((small / "mlpa").glob("*.fsa"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    run_id = path.name.split("_")[0]
    run = again(small)
    assert run.status == 0
    assert run.jobs == {f"analyse_mlpa_run {run_id}", "classify_ikzf1"} | COHORT_LEVEL
    assert again(small).jobs == set()


def test_a_lost_result_file_is_made_again(small: Path) -> None:
    """Removing a table of one MLPA run makes that run start again, and the same bytes return."""
    before = hashes(small / "results")
    lost = min((small / "results/mlpa").glob("*/gene_calls.tsv"))
    lost.unlink()
    run = again(small)
    assert f"analyse_mlpa_run {lost.parent.name}" in run.jobs
    assert hashes(small / "results") == before


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
    assert run.jobs == set()


def test_a_changed_threshold_reruns_its_analysis_only(small: Path) -> None:
    """An MRD threshold in the config reruns the plates and the cohort, no MLPA and no Sanger."""
    config = small / "config.yaml"
    before = config.read_text()
    config.write_text(before.replace("mrd:\n", "mrd:\n  settings: {replicates_fusion: 2}\n"))
    jobs = again(small).jobs
    config.write_text(before)
    assert any(job.startswith("read_mrd_plates") for job in jobs)
    assert not any(job.startswith(("analyse_mlpa_run", "call_abl1_run")) for job in jobs)
    again(small)


def test_one_patient_added(small: Path, tmp_path: Path) -> None:
    """A new row in the patients sheet without samples runs the cohort level only."""
    folder = tmp_path / "cohort"
    shutil.copytree(small, folder, copy_function=shutil.copy2)
    snakemake(folder / "config.yaml", folder / "work")
    with (folder / "sheets/patients.tsv").open("a", encoding="utf-8") as sheet:
        sheet.write("NEW1\n")
    jobs = snakemake(folder / "config.yaml", folder / "work").jobs
    assert not any(j.startswith(("analyse_", "call_abl1_", "read_mrd_")) for j in jobs)
    rows = read_tsv(folder / "results/cohort/genomic_risk.tsv")
    assert rows[-1]["patient_id"] == "NEW1"
    assert rows[-1]["mlpa_status"] == "not_done"
    assert rows[-1]["genomic_risk"] == "undetermined"


def test_a_killed_run_continues_with_the_same_bytes(small: Path, tmp_path: Path) -> None:
    """After kill -9 in the middle, then the same command: the results are those of an unbroken run."""
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
    work = folder / "work"
    snakemake(folder / "config.yaml", work, "--unlock")
    run = snakemake(folder / "config.yaml", work)
    assert run.status == 0, run.text[-4000:]
    assert hashes(folder / "results") == expected
