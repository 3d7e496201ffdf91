"""``response_by_timepoint.tsv``: molecular response over time (Table 2 of a paper)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from der22.cohort.counts import percent
from der22.cohort.endpoints import last_contact
from der22.cohort.join import PatientFacts
from der22.formats.records import Patient
from der22.results.cohort import ResponseRow
from der22.words import Category, Phase, Timepoint

__all__ = ["consolidation_cycle", "response_rows"]


def response_rows(
    cohort: Sequence[PatientFacts], timepoints: Sequence[Timepoint]
) -> list[ResponseRow]:
    """Return one row per time point.

    Percentages are of the evaluable: CMR, PNQ, and no response, which is POS and what is positive
    without a level and surely no response. A sample taken after a relapse or a transplant is not
    evaluable. The intention-to-treat percentage is of all patients of the sheet, where no sample
    counts as no response.
    """
    rows = []
    patients = [facts.patient for facts in cohort]
    for point in timepoints:
        words = [facts.mrd.categories[point.name] for facts in cohort]
        answers = [facts.response(point.name) for facts in cohort]
        found = [word for word, answer in zip(words, answers, strict=True) if answer is not None]
        cleared, weak = map(found.count, (Category.CMR, Category.PNQ))
        positive = answers.count(False)
        evaluable, response = positive + cleared + weak, cleared + weak
        measured = len(words) - words.count(Category.NOT_DONE)
        rows.append(
            ResponseRow(
                timepoint=point.name,
                treated=_treated(patients, point, timepoints),
                sampled=measured - words.count(Category.MISSING),
                evaluable=evaluable,
                no_molecular_response=positive,
                cmr=cleared,
                pnq=weak,
                molecular_response=response,
                no_molecular_response_percent=percent(positive, evaluable),
                cmr_percent=percent(cleared, evaluable),
                pnq_percent=percent(weak, evaluable),
                molecular_response_percent=percent(response, evaluable),
                molecular_response_itt_percent=percent(response, measured),
            )
        )
    return rows


def _treated(
    patients: Sequence[Patient], point: Timepoint, timepoints: Sequence[Timepoint]
) -> int | None:
    """Count patients who began the cycle, or whose induction nothing ended before the window."""
    cycle = consolidation_cycle(point, timepoints)
    if cycle is not None:
        cycles = [p.cycles_started for p in patients if p.cycles_started is not None]
        return sum(number >= cycle for number in cycles) if cycles else None
    if point.first_day is None:
        return None
    ends = [(p.relapse_day, p.transplant_day, last_contact(p)) for p in patients]
    return sum(all(day is None or day >= point.first_day for day in days) for days in ends)


def consolidation_cycle(timepoint: Timepoint, timepoints: Iterable[Timepoint]) -> int | None:
    """Return the number of the cycle after which a consolidation sample is taken.

    The number at the end of the label (blina_c2: 2) counts; a label without one counts by its
    place among the consolidation points. None for other phases.
    """
    if timepoint.phase is not Phase.CONSOLIDATION:
        return None
    number = re.search(r"(\d+)$", timepoint.name)
    if number is not None:
        return int(number.group(1))
    points = [point.name for point in timepoints if point.phase is Phase.CONSOLIDATION]
    return points.index(timepoint.name) + 1
