"""Medians and the scatter about them: the statistics that single strange values cannot move."""

from __future__ import annotations

import numpy as np

from der22.arrays import Floats

__all__ = [
    "MAD_EFFICIENCY",
    "MAD_TO_SD",
    "MEDIAN_ERROR",
    "mad_sd",
    "median_of_chi_square",
    "nanmedian",
    "weighted_median",
]

#: a normal distribution's SD over its median absolute deviation
MAD_TO_SD = 1.4826
#: degrees of freedom of a median absolute deviation over those of a variance
MAD_EFFICIENCY = 0.37
#: standard error of a median over that of a mean, normal distribution: sqrt(pi / 2)
MEDIAN_ERROR = 1.2533


def nanmedian(values: Floats, axis: int) -> Floats:
    """Return the median of the finite values along `axis`, NaN without one, without a warning."""
    ordered = np.sort(values, axis=axis)  # NaN sort to the end
    count = np.isfinite(values).sum(axis=axis)
    low = np.expand_dims(np.maximum((count - 1) // 2, 0), axis)
    high = np.expand_dims(np.maximum(count // 2, 0), axis)
    high = np.minimum(high, values.shape[axis] - 1)
    pair = np.take_along_axis(ordered, low, axis) + np.take_along_axis(ordered, high, axis)
    return np.asarray(np.where(count > 0, np.squeeze(pair, axis) / 2.0, np.nan))


def mad_sd(values: Floats, centre: float) -> float:
    """Return the SD that the median absolute deviation from `centre` stands for."""
    return float(MAD_TO_SD * np.median(np.abs(values - centre)))


def weighted_median(values: Floats, weight: Floats) -> float:
    """Return the value below and above which half of the weight lies; NaN without weight."""
    total = float(weight.sum())
    if total <= 0.0:
        return float("nan")
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    low = int(np.searchsorted(reached, 0.5 * total, side="left"))
    high = int(np.searchsorted(reached, 0.5 * total, side="right"))
    last = values.size - 1
    return float(values[order[min(low, last)]] + values[order[min(high, last)]]) / 2.0


def median_of_chi_square(degrees: float) -> float:
    """Return the median of chi-square over its mean (Wilson and Hilferty)."""
    return float((1.0 - 2.0 / (9.0 * degrees)) ** 3)
