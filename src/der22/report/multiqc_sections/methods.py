"""What the report rests on: thresholds in force, their sources, versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from multiqc.base_module import BaseMultiqcModule

from der22.report.html import Markup, join, table, tag
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.words import setting_text

__all__ = ["add_methods"]


def add_methods(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the settings of every analysis and the versions; nothing without provenance."""
    settings: Mapping[str, Any] = folder.provenance.get("settings", {})
    parts = [_analysis(name, rows) for name, rows in settings.items()]
    versions: Mapping[str, str] = folder.provenance.get("versions", {})
    if versions:
        cells = [(name, version) for name, version in versions.items()]
        parts.append(
            _open("versions", table(("program", "version"), cells, class_="table table-sm"))
        )
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


def _analysis(name: str, rows: list[Mapping[str, Any]]) -> Markup:
    columns = ("key", "value in force", "default", "unit", "source", "confidence")
    cells = [
        (
            row["key"],
            setting_text(row["value"]),
            setting_text(row["default"]) + (" (changed)" if row["value"] != row["default"] else ""),
            row["unit"],
            row["source"],
            row["confidence"],
        )
        for row in rows
    ]
    return _open(f"{name}: {len(cells)} settings", table(columns, cells, class_="table table-sm"))


def _open(title: str, content: Markup) -> Markup:
    body = tag("div", content, class_="table-responsive")
    return tag("details", tag("summary", title), body)
