"""MRD curves of the cohort: p190 and p210 apart, ratio and International Scale apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from der22.report.figures.data import FigureData
from der22.report.figures.style import (
    BLUE,
    GREY,
    INK,
    MAX_PATIENTS,
    VERMILLION,
    day_axis,
    new_figure,
)
from der22.report.words import count_text
from der22.results.mrd import LevelRow
from der22.words import Category

__all__ = ["draw_mrd_curves"]

#: marker, whether it is filled, words of the legend
_LOOKS = {
    Category.POS: ("o", True, "POS"),
    Category.PNQ: ("o", False, "PNQ, at its ratio"),
    Category.CMR: ("v", False, "undetected, at its detection limit"),
}


@dataclass(frozen=True, slots=True)
class _Point:
    day: int
    value: float
    category: Category
    after_gap: bool


@dataclass(frozen=True, slots=True)
class _Panel:
    transcript: str
    scale: str
    unit: str
    is_scale: bool = False


_PANELS = (
    _Panel("p190", "ratio", "% of ABL1 copies"),
    _Panel("p210", "ratio", "% of ABL1 copies"),
    _Panel("p210", "International Scale", "% IS", is_scale=True),
)


def draw_mrd_curves(data: FigureData) -> Figure | None:
    """Draw a panel per scale that has values; None where no level can be drawn."""
    last: dict[str, int] = {}
    gaps: dict[str, list[float]] = {}
    for row in data.series:
        if row.category.assessable and row.day is not None:
            last[row.patient_id] = row.day
        elif row.patient_id in last:
            gaps.setdefault(row.patient_id, []).append(last[row.patient_id] + 0.5)
    panels = [(panel, curves) for panel in _PANELS if (curves := _curves(panel, data.levels, gaps))]
    if not panels:
        return None
    figure = new_figure(1.0 + 4.3 * len(panels), 5.0, "MRD in bone marrow", data.cohort_name)
    points = [point for _, curves in panels for own in curves.values() for point in own]
    drawn = [point.value for point in points if point.value > 0]
    low, high = min([1e-3, *drawn]) / 2.5, max([100.0, *drawn]) * 2.0
    increased = {row.patient_id for row in data.series if row.mrd_increase}
    first: Axes | None = None
    for place, (panel, curves) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), place, sharey=first)
        first = first or axes
        axes.set_yscale("log")
        axes.set_ylim(low, high)
        order = sorted(curves, key=lambda patient: patient not in increased)[:MAX_PATIENTS]
        for patient in reversed(order):
            _draw_curve(axes, curves[patient], low, highlighted=patient in increased)
        first_of = f"{len(order)} of " if len(order) < len(curves) else ""
        patients = f"{first_of}{count_text(len(curves), 'patient')}"
        axes.set_title(f"{panel.transcript}, {panel.scale} ({patients})")
        axes.axvline(0, color=GREY, linewidth=0.6)
        day_axis(axes, max(point.day for own in curves.values() for point in own))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.tick_params(labelleft=True)
        axes.set_ylabel(f"BCR::ABL1 {panel.transcript}, {panel.unit}")
    dots = [(marker, INK if full else "white", words) for marker, full, words in _LOOKS.values()]
    handles = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=marker,
            markersize=4.5,
            markerfacecolor=face,
            markeredgecolor=INK,
            label=words,
        )
        for marker, face, words in (
            *dots,
            ("x", INK, "not evaluable or of unknown amount (on the axis)"),
        )
    ]
    handles += [
        Line2D([], [], color=VERMILLION, label="patient with an MRD increase"),
        Line2D([], [], color=BLUE, label="other patients"),
        Line2D(
            [], [], color=INK, linestyle=":", label="steps over a missing or inevaluable sample"
        ),
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=4, columnspacing=1.2)
    return figure


def _curves(
    panel: _Panel, rows: Sequence[LevelRow], gaps: Mapping[str, Sequence[float]]
) -> dict[str, list[_Point]]:
    """Return the points of a panel by patient; an undetected sample stands at its limit.

    Args:
        panel: which transcript and scale.
        rows: levels of every sample.
        gaps: patient_id -> moments between two samples at which one could not be assessed.
    """
    levels = [
        (row.day, row.ratio_is_percent if panel.is_scale else row.ratio_percent, row)
        for row in rows
        if row.day is not None and row.transcript == panel.transcript
    ]
    if all(level is None for _, level, _ in levels):
        return {}
    factor: float | None = 1.0
    if panel.is_scale:
        # a detection limit is a ratio; where the plates have different conversion factors it cannot
        # be told which one holds for a sample that has no level
        factors = {
            round(level / row.ratio_percent, 2)
            for _, level, row in levels
            if row.category is Category.POS and level is not None
            if row.ratio_percent is not None and row.ratio_percent > 0.01
        }
        factor = factors.pop() if len(factors) == 1 else None
    curves: dict[str, list[_Point]] = {}
    after_unknown: dict[str, bool] = {}
    for day, level, row in sorted(levels, key=lambda one: (one[2].patient_id, one[0])):
        if row.material != "BM" or row.is_left_aside:
            continue
        points = curves.setdefault(row.patient_id, [])
        last = points[-1].day if points else day
        gap = after_unknown.get(row.patient_id, False) or any(
            last < missing < day for missing in gaps.get(row.patient_id, ())
        )
        value: float | None = math.nan
        if row.category is Category.CMR:
            limit = row.detection_limit_percent
            value = None if factor is None or limit is None else factor * limit
        elif row.category.assessable:
            value = level
        after_unknown[row.patient_id] = value is None
        if value is not None:
            points.append(_Point(day, value, row.category, gap))
    return {patient: points for patient, points in curves.items() if points}


def _draw_curve(axes: Axes, points: Sequence[_Point], low: float, *, highlighted: bool) -> None:
    colour, alpha = (VERMILLION, 0.9) if highlighted else (BLUE, 0.45)
    known = [point for point in points if point.category.assessable]
    lost = [point.day for point in points if not point.category.assessable]
    for before, after in pairwise(known):
        dotted = after.after_gap or any(before.day < day < after.day for day in lost)
        axes.plot(
            [before.day, after.day],
            [before.value, after.value],
            color=colour,
            alpha=alpha,
            linewidth=0.8,
            linestyle=":" if dotted else "-",
        )
    for category, (marker, full, _) in _LOOKS.items():
        own = [point for point in known if point.category is category]
        axes.plot(
            [point.day for point in own],
            [point.value for point in own],
            linestyle="none",
            marker=marker,
            markersize=3.6,
            markerfacecolor=colour if full else "white",
            markeredgecolor=colour,
            markeredgewidth=0.7,
            alpha=max(alpha, 0.75),
        )
    if lost:  # an empty unclipped line would upset the layout
        axes.plot(
            lost,
            [low] * len(lost),
            linestyle="none",
            marker="x",
            markersize=5,
            color=INK,
            clip_on=False,
            zorder=5,
        )
