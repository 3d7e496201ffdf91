"""The clinical part of a cBioPortal study: patients, samples and what happened when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from der22.cohort.endpoints import DAYS_PER_MONTH, FollowUp, last_contact
from der22.formats.records import Patient
from der22.formats.tables import cell_text
from der22.results.cohort import RiskRow
from der22.results.mrd import LevelRow
from der22.results.schema import significant
from der22.words import Category

__all__ = [
    "Sample",
    "patient_table",
    "sample_table",
    "timeline_lab_tests",
    "timeline_status",
]

_SEX = {"F": "Female", "M": "Male"}
_OVERALL = ("0:LIVING", "1:DECEASED")
_DISEASE_FREE = ("0:DiseaseFree", "1:Recurred/Progressed")

#: attribute, display name, description, datatype, priority
_PATIENT_ATTRIBUTES = (
    ("PATIENT_ID", "Patient", "Identifier of the patients sheet", "STRING", "1"),
    ("SEX", "Sex", "Sex", "STRING", "1"),
    ("AGE", "Age", "Age in years", "NUMBER", "1"),
    ("WBC", "WBC", "White blood cells per mm3 at diagnosis", "NUMBER", "1"),
    ("FUSION", "Transcript", "BCR::ABL1 transcript", "STRING", "50"),
    ("IKZF1_CLASS", "IKZF1 class", "IKZF1 class by MLPA", "STRING", "60"),
    ("ABL1_STATUS", "ABL1 status", "ABL1 kinase domain over all samples", "STRING", "60"),
    ("GENOMIC_RISK", "Genomic risk", "Label for research, not a treatment rule", "STRING", "70"),
    ("BEST_DEPTH", "Best depth", "Deepest molecular response", "STRING", "1"),
    ("OS_STATUS", "Overall survival", "Overall survival status", "STRING", "1"),
    ("OS_MONTHS", "Overall survival (months)", "From the start of the TKI", "NUMBER", "1"),
    ("DFS_STATUS", "Disease free", "Relapse or death after the landmark", "STRING", "1"),
    ("DFS_MONTHS", "Disease free (months)", "From the landmark day", "NUMBER", "1"),
)
_SAMPLE_ATTRIBUTES = (
    ("PATIENT_ID", "Patient", "Identifier of the patients sheet", "STRING", "1"),
    ("SAMPLE_ID", "Sample", "Identifier of the sample", "STRING", "1"),
    ("CANCER_TYPE", "Cancer type", "Cancer type", "STRING", "1"),
    ("CANCER_TYPE_DETAILED", "Cancer type detailed", "Cancer type in detail", "STRING", "1"),
    ("SAMPLE_TYPE", "Sample type", "What the sample was taken for", "STRING", "1"),
    ("SAMPLE_DAY", "Sample day", "Day from the start of the TKI", "NUMBER", "1"),
)
_CANCER = (
    "B-Lymphoblastic Leukemia/Lymphoma",
    "B-Lymphoblastic Leukemia/Lymphoma with t(9;22)(q34.1;q11.2);BCR-ABL1",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of the study; `day` as text, blank when not known."""

    patient_id: str
    sample_id: str
    kind: str
    day: str = ""


def patient_table(
    patients: Sequence[Patient],
    risk_rows: Sequence[RiskRow],
    overall: Mapping[str, FollowUp],
    disease_free: Mapping[str, FollowUp],
) -> list[list[str]]:
    """Return the patient table with its four header rows."""
    rows = []
    for patient, risk in zip(patients, risk_rows, strict=True):
        values = {
            "PATIENT_ID": patient.patient_id,
            "SEX": _SEX.get(patient.sex or "", ""),
            "AGE": cell_text(risk.age_years),
            "WBC": cell_text(risk.wbc_per_mm3),
            "FUSION": patient.fusion or "",
            "IKZF1_CLASS": risk.ikzf1_class,
            "ABL1_STATUS": risk.abl1_status,
            "GENOMIC_RISK": risk.genomic_risk,
            "BEST_DEPTH": risk.best_depth,
            **_survival("OS", overall.get(patient.patient_id), _OVERALL),
            **_survival("DFS", disease_free.get(patient.patient_id), _DISEASE_FREE),
        }
        rows.append([values[name] for name, *_ in _PATIENT_ATTRIBUTES])
    return [*_header(_PATIENT_ATTRIBUTES), *rows]


def _survival(prefix: str, row: FollowUp | None, words: tuple[str, str]) -> dict[str, str]:
    if row is None:
        return {f"{prefix}_STATUS": "", f"{prefix}_MONTHS": ""}
    months = format(row.time / DAYS_PER_MONTH, ".4f")
    return {f"{prefix}_STATUS": words[row.status > 0], f"{prefix}_MONTHS": months}


def sample_table(samples: Iterable[Sample]) -> list[list[str]]:
    """Return the sample table with its four header rows."""
    rows = [[s.patient_id, s.sample_id, *_CANCER, s.kind, s.day] for s in samples]
    return [*_header(_SAMPLE_ATTRIBUTES), *rows]


def _header(attributes: Sequence[tuple[str, str, str, str, str]]) -> list[list[str]]:
    names, display, description, datatype, priority = (
        list(row) for row in zip(*attributes, strict=True)
    )
    rows = [display, description, datatype, priority]
    return [*([f"#{row[0]}", *row[1:]] for row in rows), names]


def timeline_lab_tests(levels: Iterable[LevelRow]) -> list[list[str]]:
    """Return one event per MRD level: RESULT is a number where one was measured.

    Undetected is no zero: RESULT stays blank, CATEGORY says CMR and LIMIT_PERCENT down to where.
    """
    header = [
        *("PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE", "TEST", "RESULT", "CATEGORY"),
        *("LIMIT_PERCENT", "MATERIAL", "TIMEPOINT", "SAMPLE"),
    ]
    rows = [
        [
            *(row.patient_id, cell_text(row.day), "", "LAB_TEST"),
            " ".join(filter(None, ("BCR::ABL1/ABL1 %", row.transcript))),
            significant(row.ratio_percent)
            if row.category in (Category.POS, Category.PNQ) else "",
            *(row.category, significant(row.detection_limit_percent), row.material),
            *(row.timepoint, row.sample_id),
        ]
        for row in levels
        if row.day is not None
    ]  # fmt: skip
    return [header, *rows] if rows else []


def timeline_status(patients: Iterable[Patient]) -> list[list[str]]:
    """Return remission, transplant, relapse, death and last contact as events."""
    header = ["PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE", "STATUS", "SITE"]
    rows = []
    for patient in patients:
        events = [
            (patient.chr_day, "complete haematologic response", ""),
            (patient.transplant_day, "allogeneic transplantation", ""),
            (patient.relapse_day, "relapse", patient.relapse_site or ""),
            (
                last_contact(patient),
                "death" if patient.death_day is not None else "last contact",
                "",
            ),
        ]
        rows += [
            [patient.patient_id, str(day), "", "STATUS", status, site]
            for day, status, site in events
            if day is not None
        ]
    return [header, *rows] if rows else []
