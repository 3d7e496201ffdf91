"""The demo cohort as tables, and the reference values of R."""

from __future__ import annotations

import csv
import importlib.util
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from der22.cohort.settings import StatisticsSettings
from der22.formats.reference_folder import read_reference
from der22.jobs.cohort import join_cohort, run_statistics
from der22.jobs.exports import write_exports
from der22.resources import resource_path
from der22.settings import describe_settings

_HERE = Path(__file__).parent


def load_demo_tables() -> ModuleType:
    """Import the builder of the demo tables, which is no package of its own."""
    name = "der22_demo_tables"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, _HERE / "demo_tables.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def demo() -> ModuleType:
    """The builder of the demo tables."""
    return load_demo_tables()


@pytest.fixture(scope="session")
def demo_results(tmp_path_factory: pytest.TempPathFactory, demo: ModuleType) -> Path:
    """A results folder with the joined tables and the statistics of the demo cohort."""
    outdir = tmp_path_factory.mktemp("demo")
    demo.write_all(outdir)
    run_join(demo, outdir)
    run_statistics(demo.patients(), StatisticsSettings(), demo.TIMEPOINTS, outdir)
    return outdir


def run_join(demo: ModuleType, outdir: Path, **changes: object) -> object:
    """Run the join of the demo cohort, with some arguments changed."""
    arguments: dict[str, object] = {
        "patients": demo.patients(),
        "mlpa_samples": demo.mlpa_samples(),
        "genes": demo.GENES,
        "sanger_done": True,
        "mrd_done": True,
        "timepoints": demo.TIMEPOINTS,
        "ikzf1plus_definition": "gimema",
        "outdir": outdir,
    }
    return join_cohort(**(arguments | changes))  # type: ignore[arg-type]


@pytest.fixture
def join(demo: ModuleType) -> object:
    """The join of the demo cohort as a function of the folder and changed arguments."""
    return lambda outdir, **changes: run_join(demo, outdir, **changes)


@pytest.fixture(scope="session")
def oracle_rows() -> list[dict[str, str]]:
    """Every reference value of R."""
    with (_HERE / "data/statistics_oracle.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="session")
def oracle_data() -> dict[str, list[tuple[float, int, str]]]:
    """The invented sets: dataset -> (time, status, group)."""
    sets: dict[str, list[tuple[float, int, str]]] = {}
    path = _HERE / "data/statistics_oracle_data.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            subject = (float(row["time_days"]), int(row["status"]), row["group"])
            sets.setdefault(row["dataset"], []).append(subject)
    return sets


@pytest.fixture(scope="session")
def export(demo: ModuleType) -> Callable[..., object]:
    """Write the exports of the demo cohort to a folder that holds its tables."""

    def write(outdir: Path, patients: Any = None, **changes: object) -> object:
        arguments: dict[str, Any] = {
            "cohort_name": "Demo (synthetic)",
            "ikzf1plus_definition": "gimema",
            "statistics": StatisticsSettings(),
            "settings_tables": {"statistics": describe_settings(StatisticsSettings())},
            "reference": read_reference(resource_path("abl1")),
            "sanger_done": True,
            "mrd_done": True,
        }
        return write_exports(patients or demo.patients(), outdir=outdir, **(arguments | changes))

    return write


@pytest.fixture(scope="session")
def exported(
    export: Callable[..., object], demo_results: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A copy of the demo results with its exports."""
    outdir = tmp_path_factory.mktemp("exports")
    shutil.copytree(demo_results, outdir, dirs_exist_ok=True)
    export(outdir)
    return outdir
