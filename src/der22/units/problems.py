"""Every flag and refusal of a run in one list: which sample failed, at which stage, and why."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from der22.errors import InputProblem, one_line_a_cause
from der22.flags import Flag, Level, Problem
from der22.formats.tables import read_tsv, write_text, write_tsv
from der22.units.manifest import UnitReport, read_manifest

__all__ = ["COLUMNS", "announce", "collect_problems", "explain_failure", "judge"]

COLUMNS = ("stage", "subject", "level", "code", "message")

_STAGE_ORDER = {"input": 0, "mlpa": 1, "sanger": 2, "mrd": 3, "cohort": 4, "report": 5}
_LEVEL_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}
_SHOWN = 40
_LITTLE_SPACE = 32 * 2**20


def collect_problems(
    manifests: Iterable[Path | str], warnings: Sequence[InputProblem], outdir: Path
) -> UnitReport:
    """Write ``problems.tsv`` from the manifests of all units and the warnings of the sheets.

    Rows are sorted by stage, level (errors first), subject and code; each stands once.
    """
    kinds: dict[tuple[str, str, Level], list[InputProblem]] = defaultdict(list)
    for warning in warnings:
        kinds[warning.source, warning.code, warning.level].append(warning)
    problems = [
        Problem("input", source, Flag(code, level, sentence))
        for (source, code, level), alike in kinds.items()
        for sentence in one_line_a_cause(alike)
    ]
    for manifest in manifests:
        problems += read_manifest(manifest)[1]
    ordered = sorted(dict.fromkeys(problems), key=_order)
    write_tsv(outdir / "problems.tsv", COLUMNS, map(_row, ordered))
    levels = Counter(problem.flag.level for problem in ordered)
    return UnitReport(
        stage="report",
        unit="problems",
        files=("problems.tsv",),
        problems=(),
        summary=f"{levels[Level.ERROR]} errors, {levels[Level.WARNING]} warnings, "
        f"{levels[Level.NOTE]} notes",
    )


def _order(problem: Problem) -> tuple[int, int, str, str, str]:
    flag = problem.flag
    stage = _STAGE_ORDER.get(problem.stage, len(_STAGE_ORDER))
    return stage, _LEVEL_ORDER[flag.level], problem.subject, flag.code, flag.message


def _row(problem: Problem) -> dict[str, object]:
    flag = problem.flag
    values = (problem.stage, problem.subject, str(flag.level), flag.code, flag.message)
    return dict(zip(COLUMNS, values, strict=True))


def announce(outdir: Path) -> None:
    """Say on the terminal what failed and where the reports are."""
    path = outdir / "problems.tsv"
    if not path.is_file():
        return
    rows = read_tsv(path)
    errors = [row for row in rows if row["level"] == Level.ERROR]
    lines = [f"der22: {len(errors)} errors, {len(rows) - len(errors)} warnings and notes: {path}"]
    lines += [
        f"  {row['stage']} {row['subject']}: {row['code']}: {row['message']}"
        for row in errors[:_SHOWN]
    ]
    if len(errors) > _SHOWN:
        lines.append(f"  ... and {len(errors) - _SHOWN} more")
    lines.append(f"der22: start reading at {outdir / 'index.html'}")
    print("\n".join(lines), file=sys.stderr)  # noqa: T201 (the message is for the terminal)


def explain_failure(outdir: Path, fail_on: str = "none") -> None:
    """Say on the terminal, in one sentence, why a job may have ended and what to do.

    Args:
        outdir: results folder.
        fail_on: of the config; with ``error`` a whole run that lists an error ends as failed.
    """
    if fail_on == "error" and _is_complete(outdir):
        sentence = (
            "der22: all results are written; the run counts as failed because problems.tsv lists "
            "errors and the config says report.fail_on: error"
        )
        print(sentence, file=sys.stderr)  # noqa: T201 (the message is for the terminal)
        return
    place = outdir
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < _LITTLE_SPACE:
        reason = f"the disk of {place} is full ({free // 1024} kB left); make room"
    elif not os.access(place, os.W_OK | os.X_OK):
        reason = f"{place} cannot be written to; change its rights"
    else:
        reason = "a job ended without its results, its error stands above"
    sentence = f"der22: {reason} and run the same command again; what was finished is kept"
    print(sentence, file=sys.stderr)  # noqa: T201 (the message is for the terminal)


def _is_complete(outdir: Path) -> bool:
    """Tell whether the last files of a run are there and an error is listed."""
    last = ("problems.tsv", "provenance.json", "index.html", "multiqc/multiqc_report.html")
    if not all((outdir / name).is_file() for name in last):
        return False
    return any(row["level"] == Level.ERROR for row in read_tsv(outdir / "problems.tsv"))


def judge(problems: Path, verdict: Path) -> int:
    """Write the verdict when no error is listed; return the exit status, 1 with errors."""
    errors = sum(row["level"] == Level.ERROR for row in read_tsv(problems))
    if errors:
        return 1
    write_text(verdict, '{"files": {}, "problems": [], "errors": 0}\n')
    return 0
