"""Peaks of a dye channel: where, how high, how wide, how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from der22.arrays import Floats, Ints
from der22.mlpa.settings import MlpaSettings

__all__ = ["Peaks", "find_peaks"]

#: keeps a quotient of two equal numbers finite
_TINY = float(np.sqrt(np.finfo(np.float64).eps))


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


def find_peaks(signal: Floats, smoothed: Floats, minimum: float, settings: MlpaSettings) -> Peaks:
    """Return the peaks whose smoothed height and prominence reach `minimum`.

    Args:
        signal: one channel over its baseline, shape (n_scans,), RFU.
        smoothed: the same, lightly smoothed.
        minimum: RFU.
        settings: relative prominence, reach of widths and areas.
    """
    middle = smoothed[1:-1]
    is_top = (middle > smoothed[:-2]) & (middle >= smoothed[2:]) & (middle >= minimum)
    tops = np.flatnonzero(is_top) + 1
    if tops.size:
        valleys = np.minimum.reduceat(smoothed, tops)[:-1]
        # how far each top stands above the higher of its two saddles, from either side
        heights, ground = smoothed[tops].tolist(), valleys.tolist()
        left = _saddles(heights, ground)
        right = _saddles(heights[::-1], ground[::-1])[::-1]
        prominence = smoothed[tops] - np.maximum(left, right)
        least = np.maximum(minimum, settings.peak_min_prominence * smoothed[tops])
        tops = tops[prominence >= least]
    if tops.size == 0:
        empty = np.empty(0)
        return Peaks(empty, empty, empty, empty, np.empty(0, dtype=np.int64))
    around = np.clip(tops[:, None] + np.arange(-1, 2), 0, signal.size - 1)
    apex = around[np.arange(tops.size), signal[around].argmax(axis=1)]
    half, reach = signal[apex] / 2.0, settings.peak_width_reach_scans
    width = _half_distance(signal, apex, half, -np.arange(reach))
    width += _half_distance(signal, apex, half, np.arange(reach))
    scan, height = _interpolate_apex(signal, apex, width, settings)
    area = _areas(signal, smoothed, tops, settings.peak_area_reach_widths * width)
    return Peaks(scan, height, area, width, apex)


def _saddles(tops: list[float], valleys: list[float]) -> Floats:
    """Return the lowest valley on the way from each top back to the last higher one.

    Before the first top the ground is 0. One pass with a stack.
    """
    saddles = np.zeros(len(tops))
    stack: list[tuple[float, float]] = []  # (top, lowest valley between it and the top above it)
    for index, top in enumerate(tops):
        lowest = valleys[index - 1] if index else 0.0
        while stack and stack[-1][0] <= top:
            lowest = min(lowest, stack.pop()[1])
        saddles[index] = max(lowest, 0.0) if stack else 0.0
        stack.append((top, lowest))
    return saddles


def _half_distance(signal: Floats, apex: Ints, half: Floats, steps: Ints) -> Floats:
    """Return how many scans from the apex the signal falls below `half`, interpolated."""
    reach = np.clip(apex[:, None] + steps, 0, signal.size - 1)
    below = signal[reach] < half[:, None]
    first = np.where(below.any(axis=1), below.argmax(axis=1), steps.size - 1)
    rows = np.arange(apex.size)
    inner = signal[reach[rows, np.maximum(first - 1, 0)]]
    outer = signal[reach[rows, first]]
    drop = np.maximum(inner - outer, _TINY)
    return np.asarray(first - 1 + np.clip((inner - half) / drop, 0.0, 1.0))


def _interpolate_apex(
    signal: Floats, apex: Ints, width: Floats, settings: MlpaSettings
) -> tuple[Floats, Floats]:
    """Return apex scan and height by a parabola through three samples of the logarithm.

    METHOD: a Gaussian peak is a parabola in its logarithm, so the fit is exact whatever the
    distance of the samples; a share of the width keeps the noise of broad peaks small. The
    highest sample alone would lose up to 4 % of a peak only four scans wide.
    """
    step = np.rint(settings.apex_step_widths * width)
    step = np.clip(step, 1, settings.apex_step_max_scans).astype(np.int64)
    step = np.minimum(step, np.minimum(apex, signal.size - 1 - apex))
    left, middle, right = signal[apex - step], signal[apex], signal[apex + step]
    usable = (step > 0) & (np.minimum(left, right) > 0.0)
    safe = np.where(usable, step, 1)
    log_left = np.log(np.where(usable, left, 1.0))
    log_middle = np.log(np.maximum(middle, _TINY))
    log_right = np.log(np.where(usable, right, 1.0))
    curvature = log_left - 2.0 * log_middle + log_right
    usable &= curvature < -_TINY
    slope = (log_right - log_left) / 2.0
    shift = np.where(usable, -slope / np.where(usable, curvature, -1.0), 0.0)
    shift = np.clip(shift, -1.0, 1.0)
    height = np.where(
        usable, np.exp(log_middle + slope * shift + 0.5 * curvature * shift**2), middle
    )
    return apex + shift * safe, height


def _areas(signal: Floats, smoothed: Floats, tops: Ints, farthest: Floats) -> Floats:
    """Return the sums over baseline between the valleys, `farthest` scans away at most."""
    reach = np.ceil(farthest).astype(np.int64)
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
