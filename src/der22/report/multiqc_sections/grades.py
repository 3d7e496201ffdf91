"""How well something went: one scale and its colours for every section."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from der22.flags import Severity
from der22.report.multiqc_sections.chips import ALARM
from der22.words import Abl1Status, CurveStatus, MlpaStatus

__all__ = [
    "ABL1_GRADES",
    "CURVE_GRADES",
    "GRADE_COLOURS",
    "LEVEL_GRADES",
    "MLPA_GRADES",
    "Grade",
    "progress_bar",
]


class Grade(StrEnum):
    """Verdict on an analysis, sample, run, curve or patient, from the worst up."""

    NOT_DONE = "not done"
    FAIL = "fail"
    WARNING = "warning"
    PASS = "pass"


GRADE_COLOURS = {
    Grade.NOT_DONE: "#c8cdd3",
    Grade.FAIL: ALARM,
    Grade.WARNING: "#e6b84d",
    Grade.PASS: "#56a0cc",
}
MLPA_GRADES = {
    MlpaStatus.CALLED: Grade.PASS,
    MlpaStatus.CALLED_WITH_WARNINGS: Grade.WARNING,
    MlpaStatus.NOT_CALLED: Grade.FAIL,
    MlpaStatus.NOT_DONE: Grade.NOT_DONE,
}
ABL1_GRADES = {
    Abl1Status.MUTATED: Grade.PASS,
    Abl1Status.WILD_TYPE: Grade.PASS,
    Abl1Status.POSSIBLE: Grade.WARNING,
    Abl1Status.NOT_EVALUABLE: Grade.FAIL,
    Abl1Status.NOT_DONE: Grade.NOT_DONE,
}
CURVE_GRADES = {
    CurveStatus.PASS: Grade.PASS,
    CurveStatus.WARN: Grade.WARNING,
    CurveStatus.FAIL: Grade.FAIL,
}
#: of the heaviest flag of a patient, None where there is none
LEVEL_GRADES: Mapping[Severity | None, Grade] = {
    None: Grade.PASS,
    Severity.NOTE: Grade.PASS,
    Severity.WARNING: Grade.WARNING,
    Severity.ERROR: Grade.FAIL,
}


def progress_bar(graded: Iterable[tuple[str, Grade]]) -> dict[str, list[str]]:
    """Return the names of each grade as MultiQC wants them for the bar beside a section."""
    keys = {Grade.PASS: "pass", Grade.WARNING: "warn", Grade.FAIL: "fail"}
    names: dict[str, list[str]] = {key: [] for key in keys.values()}
    for name, grade in graded:
        if grade in keys:
            names[keys[grade]].append(name)
    return names
