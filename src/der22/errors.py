"""What can go wrong, named for the situation; every message tells file, place, value and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from der22.flags import Severity

__all__ = ["Der22Error", "InputError", "InputProblem", "UnreadableFileError", "one_line_a_cause"]


class Der22Error(Exception):
    """Base of every error that der22 raises on purpose."""


class UnreadableFileError(Der22Error):
    """A file cannot be used; ends that file only, never the run.

    Attributes:
        code: flag code in capitals, such as ``TRUNCATED``.
        message: one sentence naming file, place, value and remedy.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


_LONGEST_VALUE = 80
_LISTED_VALUES = 3


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing wrong with the config or a sheet, or worth a look.

    Attributes:
        source: name of the config or sheet as the user gave it.
        message: what is wrong, what is allowed and what to write instead.
        row: row of the sheet, 1 = header; None where no row is meant.
        column: column name, or the dotted key of a config.
        value: the offending text, or None.
        level: error stops the run; warning and note do not.
        code: of a warning or note, for ``problems.tsv``.
    """

    source: str
    message: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    level: Severity = Severity.ERROR
    code: str = ""

    def __str__(self) -> str:
        return one_line_a_cause([self])[0]


def one_line_a_cause(problems: Sequence[InputProblem]) -> list[str]:
    """Return a sentence for each cause: what is wrong in many rows is told once, with its rows.

    >>> alike = [InputProblem("a.tsv", "not a date", row, "day", "x") for row in (2, 5, 9)]
    >>> one_line_a_cause(alike)
    ["a.tsv, rows 2, 5 and 1 more, day = 'x': not a date"]
    """
    causes: dict[tuple[str, str | None, str], list[InputProblem]] = {}
    for problem in problems:
        causes.setdefault((problem.source, problem.column, problem.message), []).append(problem)
    sentences = []
    for (place, column, message), alike in causes.items():
        rows = list(dict.fromkeys(problem.row for problem in alike if problem.row is not None))
        if rows:
            more = f" and {len(rows) - 2} more" if len(rows) > 2 else ""
            listed = (" and " if len(rows) == 2 else ", ").join(map(str, rows[:2]))
            place += f", row{'s' if len(rows) > 1 else ''} {listed}{more}"
        if column is not None:
            place += f", {column}"
        values = list(dict.fromkeys(p.value for p in alike if p.value is not None))
        if values:
            shown = [
                f"{value[:_LONGEST_VALUE]!r}{'...' if len(value) > _LONGEST_VALUE else ''}"
                for value in values[:_LISTED_VALUES]
            ]
            place += f" = {', '.join(shown)}{', ...' if len(values) > _LISTED_VALUES else ''}"
        sentences.append(f"{place}: {message}")
    return sentences


class InputError(Der22Error):
    """Config or sheets are wrong; holds every problem, not only the first."""

    def __init__(self, problems: Sequence[InputProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.sentences))

    @property
    def sentences(self) -> list[str]:
        """A sentence for each cause."""
        return one_line_a_cause(self.problems)
