from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from der22.simulate.qpcr import (
    CurveTruth,
    PlateDesign,
    QpcrPlate,
    QpcrSample,
    WellTask,
    make_plate,
    samples_per_plate,
)

CONTROL_COPIES = 20000.0


def plate_of(
    copies: list[float], seed: int = 1, design: PlateDesign | None = None, name: str = "P1"
) -> QpcrPlate:
    """A plate with one sample for each number of copies."""
    samples = [QpcrSample(f"S{i}", mean, CONTROL_COPIES) for i, mean in enumerate(copies)]
    return make_plate(
        name, samples, fusion_target="BCR-ABL1", control_target="ABL1", seed=seed, design=design
    )


def fitted_line(plate: QpcrPlate, target: str) -> tuple[float, float]:
    """Slope and intercept of the written standards by least squares."""
    points = [(math.log10(w.quantity), w.ct) for w in plate.wells_of(target) if w.quantity]
    logs, cts = zip(*points, strict=True)
    slope, intercept = np.polyfit(logs, cts, 1)
    return float(slope), float(intercept)


def cts_of(plate: QpcrPlate, sample: str, target: str) -> list[float | None]:
    """Cts of the replicate wells of a sample."""
    return [well.ct for well in plate.wells_of(target) if well.sample == sample]


@pytest.mark.parametrize("decimals", [2, 3, 6])
@pytest.mark.parametrize("mean", [0.6, 1.0, 5.9, 10.1, 26.3, 1074.5, 138460.5])
def test_mean_of_wells_read_off_the_fitted_line_is_the_truth(mean: float, decimals: int) -> None:
    """Reading the rounded Cts off a least-squares line gives the true mean to well under 1 %."""
    plate = plate_of([mean], design=PlateDesign(ct_decimals=decimals))
    for target, truth in (("BCR-ABL1", mean), ("ABL1", CONTROL_COPIES)):
        slope, intercept = fitted_line(plate, target)
        cts = cts_of(plate, "S0", target)
        copies = [0.0 if ct is None else 10 ** ((ct - intercept) / slope) for ct in cts]
        assert np.mean(copies) == pytest.approx(truth, rel=0.01 if decimals == 2 else 0.002)


@settings(max_examples=60, deadline=None)
@given(st.floats(10.0, 200000.0), st.integers(0, 2**31))
def test_wells_of_ten_or_more_copies_agree(mean: float, seed: int) -> None:
    """A balanced sample of ten or more copies has all wells detected within 1.3 Ct."""
    cts = [ct for ct in cts_of(plate_of([mean], seed), "S0", "BCR-ABL1") if ct is not None]
    assert len(cts) == 3
    assert max(cts) - min(cts) <= 1.3


@settings(max_examples=60, deadline=None)
@given(st.floats(0.6, 9.9), st.integers(0, 2**31))
def test_few_copies_are_seen_in_at_least_one_well_before_cycle_42(mean: float, seed: int) -> None:
    """A sample of 0.6 to 10 copies per well is positive, and no Ct of it reaches cycle 42."""
    cts = [ct for ct in cts_of(plate_of([mean], seed), "S0", "BCR-ABL1") if ct is not None]
    assert cts
    assert max(cts) < 42


def test_nothing_amplifies_without_template() -> None:
    """No-template wells and fusion wells of a sample without fusion have no Ct."""
    plate = plate_of([0.0])
    empty = [w for w in plate.wells if w.task is WellTask.NTC or w.copies == 0]
    assert len(empty) == 2 + 2 + 3
    assert all(well.ct is None for well in empty)


@pytest.mark.parametrize("seed", range(5))
def test_standards_lie_on_the_true_line(seed: int) -> None:
    """Balanced standards give back slope and intercept; every level, 10 copies too, is detected."""
    plate = plate_of([], seed)
    for target, curve in (("BCR-ABL1", plate.fusion_curve), ("ABL1", plate.control_curve)):
        slope, intercept = fitted_line(plate, target)
        assert slope == pytest.approx(curve.slope, abs=2e-3)
        assert intercept == pytest.approx(curve.intercept, abs=5e-3)
        assert all(well.ct is not None for well in plate.wells_of(target) if well.quantity)
    levels = {well.quantity for well in plate.wells_of("BCR-ABL1")} - {None}
    assert min(levels) == 10


def test_free_noise_has_the_stated_scatter() -> None:
    """At 1000 copies free wells scatter by 0.15 Ct and the Poisson share, 0.157 together."""
    design = PlateDesign(balanced=False)
    cts = [
        w.ct
        for seed in range(60)
        for w in plate_of([1000.0] * 14, seed, design).wells_of("BCR-ABL1")
        if w.task is WellTask.UNKNOWN
    ]
    lines = [plate_of([], seed, design).fusion_curve for seed in range(60)]
    expected = [line.ct(np.array(1000.0)) for line in lines for _ in range(42)]
    assert np.std(np.array(cts, dtype=float) - np.array(expected)) == pytest.approx(0.157, abs=0.01)


def test_free_wells_are_empty_as_often_as_poisson_says() -> None:
    """With one copy per well on average 37 % of free wells stay empty."""
    design = PlateDesign(balanced=False)
    wells = [
        w
        for seed in range(60)
        for w in plate_of([1.0] * 14, seed, design).wells_of("BCR-ABL1")
        if w.task is WellTask.UNKNOWN
    ]
    empty = np.mean([well.ct is None for well in wells])
    assert empty == pytest.approx(math.exp(-1), abs=0.04)


def test_free_noise_leaves_the_line() -> None:
    """Free standards do not give back the true slope exactly, as on a real plate."""
    plate = plate_of([], design=PlateDesign(balanced=False))
    slope, _ = fitted_line(plate, "BCR-ABL1")
    assert abs(slope - plate.fusion_curve.slope) > 2e-3


def test_wells_are_numbered_row_by_row() -> None:
    """Well 1 is A1, 12 is A12, 13 is B1; no well is used twice and none lies beyond H12."""
    plate = plate_of([100.0] * samples_per_plate(PlateDesign()))
    names = [well.name for well in plate.wells]
    assert names[0] == "A1"
    assert names[11:13] == ["A12", "B1"]
    assert len(set(names)) == len(names) <= 96
    assert {name[0] for name in names} <= set("ABCDEFGH")


def test_a_plate_holds_fourteen_samples_and_no_more() -> None:
    """96 wells less standards and blanks leave room for 14 samples of five wells."""
    assert samples_per_plate(PlateDesign()) == 14
    plate_of([1.0] * 14)
    with pytest.raises(ValueError, match="15 samples, 14 fit"):
        plate_of([1.0] * 15)


def test_same_arguments_same_plate() -> None:
    """Seed and plate name fix every number; another of either changes them."""
    assert plate_of([50.0]) == plate_of([50.0])
    assert plate_of([50.0]).wells != plate_of([50.0], seed=2).wells
    assert plate_of([50.0]).wells != plate_of([50.0], name="P2").wells


def test_a_ct_beyond_the_last_cycle_is_not_written() -> None:
    """On a run of 30 cycles ten copies, due near cycle 36, are not detected."""
    plate = plate_of([10.0], design=replace(PlateDesign(), cycles=30))
    assert cts_of(plate, "S0", "BCR-ABL1") == [None, None, None]


@given(st.floats(1e-3, 1e8), st.floats(-3.9, -3.1), st.floats(35, 42))
def test_line_and_its_inverse(copies: float, slope: float, intercept: float) -> None:
    """Copies -> Ct -> copies is the identity."""
    line = CurveTruth(slope, intercept)
    assert float(line.copies(line.ct(np.array(copies)))) == pytest.approx(copies, rel=1e-9)
