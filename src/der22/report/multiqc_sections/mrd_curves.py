"""Standard curves and no-template controls of every qPCR plate."""

from __future__ import annotations

import math
from typing import Any

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import linegraph, table

from der22.report.html import escape
from der22.report.multiqc_sections.chips import UNSURE, chip_header, number_header
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.multiqc_sections.grades import CURVE_GRADES, GRADE_COLOURS, Grade, progress_bar
from der22.results.mrd import WellRow
from der22.results.schema import read_table
from der22.words import CurveStatus

__all__ = ["add_mrd_curves"]

_MOST_CURVES = 300
#: a thin line needs a darker yellow than a bar
_LINES = GRADE_COLOURS | {Grade.WARNING: UNSURE}
_HEADERS = {
    "status": chip_header("Curve", "pass, warning or fail"),
    "slope": number_header("Slope", "Ct per tenfold dilution", 2),
    "efficiency": number_header("Efficiency", "from the slope, percent", 0, suffix=" %"),
    "r_squared": number_header("R squared", "of the standards", 3),
    "n_levels": number_header("Levels", "standard levels used", 0),
    "ntc": {
        "title": "NTC detected",
        "description": "no-template wells of this target that were detected",
        "scale": False,
    },
    "flags": {"title": "Flags", "description": "codes of the curve", "scale": False},
}


def add_mrd_curves(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the curves as lines and as a table; nothing without a curve."""
    if not folder.curves:
        return
    named = [
        (str(escape(" ".join(filter(None, (row.plate_id, row.run, row.target))))), row)
        for row in folder.curves
    ]
    statuses = progress_bar((name, CURVE_GRADES[row.status]) for name, row in named)
    words = f"{len(named)} curves of {len({row.plate_id for row in folder.curves})} plates."
    if len(named) > _MOST_CURVES:
        doubted = [(name, row) for name, row in named if row.status is not CurveStatus.PASS]
        named = doubted[:_MOST_CURVES]
        words += f" Only {len(named)} that failed or were warned are listed."
    lines: dict[str, dict[float, float]] = {}
    standards: list[tuple[float, float]] = []
    cells: dict[str, dict[str, Any]] = {}
    for name, row in named:
        ends = (row.lowest_copies or 0.0, row.highest_copies or 0.0)
        if row.slope is not None and row.intercept is not None and min(ends) > 0:
            lines[name] = {at: row.intercept + row.slope * math.log10(at) for at in ends}
        of_target, plate = ("target", {row.target}), row.plate_id
        wells = read_table(folder.outdir, WellRow, of_target, optional=True, plate_id=plate)
        controls = [w.detected for w in wells if w.task.lower() == "ntc" and not w.excluded]
        standards += [
            (w.quantity, w.ct)
            for w in wells
            if w.task == "standard" and not w.excluded and w.quantity and w.ct is not None
            if name in lines
        ]
        told = {
            "status": CURVE_GRADES[row.status].value,
            "flags": str(escape(" ".join(row.codes))),
            "ntc": f"{controls.count(True)} of {len(controls)}" if controls else "none",
            "slope": row.slope,
            "r_squared": row.r_squared,
            "n_levels": float(row.n_levels),
            "efficiency": None if row.efficiency is None else 100.0 * row.efficiency,
        }
        cells[name] = {key: value for key, value in told.items() if value is not None}
    config = {
        "id": "der22_curves_plot",
        "title": "der22: standard curves",
        "xlab": "copies (logarithmic)",
        "ylab": "Ct",
        "xlog": True,
        "smooth_points": None,
        "colors": {name: _LINES[CURVE_GRADES[row.status]] for name, row in named},
        "showlegend": False,
    }
    if standards:  # MultiQC takes an empty list for a damaged one
        config["extra_series"] = [
            {
                "name": "standard wells",
                "pairs": sorted(standards),
                "width": 0,
                "color": "#1d2733",
                "marker": linegraph.Marker(symbol="circle-open", color="#1d2733", width=1),
            }
        ]
    if lines:
        module.add_section(
            name="Standard curves",
            anchor="der22-curves",
            description=words,
            helptext=(
                "Ct against the copies of the standards; a slope of -3.32 Ct per tenfold step "
                "is an efficiency of 100 percent. "
                "Circles are the wells of the standards. Blue passed, dark yellow warned, orange "
                "failed."
            ),
            statuses=statuses,
            plot=linegraph.plot(lines, config),
        )
    if not cells:
        return
    module.add_section(
        name="Plates",
        anchor="der22-plates",
        description="Standard curve and no-template controls (NTC) of each plate and target.",
        plot=table.plot(
            cells,
            _HEADERS,
            {
                "id": "der22_curves_table",
                "title": "der22: standard curves",
                "namespace": "der22",
                "col1_header": "Plate and target",
                "no_violin": True,
            },
        ),
    )
