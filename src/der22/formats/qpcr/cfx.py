"""Bio-Rad CFX Quantification Cq Results: one row per well and fluorophore, first column empty."""

from __future__ import annotations

import re

from der22.formats.numbers import NumberColumn
from der22.formats.qpcr.cells import HIGHEST_CT, LOWEST_CT, MOST_COPIES, read_ct, well_name
from der22.formats.qpcr.record import PlateFile, PlateFormat, Task, Well
from der22.formats.qpcr.rows import read_wells
from der22.formats.qpcr.table import Table, TableRow

__all__ = ["CFX_COLUMNS", "read_cfx"]

#: groups of folded names by which the header is found
CFX_COLUMNS = (("fluor",), ("content",), ("cq",), ("well",))
_QUANTITY = ("startingquantitysq", "startingquantity", "sq")
#: the number behind a content, as in Unkn-3
_NUMBER = re.compile(r"[-\s]*\d+$")
_LONGEST = 40
_CONTENT = {
    "unkn": Task.UNKNOWN, "std": Task.STANDARD, "ntc": Task.NTC, "nrt": Task.NTC, "": Task.UNKNOWN,
    "neg ctrl": Task.NEGATIVE_CONTROL, "pos ctrl": Task.POSITIVE_CONTROL,
}  # fmt: skip


def read_cfx(table: Table, name: str) -> PlateFile:
    """Read the rows below a CFX header.

    Raises:
        UnreadableFileError: ``NUMBER_STYLE_MIXED`` or ``NUMBER_STYLE_UNCLEAR``.
    """
    ct = table.numbers(["cq"], LOWEST_CT, HIGHEST_CT)
    quantities = table.numbers(_QUANTITY, 0, MOST_COPIES)
    found = read_wells(
        table.rows,
        lambda row: _read_row(row, table, ct, quantities),
        lambda row: row.text("well"),
    )
    return found.to_file(name, PlateFormat.CFX)


def _read_row(
    row: TableRow, table: Table, ct: NumberColumn, quantities: NumberColumn
) -> Well | None:
    fluor, content = row.text("fluor"), row.text("content")
    sample, target = row.text("sample"), row.text("target") or fluor
    reading = read_ct(row.value("cq"), ct)
    if not (sample or content or reading.ct or reading.fault):
        return None  # a well of a fluorophore that holds nothing
    task = _CONTENT.get(_NUMBER.sub("", content[:_LONGEST]).casefold(), Task.OTHER)
    quantity = quantities.read(row.value(*_QUANTITY))
    return Well(
        run="",
        well=well_name(row.text("well")) or row.text("well"),
        sample=sample or (content if task is not Task.UNKNOWN else ""),
        target=target,
        task=task,
        ct_raw=reading.raw,
        ct=reading.ct,
        quantity=quantity if task is Task.STANDARD else None,
        excluded=bool(reading.fault),
        reason=reading.fault,
        fault=reading.fault,
        place=f"row {row.number}, column {table.title('cq')}",
        printed_copies=quantity if task is Task.UNKNOWN else None,
    )
