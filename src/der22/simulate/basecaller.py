"""Base calls and Phred qualities from four channels alone, as sequencer software makes them.

It knows nothing of the templates: a mixed position is called either way, and where the product has
ended it goes on calling background with low quality.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from der22.arrays import Floats, Ints
from der22.formats.trace import BASES

__all__ = ["BaseCalls", "call_channels"]


_USUAL_SPACING = 12.0
_SPACING_WINDOW = 41
_HIGHEST_QUALITY, _LOWEST_QUALITY, _SOFT_FROM = 62, 3, 12.0
#: below this quality the letter is N
_N_BELOW = 5


@dataclass(frozen=True, slots=True)
class BaseCalls:
    """Calls of one read.

    Attributes:
        letters: A, C, G, T or N.
        positions: (n,) points, strictly rising.
        qualities: (n,) Phred.
    """

    letters: str
    positions: Ints
    qualities: Ints


def call_channels(channels: NDArray[np.int16]) -> BaseCalls:
    """Call the bases of a processed trace.

    Args:
        channels: (4, points) in the order A, C, G, T.

    Returns:
        The calls; empty when the trace has no peak at all.
    """
    signal = channels.astype(np.float64)
    # candidates: points where the highest channel has a local maximum
    points = np.arange(1, signal.shape[1] - 1)
    top = signal.argmax(axis=0)[points]
    here = signal[top, points]
    peak = (here > signal[top, points - 1]) & (here >= signal[top, points + 1]) & (here > 0)
    if peak.sum() < 2:
        nothing = np.zeros(0, dtype=np.int64)
        return BaseCalls("", nothing, nothing)
    # of two candidates that stand closer than half a base the lower one is dropped
    kept: list[int] = []
    tops: list[float] = []
    for point, height in zip(points[peak].tolist(), here[peak].tolist(), strict=True):
        if not kept or point - kept[-1] >= 0.5 * _USUAL_SPACING:
            kept.append(point)
            tops.append(height)
        elif height > tops[-1]:
            kept[-1], tops[-1] = point, height
    # wide gaps are filled with evenly spread calls, peaks that come too early are thinned out
    gaps = np.diff(np.array(kept))
    spacing = _running_median(gaps.astype(np.float64), _SPACING_WINDOW)
    spacing = np.clip(spacing, 0.8 * _USUAL_SPACING, 1.3 * _USUAL_SPACING)
    filled = [np.array(kept[:1])]
    for start, gap, step in zip(kept[:-1], gaps.tolist(), spacing.tolist(), strict=True):
        count = max(1, round(gap / step))
        filled.append(start + np.rint(gap * np.arange(1, count + 1) / count).astype(np.int64))
    positions = np.concatenate(filled)
    heights = signal[:, positions]
    called = heights.argmax(axis=0)
    qualities = _qualities(positions, heights, called, signal)
    letters = np.array(list(BASES))[called]
    letters[qualities < _N_BELOW] = "N"
    return BaseCalls("".join(letters), positions, qualities)


def _running_median(values: Floats, window: int) -> Floats:
    medians: Floats = np.median(_windows(values, min(window, values.size) // 2 * 2 + 1), axis=1)
    return medians[: values.size]


def _qualities(positions: Ints, heights: Floats, called: Ints, signal: Floats) -> Ints:
    """Return Phred qualities from what makes a call doubtful.

    METHOD: the features of phred (Ewing and Green, Genome Res 1998;8:186): uncalled to called peak
    ratio in a window of 3 and of 7, irregular spacing in a window of 7, and how far neighbouring
    peaks run together; weighed so that clean 3730 peaks reach 62 and the first 20 bases stay below
    20, as in public reads.
    """
    n = positions.size
    primary = heights[called, np.arange(n)]
    others = np.sort(heights, axis=0)[2]
    local = _running_median(primary, 21)
    ratio = others / np.maximum(0.7 * primary + 0.3 * local, 1.0)
    gaps = np.diff(positions, prepend=positions[0] - _USUAL_SPACING)
    odd = np.abs(gaps - _USUAL_SPACING) / _USUAL_SPACING
    valley = np.ones(n)
    middle = (positions[1:] + positions[:-1]) // 2
    valley[1:] = signal[:, middle].max(axis=0) / np.maximum(
        np.minimum(primary[1:], primary[:-1]), 1.0
    )
    faint = np.minimum(30.0 / np.maximum(local, 1.0), 1.0)
    doubt = (
        55.0 * ratio
        + 18.0 * _windows(ratio, 3).max(axis=1)
        + 25.0 * _windows(odd, 7).mean(axis=1)
        + 14.0 * np.clip(_windows(valley, 7).mean(axis=1) - 0.35, 0.0, 1.0)
        + 20.0 * _windows(ratio, 7).mean(axis=1)
        + 22.0 * faint
    )
    quality = _HIGHEST_QUALITY + 4.0 - doubt
    # doubt has no upper end, quality has a lower one
    soft = np.where(quality < _SOFT_FROM, _SOFT_FROM * np.exp((quality - _SOFT_FROM) / 40), quality)
    phred: Ints = np.clip(np.rint(soft), _LOWEST_QUALITY, _HIGHEST_QUALITY).astype(np.int64)
    return phred


def _windows(values: Floats, width: int) -> Floats:
    """Return the window around each value, (n, odd `width`); the ends are repeated."""
    padded = np.pad(values, width // 2, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, width)
