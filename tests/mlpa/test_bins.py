"""Does the sheet fit the run: each measure by its limit, and all of them together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from der22.formats.probemix import ProbeRole, read_probemix
from der22.mlpa.dosage.bins import Bins, learn_bins
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.signal import SampleSignal

SETTINGS = MlpaSettings()
SHEET = Path(__file__).parents[2] / "resources" / "probemix" / "P335-synthetic.tsv"


def bins(filled: float, rms_nt: float, unexplained: float) -> Bins:
    """Return bins with these measures; where they lie is of no matter here."""
    return Bins(np.array([200.0]), np.array([0.7]), filled, rms_nt, unexplained)


@pytest.mark.parametrize(
    ("filled", "rms_nt", "unexplained", "fits"),
    [
        (1.0, 1.35, 0.0, True),
        (1.0, 1.36, 0.0, False),
        (0.90, 0.2, 0.0, True),
        (0.89, 0.2, 0.0, False),
        (1.0, 0.2, 0.10, True),
        (1.0, 0.2, 0.11, False),
        (1.0, 0.95, 0.02, True),
        (0.98, 1.25, 0.0, True),
        (0.98, 1.25, 0.02, False),
        (0.96, 1.2, 0.025, False),
    ],
)
def test_fit_of_a_sheet(filled: float, rms_nt: float, unexplained: float, fits: bool) -> None:
    """One measure beyond its limit is enough; so are three that stay narrowly within."""
    assert bins(filled, rms_nt, unexplained).fits(SETTINGS) is fits


def test_a_limit_of_zero_counts_alone() -> None:
    """A user may forbid every unexplained peak; the sum then leaves that measure out."""
    strict = replace(SETTINGS, probemix_max_unexplained=0.0)
    assert bins(1.0, 1.0, 0.0).fits(strict)
    assert not bins(1.0, 1.0, 0.01).fits(strict)


@pytest.mark.parametrize(("share", "learned"), [(0.05, False), (0.5, True)])
def test_a_stray_peak_is_not_the_y_fragment(share: float, learned: bool) -> None:
    """Female references with a peak of 5 % beside the place of the Y fragment: none is learnt."""
    probemix = read_probemix(SHEET)
    y_fragments = [i for i, p in enumerate(probemix.probes) if p.role == ProbeRole.SEX_Y]
    y = y_fragments[0]
    size = np.array([probe.length_nt for probe in probemix.probes])
    height = np.full(size.size, 1000.0)
    height[y_fragments] = 0.0
    size[y] += 1.2
    height[y] = 1000.0 * share
    shown = np.flatnonzero(height > 0.0)
    nothing = np.zeros(shown.size, dtype=np.bool_)
    female = SampleSignal(
        size[shown],
        height[shown],
        height[shown],
        nothing,
        nothing,
        np.empty(0),
        50.0,
        600.0,
        np.array([50.0, 600.0]),
        np.array([20.0, 20.0]),
        20.0,
        0.0,
    )
    place = learn_bins(probemix, [female, female], SETTINGS).centre_nt[y]
    assert bool(abs(place - size[y]) < 0.1) is learned
    assert abs(place - probemix.probes[y].length_nt) < 0.2 or learned
