"""First of all: what failed or was doubted, where, why, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from multiqc.base_module import BaseMultiqcModule

from der22.report.html import Markup, join, table, tag
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.results import Row, rank_problems
from der22.report.words import explain_code

__all__ = ["add_attention"]

_MOST_ROWS = 300


def add_attention(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the list of errors and warnings, worst first, with counts by code."""
    heavy = [row for row in rank_problems(folder.problems) if row["level"] != "note"]
    by_level = {
        level: [name for name, worst in folder.levels_by_patient.items() if worst in worsts]
        for level, worsts in (("pass", ("", "note")), ("warn", ("warning",)), ("fail", ("error",)))
    }
    words = (
        f"{len(heavy)} errors and warnings; {len(by_level['fail'])} of "
        f"{len(folder.levels_by_patient)} patients have an error, {len(by_level['warn'])} a warning."
    )
    alerts = [
        {"level": "danger", "message": "Patients with an error", "affected_samples": by_level["fail"]},
        {"level": "warning", "message": "Patients with a warning", "affected_samples": by_level["warn"]},
    ]
    module.add_section(
        name="Attention",
        anchor="der22-attention",
        description=words,
        helptext=(
            "Every error and warning of the run in the words of the analysis. An error means that a "
            "file, sample, plate or time point gave no result; a warning, that its result is to be "
            "read with care. Notes are in problems.tsv only. The bar counts patients."
        ),
        statuses=by_level,
        alerts=[alert for alert in alerts if alert["affected_samples"]],
        content=_by_code(heavy) + _list(heavy) if heavy else "<p>Nothing was refused or doubted.</p>",
    )


def _by_code(rows: Sequence[Row]) -> Markup:
    counts = Counter((row["level"], row["code"]) for row in rows)
    cells = []
    for (level, code), count in sorted(counts.items(), key=lambda item: (item[0][0], -item[1])):
        kind = explain_code(code)
        cells.append(
            (code, level, count, kind.meaning if kind else "", kind.remedy if kind else "")
        )
    columns = ("code", "level", "times", "means", "remedy")
    return tag("div", table(columns, cells, class_="table table-sm"), class_="table-responsive")


def _list(rows: Sequence[Row]) -> Markup:
    columns = ("subject", "stage", "level", "what happened", "code")
    cells = [
        (row["subject"], row["stage"], row["level"], row["message"], row["code"])
        for row in rows[:_MOST_ROWS]
    ]
    shown = table(columns, cells, class_="table table-sm table-hover")
    left = len(rows) - len(cells)
    rest = tag("p", f"{left} more are in problems.tsv.") if left > 0 else None
    return join((tag("div", shown, class_="table-responsive der22-list"), rest))
