"""Units whose results were made of other rows, settings, code or files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from der22.simulate.demo import write_demo
from der22.units.manifest import UnitReport, write_manifest
from der22.units.provenance import write_provenance
from der22.units.workflow import Workflow, open_workflow


def opened(folder: Path) -> Workflow:
    """Open the cohort as the Snakefile does."""
    path = folder / "config.yaml"
    return open_workflow([path], yaml.safe_load(path.read_text()), path)


@pytest.fixture(name="cohort")
def fixture_cohort(tmp_path: Path) -> Path:
    """Return a small cohort with the manifests and the record of a whole run."""
    folder = tmp_path / "cohort"
    write_demo(folder, patients=6, seed=4)
    workflow = opened(folder)
    for stage, units in workflow.digests().items():
        for name, digest in units.items():
            path = workflow.outdir / f"manifests/{stage}/{name}.json"
            write_manifest(path, UnitReport(stage, name, (), (), ""), workflow.outdir, digest)
    joined = workflow.outdir / "manifests/cohort/tables.json"
    write_manifest(joined, UnitReport("cohort", "tables", (), (), ""), workflow.outdir)
    write_provenance(workflow.inputs, workflow.content)
    return folder


def outdated(folder: Path) -> set[str]:
    """Return stage and unit of the manifests that are outdated."""
    return {f"{path.parent.name} {path.stem}" for path in opened(folder).outdated_manifests()}


def test_nothing_changed_and_a_touched_file(cohort: Path) -> None:
    """A newer file of the same content is no change."""
    assert outdated(cohort) == set()
    file = min((cohort / "mlpa").glob("*.fsa"))
    os.utime(file, ns=(2**61, 2**61))
    assert outdated(cohort) == set()


def test_another_content_of_a_raw_file(cohort: Path) -> None:
    """Only the unit that reads it."""
    file = min((cohort / "mlpa").glob("*.fsa"))
    file.write_bytes(file.read_bytes() + b"x")
    os.utime(file, ns=(2**61, 2**61))
    assert outdated(cohort) == {f"mlpa {file.name.split('_')[0]}"}


def test_another_row_and_another_setting(cohort: Path) -> None:
    """A changed row: its unit and what joins the sheets; a threshold: the units of its analysis."""
    sheet = cohort / "sheets/mlpa.tsv"
    text = sheet.read_text()
    header, *rows = text.splitlines()
    place = header.split("\t").index("blast_percent")
    cells = next(row.split("\t") for row in rows if row.split("\t")[2] == "patient")
    changed = [*cells[:place], "71", *cells[place + 1 :]]
    sheet.write_text(text.replace("\t".join(cells), "\t".join(changed)))
    assert outdated(cohort) == {f"mlpa {cells[0]}", "cohort tables"}
    sheet.write_text(text)
    config = cohort / "config.yaml"
    config.write_text(config.read_text().replace("mrd:\n", "mrd:\n  settings: {cycles: 45}\n"))
    assert {name.split()[0] for name in outdated(cohort)} == {"mrd"}


def test_the_cohort_elsewhere_is_the_same(cohort: Path, tmp_path: Path) -> None:
    """Folders are no part of what a result is made of."""
    moved = tmp_path / "elsewhere"
    cohort.rename(moved)
    assert outdated(moved) == set()
