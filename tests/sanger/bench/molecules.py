"""Alleles of the ABL1 transcript, what a sequencing primer reads of them, and their HGVS names."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FORWARD", "HOT_SPOTS", "PRODUCTS", "REVERSE", "SPLICE_FORMS", "Allele", "Edit", "Product",
    "Template", "apply_edits", "coding_sequence", "codon_changes", "describe", "named_changes",
    "reverse_complement", "right_aligned", "substitution", "template",
]  # fmt: skip

Ints = NDArray[np.int64]

FORWARD, REVERSE = "forward", "reverse"
#: codons a negative must cover
HOT_SPOTS = (250, 252, 253, 255, 299, 315, 317, 351, 355, 359, 396)

_FOLDER = Path(__file__).parents[3] / "resources" / "abl1"
_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


@cache
def coding_sequence() -> str:
    """Return the coding sequence from its ATG on."""
    lines = (_FOLDER / "coding_sequence.fa").read_text(encoding="utf-8").splitlines()
    return "".join(line for line in lines if not line.startswith(">"))


@cache
def named_changes() -> Mapping[str, tuple[Edit, ...]]:
    """Return the named substitutions of one base: usual name -> every way to it."""
    found: dict[str, tuple[Edit, ...]] = {}
    with (_FOLDER / "mutations.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            change = row["hgvs_c"].rsplit("c.", 1)[-1]
            if ">" not in change:
                continue
            position, alt = int(change[:-3]), change[-1]
            found[row["mutation"]] = (*found.get(row["mutation"], ()), substitution(position, alt))
    return found


def reverse_complement(sequence: str) -> str:
    """Return the other strand, read in its own direction."""
    return sequence.translate(_COMPLEMENT)[::-1]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Bases c.first to c.last replaced; an insertion before c.first has last = first - 1.

    Attributes:
        first: counts from 1 in the coding sequence.
        last: counts from 1, included.
        inserted: bases instead.
    """

    first: int
    last: int
    inserted: str = ""

    @property
    def size(self) -> int:
        """Return by how many bases the molecule grows."""
        return len(self.inserted) - (self.last - self.first + 1)

    @property
    def codon(self) -> int:
        """Return the codon of its first base."""
        return (self.first - 1) // 3 + 1

    @property
    def ref(self) -> str:
        """Return the bases that go."""
        return coding_sequence()[self.first - 1 : self.last]

    @property
    def is_substitution(self) -> bool:
        """Return whether one base became another."""
        return self.first == self.last and len(self.inserted) == 1


def substitution(position: int, alt: str) -> Edit:
    """Return the change of one base."""
    return Edit(position, position, alt)


@dataclass(frozen=True, slots=True)
class Allele:
    """One kind of molecule.

    Attributes:
        share: of the amplified transcript, 0-1.
        edits: against the reference, apart from each other.
    """

    share: float
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """What PCR amplifies, between and with the primers, on the reference.

    Attributes:
        first: c. of the first base of the forward primer.
        last: c. of the last base opposite the reverse primer.
        forward_nt: length of the forward primer.
        reverse_nt: length of the reverse primer.
    """

    first: int
    last: int
    forward_nt: int
    reverse_nt: int


#: usual second round; a longer one of laboratories that place primers outside of it
PRODUCTS = (Product(658, 1520, 19, 25), Product(630, 1552, 20, 22))


@dataclass(frozen=True, slots=True)
class Template:
    """What a polymerase copies from a primer on, as the read shows it.

    Attributes:
        sequence: primer, then the bases of the read.
        start: number of primer bases.
        positions: c. of each base of the sequence, 0 where the reference has none.
        share: of all molecules, 0-1.
    """

    sequence: str
    start: int
    positions: Ints
    share: float


def apply_edits(edits: Iterable[Edit], first: int = 1, last: int | None = None) -> tuple[str, Ints]:
    """Return the bases c.first to c.last of an allele and the c. position of each (0 = inserted).

    Raises:
        ValueError: edits overlap or leave the stretch.
    """
    reference = coding_sequence()
    last = len(reference) if last is None else last
    parts: list[str] = []
    places: list[Ints] = []
    at = first
    for edit in sorted(edits):
        if edit.first < at or edit.last > last:
            raise ValueError(f"{edit} overlaps another edit or leaves c.{first}-{last}")
        parts += [reference[at - 1 : edit.first - 1], edit.inserted]
        places.append(np.arange(at, edit.first))
        own: Ints = np.zeros(len(edit.inserted), dtype=np.int64)
        if edit.size == 0:
            own = np.arange(edit.first, edit.last + 1)
        places.append(own)
        at = edit.last + 1
    parts.append(reference[at - 1 : last])
    places.append(np.arange(at, last + 1))
    return "".join(parts), np.concatenate(places).astype(np.int64)


def template(allele: Allele, product: Product, direction: str) -> Template:
    """Return what a read in `direction` shows of an allele."""
    sequence, positions = apply_edits(allele.edits, product.first, product.last)
    if direction == FORWARD:
        return Template(sequence, product.forward_nt, positions, allele.share)
    return Template(
        reverse_complement(sequence), product.reverse_nt, positions[::-1].copy(), allele.share
    )


def right_aligned(edit: Edit) -> Edit:
    """Return the same molecule with the change as far 3' as it goes (HGVS), pure changes only."""
    reference, first, last, inserted = coding_sequence(), edit.first, edit.last, edit.inserted
    if inserted and last >= first:
        return edit
    if not inserted:
        while last < len(reference) and reference[first - 1] == reference[last]:
            first, last = first + 1, last + 1
        return Edit(first, last)
    while first <= len(reference) and inserted[0] == reference[first - 1]:
        inserted = inserted[1:] + inserted[0]
        first += 1
    return Edit(first, first - 1, inserted)


def describe(edit: Edit) -> str:
    """Return the HGVS name of a change in the coding sequence, without the accession."""
    reference = coding_sequence()
    edit = right_aligned(edit)
    first, last, inserted = edit.first, edit.last, edit.inserted
    if edit.is_substitution:
        return f"c.{first}{edit.ref}>{inserted}"
    span = f"{first}" if first == last else f"{first}_{last}"
    if not inserted:
        return f"c.{span}del"
    if last >= first:
        return f"c.{span}delins{inserted}"
    before = first - len(inserted)
    if before >= 1 and reference[before - 1 : first - 1] == inserted:
        span = f"{before}" if before == first - 1 else f"{before}_{first - 1}"
        return f"c.{span}dup"
    return f"c.{first - 1}_{first}ins{inserted}"


def _invented(n: int, seed: int) -> str:
    """Return bases of an intron whose sequence is not known; invented, the same every time."""
    return "".join(np.random.default_rng([n, seed]).choice(list("ACGT"), n))


_INTRON_8 = _invented(35, 8) + _invented(44, 8)

#: forms of the transcript at exon joins (artifacts.csv), and exon 8 skipped
SPLICE_FORMS: Mapping[str, Edit] = {
    "35INS": Edit(1424, 1423, _INTRON_8[:35]),
    "79INS": Edit(1424, 1423, _INTRON_8),
    "84INS": Edit(1271, 1270, _invented(84, 7)),
    "231INS": Edit(823, 822, _invented(231, 4)),
    "exon7del": Edit(1086, 1270),
    "exon8del": Edit(1271, 1423),
    "exon4part": Edit(742, 822),
}


def codon_changes(edits: Sequence[Edit]) -> list[Edit]:
    """Return substitutions one by one and, within a codon of one molecule, together."""
    single = sorted(edit for edit in edits if edit.is_substitution)
    found = list(single)
    for codon in sorted({edit.codon for edit in single}):
        mates = [edit for edit in single if edit.codon == codon]
        if len(mates) > 1:
            first, last = mates[0].first, mates[-1].last
            bases, _ = apply_edits(mates, first, last)
            found.append(Edit(first, last, bases))
    return found
