"""Peaks that are not products: spikes and pull-up; and peaks that are cut off: off-scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from der22.arrays import Floats, Mask
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.peaks import Peaks

__all__ = ["find_offscale", "find_pullup", "find_spikes"]


def find_spikes(channels: Sequence[Peaks], settings: MlpaSettings) -> list[Mask]:
    """Return which peaks of each channel are spikes.

    METHOD: light from an air bubble or dust falls on all dyes for one to three scans. A spike is
    narrower than `spike_width_ratio` of the median width of the run around it and has such narrow
    company in at least three channels within two scans.
    """
    scan = np.concatenate([peaks.scan for peaks in channels])
    width = np.concatenate([peaks.width for peaks in channels])
    order = np.argsort(scan, kind="stable")
    scan, width = scan[order], width[order]
    n_around = min(settings.spike_window_peaks, scan.size)
    narrow = []
    for peaks in channels:
        if scan.size <= 4 or len(peaks) == 0:
            narrow.append(np.zeros(len(peaks), dtype=np.bool_))
            continue
        # peaks get wider along a run, by half on long ones
        low = np.searchsorted(scan, peaks.scan) - settings.spike_window_peaks // 2
        low = np.clip(low, 0, max(scan.size - settings.spike_window_peaks, 0))
        around = np.minimum(low[:, None] + np.arange(n_around), scan.size - 1)
        typical = np.median(width[around], axis=1)
        narrow.append(peaks.width < settings.spike_width_ratio * typical)
    spikes = []
    for peaks, is_narrow in zip(channels, narrow, strict=True):
        seen_in = np.zeros(len(peaks), dtype=np.int64)
        for other, other_narrow in zip(channels, narrow, strict=True):
            place = other.scan[other_narrow]
            seen_in += _has_neighbour(peaks.scan, place, settings.coincidence_scans)
        spikes.append(is_narrow & (seen_in >= settings.spike_min_channels))
    return spikes


def _has_neighbour(scan: Floats, other: Floats, reach: float) -> Mask:
    if other.size == 0:
        return np.zeros(scan.size, dtype=np.bool_)
    at = np.clip(np.searchsorted(other, scan), 1, max(other.size - 1, 1))
    left = np.abs(scan - other[at - 1])
    right = np.abs(scan - other[np.minimum(at, other.size - 1)])
    return np.asarray(np.minimum(left, right) <= reach)


def find_pullup(
    channels: Sequence[Peaks],
    spikes: Sequence[Mask],
    offscale: Sequence[Mask],
    settings: MlpaSettings,
) -> list[Mask]:
    """Return which peaks of each channel are pull-up: small under a tall peak of another dye.

    METHOD: a saturated peak is cut off, so what it bleeds into the other dyes may be far more than
    `pullup_ratio` of what is left of it; there `saturated_pullup_ratio` is the limit.
    """
    result = []
    for index, peaks in enumerate(channels):
        is_pullup = np.zeros(len(peaks), dtype=np.bool_)
        for other_index, other in enumerate(channels):
            if other_index != index and len(other):
                firm = ~spikes[other_index]
                cut = offscale[other_index]
                reach = settings.coincidence_scans
                is_pullup |= _is_under(peaks, other.take(firm), settings.pullup_ratio, reach)
                saturated = other.take(firm & cut)
                is_pullup |= _is_under(peaks, saturated, settings.saturated_pullup_ratio, reach)
        result.append(is_pullup & ~spikes[index])
    return result


def _is_under(peaks: Peaks, other: Peaks, ratio: float, reach: float) -> Mask:
    if len(other) == 0:
        return np.zeros(len(peaks), dtype=np.bool_)
    under = np.zeros(len(peaks), dtype=np.bool_)
    at = np.searchsorted(other.scan, peaks.scan)
    for shift in (-1, 0):
        near = np.clip(at + shift, 0, len(other) - 1)
        close = np.abs(other.scan[near] - peaks.scan) <= reach
        under |= close & (peaks.height <= ratio * other.height[near])
    return under


def find_offscale(peaks: Peaks, offscale_scans: Mask, reach_scans: int) -> Mask:
    """Return which peaks hold a saturated scan within so many scans of their apex."""
    if len(peaks) == 0:
        return np.zeros(0, dtype=np.bool_)
    total = np.concatenate([[0], np.cumsum(offscale_scans)])
    first = np.clip(peaks.apex - reach_scans, 0, offscale_scans.size)
    last = np.clip(peaks.apex + reach_scans + 1, 0, offscale_scans.size)
    return np.asarray(total[last] > total[first])
