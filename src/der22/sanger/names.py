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
_DELINS = re.compile(r"(?:[^:\s]+:)?[cn]\.(\d+)_(\d+)delins([ACGT]+)")
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
    return _with_protein(reference, hgvs_c, codon + 1, _CODE[old], _CODE[new])


def _with_protein(reference: Reference, hgvs_c: str, codon: int, old: str, new: str) -> ChangeName:
    accession = f"{reference.protein}:" if reference.protein else ""
    change = "=" if old == new else _LONG[new]
    return ChangeName(
        hgvs_c=hgvs_c,
        hgvs_p=f"{accession}p.({_LONG[old]}{codon}{change})",
        mutation=f"{old}{codon}{new}",
        codon=codon,
        is_silent=old == new,
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
        change = _parse_change(mutation.hgvs_c)
        if change is None:
            continue
        position, alt = change
        for offset, base in enumerate(alt):
            if reference.sequence[position - 1 + offset] != base:
                found.add((position + offset, base))
    return frozenset(found)


def _parse_change(text: str) -> tuple[int, str] | None:
    """Return first position and replacing bases of a substitution or delins, None for others."""
    single = _SUBSTITUTION.fullmatch(text)
    if single:
        return int(single[1]), single[3]
    several = _DELINS.fullmatch(text)
    if several and int(several[2]) - int(several[1]) + 1 == len(several[3]):
        return int(several[1]), several[3]
    return None


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
        if residue is not None and (not name or codon_offset):
            here = _residue_here(reference, residue, codon_offset)
        elif base is not None and (not name or c_offset):
            here = _base_here(reference, base, c_offset)
        if here:
            found.append((here, f"{text.strip()} counted as {name}" if name else ""))
    return tuple(found)


def _residue_here(reference: Reference, name: re.Match[str], offset: int) -> str:
    codon = int(name[2]) - offset
    if not 1 <= codon <= len(reference.sequence) // 3 or not reference.is_coding:
        return ""
    if codon_residue(reference, codon) != name[1]:
        return ""
    return f"{name[1]}{codon}{name[1] if name[3] == '=' else name[3]}"


def _base_here(reference: Reference, name: re.Match[str], offset: int) -> str:
    position = int(name[1]) - offset
    if not 1 <= position <= len(reference.sequence):
        return ""
    if reference.sequence[position - 1] != name[2]:
        return ""
    kind = "c" if reference.is_coding else "n"
    return f"{reference.name}:{kind}.{position}{name[2]}>{name[3]}"


@cache
def named_mask(reference: Reference) -> Mask:
    """Return which alternatives of the window are named mutations; rows A, C, G, T."""
    mask = np.zeros((4, len(reference.window)), dtype=np.bool_)
    for position, base in changed_bases(reference):
        if reference.window_first <= position <= reference.window_last:
            mask["ACGT".index(base), position - reference.window_first] = True
    mask.flags.writeable = False
    return mask
