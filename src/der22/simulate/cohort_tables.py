"""The people of the demo cohort and their courses, before any instrument has seen them.

The shipped table holds 63 invented patients whose counts equal those of a published trial; other
numbers of patients are drawn anew from its marginals. Nobody in it exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from der22.arrays import Ints
from der22.errors import Der22Error
from der22.simulate.shipped_table import read_shipped

__all__ = [
    "TIMEPOINTS",
    "CohortTruth",
    "MrdTruth",
    "PatientTruth",
    "draw_cohort",
    "read_cohort",
]

TIMEPOINTS = (
    "diagnosis", "d22", "d45", "d57", "d85",
    "blina_c1", "blina_c2", "blina_c3", "blina_c4", "blina_c5",
)  # fmt: skip

_CLASSES = {
    "IKZF1plus": "IKZF1plus",
    "IKZF1_only": "IKZF1_deletion",
    "no_IKZF1": "no_IKZF1_deletion",
    "": "not_done",
}
_REASONS = {"no": None, "induction_mrd_increase": "mrd_increase", "relapse": "relapse"}
#: the table says only that remission was there at day 85; this is the day it can answer for
_REMISSION_DAY = 85
#: drawn cohorts measure each patient's samples with this much more cDNA; PNQ stays below 10 copies
_MATERIAL_FACTOR = (1.0, 1.6)


@dataclass(frozen=True, slots=True)
class MrdTruth:
    """One bone marrow sample.

    Attributes:
        timepoint: diagnosis, d22 ... blina_c5.
        day: day of sampling.
        fusion_copies: mean BCR::ABL1 copies per well.
        control_copies: mean ABL1 copies per well.
        category: POS, PNQ or CMR.
    """

    timepoint: str
    day: int
    fusion_copies: float
    control_copies: float
    category: str


@dataclass(frozen=True, slots=True)
class PatientTruth:
    """One invented patient; None = not known, as in the sheet.

    Attributes:
        patient_id: unique.
        sex: F or M.
        age_years: age.
        wbc_per_mm3: white blood cells at diagnosis.
        fusion: p190, p210 or p190+p210.
        lost_genes: genes lost together that are deleted, such as CDKN2A/CDKN2B; None = no MLPA.
        ikzf1_class: class by the definition of the trial; not_done without MLPA.
        chr_day: day at which complete haematologic response is on record.
        cycles_started: blinatumomab cycles begun.
        transplant_day: day of transplantation.
        relapse_day: day of relapse.
        relapse_site: hematologic, cns or nodal.
        death_day: day of death.
        last_contact_day: day of last contact.
        abl1_reason: why ABL1 was sequenced: mrd_increase or relapse; None = it was not.
        abl1_mutation: mutation found; None = wild type or not sequenced.
        abl1_day: day of the sequenced sample.
        mrd: samples by day.
    """

    patient_id: str
    sex: str
    age_years: int
    wbc_per_mm3: int
    fusion: str
    lost_genes: tuple[str, ...] | None
    ikzf1_class: str
    chr_day: int | None
    cycles_started: int
    transplant_day: int | None
    relapse_day: int | None
    relapse_site: str | None
    death_day: int | None
    last_contact_day: int
    abl1_reason: str | None
    abl1_mutation: str | None
    abl1_day: int | None
    mrd: tuple[MrdTruth, ...]


@dataclass(frozen=True, slots=True)
class CohortTruth:
    """A cohort as it truly is.

    Attributes:
        name: for the config; holds the word synthetic.
        patients: in sheet order.
    """

    name: str
    patients: tuple[PatientTruth, ...]


@dataclass(frozen=True, slots=True)
class _MrdRow:
    """What is read of a sample in the shipped table."""

    patient_id: str
    timepoint: str
    day: str
    bcr_abl1_copies: str
    abl1_copies: str
    category: str


@dataclass(frozen=True, slots=True)
class _PatientRow:
    """What is read of a patient in the shipped table."""

    patient_id: str
    sex: str
    age_years: str
    wbc_per_mm3: str
    fusion: str
    mlpa_available: str
    IKZF1_del: str
    CDKN2A_B_del: str
    PAX5_del: str
    RB1_del: str
    EBF1_del: str
    ikzf1_group: str
    chr_d85: str
    n_blina_cycles: str
    abl1_screened: str
    abl1_result: str
    abl1_sample_day: str
    allo_day: str
    relapse_type: str
    relapse_day: str
    death_day: str
    last_followup_day: str


def read_cohort() -> CohortTruth:
    """Return the shipped cohort of 63 invented patients."""
    samples: dict[str, list[MrdTruth]] = {}
    for one in read_shipped("demo/mrd.csv", _MrdRow):
        copies = float(one.bcr_abl1_copies), float(one.abl1_copies)
        sample = MrdTruth(one.timepoint, int(one.day), *copies, one.category)
        samples.setdefault(one.patient_id, []).append(sample)
    patients = []
    for row in read_shipped("demo/cohort.csv", _PatientRow):
        deletions = {
            "IKZF1": row.IKZF1_del, "CDKN2A/CDKN2B": row.CDKN2A_B_del, "PAX5": row.PAX5_del,
            "RB1": row.RB1_del, "EBF1": row.EBF1_del,
        }  # fmt: skip
        lost = tuple(genes for genes, is_lost in deletions.items() if is_lost == "1")
        patient = PatientTruth(
            patient_id=row.patient_id,
            sex=row.sex,
            age_years=int(row.age_years),
            wbc_per_mm3=int(row.wbc_per_mm3),
            fusion=row.fusion,
            lost_genes=lost if row.mlpa_available == "1" else None,
            ikzf1_class=_CLASSES[row.ikzf1_group],
            chr_day=_REMISSION_DAY if row.chr_d85 == "1" else None,
            cycles_started=int(row.n_blina_cycles),
            transplant_day=_day(row.allo_day),
            relapse_day=_day(row.relapse_day),
            relapse_site=row.relapse_type.lower() or None,
            death_day=_day(row.death_day),
            last_contact_day=int(row.last_followup_day),
            abl1_reason=_REASONS[row.abl1_screened],
            abl1_mutation=row.abl1_result if row.abl1_result not in ("", "WT") else None,
            abl1_day=_day(row.abl1_sample_day),
            mrd=tuple(sorted(samples.get(row.patient_id, []), key=lambda sample: sample.day)),
        )
        patients.append(patient)
    return CohortTruth("D-ALBA-like demo cohort (synthetic)", tuple(patients))


def draw_cohort(n_patients: int, seed: int) -> CohortTruth:
    """Return `n_patients` drawn anew from the marginals of the shipped cohort.

    METHOD: a course (MRD series, cycles, sequencing, transplant, relapse, death, follow-up) is
    drawn whole, so that its events stay in an order that can happen. Lost genes are drawn among
    patients of the same IKZF1 class, the transcript within its group; sex, age and white cells
    independently. More cDNA per patient multiplies both copy numbers and leaves every ratio alone.

    Args:
        n_patients: at least 1.
        seed: any whole number >= 0.

    Raises:
        Der22Error: fewer than one patient.
    """
    if n_patients < 1:
        raise Der22Error(f"{n_patients} patients asked for; a cohort has at least one")
    pool = read_cohort().patients
    rng = np.random.default_rng([seed, n_patients])
    course = rng.integers(len(pool), size=n_patients)
    genes = _draw_within(course, [patient.ikzf1_class for patient in pool], rng)
    fusion = _draw_within(course, ["p210" in patient.fusion for patient in pool], rng)
    sex, age, cells = rng.integers(len(pool), size=(3, n_patients))
    material = rng.uniform(*_MATERIAL_FACTOR, n_patients)
    width = max(4, len(str(n_patients)))
    chosen = zip(course, genes, fusion, sex, age, cells, material, strict=True)
    patients = [
        replace(
            pool[c],
            patient_id=f"SYN{number:0{width}d}",
            lost_genes=pool[g].lost_genes,
            fusion=pool[f].fusion,
            sex=pool[s].sex,
            age_years=pool[a].age_years,
            wbc_per_mm3=pool[w].wbc_per_mm3,
            mrd=tuple(
                replace(
                    sample,
                    fusion_copies=sample.fusion_copies * float(factor),
                    control_copies=sample.control_copies * float(factor),
                )
                for sample in pool[c].mrd
            ),
        )
        for number, (c, g, f, s, a, w, factor) in enumerate(chosen, 1)
    ]
    return CohortTruth(f"drawn demo cohort of {n_patients} (synthetic)", tuple(patients))


def _draw_within(course: Ints, groups: Sequence[object], rng: np.random.Generator) -> Ints:
    """Return for each drawn course another member of the group that the course belongs to."""
    drawn = course.copy()
    for group in dict.fromkeys(groups):
        members = np.array([index for index, other in enumerate(groups) if other == group])
        of_group = np.isin(course, members)
        drawn[of_group] = rng.choice(members, int(of_group.sum()))
    return drawn


def _day(text: str) -> int | None:
    return int(text) if text else None
