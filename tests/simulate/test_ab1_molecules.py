from __future__ import annotations

import numpy as np
import pytest
from Bio.Seq import Seq

from der22.simulate.molecules import (
    INSERTED,
    SPLICE_EVENTS,
    Molecule,
    Substitution,
    as_molecules,
    coding_sequence,
    mutation_change,
    mutation_changes,
    read_template,
    reverse_complement,
)

WILD_TYPE = Molecule(1.0)


def translated(event: str) -> str:
    """Translate the coding sequence with one splice event up to the first stop."""
    change = SPLICE_EVENTS[event]
    bases = coding_sequence()
    whole = bases[: change.after_c] + change.inserted + bases[change.after_c + change.lost :]
    return str(Seq(whole[: len(whole) // 3 * 3]).translate(to_stop=True))


def test_forward_read_begins_behind_the_primer() -> None:
    """E255K, c.763, is base 87 of a forward read and T315I, c.944, base 268."""
    template = read_template(WILD_TYPE, "forward")
    assert int(np.flatnonzero(template.positions == 763)[0]) + 1 == 87
    assert int(np.flatnonzero(template.positions == 944)[0]) + 1 == 268
    assert template.bases == coding_sequence()[676:1520]


def test_reverse_read_begins_behind_the_primer() -> None:
    """E255K is base 733 of a reverse read, T315I 552 and F486S, c.1457, base 39."""
    template = read_template(WILD_TYPE, "reverse")
    places = [int(np.flatnonzero(template.positions == c)[0]) + 1 for c in (763, 944, 1457)]
    assert places == [733, 552, 39]
    assert template.bases == str(Seq(coding_sequence()[657:1495]).reverse_complement())


@pytest.mark.parametrize(
    ("direction", "shift", "place"),
    [("forward", 60, 147), ("forward", -40, 47), ("reverse", -100, 633), ("reverse", 30, 763)],
)
def test_a_primer_further_out(direction: str, shift: int, place: int) -> None:
    """A primer so many bases further out moves E255K by as many bases into the read."""
    template = read_template(WILD_TYPE, direction, shift)
    assert int(np.flatnonzero(template.positions == 763)[0]) + 1 == place


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("T315I", (944, "C", "T")),
        ("T315L", (943, "AC", "CT")),
        ("T315M", (944, "CT", "TG")),
        ("E255K", (763, "G", "A")),
        ("V280I", (838, "GTG", "ATA")),
        ("F359A", (1075, "TT", "GC")),
    ],
)
def test_mutation_names(name: str, change: tuple[int, str, str]) -> None:
    """A mutation name gives the bases that change, without those that stay at its ends."""
    assert mutation_change(name) == change


def test_one_name_many_spellings() -> None:
    """F317L is spelt three ways; the first listed is the one taken."""
    assert mutation_changes("F317L") == ((949, "T", "C"), (951, "C", "A"), (951, "C", "G"))
    with pytest.raises(KeyError, match="T315Z"):
        mutation_changes("T315Z")


@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_a_change_is_seen_on_both_strands(direction: str) -> None:
    """A substitution changes exactly its own base of the template, complemented when reverse."""
    mutant = read_template(Molecule(1.0, (Substitution(944, "C", "T"),)), direction)
    normal = read_template(WILD_TYPE, direction)
    differing = [
        i for i, (a, b) in enumerate(zip(mutant.bases, normal.bases, strict=True)) if a != b
    ]
    assert [int(mutant.positions[i]) for i in differing] == [944]
    assert mutant.bases[differing[0]] == ("T" if direction == "forward" else "A")


@pytest.mark.parametrize(
    ("event", "length", "residue", "stop"),
    [
        ("35INS", 35, (475, "Y"), 485),
        ("79INS", 79, (475, "Y"), 485),
        ("84INS", 84, (424, "E"), 441),
        ("231INS", 231, (275, "L"), 315),
    ],
)
def test_insertions_end_as_published(
    event: str, length: int, residue: tuple[int, str], stop: int
) -> None:
    """p.Cys475Tyrfs*11, p.Ala424Glufs*18 and p.Glu275Leufs*41 follow from the invented bases."""
    assert len(SPLICE_EVENTS[event].inserted) == length
    protein = translated(event)
    assert protein[residue[0] - 1] == residue[1]
    assert len(protein) + 1 == stop


def test_splice_events_in_the_template() -> None:
    """35INS puts 35 bases without a position behind c.1423; exon 7 loss joins 1085 to 1271."""
    template = read_template(Molecule(1.0, event="35INS"), "forward")
    new = np.flatnonzero(template.positions == INSERTED)
    assert new.size == 35
    assert template.positions[new[0] - 1] == 1423
    assert template.positions[new[-1] + 1] == 1424
    skipped = read_template(Molecule(1.0, event="exon7del"), "reverse").positions
    joined = int(np.flatnonzero(skipped == 1271)[0])
    assert skipped[joined + 1] == 1085


def test_the_rest_is_wild_type() -> None:
    """Fractions below 1 are filled with wild type; none at all is wild type alone."""
    mixture = as_molecules([Substitution(944, "C", "T", 0.3), Molecule(0.2, event="35INS")])
    assert [molecule.fraction for molecule in mixture] == pytest.approx([0.3, 0.2, 0.5])
    assert mixture[-1].changes == ()
    assert as_molecules([]) == (Molecule(1.0),)


@pytest.mark.parametrize("fractions", [(0.7, 0.31), (-0.1, 0.2), (1.2, 0.0)])
def test_impossible_mixtures(fractions: tuple[float, float]) -> None:
    """Shares that no tube can hold are refused."""
    with pytest.raises(ValueError, match=r"fraction"):
        as_molecules([Molecule(fraction) for fraction in fractions])


def test_a_change_must_fit_the_sequence() -> None:
    """A reference base that is not there is refused with what is there."""
    with pytest.raises(ValueError, match="the product has 'C' there"):
        read_template(Molecule(1.0, (Substitution(944, "G", "T"),)), "forward")
    with pytest.raises(ValueError, match="direction"):
        read_template(WILD_TYPE, "sideways")


def test_reverse_complement() -> None:
    """Twice the other strand is the strand."""
    assert reverse_complement("AACGT") == "ACGTT"
    assert reverse_complement(reverse_complement("GATTACA")) == "GATTACA"
