"""Where every number comes from: versions, settings in force, SHA-256 of every input and output."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import der22
from der22.formats.files import file_of
from der22.formats.tables import write_text
from der22.inputs.cohort_inputs import CohortInputs
from der22.settings import describe_settings
from der22.units.manifest import UnitReport, file_sha256, read_manifest
from der22.units.plan import plan_cohort

__all__ = [
    "hashed_inputs",
    "settings_in_force",
    "sheet_files",
    "verify_results",
    "write_provenance",
]

#: libraries whose version can change a number
_LIBRARIES = (
    "biopython", "matplotlib", "multiqc", "numpy", "openpyxl", "pandas", "parasail", "pyarrow",
    "pysam", "scipy", "snakemake", "statsmodels", "xlrd",
)  # fmt: skip


def write_provenance(inputs: CohortInputs, config: Mapping[str, Any]) -> UnitReport:
    """Write ``provenance.json``: enough to repeat the run and to tell later what changed.

    Args:
        inputs: config and sheets.
        config: the config as the YAML held it.

    Files are named as seen from the config's folder or, elsewhere, by their last two parts: no path
    of the machine is written.
    """
    base = inputs.config.patients.parent
    content = {
        "versions": {
            "der22": der22.__version__,
            "python": platform.python_version(),
            **{name: _version(name) for name in _LIBRARIES},
        },
        "config": _without_folders(config, base),
        "cohort": inputs.config.name,
        "ikzf1plus_definition": inputs.config.ikzf1plus_definition,
        "settings": settings_in_force(inputs),
        "probemixes": {
            _shown(Path(path), base): dict(mix.head) for path, mix in inputs.probemixes.items()
        },
        "inputs": {name: file_sha256(path) for name, path in hashed_inputs(inputs)},
    }
    outdir = inputs.config.outdir
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, default=_plain)
    write_text(outdir / "provenance.json", text + "\n")
    count = len(content["inputs"])
    return UnitReport(
        "report", "provenance", ("provenance.json",), (), f"{count} input files hashed"
    )


def settings_in_force(inputs: CohortInputs) -> dict[str, list[dict[str, Any]]]:
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


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def sheet_files(inputs: CohortInputs) -> Iterable[Path]:
    """Return the files of the sheets of a cohort, each once: a workbook may hold several."""
    config = inputs.config
    paths = [config.patients]
    if config.mlpa:
        paths.append(config.mlpa.samples)
    if config.sanger:
        paths.append(config.sanger.reads)
    if config.mrd:
        paths += [config.mrd.samples, config.mrd.plates]
    return dict.fromkeys(map(file_of, paths))


def _input_files(inputs: CohortInputs) -> Iterable[Path]:
    yield from sheet_files(inputs)
    yield from map(file_of, inputs.probemixes)
    plan = plan_cohort(inputs)
    # raw files, and the size standard sheets and reference tables that their analysis reads
    for unit in (*plan.mlpa.values(), *plan.sanger.values(), *plan.mrd.values()):
        yield from map(Path, unit.raw_files)


def hashed_inputs(inputs: CohortInputs) -> Iterable[tuple[str, Path]]:
    """Yield every input file with its name in ``provenance.json``."""
    base = inputs.config.patients.parent
    names: set[str] = set()
    for path in dict.fromkeys(_input_files(inputs)):
        shown = _shown(path, base)
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


def verify_results(outdir: Path) -> list[str]:
    """Recompute the hash of every file that the manifests list.

    Returns:
        One sentence for every file that is missing or changed; empty when all is as written.
    """
    sentences = []
    manifests = sorted((outdir / "manifests").glob("*/*.json"))
    if not manifests:
        return [f"{outdir.name}: no manifests; this is not a result folder of der22"]
    for manifest in manifests:
        unit = f"{manifest.parent.name} {manifest.stem}"
        try:
            files, _ = read_manifest(manifest)
        except ValueError:
            sentences.append(f"{manifest.name}: the manifest of {unit} is damaged; run again")
            continue
        for name, expected in files.items():
            path = outdir / name
            if not path.is_file():
                sentences.append(f"{name}: missing; run snakemake again, {unit} writes it")
            elif file_sha256(path) != expected:
                sentences.append(f"{name}: changed since {unit} wrote it; remove it and run again")
    return sentences
