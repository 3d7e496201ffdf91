"""Two questions asked before a patient's page is opened: how sure, and who needs a test."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from der22.report.results import Row, as_float

__all__ = ["abl1_test", "ikzf1_doubts"]

_CLASSES = ("class_gimema", "class_aieop_bfm", "class_gimema_2024")
#: what stands in ``mlpa/ikzf1.tsv`` -> what it means for the class, heaviest first
_DOUBTS: Mapping[str, str] = {
    "MLPA_CONFLICT": "samples disagree",
    "DUPLICATE_PROFILE": "same profile as another sample",
    "NOT_INFORMATIVE": "too few leukaemic cells",
    "BLASTS_UNKNOWN": "leukaemic cells not given",
    "LIMITED_SENSITIVITY": "small clones unseen",
    "ERG_NOT_ASSESSED": "ERG unknown",
}
_ANSWERED = ("mutated", "possible", "wild_type")


def abl1_test(risk: Row, tested: Sequence[Row] = (), relapse_day: int | None = None) -> str:
    """Return whether a patient needs an ABL1 test.

    A rise of MRD that could not have been seen is not "no rise": without an assessable follow-up,
    or with one that is not evaluable, the answer is that nobody knows. A clean sample from before
    the rise does not answer it either.

    Args:
        risk: row of ``genomic_risk.tsv``.
        tested: rows of ``sanger/abl1.tsv`` of the patient.
        relapse_day: of the patients sheet.

    Returns:
        due; due, again (what was sequenced says nothing, or is older than the rise or relapse);
        done; not indicated; not known.

    >>> abl1_test({"abl1_screening_indicated": "yes", "abl1_status": "not_done"})
    'due'
    """
    status = risk.get("abl1_status", "not_done")
    indicated = risk.get("abl1_screening_indicated") == "yes"
    if status in _ANSWERED:
        late = indicated and status != "mutated" and _tested_too_early(risk, tested, relapse_day)
        return "due, again" if late else "done"
    if indicated:
        return "due, again" if status == "not_evaluable" else "due"
    if not risk or "NO_MRD_SERIES" in risk.get("flags", "").split(";") or _follow_up_failed(risk):
        return "not known"
    return "not indicated"


def ikzf1_doubts(row: Row, risk: Row) -> list[str]:
    """Return what stands against the IKZF1 class of a patient, heaviest first; [] = nothing known.

    Args:
        row: of ``mlpa/ikzf1.tsv``, empty without MLPA.
        risk: of ``genomic_risk.tsv``.
    """
    if not row:
        return []
    codes = {*row.get("flags", "").split(";"), *risk.get("flags", "").split(";")}
    doubts = []
    if len({row.get(column, "") for column in _CLASSES}) > 1:
        doubts.append("definitions differ")
    doubts += [words for code, words in _DOUBTS.items() if code in codes]
    if row.get("status") == "called_with_warnings":
        doubts.append("sample has warnings")
    return doubts


def _follow_up_failed(risk: Row) -> bool:
    return any(
        value == "not_evaluable"
        for column, value in risk.items()
        if column.startswith("mrd_") and column != "mrd_diagnosis"
    )


def _tested_too_early(risk: Row, tested: Sequence[Row], relapse_day: int | None) -> bool:
    """Whether every sample that answered is older than the first rise or relapse."""
    reasons = [
        as_float(risk.get(name, "")) for name in ("mrd_increase_day", "molecular_relapse_day")
    ]
    if relapse_day is not None:
        reasons.append(float(relapse_day))
    known = [day for day in reasons if not math.isnan(day)]
    days = [as_float(row["day"]) for row in tested if row["abl1_status"] in _ANSWERED]
    return bool(known and days) and all(day < min(known) for day in days)
