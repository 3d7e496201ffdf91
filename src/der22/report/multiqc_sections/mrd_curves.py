"""Standard curves and no-template controls of every qPCR plate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import linegraph, table

from der22.report.html import escape
from der22.report.multiqc_sections.chips import chip_column, number_column
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.results import Row, as_float, read_rows

__all__ = ["add_mrd_curves"]

_MOST_CURVES = 300
_STATUS_COLOURS = {"pass": "#56a0cc", "warn": "#a87400", "fail": "#c24e00"}


def add_mrd_curves(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the curves as lines and as a table; nothing without a curve."""
    if not folder.curves:
        return
    levels = ("pass", "warn", "fail")
    statuses = {
        level: [_name(r) for r in folder.curves if r["status"] == level] for level in levels
    }
    shown = list(folder.curves)
    words = f"{len(shown)} curves of {len({row['plate_id'] for row in shown})} plates."
    if len(shown) > _MOST_CURVES:
        shown = [row for row in shown if row["status"] != "pass"][:_MOST_CURVES]
        words += f" Only {len(shown)} that failed or were warned are listed."
    lines = {_name(row): line for row in shown if (line := _line(row))}
    if lines:
        module.add_section(
            name="Standard curves",
            anchor="der22-curves",
            description=words,
            helptext=(
                "Ct against the copies of the standards; a slope of -3.32 Ct per tenfold step "
                "is an efficiency of 100 percent. Blue passed, dark yellow warned, orange failed."
            ),
            statuses=statuses,
            plot=linegraph.plot(
                lines,
                {
                    "id": "der22_curves_plot",
                    "title": "der22: standard curves",
                    "xlab": "copies (logarithmic)",
                    "ylab": "Ct",
                    "xlog": True,
                    "smooth_points": None,
                    "colors": {_name(row): _STATUS_COLOURS[row["status"]] for row in shown},
                    "showlegend": False,
                },
            ),
        )
    if not shown:
        return
    module.add_section(
        name="Plates",
        anchor="der22-plates",
        description="Standard curve and no-template controls (NTC) of each plate and target.",
        plot=table.plot(
            {_name(row): _cells(row, _controls(folder, row)) for row in shown},
            _headers(),
            {
                "id": "der22_curves_table",
                "title": "der22: standard curves",
                "namespace": "der22",
                "col1_header": "Plate and target",
                "no_violin": True,
            },
        ),
    )


def _name(row: Row) -> str:
    return str(escape(" ".join(filter(None, (row["plate_id"], row["run"], row["target"])))))


def _line(row: Row) -> dict[float, float]:
    """Return the two ends of a curve; Ct = intercept + slope x log10(copies)."""
    slope, intercept = as_float(row["slope"]), as_float(row["intercept"])
    ends = (as_float(row["lowest_copies"]), as_float(row["highest_copies"]))
    if any(math.isnan(value) for value in (slope, intercept, *ends)) or min(ends) <= 0:
        return {}
    return {copies: intercept + slope * math.log10(copies) for copies in ends}


def _controls(folder: CohortFolder, curve: Row) -> tuple[int, int]:
    """Return how many no-template wells of the target were detected, and how many there are."""
    path = folder.outdir / "mrd" / curve["plate_id"] / "wells.tsv"
    wells = read_rows(path, "target", {curve["target"]})
    own = [well for well in wells if well["task"].lower() == "ntc" and well["excluded"] != "yes"]
    return sum(well["detected"] == "yes" for well in own), len(own)


def _cells(row: Row, controls: tuple[int, int]) -> Mapping[str, Any]:
    cells: dict[str, Any] = {
        "status": {"warn": "warning"}.get(row["status"], row["status"]),
        "flags": str(escape(row["flags"].replace(";", " "))),
        "ntc": f"{controls[0]} of {controls[1]}" if controls[1] else "none",
    }
    for column in ("slope", "r_squared", "n_levels"):
        if row[column]:
            cells[column] = as_float(row[column])
    if row["efficiency"]:
        cells["efficiency"] = 100.0 * as_float(row["efficiency"])
    return cells


def _headers() -> dict[str, dict[str, Any]]:
    return {
        "status": chip_column("Curve", "pass, warning or fail"),
        "slope": number_column("Slope", "Ct per tenfold dilution", 2),
        "efficiency": number_column("Efficiency", "from the slope, percent", 0, suffix=" %"),
        "r_squared": number_column("R squared", "of the standards", 3),
        "n_levels": number_column("Levels", "standard levels used", 0),
        "ntc": {
            "title": "NTC detected",
            "description": "no-template wells of this target that were detected",
            "scale": False,
        },
        "flags": {"title": "Flags", "description": "codes of the curve", "scale": False},
    }
