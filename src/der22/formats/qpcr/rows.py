"""The rows of a table -> wells, and an account of the rows that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from der22.formats.qpcr.cells import well_name
from der22.formats.qpcr.record import PlateFile, PlateFormat, PrintedCurve, RunTarget, Well
from der22.formats.qpcr.table import TableRow

__all__ = ["ReadRows", "believed_cycles", "read_wells"]


@dataclass(frozen=True, slots=True)
class ReadRows:
    """What became of the rows of a table; blank rows are not counted.

    Attributes:
        wells: the rows that hold a measurement, in the order of the file.
        empty: wells that the file lists and that hold nothing.
        not_understood: places of rows that are neither, such as ``row 104``.
        curves: the printed curves by run and target.
    """

    wells: tuple[Well, ...]
    empty: tuple[str, ...]
    not_understood: tuple[str, ...]
    curves: Mapping[RunTarget, PrintedCurve] = field(default_factory=lambda: MappingProxyType({}))

    def to_file(
        self, name: str, kind: PlateFormat, cycles: int | None = None, *, names_targets: bool = True
    ) -> PlateFile:
        """Return the export whose only table this is.

        Args:
            name: file name, for sentences.
            kind: kind of export.
            cycles: cycles of its run as the file tells them; see `believed_cycles`.
            names_targets: no when the file holds one target and does not name it.
        """
        believed = believed_cycles(cycles, self.wells)
        return PlateFile(
            name,
            kind,
            self.wells,
            self.curves,
            MappingProxyType({} if believed is None else {"": believed}),
            names_targets,
            self.empty,
            self.not_understood,
        )


def read_wells(
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
        if (well := read(row)) is not None:
            wells.append(well)
        elif (name := well_name(name_of(row))) is not None:
            empty.append(name)
        else:
            not_understood.append(f"row {row.number}")
    return ReadRows(tuple(wells), tuple(empty), tuple(not_understood))


def believed_cycles(cycles: int | None, wells: Sequence[Well]) -> int | None:
    """Return `cycles` unless a threshold cycle lies beyond: then the export was cut short."""
    latest = max((well.ct for well in wells if well.ct is not None), default=0.0)
    return cycles if cycles is not None and latest <= cycles else None
