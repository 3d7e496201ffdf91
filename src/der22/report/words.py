"""Codes and calls in plain words, the same on every page."""

from __future__ import annotations

from collections.abc import Mapping

from der22.cohort.codes import CODES as COHORT_CODES
from der22.flags import FlagKind, Severity
from der22.mlpa.codes import CODES as MLPA_CODES
from der22.mrd.codes import CODES as MRD_CODES
from der22.sanger.codes import CODES as SANGER_CODES
from der22.words import Abl1Status, Category, Ikzf1Class, RiskLabel

__all__ = [
    "NOT_A_TREATMENT_RULE",
    "RISK_RULE",
    "SYNTHETIC_COHORT",
    "SYNTHETIC_PROBEMIX",
    "count_text",
    "explain_code",
    "is_synthetic",
    "mood",
    "percent_text",
    "say",
    "setting_text",
    "usual_level",
]

NOT_A_TREATMENT_RULE = "Research use only: a label for research and review, not a treatment rule."
RISK_RULE = (
    "high: IKZF1plus, or an ABL1 kinase-domain mutation detected (silent changes, known "
    "polymorphisms and splice variants are none); intermediate: IKZF1 deletion; standard: no IKZF1 "
    "deletion and ABL1 not mutated; undetermined: the class cannot be told, or ABL1 is possible, "
    "not evaluable or due"
)
SYNTHETIC_COHORT = "synthetic: invented patients, invented data"
SYNTHETIC_PROBEMIX = "synthetic probemix: for demonstration, not for patients"

_WORDS = {
    "CMR": "undetected (CMR)",
    "IKZF1_deletion": "IKZF1 deletion",
    "IKZF1plus": "IKZF1plus",
    "PNQ": "positive, not quantifiable",
    "POS": "positive",
    "POS_UNQUANTIFIED": "positive, amount not known",
    "ambiguous": "ambiguous",
    "called": "called",
    "called_with_warnings": "called, with warnings",
    "cns": "central nervous system",
    "dominant_negative": "dominant negative",
    "heterozygous_deletion": "one copy lost",
    "high": "high",
    "homozygous_deletion": "both copies lost",
    "intermediate": "intermediate",
    "loss_of_function": "loss of function",
    "missing": "no sample",
    "mrd_increase": "MRD increase",
    "no_IKZF1_deletion": "no IKZF1 deletion",
    "not_assessed": "not read",
    "not_called": "not called",
    "not_done": "not done",
    "not_evaluable": "not evaluable",
    "response_lost": "loss of response",
    "single_strand": "one strand only",
    "unphased": "both changes seen, not together",
    "used_with_warnings": "used, with warnings",
    "wild_type": "no mutation found",
}


#: word -> how a page shows it; every other word leaves the reader unsure
_MOODS: Mapping[str, str] = {
    RiskLabel.HIGH: "alarm",
    RiskLabel.INTERMEDIATE: "calm",
    RiskLabel.STANDARD: "calm",
    Ikzf1Class.PLUS: "alarm",
    Ikzf1Class.DELETION: "alarm",
    Ikzf1Class.NO_DELETION: "calm",
    Abl1Status.MUTATED: "alarm",
    Abl1Status.WILD_TYPE: "calm",
    Category.POS: "alarm",
    Category.POS_UNQUANTIFIED: "alarm",
    Category.PNQ: "calm",
    Category.CMR: "calm",
}
_KINDS: Mapping[str, FlagKind] = {
    kind.code: kind for kind in (*COHORT_CODES, *MLPA_CODES, *SANGER_CODES, *MRD_CODES)
}


def say(word: str | None) -> str:
    """Return a word of the tables as people say it; blank is "not known".

    >>> say("heterozygous_deletion"), say("")
    ('one copy lost', 'not known')
    """
    if not word:
        return "not known"
    return _WORDS.get(word, word.replace("_", " "))


def mood(word: str | None) -> str:
    """Return the mood of a word: alarm, calm or unsure.

    >>> mood("mutated"), mood("not_done")
    ('alarm', 'unsure')
    """
    return _MOODS.get(word or "", "unsure")


def count_text(number: int, noun: str) -> str:
    """Return a number with its noun, which has an s unless there is one.

    >>> count_text(1, "patient"), count_text(0, "error")
    ('1 patient', '0 errors')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def explain_code(code: str) -> FlagKind | None:
    """Return what a code means and what to do about it, None for a code no analysis lists."""
    return _KINDS.get(code)


def usual_level(code: str) -> Severity:
    """Return how heavy a code usually is, a note for a code no analysis lists."""
    kind = explain_code(code)
    return Severity.NOTE if kind is None else kind.level


def is_synthetic(cohort_name: str) -> bool:
    """Whether the name of the cohort says that its patients are invented."""
    return "synthetic" in cohort_name.lower()


def percent_text(value: float) -> str:
    """Return a percentage or a share of copies with three significant digits, never in powers.

    >>> percent_text(31.25), percent_text(0.000312)
    ('31.2', '0.000312')
    """
    text = f"{value:.3g}"
    return text if "e" not in text else f"{value:.8f}".rstrip("0").rstrip(".")


def setting_text(value: object) -> str:
    """Return a setting as text; of time points and other records their names.

    >>> setting_text(0.10), setting_text([15, 33]), setting_text([{"name": "d22"}])
    ('0.1', '15, 33', 'd22')
    """
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(setting_text(item) for item in value)
    name = value.get("name") if isinstance(value, Mapping) else getattr(value, "name", None)
    return str(value if name is None else name)
