"""Which peak belongs to which base of the reference, once a read is aligned."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from der22.arrays import Ints
from der22.sanger.arrays import equal_bases
from der22.sanger.reading.place import Alignment, Target
from der22.sanger.reading.signal import CallSet
from der22.sanger.records import AlignmentGap, Placement
from der22.sanger.settings import SangerSettings
from der22.words import Direction

__all__ = ["pin_peaks"]


def pin_peaks(
    calls: CallSet, target: Target, alignment: Alignment, settings: SangerSettings
) -> Placement:
    """Give every aligned base of the reference the peak of its call.

    Inside a homopolymer where the calls are one too many or one too few, positions are spread
    evenly over the run, so that a merged or split peak moves no neighbour; likewise over two bases
    on either side of an extra call elsewhere, as beside a mixed peak that was called twice. A base
    without a call elsewhere has no peak.
    """
    strand = target.forward if alignment.is_forward else target.reverse
    last = strand.size - 1
    base_of_call = np.full(calls.bases.size, -1, dtype=np.int64)
    gaps: list[AlignmentGap] = []
    single_gaps: list[tuple[int, int]] = []  # call (the extra one, or the next one) and base
    call, base = alignment.first_call, alignment.first_base
    cigar = ""  # over all calls of the file: those left out are insertions
    for length, step in alignment.steps:
        for at in range(call, call + length if step != "D" else call):
            left_out = int(calls.index[at] - calls.index[at - 1]) - 1
            cigar += "I" * left_out if at > alignment.first_call else ""
            cigar += "I" if step == "I" else "M"
        if step == "D":
            cigar += "D" * length
        if step in "=X":
            base_of_call[call : call + length] = np.arange(base, base + length)
            call, base = call + length, base + length
            continue
        if length == 1:
            single_gaps.append((call, base))
        before = base - 1 if alignment.is_forward else last - (base - 1)
        size = length if step == "I" else -length
        gaps.append(AlignmentGap(size, before, _is_spaced(calls.positions, call, size, settings)))
        call, base = (call + length, base) if step == "I" else (call, base + length)
    positions, bases, qualities, call_index, strand_index = _spread_miscounted(
        calls, strand, base_of_call, single_gaps, settings.beside_extra
    )
    turned = np.where(strand_index >= 0, last - strand_index, -1)
    return Placement(
        direction=Direction.FORWARD if alignment.is_forward else Direction.REVERSE,
        score=alignment.score,
        matches=alignment.matches,
        positions=positions,
        window_index=strand_index if alignment.is_forward else turned,
        bases=bases,
        qualities=qualities,
        call_index=call_index,
        first_call=int(calls.index[alignment.first_call]),
        cigar=tuple((len(list(run)), kind) for kind, run in groupby(cigar)),
        window_start=alignment.first_base if alignment.is_forward else last - (base - 1),
        gaps=tuple(gap for gap in gaps if abs(gap.size_nt) >= settings.long_gap),
        short_gaps=tuple(gap for gap in gaps if abs(gap.size_nt) < settings.long_gap),
    )


def _is_spaced(positions: Ints, call: int, size_nt: int, settings: SangerSettings) -> bool:
    """Tell whether the peaks around a gap stand as many steps apart as there are calls.

    METHOD: peaks of neighbouring bases stand one step apart. Where a call is missing for a base
    that is there, the step is two; a second call for one base makes two short steps. A molecule
    with bases more or fewer has even steps.

    Args:
        positions: scans of the calls, ascending.
        call: the first inserted call, or the call behind a missing one.
        size_nt: bases more (positive) or fewer than the reference.
        settings: thresholds in force.
    """
    first = max(call - 1 - settings.spacing_reach, 0)
    last = min(call + max(size_nt, 0) + settings.spacing_reach, positions.size - 1)
    low, high = max(first - settings.spacing_window, 0), last + settings.spacing_window + 1
    step = float(np.median(np.diff(positions[low:high])))
    steps = float(positions[last] - positions[first]) / max(step, 1.0)
    return abs(steps - (last - first)) < settings.spacing_fit


def _spread_miscounted(
    calls: CallSet,
    strand: Ints,
    base_of_call: Ints,
    single_gaps: Sequence[tuple[int, int]],
    beside: int,
) -> tuple[NDArray[Any], ...]:
    """Replace the calls of each miscounted run by evenly spaced peaks of the reference.

    Args:
        calls: of the read.
        strand: bases as they are read.
        base_of_call: base of the strand each call is aligned to, -1 = none.
        single_gaps: call and base at gaps of one; the call is the extra one, or the next one.
        beside: bases either side of an extra call that are spread with it.

    Returns:
        Of every peak position, base, quality, number of the call, and base of the strand.
    """
    every = (calls.positions, calls.bases, calls.qualities, calls.index, base_of_call)
    pieces: list[tuple[NDArray[Any], ...]] = []
    done = 0
    for call, base in single_gaps:
        is_extra = base_of_call[call] < 0
        first_call = n_calls = first_base = n_bases = 0
        # the homopolymers a gap of one can be a miscounted base of
        for letter_at in (base, base - 1):
            if not 0 <= letter_at < strand.size:
                continue
            first_base, last = equal_bases(strand, letter_at)
            n_bases = last - first_base + 1
            own = np.flatnonzero((base_of_call >= first_base) & (base_of_call <= last))
            is_same = is_extra and calls.bases[call] == strand[letter_at]
            own = np.union1d(own, [call]) if is_same else own
            is_whole = own.size > 0 and own[-1] - own[0] + 1 == own.size
            if is_whole and abs(own.size - n_bases) == 1 and (n_bases > 1 or is_same):
                first_call, n_calls = int(own[0]), int(own.size)
                break
        else:
            # elsewhere the bases beside an extra call, unless another gap is near
            first, end = call - beside, call + beside + 1
            if first < 1 or end >= base_of_call.size or not is_extra:
                continue
            around = np.delete(base_of_call[first - 1 : end + 1], beside + 1)
            if around[0] < 0 or not np.all(np.diff(around) == 1):
                continue
            first_call, n_calls = first, 2 * beside + 1
            first_base, n_bases = int(around[1]), 2 * beside
        if first_call < done:
            continue
        end_call = first_call + n_calls
        before = calls.positions[max(first_call - 1, 0)]
        after = calls.positions[min(end_call, calls.positions.size - 1)]
        steps = np.arange(1, n_bases + 1)
        positions = np.rint(before + (after - before) * steps / (n_bases + 1)).astype(np.int64)
        nearest = calls.index[np.minimum(first_call + steps - 1, end_call - 1)]
        quality = float(calls.qualities[first_call:end_call].min())
        bases = np.arange(first_base, first_base + n_bases, dtype=np.int64)
        pieces.append(tuple(column[done:first_call] for column in every))
        pieces.append((positions, strand[bases], np.full(n_bases, quality), nearest, bases))
        done = end_call
    pieces.append(tuple(column[done:] for column in every))
    return tuple(np.concatenate(column) for column in zip(*pieces, strict=True))
