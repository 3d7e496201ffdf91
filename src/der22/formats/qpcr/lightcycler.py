"""LightCycler 480 absolute quantification as text: one unnamed target per file.

Line 1 is ``Experiment: ... Selected Filter: ...``, line 2 the header. Which target a file holds,
only the plates sheet tells. The instrument prints no slope; its curve is recovered from the
concentrations it printed beside the crossing points.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Sequence
from types import MappingProxyType

from der22.formats.grid import cell_string, split_text
from der22.formats.numbers import NumberColumn
from der22.formats.qpcr.cells import (
    HIGHEST_CT,
    LOWEST_CT,
    MOST_COPIES,
    is_true,
    read_ct,
    well_name,
)
from der22.formats.qpcr.record import PlateFile, PlateFormat, PrintedCurve, Task, Well
from der22.formats.qpcr.rows import read_wells
from der22.formats.qpcr.table import Table, TableRow, need_table

__all__ = ["looks_like_lightcycler", "read_lightcycler"]

_HEAD = re.compile(r"Experiment:.*Selected Filter:")


def looks_like_lightcycler(text: str) -> bool:
    """Tell whether line 1 is that of a LightCycler 480 export."""
    return _HEAD.match(text.lstrip().split("\n", 1)[0][:2000]) is not None


def read_lightcycler(text: str, name: str) -> PlateFile:
    """Read a LightCycler 480 export of an absolute quantification.

    Raises:
        UnreadableFileError: ``RESULTS_MISSING`` without a header with Pos, Name and Cp;
            ``NUMBER_STYLE_MIXED``, ``NUMBER_STYLE_UNCLEAR``.
    """
    table = need_table(
        split_text(text, "\t", name),
        [("pos",), ("name",), ("cp",)],
        f"{name}: no header with Pos, Name and Cp below line 1; "
        "export the table of an absolute quantification",
    )
    ct = table.numbers(["cp"], LOWEST_CT, HIGHEST_CT)
    given, printed = (
        table.numbers([column], 0, MOST_COPIES) for column in ("standard", "concentration")
    )
    found = read_wells(
        table.rows,
        lambda row: _read_row(row, table, ct, given, printed),
        lambda row: row.text("pos"),
    )
    if (curve := _curve_of(found.wells)) is not None:
        found = dataclasses.replace(found, curves=MappingProxyType({("", ""): curve}))
    return found.to_file(name, PlateFormat.LIGHTCYCLER, names_targets=False)


def _read_row(
    row: TableRow,
    table: Table,
    ct: NumberColumn,
    standards: NumberColumn,
    concentrations: NumberColumn,
) -> Well | None:
    sample = row.text("name")
    reading = read_ct(row.value("cp"), ct)
    if not (sample or reading.raw):
        return None
    included = not table.has("include") or is_true(row.text("include"))
    raw_standard = row.value("standard")
    given = standards.read(raw_standard)
    quantity = given if given is not None and given > 0 else None
    task = Task.UNKNOWN  # the instrument names no tasks
    # a standard whose quantity cannot be read is one
    if quantity is not None or (given is None and cell_string(raw_standard)):
        task = Task.STANDARD
    return Well(
        run="",
        well=well_name(row.text("pos")) or row.text("pos"),
        sample=sample,
        target="",
        task=task,
        ct_raw=reading.raw,
        ct=reading.ct,
        quantity=quantity,
        excluded=not included or bool(reading.fault),
        reason=reading.fault if included else "OMITTED",
        fault=reading.fault if included else "",
        place=f"row {row.number}, column {table.title('cp')}",
        printed_copies=concentrations.read(row.value("concentration")),
    )


def _curve_of(wells: Sequence[Well]) -> PrintedCurve | None:
    """Recover the instrument's curve: Ct against log10 of the concentrations it printed.

    Least squares over all wells, because concentrations are printed with three digits only.
    """
    points = [
        (math.log10(well.printed_copies), well.ct)
        for well in wells
        if well.ct is not None and well.printed_copies is not None and well.printed_copies > 0
    ]
    if len({x for x, _ in points}) < 3:
        return None
    mean_x = math.fsum(x for x, _ in points) / len(points)
    mean_y = math.fsum(y for _, y in points) / len(points)
    spread = math.fsum((x - mean_x) ** 2 for x, _ in points)
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return PrintedCurve(slope, mean_y - slope * mean_x) if slope != 0 else None
