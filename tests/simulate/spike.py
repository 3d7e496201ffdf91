"""Puts a known minor base into an existing trace, at one peak.

A share of the primary peak is taken away and comes back in another channel with the shape that
isolated peaks of the trace have there. All other peaks, noise and calls stay as they are, so a real
wild-type read becomes a mixture of known fraction.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from der22.arrays import Floats, Ints
from der22.formats.abif import AbifFile, read_abif
from der22.simulate.abif_writer import AbifTag, numbers_tag, write_abif

__all__ = ["peak_shape", "spike_ab1", "spike_base"]

_HALF_WINDOW = 18
_SHAPE_REACH = 60
_MIN_ISOLATED = 8
_FIRST_CHANNEL = 9


def peak_shape(channels: Floats, positions: Ints, index: int) -> Floats:
    """Return the mean shape of isolated primary peaks near one call, height 1.

    Args:
        channels: (4, points).
        positions: (n,) point of each call.
        index: the call.

    Returns:
        Array (37,), the middle is the top. Peaks count as isolated when neither neighbour has the
        same channel highest; with fewer than eight of them a Gaussian of sigma 3 points is used.
    """
    top = channels[:, positions].argmax(axis=0)
    low, high = max(1, index - _SHAPE_REACH), min(positions.size - 1, index + _SHAPE_REACH)
    offsets = np.arange(-_HALF_WINDOW, _HALF_WINDOW + 1)
    shapes = []
    for i in range(low, high):
        inside = _HALF_WINDOW < positions[i] < channels.shape[1] - _HALF_WINDOW
        if not inside or top[i] in (top[i - 1], top[i + 1]):
            continue
        window = channels[top[i], positions[i] + offsets]
        # a peak two calls away of the same base may still reach in: keep what falls monotonously
        if window[_HALF_WINDOW] > 0:
            shapes.append(_falling(window / window[_HALF_WINDOW]))
    if len(shapes) >= _MIN_ISOLATED:
        shape: Floats = np.median(shapes, axis=0)
        return shape
    gaussian: Floats = np.exp(-0.5 * (offsets / 3.0) ** 2)
    return gaussian


def spike_base(
    channels: Floats,
    positions: Ints,
    index: int,
    alternative: int,
    fraction: float,
    gain: float = 1.0,
) -> Floats:
    """Return a copy of the channels in which one call is a mixture.

    Args:
        channels: (4, points).
        positions: (n,) point of each call.
        index: the call to change.
        alternative: channel of the minor base.
        fraction: its share, 0 to 1.
        gain: height of the alternative's peak relative to the primary one at equal amounts; real
            chemistry gives anything between 0.5 and 2.

    Raises:
        ValueError: the alternative is the primary base, the fraction lies outside 0 to 1 or the
            call too near the end of the trace.
    """
    at = int(positions[index])
    primary = int(channels[:, at].argmax())
    if alternative == primary:
        raise ValueError(f"call {index + 1}: the alternative is the base that is there already")
    if not 0.0 <= fraction <= 1.0:
        raise ValueError(f"{fraction}: a fraction lies between 0 and 1")
    near = np.arange(at - _HALF_WINDOW, at + _HALF_WINDOW + 1)
    if near[0] < 0 or near[-1] >= channels.shape[1]:
        raise ValueError(f"call {index + 1} lies too near the end of the trace")
    peak = channels[primary, at] * peak_shape(channels, positions, index)
    spiked = np.array(channels, dtype=np.float64)
    spiked[primary, near] = np.maximum(spiked[primary, near] - fraction * peak, 0.0)
    spiked[alternative, near] += fraction * gain * peak
    return spiked


def spike_ab1(
    source: Path | str,
    target: Path | str,
    spikes: list[tuple[int, str, float, float]],
    call_set: int = 2,
) -> None:
    """Write a copy of an .ab1 file with minor bases put in; every other tag keeps its bytes.

    Args:
        source: file to read.
        target: file to write.
        spikes: call index (0-based), minor base as the read shows it, fraction and gain of each.
        call_set: 1 or 2, whose positions are meant.

    Raises:
        UnreadableFileError: the source is no ABIF file.
        ValueError: no channel order, channels or positions in it; see also `spike_base`.
    """
    file = read_abif(source)
    order = file.text("FWO_", 1)
    positions = file.numbers("PLOC", call_set)
    found = [file.numbers("DATA", _FIRST_CHANNEL + i) for i in range(4)]
    data = [channel for channel in found if channel is not None]
    if order is None or positions is None or len(data) < 4:
        raise ValueError(f"{file.name}: channel order, channels or positions are missing")
    channels = np.stack([channel.astype(np.float64) for channel in data])
    at = positions.astype(np.int64)
    for index, base, fraction, gain in spikes:
        channels = spike_base(channels, at, index, order.index(base), fraction, gain)
    kept = [tag for tag in _tags(file) if (tag.name, tag.number) not in _channel_keys()]
    written = [numbers_tag(name, number, channels[number - _FIRST_CHANNEL])
               for name, number in _channel_keys()]  # fmt: skip
    write_abif(target, kept + written)


def _channel_keys() -> list[tuple[str, int]]:
    return [("DATA", _FIRST_CHANNEL + i) for i in range(4)]


def _tags(file: AbifFile) -> list[AbifTag]:
    tags = []
    for (name, number), entry in file.entries.items():
        payload = file.raw(name, number) or b""
        size = len(payload) // entry.n_elements if entry.n_elements else 0
        tags.append(AbifTag(name, number, entry.element_type, size, entry.n_elements, payload))
    return tags


def _falling(window: Floats) -> Floats:
    """Return the window made to fall on both sides of its middle."""
    right = np.minimum.accumulate(window[_HALF_WINDOW:])
    left = np.minimum.accumulate(window[_HALF_WINDOW::-1])
    return np.concatenate([left[:0:-1], right])
