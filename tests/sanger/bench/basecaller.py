"""A basecaller of its own: four channels -> letters, positions and Phred-like qualities.

It knows the channels alone. Peaks are local maxima; the calls are the chain of peaks with the best
sum of height and even spacing; a quality falls with a second peak, uneven spacing and low
peaks. A mixed base is called as its taller peak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Calls", "call_bases"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_WORTH = 1.6  # of a call as tall as its neighbourhood
_EVEN = 0.17  # of the spacing, SD that the chain takes for granted
_REACH = 2.6  # of the spacing, the longest step


@dataclass(frozen=True, slots=True)
class Calls:
    """What a basecaller says.

    Attributes:
        letters: A, C, G, T, and N where nothing stands out.
        positions: point of each call, ascending.
        qualities: Phred-like, 1-62.
    """

    letters: str
    positions: Ints
    qualities: Ints


def call_bases(channels: Floats, spacing: float = 12.0) -> Calls:
    """Return the calls of four channels in the order A, C, G, T, shape (4, n_points).

    Args:
        channels: processed signal.
        spacing: points between bases, about.
    """
    points, rows, heights = _maxima(_sharpened(channels, spacing))
    usual = _usual_height(points, heights, channels.shape[1], spacing)
    relative = heights / usual[points]
    keep = relative > 0.04
    points, rows, relative = points[keep], rows[keep], relative[keep]
    chain = _best_chain(points, relative, spacing)
    points, rows = points[chain], rows[chain]
    qualities = _qualities(channels, points, rows, usual)
    letters = "".join("ACGT"[row] for row in rows)
    return Calls(letters, points, qualities)


def _sharpened(channels: Floats, spacing: float) -> Floats:
    """Return the channels with narrower peaks, so that equal neighbours part in the tail.

    Subtracts a share of the curvature; how much follows from the peaks' own width nearby.
    """
    smooth: Floats = np.apply_along_axis(
        np.convolve, 1, channels, np.array([1, 3, 6, 7, 6, 3, 1]) / 27, "same"
    )
    curve = np.zeros_like(smooth)
    curve[:, 2:-2] = (smooth[:, 4:] - 2 * smooth[:, 2:-2] + smooth[:, :-4]) / 4
    points, rows, heights = _maxima(smooth)
    bend = -curve[rows, points]
    is_peak = (heights > np.quantile(heights, 0.6)) & (bend > 0)
    squares = np.clip(heights[is_peak] / np.maximum(bend[is_peak], 1e-9), 3.0, spacing**2 / 3)
    # Merged peaks look wide: the lower half tells.
    step = int(40 * spacing)
    middles = np.arange(step // 2, channels.shape[1], step)
    near = [squares[np.abs(points[is_peak] - middle) < step] for middle in middles]
    known = [number for number, inside in enumerate(near) if inside.size > 5]
    if not known:
        return smooth
    widths = [float(np.quantile(near[number], 0.3)) for number in known]
    square = np.interp(np.arange(channels.shape[1]), middles[known], widths)
    fourth = np.zeros_like(smooth)
    fourth[:, 2:-2] = (curve[:, 4:] - 2 * curve[:, 2:-2] + curve[:, :-4]) / 4
    return np.maximum(smooth - 0.8 * square * curve + 0.12 * square**2 * fourth, 0.0)


def _maxima(channels: Floats) -> tuple[Ints, Ints, Floats]:
    """Return points, rows and heights of all local maxima, by point."""
    inner = channels[:, 1:-1]
    is_top = (inner > channels[:, :-2]) & (inner >= channels[:, 2:])
    # a flat top counts once, in its middle
    rows, points = np.nonzero(is_top)
    points = points + 1
    middles = points.astype(np.float64)
    for step in range(1, 24):
        ahead = points + step
        is_flat = (ahead < channels.shape[1]) & (middles == points + (step - 1) / 2)
        is_flat[is_flat] = (
            channels[rows[is_flat], ahead[is_flat]] == channels[rows[is_flat], points[is_flat]]
        )
        middles = np.where(is_flat, points + step / 2, middles)
    heights = channels[rows, points]
    order = np.argsort(middles, kind="stable")
    return np.rint(middles[order]).astype(np.int64), rows[order], heights[order]


def _usual_height(points: Ints, heights: Floats, n_points: int, spacing: float) -> Floats:
    """Return the height that calls have near each point: upper quartile of the tallest maxima."""
    step = int(12 * spacing)
    at, usual = [], []
    for left in range(0, max(1, n_points - step), step):
        inside = heights[(points >= left) & (points < left + 2 * step)]
        if inside.size:
            tallest = np.sort(inside)[-24:]
            at.append(left + step)
            usual.append(float(np.median(tallest)))
    if not at:
        return np.ones(n_points)
    found: Floats = np.maximum(np.interp(np.arange(n_points), at, usual), 1e-6)
    return found


def _best_chain(points: Ints, relative: Floats, spacing: float) -> list[int]:
    """Return the indices of the chain with the best sum of worth less unevenness."""
    worth = _WORTH + np.log(np.minimum(relative, 1.0))
    best = worth.copy()
    back = np.full(len(points), -1)
    first = 0
    for number in range(1, len(points)):
        while points[number] - points[first] > _REACH * spacing:
            first += 1
        if first == number:
            continue
        steps = (points[number] - points[first:number]) / spacing
        # Twice the step means a base without a peak; it costs, but may be true.
        cost = np.minimum(((steps - 1) / _EVEN) ** 2 / 2, 4.0 + ((steps - 2) / _EVEN) ** 2 / 2)
        cost = np.where(steps < 0.45, np.inf, cost)
        ways = best[first:number] - cost
        top = int(np.argmax(ways))
        if ways[top] > 0:
            best[number] += ways[top]
            back[number] = first + top
    at = int(np.argmax(best)) if len(points) else -1
    # The chain runs to the last peak that a chain reaches, as instruments call to the end.
    chain = []
    while at >= 0:
        chain.append(at)
        at = int(back[at])
    return chain[::-1]


def _qualities(channels: Floats, points: Ints, rows: Ints, usual: Floats) -> Ints:
    """Return Phred-like values from second peaks, spacing and height around each call."""
    n = len(points)
    if n < 3:
        return np.full(n, 4)
    here = channels[:, points]
    own = here[rows, np.arange(n)]
    others = here.copy()
    others[rows, np.arange(n)] = 0.0
    second = np.clip(others.max(axis=0) / np.maximum(own, 1e-6), 0.0, 1.0)
    steps = np.diff(points, prepend=points[0] - np.median(np.diff(points)))
    uneven = np.abs(steps / np.median(steps) - 1.0)
    low = np.clip(1.0 - own / usual[points], 0.0, 1.0)
    window = np.ones(7) / 7
    around = np.convolve(second, window, "same")
    rough = np.convolve(uneven, window, "same")
    values = 62.0 - 38.0 * second - 90.0 * around - 70.0 * rough - 8.0 * low
    values -= 14.0 * np.exp(-np.arange(n) / 12.0)
    rounded: Ints = np.clip(np.rint(values), 2, 62).astype(np.int64)
    return rounded
