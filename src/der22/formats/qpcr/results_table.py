"""The results table of the QuantStudio family: text, workbook and SDS share its columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from der22.formats.qpcr.cells import (
    is_true,
    plate_size,
    read_ct,
    task_of,
    well_from_number,
    well_name,
)
from der22.formats.qpcr.numbers import Cell, NumberStyle, decide_style, read_number
from der22.formats.qpcr.record import PrintedCurve, RunTarget, Task, Well
from der22.formats.qpcr.table import Table, TableRow

__all__ = [
    "CT_NAMES",
    "NUMERIC",
    "WellNamer",
    "believed_cycles",
    "name_wells",
    "read_results",
    "results_well",
]

#: folded names of the column of the threshold cycle, in the order they are looked for
CT_NAMES = ("ct", "cq", "crt", "cp")
_SAMPLE = ("samplename", "sample")
_TARGET = ("targetname", "target", "detectorname", "detector", "assayname")
_QUANTITY = ("quantity", "qty")
#: columns whose cells tell how the file writes numbers
NUMERIC = (
    *CT_NAMES, "ctmean", "ctsd", "cqmean", "cqsd", "quantity", "quantitymean", "quantitysd", "qty",
    "qtymean", "qtystddev", "yintercept", "rsuperscript2", "r2", "slope", "efficiency", "avgct",
    "avgqty", "ctthreshold", "threshold", "ampscore", "cqconf",
)  # fmt: skip

#: row of a table -> well name
WellNamer = Callable[[TableRow], str]


def read_results(
    table: Table, name: str, row_offset: int = 0
) -> tuple[tuple[Well, ...], Mapping[RunTarget, PrintedCurve]]:
    """Read the wells and the printed curves of a results table.

    Args:
        table: table with a well and a Ct column.
        name: file, for sentences.
        row_offset: lines of the file before the table's first row.

    Raises:
        UnreadableFileError: ``NUMBER_STYLE_MIXED`` or ``NUMBER_STYLE_UNCLEAR``.
    """
    style = decide_style(table.cells(*NUMERIC), name)
    namer = name_wells(table)
    wells = []
    curves: dict[RunTarget, PrintedCurve] = {}
    for row in table.rows:
        well = results_well(row, table, namer, style, row_offset)
        if well is None:
            continue
        wells.append(well)
        curve = _printed_curve(row, style)
        if curve is not None:
            curves.setdefault((well.run, well.target), curve)
    return tuple(wells), MappingProxyType(curves)


def results_well(
    row: TableRow, table: Table, namer: WellNamer, style: NumberStyle, row_offset: int = 0
) -> Well | None:
    """Read one row; None for an unused well (no sample, no target and no Ct)."""
    sample, target = row.text(*_SAMPLE), row.text(*_TARGET)
    reading = read_ct(row.cell(*CT_NAMES), style)
    if not (sample or target or reading.raw):
        return None
    excluded, reason = _exclusion(row, sample, reading.empty, reading.fault)
    task = task_of(row.text("task"))
    quantity = read_number(row.cell(*_QUANTITY), style)
    return Well(
        run=row.text("plate"),
        well=namer(row),
        sample=sample,
        target=target,
        task=task,
        ct_raw=reading.raw,
        ct=reading.ct,
        quantity=quantity if task is Task.STANDARD else None,
        excluded=excluded,
        reason=reason,
        fault="" if reason == "OMITTED" else reading.fault,
        place=f"row {row.number + row_offset}, column {table.title(*CT_NAMES)}",
        printed_copies=quantity if task is Task.UNKNOWN else None,
    )


def _exclusion(row: TableRow, sample: str, empty: bool, fault: str) -> tuple[bool, str]:
    """Tell whether a well is taken out and why; flagged wells are not."""
    if is_true(row.text("omit")):
        return True, "OMITTED"
    if fault:
        return True, fault
    # a named sample without any Ct word was not analysed: that is no negative
    return (True, "NO_CT") if empty and sample else (False, "")


def name_wells(table: Table, first: int = 1) -> WellNamer:
    """Return how the wells of a table are named.

    Args:
        table: table with ``Well Position``, ``Pos`` or ``Well``.
        first: number of the first well where wells are numbered.
    """
    column = next((c for c in ("wellposition", "pos", "well") if table.has(c)), "")
    cells = list(table.cells(column))
    numbers = [number for number in map(_whole, cells) if number is not None]
    names = {name for cell in cells if isinstance(cell, str) and (name := well_name(cell))}
    size = plate_size(max(numbers, default=0) - first + 1, names)

    def namer(row: TableRow) -> str:
        number = _whole(row.cell(column))
        if number is not None:
            return well_from_number(number - first + 1, size)
        text = row.text(column)
        return well_name(text) or text

    return namer


def believed_cycles(cycles: int | None, wells: Sequence[Well]) -> int | None:
    """Return `cycles` unless a threshold cycle lies beyond: then the export was cut short."""
    latest = max((well.ct for well in wells if well.ct is not None), default=0.0)
    return cycles if cycles is not None and latest <= cycles else None


def _printed_curve(row: TableRow, style: NumberStyle) -> PrintedCurve | None:
    slope = read_number(row.cell("slope"), style)
    intercept = read_number(row.cell("yintercept", "intercept"), style)
    if slope is None or intercept is None or slope == 0:
        return None
    return PrintedCurve(slope, intercept)


def _whole(cell: Cell) -> int | None:
    """Return a well number: 7, 7.0 or "7"; None for anything else."""
    number = read_number(cell)
    return (
        int(number) if number is not None and number.is_integer() and 0 <= number < 9999 else None
    )
