"""Which sample speaks for which time point.

The label of the sheet wins over the window of the day. Several samples for one time point: of
those that are evaluable the nearest to the nominal day, for each transcript; a tie, or no nominal
day, goes to the later one. The others are unscheduled.
"""

from __future__ import annotations

import dataclasses
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from der22.flags import Flag
from der22.mrd.codes import make_flag
from der22.mrd.duplicates import SettledLevel, Standing, with_flag
from der22.mrd.settings import MrdSettings
from der22.mrd.timepoints import find_window
from der22.results.mrd import PlateLevelRow
from der22.words import Timepoint

__all__ = ["UNSCHEDULED", "Moment", "label_of", "place_levels"]

UNSCHEDULED = "unscheduled"
#: no day: of a transcript whose samples lie too far from the one that speaks
_NOWHERE = -1_000_000


@dataclass(frozen=True, slots=True)
class Moment:
    """One sampling of one patient.

    Attributes:
        timepoint: label of the time point it speaks for, or unscheduled.
        label: label by sheet or window, '' when neither tells.
        day: day of sampling, the last where the transcripts were sampled on several; None when only
            the label is known.
        levels: its levels, one or more per transcript.
        measured: the transcripts that were measured about that day, wherever they speak.
    """

    timepoint: str
    label: str
    day: int | None
    levels: tuple[SettledLevel, ...]
    measured: frozenset[str]


def label_of(label: str | None, day: int | None, timepoints: Sequence[Timepoint]) -> str:
    """Return the time point by label or window, '' when neither tells."""
    if label:
        return label
    window = None if day is None else find_window(day, timepoints)
    return "" if window is None else window.name


def place_levels(
    levels: Sequence[SettledLevel], labelled: Sequence[bool], settings: MrdSettings
) -> tuple[list[SettledLevel], list[Moment]]:
    """Place the levels of one patient.

    Args:
        levels: of one patient; `PlateLevelRow.timepoint` holds label or window.
        labelled: for each, whether the sheet gave the label.
        settings: thresholds.

    Returns:
        The levels with their final time point and new flags, in the same order, and the moments of
        the marrow samples that can be placed.
    """
    placed = list(levels)
    moments: dict[tuple[str, int | None], list[int]] = defaultdict(list)
    for index, item in enumerate(levels):
        level = item.level
        if level.material != "BM":
            placed[index] = _relabel(item, "")
        elif level.day is None and not level.timepoint:
            message = f"{_who(level)}: neither day nor label; it cannot be placed; fill day"
            placed[index] = _flagged(_relabel(item, ""), make_flag("NO_DAY", message))
        else:
            own = next((t for t in settings.timepoints if t.name == level.timepoint), None)
            if labelled[index] and level.day is not None and own is not None:
                # label and day disagree: the label counts
                window = find_window(level.day, settings.timepoints)
                is_open = own.first_day is None and window is None
                if not own.holds(level.day) and not is_open:
                    place = "in no window" if window is None else f"in the window of {window.name}"
                    message = (
                        f"{_who(level)}: labelled {level.timepoint}, but day {level.day} lies "
                        f"{place}; the label counts; check both"
                    )
                    placed[index] = _flagged(item, make_flag("TIMEPOINT_OUTSIDE_WINDOW", message))
            moments[level.timepoint, level.day].append(index)
    speaking = {
        (timepoint.name, transcript): day
        for timepoint in settings.timepoints
        for transcript, day in _speaking_days(timepoint, moments, placed, settings).items()
    }
    names = {timepoint.name for timepoint in settings.timepoints}
    groups: dict[tuple[str, str, int | None], list[int]] = defaultdict(list)
    for (label, day), indices in moments.items():
        for index in indices:
            item = placed[index]
            if label in names and speaking[label, item.level.transcript] == day:
                groups[label, label, None].append(index)
                continue
            code, why = "OUTSIDE_WINDOWS", f"day {day} lies in no window; the sample is unscheduled"
            if label in names:
                code, why = "NOT_CHOSEN", f"another sample speaks for {label}"
            flag = make_flag(code, f"{_who(item.level)}: {why}")
            placed[index] = _flagged(_relabel(item, UNSCHEDULED), flag)
            groups[UNSCHEDULED, label, day].append(index)
    result = []
    for (name, label, _), indices in groups.items():
        mine = [placed[index] for index in indices]
        days = [item.level.day for item in mine if item.level.day is not None]
        day = max(days, default=None)
        measured = frozenset(
            item.level.transcript or ""
            for (other, when), others in moments.items()
            if other == label and _is_near(when, day, settings)
            for item in (placed[index] for index in others)
        )
        result.append(Moment(name, label, day, tuple(mine), measured))
    return placed, result


def _speaking_days(
    timepoint: Timepoint,
    moments: Mapping[tuple[str, int | None], Sequence[int]],
    levels: Sequence[SettledLevel],
    settings: MrdSettings,
) -> dict[str | None, int | None]:
    """Return for each transcript the day whose sample speaks for a time point.

    The transcripts of a patient may be measured from samples a few days apart; farther apart they
    do not belong together, and the one nearest to the nominal day speaks.
    """
    ranks: dict[str | None, dict[int | None, tuple[bool, float, float]]] = defaultdict(dict)
    for (label, day), indices in moments.items():
        for index in indices if label == timepoint.name else ():
            item = levels[index]
            is_result = item.standing is Standing.COUNTS and item.level.is_assessable
            nominal = timepoint.nominal_day
            near = math.inf if day is None else 0.0 if nominal is None else abs(day - nominal)
            rank = (not is_result, near, 0.0 if day is None else -day)
            days = ranks[item.level.transcript]
            days[day] = min(rank, days.get(day, rank))
    if not ranks:
        return {}
    _, anchor = min(
        ((rank, day) for days in ranks.values() for day, rank in days.items()),
        key=lambda found: found[0],
    )
    return {
        transcript: min(
            (day for day in days if _is_near(day, anchor, settings)),
            key=days.__getitem__,
            default=_NOWHERE,
        )
        for transcript, days in ranks.items()
    }


def _is_near(day: int | None, other: int | None, settings: MrdSettings) -> bool:
    if day is None or other is None:
        return day is other
    return abs(day - other) <= settings.transcripts_max_days


def _relabel(item: SettledLevel, timepoint: str) -> SettledLevel:
    return dataclasses.replace(item, level=dataclasses.replace(item.level, timepoint=timepoint))


def _flagged(item: SettledLevel, flag: Flag) -> SettledLevel:
    return SettledLevel(with_flag(item.level, flag), item.standing, (*item.flags, flag))


def _who(level: PlateLevelRow) -> str:
    return f"sample {level.sample_id} of patient {level.patient_id}"
