"""Results that no longer belong to their inputs, whatever Snakemake's own records say.

Snakemake keeps its records in the working directory. Where another one was used in between, or the
result folder was put back from a copy, records and results part company, and it would say "nothing
to be done" over results of other sheets. What der22 itself wrote down is therefore compared too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from der22.inputs.cohort_inputs import CohortInputs
from der22.units.manifest import file_sha256, made_of
from der22.units.plan import Plan
from der22.units.provenance import hashed_inputs, sheet_files

__all__ = ["outdated_manifests", "unit_digest"]

_JOINED = ("cohort", "pages", "report")


def unit_digest(stage: str, config: str, rows: str, code: str) -> str:
    """Return the SHA-256 of what a unit's results depend on beside its files.

    Folders are left out: the same cohort elsewhere gives the same results.

    Args:
        stage: mlpa, sanger or mrd.
        config: the job's config parameter.
        rows: its sheet rows, see `WorkUnit.content`.
        code: digest of the package parts it uses.
    """
    parts = [stage, json.loads(config)["content"].get(stage), json.loads(rows), code]
    text = json.dumps(_without_folders(parts), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def outdated_manifests(
    outdir: Path, inputs: CohortInputs, plan: Plan, digests: Mapping[str, Mapping[str, str]]
) -> list[Path]:
    """Return the manifests of units whose inputs are others than those they were made of.

    Args:
        outdir: results folder.
        inputs: config and sheets of today.
        plan: jobs of today.
        digests: by analysis, for every unit what `unit_digest` returns today.
    """
    folder = outdir / "manifests"
    changed = _changed_files(outdir, inputs)
    found = []
    for stage, units in digests.items():
        for name, digest in units.items():
            manifest = folder / stage / f"{name}.json"
            if manifest.is_file() and (
                made_of(manifest) != digest
                or not changed.isdisjoint(plan.unit(stage, name).raw_files)
            ):
                found.append(manifest)
    if not changed.isdisjoint(map(str, sheet_files(inputs))):
        found += [path for stage in _JOINED for path in sorted((folder / stage).glob("*.json"))]
    return found


def _changed_files(outdir: Path, inputs: CohortInputs) -> set[str]:
    """Return the inputs whose content is not what the last whole run read.

    Sheets are always read; raw files only where they are newer than that run's record.
    """
    record = outdir / "provenance.json"
    try:
        known = json.loads(record.read_text(encoding="utf-8"))["inputs"]
        written = record.stat().st_mtime_ns
    except (OSError, ValueError, LookupError, TypeError):
        return set()
    sheets = set(sheet_files(inputs))
    return {
        str(path)
        for name, path in hashed_inputs(inputs)
        if (path in sheets or path.stat().st_mtime_ns > written)
        and name in known
        and file_sha256(path) != known[name]
    }


def _without_folders(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_folders(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_folders(item) for item in value]
    if isinstance(value, str) and Path(value).is_absolute():
        return Path(value).name
    return value
