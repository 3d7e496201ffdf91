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

__all__ = ["fingerprint", "likeness", "refuse_copies", "same_capillaries"]

#: signs of a fingerprint, from no secondary peak upwards, and how many there are to a whole peak
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_STEPS_PER_SHARE = 250
_BLOCK = 512  # reads compared at once


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
    reads: Sequence[SangerReadResult],
    settings: SangerSettings,
    sources: Sequence[SangerReadResult] | None = None,
) -> tuple[SangerReadResult, ...]:
    """Return the reads, each that is a copy of another one refused: copies are no witnesses.

    Args:
        reads: to be looked at.
        settings: thresholds in force.
        sources: what they may be copies of; without it the earlier ones of `reads`.
    """
    kept: list[SangerReadResult] = []
    for read in reads:
        source = None
        if read.evidence is not None:
            shares = read.evidence.shares
            source = next(
                (
                    earlier.read_id
                    for earlier in (kept if sources is None else sources)
                    if earlier.evidence is not None
                    and likeness(earlier.evidence.shares, shares, settings)
                    >= settings.copy_correlation
                ),
                None,
            )
        if source is not None:
            message = (
                f"{read.read_id}: the same capillary as read {source}, filed once more (turned, "
                "rescaled, cut or exported again); counted once"
            )
            flags = (*read.flags, make_flag("COPIED_READ", message))
            read = replace(read, status=ReadStatus.REFUSED, flags=flags, evidence=None)
        kept.append(read)
    return tuple(kept)


def fingerprint(read: SangerReadResult) -> str:
    """Return the strongest secondary share of each base of the window as a sign, `-` = not used."""
    assert read.evidence is not None
    steps = np.nan_to_num(np.fmax.reduce(read.evidence.shares)) * _STEPS_PER_SHARE
    signs = np.array(list(_SIGNS))[np.minimum(steps.astype(np.int64), len(_SIGNS) - 1)]
    return "".join(np.where(read.evidence.usable, signs, "-").tolist())


def same_capillaries(
    fingerprints: Sequence[str], settings: SangerSettings
) -> tuple[tuple[int, int], ...]:
    """Return the pairs of reads that are one capillary, as indexes, the smaller first.

    Args:
        fingerprints: of reads placed on one window, any lengths.
        settings: thresholds in force.
    """
    length = max(map(len, fingerprints), default=0)
    ranks = np.zeros((len(fingerprints), length))
    there = np.zeros_like(ranks)
    for row, on, text in zip(ranks, there, fingerprints, strict=True):
        steps = np.array([_SIGNS.find(sign) for sign in text.ljust(length, "-")])
        usable = steps >= 0
        if usable.any():
            own = _ranks(steps[usable].astype(np.float64))
            row[usable] = own / own.size - 0.5
        on[usable] = 1.0
    pairs = []
    for first in range(0, len(fingerprints), _BLOCK):
        block = slice(first, first + _BLOCK)
        # Pearson over the bases both use, all pairs of a block at once
        n = there[block] @ there.T
        sums = ranks[block] @ there.T, there[block] @ ranks.T
        squares = (ranks[block] ** 2) @ there.T, there[block] @ (ranks**2).T
        count = np.maximum(n, 1.0)
        spread = [square - total**2 / count for square, total in zip(squares, sums, strict=True)]
        shared = ranks[block] @ ranks.T - sums[0] * sums[1] / count
        whole = np.sqrt(np.maximum(spread[0] * spread[1], 0.0))
        alike = (whole > 0) & (shared >= settings.copy_correlation * whole)
        alike &= n >= settings.copy_min_bases
        pairs += [(first + int(i), int(j)) for i, j in zip(*np.nonzero(alike), strict=True)]
    return tuple((i, j) for i, j in pairs if i < j)
