"""Which jobs a cohort needs: every row in one job, batches that stay when a patient is added."""

from __future__ import annotations

import dataclasses

import pytest

from der22.inputs.cohort_inputs import CohortInputs, load_inputs
from der22.runs.plan import plan_cohort
from der22.simulate.demo import write_demo


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> CohortInputs:
    """The sheets of the synthetic cohort of 63 patients."""
    folder = tmp_path_factory.mktemp("plan") / "demo"
    write_demo(folder)
    return load_inputs(folder / "config.yaml")


def test_every_row_is_in_exactly_one_job(inputs: CohortInputs) -> None:
    """No injection, sample read, plate file or cDNA sample is lost or doubled."""
    plan = plan_cohort(inputs)
    injections = [s for unit in plan.mlpa.values() for s in unit.records["samples"]]
    assert sorted(map(str, injections)) == sorted(map(str, inputs.mlpa))
    reads = [
        read
        for unit in plan.sanger.values()
        for read in unit.records["reads"]
        if read.role == "sample"
    ]
    given = [read for read in inputs.reads if read.role == "sample"]
    assert sorted(map(str, reads)) == sorted(map(str, given))
    plates = [p for unit in plan.mrd.values() for p in unit.records["plates"]]
    assert sorted(map(str, plates)) == sorted(map(str, inputs.plates))
    cdna = [s for unit in plan.mrd.values() for s in unit.records["samples"]]
    assert sorted(map(str, cdna)) == sorted(map(str, inputs.mrd))
    pages = [name for names in plan.pages.values() for name in names]
    assert pages == list(inputs.patients)


def test_a_sample_meets_the_controls_of_its_run(inputs: CohortInputs) -> None:
    """Each sequencing job holds every wild-type control of the runs of its samples."""
    for unit in plan_cohort(inputs).sanger.values():
        reads = unit.records["reads"]
        runs = {read.run_id for read in reads if read.role == "sample"}
        wanted = {r.read_id for r in inputs.reads if r.role != "sample" and r.run_id in runs}
        assert wanted <= {read.read_id for read in reads}


def test_a_small_cohort_has_one_mlpa_run_a_job(inputs: CohortInputs) -> None:
    """With few runs a changed file repeats its own run only."""
    plan = plan_cohort(inputs)
    assert set(plan.mlpa) == {sample.run_id for sample in inputs.mlpa}


def test_jobs_keep_their_rows_when_rows_are_added_at_the_end(inputs: CohortInputs) -> None:
    """Another cDNA plate changes no earlier job."""
    before = plan_cohort(inputs).mrd
    plate = dataclasses.replace(inputs.plates[-1], plate_id="NEW")
    more = dataclasses.replace(inputs, plates=(*inputs.plates, plate))
    after = plan_cohort(more).mrd
    same = [name for name in before if before[name].rows() == after[name].rows()]
    assert len(same) >= len(before) - 1
