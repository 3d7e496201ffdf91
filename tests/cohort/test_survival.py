"""Edges of the estimates: nothing left, nothing to compare, no finite maximum."""

from __future__ import annotations

import math

import pytest

from der22.cohort.endpoints import FollowUp
from der22.cohort.regression import fit_cox
from der22.cohort.survival import (
    fit_incidence,
    fit_survival,
    incidence_interval,
    median_time,
    survival_interval,
)
from der22.results.cohort import SurvivalRow
from der22.results.schema import columns_of

#: how an estimate is written
WRITTEN = next(one.write for one in columns_of(SurvivalRow) if one.name == "estimate")


def _rows(*pairs):
    return [FollowUp(str(i), float(time), status) for i, (time, status) in enumerate(pairs)]


def test_nobody_left_has_no_interval():
    """Where the curve falls to 0 the estimate is 0 and the bounds are blank."""
    curve = fit_survival(_rows((5, 1), (9, 1)))
    point = curve.estimate(9.0, 0.95)
    assert point.value == 0.0
    assert math.isnan(point.lower)
    assert math.isnan(point.upper)
    assert WRITTEN(point.upper) == ""


def test_incidence_of_one_and_of_zero_has_no_width():
    """0-0 at zero and 1-1 at one; in between the bounds stay inside 0 and 1."""
    assert incidence_interval(0.0, 0.0, 0.95) == (0.0, 0.0)
    assert incidence_interval(1.0, 0.0, 0.95) == (1.0, 1.0)
    assert fit_incidence(_rows((5, 1), (9, 1))).estimate(9.0, 0.95).value == pytest.approx(1.0)
    low, high = incidence_interval(0.02, 0.5, 0.95)
    assert 0.0 <= low < 0.02 < high <= 1.0


def test_before_any_event_survival_is_certain_by_convention():
    """1-1 while no event has happened, whatever the follow-up."""
    curve = fit_survival(_rows((5, 0), (9, 1)))
    assert curve.estimate(4.0, 0.95) == curve.estimate(8.9, 0.95)
    assert survival_interval(1.0, 0.0, 0.95) == (1.0, 1.0)
    assert curve.at_risk(5.0) == 2
    assert curve.at_risk(5.1) == 1


@pytest.mark.parametrize(
    ("rows", "median"),
    [
        (((1, 1), (2, 1), (3, 1)), 2.0),
        (((1, 1), (2, 1), (3, 1), (4, 1)), 2.5),
        (((1, 1), (2, 1), (3, 0), (4, 0)), 2.0),
        (((1, 1), (2, 0), (3, 0)), math.nan),
        (((1, 0), (2, 0)), math.nan),
    ],
)
def test_median(rows, median):
    """First time at or below 0.5, middle of a plateau that ends, blank when not reached."""
    assert median_time(fit_survival(_rows(*rows))) == pytest.approx(median, nan_ok=True)


def test_separation_is_told_and_not_fitted():
    """All of one group before all of the other: the likelihood has no finite maximum."""
    rows = _rows(*((time, 1) for time in range(1, 13)))
    labels = ["plus"] * 6 + ["none"] * 6
    (fitted,) = fit_cox(rows, labels, ["plus"], "none", 0.95)
    assert fitted.note == "not estimable: the fit has no finite maximum"
    assert (fitted.n, fitted.events) == (6, 6)
    assert math.isnan(fitted.ratio)


def test_a_level_without_event_makes_the_whole_model_inestimable():
    """Both rows name the level that has no event; counts stay."""
    rows = _rows((1, 1), (2, 1), (3, 0), (4, 1), (5, 0), (6, 0))
    labels = ["a", "b", "a", "b", "c", "c"]
    fitted = fit_cox(rows, labels, ["a", "b"], "c", 0.95)
    assert {row.note for row in fitted} == {"not estimable: no event in c"}
    assert [(row.level, row.n, row.events) for row in fitted] == [("a", 2, 1), ("b", 2, 2)]


def test_no_warning_of_a_library_escapes(recwarn):
    """A hopeless fit gives the note and nothing else."""
    rows = _rows((1, 1), (1, 1), (1, 1), (1, 1))
    fit_cox(rows, ["a", "a", "b", "b"], ["a"], "b", 0.95)
    assert list(recwarn) == []


def test_numbers_are_written_unrounded():
    """Ten significant digits, also of a very small p value."""
    assert WRITTEN(1.23456789012e-9) == "1.23456789e-09"
    assert WRITTEN(0.0073279238901) == "0.00732792389"
