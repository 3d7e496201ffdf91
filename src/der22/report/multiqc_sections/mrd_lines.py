"""MRD over time on a logarithmic axis; nothing undetected is drawn at zero."""

from __future__ import annotations

from typing import Any

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import bargraph, linegraph

from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.patient_mrd import level_points
from der22.report.results import Row
from der22.report.words import count_text

__all__ = ["add_mrd_lines"]

_CATEGORIES = {
    "CMR": ("undetected (CMR)", "#00527f"),
    "PNQ": ("positive, not quantifiable", "#7db8da"),
    "POS": ("positive", "#c24e00"),
    "not_evaluable": ("not evaluable", "#8a94a0"),
    "missing": ("no sample", "#dfe3e7"),
}
_MOST_PATIENTS = 100
_MARKS = {"CMR": "triangle-down", "PNQ": "circle-open"}


def add_mrd_lines(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the categories per time point and the lines; nothing without MRD."""
    if not folder.series:
        return
    counts: dict[str, dict[str, int]] = {}
    for row in folder.series:
        if row["timepoint"] != "unscheduled":
            point = counts.setdefault(row["timepoint"].replace("_", " "), {})
            point[row["category"]] = point.get(row["category"], 0) + 1
    module.add_section(
        name="MRD by time point",
        anchor="der22-mrd-timepoints",
        description=(
            f"Category of {count_text(len(folder.risks), 'patient')} at each planned time point."
        ),
        plot=bargraph.plot(
            counts,
            {word: {"name": name, "color": colour} for word, (name, colour) in _CATEGORIES.items()},
            {
                "id": "der22_mrd_timepoints_plot",
                "title": "der22: MRD by time point",
                "ylab": "patients",
                "sort_samples": False,
            },
        ),
    )
    shown = {row["patient_id"] for row in folder.shown_patients(_has_finding, _MOST_PATIENTS)}
    lines, marks = _lines([row for row in folder.levels if row["patient_id"] in shown])
    if not lines:
        return
    which = "all patients"
    if len(shown) < len(folder.risks):
        which = (
            f"{len(shown)} of {len(folder.risks)} patients: those with an MRD increase or a relapse"
        )
    plot = linegraph.plot(lines, _line_config(marks))
    if isinstance(plot, linegraph.LinePlot):
        # MultiQC's points of a line are too small to tell a triangle from a circle
        plot.datasets[0].trace_params["marker"] = {"size": 9}
    module.add_section(
        name="MRD lines",
        anchor="der22-mrd-lines",
        description=(
            f"Ratio of BCR::ABL1 to ABL1 in the bone marrow, {which}; one line per transcript. "
            "An undetected sample stands at its detection limit (triangle), never at zero; a "
            "positive one that cannot be quantified is an open circle; not evaluable samples are "
            "left out."
        ),
        plot=plot,
    )


def _line_config(marks: list[dict[str, Any]]) -> dict[str, Any]:
    config = {
        "id": "der22_mrd_lines_plot",
        "title": "der22: MRD over time",
        "xlab": "day of TKI",
        "ylab": "ratio, percent (logarithmic)",
        "ylog": True,
        "smooth_points": None,
        "style": "lines+markers",
        "showlegend": False,
        "height": 520,
    }
    # MultiQC takes an empty list for a damaged one
    return config | {"extra_series": marks} if marks else config


def _has_finding(row: Row) -> bool:
    return bool(row.get("mrd_increase_day") or row.get("molecular_relapse_day"))


def _lines(levels: list[Row]) -> tuple[dict[str, dict[float, float]], list[dict[str, Any]]]:
    """Return a line per patient and transcript, and the marks of what was not quantified."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in levels:
        groups.setdefault((row["patient_id"], row["transcript"]), []).append(row)
    lines: dict[str, dict[float, float]] = {}
    places: dict[str, list[tuple[float, float]]] = {word: [] for word in _MARKS}
    for (patient_id, transcript), rows in groups.items():
        name = f"{patient_id} {transcript}"
        for point in level_points(rows):
            height = {
                "POS": point.ratio_percent,
                "PNQ": point.ratio_percent,
                "CMR": point.detection_limit_percent,
            }.get(point.category, float("nan"))
            if not height > 0:
                continue
            lines.setdefault(name, {})[point.day] = height
            if point.category in places:
                places[point.category].append((point.day, height))
    marks = [
        {
            "name": _CATEGORIES[word][0],
            "pairs": sorted(pairs),
            "width": 0,
            "color": "#1d2733",
            # as an object: MultiQC drops the symbol of a plain mapping
            "marker": linegraph.Marker(symbol=_MARKS[word], color="#1d2733", width=2),
        }
        for word, pairs in places.items()
        if pairs
    ]
    return lines, marks
