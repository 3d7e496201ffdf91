"""One look for all figures: colours that colour-blind readers can tell apart, same bytes each run.

METHOD: Okabe & Ito 2008 palette; no pair of red and green is ever needed to read a figure.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from der22.report.words import NOT_A_TREATMENT_RULE, SYNTHETIC_COHORT, is_synthetic
from der22.words import Category, Ikzf1Class, RiskLabel

__all__ = [
    "BLUE",
    "CATEGORY_COLOURS",
    "CLASS_ORDER",
    "GREY",
    "GROUP_COLOURS",
    "GROUP_LINES",
    "INK",
    "LIGHT",
    "MAX_PATIENTS",
    "ORANGE",
    "PURPLE",
    "RISK_ORDER",
    "SKY",
    "SMALL",
    "VERMILLION",
    "YELLOW",
    "day_axis",
    "figure_style",
    "new_figure",
    "save_figure",
    "variable_words",
]

BLUE = "#0072B2"
SKY = "#56B4E9"
ORANGE = "#E69F00"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
YELLOW = "#F0E442"
INK = "#222222"
GREY = "#8C8C8C"
LIGHT = "#E8E8E8"

#: colours (dark enough for small text) and line styles of up to four groups, reference first
GROUP_COLOURS = (BLUE, "#B84E00", INK, "#8F3F71")
GROUP_LINES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), "-.")

#: points; nothing is set smaller
SMALL = 7.0
#: rows of a figure with a row per patient; a larger cohort shows the first of its order
MAX_PATIENTS = 150
#: in which patients are ordered, the gravest first
RISK_ORDER = tuple(RiskLabel)
CLASS_ORDER = tuple(Ikzf1Class)
#: of what is a result
CATEGORY_COLOURS: Mapping[str, str] = {
    Category.CMR: BLUE,
    Category.PNQ: SKY,
    Category.POS: ORANGE,
    Category.POS_UNQUANTIFIED: YELLOW,
}

_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.labelsize": 8,
    "axes.linewidth": 0.7,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 8.5,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8,
    "hatch.linewidth": 0.5,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "legend.title_fontsize": SMALL,
    "savefig.dpi": 150,
    "svg.fonttype": "none",
    "svg.hashsalt": "der22",
    "text.color": INK,
    "text.parse_math": False,  # a $ in a name is a dollar sign
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
}


@contextmanager
def figure_style() -> Iterator[None]:
    """Set the look; figures must be made and saved inside."""
    with mpl.rc_context():
        mpl.rcdefaults()  # a matplotlibrc of the machine must not change a figure
        mpl.rcParams.update(_STYLE)  # type: ignore[arg-type]  # keys are right, values checked there
        yield


def new_figure(width: float, height: float, title: str, cohort_name: str) -> Figure:
    """Return a figure headed by its title, the cohort and its limits.

    Args:
        width: inches.
        height: inches.
        title: one line.
        cohort_name: a cohort called synthetic is marked as such.
    """
    mark = " (synthetic data)" if is_synthetic(cohort_name) else ""
    words = [cohort_name, *([SYNTHETIC_COHORT] if mark else []), NOT_A_TREATMENT_RULE]
    subtitle = textwrap.fill(" · ".join(words), int(width * 19))
    head = (0.45 + 0.12 * subtitle.count("\n")) / height
    layout = ConstrainedLayoutEngine(rect=(0.08 / width, 0.0, 1.0 - 0.16 / width, 1.0 - head))
    figure = Figure(figsize=(width, height), layout=layout)
    FigureCanvasAgg(figure)
    left = 0.09 / width
    figure.text(left, 1.0 - 0.07 / height, title + mark, va="top", fontsize=10, fontweight="bold")
    figure.text(left, 1.0 - 0.26 / height, subtitle, va="top", fontsize=SMALL, color="#555555")
    return figure


def day_axis(axes: Axes, last_day: float) -> None:
    """Label the x axis in days with a tick about every 90 days."""
    step = 90 if last_day <= 1000 else 180 if last_day <= 2000 else 365
    axes.set_xticks(range(0, int(last_day) + 1, step))
    axes.set_xlabel("days from the start of the TKI")


def variable_words(variable: str) -> str:
    """Return the name of a variable of the group comparisons as people say it."""
    return variable.replace("_", " ").replace("ikzf1", "IKZF1")


def save_figure(figure: Figure, folder: Path, name: str) -> tuple[str, str]:
    """Write ``name.svg`` and ``name.png``; the same figure gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    # lay out once, with text as the PNG draws it, and round: the solver's last digits differ from
    # run to run; the places found hold for the SVG too
    figure.set_dpi(mpl.rcParams["savefig.dpi"])
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    figure.set_layout_engine(None)  # any engine, this placeholder too, costs a trial draw a file
    for axes in figure.axes:
        left, bottom, width, height = (round(part, 5) for part in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))
    metadata = {"png": {"Software": None}, "svg": {"Date": None, "Creator": "der22"}}
    for ending, content in metadata.items():
        partial = folder / f"{name}.{ending}.partial"
        figure.savefig(partial, format=ending, metadata=content)
        partial.replace(folder / f"{name}.{ending}")
    return f"{name}.svg", f"{name}.png"
