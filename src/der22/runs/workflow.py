"""What the Snakefile asks: the checked cohort, its jobs, the names of what they leave behind."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from der22.errors import Der22Error, InputError, InputProblem
from der22.inputs.config import config_from_mapping
from der22.inputs.config_file import read_config_file
from der22.runs.frozen import INPUTS, FrozenInputs, freeze, read_frozen
from der22.runs.plan import STAGES, Plan, plan_cohort
from der22.runs.staleness import Folder, Outdated, find_outdated, manifest_path, read_folder

__all__ = ["Workflow", "open_workflow", "refuse"]


@dataclass(frozen=True, slots=True)
class Workflow:
    """A cohort that is ready to run.

    Attributes:
        frozen: config and sheets, checked.
        plan: the jobs.
    """

    frozen: FrozenInputs
    plan: Plan

    @property
    def outdir(self) -> Path:
        """Where results go, absolute."""
        return self.frozen.inputs.config.outdir

    @property
    def fail_on(self) -> str:
        """``report.fail_on`` of the config."""
        return self.frozen.inputs.config.fail_on

    def path(self, name: str) -> str:
        """Return a path below outdir; braces stay for Snakemake's wildcards."""
        return f"{self.outdir}/{name}"

    def manifest(self, key: str) -> str:
        """Return the manifest of a job."""
        return str(manifest_path(self.outdir, key))

    def manifests(self, but: str = "") -> list[str]:
        """Return the manifests of all jobs, or of all but one: what a whole run makes."""
        return [self.manifest(key) for key in self.plan.keys if key != but]

    def joined(self, key: str) -> list[str]:
        """Return the manifests of the jobs that a join joins; none for one that is not planned."""
        join = self.plan.joins.get(key)
        return [] if join is None else [self.manifest(name) for name in join.upstream]

    def units(self) -> dict[str, list[str]]:
        """Return the names of all jobs by the folder of their manifests."""
        return {stage: list(getattr(self.plan, stage)) for stage in (*STAGES, "pages")}

    def folders(self) -> dict[str, set[str]]:
        """Return the names of runs, samples and plates, by analysis of the config."""
        inputs = self.frozen.inputs
        names = {
            "mlpa": {sample.run_id for sample in inputs.mlpa},
            "sanger": {read.sample_id for read in inputs.reads},
            "mrd": {plate.plate_id for plate in inputs.plates},
        }
        return {stage: names[stage] for stage in STAGES if getattr(inputs.config, stage)}

    def folder(self) -> Folder:
        """Return the manifests that lie in the result folder now."""
        return read_folder(self.outdir, self.plan.keys)

    def require_same(self, folder: Folder) -> None:
        """Compare the manifests with those that were found before the folder was held.

        Raises:
            InputError: another run has written some meanwhile.
        """
        if self.folder() != folder:
            message = "another run has just ended here; run the same command again"
            raise InputError([InputProblem(str(self.outdir), message)])

    def outdated(self, folder: Folder) -> list[Outdated]:
        """Return the jobs whose results were made of something else than today's inputs."""
        return find_outdated(folder, self.frozen, self.plan) if folder.manifests else []

    def memory_mb(self, base: int, per_file: float = 0.0, stage: str = "") -> Callable[..., int]:
        """Return a resource function: `base` plus `per_file` for each file, half more a retry.

        Args:
            base: MB of any job.
            per_file: MB for each raw file of a unit, or for each input of a join.
            stage: analysis of the unit, '' for a join.
        """

        def resource(wildcards: Any, input: Sequence[str], attempt: int) -> int:  # noqa: A002 (Snakemake names it)
            files = self._n_files(stage, wildcards, input)
            return math.ceil((base + per_file * files) * (1 + 0.5 * (attempt - 1)))

        return resource

    def minutes(self, base: float, per_file: float = 0.0, stage: str = "") -> Callable[..., int]:
        """Return a run-time function: `base` plus `per_file` minutes a file, each attempt."""

        def resource(wildcards: Any, input: Sequence[str], attempt: int) -> int:  # noqa: A002 (Snakemake names it)
            files = self._n_files(stage, wildcards, input)
            return math.ceil((base + per_file * files) * attempt)

        return resource

    def _n_files(self, stage: str, wildcards: Any, given: Sequence[str]) -> int:
        return len(self.plan.unit(stage, wildcards.unit).raw_files if stage else given)


def open_workflow(
    configfiles: Sequence[str | Path],
    overrides: Mapping[str, Any],
    default: Path,
    *,
    is_job: bool = False,
) -> Workflow:
    """Read and check everything while the Snakefile is read.

    Snakemake merges ``--configfile`` into a default config; here it stands alone.

    Args:
        configfiles: as given on the command line; at most one.
        overrides: Snakemake's own config, which holds the values of ``--config``.
        default: config in force when none is given.
        is_job: the Snakefile is read once more for a single job, on another machine perhaps: it
            gets the inputs that its run began with.

    Raises:
        InputError: with every problem.
    """
    if len(configfiles) > 1:
        raise InputError(
            [InputProblem("--configfile", "give one config; it stands alone, two are not merged")]
        )
    path = Path(configfiles[0]) if configfiles else default
    held = read_config_file(path)
    if not isinstance(held, dict):
        raise InputError([InputProblem(path.name, "the config must be a table of keys and values")])
    # a config given by name reached Snakemake whole; the default one is not given to it
    content = dict(overrides) if configfiles else {**held, **overrides}
    base = path.absolute().parent
    # Snakemake's config is a tree of its own types; JSON gives plain ones
    content = json.loads(json.dumps(content, default=str))
    frozen = (
        _frozen_of_run(content, path.name, base)
        if is_job
        else freeze(content, path.name, base, held)
    )
    return Workflow(frozen, plan_cohort(frozen.inputs))


def _frozen_of_run(content: Mapping[str, Any], source: str, base: Path) -> FrozenInputs:
    outdir = config_from_mapping(content, source, base).outdir
    try:
        return read_frozen(outdir / INPUTS)
    except Der22Error as error:
        raise InputError([InputProblem(source, str(error))]) from error


def refuse(error: InputError) -> NoReturn:
    """Print every problem on the terminal and stop with exit status 1, without a traceback."""
    sentences = error.sentences
    count = len(sentences)
    lines = [f"der22: {count} problem{'s' if count != 1 else ''} in config and sheets; nothing ran"]
    lines += [f"  {sentence}" for sentence in sentences]
    print("\n".join(lines), file=sys.stderr)  # noqa: T201 (the message is for the terminal)
    sys.exit(1)
