"""Results that no longer belong to their inputs, and why: decided by content, never by time.

A manifest says what its job read and was made of. Whatever differs from that today makes the job
run again; nothing else does. No record of Snakemake is asked, so that another working folder, a
restored copy or a wrong clock changes nothing.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from der22.errors import Der22Error
from der22.runs.content import content_of, digest_of, file_sha256
from der22.runs.frozen import INPUTS, FrozenInputs
from der22.runs.manifest import Manifest, read_manifest
from der22.runs.plan import Join, Plan, WorkUnit, code_digest, unit_made_of

__all__ = [
    "ANOTHER_VERSION", "Folder", "Outdated", "altered_files", "analysed_contents", "differences",
    "find_outdated",
    "join_made_of", "listed", "manifest_path", "read_folder", "sentences",
]  # fmt: skip

ANOTHER_VERSION = "another version of der22"
_ANOTHER = {
    "rows": "its rows in the sheets",
    "settings": "the settings of its analysis in the config",
    "code": ANOTHER_VERSION,
    "results": "results that it joins",
    "inputs": "sheets or config",
}
_SHOWN = 30
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Outdated:
    """One job whose results are not those of today.

    Attributes:
        key: of the job, ``stage/name``.
        reasons: why, in words; none where only a job above it runs again.
    """

    key: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """The manifests of a result folder.

    Attributes:
        outdir: the folder.
        manifests: key -> manifest; None where it is damaged.
    """

    outdir: Path
    manifests: Mapping[str, Manifest | None]


def manifest_path(outdir: Path, key: str) -> Path:
    """Return where the manifest of a job lies."""
    return outdir / "manifests" / f"{key}.json"


def read_folder(outdir: Path, keys: Iterable[str]) -> Folder:
    """Read the manifests of some jobs; those that are not there are left out."""
    manifests: dict[str, Manifest | None] = {}
    for key in keys:
        try:
            manifests[key] = read_manifest(manifest_path(outdir, key))
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            manifests[key] = None
    return Folder(outdir, manifests)


def analysed_contents(
    frozen: FrozenInputs, plan: Plan, manifests: Mapping[str, Manifest]
) -> dict[str, str]:
    """Return path -> content of every input as the jobs of some manifests analysed it.

    Raises:
        Der22Error: two of them read different contents of one file.
    """
    contents = dict(frozen.checked)
    for unit in plan.units:
        if unit.key not in manifests:
            continue
        reads = manifests[unit.key].reads
        for path, name in unit.file_names.items():
            content = reads.get(name, "")
            if contents.setdefault(path, content) != content:
                raise Der22Error(
                    f"{name}: was replaced while the run went on, and {unit.key} read another "
                    "content than a job before it; run the same command again"
                )
    return contents


def altered_files(outdir: Path, files: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (name, "missing" or "changed") of the files that are not as they were written."""
    found = []
    for name, expected in files.items():
        try:
            if file_sha256(outdir / name) != expected:
                found.append((name, "changed"))
        except (OSError, ValueError):
            found.append((name, "missing"))
    return found


def join_made_of(
    join: Join, inputs_digest: str, manifests: Mapping[str, Manifest]
) -> dict[str, str]:
    """Return digests of what the results of a join depend on.

    Args:
        join: the job.
        inputs_digest: of the frozen inputs.
        manifests: of the jobs it joins, by key.
    """
    return {
        "inputs": inputs_digest,
        "code": code_digest(join.code, "jobs/joins.py"),
        "results": digest_of([[key, manifests[key].sha256] for key in join.upstream]),
    }


def find_outdated(folder: Folder, frozen: FrozenInputs, plan: Plan) -> list[Outdated]:
    """Return the jobs that must run again although their manifests are there.

    Jobs without a manifest are not listed; what joins their results is.

    Args:
        folder: manifests of the jobs of `plan`.
        frozen: config and sheets of today.
        plan: jobs of today.
    """
    paths = dict.fromkeys(path for unit in plan.units for path in unit.raw_files)
    contents = {path: content_of(path) for path in paths}
    others = differences(folder, frozen, plan)
    found: dict[str, Outdated] = {}
    for unit in plan.units:
        if unit.key in folder.manifests:
            reasons = _reasons_of_unit(unit, folder, contents, others.get(unit.key, []))
            if reasons:
                found[unit.key] = Outdated(unit.key, tuple(reasons))
    lost = _lost_inputs(folder.outdir, frozen)
    for join in plan.joins.values():
        if join.key not in folder.manifests:
            continue
        reasons = others.get(join.key, []) + _altered(folder, join.key)
        if lost and not reasons:
            reasons = [lost]
        runs_above = any(key in found or key not in folder.manifests for key in join.upstream)
        if reasons or runs_above:
            found[join.key] = Outdated(join.key, tuple(reasons))
    return list(found.values())


def differences(folder: Folder, frozen: FrozenInputs, plan: Plan) -> dict[str, list[str]]:
    """Return key -> in words, what a job was made of beside its files that is not today's.

    Jobs without a sound manifest and those without a difference are left out.
    """
    found: dict[str, list[str]] = {}
    for unit in plan.units:
        if manifest := folder.manifests.get(unit.key):
            today = unit_made_of(unit, frozen.inputs.config)
            found[unit.key] = _others(manifest.made_of, today)
    for join in plan.joins.values():
        if manifest := folder.manifests.get(join.key):
            found[join.key] = _others_of_join(join, manifest, folder, frozen)
    return {key: words for key, words in found.items() if words}


def sentences(outdated: Sequence[Outdated], will: str = "runs") -> list[str]:
    """Return why jobs run again, one line for each cause.

    Args:
        outdated: from `find_outdated`.
        will: "runs" or "will run".

    >>> sentences([Outdated("mlpa/M-02", ("content of x.fsa",)), Outdated("cohort/ikzf1", ())])
    ['mlpa M-02 runs again: content of x.fsa']
    """
    several = {"runs": "run"}.get(will, will)
    causes: dict[str, list[str]] = {}
    for item in outdated:
        if item.reasons:
            causes.setdefault(listed(item.reasons), []).append(item.key.replace("/", " "))
    lines = [
        f"{listed(names)} {will if len(names) == 1 else several} again: {cause}"
        for cause, names in causes.items()
    ]
    more = len(lines) - _SHOWN
    return lines if more <= 0 else [*lines[:_SHOWN], f"... and {more} causes more"]


def listed(words: Sequence[str]) -> str:
    """Return words joined by commas, the first few of many."""
    more = len(words) - _NAMED
    shown = ", ".join(words[:_NAMED])
    return shown if more <= 0 else f"{shown} and {more} more"


def _reasons_of_unit(
    unit: WorkUnit, folder: Folder, contents: Mapping[str, str], others: Sequence[str]
) -> list[str]:
    altered = _altered(folder, unit.key)
    manifest = folder.manifests[unit.key]
    if manifest is None:
        return altered
    today = {name: contents[path] for path, name in unit.file_names.items()}
    changed = [f"content of {name}" for name in today if today[name] != manifest.reads.get(name)]
    gone = [f"{name} is no input any more" for name in manifest.reads.keys() - today.keys()]
    return [*changed, *sorted(gone), *others, *altered]


def _others_of_join(
    join: Join, manifest: Manifest, folder: Folder, frozen: FrozenInputs
) -> list[str]:
    above = {key: held for key in join.upstream if (held := folder.manifests.get(key))}
    made_of = dict(manifest.made_of)
    if len(above) == len(join.upstream):
        today = join_made_of(join, frozen.digest, above)
    else:  # it runs again anyway, when what it joins is there
        today = join_made_of(dataclasses.replace(join, upstream=()), frozen.digest, {})
        made_of["results"] = today["results"]
    reasons = _others(made_of, today)
    if _ANOTHER["inputs"] in reasons:
        reasons[reasons.index(_ANOTHER["inputs"])] = _what_changed(folder.outdir, frozen)
    return reasons


def _others(before: Mapping[str, str], today: Mapping[str, str]) -> list[str]:
    return [words for key, words in _ANOTHER.items() if before.get(key) != today.get(key)]


def _altered(folder: Folder, key: str) -> list[str]:
    manifest = folder.manifests[key]
    if manifest is None:
        return ["its manifest is damaged"]
    words = {"missing": "is gone", "changed": "was changed by hand or cut"}
    altered = altered_files(folder.outdir, manifest.files)
    return [f"{name} {words[what]}" for name, what in altered]


def _lost_inputs(outdir: Path, frozen: FrozenInputs) -> str:
    """Return what is wrong with the frozen inputs of the last run, '' when they are today's."""
    try:
        is_kept = (outdir / INPUTS).read_text(encoding="utf-8") == frozen.text
    except (OSError, ValueError):
        return f"{INPUTS} is gone or damaged"
    return "" if is_kept else f"{INPUTS} is not that of today's sheets"


def _what_changed(outdir: Path, frozen: FrozenInputs) -> str:
    """Name the sheets that differ from those of the last run; rows are never shown."""
    try:
        before: Any = json.loads((outdir / INPUTS).read_text(encoding="utf-8"))
        today = json.loads(frozen.text)
        files = [
            f"content of {Path(name).name}"
            for name in today["checked"]
            if before["checked"].get(name) != today["checked"][name]
        ]
        if before["config"] != today["config"]:
            files.append("the config")
    except (AttributeError, KeyError, OSError, TypeError, ValueError):
        files = []
    return listed(files) or _ANOTHER["inputs"]
