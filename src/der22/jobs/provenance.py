"""Where every number comes from: versions, settings in force, SHA-256 of every input analysed."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import der22
from der22.formats.tables import write_text
from der22.inputs.cohort_inputs import CohortInputs
from der22.runs.manifest import UnitReport
from der22.settings import SettingRow, describe_settings

__all__ = ["settings_in_force", "write_provenance"]

#: libraries whose version can change a number
_LIBRARIES = (
    "biopython", "matplotlib", "multiqc", "numpy", "openpyxl", "pandas", "parasail", "pyarrow",
    "pysam", "scipy", "snakemake", "statsmodels", "xlrd",
)  # fmt: skip


def write_provenance(
    inputs: CohortInputs, config: Mapping[str, Any], contents: Mapping[str, str]
) -> UnitReport:
    """Write ``provenance.json``: enough to repeat the run and to tell later what changed.

    Args:
        inputs: config and sheets.
        config: the config as the YAML held it.
        contents: path -> SHA-256 of every input as it was checked or analysed.

    Files are named as seen from the config's folder or, elsewhere, by their last two parts: no path
    of the machine is written.
    """
    base = inputs.config.patients.parent
    content = {
        "versions": {
            "der22": der22.__version__,
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in _LIBRARIES},
        },
        "config": _without_folders(config, base),
        "cohort": inputs.config.name,
        "ikzf1plus_definition": inputs.config.ikzf1plus_definition,
        "settings": settings_in_force(inputs),
        "probemixes": {
            _shown(Path(path), base): dict(mix.head) for path, mix in inputs.probemixes.items()
        },
        "inputs": {name: contents[path] for name, path in _named(contents, base)},
    }
    outdir = inputs.config.outdir
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, default=_plain)
    write_text(outdir / "provenance.json", text + "\n")
    summary = f"{len(contents)} input files"
    return UnitReport("report", "provenance", ("provenance.json",), (), summary)


def settings_in_force(inputs: CohortInputs) -> dict[str, list[SettingRow]]:
    """Return every threshold in force, with unit, source and confidence, by analysis."""
    config = inputs.config
    parts: dict[str, Any] = {"statistics": config.statistics}
    for stage in ("mlpa", "sanger", "mrd"):
        part = getattr(config, stage)
        if part is not None:
            parts[stage] = part.settings
    return {stage: describe_settings(settings) for stage, settings in sorted(parts.items())}


def _plain(value: Any) -> Any:
    """Return a record, such as a time point, as a table of its fields; anything else as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return str(value)


def _named(paths: Iterable[str], base: Path) -> Iterable[tuple[str, str]]:
    """Yield every input file with its name in ``provenance.json``."""
    names: set[str] = set()
    for path in paths:
        shown = _shown(Path(path), base)
        name, number = shown, 1
        while name in names:  # two files whose last two parts agree are still two inputs
            number += 1
            name = f"{shown} ({number})"
        names.add(name)
        yield name, path


def _shown(path: Path, base: Path) -> str:
    for root in (base, base.parent):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return "/".join(path.parts[-2:])


def _without_folders(value: Any, base: Path) -> Any:
    """Return the config with absolute paths written as inputs are named: no folder of a machine."""
    if isinstance(value, Mapping):
        return {key: _without_folders(item, base) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_folders(item, base) for item in value]
    if isinstance(value, str) and Path(value).is_absolute():
        return _shown(Path(value), base)
    return value
