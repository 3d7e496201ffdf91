"""Forest: hazard ratios on a log axis; what cannot be estimated is written, not drawn."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from der22.cohort.assays import TextRow
from der22.report.figures.data import FigureData
from der22.report.figures.style import BLUE, GREY, INK, SMALL, new_figure

__all__ = ["draw_forest"]


def draw_forest(data: FigureData) -> Figure:
    """Draw one line per hazard ratio, as the table has them."""
    rows = list(data.hazards)
    figure = new_figure(8.2, 1.5 + 0.27 * len(rows), "Hazard ratios", data.cohort_name)
    axes = figure.add_subplot()
    low, high = _limits(rows)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(len(rows) - 0.4, -0.7)
    axes.axvline(1.0, color=GREY, linewidth=0.8)
    for place, row in enumerate(rows):
        _draw_row(axes, place, row, low)
    axes.set_yticks(range(len(rows)), [_name(row) for row in rows])
    axes.set_xlabel("hazard ratio (log scale), interval by Wald")
    values = axes.secondary_yaxis("right")
    values.set_yticks(range(len(rows)), [_value(row) for row in rows])
    for side in (axes, values):
        side.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    values.spines["right"].set_visible(False)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    return figure


def _draw_row(axes: Axes, place: int, row: TextRow, low: float) -> None:
    if not row["hazard_ratio"]:
        note = row["note"].replace("_", " ")
        axes.text(
            low * 1.1,
            place,
            note,
            va="center",
            fontsize=SMALL,
            style="italic",
            color="#555555",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )
        return
    ratio, lower, upper = (float(row[name]) for name in ("hazard_ratio", "lower", "upper"))
    axes.plot([lower, upper], [place, place], color=INK, linewidth=1.1, solid_capstyle="butt")
    axes.plot(ratio, place, marker="s", color=BLUE, markersize=5.5)


def _limits(rows: list[TextRow]) -> tuple[float, float]:
    given = [float(row[name]) for row in rows for name in ("lower", "upper") if row[name]]
    low, high = min([0.1, *given]) * 0.8, max([10.0, *given]) * 1.25
    return 10 ** (math.floor(math.log10(low) * 2) / 2), 10 ** (math.ceil(math.log10(high) * 2) / 2)


def _name(row: TextRow) -> str:
    level, reference = (row[name].replace("_", " ") for name in ("level", "reference"))
    variable = row["variable"].replace("_", " ").replace("ikzf1", "IKZF1")
    return f"{row['endpoint']}  {variable}: {level} against {reference}"


def _value(row: TextRow) -> str:
    counts = f"{row['events']} of {row['n']}"
    if not row["hazard_ratio"]:
        return counts
    ratio, lower, upper = (float(row[name]) for name in ("hazard_ratio", "lower", "upper"))
    return f"{counts}   {ratio:.3g} ({lower:.2g}-{upper:.3g})  p = {float(row['p_value']):.2g}"
