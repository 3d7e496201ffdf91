"""Does the sheet fit the run: each measure by its limit, and all of them together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from der22.mlpa.bins import Bins
from der22.mlpa.settings import MlpaSettings

SETTINGS = MlpaSettings()


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
