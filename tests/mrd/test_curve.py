"""Detection and standard curves: fit, limits at, below and above, status."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from der22.flags import Severity
from der22.formats.qpcr import CopiesState, PrintedCurve, Task, Well
from der22.mrd.curve import Curve, Role, fit_line, judge_curve
from der22.mrd.settings import MrdSettings
from der22.mrd.wells import ct_limit, is_detected, is_flat, last_cycle_for_nothing, to_copies
from der22.words import CurveStatus

LEVELS = (10.0, 100.0, 1000.0, 10_000.0, 100_000.0)


def well(ct: float | None, task: Task = Task.STANDARD, quantity: float | None = None,
         sample: str = "Standard 1", **fields: object) -> Well:  # fmt: skip
    """One well of the fusion."""
    text = "Undetermined" if ct is None else str(ct)
    return Well("", "A1", sample, "F", task, text, ct, quantity, **fields)  # type: ignore[arg-type]


def standards(
    levels: Sequence[float] = LEVELS, slope: float = -3.4, intercept: float = 39.5
) -> list[Well]:
    """Two exact standard wells per level."""
    return [well(slope * math.log10(q) + intercept, quantity=q) for q in levels for _ in range(2)]


def judge(wells: Sequence[Well], role: Role = Role.FUSION, printed: PrintedCurve | None = None,
          **settings: object) -> Curve:  # fmt: skip
    """Judge the wells on a run of 45 cycles."""
    chosen = MrdSettings(**settings)  # type: ignore[arg-type] # names and values of one test
    return judge_curve(wells, 42.0, role, printed, chosen, "plate A (a.txt)")


def codes(curve: Curve) -> set[str]:
    """Codes of a curve."""
    return {flag.code for flag in curve.flags}


@pytest.mark.parametrize(
    ("cycles", "ct", "detected"),
    [
        (50, 41.999, True), (50, 42.0, False), (50, 42.001, False),
        (45, 41.999, True), (45, 42.0, False),
        (44, 41.999, True), (44, 42.0, False), (43, 41.999, True), (43, 42.0, False),
        (42, 41.499, True), (42, 41.5, False),
        (40, 39.499, True), (40, 39.5, False), (40, 40.0, False),
        (40, None, False), (40, 0.001, True),
    ],
)  # fmt: skip
def test_detected(cycles: int, ct: float | None, detected: bool) -> None:
    """Detected is below 42 and below cycles - 0.5, so that more cycles hide no positive."""
    assert is_detected(well(ct), ct_limit(cycles, MrdSettings())) is detected


def test_excluded_wells_are_neither() -> None:
    """An excluded well is not detected and not undetected."""
    assert is_detected(well(20.0, excluded=True), 42.0) is None


@pytest.mark.parametrize(("copies", "detected"), [(0.0, False), (0.1, True)])
def test_copies_are_detected_above_zero(copies: float, detected: bool) -> None:
    """In a copies table more than nothing is detected."""
    given_well = well(None, copies=copies, state=CopiesState.SINGLE_WELL)
    assert is_detected(given_well, 42.0) is detected


def test_fit_equals_numpy() -> None:
    """The fit equals numpy's least squares on noisy standards."""
    rng = np.random.default_rng(7)
    x = np.repeat(np.log10(LEVELS), 3)
    y = -3.37 * x + 39.9 + rng.normal(0, 0.2, x.size)
    slope, intercept = np.polyfit(x, y, 1)
    line = fit_line(list(zip(x.tolist(), y.tolist(), strict=True)))
    assert line is not None
    assert (line.slope, line.intercept) == pytest.approx((slope, intercept), abs=1e-10)
    assert line.r_squared == pytest.approx(np.corrcoef(x, y)[0, 1] ** 2, abs=1e-12)
    assert line.efficiency == pytest.approx(10 ** (-1 / slope) - 1)


@given(st.permutations(range(10)))
def test_fit_does_not_depend_on_the_order(order: list[int]) -> None:
    """Any order of standards gives the same line to the last bit."""
    points = [(math.log10(q), -3.3 * math.log10(q) + 39 + i / 37) for i, q in enumerate(LEVELS * 2)]
    assert fit_line([points[i] for i in order]) == fit_line(points)


@given(copies=st.floats(1e-3, 1e12), slope=st.floats(-4.5, -2.5), intercept=st.floats(30, 45))
def test_copies_undo_the_curve(copies: float, slope: float, intercept: float) -> None:
    """Ct on a curve turns back into its copies."""
    back = to_copies(slope * math.log10(copies) + intercept, slope, intercept)
    assert back == pytest.approx(copies, rel=1e-6)


@pytest.mark.parametrize("slope", [0.0, 0.5, -1e-3])
def test_a_flat_curve_gives_no_copies(slope: float) -> None:
    """A curve that does not fall, or hardly, means no number of molecules."""
    assert to_copies(10.0, slope, 40.0) is None


def test_a_good_curve_passes() -> None:
    """Five exact levels over four decades pass without a flag."""
    curve = judge([*standards(), well(None, Task.NTC)])
    assert (curve.status, codes(curve)) == (CurveStatus.PASS, set())
    assert (curve.n_levels, curve.lowest_copies, curve.highest_copies) == (5, 10, 100_000)


@pytest.mark.parametrize(
    ("slope", "failed"),
    [(-3.9, False), (-3.9 - 1e-6, True), (-3.1, False), (-3.1 + 1e-6, True), (-3.5, False)],
)
def test_slope_limits_are_accepted(slope: float, failed: bool) -> None:
    """A slope at its limit is accepted, beyond it the curve fails."""
    curve = judge(standards(slope=slope))
    assert (codes(curve) == {"SLOPE_OUT_OF_RANGE"}) is failed
    assert (curve.status is CurveStatus.FAIL) is failed


def with_r_squared(wanted: float) -> list[Well]:
    """Standards whose line has exactly the wanted R2: errors that leave the slope alone."""
    x = np.repeat(np.log10(LEVELS), 2)
    errors = np.tile([1.0, -1.0], 5)  # both signs at each level: no change of slope or mean
    explained = float(np.sum((-3.4 * (x - x.mean())) ** 2))
    scale = math.sqrt(explained * (1 / wanted - 1) / x.size)
    y = -3.4 * x + 39.5 + scale * errors
    return [well(float(ct), quantity=float(10**q)) for q, ct in zip(x, y, strict=True)]


@pytest.mark.parametrize(
    ("r_squared", "status", "code"),
    [
        (0.98, CurveStatus.PASS, set()), (0.98 - 1e-7, CurveStatus.WARN, {"R2_LOW"}),
        (0.95, CurveStatus.WARN, {"R2_LOW"}), (0.95 - 1e-7, CurveStatus.FAIL, {"R2_TOO_LOW"}),
    ],
)  # fmt: skip
def test_r_squared_limits(r_squared: float, status: CurveStatus, code: set[str]) -> None:
    """R2 at a limit is accepted; below 0.98 a warning, below 0.95 a failure."""
    curve = judge(with_r_squared(r_squared))
    assert curve.line is not None
    assert curve.line.r_squared == pytest.approx(r_squared, abs=1e-12)
    assert (curve.status, codes(curve) - {"STANDARD_SPREAD"}) == (status, code)


@pytest.mark.parametrize(
    ("intercept", "told"),
    [(37.5, False), (37.499999, True), (37.500001, False), (40.3, False),
     (42.5, False), (42.500001, True), (42.499999, False)],
)  # fmt: skip
def test_intercept_limits(intercept: float, told: bool) -> None:
    """The Ct of one copy lies at 37.5 to 42.5, else a warning."""
    curve = judge(standards((*LEVELS[1:], 1e6), intercept=intercept))
    assert (codes(curve) == {"INTERCEPT_UNUSUAL"}) is told
    assert curve.status is (CurveStatus.WARN if told else CurveStatus.PASS)
    assert not curve.fit_failed


def test_standards_typed_ten_times_off_are_told() -> None:
    """Every level ten times too high or low is a line as straight as before, at another Ct."""
    for factor in (0.1, 10.0):
        typed = [dataclasses.replace(w, quantity=w.quantity * factor) for w in standards()
                 if w.quantity is not None]  # fmt: skip
        assert codes(judge(typed)) == {"INTERCEPT_UNUSUAL"}


def test_one_level_typed_ten_times_off_is_told() -> None:
    """A level that took the place of its neighbour leaves a gap, and its wells lie apart."""
    typed = [
        dataclasses.replace(w, quantity=10_000.0) if w.quantity == 1000 else w for w in standards()
    ]
    assert {"LEVELS_APART", "STANDARD_SPREAD"} <= codes(judge(typed))


@pytest.mark.parametrize(
    ("apart", "told"), [(1.5, False), (1.499999, False), (1.500001, True), (3.0, True)]
)
def test_spread_of_a_standard(apart: float, told: bool) -> None:
    """Wells of one level more than 1.5 Ct apart are a warning."""
    wells = standards()
    wells[4] = dataclasses.replace(wells[4], ct=wells[5].ct + apart)
    curve = judge(wells)
    assert ("STANDARD_SPREAD" in codes(curve)) is told
    assert (curve.status is CurveStatus.PASS) is not told


@pytest.mark.parametrize(
    ("levels", "gap", "told"),
    [
        ((10, 100, 1000, 10_000, 100_000), 1.0, False),
        ((10, 99.99, 1000, 10_000, 100_000), 1.0, True),
        ((10, 99.9, 990, 9800, 97_000, 1e5), 1.0, False),
        ((10, 100, 1000, 100_000, 1e6), 1.0, True),
        ((10, 100, 1000, 100_000, 1e6), 2.0, False),
    ],
)
def test_gap_between_levels(levels: tuple[float, ...], gap: float, told: bool) -> None:
    """Neighbouring levels at most one decade apart, or as far as the kit has them."""
    curve = judge(standards(levels), curve_max_gap_decades=gap)
    assert ("LEVELS_APART" in codes(curve)) is told
    assert curve.status is (CurveStatus.WARN if told else CurveStatus.PASS)


@pytest.mark.parametrize(
    ("role", "n_levels", "failed"),
    [
        (Role.FUSION, 4, False), (Role.FUSION, 3, True), (Role.UNNAMED, 3, True),
        (Role.CONTROL, 3, False), (Role.CONTROL, 2, True), (Role.CONTROL, 1, True),
    ],
)  # fmt: skip
def test_number_of_levels(role: Role, n_levels: int, failed: bool) -> None:
    """Four levels for a fusion and every target not named, three for the control."""
    levels = [10.0 ** (1 + 2 * i) for i in range(n_levels)]
    curve = judge(standards(levels), role)
    assert ("TOO_FEW_LEVELS" in codes(curve)) is failed
    assert (curve.status is CurveStatus.FAIL) is failed


@pytest.mark.parametrize(
    ("role", "top", "short"),
    [(Role.FUSION, 1e5, False), (Role.FUSION, 99_999.0, True), (Role.CONTROL, 1e3, False),
     (Role.CONTROL, 999.0, True), (Role.UNNAMED, 99_999.0, True)],
)  # fmt: skip
def test_span_of_the_curve(role: Role, top: float, short: bool) -> None:
    """Four decades for a fusion, two for the control; one copy less is a warning."""
    curve = judge(standards((10, 30, 100, 300, top)), role, curve_max_gap_decades=3.0)
    assert ("CURVE_SHORT" in codes(curve)) is short
    assert curve.status is (CurveStatus.WARN if short else CurveStatus.PASS)


def test_a_standard_that_is_not_detected_raises_the_lower_end() -> None:
    """The level stays in the fit with its detected well, but quantification begins above it."""
    wells = standards()
    wells[0] = well(None, quantity=10.0)
    curve = judge(wells)
    assert (curve.n_levels, curve.lowest_copies) == (5, 100)
    assert (curve.status, codes(curve)) == (CurveStatus.WARN, {"STANDARD_NOT_DETECTED"})


def test_excluded_standards_are_left_out() -> None:
    """An excluded standard well changes nothing and is not missing."""
    wells = [*standards(), well(10.0, quantity=10.0, excluded=True, reason="OMITTED")]
    assert judge(wells).line == judge(standards()).line
    assert codes(judge(wells)) == set()


@pytest.mark.parametrize(
    "wells",
    [
        [well(30.0, Task.UNKNOWN)],
        [well(30.0)],
        [well(30.0, quantity=0.0)],
        [well(None, quantity=10.0)],
    ],
)
def test_no_usable_standard(wells: list[Well]) -> None:
    """Without a detected standard of known quantity there is no curve and the status is fail."""
    curve = judge(wells)
    assert curve.line is None
    assert curve.in_force is None
    assert curve.status is CurveStatus.FAIL
    assert "NO_STANDARDS" in codes(curve)


@pytest.mark.parametrize("quantity", [None, 0.0, -5.0])
def test_a_standard_without_quantity_is_told(quantity: float | None) -> None:
    """Such a standard is left out with a warning that does not change the status."""
    curve = judge([*standards(), well(30.0, quantity=quantity)])
    assert codes(curve) == {"STANDARD_WITHOUT_QUANTITY"}
    assert curve.line == judge(standards()).line


@pytest.mark.parametrize(
    ("name", "quantity", "told"),
    [
        ("STD_150000", 18750.0, True), ("STD_18750", 18750.0, False), ("Std_20K", 20000.0, False),
        ("20 k", 20000.0, False), ("1M", 1e6, False), ("10e3", 1000.0, False), ("10e3", 1e4, False),
        ("10e3", 100.0, True), ("1E+04", 1e4, False), ("Standard 7", 1.0, False),
        ("Standard 12", 10.0, False), ("S1_1000", 1000.0, False), ("S1_1000", 100.0, True),
        ("pool", 10.0, False),
    ],
)  # fmt: skip
def test_name_against_quantity(name: str, quantity: float, told: bool) -> None:
    """The quantity field wins; a quantity in the name that differs is told."""
    slope_ct = -3.4 * math.log10(quantity) + 39.5
    curve = judge([*standards(), well(slope_ct, quantity=quantity, sample=name)])
    assert ("STANDARD_NAME_DISAGREES" in codes(curve)) is told


@pytest.mark.parametrize(
    ("shift_percent", "told"), [(9.99, False), (10.0, False), (10.01, True), (-10.01, True)]
)
def test_difference_from_the_instrument(shift_percent: float, told: bool) -> None:
    """More than 10 % of copies at an end of the curve is a warning, either way."""
    intercept = 39.5 + 3.4 * math.log10(1 + shift_percent / 100)
    curve = judge(standards(), printed=PrintedCurve(-3.4, intercept))
    assert ("CURVE_DIFFERS_FROM_INSTRUMENT" in codes(curve)) is told
    assert curve.status is (CurveStatus.WARN if told else CurveStatus.PASS)
    assert curve.line is not None
    assert curve.in_force is not None
    assert curve.in_force.intercept == curve.line.intercept


def test_the_instruments_curve_on_request() -> None:
    """curve_source: instrument takes the printed curve; without one there is none."""
    printed = PrintedCurve(-3.3, 40.0)
    assert judge(standards(), printed=printed, curve_source="instrument").in_force == printed
    without = judge(standards(), curve_source="instrument")
    assert without.in_force is None
    assert (without.status, without.fit_failed) == (CurveStatus.FAIL, True)
    assert codes(without) == {"NO_PRINTED_CURVE"}


@pytest.mark.parametrize(("rule", "failed"), [("any", True), ("none", False)])
def test_a_detected_no_template_well(rule: str, failed: bool) -> None:
    """A detected no-template well fails the target, in the words of the specification."""
    wells = [
        *standards(), *(well(20.0, Task.UNKNOWN, sample=f"S{i}") for i in range(8)),
        Well("", "E11", "NTC", "F", Task.NTC, "35.2", 35.2),
        Well("", "E12", "NTC", "F", Task.NTC, "36.0", 36.0),
        Well("", "F1", "NTC", "F", Task.NTC, "Undetermined"),
    ]  # fmt: skip
    curve = judge(wells, ntc_rule=rule)
    assert curve.ntc_detected is failed
    assert (curve.status is CurveStatus.FAIL) is failed
    if failed:
        assert curve.flags[0].message == (
            "plate A (a.txt): 2 of 3 no-template wells of F are detected "
            "(E11 Ct 35.2, E12 Ct 36.0); the 8 samples of this run are not evaluable; "
            "repeat the run"
        )


@pytest.mark.parametrize(("ct", "failed"), [(41.999, True), (42.0, False)])
def test_a_no_template_well_at_the_limit(ct: float, failed: bool) -> None:
    """A no-template well is detected by the same limit as any other."""
    assert judge([*standards(), well(ct, Task.NTC)]).ntc_detected is failed


def test_an_excluded_no_template_well_says_nothing() -> None:
    """What the operator left out does not fail a run."""
    assert not judge([*standards(), well(30.0, Task.NTC, excluded=True)]).ntc_detected


@pytest.mark.parametrize(
    ("role", "behind", "failed"),
    [(Role.CONTROL, 10.0, False), (Role.CONTROL, 10.000001, False), (Role.CONTROL, 9.999999, True),
     (Role.CONTROL, 0.0, True), (Role.FUSION, 15.0, True), (Role.UNNAMED, 15.0, True)],
)  # fmt: skip
def test_a_control_gene_far_behind_the_samples(role: Role, behind: float, failed: bool) -> None:
    """ABL1 in a no-template well ten Ct behind the latest sample is a note; fusion never is."""
    samples = [well(20.0, Task.UNKNOWN), well(24.0, Task.UNKNOWN), well(None, Task.UNKNOWN)]
    curve = judge([*standards(), *samples, well(24.0 + behind, Task.NTC)], role)
    assert curve.ntc_detected is failed
    (flag,) = [flag for flag in curve.flags if flag.code == "NTC_DETECTED"]
    assert (flag.level is Severity.NOTE) is not failed
    assert f"A1 Ct {24.0 + behind}" in flag.message


def test_a_control_gene_without_a_sample_to_compare_with() -> None:
    """Without a detected sample a detected no-template well fails the control gene too."""
    assert judge([*standards(), well(40.0, Task.NTC)], Role.CONTROL).ntc_detected


def sigmoid(top: float, middle: float, noise: float = 0.0, n_cycles: int = 45) -> list[float]:
    """An amplification curve on a drifting baseline."""
    chance = np.random.default_rng(3)
    cycles = np.arange(1, n_cycles + 1)
    curve = 1.0 + 0.002 * cycles + top / (1 + np.exp(-(cycles - middle) / 1.6))
    return [float(x) for x in curve + chance.normal(0, noise, n_cycles)]


@pytest.mark.parametrize(
    ("readings", "flat"),
    [
        (sigmoid(0, 30), True), (sigmoid(0, 30, 0.01), True), (sigmoid(0, 30, 0.2), True),
        (sigmoid(5, 30, 0.01), False), (sigmoid(5, 22), False), (sigmoid(5, 12, 0.01), False),
        (sigmoid(1, 40, 0.01), False),
        (sigmoid(5, 30, 0.01, 11), False), ([0.5] * 45, True), ([0.0] * 45, True), ([], False),
        (list(np.linspace(1, 3, 45)), True),
        ([1 + math.exp(-c / 10) for c in range(45)], True),
    ],
)  # fmt: skip
def test_flat_and_rising_curves(readings: list[float], flat: bool) -> None:
    """A drift is flat, up or down, a sigmoid is not, and too few readings tell nothing."""
    assert is_flat(readings, MrdSettings()) is flat


@pytest.mark.parametrize(
    ("readings", "flat"),
    [
        ([100.0] * 22 + [103.0] * 23, True),  # leaves its line by 3 % of the light
        ([100.0] * 22 + [130.0] * 23, False),
        ([20.0, 60.0] + [100.0] * 43, True),  # the first two readings settle
        ([20.0, 60.0, 60.0] + [100.0] * 42, False),
    ],
)
def test_light_and_settling_of_a_curve(readings: list[float], flat: bool) -> None:
    """A rise of a small share of the light is drift, and the first readings say nothing."""
    assert is_flat(readings, MrdSettings()) is flat


@pytest.mark.parametrize(
    ("cts", "last"),
    [
        ([40.0, 40.0, 31.5], 40),
        ([40.0, 31.5], None),
        ([39.99, 39.99, 31.5], None),
        ([40.0, 40.0, 40.2], None),
        ([36.0, 36.0, 30.0], None),
        ([35.0, 35.0, 30.1], 35),
        ([34.0, 34.0, 30.1], None),
        ([], None),
        ([45.0] * 8 + [22.71], 45),
    ],
)
def test_the_words_of_a_file_for_nothing(cts: list[float], last: int | None) -> None:
    """Two wells at one whole highest Ct are the last cycle, where other Ct have decimals."""
    assert last_cycle_for_nothing([well(ct) for ct in cts], MrdSettings()) == last
