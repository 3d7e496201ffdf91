"""The part of ``docs/results.md`` that explains every column, printed from the record classes.

``python -m der22.manuals.results docs/results.md`` renews it in the page; a test keeps it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import der22.results.cohort
import der22.results.mlpa
import der22.results.mrd
import der22.results.sanger  # noqa: F401 (each module adds its tables)
from der22.flags import Severity
from der22.results.schema import TABLES, TableColumn, columns_of

__all__ = ["HEADING", "render_columns", "renew_page"]

HEADING = "## The columns"

_TITLES = {
    "cohort": "Cohort", "mlpa": "MLPA", "sanger": "Sanger", "mrd": "MRD", "problems.tsv": "Problems"
}  # fmt: skip
_INTRODUCTION = """
Printed from the program's own tables (`python -m der22.manuals.results docs/results.md`). Columns
stand in this order. `flags` are codes joined with `;`, explained in
[troubleshooting](troubleshooting.md); other lists are joined with `;` too; `message` is a sentence.
A column without words explains itself by the [glossary](glossary.md).
"""


def render_columns() -> str:
    """Return the part of the page from its heading to the end."""
    parts = [HEADING, _INTRODUCTION]
    for part, title in _TITLES.items():
        parts.append(f"### {title}\n")
        for place, record in TABLES.items():
            if place.split("/")[0] == part:
                about = str(record.__doc__).strip().replace("\n", " ")
                rows = [f"| {' | '.join(cells)} |" for cells in _cells(record)]
                head = f"`{place}`, one row for {record.table_row}. {about}\n"
                parts.append("\n".join([head, "| column | unit | holds |", "| --- | --- | --- |"]))
                parts[-1] += "\n" + "\n".join(rows) + "\n"
    return "\n".join(parts)


def _cells(record: type) -> Iterator[tuple[str, str, str]]:
    for column in columns_of(record):
        name = column.name
        if column.is_block:
            name = f"{column.name}{{{column.of}}}"
        yield f"`{name}`", column.unit, "; ".join(filter(None, (column.meaning, _words(column))))


def _words(column: TableColumn) -> str:
    if column.kind is bool:
        return "yes, no or blank" if column.optional else "yes, no"
    if issubclass(column.kind, StrEnum) and column.kind is not Severity:
        return ", ".join(column.kind)
    return ""


def renew_page(text: str) -> str:
    """Return the page with its part on columns as the program has it today."""
    return text.partition(HEADING)[0] + render_columns()


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(renew_page(page.read_text(encoding="utf-8")), encoding="utf-8")
