"""The Sanger part of the demo: sequencing runs with wild-type controls, sheet and truth."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from der22.formats.tables import Row
from der22.simulate.chemistry import ReadConditions
from der22.simulate.cohort_tables import CohortTruth, PatientTruth
from der22.simulate.demo_files import forget_files, link_file
from der22.simulate.molecules import Variant, as_molecules, mutation_change
from der22.simulate.sanger_plan import PRIMERS, ReadPlan
from der22.simulate.sanger_sample import simulate_read
from der22.simulate.trace_file import write_trace

__all__ = [
    "SANGER_COLUMNS",
    "SANGER_TRUTH_COLUMNS",
    "PlannedSequencing",
    "SangerPlan",
    "plan_sanger",
    "write_sanger_files",
]

SANGER_COLUMNS = (
    "patient_id", "sample_id", "day", "read_id", "role", "path", "run_id", "primer",
)  # fmt: skip
SANGER_TRUTH_COLUMNS = (
    "patient_id", "sample_id", "day", "run_id", "role", "mutation", "position_c", "ref", "alt",
    "fraction",
)  # fmt: skip

_DIRECTIONS = ("forward", "reverse")
_SAMPLES_PER_RUN = 8
_CONTROLS_PER_RUN = 4
_FRACTION = (0.40, 0.90)
_DAYS_TO_CLEARANCE = 60
_CONTROL, _SAMPLE = "wild_type_control", "sample"
#: a good laboratory: free dye washed off (it would hide codons near the forward primer), little
#: background, strong signal to the end of the read
_CONDITIONS = ReadConditions(noise_factor=0.2, length_factor=1.5, blob=0.0)


@dataclass(frozen=True, slots=True)
class PlannedSequencing:
    """One sample of a sequencing run, read on both strands.

    Attributes:
        sample_id: unique in the whole demo.
        run_id: sequencing run.
        role: sample or wild_type_control.
        patient_id: whose; None for controls.
        day: day of sampling; None for controls.
        mutation: such as T315I; None = wild type.
        fraction: share of the transcripts that carry it.
        profile: equal for samples that may share their files.
    """

    sample_id: str
    run_id: str
    role: str
    patient_id: str | None
    day: int | None
    mutation: str | None
    fraction: float | None
    profile: str

    def read_ids(self) -> dict[str, str]:
        """Return direction -> read_id."""
        return {way: f"{self.sample_id}_{way[0].upper()}" for way in _DIRECTIONS}


@dataclass(frozen=True, slots=True)
class SangerPlan:
    """All sequencing of the cohort.

    Attributes:
        samples: run by run, controls first.
        seed: fixes every random number.
        share: equal profiles share their files.
    """

    samples: tuple[PlannedSequencing, ...]
    seed: int
    share: bool

    def read_rows(self) -> Iterator[Row]:
        """Yield the rows of the sanger sheet."""
        for sample in self.samples:
            for direction, read_id in sample.read_ids().items():
                yield {
                    "patient_id": sample.patient_id,
                    "sample_id": sample.sample_id,
                    "day": sample.day,
                    "read_id": read_id,
                    "role": sample.role,
                    "path": f"../sanger/{read_id}.ab1",
                    "run_id": sample.run_id,
                    "primer": PRIMERS[direction],
                }

    def truth_rows(self) -> Iterator[Row]:
        """Yield what is true of each sample."""
        for sample in self.samples:
            change: tuple[int | None, str | None, str | None] = (None, None, None)
            if sample.mutation is not None:
                change = mutation_change(sample.mutation)
            yield {
                "patient_id": sample.patient_id,
                "sample_id": sample.sample_id,
                "day": sample.day,
                "run_id": sample.run_id,
                "role": sample.role,
                "mutation": sample.mutation,
                "position_c": change[0],
                "ref": change[1],
                "alt": change[2],
                "fraction": sample.fraction,
            }


def plan_sanger(cohort: CohortTruth, seed: int, *, share: bool = False) -> SangerPlan:
    """Sequence every screened patient, mutated ones again after clearance, in order of days."""
    wanted: list[tuple[int, PatientTruth, str | None]] = []
    for patient in cohort.patients:
        if patient.abl1_day is None:
            continue
        wanted.append((patient.abl1_day, patient, patient.abl1_mutation))
        if patient.abl1_mutation is not None:
            wanted.append((_clearance_day(patient), patient, None))
    wanted.sort(key=lambda item: (item[0], item[1].patient_id))
    n_runs = -(-len(wanted) // _SAMPLES_PER_RUN)
    width = max(2, len(str(n_runs)))
    samples: list[PlannedSequencing] = []
    for number in range(n_runs):
        run_id = f"SEQ-{number + 1:0{width}d}"
        samples += [_plan_control(run_id, place) for place in range(1, _CONTROLS_PER_RUN + 1)]
        chunk = wanted[number * _SAMPLES_PER_RUN : (number + 1) * _SAMPLES_PER_RUN]
        samples += [_plan_sample(run_id, *item, seed, share) for item in chunk]
    return SangerPlan(tuple(samples), seed, share)


def write_sanger_files(plan: SangerPlan, folder: Path | str) -> int:
    """Write two .ab1 per sample into `folder`; return the number of files."""
    folder = Path(folder)
    if plan.share:
        _write_shared(plan, folder)
    else:
        for sample in plan.samples:
            forget_files(folder / f"{read_id}.ab1" for read_id in sample.read_ids().values())
            _simulate(sample, sample.run_id, plan.seed, folder)
    return sum(len(sample.read_ids()) for sample in plan.samples)


def _simulate(sample: PlannedSequencing, run_id: str, seed: int, folder: Path) -> None:
    variants = []
    if sample.mutation is not None and sample.fraction is not None:
        variants.append(Variant(*mutation_change(sample.mutation), sample.fraction))
    molecules = as_molecules(variants)
    run_seed = zlib.crc32(f"{run_id} {seed}".encode())
    for direction, read_id in sample.read_ids().items():
        read = ReadPlan(direction, PRIMERS[direction], direction[0].upper(), _CONDITIONS)
        trace = simulate_read(read_id, molecules, read, run_seed, seed)
        write_trace(folder / f"{read_id}.ab1", trace, "ab1")


def _write_shared(plan: SangerPlan, folder: Path) -> None:
    """Write each profile once, as samples of one run, and link the files of all runs to it."""
    pool = folder / "shared"
    profiles = {sample.profile: sample for sample in plan.samples}
    for sample in profiles.values():
        _simulate(sample, "pool", plan.seed, pool)
    for sample in plan.samples:
        source = profiles[sample.profile].read_ids()
        for direction, read_id in sample.read_ids().items():
            link_file(pool / f"{source[direction]}.ab1", folder / f"{read_id}.ab1")


def _plan_control(run_id: str, place: int) -> PlannedSequencing:
    return PlannedSequencing(
        sample_id=f"{run_id}-wt{place}", run_id=run_id, role=_CONTROL, patient_id=None, day=None,
        mutation=None, fraction=None, profile=f"control {place}",
    )  # fmt: skip


def _plan_sample(
    run_id: str, day: int, patient: PatientTruth, mutation: str | None, seed: int, share: bool
) -> PlannedSequencing:
    sample_id = f"{patient.patient_id}-abl1-d{day}"
    profile = f"sample {mutation or 'wild type'}" if share else sample_id
    rng = np.random.default_rng([seed, zlib.crc32(profile.encode())])
    fraction = round(float(rng.uniform(*_FRACTION)), 2)
    return PlannedSequencing(
        sample_id=sample_id,
        run_id=run_id,
        role=_SAMPLE,
        patient_id=patient.patient_id,
        day=day,
        mutation=mutation,
        fraction=None if mutation is None else fraction,
        profile=profile,
    )


def _clearance_day(patient: PatientTruth) -> int:
    """Return the day of the later sample: that of the first blinatumomab cycle.

    Patients without a cycle on record were given it after relapse, with the next sample two
    months later.
    """
    for sample in patient.mrd:
        if sample.timepoint == "blina_c1":
            return sample.day
    start = max(patient.abl1_day or 0, patient.relapse_day or 0)
    return min(start + _DAYS_TO_CLEARANCE, patient.last_contact_day)
