"""The results table of the QuantStudio family: text, workbook and SDS share its columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from der22.formats.grid import Grid, cell_string
from der22.formats.numbers import NumberColumn
from der22.formats.qpcr.cells import (
    HIGHEST_CT,
    LOWEST_CT,
    MOST_COPIES,
    is_true,
    plate_size,
    read_ct,
    task_of,
    well_from_number,
    well_name,
)
from der22.formats.qpcr.record import PrintedCurve, RunTarget, Task, Well
from der22.formats.qpcr.rows import ReadRows, read_wells
from der22.formats.qpcr.table import Table, TableRow, find_table, whole_number

__all__ = [
    "CT_NAMES",
    "highest_cycle",
    "read_results",
]

#: folded names of the column of the threshold cycle, in the order they are looked for
CT_NAMES = ("ct", "cq", "crt", "cp")
#: folded names of the column of the cycle of an amplification curve
CYCLE_NAMES = ("cyclenumber", "cycle")
_SAMPLE = ("samplename", "sample")
_TARGET = ("targetname", "target", "detectorname", "detector", "assayname")
_QUANTITY = ("quantity", "qty")
_WELL = ("wellposition", "pos", "well")
_SLOPE, _INTERCEPT = ("slope",), ("yintercept", "intercept")
#: what a printed curve can hold: cycles a decade, cycles at one copy
_STEEPEST, _HIGHEST_INTERCEPT = 20.0, 100.0


@dataclass(frozen=True, slots=True)
class _Columns:
    """How the columns of a table are read; wells have names, or numbers from `first_well`."""

    table: Table
    well: str
    first_well: int
    plate_size: int
    ct: NumberColumn
    quantity: NumberColumn

    def well_of(self, row: TableRow) -> str:
        """Return the name of the well of a row."""
        number = whole_number(row.cell(self.well))
        if number is not None:
            return well_from_number(number - self.first_well + 1, self.plate_size)
        text = row.text(self.well)
        return well_name(text) or text


def read_results(table: Table, first_well: int = 1) -> ReadRows:
    """Read the wells and the printed curves of a results table.

    Args:
        table: table with a well and a Ct column.
        first_well: number of the first well where wells are numbered.

    Raises:
        UnreadableFileError: ``NUMBER_STYLE_MIXED`` or ``NUMBER_STYLE_UNCLEAR``; ``FILE_UNREADABLE``
            for a cell or row that can be taken in two ways.
    """
    well_column = next((c for c in _WELL if table.has(c)), "")
    cells = list(table.cells(well_column))
    numbers = [number for number in map(whole_number, cells) if number is not None]
    names = {name for cell in cells if isinstance(cell, str) and (name := well_name(cell))}
    columns = _Columns(
        table,
        well_column,
        first_well,
        plate_size(max(numbers, default=0) - first_well + 1, names),
        table.numbers(CT_NAMES, LOWEST_CT, HIGHEST_CT),
        table.numbers(_QUANTITY, 0, MOST_COPIES),
    )
    slopes = table.numbers(_SLOPE, -_STEEPEST, _STEEPEST)
    intercepts = table.numbers(_INTERCEPT, 0, _HIGHEST_INTERCEPT)
    curves: dict[RunTarget, PrintedCurve] = {}

    def read(row: TableRow) -> Well | None:
        well = _read_well(row, columns)
        if well is not None:
            slope = slopes.read(row.value(*_SLOPE))
            intercept = intercepts.read(row.value(*_INTERCEPT))
            if slope and intercept is not None:
                curves.setdefault((well.run, well.target), PrintedCurve(slope, intercept))
        return well

    found = read_wells(_without_remarks(table), read, columns.well_of)
    return dataclasses.replace(found, curves=MappingProxyType(curves))


def _without_remarks(table: Table) -> Iterator[TableRow]:
    """Yield the rows without the remarks and totals that instruments write below a blank line.

    What stands there, names a well and says more of it is a well; a value there is no remark.
    """
    is_below = False
    for row in table.rows:
        is_below = is_below or row.is_blank
        if not is_below:
            yield row
            continue
        is_filled = sum(1 for cell in row.cells if cell_string(cell)) > 2
        first = row.shown(*_WELL) if any(map(table.has, _WELL)) else next(iter(row.cells), None)
        well = cell_string(first)
        names_well = well_name(well) is not None or whole_number(well) is not None
        has_ct = cell_string(row.shown(*CT_NAMES)) and not row.fault
        if (is_filled and names_well) or has_ct:
            yield row


def _read_well(row: TableRow, columns: _Columns) -> Well | None:
    """Read one row; None for an unused well (no sample, no target and no Ct)."""
    sample, target = row.text(*_SAMPLE), row.text(*_TARGET)
    reading = read_ct(row.value(*CT_NAMES), columns.ct)
    if not (sample or target or reading.raw):
        return None
    reason = reading.fault
    if is_true(row.text("omit")):  # flagged wells are not taken out
        reason = "OMITTED"
    elif not reading.raw:
        # a named sample without any Ct word was not analysed: that is no negative
        reason = "NO_CT" if sample else ""
    task = task_of(row.text("task"))
    quantity = columns.quantity.read(row.value(*_QUANTITY))
    return Well(
        run=row.text("plate"),
        well=columns.well_of(row),
        sample=sample,
        target=target,
        task=task,
        ct_raw=reading.raw,
        ct=reading.ct,
        quantity=quantity if task is Task.STANDARD else None,
        excluded=bool(reason),
        reason=reason,
        fault="" if reason == "OMITTED" else reading.fault,
        place=f"row {row.number}, column {columns.table.title(*CT_NAMES)}",
        printed_copies=quantity if task is Task.UNKNOWN else None,
    )


def highest_cycle(grid: Grid) -> int | None:
    """Return the highest cycle where a row per well and cycle is given, None when none is."""
    table = find_table(grid, [CYCLE_NAMES])
    cycles = map(whole_number, () if table is None else table.cells(*CYCLE_NAMES))
    return max((cycle for cycle in cycles if cycle is not None), default=0) or None
