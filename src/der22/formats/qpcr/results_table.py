"""The results table of the QuantStudio family: text, workbook and SDS share its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from der22.formats.grid import cell_string
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
from der22.formats.qpcr.rows import ReadRows, read_rows
from der22.formats.qpcr.table import Table, TableRow, whole_number

__all__ = [
    "CT_NAMES",
    "CYCLE_NAMES",
    "ResultsTable",
    "believed_cycles",
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

#: row of a table -> well name
WellNamer = Callable[[TableRow], str]


@dataclass(frozen=True, slots=True)
class ResultsTable:
    """What a results table holds.

    Attributes:
        rows: its wells, and the account of the other rows.
        curves: the printed curves by run and target.
    """

    rows: ReadRows
    curves: Mapping[RunTarget, PrintedCurve]


@dataclass(frozen=True, slots=True)
class _Columns:
    """How the columns of a table are read."""

    table: Table
    namer: WellNamer
    ct: NumberColumn
    quantity: NumberColumn
    slope: NumberColumn
    intercept: NumberColumn


def read_results(table: Table, first_well: int = 1) -> ResultsTable:
    """Read the wells and the printed curves of a results table.

    Args:
        table: table with a well and a Ct column.
        first_well: number of the first well where wells are numbered.

    Raises:
        UnreadableFileError: ``NUMBER_STYLE_MIXED`` or ``NUMBER_STYLE_UNCLEAR``; ``FILE_UNREADABLE``
            for a cell or row that can be taken in two ways.
    """
    columns = _Columns(
        table,
        _name_wells(table, first_well),
        table.numbers(CT_NAMES, LOWEST_CT, HIGHEST_CT),
        table.numbers(_QUANTITY, 0, MOST_COPIES),
        table.numbers(_SLOPE, -_STEEPEST, _STEEPEST),
        table.numbers(_INTERCEPT, 0, _HIGHEST_INTERCEPT),
    )
    curves: dict[RunTarget, PrintedCurve] = {}

    def read(row: TableRow) -> Well | None:
        well = _read_well(row, columns)
        curve = None if well is None else _printed_curve(row, columns)
        if well is not None and curve is not None:
            curves.setdefault((well.run, well.target), curve)
        return well

    rows = read_rows(_without_remarks(table), read, columns.namer)
    return ResultsTable(rows, MappingProxyType(curves))


def _without_remarks(table: Table) -> Iterator[TableRow]:
    """Yield the rows without the remarks and totals that instruments write below a blank line.

    What stands there, names a well and says more of it is a well; a value there is no remark.
    """
    is_below = False
    for row in table.rows:
        is_below = is_below or row.is_blank
        n_filled = sum(1 for cell in row.cells if cell_string(cell))
        if (
            not is_below
            or (n_filled > 2 and _names_well(row))
            or (_has_ct(row, table) and not row.fault)
        ):
            yield row


def _names_well(row: TableRow) -> bool:
    at = next((row.columns[c] for c in _WELL if c in row.columns), 0)
    text = cell_string(row.cells[at]) if 0 <= at < len(row.cells) else ""
    return well_name(text) is not None or whole_number(text) is not None


def _has_ct(row: TableRow, table: Table) -> bool:
    at = next((table.columns[name] for name in CT_NAMES if name in table.columns), -1)
    return 0 <= at < len(row.cells) and bool(cell_string(row.cells[at]))


def _read_well(row: TableRow, columns: _Columns) -> Well | None:
    """Read one row; None for an unused well (no sample, no target and no Ct)."""
    sample, target = row.text(*_SAMPLE), row.text(*_TARGET)
    reading = read_ct(row.value(*CT_NAMES), columns.ct)
    if not (sample or target or reading.raw):
        return None
    excluded, reason = _exclusion(row, sample, reading.empty, reading.fault)
    task = task_of(row.text("task"))
    quantity = columns.quantity.read(row.value(*_QUANTITY))
    return Well(
        run=row.text("plate"),
        well=columns.namer(row),
        sample=sample,
        target=target,
        task=task,
        ct_raw=reading.raw,
        ct=reading.ct,
        quantity=quantity if task is Task.STANDARD else None,
        excluded=excluded,
        reason=reason,
        fault="" if reason == "OMITTED" else reading.fault,
        place=f"row {row.number}, column {columns.table.title(*CT_NAMES)}",
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


def _name_wells(table: Table, first: int) -> WellNamer:
    """Return how the wells of a table are named.

    Args:
        table: table with ``Well Position``, ``Pos`` or ``Well``.
        first: number of the first well where wells are numbered.
    """
    column = next((c for c in _WELL if table.has(c)), "")
    cells = list(table.cells(column))
    numbers = [number for number in map(whole_number, cells) if number is not None]
    names = {name for cell in cells if isinstance(cell, str) and (name := well_name(cell))}
    size = plate_size(max(numbers, default=0) - first + 1, names)

    def namer(row: TableRow) -> str:
        number = whole_number(row.cell(column))
        if number is not None:
            return well_from_number(number - first + 1, size)
        text = row.text(column)
        return well_name(text) or text

    return namer


def highest_cycle(table: Table) -> int | None:
    """Return the highest cycle of a table with a row per well and cycle, None when it has none."""
    cycles = map(whole_number, table.cells(*CYCLE_NAMES))
    return max((cycle for cycle in cycles if cycle is not None), default=0) or None


def believed_cycles(cycles: int | None, wells: Sequence[Well]) -> int | None:
    """Return `cycles` unless a threshold cycle lies beyond: then the export was cut short."""
    latest = max((well.ct for well in wells if well.ct is not None), default=0.0)
    return cycles if cycles is not None and latest <= cycles else None


def _printed_curve(row: TableRow, columns: _Columns) -> PrintedCurve | None:
    slope = columns.slope.read(row.value(*_SLOPE))
    intercept = columns.intercept.read(row.value(*_INTERCEPT))
    if slope is None or intercept is None or slope == 0:
        return None
    return PrintedCurve(slope, intercept)
