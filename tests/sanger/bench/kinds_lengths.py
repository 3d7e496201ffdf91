"""Kinds of insertions, deletions, splice forms and what looks like them."""

from __future__ import annotations

from sanger.bench.catalogue import (
    N_SAMPLES,
    Lab,
    Rng,
    any_indel,
    any_named,
    any_splice_loss,
    mixed,
    pair,
    register,
    sample,
)
from sanger.bench.molecules import SPLICE_FORMS, Allele
from sanger.bench.runs import SamplePlan

__all__: list[str] = []

_TOLD = ("DOUBLE_SEQUENCE", "LENGTH_DIFFERS", "SPLICE_VARIANT")


@register(*_TOLD)
def pure_indel(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """An insertion, duplication or deletion of 1-60 nt on every molecule."""
    return [sample(n, pair(lab, rng), mixed(1.0, any_indel(rng, 1, 60))) for n in range(N_SAMPLES)]


@register(*_TOLD)
def pure_30(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Reads with some thirty bases fewer or more than the reference, every molecule."""
    return [sample(n, pair(lab, rng), mixed(1.0, any_indel(rng, 24, 36))) for n in range(N_SAMPLES)]


@register(*_TOLD)
def mixed_indel(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """An insertion, duplication or deletion of 1-60 nt on 20-70 % of the molecules."""
    return [
        sample(n, pair(lab, rng), mixed(float(rng.uniform(0.2, 0.7)), any_indel(rng, 1, 60)))
        for n in range(N_SAMPLES)
    ]


@register(*_TOLD)
def long_indel(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """An insertion, duplication or deletion of 61-200 nt on 25-100 % of the molecules."""
    plans = []
    for n in range(N_SAMPLES):
        share = float(rng.choice([rng.uniform(0.25, 0.9), 1.0]))
        plans.append(sample(n, pair(lab, rng), mixed(share, any_indel(rng, 61, 200))))
    return plans


@register(*_TOLD)
def exon_loss(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Exon 7, exon 8 or 81 nt of exon 4 lost in 20-70 % of the transcript."""
    return [
        sample(n, pair(lab, rng), mixed(float(rng.uniform(0.2, 0.7)), any_splice_loss(rng)))
        for n in range(N_SAMPLES)
    ]


@register(*_TOLD)
def exon_loss_pure(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Exon 7, exon 8 or 81 nt of exon 4 lost in every molecule."""
    return [sample(n, pair(lab, rng), mixed(1.0, any_splice_loss(rng))) for n in range(N_SAMPLES)]


@register(*_TOLD)
def intron_kept(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """35, 79, 84 or 231 bases of an intron kept in 20-70 % of the transcript."""
    names = ("35INS", "35INS", "35INS", "79INS", "84INS", "231INS")
    return [
        sample(n, pair(lab, rng), mixed(float(rng.uniform(0.2, 0.7)), SPLICE_FORMS[names[n]]))
        for n in range(N_SAMPLES)
    ]


@register(*_TOLD)
def splice_and_change(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """A named change at 30-60 % of the transcript beside 35INS or exon loss of 20-40 %."""
    plans: list[SamplePlan] = []
    while len(plans) < N_SAMPLES:
        form = SPLICE_FORMS["35INS"] if rng.random() < 0.5 else any_splice_loss(rng)
        edit = any_named(rng)
        if form.first <= edit.first <= form.last:
            continue
        share, minor = float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.2, 0.4))
        alleles = (Allele(1.0 - share - minor), Allele(share, (edit,)), Allele(minor, (form,)))
        plans.append(sample(len(plans), pair(lab, rng), alleles))
    return plans


@register(*_TOLD)
def indel_and_change(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """A mixed indel of 3-60 nt and a named change on the other or on the same molecules."""
    plans: list[SamplePlan] = []
    while len(plans) < N_SAMPLES:
        indel, edit = any_indel(rng, 3, 60), any_named(rng)
        if indel.first - 1 <= edit.first <= indel.last + 1:
            continue
        share = float(rng.uniform(0.3, 0.6))
        other = (edit, indel) if rng.random() < 0.5 else (indel,)
        rest = () if len(other) == 2 else (edit,)
        plans.append(
            sample(len(plans), pair(lab, rng), (Allele(1.0 - share, rest), Allele(share, other)))
        )
    return plans


@register("DOUBLE_SEQUENCE", "HIGH_BACKGROUND", "LENGTH_DIFFERS")
def slippage(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types whose polymerase slips behind homopolymers in 3-15 % of the molecules each."""
    return [
        sample(n, pair(lab, rng, slip=float(rng.uniform(0.03, 0.15)))) for n in range(N_SAMPLES)
    ]


@register("DOUBLE_SEQUENCE", "HIGH_BACKGROUND", "LENGTH_DIFFERS")
def short_primer(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types whose sequencing primer lacks its first base in 4-15 % of the molecules."""
    plans = []
    for n in range(N_SAMPLES):
        echo = float(rng.uniform(0.04, 0.15))
        plans.append(sample(n, pair(lab, rng, echo_before=echo)))
    return plans
