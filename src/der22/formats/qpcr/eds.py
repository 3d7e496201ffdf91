"""Applied Biosystems ``.eds`` documents: a zip with ``apldbio/sds/analysis_result.txt``.

The member is a tab-separated table; between its rows stand lines of fluorescence (``Rn values``),
one value a cycle. Wells are counted from 0.
"""

from __future__ import annotations

import zipfile
from types import MappingProxyType

from der22.errors import UnreadableFileError
from der22.formats.archive import member_names, read_member
from der22.formats.qpcr.numbers import decide_style
from der22.formats.qpcr.record import Kind, PlateFile
from der22.formats.qpcr.results_table import (
    CT_NAMES,
    NUMERIC,
    believed_cycles,
    name_wells,
    results_well,
)
from der22.formats.qpcr.table import Table, decode_text, find_table, split_rows

__all__ = ["RESULT_MEMBER", "looks_like_eds", "read_eds"]

RESULT_MEMBER = "apldbio/sds/analysis_result.txt"
_RN = "rn values"
_BETWEEN = (_RN, "delta rn values", "ddct values")


def looks_like_eds(archive: zipfile.ZipFile) -> bool:
    """Tell whether an archive is an .eds document, analysed or not."""
    names = member_names(archive)
    return any(n.startswith("apldbio/") or n == "setup/plate_setup.json" for n in names)


def read_eds(archive: zipfile.ZipFile, name: str) -> PlateFile:
    """Read an .eds document.

    Raises:
        UnreadableFileError: ``FILE_NOT_ANALYSED`` when it holds no analysis result,
            ``RESULTS_MISSING`` when that has no table, ``FILE_UNREADABLE`` when it is damaged.
    """
    member = member_names(archive).get(RESULT_MEMBER)
    if member is None:
        raise UnreadableFileError(
            "FILE_NOT_ANALYSED",
            f"{name}: holds no {RESULT_MEMBER}; analyse the run in the instrument software and "
            "save it, or export the results as text or xlsx",
        )
    rows = split_rows(decode_text(read_member(archive, member, name)), "\t", name)
    table = find_table(rows, [("well",), ("detector", "target", "targetname"), CT_NAMES])
    if table is None:
        raise UnreadableFileError(
            "RESULTS_MISSING",
            f"{name}: {RESULT_MEMBER} has no table with Well, Detector and Ct; "
            "analyse the run again and save it",
        )
    cycles = max((_n_values(row.cells) for row in table.rows), default=0)
    kept = tuple(row for row in table.rows if _first(row.cells) not in _BETWEEN)
    table = Table(table.columns, table.titles, kept)
    style = decide_style(table.cells(*NUMERIC), name)
    namer = name_wells(table, first=0)
    found = (results_well(row, table, namer, style) for row in kept)
    wells = tuple(well for well in found if well is not None)
    believed = believed_cycles(cycles or None, wells)
    by_run = MappingProxyType({} if believed is None else {"": believed})
    return PlateFile(name, Kind.EDS, wells, cycles=by_run)


def _first(cells: object) -> str:
    return str(cells[0]).strip().casefold() if isinstance(cells, list) and cells else ""


def _n_values(cells: object) -> int:
    """Return how many fluorescence values a line of ``Rn values`` has, 0 for another line."""
    if not isinstance(cells, list) or _first(cells) != _RN:
        return 0
    return sum(1 for cell in cells[1:] if cell)
