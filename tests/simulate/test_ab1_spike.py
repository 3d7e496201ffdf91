from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from Bio import SeqIO

from simulate.sanger_sample import simulate_sanger_sample
from simulate.spike import peak_shape, spike_ab1, spike_base


def gaussians(bases: str, sigma: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Draw one Gaussian of height 1000 every 12 points; return channels and positions."""
    positions = 30 + 12 * np.arange(len(bases))
    points = np.arange(positions[-1] + 40)
    channels = np.zeros((4, points.size))
    for at, base in zip(positions, bases, strict=True):
        channels["ACGT".index(base)] += 1000 * np.exp(-0.5 * ((points - at) / sigma) ** 2)
    return channels, positions


def tags(path: Path) -> dict[str, object]:
    """Return the tags as Biopython reads them."""
    with path.open("rb") as handle:
        return dict(SeqIO.read(handle, "abi").annotations["abif_raw"])


def test_shape_of_isolated_peaks() -> None:
    """The shape is that of the trace's own peaks, top 1 in the middle, falling on both sides."""
    channels, positions = gaussians("ACGT" * 30, sigma=2.5)
    shape = peak_shape(channels, positions, 60)
    assert shape[18] == 1.0
    assert shape[15] == pytest.approx(np.exp(-0.5 * (3 / 2.5) ** 2), rel=0.01)
    assert (np.diff(shape[:19]) >= 0).all()
    assert (np.diff(shape[18:]) <= 0).all()


def test_shape_without_isolated_peaks() -> None:
    """Where no peak stands alone the shape is a Gaussian of sigma 3."""
    channels, positions = gaussians("A" * 40)
    assert peak_shape(channels, positions, 20) == pytest.approx(
        np.exp(-0.5 * (np.arange(-18, 19) / 3.0) ** 2)
    )


@pytest.mark.parametrize("fraction", [0.0, 0.2, 0.5, 1.0])
def test_fraction_of_a_spike(fraction: float) -> None:
    """Minor and major stand in the ratio asked for, and nothing else in the trace moves."""
    channels, positions = gaussians("ACGT" * 30)
    spiked = spike_base(channels, positions, 60, 3, fraction)
    at = positions[60]
    assert spiked[3, at] / (spiked[0, at] + spiked[3, at]) == pytest.approx(fraction, abs=0.01)
    far = np.abs(np.arange(channels.shape[1]) - at) > 18
    assert (spiked[:, far] == channels[:, far]).all()
    assert (spiked[1:3] == channels[1:3]).all()


def test_gain_is_the_height_of_the_other_base() -> None:
    """With gain 2 a spike of 20 % stands 0.4 high beside 0.8."""
    channels, positions = gaussians("ACGT" * 30)
    spiked = spike_base(channels, positions, 60, 3, 0.2, gain=2.0)
    assert spiked[3, positions[60]] == pytest.approx(400, rel=0.01)
    assert spiked[0, positions[60]] == pytest.approx(800, rel=0.01)


def test_impossible_spikes() -> None:
    """The base that is there, a share above 1 and the edge of the trace are refused."""
    channels, positions = gaussians("ACGT" * 30)
    with pytest.raises(ValueError, match="there already"):
        spike_base(channels, positions, 60, 0, 0.2)
    with pytest.raises(ValueError, match="between 0 and 1"):
        spike_base(channels, positions, 60, 1, 1.2)
    with pytest.raises(ValueError, match="too near the end"):
        spike_base(channels, np.array([5, 17]), 0, 3, 0.2)


def test_file_keeps_every_other_tag(tmp_path: Path) -> None:
    """Only DATA9 to DATA12 of a spiked file differ from the source."""
    source = simulate_sanger_sample("S", [], 1, 1, tmp_path, ("forward",))[0].path
    target = tmp_path / "spiked.ab1"
    letters = tags(source)["PBAS2"].decode()
    minor = "A" if letters[300] != "A" else "C"
    spike_ab1(source, target, [(300, minor, 0.3, 1.0)])
    before, after = tags(source), tags(target)
    assert set(before) == set(after)
    differing = {name for name in before if before[name] != after[name]}
    rows = {f"DATA{9 + 'GATC'.index(base)}" for base in (minor, letters[300])}
    assert differing == rows


@pytest.mark.skipif("DER22_REAL_DATA" not in os.environ, reason="DER22_REAL_DATA is not set")
def test_spike_into_a_real_read(tmp_path: Path) -> None:
    """Thirty per cent put into a real 3730 read stands there as 30 %, at twenty clean peaks."""
    source = Path(os.environ["DER22_REAL_DATA"]) / "sanger" / "fr_Achl_ACHLO006-09_F.ab1"
    letters = tags(source)["PBAS2"].decode()
    places = [
        i for i in range(100, 500, 20)
        if letters[i] in "ACGT"
    ]  # fmt: skip
    minors = ["ACGT"[("ACGT".index(letters[i]) + 2) % 4] for i in places]
    target = tmp_path / "spiked.ab1"
    spike_ab1(source, target, [(i, m, 0.3, 1.0) for i, m in zip(places, minors, strict=True)])
    raw, old = tags(target), tags(source)
    found = []
    for i, minor in zip(places, minors, strict=True):
        at = raw["PLOC2"][i]
        row, own = (9 + "GATC".index(base) for base in (minor, letters[i]))
        gained = raw[f"DATA{row}"][at] - old[f"DATA{row}"][at]
        found.append(gained / old[f"DATA{own}"][at])
    assert found == pytest.approx([0.3] * len(found), abs=0.01)
