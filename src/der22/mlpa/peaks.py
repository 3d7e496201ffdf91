"""Peaks of a dye channel: where, how high, how wide, how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from der22.arrays import Floats, Ints

__all__ = ["Peaks", "find_peaks"]


_RELATIVE_PROMINENCE = 0.03  # ripple on the top of a tall peak is not a peak
_WIDTH_REACH = 48  # scans looked at on each side; twice the widest peak of a 3100
_AREA_REACH_WIDTHS = 3.0


@dataclass(frozen=True, slots=True)
class Peaks:
    """The peaks of one channel, ascending in scan; every array has shape (n,).

    Attributes:
        scan: interpolated apex, scans from 0.
        height: over baseline at the interpolated apex, unsmoothed, RFU.
        area: sum over baseline between the valleys, RFU x scans.
        width: full width at half height, scans.
        apex: sample nearest the apex, scan number.
    """

    scan: Floats
    height: Floats
    area: Floats
    width: Floats
    apex: Ints

    def __len__(self) -> int:
        return int(self.scan.size)

    def take(self, index: NDArray[np.generic]) -> Peaks:
        """Return the peaks at `index` (positions or a mask)."""
        return Peaks(
            self.scan[index], self.height[index], self.area[index], self.width[index],
            self.apex[index],
        )  # fmt: skip


def find_peaks(signal: Floats, smoothed: Floats, minimum: float) -> Peaks:
    """Return the peaks whose smoothed height and prominence reach `minimum`.

    Args:
        signal: one channel over its baseline, shape (n_scans,), RFU.
        smoothed: the same, lightly smoothed.
        minimum: RFU.
    """
    tops = _local_maxima(smoothed, minimum)
    if tops.size == 0:
        empty = np.empty(0)
        return Peaks(empty, empty, empty, empty, np.empty(0, dtype=np.int64))
    valleys = np.minimum.reduceat(smoothed, tops)[:-1]
    prominence = _prominences(smoothed[tops], valleys)
    keep = prominence >= np.maximum(minimum, _RELATIVE_PROMINENCE * smoothed[tops])
    tops = tops[keep]
    if tops.size == 0:
        return find_peaks(signal[:0], smoothed[:0], minimum)
    apex = _raw_apex(signal, tops)
    width = _half_height_widths(signal, apex)
    scan, height = _interpolate_apex(signal, apex, width)
    area = _areas(signal, smoothed, tops, width)
    return Peaks(scan, height, area, width, apex)


def _local_maxima(smoothed: Floats, minimum: float) -> Ints:
    if smoothed.size < 3:
        return np.empty(0, dtype=np.int64)
    middle = smoothed[1:-1]
    is_top = (middle > smoothed[:-2]) & (middle >= smoothed[2:]) & (middle >= minimum)
    return np.flatnonzero(is_top) + 1


def _prominences(tops: Floats, valleys: Floats) -> Floats:
    """Return how far each top stands above the higher of its two saddles.

    The saddle towards a side is the lowest valley on the way to the next higher top; beyond the
    first and last top the ground is 0. One pass with a stack from each side.
    """
    left = _saddles(tops.tolist(), valleys.tolist())
    right = _saddles(tops[::-1].tolist(), valleys[::-1].tolist())[::-1]
    return tops - np.maximum(left, right)


def _saddles(tops: list[float], valleys: list[float]) -> Floats:
    saddles = np.zeros(len(tops))
    stack: list[tuple[float, float]] = []  # (top, lowest valley between it and the top above it)
    for index, top in enumerate(tops):
        lowest = valleys[index - 1] if index else 0.0
        while stack and stack[-1][0] <= top:
            lowest = min(lowest, stack.pop()[1])
        saddles[index] = max(lowest, 0.0) if stack else 0.0
        stack.append((top, lowest))
    return saddles


def _raw_apex(signal: Floats, tops: Ints) -> Ints:
    around = np.clip(tops[:, None] + np.arange(-1, 2), 0, signal.size - 1)
    best = signal[around].argmax(axis=1)
    return np.asarray(around[np.arange(tops.size), best])


def _half_height_widths(signal: Floats, apex: Ints) -> Floats:
    half = signal[apex] / 2.0
    return _half_distance(signal, apex, half, -1) + _half_distance(signal, apex, half, 1)


def _half_distance(signal: Floats, apex: Ints, half: Floats, side: int) -> Floats:
    reach = np.clip(apex[:, None] + side * np.arange(_WIDTH_REACH), 0, signal.size - 1)
    below = signal[reach] < half[:, None]
    first = np.where(below.any(axis=1), below.argmax(axis=1), _WIDTH_REACH - 1)
    rows = np.arange(apex.size)
    inner = signal[reach[rows, np.maximum(first - 1, 0)]]
    outer = signal[reach[rows, first]]
    drop = np.maximum(inner - outer, 1e-9)
    return np.asarray(first - 1 + np.clip((inner - half) / drop, 0.0, 1.0))


def _interpolate_apex(signal: Floats, apex: Ints, width: Floats) -> tuple[Floats, Floats]:
    """Return apex scan and height by a parabola through three samples of the logarithm.

    METHOD: a Gaussian peak is a parabola in its logarithm, so the fit is exact whatever the
    distance of the samples; a quarter of the width keeps the noise of broad peaks small. The
    highest sample alone would lose up to 4 % of a peak only four scans wide.
    """
    step = np.clip(np.rint(width / 4.0), 1, 4).astype(np.int64)
    step = np.minimum(step, np.minimum(apex, signal.size - 1 - apex))
    left, middle, right = signal[apex - step], signal[apex], signal[apex + step]
    usable = (step > 0) & (np.minimum(left, right) > 0.0)
    safe = np.where(usable, step, 1)
    log_left = np.log(np.where(usable, left, 1.0))
    log_middle = np.log(np.maximum(middle, 1e-9))
    log_right = np.log(np.where(usable, right, 1.0))
    curvature = log_left - 2.0 * log_middle + log_right
    usable &= curvature < -1e-9
    slope = (log_right - log_left) / 2.0
    shift = np.where(usable, -slope / np.where(usable, curvature, -1.0), 0.0)
    shift = np.clip(shift, -1.0, 1.0)
    height = np.where(
        usable, np.exp(log_middle + slope * shift + 0.5 * curvature * shift**2), middle
    )
    return apex + shift * safe, height


def _areas(signal: Floats, smoothed: Floats, tops: Ints, width: Floats) -> Floats:
    reach = np.ceil(_AREA_REACH_WIDTHS * width).astype(np.int64)
    left = np.maximum(tops - reach, 0)
    right = np.minimum(tops + reach, signal.size - 1)
    for index in range(tops.size - 1):
        if right[index] >= left[index + 1]:
            first, last = int(tops[index]), int(tops[index + 1])
            valley = first + int(smoothed[first : last + 1].argmin())
            right[index] = min(right[index], valley)
            left[index + 1] = max(left[index + 1], valley)
    total = np.concatenate([[0.0], np.cumsum(signal)])
    return np.asarray(total[right + 1] - total[left])
