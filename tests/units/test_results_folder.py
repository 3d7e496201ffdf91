"""The result folder: one run at a time, and nothing of yesterday left in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from der22.errors import InputError
from der22.formats.tables import write_text
from der22.units.manifest import UnitReport, write_manifest
from der22.units.results_folder import (
    hold_results,
    remove_left_results,
    withdraw_stale_manifests,
)


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
        "import sys, pathlib; from der22.units.results_folder import hold_results; "
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


def test_no_manifest_is_withdrawn_under_another_run(tmp_path: Path) -> None:
    """A file that is gone for the moment is no reason to run a unit twice."""
    manifest = unit(tmp_path, "mrd", "plates-00001", "mrd/P1/wells.tsv")
    (tmp_path / "mrd/P1/wells.tsv").unlink()
    with hold_elsewhere(tmp_path) as other:
        assert withdraw_stale_manifests(tmp_path) == []
        other.kill()
    assert manifest.is_file()
    assert withdraw_stale_manifests(tmp_path) == ["mrd plates-00001"]


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
