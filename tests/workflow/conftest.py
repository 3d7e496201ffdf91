"""The demo cohort, written and run once for all tests of the workflow."""

from __future__ import annotations

from pathlib import Path

import pytest

from der22.simulate.demo import write_demo
from workflow.running import Run, snakemake


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic cohort of 63 patients as raw files."""
    folder = tmp_path_factory.mktemp("demo") / "cohort"
    write_demo(folder)
    return folder


@pytest.fixture(scope="session")
def demo_run(demo: Path) -> Run:
    """The whole workflow on the demo cohort."""
    run = snakemake(demo / "config.yaml", demo / "work")
    assert run.status == 0, run.text[-8000:]
    return run


@pytest.fixture(scope="session")
def results(demo: Path, demo_run: Run) -> Path:
    """The result folder of the demo cohort."""
    return demo / "results"
