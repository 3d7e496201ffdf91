"""Three capillary instruments: dyes, size standard, time axis, width, noise, bleed, saturation.

METHOD: measured on public files. 3130: RT-MLPA runs of cran/MLPA (36 cm, POP-7); 3500: two runs of
willros/fraggler (50 cm, POP-7, vendor's own sized peaks); 3730: two runs of zachariahmclean/trace
(36 cm, POP-7). What a 3130 does beyond 160 nt was not seen; its rate there follows the 3730.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from der22.arrays import Floats
from der22.simulate.electropherogram import Capillary, Saturation, TimeAxis

__all__ = [
    "INSTRUMENTS", "Instrument", "RunDraw", "draw_axis", "draw_capillary", "draw_run", "peak_width",
]  # fmt: skip

Range = tuple[float, float]

_ANCHOR_NT = 50.0
#: METHOD: share of a dye's light in its own camera bin and in bins 1, 2, ... further; chosen so
#: that a saturated first dye throws the third down and the others up, as on a public 3730 file.
_OVERLAP_BY_DISTANCE = (1.0, 0.35, 0.0, 0.05, 0.12)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One type of capillary instrument.

    Attributes:
        name: 3130, 3500 or 3730.
        dyes: names as the instrument writes them, first = product, last = size standard.
        wavelengths_nm: of the dyes.
        standard: shipped size standard.
        standard_text: how the instrument names it in ``StdF``.
        knots_nt: sizes at which the rate was measured.
        scans_per_nt: the rate there.
        anchor_scan: scan of 50 nt.
        run_nt: size at which the run ends.
        fwhm_scans: width of a peak at 250 nt; grows by a tenth to either end of the run.
        noise_rfu: range of the noise SD.
        offset_rfu: range of the baseline's level.
        drift_rfu: range of the slow drift.
        bleed: ranges of the first dye's signal left in dyes 2, 3, ...
        camera_limit_rfu: limit of a camera bin; None where only the file clips, at 32767.
        probe_rfu: median height of a probe of 200 nt.
        standard_rfu: median height of the size standard.
        standard_cv: scatter of its heights within a capillary.
        standard_340_nt: where GS500 340 appears (mean); 340 where it runs true.
        standard_echo: height of a small peak that follows every standard fragment by 5-10 nt.
        front_log10_rfu: range of the primer front.
        processed_factor: factor of the vendor-processed channels, None where there are none.
    """

    name: str
    dyes: tuple[str, ...]
    wavelengths_nm: tuple[int, ...]
    standard: str
    standard_text: str
    knots_nt: tuple[float, ...]
    scans_per_nt: tuple[float, ...]
    anchor_scan: float
    run_nt: float
    fwhm_scans: float
    noise_rfu: Range
    offset_rfu: Range
    drift_rfu: Range
    bleed: tuple[Range, ...]
    camera_limit_rfu: float | None
    probe_rfu: float
    standard_rfu: float
    standard_cv: float
    standard_340_nt: float
    standard_echo: float
    front_log10_rfu: Range
    processed_factor: float | None


@dataclass(frozen=True, slots=True)
class RunDraw:
    """What all capillaries of one run share.

    Attributes:
        stretch: factor of the rate.
        tilt: change of the rate from one end to the other (temperature, polymer).
        start_shift: relative shift of the start.
        standard_250_nt: where GS500 250 appears.
        standard_340_nt: where GS500 340 appears.
    """

    stretch: float
    tilt: float
    start_shift: float
    standard_250_nt: float
    standard_340_nt: float


_GS500_DYE_ROX = ("6-FAM", "HEX", "NED", "ROX")
_LIZ_DYES = ("6-FAM", "VIC", "NED", "PET", "LIZ")
_LIZ_NM = (522, 554, 575, 595, 655)

INSTRUMENTS: Mapping[str, Instrument] = MappingProxyType({
    "3130": Instrument(
        name="3130", dyes=_GS500_DYE_ROX, wavelengths_nm=(522, 553, 575, 607),
        standard="GS500ROX", standard_text="GS500ROX",
        knots_nt=(0, 50, 100, 160, 250, 350, 450, 550),
        scans_per_nt=(14.4, 14.7, 15.3, 15.9, 16.2, 16.1, 15.6, 14.8),
        anchor_scan=3680, run_nt=545, fwhm_scans=8.3,
        noise_rfu=(2.0, 3.0), offset_rfu=(-110, 60), drift_rfu=(10, 120),
        bleed=((-0.010, -0.002), (-0.008, 0.004), (-0.007, -0.002)),
        camera_limit_rfu=8200, probe_rfu=1500, standard_rfu=420, standard_cv=0.05,
        standard_340_nt=338.6, standard_echo=0.0, front_log10_rfu=(3.2, 4.2), processed_factor=None,
    ),
    "3500": Instrument(
        name="3500", dyes=("6-FAM", " VIC", " NED", " PET", " LIZ"), wavelengths_nm=_LIZ_NM,
        standard="GS600LIZ", standard_text="GS600LIZ(60-600)+Normalization",
        knots_nt=(0, 60, 130, 200, 290, 350, 400, 460, 540, 600, 640),
        scans_per_nt=(7.2, 7.8, 8.4, 8.55, 8.9, 8.85, 8.55, 8.3, 7.4, 6.7, 6.3),
        anchor_scan=1330, run_nt=690, fwhm_scans=3.9,
        noise_rfu=(2.0, 3.0), offset_rfu=(-110, 170), drift_rfu=(20, 150),
        bleed=((0.021, 0.024), (-0.010, 0.006), (0.0, 0.010), (-0.003, 0.006)),
        camera_limit_rfu=None, probe_rfu=2000, standard_rfu=560, standard_cv=0.27,
        standard_340_nt=340.0, standard_echo=0.0, front_log10_rfu=(4.0, 5.0), processed_factor=3.0,
    ),
    "3730": Instrument(
        name="3730", dyes=_LIZ_DYES, wavelengths_nm=_LIZ_NM,
        standard="GS500LIZ", standard_text="GS500(-250)LIZ",
        knots_nt=(0, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 550),
        scans_per_nt=(5.7, 5.75, 5.75, 5.8, 6.0, 6.25, 6.35, 6.35, 6.1, 5.8, 5.4, 5.0),
        anchor_scan=1765, run_nt=640, fwhm_scans=3.4,
        noise_rfu=(5.0, 7.0), offset_rfu=(-110, 60), drift_rfu=(20, 120),
        bleed=((0.015, 0.045), (-0.020, 0.005), (0.005, 0.025), (-0.002, 0.006)),
        camera_limit_rfu=38000, probe_rfu=4200, standard_rfu=1500, standard_cv=0.28,
        standard_340_nt=339.8, standard_echo=0.037, front_log10_rfu=(4.0, 5.0),
        processed_factor=None,
    ),
})  # fmt: skip


def draw_run(instrument: Instrument, rng: np.random.Generator) -> RunDraw:
    """Return the effects of one run; start scans of runs differ by 1.5-4 %."""
    return RunDraw(
        stretch=float(rng.normal(1.0, 0.018)),
        tilt=float(rng.normal(0.0, 0.015)),
        start_shift=float(rng.normal(0.0, 0.02)),
        standard_250_nt=float(rng.normal(246.0, 0.5)),
        standard_340_nt=instrument.standard_340_nt + float(rng.normal(0.0, 0.15)),
    )


def draw_axis(instrument: Instrument, run: RunDraw, rng: np.random.Generator) -> TimeAxis:
    """Return the time axis of one capillary of `run`."""
    knots = np.array(instrument.knots_nt, dtype=np.float64)
    relative = (knots - 300.0) / 300.0
    tilt = run.tilt + rng.normal(0.0, 0.003)
    rate = np.array(instrument.scans_per_nt) * run.stretch * (1.0 + tilt * relative)
    rate *= rng.normal(1.0, 0.004)
    start = instrument.anchor_scan * (1.0 + run.start_shift) * rng.normal(1.0, 0.004)
    return TimeAxis.from_rate(knots, rate, _ANCHOR_NT, float(start))


def draw_capillary(instrument: Instrument, axis: TimeAxis, rng: np.random.Generator) -> Capillary:
    """Return one capillary."""
    n_dyes = len(instrument.dyes)
    bleed = np.eye(n_dyes)
    for channel, (low, high) in enumerate(instrument.bleed, 1):
        bleed[channel, 0] = rng.uniform(low, high)
    # The standard's own bleed is small; seen only under its tallest fragments.
    bleed[:-1, -1] = rng.uniform(-0.004, 0.006, n_dyes - 1)
    # how the light of each dye spreads over the camera bins of the others
    distance = np.abs(np.subtract.outer(np.arange(n_dyes), np.arange(n_dyes)))
    limit = instrument.camera_limit_rfu
    return Capillary(
        n_scans=int(axis.scans_of(np.array([instrument.run_nt]))[0]),
        bleed=bleed,
        saturation=Saturation(
            before_unmixing=limit is not None,
            limit_rfu=0.0 if limit is None else limit * float(rng.normal(1.0, 0.05)),
            overlap=np.array(_OVERLAP_BY_DISTANCE)[distance],
        ),
        noise_rfu=rng.uniform(*instrument.noise_rfu, n_dyes),
        offset_rfu=rng.uniform(*instrument.offset_rfu, n_dyes),
        drift_rfu=rng.uniform(*instrument.drift_rfu, n_dyes) * rng.choice((-1.0, 1.0), n_dyes),
        front_scan=float(axis.scans_of(np.array([20.0]))[0]),
        processed_factor=instrument.processed_factor,
    )


def peak_width(instrument: Instrument, size_nt: Floats) -> Floats:
    """Return the full width at half height in scans per size; late peaks are a little wider."""
    return instrument.fwhm_scans * (1.0 + 0.10 * (size_nt - 250.0) / 250.0)
