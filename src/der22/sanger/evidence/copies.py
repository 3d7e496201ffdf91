"""Reads that are one capillary: turned round, rescaled, cut or exported in another format.

METHOD: the background of a capillary is its own. Secondary shares of the two reads of one sample
agree little (rank correlation 0.1 to 0.3 between directions, up to 0.5 within one), those of a copy
by far more (0.77 to 0.97), whatever was done to the heights. A real change is one value among a
thousand ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from der22.arrays import Floats
from der22.sanger.codes import make_flag
from der22.sanger.records import SangerReadResult
from der22.sanger.settings import SangerSettings
from der22.words import ReadStatus

__all__ = ["likeness", "refuse_copies"]


def likeness(one: Floats, other: Floats, settings: SangerSettings) -> float:
    """Return the rank correlation of two reads' secondary shares, 0 where too little is shared.

    Args:
        one: any arrangement of shares, NaN = not measured.
        other: same shape.
        settings: thresholds in force.
    """
    both = ~np.isnan(one) & ~np.isnan(other)
    if int(both.sum()) < settings.copy_min_values:
        return 0.0
    ranks = [_ranks(values[both]) for values in (one, other)]
    spread = [float(np.std(values)) for values in ranks]
    if not all(spread):
        return 0.0
    centred = [values - values.mean() for values in ranks]
    return float(np.mean(centred[0] * centred[1]) / (spread[0] * spread[1]))


def _ranks(values: Floats) -> Floats:
    """Return the rank of each value, equal values their mean rank."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks: Floats = (last - (count - 1) / 2.0)[place]
    return ranks


def refuse_copies(
    reads: Sequence[SangerReadResult], settings: SangerSettings
) -> tuple[SangerReadResult, ...]:
    """Return the reads, each that is a copy of an earlier one refused: copies are no witnesses."""
    kept: list[SangerReadResult] = []
    for read in reads:
        source = None
        if read.evidence is not None:
            shares = read.evidence.shares
            source = next(
                (
                    earlier.read_id
                    for earlier in kept
                    if earlier.evidence is not None
                    and likeness(earlier.evidence.shares, shares, settings)
                    >= settings.copy_correlation
                ),
                None,
            )
        if source is not None:
            message = (
                f"{read.read_id}: the same capillary as read {source}, filed once more (turned, "
                "rescaled, cut or exported again); counted once, repeat the other direction"
            )
            flags = (*read.flags, make_flag("COPIED_READ", message))
            read = replace(read, status=ReadStatus.REFUSED, flags=flags, evidence=None)
        kept.append(read)
    return tuple(kept)
