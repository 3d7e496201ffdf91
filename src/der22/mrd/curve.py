"""The standard curve of one target in one run: fit, checks, status.

METHOD: ordinary least squares of Ct on log10(given copies) over every standard well that is
detected and not excluded; efficiency = 10^(-1/slope) - 1 (Bustin et al., MIQE, Clin Chem 2009).
Curves are never pooled over runs or targets.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from der22.flags import Flag, Severity
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
        n_ntc: no-template wells that are not left out.
        ntc_detected: refused for a detected no-template well.
        ntc_seen: the detected ones with what they show, for sentences.
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
    n_ntc: int
    ntc_detected: bool
    ntc_seen: str
    status: CurveStatus
    flags: tuple[Flag, ...]


_FAILING = frozenset({
    "SLOPE_OUT_OF_RANGE", "R2_TOO_LOW", "TOO_FEW_LEVELS", "NO_STANDARDS", "NO_PRINTED_CURVE",
})  # fmt: skip
_WARNING = frozenset({
    "R2_LOW", "CURVE_SHORT", "STANDARD_NOT_DETECTED", "CURVE_DIFFERS_FROM_INSTRUMENT",
    "INTERCEPT_UNUSUAL", "STANDARD_SPREAD", "LEVELS_APART",
})  # fmt: skip


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
    wants_printed = settings.curve_source == "instrument"
    if wants_printed:
        in_force = printed
    ntc = _judge_ntc(wells, limit, role, settings, where)
    flags = [
        *_standard_flags(levels, line, in_force, role, settings, here),
        *_spread_flags(used, settings, here),
        *ntc.flags,
        *_difference_flags(line, printed, levels, settings, here),
        *standards_not_detected(usable, limit, here),
        *standards_without_quantity(given, here),
        *name_disagreements(usable, here),
    ]
    if wants_printed and printed is None:
        message = (
            f"{here}: curve_source is instrument and the file prints no curve; export it with the "
            "curve, or set curve_source: refit"
        )
        flags.append(make_flag("NO_PRINTED_CURVE", message))
    codes = {flag.code for flag in flags}
    status = CurveStatus.WARN if codes & _WARNING else CurveStatus.PASS
    if codes & _FAILING or ntc.is_detected:
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
        n_ntc=ntc.n_wells,
        ntc_detected=ntc.is_detected,
        ntc_seen=ntc.seen,
        status=status,
        flags=tuple(flags),
    )


def judge_no_template(
    wells: Sequence[Well], role: Role, settings: MrdSettings, where: str
) -> Curve:
    """Judge a target of a copies table, which has no-template wells but no curve."""
    ntc = _judge_ntc(wells, math.inf, role, settings, where)
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
        n_ntc=ntc.n_wells,
        ntc_detected=ntc.is_detected,
        ntc_seen=ntc.seen,
        status=CurveStatus.FAIL if ntc.is_detected else CurveStatus.PASS,
        flags=ntc.flags,
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
    gap = max((math.log10(b / a) for a, b in itertools.pairwise(levels)), default=0.0)
    if round(gap - settings.curve_max_gap_decades, 9) > 0:
        message = (
            f"{where}: neighbouring levels of the standard lie {gap:.2f} decades apart, at most "
            f"{settings.curve_max_gap_decades:g} are expected; look whether a quantity is mistyped"
        )
        flags.append(make_flag("LEVELS_APART", message))
    if line is None or in_force is None:
        return flags  # a curve without two levels has been told already
    low, high = settings.slope_min, settings.slope_max
    if not round(low, 9) <= round(in_force.slope, 9) <= round(high, 9):
        message = f"{where}: slope {in_force.slope:.4f} lies outside {low:g} to {high:g}"
        flags.append(make_flag("SLOPE_OUT_OF_RANGE", f"{message}; repeat the run"))
    first, last = settings.intercept_min, settings.intercept_max
    if not round(first, 9) <= round(in_force.intercept, 9) <= round(last, 9):
        message = (
            f"{where}: the intercept, the Ct of one copy, is {in_force.intercept:.2f} and usually "
            f"{first:g} to {last:g}; look whether the quantities of the standards are right: one "
            "decade off makes every level ten times wrong"
        )
        flags.append(make_flag("INTERCEPT_UNUSUAL", message))
    r_squared = -1.0 if line.r_squared is None else round(line.r_squared, 9)
    if r_squared < settings.r2_fail:
        message = f"{where}: R2 {_shown(line.r_squared)} is below {settings.r2_fail:g}"
        flags.append(make_flag("R2_TOO_LOW", f"{message}; repeat the run"))
    elif r_squared < settings.r2_warn:
        message = f"{where}: R2 {_shown(line.r_squared)} is below {settings.r2_warn:g}"
        flags.append(make_flag("R2_LOW", f"{message}; look at the standards"))
    return flags


def _spread_flags(
    used: Sequence[tuple[float, float]], settings: MrdSettings, where: str
) -> list[Flag]:
    """Look for wells of one level that lie too far apart."""
    cts: dict[float, list[float]] = defaultdict(list)
    for quantity, ct in used:
        cts[quantity].append(ct)
    most = settings.replicate_max_delta_ct
    spreads = {level: max(own) - min(own) for level, own in sorted(cts.items())}
    wide = [f"{q:g} copies {s:.2f}" for q, s in spreads.items() if round(s, 9) > round(most, 9)]
    if not wide:
        return []
    message = (
        f"{where}: the wells of a standard lie more than {most:g} Ct apart ({', '.join(wide)}); "
        "leave out the failed well and repeat the run if a level is lost"
    )
    return [make_flag("STANDARD_SPREAD", message)]


@dataclass(frozen=True, slots=True)
class _NoTemplate:
    """The no-template wells of a target: how many count, whether they refuse it, what they show."""

    n_wells: int
    is_detected: bool = False
    seen: str = ""
    flags: tuple[Flag, ...] = ()


def _judge_ntc(
    wells: Sequence[Well], limit: float, role: Role, settings: MrdSettings, where: str
) -> _NoTemplate:
    """Look for detected no-template wells.

    METHOD: any fusion in a no-template well refuses the run. A control gene is everywhere: its
    no-template well far behind the faintest sample changes no result and is a note.
    """
    ntc = [w for w in wells if w.task is Task.NTC and not w.excluded]
    if settings.ntc_rule == "none":
        return _NoTemplate(len(ntc))
    positive = sorted((w for w in ntc if is_detected(w, limit)), key=lambda w: (w.well, w.ct_raw))
    if not positive:
        return _NoTemplate(len(ntc))
    seen = ", ".join(
        f"{w.well or w.place} " + (f"Ct {w.ct_raw}" if w.state is None else f"{w.copies:g} copies")
        for w in positive[:6]
    )
    samples = [w for w in wells if w.task is Task.UNKNOWN]
    n_samples = len({w.sample for w in samples})
    are = "is" if len(positive) == 1 else "are"
    what = (
        f"{where}: {len(positive)} of {len(ntc)} no-template wells of {wells[0].target} {are} "
        f"detected ({seen}); "
    )
    latest = max((w.ct for w in samples if w.ct is not None and is_detected(w, limit)), default=0.0)
    behind = min(w.ct or 0.0 for w in positive) - latest
    far = settings.ntc_control_delta_ct
    if role is Role.CONTROL and latest and round(behind, 9) >= round(far, 9):
        message = f"{what}{behind:.1f} Ct behind the latest sample, too few copies to matter"
        note = make_flag("NTC_DETECTED", message, Severity.NOTE)
        return _NoTemplate(len(ntc), seen=seen, flags=(note,))
    message = f"{what}the {n_samples} samples of this run are not evaluable; repeat the run"
    if role is Role.CONTROL:
        message = f"{what}the {n_samples} samples of this run have no level; repeat the run"
    return _NoTemplate(
        len(ntc), is_detected=True, seen=seen, flags=(make_flag("NTC_DETECTED", message),)
    )


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
