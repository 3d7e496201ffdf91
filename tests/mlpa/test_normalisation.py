"""Dosage quotients: what must not change them, and what must."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from der22.mlpa.normalisation import dosage_quotients, leave_one_out_factor, log_heights
from der22.mlpa.references import normalise
from der22.mlpa.settings import MlpaSettings

N_REFERENCE_PROBES, N_TARGETS, N_REFERENCES, N_PATIENTS = 10, 14, 5, 4
N_PROBES = N_REFERENCE_PROBES + N_TARGETS
IS_REFERENCE = np.arange(N_PROBES) < N_REFERENCE_PROBES
LENGTH = np.concatenate(
    [np.linspace(120, 480, N_REFERENCE_PROBES), np.linspace(125, 475, N_TARGETS)]
)
ROWS = np.arange(N_REFERENCES)
Floats = NDArray[np.float64]


def heights(seed: int, noise: float = 0.05) -> Floats:
    """Return a run of references and patients; patient 0 has lost one copy of three probes."""
    rng = np.random.default_rng(seed)
    usual = rng.lognormal(6.5, 0.4, N_PROBES)
    made = usual * np.exp(rng.normal(0.0, noise, (N_REFERENCES + N_PATIENTS, N_PROBES)))
    made[N_REFERENCES, 15:18] *= 0.5
    return made


def quotients(height: Floats) -> Floats:
    """Return the dosage quotients of a run of heights."""
    log_height = log_heights(height, np.isfinite(height), IS_REFERENCE)
    use = np.isfinite(log_height) & IS_REFERENCE[None, :]
    return dosage_quotients(log_height, LENGTH, use, ROWS).quotient


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
    """exp(k x length) on a patient changes no quotient of the run."""
    height = heights(seed)
    before = quotients(height)
    height[row] *= np.exp(slope * LENGTH)
    assert quotients(height) == pytest.approx(before, abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 50), st.integers(0, 4), st.floats(-0.002, 0.002))
def test_slope_of_a_reference_is_irrelevant(seed: int, row: int, slope: float) -> None:
    """exp(k x length) on one reference sample changes no quotient either."""
    height = heights(seed)
    before = quotients(height)
    height[row] *= np.exp(slope * LENGTH)
    assert quotients(height) == pytest.approx(before, abs=1e-6)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 50), st.permutations(list(range(N_REFERENCES + N_PATIENTS))))
def test_order_of_samples_is_irrelevant(seed: int, order: list[int]) -> None:
    """Samples in another order have the same quotients in that order."""
    height = heights(seed)
    log_height = log_heights(height[order], np.isfinite(height), IS_REFERENCE)
    use = np.isfinite(log_height) & IS_REFERENCE[None, :]
    rows = np.array([order.index(i) for i in range(N_REFERENCES)])
    moved = dosage_quotients(log_height, LENGTH, use, rows).quotient
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
    log_height = log_heights(height, np.isfinite(height), IS_REFERENCE)
    done = normalise(log_height, LENGTH, IS_REFERENCE, ~IS_REFERENCE, ROWS, MlpaSettings())
    return done.reference_rows, done.abnormal, done.dosage.quotient


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
    log_height = log_heights(height, np.isfinite(height), IS_REFERENCE)
    done = normalise(
        log_height, LENGTH, IS_REFERENCE, ~IS_REFERENCE, np.array([0, 1]), MlpaSettings()
    )
    assert np.isnan(done.dosage.quotient).all()
