"""Which single-base changes are reported, and how sure each is.

METHOD: at 15 % one read alone gives 13 false calls per kinase domain, both strands agreeing on the
same alternative give 0.1, because the noise of the two strands is unrelated. So a change needs the
smaller of the two strands' shares above the limit, and one strand alone never makes `detected`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from der22.flags import Flag
from der22.formats.reference_folder import Reference
from der22.sanger.arrays import Bools, Floats
from der22.sanger.codes import flag
from der22.sanger.names import name_change, named_mask
from der22.sanger.records import StrandEvidence, Tier, Variant
from der22.sanger.settings import SangerSettings

__all__ = ["CallGrid", "call_bases", "interval", "make_grid", "one_sided_flags"]

_BASES = "ACGT"
_PLAIN = 0.45  # share on one strand that needs an answer from the other


@dataclass(frozen=True, slots=True)
class CallGrid:
    """Both strands and the limits in force, for every alternative at every base of the window.

    Attributes:
        forward: corrected shares, shape (4, n_window), NaN where not usable.
        reverse: as `forward`.
        on_both: where both strands are usable.
        on_any: where at least one is.
        noise: noise in force: the smaller of two strands', or the one's.
        detected: least share for tier detected; infinite where one strand alone speaks.
        reported: least share for the lowest tier in force there.
        unsure: where every strand that speaks may show the peak of a neighbour, shape (n_window,).
    """

    forward: Floats
    reverse: Floats
    on_both: Bools
    on_any: Bools
    noise: Floats
    detected: Floats
    reported: Floats
    unsure: Bools


def make_grid(
    forward: StrandEvidence | None,
    reverse: StrandEvidence | None,
    reference: Reference,
    settings: SangerSettings,
    *,
    is_controlled: tuple[bool, bool] = (False, False),
    is_doubled: bool = False,
) -> CallGrid:
    """Lay both strands over each other and set the limits.

    Args:
        forward: corrected evidence, None without such a read.
        reverse: as `forward`.
        reference: for the named changes.
        settings: thresholds in force.
        is_controlled: whether controls served the forward and the reverse strand.
        is_doubled: whether a second sequence overlies a part of the sample.
    """
    shape = (4, len(reference.window))
    strands = [_without_strand(shape) if s is None else s for s in (forward, reverse)]
    named = named_mask(reference)
    # METHOD: beside a splice variant most bases have one strand, in which the mixture makes false
    # peaks that no control shows; there controls lower no limit, and a change without a name must
    # be at least one half of the sample.
    controlled = [flag and not is_doubled for flag in is_controlled]
    both = [
        _two_strand_limit(np.fmin(strands[0].noise, strands[1].noise), named, tier, settings)
        for tier in (Tier.DETECTED, Tier.POSSIBLE)
    ]
    lone = [
        _one_strand_limit(strand, named, settings, is_controlled=flag, is_doubled=is_doubled)
        for strand, flag in zip(strands, controlled, strict=True)
    ]
    shares = _set_aside_silence(strands, both[1], lone)
    there = [~np.isnan(values) for values in shares]
    on_both = there[0] & there[1]
    noises = [np.where(on, s.noise, np.nan) for on, s in zip(there, strands, strict=True)]
    return CallGrid(
        forward=shares[0],
        reverse=shares[1],
        on_both=on_both,
        on_any=there[0] | there[1],
        noise=np.fmin(*noises),
        detected=np.where(on_both, both[0], np.inf),
        reported=np.where(on_both, both[1], np.where(there[0], *lone)),
        unsure=np.all([s.unsure | ~s.usable for s in strands], axis=0),
    )


def _without_strand(shape: tuple[int, int]) -> StrandEvidence:
    nothing, nowhere = np.full(shape, np.nan), np.zeros(shape[1], dtype=np.bool_)
    return StrandEvidence(nothing, nothing, nothing, nowhere, nowhere)


def _two_strand_limit(noise: Floats, named: Bools, tier: Tier, settings: SangerSettings) -> Floats:
    """Return the least share for a tier where both strands speak.

    METHOD: an unnamed change must stand out more to be called: of 2,400 base changes of the domain
    all but about 130 are unnamed, and nearly all false calls are.
    """
    if tier is Tier.DETECTED:
        least = np.where(named, settings.detected_named, settings.detected_other)
        factor = np.where(named, settings.noise_factor_named, settings.noise_factor_detected)
    else:
        least = np.where(named, settings.possible_named, settings.possible_other)
        factor = np.where(named, settings.noise_factor_named, settings.noise_factor_other)
    return np.maximum(least, factor * noise)


def _one_strand_limit(
    strand: StrandEvidence,
    named: Bools,
    settings: SangerSettings,
    *,
    is_controlled: bool,
    is_doubled: bool,
) -> Floats:
    """Return the least share where this strand alone speaks.

    An unnamed change is held against the strand's own noise: a control does not see what this
    sample's mixture does to it.
    """
    other = settings.single_controlled if is_controlled else settings.single_other
    if is_doubled:
        other = max(other, settings.single_doubled)
    least = np.where(named, settings.single_named, other)
    smaller = np.fmin(strand.noise, strand.own_noise)
    noise = np.where(named, smaller, strand.own_noise) if is_controlled else strand.own_noise
    return np.maximum(least, settings.noise_factor_single * noise)


def _set_aside_silence(
    strands: Sequence[StrandEvidence], least: Floats, lone: Sequence[Floats]
) -> list[Floats]:
    """Return the shares of both strands, NaN where one only seems to contradict the other.

    METHOD: beside a miscounted call the peak of a base may be a neighbour's. What such a strand
    does not show is no answer to the other strand, which then speaks alone.
    """
    shares = [strand.shares for strand in strands]
    result = []
    for own, other in ((0, 1), (1, 0)):
        with np.errstate(invalid="ignore"):
            silent = (shares[own] < least) & (shares[other] >= lone[other])
        silent &= strands[own].unsure & ~strands[other].unsure
        result.append(np.where(silent, np.nan, shares[own]))
    return result


def call_bases(
    grid: CallGrid, reference: Reference, settings: SangerSettings
) -> tuple[Variant, ...]:
    """Return one row per changed base and alternative, by position and base."""
    value = np.fmin(grid.forward, grid.reverse)
    with np.errstate(invalid="ignore"):
        reported = grid.on_any & (value >= grid.reported)
    return tuple(_rows(grid, value, reported, reference, settings))


def _rows(
    grid: CallGrid, value: Floats, reported: Bools, reference: Reference, settings: SangerSettings
) -> Iterator[Variant]:
    for at, base in zip(*np.nonzero(reported.T), strict=True):
        is_both = bool(grid.on_both[base, at])
        tier = Tier.SINGLE_STRAND
        if is_both:
            sure = value[base, at] >= grid.detected[base, at]
            tier = Tier.DETECTED if sure else Tier.POSSIBLE
        position = reference.window_first + int(at)
        forward, reverse = float(grid.forward[base, at]), float(grid.reverse[base, at])
        fraction = float(np.nanmean([forward, reverse]))
        low, high = interval(fraction, settings, is_both=is_both)
        name = name_change(reference, position, _BASES[base])
        yield Variant(
            position_c=position,
            ref=reference.sequence[position - 1],
            alt=_BASES[base],
            hgvs_c=name.hgvs_c,
            hgvs_p=name.hgvs_p,
            mutation=name.mutation,
            codon=name.codon,
            tier=tier,
            fraction=fraction,
            fraction_low=low,
            fraction_high=high,
            forward_fraction=forward,
            reverse_fraction=reverse,
            noise_floor=float(grid.noise[base, at]),
            flags=_strand_flags(name.hgvs_c, forward, reverse, settings),
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
    return (flag("STRANDS_DISAGREE", message),)


def one_sided_flags(
    grid: CallGrid, reference: Reference, settings: SangerSettings
) -> tuple[Flag, ...]:
    """Say where one strand shows a named mutation plainly and the other, usable too, does not.

    Such a change is no row, since noise does that; but a swapped read or a lost allele does it too,
    and for a mutation of the list somebody should look.
    """
    with np.errstate(invalid="ignore"):
        plain = np.fmax(grid.forward, grid.reverse) >= _PLAIN
        silent = np.fmin(grid.forward, grid.reverse) < grid.reported
    found = named_mask(reference) & grid.on_both & plain & silent
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
    half = 1.96 * spread * (1.0 if is_both else settings.one_strand_factor)
    return max(fraction - half, 0.0), min(fraction + half, 1.0)
