"""The jobs that join results: what each reads and calls, and that nothing changed meanwhile."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from der22.errors import Der22Error
from der22.formats.files import recorded_reads
from der22.inputs.copied import copied_files
from der22.jobs.dispatch import finish, told_in_log
from der22.runs.frozen import FrozenInputs, read_frozen
from der22.runs.manifest import Manifest, UnitReport
from der22.runs.plan import Plan, plan_cohort
from der22.runs.staleness import altered_files, analysed_contents, join_made_of, read_folder

__all__ = ["JOINS", "JoinJob", "files_read", "join_results", "run_join"]


@dataclass(frozen=True, slots=True)
class JoinJob:
    """A run of one join.

    Attributes:
        key: ``stage/name``.
        frozen: inputs of the run.
        plan: jobs of the run.
        manifests: of every job whose results the join can see, by key.
        contents: path -> content of every raw file, as it was analysed.
    """

    key: str
    frozen: FrozenInputs
    plan: Plan
    manifests: Mapping[str, Manifest]
    contents: Mapping[str, str]


def run_join(key: str, inputs: Path | str, digest: str, log: Path | str) -> None:
    """Join the results of other jobs and write the manifest.

    Args:
        key: ``stage/name`` of the join.
        inputs: the frozen inputs of the run.
        digest: of the frozen inputs.
        log: where the join's problems are listed.
    """
    with told_in_log(log):
        with recorded_reads() as reads:
            frozen = read_frozen(inputs, digest).with_probemixes()
            report, made_of = join_results(key, frozen)
        frozen.require_checked(reads)
        finish(key, report, frozen.inputs.config.outdir, log, made_of=made_of)


def join_results(key: str, frozen: FrozenInputs) -> tuple[UnitReport, dict[str, str]]:
    """Return what a join wrote and noticed, and what it is made of.

    Raises:
        Der22Error: a result that it reads is not as its job wrote it, or two jobs analysed
            different contents of one file.
    """
    plan, outdir = plan_cohort(frozen.inputs), frozen.inputs.config.outdir
    manifests: dict[str, Manifest] = {}
    folder = read_folder(outdir, plan.above(key))
    for name in plan.above(key):
        manifest = folder.manifests.get(name)
        if manifest is None:
            raise Der22Error(
                f"manifests/{name}.json: is gone or damaged since its job wrote it; run the same "
                "command again"
            )
        manifests[name] = manifest
    for manifest in manifests.values():
        read = files_read(key, manifest.files)
        for name, what in altered_files(outdir, {name: manifest.files[name] for name in read}):
            raise Der22Error(
                f"{name}: {what} since its job wrote it; results are not joined with it, run the "
                "same command again to make it anew"
            )
    contents = analysed_contents(frozen, plan, manifests)
    made_of = join_made_of(plan.joins[key], frozen.digest, manifests)
    return JOINS[_kind(key)].work(JoinJob(key, frozen, plan, manifests, contents)), made_of


def files_read(key: str, files: Iterable[str]) -> list[str]:
    """Return those of some result files, named below outdir, that a join reads."""
    patterns = JOINS[_kind(key)].reads
    return [name for name in files if any(fnmatch(name, pattern) for pattern in patterns)]


def _kind(key: str) -> str:
    return "pages" if key.startswith("pages/") else key


def _ikzf1(job: JoinJob) -> UnitReport:
    from der22.jobs.mlpa import collect_ikzf1
    from der22.jobs.mlpa_library import collect_run_qc

    inputs, config = job.frozen.inputs, job.frozen.inputs.config
    if config.mlpa is None:
        raise ValueError("IKZF1 classes without an mlpa config")
    runs = collect_run_qc(
        inputs.mlpa, inputs.probemixes, config.mlpa.settings, config.outdir,
        library=config.mlpa.reference_library,
    )  # fmt: skip
    classes = collect_ikzf1(
        inputs.mlpa, inputs.patients, config.mlpa.settings, config.ikzf1plus_definition,
        config.outdir, {problem.subject: problem.flag for problem in runs.problems},
    )  # fmt: skip
    return dataclasses.replace(
        classes,
        files=classes.files + runs.files,
        problems=runs.problems + classes.problems,
        summary=f"{classes.summary}; {runs.summary}",
    )


def _abl1(job: JoinJob) -> UnitReport:
    from der22.jobs.sanger import collect_abl1

    reads, config = job.frozen.inputs.reads, job.frozen.inputs.config
    if config.sanger is None:
        raise ValueError("ABL1 without a sanger config")
    samples = list(dict.fromkeys(read.sample_id for read in reads if read.role == "sample"))
    return collect_abl1(samples, reads, config.outdir, config.sanger.settings)


def _series(job: JoinJob) -> UnitReport:
    from der22.jobs.mrd import collect_series

    inputs, config = job.frozen.inputs, job.frozen.inputs.config
    if config.mrd is None:
        raise ValueError("MRD series without an mrd config")
    return collect_series(
        inputs.plates, inputs.mrd, inputs.patients, config.mrd.settings, config.outdir
    )


def _tables(job: JoinJob) -> UnitReport:
    from der22.jobs.cohort import join_cohort

    inputs, config = job.frozen.inputs, job.frozen.inputs.config
    return join_cohort(
        list(inputs.patients.values()),
        inputs.mlpa if config.mlpa else None,
        inputs.genes,
        sanger_done=config.sanger is not None,
        mrd_done=config.mrd is not None,
        timepoints=inputs.timepoints,
        ikzf1plus_definition=config.ikzf1plus_definition,
        outdir=config.outdir,
        mlpa_settings=config.mlpa.settings if config.mlpa else None,
        response_lost_triggers=config.mrd is None
        or config.mrd.settings.response_lost_triggers == "yes",
    )


def _statistics(job: JoinJob) -> UnitReport:
    from der22.jobs.cohort import run_statistics

    inputs, config = job.frozen.inputs, job.frozen.inputs.config
    return run_statistics(
        list(inputs.patients.values()), config.statistics, inputs.timepoints, config.outdir
    )


def _figures(job: JoinJob) -> UnitReport:
    from der22.jobs.cohort import draw_figures

    inputs, config = job.frozen.inputs, job.frozen.inputs.config
    return draw_figures(
        list(inputs.patients.values()),
        config.statistics,
        inputs.timepoints,
        config.name,
        config.outdir,
        mlpa_runs=list(dict.fromkeys(sample.run_id for sample in inputs.mlpa)),
        sanger_done=config.sanger is not None,
        mrd_done=config.mrd is not None,
    )


def _exports(job: JoinJob) -> UnitReport:
    from der22.jobs.exports import write_exports
    from der22.jobs.provenance import settings_in_force

    inputs, config = job.frozen.inputs, job.frozen.inputs.config
    return write_exports(
        list(inputs.patients.values()),
        config.name,
        config.ikzf1plus_definition,
        config.statistics,
        settings_in_force(inputs),
        inputs.reference,
        config.outdir,
        sanger_done=config.sanger is not None,
        mrd_done=config.mrd is not None,
    )


def _problems(job: JoinJob) -> UnitReport:
    from der22.jobs.problems import collect_problems
    from der22.jobs.provenance import write_provenance

    inputs = job.frozen.inputs
    found = [problem for manifest in job.manifests.values() for problem in manifest.problems]
    found += copied_files(inputs, job.contents)
    report = collect_problems(found, inputs.warnings, inputs.config.outdir)
    provenance = write_provenance(inputs, job.frozen.config, job.contents)
    return dataclasses.replace(report, files=report.files + provenance.files)


def _pages(job: JoinJob) -> UnitReport:
    from der22.jobs.report import write_pages

    inputs, unit = job.frozen.inputs, job.key.removeprefix("pages/")
    return write_pages(
        [inputs.patients[name] for name in job.plan.pages[unit]],
        inputs.labels,
        inputs.config.outdir,
        inputs.probemix_status,
        probe_order=inputs.probe_order,
        unit=unit,
    )


def _index(job: JoinJob) -> UnitReport:
    from der22.jobs.report import write_index

    inputs = job.frozen.inputs
    patients = list(inputs.patients.values())
    return write_index(patients, inputs.labels, inputs.config.outdir, inputs.probemix_status)


def _multiqc(job: JoinJob) -> UnitReport:
    from der22.jobs.report import write_multiqc

    inputs = job.frozen.inputs
    return write_multiqc(
        inputs.config.outdir, inputs.labels, inputs.probemix_status, probe_order=inputs.probe_order
    )


def _verdict(job: JoinJob) -> UnitReport:
    from der22.jobs.problems import judge

    return judge(job.frozen.inputs.config.outdir)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a join calls, and patterns of the results that it reads, named below outdir."""

    work: Callable[[JoinJob], UnitReport]
    reads: tuple[str, ...]


_JOINT = ("mlpa/ikzf1.tsv", "sanger/abl1.tsv", "mrd/levels.tsv", "mrd/series.tsv")
_RISK = "cohort/genomic_risk.tsv"
_RUNS = ("mlpa/*/sample_qc.tsv", "mlpa/*/gene_calls.tsv", "mlpa/*/probe_ratios.tsv")
_REPORTED = (_RISK, *_JOINT, "problems.tsv", "provenance.json")

#: by key; ``pages`` stands for every batch of them
JOINS: Mapping[str, _Kind] = {
    "cohort/ikzf1": _Kind(_ikzf1, _RUNS),
    "cohort/abl1": _Kind(
        _abl1, ("sanger/*/status.tsv", "sanger/*/controls.tsv", "sanger/*/fingerprints.tsv")
    ),
    "cohort/series": _Kind(_series, ("mrd/*/levels.tsv", "mrd/*/qc.tsv")),
    "cohort/tables": _Kind(_tables, (*_JOINT, *_RUNS[:2])),
    "cohort/statistics": _Kind(_statistics, (_RISK,)),
    "cohort/figures": _Kind(_figures, ("cohort/*.tsv", *_JOINT, _RUNS[2])),
    "cohort/exports": _Kind(_exports, (_RISK, *_JOINT, "sanger/*/variants.tsv")),
    "report/problems": _Kind(_problems, ()),
    "pages": _Kind(_pages, (*_REPORTED, *_RUNS, "sanger/*/*.tsv", "sanger/*/traces.json")),
    "report/index": _Kind(_index, (*_REPORTED, "mlpa/*/sample_qc.tsv", "sanger/*/reads.tsv")),
    "report/multiqc": _Kind(
        _multiqc,
        (
            *_REPORTED, *_RUNS, "mlpa/run_charts.tsv", "mrd/*/curves.tsv", "mrd/*/wells.tsv",
            "mrd/qc.tsv",
            "sanger/*/variants.tsv", "sanger/*/reads.tsv", "sanger/*/traces.json",
        ),
    ),
    "report/verdict": _Kind(_verdict, ("problems.tsv",)),
}  # fmt: skip
