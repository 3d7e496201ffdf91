"""One trace from its channels to the evidence it holds for every base of the reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.flags import Flag
from der22.formats.reference_folder import Reference
from der22.formats.trace import Trace
from der22.sanger.arrays import base_index, measured_bases, rolling_mean
from der22.sanger.codes import make_flag
from der22.sanger.names import named_mask, polymorphism_mask
from der22.sanger.reading.double import find_collapse, find_minor_copy
from der22.sanger.reading.heights import (
    count_beside,
    flat_peaks,
    measure_heights,
    share_of_alternatives,
)
from der22.sanger.reading.judge import (
    behind_double,
    double_flags,
    mean_quality,
    misplaced_flag,
    read_status,
    refusal_flag,
    signal_flags,
)
from der22.sanger.reading.pin import pin_peaks
from der22.sanger.reading.place import Target, align_calls, make_target
from der22.sanger.reading.signal import has_signal, keep_calls, remove_dye_blob
from der22.sanger.reading.usable import (
    call_agreement,
    carries_signal,
    identity_of_peaks,
    near_miscounts,
    noise_around,
    noise_floor,
    noise_of_others,
    usable_peaks,
)
from der22.sanger.records import DoubleSequence, Placement, SangerReadResult, StrandEvidence
from der22.sanger.settings import SangerSettings
from der22.words import Direction, ReadStatus

__all__ = ["MeasuredRead", "analyse_read", "find_doubles", "measure_read", "refuse_read"]


@dataclass(frozen=True, slots=True)
class MeasuredRead:
    """A placed read with its heights, before double sequences are looked for.

    Attributes:
        heights: reading direction, shape (4, n_peaks).
        identity: shape (n_peaks,).
        usable: shape (n_peaks,).
        flat: peaks that could be used but for their cut top, shape (n_peaks,).
        alive: shape (n_peaks,).
        peaks: peak of every base of the window, -1 = none, shape (n_window,).
        window_heights: reference orientation, shape (4, n_window), NaN without a peak.
        shares: reference orientation, NaN where not usable, shape (4, n_window).
        shoulders: how many neighbours are called as each base, 0 to 2, as `shares`.
        floor: background of the highest channel as a share of the peaks around, shape (n_window,).
        quality: rolling Phred value, shape (n_window,), 0 where not usable.
    """

    heights: Floats
    identity: Mask
    usable: Mask
    flat: Mask
    alive: Mask
    peaks: Ints
    window_heights: Floats
    shares: Floats
    shoulders: Ints
    floor: Floats
    quality: Floats


def refuse_read(read_id: str, *flags: Flag) -> SangerReadResult:
    """Return the result of a read that could not be analysed at all."""
    return SangerReadResult(read_id, ReadStatus.REFUSED, flags)


def analyse_read(
    read_id: str, trace: Trace, reference: Reference, settings: SangerSettings
) -> SangerReadResult:
    """Place a trace on the reference and measure the share of every alternative base.

    Returns:
        The result; refused with a flag when the read cannot be used, never an exception.
    """
    if not has_signal(trace, settings):
        message = (
            f"{trace.name}: blank capillary, {len(trace.calls)} calls and signal no higher than "
            "background; check the PCR product and repeat"
        )
        return refuse_read(read_id, *trace.notes, make_flag("NO_SIGNAL", message))
    target = make_target(reference.window)
    calls = keep_calls(trace, settings)
    alignment = align_calls(calls.bases, target, settings)
    misplaced = misplaced_flag(trace, alignment.matches, alignment.score, settings)
    is_short = alignment.matches < settings.min_matches
    if alignment.score < settings.min_score:
        return refuse_read(read_id, *trace.notes, misplaced)
    placement = pin_peaks(calls, target, alignment, settings)
    baselined = remove_dye_blob(trace, settings)
    measured = measure_read(
        baselined.channels, trace.channels, placement, target, len(trace.calls), settings
    )
    agreement = call_agreement(placement, measured.heights, measured.usable)
    if agreement < settings.min_call_agreement:
        message = (
            f"{trace.name}: only {agreement:.0%} of the calls are the tallest channel at their "
            "place; calls and signal do not belong together, export the file again"
        )
        return refuse_read(read_id, *trace.notes, make_flag("LOW_QUALITY_READ", message))
    doubles = find_doubles(measured, placement, target, settings)
    # METHOD: beside 35INS a reverse read has 72 bases before two sequences overlie each other. So
    # short a placement counts where they do, to say so; else the read belongs elsewhere.
    if is_short and not doubles:
        return refuse_read(read_id, *trace.notes, misplaced)
    return _conclude(
        read_id, trace, reference, placement, measured, doubles, baselined.flags, settings
    )


def measure_read(
    channels: Floats,
    original: Floats,
    placement: Placement,
    target: Target,
    n_calls: int,
    settings: SangerSettings,
) -> MeasuredRead:
    """Measure heights and shares of a placed read.

    Args:
        channels: baseline taken off, shape (4, n_points).
        original: as the file holds them, same shape.
        placement: the read on the window.
        target: the window.
        n_calls: calls of the whole read.
        settings: thresholds in force.
    """
    window = target.forward
    measured = measure_heights(channels, placement.positions, placement.bases, settings)
    heights = measured.above
    identity = identity_of_peaks(placement, window)
    usable = usable_peaks(placement, heights, identity, n_calls, settings)
    flat = usable & flat_peaks(original, placement.positions, placement.bases, settings)
    usable = usable & ~flat
    peaks = np.full(window.size, -1, dtype=np.int64)
    pinned = np.flatnonzero(placement.window_index >= 0)
    peaks[placement.window_index[pinned]] = pinned
    # Complement and reading order turn together: channels A, C, G, T read backwards.
    turned = heights if placement.direction is Direction.FORWARD else heights[::-1]
    beside = count_beside(placement.bases)
    beside = beside if placement.direction is Direction.FORWARD else beside[::-1]
    window_heights = np.where(peaks >= 0, turned[:, np.maximum(peaks, 0)], np.nan)
    shares = share_of_alternatives(window_heights, window, settings)
    on_window = (peaks >= 0) & usable[np.maximum(peaks, 0)]
    shares[:, ~on_window] = np.nan
    at = np.maximum(peaks, 0)
    rolling = rolling_mean(placement.qualities, settings.quality_window)
    return MeasuredRead(
        heights=heights,
        identity=identity,
        usable=usable,
        flat=flat,
        alive=carries_signal(heights, settings),
        peaks=peaks,
        window_heights=window_heights,
        shares=shares,
        shoulders=np.where(peaks >= 0, beside[:, at], 0),
        floor=np.where(on_window, measured.floor.max(axis=0)[at], 0.0),
        quality=np.where(on_window, rolling[at], 0.0),
    )


def find_doubles(
    measured: MeasuredRead, placement: Placement, target: Target, settings: SangerSettings
) -> tuple[DoubleSequence, ...]:
    """Run both tests in reading direction and add the long clean gaps of the alignment."""
    is_forward = placement.direction is Direction.FORWARD
    strand = target.forward if is_forward else target.reverse
    last = strand.size - 1
    shares = measured.shares if is_forward else measured.shares[::-1, ::-1]
    index = placement.window_index
    strand_index = index if is_forward else np.where(index >= 0, last - index, -1)
    found = (
        find_minor_copy(shares, strand, settings),
        find_collapse(
            measured.heights, strand, strand_index, measured.identity, measured.alive, settings
        ),
    )
    doubles = []
    for copy in found:
        if copy is not None:
            at = min(max(copy.last_base if is_forward else last - copy.last_base, 0), last)
            number = _call_number(measured, placement, at)
            doubles.append(DoubleSequence(copy.shift_nt, at, copy.share, number))
    for gap in placement.gaps:
        number = _call_number(measured, placement, gap.window_index)
        doubles.append(DoubleSequence(gap.size_nt, gap.window_index, 1.0, number))
    return tuple(doubles)


def _call_number(measured: MeasuredRead, placement: Placement, at: int) -> int:
    """Return the base of the read (from 1) that lies on a base of the window, 1 where none does."""
    peak = int(measured.peaks[at])
    return int(placement.call_index[peak]) + 1 if peak >= 0 else 1


def _conclude(
    read_id: str,
    trace: Trace,
    reference: Reference,
    placement: Placement,
    measured: MeasuredRead,
    doubles: tuple[DoubleSequence, ...],
    blob: tuple[Flag, ...],
    settings: SangerSettings,
) -> SangerReadResult:
    """Drop what lies behind a double sequence, then refuse the read or measure its noise."""
    behind = behind_double(doubles, placement.direction, measured.peaks.size)
    shares = np.where(behind, np.nan, measured.shares)
    usable = measured_bases(shares)
    flags = trace.notes + blob + double_flags(trace, reference, doubles)
    # a few bases above the limit are the scatter of a median
    is_high = usable & (measured.floor > settings.floor_limit)
    is_high &= int(is_high.sum()) >= settings.floor_window
    floor = np.where(is_high, measured.floor, 0.0)
    flags += signal_flags(trace, reference, measured.flat, floor)
    refusal = refusal_flag(
        trace, int(usable.sum()), is_double=bool(behind.any()), settings=settings
    )
    if refusal is not None:
        if refusal.code not in {item.code for item in flags}:
            flags += (refusal,)
        return SangerReadResult(
            read_id, ReadStatus.REFUSED, flags, placement.direction, placement=placement,
            trace=trace, doubles=doubles,
        )  # fmt: skip
    unsure = near_miscounts(
        placement.short_gaps, base_index(reference.window), settings.misplaced_nt
    )
    # Known polymorphisms are no noise: a carrier has a whole peak there, and it would hide other
    # changes to that base around it.
    known = polymorphism_mask(reference)
    noise = noise_around(shares, measured.shoulders, settings, known)
    background = np.where(known, np.nan, shares)
    own = noise_of_others(noise, background, measured.shoulders, named_mask(reference), settings)
    # METHOD: a dye too strong for the camera shows in the other channels, under its neighbours too.
    n_flat = int(measured.flat.sum())
    is_cut = n_flat > settings.offscale_share * (n_flat + int(usable.sum()))
    evidence = StrandEvidence(
        shares=shares,
        noise=noise,
        own_noise=own,
        usable=usable,
        unsure=usable & unsure,
        doubtful=usable & (is_cut | is_high),
        quality=np.where(usable, measured.quality, 0.0),
        shoulders=measured.shoulders,
    )
    return SangerReadResult(
        read_id=read_id,
        status=read_status(flags),
        flags=flags,
        direction=placement.direction,
        evidence=evidence,
        placement=placement,
        trace=trace,
        peaks=measured.peaks,
        heights=measured.window_heights,
        doubles=doubles,
        mean_quality=mean_quality(trace, placement),
        noise_floor=noise_floor(shares, settings),
    )
