"""SDS 1.x and 2.x text exports (7500, 7900HT): a head, a blank line, a tab-separated table.

One file may hold several plates; a plate is a run. ``Flagged`` is a remark of the software and
takes no well out; ``Omit`` does.
"""

from __future__ import annotations

import re

from der22.formats.grid import split_text
from der22.formats.qpcr.record import PlateFile, PlateFormat
from der22.formats.qpcr.results_table import CT_NAMES, read_results
from der22.formats.qpcr.table import find_table, need_table

__all__ = ["looks_like_sds", "read_sds"]

_DETECTOR = ("detector", "detectorname")


def looks_like_sds(text: str) -> bool:
    """Tell whether line 1 says SDS, or a table with a Detector column follows."""
    first = text.lstrip().split("\n", 1)[0]
    if re.search(r"\bSDS\b", first[:200]):
        return True
    head = "\n".join(text.split("\n", 300)[:300])
    return find_table(split_text(head, "\t", ""), [_DETECTOR, ("task", *CT_NAMES)]) is not None


def read_sds(text: str, name: str) -> PlateFile:
    """Read an SDS text export.

    Raises:
        UnreadableFileError: ``RESULTS_MISSING`` without a table that has Detector and Ct;
            ``NUMBER_STYLE_MIXED``, ``NUMBER_STYLE_UNCLEAR``.
    """
    table = need_table(
        split_text(text, "\t", name),
        [_DETECTOR, CT_NAMES],
        f"{name}: SDS text without a table that has Detector and Ct; "
        "export the results of the analysed plate again",
    )
    return read_results(table).to_file(name, PlateFormat.SDS)
