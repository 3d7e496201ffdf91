"""All reads of one sample together: rows, verdict per codon, one status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from der22.arrays import Mask
from der22.flags import Flag
from der22.formats.reference_folder import Reference
from der22.sanger.calling.calls import call_bases, one_sided_flags
from der22.sanger.calling.codons import judge_codons
from der22.sanger.calling.combine import add_combinations, annotate
from der22.sanger.calling.splice import behind_joins, find_splice_variants
from der22.sanger.calling.status import decide_status
from der22.sanger.codes import make_flag
from der22.sanger.evidence.contradictions import find_contradictions
from der22.sanger.evidence.grid import CallGrid, make_grid
from der22.sanger.evidence.length import beside_gaps, find_shared_gaps, length_flags
from der22.sanger.evidence.strands import (
    combine_reads,
    correct_with_controls,
    hide,
    keep_shared_changes,
    leave_out,
)
from der22.sanger.names import name_change, named_mask
from der22.sanger.records import CodonVerdict, SangerReadResult, StrandEvidence, Variant
from der22.sanger.settings import SangerSettings
from der22.words import Abl1Status, Direction, Tier

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

    status: Abl1Status
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
    splice = find_splice_variants(reads, reference, settings)
    gaps = find_shared_gaps(reads, settings)
    beside = beside_gaps(gaps, len(reference.window))
    repeats = [_evidence(reads, direction) for direction in Direction]
    hidden = [behind_joins(splice, way, reference, settings) | beside for way in Direction]
    before = _strands(repeats, hidden)
    serving = [_evidence(controls, direction) for direction in Direction]
    grid, rows, control_flags = _settle(
        repeats, hidden, serving, reference, settings, is_doubled=bool(splice)
    )
    called = add_combinations(rows, reference, settings)
    called = tuple(replace(item, flags=item.flags + annotate(item, reference)) for item in called)
    variants = tuple(
        sorted(called + splice, key=lambda row: (row.position_c, len(row.alt), row.alt))
    )
    contradictions = find_contradictions(before, repeats, reference, settings)
    # Where reads contradict each other nobody knows whose a row is: none is sure, passes a filter
    # or leaves the house.
    listed = tuple(
        replace(row, tier=Tier.POSSIBLE) if contradictions and row.tier is Tier.DETECTED else row
        for row in variants
    )
    codons = judge_codons(grid, listed, reference, settings)
    verdict = decide_status(
        reads,
        variants,
        codons,
        grid,
        reference,
        settings,
        contradictions=contradictions,
        length=length_flags(gaps, reads, reference, settings),
    )
    own = verdict.flags + control_flags
    if "STRANDS_DISAGREE" not in {item.code for item in verdict.flags}:
        own += one_sided_flags(grid, reference, settings)
    return SequencedSample(
        status=verdict.status,
        mutations=verdict.mutations,
        flags=(
            *own,
            *(flag for read in reads for flag in read.flags),
            *(flag for variant in variants for flag in variant.flags),
        ),
        own_flags=own,
        message=verdict.message,
        variants=listed,
        codons=codons,
        grid=grid,
    )


def _strands(
    repeats: Sequence[Sequence[StrandEvidence]], hidden: Sequence[Mask]
) -> list[StrandEvidence | None]:
    """Return the forward and the reverse strand without what is hidden, None without a read."""
    combined = [combine_reads(evidence) for evidence in repeats]
    return [
        hide(strand, mask) if strand is not None and mask.any() else strand
        for strand, mask in zip(combined, hidden, strict=True)
    ]


def _settle(
    repeats: Sequence[Sequence[StrandEvidence]],
    hidden: Sequence[Mask],
    controls: Sequence[Sequence[StrandEvidence]],
    reference: Reference,
    settings: SangerSettings,
    *,
    is_doubled: bool,
) -> tuple[CallGrid, tuple[Variant, ...], tuple[Flag, ...]]:
    """Set limits and call bases; what is detected leaves the noise, until nothing more is.

    Args:
        repeats: the reads of either direction.
        hidden: bases not to be judged on either strand.
        controls: serving control reads of either direction.
        reference: what the reads were placed on.
        settings: thresholds in force.
        is_doubled: whether a second sequence overlies a part of the sample.
    """
    accepted = np.zeros((4, len(reference.window)), dtype=np.bool_)
    while True:
        strands = _strands(repeats, hidden)
        corrected, flags = _take_controls_off(strands, controls, reference, settings)
        is_controlled = bool(controls[0]), bool(controls[1])
        grid = make_grid(
            *corrected, reference, settings, is_controlled=is_controlled, is_doubled=is_doubled
        )
        rows = call_bases(grid, reference, settings)
        found = accepted.copy()
        for row in rows:
            if row.tier is Tier.DETECTED:
                found["ACGT".index(row.alt), row.position_c - reference.window_first] = True
        # Each round takes at least one change more out of the noise, so the loop ends.
        if not (found & ~accepted).any():
            return grid, rows, flags
        accepted = found
        repeats = [
            tuple(leave_out(read, accepted, reference, settings) for read in evidence)
            for evidence in repeats
        ]


def _evidence(
    reads: Sequence[SangerReadResult], direction: Direction
) -> tuple[StrandEvidence, ...]:
    return tuple(
        read.evidence for read in reads if read.evidence is not None and read.direction is direction
    )


def _take_controls_off(
    strands: Sequence[StrandEvidence | None],
    controls: Sequence[Sequence[StrandEvidence]],
    reference: Reference,
    settings: SangerSettings,
) -> tuple[tuple[StrandEvidence | None, StrandEvidence | None], tuple[Flag, ...]]:
    """Return both strands without what controls show, but for changes both strands agree on."""
    forward, reverse = (
        None if strand is None else correct_with_controls(strand, serving, settings)
        for strand, serving in zip(strands, controls, strict=True)
    )
    flags: list[Flag] = []
    if strands[0] and strands[1] and forward and reverse:
        (forward, reverse), kept = keep_shared_changes(
            (strands[0], strands[1]), (forward, reverse), named_mask(reference), settings
        )
        names = ", ".join(
            name.mutation or name.hgvs_c
            for at, base in zip(*np.nonzero(kept.T), strict=True)
            for name in [name_change(reference, reference.window_first + int(at), "ACGT"[base])]
        )
        if names:
            message = (
                f"Both strands show {names}, and so does a wild-type control of one direction; not "
                "taken off, check the control material"
            )
            flags.append(make_flag("CONTROL_NOT_WILD_TYPE", message))
    alone = [
        direction
        for direction, strand, serving in zip(Direction, strands, controls, strict=True)
        if strand is not None and not serving
    ]
    if alone:
        message = (
            f"No usable wild-type read of this run in direction {' and '.join(alone)}; "
            "sequence a wild-type control with every run"
        )
        flags.append(make_flag("NO_WILD_TYPE_CONTROL", message))
    return (forward, reverse), tuple(flags)


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
    carried = []
    for item in result.variants:
        is_named = not {flag.code for flag in item.flags} & _NOT_NAMED
        is_mostly = (
            item.tier is Tier.SINGLE_STRAND
            and is_named
            and item.fraction >= settings.contradiction_whole
        )
        if item.tier is Tier.DETECTED or is_mostly:
            carried.append(f"{item.mutation or item.hgvs_c} ({100 * item.fraction:.0f} %)")
    one_sided = [flag.message for flag in result.own_flags if flag.code == "STRANDS_DISAGREE"]
    if carried:
        message = f"This control carries {', '.join(carried)}; not used, check the control material"
    elif one_sided:
        message = f"This control is not used: {one_sided[0]}"
    else:
        return None
    return make_flag("CONTROL_NOT_WILD_TYPE", message)
