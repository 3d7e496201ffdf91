"""QuantStudio and ViiA 7 text exports: a head of ``* key = value``, then ``[Sections]``.

Sections stand in any order and may be missing; results are read from ``[Results]``, the number of
cycles from ``[Amplification Data]``.
"""

from __future__ import annotations

import re

from der22.errors import UnreadableFileError
from der22.formats.grid import Grid, cell_string, split_text
from der22.formats.qpcr.record import PlateFile, PlateFormat
from der22.formats.qpcr.results_table import CT_NAMES, highest_cycle, read_results
from der22.formats.qpcr.table import need_table

__all__ = ["looks_like_quantstudio", "read_quantstudio"]

#: the sections that are split into cells; raw data would cost most of the time
_READ = ("Results", "Amplification Data")
_SECTION = re.compile(r"\[([^\]\t]{1,60})\]\s*")


def looks_like_quantstudio(text: str) -> bool:
    """Tell whether a text has a ``[Results]`` section, or a QuantStudio head with any section."""
    head = text[:2000].lstrip()
    return bool(
        re.search(r"(?m)^\[Results\][ \t]*$", text)
        or (
            head.startswith("* ")
            and " = " in head
            and re.search(r"(?m)^\[[A-Z][^\]\t\n]{0,60}\]", text)
        )
    )


def read_quantstudio(text: str, name: str) -> PlateFile:
    """Read a QuantStudio or ViiA 7 text export.

    Raises:
        UnreadableFileError: ``RESULTS_MISSING`` without a ``[Results]`` section or a Ct column in
            it; ``NUMBER_STYLE_MIXED``, ``NUMBER_STYLE_UNCLEAR``.
    """
    sections = _split_sections(text, name)
    start, grid = sections.get("Results", (0, Grid(name, [])))
    if not any(cell_string(cell) for row in grid.rows for cell in row):
        listed = ", ".join(sorted(f"[{title}]" for title in sections)) or "no section at all"
        raise UnreadableFileError(
            "RESULTS_MISSING",
            f"{name}: has no [Results] section (found: {listed}); "
            "export again with the section Results ticked",
        )
    table = need_table(
        grid,
        [("well", "wellposition"), CT_NAMES],
        f"{name}: [Results] has no Ct column (CT, Cq or CRT beside Well); "
        "analyse the run for quantification and export again",
        start,
    )
    _, curves = sections.get("Amplification Data", (0, Grid(name, [])))
    return read_results(table).to_file(name, PlateFormat.QUANTSTUDIO, highest_cycle(curves))


def _split_sections(text: str, name: str) -> dict[str, tuple[int, Grid]]:
    """Return section -> (lines of the file before it, its rows); the first of a name stays."""
    sections: dict[str, tuple[int, list[str]]] = {}
    current: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _SECTION.fullmatch(line)
        if match is not None:
            current = []
            title = match[1].strip()
            if title == "Results" and title in sections:
                raise UnreadableFileError(
                    "FILE_UNREADABLE",
                    f"{name}: row {number}: a second section [Results]; give one file a run",
                )
            sections.setdefault(title, (number, current))
        else:
            current.append(line)
    return {
        title: (start, split_text("\n".join(lines if title in _READ else ()), "\t", name))
        for title, (start, lines) in sections.items()
    }
