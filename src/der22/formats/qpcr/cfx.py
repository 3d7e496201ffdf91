"""Bio-Rad CFX Quantification Cq Results: one row per well and fluorophore, first column empty."""

from __future__ import annotations

import re

from der22.formats.qpcr.cells import read_ct, well_name
from der22.formats.qpcr.numbers import NumberStyle, decide_style, read_number
from der22.formats.qpcr.record import Kind, PlateFile, Task, Well
from der22.formats.qpcr.table import Table, TableRow

__all__ = ["CFX_COLUMNS", "read_cfx"]

#: groups of folded names by which the header is found
CFX_COLUMNS = (("fluor",), ("content",), ("cq",), ("well",))
_QUANTITY = ("startingquantitysq", "startingquantity", "sq")
_NUMERIC = (
    "cq", "cqmean", "cqstddev", *_QUANTITY, "logstartingquantity", "sqmean", "sqstddev",
)  # fmt: skip
#: the number behind a content, as in Unkn-3
_NUMBER = re.compile(r"[-\s]*\d+$")
_LONGEST = 40
_CONTENT = {"unkn": Task.UNKNOWN, "std": Task.STANDARD, "ntc": Task.NTC, "": Task.UNKNOWN}


def read_cfx(table: Table, name: str) -> PlateFile:
    """Read the rows below a CFX header.

    Raises:
        UnreadableFileError: ``NUMBER_STYLE_MIXED`` or ``NUMBER_STYLE_UNCLEAR``.
    """
    style = decide_style(table.cells(*_NUMERIC), name)
    rows = (_read_row(row, table, style) for row in table.rows)
    return PlateFile(name, Kind.CFX, tuple(well for well in rows if well is not None))


def _read_row(row: TableRow, table: Table, style: NumberStyle) -> Well | None:
    fluor, content = row.text("fluor"), row.text("content")
    sample, target = row.text("sample"), row.text("target") or fluor
    reading = read_ct(row.cell("cq"), style)
    if not (sample or content or reading.ct):
        return None  # a well of a fluorophore that holds nothing
    task = _CONTENT.get(_NUMBER.sub("", content[:_LONGEST]).casefold(), Task.OTHER)
    quantity = read_number(row.cell(*_QUANTITY), style)
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
