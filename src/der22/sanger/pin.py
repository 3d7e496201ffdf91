"""Which peak belongs to which base of the reference, once a read is aligned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Ints
from der22.sanger.place import LONG_GAP, Alignment, Target
from der22.sanger.records import AlignmentGap, Direction, Placement
from der22.sanger.signal import CallSet

__all__ = ["pin_peaks"]

_BESIDE_EXTRA = 2


@dataclass(frozen=True, slots=True)
class _Walk:
    """The alignment spelled out.

    Attributes:
        base_of_call: base of the strand each call is aligned to, -1 = none.
        last_base: last aligned base of the strand.
        gaps: (signed size, last base before it).
        single_gaps: (call, base) at gaps of one; the call is the extra one, or the next one.
    """

    base_of_call: Ints
    last_base: int
    gaps: tuple[tuple[int, int], ...]
    single_gaps: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring calls whose number differs from that of their bases by one."""

    first_call: int
    n_calls: int
    first_base: int
    n_bases: int


@dataclass(frozen=True, slots=True)
class _Peaks:
    positions: Ints
    bases: Ints
    qualities: Floats
    call_index: Ints
    strand_index: Ints


def pin_peaks(calls: CallSet, target: Target, alignment: Alignment) -> Placement:
    """Give every aligned base of the reference the peak of its call.

    Inside a homopolymer where the calls are one too many or one too few, positions are spread
    evenly over the run, so that a merged or split peak moves no neighbour; likewise over two bases
    on either side of an extra call elsewhere, as beside a mixed peak that was called twice. A base
    without a call elsewhere has no peak.
    """
    strand = target.forward if alignment.is_forward else target.reverse
    walk = _walk(alignment, calls.bases.size)
    peaks = _spread(calls, strand, walk, _runs(walk, calls.bases, strand))
    last = strand.size - 1
    turned = np.where(peaks.strand_index >= 0, last - peaks.strand_index, -1)
    ends = (alignment.first_base, walk.last_base)
    gaps = tuple(
        AlignmentGap(size, base if alignment.is_forward else last - base)
        for size, base in walk.gaps
    )
    return Placement(
        direction=Direction.FORWARD if alignment.is_forward else Direction.REVERSE,
        score=alignment.score,
        matches=alignment.matches,
        positions=peaks.positions,
        window_index=peaks.strand_index if alignment.is_forward else turned,
        bases=peaks.bases,
        qualities=peaks.qualities,
        call_index=peaks.call_index,
        first_call=int(calls.index[alignment.first_call]),
        cigar=_cigar(alignment, calls.index),
        window_start=ends[0] if alignment.is_forward else last - ends[1],
        gaps=tuple(gap for gap in gaps if abs(gap.size_nt) >= LONG_GAP),
        short_gaps=tuple(gap for gap in gaps if abs(gap.size_nt) < LONG_GAP),
    )


def _walk(alignment: Alignment, n_calls: int) -> _Walk:
    base_of_call = np.full(n_calls, -1, dtype=np.int64)
    call, base = alignment.first_call, alignment.first_base
    gaps: list[tuple[int, int]] = []
    single_gaps: list[tuple[int, int]] = []
    for length, step in alignment.steps:
        if step in "=X":
            base_of_call[call : call + length] = np.arange(base, base + length)
            call, base = call + length, base + length
            continue
        if length == 1:
            single_gaps.append((call, base))
        gaps.append((length if step == "I" else -length, base - 1))
        call, base = (call + length, base) if step == "I" else (call, base + length)
    return _Walk(base_of_call, base - 1, tuple(gaps), tuple(single_gaps))


def _cigar(alignment: Alignment, index: Ints) -> tuple[tuple[int, str], ...]:
    """Return (length, M, I or D) over all calls of the file: those left out are insertions."""
    cigar: list[tuple[int, str]] = []
    call = alignment.first_call
    for length, step in alignment.steps:
        if step == "D":
            _extend(cigar, length, step)
            continue
        kind = "I" if step == "I" else "M"
        for _ in range(length):
            if call > alignment.first_call:
                _extend(cigar, int(index[call] - index[call - 1]) - 1, "I")
            _extend(cigar, 1, kind)
            call += 1
    return tuple(cigar)


def _extend(cigar: list[tuple[int, str]], length: int, step: str) -> None:
    if not length:
        return
    if cigar and cigar[-1][1] == step:
        cigar[-1] = (cigar[-1][0] + length, step)
    else:
        cigar.append((length, step))


def _runs(walk: _Walk, calls: Ints, strand: Ints) -> list[_Run]:
    runs = []
    taken = -1
    for call, base in walk.single_gaps:
        found = next(_runs_beside(walk, calls, strand, call, base), None)
        found = found or _around_extra_call(walk, call)
        if found is not None and found.first_call > taken:
            runs.append(found)
            taken = found.first_call + found.n_calls - 1
    return runs


def _runs_beside(walk: _Walk, calls: Ints, strand: Ints, call: int, base: int) -> Iterator[_Run]:
    """Yield the homopolymers a gap of one can be a miscounted base of."""
    for letter_at in (base, base - 1):
        if not 0 <= letter_at < strand.size:
            continue
        first, last = _run_around(strand, letter_at)
        n_bases = last - first + 1
        inside = np.flatnonzero((walk.base_of_call >= first) & (walk.base_of_call <= last))
        extra = [call] if walk.base_of_call[call] < 0 and calls[call] == strand[letter_at] else []
        own = np.union1d(inside, np.array(extra, dtype=np.int64))
        is_whole = own.size > 0 and own[-1] - own[0] + 1 == own.size
        differs_by_one = abs(own.size - n_bases) == 1
        if is_whole and differs_by_one and own.size >= 1 and (n_bases > 1 or extra):
            yield _Run(int(own[0]), int(own.size), first, n_bases)


def _around_extra_call(walk: _Walk, call: int) -> _Run | None:
    """Return the bases beside an extra call, None where it is none or another gap is near."""
    first, end = call - _BESIDE_EXTRA, call + _BESIDE_EXTRA + 1
    if first < 1 or end >= walk.base_of_call.size or walk.base_of_call[call] >= 0:
        return None
    around = np.delete(walk.base_of_call[first - 1 : end + 1], _BESIDE_EXTRA + 1)
    if around[0] < 0 or not np.all(np.diff(around) == 1):
        return None
    return _Run(first, 2 * _BESIDE_EXTRA + 1, int(around[1]), 2 * _BESIDE_EXTRA)


def _run_around(strand: Ints, at: int) -> tuple[int, int]:
    first = last = at
    while first > 0 and strand[first - 1] == strand[at]:
        first -= 1
    while last + 1 < strand.size and strand[last + 1] == strand[at]:
        last += 1
    return first, last


def _spread(calls: CallSet, strand: Ints, walk: _Walk, runs: Sequence[_Run]) -> _Peaks:
    """Replace the calls of each miscounted run by evenly spaced peaks of the reference."""
    every = _Peaks(calls.positions, calls.bases, calls.qualities, calls.index, walk.base_of_call)
    if not runs:
        return every
    pieces: list[_Peaks] = []
    done = 0
    for run in runs:
        pieces += [_cut(every, done, run.first_call), _evenly(every, run, strand)]
        done = run.first_call + run.n_calls
    pieces.append(_cut(every, done, calls.bases.size))
    return _Peaks(
        np.concatenate([piece.positions for piece in pieces]),
        np.concatenate([piece.bases for piece in pieces]),
        np.concatenate([piece.qualities for piece in pieces]),
        np.concatenate([piece.call_index for piece in pieces]),
        np.concatenate([piece.strand_index for piece in pieces]),
    )


def _cut(peaks: _Peaks, first: int, end: int) -> _Peaks:
    return _Peaks(
        peaks.positions[first:end],
        peaks.bases[first:end],
        peaks.qualities[first:end],
        peaks.call_index[first:end],
        peaks.strand_index[first:end],
    )


def _evenly(every: _Peaks, run: _Run, strand: Ints) -> _Peaks:
    last_call = run.first_call + run.n_calls - 1
    before = every.positions[max(run.first_call - 1, 0)]
    after = every.positions[min(last_call + 1, every.positions.size - 1)]
    steps = np.arange(1, run.n_bases + 1)
    positions = np.rint(before + (after - before) * steps / (run.n_bases + 1)).astype(np.int64)
    nearest = every.call_index[np.minimum(run.first_call + steps - 1, last_call)]
    quality = float(every.qualities[run.first_call : last_call + 1].min())
    bases = np.arange(run.first_base, run.first_base + run.n_bases, dtype=np.int64)
    return _Peaks(positions, strand[bases], np.full(run.n_bases, quality), nearest, bases)
