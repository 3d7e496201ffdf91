"""What the report rests on: thresholds in force, their sources, versions."""

from __future__ import annotations

from collections.abc import Sequence

from multiqc.base_module import BaseMultiqcModule

from der22.report.html import Markup, join, table, tag
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.words import setting_text

__all__ = ["add_methods"]


def add_methods(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the settings of every analysis and the versions; nothing without provenance."""
    columns = ("key", "value in force", "default", "unit", "source", "confidence")
    parts = []
    for name, settings in folder.provenance.settings.items():
        rows = [
            (
                row.key,
                setting_text(row.value),
                setting_text(row.default) + (" (changed)" if row.value != row.default else ""),
                *(row.unit, row.source, row.confidence),
            )
            for row in settings
        ]
        parts.append(_fold(f"{name}: {len(rows)} settings", columns, rows))
    if versions := folder.provenance.versions:
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
