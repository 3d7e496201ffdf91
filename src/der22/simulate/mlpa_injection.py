"""One injection: product, size standard and primers on their way through one capillary."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from der22.arrays import Floats
from der22.formats.size_standard import load_size_standard
from der22.simulate.electropherogram import Peaks, TimeAxis, Trace, join_peaks, render_trace
from der22.simulate.instruments import (
    Instrument,
    RunDraw,
    draw_axis,
    draw_capillary,
    peak_width,
)  # fmt: skip
from der22.simulate.mlpa_product import Product, random_stream

__all__ = ["Injection", "draw_injection", "draw_standard", "inject"]


_PROBE_JITTER_NT, _STANDARD_JITTER_NT = 0.025, 0.015
#: METHOD: standard fragments do not run exactly at their length; this leaves the worst residual of
#: a cubic at 0.3-1.8 nt, as on public files.
_STANDARD_SCATTER_NT = 0.16
_CAPILLARY_HEIGHT_CV = 0.05
_INJECTION_SD = 0.006
_FRONT_END_NT = 44.0
_ECHO_NT, _ECHO_PER_NT = 4.6, 0.011
_SPIKE_FWHM_SCANS = 1.5


@dataclass(frozen=True, slots=True)
class Injection:
    """What is loaded, and what happens to it on the way; faults change this record.

    Attributes:
        instrument: the machine.
        product_nt: sizes of all product fragments, satellites included.
        product_rfu: their heights.
        standard_nt: where the fragments of the size standard appear.
        standard_rfu: their heights.
        standard_dye: dye of the standard, 0 = first.
        front_rfu: height of the primer front.
        stop_nt: size at which the run ends early, None = as usual.
        delay: (size from which on, scans late), as after a bubble or a drop of current.
        spikes: (size where it falls, height) of signals in every dye.
        bleed: share of the first dye's signal in every other; None = as the instrument has it.
    """

    instrument: Instrument
    product_nt: Floats
    product_rfu: Floats
    standard_nt: Floats
    standard_rfu: Floats
    standard_dye: int
    front_rfu: float
    stop_nt: float | None = None
    delay: tuple[float, float] | None = None
    spikes: tuple[tuple[float, float], ...] = ()
    bleed: float | None = None


def draw_injection(
    product: Product, instrument: Instrument, run: RunDraw, rng: np.random.Generator
) -> Injection:
    """Load `product` with size standard and primers."""
    main_nt = product.size_nt + rng.normal(0.0, _PROBE_JITTER_NT, len(product.size_nt))
    gain = instrument.probe_rfu * np.exp(rng.normal(0.0, 0.10))
    main_rfu = product.signal * gain * np.exp(rng.normal(0.0, _INJECTION_SD, len(main_nt)))
    standard_nt, standard_rfu = draw_standard(instrument.standard, instrument, run, rng)
    low, high = instrument.front_log10_rfu
    return Injection(
        instrument=instrument,
        product_nt=np.concatenate((main_nt, main_nt + product.satellite_nt, product.stray_nt)),
        product_rfu=np.concatenate(
            (main_rfu, main_rfu * product.satellite_share, product.stray_signal * gain)
        ),
        standard_nt=standard_nt,
        standard_rfu=standard_rfu,
        standard_dye=len(instrument.dyes) - 1,
        front_rfu=float(10 ** rng.uniform(low, high)),
    )


def draw_standard(
    name: str, instrument: Instrument, run: RunDraw, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return apparent sizes (nt) and heights (RFU) of a shipped size standard in one capillary."""
    nominal = load_size_standard(name).sizes_nt
    fixed = random_stream("size standard", name)
    place = nominal + fixed.normal(0.0, _STANDARD_SCATTER_NT, len(nominal))
    pattern_cv = max(instrument.standard_cv**2 - _CAPILLARY_HEIGHT_CV**2, 0.0) ** 0.5
    pattern = np.exp(fixed.normal(0.0, pattern_cv, len(nominal)))
    if name.startswith("GS500"):
        place[nominal == 250] = run.standard_250_nt
        place[nominal == 340] = run.standard_340_nt
    place += rng.normal(0.0, _STANDARD_JITTER_NT, len(nominal))
    level = instrument.standard_rfu * np.exp(rng.normal(0.0, 0.2))
    heights = level * pattern * np.exp(rng.normal(0.0, _CAPILLARY_HEIGHT_CV, len(nominal)))
    return place, heights


def inject(injection: Injection, run: RunDraw, rng: np.random.Generator) -> Trace:
    """Run the capillary and return what the instrument stores."""
    instrument = injection.instrument
    axis = draw_axis(instrument, run, rng)
    if injection.delay is not None:
        axis = axis.delayed(*injection.delay)
    capillary = draw_capillary(instrument, axis, injection.stop_nt, rng)
    if injection.bleed is not None:
        bleed = capillary.bleed.copy()
        bleed[1:, 0] = injection.bleed
        capillary = replace(capillary, bleed=bleed)
    peaks = join_peaks([
        _peaks_at(axis, instrument, 0, injection.product_nt, injection.product_rfu),
        _standard_peaks(axis, injection),
        _primer_front(axis, injection.front_rfu, rng),
        _spikes(axis, injection.spikes),
    ])  # fmt: skip
    return render_trace(peaks, capillary, rng)


def _peaks_at(
    axis: TimeAxis, instrument: Instrument, dye: int, size_nt: Floats, height_rfu: Floats
) -> Peaks:
    return Peaks(
        np.full(len(size_nt), dye, dtype=np.int64),
        axis.scans_of(size_nt),
        height_rfu,
        peak_width(instrument, size_nt),
    )


def _standard_peaks(axis: TimeAxis, injection: Injection) -> Peaks:
    """Return the size standard, each fragment followed by its echo.

    METHOD: on a public 3730 file (zachariahmclean/trace) a peak of 3-4 % follows every fragment,
    by 5 nt at 50 nt and by 10 nt at 450 nt.
    """
    dye, instrument = injection.standard_dye, injection.instrument
    size, height = injection.standard_nt, injection.standard_rfu
    main = _peaks_at(axis, instrument, dye, size, height)
    if instrument.standard_echo == 0.0:
        return main
    echo_nt = size + _ECHO_NT + _ECHO_PER_NT * size
    echo = _peaks_at(axis, instrument, dye, echo_nt, height * instrument.standard_echo)
    return join_peaks([main, echo])


def _primer_front(axis: TimeAxis, height_rfu: float, rng: np.random.Generator) -> Peaks:
    """Return unused primers and their dimers: a crowded complex that fades out before 50 nt."""
    n_small, n_tall = 10, 3
    main_nt = rng.uniform(12.0, 18.0)
    size = np.concatenate((
        [main_nt, main_nt + 1.6, main_nt + 7.0, main_nt + 15.0],
        main_nt + rng.uniform(-8.0, 6.0, n_tall),
        rng.uniform(4.0, _FRONT_END_NT, n_small),
    ))  # fmt: skip
    share = np.concatenate((
        [1.0, 0.25, 0.03, 0.008],
        rng.uniform(0.15, 0.8, n_tall),
        10 ** rng.uniform(-2.6, -1.3, n_small),
    ))  # fmt: skip
    width_nt = np.concatenate((
        [1.0, 3.5, 8.0, 12.0],
        rng.uniform(0.6, 1.2, n_tall),
        rng.uniform(0.8, 1.8, n_small),
    ))  # fmt: skip
    low, high = size - width_nt / 2, size + width_nt / 2
    width = np.ceil(axis.scans_of(high) - axis.scans_of(low))
    dye = np.zeros(len(size), dtype=np.int64)
    return Peaks(dye, axis.scans_of(size), share * height_rfu, np.maximum(width, 3.0))


def _spikes(axis: TimeAxis, spikes: tuple[tuple[float, float], ...]) -> Peaks:
    size = np.array([nt for nt, _ in spikes], dtype=np.float64)
    height = np.array([rfu for _, rfu in spikes], dtype=np.float64)
    every_dye = np.full(len(spikes), -1, dtype=np.int64)
    return Peaks(every_dye, axis.scans_of(size), height, np.full(len(spikes), _SPIKE_FWHM_SCANS))
