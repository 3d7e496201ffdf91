"""Baseline and noise of the dye channels of one run."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from der22.arrays import Floats
from der22.mlpa.robust import MAD_TO_SD
from der22.mlpa.settings import MlpaSettings

__all__ = ["channel_noise", "smooth", "subtract_baseline"]


def subtract_baseline(channels: Floats, settings: MlpaSettings) -> Floats:
    """Return `channels` over their slowly drifting baselines.

    METHOD: running minimum, then maximum, then mean over `baseline_window_scans`, the usual
    morphological opening of electropherograms, here on means of `baseline_block_scans`: they keep
    the valleys between probes and make the filters cheap. It follows drift and negative values; a
    peak is far narrower than the window.

    Args:
        channels: raw signal, shape (n_channels, n_scans), RFU.
        settings: window and block.

    Returns:
        Signal over baseline, the same shape, RFU.
    """
    n_channels, n_scans = channels.shape
    block = min(settings.baseline_block_scans, n_scans)
    n_blocks = max(1, n_scans // max(block, 1))
    blocks = channels[:, : n_blocks * block].reshape(n_channels, n_blocks, block).mean(axis=2)
    half = settings.baseline_window_scans // settings.baseline_block_scans // 2
    baseline = blocks
    for reduce in (np.min, np.max, np.mean):
        padded = np.pad(baseline, ((0, 0), (half, half)), mode="edge")
        baseline = reduce(sliding_window_view(padded, 2 * half + 1, axis=1), axis=-1)
    middles = (np.arange(n_blocks) + 0.5) * block - 0.5
    scans = np.arange(n_scans)
    return np.stack(
        [
            row - np.interp(scans, middles, base)
            for row, base in zip(channels, baseline, strict=True)
        ]
    )


def channel_noise(channels: Floats) -> Floats:
    """Return the noise of each channel: robust SD of its first differences, shape (n_channels,)."""
    if channels.shape[1] < 3:
        return np.zeros(channels.shape[0])
    steps = np.abs(np.diff(channels, axis=1))
    return np.asarray(np.median(steps, axis=1) * (MAD_TO_SD / np.sqrt(2.0)))


def smooth(channels: Floats, sigma_scans: float) -> Floats:
    """Return `channels` under a narrow Gaussian, for finding peaks, not for heights."""
    if channels.size == 0:
        return channels
    offsets = np.arange(-3, 4)
    kernel = np.exp(-0.5 * (offsets / sigma_scans) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(channels, ((0, 0), (3, 3)), mode="edge")
    n_scans = channels.shape[1]
    result = np.zeros_like(channels)
    for shift, weight in enumerate(kernel.tolist()):
        result += weight * padded[:, shift : shift + n_scans]
    return result
