"""The product of one MLPA reaction: which fragments with what signal, before the capillary.

METHOD: numbers from public MLPA data: RT-MLPA traces (cran/MLPA: satellites, jitter), peak tables
of SALSA P002 (cran/MLPAstats, NGRL Manchester: falling signal, slopes), MLPAvalidation (probe SD).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from der22.arrays import Floats, Mask
from der22.formats.probemix import Probemix

__all__ = [
    "Lot", "Product", "RunProfile", "draw_lot", "draw_product", "draw_run_profile", "lengths_of",
    "random_stream", "roles_of",
]  # fmt: skip


#: mean height of the last eight probes over that of the first eight (P002 controls)
_FALL_LAST_TO_FIRST = 0.32
_EIGHT = 8
_ANCHOR_NT = 200.0
_EFFICIENCY_SD = 0.25
_CONTROL_EFFICIENCY_SD = 0.12
#: METHOD: observed sizes lie 1-4 nt from the nominal length; about their own straight line they
#: scatter by 0.8-0.95 nt (RMS). The whole shift is kept below 3 nt.
_OFFSET_SCATTER_NT, _OFFSET_LIMIT_NT, _CONTROL_SCATTER_NT = 0.85, 3.0, 0.35
_MIN_DISTANCE_NT, _CONTROL_DISTANCE_NT = 3.0, 2.6
_SATELLITE_MEDIAN, _SATELLITE_RANGE = 0.09, (0.07, 0.15)
_SATELLITE_NT, _SATELLITE_SD_NT = -1.0, 0.03
_AMOUNT_SD = 0.22
_SLOPE_SD, _SLOPE_LIMIT = 0.07, 0.15
_BOW_SD = 0.02
_RUN_PROFILE_SD = 0.05
_RUN_JITTER_NT = 0.012
#: METHOD: a dosage quotient holds the noise of its own reaction, a share of that of the references
#: and that of the reference probes it is centred on: with 5 references and 13 reference probes
#: sqrt(1 + 1/5) x sqrt(1 + 1.57/13), with the bow 1.2 times the noise of one reaction.
_QUOTIENT_OVER_REACTION = 1.2
_QUANTITY_SHARE = 0.07
_NO_DNA_QUANTITY = 0.9


@dataclass(frozen=True, slots=True)
class Lot:
    """What a lot of a probemix does in every run; arrays per probe in sheet order.

    Attributes:
        size_nt: observed size.
        efficiency: signal of two copies, 1 = median probe of 200 nt; falls with length.
        satellite_share: height of the fragment one nt shorter, relative to its probe.
        satellite_nt: place of that satellite relative to its probe, about -1.
        noise_factor: the probe's own share of the ratio noise, root mean square 1.
        residual: signal left when no copy is there, as a share of the normal.
        is_gc_rich: suffers when the DNA is not denatured.
        stray_nt: sizes of small unspecific products.
        stray_share: their height, 1 = median probe.
    """

    size_nt: Floats
    efficiency: Floats
    satellite_share: Floats
    satellite_nt: Floats
    noise_factor: Floats
    residual: Floats
    is_gc_rich: Mask
    stray_nt: Floats
    stray_share: Floats


@dataclass(frozen=True, slots=True)
class RunProfile:
    """What all reactions of one run share, per probe in sheet order.

    Attributes:
        profile: factor on each probe's signal.
        shift_nt: shift of each probe's size.
    """

    profile: Floats
    shift_nt: Floats


@dataclass(frozen=True, slots=True)
class Product:
    """Fragments of one reaction.

    Attributes:
        size_nt: of each probe, sheet order.
        signal: of each probe, 1 = median probe of 200 nt with two copies in a usual reaction.
        satellite_share: height of each satellite relative to its probe.
        satellite_nt: place of each satellite relative to its probe.
        stray_nt: sizes of other fragments.
        stray_signal: their signal.
    """

    size_nt: Floats
    signal: Floats
    satellite_share: Floats
    satellite_nt: Floats
    stray_nt: Floats
    stray_signal: Floats


def random_stream(*parts: object) -> np.random.Generator:
    """Return the generator that belongs to `parts`, whatever else is drawn elsewhere."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, dtype=">u4").astype(np.uint32))


def lengths_of(probemix: Probemix) -> Floats:
    """Return the nominal lengths in sheet order, nt."""
    return np.array([probe.length_nt for probe in probemix.probes], dtype=np.float64)


def roles_of(probemix: Probemix) -> NDArray[np.str_]:
    """Return the roles in sheet order."""
    return np.array([str(probe.role) for probe in probemix.probes])


def draw_lot(probemix: Probemix, lot_seed: int) -> Lot:
    """Return the lot `lot_seed` of `probemix`; the same in every run, on every instrument."""
    rng = random_stream("lot", probemix.name, lot_seed)
    length, role = lengths_of(probemix), roles_of(probemix)
    n = len(length)
    is_probe = np.isin(role, ("target", "reference"))
    # the logarithm of the signal falls with length and is 0 at 200 nt
    fall = np.zeros(n)
    probes = np.sort(length[is_probe])
    if len(probes) >= 2 * _EIGHT:
        per_nt = np.log(_FALL_LAST_TO_FIRST) / (probes[-_EIGHT:].mean() - probes[:_EIGHT].mean())
        # below 120 nt the signal falls no more steeply: control fragments are of like height
        fall = per_nt * (np.maximum(length, 120.0) - _ANCHOR_NT)
    spread = np.where(is_probe, _EFFICIENCY_SD, _CONTROL_EFFICIENCY_SD)
    efficiency = np.exp(rng.normal(0.0, 1.0, n) * spread + fall)
    efficiency[role == "quantity"] *= _QUANTITY_SHARE
    satellite = np.exp(rng.normal(np.log(_SATELLITE_MEDIAN), 0.22, n))
    noise = np.clip(np.exp(rng.normal(0.0, 0.28, n)), 0.59, 1.49)
    n_stray = int(rng.integers(3, 7))
    # observed sizes: a straight line, scatter about it, order and distance kept
    level, tilt = rng.uniform(-1.2, 1.2), rng.uniform(-0.5, 0.5)
    line = level + tilt * (length - 300.0) / 180.0
    scatter_nt = np.where(is_probe, _OFFSET_SCATTER_NT, _CONTROL_SCATTER_NT)
    scatter = np.clip(rng.normal(0.0, 1.0, n), -1.9, 1.9) * scatter_nt
    size = length + np.clip(line + scatter, -_OFFSET_LIMIT_NT, _OFFSET_LIMIT_NT)
    for left, right in pairwise(np.argsort(length, kind="stable").tolist()):
        distance = _MIN_DISTANCE_NT if is_probe[right] else _CONTROL_DISTANCE_NT
        size[right] = max(size[right], size[left] + min(distance, length[right] - length[left]))
    return Lot(
        size_nt=size,
        efficiency=efficiency,
        satellite_share=np.clip(satellite, *_SATELLITE_RANGE),
        satellite_nt=rng.normal(_SATELLITE_NT, _SATELLITE_SD_NT, n),
        noise_factor=noise / np.sqrt(np.mean(noise**2)),
        residual=rng.uniform(0.0, 0.02, n),
        is_gc_rich=(rng.random(n) < 0.3) & is_probe,
        stray_nt=rng.uniform(50.0, length.max(), n_stray),
        stray_share=rng.uniform(0.005, 0.02, n_stray),
    )


def draw_run_profile(lot: Lot, rng: np.random.Generator) -> RunProfile:
    """Return what one run adds to its lot."""
    n = len(lot.size_nt)
    profile = np.exp(rng.normal(0.0, _RUN_PROFILE_SD, n))
    return RunProfile(profile, rng.normal(0.0, _RUN_JITTER_NT, n))


def draw_product(
    lot: Lot,
    run: RunProfile,
    probemix: Probemix,
    dose: Floats | None,
    dq_sd: float,
    rng: np.random.Generator,
) -> Product:
    """Return the product of one reaction.

    Args:
        lot: of the probemix.
        run: of the run.
        probemix: gives lengths and roles.
        dose: mean copies per cell per probe, NaN for quantity fragments; None = no DNA given.
        dq_sd: root mean square over probes of the SD of a dosage quotient, against 5 references.
        rng: of this reaction.
    """
    length, role = lengths_of(probemix), roles_of(probemix)
    quantity = role == "quantity"
    amount = float(np.exp(rng.normal(0.0, _AMOUNT_SD)))
    slope = np.clip(rng.normal(0.0, _SLOPE_SD), -_SLOPE_LIMIT, _SLOPE_LIMIT)
    bow = rng.normal(0.0, _BOW_SD)
    reaction_sd = dq_sd / _QUOTIENT_OVER_REACTION
    noise = rng.normal(0.0, 1.0, len(length)) * lot.noise_factor * reaction_sd
    dna = np.exp(rng.normal(0.0, 0.25))
    x = (length - 300.0) / 180.0
    signal = amount * lot.efficiency * run.profile
    signal *= np.exp(slope * (length - _ANCHOR_NT) / 100.0 + bow * (x * x - 0.5) + noise)
    signal[quantity] /= dna  # METHOD: the less DNA, the more primers the quantity fragments get
    if dose is None:
        signal = np.where(quantity, signal * (_NO_DNA_QUANTITY / _QUANTITY_SHARE), 0.0)
        amount = 0.0
    else:
        share = np.where(quantity, 1.0, np.nan_to_num(dose) / 2.0)
        residual = np.where(np.isin(role, ("target", "reference")), lot.residual, 0.0)
        signal *= residual + (1.0 - residual) * share
    return Product(
        size_nt=lot.size_nt + run.shift_nt,
        signal=signal,
        satellite_share=lot.satellite_share,
        satellite_nt=lot.satellite_nt,
        stray_nt=lot.stray_nt,
        stray_signal=lot.stray_share * amount,
    )
