"""What one sample shows in the probes' dye: sized peaks, or heights given probe by probe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Mask
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.electropherogram import Electropherogram
from der22.mlpa.sizing.southern import local_southern

__all__ = ["PROBE_CHANNEL", "SampleSignal", "signal_of_probes", "signal_of_run", "signal_of_table"]


PROBE_CHANNEL = 0  # all MLPA probes carry the first dye


@dataclass(frozen=True, slots=True)
class SampleSignal:
    """Peaks of the probes' dye that have a size, ascending; arrays of shape (n,).

    Attributes:
        size_nt: Local Southern size.
        height: RFU.
        area: RFU x scans; NaN where a table gives none.
        offscale: saturated.
        pullup: small under a tall peak of another dye.
        spike_nt: sizes at which a spike was seen in any dye, shape (m,).
        low_nt: first size that was measured.
        high_nt: last size that was measured.
        limit_nt: sizes at which the detection limit is known, ascending, shape (k,).
        limit: height below which no peak would have been found there, RFU.
        least: least height of a peak that would have been found anywhere, RFU; 0 where not known.
        noise: SD of a height by the noise of the signal, RFU.
        direct: heights by probe_id, for tables that know no sizes; then the arrays are empty.
    """

    size_nt: Floats
    height: Floats
    area: Floats
    offscale: Mask
    pullup: Mask
    spike_nt: Floats
    low_nt: float
    high_nt: float
    limit_nt: Floats
    limit: Floats
    least: float
    noise: float
    direct: Mapping[str, float] | None = None


def signal_of_run(run: Electropherogram) -> SampleSignal:
    """Return the probes' peaks of a sized run, without spikes."""
    channel, size = run.channels[PROBE_CHANNEL], run.sizes_nt[PROBE_CHANNEL]
    keep = np.isfinite(size) & ~channel.spike
    peaks = channel.peaks.take(keep)
    spikes = [
        sizes[c.spike & np.isfinite(sizes)]
        for c, sizes in zip(run.channels, run.sizes_nt, strict=True)
    ]
    fit = run.standard
    low, high, limit_nt = np.inf, -np.inf, np.full(channel.limit.size, np.nan)
    if fit is not None:
        low, high = fit.size_nt[0], fit.size_nt[-1]
        limit_nt = local_southern(channel.limit_scan, fit.scan, fit.size_nt)
    known = np.isfinite(limit_nt)
    return SampleSignal(
        size_nt=size[keep],
        height=peaks.height,
        area=peaks.area,
        offscale=channel.offscale[keep],
        pullup=channel.pullup[keep],
        spike_nt=np.unique(np.concatenate(spikes)),
        low_nt=float(low),
        high_nt=float(high),
        limit_nt=limit_nt[known],
        limit=channel.limit[known],
        least=float(channel.limit.min()),
        noise=channel.noise,
    )


def signal_of_table(
    size_nt: Floats, height: Floats, area: Floats, settings: MlpaSettings
) -> SampleSignal:
    """Return the signal of a table of sized peaks; beyond its peaks nothing was measured.

    METHOD: a table lists the peaks above the threshold of the program that wrote it, and does not
    name it; the lowest of them is not lower, and stands for it where a bin is empty. Nor does it
    tell the noise, which is that of a usual instrument, or less where much lower peaks are listed:
    then its heights are in another unit. Saturation is
    told only by several peaks of one greatest height: heights of a detector have four or five
    digits, so that three of fifty peaks share the greatest by chance is practically impossible.
    """
    order = np.argsort(size_nt, kind="stable")
    none = np.zeros(size_nt.size, dtype=np.bool_)
    at_top = height == height.max() if height.size else none
    ends = np.array([size_nt.min() - 1.0, size_nt.max() + 1.0]) if size_nt.size else np.empty(0)
    lowest = float(height[height > 0.0].min(initial=np.inf))
    return SampleSignal(
        size_nt=size_nt[order],
        height=height[order],
        area=area[order],
        offscale=at_top[order] if int(at_top.sum()) >= settings.ceiling_min_peaks else none,
        pullup=none,
        spike_nt=np.empty(0),
        low_nt=float(ends[0]) if ends.size else np.inf,
        high_nt=float(ends[1]) if ends.size else -np.inf,
        limit_nt=ends,
        limit=np.full(ends.size, lowest),
        least=0.0,
        noise=min(lowest / settings.peak_min_snr, settings.table_noise_rfu),
    )


def signal_of_probes(
    heights: Mapping[str, float], lowest: float, settings: MlpaSettings
) -> SampleSignal:
    """Return the signal of a table that gives one height per probe.

    Args:
        heights: by probe_id; 0 where there is no peak.
        lowest: lowest height above 0 of the whole table, for no limit of its program is known.
        settings: noise of a table.
    """
    empty, none = np.empty(0), np.zeros(0, dtype=np.bool_)
    return SampleSignal(
        empty, empty, empty, none, none, empty, -np.inf, np.inf,
        np.array([-np.inf, np.inf]), np.array([lowest, lowest]), 0.0,
        min(lowest / settings.peak_min_snr, settings.table_noise_rfu), dict(heights),
    )  # fmt: skip
