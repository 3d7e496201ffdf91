"""Peaks that are not products: spikes and pull-up; and peaks that are cut off: off-scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from der22.arrays import Floats, Mask
from der22.mlpa.peaks import Peaks
from der22.mlpa.settings import MlpaSettings

__all__ = ["find_offscale", "find_pullup", "find_spikes"]


_COINCIDENCE_SCANS = 2.0
_OFFSCALE_REACH_SCANS = 4
_SATURATED_RATIO = 0.5
_SPIKE_CHANNELS = 3  # of five; of four that is all but one


def find_spikes(channels: Sequence[Peaks], settings: MlpaSettings) -> list[Mask]:
    """Return which peaks of each channel are spikes.

    METHOD: light from an air bubble or dust falls on all dyes for one to three scans. A spike is
    narrower than `spike_width_ratio` of the median width of the run around it and has such narrow
    company in at least three channels within two scans.
    """
    narrow = [_narrow(channels, peaks, settings) for peaks in channels]
    spikes = []
    for peaks, is_narrow in zip(channels, narrow, strict=True):
        seen_in = np.zeros(len(peaks), dtype=np.int64)
        for other, other_narrow in zip(channels, narrow, strict=True):
            seen_in += _has_neighbour(peaks.scan, other.scan[other_narrow])
        spikes.append(is_narrow & (seen_in >= _SPIKE_CHANNELS))
    return spikes


def _narrow(channels: Sequence[Peaks], peaks: Peaks, settings: MlpaSettings) -> Mask:
    """Compare widths with the run's own: peaks get wider along a run, by half on long ones."""
    scan = np.concatenate([p.scan for p in channels])
    width = np.concatenate([p.width for p in channels])
    if scan.size < 5 or len(peaks) == 0:
        return np.zeros(len(peaks), dtype=np.bool_)
    order = np.argsort(scan, kind="stable")
    scan, width = scan[order], width[order]
    half = 20
    at = np.searchsorted(scan, peaks.scan)
    low = np.clip(at - half, 0, max(scan.size - 2 * half, 0))
    windows = np.minimum(low[:, None] + np.arange(min(2 * half, scan.size)), scan.size - 1)
    typical = np.median(width[windows], axis=1)
    return np.asarray(peaks.width < settings.spike_width_ratio * typical)


def _has_neighbour(scan: Floats, other: Floats) -> Mask:
    if other.size == 0:
        return np.zeros(scan.size, dtype=np.bool_)
    at = np.clip(np.searchsorted(other, scan), 1, max(other.size - 1, 1))
    left = np.abs(scan - other[at - 1])
    right = np.abs(scan - other[np.minimum(at, other.size - 1)])
    return np.asarray(np.minimum(left, right) <= _COINCIDENCE_SCANS)


def find_pullup(
    channels: Sequence[Peaks],
    spikes: Sequence[Mask],
    offscale: Sequence[Mask],
    settings: MlpaSettings,
) -> list[Mask]:
    """Return which peaks of each channel are pull-up: small under a tall peak of another dye.

    METHOD: a saturated peak is cut off, so what it bleeds into the other dyes may be far more than
    `pullup_ratio` of what is left of it; there half its height is the limit.
    """
    result = []
    for index, peaks in enumerate(channels):
        is_pullup = np.zeros(len(peaks), dtype=np.bool_)
        for other_index, other in enumerate(channels):
            if other_index != index and len(other):
                firm = ~spikes[other_index]
                cut = offscale[other_index]
                is_pullup |= _is_under(peaks, other.take(firm), settings.pullup_ratio)
                is_pullup |= _is_under(peaks, other.take(firm & cut), _SATURATED_RATIO)
        result.append(is_pullup & ~spikes[index])
    return result


def _is_under(peaks: Peaks, other: Peaks, ratio: float) -> Mask:
    if len(other) == 0:
        return np.zeros(len(peaks), dtype=np.bool_)
    under = np.zeros(len(peaks), dtype=np.bool_)
    at = np.searchsorted(other.scan, peaks.scan)
    for shift in (-1, 0):
        near = np.clip(at + shift, 0, len(other) - 1)
        close = np.abs(other.scan[near] - peaks.scan) <= _COINCIDENCE_SCANS
        under |= close & (peaks.height <= ratio * other.height[near])
    return under


def find_offscale(peaks: Peaks, offscale_scans: Mask) -> Mask:
    """Return which peaks hold a saturated scan within four scans of their apex."""
    if len(peaks) == 0:
        return np.zeros(0, dtype=np.bool_)
    total = np.concatenate([[0], np.cumsum(offscale_scans)])
    first = np.clip(peaks.apex - _OFFSCALE_REACH_SCANS, 0, offscale_scans.size)
    last = np.clip(peaks.apex + _OFFSCALE_REACH_SCANS + 1, 0, offscale_scans.size)
    return np.asarray(total[last] > total[first])
