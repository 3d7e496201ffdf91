"""Two ways out of the capillary: a raw .fsa trace, or the peak table a vendor program exports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from der22.formats.size_standard import load_size_standard
from der22.simulate.abif_writer import AbifTag, numbers_tag, pascal_tag, write_abif
from mlpa.bench.chemistry import Peaks
from mlpa.bench.lots import Lot

__all__ = ["INSTRUMENTS", "Injection", "Instrument", "table_rows", "visible", "write_fsa"]

Floats = NDArray[np.float64]

_CEILING = 32767.0
_RESOLVED_NT = 0.5


@dataclass(frozen=True, slots=True)
class Instrument:
    """A capillary sequencer (facts/mlpa_simulator_parameters.csv).

    Attributes:
        name: as the file says.
        standard: shipped size standard it is run with.
        dyes: names, the last is the size standard's.
        scans_per_nt: near 100 nt.
        fwhm_scans: width of a peak at half height.
        noise_rfu: SD of one scan.
        clips: True where the top is cut at 16 bits; False where the camera saturates before the
            colours are separated, at about `full_rfu`.
        full_rfu: height at which the signal saturates.
        standard_cv: scatter of the heights of the size standard.
    """

    name: str
    standard: str
    dyes: tuple[str, ...]
    scans_per_nt: float
    fwhm_scans: float
    noise_rfu: float
    clips: bool
    full_rfu: float
    standard_cv: float


_FIVE = ("6-FAM", "VIC", "NED", "PET", "LIZ")
INSTRUMENTS = {
    one.name: one
    for one in (
        Instrument(
            "3130", "GS500ROX", ("6-FAM", "VIC", "NED", "ROX"), 15.0, 8.5, 2.5,
            clips=False, full_rfu=7800.0, standard_cv=0.05,
        ),
        Instrument(
            "3130xl", "GS500LIZ", _FIVE, 14.0, 8.8, 3.0,
            clips=False, full_rfu=7800.0, standard_cv=0.20,
        ),
        Instrument(
            "3500", "GS600LIZ", _FIVE, 8.5, 4.0, 2.5,
            clips=True, full_rfu=_CEILING, standard_cv=0.26,
        ),
        Instrument(
            "3730", "GS500LIZ", _FIVE, 6.2, 3.6, 5.0,
            clips=True, full_rfu=_CEILING, standard_cv=0.22,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Injection:
    """How one capillary ran.

    Attributes:
        instrument: which sequencer.
        temperature: degrees away from the nominal one; thinner polymer is faster.
        drift: change of the speed over the run, share.
        standard_rfu: median height of the size standard.
        end_fragment_nt: by how much the last fragment of the standard is off.
        seed: of the noise.
    """

    instrument: Instrument
    temperature: float
    drift: float
    standard_rfu: float
    end_fragment_nt: float
    seed: tuple[int, ...]


def visible(peaks: Peaks, instrument: Instrument, limit_rfu: float, seed: tuple[int, ...]) -> Peaks:
    """Return what a peak finder reports: merged neighbours, saturation, noise, the limit."""
    rng = np.random.default_rng(seed)
    heights = np.minimum(peaks.height, 4.0 * instrument.full_rfu).copy()
    taken = np.zeros(heights.size, dtype=bool)
    for i in np.argsort(-heights):
        if taken[i]:
            continue
        near = np.abs(peaks.size_nt - peaks.size_nt[i])
        inside = (near < _RESOLVED_NT) & ~taken
        inside[i] = False
        heights[i] += float(np.sum(heights[inside] * np.exp(-0.5 * (near[inside] / 0.25) ** 2)))
        taken |= inside
    measured = _saturated(heights, instrument) + rng.normal(0.0, instrument.noise_rfu, heights.size)
    shown = ~taken & (measured >= limit_rfu)
    jitter = rng.normal(0.0, 0.015, heights.size) + rng.normal(0.0, 0.01)
    return Peaks((peaks.size_nt + jitter)[shown], measured[shown], peaks.probe[shown])


def _saturated(heights: Floats, instrument: Instrument) -> Floats:
    """Return heights as the detector gives them: cut, or bent where the camera fills up."""
    if instrument.clips:
        return np.minimum(heights, _CEILING)
    full = instrument.full_rfu
    over = np.maximum(heights - 0.9 * full, 0.0)
    return np.minimum(heights, 0.9 * full) + 0.4 * full * (1.0 - np.exp(-over / (1.6 * full)))


def table_rows(sample_id: str, peaks: Peaks, instrument: Instrument) -> list[str]:
    """Return the rows of one sample: sample_id, dye, size_nt, height, area (tab-separated)."""
    width = instrument.fwhm_scans * 1.064
    rows = [
        f"{sample_id}\tB\t{size:.2f}\t{height:.0f}\t{height * width:.0f}"
        for size, height in zip(peaks.size_nt, peaks.height, strict=True)
    ]
    standard = load_size_standard(instrument.standard)
    dye = "R" if instrument.standard.endswith("ROX") else "O"
    label = {"R": "ROX", "O": "LIZ"}[dye]
    rows += [f"{sample_id}\t{label}\t{nt:.2f}\t800\t{800 * width:.0f}"
             for nt in standard.used_sizes_nt if nt >= 50]  # fmt: skip
    return rows


def scans_of(sizes_nt: Floats, injection: Injection) -> Floats:
    """Return the scan at which fragments of a size pass the window, shape as given.

    METHOD: biased reptation with fluctuations: mobility follows sqrt((1/3N)^2 + const^2), so that
    the time grows like N/sqrt(1 + (N/N*)^2); below some 100 nt sieving after Ogston adds an
    exponential. Slater, Electrophoresis 2009; the constants are invented.
    """
    n = np.asarray(sizes_nt, dtype=np.float64)
    knee = 1500.0 * (1.0 + 0.02 * injection.temperature)
    migration = n / np.sqrt(1.0 + (n / knee) ** 2) * (1.0 + 0.10 * (1.0 - np.exp(-n / 220.0)))
    speed = 1.0 - 0.02 * injection.temperature  # viscosity falls by 2 % per degree
    rate = injection.instrument.scans_per_nt
    scans = rate * speed * (migration + 95.0)
    return scans * (1.0 + injection.drift * scans / (rate * 600.0))


def write_fsa(path: Path, peaks: Peaks, injection: Injection, sample_id: str, well: str) -> None:
    """Write the raw trace of one injection."""
    rng = np.random.default_rng(injection.seed)
    instrument = injection.instrument
    standard = load_size_standard(instrument.standard)
    standard_nt = standard.sizes_nt.copy()
    sizes = _standard_positions(standard_nt, instrument.standard, injection.end_fragment_nt)
    n_scans = int(scans_of(np.array([standard_nt[-1] + 25.0]), injection)[0])
    n_dyes = len(instrument.dyes)
    clean = np.zeros((n_dyes, n_scans))
    width = instrument.fwhm_scans
    jitter = rng.normal(0.0, 0.01)
    _draw(clean[0], scans_of(peaks.size_nt + jitter, injection), peaks.height, width)
    heights = injection.standard_rfu * np.exp(rng.normal(0, instrument.standard_cv, sizes.size))
    _draw(clean[-1], scans_of(sizes, injection), heights, width)
    front = scans_of(np.array([8.0, 14.0, 22.0]), injection)
    _draw(clean[0], front, rng.uniform(4e3, 2e4, 3), 4 * width)
    _draw(clean[-1], front, rng.uniform(500, 3000, 3), 4 * width)
    signal, offscale = _detected(clean, instrument)
    bleed = rng.uniform(-0.006, 0.008, (n_dyes, n_dyes))
    np.fill_diagonal(bleed, 1.0)
    signal = bleed @ signal
    signal += _baseline(n_dyes, n_scans, rng)
    signal += rng.normal(0.0, instrument.noise_rfu, signal.shape)
    tags = _tags(signal, np.flatnonzero(offscale), instrument, sample_id, well)
    write_abif(path, tags)


def _standard_positions(standard_nt: Floats, name: str, end_nt: float) -> Floats:
    """Return where the fragments of a standard run: 250 and 340 of GS500 are odd, maybe the end."""
    sizes = standard_nt.copy()
    if name.startswith("GS500"):
        sizes[sizes == 250.0] = 246.0
        sizes[sizes == 340.0] = 339.4
    sizes[-1] += end_nt
    return sizes


def _draw(channel: Floats, scans: Floats, heights: Floats, fwhm: float) -> None:
    """Add slightly tailed Gaussians to a channel, in place."""
    left = fwhm / 2.355
    right = left * 1.12
    reach = int(6 * fwhm)
    for scan, height in zip(scans, heights, strict=True):
        first, last = max(0, int(scan) - reach), min(channel.size, int(scan) + reach + 2)
        if first >= last:
            continue
        away = np.arange(first, last) - scan
        spread = np.where(away < 0, left, right)
        channel[first:last] += height * np.exp(-0.5 * (away / spread) ** 2)


def _detected(clean: Floats, instrument: Instrument) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the signal after saturation, and the scans the instrument lists as off scale."""
    if instrument.clips:
        return np.minimum(clean, _CEILING), np.asarray(np.any(clean >= _CEILING, axis=0))
    over = clean > 1.1 * instrument.full_rfu
    return _saturated(clean, instrument), np.asarray(np.any(over, axis=0))


def _baseline(n_dyes: int, n_scans: int, rng: np.random.Generator) -> Floats:
    at = np.linspace(0.0, 1.0, n_scans)
    rows: Iterable[Floats] = (
        rng.uniform(-80, 250)
        + rng.uniform(-150, 150) * at
        + rng.uniform(5, 40) * np.sin(2 * np.pi * (rng.uniform(0.5, 2.0) * at + rng.random()))
        for _ in range(n_dyes)
    )
    return np.stack(list(rows))


def _tags(
    signal: Floats, offscale: NDArray[np.intp], instrument: Instrument, sample_id: str, well: str
) -> list[AbifTag]:
    numbers = (1, 2, 3, 4, 105)[: len(instrument.dyes)]
    tags = [
        numbers_tag("DATA", number, channel)
        for number, channel in zip(numbers, signal, strict=True)
    ]
    tags += [pascal_tag("DyeN", i + 1, dye) for i, dye in enumerate(instrument.dyes)]
    tags += [
        numbers_tag("Dye#", 1, [len(instrument.dyes)]),
        numbers_tag("SCAN", 1, [signal.shape[1]], "i4"),
        pascal_tag("SpNm", 1, sample_id),
        pascal_tag("TUBE", 1, well),
        pascal_tag("StdF", 1, instrument.standard),
        pascal_tag("HCFG", 3, instrument.name),
    ]
    if offscale.size:
        tags.append(numbers_tag("OfSc", 1, offscale, "i4"))
    return tags


def probe_heights(peaks: Peaks, lot: Lot) -> dict[str, float]:
    """Return the visible height by probe_id, as a vendor program that knows the bins exports it."""
    return {
        lot.probes[probe].probe_id: float(height)
        for probe, height in zip(peaks.probe.tolist(), peaks.height, strict=True)
        if probe >= 0
    }
