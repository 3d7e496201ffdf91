"""``baseline.tsv``: who the patients are (Table 1 of a paper)."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from der22.cohort.endpoints import DAYS_PER_MONTH, last_contact
from der22.cohort.join import PatientFacts
from der22.cohort.three_valued import Answer, count_percent, percent
from der22.formats.records import Patient

__all__ = ["BASELINE_COLUMNS", "baseline_rows"]

BASELINE_COLUMNS = ("item", "level", "n", "N", "percent", "median", "minimum", "maximum")

_AVAILABLE = ("called", "called_with_warnings")
_MLPA_LEVELS = (*_AVAILABLE, "not_called", "not_done")
_SITES = ("hematologic", "cns", "nodal", "other")


def baseline_rows(cohort: Sequence[PatientFacts]) -> list[dict[str, object]]:
    """Return the rows in order: patients, sex, age, WBC, fusion, MLPA, then the course.

    n is the count, N the patients of whom it is known; a blank fact is in neither. An event that
    is blank in the sheet counts as no only for patients with follow-up.
    """
    patients = [facts.patient for facts in cohort]
    status = [facts.mlpa.status for facts in cohort]
    return [
        _row("patients", "all", len(patients), len(patients)),
        *_levels("sex", [patient.sex for patient in patients], ("F", "M")),
        _spread("age_years", [patient.age_years for patient in patients]),
        _spread("wbc_per_mm3", [patient.wbc_per_mm3 for patient in patients]),
        *_levels("fusion", [p.fusion for p in patients], ("p190", "p210", "p190+p210")),
        _row("mlpa", "available", sum(word in _AVAILABLE for word in status), len(status)),
        *_levels("mlpa", status, _MLPA_LEVELS),
        _event("remission", patients, lambda patient: patient.chr_day),
        _event("transplant", patients, lambda patient: patient.transplant_day),
        _event("relapse", patients, lambda patient: patient.relapse_day),
        *_levels("relapse", [_relapse_site(patient) for patient in patients], _SITES),
        _event("death", patients, lambda patient: patient.death_day),
        _spread("follow_up_months", [_months(patient) for patient in patients]),
    ]


def _months(patient: Patient) -> float | None:
    """Return the observed follow-up; its median as a reverse Kaplan-Meier is in survival.tsv."""
    end = last_contact(patient)
    return None if end is None else end / DAYS_PER_MONTH


def _relapse_site(patient: Patient) -> str | None:
    return patient.relapse_site if patient.relapse_day is not None else None


def _event(
    item: str, patients: Sequence[Patient], day: Callable[[Patient], int | None]
) -> dict[str, object]:
    answers: list[Answer] = []
    for patient in patients:
        happened = day(patient) is not None
        known = happened or last_contact(patient) is not None
        answers.append(happened if known else None)
    part, whole, _ = count_percent(answers)
    return _row(item, "all", part, whole)


def _levels(
    item: str, values: Sequence[str | None], levels: Sequence[str]
) -> list[dict[str, object]]:
    known = [value for value in values if value is not None]
    return [_row(item, level, known.count(level), len(known)) for level in levels]


def _spread(item: str, values: Sequence[float | None]) -> dict[str, object]:
    known = [float(value) for value in values if value is not None]
    row = _row(item, "all", len(known), len(known))
    row["percent"] = None
    if known:
        row |= {
            "median": statistics.median(known),
            "minimum": min(known),
            "maximum": max(known),
        }
    return row


def _row(item: str, level: str, part: int, whole: int) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(BASELINE_COLUMNS)
    row |= {"item": item, "level": level, "n": part, "N": whole, "percent": percent(part, whole)}
    return row
