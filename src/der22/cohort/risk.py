"""The genomic risk of one patient: a label for research and review, not a treatment rule.

METHOD: IKZF1plus and ABL1 kinase-domain mutations are the two findings that went with relapse in
D-ALBA (Foà 2020); the three-step label built on them is ours and is printed with every table.
"""

from __future__ import annotations

from dataclasses import dataclass

from der22.words import Abl1Status, Answer, Ikzf1Class, RiskLabel

__all__ = ["RISK_RULES", "GenomicRisk", "abl1_mutated", "assign_risk"]

#: the rules in the order they are tried, as printed beside the table
RISK_RULES: tuple[tuple[str, str], ...] = (
    ("high", "IKZF1plus, or any ABL1 kinase-domain mutation detected at any time"),
    ("undetermined", "ABL1 possible, not evaluable, or not done although screening is indicated"),
    ("undetermined", "IKZF1 class undetermined or MLPA not done"),
    ("intermediate", "IKZF1 deletion without the plus"),
    ("standard", "no IKZF1 deletion, and ABL1 wild type or its screening not indicated"),
)


@dataclass(frozen=True, slots=True)
class GenomicRisk:
    """A label with the one sentence that names the facts used."""

    label: RiskLabel
    reason: str


_CLASS_WORDS = {
    Ikzf1Class.PLUS: "IKZF1plus",
    Ikzf1Class.DELETION: "IKZF1 deletion without the plus",
    Ikzf1Class.NO_DELETION: "no IKZF1 deletion",
    Ikzf1Class.UNDETERMINED: "IKZF1 class undetermined",
    Ikzf1Class.NOT_DONE: "MLPA not done",
}


def abl1_mutated(status: Abl1Status, *, indicated: bool) -> Answer:
    """Return whether ABL1 is mutated.

    Not done counts as no only while screening is not indicated: without a rise of MRD or a relapse
    a mutation is not looked for. Every other state short of wild type is unknown.
    """
    if status is Abl1Status.MUTATED:
        return True
    if status is Abl1Status.WILD_TYPE or (status is Abl1Status.NOT_DONE and not indicated):
        return False
    return None


def assign_risk(
    ikzf1_class: Ikzf1Class,
    abl1_status: Abl1Status,
    *,
    indicated: bool,
    mutations: tuple[str, ...] = (),
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
    if ikzf1_class is Ikzf1Class.PLUS or mutated is True:
        label = RiskLabel.HIGH
    elif mutated is None or not ikzf1_class.is_known:
        label = RiskLabel.UNDETERMINED
    elif ikzf1_class is Ikzf1Class.DELETION:
        label = RiskLabel.INTERMEDIATE
    else:
        label = RiskLabel.STANDARD
    return GenomicRisk(label, f"{reason[0].upper()}{reason[1:]}.")


def _abl1_words(
    status: Abl1Status, indicated: bool, mutations: tuple[str, ...], has_series: bool
) -> str:
    match status:
        case Abl1Status.MUTATED:
            return f"ABL1 mutated ({', '.join(mutations)})" if mutations else "ABL1 mutated"
        case Abl1Status.WILD_TYPE:
            return "ABL1 wild type"
        case Abl1Status.POSSIBLE:
            return "a possible ABL1 mutation is not confirmed"
        case Abl1Status.NOT_EVALUABLE:
            return "ABL1 not evaluable"
        case Abl1Status.NOT_DONE if indicated:
            return "ABL1 screening is indicated and not done"
        case Abl1Status.NOT_DONE if has_series:
            return "ABL1 screening not indicated and not done"
        case Abl1Status.NOT_DONE:
            return "ABL1 not done, and no follow-up sample that could have called for it"
