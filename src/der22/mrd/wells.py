"""Is a well detected, and how many copies does it hold?"""

from __future__ import annotations

from dataclasses import dataclass

from der22.formats.qpcr import Task, Well
from der22.mrd.settings import MrdSettings

__all__ = ["JudgedWell", "ct_limit", "is_detected", "to_copies", "well_order"]

#: 10 to this power is no number of molecules in a tube; beyond it a curve means nothing
_MAX_EXPONENT = 20.0


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
        return self.well.task not in (Task.STANDARD, Task.NTC)


def ct_limit(cycles: int, settings: MrdSettings) -> float:
    """Return the Ct below which a well is detected, in a run of so many cycles.

    METHOD: 42 on long runs (Europe Against Cancer protocol, recalled); on shorter runs half a
    cycle before the end, because instruments write the last cycle for "nothing".

    >>> ct_limit(50, MrdSettings()), ct_limit(40, MrdSettings())
    (42.0, 39.5)
    """
    if cycles >= settings.long_run_cycles:
        return settings.ct_max_long_run
    return cycles - settings.ct_margin_short_run


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
