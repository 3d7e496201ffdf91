"""What can go wrong, named for the situation; every message tells file, place, value and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Der22Error", "InputError", "InputProblem", "UnreadableFileError"]


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


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing wrong with the config or a sheet.

    Attributes:
        source: name of the config or sheet as the user gave it.
        message: what is wrong, what is allowed and what to write instead.
        row: row of the sheet, 1 = header; None where no row is meant.
        column: column name, or the dotted key of a config.
        value: the offending text, or None.
    """

    source: str
    message: str
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = self.source
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", {self.column}"
        if self.value is not None:
            shown = self.value[:_LONGEST_VALUE]
            place += f" = {shown!r}{'...' if shown != self.value else ''}"
        return f"{place}: {self.message}"


class InputError(Der22Error):
    """Config or sheets are wrong; holds every problem, not only the first."""

    def __init__(self, problems: Sequence[InputProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
