"""Windows that run along a read, against plain slow twins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from der22.sanger.arrays import rolling_mean, rolling_median, rolling_quantile, segment_bounds


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 80), half=st.integers(0, 12))
def test_rolling_mean_equals_slices(seed, n, half):
    """Each mean is that of the slice around it, cut at the ends."""
    values = np.random.default_rng(seed).normal(size=n)
    slow = [values[max(i - half, 0) : i + half + 1].mean() for i in range(n)]
    assert rolling_mean(values, 2 * half + 1) == pytest.approx(slow)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 80), half=st.integers(0, 12))
def test_rolling_median_equals_slices(seed, n, half):
    """Inside, each median is that of its slice; the ends repeat the outermost whole window."""
    values = np.random.default_rng(seed).normal(size=n)
    fast = rolling_median(values, 2 * half + 1)
    assert fast.size == n
    if n <= 2 * half + 1:
        assert (fast == np.median(values)).all()
        return
    middle = range(half, n - half)
    assert fast[half : n - half] == pytest.approx(
        [np.median(values[i - half : i + half + 1]) for i in middle]
    )


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 90),
    half=st.integers(1, 40),
    quantile=st.sampled_from([0.5, 0.9, 0.97, 0.99, 1.0]),
    gaps=st.floats(0, 1),
)
def test_rolling_quantile_equals_nanquantile(seed, n, half, quantile, gaps):
    """Each quantile is numpy's over the values of its window, missing ones left out."""
    rng = np.random.default_rng(seed)
    values = rng.random((3, n)).astype(np.float32).astype(np.float64)
    values[rng.random(values.shape) < gaps] = np.nan
    fast = rolling_quantile(values, half, quantile)
    for row in range(3):
        for at in range(n):
            window = values[row, max(at - half, 0) : at + half + 1]
            window = window[~np.isnan(window)]
            expected = np.quantile(window, quantile) if window.size else np.nan
            assert fast[row, at] == pytest.approx(expected, abs=1e-6, nan_ok=True)


def test_segments_meet_half_way():
    """Each call owns the scans nearer to it than to its neighbours."""
    bounds = segment_bounds(np.array([10, 20, 34]), 100)
    assert bounds.tolist() == [5, 15, 27, 42]
