"""From scans to sizes: Local Southern."""

from __future__ import annotations

import numpy as np

from der22.arrays import Floats, Ints

__all__ = ["local_southern"]


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
    lower = _curve(scan, fragment_scan, fragment_nt, interval - 1)
    upper = _curve(scan, fragment_scan, fragment_nt, interval)
    lower = np.where(interval > 0, lower, upper)
    upper = np.where(interval < n_fragments - 2, upper, lower)
    inside = (scan >= fragment_scan[0]) & (scan <= fragment_scan[-1])
    return np.where(inside, 0.5 * (lower + upper), np.nan)


def _curve(scan: Floats, fragment_scan: Floats, fragment_nt: Floats, first: Ints) -> Floats:
    """Evaluate the hyperbola through fragments first, first + 1 and first + 2 at `scan`."""
    first = np.clip(first, 0, fragment_scan.size - 3)
    x1, x2, x3 = fragment_scan[first], fragment_scan[first + 1], fragment_scan[first + 2]
    y1, y2, y3 = fragment_nt[first], fragment_nt[first + 1], fragment_nt[first + 2]
    slope_12 = (x2 - x1) / (y2 - y1)
    slope_13 = (x3 - x1) / (y3 - y1)
    bend = (slope_13 - slope_12) / (x3 - x2)
    denominator = slope_12 + (scan - x2) * bend
    # Only outside the fragments can the denominator vanish; those sizes are not reported.
    return y1 + (scan - x1) / np.where(denominator == 0.0, np.nan, denominator)
