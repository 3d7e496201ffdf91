"""First of all: what failed or was doubted, where, why, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from multiqc.base_module import BaseMultiqcModule

from der22.report.html import Markup, join, table, tag
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.results import Row, rank_problems
from der22.report.words import count_text, explain_code

__all__ = ["add_attention", "attention_words", "heaviest_problems"]

_MOST_ROWS, _IN_HEAD = 300, 6


def add_attention(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the list of errors and warnings, worst first, with counts by code."""
    heavy = [row for row in rank_problems(folder.problems) if row["level"] != "note"]
    by_level = _patients_by_level(folder)
    alerts = [
        {
            "level": "danger",
            "message": "Patients with an error",
            "affected_samples": by_level["fail"],
        },
        {
            "level": "warning",
            "message": "Patients with a warning",
            "affected_samples": by_level["warn"],
        },
    ]
    module.add_section(
        name="Attention",
        anchor="der22-attention",
        description=attention_words(folder),
        helptext=(
            "Every error and warning of the run in the words of the analysis. An error means that "
            "a file, sample, plate or time point gave no result; a warning, that its result is to "
            "be read with care. Notes are in problems.tsv only. The bar counts patients."
        ),
        statuses=by_level,
        alerts=[alert for alert in alerts if alert["affected_samples"]],
        content=_content(heavy),
    )


def _content(heavy: Sequence[Row]) -> Markup:
    if not heavy:
        return tag("p", "Nothing was refused or doubted.")
    return join((_by_code(heavy), _list(heavy)))


def attention_words(folder: CohortFolder) -> str:
    """Return the counts of errors and warnings in one sentence."""
    counts = Counter(row["level"] for row in folder.problems)
    patients = _patients_by_level(folder)
    return (
        f"{count_text(counts['error'], 'error')} and {count_text(counts['warning'], 'warning')}. "
        f"Of {count_text(len(folder.levels_by_patient), 'patient')} {len(patients['fail'])} "
        f"{'has' if len(patients['fail']) == 1 else 'have'} an error, "
        f"{len(patients['warn'])} at most a warning."
    )


def heaviest_problems(folder: CohortFolder) -> Markup | None:
    """Return the first errors and warnings as sentences, for the head of the report."""
    rows = [row for row in rank_problems(folder.problems) if row["level"] != "note"][:_IN_HEAD]
    if not rows:
        return None
    return tag(
        "ul",
        *(
            tag("li", tag("strong", row["level"]), f" {row['subject']}: {row['message']}")
            for row in rows
        ),
    )


def _patients_by_level(folder: CohortFolder) -> dict[str, list[str]]:
    levels = (("pass", ("", "note")), ("warn", ("warning",)), ("fail", ("error",)))
    return {
        level: [name for name, worst in folder.levels_by_patient.items() if worst in worsts]
        for level, worsts in levels
    }


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
