"""Names of changes: HGVS on transcript and protein, the short name, and other ways to count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from der22.arrays import Mask
from der22.formats.reference_folder import Reference

__all__ = [
    "ChangeName",
    "changed_bases",
    "codon_residue",
    "find_change",
    "name_change",
    "named_mask",
    "polymorphism_mask",
]

_BASES = "TCAG"
_RESIDUES = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
#: standard genetic code, NCBI translation table 1
_CODE = {
    a + b + c: _RESIDUES[16 * i + 4 * j + k]
    for i, a in enumerate(_BASES)
    for j, b in enumerate(_BASES)
    for k, c in enumerate(_BASES)
}
_LONG = {
    "A": "Ala", "R": "Arg", "N": "Asn", "D": "Asp", "C": "Cys", "Q": "Gln", "E": "Glu",
    "G": "Gly", "H": "His", "I": "Ile", "L": "Leu", "K": "Lys", "M": "Met", "F": "Phe",
    "P": "Pro", "S": "Ser", "T": "Thr", "W": "Trp", "Y": "Tyr", "V": "Val", "*": "Ter",
}  # fmt: skip
_SUBSTITUTION = re.compile(r"(?:[^:\s]+:)?[cn]\.(\d+)([ACGT])>([ACGT])")
_CHANGE = re.compile(r"(?:[^:\s]+:)?[cn]\.(\d+)(?:[ACGT]>([ACGT])|_(\d+)delins([ACGT]+))")
_SHORT_NAME = re.compile(r"(?:p\.)?\(?([A-Z])(\d+)([A-Z*=])\)?")


@dataclass(frozen=True, slots=True)
class ChangeName:
    """The names of one change.

    Attributes:
        hgvs_c: with accession, ``NM_005157.6:c.944C>T``.
        hgvs_p: with accession, blank without a reading frame.
        mutation: ``T315I``, blank without a reading frame.
        codon: None without a reading frame.
        is_silent: whether the protein stays as it is.
    """

    hgvs_c: str
    hgvs_p: str
    mutation: str
    codon: int | None
    is_silent: bool


def name_change(reference: Reference, position: int, alt: str) -> ChangeName:
    """Name a substitution of one to three bases inside one codon.

    Args:
        reference: what the change is named after.
        position: first base, counted in the reference from 1.
        alt: bases that stand there instead; as many as are replaced.

    Raises:
        ValueError: the bases lie outside the reference, change nothing, or span two codons.
    """
    ref = reference.sequence[position - 1 : position - 1 + len(alt)]
    if position < 1 or len(ref) != len(alt) or ref == alt:
        raise ValueError(f"{reference.name}: {position}{ref}>{alt} is no change")
    kind = "c" if reference.is_coding else "n"
    if len(alt) == 1:
        hgvs_c = f"{reference.name}:{kind}.{position}{ref}>{alt}"
    else:
        hgvs_c = f"{reference.name}:{kind}.{position}_{position + len(alt) - 1}delins{alt}"
    if not reference.is_coding:
        return ChangeName(hgvs_c, "", "", None, is_silent=False)
    codon, into = divmod(position - 1, 3)
    if into + len(alt) > 3:
        raise ValueError(f"{reference.name}: {position}{ref}>{alt} spans two codons")
    old = reference.sequence[3 * codon : 3 * codon + 3]
    new = old[:into] + alt + old[into + len(alt) :]
    before, after = _CODE[old], _CODE[new]
    accession = f"{reference.protein}:" if reference.protein else ""
    change = "=" if before == after else _LONG[after]
    return ChangeName(
        hgvs_c=hgvs_c,
        hgvs_p=f"{accession}p.({_LONG[before]}{codon + 1}{change})",
        mutation=f"{before}{codon + 1}{after}",
        codon=codon + 1,
        is_silent=before == after,
    )


def codon_residue(reference: Reference, codon: int) -> str:
    """Return the one-letter residue of a codon of the reference."""
    return _CODE[reference.sequence[3 * codon - 3 : 3 * codon]]


@cache
def changed_bases(reference: Reference) -> frozenset[tuple[int, str]]:
    """Return (position, alternative) of every base that a named mutation changes.

    A named change of two or three bases names each of its bases: T315M is c.944C>T together with
    c.945T>G, and cannot be found unless both are looked for.
    """
    found = set()
    for mutation in reference.mutations:
        change = _CHANGE.fullmatch(mutation.hgvs_c)
        if change is None:
            continue
        first, single, last, several = change.groups()
        position, alt = int(first), single or several
        if last and int(last) - position + 1 != len(alt):
            continue
        for offset, base in enumerate(alt):
            if reference.sequence[position - 1 + offset] != base:
                found.add((position + offset, base))
    return frozenset(found)


def find_change(reference: Reference, text: str) -> tuple[tuple[str, str], ...]:
    """Translate a name someone wrote into the names of this reference.

    Isoform Ib counts codons 19 further; papers before 2005 count nucleotides from the start of
    M14752. A name is accepted only where the base or residue it states stands there.

    Args:
        reference: with its other numberings.
        text: such as ``T334I``, ``c.1001C>T``, ``T315I``.

    Returns:
        Pairs of (name here, note); the note is blank where the name is already ours. Empty where
        nothing fits; more than one where the name fits several numberings, never a guess.
    """
    residue = _SHORT_NAME.fullmatch(text.strip())
    base = _SUBSTITUTION.fullmatch(text.strip())
    found: list[tuple[str, str]] = []
    ways = [("", 0, 0)] + [(n.name, n.codon_offset, n.c_offset) for n in reference.numberings]
    for name, codon_offset, c_offset in ways:
        here = ""
        if residue is not None and reference.is_coding and (not name or codon_offset):
            codon = int(residue[2]) - codon_offset
            is_inside = 1 <= codon <= len(reference.sequence) // 3
            if is_inside and codon_residue(reference, codon) == residue[1]:
                here = f"{residue[1]}{codon}{residue[1] if residue[3] == '=' else residue[3]}"
        elif base is not None and (not name or c_offset):
            position = int(base[1]) - c_offset
            is_inside = 1 <= position <= len(reference.sequence)
            if is_inside and reference.sequence[position - 1] == base[2]:
                kind = "c" if reference.is_coding else "n"
                here = f"{reference.name}:{kind}.{position}{base[2]}>{base[3]}"
        if here:
            found.append((here, f"{text.strip()} counted as {name}" if name else ""))
    return tuple(found)


@cache
def named_mask(reference: Reference) -> Mask:
    """Return which alternatives of the window are named mutations; rows A, C, G, T."""
    mask = np.zeros((4, len(reference.window)), dtype=np.bool_)
    for position, base in changed_bases(reference):
        if reference.window_first <= position <= reference.window_last:
            mask["ACGT".index(base), position - reference.window_first] = True
    mask.flags.writeable = False
    return mask


@cache
def polymorphism_mask(reference: Reference) -> Mask:
    """Return which alternatives of the window are known polymorphisms; rows A, C, G, T."""
    mask = np.zeros((4, len(reference.window)), dtype=np.bool_)
    for name in reference.polymorphisms:
        change = _SUBSTITUTION.fullmatch(name)
        if change and reference.window_first <= int(change[1]) <= reference.window_last:
            mask["ACGT".index(change[3]), int(change[1]) - reference.window_first] = True
    mask.flags.writeable = False
    return mask
