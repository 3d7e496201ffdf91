"""Writes a synthetic cohort as a laboratory would hold it: raw files, sheets, config - and truth.

Nothing in it is of a person. The truth is written from the plan of the cohort, never from an
analysis.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from der22.errors import Der22Error
from der22.formats.tables import Row, write_text, write_tsv
from der22.resources import resource_path
from der22.simulate.cohort_tables import TIMEPOINTS, CohortTruth, draw_cohort, read_cohort
from der22.simulate.demo_mlpa import PROBEMIX, plan_mlpa, write_mlpa_files
from der22.simulate.demo_mrd import plan_mrd, write_mrd_files
from der22.simulate.demo_sanger import plan_sanger, write_sanger_files

__all__ = ["DEMO_MARK", "SHIPPED_PATIENTS", "DemoSummary", "write_demo"]

#: stands at the head of every config written here
DEMO_MARK = "written by `der22 demo`"
#: the number of patients of the shipped table; other numbers are drawn anew
SHIPPED_PATIENTS = 63

_PATIENT_COLUMNS = (
    "patient_id", "sex", "age_years", "wbc_per_mm3", "fusion", "erg_deletion", "chr_day",
    "relapse_day", "relapse_site", "transplant_day", "death_day", "last_contact_day",
    "cycles_started", "x_origin",
)  # fmt: skip
#: columns that are fields of a `PatientTruth`
_PATIENT_FIELDS = [c for c in _PATIENT_COLUMNS if c not in ("erg_deletion", "x_origin")]
_PATIENT_TRUTH_COLUMNS = (
    "patient_id", "fusion", "ikzf1_class", "ikzf1_pattern", "lost_genes", "abl1_screened_for",
    "abl1_status", "abl1_mutation", *(f"mrd_{timepoint}" for timepoint in TIMEPOINTS),
)  # fmt: skip

_CONFIG = """\
# {name}: {mark}; nothing in it is of a person.
# Relative paths start from the folder of this file.
cohort:
  name: "{name}"
  patients: sheets/patients.tsv
  ikzf1plus_definition: gimema
mlpa:
  samples: sheets/mlpa.tsv
  probemix: sheets/{probemix}
  size_standard: GS500LIZ
sanger:
  reads: sheets/sanger.tsv
mrd:
  samples: sheets/mrd.tsv
  plates: sheets/plates.tsv
  settings:
    response_lost_triggers: no  # the trial screened ABL1 for an increase in induction and relapse
outdir: results
"""

_README = """\
# {name}

Synthetic data, written by `der22 demo --patients {patients} --seed {seed}`.
No patient in it exists.

- `config.yaml`, `sheets/`: what der22 reads.
- `mlpa/` (.fsa), `sanger/` (.ab1), `mrd/` (qPCR exports): simulated raw files.
- `truth/`: what the files were made from; no analysis has touched it.

{origin}
"""
_SHIPPED_ORIGIN = """\
The 63 patients have the counts of the D-ALBA trial as printed (Foa et al., N Engl J Med 2020) as
their marginals. Every person-level combination is invented, and so are copies, blasts, exons,
fractions and wells."""
_DRAWN_ORIGIN = """\
The patients are drawn anew from the marginals of the shipped cohort of 63 invented patients."""


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What was written.

    Attributes:
        config: path of the config.
        patients: number of patients.
        mlpa_files: .fsa files; named in the sheet only, when the demo is config only.
        sanger_files: .ab1 files.
        mrd_files: qPCR exports.
    """

    config: Path
    patients: int
    mlpa_files: int
    sanger_files: int
    mrd_files: int

    def __str__(self) -> str:
        return (
            f"{self.config}: {self.patients} synthetic patients, {self.mlpa_files} MLPA, "
            f"{self.sanger_files} Sanger and {self.mrd_files} qPCR files"
        )


def write_demo(
    out: Path | str,
    patients: int = SHIPPED_PATIENTS,
    seed: int = 22,
    config_only: bool = False,
    *,
    share: bool = False,
) -> DemoSummary:
    """Write a synthetic cohort into `out`; the same arguments give the same bytes.

    Args:
        out: folder; made when missing. The config is written last.
        patients: 63 is the shipped table, any other number is drawn anew.
        seed: any whole number >= 0.
        config_only: write sheets, truth and config, but none of the raw files they name.
        share: equal .ab1 are stored once and linked, for benchmarks of large cohorts; the names
            inside are those of the first sample. MLPA profiles stay apart, as der22 looks for
            equal ones.

    Raises:
        Der22Error: fewer than one patient, or a negative seed.
    """
    if seed < 0:
        raise Der22Error(f"seed {seed} is below 0; give a whole number from 0 on")
    out = Path(out)
    is_shipped = patients == SHIPPED_PATIENTS
    cohort = read_cohort() if is_shipped else draw_cohort(patients, seed)
    mlpa = plan_mlpa(cohort, seed)
    sanger = plan_sanger(cohort, seed, share=share)
    mrd = plan_mrd(cohort, seed)
    if not config_only:
        write_mlpa_files(mlpa, out / "mlpa")
        write_sanger_files(sanger, out / "sanger")
        write_mrd_files(mrd, out / "mrd")
    sheets, truth = out / "sheets", out / "truth"
    mlpa.write_tables(sheets / "mlpa.tsv", truth / "mlpa.tsv")
    sanger.write_tables(sheets / "sanger.tsv", truth / "sanger.tsv")
    mrd.write_tables(sheets / "plates.tsv", sheets / "mrd.tsv", truth / "mrd.tsv")
    patterns = {
        injection.patient.patient_id: injection.ikzf1_pattern
        for run in mlpa.runs
        for injection in run.injections
        if injection.patient is not None
    }
    _write_patients(sheets / "patients.tsv", truth / "patients.tsv", cohort, patterns)
    # the mix that was in the tubes lies beside the sheets, as a laboratory keeps that of its lot
    mix = Path(PROBEMIX).name
    shutil.copyfile(resource_path(PROBEMIX), sheets / mix)
    origin = _SHIPPED_ORIGIN if is_shipped else _DRAWN_ORIGIN
    readme = _README.format(name=cohort.name, patients=patients, seed=seed, origin=origin)
    write_text(out / "README.md", readme)
    config = out / "config.yaml"
    write_text(config, _CONFIG.format(name=cohort.name, mark=DEMO_MARK, probemix=mix))
    return DemoSummary(
        config=config,
        patients=len(cohort.patients),
        mlpa_files=sum(len(run.injections) for run in mlpa.runs),
        sanger_files=sum(len(sample.read_ids) for sample in sanger.samples),
        mrd_files=sum(len(plate.files) for plate in mrd.plates),
    )


def _write_patients(
    sheet: Path, truth: Path, cohort: CohortTruth, patterns: Mapping[str, str]
) -> None:
    """Write the patients sheet and what is true; `patterns`: patient_id -> lost exons of IKZF1."""
    sheet_rows: list[Row] = []
    truth_rows: list[Row] = []
    for patient in cohort.patients:
        told = {column: getattr(patient, column) for column in _PATIENT_FIELDS}
        sheet_rows.append(told | {"erg_deletion": None, "x_origin": "synthetic"})
        category = {sample.timepoint: sample.category for sample in patient.mrd}
        status = "wild_type" if patient.abl1_mutation is None else "mutated"
        true: dict[str, object] = {
            "patient_id": patient.patient_id,
            "fusion": patient.fusion,
            "ikzf1_class": patient.ikzf1_class,
            "ikzf1_pattern": patterns.get(patient.patient_id),
            "lost_genes": None if patient.lost_genes is None else ";".join(patient.lost_genes),
            "abl1_screened_for": patient.abl1_reason,
            "abl1_status": "not_done" if patient.abl1_day is None else status,
            "abl1_mutation": patient.abl1_mutation,
        }
        responses = {f"mrd_{point}": category.get(point, "missing") for point in TIMEPOINTS}
        truth_rows.append(true | responses)
    write_tsv(sheet, _PATIENT_COLUMNS, sheet_rows)
    write_tsv(truth, _PATIENT_TRUTH_COLUMNS, truth_rows)
