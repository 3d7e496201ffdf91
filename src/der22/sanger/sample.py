"""All reads of one sample together: rows, verdict per codon, one status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from der22.arrays import Mask
from der22.flags import Flag
from der22.formats.reference_folder import Reference
from der22.sanger.calls import MOSTLY, call_bases, one_sided_flags
from der22.sanger.codes import make_flag
from der22.sanger.codons import judge_codons
from der22.sanger.combine import add_combinations, annotate
from der22.sanger.evidence import (
    combine_reads,
    correct_with_controls,
    hide,
    keep_shared_changes,
)
from der22.sanger.grid import CallGrid, make_grid
from der22.sanger.length import beside_gaps, find_shared_gaps, length_flags
from der22.sanger.names import name_change, named_mask
from der22.sanger.records import (
    CodonVerdict,
    Direction,
    SampleStatus,
    SangerReadResult,
    StrandEvidence,
    Tier,
    Variant,
)
from der22.sanger.settings import SangerSettings
from der22.sanger.splice import behind_joins, find_splice_variants
from der22.sanger.status import StatusVerdict, decide_status

__all__ = ["SequencedSample", "call_sample", "control_fault"]

_NOT_NAMED = {"UNNAMED_CHANGE", "SILENT", "POLYMORPHISM", "SPLICE_VARIANT"}


@dataclass(frozen=True, slots=True)
class SequencedSample:
    """One sample after analysis.

    Attributes:
        status: mutated, possible, wild_type or not_evaluable.
        mutations: names that decide the status, by codon.
        flags: of sample, reads and variants.
        own_flags: those that belong to the sample and to no read or variant.
        message: one sentence.
        variants: rows by position.
        codons: one verdict per codon.
        grid: both strands and the limits in force.
    """

    status: SampleStatus
    mutations: tuple[str, ...]
    flags: tuple[Flag, ...]
    own_flags: tuple[Flag, ...]
    message: str
    variants: tuple[Variant, ...]
    codons: tuple[CodonVerdict, ...]
    grid: CallGrid


def call_sample(
    reads: Sequence[SangerReadResult],
    controls: Sequence[SangerReadResult],
    reference: Reference,
    settings: SangerSettings,
) -> SequencedSample:
    """Call the variants of a sample from its reads.

    Args:
        reads: every read of the sample, refused ones too.
        controls: wild-type reads of the same run, both directions, refused ones too.
        reference: what the reads were placed on.
        settings: thresholds in force.
    """
    splice = find_splice_variants(reads, reference)
    gaps = find_shared_gaps(reads)
    beside = beside_gaps(gaps, len(reference.window))
    forward, reverse = (
        _strand(
            reads,
            controls,
            direction,
            behind_joins(splice, direction, reference) | beside,
            settings,
        )
        for direction in Direction
    )
    corrected, contradicted = _corrected(forward, reverse, reference)
    grid = make_grid(
        *corrected,
        reference,
        settings,
        is_controlled=(forward.n_controls > 0, reverse.n_controls > 0),
        is_doubled=bool(splice),
    )
    variants = add_combinations(call_bases(grid, reference, settings), reference, settings)
    variants = tuple(
        replace(item, flags=item.flags + annotate(item, reference)) for item in variants
    )
    variants = tuple(
        sorted(variants + splice, key=lambda row: (row.position_c, len(row.alt), row.alt))
    )
    codons = judge_codons(grid, variants, reference, settings)
    verdict = decide_status(
        reads, variants, codons, grid, reference, settings, length_flags(gaps, reference)
    )
    own = verdict.flags + one_sided_flags(grid, reference, settings)
    own += contradicted + _control_flags(forward, reverse)
    return _result(reads, variants, codons, grid, verdict, own)


@dataclass(frozen=True, slots=True)
class _Strand:
    """All reads of one direction: as read, with controls taken off, and how many served."""

    read: StrandEvidence | None
    corrected: StrandEvidence | None
    n_controls: int


def _strand(
    reads: Sequence[SangerReadResult],
    controls: Sequence[SangerReadResult],
    direction: Direction,
    hidden: Mask,
    settings: SangerSettings,
) -> _Strand:
    """Combine the reads of one direction and take the controls off."""
    combined = combine_reads(_evidence(reads, direction))
    serving = _evidence(controls, direction)
    if combined is None:
        return _Strand(None, None, 0)
    if hidden.any():
        combined = hide(combined, hidden)
    return _Strand(combined, correct_with_controls(combined, serving, settings), len(serving))


def _corrected(
    forward: _Strand, reverse: _Strand, reference: Reference
) -> tuple[tuple[StrandEvidence | None, StrandEvidence | None], tuple[Flag, ...]]:
    """Return both strands without what controls show, but for changes both strands agree on."""
    before, after = (forward.read, reverse.read), (forward.corrected, reverse.corrected)
    if before[0] is None or before[1] is None or after[0] is None or after[1] is None:
        return after, ()
    strands, kept = keep_shared_changes(
        (before[0], before[1]), (after[0], after[1]), named_mask(reference)
    )
    names = ", ".join(
        name.mutation or name.hgvs_c
        for at, base in zip(*np.nonzero(kept.T), strict=True)
        for name in [name_change(reference, reference.window_first + int(at), "ACGT"[base])]
    )
    if not names:
        return strands, ()
    message = (
        f"Both strands show {names}, and so does a wild-type control of one direction; not taken "
        "off, check the control material"
    )
    return strands, (make_flag("CONTROL_NOT_WILD_TYPE", message),)


def _evidence(
    reads: Sequence[SangerReadResult], direction: Direction
) -> tuple[StrandEvidence, ...]:
    return tuple(
        read.evidence for read in reads if read.evidence is not None and read.direction is direction
    )


def _control_flags(*strands: _Strand) -> tuple[Flag, ...]:
    names = [
        direction
        for direction, strand in zip(Direction, strands, strict=True)
        if strand.read is not None and not strand.n_controls
    ]
    if not names:
        return ()
    message = (
        f"No usable wild-type read of this run in direction {' and '.join(names)}; "
        "sequence a wild-type control with every run"
    )
    return (make_flag("NO_WILD_TYPE_CONTROL", message),)


def _result(
    reads: Sequence[SangerReadResult],
    variants: tuple[Variant, ...],
    codons: tuple[CodonVerdict, ...],
    grid: CallGrid,
    verdict: StatusVerdict,
    own: tuple[Flag, ...],
) -> SequencedSample:
    everything = own
    for read in reads:
        everything += read.flags
    for variant in variants:
        everything += variant.flags
    return SequencedSample(
        status=verdict.status,
        mutations=verdict.mutations,
        flags=everything,
        own_flags=own,
        message=verdict.message,
        variants=variants,
        codons=codons,
        grid=grid,
    )


def control_fault(
    reads: Sequence[SangerReadResult], reference: Reference, settings: SangerSettings
) -> Flag | None:
    """Return why the reads of one wild-type control must not serve, None when they may.

    A change both strands agree on, or a named one that is plain on one strand, the other silent or
    not read: reads of two samples may be filed as one, and a mutated control would hide mutations.

    Args:
        reads: control reads of one sample and run, both directions where given.
        reference: what the reads were placed on.
        settings: thresholds in force.
    """
    result = call_sample(reads, (), reference, settings)
    carried = [
        f"{item.mutation or item.hgvs_c} ({100 * item.fraction:.0f} %)"
        for item in result.variants
        if item.tier is Tier.DETECTED or _is_mostly_on_one_strand(item)
    ]
    if not carried:
        return _one_sided_fault(result)
    message = f"This control carries {', '.join(carried)}; not used, check the control material"
    return make_flag("CONTROL_NOT_WILD_TYPE", message)


def _is_mostly_on_one_strand(variant: Variant) -> bool:
    is_named = not {item.code for item in variant.flags} & _NOT_NAMED
    return variant.tier is Tier.SINGLE_STRAND and is_named and variant.fraction >= MOSTLY


def _one_sided_fault(result: SequencedSample) -> Flag | None:
    for item in result.own_flags:
        if item.code == "STRANDS_DISAGREE":
            return make_flag("CONTROL_NOT_WILD_TYPE", f"This control is not used: {item.message}")
    return None
