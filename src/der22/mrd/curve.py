"""The standard curve of one target in one run: fit, checks, status.

METHOD: ordinary least squares of Ct on log10(given copies) over every standard well that is
detected and not excluded; efficiency = 10^(-1/slope) - 1 (Bustin et al., MIQE, Clin Chem 2009).
Curves are never pooled over runs or targets.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from der22.flags import Flag
from der22.formats.qpcr import PrintedCurve, Task, Well
from der22.mrd.codes import make_flag
from der22.mrd.settings import MrdSettings
from der22.mrd.standards import (
    name_disagreements,
    standards_not_detected,
    standards_without_quantity,
)
from der22.mrd.wells import is_detected, to_copies
from der22.words import CurveStatus

__all__ = ["Curve", "Line", "Role", "fit_line", "judge_curve", "judge_no_template"]


class Role(StrEnum):
    """What a target is for; a target that the sheet does not name is judged as a fusion."""

    FUSION = "fusion"
    CONTROL = "control"
    UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line of Ct on log10 copies.

    Attributes:
        slope: Ct per log10.
        intercept: Ct at one copy.
        r_squared: share of the variance of Ct explained; None when Ct does not vary.
    """

    slope: float
    intercept: float
    r_squared: float | None

    @property
    def efficiency(self) -> float | None:
        """10^(-1/slope) - 1 as a fraction; None when the slope means none."""
        if self.slope == 0 or abs(1 / self.slope) > 20:
            return None
        return math.pow(10.0, -1 / self.slope) - 1


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve of one target in one run.

    Attributes:
        run: name of the run in the file.
        target: name of the target.
        role: fusion, control or unnamed.
        line: refit, None without two levels.
        n_levels: distinct quantities used.
        lowest_copies: lowest level of which every included well was detected.
        highest_copies: highest level used.
        instrument: what the instrument printed, or None.
        in_force: slope and intercept that give the copies, None without.
        fit_failed: refused for its fit or for want of standards.
        ntc_detected: refused for a detected no-template well.
        status: pass, warn or fail.
        flags: why.
    """

    run: str
    target: str
    role: Role
    line: Line | None
    n_levels: int
    lowest_copies: float | None
    highest_copies: float | None
    instrument: PrintedCurve | None
    in_force: PrintedCurve | None
    fit_failed: bool
    ntc_detected: bool
    status: CurveStatus
    flags: tuple[Flag, ...]


_FAILING = frozenset({"SLOPE_OUT_OF_RANGE", "R2_TOO_LOW", "TOO_FEW_LEVELS", "NO_STANDARDS"})
_WARNING = frozenset(
    {"R2_LOW", "CURVE_SHORT", "STANDARD_NOT_DETECTED", "CURVE_DIFFERS_FROM_INSTRUMENT"}
)


def fit_line(points: Sequence[tuple[float, float]]) -> Line | None:
    """Fit Ct on log10 copies by least squares.

    Args:
        points: (log10 copies, Ct), in any order.

    Returns:
        The line; None when fewer than two different log10 copies are given.
    """
    if len({x for x, _ in points}) < 2:
        return None
    mean_x = math.fsum(x for x, _ in points) / len(points)
    mean_y = math.fsum(y for _, y in points) / len(points)
    spread_x = math.fsum((x - mean_x) ** 2 for x, _ in points)
    spread_y = math.fsum((y - mean_y) ** 2 for _, y in points)
    together = math.fsum((x - mean_x) * (y - mean_y) for x, y in points)
    if spread_x == 0:
        return None
    slope = together / spread_x
    r_squared = together**2 / (spread_x * spread_y) if spread_y > 0 else None
    return Line(slope, mean_y - slope * mean_x, r_squared)


def judge_curve(
    wells: Sequence[Well],
    limit: float,
    role: Role,
    printed: PrintedCurve | None,
    settings: MrdSettings,
    where: str,
) -> Curve:
    """Fit and judge the curve of one target in one run.

    Args:
        wells: every well of that target and run, at least one.
        limit: Ct below which a well is detected.
        role: which limits apply.
        printed: the instrument's own curve.
        settings: thresholds.
        where: plate, file and run, for sentences.
    """
    run, target = wells[0].run, wells[0].target
    here = f"{where}: {target}"
    given = [w for w in wells if w.task is Task.STANDARD and not w.excluded]
    usable = [w for w in given if w.quantity is not None and w.quantity > 0]
    used = [(w.quantity, w.ct) for w in usable if w.quantity and w.ct and is_detected(w, limit)]
    levels = sorted({quantity for quantity, _ in used})
    line = fit_line([(math.log10(quantity), ct) for quantity, ct in used])
    in_force = None if line is None else PrintedCurve(line.slope, line.intercept)
    if settings.curve_source == "instrument" and printed is not None:
        in_force = printed
    flags = [
        *_standard_flags(levels, line, in_force, role, settings, here),
        *_ntc_flags(wells, limit, settings, where),
        *_difference_flags(line, printed, levels, settings, here),
        *standards_not_detected(usable, limit, here),
        *standards_without_quantity(given, here),
        *name_disagreements(usable, here),
    ]
    codes = {flag.code for flag in flags}
    status = CurveStatus.WARN if codes & _WARNING else CurveStatus.PASS
    if codes & _FAILING or "NTC_DETECTED" in codes:
        status = CurveStatus.FAIL
    missed = {w.quantity for w in usable if not is_detected(w, limit)}
    complete = [w.quantity for w in usable if w.quantity and w.quantity not in missed]
    return Curve(
        run=run,
        target=target,
        role=role,
        line=line,
        n_levels=len(levels),
        lowest_copies=min(complete, default=None),
        highest_copies=levels[-1] if levels else None,
        instrument=printed,
        in_force=in_force,
        fit_failed=bool(codes & _FAILING),
        ntc_detected="NTC_DETECTED" in codes,
        status=status,
        flags=tuple(flags),
    )


def judge_no_template(
    wells: Sequence[Well], role: Role, settings: MrdSettings, where: str
) -> Curve:
    """Judge a target of a copies table, which has no-template wells but no curve."""
    flags = tuple(_ntc_flags(wells, math.inf, settings, where))
    status = CurveStatus.FAIL if flags else CurveStatus.PASS
    return Curve(
        run=wells[0].run,
        target=wells[0].target,
        role=role,
        line=None,
        n_levels=0,
        lowest_copies=None,
        highest_copies=None,
        instrument=None,
        in_force=None,
        fit_failed=False,
        ntc_detected=bool(flags),
        status=status,
        flags=flags,
    )


def _standard_flags(
    levels: Sequence[float],
    line: Line | None,
    in_force: PrintedCurve | None,
    role: Role,
    settings: MrdSettings,
    where: str,
) -> list[Flag]:
    """Check number and span of the levels, slope and scatter."""
    if not levels:
        message = (
            f"{where} has no usable standard in this run, no curve can be fitted; "
            "run standards with their quantities"
        )
        return [make_flag("NO_STANDARDS", message)]
    control = role is Role.CONTROL
    least = settings.control_curve_min_levels if control else settings.fusion_curve_min_levels
    decades = settings.control_curve_min_decades if control else settings.fusion_curve_min_decades
    flags = []
    if len(levels) < least:
        message = f"{where} has {len(levels)} levels of standard, at least {least} are needed"
        flags.append(make_flag("TOO_FEW_LEVELS", f"{message}; run more levels"))
    span = math.log10(levels[-1] / levels[0])
    if round(span - decades, 9) < 0:
        message = (
            f"{where}: standards from {levels[0]:g} to {levels[-1]:g} copies span {span:.2f} "
            f"decades, {decades:g} are asked for; widen the dilution series"
        )
        flags.append(make_flag("CURVE_SHORT", message))
    if line is None or in_force is None:
        return flags  # a curve without two levels has been told already
    low, high = settings.slope_min, settings.slope_max
    if not round(low, 9) <= round(in_force.slope, 9) <= round(high, 9):
        message = f"{where}: slope {in_force.slope:.4f} lies outside {low:g} to {high:g}"
        flags.append(make_flag("SLOPE_OUT_OF_RANGE", f"{message}; repeat the run"))
    r_squared = -1.0 if line.r_squared is None else round(line.r_squared, 9)
    if r_squared < settings.r2_fail:
        message = f"{where}: R2 {_shown(line.r_squared)} is below {settings.r2_fail:g}"
        flags.append(make_flag("R2_TOO_LOW", f"{message}; repeat the run"))
    elif r_squared < settings.r2_warn:
        message = f"{where}: R2 {_shown(line.r_squared)} is below {settings.r2_warn:g}"
        flags.append(make_flag("R2_LOW", f"{message}; look at the standards"))
    return flags


def _ntc_flags(
    wells: Sequence[Well], limit: float, settings: MrdSettings, where: str
) -> list[Flag]:
    """Look for detected no-template wells."""
    if settings.ntc_rule == "none":
        return []
    ntc = [w for w in wells if w.task is Task.NTC and not w.excluded]
    positive = sorted((w for w in ntc if is_detected(w, limit)), key=lambda w: (w.well, w.ct_raw))
    if not positive:
        return []
    seen = ", ".join(
        f"{w.well or w.place} " + (f"Ct {w.ct_raw}" if w.state is None else f"{w.copies:g} copies")
        for w in positive[:6]
    )
    n_samples = len({w.sample for w in wells if w.task is Task.UNKNOWN})
    are = "is" if len(positive) == 1 else "are"
    message = (
        f"{where}: {len(positive)} of {len(ntc)} no-template wells of {wells[0].target} {are} "
        f"detected ({seen}); the {n_samples} samples of this run are not evaluable; repeat the run"
    )
    return [make_flag("NTC_DETECTED", message)]


def _difference_flags(
    line: Line | None,
    printed: PrintedCurve | None,
    levels: Sequence[float],
    settings: MrdSettings,
    where: str,
) -> list[Flag]:
    """Compare refit and instrument in copies at the ends of the curve."""
    if line is None or printed is None or not levels:
        return []
    for level in (levels[0], levels[-1]):
        ct = line.slope * math.log10(level) + line.intercept
        theirs = to_copies(ct, printed.slope, printed.intercept)
        percent = math.inf if theirs is None else abs(theirs / level - 1) * 100
        if round(percent, 9) > settings.curve_max_difference_percent:
            message = (
                f"{where}: where the refit (slope {line.slope:.3f}) reads {level:g} copies, the "
                f"instrument's curve (slope {printed.slope:.3f}) differs by {percent:.0f} %, more "
                f"than {settings.curve_max_difference_percent:g} %; compare the standards used"
            )
            return [make_flag("CURVE_DIFFERS_FROM_INSTRUMENT", message)]
    return []


def _shown(r_squared: float | None) -> str:
    return "not defined" if r_squared is None else f"{r_squared:.4f}"
