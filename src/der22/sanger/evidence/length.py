"""Short insertions and deletions: seen on both strands they are no miscounted peak.

METHOD: a read alone often has a call too many or too few. The same length at the same place on both
strands is a change of the transcript, or a fault of the sequence around it; in either case nothing
can be said of the bases there, and the sample is no wild type.
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
from der22.words import Direction

__all__ = ["SharedGap", "beside_gaps", "find_shared_gaps", "length_flags"]

_NEAR_NT = 12  # a gap in repeated bases may lie at either end of them
_TRUSTED_NT, _TRUSTED_SHARE = 12, 0.5
_MARGIN_NT = 2


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


def find_shared_gaps(reads: Sequence[SangerReadResult]) -> tuple[SharedGap, ...]:
    """Return the short gaps that a forward and a reverse read have in common."""
    trusted: dict[Direction, list[AlignmentGap]] = {direction: [] for direction in Direction}
    for read in reads:
        if read.placement is None or read.evidence is None:
            continue
        for gap in read.placement.short_gaps:
            first, end = max(gap.window_index - _TRUSTED_NT, 0), gap.window_index + _TRUSTED_NT
            around = read.evidence.usable[first:end]
            if around.size and float(np.mean(around)) >= _TRUSTED_SHARE:
                trusted[read.placement.direction].append(gap)
    shared = []
    for one, other in product(*trusted.values()):
        first, last = sorted((one.window_index, other.window_index))
        if one.size_nt == other.size_nt and last - first <= _NEAR_NT:
            reach = max(-one.size_nt, 0) + _MARGIN_NT
            shared.append(SharedGap(one.size_nt, first - reach, last + reach))
    return tuple(shared)


def beside_gaps(gaps: Sequence[SharedGap], n_window: int) -> Mask:
    """Return the bases that cannot be judged, shape (n_window,)."""
    beside = np.zeros(n_window, dtype=np.bool_)
    for gap in gaps:
        beside[max(gap.first, 0) : gap.last + 1] = True
    return beside


def length_flags(gaps: Sequence[SharedGap], reference: Reference) -> tuple[Flag, ...]:
    """Return one sentence per gap."""
    return tuple(
        make_flag(
            "LENGTH_DIFFERS",
            f"Both strands have {abs(gap.size_nt)} {'more' if gap.size_nt > 0 else 'fewer'} "
            f"base{'s' if abs(gap.size_nt) > 1 else ''} than the reference between positions "
            f"{reference.window_first + gap.first} and {reference.window_first + gap.last}: an "
            "insertion or deletion? look at both traces; the bases there are not assessed",
        )
        for gap in gaps
    )
