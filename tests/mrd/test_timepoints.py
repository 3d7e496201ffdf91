"""Time points from the plain values of a config."""

from __future__ import annotations

from typing import Any

import pytest

from der22.errors import InputError
from der22.mrd.settings import MrdSettings, check_settings
from der22.mrd.timepoints import DEFAULT_TIMEPOINTS, timepoints_from_plain
from der22.settings import describe_settings


def plain() -> list[dict[str, Any]]:
    """The default time points as a config writes them."""
    return [
        {"name": t.name, "nominal_day": t.nominal_day, "first_day": t.first_day,
         "last_day": t.last_day, "phase": str(t.phase)}
        for t in DEFAULT_TIMEPOINTS
    ]  # fmt: skip


def test_default_time_points_come_back() -> None:
    """What a config writes is what the default holds; blanks may be left out."""
    assert timepoints_from_plain(plain()) == DEFAULT_TIMEPOINTS
    short = [{k: v for k, v in item.items() if v is not None} for item in plain()]
    assert timepoints_from_plain(short) == DEFAULT_TIMEPOINTS


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"phase": "maintenance"}, "timepoints[1].phase"),
        ({"name": "d 22"}, "timepoints[1].name"),
        ({"name": "missing"}, "timepoints[1].name"),
        ({"name": None}, "timepoints[1].name"),
        ({"name": "d45"}, "timepoints"),
        ({"colour": "red"}, "timepoints[1].colour"),
        ({"first_day": "15"}, "timepoints[1].first_day"),
        ({"first_day": True}, "timepoints[1].first_day"),
        ({"last_day": None}, "timepoints[1]"),
        ({"first_day": 40}, "timepoints[1].first_day"),
        ({"nominal_day": 14}, "timepoints[1].nominal_day"),
        ({"last_day": 34}, "timepoints"),
    ],
)
def test_each_problem_names_its_key(change: dict[str, Any], column: str) -> None:
    """A wrong time point is one problem that names key, value and rule."""
    items = plain()
    items[1] = {**items[1], **change}
    with pytest.raises(InputError) as caught:
        timepoints_from_plain(items, "config.yaml")
    assert f"mrd.settings.{column}" in {p.column for p in caught.value.problems}
    assert {p.source for p in caught.value.problems} == {"config.yaml"}


def test_all_problems_at_once() -> None:
    """Three wrong time points are three problems; an empty list and a word are one each."""
    items = plain()
    for index in (0, 2, 4):
        items[index] = {**items[index], "phase": "x"}
    with pytest.raises(InputError) as caught:
        timepoints_from_plain(items)
    assert len(caught.value.problems) == 3
    for wrong in ([], ["d22"]):
        with pytest.raises(InputError) as caught:
            timepoints_from_plain(wrong)  # type: ignore[arg-type]  # what a careless config holds
        assert len(caught.value.problems) >= 1


def test_settings_say_where_they_come_from() -> None:
    """Every setting has unit, source and confidence; defaults do not contradict themselves."""
    described = describe_settings(MrdSettings())
    assert len(described) == 54
    assert all(item.unit and item.source and item.confidence for item in described)
    assert check_settings(MrdSettings()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"slope_min": -3.0}, {"r2_fail": 0.99}, {"abl1_min_any": 20_000.0}, {"depth_mr4": 50_000.0},
        {"depth_mr4_5": 200_000.0}, {"replicate_max_delta_ct": 3.0}, {"control_target": "BCR-ABL1"},
    ],
)  # fmt: skip
def test_settings_that_contradict_each_other(wrong: dict[str, Any]) -> None:
    """A pair of limits the wrong way round is a problem of the config."""
    assert len(check_settings(MrdSettings(**wrong))) == 1
