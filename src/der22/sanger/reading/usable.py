"""Which bases of a read can be trusted, and how noisy it is around each."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.sanger.arrays import (
    equal_bases,
    measured_bases,
    rolling_mean,
    rolling_median,
    rolling_quantile,
)
from der22.sanger.records import AlignmentGap, Placement
from der22.sanger.settings import SangerSettings

__all__ = [
    "call_agreement",
    "carries_signal",
    "identity_of_peaks",
    "near_miscounts",
    "noise_around",
    "noise_floor",
    "noise_of_others",
    "usable_peaks",
]


def identity_of_peaks(placement: Placement, window: Ints) -> Mask:
    """Return whether each peak is called as the reference base it lies on, shape (n_peaks,)."""
    at = placement.window_index
    is_forward = placement.direction == "forward"
    expected = window[np.maximum(at, 0)]
    expected = expected if is_forward else 3 - expected
    same: Mask = (at >= 0) & (placement.bases == expected)
    return same


def call_agreement(placement: Placement, heights: Floats, usable: Mask) -> float:
    """Return the share of usable calls that are the tallest channel at their place, 1 for none.

    METHOD: calls that were edited, or that belong to another trace, can align without a signal
    below them. Chance gives 0.25 (noise of 8 RFU below sound calls: 0.24 to 0.28), a trace with its
    own calls 1.0; mixtures move it by their few positions only.
    """
    if not usable.any():
        return 1.0
    tallest = heights[:, usable].argmax(axis=0)
    return float(np.mean(tallest == placement.bases[usable]))


def carries_signal(heights: Floats, settings: SangerSettings) -> Mask:
    """Return where the product has not ended: peaks still have some of their greatest height.

    Args:
        heights: shape (4, n_peaks), reading direction.
        settings: thresholds in force.
    """
    running = rolling_median(heights.sum(axis=0), settings.median_window)
    alive: Mask = running >= settings.min_signal_left * running.max(initial=0.0)
    return alive


def usable_peaks(
    placement: Placement,
    heights: Floats,
    identity: Mask,
    n_calls: int,
    settings: SangerSettings,
) -> Mask:
    """Return the peaks that may carry evidence, double sequences not yet considered.

    Args:
        placement: the read on the window.
        heights: shape (4, n_peaks), reading direction.
        identity: see `identity_of_peaks`.
        n_calls: calls of the whole read.
        settings: thresholds in force.
    """
    total = heights.sum(axis=0)
    calls = placement.call_index
    good: Mask = (
        (placement.window_index >= 0)
        & (calls >= settings.edge_start)
        & (calls < n_calls - settings.edge_end)
        & (
            rolling_mean(placement.qualities, settings.quality_window)
            >= settings.min_rolling_quality
        )
        & (
            rolling_mean(identity.astype(np.float64), settings.identity_window)
            >= settings.min_identity
        )
        & (total > 0)
        & (total >= settings.min_relative_height * rolling_median(total, settings.median_window))
        & carries_signal(heights, settings)
    )
    return good


def near_miscounts(gaps: Iterable[AlignmentGap], window: Ints, reach: int) -> Mask:
    """Return the bases whose peak may be that of a neighbour, shape (n_window,).

    METHOD: where a call is missing or too many, the alignment puts the gap where the letters fit
    best. Beside a changed base that can be a base or two off: G>A before an A, with one call for
    both, reads as a missing G. Marked are the bases near a gap and of the run of equal
    bases it lies in.

    Args:
        gaps: short gaps of one read.
        window: bases 0-3, shape (n_window,).
        reach: bases either side.
    """
    near = np.zeros(window.size, dtype=np.bool_)
    for gap in gaps:
        first = max(gap.window_index - max(-gap.size_nt, 1), 0)
        last = min(gap.window_index + max(-gap.size_nt, 1), window.size - 1)
        first, last = equal_bases(window, first)[0], equal_bases(window, last)[1]
        near[max(first - reach, 0) : last + reach + 1] = True
    return near


def noise_around(
    shares: Floats, shoulders: Ints, settings: SangerSettings, left_out: Mask | None = None
) -> Floats:
    """Return the high quantile of the same alternative's shares around each base.

    METHOD: the tail of the noise is heavy, so the quantile is counted, not fitted. Shoulders beside
    one or two peaks of their own base are noisier than the rest of their channel, so they are also
    held against the shoulders of their kind around them, of all channels.

    Args:
        shares: shape (4, n_window), NaN where not usable.
        shoulders: how many neighbours are called as the alternative, 0 to 2, same shape.
        settings: thresholds in force.
        left_out: changes that are no noise, shape (4, n_window).

    Returns:
        Shape (4, n_window), NaN where not usable.
    """
    background = shares if left_out is None else np.where(left_out, np.nan, shares)
    rows = _with_shoulders(background, shoulders)
    quantiles = rolling_quantile(rows, settings.noise_window, settings.noise_quantile)
    noise = quantiles[:4]
    for n_neighbours, row in ((1, quantiles[4]), (2, quantiles[5])):
        noise = np.where(shoulders == n_neighbours, np.fmax(noise, row), noise)
    return np.where(np.isnan(shares), np.nan, np.nan_to_num(noise))


def noise_of_others(
    noise: Floats, shares: Floats, shoulders: Ints, named: Mask, settings: SangerSettings
) -> Floats:
    """Return `noise_around` with every tall share of a named change left out of its own noise.

    METHOD: for one strand alone. Beside one more real change in its channel a mutation would be
    held against itself and hide. For the other 2,400 changes, and with two strands, the noise as it
    is stays the guard it is meant to be: without it a false peak of a public pair of reads was
    called.
    """
    rows = _with_shoulders(shares, shoulders)
    result = noise.copy()
    tall = named & (np.nan_to_num(shares) >= settings.single_named)
    for base, at in zip(*np.nonzero(tall), strict=True):
        kind = int(shoulders[base, at])
        first, end = max(at - settings.noise_window, 0), at + settings.noise_window + 1
        around = rows[[base] if kind == 0 else [base, 3 + kind], first:end]
        others = [row[~np.isnan(row)] for row in np.delete(around, at - first, axis=1)]
        result[base, at] = max(
            (float(np.quantile(row, settings.noise_quantile)) for row in others if row.size),
            default=0.0,
        )
    return result


def _with_shoulders(shares: Floats, shoulders: Ints) -> Floats:
    """Return the four channels, then the largest shoulders of either kind, shape (6, n_window)."""
    kinds = [np.fmax.reduce(np.where(shoulders == n, shares, np.nan)) for n in (1, 2)]
    return np.concatenate((shares, kinds))


def noise_floor(shares: Floats, settings: SangerSettings) -> float:
    """Return the `noise_floor_quantile` of the largest secondary share over the usable bases."""
    measured = measured_bases(shares)
    if not measured.any():
        return float("nan")
    largest = np.nanmax(shares[:, measured], axis=0)
    return float(np.quantile(largest, settings.noise_floor_quantile))
