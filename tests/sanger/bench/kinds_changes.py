"""Kinds of sound wild types and of changed bases in sound reads."""

from __future__ import annotations

import numpy as np

from sanger.bench.catalogue import (
    N_SAMPLES,
    Lab,
    Rng,
    any_named,
    any_other,
    mixed,
    pair,
    register,
    sample,
    several_named,
)
from sanger.bench.molecules import Allele, Edit, coding_sequence, substitution
from sanger.bench.runs import SamplePlan, truth_of

__all__: list[str] = []


# --- wild type ---


def _sound(lab: Lab, rng: Rng) -> list[SamplePlan]:
    return [sample(n, pair(lab, rng)) for n in range(N_SAMPLES)]


for _n, _word in ((0, "no_control"), (1, "one_control"), (4, "four_controls")):
    register(
        name=f"sound_{_word}", n_controls=_n,
        meaning=f"Sound wild types, one read of each strand, {_n} pairs of controls.",
    )(_sound)  # fmt: skip


@register()
def sound_four_reads(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Sound wild types with two reads of each strand."""
    return [sample(n, pair(lab, rng, "FRFR")) for n in range(N_SAMPLES)]


@register("SINGLE_STRAND")
def sound_one_strand(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Sound wild types with one or two reads of one strand only."""
    return [
        sample(n, pair(lab, rng, str(rng.choice(["F", "R", "FF", "RR"])))) for n in range(N_SAMPLES)
    ]


@register("POLYMORPHISM", "SILENT")
def harmless(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """K247R or the synonymous c.720G>A and c.1497A>G at 50 or 100 %: no mutation."""
    plans = []
    for n in range(N_SAMPLES):
        edit = [substitution(740, "G"), substitution(720, "A"), substitution(1497, "G")][n % 3]
        alleles = mixed(float(rng.choice([0.5, 1.0])), edit)
        truth = truth_of(alleles, ("wild_type",), ("not_evaluable", "possible"), silent=(edit,))
        plans.append(sample(n, pair(lab, rng), alleles, truth))
    return plans


# --- one change ---


def _named_at(percent: int) -> None:
    @register(
        "HOTSPOT_LIMIT", name=f"named_{percent}",
        meaning=f"One named change at {percent} % of the transcript, one read of each strand.",
    )  # fmt: skip
    def draw(lab: Lab, rng: Rng) -> list[SamplePlan]:
        return [
            sample(n, pair(lab, rng), mixed(percent / 100, any_named(rng)))
            for n in range(N_SAMPLES)
        ]


for _percent in (10, 15, 20, 30, 50, 100):
    _named_at(_percent)


@register("HOTSPOT_LIMIT")
def named_four_reads(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """One named change at 10-30 %, two reads of each strand."""
    return [
        sample(n, pair(lab, rng, "FRFR"), mixed(float(rng.uniform(0.1, 0.3)), any_named(rng)))
        for n in range(N_SAMPLES)
    ]


@register("SINGLE_STRAND", "HOTSPOT_LIMIT")
def named_one_strand(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """One named change at 30-100 % on one or two reads of one strand: never detected."""
    plans = []
    for n in range(N_SAMPLES):
        alleles = mixed(float(rng.uniform(0.3, 1.0)), any_named(rng))
        truth = truth_of(alleles, ("possible",), ("not_evaluable",))
        reads = pair(lab, rng, str(rng.choice(["F", "R", "FF", "RR"])))
        plans.append(sample(n, reads, alleles, truth))
    return plans


@register("HOTSPOT_LIMIT")
def other_change(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """One change that no list names, not silent, at 20-100 %."""
    return [
        sample(n, pair(lab, rng), mixed(float(rng.uniform(0.2, 1.0)), any_other(rng)))
        for n in range(N_SAMPLES)
    ]


# --- several changes ---


def _clones(rng: Rng, edits: list[Edit], low: float, high: float) -> tuple[Allele, ...]:
    """Return independent clones, each with one edit, beside wild type."""
    shares = rng.uniform(low, high, len(edits))
    shares = shares * min(1.0, 0.95 / shares.sum())
    clones = [Allele(float(s), (edit,)) for s, edit in zip(shares, edits, strict=True)]
    return (Allele(1.0 - float(shares.sum())), *clones)


@register("COMPOUND_UNDETERMINED")
def polyclonal(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Two or three independent clones of 12-45 %, each with one named change."""
    plans = []
    for n in range(N_SAMPLES):
        edits = several_named(rng, int(rng.integers(2, 4)))
        plans.append(sample(n, pair(lab, rng), _clones(rng, edits, 0.12, 0.45)))
    return plans


@register()
def alternatives(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Two clones with two alternatives at one base, named or not, 12-45 % each."""
    plans = []
    for n in range(N_SAMPLES):
        edit = any_named(rng)
        others = sorted(set("ACGT") - {edit.ref, edit.inserted})
        second = substitution(edit.first, str(rng.choice(others)))
        plans.append(sample(n, pair(lab, rng), _clones(rng, [edit, second], 0.12, 0.45)))
    return plans


def _by_name(name: str) -> Edit:
    return {
        "T315I": substitution(944, "T"), "T315A": substitution(943, "G"),
        "F317L": substitution(951, "A"), "F359V": substitution(1075, "G"),
        "F317V": substitution(949, "G"), "F359C": substitution(1076, "G"),
        "F359I": substitution(1075, "A"),
    }[name]  # fmt: skip


@register("COMPOUND_UNDETERMINED")
def neighbours_40(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Two independent clones of 40 % each at F317 and F359, no molecule with both."""
    plans = []
    for n in range(N_SAMPLES):
        edits = [_by_name(str(rng.choice(["F317L", "F317V"]))),
                 _by_name(str(rng.choice(["F359V", "F359C", "F359I"])))]  # fmt: skip
        plans.append(sample(n, pair(lab, rng), _clones(rng, edits, 0.4, 0.4001)))
    return plans


@register("COMPOUND_UNDETERMINED", "COMPOUND_AT_LEAST")
def independent_clones(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Two clones that fill the transcript between them (85-100 %), no molecule with both."""
    plans = []
    for n in range(N_SAMPLES):
        edits = several_named(rng, 2)
        total, part = float(rng.uniform(0.85, 1.0)), float(rng.uniform(0.35, 0.65))
        shares = (total * part, total * (1.0 - part))
        clones = [Allele(s, (edit,)) for s, edit in zip(shares, edits, strict=True)]
        rest = [Allele(1.0 - total)] if total < 1.0 else []
        plans.append(sample(n, pair(lab, rng), (*rest, *clones)))
    return plans


@register("COMPOUND_UNDETERMINED", "COMPOUND_AT_LEAST")
def compounds(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Two named changes on one molecule at 50-95 %, and a clone with the first alone."""
    plans = []
    for n in range(N_SAMPLES):
        edits = several_named(rng, 2)
        both = float(rng.uniform(0.5, 0.95))
        alone = float(rng.uniform(0.0, 1.0 - both))
        alleles = (Allele(1.0 - both - alone), Allele(both, tuple(edits)),
                   Allele(alone, (edits[0],)))  # fmt: skip
        plans.append(sample(n, pair(lab, rng), alleles))
    return plans


@register("CODON_PHASE_UNKNOWN")
def one_codon_apart(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Two clones with one change each in one codon, 20-48 % each: no molecule has both."""
    plans = []
    for n in range(N_SAMPLES):
        first = _by_name("T315I") if n % 2 else any_named(rng, hot=True)
        second = _mate(first, rng)
        plans.append(sample(n, pair(lab, rng), _clones(rng, [first, second], 0.2, 0.48)))
    return plans


@register("CODON_PHASE_UNKNOWN")
def one_codon_together(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Two changes of one codon on one molecule, 30-100 %, as T315L and T315M."""
    plans = []
    for n in range(N_SAMPLES):
        first = _by_name("T315I") if n % 2 else any_named(rng, hot=True)
        share = float(rng.choice([rng.uniform(0.3, 0.9), 1.0]))
        plans.append(sample(n, pair(lab, rng), mixed(share, first, _mate(first, rng))))
    return plans


def _mate(edit: Edit, rng: Rng) -> Edit:
    """Return a change of another base of the same codon."""
    first = (edit.first - 1) // 3 * 3 + 1
    places = [place for place in range(first, first + 3) if place != edit.first]
    place = int(rng.choice(np.array(places)))
    return substitution(
        place, str(rng.choice(sorted(set("ACGT") - {coding_sequence()[place - 1]})))
    )
