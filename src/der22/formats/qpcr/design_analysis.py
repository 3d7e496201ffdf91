"""Workbooks of QuantStudio and Design & Analysis software: sheet ``Results`` and its companions.

Old (.xls) and new (.xlsx) workbooks hold the same sheets.

In Design & Analysis the quantity, the task and the curve stand only in ``Standard Curve Result``
and are joined by well and target.
"""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

from der22.formats.qpcr.record import PlateFile, PlateFormat, Task
from der22.formats.qpcr.results_table import CT_NAMES, highest_cycle, read_results
from der22.formats.qpcr.table import find_table, need_table
from der22.formats.qpcr.workbook import Workbook

__all__ = ["read_design_analysis"]

#: the cycle stands in one of the first columns
_CYCLE_WIDTH = 5
_CURVE_SHEET, _CYCLE_SHEET = "Standard Curve Result", "Amplification Data"
_WELL = ("well", "wellposition")


def read_design_analysis(book: Workbook, results: str = "Results") -> PlateFile:
    """Read a workbook with a sheet ``Results``, which is named `results` there.

    Raises:
        UnreadableFileError: ``RESULTS_MISSING`` without a header beginning with Well and a Ct
            column; ``NUMBER_STYLE_MIXED``, ``NUMBER_STYLE_UNCLEAR``, ``FILE_UNREADABLE``.
    """
    found = read_results(
        need_table(
            book.grid(results),
            [_WELL, CT_NAMES],
            f"{book.name}: sheet Results has no header row with Well and Cq (or CT) within its "
            "first 300 rows; export the results of a quantification again",
        )
    )
    given = None
    if _CURVE_SHEET in book.sheets:
        given = find_table(book.grid(_CURVE_SHEET), [_WELL, ("quantity",)])
    if given is not None:
        # task and quantity stand there
        extra = read_results(given)
        by_place = {(well.well, well.target): well for well in extra.wells}
        joined = []
        for well in found.wells:
            other = by_place.get((well.well, well.target))
            if other is not None:
                well = dataclasses.replace(
                    well,
                    task=other.task if other.task is not Task.OTHER else well.task,
                    quantity=other.quantity if other.quantity is not None else well.quantity,
                    printed_copies=other.printed_copies,
                )
            joined.append(well)
        # wells that only the sheet of the curve knows
        known = {(well.well, well.target) for well in joined}
        alone = (
            f"sheet {_CURVE_SHEET}, well {place[0]}" for place in by_place if place not in known
        )
        found = dataclasses.replace(
            found,
            wells=tuple(joined),
            not_understood=(*found.not_understood, *alone),
            curves=MappingProxyType({**found.curves, **extra.curves}),
        )
    cycles = None
    if _CYCLE_SHEET in book.sheets:
        cycles = highest_cycle(book.grid(_CYCLE_SHEET, width=_CYCLE_WIDTH))
    return found.to_file(book.name, PlateFormat.DESIGN_ANALYSIS, cycles)
