"""Two questions asked before a patient's page is opened: how sure, and who needs a test."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from der22.results.cohort import RiskRow
from der22.results.mlpa import Ikzf1Row
from der22.results.sanger import Abl1Row
from der22.words import Abl1Status, Category, MlpaStatus

__all__ = ["abl1_test", "ikzf1_doubts"]

#: what stands in ``mlpa/ikzf1.tsv`` -> what it means for the class, heaviest first
_DOUBTS: Mapping[str, str] = {
    "MLPA_CONFLICT": "samples disagree",
    "DUPLICATE_PROFILE": "same profile as another sample",
    "NOT_INFORMATIVE": "too few leukaemic cells",
    "BLASTS_UNKNOWN": "leukaemic cells not given",
    "REFERENCES_UNUSUAL": "references unlike earlier runs",
    "LIMITED_SENSITIVITY": "small clones unseen",
    "ERG_NOT_ASSESSED": "ERG unknown",
}
_ANSWERED = (Abl1Status.MUTATED, Abl1Status.POSSIBLE, Abl1Status.WILD_TYPE)


#: what leaves open whether MRD rose
_UNSEEN = frozenset({Category.NOT_EVALUABLE, Category.POS_UNQUANTIFIED})


def abl1_test(
    risk: RiskRow | None,
    tested: Sequence[Abl1Row],
    relapse_day: int | None,
    at_diagnosis: Collection[str],
) -> str:
    """Return whether a patient needs an ABL1 test.

    A rise of MRD that could not have been seen is not "no rise": without an assessable follow-up,
    or with one that is not evaluable, the answer is that nobody knows. A clean sample from before
    the rise does not answer it either.

    Args:
        risk: what is known of the patient.
        tested: the sequenced samples.
        relapse_day: of the patients sheet.
        at_diagnosis: names of the time points before treatment; no rise can be missed there.

    Returns:
        due; due, again (what was sequenced says nothing, or is older than the rise or relapse);
        done; not indicated; not known.
    """
    if risk is None:
        return "not known"
    status, indicated = risk.abl1_status, bool(risk.abl1_screening_indicated)
    if status in _ANSWERED:
        moments = (risk.mrd_increase_day, risk.molecular_relapse_day, relapse_day)
        reasons = [day for day in moments if day is not None]
        answered = [row.day for row in tested if row.abl1_status in _ANSWERED]
        # a sample without a day is never known to be too early
        too_early = bool(reasons and answered) and all(
            day is not None and day < min(reasons) for day in answered
        )
        again = indicated and too_early and status is not Abl1Status.MUTATED
        return "due, again" if again else "done"
    if indicated:
        return "due, again" if status is Abl1Status.NOT_EVALUABLE else "due"
    follow_up = [word for name, word in risk.categories.items() if name not in at_diagnosis]
    unseen = "NO_MRD_SERIES" in risk.codes or not _UNSEEN.isdisjoint(follow_up)
    return "not known" if unseen else "not indicated"


def ikzf1_doubts(row: Ikzf1Row | None, risk: RiskRow | None) -> list[str]:
    """Return what stands against the IKZF1 class of a patient, heaviest first; [] = nothing known.

    Args:
        row: of the patient, None without MLPA.
        risk: of the patient, None when the cohort was not joined.
    """
    if row is None:
        return []
    codes = {*row.codes, *(risk.codes if risk else ())}
    doubts = ["definitions differ"] if len(set(row.classes.values())) > 1 else []
    doubts += [words for code, words in _DOUBTS.items() if code in codes]
    if row.status is MlpaStatus.CALLED_WITH_WARNINGS:
        doubts.append("sample has warnings")
    return doubts
