"""``genomics.tsv``: how often each lesion was found, and among how many it was looked for."""

from __future__ import annotations

from collections.abc import Sequence

from der22.cohort.assays import codon_order
from der22.cohort.join import PatientFacts, gene_call
from der22.cohort.risk import abl1_mutated
from der22.cohort.three_valued import Answer, any_yes, count_percent, deleted

__all__ = ["GENOMICS_COLUMNS", "genomics_rows"]

GENOMICS_COLUMNS = ("item", "n", "N", "percent")

_CLASSES = ("IKZF1plus", "IKZF1_deletion", "no_IKZF1_deletion")
_PAIR = ("CDKN2A", "CDKN2B")


def genomics_rows(cohort: Sequence[PatientFacts], genes: Sequence[str]) -> list[dict[str, object]]:
    """Return genes in their order, the CDKN2A/CDKN2B pair, the classes and ABL1.

    N is always the number of patients whose answer is known, and percent is of N.
    """
    rows = [_row(f"gene:{gene}", [_is_deleted(facts, gene) for facts in cohort]) for gene in genes]
    if all(gene in genes for gene in _PAIR):
        either = [any_yes(_is_deleted(facts, gene) for gene in _PAIR) for facts in cohort]
        rows.append(_row(f"genes:{'/'.join(_PAIR)}", either))
    rows += [
        _row(f"class:{name}", [_has_class(facts, name) for facts in cohort]) for name in _CLASSES
    ]
    return rows + _abl1_rows(cohort)


def _is_deleted(facts: PatientFacts, gene: str) -> Answer:
    return deleted(gene_call(facts.mlpa, gene))


def _has_class(facts: PatientFacts, name: str) -> Answer:
    if facts.mlpa.ikzf1_class not in _CLASSES:
        return None
    return facts.mlpa.ikzf1_class == name


def _abl1_rows(cohort: Sequence[PatientFacts]) -> list[dict[str, object]]:
    """Return the ABL1 items; N of the results is the patients with a sample that told."""
    screened = [facts for facts in cohort if facts.abl1.status != "not_done"]
    names = sorted({name for facts in screened for name in facts.abl1.mutations}, key=codon_order)
    rows = [
        _row("abl1:screened", [facts.abl1.status != "not_done" for facts in cohort]),
        _row("abl1:screening_indicated", [facts.indicated for facts in cohort]),
        _row("abl1:wild_type", [_invert(_mutated(facts)) for facts in screened]),
        _row("abl1:mutated", [_mutated(facts) for facts in screened]),
    ]
    rows += [_row(f"abl1:{name}", [_carries(facts, name) for facts in screened]) for name in names]
    plus = [facts for facts in cohort if facts.mlpa.ikzf1_class == "IKZF1plus"]
    rows += [
        _row(f"abl1:{name} in IKZF1plus", [_carries(facts, name) for facts in plus])
        for name in names
    ]
    return rows


def _mutated(facts: PatientFacts) -> Answer:
    return abl1_mutated(facts.abl1.status, indicated=facts.indicated)


def _carries(facts: PatientFacts, name: str) -> Answer:
    return name in facts.abl1.mutations if _mutated(facts) is not None else None


def _invert(answer: Answer) -> Answer:
    return None if answer is None else not answer


def _row(item: str, answers: Sequence[Answer]) -> dict[str, object]:
    part, whole, share = count_percent(answers)
    return {"item": item, "n": part, "N": whole, "percent": share}
