"""The MLPA part of the demo: runs with references and a no-DNA control, sheet and truth."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np

from der22.formats.probemix import read_probemix
from der22.formats.tables import Row, write_tsv
from der22.resources import resource_path
from der22.simulate.cohort_tables import CohortTruth, PatientTruth
from der22.simulate.mlpa_run import begin_mlpa_run, write_mlpa_run
from der22.simulate.mlpa_truth import MlpaSampleTruth, copies_for_pattern

__all__ = [
    "PROBEMIX", "Lesion", "MlpaPlan", "PlannedInjection", "PlannedRun", "plan_mlpa",
    "write_mlpa_files",
]  # fmt: skip

#: probemix sheet of the demo, a shipped table
PROBEMIX = "probemix/P335-synthetic.tsv"

_SHEET_COLUMNS = (
    "run_id", "sample_id", "role", "patient_id", "day", "blast_percent", "path", "size_standard",
    "well",
)  # fmt: skip
_TRUTH_COLUMNS = (
    "run_id", "sample_id", "role", "patient_id", "sex", "blast_percent", "ikzf1_pattern",
    "ikzf1_class", "lesions",
)  # fmt: skip

#: instruments take turns, each with the size standard its dye set carries
_INSTRUMENTS = (("3130", "GS500ROX"), ("3500", "GS600LIZ"), ("3730", "GS500LIZ"))
_PATIENTS_PER_RUN = 12
#: of the references of a run
_SEXES = ("F", "M", "F", "M", "F", "M")
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

    @property
    def ikzf1_pattern(self) -> str:
        """Lost exons of IKZF1, or none."""
        return next((lesion.exons for lesion in self.lesions if lesion.gene == "IKZF1"), "none")


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


@dataclass(frozen=True, slots=True)
class MlpaPlan:
    """All runs of the cohort.

    Attributes:
        runs: in order of patients.
        seed: fixes every random number.
    """

    runs: tuple[PlannedRun, ...]
    seed: int

    def write_tables(self, sheet: Path, truth: Path) -> None:
        """Write the mlpa sheet and what is true, a row an injection."""
        sheet_rows: list[Row] = []
        truth_rows: list[Row] = []
        for run in self.runs:
            for injection in run.injections:
                patient = injection.patient
                common: dict[str, object] = {
                    "run_id": run.run_id,
                    "sample_id": injection.sample_id,
                    "role": injection.role,
                    "patient_id": patient.patient_id if patient else None,
                    "blast_percent": injection.blast_percent,
                }
                told = {
                    "day": 0 if patient else None,
                    "path": f"../mlpa/{run.run_id}_{injection.sample_id}.fsa",
                    "size_standard": run.size_standard,
                    "well": None,
                }
                true = {
                    "sex": injection.sex if injection.role != "no_dna" else None,
                    "ikzf1_pattern": injection.ikzf1_pattern if patient else None,
                    "ikzf1_class": patient.ikzf1_class if patient else None,
                    "lesions": ";".join(str(lesion) for lesion in injection.lesions),
                }
                sheet_rows.append(common | told)
                truth_rows.append(common | true)
        write_tsv(sheet, _SHEET_COLUMNS, sheet_rows)
        write_tsv(truth, _TRUTH_COLUMNS, truth_rows)


def plan_mlpa(cohort: CohortTruth, seed: int) -> MlpaPlan:
    """Place the patients with MLPA on runs; each run has six references and one no-DNA control."""
    tested = [patient for patient in cohort.patients if patient.lost_genes is not None]
    n_runs = -(-len(tested) // _PATIENTS_PER_RUN)
    width = max(2, len(str(n_runs)))
    controls = [
        *(PlannedInjection(f"ref{n}", "reference", sex) for n, sex in enumerate(_SEXES, 1)),
        PlannedInjection("water", "no_dna", "F"),
    ]
    runs = []
    for number, (instrument, standard) in zip(range(n_runs), cycle(_INSTRUMENTS), strict=False):
        run_id = f"MLPA-{number + 1:0{width}d}"
        # every n-th patient, so that the runs are of one size
        patients = [_plan_patient(patient, seed) for patient in tested[number::n_runs]]
        runs.append(PlannedRun(run_id, instrument, standard, (*controls, *patients)))
    return MlpaPlan(tuple(runs), seed)


def write_mlpa_files(plan: MlpaPlan, folder: Path) -> None:
    """Write one .fsa per injection into `folder`."""
    probemix = read_probemix(resource_path(PROBEMIX))
    for planned in plan.runs:
        samples = []
        for injection in planned.injections:
            pattern = {lesion.gene: lesion.exons for lesion in injection.lesions}
            levels = {lesion.gene: float(lesion.copies) for lesion in injection.lesions}
            copies = copies_for_pattern(probemix, pattern, levels)
            blasts = 100 if injection.blast_percent is None else injection.blast_percent
            samples.append(
                MlpaSampleTruth(
                    injection.sample_id, injection.role, injection.sex, copies, blasts / 100
                )
            )
        run = begin_mlpa_run(
            planned.run_id, probemix, planned.instrument, plan.seed, dq_sd=_RATIO_SD
        )
        write_mlpa_run(run, samples, folder)


def _plan_patient(patient: PatientTruth, seed: int) -> PlannedInjection:
    """Draw blasts and exons of one patient, whoever else is in the cohort."""
    rng = np.random.default_rng([seed, zlib.crc32(patient.patient_id.encode())])
    blasts = int(rng.integers(_BLAST_PERCENT[0], _BLAST_PERCENT[1] + 1))
    lesions = []
    for group in patient.lost_genes or ():
        # CDKN2A and CDKN2B lie side by side and are lost in one event
        both = group == "CDKN2A/CDKN2B" and rng.random() < _HOMOZYGOUS_SHARE
        for gene in group.split("/"):
            patterns = _PATTERNS[gene]
            exons = str(rng.choice(list(patterns), p=list(patterns.values())))
            lesions.append(Lesion(gene, exons, 0 if both else 1))
    sample_id = f"{patient.patient_id}-dx"
    return PlannedInjection(sample_id, "patient", patient.sex, patient, blasts, tuple(lesions))
