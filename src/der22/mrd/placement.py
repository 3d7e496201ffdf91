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
from der22.mrd.settings import MrdSettings
from der22.mrd.timepoints import find_window
from der22.results.mrd import PlateLevelRow
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
    nominal = {timepoint.name: timepoint.nominal_day for timepoint in settings.timepoints}
    # of each time point the moment nearest to its nominal day; of two the later one
    nearest: dict[str, tuple[tuple[float, float], int | None]] = {}
    for label, day in moments:
        if label in nominal:
            planned = nominal[label]
            rank = (math.inf, 0.0)
            if day is not None:
                rank = (0.0 if planned is None else abs(day - planned), -day)
            if label not in nearest or rank < nearest[label][0]:
                nearest[label] = (rank, day)
    result = []
    for (label, day), indices in moments.items():
        speaks = label in nearest and nearest[label][1] == day
        for index in indices if not speaks else ():
            item = placed[index]
            code, why = "OUTSIDE_WINDOWS", f"day {day} lies in no window; the sample is unscheduled"
            if label in nominal:
                code, why = "NOT_CHOSEN", f"another sample speaks for {label}"
            flag = make_flag(code, f"{_who(item.level)}: {why}")
            placed[index] = _flagged(_relabel(item, UNSCHEDULED), flag)
        timepoint = label if speaks else UNSCHEDULED
        result.append(Moment(timepoint, label, day, tuple(placed[index] for index in indices)))
    return placed, result


def _relabel(item: SettledLevel, timepoint: str) -> SettledLevel:
    return dataclasses.replace(item, level=dataclasses.replace(item.level, timepoint=timepoint))


def _flagged(item: SettledLevel, flag: Flag) -> SettledLevel:
    return SettledLevel(with_flag(item.level, flag), item.standing, (*item.flags, flag))


def _who(level: PlateLevelRow) -> str:
    return f"sample {level.sample_id} of patient {level.patient_id}"
