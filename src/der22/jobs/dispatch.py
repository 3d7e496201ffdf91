"""What workflow scripts call: one unit or one join, from the frozen inputs to its manifest."""

from __future__ import annotations

import dataclasses
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from der22.errors import Der22Error
from der22.flags import Flag, Problem, Severity
from der22.formats.files import recorded_reads
from der22.formats.records import MlpaSample
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
        # the content of each file as read, and as it lies there where nothing was read: what cannot
        # be read, such as a folder, is a result too and is made again once something else is there
        contents = {
            name: reads.get(path) or content_of(path) for path, name in unit.file_names.items()
        }
        finish(
            unit.key, report, given.config.outdir, log,
            made_of=unit_made_of(unit, given.config), reads=contents,
        )  # fmt: skip


def run_unit(config: Config, unit: WorkUnit) -> UnitReport:
    """Run one unit of an analysis."""
    records = unit.records
    patients = {patient.patient_id: patient for patient in records.get("patients", ())}
    with counted_characters() as dropped:
        if unit.stage == "mlpa" and config.mlpa is not None:
            from der22.jobs.mlpa import run_mlpa

            runs: dict[str, list[MlpaSample]] = {}
            for sample in records["samples"]:
                runs.setdefault(sample.run_id, []).append(sample)
            reports = [
                run_mlpa(
                    run_id, samples, patients, config.mlpa.settings, config.outdir,
                    known_sheets=[config.mlpa.probemix],
                )
                for run_id, samples in runs.items()
            ]  # fmt: skip
            report = reports[0]
            if len(reports) > 1:
                report = dataclasses.replace(
                    report,
                    unit=f"{report.unit} and {len(reports) - 1} more",
                    files=tuple(sorted(name for one in reports for name in one.files)),
                    problems=tuple(problem for one in reports for problem in one.problems),
                    summary="; ".join(one.summary for one in reports),
                )
        elif unit.stage == "sanger" and config.sanger is not None:
            from der22.jobs.sanger import run_sanger

            reads, part = records["reads"], config.sanger
            names = list(dict.fromkeys(read.sample_id for read in reads if read.role == "sample"))
            report = run_sanger(names, reads, part.reference, part.settings, config.outdir)
        elif unit.stage == "mrd" and config.mrd is not None:
            from der22.jobs.mrd import run_plates

            plates, cdna = records["plates"], records["samples"]
            report = run_plates(plates, cdna, patients, config.mrd.settings, config.outdir)
        else:
            raise ValueError(f"{unit.key}: a unit of an analysis that the config leaves out")
    if not dropped.n:
        return report
    message = (
        f"{dropped.n} control characters in texts of the files of {report.unit} are left out of "
        "the tables; look at the names in the instrument software"
    )
    flag = Flag("CONTROL_CHARACTERS", Severity.NOTE, message)
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
