"""Kinds of reads that do not belong together, that are missing, or that are filed twice."""

from __future__ import annotations

from dataclasses import replace

from sanger.bench.catalogue import (
    N_SAMPLES,
    Lab,
    Rng,
    any_bases,
    any_named,
    controls,
    mixed,
    pair,
    read_chemistry,
    register,
    sample,
    several_named,
)
from sanger.bench.files import DISGUISES, FileStyle
from sanger.bench.molecules import FORWARD, HOT_SPOTS, REVERSE, Allele
from sanger.bench.runs import ReadPlan, SamplePlan, truth_of

__all__: list[str] = []


# --- what was not read ---


@register("TOO_FEW_CODONS", "HOTSPOT_LIMIT")
def unread_hot_spot(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types whose reads end 14-40 nt before one hot spot (mostly 315) on either strand."""
    plans = []
    for n in range(N_SAMPLES):
        codon = 315 if rng.random() < 0.5 else int(rng.choice(HOT_SPOTS[1:-1]))
        place, product = 3 * codon - 1, lab.product
        forward = place - (product.first + product.forward_nt) - float(rng.uniform(14, 40))
        reverse = (product.last - product.reverse_nt) - place - float(rng.uniform(14, 40))
        reads = (
            ReadPlan(FORWARD, read_chemistry(lab, rng, end_nt=forward), style=lab.style),
            ReadPlan(REVERSE, read_chemistry(lab, rng, end_nt=reverse), style=lab.style),
        )
        plans.append(sample(n, reads, truth=truth_of((Allele(1.0),), ("not_evaluable",))))
    return plans


@register("SINGLE_STRAND", "TOO_FEW_CODONS", "HOTSPOT_LIMIT", "LOW_QUALITY_READ")
def short_reads(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """A named change at 50 %; each read ends anywhere after nt 120, so that it may be unread."""
    plans = []
    for n in range(N_SAMPLES):
        reads = tuple(
            replace(one, chemistry=replace(one.chemistry, end_nt=float(rng.uniform(120, 700))))
            for one in pair(lab, rng)
        )
        alleles = mixed(0.5, any_named(rng))
        truth = truth_of(alleles, ("mutated", "possible", "not_evaluable"))
        plans.append(sample(n, reads, alleles, truth))
    return plans


# --- what contradicts ---


@register("STRANDS_DISAGREE")
def two_persons(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Forward read of one patient, reverse read of another; one or both carry a named change."""
    plans = []
    for n in range(N_SAMPLES):
        one, other = (mixed(float(rng.uniform(0.7, 1.0)), edit) for edit in several_named(rng, 2))
        if n % 3 == 2:
            other = (Allele(1.0),)
        reads = [replace(plan, alleles=alleles)
                 for plan, alleles in zip(pair(lab, rng), (one, other), strict=True)]  # fmt: skip
        truth = truth_of((), ("not_evaluable",), ())
        plans.append(sample(n, reads, (Allele(1.0),), truth))
    return plans


@register("REPEATS_DISAGREE", "STRANDS_DISAGREE")
def repeats_disagree(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Two reads of each strand or three reads; one pair or one read lacks the change."""
    plans = []
    for n in range(N_SAMPLES):
        alleles = mixed(float(rng.uniform(0.5, 1.0)), any_named(rng))
        wild = (Allele(1.0),)
        directions, own = (("FRFR", (alleles, alleles, wild, wild)),
                           ("FRF", (alleles, alleles, wild)))[int(rng.integers(2))]  # fmt: skip
        reads = [replace(plan, alleles=one)
                 for plan, one in zip(pair(lab, rng, directions), own, strict=True)]  # fmt: skip
        plans.append(sample(n, reads, wild, truth_of((), ("not_evaluable",))))
    return plans


# --- one capillary twice ---


def _copied(lab: Lab, rng: Rng, number: int, alleles: tuple[Allele, ...]) -> SamplePlan:
    """Return a sample whose second file is the first in disguise."""
    first = pair(lab, rng, str(rng.choice(["F", "R"])))[0]
    words = [word for word in sorted(DISGUISES) if word != "same" and rng.random() < 0.4]
    style = first.style
    if rng.random() < 0.5 or not words:
        style = FileStyle(kind="scf", version=int(rng.choice([2, 3])))
    is_turned = "reversed" in words
    is_forward = (first.direction == FORWARD) != is_turned
    direction = FORWARD if is_forward else REVERSE
    second = replace(
        first, direction=direction, copy_of=(f"S{number}", 0), disguise=tuple(words), style=style
    )
    reads = (first, second)
    is_wild = alleles == (Allele(1.0),)
    right = ("wild_type", "not_evaluable") if is_wild else ("possible",)
    hedged = ("possible",) if is_wild else ("not_evaluable",)
    truth = truth_of(alleles, right, hedged, ("COPIED_READ", "DUPLICATE_READ"))
    return sample(number, reads, alleles, truth)


@register("COPIED_READ", "DUPLICATE_READ")
def copied_wild_type(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """One wild-type capillary filed twice: reversed, rescaled, trimmed, resampled or as SCF."""
    return [_copied(lab, rng, n, (Allele(1.0),)) for n in range(N_SAMPLES)]


@register("COPIED_READ", "DUPLICATE_READ")
def copied_mutated(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """One capillary with a named change at 20-100 % filed twice in disguise: no second witness."""
    return [
        _copied(lab, rng, n, mixed(float(rng.uniform(0.2, 1.0)), any_named(rng)))
        for n in range(N_SAMPLES)
    ]


@register("SAME_TRACE")
def same_trace(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """The pair of one patient filed under a second patient too, wild type or 30-100 % mutated."""
    plans: list[SamplePlan] = []
    for n in range(0, N_SAMPLES, 2):
        share = float(rng.uniform(0.3, 1.0))
        alleles = (Allele(1.0),) if n % 4 else mixed(share, any_named(rng))
        usual = truth_of(alleles)
        truth = replace(usual, right=usual.right | usual.hedged | {"wild_type", "mutated"},
                        hedged=frozenset(), needs=frozenset({"SAME_TRACE"}))  # fmt: skip
        reads = pair(lab, rng)
        words = tuple(w for w in ("rescaled", "trimmed") if rng.random() < 0.4)
        copies = [replace(one, copy_of=(f"S{n}", i), disguise=words) for i, one in enumerate(reads)]
        plans += [sample(n, reads, alleles, truth), sample(n + 1, copies, alleles, truth)]
    return plans


@register("COPIED_READ")
def true_repeats(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Two true reads of one strand and one of the other, a named change at 40-80 %: no copies."""
    return [
        sample(n, pair(lab, rng, str(rng.choice(["FRF", "FRR"]))),
               mixed(float(rng.uniform(0.4, 0.8)), any_named(rng)))
        for n in range(N_SAMPLES)
    ]  # fmt: skip


# --- a second product ---


@register("DOUBLE_SEQUENCE", "HIGH_BACKGROUND", "STRANDS_DISAGREE")
def second_priming(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types where one primer, or both, reads strange sequence too, 8-40 % of the signal."""
    plans = []
    for n in range(N_SAMPLES):
        reads = []
        which = int(rng.integers(3))
        for i, one in enumerate(pair(lab, rng)):
            alien = (float(rng.uniform(0.08, 0.4)), any_bases(rng, int(rng.integers(150, 900))))
            reads.append(replace(one, alien=alien) if which in (i, 2) else one)
        truth = truth_of((Allele(1.0),), ("wild_type", "not_evaluable"), ("possible",))
        plans.append(sample(n, reads, truth=truth))
    return plans


# --- controls that are none, files of many hands ---


@register("CONTROL_NOT_WILD_TYPE")
def carry_over(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Samples with a named change at 20-50 %, one to four controls of which some carry it too."""
    edit = any_named(rng)
    plans = [
        sample(n, pair(lab, rng), mixed(float(rng.uniform(0.2, 0.5)), edit))
        for n in range(N_SAMPLES)
    ]
    own = controls(lab, rng, max(1, lab.n_controls))
    n_dirty = int(rng.integers(1, max(2, len(own) // 2 + 1)))
    for n in range(n_dirty):
        own[n] = replace(own[n], alleles=mixed(float(rng.uniform(0.05, 0.5)), edit))
    return plans + own


@register("NO_QUALITY_VALUES", "EDITED_CALLS_DIFFER")
def odd_files(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Stray bytes, constant or no qualities, edited calls, signed SCF; wild type or 50 % named."""
    styles = [
        replace(lab.style, stray_byte=0),
        replace(lab.style, qualities="constant"),
        replace(lab.style, qualities=str(rng.choice(["zero_one", "none"]))),
        replace(lab.style, sets="both",
                edited=tuple((int(at), str(rng.choice(list("ACGTN")))) for at in
                             rng.choice(700, 12, replace=False))),
        FileStyle(kind="scf", version=2, signed=bool(rng.random() < 0.5)),
        FileStyle(kind="scf", version=3, signed=True),
    ]  # fmt: skip
    plans = []
    for n in range(N_SAMPLES):
        alleles = mixed(0.5, any_named(rng)) if rng.random() < 0.5 else (Allele(1.0),)
        reads = [replace(one, style=styles[n % len(styles)]) for one in pair(lab, rng)]
        plans.append(sample(n, reads, alleles))
    return plans
