"""Baseline and noise of the dye channels of one run."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from der22.arrays import Floats

__all__ = ["channel_noise", "smooth", "subtract_baseline"]

_BLOCK_SCANS = 8  # means of 8 scans keep the valleys between probes, and make the filters cheap
_WINDOW_SCANS = 400
_MAD_TO_SD = 1.4826


def subtract_baseline(channels: Floats) -> Floats:
    """Return `channels` over their slowly drifting baselines.

    METHOD: running minimum, then maximum, then mean over 400 scans, the usual morphological opening
    of electropherograms, here on block means of 8 scans. It follows drift and negative values; a
    peak is far narrower than the window.

    Args:
        channels: raw signal, shape (n_channels, n_scans), RFU.

    Returns:
        Signal over baseline, the same shape, RFU.
    """
    n_channels, n_scans = channels.shape
    n_blocks = max(1, n_scans // _BLOCK_SCANS)
    block = min(_BLOCK_SCANS, n_scans)
    blocks = channels[:, : n_blocks * block].reshape(n_channels, n_blocks, block).mean(axis=2)
    half = _WINDOW_SCANS // _BLOCK_SCANS // 2
    baseline = _window(blocks, half).min(axis=-1)
    baseline = _window(baseline, half).max(axis=-1)
    baseline = _window(baseline, half).mean(axis=-1)
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
    return np.asarray(np.median(steps, axis=1) * (_MAD_TO_SD / np.sqrt(2.0)))


def smooth(channels: Floats) -> Floats:
    """Return `channels` under a Gaussian of sigma 1.2 scans, for finding peaks, not for heights."""
    if channels.size == 0:
        return channels
    offsets = np.arange(-3, 4)
    kernel = np.exp(-0.5 * (offsets / 1.2) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(channels, ((0, 0), (3, 3)), mode="edge")
    n_scans = channels.shape[1]
    result = np.zeros_like(channels)
    for shift, weight in enumerate(kernel.tolist()):
        result += weight * padded[:, shift : shift + n_scans]
    return result


def _window(rows: Floats, half: int) -> Floats:
    padded = np.pad(rows, ((0, 0), (half, half)), mode="edge")
    return sliding_window_view(padded, 2 * half + 1, axis=1)
