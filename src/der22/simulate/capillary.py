"""The capillary: dye amounts become four channels over time, processed and raw.

Time is in points of the processed trace. Peaks sit 12 points apart and are narrowest near base 300.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from der22.arrays import Floats
from der22.simulate.chemistry import Amounts, ReadConditions, RunChemistry

__all__ = ["FIRST_SCAN", "Chromatogram", "run_capillary"]

Counts = NDArray[np.int16]

#: points between neighbouring peaks
_SPACING = 12.0
#: scan of the raw trace at which the first peak arrives
FIRST_SCAN = 1800

# METHOD: sigma of isolated peaks by base number, median of public 3730 reads.
_WIDTH_AT = (50.0, 150.0, 300.0, 450.0, 600.0, 800.0, 1000.0)
_WIDTH = (4.1, 3.0, 2.75, 3.65, 4.1, 5.4, 6.7)
#: a peak falls a little slower than it rises
_RISE, _FALL = 0.97, 1.04
#: sd of the distance of background peaks from the next call, points
_ELSEWHERE = 3.2
_REACH = 20
_MARGIN = 30
_SCANS_PER_POINT = 1.15
#: overlap of the dyes' spectra before correction, rows dye, columns detector, order A C G T
_SPECTRA = np.array(
    [[1.0, 0.03, 0.30, 0.12], [0.02, 1.0, 0.01, 0.25], [0.35, 0.02, 1.0, 0.05],
     [0.10, 0.30, 0.03, 1.0]]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chromatogram:
    """Four channels in the order A, C, G, T.

    Attributes:
        processed: (4, points), after colour separation and baseline, never below 0.
        raw: (4, scans), as the camera saw it.
        peak_at: (n,) true place of each fragment length in the processed trace.
    """

    processed: Counts
    raw: Counts
    peak_at: Floats


def run_capillary(
    amounts: Amounts, run: RunChemistry, conditions: ReadConditions, rng: np.random.Generator
) -> Chromatogram:
    """Separate the fragments and record them.

    Args:
        amounts: dye by fragment length.
        run: mobility shift, bleed and floor of the run.
        conditions: of the read; blob and blankness are used here.
        rng: the read's own randomness.
    """
    n = amounts.normal.size
    row = np.arange(n, dtype=np.float64)
    width = np.interp(row + 1.0, _WIDTH_AT, _WIDTH) * np.exp(0.04 * rng.standard_normal())
    jitter = (0.45 + 1.6 * np.exp(-row / 12.0)) * rng.standard_normal(n)
    wander = 5.0 * np.sin(row / 140.0 + rng.uniform(0.0, 2 * np.pi))
    peak_at = _MARGIN + _SPACING * row + wander + jitter
    shift = run.mobility[None, :] * np.exp(-row / 60.0)[:, None]
    n_points = int(peak_at[-1]) + _MARGIN
    channels = _render(amounts.product, peak_at[:, None] + shift, width, n_points)
    # background is made of other fragments: near the peaks, not under them
    elsewhere = peak_at[:, None] + shift + _ELSEWHERE * rng.standard_normal((n, 4))
    channels += _render(amounts.background, elsewhere, width, n_points)
    points = np.arange(n_points)
    normal = np.interp(points, peak_at, amounts.normal)
    channels = run.bleed.T @ channels
    # the slow baseline of each channel as a share of a normal peak, never below 0
    knots = np.arange(0, points[-1] + 60, 40)
    baseline = np.abs(0.005 * rng.standard_normal((4, knots.size)))
    channels += np.stack([np.interp(points, knots, values) for values in baseline]) * normal
    # left-over dye terminators: broad C and T peaks at bases 70 to 118, two reads of three
    present = rng.random() < 2 / 3
    drawn = rng.uniform(0.0, 0.6, 2) * present
    centres = _MARGIN + _SPACING * np.array([rng.uniform(78.0, 90.0), rng.uniform(94.0, 108.0)])
    spread = _SPACING * rng.uniform(4.0, 7.0, 2)
    heights = drawn if conditions.blob is None else np.full(2, conditions.blob)
    for channel, centre, sigma, height in zip((1, 3), centres, spread, heights, strict=True):
        channels[channel] += height * normal * np.exp(-0.5 * ((points - centre) / sigma) ** 2)
    # bubbles: two points wide, in all four channels, 0.8 per read on average
    for _ in range(int(rng.poisson(0.8))):
        middle = int(rng.integers(60, n_points - 60))
        tops = rng.uniform(0.2, 1.0) * normal[middle] * rng.uniform(0.5, 1.0, 4)
        near = np.arange(middle - 6, middle + 7)
        channels[:, near] += tops[:, None] * np.exp(-0.5 * ((near - middle) / 1.2) ** 2)
    # smoothed camera noise on what the baseline correction leaves of the background; in a blank
    # capillary there is no peak to correct by, and more of it stays
    left = 2.0 if conditions.signal > 0 else 7.0
    white = rng.standard_normal((4, n_points + 4))
    noise = np.lib.stride_tricks.sliding_window_view(white, 5, axis=1).mean(axis=2)
    processed = channels - run.floor * normal + (left + 4.0 * noise)
    return Chromatogram(
        processed=_counts(np.maximum(processed, 0.0)),
        raw=_raw(channels, rng),
        peak_at=peak_at,
    )


def _render(amounts: Floats, centre: Floats, width: Floats, n_points: int) -> Floats:
    """Return (4, n_points): one slightly skewed Gaussian per fragment length and dye."""
    base = np.floor(centre).astype(np.int64)
    offset = np.arange(-_REACH, _REACH + 1)
    distance = offset[None, None, :] - (centre - base)[:, :, None]
    sides = np.where(distance < 0.0, _RISE, _FALL) * width[:, None, None]
    heights = amounts[:, :, None] * np.exp(-0.5 * (distance / sides) ** 2)
    place = base[:, :, None] + offset[None, None, :]
    place = np.clip(place, 0, n_points - 1) + n_points * np.arange(4)[None, :, None]
    flat: Floats = np.bincount(place.ravel(), heights.ravel(), minlength=4 * n_points).astype(
        np.float64
    )
    return flat.reshape(4, n_points)


def _raw(channels: Floats, rng: np.random.Generator) -> Counts:
    """Return what the camera saw: overlapping spectra, an offset, a primer front, more scans."""
    n_points = channels.shape[1]
    scans = np.arange(FIRST_SCAN + int(n_points * _SCANS_PER_POINT) + 400)
    points = (scans - FIRST_SCAN) / _SCANS_PER_POINT
    seen = _SPECTRA.T @ channels
    front = 900.0 * np.exp(-0.5 * ((scans - FIRST_SCAN + 60) / 25.0) ** 2)
    offset = rng.uniform(80.0, 160.0, 4)
    drift = 30.0 * np.sin(scans / 4000.0)
    noise = 4.0 * rng.standard_normal((4, scans.size))
    signal = np.stack([np.interp(points, np.arange(n_points), one, 0.0, 0.0) for one in seen])
    return _counts(signal + front + offset[:, None] + drift + noise)


def _counts(values: Floats) -> Counts:
    return np.clip(np.rint(values), -32768, 32767).astype(np.int16)
