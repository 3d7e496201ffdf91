"""Mixtures of amplified BCR::ABL1 transcripts: what is in the tube before the reaction.

A molecule is the kinase-domain product of the second PCR round, from the first base of one primer
to the last base of the other, with substitutions and at most one splice event. Positions are those
of the coding sequence NM_005157.6 (c.1 = A of the start codon).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from der22.arrays import Ints
from der22.resources import resource_path
from der22.simulate.shipped_table import read_shipped

__all__ = [
    "INSERTED",
    "PRIMERS",
    "SPLICE_EVENTS",
    "Molecule",
    "SpliceEvent",
    "Substitution",
    "Template",
    "as_molecules",
    "coding_sequence",
    "mutation_change",
    "mutation_changes",
    "read_template",
    "reverse_complement",
]

#: position of a base that the coding sequence does not have
INSERTED = 0
#: direction -> sequencing primer
PRIMERS = {"forward": "ABL1kinaseF", "reverse": "ABL1kinaseR"}

_COMPLEMENT = str.maketrans("ACGT", "TGCA")


@dataclass(frozen=True, slots=True)
class _PrimerRow:
    """What is read of the table of primers."""

    name: str
    sequence: str


@dataclass(frozen=True, slots=True)
class _MutationRow:
    """What is read of the table of named mutations."""

    mutation: str
    codon: str
    ref_codon: str
    alt_codon: str


@dataclass(frozen=True, slots=True)
class Substitution:
    """A substitution of one or more neighbouring bases and its share of the transcripts.

    Attributes:
        position_c: coding position of the first base.
        ref: bases of the coding sequence there.
        alt: as many other bases.
        fraction: 0 to 1; inside a `Molecule` the molecule's own fraction counts instead.
    """

    position_c: int
    ref: str
    alt: str
    fraction: float = 1.0


@dataclass(frozen=True, slots=True)
class SpliceEvent:
    """An insertion after, or a loss from, one coding position.

    Attributes:
        after_c: last coding base before the event.
        inserted: bases put in. They are invented: intron sequence is not shipped, only length,
            place and, where published, the residue and stop that follow are true.
        lost: how many coding bases are missing after `after_c`.
    """

    after_c: int
    inserted: str = ""
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Molecule:
    """One kind of transcript.

    Attributes:
        fraction: share of all transcripts, 0 to 1.
        changes: substitutions that lie together on it; their own fractions are ignored.
        event: key of `SPLICE_EVENTS`, or None.
    """

    fraction: float
    changes: tuple[Substitution, ...] = ()
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """What a sequencing reaction copies, in reading order, from the base after the primer on.

    Attributes:
        bases: the bases as they are read (complemented for a reverse read).
        positions: int array (len(bases),), coding position of each base, `INSERTED` for none.
    """

    bases: str
    positions: Ints


def _invented(length: int, start: str, stop_at: int, seed: int) -> str:
    """Return `length` invented bases: `start`, sense codons, one TAA at `stop_at`, sense codons."""
    rng = np.random.default_rng(seed)
    bases = start
    while len(bases) < length:
        codon = "".join(rng.choice(list("ACGT"), 3))
        if len(bases) == stop_at:
            codon = "TAA"
        elif codon in ("TAA", "TAG", "TGA"):
            continue
        bases += codon
    return bases[:length]


# METHOD: lengths and places after Blood 2011;118:5250 (35INS) and Int J Lab Hematol 2011;33:326
# (79, 84 and 231 nt); the stops are those of p.Cys475Tyrfs*11, p.Ala424Glufs*18, p.Glu275Leufs*41.
_INS35 = _invented(35, "AT", 29, seed=35)
SPLICE_EVENTS: Mapping[str, SpliceEvent] = MappingProxyType(
    {
        "35INS": SpliceEvent(1423, _INS35),
        "79INS": SpliceEvent(1423, _INS35 + _invented(44, "", -1, seed=79)),
        "84INS": SpliceEvent(1270, _invented(84, "AA", 50, seed=84)),
        "231INS": SpliceEvent(822, _invented(231, "CTG", 120, seed=231)),
        "exon7del": SpliceEvent(1085, lost=185),
    }
)


def reverse_complement(bases: str) -> str:
    """Return the other strand, read 5' to 3'."""
    return bases.translate(_COMPLEMENT)[::-1]


@cache
def coding_sequence() -> str:
    """Return the coding sequence of ABL1, NM_005157.6, in capitals."""
    lines = resource_path("abl1/coding_sequence.fa").read_text(encoding="utf-8").splitlines()
    return "".join(line.strip() for line in lines if not line.startswith(">")).upper()


@cache
def _product() -> tuple[int, int, int, int]:
    """Return first base, first read base, last read base and last base of the PCR product (c.)."""
    rows = read_shipped("abl1/primers.csv", _PrimerRow)
    sequences = {name.strip(): row.sequence for row in rows for name in row.name.split("/")}
    reference = coding_sequence()
    forward, reverse = (sequences[primer] for primer in PRIMERS.values())
    reverse = reverse_complement(reverse)
    first = reference.index(forward) + 1
    last = reference.index(reverse) + len(reverse)
    return first, first + len(forward), last - len(reverse), last


def as_molecules(mixture: Sequence[Molecule | Substitution]) -> tuple[Molecule, ...]:
    """Return the molecules of a mixture, filled up to 1 with wild type.

    Args:
        mixture: molecules, or substitutions that lie each on a molecule of its own.

    Raises:
        ValueError: a fraction outside 0 to 1, or together above 1 (then some must share a
            molecule, which only `Molecule` can say).
    """
    molecules = [
        item if isinstance(item, Molecule) else Molecule(item.fraction, (item,)) for item in mixture
    ]
    if any(not 0.0 <= molecule.fraction <= 1.0 for molecule in molecules):
        raise ValueError("a fraction lies outside 0 to 1")
    rest = 1.0 - sum(molecule.fraction for molecule in molecules)
    if rest < -1e-9:
        raise ValueError(
            f"the fractions add up to {1.0 - rest:.3f}; put changes that share a transcript "
            "into one Molecule"
        )
    if rest > 1e-9:
        molecules.append(Molecule(rest))
    return tuple(molecules)


def read_template(molecule: Molecule, direction: str, primer_shift_nt: int = 0) -> Template:
    """Return what a forward or reverse read of a molecule sees.

    Args:
        molecule: the transcript.
        direction: forward or reverse.
        primer_shift_nt: how far further out than the usual primer the read begins.

    Raises:
        ValueError: a change does not fit the coding sequence, or the direction is no direction.
    """
    first, after_forward, before_reverse, last = _product()
    if direction == "forward":
        first, after_forward = first - primer_shift_nt, after_forward - primer_shift_nt
    else:
        before_reverse, last = before_reverse + primer_shift_nt, last + primer_shift_nt
    bases = list(coding_sequence()[first - 1 : last])
    for change in molecule.changes:
        start = change.position_c - first
        ref = "".join(bases[start : start + len(change.ref)]) if start >= 0 else ""
        if ref != change.ref or len(change.alt) != len(change.ref):
            raise ValueError(
                f"c.{change.position_c}{change.ref}>{change.alt}: the product has {ref!r} there"
            )
        bases[start : start + len(change.ref)] = change.alt
    positions = np.arange(first, last + 1)
    if molecule.event is not None:
        event = SPLICE_EVENTS[molecule.event]
        cut = event.after_c - first + 1
        bases = bases[:cut] + list(event.inserted) + bases[cut + event.lost :]
        inserted = np.full(len(event.inserted), INSERTED)
        positions = np.concatenate([positions[:cut], inserted, positions[cut + event.lost :]])
    text = "".join(bases)
    if direction == "forward":
        skip = after_forward - first
        return Template(text[skip:], positions[skip:])
    if direction == "reverse":
        skip = last - before_reverse
        return Template(reverse_complement(text)[skip:], positions[::-1][skip:])
    raise ValueError(f"{direction!r}: a direction is forward or reverse")


@cache
def mutation_changes(name: str) -> tuple[tuple[int, str, str], ...]:
    """Return every way the shipped table spells a mutation such as ``F317L``.

    Returns:
        Tuples of coding position, reference bases and alternative bases, without common ends.

    Raises:
        KeyError: the table does not list the name.
    """
    changes = []
    for row in read_shipped("abl1/mutations.csv", _MutationRow):
        if row.mutation != name:
            continue
        position_c, ref, alt = 3 * int(row.codon) - 2, row.ref_codon, row.alt_codon
        while ref[-1:] == alt[-1:] and ref:
            ref, alt = ref[:-1], alt[:-1]
        while ref[:1] == alt[:1] and ref:
            position_c, ref, alt = position_c + 1, ref[1:], alt[1:]
        changes.append((position_c, ref, alt))
    if not changes:
        raise KeyError(f"{name}: not in the table of named ABL1 mutations")
    return tuple(changes)


def mutation_change(name: str) -> tuple[int, str, str]:
    """Return position_c, ref and alt of a mutation; of several spellings the first listed."""
    return mutation_changes(name)[0]
