"""Writes a plate as the csv "Quantification Cq Results" of Bio-Rad CFX Maestro.

Layout as in a public export: first column empty, wells as ``A01``, ``NaN`` when not detected;
a computer with a comma as decimal mark writes semicolons between the cells.
"""

from __future__ import annotations

import math
from pathlib import Path

from der22.formats.tables import write_text
from der22.simulate.qpcr import QpcrPlate, WellTask

__all__ = ["write_cfx"]

_COLUMNS = (
    "", "Well", "Fluor", "Target", "Content", "Sample", "Biological Set Name", "Cq", "Cq Mean",
    "Cq Std. Dev", "Starting Quantity (SQ)", "Log Starting Quantity", "SQ Mean", "SQ Std. Dev",
    "Set Point", "Well Note",
)  # fmt: skip


def write_cfx(path: Path | str, plate: QpcrPlate, *, decimal_comma: bool = False) -> None:
    """Write `plate` with one row per well and fluorophore."""
    # Std-1, Unkn-3, NTC ...: wells of one content share a number
    numbers: dict[tuple[WellTask, str], int] = {}
    mark = "," if decimal_comma else "."
    rows: list[tuple[str, ...]] = [_COLUMNS]
    for well in plate.wells:
        content = "NTC"
        if well.task is not WellTask.NTC:
            new = 1 + sum(task is well.task for task, _ in numbers)
            word = "Std" if well.task is WellTask.STANDARD else "Unkn"
            content = f"{word}-{numbers.setdefault((well.task, well.sample), new)}"
        curve = plate.curve_of(well.target)
        quantity = well.quantity if well.quantity is not None else math.nan
        if well.task is WellTask.UNKNOWN and well.ct is not None:
            quantity = 10 ** ((well.ct - curve.intercept) / curve.slope)
        cells = (
            "",
            f"{well.name[0]}{int(well.name[1:]):02d}",
            "FAM" if well.target == plate.fusion_target else "VIC",
            well.target,
            content,
            well.sample,
            "",
            _number(math.nan if well.ct is None else well.ct, 12, mark),
            *("",) * 2,
            _number(quantity, 5, mark),
            _number(math.log10(quantity), 5, mark),
            *("",) * 2,
            "60",
            "",
        )
        rows.append(cells)
    between = ";" if decimal_comma else ","
    write_text(path, "\n".join(between.join(row) for row in rows) + "\n")


def _number(value: float, decimals: int, mark: str) -> str:
    return "NaN" if math.isnan(value) else f"{value:.{decimals}f}".replace(".", mark)
