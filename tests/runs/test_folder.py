"""The result folder: one run at a time, and nothing of yesterday left in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from der22.errors import InputError
from der22.formats.tables import write_text
from der22.runs.folder import hold_results, remove_left_results
from der22.runs.manifest import UnitReport, write_manifest
from der22.runs.workflow import open_workflow
from runs.small_run import begin, run_one, write_cohort


def unit(outdir: Path, stage: str, name: str, *files: str) -> Path:
    """Write the files of a unit and its manifest."""
    for file in files:
        write_text(outdir / file, file)
    manifest = outdir / f"manifests/{stage}/{name}.json"
    write_manifest(manifest, UnitReport(stage, name, files, (), ""), outdir)
    return manifest


def hold_elsewhere(outdir: Path) -> subprocess.Popen[str]:
    """Hold a result folder in another process until its input is closed."""
    code = (
        "import sys, pathlib; from der22.runs.folder import hold_results; "
        f"hold_results(pathlib.Path({str(outdir)!r})); print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_folder_is_held_by_one_process(tmp_path: Path) -> None:
    """Another process is refused in one sentence; once the first is killed the folder is free."""
    with hold_elsewhere(tmp_path) as other:
        with pytest.raises(InputError, match="another run is writing"):
            hold_results(tmp_path)
        other.kill()
        other.wait()
        hold_results(tmp_path)


def test_what_another_run_wrote_before_the_folder_was_held_is_seen(tmp_path: Path) -> None:
    """A run that was planned on other results than it finds stops before its first job."""
    folder = write_cohort(tmp_path / "cohort")
    config = folder / "config.yaml"
    workflow = open_workflow([config], yaml.safe_load(config.read_text()), config)
    found = workflow.folder()
    workflow.require_same(found)
    frozen, plan, keys = begin(folder)
    run_one(folder, frozen, plan, keys[0])
    with pytest.raises(InputError, match="another run has just ended here"):
        workflow.require_same(found)
    workflow.require_same(workflow.folder())


def test_what_left_the_sheets_is_removed(tmp_path: Path) -> None:
    """A plate of a batch, a whole run and a left-out analysis go; the rest stays."""
    unit(tmp_path, "mrd", "plates-00001", "mrd/P1/wells.tsv", "mrd/P2/wells.tsv")
    gone = unit(tmp_path, "mlpa", "R9", "mlpa/R9/peaks.tsv")
    joined = unit(tmp_path, "cohort", "abl1", "sanger/abl1.tsv")
    table = unit(tmp_path, "cohort", "tables", "cohort/genomic_risk.tsv")
    write_text(tmp_path / "mrd/P2/notes.txt", "the user's own")
    removed = remove_left_results(
        tmp_path, {"mlpa": ["R1"], "mrd": ["plates-00001"]}, {"mlpa": {"R1"}, "mrd": {"P1"}}
    )
    assert removed == ["sanger/abl1.tsv", "mlpa/R9", "mrd/P2"]
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.t*")}
    assert left == {"mrd/P1/wells.tsv", "mrd/P2/notes.txt", "cohort/genomic_risk.tsv"}
    assert not gone.exists()
    assert not joined.exists()
    assert table.exists()
    assert not (tmp_path / "mlpa").exists()


def test_a_damaged_manifest_removes_nothing(tmp_path: Path) -> None:
    """What a manifest of another hand names is left alone."""
    write_text(tmp_path / "keep.txt", "the user's own")
    write_text(tmp_path / "manifests/mrd/x.json", '{"files": {"../keep.txt": "0"}, "problems": []}')
    assert remove_left_results(tmp_path, {"mrd": []}, {}) == []
    assert (tmp_path / "keep.txt").is_file()
