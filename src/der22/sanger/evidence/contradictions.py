"""Reads of one sample that cannot be of one sample: a change plain in one, absent in another.

METHOD: a whole peak on one strand that the other strand lacks is no noise and no mixture. The reads
belong to two samples, or one of them is misread there; in either case a negative would be a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Mask
from der22.flags import Flag, Severity
from der22.formats.reference_folder import Reference
from der22.sanger.codes import make_flag
from der22.sanger.names import name_change, named_mask
from der22.sanger.records import StrandEvidence
from der22.sanger.settings import SangerSettings
from der22.words import Direction

__all__ = ["find_contradictions"]


@dataclass(frozen=True, slots=True)
class _Compared:
    """What two views of the same bases show of each change; shape (4, n_window)."""

    high: Floats
    low: Floats
    comparable: Mask
    quality: Floats


def find_contradictions(
    strands: Sequence[StrandEvidence | None],
    repeats: Sequence[Sequence[StrandEvidence]],
    reference: Reference,
    settings: SangerSettings,
) -> tuple[Flag, ...]:
    """Return an error for strands, and one for repeats of a direction, that contradict each other.

    A change counts whether it has a name or not. One alone counts where both sides are good
    (`contradiction_quality`), two anywhere.

    Args:
        strands: forward and reverse, before controls; None without such a read.
        repeats: the reads of either direction.
        reference: for the names.
        settings: thresholds in force.
    """
    flags = []
    forward, reverse = strands
    if forward is not None and reverse is not None:
        seen = _compare([forward, reverse])
        found = seen.comparable & (seen.high >= settings.contradiction_whole)
        found &= seen.low < settings.contradiction_absent
        if _counts(found, seen.quality, settings):
            shown = _shown(
                found, (forward.shares, reverse.shares), ("forward", "reverse"), reference
            )
            message = f"{shown}; are these reads of two samples? repeat both directions"
            flags.append(make_flag("STRANDS_DISAGREE", message, Severity.ERROR))
    found = np.zeros((4, len(reference.window)), dtype=np.bool_)
    quality = np.zeros(found.shape)
    least = np.where(named_mask(reference), settings.repeat_named, settings.repeat_other)
    for reads, others in (repeats, repeats[::-1]):
        if len(reads) < 2:
            continue
        seen = _compare(reads)
        lacks = seen.comparable & (seen.low < settings.contradiction_absent)
        apart = np.where(lacks, seen.high - seen.low, 0.0)
        # METHOD: noise of two directions is unrelated. A peak of one read that no read of the other
        # direction shows is noise unless it is a whole one; one that is shown there adds up.
        backing = np.max([np.nan_to_num(read.shares) for read in others], axis=0, initial=0.0)
        is_backed = (apart >= settings.repeat_backing) & (backing >= settings.repeat_backing)
        differs = apart >= settings.contradiction_whole
        differs |= is_backed & (apart + backing >= least)
        found |= differs
        quality = np.where(differs, np.maximum(quality, seen.quality), quality)
    if _counts(found, quality, settings):
        labelled = [
            (f"{direction} {number}", read.shares)
            for direction, reads in zip(Direction, repeats, strict=True)
            for number, read in enumerate(reads, start=1)
        ]
        shown = _shown(
            found, [shares for _, shares in labelled], [x for x, _ in labelled], reference
        )
        message = f"Repeats differ: {shown}; look for swapped tubes, repeat from a new PCR product"
        flags.append(make_flag("REPEATS_DISAGREE", message))
    return tuple(flags)


def _compare(reads: Sequence[StrandEvidence]) -> _Compared:
    """Return the largest and smallest share of every change where at least two reads are sure."""
    shares = np.stack([np.where(read.usable & ~read.unsure, read.shares, np.nan) for read in reads])
    there = ~np.isnan(shares)
    quality = np.min(
        [
            np.where(on.any(axis=0), read.quality, np.inf)
            for on, read in zip(there, reads, strict=True)
        ],
        axis=0,
    )
    return _Compared(
        high=np.where(there, shares, -np.inf).max(axis=0),
        low=np.where(there, shares, np.inf).min(axis=0),
        comparable=there.sum(axis=0) > 1,
        quality=np.broadcast_to(quality, shares.shape[1:]),
    )


def _counts(found: Mask, quality: Floats, settings: SangerSettings) -> bool:
    """Tell whether the changes found are enough: one where all is good, or two anywhere."""
    is_good = bool((found & (quality >= settings.contradiction_quality)).any())
    return is_good or int(found.any(axis=0).sum()) >= settings.contradiction_places


def _shown(
    found: Mask, columns: Sequence[Floats], labels: Sequence[str], reference: Reference
) -> str:
    """Return the changes by position, each with its share in every read."""
    texts = []
    for at, base in zip(*np.nonzero(found.T), strict=True):
        name = name_change(reference, reference.window_first + int(at), "ACGT"[base])
        shares = ", ".join(
            f"{label} {100 * share[base, at]:.0f} %"
            for label, share in zip(labels, columns, strict=True)
            if not np.isnan(share[base, at])
        )
        texts.append(f"{name.mutation or name.hgvs_c}: {shares}")
    return "; ".join(texts)
