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
from der22.mrd.codes import make_flag
from der22.mrd.duplicates import Standing
from der22.mrd.placement import UNSCHEDULED, Moment
from der22.mrd.settings import MrdSettings
from der22.results.mrd import PlateLevelRow, SeriesRow
from der22.words import Category, Phase

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
        return _log10_ratio(now.ratio_percent, self.levels[-1].ratio_percent)

    def after_response(self) -> bool:
        """Tell whether the previous level is a molecular response."""
        return bool(self.levels) and self.levels[-1].category.is_response

    def rise_over_nadir(self, now: PlateLevelRow) -> float | None:
        """log10 over the lowest earlier POS level."""
        earlier = [x.ratio_percent for x in self.levels if x.category is Category.POS]
        return _highest(_log10_ratio(now.ratio_percent, value) for value in earlier)

    def rise_over_imputed(self, now: PlateLevelRow) -> float | None:
        """log10 over the lowest earlier level, CMR taken as its limit and PNQ as its ratio."""
        earlier = [
            x.detection_limit_percent if x.category is Category.CMR else x.ratio_percent
            for x in self.levels
        ]
        return _highest(_log10_ratio(now.ratio_percent, value) for value in earlier)


def build_series(
    patient_id: str, fusion: str | None, moments: Sequence[Moment], settings: MrdSettings
) -> list[SeriesRow]:
    """Build the rows of one patient.

    Args:
        patient_id: of the patients sheet.
        fusion: p190, p210, p190+p210 or None.
        moments: samplings that can be placed.
        settings: thresholds.

    Returns:
        A row per time point, missing ones included, and per unscheduled moment, in order of time.
    """
    histories: dict[str, _History] = defaultdict(_History)
    rows = []
    for timepoint, moment in _in_order(moments, settings):
        if moment is None:
            rows.append(
                SeriesRow(patient_id=patient_id, timepoint=timepoint, category=Category.MISSING)
            )
        else:
            rows.append(_row(patient_id, fusion, moment, histories, settings))
    return rows


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
    patient_id: str,
    fusion: str | None,
    moment: Moment,
    histories: dict[str, _History],
    settings: MrdSettings,
) -> SeriesRow:
    """Build the row of a moment and remember its levels."""
    counting = [x.level for x in moment.levels if x.standing is Standing.COUNTS]
    conflicts = [x.level for x in moment.levels if x.standing is Standing.CONFLICT]
    involved = [*counting, *conflicts]
    flags = _missing_transcripts(fusion, involved, moment, patient_id)
    category = _combine(counting, incomplete=bool(conflicts or flags))
    before = {level.transcript or "": histories[level.transcript or ""] for level in counting}
    if category.assessable and not _is_diagnosis(moment, settings):
        flags += _nothing_earlier(before.values(), moment, patient_id)
    row = SeriesRow(
        patient_id=patient_id,
        timepoint=moment.timepoint,
        day=moment.day,
        category=category,
        codes=tuple(sorted({c for x in involved for c in x.codes} | {f.code for f in flags})),
        sample_ids=tuple(sorted({level.sample_id for level in involved})),
        flags=tuple(flags),
    )
    if category.assessable:
        row = _with_values(row, counting, before, moment, settings)
    for level in counting:
        if level.category.assessable:
            before[level.transcript or ""].levels.append(level)
    return row


def _combine(levels: Sequence[PlateLevelRow], *, incomplete: bool) -> Category:
    """Return the patient's category from those of the transcripts: the worst result speaks."""
    categories = {level.category for level in levels}
    if Category.POS in categories:
        return Category.POS
    if incomplete or not categories or Category.NOT_EVALUABLE in categories:
        return Category.NOT_EVALUABLE
    return Category.PNQ if Category.PNQ in categories else Category.CMR


def _with_values(
    row: SeriesRow,
    counting: Sequence[PlateLevelRow],
    before: dict[str, _History],
    moment: Moment,
    settings: MrdSettings,
) -> SeriesRow:
    """Add numbers and triggers to an assessable row."""
    speaking = [level for level in counting if level.category == row.category]
    positive = [level for level in speaking if level.category is Category.POS]
    changes = [(before[x.transcript or ""], x) for x in positive]
    change = _highest(history.change(level) for history, level in changes)
    rise = _highest(history.rise_over_nadir(level) for history, level in changes)
    imputed = _highest(history.rise_over_imputed(level) for history, level in changes)
    returned = any(history.after_response() for history, _ in changes)
    rose = _reaches(change, settings.increase_min_log10)
    depths = sorted(level.depth for level in speaking)
    return dataclasses.replace(
        row,
        ratio_percent=max((x.ratio_percent or 0.0 for x in speaking), default=None),
        log10_change=change,
        mrd_increase=_in_induction(moment, settings) and (returned or rose),
        molecular_relapse=_reaches(rise, settings.relapse_min_log10),
        molecular_relapse_imputed=_reaches(imputed, settings.relapse_min_log10),
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


def _missing_transcripts(
    fusion: str | None, levels: Iterable[PlateLevelRow], moment: Moment, patient_id: str
) -> list[Flag]:
    if fusion != "p190+p210":
        return []
    measured = {level.transcript for level in levels}
    lacking = [transcript for transcript in _BOTH if transcript not in measured]
    if not lacking:
        return []
    message = (
        f"patient {patient_id}, {_when(moment)}: has p190 and p210, {' and '.join(lacking)} was "
        "not measured; measure it"
    )
    return [make_flag("TRANSCRIPT_MISSING", message)]


def _nothing_earlier(histories: Iterable[_History], moment: Moment, patient_id: str) -> list[Flag]:
    if any(history.levels for history in histories):
        return []
    message = f"patient {patient_id}, {_when(moment)}: no earlier sample to compare with"
    return [make_flag("NO_EARLIER_SAMPLE", message)]


def _when(moment: Moment) -> str:
    return moment.timepoint if moment.day is None else f"{moment.timepoint} (day {moment.day})"


def _log10_ratio(now: float | None, before: float | None) -> float | None:
    if not now or not before or now < 0 or before < 0:
        return None
    return math.log10(now / before)


def _highest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _reaches(value: float | None, least: float) -> bool:
    return value is not None and round(value, 9) >= round(least, 9)
