"""Full disks, folders that cannot be written, two runs at once: one sentence, nothing lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from der22.cli import main
from der22.formats.tables import write_text
from der22.runs.closing import explain_failure
from der22.simulate.demo import write_demo
from workflow.running import ROOT, hashes, snakemake

Mount = Callable[[str], Path]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mount a file system in memory with the given options; needs root."""
    places: list[Path] = []

    def make(options: str) -> Path:
        place = tmp_path / f"disk{len(places)}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("no mount command: a full disk cannot be made here")
        if done.returncode:
            pytest.skip(f"a file system cannot be mounted here: {done.stderr.strip()}")
        places.append(place)
        return place

    yield make
    for place in places:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_keeps_what_was_there(mount: Mount) -> None:
    """A table that does not fit leaves the table of before and no half file."""
    disk = mount("size=64k")
    write_text(disk / "table.tsv", "before\n")
    with pytest.raises(OSError, match="No space left"):
        write_text(disk / "table.tsv", "x" * 200_000)
    assert (disk / "table.tsv").read_text() == "before\n"
    assert [path.name for path in disk.iterdir()] == ["table.tsv"]


def test_a_full_disk_is_told_in_one_sentence(
    mount: Mount, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a failed job the terminal says that the disk is full and what to do."""
    disk = mount("size=64k")
    explain_failure(disk / "results")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "is full" in said
    assert "run the same command again" in said


def test_a_disk_that_is_full_before_the_first_job(mount: Mount, tmp_path: Path) -> None:
    """Where not even the inputs can be frozen the run ends in a sentence, without any job."""
    config = without_traces(tmp_path / "cohort")
    disk = mount("size=64k")
    with pytest.raises(OSError, match="No space left"):
        (disk / "others.bin").write_bytes(bytes(200_000))
    config.write_text(config.read_text().replace("outdir: results", f"outdir: {disk}"))
    run = snakemake(config, tmp_path / "work")
    assert run.status == 1
    assert "cannot be written to (No space left on device); make room" in run.text
    assert "Traceback" not in run.text
    assert run.planned == []


def test_a_folder_that_cannot_be_written_is_refused_before_any_job(
    mount: Mount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Results on a read-only disk are a problem of the config, told by check, exit 1."""
    disk = mount("size=64k,ro")
    write_demo(tmp_path / "cohort", patients=2, seed=3)
    config = tmp_path / "cohort/config.yaml"
    text = config.read_text().replace("outdir: results", f"outdir: {disk / 'results'}")
    config.write_text(text)
    assert main(["check", "--config", str(config)]) == 1
    said = capsys.readouterr().err
    assert "config.yaml, outdir = 'results'" in said
    assert "cannot be written to" in said


def without_traces(folder: Path) -> Path:
    """Write a cohort whose config asks for the MRD analysis only; return the config."""
    write_demo(folder, patients=2, seed=3)
    config = folder / "config.yaml"
    text = config.read_text()
    config.write_text(text[: text.index("mlpa:")] + text[text.index("mrd:") :])
    return config


@pytest.mark.parametrize("second_work", ["work", "elsewhere"])
def test_two_runs_at_once(tmp_path: Path, second_work: str) -> None:
    """A second run on one result folder refuses, wherever it works; the first ends unharmed."""
    config = without_traces(tmp_path / "cohort")
    work = tmp_path / "cohort/work"
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--cores", "1"]
    command += ["--configfile", str(config), "--directory", str(work)]
    command += ["--until", "follow_mrd_series"]
    lock = tmp_path / "cohort/results/manifests/.lock"
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as first:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not lock.exists():
            time.sleep(0.02)
        first.send_signal(signal.SIGSTOP)  # so that it cannot end before the second has begun
        second = snakemake(config, tmp_path / "cohort" / second_work)
        first.send_signal(signal.SIGCONT)
        assert second.status == 1
        assert "another run is writing its results here" in second.text
        assert "Traceback" not in second.text
        assert first.wait(timeout=300) == 0
    assert "mrd/series.tsv" in hashes(tmp_path / "cohort/results")
