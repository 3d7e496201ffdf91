"""First of all: what failed or was doubted, where, why, and what to do."""

from __future__ import annotations

from collections import Counter

from multiqc.base_module import BaseMultiqcModule

from der22.flags import Severity
from der22.report.html import Markup, join, table, tag
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.multiqc_sections.grades import LEVEL_GRADES, progress_bar
from der22.report.words import count_text, explain_code

__all__ = ["add_attention", "attention_words", "heaviest_problems"]

_MOST_ROWS, _IN_HEAD = 300, 6


def add_attention(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the list of errors and warnings, worst first, with counts by code."""
    affected = [
        {
            "level": colour,
            "message": f"Patients with {words}",
            "affected_samples": [
                name for name, worst in folder.levels_by_patient.items() if worst is level
            ],
        }
        for level, colour, words in (
            (Severity.ERROR, "danger", "an error"),
            (Severity.WARNING, "warning", "a warning"),
        )
        if level in folder.levels_by_patient.values()
    ]
    content = tag("p", "Nothing was refused or doubted.")
    if folder.problems:
        counts = Counter((row.level, row.code) for row in folder.problems)
        codes = []
        for (level, code), count in sorted(counts.items(), key=lambda item: (item[0][0], -item[1])):
            kind = explain_code(code)
            words = (kind.meaning, kind.remedy) if kind else ("", "")
            codes.append((code, level, count, *words))
        rows = [
            (row.subject, row.stage, row.level, row.message, row.code)
            for row in folder.problems[:_MOST_ROWS]
        ]
        left = len(folder.problems) - len(rows)
        by_code = table(
            ("code", "level", "times", "means", "remedy"), codes, class_="table table-sm"
        )
        listed = table(
            ("subject", "stage", "level", "what happened", "code"),
            rows,
            class_="table table-sm table-hover",
        )
        content = join(
            (
                tag("div", by_code, class_="table-responsive"),
                tag("div", listed, class_="table-responsive der22-list"),
                tag("p", f"{left} more are in problems.tsv.") if left > 0 else None,
            )
        )
    module.add_section(
        name="Attention",
        anchor="der22-attention",
        description=attention_words(folder),
        helptext=(
            "Every error and warning of the run in the words of the analysis. An error means that "
            "a file, sample, plate or time point gave no result; a warning, that its result is to "
            "be read with care. Notes are in problems.tsv only. The bar counts patients."
        ),
        statuses=progress_bar(
            (name, LEVEL_GRADES[worst]) for name, worst in folder.levels_by_patient.items()
        ),
        alerts=affected,
        content=content,
    )


def attention_words(folder: CohortFolder) -> str:
    """Return the counts of errors and warnings in one sentence."""
    counts = Counter(row.level for row in folder.problems)
    patients = Counter(folder.levels_by_patient.values())
    return (
        f"{count_text(counts[Severity.ERROR], 'error')} and "
        f"{count_text(counts[Severity.WARNING], 'warning')}. "
        f"Of {count_text(len(folder.levels_by_patient), 'patient')} {patients[Severity.ERROR]} "
        f"{'has' if patients[Severity.ERROR] == 1 else 'have'} an error, "
        f"{patients[Severity.WARNING]} at most a warning."
    )


def heaviest_problems(folder: CohortFolder) -> Markup | None:
    """Return the first errors and warnings as sentences, for the head of the report."""
    lines = [
        tag("li", tag("strong", row.level), f" {row.subject}: {row.message}")
        for row in folder.problems[:_IN_HEAD]
    ]
    return tag("ul", *lines) if lines else None
