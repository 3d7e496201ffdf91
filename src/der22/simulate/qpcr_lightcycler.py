"""Writes one target of a plate as the absolute-quantification text of LightCycler 480 software.

The export holds one filter combination and does not name the target; a plate is two files.
Layout as in a public export: old Macintosh line ends, Cp with two decimals or empty.
"""

from __future__ import annotations

from pathlib import Path

from der22.formats.tables import write_text
from der22.simulate.qpcr import QpcrPlate, QpcrWell, WellTask

__all__ = ["CT_DECIMALS", "write_lightcycler"]

#: decimals of a Cp in this export
CT_DECIMALS = 2

_FILTERS = {"fusion": "FAM (465-510)", "control": "VIC / HEX / Yellow555 (533-580)"}
_COLOURS = {WellTask.STANDARD: "128", WellTask.UNKNOWN: "255", WellTask.NTC: "65280"}


def write_lightcycler(path: Path | str, plate: QpcrPlate, target: str, *, end: str = "\r") -> None:
    """Write the wells of `target`; other wells belong to another subset and are not listed.

    Args:
        path: where; folders are made.
        plate: what to write; its Cts should have been rounded to `CT_DECIMALS`.
        target: one of the two targets of the plate.
        end: line end.
    """
    selected = _FILTERS["fusion" if target == plate.fusion_target else "control"]
    curve = plate.fusion_curve if target == plate.fusion_target else plate.control_curve
    wells = plate.wells_of(target)
    levels = sorted({well.quantity for well in wells if well.quantity is not None}, reverse=True)
    head = f"Experiment: {plate.plate_id} (synthetic)  Selected Filter: {selected}"
    lines = [head, "Include\tColor\tPos\tName\tCp\tConcentration\tStandard\tStatus"]
    for well in wells:
        cells = (
            "True",
            _COLOURS[well.task],
            well.name,
            _shown_name(well, levels),
            "" if well.ct is None else f"{well.ct:.{CT_DECIMALS}f}",
            "" if well.ct is None else f"{10 ** ((well.ct - curve.intercept) / curve.slope):.2E}",
            "0" if well.quantity is None else f"{well.quantity:.0f}",
            "",
        )
        lines.append("\t".join(cells))
    # write_text keeps the text as it is, so that any line end can be given
    write_text(path, end.join(lines) + end)


def _shown_name(well: QpcrWell, levels: list[float]) -> str:
    if well.quantity is None:
        return well.sample
    return f"Standard {levels.index(well.quantity) + 1}"
