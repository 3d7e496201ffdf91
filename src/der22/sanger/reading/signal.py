"""Before placing: letters made definite, blank capillaries refused, the dye blob taken off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Ints
from der22.flags import Flag
from der22.formats.trace import Trace
from der22.sanger.arrays import base_index, rolling_median, segment_bounds
from der22.sanger.codes import make_flag
from der22.sanger.settings import SangerSettings

__all__ = [
    "BaselinedSignal",
    "CallSet",
    "has_signal",
    "keep_calls",
    "remove_dye_blob",
    "resolve_calls",
]

_C, _T = 1, 3


@dataclass(frozen=True, slots=True)
class BaselinedSignal:
    """Channels after the baseline of the read start was taken off, shape (4, n_points)."""

    channels: Floats
    flags: tuple[Flag, ...]


def resolve_calls(trace: Trace) -> Ints:
    """Return 0-3 per call; an ambiguous letter becomes the channel that is highest there."""
    index = base_index(trace.calls)
    unclear = index < 0
    if unclear.any():
        index = index.copy()
        index[unclear] = np.argmax(trace.channels[:, trace.positions[unclear]], axis=0)
    return index


@dataclass(frozen=True, slots=True)
class CallSet:
    """The calls that stand for a base each; all arrays of shape (n_kept,).

    Attributes:
        bases: 0-3 for A, C, G, T.
        positions: scan of each call.
        qualities: Phred value, or the assumed one.
        index: number of the call (from 0) among all calls of the file.
    """

    bases: Ints
    positions: Ints
    qualities: Floats
    index: Ints


def keep_calls(trace: Trace, settings: SangerSettings) -> CallSet:
    """Return the calls without those squeezed in where the spacing leaves no room for a base.

    METHOD: a dye spike or a split peak is called between two bases that stand one base apart. Such
    a call beside a true change lets the aligner put the gap at the change and lose it. Of squeezed
    calls side by side only the tightest goes; that makes room for the others.
    """
    n_calls = len(trace.calls)
    index = np.arange(n_calls)
    while index.size > 2:
        steps = np.diff(trace.positions[index]).astype(np.float64)
        room = np.full(index.size, np.inf)
        room[1:-1] = (steps[1:] + steps[:-1]) / rolling_median(steps, settings.squeezed_window)[1:]
        tight = np.flatnonzero(room < settings.squeezed_room)
        if not tight.size:
            break
        stretches = np.split(tight, np.flatnonzero(np.diff(tight) > 1) + 1)
        index = np.delete(index, [stretch[room[stretch].argmin()] for stretch in stretches])
    qualities = (
        np.full(n_calls, settings.assumed_quality)
        if trace.qualities is None
        else trace.qualities.astype(np.float64)
    )
    return CallSet(resolve_calls(trace)[index], trace.positions[index], qualities[index], index)


def has_signal(trace: Trace, settings: SangerSettings) -> bool:
    """Tell whether somewhere in the read primary peaks stand out of the background.

    No absolute limit and no median over the whole read: a short product may end at base 320 while
    the basecaller goes on to 800.
    """
    if len(trace.calls) < settings.min_calls:
        return False
    ordered = np.sort(trace.channels[:, trace.positions], axis=0)
    primary = rolling_median(ordered[3], settings.signal_window)
    background = rolling_median(ordered[1], settings.signal_window)
    stands_out = (primary > 0) & (primary >= settings.min_signal_to_background * background)
    return bool(stands_out.any())


def remove_dye_blob(trace: Trace, settings: SangerSettings) -> BaselinedSignal:
    """Take the slow part off the first calls of each channel.

    METHOD: unincorporated dye terminators make broad C and T humps at about nt 70-120. A base's
    peak is narrow, so the running minimum over 15 bases follows only the hump.
    """
    n_calls = min(settings.baseline_calls, len(trace.calls))
    if n_calls < settings.baseline_window:
        return BaselinedSignal(trace.channels, ())
    n_points = trace.channels.shape[1]
    bounds = segment_bounds(trace.positions, n_points)[: n_calls + 1]
    end = int(bounds[-1])
    starts = np.minimum(bounds[:-1], max(end - 1, 0))
    lows = np.minimum.reduceat(trace.channels[:, :end], starts, axis=1)
    width = settings.baseline_window
    baseline = _windows_around(_windows_around(lows, width).min(axis=2), width).mean(axis=2)
    baseline *= np.minimum(np.arange(n_calls, 0, -1) / settings.baseline_fade, 1.0)
    channels = trace.channels.copy()
    scans = np.arange(end)
    for channel, values in zip(channels, baseline, strict=True):
        channel[:end] -= np.interp(scans, trace.positions[:n_calls], values)
    np.maximum(channels, 0.0, out=channels)
    primary = trace.channels[:, trace.positions].max(axis=0)
    peaks = rolling_median(primary, settings.median_window)[: baseline.shape[1]]
    over = np.flatnonzero(np.maximum(baseline[_C], baseline[_T]) > settings.blob_height * peaks)
    if not over.size:
        return BaselinedSignal(channels, ())
    message = (
        f"{trace.name}: broad C/T peak at nt {over[0] + 1}-{over[-1] + 1}; taken off as "
        "baseline, fractions there are less sure; clean the sequencing reaction"
    )
    return BaselinedSignal(channels, (make_flag("DYE_BLOB", message),))


def _windows_around(values: Floats, width: int) -> Floats:
    """Return the `width` values around each one of every row, the ends repeated."""
    half = width // 2
    padded = np.pad(values, ((0, 0), (half, half)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=1)
    return windows[:, : values.shape[1]]
