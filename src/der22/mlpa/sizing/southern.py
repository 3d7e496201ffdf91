"""From scans to sizes: Local Southern."""

from __future__ import annotations

import numpy as np

from der22.arrays import Floats, Ints

__all__ = ["local_southern", "sizes_left_out"]

_THREE = np.arange(3)[:, None]


def local_southern(scan: Floats, fragment_scan: Floats, fragment_nt: Floats) -> Floats:
    """Return the size of peaks that lie between the fragments of a size standard.

    METHOD: Local Southern (Elder and Southern, Anal Biochem 1983;128:227). Between fragments k and
    k+1 the curves size = c / (scan - s0) + z0 through fragments (k-1, k, k+1) and (k, k+1, k+2) are
    averaged; at the ends the one that exists is used; three points on a line give that line. The
    hyperbola is evaluated as a continued fraction, which has no pole for straight lines and rises
    with the scan for every rising standard.

    Args:
        scan: apexes, shape (n,), scans.
        fragment_scan: apexes of the assigned fragments, strictly ascending, shape (m,), m >= 3.
        fragment_nt: their lengths, strictly ascending, nt.

    Returns:
        Sizes in nt, shape (n,); NaN outside the fragments: nothing is extrapolated.
    """
    n_fragments = fragment_scan.size
    interval = np.searchsorted(fragment_scan, scan, side="right") - 1
    interval = np.clip(interval, 0, n_fragments - 2)
    lower_first = np.clip(interval - 1, 0, n_fragments - 3)
    upper_first = np.clip(interval, 0, n_fragments - 3)
    lower = _curve(scan, fragment_scan, fragment_nt, lower_first + _THREE)
    upper = _curve(scan, fragment_scan, fragment_nt, upper_first + _THREE)
    lower = np.where(interval > 0, lower, upper)
    upper = np.where(interval < n_fragments - 2, upper, lower)
    inside = (scan >= fragment_scan[0]) & (scan <= fragment_scan[-1])
    return np.where(inside, 0.5 * (lower + upper), np.nan)


def sizes_left_out(fragment_scan: Floats, fragment_nt: Floats) -> Floats:
    """Return the size each fragment would get from its neighbours alone, nt.

    Args:
        fragment_scan: apexes of the assigned fragments, strictly ascending, shape (m,).
        fragment_nt: their lengths, strictly ascending, nt.

    Returns:
        Sizes in nt, shape (m,); at both ends the nearest curve is drawn on, which is far less
        exact; NaN everywhere with fewer than four fragments.
    """
    n_fragments = fragment_scan.size
    result = np.full(n_fragments, np.nan)
    if n_fragments <= 3:
        return result
    at = np.arange(1, n_fragments - 1)
    scan = fragment_scan[at]
    has_lower, has_upper = at >= 2, at <= n_fragments - 3
    below = np.stack([at - 2, at - 1, at + 1])[:, has_lower]
    above = np.stack([at - 1, at + 1, at + 2])[:, has_upper]
    lower, upper = np.full(at.size, np.nan), np.full(at.size, np.nan)
    lower[has_lower] = _curve(scan[has_lower], fragment_scan, fragment_nt, below)
    upper[has_upper] = _curve(scan[has_upper], fragment_scan, fragment_nt, above)
    lower, upper = np.where(has_lower, lower, upper), np.where(has_upper, upper, lower)
    result[at] = 0.5 * (lower + upper)
    nearest = np.array([[1, n_fragments - 4], [2, n_fragments - 3], [3, n_fragments - 2]])
    result[[0, -1]] = _curve(fragment_scan[[0, -1]], fragment_scan, fragment_nt, nearest)
    return result


def _curve(scan: Floats, fragment_scan: Floats, fragment_nt: Floats, three: Ints) -> Floats:
    """Evaluate the hyperbolas through three fragments each, shape (3, n), at `scan`."""
    x1, x2, x3 = fragment_scan[three]
    y1, y2, y3 = fragment_nt[three]
    slope_12 = (x2 - x1) / (y2 - y1)
    slope_13 = (x3 - x1) / (y3 - y1)
    bend = (slope_13 - slope_12) / (x3 - x2)
    denominator = slope_12 + (scan - x2) * bend
    # Only outside the fragments can the denominator vanish; those sizes are not reported.
    return np.asarray(y1 + (scan - x1) / np.where(denominator == 0.0, np.nan, denominator))
