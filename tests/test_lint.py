"""The tools that look after form, types, layers and workflow have nothing to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from der22.simulate.demo import write_demo

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


def run(*command: str | Path) -> None:
    """Run a tool in the checkout; its words are the message of a failure."""
    done = subprocess.run(
        [str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("lint-imports", "--no-cache"),
        ("snakefmt", "--check", "Snakefile", "workflow"),
        ("hadolint", "Dockerfile"),
    ],
    ids=" ".join,
)
def test_form_and_layers(command: tuple[str, ...]) -> None:
    """Ruff, import-linter, snakefmt and hadolint are content."""
    run(BIN / command[0], *command[1:])


def test_types(tmp_path: Path) -> None:
    """``mypy --strict`` finds nothing in src."""
    run(BIN / "mypy", "--cache-dir", tmp_path)


def test_snakemake_lint(tmp_path: Path) -> None:
    """``snakemake --lint`` finds nothing."""
    write_demo(tmp_path / "demo", patients=3, seed=1)
    config = tmp_path / "demo/config.yaml"
    run(BIN / "snakemake", "--lint", "--configfile", config, "--directory", tmp_path)
