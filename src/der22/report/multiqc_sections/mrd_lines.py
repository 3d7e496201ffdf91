"""MRD over time on a logarithmic axis; nothing undetected is drawn at zero."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import bargraph, linegraph

from der22.report.multiqc_sections.chips import ALARM, NO_RESULT
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.patient_mrd import level_points
from der22.report.words import count_text, say
from der22.results.mrd import LevelRow
from der22.words import Category

__all__ = ["add_mrd_lines"]

_COLOURS = {
    Category.CMR: "#00527f",
    Category.PNQ: "#7db8da",
    Category.POS: ALARM,
    Category.POS_UNQUANTIFIED: "#e6a176",
    Category.NOT_EVALUABLE: NO_RESULT,
    Category.MISSING: "#dfe3e7",
}
_MOST_PATIENTS = 100
_MARKS = {Category.CMR: "triangle-down", Category.PNQ: "circle-open"}


def add_mrd_lines(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the categories per time point and the lines; nothing without MRD."""
    if not folder.series:
        return
    counts: dict[str, Counter[str]] = {}
    for row in folder.series:
        if row.timepoint != "unscheduled":
            counts.setdefault(row.timepoint.replace("_", " "), Counter())[row.category.value] += 1
    module.add_section(
        name="MRD by time point",
        anchor="der22-mrd-timepoints",
        description=(
            f"Category of {count_text(len(folder.risks), 'patient')} at each planned time point."
        ),
        plot=bargraph.plot(
            {point: dict(own) for point, own in counts.items()},
            {word.value: {"name": say(word), "color": colour} for word, colour in _COLOURS.items()},
            {
                "id": "der22_mrd_timepoints_plot",
                "title": "der22: MRD by time point",
                "ylab": "patients",
                "sort_samples": False,
            },
        ),
    )
    risen = {
        row.patient_id
        for row in folder.risks
        if row.mrd_increase_day is not None or row.molecular_relapse_day is not None
    }
    shown = set(folder.shown_patients(risen, _MOST_PATIENTS))
    lines, marks = _lines(row for row in folder.levels if row.patient_id in shown)
    if not lines:
        return
    which = "all patients"
    if len(shown) < len(folder.risks):
        which = (
            f"{len(shown)} of {len(folder.risks)} patients: those with an MRD increase or a relapse"
        )
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
    plot = linegraph.plot(lines, config | {"extra_series": marks} if marks else config)
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


def _lines(
    levels: Iterable[LevelRow],
) -> tuple[dict[str, dict[float, float]], list[dict[str, Any]]]:
    """Return a line per patient and transcript, and the marks of what was not quantified."""
    groups: dict[str, list[LevelRow]] = {}
    for row in levels:
        groups.setdefault(f"{row.patient_id} {row.transcript or ''}", []).append(row)
    lines: dict[str, dict[float, float]] = {}
    places: dict[Category, list[tuple[float, float]]] = {word: [] for word in _MARKS}
    for name, rows in groups.items():
        for point in level_points(rows):
            if math.isnan(point.height):
                continue
            lines.setdefault(name, {})[point.day] = point.height
            if point.category in places:
                places[point.category].append((point.day, point.height))
    marks = [
        {
            "name": say(word),
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
