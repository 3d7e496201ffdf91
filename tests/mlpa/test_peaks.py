"""Baseline, noise and peaks of a dye channel."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.baseline import channel_noise, smooth, subtract_baseline
from der22.mlpa.sizing.peaks import Peaks, find_peaks

SETTINGS = MlpaSettings()


def gaussian(centre: float, height: float, fwhm: float, n: int = 2000) -> NDArray[np.float64]:
    """Return a Gaussian peak over n scans."""
    sigma = fwhm / 2.3548
    return height * np.exp(-0.5 * ((np.arange(n) - centre) / sigma) ** 2)


def peaks_of(signal: NDArray[np.float64], minimum: float = 20.0) -> Peaks:
    """Return the peaks of a signal over baseline."""
    smoothed = smooth(signal[None, :], SETTINGS.smooth_sigma_scans)[0]
    return find_peaks(signal, smoothed, minimum, SETTINGS)


@pytest.mark.parametrize("offset", [0.0, 0.25, 0.5, 0.75])
@pytest.mark.parametrize("fwhm", [3.5, 4.0, 8.5, 20.0])
def test_apex_between_samples(offset: float, fwhm: float) -> None:
    """A Gaussian's apex and height are found between the samples, however narrow it is."""
    found = peaks_of(gaussian(700.0 + offset, 1000.0, fwhm))
    assert len(found) == 1
    assert found.scan[0] == pytest.approx(700.0 + offset, abs=0.01)
    assert found.height[0] == pytest.approx(1000.0, rel=0.002)
    assert found.width[0] == pytest.approx(fwhm, rel=0.07)


def test_area_is_the_sum_over_baseline() -> None:
    """The area of a lone Gaussian is its sum."""
    signal = gaussian(700.3, 800.0, 8.0)
    assert peaks_of(signal).area[0] == pytest.approx(signal.sum(), rel=0.001)


def test_satellite_and_main_peak_are_two() -> None:
    """An n-1 product of 8 % one nt below is a peak of its own beside the main one."""
    signal = gaussian(700.0, 1000.0, 4.0) + gaussian(691.5, 80.0, 4.0)
    found = peaks_of(signal)
    assert found.scan == pytest.approx([691.5, 700.0], abs=0.05)
    assert found.height[1] == pytest.approx(1000.0, rel=0.01)


def test_ripple_on_a_tall_peak_is_no_peak() -> None:
    """A dent of 2 % on the top does not split a peak."""
    signal = gaussian(700.0, 5000.0, 20.0) - gaussian(700.0, 100.0, 3.0)
    assert len(peaks_of(signal)) == 1


@pytest.mark.parametrize(("height", "n"), [(19.0, 0), (22.0, 1)])
def test_detection_limit(height: float, n: int) -> None:
    """A peak counts from the minimum on (here 20 RFU after light smoothing)."""
    assert len(peaks_of(gaussian(700.0, height, 8.5))) == n


@pytest.mark.parametrize("length", [0, 1, 2, 3, 10])
def test_short_signals_have_no_peaks(length: int) -> None:
    """Empty and very short channels end in no peaks and no error."""
    assert len(peaks_of(np.zeros(length))) == 0


def test_peaks_at_the_ends_do_not_fail() -> None:
    """A signal that falls from the first scan and rises to the last is read without error."""
    signal = gaussian(0.0, 500.0, 8.0, 100) + gaussian(99.0, 500.0, 8.0, 100)
    assert len(peaks_of(signal)) in (0, 1, 2)


def test_baseline_follows_drift_and_negative_values() -> None:
    """A drift of 300 RFU from below zero leaves peak heights within 1 %."""
    n = 6000
    signal = sum(gaussian(c, 800.0, 8.0, n) for c in range(300, 5800, 100))
    drift = -120.0 + 300.0 * np.arange(n) / n
    found = peaks_of(subtract_baseline((signal + drift)[None, :], SETTINGS)[0])
    assert found.height == pytest.approx(np.full(len(found), 800.0), rel=0.01)


def test_noise_is_the_sd_of_white_noise() -> None:
    """The noise estimate is the SD, and peaks do not raise it."""
    rng = np.random.default_rng(1)
    noise = rng.normal(0.0, 4.0, 6000)
    quiet = channel_noise(noise[None, :])[0]
    busy = channel_noise((noise + gaussian(3000.0, 9000.0, 8.0, 6000))[None, :])[0]
    assert quiet == pytest.approx(4.0, rel=0.1)
    assert busy == pytest.approx(quiet, rel=0.05)
