"""The signal of one capillary: peaks on a time axis, bleed between dyes, saturation, noise, drift.

METHOD: numbers were measured on public capillary files: RT-MLPA runs of a 3130 (cran/MLPA), runs
of a 3500 (willros/fraggler) and of a 3730xl (zachariahmclean/trace); see `instruments`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from der22.arrays import Floats, Ints, Mask

__all__ = [
    "Capillary", "DyePeaks", "Saturation", "StoredSignal", "TimeAxis", "join_peaks",
    "render_signal",
]  # fmt: skip

#: METHOD: a peak is a Gaussian with a second, wider and later one below it: asymmetry at a tenth of
#: the height 1.07, within what 12 channels showed (0.9-1.2).
_TAIL_SHARE, _TAIL_SHIFT, _TAIL_WIDTH = 0.07, 0.9, 1.6
#: the full width at half height of that sum, in units of its first sigma
_FWHM_PER_SIGMA = 2.421
_RENDER_SIGMAS = 7.0
_INT16_MAX, _INT16_MIN = 32767, -32768
_GRID_STEP_NT = 0.5
_GRID_END_NT = 700.0


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """When a fragment of a given size passes the laser.

    Attributes:
        size_nt: growing sizes, shape (n,).
        scan: scan of each, counted from 0, shape (n,).
    """

    size_nt: Floats
    scan: Floats

    @classmethod
    def from_rate(
        cls, knots_nt: Floats, scans_per_nt: Floats, anchor_nt: float, anchor_scan: float
    ) -> TimeAxis:
        """Integrate a rate given at knots; `anchor_nt` passes at `anchor_scan`."""
        grid = np.arange(0.0, _GRID_END_NT + _GRID_STEP_NT, _GRID_STEP_NT)
        rate = np.interp(grid, knots_nt, scans_per_nt)
        steps = (rate[1:] + rate[:-1]) * (_GRID_STEP_NT / 2)
        scan = np.concatenate(([0.0], np.cumsum(steps)))
        return cls(grid, scan - np.interp(anchor_nt, grid, scan) + anchor_scan)

    def scans_of(self, size_nt: Floats) -> Floats:
        """Return the scan of each size."""
        return np.interp(size_nt, self.size_nt, self.scan)


@dataclass(frozen=True, slots=True)
class DyePeaks:
    """Peaks in true dye signal, before bleed; all arrays of shape (n,).

    Attributes:
        dye: 0 = first dye.
        scan: apex.
        height_rfu: at the apex.
        fwhm_scans: full width at half height.
    """

    dye: Ints
    scan: Floats
    height_rfu: Floats
    fwhm_scans: Floats


@dataclass(frozen=True, slots=True)
class Saturation:
    """How a detector runs full.

    Attributes:
        before_unmixing: True where the camera clips before colours are separated; below 32767
            (3100, 3130) no file value shows it but the scan list does.
        limit_rfu: level of one camera bin, used only with `before_unmixing`.
        overlap: share of each dye's light seen by each bin, shape (n_dyes, n_dyes), rows = bins.
    """

    before_unmixing: bool
    limit_rfu: float
    overlap: Floats


@dataclass(frozen=True, slots=True)
class Capillary:
    """Everything that shapes the signal apart from the product.

    Attributes:
        n_scans: length of the run.
        bleed: share of each dye's signal left in each channel, shape (n_dyes, n_dyes), diagonal 1.
        saturation: how the detector runs full.
        noise_rfu: SD of white noise per channel.
        offset_rfu: level of the baseline per channel.
        drift_rfu: size of the slow drift per channel.
        front_scan: scan of the primer front, where the baseline steps.
        processed_factor: factor of the vendor-processed channels; None = the instrument has none.
    """

    n_scans: int
    bleed: Floats
    saturation: Saturation
    noise_rfu: Floats
    offset_rfu: Floats
    drift_rfu: Floats
    front_scan: float
    processed_factor: float | None


@dataclass(frozen=True, slots=True)
class StoredSignal:
    """What the instrument stores.

    Attributes:
        channels: raw signal, int16, shape (n_dyes, n_scans).
        offscale: scans where the detector was full, growing.
        processed: vendor-processed signal, int16, same shape, or None.
        over_scans: per dye, scans where the processed value passes int16.
        over_values: per dye, the true processed values there.
    """

    channels: NDArray[np.int16]
    offscale: Ints
    processed: NDArray[np.int16] | None
    over_scans: tuple[Ints, ...]
    over_values: tuple[Ints, ...]


def join_peaks(parts: Sequence[DyePeaks]) -> DyePeaks:
    """Return all peaks of `parts` as one list."""
    return DyePeaks(
        np.concatenate([part.dye for part in parts]),
        np.concatenate([part.scan for part in parts]),
        np.concatenate([part.height_rfu for part in parts]),
        np.concatenate([part.fwhm_scans for part in parts]),
    )


def render_signal(peaks: DyePeaks, capillary: Capillary, rng: np.random.Generator) -> StoredSignal:
    """Draw the raw channels of one capillary.

    Args:
        peaks: product, size standard, primer front.
        capillary: how this capillary sees them.
        rng: drawn from for noise and drift only.

    Returns:
        The signal; what lies beyond the end of the run is lost.
    """
    n_dyes, n_scans = len(capillary.bleed), capillary.n_scans
    light, full = _saturate_camera(_dye_light(peaks, n_dyes, n_scans), capillary.saturation)
    signal = capillary.bleed @ light
    # the baseline: an offset, a step at the primer front and slow waves
    x = np.arange(n_scans) / n_scans
    step = 0.5 * (1.0 + np.tanh((x - capillary.front_scan / n_scans) / 0.08))
    amplitude = rng.normal(0.0, 1.0, (n_dyes, 3)) * (0.10, 0.06, 0.04)
    phase = rng.uniform(0.0, 2 * np.pi, (n_dyes, 3))
    waves = np.zeros((n_dyes, n_scans))
    for k in range(3):
        waves += amplitude[:, k : k + 1] * np.sin((k + 1) * np.pi * x + phase[:, k : k + 1])
    drift = capillary.drift_rfu[:, None] * ((step - 0.5) + waves)
    signal += capillary.offset_rfu[:, None] + drift
    signal += rng.standard_normal(signal.shape) * capillary.noise_rfu[:, None]
    stored = np.rint(signal)
    clipped = (stored >= _INT16_MAX) | (stored <= _INT16_MIN)
    offscale = np.flatnonzero(full | clipped.any(axis=0))
    channels = np.clip(stored, _INT16_MIN, _INT16_MAX).astype(np.int16)
    if capillary.processed_factor is None:
        none: tuple[Ints, ...] = ()
        return StoredSignal(channels, offscale, None, none, none)
    processed = np.rint((signal - capillary.offset_rfu[:, None]) * capillary.processed_factor)
    over = [np.flatnonzero(row > _INT16_MAX) for row in processed]
    values = [row[scans].astype(np.int64) for row, scans in zip(processed, over, strict=True)]
    kept = np.clip(processed, 0, _INT16_MAX).astype(np.int16)
    return StoredSignal(channels, offscale, kept, tuple(over), tuple(values))


def _dye_light(peaks: DyePeaks, n_dyes: int, n_scans: int) -> Floats:
    """Return the light of every dye, shape (n_dyes, n_scans)."""
    light = np.zeros(n_dyes * n_scans)
    top = 1.0 + _TAIL_SHARE * np.exp(-0.5 * (_TAIL_SHIFT / _TAIL_WIDTH) ** 2)
    reach = np.ceil(peaks.fwhm_scans * _RENDER_SIGMAS / _FWHM_PER_SIGMA)
    for width in np.unique(reach):
        # Peaks of like width share one window: a broad front costs the narrow peaks nothing.
        chosen = reach == width
        apex, sigma = peaks.scan[chosen], peaks.fwhm_scans[chosen] / _FWHM_PER_SIGMA
        scans = np.rint(apex).astype(np.int64)[:, None] + np.arange(-int(width), int(width) + 1)
        x = (scans - apex[:, None]) / sigma[:, None]
        tail = np.exp(-0.5 * ((x - _TAIL_SHIFT) / _TAIL_WIDTH) ** 2)
        shape = np.exp(-0.5 * x * x) + _TAIL_SHARE * tail
        values = shape * (peaks.height_rfu[chosen, None] / top)
        inside = (scans >= 0) & (scans < n_scans)
        where = (peaks.dye[chosen, None] * n_scans + scans)[inside]
        light += np.bincount(where, weights=values[inside], minlength=light.size)
    return light.reshape(n_dyes, n_scans)


def _saturate_camera(light: Floats, saturation: Saturation) -> tuple[Floats, Mask]:
    """Clip camera bins and separate the colours again.

    METHOD: a full bin makes the separated colours wrong by large, odd amounts. On a 3100 or 3130 no
    value comes near 32767: listed scans read 2,826-14,091 RFU (public 3100/3130xl files); on a 3730
    another dye swings to -13,518 and the size standard's to +30,000 (zachariahmclean/trace).
    """
    if not saturation.before_unmixing:
        return light, np.zeros(light.shape[1], dtype=np.bool_)
    bins = saturation.overlap @ light
    full: Mask = np.any(bins > saturation.limit_rfu, axis=0)
    if not full.any():
        return light, full
    clipped = np.minimum(bins[:, full], saturation.limit_rfu)
    separated = light.copy()
    separated[:, full] = np.linalg.solve(saturation.overlap, clipped)
    return separated, full
