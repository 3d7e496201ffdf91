"""Survival and incidence curves with censor ticks and the number at risk in the groups' colours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from der22.cohort.comparison import Comparison, compare_groups, end_points
from der22.cohort.endpoints import DAYS_PER_MONTH, FollowUp
from der22.cohort.settings import StatisticsSettings
from der22.cohort.survival import SurvivalCurve
from der22.cohort.survival_tables import compare, fit_curve
from der22.report.figures.data import FigureData
from der22.report.figures.style import BLUE, GREY, GROUP_COLOURS, GROUP_LINES, SMALL, new_figure

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
    risk = {row["patient_id"]: row for row in data.risk}
    for endpoint, (start, rows) in end_points(data.patients, data.statistics).items():
        if rows:
            everyone = [_Group("all patients", rows, BLUE, "-")]
            yield f"{endpoint.lower()}_all", _draw(endpoint, "", start, everyone, "", data)
    for comparison in compare_groups(data.patients, risk, data.statistics, data.timepoints):
        if comparison.levels:
            name = f"{comparison.endpoint.lower()}_{comparison.variable}"
            groups = _groups(comparison)
            yield (
                name,
                _draw(
                    comparison.endpoint,
                    comparison.variable,
                    comparison.start_day,
                    groups,
                    _test_words(comparison),
                    data,
                ),
            )


def _groups(comparison: Comparison) -> list[_Group]:
    return [
        _Group(level.replace("_", " "), comparison.members(level), GROUP_COLOURS[i], GROUP_LINES[i])
        for i, level in enumerate(comparison.levels)
    ]


def _test_words(comparison: Comparison) -> str:
    result = compare(comparison)
    name = "Gray" if comparison.endpoint == "CIR" else "log-rank"
    if math.isnan(result.p_value):
        return f"{name} {result.reason}"
    shown = f"p = {result.p_value:.2g}" if result.p_value >= 0.001 else "p < 0.001"
    left_out = f"; {comparison.left_out} left out (group not known)" if comparison.left_out else ""
    return f"{name} {shown}{left_out}"


def _draw(
    endpoint: str,
    variable: str,
    start: int,
    groups: Sequence[_Group],
    test: str,
    data: FigureData,
) -> Figure:
    title = _TITLES[endpoint]
    if variable:
        title += " by " + variable.replace("_", " ").replace("ikzf1", "IKZF1")
    height = 4.4 + 0.17 * len(groups)
    figure = new_figure(6.2, height, title, data.cohort_name)
    axes = figure.add_subplot()
    last = max(row.time for group in groups for row in group.rows) / DAYS_PER_MONTH
    curves = [fit_curve(endpoint, group.rows) for group in groups]
    for group, curve in zip(groups, curves, strict=True):
        _draw_curve(axes, group, curve, last)
    if len(groups) == 1:
        _shade(axes, curves[0], last, data.statistics)
    _mark_horizons(axes, groups, curves, last, data.statistics)
    ticks = list(range(0, math.ceil(last) + 1, 3 if last <= 40 else 6 if last <= 80 else 12))
    axes.set_xticks(ticks)
    axes.set_xlim(0, math.ceil(last))
    top = 0.62 if endpoint == "CIR" and _highest(curves) < 0.55 else 1.02
    axes.set_ylim(-0.012 * top, top)  # a curve at 0 stays in sight
    axes.set_ylabel("incidence" if endpoint == "CIR" else "probability")
    axes.set_xlabel(f"months from day {start}")
    if test:
        axes.set_title(test, fontsize=SMALL)
    if len(groups) > 1:
        axes.legend(loc="upper left" if endpoint == "CIR" else "lower left", handlelength=2.6)
    _number_at_risk(axes, groups, curves, ticks)
    return figure


def _highest(curves: Sequence[SurvivalCurve]) -> float:
    return max(float(curve.values.max(initial=0.0)) for curve in curves)


def _draw_curve(axes: Axes, group: _Group, curve: SurvivalCurve, last: float) -> None:
    end = min(last, float(curve.follow_up[-1]) / DAYS_PER_MONTH)
    times = np.concatenate(([0.0], curve.times / DAYS_PER_MONTH, [end]))
    first = 0.0 if curve.incidence else 1.0
    values = np.concatenate(
        ([first], curve.values, [curve.values[-1] if len(curve.values) else first])
    )
    axes.step(
        times,
        values,
        where="post",
        color=group.colour,
        linestyle=group.line,
        linewidth=1.5,
        label=group.label,
    )
    ticks = np.unique(curve.censored)
    heights = [curve.at(time)[0] for time in ticks]
    axes.plot(
        ticks / DAYS_PER_MONTH,
        heights,
        linestyle="none",
        marker="|",
        markersize=4.5,
        markeredgewidth=0.8,
        color=group.colour,
    )


def _shade(axes: Axes, curve: SurvivalCurve, last: float, statistics: StatisticsSettings) -> None:
    days = np.concatenate(([0.0], curve.times, [min(last * DAYS_PER_MONTH, curve.follow_up[-1])]))
    bounds = [curve.estimate(float(day), statistics.conf_level) for day in days]
    lower = [0.0 if math.isnan(bound.lower) else bound.lower for bound in bounds]
    upper = [0.0 if math.isnan(bound.upper) else bound.upper for bound in bounds]
    label = f"{100 * statistics.conf_level:g} % interval"
    axes.fill_between(
        days / DAYS_PER_MONTH,
        lower,
        upper,
        step="post",
        color=BLUE,
        alpha=0.18,
        linewidth=0,
        label=label,
    )
    axes.legend(loc="upper left" if curve.incidence else "lower left")


def _mark_horizons(
    axes: Axes,
    groups: Sequence[_Group],
    curves: Sequence[SurvivalCurve],
    last: float,
    statistics: StatisticsSettings,
) -> None:
    for months in statistics.horizons_months:
        if months > last:
            continue
        axes.axvline(months, color=GREY, linewidth=0.8, linestyle=(0, (2, 2)), zorder=0)
        for group, curve in zip(groups, curves, strict=True):
            if months * DAYS_PER_MONTH <= curve.follow_up[-1]:
                value = curve.at(months * DAYS_PER_MONTH)[0]
                axes.plot(months, value, marker="o", markersize=4, color=group.colour)
    shown = [months for months in statistics.horizons_months if months <= last]
    if shown and len(groups) == 1:
        lines = []
        for months in shown:
            point = curves[0].estimate(months * DAYS_PER_MONTH, statistics.conf_level)
            lines.append(
                f"{months:g} months: {100 * point.value:.0f} % "
                f"({100 * point.lower:.0f}-{100 * point.upper:.0f})"
            )
        axes.set_title("; ".join(lines), fontsize=SMALL)


def _number_at_risk(
    axes: Axes, groups: Sequence[_Group], curves: Sequence[SurvivalCurve], ticks: Sequence[int]
) -> None:
    """Write the numbers below the axis, each under its tick and in the colour of its group."""
    head = 40.0  # points below the axis, clear of tick labels and axis label
    axes.annotate(
        "number at risk",
        (0, 0),
        (0, -head),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=SMALL,
        va="top",
        fontweight="bold",
    )
    for line, (group, curve) in enumerate(zip(groups, curves, strict=True), start=1):
        down = -head - 12.0 * line
        axes.annotate(
            group.label,
            (0, 0),
            (-14, down),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=SMALL,
            va="top",
            ha="right",
            color=group.colour,
        )
        for tick in ticks:
            number = str(curve.at_risk(tick * DAYS_PER_MONTH)) if tick else str(len(group.rows))
            axes.annotate(
                number,
                (tick, 0),
                (0, down),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                fontsize=SMALL,
                va="top",
                ha="center",
                color=group.colour,
            )
