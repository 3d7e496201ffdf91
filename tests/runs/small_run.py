"""A small cohort run within this process, job by job, as Snakemake would: a second instead of ten.

Statistics, figures and MultiQC leave their manifests only; the workflow tests draw them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from der22.formats.tables import read_tsv
from der22.inputs.config_file import read_config_file
from der22.jobs.dispatch import finish, run_job
from der22.jobs.joins import run_join
from der22.resources import resource_path
from der22.runs.frozen import FrozenInputs, freeze, write_frozen
from der22.runs.manifest import UnitReport, read_manifest
from der22.runs.plan import Plan, plan_cohort
from der22.runs.staleness import (
    Outdated,
    find_outdated,
    join_made_of,
    manifest_path,
    read_folder,
    sentences,
)
from der22.simulate.demo import write_demo

#: an analysis, what its raw files are called, one table of its units and its joined table
ANALYSES = (
    ("mlpa", "mlpa/MLPA-01_*.fsa", "gene_calls.tsv", "mlpa/ikzf1.tsv"),
    ("sanger", "sanger/*_[FR].ab1", "status.tsv", "sanger/abl1.tsv"),
    ("mrd", "mrd/p190-*", "levels.tsv", "mrd/levels.tsv"),
)
_SLOW = ("cohort/statistics", "cohort/figures", "report/multiqc")


def write_cohort(folder: Path) -> Path:
    """Write six patients with a reference of their own, and Sanger jobs that share controls."""
    write_demo(folder, patients=6, seed=4)
    config = folder / "config.yaml"
    text = config.read_text()
    text = text.replace("sanger:\n", "sanger:\n  samples_per_job: 1\n  reference: gene\n")
    text = text.replace("mrd:\n", "mrd:\n  plates_per_job: 1\n")
    (folder / "gene").mkdir()
    for name in ("coding_sequence.fa", "reference.csv", "exons.csv", "mutations.csv"):
        shutil.copy(resource_path("abl1") / name, folder / "gene")
    config.write_text(text)
    return folder


def two_files(folder: Path, pattern: str) -> tuple[Path, Path]:
    """Return two raw files of patients that one analysis reads."""
    files = [path for path in sorted(folder.glob(pattern)) if "wt" not in path.name]
    return files[0], files[1]


def edit(sheet: Path, column: str, value: str) -> None:
    """Give every row of a sheet another value in one column."""
    header, *rows = sheet.read_text().splitlines()
    place = header.split("\t").index(column)
    cells = [row.split("\t") for row in rows]
    changed = ["\t".join([*row[:place], value, *row[place + 1 :]]) for row in cells]
    sheet.write_text("\n".join([header, *changed]) + "\n")


def today(folder: Path) -> FrozenInputs:
    """Check and freeze the inputs as they are now."""
    config = folder / "config.yaml"
    return freeze(read_config_file(config), config.name, config.absolute().parent)


def outdated(folder: Path) -> list[Outdated]:
    """Return what must run again although its manifest is there."""
    frozen = today(folder)
    plan = plan_cohort(frozen.inputs)
    return find_outdated(read_folder(folder / "results", plan.keys), frozen, plan)


def units_outdated(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return key -> reasons of the analyses' jobs that must run again."""
    analyses = {stage for stage, *_ in ANALYSES}
    return {job.key: job.reasons for job in outdated(folder) if job.key.split("/")[0] in analyses}


def told(folder: Path) -> str:
    """Return what the terminal says of jobs that run again."""
    return "\n".join(sentences(outdated(folder)))


def begin(folder: Path) -> tuple[FrozenInputs, Plan, list[str]]:
    """Freeze the inputs; return them with the plan and the jobs to run, in order."""
    frozen = today(folder)
    plan = plan_cohort(frozen.inputs)
    found = read_folder(folder / "results", plan.keys)
    again = {job.key for job in find_outdated(found, frozen, plan)}
    write_frozen(frozen)
    return frozen, plan, [key for key in plan.keys if key in again or key not in found.manifests]


def run_one(folder: Path, frozen: FrozenInputs, plan: Plan, key: str) -> None:
    """Run one job; SystemExit where it ends in a sentence."""
    manifest_path(folder / "results", key).unlink(missing_ok=True)  # as Snakemake does
    log = folder / f"results/logs/{key}.log"
    stage, name = key.split("/")
    if key in _SLOW:
        above = read_folder(folder / "results", plan.joins[key].upstream).manifests
        made_of = join_made_of(
            plan.joins[key], frozen.digest, {k: m for k, m in above.items() if m is not None}
        )
        finish(key, UnitReport(stage, name, (), (), ""), folder / "results", log, made_of=made_of)
    elif key in plan.joins:
        run_join(key, frozen.path, frozen.digest, log)
    else:
        run_job(stage, name, frozen.path, frozen.digest, log)


def run(folder: Path) -> list[str]:
    """Run whatever must run; return its keys."""
    frozen, plan, keys = begin(folder)
    for key in keys:
        run_one(folder, frozen, plan, key)
    return keys


def reads(folder: Path, key: str) -> dict[str, str]:
    """Return what the manifest of a job says that it analysed."""
    return dict(read_manifest(manifest_path(folder / "results", key)).reads)


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of a result table."""
    return read_tsv(folder / "results" / name)
