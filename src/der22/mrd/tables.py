"""Rows of ``wells.tsv`` and ``curves.tsv``."""

from __future__ import annotations

from der22.flags import join_codes
from der22.mrd.curve import Curve
from der22.mrd.level import number_text
from der22.mrd.privacy import without_dates
from der22.mrd.wells import JudgedWell

__all__ = ["CURVE_COLUMNS", "WELL_COLUMNS", "curve_row", "well_row"]

WELL_COLUMNS = (
    "well", "sample", "target", "task", "ct_raw", "ct", "detected", "copies", "excluded",
    "reason", "run", "quantity",
)  # fmt: skip
CURVE_COLUMNS = (
    "run", "target", "slope", "intercept", "r_squared", "efficiency", "n_levels",
    "lowest_copies", "highest_copies", "instrument_slope", "instrument_intercept", "status",
    "flags",
)  # fmt: skip


def well_row(judged: JudgedWell) -> dict[str, object]:
    """Return the row of a well; ``ct`` is blank when nothing was detected."""
    well = judged.well
    return {
        "well": well.well,
        "sample": well.sample,
        "target": well.target,
        "task": well.task,
        "ct_raw": well.ct_raw,
        "ct": None if judged.detected is False else well.ct,
        "detected": judged.detected,
        "copies": number_text(judged.copies, 7),
        "excluded": well.excluded,
        "reason": well.reason,
        "run": well.run,
        "quantity": number_text(well.quantity, 7),
    }


def curve_row(curve: Curve) -> dict[str, object]:
    """Return the row of a curve; blank numbers where nothing could be fitted."""
    line, printed = curve.line, curve.instrument
    return {
        "run": without_dates(curve.run),
        "target": curve.target,
        "slope": None if line is None else line.slope,
        "intercept": None if line is None else line.intercept,
        "r_squared": None if line is None else line.r_squared,
        "efficiency": None if line is None else line.efficiency,
        "n_levels": curve.n_levels,
        "lowest_copies": number_text(curve.lowest_copies),
        "highest_copies": number_text(curve.highest_copies),
        "instrument_slope": None if printed is None else printed.slope,
        "instrument_intercept": None if printed is None else printed.intercept,
        "status": curve.status,
        "flags": join_codes(curve.flags),
    }
