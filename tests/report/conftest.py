"""The invented results folder, written once for all tests of the pages."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load_fixture_module() -> ModuleType:
    path = Path(__file__).with_name("results_fixture.py")
    spec = importlib.util.spec_from_file_location("report_results_fixture", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["report_results_fixture"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def fixture_module() -> ModuleType:
    """The module that writes the folder: its patients, cohort and hostile text."""
    return _load_fixture_module()


@pytest.fixture(scope="session")
def results_folder(tmp_path_factory: pytest.TempPathFactory, fixture_module: ModuleType) -> Path:
    """A results folder of eight invented patients."""
    outdir = tmp_path_factory.mktemp("results")
    fixture_module.write_results(outdir)
    return outdir
