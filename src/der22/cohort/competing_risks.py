"""Competing risks: cumulative incidence with its variance, and Gray's test.

METHOD: Gray RJ, Ann Stat 1988;16:1141-54 (estimator of the subdistribution, its variance, the
K-sample test with rho = 0). With tied events of a cause, d of n at risk, the increment d/n is
given the variance factor 1 - (d-1)/(n-1), as for sampling without replacement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "CumulativeIncidence", "GrayTest", "cumulative_incidence", "gray_test"]

Array = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class CumulativeIncidence:
    """A step curve.

    Attributes:
        times: (m,) distinct times with an event of any cause, rising.
        estimate: (m,) cumulative incidence of the cause from that time on.
        variance: (m,) variance of `estimate`.
    """

    times: Array
    estimate: Array
    variance: Array

    def at(self, time: float) -> tuple[float, float]:
        """Return estimate and variance at `time`; 0 and 0 before the first event."""
        index = int(np.searchsorted(self.times, time, side="right")) - 1
        if index < 0:
            return 0.0, 0.0
        return float(self.estimate[index]), float(self.variance[index])


@dataclass(frozen=True, slots=True)
class GrayTest:
    """Result of Gray's test; `statistic` is NaN where the data cannot tell the groups apart."""

    statistic: float
    df: int


def cumulative_incidence(time: Array, cause: Array, of_interest: int = 1) -> CumulativeIncidence:
    """Estimate the cumulative incidence of one cause in the presence of the others.

    Args:
        time: (n,) times.
        cause: (n,) 0 = censored, else the number of the cause.
        of_interest: the cause to estimate.
    """
    times = np.unique(time[cause > 0])
    at_risk, events, others = _counts(time, cause, of_interest, times)
    after = np.cumprod(1.0 - (events + others) / at_risk)
    before = np.concatenate(([1.0], after))[: len(times)]
    incidence = np.cumsum(before * events / at_risk)
    inverse = _divide(np.ones_like(after), after)  # taken as 0 once nobody is left
    sums = np.zeros((3, len(times)))
    for deaths, own in ((events, 1.0), (others, 0.0)):
        spread = before**2 * _tie_factor(deaths, at_risk) * deaths / at_risk**2
        slope = own + incidence * inverse
        terms = np.stack((slope**2, inverse * slope, inverse**2)) * spread
        sums += np.cumsum(terms, axis=1)
    variance = sums[0] + incidence**2 * sums[2] - 2.0 * incidence * sums[1]
    return CumulativeIncidence(times, incidence, variance)


def gray_test(time: Array, cause: Array, group: npt.NDArray[Any], of_interest: int = 1) -> GrayTest:
    """Test equality of the cumulative incidence of one cause between K groups.

    Args:
        time: (n,) times.
        cause: (n,) 0 = censored, else the number of the cause.
        group: (n,) labels; at least two different ones.
        of_interest: the cause compared; at least one event of it.
    """
    times = np.unique(time[cause > 0])
    members = [group == label for label in np.unique(group)]
    counts = [_counts(time[m], cause[m], of_interest, times) for m in members]
    at_risk, events, others = (np.stack(part) for part in zip(*counts, strict=True))
    after = np.cumprod(1.0 - _divide(events + others, at_risk), axis=1)
    before = _lagged(after, 1.0)
    incidence_before = _lagged(np.cumsum(before * _divide(events, at_risk), axis=1), 0.0)
    weight = _divide(at_risk, before)  # Y/S(t-): at risk had nobody left by an event
    pooled = np.cumsum(_divide(events.sum(0), weight.sum(0)))  # incidence under the null
    pooled_before = _lagged(pooled, 0.0)

    risk_set = weight * (1.0 - incidence_before)
    score = (events - _divide(risk_set, risk_set.sum(0)) * events.sum(0)).sum(1)

    # direct[i, k, t]: what a subject of group k at t moves in the score of group i
    share = _divide(weight, weight.sum(0))
    direct = weight[:, None, :] * (np.eye(len(members))[:, :, None] - share[None, :, :])
    hazard = _divide(events.sum(0), weight.sum(0) * (1.0 - pooled_before))
    drift = np.cumsum(direct * hazard, axis=2)
    ahead = drift[:, :, -1:] - drift  # drift still to come after t
    survivors = _divide(np.broadcast_to(1.0 - pooled, after.shape), after)

    own = direct + (1.0 - survivors) * ahead
    own_spread = (
        _tie_factor(events.sum(0), weight.sum(0) * before)
        * before
        * events.sum(0)
        * _divide(np.ones_like(at_risk), weight.sum(0) * at_risk)
    )
    rival = survivors * ahead
    rival_spread = _tie_factor(others, at_risk) * others * _divide(before, at_risk) ** 2
    covariance = np.einsum("ikt,jkt,kt->ij", own, own, own_spread)
    covariance += np.einsum("ikt,jkt,kt->ij", rival, rival, rival_spread)
    score, covariance = score[:-1], covariance[:-1, :-1]  # scores sum to 0: the last adds nothing
    if np.linalg.matrix_rank(covariance, hermitian=True) < len(score):
        return GrayTest(float("nan"), len(score))
    return GrayTest(float(score @ np.linalg.solve(covariance, score)), len(score))


def _counts(
    time: Array, cause: Array, of_interest: int, times: Array
) -> tuple[Array, Array, Array]:
    """Return, at each of `times`: subjects at risk, events of interest, events of other causes."""
    at_risk = (time[:, None] >= times).sum(0).astype(float)
    now = time[:, None] == times
    events = (now & (cause == of_interest)[:, None]).sum(0).astype(float)
    others = (now & ((cause != of_interest) & (cause > 0))[:, None]).sum(0).astype(float)
    return at_risk, events, others


def _tie_factor(deaths: Array, at_risk: Array) -> Array:
    return 1.0 - np.where(deaths > 1.0, _divide(deaths - 1.0, at_risk - 1.0), 0.0)


def _lagged(values: Array, first: float) -> Array:
    """Return the value just before each time."""
    head = np.full((*values.shape[:-1], 1), first)
    return np.concatenate((head, values[..., :-1]), axis=-1)


def _divide(top: Array, bottom: Array) -> Array:
    """Return top / bottom, 0 where bottom is 0."""
    return np.divide(top, bottom, out=np.zeros(np.broadcast(top, bottom).shape), where=bottom != 0)
