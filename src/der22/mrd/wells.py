"""Is a well detected, and how many copies does it hold?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from der22.formats.qpcr import Task, Well
from der22.mrd.settings import MrdSettings

__all__ = [
    "JudgedWell",
    "ct_limit",
    "is_detected",
    "is_flat",
    "last_cycle_for_nothing",
    "to_copies",
    "well_order",
]

#: 10 to this power is no number of molecules in a tube; beyond it a curve means nothing
_MAX_EXPONENT = 20.0
#: standard deviation over median absolute deviation of normal noise
_MEDIAN_TO_SD = 1.4826


@dataclass(frozen=True, slots=True)
class JudgedWell:
    """A well with its verdict.

    Attributes:
        well: as read.
        detected: None when the well is excluded.
        copies: 0 when not detected; None when excluded or without a usable curve.
    """

    well: Well
    detected: bool | None
    copies: float | None

    @property
    def serves_samples(self) -> bool:
        """Tell whether the well may belong to a sample."""
        return self.well.task not in (Task.STANDARD, Task.NTC, Task.NEGATIVE_CONTROL)


def ct_limit(cycles: int, settings: MrdSettings) -> float:
    """Return the Ct below which a well is detected, in a run of so many cycles.

    METHOD: 42 (Europe Against Cancer protocol, recalled), or half a cycle before the end where that
    is earlier, because instruments write the last cycle for "nothing". More cycles never make a
    positive well negative.

    >>> ct_limit(50, MrdSettings()), ct_limit(40, MrdSettings())
    (42.0, 39.5)
    """
    return min(settings.ct_max_long_run, cycles - settings.ct_margin_short_run)


def last_cycle_for_nothing(wells: Sequence[Well], settings: MrdSettings) -> int | None:
    """Return the last cycle where a run writes it for "nothing", None when it does not.

    METHOD: two wells or more at one whole highest Ct are no coincidence where others have decimals;
    no run has so few cycles as to make a usual Ct its last.
    """
    cts = [well.ct for well in wells if well.ct is not None]
    highest = max(cts, default=0.0)
    has_decimals = any(not ct.is_integer() for ct in cts)
    if highest < settings.fewest_cycles or not highest.is_integer() or not has_decimals:
        return None
    return int(highest) if cts.count(highest) > 1 else None


def is_flat(readings: Sequence[float], settings: MrdSettings) -> bool:
    """Tell whether an amplification curve does not rise.

    METHOD: the light of a reaction without product drifts along a straight line. A curve that ends
    higher than it began and leaves its line (least squares) by more than its noise explains, and by
    more than a share of the light, has risen. The noise is that of second differences, which no
    smooth curve has much of. A curve too short to tell is not flat.
    """
    values = np.asarray(readings, dtype=float)[settings.amplification_settling :]
    if len(values) < settings.amplification_min_readings:
        return False
    cycles = np.arange(len(values))
    slope, level = np.polyfit(cycles, values, 1)
    height = float(np.ptp(values - (slope * cycles + level)))
    noise = float(np.median(np.abs(np.diff(values, 2)))) * _MEDIAN_TO_SD / math.sqrt(6)
    light = abs(float(np.median(values)))
    if values[-3:].mean() <= values[:3].mean():
        return True
    least = settings.amplification_min_light * light
    return height <= max(settings.amplification_min_rise * noise, least)


def is_detected(well: Well, limit: float) -> bool | None:
    """Tell whether a well is detected; None when it is excluded.

    A well of a copies table is detected when it holds more than 0 copies.
    """
    if well.excluded:
        return None
    if well.state is not None:
        return well.copies is not None and well.copies > 0
    return well.ct is not None and 0 < well.ct < limit


def to_copies(ct: float, slope: float, intercept: float) -> float | None:
    """Return 10^((ct - intercept) / slope); None when that is no number of molecules.

    >>> round(to_copies(33.0, -3.32, 39.64))
    100
    """
    if slope >= 0:
        return None
    exponent = (ct - intercept) / slope
    return 10.0**exponent if abs(exponent) <= _MAX_EXPONENT else None


def well_order(well: Well) -> tuple[object, ...]:
    """Return a sort key that does not depend on the order of rows in the file."""
    row, column = (well.well[:1], well.well[1:]) if well.well else ("", "")
    number = int(column) if column.isdecimal() and len(column) < 6 else 0
    return (
        well.run, well.target, row, number, well.well, well.sample, well.task.value, well.ct_raw,
        -1.0 if well.copies is None else well.copies, well.reason, well.place,
    )  # fmt: skip
