"""What workflow scripts call: one unit or one join, from the frozen inputs to its manifest."""

from __future__ import annotations

import dataclasses
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from der22.errors import Der22Error
from der22.flags import Flag, Level, Problem
from der22.formats.files import recorded_reads
from der22.formats.records import Patient
from der22.formats.tables import counted_characters, write_text
from der22.inputs.config import Config
from der22.runs.content import content_of
from der22.runs.frozen import read_frozen
from der22.runs.manifest import UnitReport, write_manifest
from der22.runs.plan import WorkUnit, plan_cohort, unit_made_of

__all__ = ["finish", "run_job", "run_unit", "told_in_log"]


def run_job(stage: str, name: str, inputs: Path | str, digest: str, log: Path | str) -> None:
    """Run one unit of an analysis and write its manifest.

    Args:
        stage: mlpa, sanger or mrd.
        name: of the unit.
        inputs: the frozen inputs of the run.
        digest: of the frozen inputs.
        log: where the unit's problems are listed.
    """
    with told_in_log(log):
        given = read_frozen(inputs, digest).inputs
        unit = plan_cohort(given).unit(stage, name)
        with recorded_reads() as reads:
            report = run_unit(given.config, unit)
        finish(
            unit.key, report, given.config.outdir, log,
            made_of=unit_made_of(unit, given.config), reads=_reads_of(unit, reads),
        )  # fmt: skip


def run_unit(config: Config, unit: WorkUnit) -> UnitReport:
    """Run one unit of an analysis."""
    with counted_characters() as dropped:
        report = _RUNNERS[unit.stage](config, unit)
    if not dropped.n:
        return report
    message = (
        f"{dropped.n} control characters in texts of the files of {report.unit} are left out of "
        "the tables; look at the names in the instrument software"
    )
    flag = Flag("CONTROL_CHARACTERS", Level.NOTE, message)
    told = Problem(report.stage, report.unit, flag)
    return dataclasses.replace(report, problems=(*report.problems, told))


@contextmanager
def told_in_log(log: Path | str) -> Iterator[None]:
    """Write why a job failed to its log; what is ours to say ends in one sentence."""
    try:
        yield
    except Der22Error as error:
        write_text(log, f"{error}\n")
        sys.exit(f"der22: {error}")
    except Exception:
        write_text(log, traceback.format_exc())
        raise


def finish(
    key: str,
    report: UnitReport,
    outdir: Path,
    log: Path | str,
    *,
    made_of: Mapping[str, str],
    reads: Mapping[str, str] | None = None,
) -> None:
    """Write the manifest, last of all, and say one line on the terminal and in the log."""
    line = f"{report.stage} {report.unit}: {report.summary}"
    problems = "".join(
        f"{problem.flag.level}\t{problem.subject}\t{problem.flag.code}\t{problem.flag.message}\n"
        for problem in report.problems
    )
    write_text(log, f"{line}\n{problems}")
    write_manifest(outdir / "manifests" / f"{key}.json", report, outdir, made_of, reads)
    print(line, file=sys.stderr)  # noqa: T201 (the progress line of a job)


def _reads_of(unit: WorkUnit, reads: Mapping[str, str]) -> dict[str, str]:
    """Return the content of each file of a unit: as read; as it lies there where nothing was read.

    What cannot be read, such as a folder or a file too large, is a result too and has to be made
    again once something else lies there.
    """
    return {name: reads.get(path) or content_of(path) for path, name in unit.file_names.items()}


def _run_mlpa(config: Config, unit: WorkUnit) -> UnitReport:
    from der22.jobs.mlpa import run_mlpa

    if config.mlpa is None:
        raise ValueError("an mlpa unit without an mlpa config")
    samples, patients = unit.records["samples"], _patients(unit)
    reports = [
        run_mlpa(
            run_id,
            [sample for sample in samples if sample.run_id == run_id],
            patients,
            config.mlpa.settings,
            config.outdir,
            known_sheets=[config.mlpa.probemix],
        )
        for run_id in dict.fromkeys(sample.run_id for sample in samples)
    ]
    return _merged(reports)


def _run_sanger(config: Config, unit: WorkUnit) -> UnitReport:
    from der22.jobs.sanger import run_sanger

    if config.sanger is None:
        raise ValueError("a sanger unit without a sanger config")
    reads = unit.records["reads"]
    samples = list(dict.fromkeys(read.sample_id for read in reads if read.role == "sample"))
    return run_sanger(
        samples, reads, config.sanger.reference, config.sanger.settings, config.outdir
    )


def _run_mrd(config: Config, unit: WorkUnit) -> UnitReport:
    from der22.jobs.mrd import run_plates

    if config.mrd is None:
        raise ValueError("an mrd unit without an mrd config")
    plates, samples = unit.records["plates"], unit.records["samples"]
    return run_plates(plates, samples, _patients(unit), config.mrd.settings, config.outdir)


_RUNNERS: dict[str, Callable[[Config, WorkUnit], UnitReport]] = {
    "mlpa": _run_mlpa,
    "sanger": _run_sanger,
    "mrd": _run_mrd,
}


def _patients(unit: WorkUnit) -> dict[str, Patient]:
    return {patient.patient_id: patient for patient in unit.records["patients"]}


def _merged(reports: list[UnitReport]) -> UnitReport:
    if len(reports) == 1:
        return reports[0]
    return dataclasses.replace(
        reports[0],
        unit=f"{reports[0].unit} and {len(reports) - 1} more",
        files=tuple(sorted(name for report in reports for name in report.files)),
        problems=tuple(problem for report in reports for problem in report.problems),
        summary="; ".join(report.summary for report in reports),
    )
