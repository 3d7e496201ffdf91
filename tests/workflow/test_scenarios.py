"""Broken files, missing analyses, wrong configs, both entry points: the real workflow."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from der22.formats.tables import read_tsv
from der22.simulate.demo import write_demo
from workflow.running import ROOT, hashes, snakemake


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cohort of 8 patients as raw files, not run."""
    folder = tmp_path_factory.mktemp("scenarios") / "raw"
    write_demo(folder, patients=8, seed=9)
    return folder


@pytest.fixture
def cohort(raw: Path, tmp_path: Path) -> Path:
    """A copy of the raw cohort that a test may spoil."""
    return Path(shutil.copytree(raw, tmp_path / "cohort"))


def edit_config(folder: Path, **changes: object) -> Path:
    """Change keys of the config; None removes one."""
    path = folder / "config.yaml"
    content = yaml.safe_load(path.read_text())
    for key, value in changes.items():
        if value is None:
            del content[key]
        else:
            content[key] = value
    path.write_text(yaml.safe_dump(content))
    return path


def test_broken_files_of_every_kind_leave_the_others_alone(cohort: Path) -> None:
    """An empty .fsa, a text .ab1 and a cut export end as rows with code and sentence; exit 0."""
    fsa = min(p for p in (cohort / "mlpa").glob("*.fsa") if "-dx" in p.name)
    fsa.write_bytes(b"")
    read = min((cohort / "sanger").glob("*_F.ab1"))
    read.write_bytes(b"this is no trace")
    plate = min((cohort / "mrd").glob("*.rdml"))
    plate.write_bytes(plate.read_bytes()[:200])
    run = snakemake(cohort / "config.yaml", cohort / "work")
    assert run.status == 0, run.text[-6000:]
    assert "Traceback" not in run.text
    problems = read_tsv(cohort / "results/problems.tsv")
    errors = {(p["stage"], p["code"]) for p in problems if p["level"] == "error"}
    assert {("mlpa", "NOT_ABIF"), ("sanger", "UNREADABLE_FILE")} <= errors
    assert any(stage == "mrd" for stage, _ in errors)
    for name in (fsa.name, read.name, plate.name):
        assert any(name in p["message"] for p in problems), name
    assert len(read_tsv(cohort / "results/cohort/genomic_risk.tsv")) == 8


def test_fail_on_error_ends_with_exit_1_after_all_results(cohort: Path) -> None:
    """report.fail_on: error turns a broken file into exit 1, and every table is there."""
    min((cohort / "mlpa").glob("*.fsa")).write_bytes(b"")
    config = edit_config(cohort, report={"fail_on": "error"})
    run = snakemake(config, cohort / "work")
    assert run.status == 1
    assert "Traceback" not in run.text
    for name in ("cohort/genomic_risk.tsv", "index.html", "multiqc/multiqc_report.html"):
        assert (cohort / "results" / name).is_file()


@pytest.mark.parametrize("left", ["mlpa", "sanger", "mrd"])
def test_one_analysis_alone(cohort: Path, left: str) -> None:
    """With one analysis the table says not_done for the others, never a false no."""
    gone = {name: None for name in ("mlpa", "sanger", "mrd") if name != left}
    run = snakemake(edit_config(cohort, **gone), cohort / "work")
    assert run.status == 0, run.text[-6000:]
    for row in read_tsv(cohort / "results/cohort/genomic_risk.tsv"):
        if left != "mlpa":
            assert (row["mlpa_status"], row["ikzf1_class"]) == ("not_done", "not_done")
        if left != "sanger":
            assert row["abl1_status"] == "not_done"
        if left != "mrd":
            assert row["mrd_d85"] == "not_done"


def test_wrong_config_and_sheets_stop_with_all_problems(cohort: Path) -> None:
    """An unknown key and a doubled patient are told together; exit 1, no traceback, no job."""
    sheet = cohort / "sheets/patients.tsv"
    lines = sheet.read_text().splitlines()
    sheet.write_text("\n".join([*lines, lines[1], "bad/name"]) + "\n")
    run = snakemake(cohort / "config.yaml", cohort / "work")
    assert run.status == 1
    assert "as in row 2" in run.text
    assert "bad/name" in run.text
    assert "Traceback" not in run.text
    assert not (cohort / "results").exists()


def test_the_catalog_entry_point_gives_the_same_bytes(cohort: Path) -> None:
    """workflow/Snakefile wraps the same rules; one core and two cores give the same bytes."""
    config = edit_config(cohort, sanger=None)
    assert snakemake(config, cohort / "work").status == 0
    first = hashes(cohort / "results")
    shutil.rmtree(cohort / "results")
    run = snakemake(config, cohort / "work2", "--cores", "1", snakefile="workflow/Snakefile")
    assert run.status == 0, run.text[-6000:]
    assert hashes(cohort / "results") == first


@pytest.mark.parametrize("snakefile", ["Snakefile", "workflow/Snakefile"])
def test_without_a_config_the_shipped_one_is_read(
    raw: Path, tmp_path: Path, snakefile: str
) -> None:
    """Plain ``snakemake`` takes config/config.yaml beside the Snakefile, wherever it is started."""
    checkout = tmp_path / "checkout"
    for name in ("workflow", "config", "profiles", "envs"):
        shutil.copytree(ROOT / name, checkout / name)
    shutil.copy(ROOT / "Snakefile", checkout)
    shutil.copytree(raw, checkout / "demo")
    command = [sys.executable, "-m", "snakemake", "-s", str(checkout / snakefile), "--dry-run"]
    command += ["--directory", str(tmp_path / "elsewhere")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(checkout / "results/problems.tsv") in done.stdout + done.stderr
