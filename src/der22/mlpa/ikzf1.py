"""The IKZF1 class under three definitions, in three-valued logic.

METHOD: a gene is deleted (one or both copies), not deleted, or unknown. ``or``: one true suffices;
else one unknown makes unknown. Unknown never becomes no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from der22.words import Answer, Call, Ikzf1Class, any_yes

__all__ = ["DEFINITIONS", "Classification", "Finding", "classify", "ikzf1_effect"]

DEFINITIONS = ("gimema", "aieop_bfm", "gimema_2024")
_PAR1_GENES = ("CRLF2", "CSF2RA", "IL3RA")
_LOSS_OF_FUNCTION = frozenset({"2-7", "2-8", "4-8", "1-8"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one sample.

    Attributes:
        calls: call word by gene; a gene that is not in the probemix is absent.
        erg_deletion: yes, no, or None = not assessed.
        is_called: whether the sample was called at all.
        negative_counts: whether a negative result means something (blasts known and enough).
    """

    calls: Mapping[str, Call]
    erg_deletion: str | None
    is_called: bool
    negative_counts: bool


@dataclass(frozen=True, slots=True)
class Classification:
    """The class under one definition.

    Attributes:
        word: IKZF1plus, IKZF1_deletion, no_IKZF1_deletion or undetermined.
        ikzf1_deleted: yes, no or unknown.
        assumes_erg: whether the class holds only if ERG is not deleted.
    """

    word: Ikzf1Class
    ikzf1_deleted: Answer
    assumes_erg: bool


def classify(
    finding: Finding, definition: str, *, erg_unknown: str, homozygous_cdkn2b: bool
) -> Classification:
    """Return the class under `definition`.

    Args:
        finding: calls of the sample.
        definition: one of `DEFINITIONS`.
        erg_unknown: assume_not_deleted or undetermined.
        homozygous_cdkn2b: whether aieop_bfm counts CDKN2B only when both copies are lost.

    Raises:
        ValueError: unknown definition.
    """
    if definition not in DEFINITIONS:
        raise ValueError(f"{definition!r} is none of {', '.join(DEFINITIONS)}")
    if not finding.is_called:
        return Classification(Ikzf1Class.UNDETERMINED, ikzf1_deleted=None, assumes_erg=False)
    ikzf1 = _deleted(finding, "IKZF1")
    if ikzf1 is None or (ikzf1 is False and not finding.negative_counts):
        return Classification(Ikzf1Class.UNDETERMINED, ikzf1_deleted=None, assumes_erg=False)
    if ikzf1 is False:
        return Classification(Ikzf1Class.NO_DELETION, ikzf1_deleted=False, assumes_erg=False)
    partner = _partner(finding, definition, homozygous_cdkn2b)
    assumes_erg = False
    if definition != "gimema":
        if finding.erg_deletion == "yes":
            partner = False
        elif finding.erg_deletion != "no" and partner is not False:
            if erg_unknown == "undetermined":
                partner = None
            assumes_erg = partner is True
    words = {True: Ikzf1Class.PLUS, False: Ikzf1Class.DELETION, None: Ikzf1Class.UNDETERMINED}
    return Classification(words[partner], ikzf1_deleted=True, assumes_erg=assumes_erg)


def ikzf1_effect(pattern: str) -> str:
    """Return dominant_negative, loss_of_function or other; '' when nothing or unknown.

    METHOD: loss of exons 4-7 leaves a protein without DNA binding that blocks the normal one (IK6);
    losses that take exon 2 (start codon) or the end leave no protein.

    >>> ikzf1_effect("4-7"), ikzf1_effect("2-3"), ikzf1_effect("5"), ikzf1_effect("none")
    ('dominant_negative', 'loss_of_function', 'other', '')
    """
    if pattern in ("", "none"):
        return ""
    if pattern == "4-7":
        return "dominant_negative"
    if pattern in _LOSS_OF_FUNCTION:
        return "loss_of_function"
    for part in pattern.split("+"):
        first, _, last = part.partition("-")
        ends = (first, last or first)
        if all(end.isdigit() for end in ends) and int(ends[0]) <= 2 <= int(ends[1]):
            return "loss_of_function"
    return "other"


def _partner(finding: Finding, definition: str, homozygous_cdkn2b: bool) -> Answer:
    """Return whether any partner gene of the definition is deleted."""
    cdkn2b = _deleted(finding, "CDKN2B")
    if definition == "aieop_bfm" and homozygous_cdkn2b and cdkn2b:
        cdkn2b = finding.calls["CDKN2B"] is Call.HOMOZYGOUS_DELETION
    parts = [_deleted(finding, "CDKN2A"), cdkn2b, _deleted(finding, "PAX5")]
    if definition != "gimema":
        parts.extend(_deleted(finding, gene) for gene in _PAR1_GENES)
    return any_yes(parts)


def _deleted(finding: Finding, gene: str) -> Answer:
    """Return whether `gene` is deleted; a gene that the probemix lacks is unknown."""
    call = finding.calls.get(gene)
    return None if call is None else call.deleted
