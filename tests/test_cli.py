"""The command line: what it prints, what it refuses, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from der22.cli import main
from der22.resources import resource_path
from der22.simulate.demo import write_demo

KEYS = {"analysis", "files", "refused", "median_ms", "max_ms", "ms_by_step", "peak_memory_mb"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo cohort of three patients."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, patients=3, seed=1)
    return folder


@pytest.mark.parametrize("analysis", ["mlpa", "sanger", "mrd"])
def test_bench_prints_one_line_of_the_same_keys(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], analysis: str
) -> None:
    """Every analysis prints the same keys; junk counts as a file and as refused."""
    files = sorted(path for path in (demo / analysis).rglob("*") if path.is_file())[:3]
    junk = tmp_path / "junk"
    junk.write_bytes(b"nothing that is known")
    assert main(["bench", analysis, *map(str, files), str(junk)]) == 0
    line = json.loads(capsys.readouterr().out)
    assert set(line) == KEYS
    assert (line["analysis"], line["files"]) == (analysis, len(files) + 1)
    assert line["refused"] >= 1


def test_bench_of_a_missing_file(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there is no slow file: exit 1 and its name."""
    assert main(["bench", "mrd", "/nowhere/plate.txt"]) == 1
    assert "/nowhere/plate.txt" in capsys.readouterr().err


def test_demo_does_not_overwrite_a_config_of_the_user(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder with a config of another origin is left as it is; one of its own is written anew."""
    config = tmp_path / "config.yaml"
    config.write_text("cohort: {name: mine, patients: p.tsv}\n", encoding="utf-8")
    arguments = ["demo", "--out", str(tmp_path), "--patients", "3", "--config-only"]
    assert main(arguments) == 1
    assert "nothing was overwritten" in capsys.readouterr().err
    assert "mine" in config.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]
    config.unlink()
    assert main(arguments) == 0
    assert main(arguments) == 0


def test_check_says_good(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A sound cohort is counted in one sentence."""
    assert main(["check", "--config", str(demo / "config.yaml")]) == 0
    assert "good; 3 patients" in capsys.readouterr().out
    assert resource_path("probemix/P335-synthetic.tsv").is_file()
