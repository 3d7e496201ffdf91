"""The manual of config and sheets, rendered from the tables that check them.

``python -m der22.manuals.config`` prints ``config/README.md``; a test holds the file in step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from der22.cohort.settings import StatisticsSettings
from der22.inputs.columns import (
    MLPA_COLUMNS,
    MRD_COLUMNS,
    PATIENT_COLUMNS,
    PLATE_COLUMNS,
    SANGER_COLUMNS,
    Column,
)
from der22.inputs.schema import config_schema
from der22.inputs.synonyms import read_synonyms
from der22.mlpa.settings import MlpaSettings
from der22.mrd.settings import MrdSettings
from der22.sanger.settings import SangerSettings
from der22.settings import SettingsRecord, describe_settings

__all__ = ["render_manual"]

_HEAD = """\
# Config and sheets

This page is made from the tables that check your input (`python -m der22.manuals.config`).

`config.yaml` names the cohort, up to three analyses and where results go. A config given with
`--configfile` stands alone: it is never merged with this one. Relative paths start from the file
that holds them. Leave out `mlpa`, `sanger` or `mrd` and the cohort table says `not_done`.
`der22 check --config PATH` lists every problem at once and runs nothing.

Sheets are tab-separated UTF-8 text with a header line; `.csv` and `.xlsx` with the same columns are
read too. A blank cell means not known; it never means zero or no. Identifiers hold letters, digits,
dot, underscore and hyphen and begin with a letter or digit. Unknown columns are refused; a column
of your own begins with `x_` and is carried through to the cohort table. Headings and words are
understood in any case, and in the other words listed below; what was read so is told in a note.
Give a moment as a day (day 0 = start of the TKI) or as a date; results hold days only.
"""

_SHEETS = (
    ("patients", "one row per patient", PATIENT_COLUMNS),
    ("mlpa", "one row per capillary injection", MLPA_COLUMNS),
    ("sanger", "one row per trace file; direction is found by alignment", SANGER_COLUMNS),
    ("plates", "one row per qPCR file and target pair", PLATE_COLUMNS),
    ("mrd", "one row per cDNA sample on a plate", MRD_COLUMNS),
)


def render_manual() -> str:
    """Return ``config/README.md``."""
    parts = [_HEAD, "## config.yaml\n", _table(("key", "default", "meaning"), _keys())]
    for name, what, columns in _SHEETS:
        parts += [f"## Sheet `{name}`: {what}\n", _columns_table(columns), _also(name, columns)]
    for title, settings in (
        ("mlpa.settings", MlpaSettings()),
        ("sanger.settings", SangerSettings()),
        ("mrd.settings", MrdSettings()),
        ("statistics", StatisticsSettings()),
    ):
        parts += [f"## Thresholds: `{title}`\n", _settings_table(settings)]
    return "\n".join(parts)


def _keys() -> Iterable[Sequence[object]]:
    for section, schema in config_schema()["properties"].items():
        if schema.get("type") != "object" or section == "statistics":
            yield f"`{section}`", schema.get("default", ""), _meaning(schema)
            continue
        for key, entry in schema["properties"].items():
            needed = "required" if key in schema["required"] else entry.get("default", "")
            yield f"`{section}.{key}`", needed, _meaning(entry)


def _meaning(schema: dict[str, Any]) -> str:
    words = f" One of {', '.join(schema['enum'])}." if "enum" in schema else ""
    if "properties" in schema:
        return "Thresholds, see below."
    return str(schema.get("description", "Folder of the results.")) + words


def _columns_table(columns: Iterable[Column]) -> str:
    return _table(
        ("column", "needed", "kind", "meaning"),
        (
            (
                f"`{column.name}`",
                "yes" if column.required else "",
                " \\| ".join(column.words) or str(column.kind),
                column.meaning,
            )
            for column in columns
        ),
    )


def _also(name: str, columns: Sequence[Column]) -> str:
    """Say which other words of a sheet are understood."""
    known = {"", *(column.name for column in columns)}
    also: dict[tuple[str, str], list[str]] = defaultdict(list)
    for sheet, column, theirs, ours in read_synonyms():
        if sheet == name and column in known:
            also[column, ours].append(theirs)
    lines = [
        f"- {f'word `{ours}` of `{column}`' if column else f'column `{ours}`'}: {', '.join(words)}"
        for (column, ours), words in also.items()
    ]
    return "\n".join(["Understood too:\n", *lines, ""])


def _settings_table(settings: SettingsRecord) -> str:
    return _table(
        ("key", "default", "unit", "source", "confidence"),
        (
            (f"`{row.key}`", _default(row.value), row.unit, row.source, row.confidence)
            for row in describe_settings(settings)
        ),
    )


def _default(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item["name"] if isinstance(item, dict) else item) for item in value)
    return str(value)


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(header)} |", "|" + " --- |" * len(header)]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(render_manual())
