"""Workbooks of QuantStudio and Design & Analysis software: sheet ``Results`` and its companions.

Old (.xls) and new (.xlsx) workbooks hold the same sheets.

In Design & Analysis the quantity, the task and the curve stand only in ``Standard Curve Result``
and are joined by well and target.
"""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

from der22.errors import UnreadableFileError
from der22.formats.qpcr.numbers import read_number
from der22.formats.qpcr.record import Kind, PlateFile, Task, Well
from der22.formats.qpcr.results_table import CT_NAMES, believed_cycles, read_results
from der22.formats.qpcr.table import Table, find_table
from der22.formats.qpcr.workbook import Workbook

__all__ = ["read_design_analysis"]

#: the cycle stands in one of the first columns
_CYCLE_WIDTH = 5
_CURVE_SHEET = "Standard Curve Result"


def read_design_analysis(book: Workbook) -> PlateFile:
    """Read a workbook with a sheet ``Results``.

    Raises:
        UnreadableFileError: ``RESULTS_MISSING`` without a header beginning with Well and a Ct
            column; ``NUMBER_STYLE_MIXED``, ``NUMBER_STYLE_UNCLEAR``, ``FILE_UNREADABLE``.
    """
    table = find_table(book.rows("Results"), [("well", "wellposition"), CT_NAMES])
    if table is None:
        raise UnreadableFileError(
            "RESULTS_MISSING",
            f"{book.name}: sheet Results has no header row with Well and Cq (or CT) within its "
            "first 300 rows; export the results of a quantification again",
        )
    wells, curves = read_results(table, book.name)
    given = _standard_curve_sheet(book)
    if given is not None:
        extra, printed = read_results(given, book.name)
        wells, curves = _join(wells, extra), MappingProxyType({**curves, **printed})
    cycles = believed_cycles(_cycles(book), wells)
    by_run = MappingProxyType({} if cycles is None else {"": cycles})
    return PlateFile(book.name, Kind.DESIGN_ANALYSIS, wells, curves, by_run)


def _standard_curve_sheet(book: Workbook) -> Table | None:
    if _CURVE_SHEET not in book.sheets:
        return None
    return find_table(book.rows(_CURVE_SHEET), [("well", "wellposition"), ("quantity",)])


def _join(wells: tuple[Well, ...], extra: tuple[Well, ...]) -> tuple[Well, ...]:
    """Take task and quantity of the wells from the sheet of the standard curve."""
    by_place = {(well.well, well.target): well for well in extra}
    joined = []
    for well in wells:
        other = by_place.get((well.well, well.target))
        if other is not None:
            well = dataclasses.replace(
                well,
                task=other.task if other.task is not Task.OTHER else well.task,
                quantity=other.quantity if other.quantity is not None else well.quantity,
                printed_copies=other.printed_copies,
            )
        joined.append(well)
    return tuple(joined)


def _cycles(book: Workbook) -> int | None:
    if "Amplification Data" not in book.sheets:
        return None
    table = find_table(
        book.rows("Amplification Data", width=_CYCLE_WIDTH), [("cyclenumber", "cycle")]
    )
    if table is None:
        return None
    numbers = [read_number(cell) for cell in table.cells("cyclenumber", "cycle")]
    return int(max((n for n in numbers if n is not None), default=0)) or None
