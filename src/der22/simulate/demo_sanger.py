"""The Sanger part of the demo: sequencing runs with wild-type controls, sheet and truth."""

from __future__ import annotations

import os
import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from der22.formats.tables import Row, write_tsv
from der22.simulate.abif_writer import write_abif
from der22.simulate.chemistry import ReadConditions, named_rng
from der22.simulate.cohort_tables import CohortTruth, PatientTruth
from der22.simulate.molecules import (
    PRIMERS,
    Substitution,
    as_molecules,
    mutation_change,
    read_template,
)
from der22.simulate.sanger_read import simulate_read
from der22.simulate.trace_file import trace_tags

__all__ = ["PlannedSequencing", "SangerPlan", "plan_sanger", "write_sanger_files"]

_SHEET_COLUMNS = (
    "patient_id", "sample_id", "day", "read_id", "role", "path", "run_id", "primer",
)  # fmt: skip
_TRUTH_COLUMNS = (
    "patient_id", "sample_id", "day", "run_id", "role", "mutation", "position_c", "ref", "alt",
    "fraction",
)  # fmt: skip

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

    @property
    def read_ids(self) -> dict[str, str]:
        """Direction -> read_id."""
        return {way: f"{self.sample_id}_{way[0].upper()}" for way in PRIMERS}


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

    def write_tables(self, sheet: Path, truth: Path) -> None:
        """Write the sanger sheet, a row a read, and what is true, a row a sample."""
        reads: list[Row] = []
        samples: list[Row] = []
        for sample in self.samples:
            common = {
                "patient_id": sample.patient_id,
                "sample_id": sample.sample_id,
                "day": sample.day,
                "run_id": sample.run_id,
                "role": sample.role,
            }
            for direction, read_id in sample.read_ids.items():
                path, primer = f"../sanger/{read_id}.ab1", PRIMERS[direction]
                reads.append(common | {"read_id": read_id, "path": path, "primer": primer})
            change: tuple[int | None, str | None, str | None] = (None, None, None)
            if sample.mutation is not None:
                change = mutation_change(sample.mutation)
            samples.append(
                common
                | dict(zip(("position_c", "ref", "alt"), change, strict=True))
                | {"mutation": sample.mutation, "fraction": sample.fraction}
            )
        write_tsv(sheet, _SHEET_COLUMNS, reads)
        write_tsv(truth, _TRUTH_COLUMNS, samples)


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
        samples += [
            PlannedSequencing(
                sample_id=f"{run_id}-wt{place}", run_id=run_id, role=_CONTROL, patient_id=None,
                day=None, mutation=None, fraction=None, profile=f"control {place}",
            )
            for place in range(1, _CONTROLS_PER_RUN + 1)
        ]  # fmt: skip
        for day, patient, mutation in wanted[number * _SAMPLES_PER_RUN :][:_SAMPLES_PER_RUN]:
            sample_id = f"{patient.patient_id}-abl1-d{day}"
            profile = f"sample {mutation or 'wild type'}" if share else sample_id
            rng = np.random.default_rng([seed, zlib.crc32(profile.encode())])
            fraction = None if mutation is None else round(float(rng.uniform(*_FRACTION)), 2)
            samples.append(
                PlannedSequencing(
                    sample_id, run_id, _SAMPLE, patient.patient_id, day, mutation, fraction, profile
                )
            )
    return SangerPlan(tuple(samples), seed, share)


def write_sanger_files(plan: SangerPlan, folder: Path) -> None:
    """Write two .ab1 per sample into `folder`.

    Where files are shared, each profile is written once, as a sample of one run, and the files of
    all runs are linked to it; they are copied where the disk knows no hard links.
    """
    if not plan.share:
        for sample in plan.samples:
            _simulate(sample, sample.run_id, plan.seed, folder)
        return
    pool = folder / "shared"
    profiles = {sample.profile: sample for sample in plan.samples}
    for sample in profiles.values():
        _simulate(sample, "pool", plan.seed, pool)
    for sample in plan.samples:
        twin = profiles[sample.profile]
        for source_id, read_id in zip(
            twin.read_ids.values(), sample.read_ids.values(), strict=True
        ):
            source, target = pool / f"{source_id}.ab1", folder / f"{read_id}.ab1"
            target.unlink(missing_ok=True)
            try:
                os.link(source, target)
            except OSError:
                shutil.copyfile(source, target)


def _simulate(sample: PlannedSequencing, run_id: str, seed: int, folder: Path) -> None:
    """Write both reads of a sample as they come from run `run_id`."""
    mixture = []
    if sample.mutation is not None and sample.fraction is not None:
        mixture.append(Substitution(*mutation_change(sample.mutation), sample.fraction))
    molecules = as_molecules(mixture)
    run_seed = zlib.crc32(f"{run_id} {seed}".encode())
    for direction, read_id in sample.read_ids.items():
        templates = [(one.fraction, read_template(one, direction)) for one in molecules]
        rng = named_rng(run_seed, seed, read_id, direction)
        read = simulate_read(read_id, templates, direction, run_seed, _CONDITIONS, rng)
        write_abif(folder / f"{read_id}.ab1", trace_tags(read))


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
