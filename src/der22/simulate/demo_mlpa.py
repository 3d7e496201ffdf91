"""The MLPA part of the demo: runs with references and a no-DNA control, sheet and truth."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np

from der22.formats.probemix import Probemix, read_probemix
from der22.formats.tables import Row
from der22.resources import resource_path
from der22.simulate.cohort_tables import CohortTruth, PatientTruth
from der22.simulate.demo_files import forget_files
from der22.simulate.mlpa_run import MlpaSampleTruth, copies_for_pattern, simulate_mlpa_run

__all__ = [
    "MLPA_COLUMNS",
    "MLPA_TRUTH_COLUMNS",
    "PROBEMIX",
    "Lesion",
    "MlpaPlan",
    "PlannedInjection",
    "PlannedRun",
    "plan_mlpa",
    "write_mlpa_files",
]

#: probemix sheet of the demo, a shipped table
PROBEMIX = "probemix/P335-synthetic.tsv"

MLPA_COLUMNS = (
    "run_id", "sample_id", "role", "patient_id", "day", "blast_percent", "path", "size_standard",
    "well",
)  # fmt: skip
MLPA_TRUTH_COLUMNS = (
    "run_id", "sample_id", "role", "patient_id", "sex", "blast_percent", "ikzf1_pattern",
    "ikzf1_class", "lesions",
)  # fmt: skip

#: instruments take turns, each with the size standard its dye set carries
_INSTRUMENTS = (("3130", "GS500ROX"), ("3500", "GS600LIZ"), ("3730", "GS500LIZ"))
_PATIENTS_PER_RUN = 12
_REFERENCE_SEXES = ("F", "M", "F", "M", "F", "M")
_BLAST_PERCENT = (80, 98)
#: a good laboratory; from about 0.04 on, some run has a probe too noisy to be called
_RATIO_SD = 0.03
_HOMOZYGOUS_SHARE = 0.5

#: METHOD: IKZF1 4-7 is the commonest deletion, then the whole gene; the shares of the demo are
#: chosen. Exons as in the probemix sheet.
_PATTERNS: dict[str, dict[str, float]] = {
    "IKZF1": {"4-7": 0.45, "1-8": 0.25, "2-7": 0.15, "4-8": 0.15},
    "CDKN2A": {"all": 1.0},
    "CDKN2B": {"all": 1.0},
    "PAX5": {"all": 0.6, "2-6": 0.4},
    "RB1": {"all": 0.7, "14-26": 0.3},
    "EBF1": {"all": 0.7, "10-16": 0.3},
}


@dataclass(frozen=True, slots=True)
class Lesion:
    """One deletion in the leukaemic cells.

    Attributes:
        gene: as in the probemix sheet.
        exons: such as ``4-7``, or ``all``.
        copies: copies left; 1 = heterozygous, 0 = homozygous.
    """

    gene: str
    exons: str
    copies: int

    def __str__(self) -> str:
        return f"{self.gene}:{self.exons}:{self.copies}"


@dataclass(frozen=True, slots=True)
class PlannedInjection:
    """One capillary injection.

    Attributes:
        sample_id: unique within the run.
        role: patient, reference or no_dna.
        sex: F or M.
        patient: whose; None for controls.
        blast_percent: share of leukaemic cells; None for controls.
        lesions: what the leukaemic cells lost.
    """

    sample_id: str
    role: str
    sex: str
    patient: PatientTruth | None = None
    blast_percent: int | None = None
    lesions: tuple[Lesion, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One PCR and capillary run.

    Attributes:
        run_id: unique.
        instrument: 3130, 3500 or 3730.
        size_standard: shipped name.
        injections: in plate order.
    """

    run_id: str
    instrument: str
    size_standard: str
    injections: tuple[PlannedInjection, ...]

    def file_name(self, injection: PlannedInjection) -> str:
        """Return the name the simulator gives the file of `injection`."""
        return f"{self.run_id}_{injection.sample_id}.fsa"


@dataclass(frozen=True, slots=True)
class MlpaPlan:
    """All runs of the cohort.

    Attributes:
        runs: in order of patients.
        seed: fixes every random number.
    """

    runs: tuple[PlannedRun, ...]
    seed: int

    def sample_rows(self) -> Iterator[Row]:
        """Yield the rows of the mlpa sheet."""
        for run in self.runs:
            for injection in run.injections:
                patient = injection.patient
                yield {
                    "run_id": run.run_id,
                    "sample_id": injection.sample_id,
                    "role": injection.role,
                    "patient_id": patient.patient_id if patient else None,
                    "day": 0 if patient else None,
                    "blast_percent": injection.blast_percent,
                    "path": f"../mlpa/{run.file_name(injection)}",
                    "size_standard": run.size_standard,
                    "well": None,
                }

    def truth_rows(self) -> Iterator[Row]:
        """Yield what is true of each injection."""
        for run in self.runs:
            for injection in run.injections:
                patient = injection.patient
                ikzf1 = [lesion.exons for lesion in injection.lesions if lesion.gene == "IKZF1"]
                yield {
                    "run_id": run.run_id,
                    "sample_id": injection.sample_id,
                    "role": injection.role,
                    "patient_id": patient.patient_id if patient else None,
                    "sex": injection.sex if injection.role != "no_dna" else None,
                    "blast_percent": injection.blast_percent,
                    "ikzf1_pattern": (ikzf1[0] if ikzf1 else "none") if patient else None,
                    "ikzf1_class": patient.ikzf1_class if patient else None,
                    "lesions": ";".join(str(lesion) for lesion in injection.lesions),
                }


def plan_mlpa(cohort: CohortTruth, seed: int) -> MlpaPlan:
    """Place the patients with MLPA on runs; each run has six references and one no-DNA control."""
    tested = [patient for patient in cohort.patients if patient.lost_genes is not None]
    n_runs = max(1, -(-len(tested) // _PATIENTS_PER_RUN)) if tested else 0
    width = max(2, len(str(n_runs)))
    runs = []
    for number, (instrument, standard) in zip(range(n_runs), cycle(_INSTRUMENTS), strict=False):
        run_id = f"MLPA-{number + 1:0{width}d}"
        # every n-th patient, so that the runs are of one size
        patients = [_plan_patient(patient, seed) for patient in tested[number::n_runs]]
        injections = (*_controls(), *patients)
        runs.append(PlannedRun(run_id, instrument, standard, injections))
    return MlpaPlan(tuple(runs), seed)


def write_mlpa_files(plan: MlpaPlan, folder: Path | str) -> int:
    """Write one .fsa per injection into `folder`; return the number of files."""
    folder = Path(folder)
    probemix = read_probemix(resource_path(PROBEMIX))
    for run in plan.runs:
        forget_files(folder / run.file_name(injection) for injection in run.injections)
        _simulate(run, probemix, plan.seed, folder)
    return sum(len(run.injections) for run in plan.runs)


def _simulate(run: PlannedRun, probemix: Probemix, seed: int, folder: Path) -> None:
    samples = [_sample_truth(injection, probemix) for injection in run.injections]
    simulate_mlpa_run(
        run.run_id, samples, probemix, run.instrument, seed, folder, dq_sd=_RATIO_SD
    )  # fmt: skip


def _controls() -> list[PlannedInjection]:
    controls = [
        PlannedInjection(f"ref{number}", "reference", sex)
        for number, sex in enumerate(_REFERENCE_SEXES, 1)
    ]
    controls.append(PlannedInjection("water", "no_dna", "F"))
    return controls


def _plan_patient(patient: PatientTruth, seed: int) -> PlannedInjection:
    """Draw blasts and exons of one patient, whoever else is in the cohort."""
    lost = patient.lost_genes or ()
    rng = np.random.default_rng([seed, zlib.crc32(patient.patient_id.encode())])
    blasts = int(rng.integers(_BLAST_PERCENT[0], _BLAST_PERCENT[1] + 1))
    return PlannedInjection(
        sample_id=f"{patient.patient_id}-dx",
        role="patient",
        sex=patient.sex,
        patient=patient,
        blast_percent=blasts,
        lesions=_draw_lesions(lost, rng),
    )


def _draw_lesions(lost: Sequence[str], rng: np.random.Generator) -> tuple[Lesion, ...]:
    lesions = []
    for group in lost:
        # CDKN2A and CDKN2B lie side by side and are lost in one event
        both = group == "CDKN2A/CDKN2B" and rng.random() < _HOMOZYGOUS_SHARE
        for gene in group.split("/"):
            patterns = _PATTERNS[gene]
            exons = str(rng.choice(list(patterns), p=list(patterns.values())))
            lesions.append(Lesion(gene, exons, 0 if both else 1))
    return tuple(lesions)


def _sample_truth(injection: PlannedInjection, probemix: Probemix) -> MlpaSampleTruth:
    pattern = {lesion.gene: lesion.exons for lesion in injection.lesions}
    levels = {lesion.gene: float(lesion.copies) for lesion in injection.lesions}
    blasts = 100 if injection.blast_percent is None else injection.blast_percent
    return MlpaSampleTruth(
        sample_id=injection.sample_id,
        role=injection.role,
        sex=injection.sex,
        copies=copies_for_pattern(probemix, pattern, levels),
        blast_fraction=blasts / 100,
    )
