"""Known splice variants among the double sequences: 35INS, loss of exon 7 and others.

The size comes from either strand, without sign: where the longer or the shorter form is the
majority, the alignment follows it and the sign turns. The place must lie near the join on one
strand at least; inserted bases are not in the reference and delay the break.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from der22.arrays import Mask
from der22.formats.reference_folder import Reference, SpliceVariant
from der22.sanger.codes import make_flag
from der22.sanger.records import SangerReadResult, Variant
from der22.sanger.settings import SangerSettings
from der22.words import Direction, Tier

__all__ = ["behind_joins", "find_splice_variants"]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One splice variant as one strand shows it."""

    direction: Direction
    share: float
    is_near: bool
    tells_share: bool


def find_splice_variants(
    reads: Sequence[SangerReadResult], reference: Reference, settings: SangerSettings
) -> tuple[Variant, ...]:
    """Return one row per known splice variant that a double sequence or clean gap explains."""
    rows = []
    for known in reference.splice_variants:
        seen = [item for read in reads for item in _seen_in(read, known, reference, settings)]
        if not any(item.is_near for item in seen):
            continue
        by_strand = {
            strand: max((item.share for item in seen if item.direction is strand), default=None)
            for strand in Direction
        }
        # A clean gap without a second copy is all of the transcript, but only where a second copy
        # would have been seen; else the variant is the larger part, and more cannot be said.
        mixed = [item.share for item in seen if item.share < 1.0]
        fraction, interval = max(mixed, default=1.0), settings.splice_interval
        if not mixed and not any(item.tells_share for item in seen):
            fraction, interval = settings.splice_larger, 1.0 - settings.splice_larger
        is_both = all(share is not None for share in by_strand.values())
        forward, reverse = by_strand[Direction.FORWARD], by_strand[Direction.REVERSE]
        message = (
            f"{known.name} ({known.hgvs_c}), share about {fraction:.2f}: splice variant, not a "
            "resistance mutation"
        )
        rows.append(
            Variant(
                position_c=known.position_c,
                ref="",
                alt=f"<{known.kind}>",
                hgvs_c=f"{reference.name}:{known.hgvs_c}",
                hgvs_p="",
                mutation=known.name,
                codon=known.codon,
                tier=Tier.DETECTED if is_both else Tier.SINGLE_STRAND,
                fraction=fraction,
                fraction_low=max(fraction - interval, 0.0),
                fraction_high=min(fraction + interval, 1.0),
                forward_fraction=float("nan") if forward is None else forward,
                reverse_fraction=float("nan") if reverse is None else reverse,
                noise_floor=float("nan"),
                flags=(make_flag("SPLICE_VARIANT", message),),
            )
        )
    return tuple(rows)


def _seen_in(
    read: SangerReadResult, known: SpliceVariant, reference: Reference, settings: SangerSettings
) -> tuple[_Seen, ...]:
    """Return how one read shows the variant: its share and whether the place fits."""
    if read.direction is None:
        return ()
    join = _join(known, read.direction)
    near = [
        item
        for item in read.doubles
        if abs(reference.window_first + item.window_index - join) <= settings.splice_near
    ]
    # Miscalled bases beside the join make the size a base or two wrong, so near it that is allowed.
    fitting = [
        item
        for item in read.doubles
        if abs(abs(item.shift_nt) - known.size_nt)
        <= (settings.splice_tolerance if item in near else 0)
    ]
    if not fitting:
        return ()
    # A gap in the alignment means the variant is the major copy.
    minor = max((item.share for item in fitting if item.share < 1.0), default=0.0)
    share = 1.0 - minor if any(item.share >= 1.0 for item in fitting) else minor
    tells = share < 1.0
    if not tells and read.evidence is not None:
        # Too few bases behind the join show no second copy.
        at, usable = max(join - reference.window_first, 0), read.evidence.usable
        behind = usable[at + 1 :] if read.direction is Direction.FORWARD else usable[:at]
        tells = int(behind.sum()) >= settings.splice_least_behind
    return (_Seen(read.direction, share, any(item in near for item in fitting), tells),)


def behind_joins(
    found: Sequence[Variant],
    direction: Direction,
    reference: Reference,
    settings: SangerSettings,
) -> Mask:
    """Return the bases of the window that a strand reads behind a splice variant's join.

    Two sequences overlie each other there whether or not the strand's own test saw it: a read that
    has only sixty bases behind the join cannot. A variant that is all of the transcript hides
    nothing.

    Returns:
        Shape (n_window,).
    """
    hidden = np.zeros(len(reference.window), dtype=np.bool_)
    for variant in found:
        if variant.fraction >= settings.splice_pure:
            continue
        known = next(item for item in reference.splice_variants if item.name == variant.mutation)
        at = _join(known, direction) - reference.window_first
        if direction is Direction.FORWARD:
            hidden[max(at + 1, 0) :] = True
        else:
            hidden[: max(at, 0)] = True
    return hidden


def _join(known: SpliceVariant, direction: Direction) -> int:
    """Return the last base a strand reads before the variant begins."""
    if known.kind == "INS":
        return known.position_c if direction is Direction.FORWARD else known.position_c + 1
    end = known.position_c + known.size_nt
    return known.position_c - 1 if direction is Direction.FORWARD else end
