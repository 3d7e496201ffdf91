"""Response bars: how many patients had which MRD category at each time point."""

from __future__ import annotations

from matplotlib.figure import Figure

from der22.report.figures.data import FigureData
from der22.report.figures.style import CATEGORY_COLOURS, INK, SMALL, new_figure
from der22.words import Category

__all__ = ["draw_response_bars"]


def draw_response_bars(data: FigureData) -> Figure:
    """Draw one bar per time point; patients without an evaluable sample are an empty outline."""
    rows = data.response
    places = range(len(rows))
    figure = new_figure(
        max(5.5, 1.6 + 0.62 * len(rows)), 4.2, "MRD by time point", data.cohort_name
    )
    axes = figure.add_subplot()
    # category, colour of the text inside, legend, count and percent at each time point
    parts = (
        (Category.CMR, "white", "CMR: undetected", [(row.cmr, row.cmr_percent) for row in rows]),
        (
            Category.PNQ,
            INK,
            "PNQ: positive, not quantifiable",
            [(row.pnq, row.pnq_percent) for row in rows],
        ),
        (
            Category.POS,
            INK,
            "POS: positive",
            [(row.no_molecular_response, row.no_molecular_response_percent) for row in rows],
        ),
    )
    bottom = [0] * len(rows)
    for category, ink, label, counts in parts:
        heights = [count for count, _ in counts]
        colour = CATEGORY_COLOURS[category]
        axes.bar(places, heights, 0.72, bottom=bottom, color=colour, label=label)
        for place, (height, percent) in enumerate(counts):
            if height >= 3:  # a lower bar has no room for its words
                middle = bottom[place] + height / 2
                words = f"{percent} %"
                axes.text(place, middle, words, ha="center", va="center", fontsize=SMALL, color=ink)
        bottom = [below + height for below, height in zip(bottom, heights, strict=True)]
    total = len(data.patients)
    axes.bar(
        places,
        [total - below for below in bottom],
        0.72,
        bottom=bottom,
        fill=False,
        edgecolor=INK,
        linewidth=0.6,
        linestyle=(0, (3, 2)),
        label="no evaluable sample",
    )
    axes.set_xticks(places, [f"{row.timepoint}\nN = {row.evaluable}" for row in rows])
    axes.set_ylabel("patients")
    axes.set_ylim(0, total * 1.02)
    axes.set_xlim(-0.6, len(rows) - 0.4)
    axes.set_title("percent of the evaluable (N)", fontsize=SMALL)
    figure.legend(loc="outside lower left", ncols=4, columnspacing=1.2, handlelength=1.4)
    return figure
