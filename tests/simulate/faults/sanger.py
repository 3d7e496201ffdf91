"""Everything that can be wrong with a Sanger sample, by the name of the flag it must raise.

A fault changes the plan of the sample, the tags of its first read, or the bytes of its first file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from der22.simulate.abif_writer import AbifTag, numbers_tag
from der22.simulate.chemistry import ReadConditions
from der22.simulate.molecules import (
    PRIMERS,
    Molecule,
    Substitution,
    as_molecules,
    mutation_change,
)
from simulate.sanger_plan import SamplePlan

__all__ = ["SANGER_FAULTS", "SangerFault"]

_TEXT_FILE = b"This is not a trace. The export failed; ask the sequencing facility.\n"
_DATA9_TO_12 = frozenset(("DATA", number) for number in range(9, 13))


def _same_plan(plan: SamplePlan) -> SamplePlan:
    return plan


def _same_tags(tags: list[AbifTag]) -> list[AbifTag]:
    return tags


def _same_bytes(content: bytes) -> bytes:
    return content


@dataclass(frozen=True, slots=True)
class SangerFault:
    """One fault.

    Attributes:
        code: the flag it must raise.
        what: what is done, in words.
        plan: changes the mixture or the reads before anything is simulated.
        tags: changes the tags of the first read before they are written as .ab1.
        content: changes the bytes of the first file.
    """

    code: str
    what: str
    plan: Callable[[SamplePlan], SamplePlan] = _same_plan
    tags: Callable[[list[AbifTag]], list[AbifTag]] = _same_tags
    content: Callable[[bytes], bytes] = _same_bytes


def _first_read(conditions: ReadConditions) -> Callable[[SamplePlan], SamplePlan]:
    """Return a plan change that runs the first reaction under other conditions."""

    def change(plan: SamplePlan) -> SamplePlan:
        first = replace(plan.reads[0], conditions=conditions)
        return replace(plan, reads=(first, *plan.reads[1:]))

    return change


def _every_read(conditions: ReadConditions) -> Callable[[SamplePlan], SamplePlan]:
    """Return a plan change that runs all reactions under other conditions."""

    def change(plan: SamplePlan) -> SamplePlan:
        reads = (replace(read, conditions=conditions) for read in plan.reads)
        return replace(plan, reads=tuple(reads))

    return change


def _mixture(*parts: Molecule) -> Callable[[SamplePlan], SamplePlan]:
    """Return a plan change that puts another mixture in the tube."""

    def change(plan: SamplePlan) -> SamplePlan:
        return replace(plan, molecules=as_molecules(parts))

    return change


def _carrying(fraction: float, *names: str) -> Molecule:
    return Molecule(fraction, tuple(Substitution(*mutation_change(name)) for name in names))


def _substituted(fraction: float, position_c: int, ref: str, alt: str) -> Molecule:
    return Molecule(fraction, (Substitution(position_c, ref, alt),))


def _alien(plan: SamplePlan) -> SamplePlan:
    return replace(plan, reads=(replace(plan.reads[0], alien=True), *plan.reads[1:]))


def _written_twice(plan: SamplePlan) -> SamplePlan:
    first = plan.reads[0]
    again = replace(first, suffix=f"{first.suffix}_again", copy_of=0)
    return replace(plan, reads=(*plan.reads, again))


def _other_primer(plan: SamplePlan) -> SamplePlan:
    first = plan.reads[0]
    other = PRIMERS["reverse" if first.direction == "forward" else "forward"]
    return replace(plan, reads=(replace(first, primer=other), *plan.reads[1:]))


def _first_only(plan: SamplePlan) -> SamplePlan:
    return replace(plan, reads=plan.reads[:1])


def _unequal_strands(plan: SamplePlan) -> SamplePlan:
    """Let the reverse reaction copy the mutant badly, as over a primer mismatch."""
    plan = replace(plan, molecules=as_molecules([_carrying(0.7, "T315I")]))
    poor = as_molecules([_carrying(0.2, "T315I")])
    reads = (
        replace(read, molecules=poor) if read.direction == "reverse" else read
        for read in plan.reads
    )
    return replace(plan, reads=tuple(reads))


def _without(*keys: tuple[str, int]) -> Callable[[list[AbifTag]], list[AbifTag]]:
    """Return a change that leaves tags out of the file."""

    def change(tags: list[AbifTag]) -> list[AbifTag]:
        return [tag for tag in tags if (tag.name, tag.number) not in keys]

    return change


def _with_empty_channels(tags: list[AbifTag]) -> list[AbifTag]:
    """Write DATA9 to DATA12 without elements."""
    return [
        replace(tag, n_elements=0, payload=b"") if (tag.name, tag.number) in _DATA9_TO_12 else tag
        for tag in tags
    ]


def _without_calls(tags: list[AbifTag]) -> list[AbifTag]:
    """Leave out both call sets and all that is measured on them."""
    gone = (*_PLOC, *_PCON, ("PBAS", 1), ("PBAS", 2), ("SPAC", 1), ("SPAC", 3), ("S/N%", 1))
    unmeasured = [numbers_tag("SPAC", number, 0.0, "f4") for number in (1, 3)]
    return [*_without(*gone)(tags), *unmeasured, numbers_tag("S/N%", 1, np.zeros(4))]


def _edited(tags: list[AbifTag]) -> list[AbifTag]:
    """Change five letters of set 1 by hand, as an editor does."""
    changed = []
    for tag in tags:
        if (tag.name, tag.number) == ("PBAS", 1):
            letters = list(tag.payload.decode("ascii"))
            for at in range(len(letters) // 3, len(letters) // 3 + 50, 10):
                letters[at] = {"A": "G", "C": "T", "G": "A", "T": "C"}.get(letters[at], "A")
            tag = replace(tag, payload="".join(letters).encode("ascii"))
        changed.append(tag)
    return changed


def _qualities_cut(tags: list[AbifTag]) -> list[AbifTag]:
    return [
        replace(tag, n_elements=tag.n_elements - 7, payload=tag.payload[:-7])
        if tag.name == "PCON"
        else tag
        for tag in tags
    ]


def _zero_qualities(tags: list[AbifTag]) -> list[AbifTag]:
    return [
        replace(tag, payload=bytes(len(tag.payload))) if tag.name == "PCON" else tag for tag in tags
    ]


def _cut_short(content: bytes) -> bytes:
    return content[: 3 * len(content) // 5]


def _text(content: bytes) -> bytes:
    return _TEXT_FILE


_BLANK = ReadConditions(signal=0.0)
_LARGE_BLOB = ReadConditions(blob=1.5)
_PLOC = (("PLOC", 1), ("PLOC", 2))
_PCON = (("PCON", 1), ("PCON", 2))
_UNLISTED = (1007, "A", "G")  # p.Asn336Ser, named in no list

_FAULTS: Mapping[str, SangerFault] = {
    "UNREADABLE_FILE": SangerFault("UNREADABLE_FILE", "cut off after 60 %", content=_cut_short),
    "UNREADABLE_FILE_TEXT": SangerFault("UNREADABLE_FILE", "a text file", content=_text),
    "MISSING_CHANNEL": SangerFault(
        "MISSING_CHANNEL", "DATA10 is not there", tags=_without(("DATA", 10))
    ),
    "MISSING_CHANNEL_EMPTY": SangerFault(
        "MISSING_CHANNEL", "DATA9 to DATA12 hold nothing", tags=_with_empty_channels
    ),
    "NO_BASECALLS": SangerFault("NO_BASECALLS", "no call set", tags=_without_calls),
    "NO_PEAK_POSITIONS": SangerFault("NO_PEAK_POSITIONS", "no PLOC", tags=_without(*_PLOC)),
    "NO_SIGNAL": SangerFault("NO_SIGNAL", "a blank capillary", plan=_first_read(_BLANK)),
    "LOW_QUALITY_READ": SangerFault(
        "LOW_QUALITY_READ", "a reaction that nearly failed",
        plan=_first_read(ReadConditions(60.0, noise_factor=12.0, length_factor=0.1)),
    ),
    "NOT_REFERENCE": SangerFault("NOT_REFERENCE", "another gene", plan=_alien),
    "DUPLICATE_READ": SangerFault("DUPLICATE_READ", "one read twice", plan=_written_twice),
    "DOUBLE_SEQUENCE": SangerFault(
        "DOUBLE_SEQUENCE", "35INS at 45 %", plan=_mixture(Molecule(0.45, event="35INS"))
    ),
    "DIRECTION_DIFFERS_FROM_PRIMER": SangerFault(
        "DIRECTION_DIFFERS_FROM_PRIMER", "the first primer is the other one", plan=_other_primer
    ),
    "EDITED_CALLS_DIFFER": SangerFault("EDITED_CALLS_DIFFER", "5 edited letters", tags=_edited),
    "CALL_LENGTHS_DIFFER": SangerFault(
        "CALL_LENGTHS_DIFFER", "7 qualities are missing at the end", tags=_qualities_cut
    ),
    "NO_QUALITY_VALUES": SangerFault("NO_QUALITY_VALUES", "no PCON", tags=_without(*_PCON)),
    "NO_QUALITY_VALUES_ZERO": SangerFault(
        "NO_QUALITY_VALUES", "all qualities are 0", tags=_zero_qualities
    ),
    "CHANNEL_ORDER_ASSUMED": SangerFault(
        "CHANNEL_ORDER_ASSUMED", "no FWO_", tags=_without(("FWO_", 1))
    ),
    "DYE_BLOB": SangerFault("DYE_BLOB", "a larger blob than usual", plan=_first_read(_LARGE_BLOB)),
    "NO_WILD_TYPE_CONTROL": SangerFault("NO_WILD_TYPE_CONTROL", "a sample whose run has none"),
    "CONTROL_NOT_WILD_TYPE": SangerFault(
        "CONTROL_NOT_WILD_TYPE", "a control with T315I at 50 %",
        plan=_mixture(_carrying(0.5, "T315I")),
    ),
    "SINGLE_STRAND": SangerFault("SINGLE_STRAND", "only the first read", plan=_first_only),
    "NO_USABLE_READ": SangerFault("NO_USABLE_READ", "all blank", plan=_every_read(_BLANK)),
    "TOO_FEW_CODONS": SangerFault(
        "TOO_FEW_CODONS", "every run is stopped after base 230",
        plan=_every_read(ReadConditions(last_base=230, noise_factor=0.4, blob=0.0)),
    ),
    "STRANDS_DISAGREE": SangerFault(
        "STRANDS_DISAGREE", "T315I 70 % forward, 20 % reverse", plan=_unequal_strands
    ),
    "CODON_PHASE_UNKNOWN": SangerFault(
        "CODON_PHASE_UNKNOWN", "T315I and T315A at 35 % on two molecules",
        plan=_mixture(_carrying(0.35, "T315I"), _carrying(0.35, "T315A")),
    ),
    "COMPOUND_AT_LEAST": SangerFault(
        "COMPOUND_AT_LEAST", "T315I and F359V together at 80 %, each alone at 10 %",
        plan=_mixture(
            _carrying(0.8, "T315I", "F359V"), _carrying(0.1, "T315I"), _carrying(0.1, "F359V")
        ),
    ),
    "COMPOUND_UNDETERMINED": SangerFault(
        "COMPOUND_UNDETERMINED", "T315I and F359V at 35 % on two molecules",
        plan=_mixture(_carrying(0.35, "T315I"), _carrying(0.35, "F359V")),
    ),
    "POLYMORPHISM": SangerFault(
        "POLYMORPHISM", "K247R at 50 %", plan=_mixture(_substituted(0.5, 740, "A", "G"))
    ),
    "SILENT": SangerFault(
        "SILENT", "a silent change of codon 315 at 50 %",
        plan=_mixture(_substituted(0.5, 945, "T", "C")),
    ),
    "SPLICE_VARIANT": SangerFault(
        "SPLICE_VARIANT", "loss of exon 7 at 50 %", plan=_mixture(Molecule(0.5, event="exon7del"))
    ),
    "UNNAMED_CHANGE": SangerFault(
        "UNNAMED_CHANGE", "a change outside the named list at 50 %",
        plan=_mixture(_substituted(0.5, *_UNLISTED)),
    ),
}  # fmt: skip

#: name -> fault; most names are the code itself, a second form of a fault adds a word
SANGER_FAULTS: Mapping[str, SangerFault] = MappingProxyType(_FAULTS)
