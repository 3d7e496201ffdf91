"""Applied Biosystems ``.eds`` documents: a zip with ``apldbio/sds/analysis_result.txt``.

The member is a tab-separated table; between its rows stand lines of fluorescence (``Rn values``),
one value a cycle. Wells are counted from 0.
"""

from __future__ import annotations

import dataclasses
import re
import zipfile

from der22.errors import UnreadableFileError
from der22.formats.archive import member_names, read_member
from der22.formats.grid import cell_string, decode_text, split_text
from der22.formats.qpcr.record import PlateFile, PlateFormat
from der22.formats.qpcr.results_table import CT_NAMES, read_results
from der22.formats.qpcr.table import need_table

__all__ = [
    "RESULT_MEMBER",
    "looks_like_eds",
    "looks_like_eds_result",
    "read_eds",
    "read_eds_result",
]

RESULT_MEMBER = "apldbio/sds/analysis_result.txt"
_RN = "rn values"
_BETWEEN = ("delta rn values", "ddct values")


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
    return read_eds_result(decode_text(read_member(archive, member, name)), name)


def looks_like_eds_result(text: str) -> bool:
    """Tell whether a text is the member of an .eds document that holds its results."""
    return re.search(r"(?m)^Rn values\t", text) is not None


def read_eds_result(text: str, name: str) -> PlateFile:
    """Read the table of results of an .eds document; see `read_eds` for the errors."""
    table = need_table(
        split_text(text, "\t", name),
        [("well",), ("detector", "target", "targetname"), CT_NAMES],
        f"{name}: {RESULT_MEMBER} has no table with Well, Detector and Ct; "
        "analyse the run again and save it",
    )
    cycles, kept = 0, []
    for row in table.rows:
        first = cell_string(row.cells[0]).casefold() if row.cells else ""
        if first == _RN:
            cycles = max(cycles, sum(1 for cell in row.cells[1:] if cell))
        elif first not in _BETWEEN:
            kept.append(row)
    found = read_results(dataclasses.replace(table, rows=tuple(kept)), first_well=0)
    return found.to_file(name, PlateFormat.EDS, cycles or None)
