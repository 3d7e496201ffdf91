"""Rows of ``wells.tsv`` and ``curves.tsv``."""

from __future__ import annotations

from der22.flags import codes_of
from der22.mrd.curve import Curve
from der22.mrd.privacy import without_dates
from der22.mrd.wells import JudgedWell
from der22.results.mrd import CurveRow, WellRow

__all__ = ["curve_row", "well_row"]


def well_row(judged: JudgedWell) -> WellRow:
    """Return the row of a well; ``ct`` is blank when nothing was detected."""
    well = judged.well
    return WellRow(
        well=well.well,
        sample=well.sample,
        target=well.target,
        task=well.task,
        ct_raw=well.ct_raw,
        ct=None if judged.detected is False else well.ct,
        detected=judged.detected,
        copies=judged.copies,
        excluded=well.excluded,
        reason=well.reason,
        run=well.run,
        quantity=well.quantity,
    )


def curve_row(curve: Curve) -> CurveRow:
    """Return the row of a curve; blank numbers where nothing could be fitted."""
    line, printed = curve.line, curve.instrument
    return CurveRow(
        run=without_dates(curve.run),
        target=curve.target,
        slope=None if line is None else line.slope,
        intercept=None if line is None else line.intercept,
        r_squared=None if line is None else line.r_squared,
        efficiency=None if line is None else line.efficiency,
        n_levels=curve.n_levels,
        lowest_copies=curve.lowest_copies,
        highest_copies=curve.highest_copies,
        instrument_slope=None if printed is None else printed.slope,
        instrument_intercept=None if printed is None else printed.intercept,
        status=curve.status,
        codes=codes_of(curve.flags),
    )
