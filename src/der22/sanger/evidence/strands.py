"""Evidence of several reads brought together, and cleaned with wild-type controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from der22.arrays import Floats, Mask
from der22.sanger.records import StrandEvidence
from der22.sanger.settings import SangerSettings

__all__ = ["combine_reads", "correct_with_controls", "hide", "keep_shared_changes"]

_LARGEST_CORRECTION = 0.30
_SHARED, _TAKEN = 0.20, 0.5


def combine_reads(reads: Sequence[StrandEvidence]) -> StrandEvidence | None:
    """Return the evidence of all reads of one direction: median share, largest noise."""
    if not reads:
        return None
    if len(reads) == 1:
        return reads[0]
    shares = _median([read.shares for read in reads])
    noise = np.fmax.reduce([read.noise for read in reads])
    own_noise = np.fmax.reduce([read.own_noise for read in reads])
    usable = np.any([read.usable for read in reads], axis=0)
    unsure = usable & np.all([read.unsure | ~read.usable for read in reads], axis=0)
    return StrandEvidence(shares, noise, own_noise, usable, unsure)


def correct_with_controls(
    strand: StrandEvidence, controls: Sequence[StrandEvidence], settings: SangerSettings
) -> StrandEvidence:
    """Take off each share what the wild-type reads of the run and direction show there.

    Controls never raise a call: shares and noise can only become smaller.

    Args:
        strand: evidence of one direction of the sample.
        controls: control reads of the same run and direction.
        settings: thresholds in force.
    """
    if not controls:
        return strand
    systematic = np.nan_to_num(_median([control.shares for control in controls]))
    systematic = np.clip(systematic, 0.0, _LARGEST_CORRECTION)
    shares = np.maximum(strand.shares - systematic, 0.0)
    quantiles = settings.control_noise_factor * _median([control.noise for control in controls])
    return replace(strand, shares=shares, noise=np.fmin(strand.noise, quantiles))


def keep_shared_changes(
    before: tuple[StrandEvidence, StrandEvidence],
    after: tuple[StrandEvidence, StrandEvidence],
    named: Mask,
) -> tuple[tuple[StrandEvidence, StrandEvidence], Mask]:
    """Undo the correction of a named change that both strands of the sample show.

    METHOD: a control of one direction, or one whose reads belong to two samples, may carry the
    mutation itself; a control that shows it on both strands is not used at all. Noise makes 0.20 of
    one named change on both strands of a wild type practically never (none in 600 simulated). Only
    a correction that takes more than half is undone.

    Args:
        before: forward and reverse strand as read.
        after: both, controls taken off.
        named: the named changes, shape (4, n_window).

    Returns:
        Both strands, and where the correction was undone, shape (4, n_window).
    """
    shared = np.fmin(*[np.nan_to_num(strand.shares) for strand in before])
    left = np.fmin(*[np.nan_to_num(strand.shares) for strand in after])
    kept = named & (shared >= _SHARED) & (left < _TAKEN * shared)
    forward, reverse = (
        replace(done, shares=np.where(kept, read.shares, done.shares))
        for read, done in zip(before, after, strict=True)
    )
    return (forward, reverse), kept


def hide(strand: StrandEvidence, hidden: Mask) -> StrandEvidence:
    """Return the evidence without the given bases of the window, shape (n_window,)."""
    return StrandEvidence(
        np.where(hidden, np.nan, strand.shares),
        np.where(hidden, np.nan, strand.noise),
        np.where(hidden, np.nan, strand.own_noise),
        strand.usable & ~hidden,
        strand.unsure & ~hidden,
    )


def _median(arrays: Sequence[Floats]) -> Floats:
    """Return the median over `arrays`, NaN left out; NaN where all are."""
    ordered = np.sort(np.stack(arrays), axis=0)  # NaN sorts last
    count = np.count_nonzero(~np.isnan(ordered), axis=0)
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(arrays) - 1)
    middle = [np.take_along_axis(ordered, at[np.newaxis], axis=0)[0] for at in (low, high)]
    median: Floats = (middle[0] + middle[1]) / 2.0
    return median
