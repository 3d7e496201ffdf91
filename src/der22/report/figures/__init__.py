"""The figures of a cohort: tables in, named matplotlib figures out; no new numbers.

Draw inside `figure_style()`, save with `save_figure`.
"""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.figure import Figure

from der22.report.figures.data import FigureData
from der22.report.figures.forest import draw_forest
from der22.report.figures.mrd_curves import draw_mrd_curves
from der22.report.figures.oncoprint import draw_oncoprint
from der22.report.figures.probe_heatmap import draw_probe_heatmap, patients_by_finding
from der22.report.figures.response_bars import draw_response_bars
from der22.report.figures.style import MAX_PATIENTS, figure_style, save_figure
from der22.report.figures.survival_curves import draw_survival_curves
from der22.report.figures.swimmer import draw_swimmer

__all__ = [
    "MAX_PATIENTS",
    "FigureData",
    "figure_style",
    "figures_of",
    "patients_by_finding",
    "save_figure",
]


def figures_of(data: FigureData) -> Iterator[tuple[str, Figure]]:
    """Give (name, figure) for every figure that has something to show."""
    if data.risk:
        yield "oncoprint", draw_oncoprint(data)
        yield "swimmer", draw_swimmer(data)
    mrd = draw_mrd_curves(data)
    if mrd is not None:
        yield "mrd_curves", mrd
        yield "response_bars", draw_response_bars(data)
    yield from draw_survival_curves(data)
    if data.hazards:
        yield "forest", draw_forest(data)
    probes = draw_probe_heatmap(data)
    if probes is not None:
        yield "probe_heatmap", probes
