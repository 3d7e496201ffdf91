"""Simulated traces measured from outside: do they have the widths, rates and ratios of real runs?

Nothing here reads the simulator's own tables: peaks are found with scipy, sizes come from the known
lengths of the size standard. Limits are those measured on public files (cran/MLPA,
willros/fraggler, zachariahmclean/trace, MLPAvalidation, cran/MLPAstats).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import find_peaks, peak_widths

from der22.formats.abif import read_abif
from der22.formats.probemix import Probemix, read_probemix
from der22.formats.size_standard import load_size_standard
from der22.resources import resource_path
from der22.simulate.mlpa_truth import copies_for_pattern
from simulate.mlpa_run import simulate_mlpa_run
from simulate.plate_sample import PlateSample

Floats = NDArray[np.float64]
INSTRUMENTS = ("3130", "3500", "3730")
STANDARD = {"3130": "GS500ROX", "3500": "GS600LIZ", "3730": "GS500LIZ"}
N_SAMPLES = 16
LESION = {"IKZF1": "all", "CDKN2A": "all", "PAX5": "all"}
LEVEL = {"CDKN2A": 0.0, "PAX5": 3.0}


@dataclass(frozen=True)
class Measured:
    """One file seen from outside; arrays per probe in sheet order, NaN = no peak."""

    channels: Floats
    sizes: Floats
    heights: Floats
    widths: Floats
    satellites: Floats
    satellite_distance: Floats
    bleed: Floats
    standard_nt: Floats
    standard_scan: Floats
    standard_rfu: Floats


def _channels(path: Path) -> Floats:
    file = read_abif(path)
    n_dyes = int(file.numbers("Dye#", 1)[0])
    return np.array([file.numbers("DATA", n) for n in (1, 2, 3, 4, 105)[:n_dyes]], dtype=float)


def _standard(channel: Floats, name: str) -> tuple[Floats, Floats, Floats]:
    """Return lengths, scans and heights of the fragments from 75 nt on."""
    nominal = load_size_standard(name).sizes_nt
    nominal = nominal[nominal >= 75]
    signal = channel - np.median(channel)
    # A threshold far above the small echo that follows each fragment on a 3730.
    tall = 0.12 * signal[len(signal) // 2 :].max()
    found, _ = find_peaks(signal, height=tall, prominence=0.8 * tall, distance=5)
    scans = found[-len(nominal) :]
    # GS500 250 and 340 run odd; a curve through the others sizes the product.
    good = np.ones(len(nominal), dtype=bool)
    if name.startswith("GS500"):
        good = (nominal != 250) & (nominal != 340)
    return nominal[good], scans[good].astype(float), signal[scans][good]


def _measure(path: Path, probemix: Probemix, name: str) -> Measured:
    channels = _channels(path)
    standard_nt, standard_scan, standard_rfu = _standard(channels[-1], name)
    curve = np.poly1d(np.polyfit(standard_scan / 1e4, standard_nt, 5))
    product = channels[0] - np.percentile(channels[0], 30)
    found, _ = find_peaks(product, height=40, prominence=30)
    width = peak_widths(product, found, rel_height=0.5)[0]
    # Apex by a parabola, so that sizes and heights are finer than one scan.
    left, top, right = product[found - 1], product[found], product[found + 1]
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / np.where(bend == 0, -1.0, bend)
    sizes = curve((found + shift) / 1e4)
    apex_rfu = top - 0.25 * (left - right) * shift
    rows = np.full((5, len(probemix.probes)), np.nan)
    bleed = np.full((len(channels) - 1, len(probemix.probes)), np.nan)
    for k, probe in enumerate(probemix.probes):
        near = np.flatnonzero(np.abs(sizes - probe.length_nt) < 3.2)
        if not len(near):
            continue
        best = near[apex_rfu[near].argmax()]
        apex = found[best]
        rows[:3, k] = sizes[best], apex_rfu[best], width[best]
        below = np.flatnonzero(np.abs(sizes - sizes[best] + 1.0) < 0.4)
        if len(below):
            tallest = below[apex_rfu[below].argmax()]
            rows[3:, k] = apex_rfu[tallest] / apex_rfu[best], sizes[tallest] - sizes[best]
        for j in range(1, len(channels)):
            around = np.median(channels[j, apex - 40 : apex + 41])
            bleed[j - 1, k] = (channels[j, apex] - around) / product[apex]
    return Measured(
        channels, rows[0], rows[1], rows[2], rows[3], rows[4], bleed,
        standard_nt, standard_scan, standard_rfu,
    )  # fmt: skip


@pytest.fixture(scope="module")
def probemix() -> Probemix:
    """Return the shipped synthetic sheet."""
    return read_probemix(resource_path("probemix/P335-synthetic.tsv"))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, probemix: Probemix) -> dict[str, list[Measured]]:
    """Normal samples of both sexes, then one with known lesions in all cells, then no DNA."""
    folder = tmp_path_factory.mktemp("fsa")
    samples = [PlateSample(f"s{i}", sex="FM"[i % 2]) for i in range(N_SAMPLES)]
    samples.append(PlateSample("lesion", copies=copies_for_pattern(probemix, LESION, LEVEL)))
    samples.append(PlateSample("water", role="no_dna"))
    return {
        name: [
            _measure(record.path, probemix, STANDARD[name])
            for record in simulate_mlpa_run("S" + name, samples, probemix, name, 11, folder)
        ]
        for name in INSTRUMENTS
    }


@pytest.fixture(scope="module")
def is_probe(probemix: Probemix) -> NDArray[np.bool_]:
    """Return which rows of the sheet are target or reference probes."""
    return np.array([probe.role in ("target", "reference") for probe in probemix.probes])


def _stack(run: list[Measured], field: str) -> Floats:
    return np.array([getattr(m, field) for m in run[:N_SAMPLES]])


@pytest.mark.parametrize(
    ("instrument", "low", "high"), [("3130", 8.3, 8.8), ("3500", 3.9, 4.3), ("3730", 3.4, 3.8)]
)
def test_peaks_are_as_wide_as_on_the_instrument(
    runs: dict[str, list[Measured]],
    is_probe: NDArray[np.bool_],
    instrument: str,
    low: float,
    high: float,
) -> None:
    """The median full width at half height is the measured one: 8.4-8.7, 4.0 and 3.5 scans."""
    assert low < np.nanmedian(_stack(runs[instrument], "widths")[:, is_probe]) < high


@pytest.mark.parametrize(
    ("instrument", "low", "high"), [("3130", 14.0, 17.2), ("3500", 6.3, 9.4), ("3730", 5.0, 6.6)]
)
def test_scans_per_nt_follow_the_instrument(
    runs: dict[str, list[Measured]], instrument: str, low: float, high: float
) -> None:
    """From fragment to fragment the rate stays in the measured range, runs and tilt included."""
    for measured in runs[instrument]:
        # Over 6 nt the whole scans of a peak are too coarse for a rate.
        wide = np.diff(measured.standard_nt) >= 10
        rate = (np.diff(measured.standard_scan) / np.diff(measured.standard_nt))[wide]
        assert low < rate.min() < rate.max() < high


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_capillaries_differ_in_start_but_not_in_sizes(
    runs: dict[str, list[Measured]], is_probe: NDArray[np.bool_], instrument: str
) -> None:
    """Starts differ by many scans, the size of a probe by 0.01-0.06 nt (curve fit included)."""
    starts = np.array([m.standard_scan[0] for m in runs[instrument]])
    assert np.ptp(starts) > 10
    spread = np.nanstd(_stack(runs[instrument], "sizes")[:, is_probe], axis=0)
    assert 0.01 < np.median(spread) < 0.06


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_observed_sizes_are_shifted_but_in_order(
    runs: dict[str, list[Measured]],
    probemix: Probemix,
    is_probe: NDArray[np.bool_],
    instrument: str,
) -> None:
    """Probes run up to 3.2 nt off their length, scatter 0.6-1.1 nt about a line, never overtake."""
    length = np.array([probe.length_nt for probe in probemix.probes])[is_probe]
    size = np.nanmedian(_stack(runs[instrument], "sizes")[:, is_probe], axis=0)
    offset = size - length
    line = np.polyval(np.polyfit(length, offset, 1), length)
    assert 1.0 < np.abs(offset).max() < 3.2
    assert 0.6 < np.std(offset - line) < 1.1
    assert np.diff(size[np.argsort(length)]).min() > 2.5


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_satellites_lie_one_nt_below(
    runs: dict[str, list[Measured]], is_probe: NDArray[np.bool_], instrument: str
) -> None:
    """A fragment of 7-15 % lies 0.93-1.10 nt below the probes (medians)."""
    tall = np.argsort(np.nanmedian(_stack(runs[instrument], "heights"), axis=0) * is_probe)[-16:]
    share = np.nanmedian(_stack(runs[instrument], "satellites")[:, tall], axis=0)
    assert 0.065 < share.min() < np.median(share) < 0.13
    assert share.max() < 0.17
    place = np.nanmedian(_stack(runs[instrument], "satellite_distance")[:, tall])
    assert -1.10 < place < -0.93


@pytest.mark.parametrize(
    ("instrument", "low", "high"), [("3130", -1.1, -0.1), ("3500", 2.0, 2.5), ("3730", 1.3, 4.7)]
)
def test_first_dye_bleeds_into_the_second(
    runs: dict[str, list[Measured]],
    is_probe: NDArray[np.bool_],
    instrument: str,
    low: float,
    high: float,
) -> None:
    """Percent of the first dye left in the second: over-corrected on a 3130, raw on the others."""
    for measured in runs[instrument][:N_SAMPLES]:
        assert low < 100 * np.nanmedian(measured.bleed[0, is_probe]) < high


@pytest.mark.parametrize(
    ("instrument", "low", "high"),
    [("3130", 0.02, 0.08), ("3500", 0.20, 0.38), ("3730", 0.12, 0.38)],
)
def test_standard_heights_scatter_as_measured(
    runs: dict[str, list[Measured]], instrument: str, low: float, high: float
) -> None:
    """Heights of the size standard scatter by 5 % in a ROX run and by about 26 % in LIZ runs."""
    cv = [np.std(m.standard_rfu) / np.mean(m.standard_rfu) for m in runs[instrument]]
    assert low < np.median(cv) < high


@pytest.mark.parametrize(
    ("instrument", "low", "high"), [("3130", 1.5, 4.0), ("3500", 1.5, 4.0), ("3730", 4.5, 8.0)]
)
def test_noise_between_the_peaks(
    runs: dict[str, list[Measured]], instrument: str, low: float, high: float
) -> None:
    """White noise after the last fragment is that of the instrument, in every dye."""
    for measured in runs[instrument]:
        end = measured.channels[:, int(measured.standard_scan[-1]) + 60 :]
        noise = np.std(np.diff(end, axis=1), axis=1) / np.sqrt(2)
        assert low < noise.min() < noise.max() < high


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_a_primer_front_stands_before_50_nt(
    runs: dict[str, list[Measured]], instrument: str
) -> None:
    """The tallest signal before 50 nt has 10^3-10^5 RFU; at 50 nt it has faded."""
    for measured in runs[instrument]:
        early = np.polyfit(measured.standard_nt[:4], measured.standard_scan[:4], 2)
        at_50 = int(np.polyval(early, 50.0))
        assert measured.channels[0, :at_50].max() > 1000
        after = measured.channels[0, at_50 : at_50 + 8] - np.percentile(measured.channels[0], 30)
        assert after.max() < 300


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_signal_falls_with_length_and_slopes_differ(
    runs: dict[str, list[Measured]],
    probemix: Probemix,
    is_probe: NDArray[np.bool_],
    instrument: str,
) -> None:
    """The last eight probes have about a third of the first eight; slopes stay within 0.25."""
    length = np.array([probe.length_nt for probe in probemix.probes])[is_probe]
    heights = _stack(runs[instrument], "heights")[:, is_probe][:, np.argsort(length)]
    assert 0.22 < heights[:, -8:].mean() / heights[:, :8].mean() < 0.45
    ratio = np.log(heights) - np.median(np.log(heights), axis=0)
    slopes = 100 * np.polyfit(np.sort(length), ratio.T, 1)[0]
    assert 0.02 < np.std(slopes) < 0.12
    assert np.abs(slopes).max() < 0.25


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_ratio_noise_is_what_was_asked_for(
    runs: dict[str, list[Measured]],
    probemix: Probemix,
    is_probe: NDArray[np.bool_],
    instrument: str,
) -> None:
    """After median and slope are taken out, the ratio of a normal sample scatters by 0.04-0.065."""
    length = np.array([probe.length_nt for probe in probemix.probes])[is_probe]
    ratio = np.log(_stack(runs[instrument], "heights")[:, is_probe])
    ratio -= np.median(ratio, axis=0)
    for row in ratio:
        row -= np.polyval(np.polyfit(length, row, 1), length)
    assert 0.040 < np.std(ratio) < 0.065


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_lesions_and_sex_have_the_signal_they_should(
    runs: dict[str, list[Measured]], probemix: Probemix, instrument: str
) -> None:
    """One copy gives half, none next to nothing, three 1.5; Y is in men only; water is empty."""
    names = [probe.probe_id for probe in probemix.probes]
    genes = np.array([probe.gene for probe in probemix.probes])
    reference = np.array([probe.role == "reference" for probe in probemix.probes])
    normal = np.nanmedian(_stack(runs[instrument], "heights"), axis=0)
    lesion = np.nan_to_num(runs[instrument][N_SAMPLES].heights) / normal
    lesion /= np.median(lesion[reference])
    assert lesion[genes == "IKZF1"].mean() == pytest.approx(0.5, abs=0.06)
    assert lesion[genes == "PAX5"].mean() == pytest.approx(1.5, abs=0.12)
    assert lesion[genes == "CDKN2A"].max() < 0.08
    heights = _stack(runs[instrument], "heights")
    y_to_x = heights[:, names.index("Y")] / heights[:, names.index("X")]
    assert np.nan_to_num(y_to_x[0::2]).max() < 0.1
    assert y_to_x[1::2].min() > 0.5
    water = runs[instrument][N_SAMPLES + 1]
    quantity = np.array([probe.role == "quantity" for probe in probemix.probes])
    assert np.nanmin(water.heights[quantity]) > 500
    probes = np.nan_to_num(water.heights[~quantity])
    assert probes.max() < 0.05 * np.median(normal)


def test_a_lot_is_the_same_in_every_run(tmp_path: Path, probemix: Probemix) -> None:
    """Runs of one lot agree in sizes to 0.1 nt, another lot does not."""
    truth = [PlateSample("a")]
    sizes = []
    for run_id, seed, lot in (("R1", 1, 7), ("R2", 2, 7), ("R3", 3, 8)):
        [record] = simulate_mlpa_run(run_id, truth, probemix, "3500", seed, tmp_path, lot)
        sizes.append(_measure(record.path, probemix, "GS600LIZ").sizes[9:])
    assert np.nanmedian(np.abs(sizes[0] - sizes[1])) < 0.1
    assert np.nanmedian(np.abs(sizes[0] - sizes[2])) > 0.4


@pytest.mark.parametrize(
    ("instrument", "file", "first_scan", "last_scan", "lowest"),
    [
        ("3130", "rtmlpa_3130_GS400HD_A1270.fsa", 4250, 4900, 700),
        ("3500", "prt_3500_GS600LIZ_multiplex.fsa", 1500, 3400, 400),
    ],
)
def test_widths_and_bleed_agree_with_a_real_file(
    real_data: Path,
    runs: dict[str, list[Measured]],
    is_probe: NDArray[np.bool_],
    instrument: str,
    file: str,
    first_scan: int,
    last_scan: int,
    lowest: float,
) -> None:
    """Measured alike, product peaks of a real file are as wide to a tenth; bleed to one percent."""
    channels = _channels(real_data / "fsa" / file)
    channels = channels[:, first_scan:last_scan]
    channels -= np.median(channels, axis=1, keepdims=True)
    found, _ = find_peaks(channels[0], height=lowest, distance=10)
    real_width = np.median(peak_widths(channels[0], found, rel_height=0.5)[0])
    width = np.nanmedian(_stack(runs[instrument], "widths")[:, is_probe])
    assert width == pytest.approx(real_width, rel=0.1)
    real_bleed = np.median(channels[1, found] / channels[0, found])
    bleed = np.nanmedian(_stack(runs[instrument], "bleed")[:, 0, is_probe])
    assert bleed == pytest.approx(real_bleed, abs=0.01)


@pytest.mark.parametrize(
    ("instrument", "low", "high"), [("3730", 0.02, 0.06), ("3500", -0.02, 0.02)]
)
def test_an_echo_follows_standard_fragments_on_a_3730(
    runs: dict[str, list[Measured]], instrument: str, low: float, high: float
) -> None:
    """6.8 nt behind the fragment of 200 nt stand 2-6 % of it on a 3730, nothing on a 3500."""
    shares = []
    for measured in runs[instrument][:N_SAMPLES]:
        at = list(measured.standard_nt).index(200)
        scan, later = measured.standard_scan[at : at + 2]
        per_nt = (later - scan) / (measured.standard_nt[at + 1] - 200)
        echo = round(scan + 6.8 * per_nt)
        last = measured.channels[-1]
        # The median over samples drops those where a tall probe bleeds into the same place.
        shares.append(
            (last[echo - 1 : echo + 2].max() - np.median(last)) / measured.standard_rfu[at]
        )
    assert low < np.median(shares) < high
