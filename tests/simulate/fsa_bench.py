"""Measures faulty .fsa files against their sound twins of the same seed, from outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import find_peaks

from der22.formats.abif import read_abif
from der22.formats.probemix import read_probemix
from der22.formats.size_standard import load_size_standard
from der22.resources import resource_path
from simulate.faults.mlpa import samples_with_fault
from simulate.mlpa_cohort import draw_plate
from simulate.mlpa_run import SimulatedSample, simulate_mlpa_run

Floats = NDArray[np.float64]
Run = Callable[[str | None, str], dict[str, SimulatedSample]]
INSTRUMENTS = ("3130", "3500", "3730")
STANDARD = {"3130": "GS500ROX", "3500": "GS600LIZ", "3730": "GS500LIZ"}
MIX = read_probemix(resource_path("probemix/P335-synthetic.tsv"))
ROLE = np.array([str(probe.role) for probe in MIX.probes])
GENE = np.array([probe.gene for probe in MIX.probes])
LENGTH = np.array([probe.length_nt for probe in MIX.probes])
LIGATED = np.isin(ROLE, ("target", "reference"))
PLATE = draw_plate(["p1", "p2", "p3"], MIX, seed=5)
each_instrument = pytest.mark.parametrize("instrument", INSTRUMENTS)


def make_run(folder: Path) -> Run:
    """Return a function that simulates the plate with a fault (None = sound), once for each."""
    done: dict[tuple[str | None, str], dict[str, SimulatedSample]] = {}

    def simulate(fault: str | None, instrument: str) -> dict[str, SimulatedSample]:
        key = fault, instrument
        if key not in done:
            plate = PLATE if fault is None else samples_with_fault(fault, PLATE)
            where = folder / instrument / str(fault).replace(":", "-")
            records = simulate_mlpa_run("F", plate, MIX, instrument, 21, where)
            done[key] = {record.sample_id: record for record in records}
        return done[key]

    return simulate


def read_channels(record: SimulatedSample) -> Floats:
    """Return the raw channels, shape (n_dyes, n_scans)."""
    file = read_abif(record.path)
    n_dyes = int(file.numbers("Dye#", 1)[0])
    return np.array([file.numbers("DATA", n) for n in (1, 2, 3, 4, 105)[:n_dyes]], dtype=float)


def find_standard(record: SimulatedSample, instrument: str) -> tuple[Floats, NDArray[np.int64]]:
    """Return lengths and scans of the standard from 75 nt on, in a sound file."""
    nominal = load_size_standard(STANDARD[instrument]).sizes_nt
    nominal = nominal[nominal >= 75]
    return nominal, find_tall_in_last_dye(record)[-len(nominal) :]


def find_tall_in_last_dye(record: SimulatedSample) -> NDArray[np.int64]:
    """Return the scans of peaks that are no mere echo of others."""
    last = read_channels(record)[-1]
    last = last - np.median(last)
    tall = 0.12 * last[len(last) // 2 :].max()
    found: NDArray[np.int64] = find_peaks(last, height=tall, prominence=0.8 * tall, distance=5)[0]
    return found


def find_probes(record: SimulatedSample, instrument: str) -> NDArray[np.int64]:
    """Return the apex of every probe in a sound file, -1 where there is none; sheet order."""
    nominal, scans = find_standard(record, instrument)
    good = (nominal != 250) & (nominal != 340) if instrument != "3500" else nominal > 0
    curve = np.poly1d(np.polyfit(scans[good] / 1e4, nominal[good], 5))
    product = read_channels(record)[0]
    found, _ = find_peaks(product - np.percentile(product, 30), height=40, prominence=30)
    sizes = curve(found / 1e4)
    apexes = np.full(len(LENGTH), -1)

    def take_tallest(rows: NDArray[np.bool_], expected: Floats, within_nt: float) -> None:
        for k in np.flatnonzero(rows):
            near = found[np.abs(sizes - expected[k]) < within_nt]
            if len(near):
                apexes[k] = near[product[near].argmax()]

    # Control fragments are only 4 nt apart: the shift of the probes tells where to look for them.
    take_tallest(LIGATED, LENGTH, 3.2)
    seen = LIGATED & (apexes >= 0)
    line = np.polyfit(LENGTH[seen], curve(apexes[seen] / 1e4) - LENGTH[seen], 1)
    take_tallest(~LIGATED, LENGTH + np.polyval(line, LENGTH), 1.7)
    return apexes


def heights_at(record: SimulatedSample, scans: NDArray[np.int64]) -> Floats:
    """Return the interpolated height at each scan over the baseline, NaN where there is no scan."""
    product = read_channels(record)[0]
    left, top, right = product[scans - 1], product[scans], product[scans + 1]
    bend = np.minimum(left - 2 * top + right, -1.0)
    heights = top - np.clip((left - right) ** 2 / (8 * bend), -0.05 * top, 0.0)
    return np.where(scans < 0, np.nan, heights - np.percentile(product, 30))


def gain_of(run: Run, fault: str, instrument: str, sample: str = "p1") -> Floats:
    """Return the height of every probe in the faulty file over that in its twin."""
    sound = run(None, instrument)[sample]
    scans = find_probes(sound, instrument)
    return heights_at(run(fault, instrument)[sample], scans) / heights_at(sound, scans)


def difference_of(run: Run, fault: str, instrument: str, sample: str = "p1") -> Floats:
    """Return the faulty channels minus those of the twin."""
    return read_channels(run(fault, instrument)[sample]) - read_channels(
        run(None, instrument)[sample]
    )
