"""What a run says on the terminal at its end: what failed, why it may be, where to read."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from der22.flags import Severity
from der22.results.cohort import ProblemRow
from der22.results.schema import read_table, table_path

__all__ = ["announce", "explain_failure"]

_SHOWN = 40
#: the last files of a run
_LAST = ("problems.tsv", "provenance.json", "index.html", "multiqc/multiqc_report.html")
_LITTLE_SPACE = 32 * 2**20


def announce(outdir: Path) -> None:
    """Say on the terminal what failed and where the reports are."""
    path = table_path(outdir, ProblemRow)
    if not path.is_file():
        return
    rows = read_table(outdir, ProblemRow)
    errors = [row for row in rows if row.level is Severity.ERROR]
    lines = [f"der22: {len(errors)} errors, {len(rows) - len(errors)} warnings and notes: {path}"]
    lines += [f"  {row.stage} {row.subject}: {row.code}: {row.message}" for row in errors[:_SHOWN]]
    if len(errors) > _SHOWN:
        lines.append(f"  ... and {len(errors) - _SHOWN} more")
    lines.append(f"der22: start reading at {outdir / 'index.html'}")
    print("\n".join(lines), file=sys.stderr)  # noqa: T201 (the message is for the terminal)


def explain_failure(
    outdir: Path, fail_on: str = "none", failed: Sequence[tuple[str, str]] = ()
) -> None:
    """Say on the terminal which jobs failed, why it may be, and what to do.

    Args:
        outdir: results folder.
        fail_on: of the config; with ``error`` a whole run that lists an error ends as failed.
        failed: message and log of every job that failed; none when somebody stopped the run.
    """
    trouble = _trouble(outdir)
    only_verdict = all(Path(log).stem == "verdict" for _, log in failed)
    if not failed and not trouble:
        lines = ["interrupted; the same command goes on, what was finished is kept"]
    elif fail_on == "error" and only_verdict and _is_complete(outdir):
        lines = [
            "all results are written; the run counts as failed because problems.tsv lists "
            "errors and the config says report.fail_on: error"
        ]
    else:
        remedy = trouble or "mend what the log says"
        lines = [
            *(
                f"failed: {message}; "
                + (f"its log is {log}" if Path(log).is_file() else "it left no log")
                for message, log in failed[:_SHOWN]
            ),
            f"{remedy} and run the same command again; what was finished is kept",
        ]
    for line in lines:
        print(f"der22: {line}", file=sys.stderr)  # noqa: T201 (the message is for the terminal)


def _trouble(outdir: Path) -> str:
    """Return what keeps any run from writing results and the remedy, '' when nothing does."""
    place = outdir
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < _LITTLE_SPACE:
        return f"the disk of {place} is full ({free // 1024} kB left); make room"
    if not os.access(place, os.W_OK | os.X_OK):
        return f"{place} cannot be written to; change its rights"
    return ""


def _is_complete(outdir: Path) -> bool:
    """Tell whether the last files of a run are there and an error is listed."""
    if not all((outdir / name).is_file() for name in _LAST):
        return False
    return any(row.level is Severity.ERROR for row in read_table(outdir, ProblemRow))
