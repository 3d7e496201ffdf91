"""The verdict on one read: what lies behind a double sequence, flags, refusal."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from der22.arrays import Floats, Mask
from der22.flags import Flag, Severity, worst_level
from der22.formats.reference_folder import Reference
from der22.formats.trace import Trace
from der22.sanger.arrays import rolling_mean
from der22.sanger.codes import make_flag
from der22.sanger.records import DoubleSequence, Placement
from der22.sanger.settings import SangerSettings
from der22.words import Direction, ReadStatus

__all__ = [
    "behind_double",
    "double_flags",
    "mean_quality",
    "misplaced_flag",
    "read_status",
    "refusal_flag",
    "signal_flags",
]


def misplaced_flag(trace: Trace, matches: int, score: int, settings: SangerSettings) -> Flag:
    """Return why a read that aligns nowhere is refused: foreign when it is good, else poor."""
    quality = settings.assumed_quality
    if trace.qualities is not None:
        quality = float(trace.qualities.mean())
    if quality > settings.foreign_quality:
        message = (
            f"{trace.name}: does not align to the reference (score {score}, {matches} matches); "
            "wrong gene or sample?"
        )
        return make_flag("NOT_REFERENCE", message)
    message = (
        f"{trace.name}: mean quality {quality:.0f} and only {matches} bases agree with the "
        "reference; repeat the read"
    )
    return make_flag("LOW_QUALITY_READ", message)


def behind_double(doubles: Iterable[DoubleSequence], direction: Direction, n_window: int) -> Mask:
    """Return the bases of the window read after a second copy began, shape (n_window,).

    A clean gap of the alignment (share 1) is one sequence only and hides nothing.
    """
    behind = np.zeros(n_window, dtype=np.bool_)
    for double in doubles:
        if double.share >= 1.0:
            continue
        if direction is Direction.FORWARD:
            behind[double.window_index + 1 :] = True
        else:
            behind[: double.window_index] = True
    return behind


def double_flags(
    trace: Trace, reference: Reference, doubles: Iterable[DoubleSequence]
) -> tuple[Flag, ...]:
    """Return one sentence per double sequence or long gap."""
    flags = []
    for double in doubles:
        position = reference.window_first + double.window_index
        place = f"base {double.call_number} (position {position})"
        size = abs(double.shift_nt)
        if double.share >= 1.0:
            what = "more" if double.shift_nt > 0 else "fewer"
            message = f"at {place} the read has {size} bases {what} than the reference"
        else:
            message = (
                f"from {place} on two sequences overlie each other, shifted by {size} "
                f"(share {double.share:.2f}); bases after it are not used"
            )
        flags.append(make_flag("DOUBLE_SEQUENCE", f"{trace.name}: {message}"))
    return tuple(flags)


def signal_flags(trace: Trace, reference: Reference, flat: Mask, floor: Floats) -> tuple[Flag, ...]:
    """Say where the background is high, and that tops of peaks are cut.

    Args:
        trace: the read.
        reference: what it was placed on.
        flat: of every peak, whether its top is flat.
        floor: background as a share of the peaks around, shape (n_window,), 0 where it is low.
    """
    flags = []
    if flat.any():
        message = (
            f"{trace.name}: {int(flat.sum())} of {flat.size} peaks have flat tops; they are not "
            "used, inject less or dilute the reaction"
        )
        flags.append(make_flag("OFFSCALE", message))
    high = np.flatnonzero(floor)
    if high.size:
        first, last = (reference.window_first + int(high[at]) for at in (0, -1))
        message = (
            f"{trace.name}: background of up to {floor.max():.0%} of the peaks between positions "
            f"{first} and {last} ({high.size} bases); nothing there is more than possible, repeat "
            "the read with a clean product"
        )
        flags.append(make_flag("HIGH_BACKGROUND", message))
    return tuple(flags)


def refusal_flag(
    trace: Trace, n_usable: int, *, is_double: bool, settings: SangerSettings
) -> Flag | None:
    """Return why a placed read is refused, None when it serves."""
    n_good = len(trace.calls)
    if trace.qualities is not None:
        rolling = rolling_mean(trace.qualities.astype(np.float64), settings.quality_window)
        n_good = int((rolling >= settings.min_rolling_quality).sum())
    if n_good < settings.min_good_bases:
        message = f"{trace.name}: only {n_good} good bases; repeat the read"
        return make_flag("LOW_QUALITY_READ", message)
    if n_usable >= settings.min_usable_bases:
        return None
    if is_double:
        message = (
            f"{trace.name}: only {n_usable} bases before two sequences overlie each other; "
            "read from the other side"
        )
        return make_flag("DOUBLE_SEQUENCE", message)
    message = f"{trace.name}: only {n_usable} usable bases on the reference; repeat the read"
    return make_flag("LOW_QUALITY_READ", message)


def mean_quality(trace: Trace, placement: Placement) -> float:
    """Return the mean Phred value of the placed bases, NaN where the file holds no values."""
    placed = placement.window_index >= 0
    if trace.qualities is None or not placed.any():
        return float("nan")
    return float(placement.qualities[placed].mean())


def read_status(flags: Iterable[Flag]) -> ReadStatus:
    """Return used, or used_with_warnings when any flag weighs more than a note."""
    worst = worst_level(flags)
    if worst is None or worst is Severity.NOTE:
        return ReadStatus.USED
    return ReadStatus.USED_WITH_WARNINGS
