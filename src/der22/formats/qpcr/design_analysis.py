"""Workbooks of QuantStudio and Design & Analysis software: sheet ``Results`` and its companions.

Old (.xls) and new (.xlsx) workbooks hold the same sheets.

In Design & Analysis the quantity, the task and the curve stand only in ``Standard Curve Result``
and are joined by well and target.
"""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

from der22.errors import UnreadableFileError
from der22.formats.qpcr.record import Kind, PlateFile, Task, Well
from der22.formats.qpcr.results_table import (
    CT_NAMES,
    CYCLE_NAMES,
    believed_cycles,
    highest_cycle,
    read_results,
)
from der22.formats.qpcr.table import Table, find_table
from der22.formats.qpcr.workbook import Workbook

__all__ = ["read_design_analysis"]

#: the cycle stands in one of the first columns
_CYCLE_WIDTH = 5
_CURVE_SHEET = "Standard Curve Result"


def read_design_analysis(book: Workbook, results: str = "Results") -> PlateFile:
    """Read a workbook with a sheet ``Results``, which is named `results` there.

    Raises:
        UnreadableFileError: ``RESULTS_MISSING`` without a header beginning with Well and a Ct
            column; ``NUMBER_STYLE_MIXED``, ``NUMBER_STYLE_UNCLEAR``, ``FILE_UNREADABLE``.
    """
    table = find_table(book.grid(results), [("well", "wellposition"), CT_NAMES])
    if table is None:
        raise UnreadableFileError(
            "RESULTS_MISSING",
            f"{book.name}: sheet Results has no header row with Well and Cq (or CT) within its "
            "first 300 rows; export the results of a quantification again",
        )
    found = read_results(table)
    wells, curves = found.rows.wells, found.curves
    alone: tuple[str, ...] = ()
    given = _standard_curve_sheet(book)
    if given is not None:
        extra = read_results(given)
        wells, alone = _join(wells, extra.rows.wells)
        curves = MappingProxyType({**curves, **extra.curves})
    cycles = believed_cycles(_cycles(book), wells)
    return PlateFile(
        book.name,
        Kind.DESIGN_ANALYSIS,
        wells,
        curves,
        MappingProxyType({} if cycles is None else {"": cycles}),
        empty=found.rows.empty,
        not_understood=(*found.rows.not_understood, *alone),
    )


def _standard_curve_sheet(book: Workbook) -> Table | None:
    if _CURVE_SHEET not in book.sheets:
        return None
    return find_table(book.grid(_CURVE_SHEET), [("well", "wellposition"), ("quantity",)])


def _join(
    wells: tuple[Well, ...], extra: tuple[Well, ...]
) -> tuple[tuple[Well, ...], tuple[str, ...]]:
    """Take task and quantity of the wells from the sheet of the standard curve.

    Returns:
        The wells, and the places of those that only that sheet knows.
    """
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
    known = {(well.well, well.target) for well in wells}
    alone = (place for place in by_place if place not in known)
    return tuple(joined), tuple(f"sheet {_CURVE_SHEET}, well {well}" for well, _ in alone)


def _cycles(book: Workbook) -> int | None:
    if "Amplification Data" not in book.sheets:
        return None
    table = find_table(book.grid("Amplification Data", width=_CYCLE_WIDTH), [CYCLE_NAMES])
    return None if table is None else highest_cycle(table)
