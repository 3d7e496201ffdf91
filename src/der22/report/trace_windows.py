"""``traces.json`` of a Sanger sample: the stretches of its reads that are drawn around a change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from der22.report.plots.chromatogram import TraceWindow
from der22.report.results import Row

__all__ = ["SAMPLE", "read_traces", "trace_windows"]

#: role of a read of the patient; the other is wild_type_control
SAMPLE = "sample"


def read_traces(path: Path) -> Mapping[str, Any]:
    """Return the content of one file; an empty mapping when it is not there."""
    if not path.is_file():
        return {}
    content: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def trace_windows(
    content: Mapping[str, Any], variants: Iterable[Row]
) -> dict[int, list[TraceWindow]]:
    """Return the windows by the position they show: the sample's reads, then the controls.

    Args:
        content: of `read_traces`.
        variants: rows of ``variants.tsv``; they tell how many bases a change touches.
    """
    spans: dict[int, int] = {}
    for row in variants:
        position = int(row["position_c"])
        spans[position] = max(spans.get(position, 1), len(row["ref"]))
    return {
        site["position_c"]: sorted(
            (
                _window(site, read, spans.get(site["position_c"], 1))
                for read in site["reads"]
                if _covers(site, read)
            ),
            key=lambda window: (window.role != SAMPLE, window.direction),
        )
        for site in content.get("sites", ())
    }


def _covers(site: Mapping[str, Any], read: Mapping[str, Any]) -> bool:
    """Whether the read has the reported base; one that ends before it shows nothing of it."""
    place: int = read["peak_x"][site["position_c"] - site["first_position_c"]]
    return place >= 0


def _window(site: Mapping[str, Any], read: Mapping[str, Any], span: int) -> TraceWindow:
    start = site["position_c"] - site["first_position_c"]
    length = len(site["reference"])
    return TraceWindow(
        read_id=read["read_id"],
        role=read["role"],
        direction=read["direction"],
        channels=read["channels"],
        positions=read["peak_x"],
        letters=read["calls"],
        reference=site["reference"],
        first_position=site["first_position_c"],
        focus=frozenset(range(start, min(start + span, length))),
    )
