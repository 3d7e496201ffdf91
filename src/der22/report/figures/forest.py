"""Forest: hazard ratios on a log axis; what cannot be estimated is written, not drawn."""

from __future__ import annotations

import math

from matplotlib.figure import Figure

from der22.report.figures.data import FigureData
from der22.report.figures.style import BLUE, GREY, INK, SMALL, new_figure, variable_words

__all__ = ["draw_forest"]


def draw_forest(data: FigureData) -> Figure:
    """Draw one line per hazard ratio, as the table has them."""
    rows = data.hazards
    figure = new_figure(8.2, 1.5 + 0.27 * len(rows), "Hazard ratios", data.cohort_name)
    axes = figure.add_subplot()
    bounds = [bound for row in rows for bound in (row.lower, row.upper) if bound is not None]
    # the axis ends at whole or half powers of ten
    low = 10 ** (math.floor(math.log10(min([0.1, *bounds]) * 0.8) * 2) / 2)
    high = 10 ** (math.ceil(math.log10(max([10.0, *bounds]) * 1.25) * 2) / 2)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(len(rows) - 0.4, -0.7)
    axes.axvline(1.0, color=GREY, linewidth=0.8)
    names, values = [], []
    for place, row in enumerate(rows):
        level, reference = (word.replace("_", " ") for word in (row.level, row.reference))
        variable = variable_words(row.variable)
        names.append(f"{row.endpoint}  {variable}: {level} against {reference}")
        values.append(f"{row.events} of {row.n}")
        ratio, lower, upper = row.hazard_ratio, row.lower, row.upper
        if ratio is None or lower is None or upper is None:
            axes.text(
                low * 1.1,
                place,
                row.note.replace("_", " "),
                va="center",
                fontsize=SMALL,
                style="italic",
                color="#555555",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            )
            continue
        axes.plot([lower, upper], [place, place], color=INK, linewidth=1.1, solid_capstyle="butt")
        axes.plot(ratio, place, marker="s", color=BLUE, markersize=5.5)
        values[-1] += f"   {ratio:.3g} ({lower:.2g}-{upper:.3g})  p = {row.p_value:.2g}"
    axes.set_yticks(range(len(rows)), names)
    axes.set_xlabel("hazard ratio (log scale), interval by Wald")
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(len(rows)), values)
    for side in (axes, right):
        side.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    right.spines["right"].set_visible(False)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    return figure
