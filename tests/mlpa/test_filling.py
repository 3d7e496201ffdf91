"""What lies in a bin: the probe, its satellite, nothing; and below which height nothing is seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from der22.formats.probemix import Probe, Probemix
from der22.mlpa.dosage.bins import Bins
from der22.mlpa.dosage.filling import ProbeSignals, fill_bins
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.signal import SampleSignal

SETTINGS = MlpaSettings()
PLACE = 130.0 + 10.0 * np.arange(8)
MIX = Probemix("eight", tuple(Probe(f"R{i}", x, "", "", "reference") for i, x in enumerate(PLACE)),
               {})  # fmt: skip
BINS = Bins(PLACE, np.full(8, 0.7), 1.0, 0.2, 0.0)


def filled(
    peaks: Sequence[tuple[float, float]], levels: Sequence[tuple[float, float]] = ()
) -> ProbeSignals:
    """Return a sample with 1000 RFU in every bin but the fourth (160 nt), and these peaks.

    Args:
        peaks: size and height.
        levels: place and height where the signal is higher than the limit of 20 RFU.
    """
    at = dict(zip(np.delete(PLACE, 3).tolist(), [1000.0] * 7, strict=True)) | dict(peaks)
    size = np.array(sorted(at))
    height = np.array([at[nt] for nt in size.tolist()])
    grid = np.arange(120.0, 220.0, 0.25)
    limit = np.full(grid.size, 20.0)
    for nt, rfu in levels:
        limit[np.abs(grid - nt).argmin()] = rfu
    none = np.zeros(size.size, dtype=np.bool_)
    signal = SampleSignal(
        size, height, height, none, none, np.empty(0), 100.0, 300.0, grid, limit, 20.0, 3.0
    )
    return fill_bins(MIX, signal, BINS, SETTINGS)


def test_an_empty_bin_is_evaluable_and_has_the_limit() -> None:
    """A homozygous loss leaves nothing, below 20 RFU."""
    found = filled([])
    assert (found.height[3], found.limit[3], bool(found.evaluable[3])) == (0.0, 20.0, True)


def test_a_signal_that_is_no_peak_raises_the_limit() -> None:
    """A shoulder of 90 RFU in the empty bin could hide a peak as high; beside the bin it could not.

    A peak that is there is measured, whatever lies beside it.
    """
    assert filled([], [(160.25, 90.0)]).limit[3] == 90.0
    assert filled([], [(163.0, 90.0)]).limit[3] == 20.0
    assert filled([], [(150.25, 900.0)]).limit[2] == 20.0


@pytest.mark.parametrize(
    ("satellite", "above", "moved"),
    [(90.0, 1.0, True), (199.0, 1.0, True), (201.0, 1.0, False), (90.0, 1.5, True),
     (90.0, 5.0, False)],
)  # fmt: skip
def test_the_satellite_of_a_moved_peak_is_no_loss(
    satellite: float, above: float, moved: bool
) -> None:
    """A peak below a fifth of an unexplained one within 1.6 nt above it is its satellite."""
    found = filled([(160.0, satellite), (160.0 + above, 1000.0)])
    assert bool(found.displaced[3]) is moved
    assert bool(found.evaluable[3]) is not moved
    assert not found.displaced[[0, 1, 2, 4, 5, 6, 7]].any()


@pytest.mark.parametrize("tall", [1000.0, 4000.0])
def test_also_the_satellite_of_a_tall_probe(tall: float) -> None:
    """A satellite of 9 % of a tall probe may be more than a seventh of a usual one."""
    assert filled([(160.2, 0.09 * tall), (161.2, tall)]).displaced[3]


@pytest.mark.parametrize(("off", "stray"), [(0.3, False), (0.4, True)])
def test_a_peak_far_from_the_middle_of_its_bin_is_told(off: float, stray: bool) -> None:
    """Probes repeat within 0.04 nt; half a bin off something else may stand there."""
    assert bool(filled([(160.0 + off, 900.0)]).stray[3]) is stray
