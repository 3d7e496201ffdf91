"""Local Southern: laws that hold for every size standard."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from der22.mlpa.sizing.southern import local_southern

RISING = st.integers(4, 20).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.float64, n, elements=st.floats(20.0, 900.0)).map(np.cumsum),
        hnp.arrays(np.float64, n, elements=st.floats(5.0, 60.0)).map(np.cumsum),
    )
)


def slow_southern(scan: float, fragments: list[tuple[float, float]]) -> float:
    """Solve c / (s - s0) + z0 through three fragments, twice, and average: the textbook's way."""
    k = max(i for i, (s, _) in enumerate(fragments[:-1]) if s <= scan)
    sizes = []
    for first in (k - 1, k):
        if 0 <= first <= len(fragments) - 3:
            (x1, y1), (x2, y2), (x3, y3) = fragments[first : first + 3]
            share = (y1 - y2) / (y2 - y3) * (x3 - x2) / (x2 - x1)
            s0 = (x3 - share * x1) / (1.0 - share)
            c = (y1 - y2) * (x1 - s0) * (x2 - s0) / (x2 - x1)
            sizes.append(c / (scan - s0) + y1 - c / (x1 - s0))
    return sum(sizes) / len(sizes)


@given(RISING)
def test_sizes_rise_with_the_scan(standard: tuple[np.ndarray, np.ndarray]) -> None:
    """Whatever rising standard: a later peak is never smaller."""
    scan, size = standard
    peaks = np.linspace(scan[0], scan[-1], 500)
    sized = local_southern(peaks, scan, size)
    assert (np.diff(sized) >= -1e-9).all()


@given(RISING)
def test_fragments_get_their_own_size(standard: tuple[np.ndarray, np.ndarray]) -> None:
    """Both curves pass through the fragments, so each has exactly its length."""
    scan, size = standard
    assert local_southern(scan, scan, size) == pytest.approx(size, rel=1e-9)


def test_nothing_is_extrapolated() -> None:
    """One scan outside the standard there is no size; at the ends there is."""
    scan, size = np.array([100.0, 200.0, 300.0, 400.0]), np.array([50.0, 60.0, 70.0, 80.0])
    sized = local_southern(np.array([99.0, 100.0, 400.0, 401.0]), scan, size)
    assert np.isnan(sized).tolist() == [True, False, False, True]


def test_three_points_on_a_line_give_the_line() -> None:
    """A straight standard has no pole and sizes as straight interpolation does."""
    scan, size = np.arange(5) * 100.0, np.arange(5) * 10.0
    peaks = np.array([1.0, 150.0, 399.0])
    assert local_southern(peaks, scan, size) == pytest.approx(peaks / 10.0)


def test_agrees_with_the_textbook_formula() -> None:
    """The continued fraction equals the solved hyperbola on a curved standard."""
    size = np.array([50.0, 75.0, 100.0, 139.0, 150.0, 160.0, 200.0, 300.0])
    scan = 4000.0 * size / (700.0 - size) + 300.0 + 0.5 * np.sin(size)
    fragments = list(zip(scan.tolist(), size.tolist(), strict=True))
    peaks = np.linspace(scan[0] + 1, scan[-1] - 1, 60)
    slow = [slow_southern(peak, fragments) for peak in peaks.tolist()]
    assert local_southern(peaks, scan, size) == pytest.approx(slow, abs=1e-6)
