"""The genomic risk of one patient: a label for research and review, not a treatment rule.

METHOD: IKZF1plus and ABL1 kinase-domain mutations are the two findings that went with relapse in
D-ALBA (Foà 2020); the three-step label built on them is ours and is printed with every table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from der22.cohort.three_valued import Answer

__all__ = ["RISK_RULES", "GenomicRisk", "RiskLabel", "abl1_mutated", "assign_risk"]

#: the rules in the order they are tried, as printed beside the table
RISK_RULES: tuple[tuple[str, str], ...] = (
    ("high", "IKZF1plus, or any ABL1 kinase-domain mutation detected at any time"),
    ("undetermined", "ABL1 possible, not evaluable, or not done although screening is indicated"),
    ("undetermined", "IKZF1 class undetermined or MLPA not done"),
    ("intermediate", "IKZF1 deletion without the plus"),
    ("standard", "no IKZF1 deletion, and ABL1 wild type or its screening not indicated"),
)


class RiskLabel(StrEnum):
    """Values of ``genomic_risk``."""

    HIGH = "high"
    INTERMEDIATE = "intermediate"
    STANDARD = "standard"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class GenomicRisk:
    """A label with the one sentence that names the facts used."""

    label: RiskLabel
    reason: str


_CLASS_WORDS = {
    "IKZF1plus": "IKZF1plus",
    "IKZF1_deletion": "IKZF1 deletion without the plus",
    "no_IKZF1_deletion": "no IKZF1 deletion",
    "undetermined": "IKZF1 class undetermined",
    "not_done": "MLPA not done",
}


def abl1_mutated(status: str, *, indicated: bool) -> Answer:
    """Return whether ABL1 is mutated.

    Not done counts as no only while screening is not indicated: without a rise of MRD or a relapse
    a mutation is not looked for. Every other state short of wild type is unknown.
    """
    if status == "mutated":
        return True
    if status == "wild_type" or (status == "not_done" and not indicated):
        return False
    return None


def assign_risk(
    ikzf1_class: str,
    abl1_status: str,
    *,
    indicated: bool,
    mutations: str = "",
    has_series: bool = True,
) -> GenomicRisk:
    """Return the label of a patient; the first rule of `RISK_RULES` that fits decides.

    Args:
        ikzf1_class: word of the class under the definition in force.
        abl1_status: mutated, possible, wild_type, not_evaluable or not_done.
        indicated: whether ABL1 screening is indicated.
        mutations: detected mutations, for the sentence.
        has_series: whether a follow-up sample could have shown a rise of MRD, for the sentence.
    """
    mutated = abl1_mutated(abl1_status, indicated=indicated)
    reason = "; ".join(
        (_CLASS_WORDS[ikzf1_class], _abl1_words(abl1_status, indicated, mutations, has_series))
    )
    label = _label(ikzf1_class, mutated)
    return GenomicRisk(label, f"{reason[0].upper()}{reason[1:]}.")


def _label(ikzf1_class: str, mutated: Answer) -> RiskLabel:
    if ikzf1_class == "IKZF1plus" or mutated is True:
        return RiskLabel.HIGH
    if mutated is None or ikzf1_class in ("undetermined", "not_done"):
        return RiskLabel.UNDETERMINED
    if ikzf1_class == "IKZF1_deletion":
        return RiskLabel.INTERMEDIATE
    return RiskLabel.STANDARD


def _abl1_words(status: str, indicated: bool, mutations: str, has_series: bool) -> str:
    match status:
        case "mutated":
            return f"ABL1 mutated ({mutations.replace(';', ', ')})" if mutations else "ABL1 mutated"
        case "wild_type":
            return "ABL1 wild type"
        case "possible":
            return "a possible ABL1 mutation is not confirmed"
        case "not_evaluable":
            return "ABL1 not evaluable"
        case _ if indicated:
            return "ABL1 screening is indicated and not done"
        case _ if has_series:
            return "ABL1 screening not indicated and not done"
        case _:
            return "ABL1 not done, and no follow-up sample that could have called for it"
