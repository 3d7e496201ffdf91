"""Laws of the cumulative incidence and of Gray's test, and their edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from der22.cohort.competing_risks import cumulative_incidence, gray_test
from der22.cohort.endpoints import FollowUp
from der22.cohort.survival import (
    compare_incidence,
    compare_survival,
    fit_incidence,
    fit_survival,
)

subjects = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from((0, 1, 2))), min_size=1, max_size=40
)
grouped = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from((0, 1, 2)), st.sampled_from("ab")),
    min_size=4,
    max_size=40,
)


def _arrays(rows):
    return np.array([r[0] for r in rows], float), np.array([r[1] for r in rows], float)


def _follow_ups(rows):
    return [FollowUp(str(i), float(r[0]), r[1]) for i, r in enumerate(rows)]


@settings(deadline=None, max_examples=60)
@given(subjects)
def test_incidences_of_all_causes_and_survival_sum_to_one(rows):
    """At every time the two incidences and the survival share out all patients."""
    causes = [fit_incidence(_follow_ups(rows), cause) for cause in (1, 2)]
    survival = fit_survival(_follow_ups(rows))
    for time in range(13):
        assert sum(curve.at(time)[0] for curve in (*causes, survival)) == pytest.approx(1.0)


@settings(deadline=None, max_examples=60)
@given(subjects)
def test_with_one_cause_the_incidence_is_one_minus_kaplan_meier(rows):
    """Without competing events the incidence of relapse is 1 - KM."""
    alone = [(time, int(status == 1)) for time, status in rows]
    incidence, survival = fit_incidence(_follow_ups(alone)), fit_survival(_follow_ups(alone))
    for time in range(13):
        assert incidence.at(time)[0] == pytest.approx(1.0 - survival.at(time)[0])


@settings(deadline=None, max_examples=60)
@given(subjects, st.randoms(use_true_random=False))
def test_order_of_rows_is_irrelevant(rows, random):
    """Shuffled patients give the same estimate and variance."""
    shuffled = random.sample(rows, len(rows))
    one, two = cumulative_incidence(*_arrays(rows)), cumulative_incidence(*_arrays(shuffled))
    assert np.array_equal(one.estimate, two.estimate)
    assert np.array_equal(one.variance, two.variance)


@settings(deadline=None, max_examples=60)
@given(grouped, st.floats(0.01, 100.0))
def test_scaling_time_leaves_tests_unchanged(rows, factor):
    """Days or months: log-rank and Gray are the same."""
    labels = [r[2] for r in rows]
    scaled = [(r[0] * factor, r[1], r[2]) for r in rows]
    for test in (compare_survival, compare_incidence):
        one, two = test(_follow_ups(rows), labels), test(_follow_ups(scaled), labels)
        assert one.statistic == pytest.approx(two.statistic, rel=1e-6, nan_ok=True)
        assert one.reason == two.reason


@settings(deadline=None, max_examples=60)
@given(subjects)
def test_two_equal_groups_do_not_differ(rows):
    """The same patients twice, as two groups: the statistic is 0, or there is no event."""
    labels = ["a"] * len(rows) + ["b"] * len(rows)
    for test, is_event in ((compare_survival, (1, 2)), (compare_incidence, (1,))):
        result = test(_follow_ups(rows * 2), labels)
        if any(status in is_event for _, status in rows):
            untold = result.reason == "not estimable: no event tells the groups apart"
            assert untold or result.statistic == pytest.approx(0.0, abs=1e-9)
        else:
            assert result.reason == "not estimable: no event"


@settings(deadline=None, max_examples=60)
@given(grouped)
def test_exchanging_group_names_leaves_gray_unchanged(rows):
    """Which group comes first is a matter of names."""
    if not any(r[1] == 1 for r in rows) or len({r[2] for r in rows}) < 2:
        return
    time, cause = _arrays(rows)
    label = np.array([r[2] for r in rows])
    swapped = np.where(label == "a", "b", "a")
    one, two = gray_test(time, cause, label), gray_test(time, cause, swapped)
    assert one.statistic == pytest.approx(two.statistic, rel=1e-6, nan_ok=True)


def test_before_the_first_event_the_incidence_is_zero():
    """A time before any event gives estimate and variance 0."""
    curve = cumulative_incidence(np.array([5.0, 8.0]), np.array([1.0, 0.0]))
    assert curve.at(4.9) == (0.0, 0.0)
    assert curve.at(5.0)[0] == 0.5


def test_variance_without_ties_and_competition_is_binomial():
    """With complete data the variance of 3 relapses in 10 is p(1-p)/n up to R's convention."""
    time = np.arange(1.0, 11.0)
    cause = np.array([1.0] * 3 + [0.0] * 7)
    estimate, variance = cumulative_incidence(time, cause).at(3.0)
    assert estimate == pytest.approx(0.3)
    # Gray's increment d/n^2 has no 1 - d/n factor: by hand, S=1, .9, .8 and n=10, 9, 8
    expected = sum(
        ((1 - 0.3) / s) ** 2 * b**2 / n**2
        for b, s, n in ((1, 0.9, 10), (0.9, 0.8, 9), (0.8, 0.7, 8))
    )
    assert variance == pytest.approx(expected)


def test_groups_never_at_risk_together_cannot_be_compared():
    """One group ends before the first event of the other: no statistic, no failure."""
    time = np.array([1.0, 2.0, 10.0, 11.0])
    cause = np.array([2.0, 2.0, 1.0, 1.0])
    result = gray_test(time, cause, np.array(["a", "a", "b", "b"]))
    assert math.isnan(result.statistic)
    assert result.df == 1


def test_a_group_censored_before_every_event_is_left_out():
    """Three groups of which one tells nothing give the test of the two others."""
    rows = [
        (5, 1, "a"),
        (7, 0, "a"),
        (6, 1, "b"),
        (9, 2, "b"),
        (8, 1, "a"),
        (1, 0, "c"),
        (2, 0, "c"),
    ]
    two = [r for r in rows if r[2] != "c"]
    for test in (compare_survival, compare_incidence):
        whole = test(_follow_ups(rows), [r[2] for r in rows])
        part = test(_follow_ups(two), [r[2] for r in two])
        assert whole.p_value == pytest.approx(part.p_value)


@pytest.mark.parametrize("test", [compare_survival, compare_incidence])
def test_one_group_and_no_event_are_told_apart(test):
    """Statistic and p are NaN with the reason."""
    one = test(_follow_ups([(1, 1), (2, 0)]), ["a", "a"])
    assert math.isnan(one.p_value)
    assert one.reason == "not estimable: one group only"
    none = test(_follow_ups([(1, 0), (2, 0)]), ["a", "b"])
    assert none.reason == "not estimable: no event"
