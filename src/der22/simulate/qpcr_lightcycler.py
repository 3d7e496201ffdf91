"""Writes one target of a plate as the absolute-quantification text of LightCycler 480 software.

The export holds one filter combination and does not name the target; a plate is two files.
Layout as in a public export: old Macintosh line ends, Cp with two decimals or empty.
"""

from __future__ import annotations

from pathlib import Path

from der22.formats.tables import write_text
from der22.simulate.qpcr import QpcrPlate, WellTask

__all__ = ["write_lightcycler"]

_FUSION_FILTER, _CONTROL_FILTER = "FAM (465-510)", "VIC / HEX / Yellow555 (533-580)"
_COLOURS = {WellTask.STANDARD: "128", WellTask.UNKNOWN: "255", WellTask.NTC: "65280"}


def write_lightcycler(path: Path | str, plate: QpcrPlate, target: str) -> None:
    """Write the wells of `target`; other wells belong to another subset and are not listed.

    Args:
        path: where; folders are made.
        plate: what to write; its Cts should have been rounded to two decimals.
        target: one of the two targets of the plate.
    """
    selected = _FUSION_FILTER if target == plate.fusion_target else _CONTROL_FILTER
    curve = plate.curve_of(target)
    wells = plate.wells_of(target)
    levels = sorted({well.quantity for well in wells if well.quantity is not None}, reverse=True)
    head = f"Experiment: {plate.plate_id} (synthetic)  Selected Filter: {selected}"
    lines = [head, "Include\tColor\tPos\tName\tCp\tConcentration\tStandard\tStatus"]
    for well in wells:
        name = well.sample
        if well.quantity is not None:
            name = f"Standard {levels.index(well.quantity) + 1}"
        cells = (
            "True",
            _COLOURS[well.task],
            well.name,
            name,
            "" if well.ct is None else f"{well.ct:.2f}",
            "" if well.ct is None else f"{10 ** ((well.ct - curve.intercept) / curve.slope):.2E}",
            "0" if well.quantity is None else f"{well.quantity:.0f}",
            "",
        )
        lines.append("\t".join(cells))
    write_text(path, "\r".join(lines) + "\r")
