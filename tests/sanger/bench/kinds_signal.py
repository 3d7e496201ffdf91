"""Kinds of signal that is weak, drowned, clipped or bled into another channel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sanger.bench.catalogue import (
    N_SAMPLES,
    Lab,
    Rng,
    any_named,
    between,
    four,
    mixed,
    pair,
    read_chemistry,
    register,
    sample,
)
from sanger.bench.chemistry import Blob, Chemistry
from sanger.bench.molecules import FORWARD, REVERSE, Allele
from sanger.bench.runs import ReadPlan, SamplePlan, truth_of

__all__: list[str] = []

_TOLD = ("HIGH_BACKGROUND", "NO_SIGNAL", "LOW_QUALITY_READ", "OFFSCALE")
#: a spoilt read may end in no answer; it may not end in a mutation
_SPOILT_WILD = truth_of((Allele(1.0),), ("wild_type", "not_evaluable"), ("possible",))


def _raised(chemistry: Chemistry, rng: Rng) -> Chemistry:
    level = four(rng.uniform(0.06, 0.35, 4))
    return replace(chemistry, background=(level, level), ripple=float(rng.uniform(0.05, 0.4)))


def _drifting(chemistry: Chemistry, rng: Rng) -> Chemistry:
    ends = [four(rng.uniform(0.0, 0.05, 4)), four(rng.uniform(0.1, 0.5, 4))]
    if rng.random() < 0.5:
        ends.reverse()
    return replace(chemistry, background=(ends[0], ends[1]), ripple=float(rng.uniform(0.05, 0.4)))


def _spoil(lab: Lab, rng: Rng, word: str) -> tuple[ReadPlan, ...]:
    """Return a pair of which one read or both have a raised or drifting background."""
    which = int(rng.integers(3))
    change = _raised if word == "raised" else _drifting
    return tuple(
        replace(one, chemistry=change(one.chemistry, rng)) if which in (i, 2) else one
        for i, one in enumerate(pair(lab, rng))
    )


@register(*_TOLD)
def raised_background(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types with 6-35 % of a peak under each channel of one read or both."""
    return [sample(n, _spoil(lab, rng, "raised"), truth=_SPOILT_WILD) for n in range(N_SAMPLES)]


@register(*_TOLD)
def drifting_background(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types whose background climbs to or falls from 10-50 % of a peak along the read."""
    return [sample(n, _spoil(lab, rng, "drifting"), truth=_SPOILT_WILD) for n in range(N_SAMPLES)]


@register(*_TOLD, "HOTSPOT_LIMIT")
def background_mutated(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """A named change at 30-100 % on a raised or drifting background."""
    plans = []
    for n in range(N_SAMPLES):
        alleles = mixed(float(rng.uniform(0.3, 1.0)), any_named(rng))
        word = ("raised", "drifting")[n % 2]
        truth = truth_of(alleles, ("mutated", "possible"), ("not_evaluable",))
        plans.append(sample(n, _spoil(lab, rng, word), alleles, truth))
    return plans


@register(*_TOLD)
def weak(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types with peaks of 15-80 RFU over noise of 1-4."""
    return [
        sample(n, pair(lab, rng, height_rfu=between(rng, 15, 80)), truth=_SPOILT_WILD)
        for n in range(N_SAMPLES)
    ]


@register(*_TOLD)
def weak_background(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types with peaks of 20-120 RFU over a background of 5-30 % of a peak and much noise."""
    plans = []
    for n in range(N_SAMPLES):
        reads = []
        for one in pair(lab, rng, height_rfu=between(rng, 20, 120), noise_rfu=between(rng, 1.5, 5)):
            level = four(rng.uniform(0.05, 0.3, 4))
            reads.append(replace(one, chemistry=replace(one.chemistry, background=(level, level))))
        plans.append(sample(n, reads, truth=_SPOILT_WILD))
    return plans


@register(*_TOLD, "HOTSPOT_LIMIT")
def weak_mutated(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """A named change at 30-100 % with peaks of 15-80 RFU."""
    plans = []
    for n in range(N_SAMPLES):
        alleles = mixed(float(rng.uniform(0.3, 1.0)), any_named(rng))
        truth = truth_of(alleles, ("mutated", "possible"), ("not_evaluable",))
        reads = pair(lab, rng, height_rfu=between(rng, 15, 80))
        plans.append(sample(n, reads, alleles, truth))
    return plans


@register("LOW_QUALITY_READ", "NO_SIGNAL")
def noisy_lab(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types with ghosts of 1.6-3 times the usual, in controls too."""
    loud = replace(lab, base=replace(lab.base, ghosts=float(rng.uniform(1.6, 3.0))))
    return [sample(n, pair(loud, rng)) for n in range(N_SAMPLES)]


def _clipped(chemistry: Chemistry, rng: Rng) -> Chemistry:
    spill = np.triu(rng.uniform(0.0, 0.25, (4, 4)), 1) * (rng.random((4, 4)) < 0.5)
    return replace(
        chemistry,
        ceiling=float(rng.uniform(0.35, 1.0)),
        height_rfu=float(rng.uniform(8000, 32000)),
        pull_up=tuple(tuple(float(x) for x in row) for row in spill),
        decay_nt=chemistry.decay_nt * 2,
    )


@register(*_TOLD)
def saturated(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types with flat peaks that spill into another channel, on one read or both."""
    plans = []
    for n in range(N_SAMPLES):
        which = int(rng.integers(3))
        reads = [
            replace(one, chemistry=_clipped(one.chemistry, rng)) if which in (i, 2) else one
            for i, one in enumerate(pair(lab, rng))
        ]
        plans.append(sample(n, reads, truth=_SPOILT_WILD))
    return plans


@register(*_TOLD, "HOTSPOT_LIMIT")
def saturated_mutated(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """A named change at 30-100 % under flat peaks of both reads."""
    plans = []
    for n in range(N_SAMPLES):
        alleles = mixed(float(rng.uniform(0.3, 1.0)), any_named(rng))
        reads = [replace(one, chemistry=_clipped(one.chemistry, rng)) for one in pair(lab, rng)]
        truth = truth_of(alleles, ("mutated", "possible"), ("not_evaluable",))
        plans.append(sample(n, reads, alleles, truth))
    return plans


@register("HIGH_BACKGROUND")
def pull_up(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types where one channel shows in another with 4-20 %, on every read of the sample."""
    plans = []
    for n in range(N_SAMPLES):
        bleed = np.zeros((4, 4))
        source, target = rng.choice(4, 2, replace=False)
        bleed[source, target] = rng.uniform(0.04, 0.2)
        matrix = tuple(tuple(float(x) for x in row) for row in bleed)
        plans.append(sample(n, pair(lab, rng, pull_up=matrix), truth=_SPOILT_WILD))
    return plans


@register("DYE_BLOB")
def blobs(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types with dye blobs as high as 0.6-2.5 of a peak anywhere in the first 400 nt."""
    plans = []
    for n in range(N_SAMPLES):
        reads = []
        for direction in (FORWARD, REVERSE):
            drops = tuple(
                Blob(float(rng.uniform(50, 400)), float(rng.uniform(0.6, 2.5)),
                     float(rng.uniform(0.6, 5.0)), str(rng.choice(list("ACGT"))))
                for _ in range(int(rng.integers(1, 5)))
            )  # fmt: skip
            reads.append(
                ReadPlan(direction, read_chemistry(lab, rng, blobs=drops), style=lab.style)
            )
        plans.append(sample(n, reads))
    return plans


@register("LOW_QUALITY_READ")
def shifted_dyes(lab: Lab, rng: Rng) -> list[SamplePlan]:
    """Wild types whose dyes run up to half a base apart, as with the wrong mobility file."""
    return [
        sample(n, pair(lab, rng, mobility=four(rng.uniform(-6.0, 6.0, 4))))
        for n in range(N_SAMPLES)
    ]
