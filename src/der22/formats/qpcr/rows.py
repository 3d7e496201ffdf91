"""The rows of a table -> wells, and an account of the rows that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from der22.formats.qpcr.cells import well_name
from der22.formats.qpcr.record import Well
from der22.formats.qpcr.table import TableRow

__all__ = ["ReadRows", "read_rows"]


@dataclass(frozen=True, slots=True)
class ReadRows:
    """What became of the rows of a table; blank rows are not counted.

    Attributes:
        wells: the rows that hold a measurement, in the order of the file.
        empty: wells that the file lists and that hold nothing.
        not_understood: places of rows that are neither, such as ``row 104``.
    """

    wells: tuple[Well, ...]
    empty: tuple[str, ...]
    not_understood: tuple[str, ...]


def read_rows(
    rows: Iterable[TableRow],
    read: Callable[[TableRow], Well | None],
    name_of: Callable[[TableRow], str],
) -> ReadRows:
    """Read the rows of a table.

    Args:
        rows: the rows below the header.
        read: gives the well of a row, None when it holds none.
        name_of: gives the name of the well of a row.
    """
    wells: list[Well] = []
    empty: list[str] = []
    not_understood: list[str] = []
    for row in rows:
        if row.is_blank:
            continue
        well = read(row)
        if well is not None:
            wells.append(well)
            continue
        name = well_name(name_of(row))
        if name is None:
            not_understood.append(f"row {row.number}")
        else:
            empty.append(name)
    return ReadRows(tuple(wells), tuple(empty), tuple(not_understood))
