"""True copies: arms and focal events of each clone, and what is deleted by definition."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "DEFINITIONS",
    "PAR1",
    "Clone",
    "Event",
    "GeneTruth",
    "Karyotype",
    "Locus",
    "accepted_classes",
    "gene_truth",
    "mean_copies",
    "plain_class",
    "with_chromosomes",
]

#: arm word of the pseudoautosomal region at the tip of Xp and Yp: copies of X and Y together
PAR1 = "par1"

DEFINITIONS = ("gimema", "aieop_bfm", "gimema_2024")

_AUTOSOMES = tuple(str(number) for number in range(1, 23))


@dataclass(frozen=True, slots=True)
class Locus:
    """Where a probe lies.

    Attributes:
        probe_id: name in the probemix.
        gene: symbol, '' for a reference probe.
        exon: as in the sheet.
        order: position within the gene.
        arm: such as ``7p``, ``Xq``, ``Yq`` or `PAR1`.
    """

    probe_id: str
    gene: str
    exon: str
    order: float
    arm: str


@dataclass(frozen=True, slots=True)
class Event:
    """One focal change of a gene in one clone: `change` copies on the probes `first` to `last`."""

    gene: str
    first: float
    last: float
    change: int

    def covers(self, locus: Locus) -> bool:
        """Tell whether the probe lies inside."""
        return locus.gene == self.gene and self.first <= locus.order <= self.last


@dataclass(frozen=True, slots=True)
class Clone:
    """Leukaemic cells of one kind.

    Attributes:
        share: of the leukaemic cells, 0-1.
        arms: copies by arm where they differ from the germline; X and Y by ``X`` and ``Y``.
        events: focal changes on top.
    """

    share: float
    arms: Mapping[str, int] = field(default_factory=dict)
    events: tuple[Event, ...] = ()

    def copies(self, locus: Locus, sex: str) -> int:
        """Return the copies of a probe in one cell of this clone."""
        base = self.arm_copies(locus.arm, sex)
        change = sum(event.change for event in self.events if event.covers(locus))
        return max(0, base + change)

    def arm_copies(self, arm: str, sex: str) -> int:
        """Return the copies of an arm in one cell of this clone."""
        x = self.arms.get("X", 2 if sex == "F" else 1)
        y = self.arms.get("Y", 0 if sex == "F" else 1)
        if arm == PAR1:
            return x + y
        if arm[0] in "XY":
            return x if arm[0] == "X" else y
        return self.arms.get(arm, 2)

    @property
    def modal_copies(self) -> int:
        """Return the commonest copy number of the autosomes' long arms."""
        counts = Counter(self.arms.get(f"{chrom}q", 2) for chrom in _AUTOSOMES)
        return max(counts, key=lambda copies: (counts[copies], -abs(copies - 2)))


@dataclass(frozen=True, slots=True)
class Karyotype:
    """All cells of a sample but for the share of leukaemic ones.

    Attributes:
        name: for people.
        sex: F or M.
        clones: their shares sum to 1; none = no leukaemic cell differs from the germline.
        snps: factor of the signal of a probe in every cell, by probe_id (a variant under it).
    """

    name: str
    sex: str
    clones: tuple[Clone, ...] = ()
    snps: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GeneTruth:
    """What is true of one gene in one sample.

    Attributes:
        gene: symbol.
        deleted: True or False; None where it depends on the copies one counts from (a hemizygous
            chromosome of a near-haploid clone, two copies of a near-triploid one, a whole allele
            lost beside an additional one).
        lost: one entry per clone with a loss: its share of the leukaemic cells, the exons of the
            sheet and the copies left on each.
        is_gained: whether a clone has more copies than the germline somewhere.
    """

    gene: str
    deleted: bool | None
    lost: tuple[tuple[float, tuple[str, ...], tuple[int, ...]], ...]
    is_gained: bool

    @property
    def largest_share(self) -> float:
        """Return the share of the leukaemic cells with a loss, 0-1."""
        return min(1.0, sum(share for share, _, _ in self.lost))


def with_chromosomes(copies: Mapping[str, int]) -> dict[str, int]:
    """Return copies by arm from copies by chromosome or arm (``7`` becomes ``7p`` and ``7q``)."""
    arms: dict[str, int] = {}
    for name, number in copies.items():
        if name in _AUTOSOMES:
            arms |= {f"{name}p": number, f"{name}q": number}
        else:
            arms[name] = number
    return arms


def mean_copies(karyotype: Karyotype, loci: Iterable[Locus], blasts: float) -> NDArray[np.float64]:
    """Return the mean copies per cell of each probe, shape (n_probes,).

    Args:
        karyotype: clones and variants.
        loci: one per probe.
        blasts: share of leukaemic cells, 0-1.
    """
    normal = Clone(1.0)
    found = []
    for locus in loci:
        germline = normal.copies(locus, karyotype.sex)
        leukaemic = sum(
            clone.share * (clone.copies(locus, karyotype.sex) - germline)
            for clone in karyotype.clones
        )
        copies = germline + blasts * leukaemic
        found.append(copies * karyotype.snps.get(locus.probe_id, 1.0))
    return np.array(found, dtype=np.float64)


def gene_truth(karyotype: Karyotype, gene: str, loci: Iterable[Locus]) -> GeneTruth:
    """Return what is true of a gene over all clones."""
    own = sorted((locus for locus in loci if locus.gene == gene), key=lambda locus: locus.order)
    normal = Clone(1.0)
    verdicts: set[bool | None] = {False}
    lost = []
    is_gained = False
    for clone in karyotype.clones:
        verdicts.add(_clone_verdict(clone, own, karyotype.sex))
        left = [clone.copies(locus, karyotype.sex) for locus in own]
        gone = [
            i
            for i, locus in enumerate(own)
            if left[i] < normal.copies(locus, karyotype.sex)
            or any(event.change < 0 and event.covers(locus) for event in clone.events)
        ]
        if gone:
            exons = tuple(own[i].exon or own[i].gene for i in gone)
            lost.append((clone.share, exons, tuple(left[i] for i in gone)))
        is_gained |= any(
            copies > normal.copies(locus, karyotype.sex)
            for copies, locus in zip(left, own, strict=True)
        )
    deleted = True if True in verdicts else None if None in verdicts else False
    return GeneTruth(gene, deleted, tuple(lost), is_gained)


def _clone_verdict(clone: Clone, own: list[Locus], sex: str) -> bool | None:
    """Tell whether one clone has lost (part of) a gene; None where the baseline decides."""
    normal = Clone(1.0)
    fewer = False
    for locus in own:
        copies, germline = clone.copies(locus, sex), normal.copies(locus, sex)
        modal = clone.modal_copies
        if copies < germline and copies < modal:
            return True
        fewer |= copies < germline or copies < modal
    touched = [
        any(event.change < 0 and event.covers(locus) for event in clone.events) for locus in own
    ]
    if any(touched) and not all(touched):
        return True
    return None if fewer or any(touched) else False


def plain_class(deleted: Mapping[str, bool], homozygous_cdkn2b: bool, definition: str) -> str:
    """Return the class from known genes, ERG not deleted (facts/mlpa_ikzf1_definitions.csv)."""
    if not deleted["IKZF1"]:
        return "no_IKZF1_deletion"
    partners = {"CDKN2A", "CDKN2B", "PAX5"}
    if definition != "gimema":
        partners |= {"CRLF2", "CSF2RA", "IL3RA"}
    found = {gene for gene in partners if deleted.get(gene, False)}
    if definition == "aieop_bfm" and not homozygous_cdkn2b:
        found.discard("CDKN2B")
    return "IKZF1plus" if found else "IKZF1_deletion"


def accepted_classes(genes: Mapping[str, GeneTruth], definition: str) -> frozenset[str]:
    """Return the true class; several where a gene's verdict depends on the baseline."""
    open_genes = [gene for gene, truth in genes.items() if truth.deleted is None]
    homozygous = any(0 in copies for _, _, copies in genes["CDKN2B"].lost)
    found = set()
    for choice in itertools.product((False, True), repeat=len(open_genes)):
        deleted = {gene: bool(truth.deleted) for gene, truth in genes.items()}
        deleted |= dict(zip(open_genes, choice, strict=True))
        found.add(plain_class(deleted, homozygous, definition))
    return frozenset(found)
