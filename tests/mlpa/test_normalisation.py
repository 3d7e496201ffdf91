"""Dosage quotients: what must not change them, and what must."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from der22.mlpa.dosage.heights import Heights
from der22.mlpa.dosage.panel import Panel
from der22.mlpa.dosage.quotients import ReferenceProfile, apply, leave_one_out_factor
from der22.mlpa.dosage.references import fit_references
from der22.mlpa.settings import MlpaSettings

N_REFERENCE_PROBES, N_TARGETS, N_REFERENCES, N_PATIENTS = 10, 14, 5, 4
N_PROBES = N_REFERENCE_PROBES + N_TARGETS
IS_REFERENCE = np.arange(N_PROBES) < N_REFERENCE_PROBES
LENGTH = np.concatenate(
    [np.linspace(120, 480, N_REFERENCE_PROBES), np.linspace(125, 475, N_TARGETS)]
)
ROWS = np.arange(N_REFERENCES)
GENES = np.repeat([0, 1, 2, 3], [N_REFERENCE_PROBES, 5, 5, 4])
PANEL = Panel.of_arrays(LENGTH, GENES, ~IS_REFERENCE)
SETTINGS = MlpaSettings()
LIMIT_RFU = 0.001  # low enough that no scale of a law comes near it
Floats = NDArray[np.float64]


def heights(seed: int, noise: float = 0.05) -> Floats:
    """Return a run of references and patients; patient 0 has lost one copy of three probes."""
    rng = np.random.default_rng(seed)
    usual = rng.lognormal(6.5, 0.4, N_PROBES)
    made = usual * np.exp(rng.normal(0.0, noise, (N_REFERENCES + N_PATIENTS, N_PROBES)))
    made[N_REFERENCES, 15:18] *= 0.5
    return made


def observed(height: Floats) -> list[Heights]:
    """Return what a run of heights shows: 0 is an empty bin, NaN one that was not measured."""
    with np.errstate(divide="ignore"):
        return [
            Heights(
                np.log(np.where(row > 0.0, row, np.nan)),
                np.where(np.isnan(row), np.nan, np.log(LIMIT_RFU)),
                row == 0.0,
            )
            for row in height
        ]


def fitted(height: Floats, rows: Floats = ROWS) -> ReferenceProfile:
    """Return the profile of the reference samples `rows`."""
    return fit_references(observed(height), rows.tolist(), PANEL, SETTINGS)


def quotients(height: Floats, rows: Floats = ROWS) -> Floats:
    """Return the dosage quotients of a run of heights."""
    profile = fitted(height, rows)
    samples = observed(height)
    return np.stack([apply(profile, s, SETTINGS, row).quotient for row, s in enumerate(samples)])


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 50), st.integers(0, 8), st.floats(0.01, 100.0))
def test_scale_of_a_sample_is_irrelevant(seed: int, row: int, factor: float) -> None:
    """All heights of a sample times a constant: not one quotient of the run changes."""
    height = heights(seed)
    before = quotients(height)
    height[row] *= factor
    assert quotients(height) == pytest.approx(before, rel=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 50), st.integers(5, 8), st.floats(-0.004, 0.004))
def test_slope_of_a_patient_is_irrelevant(seed: int, row: int, slope: float) -> None:
    """exp(k x length) on a patient changes no quotient by more than what shrinkage leaves."""
    height = heights(seed)
    before = quotients(height)
    height[row] *= np.exp(slope * LENGTH)
    after = quotients(height)
    assert after[row] == pytest.approx(before[row], rel=0.01, abs=0.01)
    assert np.delete(after, row, axis=0) == pytest.approx(np.delete(before, row, axis=0), abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 50), st.integers(0, 4), st.floats(-0.002, 0.002))
def test_slope_of_a_reference_is_irrelevant(seed: int, row: int, slope: float) -> None:
    """exp(k x length) on one reference sample changes no quotient either.

    The others' slopes are told against the median reference and shrink by as much more or less.
    """
    height = heights(seed)
    before = quotients(height)
    height[row] *= np.exp(slope * LENGTH)
    after = quotients(height)
    assert after[ROWS] == pytest.approx(before[ROWS], abs=1e-6)
    assert after == pytest.approx(before, abs=0.01)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 50), st.permutations(list(range(N_REFERENCES + N_PATIENTS))))
def test_order_of_samples_is_irrelevant(seed: int, order: list[int]) -> None:
    """Samples in another order have the same quotients in that order."""
    height = heights(seed)
    rows = np.array([order.index(i) for i in range(N_REFERENCES)])
    moved = quotients(height[order], rows)
    assert moved == pytest.approx(quotients(height)[order], rel=1e-12)


def test_a_lost_copy_halves_the_quotient() -> None:
    """Without noise a probe with one of two copies has 0.5 and the others 1."""
    quotient = quotients(heights(3, noise=0.0))
    assert quotient[N_REFERENCES, 15:18] == pytest.approx(np.full(3, 0.5))
    assert np.delete(quotient[N_REFERENCES], slice(15, 18)) == pytest.approx(np.ones(21))


def test_not_measured_stays_not_measured() -> None:
    """A NaN height gives a NaN quotient and touches no other probe by more than its own weight."""
    height = heights(4)
    height[6, 20] = np.nan
    quotient = quotients(height)
    assert np.isnan(quotient[6, 20])
    assert np.isfinite(np.delete(quotient[6], 20)).all()


def test_no_peak_is_a_loss_and_not_a_gap() -> None:
    """A measured bin without a peak counts as next to nothing."""
    height = heights(5)
    height[6, 20] = 0.0
    assert 0.0 < quotients(height)[6, 20] < 0.05


def test_a_reference_is_not_compared_with_itself() -> None:
    """With one reference far off, its own quotient is far off too and is not pulled to 1."""
    height = heights(6, noise=0.0)
    height[0, 20] *= 0.5
    assert quotients(height)[0, 20] == pytest.approx(0.5)


def test_leave_one_out_factor_is_that_of_the_spread() -> None:
    """The factor turns the SD of leave-one-out quotients into that of a patient, by simulation."""
    rng = np.random.default_rng(0)
    n, values = 4, rng.normal(0.0, 1.0, (20_000, 5))
    references, patient = values[:, :n], values[:, n]
    left_out = (references - references.mean(axis=1, keepdims=True)) * n / (n - 1)
    sd = np.sqrt((np.var(left_out, axis=1, ddof=1)).mean())
    wanted = np.std(patient - references.mean(axis=1))
    assert sd * leave_one_out_factor(n) == pytest.approx(wanted, rel=0.02)


def run_with(height: Floats) -> tuple[NDArray[np.int64], dict[int, NDArray[np.int64]], Floats]:
    """Return the references kept, the abnormal ones with their probes, and the quotients."""
    profile = fitted(height)
    return profile.rows, dict(profile.abnormal), quotients(height)


def test_abnormal_reference_is_left_out() -> None:
    """A reference that lost three probes is named and left out, and changes no patient."""
    height = heights(7)
    sound = run_with(height)[2]
    height[2, 12:15] *= 0.5
    rows, abnormal, quotient = run_with(height)
    assert rows.tolist() == [0, 1, 3, 4]
    assert abnormal[2].tolist() == [12, 13, 14]
    assert np.abs(quotient[N_REFERENCES:] - sound[N_REFERENCES:]).max() < 0.10


def test_too_few_references_give_no_quotients() -> None:
    """With two usable references every quotient is unknown."""
    height = heights(8)
    profile = fitted(height, np.array([0, 1]))
    assert not profile.is_usable
    assert np.isnan(quotients(height, np.array([0, 1]))).all()


@pytest.mark.parametrize("row", range(3))
def test_an_abnormal_reference_among_three_is_named_and_changes_nothing(row: int) -> None:
    """It cannot be left out, so it is named and serves for the other genes only."""
    height = heights(9)
    three = np.arange(3)
    sound = quotients(height, three)[N_REFERENCES:]
    height[row, 12:15] *= 0.5  # a gene of five probes, 10 to 14
    profile = fitted(height, three)
    assert (profile.rows.tolist(), dict(profile.abnormal).keys(), profile.kept) == (
        [0, 1, 2], {row}, {row}
    )  # fmt: skip
    assert {12, 13, 14} <= set(profile.abnormal[row].tolist())
    assert np.isnan(profile.corrected[row, 10:15]).all()
    assert np.isfinite(profile.corrected[row, 15:]).all()
    found = quotients(height, three)[N_REFERENCES:]
    assert np.abs(found - sound).max() < 0.10


@pytest.mark.parametrize(
    ("limit", "evaluable", "bound"), [(0.24, True, True), (0.26, False, False)]
)
def test_an_empty_bin_is_a_height_below_the_limit(
    limit: float, evaluable: bool, bound: bool
) -> None:
    """The quotient of an empty bin is the limit over the expected height, up to a quarter of it."""
    height = heights(5, noise=0.0)
    expected, height[6, 20] = height[6, 20], 0.0
    samples = observed(height)
    samples[6].log_limit[20] = np.log(limit * expected)
    profile = fit_references(samples, ROWS.tolist(), PANEL, SETTINGS)
    dosage = apply(profile, samples[6], SETTINGS, 6)
    assert np.isfinite(dosage.quotient[20]) == evaluable
    assert (bool(dosage.is_bound[20]), bool(dosage.below_detection[20])) == (bound, not bound)
    if evaluable:
        assert dosage.quotient[20] == pytest.approx(limit)


@pytest.mark.parametrize(("limit", "evaluable"), [(0.74, True), (0.76, False)])
def test_a_height_just_above_the_limit_was_picked(limit: float, evaluable: bool) -> None:
    """Where one lost copy would hardly be seen, what is seen was picked for being tall."""
    height = heights(5, noise=0.0)
    samples = observed(height)
    samples[6].log_limit[20] = np.log(limit * height[6, 20])
    profile = fit_references(samples, ROWS.tolist(), PANEL, SETTINGS)
    dosage = apply(profile, samples[6], SETTINGS, 6)
    assert np.isfinite(dosage.quotient[20]) == evaluable
    assert bool(dosage.below_detection[20]) is not evaluable


def test_the_noise_of_the_signal_is_told_by_the_expected_height() -> None:
    """5 RFU of noise on probes of about 665 RFU: an SD of 5 over the expected height."""
    height = heights(5, noise=0.0)
    samples = [
        Heights(s.log_height, s.log_limit, s.is_empty, np.log(5.0)) for s in observed(height)
    ]
    profile = fit_references(samples, ROWS.tolist(), PANEL, SETTINGS)
    dosage = apply(profile, samples[6], SETTINGS, 6)
    assert dosage.noise == pytest.approx(5.0 / height[6])


def test_errors_that_all_probes_share_grow_from_the_reference_probes() -> None:
    """The slope's error is nothing in their middle and has a sign on either side."""
    height = heights(5)
    dosage = apply(fitted(height), observed(height)[6], SETTINGS, 6)
    scale, slope = dosage.shared.T
    assert (scale >= SETTINGS.common_sd).all()
    assert np.abs(slope).argmin() == np.abs(LENGTH - LENGTH[IS_REFERENCE].mean()).argmin()
    assert np.sign(slope[LENGTH.argmin()]) == -np.sign(slope[LENGTH.argmax()])
