"""Small array steps every stage shares: windows that run along a read, bases as numbers."""

from __future__ import annotations

import numpy as np

from der22.arrays import Floats, Ints, Mask

__all__ = [
    "base_index",
    "equal_bases",
    "measured_bases",
    "rolling_mean",
    "rolling_median",
    "rolling_quantile",
    "segment_bounds",
]


_LETTER_TO_INDEX = np.full(256, -1, dtype=np.int64)
for _index, _letter in enumerate(b"ACGT"):
    _LETTER_TO_INDEX[_letter] = _index


def base_index(letters: str) -> Ints:
    """Return 0-3 for A, C, G, T and -1 for any other letter, shape (len(letters),)."""
    found: Ints = _LETTER_TO_INDEX[np.frombuffer(letters.encode("latin-1"), dtype=np.uint8)]
    return found


def equal_bases(bases: Ints, at: int) -> tuple[int, int]:
    """Return the first and the last base of the run of equal bases that holds base `at`."""
    first = last = at
    while first > 0 and bases[first - 1] == bases[at]:
        first -= 1
    while last + 1 < bases.size and bases[last + 1] == bases[at]:
        last += 1
    return first, last


def measured_bases(shares: Floats) -> Mask:
    """Return the bases at which any alternative has a share, shape (n,).

    Args:
        shares: shape (4, n), NaN = not measured.
    """
    measured: Mask = np.any(~np.isnan(shares), axis=0, keepdims=False)
    return measured


def rolling_mean(values: Floats, width: int) -> Floats:
    """Return the mean of the `width` values around each one; fewer at the ends.

    Args:
        values: shape (n,).
        width: odd number of values.
    """
    half = width // 2
    total = np.concatenate(([0.0], np.cumsum(values)))
    at = np.arange(values.size)
    first = np.maximum(at - half, 0)
    last = np.minimum(at + half + 1, values.size)
    mean: Floats = (total[last] - total[first]) / (last - first)
    return mean


def rolling_median(values: Floats, width: int) -> Floats:
    """Return the median of the `width` values around each one; the ends repeat the whole window.

    Args:
        values: shape (n,), n may be below `width`.
        width: odd number of values.
    """
    if values.size <= width:
        return np.full(values.size, np.median(values) if values.size else 0.0)
    windows = np.lib.stride_tricks.sliding_window_view(values, width)
    middle = np.partition(windows, width // 2, axis=1)[:, width // 2]
    return np.pad(middle, width // 2, mode="edge")


def rolling_quantile(values: Floats, half_width: int, quantile: float) -> Floats:
    """Return a high quantile of the values within `half_width` of each one, NaN left out.

    Linear between order statistics, as numpy.quantile. Only the top of each window is sorted.

    Args:
        values: shape (rows, n), NaN = not measured.
        half_width: values on either side.
        quantile: such as 0.99.

    Returns:
        Shape (rows, n); NaN where a window holds no value.
    """
    width = 2 * half_width + 1
    n_top = min(int((width - 1) * (1.0 - quantile)) + 2, width)
    missing = np.isnan(values)
    filled = np.where(missing, -np.inf, values).astype(np.float32)
    padded = np.pad(filled, ((0, 0), (half_width, half_width)), constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=1)
    top = np.sort(np.partition(windows, width - n_top, axis=2)[:, :, width - n_top :], axis=2)
    top = top[:, :, ::-1].astype(np.float64)
    present = np.pad((~missing).astype(np.int64), ((0, 0), (half_width, half_width)))
    running = np.concatenate((np.zeros((values.shape[0], 1), np.int64), present.cumsum(1)), axis=1)
    count = running[:, width:] - running[:, :-width]
    from_top = np.maximum(count - 1, 0) * (1.0 - quantile)
    upper = from_top.astype(np.int64)
    lower = np.minimum(upper + 1, np.maximum(count - 1, 0))
    high = np.take_along_axis(top, upper[:, :, None], axis=2)[:, :, 0]
    low = np.take_along_axis(top, lower[:, :, None], axis=2)[:, :, 0]
    with np.errstate(invalid="ignore"):
        between: Floats = high + (low - high) * (from_top - upper)
    return np.where(count > 0, between, np.nan)


def segment_bounds(positions: Ints, n_points: int) -> Ints:
    """Return the first scan of each call's own stretch: half way to the neighbours.

    Args:
        positions: scans of the calls, ascending, shape (n,).
        n_points: length of the trace.

    Returns:
        Shape (n + 1,): stretch k is ``bounds[k]:bounds[k + 1]``; the outer ones end as far off as
        the inner neighbour allows.
    """
    middles = (positions[1:] + positions[:-1] + 1) // 2
    first = 2 * positions[0] - middles[0] if middles.size else 0
    last = 2 * positions[-1] - middles[-1] + 1 if middles.size else n_points
    ends = np.clip([first, last], 0, n_points)
    return np.concatenate(([ends[0]], middles, [ends[1]])).astype(np.int64)
