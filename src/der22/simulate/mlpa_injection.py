"""One injection: product, size standard and primers on their way through one capillary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats
from der22.formats.size_standard import load_size_standard
from der22.simulate.electropherogram import (
    DyePeaks,
    StoredSignal,
    TimeAxis,
    join_peaks,
    render_signal,
)
from der22.simulate.instruments import (
    Instrument,
    RunDraw,
    draw_axis,
    draw_capillary,
    peak_width,
)  # fmt: skip
from der22.simulate.mlpa_product import Product, random_stream

__all__ = ["Injection", "draw_injection", "draw_standard", "inject", "peaks_of"]

_PROBE_JITTER_NT, _STANDARD_JITTER_NT = 0.025, 0.015
#: METHOD: standard fragments do not run exactly at their length; this leaves the worst residual of
#: a cubic at 0.3-1.8 nt, as on public files.
_STANDARD_SCATTER_NT = 0.16
_CAPILLARY_HEIGHT_CV = 0.05
_INJECTION_SD = 0.006
_FRONT_END_NT = 44.0
_ECHO_NT, _ECHO_PER_NT = 4.6, 0.011


@dataclass(frozen=True, slots=True)
class Injection:
    """What is loaded.

    Attributes:
        instrument: the machine.
        product_nt: sizes of all product fragments, satellites included.
        product_rfu: their heights.
        standard_nt: where the fragments of the size standard appear.
        standard_rfu: their heights.
        standard_dye: dye of the standard, 0 = first.
        front_rfu: height of the primer front.
    """

    instrument: Instrument
    product_nt: Floats
    product_rfu: Floats
    standard_nt: Floats
    standard_rfu: Floats
    standard_dye: int
    front_rfu: float


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


def inject(injection: Injection, run: RunDraw, rng: np.random.Generator) -> StoredSignal:
    """Run the capillary and return what the instrument stores."""
    axis = draw_axis(injection.instrument, run, rng)
    capillary = draw_capillary(injection.instrument, axis, rng)
    return render_signal(peaks_of(injection, axis, rng), capillary, rng)


def peaks_of(injection: Injection, axis: TimeAxis, rng: np.random.Generator) -> DyePeaks:
    """Return the peaks of product, size standard and primer front on a time axis.

    METHOD: on a public 3730 file (zachariahmclean/trace) a peak of 3-4 % follows every fragment of
    the size standard, by 5 nt at 50 nt and by 10 nt at 450 nt. Unused primers and their dimers are
    a crowded complex that fades out before 50 nt.
    """
    instrument, standard_nt = injection.instrument, injection.standard_nt
    fragments = [
        (0, injection.product_nt, injection.product_rfu),
        (injection.standard_dye, standard_nt, injection.standard_rfu),
    ]
    if instrument.standard_echo > 0.0:
        echo_nt = standard_nt + _ECHO_NT + _ECHO_PER_NT * standard_nt
        echo_rfu = injection.standard_rfu * instrument.standard_echo
        fragments.append((injection.standard_dye, echo_nt, echo_rfu))
    parts = [
        DyePeaks(np.full(len(nt), dye), axis.scans_of(nt), rfu, peak_width(instrument, nt))
        for dye, nt, rfu in fragments
    ]
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
    width = np.ceil(axis.scans_of(size + width_nt / 2) - axis.scans_of(size - width_nt / 2))
    front = DyePeaks(
        dye=np.zeros(len(size), dtype=np.int64),
        scan=axis.scans_of(size),
        height_rfu=share * injection.front_rfu,
        fwhm_scans=np.maximum(width, 3.0),
    )
    return join_peaks([*parts, front])
