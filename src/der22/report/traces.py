"""``traces.json`` of a Sanger sample: the stretches of its reads that are drawn around a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from der22.report.plots.chromatogram import TraceWindow

__all__ = ["trace_windows"]


def trace_windows(content: Mapping[str, Any] | None) -> dict[int, list[TraceWindow]]:
    """Return the windows by the c. position of the change they show, forward reads first.

    Args:
        content: the parsed file, None when the sample has none.
    """
    windows: dict[int, list[TraceWindow]] = {}
    for item in (content or {}).get("windows", ()):
        first, position = int(item["first_position"]), int(item["position_c"])
        width = max(1, len(item.get("ref", "")))
        window = TraceWindow(
            read_id=item["read_id"],
            direction=item["direction"],
            channels=item["channels"],
            positions=item["positions"],
            letters=item["letters"],
            reference=item["reference"],
            first_position=first,
            focus=frozenset(range(position - first, position - first + width)),
        )
        windows.setdefault(position, []).append(window)
    for group in windows.values():
        group.sort(key=lambda window: (window.direction, window.read_id))
    return windows
