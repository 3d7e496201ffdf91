"""What one sample shows in the probes' dye: sized peaks, or heights given probe by probe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Mask
from der22.mlpa.electropherogram import Electropherogram

__all__ = ["PROBE_CHANNEL", "SampleSignal", "signal_of_probes", "signal_of_run", "signal_of_table"]


_CEILING_PEAKS = 3
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
    low, high = (fit.size_nt[0], fit.size_nt[-1]) if fit is not None else (np.inf, -np.inf)
    return SampleSignal(
        size_nt=size[keep],
        height=peaks.height,
        area=peaks.area,
        offscale=channel.offscale[keep],
        pullup=channel.pullup[keep],
        spike_nt=np.unique(np.concatenate(spikes)),
        low_nt=float(low),
        high_nt=float(high),
    )


def signal_of_table(size_nt: Floats, height: Floats, area: Floats) -> SampleSignal:
    """Return the signal of a table of sized peaks; beyond its peaks nothing was measured."""
    order = np.argsort(size_nt, kind="stable")
    none = np.zeros(size_nt.size, dtype=np.bool_)
    ceiling = _at_ceiling(height)
    return SampleSignal(
        size_nt=size_nt[order],
        height=height[order],
        area=area[order],
        offscale=ceiling[order],
        pullup=none,
        spike_nt=np.empty(0),
        low_nt=float(size_nt.min()) - 1.0 if size_nt.size else np.inf,
        high_nt=float(size_nt.max()) + 1.0 if size_nt.size else -np.inf,
    )


def _at_ceiling(height: Floats) -> Mask:
    """Return the peaks that share the greatest height: a table tells saturation by nothing else.

    METHOD: heights of a detector have four or five digits; that three of fifty peaks have the same
    greatest one by chance is practically impossible.
    """
    if height.size == 0:
        return np.zeros(0, dtype=np.bool_)
    at_top: Mask = height == height.max()
    return at_top if int(at_top.sum()) >= _CEILING_PEAKS else np.zeros_like(at_top)


def signal_of_probes(heights: Mapping[str, float]) -> SampleSignal:
    """Return the signal of a table that gives one height per probe."""
    empty, none = np.empty(0), np.zeros(0, dtype=np.bool_)
    return SampleSignal(empty, empty, empty, none, none, empty, -np.inf, np.inf, dict(heights))
