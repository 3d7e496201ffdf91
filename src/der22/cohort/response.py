"""``response_by_timepoint.tsv``: molecular response over time (Table 2 of a paper)."""

from __future__ import annotations

from collections.abc import Sequence

from der22.cohort.endpoints import last_contact
from der22.cohort.join import PatientFacts
from der22.cohort.three_valued import percent
from der22.cohort.timepoints import Timepoint, consolidation_cycle
from der22.formats.records import Patient

__all__ = ["RESPONSE_COLUMNS", "response_rows"]

RESPONSE_COLUMNS = (
    "timepoint",
    "treated",
    "sampled",
    "evaluable",
    "no_molecular_response",
    "cmr",
    "pnq",
    "molecular_response",
    "no_molecular_response_percent",
    "cmr_percent",
    "pnq_percent",
    "molecular_response_percent",
    "molecular_response_itt_percent",
)


def response_rows(
    cohort: Sequence[PatientFacts], timepoints: Sequence[Timepoint]
) -> list[dict[str, object]]:
    """Return one row per time point.

    Percentages are of the evaluable (POS, CMR, PNQ); the intention-to-treat percentage is of all
    patients of the sheet, where no sample counts as no response.
    """
    return [_response_row(cohort, point, timepoints) for point in timepoints]


def _response_row(
    cohort: Sequence[PatientFacts], point: Timepoint, timepoints: Sequence[Timepoint]
) -> dict[str, object]:
    words = [facts.mrd.categories[point.name] for facts in cohort]
    positive, cleared, weak = (words.count(word) for word in ("POS", "CMR", "PNQ"))
    evaluable = positive + cleared + weak
    response = cleared + weak
    measured = len(words) - words.count("not_done")
    return {
        "timepoint": point.name,
        "treated": _treated([facts.patient for facts in cohort], point, timepoints),
        "sampled": measured - words.count("missing"),
        "evaluable": evaluable,
        "no_molecular_response": positive,
        "cmr": cleared,
        "pnq": weak,
        "molecular_response": response,
        "no_molecular_response_percent": percent(positive, evaluable),
        "cmr_percent": percent(cleared, evaluable),
        "pnq_percent": percent(weak, evaluable),
        "molecular_response_percent": percent(response, evaluable),
        "molecular_response_itt_percent": percent(response, measured),
    }


def _treated(
    patients: Sequence[Patient], point: Timepoint, timepoints: Sequence[Timepoint]
) -> int | None:
    cycle = consolidation_cycle(point, timepoints)
    if cycle is not None:
        cycles = [p.cycles_started for p in patients if p.cycles_started is not None]
        return sum(number >= cycle for number in cycles) if cycles else None
    if point.first_day is None:
        return None
    return sum(_on_treatment(patient, point.first_day) for patient in patients)


def _on_treatment(patient: Patient, first_day: int) -> bool:
    """Whether nothing ended the induction of a patient before the window opens."""
    ends = (patient.relapse_day, patient.transplant_day, last_contact(patient))
    return all(day is None or day >= first_day for day in ends)
