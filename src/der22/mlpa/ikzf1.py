"""The IKZF1 class under three definitions, in three-valued logic.

METHOD: a gene is deleted (one or both copies), not deleted, or unknown. ``or``: one true suffices;
else one unknown makes unknown. Unknown never becomes no.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from der22.mlpa.calls import Call

__all__ = ["DEFINITIONS", "Finding", "Ikzf1Class", "classify", "ikzf1_effect"]

#: True, False, or None = unknown
Tri: TypeAlias = bool | None

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

    calls: Mapping[str, str]
    erg_deletion: str | None
    is_called: bool
    negative_counts: bool


@dataclass(frozen=True, slots=True)
class Ikzf1Class:
    """The class under one definition.

    Attributes:
        word: IKZF1plus, IKZF1_deletion, no_IKZF1_deletion or undetermined.
        ikzf1_deleted: yes, no or unknown.
        assumes_erg: whether the class holds only if ERG is not deleted.
    """

    word: str
    ikzf1_deleted: Tri
    assumes_erg: bool


def classify(
    finding: Finding, definition: str, *, erg_unknown: str, homozygous_cdkn2b: bool
) -> Ikzf1Class:
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
        return Ikzf1Class("undetermined", ikzf1_deleted=None, assumes_erg=False)
    ikzf1 = _deleted(finding, "IKZF1")
    if ikzf1 is None or (ikzf1 is False and not finding.negative_counts):
        return Ikzf1Class("undetermined", ikzf1_deleted=None, assumes_erg=False)
    if ikzf1 is False:
        return Ikzf1Class("no_IKZF1_deletion", ikzf1_deleted=False, assumes_erg=False)
    partner = _partner(finding, definition, homozygous_cdkn2b)
    if definition == "gimema":
        return Ikzf1Class(_word(partner), ikzf1_deleted=True, assumes_erg=False)
    return _with_erg(finding, partner, erg_unknown)


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
    if pattern in _LOSS_OF_FUNCTION or any(_takes_exon_2(part) for part in pattern.split("+")):
        return "loss_of_function"
    return "other"


def _takes_exon_2(part: str) -> bool:
    first, _, last = part.partition("-")
    if not first.isdigit() or (last and not last.isdigit()):
        return False
    return int(first) <= 2 <= int(last or first)


def _with_erg(finding: Finding, partner: Tri, erg_unknown: str) -> Ikzf1Class:
    if finding.erg_deletion == "yes" or partner is False:
        return Ikzf1Class("IKZF1_deletion", ikzf1_deleted=True, assumes_erg=False)
    if finding.erg_deletion == "no":
        return Ikzf1Class(_word(partner), ikzf1_deleted=True, assumes_erg=False)
    if erg_unknown == "undetermined":
        return Ikzf1Class("undetermined", ikzf1_deleted=True, assumes_erg=False)
    return Ikzf1Class(_word(partner), ikzf1_deleted=True, assumes_erg=partner is True)


def _word(partner: Tri) -> str:
    if partner is None:
        return "undetermined"
    return "IKZF1plus" if partner else "IKZF1_deletion"


def _partner(finding: Finding, definition: str, homozygous_cdkn2b: bool) -> Tri:
    """Return whether any partner gene of the definition is deleted."""
    cdkn2b = _deleted(finding, "CDKN2B")
    if definition == "aieop_bfm" and homozygous_cdkn2b:
        cdkn2b = _lost_twice(finding, "CDKN2B")
    parts = [_deleted(finding, "CDKN2A"), cdkn2b, _deleted(finding, "PAX5")]
    if definition != "gimema":
        parts.extend(_deleted(finding, gene) for gene in _PAR1_GENES)
    return _any(parts)


def _deleted(finding: Finding, gene: str) -> Tri:
    """Return whether `gene` is deleted; unknown too where a negative result means nothing."""
    call = finding.calls.get(gene)
    if call in (Call.HETEROZYGOUS_DELETION, Call.HOMOZYGOUS_DELETION):
        return True
    return False if call in (Call.NORMAL, Call.GAIN) else None


def _lost_twice(finding: Finding, gene: str) -> Tri:
    deleted = _deleted(finding, gene)
    return finding.calls[gene] == Call.HOMOZYGOUS_DELETION if deleted else deleted


def _any(parts: Iterable[Tri]) -> Tri:
    known = list(parts)
    if any(part is True for part in known):
        return True
    return None if any(part is None for part in known) else False
