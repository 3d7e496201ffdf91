"""What the report rests on: thresholds in force, their sources, versions."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from multiqc.base_module import BaseMultiqcModule

from der22.report.html import Markup, join, table, tag
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.words import setting_text

__all__ = ["add_methods"]

#: what `describe_settings` tells of each one
_SETTING = itemgetter("key", "value", "default", "unit", "source", "confidence")


def add_methods(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the settings of every analysis and the versions; nothing without provenance."""
    columns = ("key", "value in force", "default", "unit", "source", "confidence")
    parts = []
    for name, settings in folder.provenance.get("settings", {}).items():
        rows = [
            (
                key,
                setting_text(value),
                setting_text(default) + (" (changed)" if value != default else ""),
                *(unit, source, confidence),
            )
            for key, value, default, unit, source, confidence in map(_SETTING, settings)
        ]
        parts.append(_fold(f"{name}: {len(rows)} settings", columns, rows))
    if versions := folder.provenance.get("versions", {}):
        parts.append(_fold("versions", ("program", "version"), list(versions.items())))
    if not parts:
        return
    module.add_section(
        name="Methods and thresholds",
        anchor="der22-methods",
        description=(
            "Every threshold in force with its unit, source and confidence; a changed one is "
            "marked. A confidence of recalled means that the guideline must be checked before the "
            "number is relied on."
        ),
        content=join(parts),
    )


def _fold(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    shown = table(columns, rows, class_="table table-sm")
    body = tag("div", shown, class_="table-responsive")
    return tag("details", tag("summary", title), body)
