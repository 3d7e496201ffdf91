"""From the days of a patient to a time and an event.

Day 0 is the start of the TKI. METHOD: end points of the D-ALBA trial (Foà 2020) as its figures
use them: disease-free survival runs from day 85 and ends with relapse at any site or death;
cumulative incidence of relapse has the same patients with death as competing event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from der22.cohort.settings import ALL_SITES, StatisticsSettings
from der22.formats.records import Patient

__all__ = [
    "DAYS_PER_MONTH",
    "FollowUp",
    "disease_free",
    "follow_up",
    "last_contact",
    "overall",
]

DAYS_PER_MONTH = 365.25 / 12.0


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One patient in one end point.

    Attributes:
        patient_id: of the sheet.
        time: days from the start of the end point, > 0.
        status: 0 censored; 1 event (for relapse incidence: relapse); 2 death without relapse.
    """

    patient_id: str
    time: float
    status: int


def last_contact(patient: Patient) -> int | None:
    """Return the last day the patient was known about: the death day when dead."""
    if patient.death_day is not None:
        return patient.death_day
    return patient.last_contact_day


def overall(patients: Iterable[Patient], settings: StatisticsSettings) -> list[FollowUp]:
    """Return OS from day 0: death is the event; patients with follow-up > 0."""
    rows = []
    for patient in patients:
        end = last_contact(patient)
        if end is None:
            continue
        day, status = _earliest(end, [(patient.death_day, 1)], _transplant(patient, settings))
        if day > 0:
            rows.append(FollowUp(patient.patient_id, float(day), status))
    return rows


def disease_free(
    patients: Iterable[Patient], settings: StatisticsSettings, start: int | None = None
) -> list[FollowUp]:
    """Return the patients in remission at `start`, with relapse = 1 and death = 2.

    For disease-free survival every status above 0 is an event; for the incidence of relapse
    status 2 competes.

    Args:
        patients: rows of the sheet.
        settings: sites that count, censoring at transplantation.
        start: landmark day; default `dfs_start_day`. In remission at `start` means chr_day at or
            before it and relapse, death and last contact, each where known, after it.
    """
    start = settings.dfs_start_day if start is None else start
    rows = []
    for patient in patients:
        end = last_contact(patient)
        if end is None or patient.chr_day is None or patient.chr_day > start:
            continue
        relapse = patient.relapse_day if _counts(patient, settings) else None
        events = [(relapse, 1), (patient.death_day, 2)]
        day, status = _earliest(end, events, _transplant(patient, settings))
        if day > start:
            rows.append(FollowUp(patient.patient_id, float(day - start), status))
    return rows


def follow_up(rows: Iterable[FollowUp]) -> list[FollowUp]:
    """Return `rows` with event and censoring exchanged, for the median follow-up."""
    return [FollowUp(row.patient_id, row.time, int(row.status == 0)) for row in rows]


def _earliest(
    end: int, events: Iterable[tuple[int | None, int]], censored: int | None
) -> tuple[int, int]:
    """Return the first event up to `end` and its status; relapse and death tied is relapse."""
    known = sorted((day, status) for day, status in events if day is not None)
    day, status = known[0] if known else (end, 0)
    if censored is not None and censored < day:
        return censored, 0
    return day, status


def _transplant(patient: Patient, settings: StatisticsSettings) -> int | None:
    return patient.transplant_day if settings.censor_at_transplant == "yes" else None


def _counts(patient: Patient, settings: StatisticsSettings) -> bool:
    """Whether a relapse is an event; one of unknown site counts, since it may be the one meant."""
    return (
        ALL_SITES in settings.relapse_sites
        or patient.relapse_site is None
        or patient.relapse_site in settings.relapse_sites
    )
