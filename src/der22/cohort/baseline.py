"""``baseline.tsv``: who the patients are (Table 1 of a paper)."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from der22.cohort.counts import count_percent, percent
from der22.cohort.endpoints import DAYS_PER_MONTH, last_contact
from der22.cohort.join import PatientFacts
from der22.formats.records import Patient
from der22.results.cohort import BaselineRow
from der22.words import Answer, MlpaStatus

__all__ = ["baseline_rows"]

_SITES = ("hematologic", "cns", "nodal", "other")


def baseline_rows(cohort: Sequence[PatientFacts]) -> list[BaselineRow]:
    """Return the rows in order: patients, sex, age, WBC, fusion, MLPA, then the course.

    n is the count, N the patients of whom it is known; a blank fact is in neither. An event that
    is blank in the sheet counts as no only for patients with follow-up.
    """
    patients = [facts.patient for facts in cohort]
    status = [facts.mlpa.status for facts in cohort]
    sites = [p.relapse_site if p.relapse_day is not None else None for p in patients]
    # observed follow-up; its median as a reverse Kaplan-Meier is in survival.tsv
    ends = [last_contact(patient) for patient in patients]
    months = [None if end is None else end / DAYS_PER_MONTH for end in ends]
    return [
        _row("patients", "all", len(patients), len(patients)),
        *_levels("sex", [patient.sex for patient in patients], ("F", "M")),
        _spread("age_years", [patient.age_years for patient in patients]),
        _spread("wbc_per_mm3", [patient.wbc_per_mm3 for patient in patients]),
        *_levels("fusion", [p.fusion for p in patients], ("p190", "p210", "p190+p210")),
        _row("mlpa", "available", sum(word.is_called for word in status), len(status)),
        *_levels("mlpa", status, tuple(MlpaStatus)),
        _event("remission", patients, lambda patient: patient.chr_day),
        _event("transplant", patients, lambda patient: patient.transplant_day),
        _event("relapse", patients, lambda patient: patient.relapse_day),
        *_levels("relapse", sites, _SITES),
        _event("death", patients, lambda patient: patient.death_day),
        _spread("follow_up_months", months),
    ]


def _event(
    item: str, patients: Sequence[Patient], day: Callable[[Patient], int | None]
) -> BaselineRow:
    answers: list[Answer] = []
    for patient in patients:
        happened = day(patient) is not None
        known = happened or last_contact(patient) is not None
        answers.append(happened if known else None)
    part, whole, _ = count_percent(answers)
    return _row(item, "all", part, whole)


def _levels(item: str, values: Sequence[str | None], levels: Sequence[str]) -> list[BaselineRow]:
    known = [value for value in values if value is not None]
    return [_row(item, level, known.count(level), len(known)) for level in levels]


def _spread(item: str, values: Sequence[float | None]) -> BaselineRow:
    known = [float(value) for value in values if value is not None]
    return BaselineRow(
        item=item,
        level="all",
        n=len(known),
        known=len(known),
        percent=None,
        median=statistics.median(known) if known else None,
        minimum=min(known, default=None),
        maximum=max(known, default=None),
    )


def _row(item: str, level: str, part: int, whole: int) -> BaselineRow:
    return BaselineRow(item=item, level=level, n=part, known=whole, percent=percent(part, whole))
