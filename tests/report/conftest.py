"""The invented results folder, written once for all tests of the pages, and a browser."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def _load(name: str) -> ModuleType:
    """Load a module beside the tests, which are no package."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"report_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def invented() -> ModuleType:
    """The module that writes the folder: its patients, cohort and hostile text."""
    return _load("results_fixture")


@pytest.fixture(scope="session")
def results_folder(tmp_path_factory: pytest.TempPathFactory, invented: ModuleType) -> Path:
    """A results folder of eight invented patients, without any page."""
    outdir = tmp_path_factory.mktemp("results")
    invented.write_results(outdir)
    return outdir


@pytest.fixture(scope="session")
def pages_folder(
    tmp_path_factory: pytest.TempPathFactory, invented: ModuleType, results_folder: Path
) -> Path:
    """The same folder with patient pages and index."""
    from der22.jobs.report import write_index, write_pages

    write_pages(invented.PATIENTS, invented.COHORT, results_folder, "synthetic")
    write_index(invented.PATIENTS, invented.COHORT, results_folder, "synthetic")
    return results_folder


@pytest.fixture(scope="session")
def multiqc_report(invented: ModuleType, results_folder: Path) -> Path:
    """The MultiQC report of the same folder, made by the real MultiQC in strict mode."""
    from der22.jobs.report import write_multiqc

    write_multiqc(results_folder, invented.COHORT, "synthetic")
    return results_folder / "multiqc/multiqc_report.html"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium; tests that want it are skipped where none is installed."""
    chromium = _load("chromium")
    program = chromium.find_chromium()
    if program is None:
        pytest.skip("Chromium is not installed; apt-get install chromium to look at the pages")
    opened = chromium.Chromium(program, tmp_path_factory.mktemp("chromium"))
    yield opened
    opened.close()
