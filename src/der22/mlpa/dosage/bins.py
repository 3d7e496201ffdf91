"""Learn where each probe of this run runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.formats.probemix import Probe, Probemix, ProbeRole
from der22.mlpa.robust import nanmedian
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.signal import SampleSignal

__all__ = ["DOSAGE_ROLES", "Bins", "in_bins", "is_satellite", "learn_bins", "tallest_in_bin"]

#: fragments whose copies are counted
DOSAGE_ROLES = (ProbeRole.TARGET, ProbeRole.REFERENCE)
_SEX_ROLES = (ProbeRole.SEX_X, ProbeRole.SEX_Y)


@dataclass(frozen=True, slots=True)
class Bins:
    """Where the probes run, and how well the sheet explains what is seen.

    Attributes:
        centre_nt: shape (n_probes,), nt.
        half_width_nt: shape (n_probes,), wider where a probe was never seen.
        filled: share of target and reference probes seen in the learning samples.
        rms_nt: scatter of their offsets about a straight line.
        unexplained: share of tall peaks in no bin.
    """

    centre_nt: Floats
    half_width_nt: Floats
    filled: float
    rms_nt: float
    unexplained: float

    def fits(self, settings: MlpaSettings) -> bool:
        """Whether the sheet can be the one of this run.

        METHOD: each measure has its limit, and their sum in units of these limits has one too: a
        foreign mix of as many probes may pass each measure narrowly, but not all three together.
        """
        return (
            self.filled >= settings.probemix_min_filled
            and self.rms_nt <= settings.probemix_max_rms_nt
            and self.unexplained <= settings.probemix_max_unexplained
            and self.misfit(settings) <= settings.probemix_max_misfit
        )

    def misfit(self, settings: MlpaSettings) -> float:
        """Return the sum of the three measures, each over its limit; limits of 0 count alone."""
        parts = (
            (1.0 - self.filled, 1.0 - settings.probemix_min_filled),
            (self.rms_nt, settings.probemix_max_rms_nt),
            (self.unexplained, settings.probemix_max_unexplained),
        )
        return sum(value / limit for value, limit in parts if limit > 0.0)


@dataclass(frozen=True, slots=True)
class _Path:
    """Peaks given to probes so far: score, size of the last peak, (probe, peak) pairs."""

    score: float
    last_nt: float
    chain: tuple[tuple[int, int], ...]


def learn_bins(probemix: Probemix, signals: Sequence[SampleSignal], settings: MlpaSettings) -> Bins:
    """Learn the bins of a run.

    METHOD: an MLPA probe runs up to 4 nt off its length, always the same way within a run. The
    tallest peaks near the expected lengths are taken in order, a first straight line through the
    offsets recentres the search, and the median offset per probe over the samples is the bin.

    Args:
        probemix: the sheet.
        signals: of the reference samples (two or more), else of all; each with sizes.
        settings: search window and bin width.
    """
    probes = probemix.probes
    length = np.array([probe.length_nt for probe in probes])
    dosage = np.array([probe.role in DOSAGE_ROLES for probe in probes])
    x = (length - length.mean()) / 100.0
    design = np.stack([np.ones_like(x), x], axis=1)
    expected = length.copy()
    for _ in range(2):
        seen = np.stack([_match(probes, expected, signal, settings) for signal in signals])
        offset = nanmedian(seen - length, axis=0)
        learned = np.isfinite(offset)
        use, line = dosage & learned, np.zeros_like(length)
        if int(use.sum()) >= 3:
            line = design @ np.linalg.lstsq(design[use], offset[use], rcond=None)[0]
        expected = length + line
    centre = np.where(learned, length + offset, expected)
    scatter = (offset - line)[use]
    half = np.where(learned, settings.bin_half_width_nt, settings.bin_unlearned_half_width_nt)
    order = np.argsort(centre, kind="stable")
    gaps = np.concatenate([[np.inf], np.diff(centre[order]), [np.inf]])
    half[order] = np.minimum(half[order], np.minimum(gaps[:-1], gaps[1:]) / 2.0)  # no overlap
    filled, unexplained = _fit_shares(signals, centre, half, dosage, settings)
    return Bins(
        centre_nt=centre,
        half_width_nt=half,
        filled=filled,
        rms_nt=float(np.sqrt(np.mean(scatter**2))) if scatter.size else np.inf,
        unexplained=unexplained,
    )


def _match(
    probes: Sequence[Probe], expected: Floats, signal: SampleSignal, settings: MlpaSettings
) -> Floats:
    """Return the size at which each probe is seen in one sample, NaN where not.

    Best chain of peaks, one for each probe or none, in order of length: tall is good, far is bad,
    closer than two nt to the probe before is impossible. A usual probe is as high as the median of
    the tallest peaks, one for each probe.
    """
    sizes = np.full(len(probes), np.nan)
    dosage = [e for e, probe in zip(expected, probes, strict=True) if probe.role in DOSAGE_ROLES]
    margin = settings.bin_margin_nt
    inside = (signal.size_nt > min(dosage, default=np.inf) - margin) & (
        signal.size_nt < max(dosage, default=-np.inf) + margin
    )
    if not inside.any():
        return sizes
    median = float(np.median(np.sort(signal.height[inside])[::-1][: len(dosage)]))
    paths = [_Path(0.0, -np.inf, ())]
    for index in np.argsort(expected, kind="stable").tolist():
        place, reach = float(expected[index]), settings.bin_search_nt
        low, high = np.searchsorted(signal.size_nt, [place - reach, place + reach])
        # a stray peak of 2 % in female references is no Y fragment; quantity fragments are so low
        is_tall = probes[index].role in (*DOSAGE_ROLES, *_SEX_ROLES)
        share = settings.bin_least_share if is_tall else settings.bin_least_share_control
        extended = []
        for peak in range(int(low), int(high)):
            size = float(signal.size_nt[peak])
            gain = float(np.log(signal.height[peak] / (share * median)))
            gain -= 0.5 * ((size - place) / settings.bin_distance_sd_nt) ** 2
            before = [path for path in paths if size - path.last_nt >= settings.bin_min_gap_nt]
            if gain > 0.0 and before:
                best = before[-1]  # undominated paths rise in score with their last size
                extended.append(_Path(best.score + gain, size, (*best.chain, (index, peak))))
        paths = _undominated([*paths, *extended])
    for index, peak in paths[-1].chain:
        sizes[index] = signal.size_nt[peak]
    return sizes


def _undominated(paths: list[_Path]) -> list[_Path]:
    """Drop every path that another one beats with an earlier last peak; best path last."""
    kept: list[_Path] = []
    for path in sorted(paths, key=lambda p: (p.last_nt, -p.score)):
        if not kept or path.score > kept[-1].score:
            kept.append(path)
    return kept


def _fit_shares(
    signals: Sequence[SampleSignal],
    centre: Floats,
    half: Floats,
    dosage: Mask,
    settings: MlpaSettings,
) -> tuple[float, float]:
    """Return the share of bins filled and the share of tall peaks unexplained, medians."""
    filled, unexplained = [], []
    low = centre.min() - settings.bin_margin_nt
    high = centre.max() + settings.bin_margin_nt
    for signal in signals:
        inside = dosage & (centre >= signal.low_nt) & (centre <= signal.high_nt)
        if not inside.any():
            continue
        peak = tallest_in_bin(signal, centre, half)
        height = np.where(peak >= 0, signal.height[peak] if signal.height.size else 0.0, 0.0)
        median = np.median(height[inside])
        least = settings.tall_share * median
        filled.append(float((height[inside] >= least).mean()) if median else 0.0)
        tall = (signal.height > least) & ~signal.pullup
        tall &= (signal.size_nt > low) & (signal.size_nt < high)
        free = ~in_bins(signal.size_nt, centre, half) & ~is_satellite(signal, settings)
        unexplained.append(float(free[tall].mean()) if tall.any() else 1.0)
    if not filled:
        return 0.0, 1.0
    return float(np.median(filled)), float(np.median(unexplained))


def is_satellite(signal: SampleSignal, settings: MlpaSettings) -> Mask:
    """Return which peaks are n-1 products: about one nt below a much taller peak."""
    step = signal.size_nt[None, :] - signal.size_nt[:, None]
    near = (step >= settings.satellite_from_nt) & (step <= settings.satellite_to_nt)
    small = signal.height[:, None] <= settings.satellite_share * signal.height[None, :]
    return np.asarray((near & small).any(axis=1))


def tallest_in_bin(signal: SampleSignal, centre: Floats, half: Floats) -> Ints:
    """Return the index of the tallest peak of each bin, -1 where the bin is empty."""
    result = np.full(centre.size, -1, dtype=np.int64)
    low = np.searchsorted(signal.size_nt, centre - half, "left")
    high = np.searchsorted(signal.size_nt, centre + half, "right")
    for index in np.flatnonzero(high > low).tolist():
        first = int(low[index])
        result[index] = first + int(signal.height[first : int(high[index])].argmax())
    return result


def in_bins(size_nt: Floats, centre: Floats, half: Floats) -> Mask:
    """Return which sizes lie in a bin."""
    return np.asarray((np.abs(size_nt[:, None] - centre[None, :]) <= half[None, :]).any(axis=1))
