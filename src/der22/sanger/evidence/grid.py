"""Both strands over each other, and the limits in force for every alternative at every base."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Mask
from der22.formats.reference_folder import Reference
from der22.sanger.names import named_mask
from der22.sanger.records import StrandEvidence
from der22.sanger.settings import SangerSettings

__all__ = ["CallGrid", "make_grid", "one_sided_shares"]


@dataclass(frozen=True, slots=True)
class CallGrid:
    """Both strands and the limits in force, for every alternative at every base of the window.

    Attributes:
        forward: corrected shares, shape (4, n_window), NaN where not usable.
        reverse: as `forward`.
        on_both: where both strands are usable.
        on_any: where at least one is.
        noise: noise in force: the smaller of two strands', or the one's.
        detected: least share for tier detected; infinite where one strand alone speaks or one
            of both is doubtful.
        reported: least share for the lowest tier in force there.
        unsure: where every strand that speaks may show the peak of a neighbour, shape (n_window,).
    """

    forward: Floats
    reverse: Floats
    on_both: Mask
    on_any: Mask
    noise: Floats
    detected: Floats
    reported: Floats
    unsure: Mask


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
    nothing, nowhere = np.full(shape, np.nan), np.zeros(shape[1], dtype=np.bool_)
    none = np.zeros(shape[1])
    absent = StrandEvidence(
        nothing, nothing, nothing, nowhere, nowhere, nowhere, none, np.zeros(shape, dtype=np.int64)
    )
    strands = [absent if strand is None else strand for strand in (forward, reverse)]
    named = named_mask(reference)
    # METHOD: an unnamed change must stand out more to be called: of 2,400 base changes of the
    # domain all but about 130 are unnamed, and nearly all false calls are. But what both strands
    # show in more than half of the sample is no noise, however many such changes stand around it:
    # two pure changes to one base would be each other's noise.
    noise = np.fmin(strands[0].noise, strands[1].noise)
    detected, possible = (
        np.minimum(
            np.maximum(
                np.where(named, *least), np.where(named, settings.noise_factor_named, other) * noise
            ),
            settings.no_noise,
        )
        for least, other in (
            ((settings.detected_named, settings.detected_other), settings.noise_factor_detected),
            ((settings.possible_named, settings.possible_other), settings.noise_factor_other),
        )
    )
    # METHOD: over a high background, and beside cut tops, peaks come and go with what lies below.
    detected = np.where(strands[0].doubtful | strands[1].doubtful, np.inf, detected)
    # METHOD: beside a splice variant most bases have one strand, in which the mixture makes false
    # peaks that no control shows; there controls lower no limit, and a change without a name must
    # be at least one half of the sample. An unnamed change is held against the strand's own noise:
    # a control does not see what this sample's mixture does to it.
    lone = []
    for strand, has_controls in zip(strands, is_controlled, strict=True):
        unnamed, noise = settings.single_other, strand.own_noise
        if is_doubled:
            unnamed = max(unnamed, settings.single_doubled)
        elif has_controls:
            unnamed = settings.single_controlled
            noise = np.where(named, np.fmin(strand.noise, strand.own_noise), strand.own_noise)
        least = np.where(named, settings.single_named, unnamed)
        lone.append(np.maximum(least, settings.noise_factor_single * noise))
    # METHOD: beside a miscounted call the peak of a base may be a neighbour's. What such a strand
    # does not show is no answer to the other strand, which then speaks alone.
    shares = []
    for own, other in ((0, 1), (1, 0)):
        with np.errstate(invalid="ignore"):
            silent = strands[own].shares < possible
            silent &= strands[other].shares >= lone[other]
        silent &= strands[own].unsure & ~strands[other].unsure
        shares.append(np.where(silent, np.nan, strands[own].shares))
    there = [~np.isnan(values) for values in shares]
    on_both = there[0] & there[1]
    noises = [np.where(on, s.noise, np.nan) for on, s in zip(there, strands, strict=True)]
    return CallGrid(
        forward=shares[0],
        reverse=shares[1],
        on_both=on_both,
        on_any=there[0] | there[1],
        noise=np.fmin(*noises),
        detected=np.where(on_both, detected, np.inf),
        reported=np.where(on_both, possible, np.where(there[0], *lone)),
        unsure=np.all([s.unsure | ~s.usable for s in strands], axis=0),
    )


def one_sided_shares(grid: CallGrid, reference: Reference) -> Floats:
    """Return the shares of named changes that one strand shows and the other, usable too, does not.

    Returns:
        Shape (4, n_window), 0 elsewhere.
    """
    with np.errstate(invalid="ignore"):
        silent = np.fmin(grid.forward, grid.reverse) < grid.reported
    found = named_mask(reference) & grid.on_both & silent
    return np.where(found, np.fmax(grid.forward, grid.reverse), 0.0)
