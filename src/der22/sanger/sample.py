"""All reads of one sample together: rows, verdict per codon, one status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from der22.flags import Flag
from der22.formats.reference_folder import Reference
from der22.sanger.arrays import Bools
from der22.sanger.calls import call_bases, one_sided_flags
from der22.sanger.codes import flag
from der22.sanger.codons import judge_codons
from der22.sanger.combine import add_combinations, annotate
from der22.sanger.evidence import combine_reads, correct_with_controls, hide
from der22.sanger.grid import CallGrid, make_grid
from der22.sanger.length import beside_gaps, find_shared_gaps, length_flags
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
from der22.sanger.status import Verdict, judge_sample

__all__ = ["SampleResult", "call_sample", "control_fault"]


@dataclass(frozen=True, slots=True)
class SampleResult:
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
) -> SampleResult:
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
    (forward, forward_controls), (reverse, reverse_controls) = (
        _strand(
            reads,
            controls,
            direction,
            behind_joins(splice, direction, reference) | beside,
            settings,
        )
        for direction in Direction
    )
    grid = make_grid(
        forward,
        reverse,
        reference,
        settings,
        is_controlled=(forward_controls > 0, reverse_controls > 0),
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
    verdict = judge_sample(
        reads, variants, codons, grid, reference, settings, length_flags(gaps, reference)
    )
    own = verdict.flags + one_sided_flags(grid, reference, settings)
    own += _control_flags((forward, forward_controls), (reverse, reverse_controls))
    return _result(reads, variants, codons, grid, verdict, own)


def _strand(
    reads: Sequence[SangerReadResult],
    controls: Sequence[SangerReadResult],
    direction: Direction,
    hidden: Bools,
    settings: SangerSettings,
) -> tuple[StrandEvidence | None, int]:
    """Return the corrected evidence of one direction and how many controls served it."""
    combined = combine_reads(_evidence(reads, direction))
    serving = _evidence(controls, direction)
    if combined is None:
        return None, 0
    if hidden.any():
        combined = hide(combined, hidden)
    return correct_with_controls(combined, serving, settings), len(serving)


def _evidence(
    reads: Sequence[SangerReadResult], direction: Direction
) -> tuple[StrandEvidence, ...]:
    return tuple(
        read.evidence for read in reads if read.evidence is not None and read.direction is direction
    )


def _control_flags(*strands: tuple[StrandEvidence | None, int]) -> tuple[Flag, ...]:
    names = [
        direction
        for direction, (strand, n_controls) in zip(Direction, strands, strict=True)
        if strand is not None and not n_controls
    ]
    if not names:
        return ()
    message = (
        f"No usable wild-type read of this run in direction {' and '.join(names)}; "
        "sequence a wild-type control with every run"
    )
    return (flag("NO_WILD_TYPE_CONTROL", message),)


def _result(
    reads: Sequence[SangerReadResult],
    variants: tuple[Variant, ...],
    codons: tuple[CodonVerdict, ...],
    grid: CallGrid,
    verdict: Verdict,
    own: tuple[Flag, ...],
) -> SampleResult:
    everything = own
    for read in reads:
        everything += read.flags
    for variant in variants:
        everything += variant.flags
    return SampleResult(
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

    Args:
        reads: control reads of one sample and run, both directions where given.
        reference: what the reads were placed on.
        settings: thresholds in force.
    """
    result = call_sample(reads, (), reference, settings)
    carried = [
        f"{item.mutation or item.hgvs_c} ({100 * item.fraction:.0f} %)"
        for item in result.variants
        if item.tier is Tier.DETECTED
    ]
    if not carried:
        return None
    message = f"This control carries {', '.join(carried)}; not used, check the control material"
    return flag("CONTROL_NOT_WILD_TYPE", message)
