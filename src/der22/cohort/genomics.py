"""``genomics.tsv``: how often each lesion was found, and among how many it was looked for."""

from __future__ import annotations

from collections.abc import Sequence

from der22.cohort.assays import codon_order
from der22.cohort.counts import count_percent
from der22.cohort.join import PatientFacts
from der22.cohort.risk import abl1_mutated
from der22.results.cohort import GenomicsRow
from der22.words import Abl1Status, Answer, Ikzf1Class, any_yes

__all__ = ["genomics_rows"]

_CLASSES = (Ikzf1Class.PLUS, Ikzf1Class.DELETION, Ikzf1Class.NO_DELETION)
_PAIR = ("CDKN2A", "CDKN2B")


def genomics_rows(cohort: Sequence[PatientFacts], genes: Sequence[str]) -> list[GenomicsRow]:
    """Return genes in their order, the CDKN2A/CDKN2B pair, the classes and ABL1.

    N is always the number of patients whose answer is known, and percent is of N. N of the ABL1
    results is the patients with a sample that told.
    """
    deleted = {gene: [facts.mlpa.call_of(gene).deleted for facts in cohort] for gene in genes}
    rows = [_row(f"gene:{gene}", answers) for gene, answers in deleted.items()]
    if all(gene in deleted for gene in _PAIR):
        either = [any_yes(pair) for pair in zip(*(deleted[gene] for gene in _PAIR), strict=True)]
        rows.append(_row(f"genes:{'/'.join(_PAIR)}", either))
    found = [facts.mlpa.ikzf1_class for facts in cohort]
    rows += [
        _row(f"class:{name}", [word is name if word.is_known else None for word in found])
        for name in _CLASSES
    ]
    screened = [facts for facts in cohort if facts.abl1.status is not Abl1Status.NOT_DONE]
    mutated = [_mutated(facts) for facts in screened]
    names = sorted({name for facts in screened for name in facts.abl1.mutations}, key=codon_order)
    plus = [facts for facts in cohort if facts.mlpa.ikzf1_class is Ikzf1Class.PLUS]
    rows += [
        _row("abl1:screened", [f.abl1.status is not Abl1Status.NOT_DONE for f in cohort]),
        _row("abl1:screening_indicated", [facts.indicated for facts in cohort]),
        _row("abl1:wild_type", [None if answer is None else not answer for answer in mutated]),
        _row("abl1:mutated", mutated),
        *(_row(f"abl1:{name}", [_carries(f, name) for f in screened]) for name in names),
        *(_row(f"abl1:{name} in IKZF1plus", [_carries(f, name) for f in plus]) for name in names),
    ]
    return rows


def _mutated(facts: PatientFacts) -> Answer:
    return abl1_mutated(facts.abl1.status, indicated=facts.indicated)


def _carries(facts: PatientFacts, name: str) -> Answer:
    return name in facts.abl1.mutations if _mutated(facts) is not None else None


def _row(item: str, answers: Sequence[Answer]) -> GenomicsRow:
    part, whole, share = count_percent(answers)
    return GenomicsRow(item=item, n=part, known=whole, percent=share)
