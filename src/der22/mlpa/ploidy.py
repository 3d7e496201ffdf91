"""Is the baseline of a sample that of two copies? What a strange number of chromosomes hides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from der22.flags import Flag, Severity
from der22.mlpa.calls import GeneCall
from der22.mlpa.codes import make_flag
from der22.words import Call

__all__ = ["judge_ploidy", "without_negatives"]

_MOST, _MIN_GENES = 0.6, 5
_LOSSES = (Call.HETEROZYGOUS_DELETION, Call.HOMOZYGOUS_DELETION)
_UNCHANGED = (Call.NORMAL, Call.GAIN)


def judge_ploidy(genes: Sequence[GeneCall], dropped: Sequence[float]) -> list[Flag]:
    """Say where most of the reference probes cannot have two copies.

    METHOD: a quotient is relative to the sample's own reference probes. In near-haploid cells most
    of them are lost: the few that are not look gained and are left out, what is lost reads normal,
    and what is normal reads gained. In hyperdiploid cells with most of them gained all that is
    normal reads lost. So reference probes left out that are all gained, or most genes gained, make
    every negative mean nothing; most genes lost make the sample not callable.

    Args:
        genes: calls of one sample.
        dropped: quotients of the reference probes left out of it.
    """
    known = [gene.call for gene in genes if gene.call in (*_LOSSES, *_UNCHANGED)]
    n_lost, n_gained = (sum(call in calls for call in known) for calls in (_LOSSES, (Call.GAIN,)))
    if len(known) >= _MIN_GENES and n_lost > _MOST * len(known):
        text = (
            f"{n_lost} of {len(known)} genes read lost: most reference probes may be gained "
            "(hyperdiploid cells); use another method"
        )
        return [make_flag("PLOIDY_UNCLEAR", text, Severity.ERROR)]
    if len(known) >= _MIN_GENES and n_gained > _MOST * len(known):
        text = (
            f"{n_gained} of {len(known)} genes read gained: most reference probes may be lost "
            "(near-haploid cells); what reads normal may be lost"
        )
        return [make_flag("PLOIDY_UNCLEAR", text)]
    if dropped and min(dropped) > 1.0:
        text = (
            f"the {len(dropped)} reference probes left out read gained: the others may be lost "
            "(near-haploid cells); what reads normal may be lost"
        )
        return [make_flag("PLOIDY_UNCLEAR", text)]
    return []


def without_negatives(genes: Sequence[GeneCall]) -> tuple[GeneCall, ...]:
    """Return the calls with normal and gained genes ambiguous; losses hold."""
    return tuple(
        replace(gene, call=Call.AMBIGUOUS) if gene.call in _UNCHANGED else gene for gene in genes
    )
