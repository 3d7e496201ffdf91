"""The swimmer figure: every mark on its day, every result with a mark of its own, none hidden."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeVar

import pytest

from der22.cohort.settings import StatisticsSettings
from der22.formats.records import Patient
from der22.report.figures import FigureData, figure_style
from der22.report.figures.swimmer import _MARKS, _offsets, draw_swimmer
from der22.results.cohort import RiskRow
from der22.results.mrd import SeriesRow
from der22.results.sanger import Abl1Row
from der22.words import Abl1Status, Category, RiskLabel

Seen = tuple[float, str, str]
T = TypeVar("T")


def _row(record: type[T], **known: Any) -> T:
    """Return a row of patient X of which nothing else is known."""
    blank = dict.fromkeys(field.name for field in dataclasses.fields(record))  # type: ignore[arg-type]
    return record(**{**blank, "patient_id": "X", **known})


def _drawn(
    abl1: Sequence[tuple[int, str]] = (), series: Sequence[tuple[int, str, str]] = ()
) -> list[tuple[Seen, float]]:
    """Draw one patient of 600 days; return ((day, marker, face), height) of each mark."""
    data = FigureData(
        cohort_name="c",
        patients=[Patient("X", last_contact_day=600)],
        statistics=StatisticsSettings(),
        timepoints=(),
        risk=[_row(RiskRow, genomic_risk=RiskLabel.HIGH)],
        abl1=[_row(Abl1Row, day=day, abl1_status=Abl1Status(word)) for day, word in abl1],
        series=[
            _row(
                SeriesRow,
                day=day,
                timepoint="d57",
                category=Category(category),
                molecular_response=Category(category).response,
                mrd_increase=rise == "yes",
            )
            for day, category, rise in series
        ],
    )
    with figure_style():
        lines = draw_swimmer(data).axes[0].get_lines()
    marks = [line for line in lines if line.get_marker() not in {"None", None, ""}]
    return [
        (
            (line.get_xdata()[0], line.get_marker(), line.get_markerfacecolor()),
            line.get_ydata()[0],
        )
        for line in marks
        if line.get_marker() != ">"
    ]


def _look(kind: str) -> tuple[str, str]:
    marker, _, face, _, _ = _MARKS[kind]
    return marker, face


@pytest.mark.parametrize("status", ["mutated", "possible", "not_evaluable", "wild_type"])
def test_each_abl1_status_has_a_mark_and_words_of_its_own(status: str) -> None:
    """Only a wild-type sample reads as not mutated."""
    (mark, _height), *others = _drawn(abl1=[(60, status)])
    assert not others
    assert mark[1:] == _look(f"abl1_{status}")
    kinds = [kind for kind in _MARKS if _look(kind) == mark[1:]]
    assert kinds == [f"abl1_{status}"]
    assert ("not mutated" in _MARKS[kinds[0]][-1]) is (status == "wild_type")


@pytest.mark.parametrize(
    ("statuses", "shown"),
    [
        (("mutated", "wild_type"), "mutated"),
        (("wild_type", "possible"), "possible"),
        (("not_evaluable", "possible"), "possible"),
        (("wild_type", "not_evaluable"), "not_evaluable"),
        (("wild_type", "not_done"), "not_evaluable"),
    ],
)
def test_the_strongest_result_of_a_day_is_drawn_alone(
    statuses: tuple[str, str], shown: str
) -> None:
    """In either order of the rows the weaker sample of the same day hides nothing."""
    for pair in (statuses, statuses[::-1]):
        marks = _drawn(abl1=[(85, word) for word in pair])
        assert [mark for mark, _ in marks] == [(85, *_look(f"abl1_{shown}"))]


def test_marks_stand_at_their_day_and_apart_in_height() -> None:
    """An increase, a lost response and an ABL1 sample of one day stand there, one over another."""
    marks = _drawn(abl1=[(57, "wild_type")], series=[(45, "CMR", "no"), (57, "POS", "yes")])
    days = {mark[1:]: mark[0] for mark, _ in marks}
    assert days[_look("response")] == 45
    for kind in ("increase", "response_lost", "abl1_wild_type"):
        assert days[_look(kind)] == 57
    heights = sorted(height for mark, height in marks if mark[0] == 57)
    assert min(b - a for a, b in pairwise(heights)) > 0.2
    assert max(map(abs, heights)) < 0.31


def test_a_sample_before_day_zero_is_inside_the_figure() -> None:
    """The axis begins before the first mark."""
    assert _drawn(abl1=[(-20, "mutated")])[0][0][0] == -20


@pytest.mark.parametrize(
    ("days", "offsets"),
    [
        ([], []),
        ([5], [0.0]),
        ([5, 15], [0.0, 0.0]),
        ([5, 14], [-0.29, 0.29]),
        ([5, 5, 5], [-0.29, 0.0, 0.29]),
        ([0, 9, 18], [-0.29, 0.29, -0.29]),
        ([0, 40, 41], [0.0, -0.29, 0.29]),
        ([0, 0, 10], [-0.29, 0.29, 0.0]),
    ],
)
def test_only_crowding_marks_leave_the_middle(days: list[int], offsets: list[float]) -> None:
    """Marks less than ten days apart are moved; a height is used again when it is free."""
    assert _offsets(days, 10) == pytest.approx(offsets)
