"""Plates over time: distances from the other plates, and the Westgard rules at their bounds."""

from __future__ import annotations

import math
import statistics
from types import ModuleType
from typing import Any

import pytest

from der22.mrd.qc import qc_over_time
from der22.mrd.settings import MrdSettings
from der22.results.mrd import PlateQcRow

#: a scatter of mean 0 whose standard deviation is exactly 1 (six values)
_UNIT = math.sqrt(5 / 6)


def rows(values: list[float | None], target: str = "F") -> list[PlateQcRow]:
    """A plate per intercept."""
    return [
        PlateQcRow(plate_id=f"P{n}", target=target, role="fusion", intercept=value, n_ntc=2,
                   n_ntc_detected=0)
        for n, value in enumerate(values)
    ]  # fmt: skip


def steady(*last: float) -> list[float | None]:
    """Six plates about 40 with a standard deviation of 1, and others."""
    return [40 + _UNIT, 40 - _UNIT] * 3 + list(last)


@pytest.mark.parametrize(
    ("distance", "rules"),
    [(3.0, ()), (3.000001, ("1-3s",)), (-3.000001, ("1-3s",)), (2.9, ())],
)
def test_one_plate_beyond_three_deviations(distance: float, rules: tuple[str, ...]) -> None:
    """1-3s: a plate more than three standard deviations from the mean of the others."""
    found, notes = qc_over_time(rows(steady(40 + distance)), MrdSettings())
    assert found[-1].westgard == rules
    assert found[-1].intercept_z == pytest.approx(distance)
    assert [plate_id for plate_id, _ in notes if plate_id == "P6"] == ["P6"] * len(rules)


def test_distances_are_those_from_the_other_plates() -> None:
    """An independent twin: mean and standard deviation without the plate itself."""
    values = [39.8, 40.1, 40.3, 39.9, 40.0, 40.6, 39.5, 40.2]
    found, _ = qc_over_time(rows(list(values)), MrdSettings())
    for index, value in enumerate(values):
        others = values[:index] + values[index + 1 :]
        z = (value - statistics.mean(others)) / statistics.stdev(others)
        assert found[index].intercept_z == pytest.approx(z)


@pytest.mark.parametrize(
    ("pair", "broken"),
    [((2.6, 2.6), True), ((-2.6, -2.6), True), ((2.6, -2.6), False), ((2.6, 0.1), False),
     ((0.1, 2.6), False)],
)  # fmt: skip
def test_two_plates_in_a_row_on_one_side(pair: tuple[float, float], broken: bool) -> None:
    """2-2s: a plate and the one before it beyond two standard deviations on one side."""
    values = [40 + 0.1 * (-1) ** n for n in range(40)]
    sd = statistics.stdev(values)
    found, _ = qc_over_time(rows([*values, *(40 + 1.0 * sd * x for x in pair)]), MrdSettings())
    assert ("2-2s" in found[-1].westgard) is broken
    assert "2-2s" not in found[-2].westgard


@pytest.mark.parametrize(("n_plates", "charted"), [(6, False), (7, True)])
def test_plates_needed(n_plates: int, charted: bool) -> None:
    """Six other plates of the target; fewer tell no scatter."""
    values = [40.0 + 0.1 * (n % 3) for n in range(n_plates)]
    found, _ = qc_over_time(rows(list(values)), MrdSettings())
    assert (found[0].intercept_z is not None) is charted


def test_targets_are_not_mixed_and_blanks_are_passed_over() -> None:
    """Another target is another chart; a plate without a curve has no distance and breaks none."""
    values: list[float | None] = [40.0, 40.1, 39.9, 40.0, 40.1, 39.9, 40.0]
    mixed = [*rows([*values, None]), *rows([30.0 + x for x in range(3)], "G")]
    found, notes = qc_over_time(mixed, MrdSettings())
    assert found[7].intercept_z is None
    assert {row.intercept_z for row in found[8:]} == {None}
    assert notes == []


def test_equal_plates_scatter_by_rounding_only() -> None:
    """Plates that agree to the last digit break no rule for a difference of rounding."""
    found, notes = qc_over_time(rows([40.0] * 8 + [40.0001]), MrdSettings())
    assert notes == []
    assert found[-1].intercept_z == pytest.approx(0.1)


def test_the_table_of_a_laboratory(lab: Any, writers: ModuleType) -> None:
    """A row per target and plate, in the order of the sheet, with what the plate shows."""
    for name in ("B", "A"):
        wells = writers.make_plate({f"S{name}": ((1000.0,) * 3, (2e4, 3e4)), "X": ((), (1e4,) * 2),
                                    "PC 1000": ((1000.0,), ())})  # fmt: skip
        lab.plate(writers.quantstudio(wells), name)
        lab.sample(f"S{name}", name, day=22 if name == "A" else 45)
    found = lab.run().table("qc.tsv")
    assert [(r["plate_id"], r["target"], r["role"]) for r in found] == [
        ("B", "BCR-ABL1", "fusion"), ("B", "ABL1", "control"),
        ("A", "BCR-ABL1", "fusion"), ("A", "ABL1", "control"),
    ]  # fmt: skip
    fusion, control = found[0], found[1]
    assert float(fusion["slope"]) == pytest.approx(-3.4, abs=1e-3)
    assert float(fusion["positive_control_ct"]) == pytest.approx(29.3, abs=1e-3)
    assert fusion["median_control_copies"] == control["positive_control_ct"] == ""
    assert float(control["median_control_copies"]) == pytest.approx(25_000, rel=2e-3)
    assert (fusion["n_ntc"], fusion["n_ntc_detected"], fusion["slope_z"]) == ("2", "0", "")
