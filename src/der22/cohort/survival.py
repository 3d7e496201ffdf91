"""Survival curves with their intervals, medians, and the tests between groups.

Kaplan-Meier with its Greenwood standard error and the log-rank test are those of statsmodels;
cumulative incidence and Gray's test are those of `competing_risks`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.linalg import LinAlgError
from scipy.stats import chi2, norm
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from der22.arrays import Mask
from der22.cohort.competing_risks import Array, CumulativeIncidence, cumulative_incidence, gray_test
from der22.cohort.endpoints import FollowUp

__all__ = [
    "Estimate",
    "GroupTest",
    "SurvivalCurve",
    "compare_incidence",
    "compare_survival",
    "fit_incidence",
    "fit_survival",
    "incidence_interval",
    "median_time",
    "survival_interval",
]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One point of a curve: `value` as a fraction with its bounds, NaN where not defined."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """A step curve with what a figure and a table need.

    Attributes:
        times: (m,) times with an event, rising.
        values: (m,) survival or incidence from that time on.
        errors: (m,) standard error of `values`.
        follow_up: (n,) time of every patient, rising.
        censored: (k,) times of the censored patients, rising.
        incidence: whether the curve rises from 0 instead of falling from 1.
    """

    times: Array
    values: Array
    errors: Array
    follow_up: Array
    censored: Array
    incidence: bool = False

    def at(self, time: float) -> tuple[float, float]:
        """Return value and standard error at `time`."""
        index = int(np.searchsorted(self.times, time, side="right")) - 1
        if index < 0:
            return (0.0 if self.incidence else 1.0), 0.0
        return float(self.values[index]), float(self.errors[index])

    def at_risk(self, time: float) -> int:
        """Return the number of patients whose follow-up reaches `time`."""
        return int((self.follow_up >= time).sum())

    def estimate(self, time: float, conf_level: float) -> Estimate:
        """Return the point of the curve at `time` with its interval."""
        value, error = self.at(time)
        interval = incidence_interval if self.incidence else survival_interval
        return Estimate(value, *interval(value, error, conf_level))


@dataclass(frozen=True, slots=True)
class GroupTest:
    """A test between groups; NaN with the reason when it cannot be made."""

    statistic: float
    p_value: float
    reason: str = ""


def fit_survival(rows: Sequence[FollowUp]) -> SurvivalCurve:
    """Estimate the survival of `rows` (at least one), every status above 0 being an event."""
    time, status = _arrays(rows)
    fit = SurvfuncRight(time, (status > 0).astype(float))
    return SurvivalCurve(
        times=np.asarray(fit.surv_times, dtype=float),
        values=np.asarray(fit.surv_prob, dtype=float),
        errors=np.asarray(fit.surv_prob_se, dtype=float),
        follow_up=np.sort(time),
        censored=np.sort(time[status == 0]),
    )


def fit_incidence(rows: Sequence[FollowUp], cause: int = 1) -> SurvivalCurve:
    """Estimate the cumulative incidence of `cause`, the other status values competing."""
    time, status = _arrays(rows)
    fit: CumulativeIncidence = cumulative_incidence(time, status, cause)
    return SurvivalCurve(
        times=fit.times,
        values=fit.estimate,
        errors=np.sqrt(np.maximum(fit.variance, 0.0)),
        follow_up=np.sort(time),
        censored=np.sort(time[status == 0]),
        incidence=True,
    )


def survival_interval(value: float, error: float, conf_level: float) -> tuple[float, float]:
    """Return the interval of type "log": S exp(±z se/S), capped at 1; NaN where S is 0.

    METHOD: default of R's survfit, which the trial's figures fit (Greenwood standard error).
    """
    if value <= 0.0 or math.isnan(error):
        return math.nan, math.nan
    factor = math.exp(norm.ppf(0.5 + conf_level / 2.0) * error / value)
    return value / factor, min(1.0, value * factor)


def incidence_interval(value: float, error: float, conf_level: float) -> tuple[float, float]:
    """Return the interval x^exp(±z se/(x ln x)) of a cumulative incidence; 0-0 at 0, 1-1 at 1.

    METHOD: complementary log-log interval (Kalbfleisch & Prentice), always inside 0 to 1.
    """
    if value <= 0.0:
        return 0.0, 0.0
    if value >= 1.0:
        return 1.0, 1.0
    spread = norm.ppf(0.5 + conf_level / 2.0) * error / (value * math.log(value))
    bounds = (value ** math.exp(-spread), value ** math.exp(spread))
    return min(bounds), max(bounds)


def median_time(curve: SurvivalCurve) -> float:
    """Return the first time with S <= 0.5; NaN when it is not reached.

    Where the curve lies exactly at 0.5 until it falls on, the middle of that plateau is returned,
    as R does.
    """
    # a plateau reached by other fractions may miss 0.5 by rounding only
    level = np.round(curve.values, 12)
    reached = np.flatnonzero(level <= 0.5)
    if len(reached) == 0:
        return math.nan
    first = float(curve.times[reached[0]])
    below = np.flatnonzero(level < 0.5)
    if len(below) == 0:  # the curve ends at 0.5: nothing closes the plateau
        return first
    return (first + float(curve.times[below[0]])) / 2.0


def compare_survival(rows: Sequence[FollowUp], groups: Sequence[str]) -> GroupTest:
    """Return the log-rank test of `rows` between their `groups` (one label per row)."""
    time, status = _arrays(rows)
    event = status > 0
    used = _informative(time, event, groups)
    labels = np.asarray(groups)[used]
    reason = _no_test(labels, event[used])
    if reason:
        return GroupTest(math.nan, math.nan, reason)
    codes = np.unique(labels, return_inverse=True)[1]
    try:
        statistic, _ = survdiff(time[used], event[used].astype(float), codes)
    except LinAlgError:  # no event happened while two groups could be compared
        statistic = math.nan
    return _chi_square(float(statistic), len(np.unique(codes)) - 1)


def compare_incidence(rows: Sequence[FollowUp], groups: Sequence[str], cause: int = 1) -> GroupTest:
    """Return Gray's test of `rows` between their `groups` (one label per row)."""
    time, status = _arrays(rows)
    used = _informative(time, status == cause, groups)
    labels = np.asarray(groups)[used]
    reason = _no_test(labels, status[used] == cause)
    if reason:
        return GroupTest(math.nan, math.nan, reason)
    result = gray_test(time[used], status[used], np.unique(labels, return_inverse=True)[1], cause)
    return _chi_square(result.statistic, result.df)


def _arrays(rows: Sequence[FollowUp]) -> tuple[Array, Array]:
    time = np.array([row.time for row in rows], dtype=float)
    return time, np.array([row.status for row in rows], dtype=float)


def _informative(time: Array, event: Mask, groups: Sequence[str]) -> Mask:
    """Leave out groups that nobody of which is under observation at any event.

    Such a group adds a row of zeros to the covariance; R lowers the degrees of freedom alike.
    """
    labels = np.asarray(groups)
    if not event.any():
        return np.ones(len(labels), dtype=bool)
    first = time[event].min()
    kept = [label for label in np.unique(labels) if time[labels == label].max() >= first]
    return np.isin(labels, kept)


def _no_test(labels: npt.NDArray[np.str_], event: Mask) -> str:
    if len(labels) == 0:
        return "not estimable: nobody is in a group and still followed at the start"
    if len(np.unique(labels)) < 2:
        return "not estimable: one group only"
    if not event.any():
        return "not estimable: no event"
    return ""


def _chi_square(statistic: float, df: int) -> GroupTest:
    if math.isnan(statistic):
        return GroupTest(math.nan, math.nan, "not estimable: no event tells the groups apart")
    return GroupTest(max(0.0, statistic), float(chi2.sf(max(0.0, statistic), df)))
