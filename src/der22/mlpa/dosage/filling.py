"""Put the peaks of one sample into the bins of its run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Mask
from der22.formats.probemix import Probemix
from der22.mlpa.dosage.bins import DOSAGE_ROLES, Bins, in_bins, is_satellite, tallest_in_bin
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.signal import SampleSignal

__all__ = ["ProbeSignals", "fill_bins"]


@dataclass(frozen=True, slots=True)
class ProbeSignals:
    """One sample, probe by probe; arrays of shape (n_probes,).

    Attributes:
        size_nt: of the peak in the bin, NaN without one.
        height: 0 where the bin was measured and holds no peak, NaN where it was not measured.
        area: likewise.
        limit: height below which no peak of this bin would have been found, the signal itself
            where it is higher and holds none; NaN where not measured.
        unmeasured: outside the sized range, or not in the table.
        offscale: saturated.
        spiked: a spike lies under the probe.
        pullup: the peak is small under a tall one of another dye.
        displaced: the bin holds nothing or a satellite, and the tall peak beside it is in no bin.
        stray: the peak stands oddly far from the middle of its bin.
        noise: SD of a height by the noise of the signal, RFU.
    """

    size_nt: Floats
    height: Floats
    area: Floats
    limit: Floats
    unmeasured: Mask
    offscale: Mask
    spiked: Mask
    pullup: Mask
    displaced: Mask
    stray: Mask
    noise: float = 0.0

    @property
    def evaluable(self) -> Mask:
        """Return which probes can enter a dosage."""
        return ~(self.unmeasured | self.offscale | self.spiked | self.displaced)


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
    n_probes = len(probemix.probes)
    none, nowhere = np.zeros(n_probes, dtype=np.bool_), np.full(n_probes, np.nan)
    if signal.direct is not None or bins is None:
        direct = signal.direct or {}
        height = np.array([direct.get(probe.probe_id, np.nan) for probe in probemix.probes])
        limit = np.where(height > 0.0, signal.least, signal.limit.max(initial=0.0))
        limit = np.where(np.isnan(height), np.nan, limit)
        return ProbeSignals(
            nowhere, height, nowhere, limit, np.isnan(height), none, none, none, none, none
        )
    low, high = bins.centre_nt - bins.half_width_nt, bins.centre_nt + bins.half_width_nt
    unmeasured = (bins.centre_nt < signal.low_nt) | (bins.centre_nt > signal.high_nt)
    spiked = none
    if signal.spike_nt.size:
        distance = np.abs(signal.spike_nt[None, :] - bins.centre_nt[:, None])
        spiked = distance.min(axis=1) <= settings.spike_reach_nt
    limit = np.full(n_probes, np.inf)
    if signal.limit_nt.size:  # the highest in the bin, its neighbours included
        last = signal.limit_nt.size - 1
        first = np.clip(np.searchsorted(signal.limit_nt, low) - 1, 0, last).tolist()
        behind = np.clip(np.searchsorted(signal.limit_nt, high) + 1, 1, last + 1).tolist()
        limit = np.array([signal.limit[a:b].max() for a, b in zip(first, behind, strict=True)])
    limit = np.where(unmeasured, np.nan, limit)
    empty = np.where(unmeasured, np.nan, 0.0)
    if signal.size_nt.size == 0:
        return ProbeSignals(
            nowhere, empty, empty, limit, unmeasured, none, spiked, none, none, none, signal.noise
        )
    peak = tallest_in_bin(signal, bins.centre_nt, bins.half_width_nt)
    found = peak >= 0
    height = np.where(found, signal.height[peak], empty)
    size = np.where(found, signal.size_nt[peak], np.nan)
    dosage = np.array([probe.role in DOSAGE_ROLES for probe in probemix.probes]) & ~unmeasured
    return ProbeSignals(
        size_nt=size,
        height=height,
        area=np.where(found, signal.area[peak], empty),
        limit=np.where(found, signal.least, limit),
        unmeasured=unmeasured,
        offscale=found & signal.offscale[peak],
        spiked=spiked,
        pullup=found & signal.pullup[peak],
        displaced=_displaced(signal, bins, size, height, dosage, settings),
        stray=found & (np.abs(size - bins.centre_nt) > settings.stray_nt),
        noise=signal.noise,
    )


def _displaced(
    signal: SampleSignal,
    bins: Bins,
    size: Floats,
    height: Floats,
    dosage: Mask,
    settings: MlpaSettings,
) -> Mask:
    """Return the probes whose own peak stands beside the bin, in no bin at all.

    METHOD: a homozygous loss leaves nothing; a bubble or a bad size standard moves the peak. The
    second must never be called the first: not where the bin is empty and an unexplained tall peak
    stands near, and not where what the bin holds is the n-1 satellite of one just above it.
    """
    if not dosage.any():
        return np.zeros(height.size, dtype=np.bool_)
    free = ~signal.pullup & ~in_bins(signal.size_nt, bins.centre_nt, bins.half_width_nt)
    above = signal.size_nt[None, free] - size[:, None]
    dwarfed = height[:, None] < settings.satellite_bin_share * signal.height[None, free]
    near = (above > 0.0) & (above <= settings.satellite_reach_nt)
    is_satellite_of_free = dosage & (near & dwarfed).any(axis=1)
    least = settings.tall_share * float(np.median(height[dosage]))
    free &= (signal.height > least) & ~is_satellite(signal, settings)
    if least <= 0.0 or not free.any():
        return is_satellite_of_free
    distance = np.abs(signal.size_nt[free][None, :] - bins.centre_nt[:, None]).min(axis=1)
    is_empty = dosage & (height < least) & (distance <= settings.bin_search_nt)
    return np.asarray(is_empty | is_satellite_of_free)
