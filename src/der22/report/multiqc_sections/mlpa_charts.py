"""Control charts of the MLPA references: each figure over the runs, with what earlier runs tell."""

from __future__ import annotations

from typing import Any

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import linegraph

from der22.report.html import escape
from der22.report.multiqc_sections.chips import ALARM, NO_RESULT, UNSURE
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.words import count_text
from der22.results.mlpa import RunChartRow
from der22.results.schema import read_table
from der22.words import ChartMark

__all__ = ["add_mlpa_charts", "chart_series"]

_MOST_RUNS = 300
#: figure -> its name and what its axis says
_FIGURES = {
    "median_height_rfu": ("Height", "median height of the reference probes, RFU"),
    "slope_per_100_nt": ("Slope", "fall of the signal, ln per 100 nt"),
    "reference_probe_sd": ("Reference probe SD", "scatter of the reference probes, SD of DQ"),
    "probe_sd": ("Probe SD", "scatter between the references, SD of DQ"),
    "denaturation_ratio": ("D", "denaturation fragments over the 92-nt fragment"),
    "quantity_ratio": ("Q", "quantity fragments over the 92-nt fragment"),
}
_DASHES = {-3.0: "dot", -2.0: "dash", 0.0: "solid", 2.0: "dash", 3.0: "dot"}
_OUTSIDE = {
    ChartMark.BEYOND_2_SD: ("beyond 2 SD", UNSURE),
    ChartMark.BEYOND_3_SD: ("beyond 3 SD", ALARM),
}


def add_mlpa_charts(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the charts, a figure each; nothing without runs whose references serve."""
    rows = read_table(folder.outdir, RunChartRow, optional=True)
    runs = list(dict.fromkeys(row.run_id for row in rows))
    last = set(runs[-_MOST_RUNS:])
    known = [row for row in rows if row.value is not None and row.run_id in last]
    figures = [name for name in _FIGURES if any(row.figure == name for row in known)]
    if not figures:
        return
    drawn = [chart_series([row for row in known if row.figure == name]) for name in figures]
    which = count_text(len(runs), "run")
    if len(last) < len(runs):
        which = f"the last {len(last)} of {which}"
    n_outside = sum(row.mark is ChartMark.BEYOND_3_SD for row in known)
    module.add_section(
        name="MLPA control charts",
        anchor="der22-mlpa-charts",
        description=(
            f"Reference samples of {which}, in the order of the sheet, a line per probemix; "
            f"{count_text(n_outside, 'point')} beyond 3 SD."
        ),
        helptext=(
            "Each run is compared with those that stand before it in the mlpa sheet and have the "
            "same probemix sheet: their mean (line), 2 SD (dashed) and 3 SD (dotted), drawn where "
            "enough of them are known. Of few runs the SD is uncertain: after five to seven, one "
            "sound point in ten lies beyond 2 SD and one in 27 beyond 3 SD by chance. A chart "
            "changes no call."
        ),
        plot=linegraph.plot(
            [lines for lines, _ in drawn],
            {
                "id": "der22_mlpa_charts_plot",
                "title": "der22: MLPA control charts",
                "xlab": "run",
                "categories": True,
                "smooth_points": None,
                "style": "lines+markers",
                "showlegend": False,
                "data_labels": [
                    {"name": name, "ylab": axis}
                    for figure, (name, axis) in _FIGURES.items()
                    if figure in figures
                ],
                "extra_series": [series for _, series in drawn],
            },
        ),
    )


def chart_series(
    rows: list[RunChartRow],
) -> tuple[dict[str, dict[str, float]], list[dict[str, Any]]]:
    """Return the values of one figure by probemix and run, and its limits and marks."""
    lines: dict[str, dict[str, float]] = {}
    limits: dict[tuple[str, float], list[tuple[str, float]]] = {}
    marks: dict[ChartMark, list[tuple[str, float]]] = {}
    for row in rows:
        if row.value is None:
            continue
        mix = str(escape(row.probemix))
        lines.setdefault(mix, {})[row.run_id] = row.value
        for sds in _DASHES:
            if (limit := row.limit(sds)) is not None:
                limits.setdefault((mix, sds), []).append((row.run_id, limit))
        if row.mark in _OUTSIDE:
            marks.setdefault(row.mark, []).append((row.run_id, row.value))
    series: list[dict[str, Any]] = [
        {
            "name": f"{mix}: mean {sds:+g} SD" if sds else f"{mix}: mean",
            "pairs": pairs, "dash": _DASHES[sds], "color": NO_RESULT, "width": 1,
            "marker": linegraph.Marker(color=NO_RESULT, width=0),
        }
        for (mix, sds), pairs in limits.items()
    ]  # fmt: skip
    for mark, pairs in marks.items():
        name, colour = _OUTSIDE[mark]
        marker = linegraph.Marker(symbol="circle-open", color=colour, width=3)
        series.append({"name": name, "pairs": pairs, "width": 0, "color": colour, "marker": marker})
    return lines, series
