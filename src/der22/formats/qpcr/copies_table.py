"""Tables of copies that were quantified elsewhere: ``sample``, ``target``, ``copies``.

Optional columns: ``ct``, ``well``, ``task``, ``wells``. One row for a sample and target without
``well`` is the mean of replicates that the laboratory judged itself, of as many as ``wells`` says
or one; rows with ``well``, or several rows for one sample and target, are single wells.
"""

from __future__ import annotations

import dataclasses
from collections import Counter

from der22.errors import UnreadableFileError
from der22.formats.grid import cell_string
from der22.formats.numbers import NumberColumn
from der22.formats.qpcr.cells import (
    HIGHEST_CT,
    LOWEST_CT,
    MOST_COPIES,
    is_undetected_word,
    read_ct,
    task_of,
    well_name,
)
from der22.formats.qpcr.record import CopiesState, PlateFile, PlateFormat, Well
from der22.formats.qpcr.rows import read_wells
from der22.formats.qpcr.table import Table, TableRow, whole_number

__all__ = ["COPIES_COLUMNS", "read_copies_table"]

_SAMPLE, _TARGET = ("sample", "samplename"), ("target", "targetname")
#: groups of folded names by which the header is found
COPIES_COLUMNS = (_SAMPLE, _TARGET, ("copies",))


def read_copies_table(table: Table, name: str) -> PlateFile:
    """Read the rows below a header of a copies table.

    Raises:
        UnreadableFileError: ``NUMBER_STYLE_MIXED`` or ``NUMBER_STYLE_UNCLEAR``.
    """
    copies = table.numbers(["copies"], 0, MOST_COPIES)
    ct = table.numbers(["ct"], LOWEST_CT, HIGHEST_CT)
    found = read_wells(
        table.rows, lambda row: _read_row(row, table, copies, ct), lambda row: row.text("well")
    )
    count = Counter((well.sample, well.target) for well in found.wells)
    judged = tuple(
        dataclasses.replace(well, n_wells=1)
        if well.well or count[well.sample, well.target] > 1
        else dataclasses.replace(well, state=CopiesState.MEAN_OF_REPLICATES)
        for well in found.wells
    )
    return dataclasses.replace(found, wells=judged).to_file(name, PlateFormat.COPIES)


def _read_row(row: TableRow, table: Table, numbers: NumberColumn, ct: NumberColumn) -> Well | None:
    sample, target = row.text(*_SAMPLE), row.text(*_TARGET)
    raw = cell_string(row.value("copies"))
    reading = read_ct(row.value("ct"), ct)
    if not (sample or target or raw or reading.raw):
        return None
    if raw and not (sample and target):
        missing = "target" if sample else "sample"
        raise UnreadableFileError(
            "FILE_UNREADABLE",
            f"row {row.number}: copies {raw} without a {missing}; write sample and target in every "
            "row",
        )
    copies, fault, column = numbers.read(row.value("copies")), "", "copies"
    if raw and copies is None:
        # NaN is the result of a failed computation in a column of copies, no word for not detected
        if is_undetected_word(raw) and raw.casefold() != "nan":
            copies = 0.0
        else:
            fault = "COPIES_IMPOSSIBLE"
    if not fault and reading.fault:
        fault, column = reading.fault, "ct"
    n_wells = whole_number(row.cell("wells")) if row.text("wells") else 1
    if not n_wells:
        raise UnreadableFileError(
            "FILE_UNREADABLE",
            f"row {row.number}: wells is no number of reactions above 0; write how many replicates "
            "the copies are the mean of, or leave it blank",
        )
    return Well(
        run="",
        well=well_name(row.text("well")) or row.text("well"),
        sample=sample,
        target=target,
        task=task_of(row.text("task")),
        ct_raw=reading.raw,
        ct=reading.ct,
        excluded=bool(fault) or not raw,
        reason=fault or ("" if raw else "NO_COPIES"),
        fault=fault,
        place=f"row {row.number}, column {table.title(column)}",
        copies_raw=raw,
        copies=copies,
        state=CopiesState.SINGLE_WELL,
        n_wells=n_wells,
    )
