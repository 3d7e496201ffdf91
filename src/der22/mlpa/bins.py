"""Learn where each probe of this run runs, and put the peaks of every sample into bins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.formats.probemix import Probe, Probemix, ProbeRole
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.signal import SampleSignal

__all__ = ["Bins", "ProbeSignals", "fill_bins", "learn_bins"]


_DOSAGE_ROLES = (ProbeRole.TARGET, ProbeRole.REFERENCE)
_TALL_SHARE = 0.15  # of the median probe height: lower peaks need no explanation
_MIN_GAP_NT = 2.0  # neighbouring probes never come closer, a satellite lies 1 nt below its peak
_DISTANCE_SD_NT = 2.5
_SATELLITE_NT, _SATELLITE_SHARE = (0.6, 1.5), 0.30
_UNLEARNED_HALF_WIDTH_NT = 1.5
_SPIKE_REACH_NT = 0.8
_MARGIN_NT = 5.0


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
class ProbeSignals:
    """One sample, probe by probe; arrays of shape (n_probes,).

    Attributes:
        size_nt: of the peak in the bin, NaN without one.
        height: 0 where the bin was measured and holds no peak, NaN where it was not measured.
        area: likewise.
        unmeasured: outside the sized range, or not in the table.
        offscale: saturated.
        spiked: a spike lies under the probe.
        pullup: the peak is small under a tall one of another dye.
        displaced: the bin is empty but a tall peak stands beside it that no bin explains.
    """

    size_nt: Floats
    height: Floats
    area: Floats
    unmeasured: Mask
    offscale: Mask
    spiked: Mask
    pullup: Mask
    displaced: Mask

    @property
    def evaluable(self) -> Mask:
        """Return which probes can enter a dosage."""
        return ~(self.unmeasured | self.offscale | self.spiked | self.displaced)


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
    dosage = np.array([probe.role in _DOSAGE_ROLES for probe in probes])
    expected = length.copy()
    for _ in range(2):
        seen = np.stack([_match(probes, expected, signal, settings) for signal in signals])
        offset = _median_offset(seen - length)
        learned = np.isfinite(offset)
        line = _straight_line(length, offset, dosage & learned)
        expected = length + line
    centre = np.where(learned, length + offset, expected)
    scatter = (offset - line)[dosage & learned]
    half = np.where(learned, settings.bin_half_width_nt, _UNLEARNED_HALF_WIDTH_NT)
    half = np.minimum(half, _half_gap(centre))
    filled, unexplained = _fit_shares(signals, centre, half, dosage)
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
    closer than two nt to the probe before is impossible.
    """
    median = _median_height(expected, probes, signal)
    sizes = np.full(len(probes), np.nan)
    if not np.isfinite(median):
        return sizes
    order = np.argsort(expected, kind="stable")
    paths = [_Path(0.0, -np.inf, ())]
    for index in order.tolist():
        low, high = np.searchsorted(
            signal.size_nt,
            [expected[index] - settings.bin_search_nt, expected[index] + settings.bin_search_nt],
        )
        share = _expected_share(probes[index])
        extended = []
        for peak in range(int(low), int(high)):
            size = float(signal.size_nt[peak])
            gain = float(np.log(signal.height[peak] / (share * median)))
            gain -= 0.5 * ((size - expected[index]) / _DISTANCE_SD_NT) ** 2
            if gain > 0.0:
                before = [path for path in paths if size - path.last_nt >= _MIN_GAP_NT]
                if before:
                    best = before[-1]  # undominated paths rise in score with their last size
                    chain = (*best.chain, (index, peak))
                    extended.append(_Path(best.score + gain, size, chain))
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


def _median_height(expected: Floats, probes: Sequence[Probe], signal: SampleSignal) -> float:
    """Return the height of a usual probe: the median of the tallest, one for each probe."""
    dosage = [e for e, probe in zip(expected, probes, strict=True) if probe.role in _DOSAGE_ROLES]
    if not dosage or signal.size_nt.size == 0:
        return np.nan
    inside = (signal.size_nt > min(dosage) - _MARGIN_NT) & (
        signal.size_nt < max(dosage) + _MARGIN_NT
    )
    tallest = np.sort(signal.height[inside])[::-1][: len(dosage)]
    return float(np.median(tallest)) if tallest.size else np.nan


def _expected_share(probe: Probe) -> float:
    """Return the lowest height, as a share of the median probe, that can be this fragment."""
    # a stray peak of 2 % in female references is no Y fragment; quantity fragments are that low
    return 0.10 if probe.role in (*_DOSAGE_ROLES, ProbeRole.SEX_X, ProbeRole.SEX_Y) else 0.02


def _median_offset(offsets: Floats) -> Floats:
    """Return the median over samples per probe, NaN where no sample shows the probe."""
    result = np.full(offsets.shape[1], np.nan)
    for index in range(offsets.shape[1]):
        seen = offsets[:, index][np.isfinite(offsets[:, index])]
        if seen.size:
            result[index] = np.median(seen)
    return result


def _straight_line(length: Floats, offset: Floats, use: Mask) -> Floats:
    """Return a straight line through the offsets by least squares, 0 where nothing was seen."""
    if int(use.sum()) < 3:
        return np.zeros_like(length)
    x = (length - length.mean()) / 100.0
    design = np.stack([np.ones_like(x), x], axis=1)
    coefficients = np.linalg.lstsq(design[use], offset[use], rcond=None)[0]
    return np.asarray(design @ coefficients)


def _half_gap(centre: Floats) -> Floats:
    """Return half the distance to the nearest other bin, so that bins never overlap."""
    order = np.argsort(centre, kind="stable")
    gaps = np.diff(centre[order])
    nearest = np.minimum(np.concatenate([[np.inf], gaps]), np.concatenate([gaps, [np.inf]]))
    result = np.empty_like(centre)
    result[order] = nearest / 2.0
    return result


def _fit_shares(
    signals: Sequence[SampleSignal], centre: Floats, half: Floats, dosage: Mask
) -> tuple[float, float]:
    """Return the share of bins filled and the share of tall peaks unexplained, medians."""
    filled, unexplained = [], []
    for signal in signals:
        inside = dosage & (centre >= signal.low_nt) & (centre <= signal.high_nt)
        if not inside.any():
            continue
        peak = _tallest_in_bin(signal, centre, half)
        height = np.where(peak >= 0, signal.height[peak] if signal.height.size else 0.0, 0.0)
        median = np.median(height[inside])
        filled.append(float((height[inside] >= _TALL_SHARE * median).mean()) if median else 0.0)
        unexplained.append(_unexplained_share(signal, centre, half, median))
    if not filled:
        return 0.0, 1.0
    return float(np.median(filled)), float(np.median(unexplained))


def _unexplained_share(
    signal: SampleSignal, centre: Floats, half: Floats, median: np.floating
) -> float:
    low, high = centre.min() - _MARGIN_NT, centre.max() + _MARGIN_NT
    tall = (signal.height > _TALL_SHARE * median) & ~signal.pullup
    tall &= (signal.size_nt > low) & (signal.size_nt < high)
    if not tall.any():
        return 1.0
    size = signal.size_nt[tall]
    return float((~_in_bins(size, centre, half) & ~_is_satellite(signal)[tall]).mean())


def _is_satellite(signal: SampleSignal) -> Mask:
    """Return which peaks are n-1 products: about one nt below a much taller peak."""
    step = signal.size_nt[None, :] - signal.size_nt[:, None]
    near = (step >= _SATELLITE_NT[0]) & (step <= _SATELLITE_NT[1])
    small = signal.height[:, None] <= _SATELLITE_SHARE * signal.height[None, :]
    return np.asarray((near & small).any(axis=1))


def _tallest_in_bin(signal: SampleSignal, centre: Floats, half: Floats) -> Ints:
    """Return the index of the tallest peak of each bin, -1 where the bin is empty."""
    result = np.full(centre.size, -1, dtype=np.int64)
    low = np.searchsorted(signal.size_nt, centre - half, "left")
    high = np.searchsorted(signal.size_nt, centre + half, "right")
    for index in np.flatnonzero(high > low).tolist():
        first = int(low[index])
        result[index] = first + int(signal.height[first : int(high[index])].argmax())
    return result


def fill_bins(
    probemix: Probemix, signal: SampleSignal, bins: Bins | None, settings: MlpaSettings
) -> ProbeSignals:
    """Return the signals of one sample, probe by probe.

    Args:
        probemix: the sheet.
        signal: of the sample.
        bins: None only for samples whose table gives heights by probe.
        settings: how far beside its bin a probe may stand.
    """
    if signal.direct is not None or bins is None:
        return _direct_signals(probemix, signal)
    peak = _tallest_in_bin(signal, bins.centre_nt, bins.half_width_nt)
    found = peak >= 0
    unmeasured = (bins.centre_nt < signal.low_nt) | (bins.centre_nt > signal.high_nt)
    spiked = np.zeros(found.size, dtype=np.bool_)
    if signal.spike_nt.size:
        distance = np.abs(signal.spike_nt[None, :] - bins.centre_nt[:, None])
        spiked = distance.min(axis=1) <= _SPIKE_REACH_NT
    empty = np.where(unmeasured, np.nan, 0.0)
    if signal.size_nt.size == 0:
        none = np.zeros(found.size, dtype=np.bool_)
        nowhere = np.full(found.size, np.nan)
        return ProbeSignals(nowhere, empty, empty, unmeasured, none, spiked, none, none)
    height = np.where(found, signal.height[peak], empty)
    dosage = np.array([probe.role in _DOSAGE_ROLES for probe in probemix.probes])
    return ProbeSignals(
        displaced=_displaced(signal, bins, height, dosage & ~unmeasured, settings),
        size_nt=np.where(found, signal.size_nt[peak], np.nan),
        height=height,
        area=np.where(found, signal.area[peak], empty),
        unmeasured=unmeasured,
        offscale=found & signal.offscale[peak],
        spiked=spiked,
        pullup=found & signal.pullup[peak],
    )


def _displaced(
    signal: SampleSignal, bins: Bins, height: Floats, dosage: Mask, settings: MlpaSettings
) -> Mask:
    """Return the probes whose bin is empty while an unexplained tall peak stands beside it.

    METHOD: a homozygous loss leaves nothing; a bubble or a bad size standard moves the peak. The
    second must never be called the first.
    """
    result = np.zeros(height.size, dtype=np.bool_)
    if not dosage.any():
        return result
    median = float(np.median(height[dosage]))
    free = (signal.height > _TALL_SHARE * median) & ~signal.pullup & ~_is_satellite(signal)
    free &= ~_in_bins(signal.size_nt, bins.centre_nt, bins.half_width_nt)
    if not free.any() or median <= 0.0:
        return result
    distance = np.abs(signal.size_nt[free][None, :] - bins.centre_nt[:, None]).min(axis=1)
    empty = dosage & (height < _TALL_SHARE * median)
    return np.asarray(empty & (distance <= settings.bin_search_nt))


def _in_bins(size_nt: Floats, centre: Floats, half: Floats) -> Mask:
    return np.asarray((np.abs(size_nt[:, None] - centre[None, :]) <= half[None, :]).any(axis=1))


def _direct_signals(probemix: Probemix, signal: SampleSignal) -> ProbeSignals:
    direct = signal.direct or {}
    height = np.array([direct.get(probe.probe_id, np.nan) for probe in probemix.probes])
    none = np.zeros(height.size, dtype=np.bool_)
    nowhere = np.full(height.size, np.nan)
    return ProbeSignals(nowhere, height, nowhere, np.isnan(height), none, none, none, none)
