"""The stretches of reads that are drawn around a change."""

from __future__ import annotations

from collections.abc import Iterable

from der22.report.plots.chromatogram import TraceWindow
from der22.results.sanger import VariantRow
from der22.results.traces import SiteSnippet

__all__ = ["SAMPLE", "trace_windows"]

#: role of a read of the patient; the other is wild_type_control
SAMPLE = "sample"


def trace_windows(
    sites: Iterable[SiteSnippet], variants: Iterable[VariantRow]
) -> dict[int, list[TraceWindow]]:
    """Return the windows by the position they show: the sample's reads, then the controls.

    Args:
        sites: of `der22.results.traces.read_traces`.
        variants: of the same sample; they tell how many bases a change touches.
    """
    spans: dict[int, int] = {}
    for row in variants:
        spans[row.position_c] = max(spans.get(row.position_c, 1), len(row.ref))
    found: dict[int, list[TraceWindow]] = {}
    for site in sites:
        start = site.position_c - site.first_position_c
        end = min(start + spans.get(site.position_c, 1), len(site.reference))
        windows = [
            TraceWindow(
                read_id=read.read_id,
                role=read.role,
                direction=read.direction,
                channels=read.channels,
                positions=read.peak_x,
                letters=read.calls,
                reference=site.reference,
                first_position=site.first_position_c,
                focus=frozenset(range(start, end)),
            )
            for read in site.reads
            if read.peak_x[start] >= 0  # a read that ends before the base shows nothing of it
        ]
        windows.sort(key=lambda window: (window.role != SAMPLE, window.direction))
        found[site.position_c] = windows
    return found
