"""MRD curves of the cohort: p190 and p210 apart, ratio and International Scale apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from der22.cohort.assays import ASSESSABLE, TextRow
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

__all__ = ["draw_mrd_curves"]

_LEFT_ASIDE = {"DUPLICATE_SAMPLE", "CONFLICTING_DUPLICATES"}


@dataclass(frozen=True, slots=True)
class _Point:
    day: int
    value: float
    category: str
    after_gap: bool


@dataclass(frozen=True, slots=True)
class _Panel:
    title: str
    transcript: str
    column: str


_PANELS = (
    _Panel("p190, ratio", "p190", "ratio_percent"),
    _Panel("p210, ratio", "p210", "ratio_percent"),
    _Panel("p210, International Scale", "p210", "ratio_is_percent"),
)


def draw_mrd_curves(data: FigureData) -> Figure | None:
    """Draw a panel per scale that has values; None where no level can be drawn."""
    increased = {row["patient_id"] for row in data.series if row["mrd_increase"] == "yes"}
    panels = []
    for panel in _PANELS:
        curves = _curves(panel, data)
        if curves:
            panels.append((panel, curves))
    if not panels:
        return None
    figure = new_figure(1.0 + 4.3 * len(panels), 5.0, "MRD in bone marrow", data.cohort_name)
    first: Axes | None = None
    low, high = _limits([curves for _, curves in panels])
    for place, (panel, curves) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), place, sharey=first)
        first = first or axes
        axes.set_yscale("log")
        axes.set_ylim(low, high)
        order = sorted(curves, key=lambda patient: patient not in increased)[:MAX_PATIENTS]
        for patient in reversed(order):
            _draw_curve(axes, curves[patient], low, highlighted=patient in increased)
        first_of = f"{len(order)} of " if len(order) < len(curves) else ""
        axes.set_title(f"{panel.title} ({first_of}{count_text(len(curves), 'patient')})")
        axes.axvline(0, color=GREY, linewidth=0.6)
        day_axis(axes, max(point.day for points in curves.values() for point in points))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.tick_params(labelleft=True)
        name = "IS" if panel.column == "ratio_is_percent" else "ABL1 copies"
        axes.set_ylabel(
            f"BCR::ABL1 {panel.transcript}, % of {name}"
            if name != "IS"
            else f"BCR::ABL1 {panel.transcript}, % IS"
        )
    figure.legend(handles=_handles(), loc="outside lower left", ncols=4, columnspacing=1.2)
    return figure


def _curves(panel: _Panel, data: FigureData) -> dict[str, list[_Point]]:
    gaps = _gap_days(data.series)
    curves: dict[str, list[_Point]] = {}
    skipped: dict[str, bool] = {}
    levels = [row for row in data.levels if row["day"] and row["transcript"] == panel.transcript]
    has_values = any(row[panel.column] for row in levels)
    factor = _limit_factor(panel, levels)
    for row in sorted(levels, key=lambda row: (row["patient_id"], int(row["day"]))):
        if row["material"] != "BM" or _LEFT_ASIDE & set(row["flags"].split(";")) or not has_values:
            continue
        own = curves.setdefault(row["patient_id"], [])
        day = int(row["day"])
        last = own[-1].day if own else day
        gap = any(last < missing < day for missing in gaps.get(row["patient_id"], ()))
        gap = gap or skipped.get(row["patient_id"], False)
        value = _value(row, panel, factor)
        skipped[row["patient_id"]] = value is None
        if value is not None:
            own.append(_Point(day, value, row["category"], gap))
    return {patient: points for patient, points in curves.items() if points}


def _limit_factor(panel: _Panel, levels: Sequence[TextRow]) -> float | None:
    """Return what turns a detection limit, which is a ratio, into the unit of the panel.

    None when the plates have different conversion factors: then it cannot be told which one holds
    for a sample that has no level.
    """
    if panel.column == "ratio_percent":
        return 1.0
    factors = {
        round(float(row[panel.column]) / float(row["ratio_percent"]), 2)
        for row in levels
        if row["category"] == "POS" and row[panel.column] and float(row["ratio_percent"]) > 0.01
    }
    return factors.pop() if len(factors) == 1 else None


def _value(row: TextRow, panel: _Panel, factor: float | None) -> float | None:
    """Return the height of a point; an undetected sample stands at its detection limit."""
    if row["category"] in ("POS", "PNQ"):
        return float(row[panel.column]) if row[panel.column] else None
    if row["category"] != "CMR":
        return float("nan")
    if factor is None or not row["detection_limit_percent"]:
        return None
    return factor * float(row["detection_limit_percent"])


def _gap_days(series: Sequence[TextRow]) -> dict[str, list[float]]:
    """Return, by patient, a day between the neighbours of each row that could not be assessed."""
    gaps: dict[str, list[float]] = {}
    rows: dict[str, list[TextRow]] = {}
    for row in series:
        rows.setdefault(row["patient_id"], []).append(row)
    for patient, own in rows.items():
        last: int | None = None
        for row in own:
            if row["category"] in ASSESSABLE and row["day"]:
                last = int(row["day"])
            elif last is not None:
                gaps.setdefault(patient, []).append(last + 0.5)
    return gaps


def _limits(panels: Sequence[dict[str, list[_Point]]]) -> tuple[float, float]:
    values = [p.value for curves in panels for points in curves.values() for p in points]
    drawn = [value for value in values if value > 0]
    return min([1e-3, *drawn]) / 2.5, max([100.0, *drawn]) * 2.0


def _draw_curve(axes: Axes, points: Sequence[_Point], low: float, *, highlighted: bool) -> None:
    colour = VERMILLION if highlighted else BLUE
    alpha = 0.9 if highlighted else 0.45
    known = [point for point in points if point.category in ASSESSABLE]
    for before, after in pairwise(known):
        skipped = any(before.day < p.day < after.day for p in points if p not in known)
        dotted = after.after_gap or skipped
        axes.plot(
            [before.day, after.day],
            [before.value, after.value],
            color=colour,
            alpha=alpha,
            linewidth=0.8,
            linestyle=":" if dotted else "-",
        )
    for category, marker, face in (
        ("POS", "o", colour),
        ("PNQ", "o", "white"),
        ("CMR", "v", "white"),
    ):
        own = [point for point in known if point.category == category]
        axes.plot(
            [point.day for point in own],
            [point.value for point in own],
            linestyle="none",
            marker=marker,
            markersize=3.6,
            markerfacecolor=face,
            markeredgecolor=colour,
            markeredgewidth=0.7,
            alpha=max(alpha, 0.75),
        )
    lost = [point.day for point in points if point.category not in ASSESSABLE]
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


def _handles() -> list[Line2D]:
    def dot(marker: str, face: str, label: str) -> Line2D:
        return Line2D(
            [],
            [],
            linestyle="none",
            marker=marker,
            markersize=4.5,
            markerfacecolor=face,
            markeredgecolor=INK,
            label=label,
        )

    return [
        dot("o", INK, "POS"),
        dot("o", "white", "PNQ, at its ratio"),
        dot("v", "white", "undetected, at its detection limit"),
        dot("x", INK, "not evaluable (on the axis)"),
        Line2D([], [], color=VERMILLION, label="patient with an MRD increase"),
        Line2D([], [], color=BLUE, label="other patients"),
        Line2D(
            [], [], color=INK, linestyle=":", label="steps over a missing or inevaluable sample"
        ),
    ]
