"""Flags as data: what was noticed about a file, well, read, sample, run or patient."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Flag", "FlagKind", "FlagMaker", "Problem", "Severity", "codes_of", "worst_level"]


class Severity(StrEnum):
    """How much a flag weighs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class FlagKind:
    """One code of an analysis, with the words the troubleshooting page prints.

    Attributes:
        code: capitals, such as ``SIZE_STANDARD_POOR``.
        level: the usual level; a rule may lower or raise it where the specification says so.
        meaning: one sentence, what was seen.
        remedy: one sentence, what to do at the bench or in the sheet.
    """

    code: str
    level: Severity
    meaning: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing noticed.

    Attributes:
        code: a code of the analysis' ``codes.CODES``.
        level: error, warning or note.
        message: one sentence with the values filled in: file, place, value, remedy.
    """

    code: str
    level: Severity
    message: str


class FlagMaker:
    """The flags of one analysis, each made by its code."""

    def __init__(self, kinds: Iterable[FlagKind]) -> None:
        self._levels = {kind.code: kind.level for kind in kinds}

    def __call__(self, code: str, message: str, level: Severity | None = None) -> Flag:
        """Return a flag of `code` at its usual level unless another is given.

        Raises:
            KeyError: the analysis has no such code.
        """
        usual = self._levels[code]
        return Flag(code, usual if level is None else level, message)


@dataclass(frozen=True, slots=True)
class Problem:
    """A flag with its subject: one row of ``problems.tsv``.

    Attributes:
        stage: mlpa, sanger, mrd, cohort or input.
        subject: sample_id, ``run_id/sample_id``, read_id, plate_id, patient_id, or run_id.
        flag: what was noticed.
    """

    stage: str
    subject: str
    flag: Flag


_WEIGHT = {Severity.NOTE: 0, Severity.WARNING: 1, Severity.ERROR: 2}


def codes_of(flags: Iterable[Flag]) -> tuple[str, ...]:
    """Return the codes of `flags`, each once, sorted."""
    return tuple(sorted({flag.code for flag in flags}))


def worst_level(flags: Iterable[Flag]) -> Severity | None:
    """Return the heaviest level among `flags`, None when there is no flag."""
    return max((flag.level for flag in flags), key=_WEIGHT.__getitem__, default=None)
