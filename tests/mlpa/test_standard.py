"""The size standard is judged where probes lie, fragment by fragment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from der22.flags import Severity
from der22.formats.fragment_run import FragmentRun
from der22.formats.probemix import read_probemix
from der22.formats.size_standard import load_size_standard
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.electropherogram import Electropherogram, measure_run
from der22.mlpa.sizing.southern import local_southern, sizes_left_out
from der22.resources import resource_path
from der22.simulate.instruments import INSTRUMENTS, draw_run
from der22.simulate.mlpa_injection import draw_injection, inject
from der22.simulate.mlpa_product import draw_lot, draw_product, draw_run_profile, random_stream
from der22.simulate.mlpa_truth import MlpaSampleTruth, dose_of

MIX = read_probemix(resource_path("probemix/P335-synthetic.tsv"))
PROBES_NT = (64.0, 480.0)


def run_with(fragment_nt: float, off_nt: float, instrument: str = "3500") -> Electropherogram:
    """Return a sound run but for one fragment that appears `off_nt` from its place."""
    rng, machine = random_stream("standard", instrument), INSTRUMENTS[instrument]
    lot, run = draw_lot(MIX, 0), draw_run(machine, rng)
    dose = dose_of(MlpaSampleTruth("s"), MIX)
    product = draw_product(lot, draw_run_profile(lot, rng), MIX, dose, 0.04, rng)
    loaded = draw_injection(product, machine, run, rng)
    nominal = load_size_standard(machine.standard).sizes_nt
    # the usual scatter about the lengths would hide what a limit is
    place = nominal + off_nt * (nominal == fragment_nt)
    trace = inject(replace(loaded, standard_nt=place), run, rng)
    offscale = np.zeros(trace.channels.shape[1], dtype=np.bool_)
    offscale[trace.offscale] = True
    names = tuple(dye.strip() for dye in machine.dyes)
    raw = FragmentRun(
        "run", trace.channels.astype(np.float64), names, offscale, None, None, None, instrument
    )
    standard = load_size_standard(machine.standard)
    return measure_run(raw, standard, MlpaSettings(), list, PROBES_NT)


@pytest.mark.parametrize("off_nt", [3.0, -3.0])
def test_an_odd_end_fragment_is_a_warning(off_nt: float) -> None:
    """The 600-nt fragment lies beyond every probe: the run is sized, and the fragment named."""
    run = run_with(600.0, off_nt)
    assert run.is_sized
    (told,) = [item for item in run.flags if item.code == "SIZE_STANDARD_POOR"]
    assert told.level is Severity.WARNING
    assert "600" in told.message


@pytest.mark.parametrize(("off_nt", "sized"), [(0.0, True), (0.6, True), (-0.6, True),
                                               (1.6, False), (-1.6, False)])  # fmt: skip
@pytest.mark.parametrize("fragment_nt", [100.0, 300.0, 480.0])
def test_an_odd_fragment_among_the_probes_is_an_error(
    fragment_nt: float, off_nt: float, sized: bool
) -> None:
    """Left out and sized by its neighbours it may be 1 nt off, and no more."""
    run = run_with(fragment_nt, off_nt)
    assert run.is_sized is sized
    codes = [item.code for item in run.flags]
    assert ("SIZE_STANDARD_POOR" in codes) is not sized


@pytest.mark.parametrize(
    ("fragment_nt", "level"), [(500.0, Severity.ERROR), (540.0, Severity.WARNING)]
)
def test_the_fragments_around_and_one_more_are_judged(fragment_nt: float, level: Severity) -> None:
    """The last probe at 480 nt is sized by fragments up to 500 and 514."""
    run = run_with(fragment_nt, 1.6)
    (told,) = [item for item in run.flags if item.code == "SIZE_STANDARD_POOR"]
    assert told.level is level


def test_a_sound_standard_is_not_doubted() -> None:
    """On each instrument an exact standard has no word of doubt."""
    for instrument in INSTRUMENTS:
        run = run_with(0.0, 0.0, instrument)
        assert not any(item.code.startswith("SIZE_STANDARD") for item in run.flags)


def test_left_out_is_local_southern_of_the_others() -> None:
    """All at once gives what leaving out one by one gives."""
    size = np.array([50.0, 75.0, 100.0, 139.0, 150.0, 160.0, 200.0, 300.0])
    scan = 4000.0 * size / (700.0 - size) + 300.0 + 0.5 * np.sin(size)
    slow = [
        float(local_southern(scan[k : k + 1], np.delete(scan, k), np.delete(size, k))[0])
        for k in range(1, size.size - 1)
    ]
    found = sizes_left_out(scan, size)
    assert found[1:-1] == pytest.approx(slow)


@pytest.mark.parametrize("n_fragments", [0, 2, 3])
def test_too_few_fragments_say_nothing(n_fragments: int) -> None:
    """Without four fragments none can be left out."""
    place = np.arange(n_fragments, dtype=np.float64)
    assert np.isnan(sizes_left_out(place, place)).all()
