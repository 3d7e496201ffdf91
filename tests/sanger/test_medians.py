"""Medians that are taken for many bases or bins at once."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from der22.sanger.evidence.strands import _median
from der22.sanger.reading.heights import _even_parts


@pytest.mark.parametrize("n_reads", [1, 2, 3, 4, 5])
def test_median_over_reads_leaves_out_what_is_not_measured(n_reads: int) -> None:
    """The middle of the measured values, the mean of two middles, NaN where no read measured."""
    rng = np.random.default_rng(n_reads)
    reads = [
        np.where(rng.random((4, 50)) < 0.4, np.nan, rng.random((4, 50))) for _ in range(n_reads)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a base without any value
        expected = np.nanmedian(np.stack(reads), axis=0)
    assert np.isnan(expected).any() or n_reads > 3
    np.testing.assert_array_equal(_median(reads), expected)


@pytest.mark.parametrize(("n_values", "n_parts"), [(12, 1), (24, 2), (35, 2), (47, 3), (100, 8)])
def test_even_parts_are_those_of_array_split(n_values: int, n_parts: int) -> None:
    """Every part has the values and the place that numpy gives it."""
    values = np.arange(n_values)
    parts = [row.tolist() for block in _even_parts(values, n_parts) for row in block]
    assert parts == [part.tolist() for part in np.array_split(values, n_parts)]
