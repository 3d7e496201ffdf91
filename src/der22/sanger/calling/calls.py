"""Which single-base changes are reported, and how sure each is.

METHOD: at 15 % one read alone gives 13 false calls per kinase domain, both strands agreeing on the
same alternative give 0.1, because the noise of the two strands is unrelated. So a change needs the
smaller of the two strands' shares above the limit, and one strand alone never makes `detected`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from der22.flags import Flag
from der22.formats.reference_folder import Reference
from der22.sanger.codes import make_flag
from der22.sanger.evidence.grid import CallGrid, one_sided_shares
from der22.sanger.names import name_change
from der22.sanger.records import Variant
from der22.sanger.settings import SangerSettings
from der22.words import Tier

__all__ = ["call_bases", "interval", "make_variant", "one_sided_flags"]

_BASES = "ACGT"


def call_bases(
    grid: CallGrid, reference: Reference, settings: SangerSettings
) -> tuple[Variant, ...]:
    """Return one row per changed base and alternative, by position and base."""
    value = np.fmin(grid.forward, grid.reverse)
    with np.errstate(invalid="ignore"):
        reported = grid.on_any & (value >= grid.reported)
    rows = []
    for at, base in zip(*np.nonzero(reported.T), strict=True):
        tier = Tier.SINGLE_STRAND
        if grid.on_both[base, at]:
            sure = value[base, at] >= grid.detected[base, at]
            tier = Tier.DETECTED if sure else Tier.POSSIBLE
        strands = (float(grid.forward[base, at]), float(grid.reverse[base, at]))
        row = make_variant(
            reference, reference.window_first + int(at), _BASES[base], settings, tier=tier,
            fraction=float(np.nanmean(strands)), strands=strands, noise=float(grid.noise[base, at]),
        )  # fmt: skip
        rows.append(replace(row, flags=_strand_flags(row.hgvs_c, *strands, settings)))
    return tuple(rows)


def make_variant(
    reference: Reference,
    position: int,
    alt: str,
    settings: SangerSettings,
    *,
    tier: Tier,
    fraction: float,
    strands: tuple[float, float],
    noise: float,
) -> Variant:
    """Return the row of a substitution with its names and interval, without flags.

    Args:
        reference: what the change is named after.
        position: first base, counted in the reference from 1.
        alt: bases that stand there instead.
        settings: thresholds in force.
        tier: how sure.
        fraction: share of the amplified transcript.
        strands: forward and reverse fraction.
        noise: noise in force.
    """
    low, high = interval(fraction, settings, is_both=tier is not Tier.SINGLE_STRAND)
    name = name_change(reference, position, alt)
    return Variant(
        position_c=position,
        ref=reference.sequence[position - 1 : position - 1 + len(alt)],
        alt=alt,
        hgvs_c=name.hgvs_c,
        hgvs_p=name.hgvs_p,
        mutation=name.mutation,
        codon=name.codon,
        tier=tier,
        fraction=fraction,
        fraction_low=low,
        fraction_high=high,
        forward_fraction=strands[0],
        reverse_fraction=strands[1],
        noise_floor=noise,
    )


def _strand_flags(
    name: str, forward: float, reverse: float, settings: SangerSettings
) -> tuple[Flag, ...]:
    if not abs(forward - reverse) > settings.strand_difference:
        return ()
    message = (
        f"{name}: forward {forward:.2f}, reverse {reverse:.2f}; look at both traces and repeat "
        "the worse one"
    )
    return (make_flag("STRANDS_DISAGREE", message),)


def one_sided_flags(
    grid: CallGrid, reference: Reference, settings: SangerSettings
) -> tuple[Flag, ...]:
    """Say where one strand shows a named mutation plainly and the other, usable too, does not.

    Such a change is no row, since noise does that; but a swapped read or a lost allele does it too,
    and for a mutation of the list somebody should look.
    """
    found = one_sided_shares(grid, reference) >= settings.one_sided_plain
    flags: list[Flag] = []
    for at, base in zip(*np.nonzero(found.T), strict=True):
        position = reference.window_first + int(at)
        name = name_change(reference, position, _BASES[base])
        forward, reverse = float(grid.forward[base, at]), float(grid.reverse[base, at])
        flags += _strand_flags(name.mutation or name.hgvs_c, forward, reverse, settings)
    return tuple(flags)


def interval(fraction: float, settings: SangerSettings, *, is_both: bool) -> tuple[float, float]:
    """Return the 95 % interval of a fraction, inside 0 to 1."""
    spread = settings.interval_base + settings.interval_slope * fraction * (1.0 - fraction)
    half = settings.interval_sd * spread * (1.0 if is_both else settings.one_strand_factor)
    return max(fraction - half, 0.0), min(fraction + half, 1.0)
