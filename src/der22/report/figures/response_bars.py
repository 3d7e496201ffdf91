"""Response bars: how many patients had which MRD category at each time point."""

from __future__ import annotations

from matplotlib.figure import Figure

from der22.report.figures.data import FigureData
from der22.report.figures.style import BLUE, INK, ORANGE, SKY, SMALL, new_figure

__all__ = ["draw_response_bars"]

#: count column, percent column, colour, colour of the text inside, legend
_PARTS = (
    ("cmr", "cmr_percent", BLUE, "white", "CMR: undetected"),
    ("pnq", "pnq_percent", SKY, INK, "PNQ: positive, not quantifiable"),
    ("no_molecular_response", "no_molecular_response_percent", ORANGE, INK, "POS: positive"),
)


def draw_response_bars(data: FigureData) -> Figure:
    """Draw one bar per time point; patients without an evaluable sample are an empty outline."""
    names = [row["timepoint"] for row in data.response]
    figure = new_figure(
        max(5.5, 1.6 + 0.62 * len(names)), 4.2, "MRD by time point", data.cohort_name
    )
    axes = figure.add_subplot()
    places = list(range(len(names)))
    bottom = [0] * len(names)
    for column, share, colour, ink, label in _PARTS:
        heights = [int(row[column]) for row in data.response]
        axes.bar(places, heights, 0.72, bottom=bottom, color=colour, label=label)
        for place, height, below, row in zip(places, heights, bottom, data.response, strict=True):
            if height >= 3:  # a lower bar has no room for its words
                text = f"{row[share]} %"
                axes.text(
                    place,
                    below + height / 2,
                    text,
                    ha="center",
                    va="center",
                    fontsize=SMALL,
                    color=ink,
                )
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
    labels = [f"{row['timepoint']}\nN = {row['evaluable']}" for row in data.response]
    axes.set_xticks(places, labels)
    axes.set_ylabel("patients")
    axes.set_ylim(0, total * 1.02)
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.set_title("percent of the evaluable (N)", fontsize=SMALL)
    figure.legend(loc="outside lower left", ncols=4, columnspacing=1.2, handlelength=1.4)
    return figure
