"""The series of one patient: a row per time point, changes, triggers.

METHOD: an increase in MRD during induction, and molecular relapse of at least two logs, trigger the
screening of ABL1 (Foa et al., N Engl J Med 2020;383). The paper gives no number for "increase":
half a log is the band of EuroMRD's own quality rounds. Missing and not evaluable rows are stepped
over, never counted as negative.
"""

from __future__ import annotations

import dataclasses
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from der22.flags import Flag
from der22.formats.records import Patient
from der22.mrd.codes import make_flag
from der22.mrd.compare import log10_change
from der22.mrd.duplicates import Standing
from der22.mrd.placement import UNSCHEDULED, Moment
from der22.mrd.settings import MrdSettings
from der22.results.mrd import PlateLevelRow, SeriesRow
from der22.words import Answer, Category, Phase, Response, any_yes

__all__ = ["build_series"]

_BOTH = ("p190", "p210")


@dataclass(slots=True)
class _History:
    """What one transcript showed so far: assessable levels, oldest first."""

    levels: list[PlateLevelRow] = field(default_factory=list)

    def change(self, now: PlateLevelRow) -> float | None:
        """log10 against the previous level when both are POS."""
        if not self.levels or self.levels[-1].category is not Category.POS:
            return None
        return log10_change(now, self.levels[-1])

    def increase(self, now: PlateLevelRow, least: float) -> Answer:
        """Tell whether a positive level rose: after a response, or by so many logs.

        Unknown where the level or the one before has no ratio to compare.
        """
        if self.levels and self.levels[-1].category.is_response:
            return True
        if now.category is Category.POS_UNQUANTIFIED:
            return None
        if self.levels and self.levels[-1].category is Category.POS_UNQUANTIFIED:
            return None
        return _reaches(self.change(now), least)

    def rise_over_nadir(self, now: PlateLevelRow) -> float | None:
        """log10 over the lowest earlier POS level."""
        earlier = [x for x in self.levels if x.category is Category.POS]
        return _highest(log10_change(now, level) for level in earlier)

    def rise_over_imputed(self, now: PlateLevelRow) -> float | None:
        """log10 over the lowest earlier level, CMR taken as its limit and PNQ as its ratio."""
        return _highest(log10_change(now, level, imputed=True) for level in self.levels)


def build_series(
    patient: Patient, moments: Sequence[Moment], settings: MrdSettings
) -> list[SeriesRow]:
    """Build the rows of one patient.

    Args:
        patient: row of the patients sheet.
        moments: samplings that can be placed.
        settings: thresholds.

    Returns:
        A row per time point, missing ones included, and per unscheduled moment, in order of time.
    """
    histories: dict[str, _History] = defaultdict(_History)
    rows: list[SeriesRow] = []
    for timepoint, moment in _in_order(moments, settings):
        if moment is None:
            row = SeriesRow(
                patient_id=patient.patient_id,
                timepoint=timepoint,
                category=Category.MISSING,
                molecular_response=Response.MISSING,
            )
        else:
            row = _row(patient, moment, histories, settings)
            row = _with_loss(row, rows, moment, settings)
        rows.append(row)
    return rows


def _with_loss(
    row: SeriesRow, earlier: Sequence[SeriesRow], moment: Moment, settings: MrdSettings
) -> SeriesRow:
    """Tell of a response that is lost after induction.

    METHOD: the trial's molecular relapse needs two logs over a quantified nadir, which a patient
    who became negative never had; the return of MRD after a response is told apart from it.
    """
    if not row.is_assessable:
        return row
    before = next((r.molecular_response for r in reversed(earlier) if r.is_assessable), None)
    is_lost = (
        before is Response.YES
        and row.molecular_response is Response.NO
        and not _in_induction(moment, settings)
        and not _is_diagnosis(moment, settings)
    )
    if not is_lost:
        return dataclasses.replace(row, response_lost=False)
    message = (
        f"patient {row.patient_id}, {_when(moment)}: {row.category} after a molecular response; "
        "confirm it with another sample and screen ABL1"
    )
    flag = make_flag("RESPONSE_LOST", message)
    return dataclasses.replace(
        row,
        response_lost=True,
        codes=tuple(sorted({*row.codes, flag.code})),
        flags=(*row.flags, flag),
    )


def _in_order(moments: Sequence[Moment], settings: MrdSettings) -> list[tuple[str, Moment | None]]:
    """Put moments and missing time points in order of time.

    A missing time point stands at its nominal day; without one it follows the time point listed
    before it.
    """
    useful = [m for m in moments if any(x.standing is not Standing.SET_ASIDE for x in m.levels)]
    taken = {moment.timepoint: moment for moment in useful if moment.timepoint != UNSCHEDULED}
    places: dict[str, tuple[float, int]] = {}
    placed: list[tuple[tuple[float, int, str], str, Moment | None]] = []
    before = -math.inf
    for index, timepoint in enumerate(settings.timepoints):
        moment = taken.get(timepoint.name)
        day = timepoint.nominal_day if moment is None or moment.day is None else moment.day
        before = before if day is None else float(day)
        places[timepoint.name] = (before, index)
        placed.append(((before, index, ""), timepoint.name, moment))
    last = len(settings.timepoints)
    for moment in useful:
        if moment.timepoint == UNSCHEDULED:
            day = moment.day
            at = places.get(moment.label, (math.inf, 0))[0] if day is None else float(day)
            placed.append(((at, last, moment.label), UNSCHEDULED, moment))
    return [(name, moment) for _, name, moment in sorted(placed, key=lambda item: item[0])]


def _row(
    patient: Patient,
    moment: Moment,
    histories: dict[str, _History],
    settings: MrdSettings,
) -> SeriesRow:
    """Build the row of a moment and remember its levels."""
    counting = [x.level for x in moment.levels if x.standing is Standing.COUNTS]
    conflicts = [x.level for x in moment.levels if x.standing is Standing.CONFLICT]
    involved = [*counting, *conflicts]
    flags = _missing_transcripts(patient, moment)
    category = _combine(counting, incomplete=bool(conflicts or flags))
    response = category.response
    if category is Category.POS_UNQUANTIFIED:
        answers = {x.molecular_response for x in counting if x.category is category}
        response = Response.NO if Response.NO in answers else Response.NOT_EVALUABLE
    before = {level.transcript or "": histories[level.transcript or ""] for level in counting}
    if response.answer is not None and not _is_diagnosis(moment, settings):
        flags += _nothing_earlier(before.values(), moment, patient.patient_id)
    events = (("relapse", patient.relapse_day), ("transplant", patient.transplant_day))
    day = moment.day
    row = SeriesRow(
        patient_id=patient.patient_id,
        timepoint=moment.timepoint,
        day=day,
        category=category,
        molecular_response=response,
        after_event=tuple(
            name for name, at in events if at is not None and day is not None and day > at
        ),
        codes=tuple(sorted({c for x in involved for c in x.codes} | {f.code for f in flags})),
        sample_ids=tuple(sorted({level.sample_id for level in involved})),
        flags=tuple(flags),
    )
    if row.is_assessable:
        row = _with_values(row, counting, before, moment, settings)
    for level in counting:
        if level.is_assessable:
            before[level.transcript or ""].levels.append(level)
    return row


def _combine(levels: Sequence[PlateLevelRow], *, incomplete: bool) -> Category:
    """Return the patient's category from those of the transcripts: the worst result speaks."""
    categories = {level.category for level in levels}
    if incomplete or not categories:
        categories.add(Category.NOT_EVALUABLE)
    return next(category for category in _RANK if category in categories)


#: which of the transcripts' categories is the patient's
_RANK = (
    Category.POS, Category.POS_UNQUANTIFIED, Category.NOT_EVALUABLE, Category.PNQ, Category.CMR,
)  # fmt: skip


def _with_values(
    row: SeriesRow,
    counting: Sequence[PlateLevelRow],
    before: dict[str, _History],
    moment: Moment,
    settings: MrdSettings,
) -> SeriesRow:
    """Add numbers and triggers to an assessable row."""
    speaking = [level for level in counting if level.category == row.category]
    positive = [x for x in counting if x.category.is_positive and x.is_assessable]
    changes = [(before[x.transcript or ""], x) for x in positive]
    quantified = [(history, x) for history, x in changes if x.category is Category.POS]
    increases = [history.increase(x, settings.increase_min_log10) for history, x in changes]
    increase = any_yes(increases) if increases else False
    relapse: Answer = None
    imputed: Answer = None
    if row.category is not Category.POS_UNQUANTIFIED:
        rise = _highest(history.rise_over_nadir(level) for history, level in quantified)
        over_limit = _highest(history.rise_over_imputed(level) for history, level in quantified)
        relapse = _reaches(rise, settings.relapse_min_log10)
        imputed = _reaches(over_limit, settings.relapse_min_log10)
    depths = sorted(level.depth for level in speaking)
    ratios = [x.ratio_percent for x in speaking if x.ratio_percent is not None]
    return dataclasses.replace(
        row,
        ratio_percent=max(ratios, default=None),
        log10_change=_highest(history.change(level) for history, level in quantified),
        mrd_increase=increase if _in_induction(moment, settings) else False,
        molecular_relapse=relapse,
        molecular_relapse_imputed=imputed,
        detection_limit_percent=_highest(x.detection_limit_percent for x in speaking),
        depth=depths[0] if row.category is Category.CMR and depths else "",
    )


def _in_induction(moment: Moment, settings: MrdSettings) -> bool:
    """Tell whether a row lies in induction: by its time point, or by its day when unscheduled."""
    if moment.timepoint != UNSCHEDULED:
        phases = {t.name: t.phase for t in settings.timepoints}
        return phases[moment.timepoint] is Phase.INDUCTION
    ends = [t.last_day for t in settings.timepoints if t.phase is Phase.INDUCTION]
    last = max((day for day in ends if day is not None), default=0)
    return moment.day is not None and 1 <= moment.day <= last


def _is_diagnosis(moment: Moment, settings: MrdSettings) -> bool:
    if moment.timepoint == UNSCHEDULED:
        return moment.day is not None and moment.day <= 0
    phases = {t.name: t.phase for t in settings.timepoints}
    return phases[moment.timepoint] is Phase.DIAGNOSIS


def _missing_transcripts(patient: Patient, moment: Moment) -> list[Flag]:
    if patient.fusion != "p190+p210":
        return []
    lacking = [transcript for transcript in _BOTH if transcript not in moment.measured]
    if not lacking:
        return []
    message = (
        f"patient {patient.patient_id}, {_when(moment)}: has p190 and p210, "
        f"{' and '.join(lacking)} was not measured; measure it"
    )
    return [make_flag("TRANSCRIPT_MISSING", message)]


def _nothing_earlier(histories: Iterable[_History], moment: Moment, patient_id: str) -> list[Flag]:
    if any(history.levels for history in histories):
        return []
    message = f"patient {patient_id}, {_when(moment)}: no earlier sample to compare with"
    return [make_flag("NO_EARLIER_SAMPLE", message)]


def _when(moment: Moment) -> str:
    return moment.timepoint if moment.day is None else f"{moment.timepoint} (day {moment.day})"


def _highest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _reaches(value: float | None, least: float) -> bool:
    return value is not None and round(value, 9) >= round(least, 9)
