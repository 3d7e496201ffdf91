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
    pairs = [_compare(reads) for reads in repeats if len(reads) > 1]
    if pairs:
        # METHOD: noise of two directions is unrelated, so what repeats of both directions differ by
        # adds up; one direction alone must differ by all of it.
        apart = np.sum(
            [
                np.where(
                    one.comparable & (one.low < settings.contradiction_absent),
                    one.high - one.low,
                    0,
                )
                for one in pairs
            ],
            axis=0,
        )
        named = named_mask(reference)
        found = apart >= np.where(named, settings.repeat_named, settings.repeat_other)
        quality = np.max([np.where(one.comparable, one.quality, 0.0) for one in pairs], axis=0)
        if _counts(found, quality, settings):
            columns = [read.shares for reads in repeats if len(reads) > 1 for read in reads]
            labels = [
                f"{direction} {number}"
                for direction, reads in zip(("forward", "reverse"), repeats, strict=True)
                if len(reads) > 1
                for number in range(1, len(reads) + 1)
            ]
            shown = _shown(found, columns, labels, reference)
            message = (
                f"Repeats differ: {shown}; look for swapped tubes, repeat from a new PCR product"
            )
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
