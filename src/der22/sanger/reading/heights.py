"""PeakHeights of the four bases under every peak, two ways, and the share of each alternative.

METHOD: deconvolution removes what neighbours pour into a peak but invents small peaks where the
shape is not Gaussian; a local maximum cannot be invented but carries the neighbours' tails. The
smaller of both has fewer false alternatives than either (semi-synthetic dilution of real traces).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from der22.arrays import Floats, Ints, Mask
from der22.sanger.arrays import rolling_median, segment_bounds
from der22.sanger.settings import SangerSettings

__all__ = [
    "PeakHeights",
    "count_beside",
    "deconvolve",
    "fit_sigmas",
    "flat_peaks",
    "local_maxima",
    "measure_heights",
    "share_of_alternatives",
]

#: peaks three apart do not touch each other
_COLOURS = 3


@dataclass(frozen=True, slots=True)
class PeakHeights:
    """PeakHeights under every peak, above the background of the read.

    Attributes:
        above: of A, C, G, T, shape (4, n_peaks), never negative.
        floor: background taken off each, as a share of the peaks around, shape (4, n_peaks).
    """

    above: Floats
    floor: Floats


def measure_heights(
    channels: Floats, positions: Ints, bases: Ints, settings: SangerSettings
) -> PeakHeights:
    """Measure the height of A, C, G, T under every peak.

    Args:
        channels: shape (4, n_points), baseline taken off.
        positions: scan of every peak, ascending, shape (n_peaks,).
        bases: called base of every peak, 0-3.
        settings: thresholds in force.
    """
    sigmas = fit_sigmas(channels, positions, bases, settings)
    fitted = deconvolve(channels, positions, sigmas, settings)
    highest = local_maxima(channels, positions)
    called = bases[None, :] == np.arange(4)[:, None]
    beside = count_beside(bases) > 0
    # METHOD: a change of one base is a peak above what the channel shows at all the bases around.
    # What is there at half of them, even or drifting, is background of the read and no base.
    levels = [_background(one, called | beside, settings) for one in (fitted, highest)]
    fitted, highest = (
        np.maximum(one - level, 0.0) for one, level in zip((fitted, highest), levels, strict=True)
    )
    heights = np.minimum(fitted, highest)
    # METHOD: beside a peak of its own base a true secondary peak is a shoulder without a maximum.
    # Without this c.763G>A (E255K) cannot be seen on the reverse strand: T beside T in the tail.
    shoulders = settings.shoulder_factor * np.maximum(
        fitted - _leak(fitted, called, settings.leak_bin), 0.0
    )
    heights = np.where(beside & ~called, np.maximum(heights, shoulders), heights)
    heights = np.where(called & beside & (highest == 0), fitted, heights)
    primary = rolling_median(heights.max(axis=0), settings.median_window)
    return PeakHeights(heights, np.minimum(*levels) / np.where(primary > 0, primary, np.inf))


def _background(heights: Floats, is_called: Mask, settings: SangerSettings) -> Floats:
    """Return the local median of each channel over peaks that are not its own, shape (4, n_peaks).

    Args:
        heights: shape (4, n_peaks).
        is_called: where the peak, or one beside it, is called as the channel's base.
        settings: thresholds in force.
    """
    n_peaks, reach = heights.shape[1], settings.floor_window
    others = np.where(is_called, np.nan, heights)
    padded = np.pad(others, ((0, 0), (reach, reach)), constant_values=np.nan)
    knots = np.arange(0, n_peaks, max(reach // 2, 1))
    windows = np.sort(padded[:, knots[:, None] + np.arange(2 * reach + 1)], axis=2)  # NaN last
    count = np.count_nonzero(~np.isnan(windows), axis=2)
    low = np.take_along_axis(windows, np.maximum(count - 1, 0)[:, :, None] // 2, axis=2)[:, :, 0]
    high = np.take_along_axis(windows, count[:, :, None] // 2, axis=2)[:, :, 0]
    medians = np.where(count > 0, (low + high) / 2.0, 0.0)
    return np.stack([np.interp(np.arange(n_peaks), knots, row) for row in medians])


def flat_peaks(channels: Floats, positions: Ints, bases: Ints, settings: SangerSettings) -> Mask:
    """Return the called peaks whose top is flat: the camera was at its end, shape (n_peaks,).

    METHOD: a Gaussian of eight scans stays within one percent of its top for three scans. A longer
    plateau is a cut top where it lies at the highest value of its channel, or where no neighbour of
    the same base can have filled a gap.

    Args:
        channels: as the file holds them, shape (4, n_points).
        positions: scan of every peak, ascending.
        bases: called base of every peak, 0-3.
        settings: thresholds in force.
    """
    if not positions.size:
        return np.zeros(0, dtype=np.bool_)
    reach = np.arange(-settings.offscale_reach, settings.offscale_reach + 1)
    scans = np.clip(positions[:, None] + reach, 0, channels.shape[1] - 1)
    around = channels[bases[:, None], scans]
    top = around.max(axis=1)
    is_high = around >= (1.0 - settings.offscale_tolerance) * top[:, None]
    run = np.zeros(positions.size, dtype=np.int64)
    longest = run.copy()
    for column in is_high.T:
        run = np.where(column, run + 1, 0)
        longest = np.maximum(longest, run)
    at_end = top >= (1.0 - settings.offscale_tolerance) * channels.max(axis=1)[bases]
    alone = count_beside(bases)[bases, np.arange(bases.size)] == 0
    is_cut = (at_end & (longest > settings.offscale_scans)) | (
        alone & (longest > settings.offscale_scans_beside)
    )
    flat: Mask = is_cut & (top > 0)
    return flat


def count_beside(bases: Ints) -> Ints:
    """Return how many neighbours of a peak are called as each base, 0 to 2, shape (4, n_peaks)."""
    called = (bases[None, :] == np.arange(4)[:, None]).astype(np.int64)
    beside = np.zeros_like(called)
    beside[:, 1:] += called[:, :-1]
    beside[:, :-1] += called[:, 1:]
    counts: Ints = beside
    return counts


def _leak(fitted: Floats, called: Mask, n_in_bin: int) -> Floats:
    """Return what called peaks pour into the same channel of the peaks beside them.

    METHOD: real peaks have tails a Gaussian has not, and the rest is taken for a secondary peak of
    the neighbour's base. The read itself tells how much: the median, along the read, of the height
    under peaks that have one neighbour of that base, as a share of that neighbour. True variants
    are too few to move a median.

    Args:
        fitted: deconvolved heights, shape (4, n_peaks).
        called: which of the four each peak is called as, same shape.
        n_in_bin: peaks of which a median is taken.
    """
    leak = np.zeros_like(fitted)
    n_peaks = fitted.shape[1]
    index = np.arange(1, n_peaks - 1)
    mine, before, after = called[:, 1:-1], called[:, :-2], called[:, 2:]
    for has, other, step in ((before, after, -1), (after, before, 1)):
        channel, at = np.nonzero(has & ~other & ~mine)
        source = fitted[channel, at + 1 + step]
        ratio = fitted[channel, at + 1] / np.where(source > 0, source, np.inf)
        bins = at.size // n_in_bin
        if not bins:
            continue
        order = np.argsort(index[at], kind="stable")
        centres = [part.mean(axis=1) for part in _even_parts(index[at][order], bins)]
        middles = [np.median(part, axis=1) for part in _even_parts(ratio[order], bins)]
        # medians of bins along the read, joined by straight lines
        share = np.interp(np.arange(n_peaks), np.concatenate(centres), np.concatenate(middles))
        leak[:, 1:-1] += np.where(has, share[1:-1] * fitted[:, 1 + step : n_peaks - 1 + step], 0.0)
    return leak


def _even_parts(values: NDArray[Any], n_parts: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return `values` cut as by ``numpy.array_split``: the longer parts, then the shorter ones.

    Args:
        values: shape (n,).
        n_parts: at most n.

    Returns:
        Shapes (n % n_parts, n // n_parts + 1) and (the rest of the parts, n // n_parts).
    """
    size, n_longer = divmod(values.size, n_parts)
    end = n_longer * (size + 1)
    return values[:end].reshape(n_longer, size + 1), values[end:].reshape(-1, size)


def fit_sigmas(channels: Floats, positions: Ints, bases: Ints, settings: SangerSettings) -> Floats:
    """Return the peak width at every peak, in scans: a parabola along the read.

    Taken from isolated primary peaks (neighbours of another base), from the height three scans off
    the top of a Gaussian; medians of 40 peaks keep single odd peaks out.
    """
    n_points, off_top = channels.shape[1], settings.sigma_off_top
    index = np.arange(1, positions.size - 1)
    alone = (bases[1:-1] != bases[:-2]) & (bases[1:-1] != bases[2:])
    inside = (positions[1:-1] > off_top + 2) & (positions[1:-1] < n_points - off_top - 3)
    index = index[alone & inside]
    if index.size < settings.sigma_bin:
        return np.full(positions.size, settings.sigma_default)
    around = positions[index, None] + np.arange(-2, 3)
    own = bases[index]
    top_at = around[np.arange(index.size), channels[own[:, None], around].argmax(axis=1)]
    top = channels[own, top_at]
    off = (channels[own, top_at - off_top] + channels[own, top_at + off_top]) / 2.0
    good = (off > settings.sigma_foot * top) & (off < settings.sigma_head * top)
    sigmas = off_top / np.sqrt(2.0 * np.log(top[good] / off[good]))
    index = index[good]
    if index.size < settings.sigma_bin // 2:
        return np.full(positions.size, settings.sigma_default)
    bins = max(index.size // settings.sigma_bin, 1)
    centres = np.array([part.mean() for part in np.array_split(index, bins)])
    middles = np.array([np.median(part) for part in np.array_split(sigmas, bins)])
    powers = np.vander(centres / positions.size, min(3, bins))
    coefficients = np.linalg.lstsq(powers, middles, rcond=None)[0]
    fitted = np.polyval(coefficients, np.arange(positions.size) / positions.size)
    return np.clip(fitted, settings.sigma_least, settings.sigma_most)


def deconvolve(
    channels: Floats, positions: Ints, sigmas: Floats, settings: SangerSettings
) -> Floats:
    """Return non-negative heights of one Gaussian per peak and channel, least squares.

    The normal matrix is banded (a peak touches two neighbours on either side), so peaks three
    apart do not interact and coordinate descent moves a third of them at once.

    Args:
        channels: shape (4, n_points).
        positions: scan of every peak, shape (n_peaks,).
        sigmas: width of every peak, shape (n_peaks,).
        settings: thresholds in force.

    Returns:
        Shape (4, n_peaks).
    """
    reach = int(np.ceil(settings.sigma_reach * sigmas.max()))
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-(offsets**2) / (2.0 * sigmas[:, None] ** 2))
    padded = np.pad(channels, ((0, 0), (reach, reach)))
    seen = padded[:, positions[:, None] + (offsets + reach)]
    target = np.einsum("cpo,po->cp", seen, weights)
    own = np.einsum("po,po->p", weights, weights)
    first, second = _overlap(positions, sigmas, 1), _overlap(positions, sigmas, 2)
    # Coordinate descent, never below zero, three interleaved thirds of the peaks in turn.
    n_peaks = target.shape[1]
    room = -n_peaks % _COLOURS
    n_rows = (n_peaks + room) // _COLOURS
    # Two peaks of padding in front keep the neighbours' indices inside the array.
    target = np.pad(target, ((0, 0), (0, room))) / np.pad(own, (0, room), constant_values=1.0)
    inverse = 1.0 / np.pad(own, (0, room), constant_values=1.0)
    after = [np.pad(band, (0, room)) * inverse for band in (first, second)]
    before = [
        np.concatenate((np.zeros(k), np.pad(band, (0, room))[:-k])) * inverse
        for k, band in ((1, first), (2, second))
    ]
    heights = np.zeros((4, n_peaks + room + 4))
    heights[:, 2:-2] = np.maximum(target, 0.0)
    parts = [slice(colour, None, _COLOURS) for colour in range(_COLOURS)]
    around = [
        [
            (band[part], slice(2 + colour + k, 2 + colour + k + 3 * (n_rows - 1) + 1, 3))
            for band, k in ((before[0], -1), (before[1], -2), (after[0], 1), (after[1], 2))
        ]
        for colour, part in enumerate(parts)
    ]
    for _ in range(settings.deconvolution_sweeps):
        for colour, part in enumerate(parts):
            value = target[:, part].copy()
            for band, at in around[colour]:
                value -= band * heights[:, at]
            np.maximum(value, 0.0, out=value)
            heights[:, 2 + colour : 2 + colour + 3 * (n_rows - 1) + 1 : 3] = value
    return heights[:, 2 : 2 + n_peaks]


def _overlap(positions: Ints, sigmas: Floats, apart: int) -> Floats:
    """Return the product integral of each peak with the one `apart` places on, shape (n_peaks,)."""
    overlap = np.zeros(positions.size)
    if positions.size > apart:
        distance = positions[apart:] - positions[:-apart]
        squares = sigmas[apart:] ** 2 + sigmas[:-apart] ** 2
        product = sigmas[apart:] * sigmas[:-apart]
        overlap[:-apart] = (
            np.sqrt(2.0 * np.pi / squares) * product * np.exp(-(distance**2) / (2.0 * squares))
        )
    return overlap


def local_maxima(channels: Floats, positions: Ints) -> Floats:
    """Return the highest true local maximum of each channel in each peak's own stretch.

    A stretch ends half way to the neighbouring peaks; 0 where a channel has no maximum in it. A
    flat top (a saturated or rounded peak) counts once, at its first scan.

    Returns:
        Shape (4, n_peaks).
    """
    n_points = channels.shape[1]
    slope = np.sign(np.diff(channels, axis=1))
    scans = np.arange(slope.shape[1])
    latest = np.maximum.accumulate(np.where(slope != 0, scans, 0), axis=1)
    rising_into = np.take_along_axis(slope, latest, axis=1)
    # A top at scan i: the last movement before i went up, the next movement goes down.
    falls = np.flatnonzero(slope.ravel() < 0)
    tops = np.zeros_like(channels)
    row, at = np.divmod(falls, slope.shape[1])
    inner = at > 0
    row, at = row[inner], at[inner]
    is_top = rising_into[row, at - 1] > 0
    tops[row[is_top], at[is_top]] = channels[row[is_top], at[is_top]]
    bounds = np.clip(segment_bounds(positions, n_points), 0, n_points)
    highest = np.maximum.reduceat(np.pad(tops, ((0, 0), (0, 1))), bounds, axis=1)[:, :-1]
    return np.where(np.diff(bounds) > 0, highest, 0.0)


def share_of_alternatives(heights: Floats, reference: Ints, settings: SangerSettings) -> Floats:
    """Return each alternative's share of the reference and all alternatives above noise.

    METHOD: one denominator for all alternatives of a base, else two of them inflate each other. A
    base of noise is not counted: a pure mutant makes no variants of the noise of third bases.

    Args:
        heights: shape (4, n), reference orientation, NaN where a base has no peak.
        reference: base of the reference, 0-3, shape (n,).
        settings: thresholds in force.

    Returns:
        Shape (4, n), NaN at the reference base and without peaks.
    """
    at = np.arange(reference.size)
    own = heights[reference, at]
    others = heights.copy()
    others[reference, at] = -1.0
    strongest = others.max(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        is_counted = others >= settings.counted_share * (own + strongest)
        is_counted |= others == strongest
        whole = own + np.where(is_counted & (others > 0), others, 0.0).sum(axis=0)
        shares: Floats = np.where(whole > 0, others / whole, np.nan)
    shares[reference, at] = np.nan
    return shares
