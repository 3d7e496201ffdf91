"""Lesions and karyotypes as leukaemias have them, drawn by chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from mlpa.bench.karyotype import Clone, Event, Karyotype, with_chromosomes
from mlpa.bench.lots import Lot

__all__ = [
    "ABERRATIONS",
    "cdkn2_loss",
    "ikzf1_loss",
    "intragenic_loss",
    "karyotype_of",
    "ph_lesions",
    "sex_of",
    "whole_gene",
]

Events = tuple[Event, ...]

#: first exon, last exon, frequency among IKZF1 losses
_IKZF1_SPANS = (
    (4, 7, 0.45), (1, 8, 0.20), (2, 7, 0.10), (4, 8, 0.07), (2, 8, 0.06), (2, 3, 0.05),
    (1, 7, 0.03), (5, 8, 0.02), (1, 3, 0.02),
)  # fmt: skip


def ikzf1_loss(rng: np.random.Generator, homozygous: float = 0.05) -> Events:
    """Return one loss of two or more IKZF1 exons, seldom of both alleles."""
    weights = np.array([weight for _, _, weight in _IKZF1_SPANS])
    first, last, _ = _IKZF1_SPANS[int(rng.choice(len(_IKZF1_SPANS), p=weights / weights.sum()))]
    return (Event("IKZF1", first, last, -2 if rng.random() < homozygous else -1),)


def cdkn2_loss(rng: np.random.Generator, homozygous: float = 0.5) -> Events:
    """Return the loss of 9p21: CDKN2A and CDKN2B together, or on one allele only CDKN2A."""
    change = -2 if rng.random() < homozygous else -1
    if rng.random() < 0.85:
        return (whole_gene("CDKN2A", change), whole_gene("CDKN2B", change))
    return (whole_gene("CDKN2A", change),)


def whole_gene(gene: str, change: int = -1) -> Event:
    """Return a focal change of all probes of a gene."""
    return Event(gene, -np.inf, np.inf, change)


def intragenic_loss(lot: Lot, gene: str, rng: np.random.Generator, n_probes: int = 2) -> Event:
    """Return the loss of `n_probes` neighbouring probes of a gene, or of all it has if fewer."""
    orders = sorted(float(lot.probes[i].order or 1.0) for i in lot.of_gene(gene))
    n = min(n_probes, len(orders))
    first = int(rng.integers(0, len(orders) - n + 1))
    return Event(gene, orders[first], orders[first + n - 1], -1)


def ph_lesions(
    lot: Lot,
    rng: np.random.Generator,
    *,
    ikzf1: float = 0.70,
    partners: float = 0.34,
    others: float = 0.08,
) -> Events:
    """Return focal losses at the frequencies of Ph-positive leukaemia.

    Args:
        lot: for the probes of the genes.
        rng: source of chance.
        ikzf1: frequency of an IKZF1 loss.
        partners: frequency of each of PAX5 and CDKN2A/B.
        others: frequency of each further gene; RB1 2.5 times.
    """
    events: Events = ()
    if rng.random() < ikzf1:
        events += ikzf1_loss(rng)
    if rng.random() < partners:
        events += (
            (whole_gene("PAX5"),)
            if rng.random() < 0.3
            else (intragenic_loss(lot, "PAX5", rng, int(rng.integers(2, 6))),)
        )
    if rng.random() < partners:
        events += cdkn2_loss(rng)
    for gene, factor in (("RB1", 2.5), ("ETV6", 1.0), ("BTG1", 1.0), ("EBF1", 1.0)):
        if rng.random() < others * factor:
            events += (intragenic_loss(lot, gene, rng, int(rng.integers(2, 7))),)
    if rng.random() < others / 2:
        events += (whole_gene("CSF2RA"), whole_gene("IL3RA"))
    return events


def sex_of(rng: np.random.Generator) -> str:
    """Return F or M."""
    return "F" if rng.random() < 0.5 else "M"


def karyotype_of(
    rng: np.random.Generator,
    events: Events = (),
    *,
    name: str = "",
    arms: Mapping[str, int] | None = None,
    sex: str | None = None,
    snps: Mapping[str, float] | None = None,
) -> Karyotype:
    """Return a karyotype of one clone that all leukaemic cells belong to."""
    clone = Clone(1.0, dict(arms or {}), events)
    return Karyotype(name or "one clone", sex or sex_of(rng), (clone,), dict(snps or {}))


def _plus8(rng: np.random.Generator, sex: str) -> dict[str, int]:
    return {"8": 3}


def _plus_x(rng: np.random.Generator, sex: str) -> dict[str, int]:
    return {"X": 3 if sex == "F" else 2}


def _trisomy7(rng: np.random.Generator, sex: str) -> dict[str, int]:
    return {"7": 3}


def _monosomy7(rng: np.random.Generator, sex: str) -> dict[str, int]:
    return {"7": 1}


def _loss_9p(rng: np.random.Generator, sex: str) -> dict[str, int]:
    return {"9p": 1}


def _near_haploid(rng: np.random.Generator, sex: str) -> dict[str, int]:
    kept = {"21"} | {c for c in ("8", "10", "14", "18") if rng.random() < 0.5}
    copies = {str(c): 1 for c in range(1, 23) if str(c) not in kept}
    if sex == "F" and rng.random() < 0.5:
        copies["X"] = 1
    if sex == "M" and rng.random() < 0.4:
        copies["Y"] = 0
    return copies


def _near_triploid(rng: np.random.Generator, sex: str) -> dict[str, int]:
    copies = {str(c): 3 for c in range(1, 23)}
    for chrom in rng.choice(np.arange(1, 23), int(rng.integers(3, 8)), replace=False):
        copies[str(chrom)] = int(rng.choice([2, 2, 4]))
    copies["X"] = 3 if sex == "F" else 2
    return copies


def _high_hyperdiploid(rng: np.random.Generator, sex: str) -> dict[str, int]:
    likely = {"4": 0.75, "6": 0.85, "10": 0.7, "14": 0.85, "17": 0.7, "18": 0.75, "21": 1.0,
              "8": 0.35, "5": 0.2, "11": 0.15, "12": 0.15, "9": 0.1, "7": 0.1}  # fmt: skip
    copies = {chrom: 3 for chrom, share in likely.items() if rng.random() < share}
    copies["21"] = int(rng.choice([3, 4, 4]))
    if rng.random() < 0.85:
        copies["X"] = 3 if sex == "F" else 2
    return copies


def _iamp21(rng: np.random.Generator, sex: str) -> dict[str, int]:
    return {"21q": int(rng.integers(4, 8))}


_DRAWN: dict[str, Callable[[np.random.Generator, str], dict[str, int]]] = {
    "plus_8": _plus8,
    "plus_x": _plus_x,
    "trisomy_7": _trisomy7,
    "monosomy_7": _monosomy7,
    "loss_9p": _loss_9p,
    "near_haploid": _near_haploid,
    "near_triploid": _near_triploid,
    "high_hyperdiploid": _high_hyperdiploid,
    "iamp21": _iamp21,
}


def _arms_of(name: str) -> Callable[[np.random.Generator, str], dict[str, int]]:
    draw = _DRAWN[name]
    return lambda rng, sex: with_chromosomes(draw(rng, sex))


#: name -> copies by arm of a leukaemia of that kind, given chance and sex
ABERRATIONS = {name: _arms_of(name) for name in _DRAWN}
