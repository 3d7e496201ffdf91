"""``provenance.json`` as the pages read it, and what every page says of its cohort."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from der22.settings import SettingRow
from der22.words import Phase, Timepoint

__all__ = ["CohortLabels", "Provenance", "read_provenance"]


@dataclass(frozen=True, slots=True)
class CohortLabels:
    """What every page says of the cohort.

    Attributes:
        name: of the cohort.
        ikzf1plus_definition: the definition in force.
        genomic_risk: name of the risk rule.
        at_diagnosis: names of the time points before treatment.
    """

    name: str
    ikzf1plus_definition: str
    genomic_risk: str = "default"
    at_diagnosis: tuple[str, ...] = ("diagnosis",)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a run was made with.

    Attributes:
        versions: program -> version.
        settings: analysis -> its settings.
    """

    versions: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, tuple[SettingRow, ...]] = field(default_factory=dict)

    def setting(self, analysis: str, key: str) -> Any:
        """Return the value in force of one setting, None when it is not known."""
        rows = self.settings.get(analysis, ())
        return next((row.value for row in rows if row.key == key), None)

    @property
    def timepoints(self) -> tuple[Timepoint, ...]:
        """The planned time points in order; none when they are not known."""
        return tuple(
            Timepoint(**{**item, "phase": Phase(item["phase"])})
            for item in self.setting("mrd", "timepoints") or ()
        )


def read_provenance(outdir: Path) -> Provenance:
    """Return what ``provenance.json`` of a results folder says; nothing when it is not there."""
    path = outdir / "provenance.json"
    if not path.is_file():
        return Provenance()
    content = json.loads(path.read_text(encoding="utf-8"))
    settings = {
        analysis: tuple(SettingRow(**row) for row in rows)
        for analysis, rows in content["settings"].items()
    }
    return Provenance(content["versions"], settings)
