"""Survival and incidence curves with censor ticks and the number at risk in the groups' colours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from der22.cohort.comparison import compare_groups, end_points
from der22.cohort.endpoints import DAYS_PER_MONTH, FollowUp
from der22.cohort.survival import SurvivalCurve
from der22.cohort.survival_tables import compare, fit_curve
from der22.report.figures.data import FigureData
from der22.report.figures.style import (
    BLUE,
    GREY,
    GROUP_COLOURS,
    GROUP_LINES,
    SMALL,
    new_figure,
    variable_words,
)

__all__ = ["draw_survival_curves"]

_TITLES = {
    "OS": "Overall survival",
    "DFS": "Disease-free survival",
    "CIR": "Cumulative incidence of relapse",
}


@dataclass(frozen=True, slots=True)
class _Group:
    label: str
    rows: Sequence[FollowUp]
    colour: str
    line: object


def draw_survival_curves(data: FigureData) -> Iterator[tuple[str, Figure]]:
    """Give (name, figure) for each end point: the whole group, then each comparison."""
    for endpoint, (start, rows) in end_points(data.patients, data.statistics).items():
        if rows:
            everyone = [_Group("all patients", rows, BLUE, "-")]
            yield f"{endpoint.lower()}_all", _draw(endpoint, "", start, everyone, "", data)
    risk = {row.patient_id: row for row in data.risk}
    for comparison in compare_groups(data.patients, risk, data.statistics, data.timepoints):
        endpoint, variable, levels = comparison.endpoint, comparison.variable, comparison.levels
        if not levels:
            continue
        groups = [
            _Group(
                level.replace("_", " "), comparison.members(level), GROUP_COLOURS[i], GROUP_LINES[i]
            )
            for i, level in enumerate(levels)
        ]
        result = compare(comparison)
        test = "Gray" if endpoint == "CIR" else "log-rank"
        if math.isnan(result.p_value):
            test += f" {result.reason}"
        else:
            test += f" p = {result.p_value:.2g}" if result.p_value >= 0.001 else " p < 0.001"
            if comparison.left_out:
                test += f"; {comparison.left_out} left out (group not known)"
        figure = _draw(endpoint, variable, comparison.start_day, groups, test, data)
        yield f"{endpoint.lower()}_{variable}", figure


def _draw(
    endpoint: str, variable: str, start: int, groups: Sequence[_Group], test: str, data: FigureData
) -> Figure:
    title = _TITLES[endpoint] + (f" by {variable_words(variable)}" if variable else "")
    figure = new_figure(6.2, 4.4 + 0.17 * len(groups), title, data.cohort_name)
    axes = figure.add_subplot()
    last = max(row.time for group in groups for row in group.rows) / DAYS_PER_MONTH
    curves = [fit_curve(endpoint, group.rows) for group in groups]
    horizons = [months for months in data.statistics.horizons_months if months <= last]
    for group, curve in zip(groups, curves, strict=True):
        followed = float(curve.follow_up[-1]) / DAYS_PER_MONTH
        first = 0.0 if curve.incidence else 1.0
        end = curve.values[-1] if len(curve.values) else first
        axes.step(
            np.concatenate(([0.0], curve.times / DAYS_PER_MONTH, [min(last, followed)])),
            np.concatenate(([first], curve.values, [end])),
            where="post",
            color=group.colour,
            linestyle=group.line,
            linewidth=1.5,
            label=group.label,
        )
        censored = np.unique(curve.censored)
        axes.plot(
            censored / DAYS_PER_MONTH,
            [curve.at(day)[0] for day in censored],
            linestyle="none",
            marker="|",
            markersize=4.5,
            markeredgewidth=0.8,
            color=group.colour,
        )
    if len(groups) == 1:
        _show_estimates(axes, curves[0], last, horizons, data.statistics.conf_level)
    for months in horizons:
        axes.axvline(months, color=GREY, linewidth=0.8, linestyle=(0, (2, 2)), zorder=0)
        for group, curve in zip(groups, curves, strict=True):
            if months * DAYS_PER_MONTH <= curve.follow_up[-1]:
                value = curve.at(months * DAYS_PER_MONTH)[0]
                axes.plot(months, value, marker="o", markersize=4, color=group.colour)
    ticks = list(range(0, math.ceil(last) + 1, 3 if last <= 40 else 6 if last <= 80 else 12))
    axes.set_xticks(ticks)
    axes.set_xlim(0, math.ceil(last))
    highest = max(float(curve.values.max(initial=0.0)) for curve in curves)
    top = 0.62 if endpoint == "CIR" and highest < 0.55 else 1.02
    axes.set_ylim(-0.012 * top, top)  # a curve at 0 stays in sight
    axes.set_ylabel("incidence" if endpoint == "CIR" else "probability")
    axes.set_xlabel(f"months from day {start}")
    if test:
        axes.set_title(test, fontsize=SMALL)
    if len(groups) > 1:
        axes.legend(loc="upper left" if endpoint == "CIR" else "lower left", handlelength=2.6)
    _number_at_risk(axes, groups, curves, ticks)
    return figure


def _show_estimates(
    axes: Axes, curve: SurvivalCurve, last: float, horizons: Sequence[float], level: float
) -> None:
    """Shade the interval of a lone curve and write its estimates at the horizons as the title."""
    days = np.concatenate(([0.0], curve.times, [min(last * DAYS_PER_MONTH, curve.follow_up[-1])]))
    bounds = [curve.estimate(float(day), level) for day in days]
    axes.fill_between(
        days / DAYS_PER_MONTH,
        [0.0 if math.isnan(bound.lower) else bound.lower for bound in bounds],
        [0.0 if math.isnan(bound.upper) else bound.upper for bound in bounds],
        step="post",
        color=BLUE,
        alpha=0.18,
        linewidth=0,
        label=f"{100 * level:g} % interval",
    )
    axes.legend(loc="upper left" if curve.incidence else "lower left")
    points = [(months, curve.estimate(months * DAYS_PER_MONTH, level)) for months in horizons]
    words = [
        f"{months:g} months: {100 * at.value:.0f} % ({100 * at.lower:.0f}-{100 * at.upper:.0f})"
        for months, at in points
    ]
    if words:
        axes.set_title("; ".join(words), fontsize=SMALL)


def _number_at_risk(
    axes: Axes, groups: Sequence[_Group], curves: Sequence[SurvivalCurve], ticks: Sequence[int]
) -> None:
    """Write the numbers below the axis, each under its tick and in the colour of its group."""
    head = 40.0  # points below the axis, clear of tick labels and axis label
    below: dict[str, Any] = {"textcoords": "offset points", "fontsize": SMALL, "va": "top"}
    axes.annotate(
        "number at risk", (0, 0), (0, -head), xycoords="axes fraction", fontweight="bold", **below
    )
    for line, (group, curve) in enumerate(zip(groups, curves, strict=True), start=1):
        down = -head - 12.0 * line
        axes.annotate(
            group.label,
            (0, 0),
            (-14, down),
            xycoords="axes fraction",
            ha="right",
            color=group.colour,
            **below,
        )
        for tick in ticks:
            axes.annotate(
                str(curve.at_risk(tick * DAYS_PER_MONTH) if tick else len(group.rows)),
                (tick, 0),
                (0, down),
                xycoords=("data", "axes fraction"),
                ha="center",
                color=group.colour,
                **below,
            )
