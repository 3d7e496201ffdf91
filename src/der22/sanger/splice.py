"""Known splice variants among the double sequences: 35INS, loss of exon 7 and others.

The size comes from either strand, without sign: where the longer or the shorter form is the
majority, the alignment follows it and the sign turns. The place must lie near the join on one
strand at least; inserted bases are not in the reference and delay the break.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from der22.formats.reference_folder import Reference, SpliceVariant
from der22.sanger.codes import flag
from der22.sanger.records import Direction, DoubleSequence, SangerReadResult, Tier, Variant

__all__ = ["find_splice_variants"]

_NEAR_JOIN = 60
_INTERVAL = 0.2


@dataclass(frozen=True, slots=True)
class _Seen:
    """One splice variant as one strand shows it."""

    direction: Direction
    share: float
    is_near: bool


def find_splice_variants(
    reads: Sequence[SangerReadResult], reference: Reference
) -> tuple[Variant, ...]:
    """Return one row per known splice variant that a double sequence or clean gap explains."""
    rows = []
    for known in reference.splice_variants:
        seen = [item for read in reads for item in _seen_in(read, known, reference)]
        if any(item.is_near for item in seen):
            rows.append(_row(known, seen, reference))
    return tuple(rows)


def _seen_in(
    read: SangerReadResult, known: SpliceVariant, reference: Reference
) -> tuple[_Seen, ...]:
    """Return how one read shows the variant: its share and whether the place fits."""
    if read.direction is None:
        return ()
    fitting = [item for item in read.doubles if abs(item.shift_nt) == known.size_nt]
    if not fitting:
        return ()
    join = _join(known, read.direction)
    is_near = any(
        abs(reference.window_first + item.window_index - join) <= _NEAR_JOIN for item in fitting
    )
    return (_Seen(read.direction, _share(fitting), is_near),)


def _join(known: SpliceVariant, direction: Direction) -> int:
    """Return the last base a strand reads before the variant begins."""
    if known.kind == "INS":
        return known.position_c if direction is Direction.FORWARD else known.position_c + 1
    end = known.position_c + known.size_nt
    return known.position_c - 1 if direction is Direction.FORWARD else end


def _share(fitting: Sequence[DoubleSequence]) -> float:
    """Return the variant's share: a gap in the alignment means the variant is the major copy."""
    minor = max((item.share for item in fitting if item.share < 1.0), default=0.0)
    has_gap = any(item.share >= 1.0 for item in fitting)
    return 1.0 - minor if has_gap else minor


def _row(known: SpliceVariant, seen: Sequence[_Seen], reference: Reference) -> Variant:
    by_strand = {
        direction: max((item.share for item in seen if item.direction is direction), default=None)
        for direction in Direction
    }
    fraction = max(item.share for item in seen)
    is_both = all(share is not None for share in by_strand.values())
    forward, reverse = by_strand[Direction.FORWARD], by_strand[Direction.REVERSE]
    message = (
        f"{known.name} ({known.hgvs_c}), share about {fraction:.2f}: splice variant, not a "
        "resistance mutation"
    )
    return Variant(
        position_c=known.position_c,
        ref="",
        alt=f"<{known.kind}>",
        hgvs_c=f"{reference.name}:{known.hgvs_c}",
        hgvs_p="",
        mutation=known.name,
        codon=known.codon,
        tier=Tier.DETECTED if is_both else Tier.SINGLE_STRAND,
        fraction=fraction,
        fraction_low=max(fraction - _INTERVAL, 0.0),
        fraction_high=min(fraction + _INTERVAL, 1.0),
        forward_fraction=float("nan") if forward is None else forward,
        reverse_fraction=float("nan") if reverse is None else reverse,
        noise_floor=float("nan"),
        flags=(flag("SPLICE_VARIANT", message),),
    )
