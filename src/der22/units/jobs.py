"""From a job's plain parameters to its unit and back: what every workflow script calls."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from der22.flags import Flag, Level, Problem
from der22.formats.records import MlpaSample, MrdSample, Patient, Plate, SangerRead
from der22.formats.tables import counted_characters, write_text
from der22.inputs.cohort_inputs import CohortInputs, read_inputs
from der22.inputs.config import Config, config_from_checked
from der22.units.manifest import UnitReport, write_manifest

__all__ = [
    "config_parameter",
    "finish",
    "inputs_of",
    "raw_config",
    "read_config_parameter",
    "run_unit",
]


def config_parameter(content: Mapping[str, Any], source: str, base: Path) -> str:
    """Return the config as JSON, to be passed to jobs."""
    return json.dumps({"content": content, "source": source, "base": str(base)}, sort_keys=True)


def read_config_parameter(parameter: str) -> Config:
    """Return the config that `config_parameter` wrote, checked before the run began."""
    plain = json.loads(parameter)
    return config_from_checked(plain["content"], plain["source"], Path(plain["base"]))


def inputs_of(parameter: str, stages: Collection[str] | None = None) -> CohortInputs:
    """Return config and sheets of a job's config parameter.

    Args:
        parameter: from `config_parameter`.
        stages: analyses whose sheets the job needs beside the patients sheet; None = all.
    """
    config = read_config_parameter(parameter)
    return read_inputs(config) if stages is None else read_inputs(config, stages)


def raw_config(parameter: str) -> dict[str, Any]:
    """Return the config of a job's config parameter as the YAML held it."""
    content: dict[str, Any] = json.loads(parameter)["content"]
    return content


def run_unit(stage: str, config: Config, content: str) -> UnitReport:
    """Run one unit of an analysis.

    Args:
        stage: mlpa, sanger or mrd.
        config: of the cohort.
        content: rows, from `WorkUnit.content`.
    """
    with counted_characters() as dropped:
        report = _RUNNERS[stage](config, json.loads(content))
    if not dropped.n:
        return report
    message = (
        f"{dropped.n} control characters in texts of the files of {report.unit} are left out of "
        "the tables; look at the names in the instrument software"
    )
    flag = Flag("CONTROL_CHARACTERS", Level.NOTE, message)
    told = Problem(report.stage, report.unit, flag)
    return dataclasses.replace(report, problems=(*report.problems, told))


def finish(
    report: UnitReport, config: Config, manifest: Path | str, log: Path | str, made_of: str = ""
) -> None:
    """Write the manifest, last of all, and say one line on the terminal and in the log."""
    line = f"{report.stage} {report.unit}: {report.summary}"
    problems = "".join(
        f"{problem.flag.level}\t{problem.subject}\t{problem.flag.code}\t{problem.flag.message}\n"
        for problem in report.problems
    )
    write_text(log, f"{line}\n{problems}")
    write_manifest(manifest, report, config.outdir, made_of)
    print(line, file=sys.stderr)  # noqa: T201 (the progress line of a job)


def _run_mlpa(config: Config, rows: Mapping[str, Any]) -> UnitReport:
    from der22.units.mlpa import run_mlpa

    if config.mlpa is None:
        raise ValueError("an mlpa unit without an mlpa config")
    samples = [MlpaSample(**row) for row in rows["samples"]]
    patients = _patients(rows)
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


def _run_sanger(config: Config, rows: Mapping[str, Any]) -> UnitReport:
    from der22.units.sanger import run_sanger

    if config.sanger is None:
        raise ValueError("a sanger unit without a sanger config")
    reads = [SangerRead(**row) for row in rows["reads"]]
    samples = list(dict.fromkeys(read.sample_id for read in reads if read.role == "sample"))
    return run_sanger(
        samples, reads, config.sanger.reference, config.sanger.settings, config.outdir
    )


def _run_mrd(config: Config, rows: Mapping[str, Any]) -> UnitReport:
    from der22.units.mrd import run_plates

    if config.mrd is None:
        raise ValueError("an mrd unit without an mrd config")
    return run_plates(
        [Plate(**row) for row in rows["plates"]],
        [MrdSample(**row) for row in rows["samples"]],
        _patients(rows),
        config.mrd.settings,
        config.outdir,
    )


_RUNNERS: dict[str, Callable[[Config, Mapping[str, Any]], UnitReport]] = {
    "mlpa": _run_mlpa,
    "sanger": _run_sanger,
    "mrd": _run_mrd,
}


def _patients(rows: Mapping[str, Any]) -> dict[str, Patient]:
    return {row["patient_id"]: Patient(**row) for row in rows["patients"]}


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
