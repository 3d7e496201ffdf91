"""Every flag and refusal of a run in one list: which sample failed, at which stage, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from der22.errors import Der22Error, InputProblem, one_line_a_cause
from der22.flags import Flag, Problem, Severity
from der22.results.cohort import ProblemRow
from der22.results.schema import read_table, write_table
from der22.runs.manifest import UnitReport

__all__ = ["collect_problems", "judge"]

_STAGES = ("input", "mlpa", "sanger", "mrd", "cohort", "report")


def collect_problems(
    noticed: Iterable[Problem], warnings: Sequence[InputProblem], outdir: Path
) -> UnitReport:
    """Write ``problems.tsv`` from what all jobs noticed and the warnings of the sheets.

    Rows are sorted by stage, level (errors first), subject and code; each stands once.
    """
    kinds: dict[tuple[str, str, Severity], list[InputProblem]] = defaultdict(list)
    for warning in warnings:
        kinds[warning.source, warning.code, warning.level].append(warning)
    problems = [
        Problem("input", source, Flag(code, level, sentence))
        for (source, code, level), alike in kinds.items()
        for sentence in one_line_a_cause(alike)
    ]
    problems += noticed

    rows = [
        ProblemRow(
            stage=one.stage,
            subject=one.subject,
            level=one.flag.level,
            code=one.flag.code,
            message=one.flag.message,
        )
        for one in dict.fromkeys(problems)
    ]
    rows.sort(
        key=lambda row: (
            _STAGES.index(row.stage), list(Severity).index(row.level), row.subject, row.code,
            row.message,
        )
    )  # fmt: skip
    levels = Counter(row.level for row in rows)
    return UnitReport(
        stage="report",
        unit="problems",
        files=(write_table(outdir, ProblemRow, rows),),
        problems=(),
        summary=f"{levels[Severity.ERROR]} errors, {levels[Severity.WARNING]} warnings, "
        f"{levels[Severity.NOTE]} notes",
    )


def judge(outdir: Path) -> UnitReport:
    """Return the verdict of a run without errors.

    Raises:
        Der22Error: ``problems.tsv`` lists an error.
    """
    if any(row.level is Severity.ERROR for row in read_table(outdir, ProblemRow)):
        raise Der22Error("problems.tsv lists errors, and the config says report.fail_on: error")
    return UnitReport("report", "verdict", (), (), "no error in the data")
