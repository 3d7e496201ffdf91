"""Insertions and deletions: what any read shows of them, so that none passes for a wild type.

METHOD: a read alone often has a call too many or too few. It is a change of the molecules
where both strands have the same length at the same place, where the peaks around it stand as the
calls say, or where a second copy overlies the first. Nothing can be said of the bases there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from der22.arrays import Mask
from der22.flags import Flag
from der22.formats.reference_folder import Reference
from der22.sanger.codes import make_flag
from der22.sanger.records import AlignmentGap, SangerReadResult
from der22.sanger.settings import SangerSettings
from der22.words import Direction

__all__ = ["SharedGap", "beside_gaps", "find_shared_gaps", "length_flags"]


@dataclass(frozen=True, slots=True)
class SharedGap:
    """A short gap that both strands show.

    Attributes:
        size_nt: bases; positive = the reads have more than the reference, negative = fewer.
        first: first base of the window (from 0) that cannot be judged.
        last: last such base.
    """

    size_nt: int
    first: int
    last: int


def find_shared_gaps(
    reads: Sequence[SangerReadResult], settings: SangerSettings
) -> tuple[SharedGap, ...]:
    """Return the short gaps that a forward and a reverse read have in common."""
    trusted: dict[Direction, list[AlignmentGap]] = {direction: [] for direction in Direction}
    for read in reads:
        if read.placement is not None:
            trusted[read.placement.direction] += trusted_gaps(read, settings)
    shared = []
    for one, other in product(*trusted.values()):
        first, last = sorted((one.window_index, other.window_index))
        if one.size_nt == other.size_nt and last - first <= settings.gap_near:
            reach = max(-one.size_nt, 0) + settings.gap_margin
            shared.append(SharedGap(one.size_nt, first - reach, last + reach))
    return tuple(shared)


def trusted_gaps(read: SangerReadResult, settings: SangerSettings) -> list[AlignmentGap]:
    """Return the short gaps of a read with usable bases around them."""
    if read.placement is None or read.evidence is None:
        return []
    found = []
    for gap in read.placement.short_gaps:
        first, end = (
            gap.window_index - settings.gap_trusted,
            gap.window_index + settings.gap_trusted,
        )
        around = read.evidence.usable[max(first, 0) : end]
        if around.size and float(np.mean(around)) >= settings.gap_trusted_share:
            found.append(gap)
    return found


def beside_gaps(gaps: Sequence[SharedGap], n_window: int) -> Mask:
    """Return the bases that cannot be judged, shape (n_window,)."""
    beside = np.zeros(n_window, dtype=np.bool_)
    for gap in gaps:
        beside[max(gap.first, 0) : gap.last + 1] = True
    return beside


def length_flags(
    gaps: Sequence[SharedGap],
    reads: Sequence[SangerReadResult],
    reference: Reference,
    settings: SangerSettings,
) -> tuple[Flag, ...]:
    """Return one sentence per change of length that any read shows.

    Args:
        gaps: short gaps both strands share.
        reads: of the sample; what lies behind a refusal counts too.
        reference: what they were placed on.
        settings: thresholds in force.
    """
    first = reference.window_first
    told = [
        f"Both strands have {_bases(gap.size_nt)} than the reference between positions "
        f"{first + gap.first} and {first + gap.last}"
        for gap in gaps
    ]
    for read in reads:
        told += [
            f"{read.read_id} has {_bases(gap.size_nt)} than the reference at position "
            f"{first + gap.window_index}, and its peaks stand so"
            for gap in trusted_gaps(read, settings)
            if _stands_alone(read, gap, settings)
            and not any(item.first <= gap.window_index <= item.last for item in gaps)
        ]
        for double in read.doubles:
            place = f"position {first + double.window_index}"
            if double.share >= 1.0:
                told.append(
                    f"{read.read_id} has {_bases(double.shift_nt)} than the reference at {place}"
                )
            else:
                told.append(
                    f"{read.read_id} has a second sequence from {place} on, shifted by "
                    f"{abs(double.shift_nt)} (share {double.share:.2f})"
                )
    return tuple(
        make_flag(
            "LENGTH_DIFFERS",
            f"{sentence}: an insertion or deletion? look at the traces; the sample is no wild type",
        )
        for sentence in dict.fromkeys(told)
    )


def _bases(size_nt: int) -> str:
    return (
        f"{abs(size_nt)} {'more' if size_nt > 0 else 'fewer'} base{'s' if abs(size_nt) > 1 else ''}"
    )


def _stands_alone(read: SangerReadResult, gap: AlignmentGap, settings: SangerSettings) -> bool:
    """Tell whether a gap of one read needs no other: even steps, good bases, behind the start.

    METHOD: of simulated sound reads, all lone gaps with even steps lie in the first 41 calls or
    have a rolling quality below 33.
    """
    if not gap.is_spaced or read.evidence is None or read.peaks is None or read.placement is None:
        return False
    step = 1 if read.direction is Direction.FORWARD else -1
    sides = [gap.window_index, gap.window_index + step * (max(-gap.size_nt, 0) + 1)]
    if not all(0 <= at < read.peaks.size and read.evidence.usable[at] for at in sides):
        return False
    call = int(read.placement.call_index[read.peaks[sides[0]]])
    quality = read.evidence.quality[sides].min()
    return call >= settings.gap_alone_start and quality >= settings.gap_alone_quality
