"""Hazard ratios by Cox regression, with separation caught before and after the fit."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.linalg import LinAlgError
from scipy.stats import norm
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.tools.sm_exceptions import ModelWarning

from der22.cohort.endpoints import FollowUp

__all__ = ["HazardRatio", "fit_cox"]

#: |log hazard ratio| above this is separation, not an effect (a ratio of 22000)
_LARGEST_COEFFICIENT = 10.0


@dataclass(frozen=True, slots=True)
class HazardRatio:
    """One level against the reference.

    Attributes:
        level: the level.
        n: patients of the level.
        events: events of the level.
        ratio: hazard ratio, NaN when not estimable; so lower, upper and p_value.
        lower: lower Wald bound.
        upper: upper Wald bound.
        p_value: Wald test.
        note: why nothing is given, or blank.
    """

    level: str
    n: int
    events: int
    ratio: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    p_value: float = math.nan
    note: str = ""


def fit_cox(
    rows: Sequence[FollowUp],
    groups: Sequence[str],
    levels: Sequence[str],
    reference: str,
    conf_level: float,
) -> list[HazardRatio]:
    """Fit one proportional hazards model, ties by Efron, Wald intervals.

    Args:
        rows: one end point; every status above 0 is an event.
        groups: label of each row, the reference or one of `levels`.
        levels: levels to compare, in order.
        reference: level with hazard ratio 1.
        conf_level: level of the interval.

    Returns:
        One record per level. A level (or the reference) without an event makes the whole model
        not estimable: the likelihood has no maximum there.
    """
    event = np.array([row.status > 0 for row in rows], dtype=float)
    labels = np.asarray(groups)
    counts = {
        level: (int((labels == level).sum()), int(event[labels == level].sum()))
        for level in (*levels, reference)
    }
    without = [level for level, (_, events) in counts.items() if events == 0]
    if without:
        note = "not estimable: no event in " + ", ".join(without)
        return [HazardRatio(level, *counts[level], note=note) for level in levels]
    time = np.array([row.time for row in rows], dtype=float)
    design = np.stack([(labels == level).astype(float) for level in levels], axis=1)
    fitted = _fit(time, design, event)
    if fitted is None:
        note = "not estimable: the fit has no finite maximum"
        return [HazardRatio(level, *counts[level], note=note) for level in levels]
    z = float(norm.ppf(0.5 + conf_level / 2.0))
    return [
        HazardRatio(
            level,
            *counts[level],
            ratio=math.exp(b),
            lower=math.exp(b - z * se),
            upper=math.exp(b + z * se),
            p_value=float(2.0 * norm.sf(abs(b / se))),
        )
        for level, (b, se) in zip(levels, fitted, strict=True)
    ]


def _fit(
    time: np.ndarray, design: np.ndarray, event: np.ndarray
) -> list[tuple[float, float]] | None:
    """Return coefficient and standard error of each column, None where the fit cannot be used."""
    with warnings.catch_warnings():
        # numerical trouble means a fit we do not use; the reader gets our note instead
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", RuntimeWarning)
        warnings.simplefilter("error", ModelWarning)
        try:
            result = PHReg(time, design, status=event, ties="efron").fit()
            fitted = [
                (float(b), float(se)) for b, se in zip(result.params, result.bse, strict=True)
            ]
        except (LinAlgError, ValueError, ArithmeticError, RuntimeWarning, ModelWarning):
            return None
    if all(
        math.isfinite(b) and math.isfinite(se) and se > 0 and abs(b) <= _LARGEST_COEFFICIENT
        for b, se in fitted
    ):
        return fitted
    return None
