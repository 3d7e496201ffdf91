"""Which sample speaks for which time point.

The label of the sheet wins over the window of the day. Several samples for one time point: nearest
to the nominal day; a tie, or no nominal day, goes to the later one. The others are unscheduled.
"""

from __future__ import annotations

import dataclasses
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from der22.flags import Flag
from der22.mrd.codes import make_flag
from der22.mrd.duplicates import SettledLevel, with_flag
from der22.mrd.level import Level
from der22.mrd.settings import MrdSettings
from der22.mrd.timepoints import find_window
from der22.words import Timepoint

__all__ = ["UNSCHEDULED", "Moment", "label_of", "place_levels"]

UNSCHEDULED = "unscheduled"


@dataclass(frozen=True, slots=True)
class Moment:
    """One sampling of one patient.

    Attributes:
        timepoint: label of the time point it speaks for, or unscheduled.
        label: label by sheet or window, '' when neither tells.
        day: day of sampling, None when only the label is known.
        levels: its levels, one or more per transcript.
    """

    timepoint: str
    label: str
    day: int | None
    levels: tuple[SettledLevel, ...]


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
        levels: of one patient; `Level.timepoint` holds label or window.
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
            placed[index] = _flagged(_relabel(item, ""), _no_day(level))
        else:
            if labelled[index]:
                placed[index] = _check_label(item, settings)
            moments[level.timepoint, level.day].append(index)
    chosen = _choose(list(moments), settings)
    result = []
    for (label, day), indices in moments.items():
        speaks = (label, day) in chosen
        for index in indices:
            if not speaks:
                flag = _why_unscheduled(placed[index].level, settings)
                placed[index] = _flagged(_relabel(placed[index], UNSCHEDULED), flag)
        timepoint = label if speaks else UNSCHEDULED
        result.append(Moment(timepoint, label, day, tuple(placed[index] for index in indices)))
    return placed, result


def _choose(
    moments: Sequence[tuple[str, int | None]], settings: MrdSettings
) -> set[tuple[str, int | None]]:
    """Return the moment that speaks for each time point."""
    nominal = {timepoint.name: timepoint.nominal_day for timepoint in settings.timepoints}
    by_label: dict[str, list[int | None]] = defaultdict(list)
    for label, day in moments:
        if label in nominal:
            by_label[label].append(day)
    chosen = set()
    for label, days in by_label.items():
        planned = nominal[label]

        def distance(day: int | None, planned: int | None = planned) -> tuple[float, float]:
            if day is None:
                return (math.inf, 0.0)
            return (0.0 if planned is None else abs(day - planned), -day)

        chosen.add((label, min(days, key=distance)))
    return chosen


def _relabel(item: SettledLevel, timepoint: str) -> SettledLevel:
    return dataclasses.replace(item, level=dataclasses.replace(item.level, timepoint=timepoint))


def _flagged(item: SettledLevel, flag: Flag) -> SettledLevel:
    return SettledLevel(with_flag(item.level, flag), item.standing, (*item.flags, flag))


def _check_label(item: SettledLevel, settings: MrdSettings) -> SettledLevel:
    """Say so when label and day disagree; the label counts."""
    level = item.level
    if level.day is None:
        return item
    own = next((t for t in settings.timepoints if t.name == level.timepoint), None)
    window = find_window(level.day, settings.timepoints)
    if own is None or own.holds(level.day) or (own.first_day is None and window is None):
        return item
    where = f"in the window of {window.name}" if window is not None else "in no window"
    message = (
        f"{_who(level)}: labelled {level.timepoint}, but day {level.day} lies {where}; the label "
        "counts; check both"
    )
    return _flagged(item, make_flag("TIMEPOINT_OUTSIDE_WINDOW", message))


def _why_unscheduled(level: Level, settings: MrdSettings) -> Flag:
    if level.timepoint in {timepoint.name for timepoint in settings.timepoints}:
        message = f"{_who(level)}: another sample speaks for {level.timepoint}"
        return make_flag("NOT_CHOSEN", message)
    message = f"{_who(level)}: day {level.day} lies in no window; the sample is unscheduled"
    return make_flag("OUTSIDE_WINDOWS", message)


def _no_day(level: Level) -> Flag:
    message = f"{_who(level)}: neither day nor label; it cannot be placed; fill day"
    return make_flag("NO_DAY", message)


def _who(level: Level) -> str:
    return f"sample {level.sample_id} of patient {level.patient_id}"
