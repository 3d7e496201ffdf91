"""What the Snakefile asks: the checked cohort, its jobs, the names of what they leave behind."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from der22.errors import InputError, InputProblem
from der22.inputs.cohort_inputs import CohortInputs, inputs_from_mapping
from der22.inputs.config_file import read_config_file
from der22.units.jobs import config_parameter
from der22.units.plan import Plan, code_digest, plan_cohort
from der22.units.provenance import sheet_files
from der22.units.staleness import outdated_manifests, unit_digest

__all__ = ["Workflow", "is_dry_run", "lift_rate_limit", "open_workflow", "refuse"]

_STAGES = ("mlpa", "sanger", "mrd")
_NO_LIMIT_PER_SECOND = 100


@dataclass(frozen=True, slots=True)
class Workflow:
    """A cohort that is ready to run.

    Attributes:
        content: the config as the YAML held it.
        source: name of the config file.
        base: folder of the config file.
        inputs: config and sheets, checked.
        plan: the jobs.
        stages: analyses that the config asks for, of mlpa, sanger, mrd.
    """

    content: Mapping[str, Any]
    source: str
    base: Path
    inputs: CohortInputs
    plan: Plan
    stages: tuple[str, ...]

    @property
    def outdir(self) -> Path:
        """Where results go, absolute."""
        return self.inputs.config.outdir

    def path(self, name: str) -> str:
        """Return a path below outdir; braces stay for Snakemake's wildcards."""
        return f"{self.outdir}/{name}"

    def manifests(self, stage: str) -> list[str]:
        """Return the manifests of all units of an analysis or of the pages."""
        units: Mapping[str, object] = getattr(self.plan, stage)
        return [self.path(f"manifests/{stage}/{name}.json") for name in units]

    def all_manifests(self) -> list[str]:
        """Return the manifests of all analyses that the config asks for."""
        return [manifest for stage in self.stages for manifest in self.manifests(stage)]

    def units(self) -> dict[str, list[str]]:
        """Return the names of all jobs by the folder of their manifests."""
        return {stage: list(getattr(self.plan, stage)) for stage in (*_STAGES, "pages")}

    def folders(self) -> dict[str, set[str]]:
        """Return the names of runs, samples and plates, by analysis of the config."""
        inputs = self.inputs
        names = {
            "mlpa": {sample.run_id for sample in inputs.mlpa},
            "sanger": {read.sample_id for read in inputs.reads},
            "mrd": {plate.plate_id for plate in inputs.plates},
        }
        return {stage: names[stage] for stage in self.stages}

    def sheets(self) -> list[str]:
        """Return the sheets whose rows the cohort tables use."""
        return _watched(map(str, sheet_files(self.inputs)))

    def raw_files(self, stage: str) -> Callable[[Any], list[str]]:
        """Return the input function of an analysis: wildcards -> raw files of that unit."""
        return lambda wildcards: _watched(self.plan.unit(stage, wildcards.unit).raw_files)

    def rows(self, stage: str) -> Callable[[Any], str]:
        """Return the parameter function of an analysis: wildcards -> sheet rows of that unit."""
        return lambda wildcards: self.plan.unit(stage, wildcards.unit).content()

    def stage_config(self, stage: str) -> str:
        """Return the config parameter of an analysis: only what changes its results."""
        content = {
            "cohort": {"name": "-", "patients": "-"},
            stage: self.content.get(stage),
            "outdir": str(self.outdir),
        }
        return config_parameter(content, self.source, self.base)

    def cohort_config(self) -> str:
        """Return the config parameter of the rules that join everything."""
        return config_parameter(self.content, self.source, self.base)

    def code(self, *stages: str) -> str:
        """Return a digest of the package parts that the given stages use."""
        return "".join(code_digest(stage) for stage in stages)

    def digests(self) -> dict[str, dict[str, str]]:
        """Return by analysis what every unit's results depend on beside its files."""
        return {
            stage: {
                name: unit_digest(stage, self.stage_config(stage), unit.content(), self.code(stage))
                for name, unit in getattr(self.plan, stage).items()
            }
            for stage in self.stages
        }

    def outdated_manifests(self) -> list[Path]:
        """Return the manifests of units that were made of other inputs than today's."""
        if not (self.outdir / "manifests").is_dir():
            return []
        return outdated_manifests(self.outdir, self.inputs, self.plan, self.digests())

    def memory_mb(self, base: int, per_file: float = 0.0) -> Callable[..., int]:
        """Return a resource function: `base` plus `per_file` for each input, half more a retry."""

        def resource(_wildcards: Any, input: Sequence[str], attempt: int) -> int:  # noqa: A002 (Snakemake names it)
            return math.ceil((base + per_file * len(input)) * (1 + 0.5 * (attempt - 1)))

        return resource

    def minutes(self, base: float, per_file: float = 0.0) -> Callable[..., int]:
        """Return a run-time function: `base` plus `per_file` minutes an input, each attempt."""

        def resource(_wildcards: Any, input: Sequence[str], attempt: int) -> int:  # noqa: A002 (Snakemake names it)
            return math.ceil((base + per_file * len(input)) * attempt)

        return resource


def _watched(paths: Iterable[str]) -> list[str]:
    """Return the files that Snakemake watches: all but those it would take for patterns.

    Braces in a name are wildcards for it, without an escape in what an input function returns. The
    content of the others is compared by der22 itself, see `outdated_manifests`.
    """
    return [path for path in paths if "{" not in path and "}" not in path]


def open_workflow(
    configfiles: Sequence[str | Path], overrides: Mapping[str, Any], default: Path
) -> Workflow:
    """Read and check everything while the Snakefile is read.

    Snakemake merges ``--configfile`` into a default config; here it stands alone.

    Args:
        configfiles: as given on the command line; at most one.
        overrides: Snakemake's own config, which holds the values of ``--config``.
        default: config in force when none is given.

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
    inputs = inputs_from_mapping(content, path.name, base)
    stages = tuple(stage for stage in _STAGES if content.get(stage) is not None)
    return Workflow(content, path.name, base, inputs, plan_cohort(inputs), stages)


def refuse(error: InputError) -> NoReturn:
    """Print every problem on the terminal and stop with exit status 1, without a traceback."""
    sentences = error.sentences
    count = len(sentences)
    lines = [f"der22: {count} problem{'s' if count != 1 else ''} in config and sheets; nothing ran"]
    lines += [f"  {sentence}" for sentence in sentences]
    print("\n".join(lines), file=sys.stderr)  # noqa: T201 (the message is for the terminal)
    sys.exit(1)


def is_dry_run(arguments: Sequence[str]) -> bool:
    """Tell whether Snakemake was asked for a dry run, which it does not say itself so early.

    >>> is_dry_run(["snakemake", "-np"]), is_dry_run(["snakemake", "--cores", "2"])
    (True, False)
    """
    return any(
        word in ("--dry-run", "--dryrun") or re.fullmatch(r"-[A-Za-z]*n[A-Za-z]*", word)
        for word in arguments
    )


def lift_rate_limit(scheduler: Any) -> None:
    """Take a limit of jobs per time span that limits nothing off Snakemake's scheduler.

    METHOD: under any limit the scheduler (9.x) wakes itself once a span for every time it has woken
    before while jobs wait, and asks for the size of all their inputs each time: 425 times for 30
    jobs at 1,000 patients, a tenth of the CPU time of the run. Limits below a hundred jobs a second
    are meant by whoever set them, and stay.

    Args:
        scheduler: of the running workflow; one without such a limit is left alone.
    """
    limit = getattr(scheduler, "job_rate_limiter", None)
    if limit is not None and limit.max_jobs >= _NO_LIMIT_PER_SECOND * limit.timespan:
        scheduler.job_rate_limiter = None
