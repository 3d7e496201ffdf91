"""Audits of a result folder: is it what its run wrote, of the inputs that lie there today."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from der22.errors import Der22Error
from der22.resources import resource_path
from der22.runs.content import content_of
from der22.runs.frozen import INPUTS, FrozenInputs, InputsLostError, read_frozen
from der22.runs.plan import STAGES, Plan, plan_cohort
from der22.runs.staleness import (
    ANOTHER_VERSION,
    Folder,
    altered_files,
    analysed_contents,
    differences,
    find_outdated,
    listed,
    read_folder,
    sentences,
)

__all__ = ["Foresight", "foresee", "verify_results"]

_NO_CONTENT = {"no such file": "is gone", "cannot be opened": "cannot be opened"}


@dataclass(frozen=True, slots=True)
class Foresight:
    """What the next run will find.

    Attributes:
        altered: sentences on results that are not as they were written.
        will_run: sentences on jobs that will run again, and why.
    """

    altered: tuple[str, ...]
    will_run: tuple[str, ...]


def foresee(frozen: FrozenInputs) -> Foresight:
    """Tell what a run on today's inputs would find in its result folder.

    Args:
        frozen: config and sheets of today.
    """
    plan = plan_cohort(frozen.inputs)
    folder = read_folder(frozen.inputs.config.outdir, plan.keys)
    if not folder.manifests:
        return Foresight((), ())
    will_run = sentences(find_outdated(folder, frozen, plan), will="will run")
    missing = [key.replace("/", " ") for key in plan.keys if key not in folder.manifests]
    if missing:
        will_run.append(f"{listed(missing)} will run: not finished yet")
    altered = list(_altered(folder))
    if os.path.lexists(folder.outdir / INPUTS):
        try:
            read_frozen(folder.outdir / INPUTS)
        except InputsLostError as error:
            altered.append(str(error))
    return Foresight(tuple(altered), tuple(will_run))


def verify_results(outdir: Path) -> list[str]:
    """Audit plan, inputs and outputs of a result folder.

    Returns:
        One sentence for every job without its manifest, result that is missing or changed, and
        input that is another than the one analysed; empty when all is as the run left it.
    """
    try:
        frozen = read_frozen(outdir / INPUTS)
    except InputsLostError as error:
        found = {f"{path.parent.name}/{path.stem}" for path in outdir.glob("manifests/*/*.json")}
        if not found:
            return [f"{outdir.name}: no manifests; this is not a result folder of der22"]
        return [str(error), *_altered(read_folder(outdir, sorted(found)))]
    plan = plan_cohort(frozen.inputs)
    folder = read_folder(outdir, plan.keys)
    missing = [key for key in plan.keys if key not in folder.manifests]
    return [
        *(f"manifests/{key}.json: missing; run the same command again" for key in missing),
        *_altered(folder),
        *_owned_by_nobody(folder),
        *filter(None, [frozen.config_fault()]),
        *_changed_inputs(folder, frozen, plan),
        *_unfit(folder, frozen, plan),
    ]


def _altered(folder: Folder) -> Iterable[str]:
    for key, manifest in folder.manifests.items():
        if manifest is None:
            yield f"manifests/{key}.json: damaged; run the same command again"
            continue
        for name, what in altered_files(folder.outdir, manifest.files):
            yield (
                f"{name}: {what} since {key.replace('/', ' ')} wrote it; run the same command "
                "again to make it anew"
            )


def _owned_by_nobody(folder: Folder) -> Iterable[str]:
    """Tell of folders of runs, samples and plates that no manifest lists."""
    owned = {name.rpartition("/")[0] for m in folder.manifests.values() if m for name in m.files}
    for stage in STAGES:
        for path in sorted((folder.outdir / stage).glob("*/")):
            if f"{stage}/{path.name}" not in owned:
                yield f"{stage}/{path.name}: no job of this run wrote it; put it elsewhere"


def _changed_inputs(folder: Folder, frozen: FrozenInputs, plan: Plan) -> Iterable[str]:
    """Compare every input file with what the jobs read."""
    sound = {key: manifest for key, manifest in folder.manifests.items() if manifest}
    try:
        analysed = analysed_contents(frozen, plan, sound)
    except Der22Error as error:
        yield str(error)
        return
    gone = []
    for path, content in analysed.items():
        today = content_of(path)
        if today == content:
            continue
        if today in _NO_CONTENT:
            gone.append(path)
        else:
            yield (
                f"{Path(path).name}: another content than the one analysed; run the same command "
                "again"
            )
    shipped = resource_path("abl1").parent
    own = [path for path in analysed if not Path(path).is_relative_to(shipped)]
    if gone and len(gone) == len(own):
        yield (
            f"none of the {len(gone)} input files lies where the run found it; put the results "
            "back beside their inputs to compare them"
        )
        return
    for path in gone:
        yield f"{Path(path).name}: the input {_NO_CONTENT[content_of(path)]}; bring it back"


def _unfit(folder: Folder, frozen: FrozenInputs, plan: Plan) -> Iterable[str]:
    """Compare what the jobs were made of with the run's inputs.

    Another version of der22 is no fault of the results.
    """
    for key, found in differences(folder, frozen, plan).items():
        if words := [word for word in found if word != ANOTHER_VERSION]:
            yield (
                f"{key.replace('/', ' ')}: not made of the inputs of its run ({listed(words)}); "
                "run the same command again"
            )
