"""Plates over time: Levey-Jennings charts with the Westgard rules they break."""

from __future__ import annotations

from typing import Any

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import linegraph, table

from der22.report.html import escape
from der22.report.multiqc_sections.chips import ALARM, UNSURE, number_header
from der22.report.multiqc_sections.folder import CohortFolder
from der22.results.mrd import QcRow

__all__ = ["add_mrd_qc"]

_MOST_ROWS = 500
#: column of the distances -> name of its chart
_CHARTS = {
    "slope_z": "Slope",
    "intercept_z": "Intercept",
    "positive_control_z": "Positive controls",
    "control_copies_z": "Control gene",
}
#: standard deviations at which lines are drawn, with their colour
_LIMITS = {-3: ALARM, -2: UNSURE, 0: "#8a94a0", 2: UNSURE, 3: ALARM}
_HEADERS = {
    "slope": number_header("Slope", "Ct per tenfold dilution", 2),
    "intercept": number_header("Intercept", "Ct of one copy", 2),
    "r_squared": number_header("R squared", "of the standards", 3),
    "ntc": {"title": "NTC detected", "description": "no-template wells detected", "scale": False},
    "positive": number_header("Positive control", "mean Ct of the positive controls", 2),
    "control": number_header("Control copies", "median of the samples", 0),
    "westgard": {"title": "Westgard", "description": "rules that are broken", "scale": False},
}


def add_mrd_qc(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the charts, and the plates as a table; nothing without a plate."""
    rows = folder.qc
    if not rows:
        return
    broken = [row for row in rows if row.westgard]
    charts = {name: lines for key, name in _CHARTS.items() if (lines := _lines(rows, key))}
    if charts:
        last = float(max(len(line) for lines in charts.values() for line in lines.values()))
        limits = [
            {
                "name": "mean" if not limit else f"{limit:+d} SD",
                "pairs": [(1.0, float(limit)), (max(last, 2.0), float(limit))],
                "color": colour,
                "width": 1,
                "dash": "dash",
            }
            for limit, colour in _LIMITS.items()
        ]
        module.add_section(
            name="Plates over time",
            anchor="der22-qc-time",
            description=(
                "Levey-Jennings charts: each plate in standard deviations from the mean of the "
                f"others, in the order of the plates sheet. {len(broken)} of {len(rows)} targets "
                "of plates break a Westgard rule."
            ),
            helptext=(
                "1-3s: a plate beyond three standard deviations. 2-2s: it and the plate before "
                "beyond two on one side. Both are notes: they refuse no result."
            ),
            plot=linegraph.plot(
                list(charts.values()),
                {
                    "id": "der22_qc_time_plot",
                    "title": "der22: plates over time",
                    "xlab": "plate, in the order of the sheet",
                    "ylab": "standard deviations",
                    "smooth_points": None,
                    "style": "lines+markers",
                    "data_labels": [{"name": name} for name in charts],
                    "extra_series": [limits for _ in charts],
                },
            ),
        )
    listed = broken if len(rows) > _MOST_ROWS else rows
    cells: dict[str, dict[str, Any]] = {}
    for row in listed:
        told = {
            "slope": row.slope,
            "intercept": row.intercept,
            "r_squared": row.r_squared,
            "ntc": f"{row.n_ntc_detected} of {row.n_ntc}" if row.n_ntc else "none",
            "positive": row.positive_control_ct,
            "control": row.median_control_copies,
            "westgard": " ".join(row.westgard),
        }
        name = str(escape(f"{row.plate_id} {row.target}"))
        cells[name] = {key: value for key, value in told.items() if value is not None}
    if cells:
        module.add_section(
            name="Quality of plates",
            anchor="der22-qc-plates",
            description="Each target of each plate, in the order of the plates sheet.",
            plot=table.plot(
                cells,
                _HEADERS,
                {
                    "id": "der22_qc_plates_table",
                    "title": "der22: quality of plates",
                    "namespace": "der22",
                    "col1_header": "Plate and target",
                    "no_violin": True,
                    "sort_rows": False,
                },
            ),
        )


def _lines(rows: tuple[QcRow, ...], key: str) -> dict[str, dict[float, float]]:
    """Return the distances of each target by the place of the plate."""
    lines: dict[str, dict[float, float]] = {}
    for row in rows:
        if (distance := getattr(row, key)) is not None:
            line = lines.setdefault(str(escape(f"{row.role} {row.target}")), {})
            line[float(len(line) + 1)] = distance
    return lines
