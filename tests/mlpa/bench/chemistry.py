"""From true copies to the peaks of one PCR product: yields, slopes, artefacts, side products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mlpa.bench.lots import Lot

__all__ = ["Chemistry", "Peaks", "no_dna_peaks", "product_peaks", "true_heights"]

Floats = NDArray[np.float64]

_LEAST_RFU = 0.3


@dataclass(frozen=True, slots=True)
class Chemistry:
    """What happened to one sample between DNA and capillary.

    Attributes:
        median_rfu: median height of the reference probes.
        slope: ln signal per 100 nt.
        curve: ln signal per (100 nt) squared, on top.
        gc_slope: ln signal per 0.10 of GC content: DNA quality and extraction.
        sd: SD of ln height of one probe, independent.
        arm_sd: SD of ln height shared by all probes of a chromosome arm.
        gc_sd: SD of ln height per SD of GC content, drawn anew for the sample.
        group_shift: ln shift by probe shared by all samples of one extraction, by probe_id.
        denaturation: height of the denaturation fragments as a share of a sound sample's.
        denaturation_reach: fall of the most GC-rich probes over that of the fragments.
        quantity: factor on the quantity fragments (little DNA: above 1).
        satellite: range of the n-1 peak over its main peak.
        shoulder: height of a shoulder 0.6-0.8 nt above each peak, over its main peak.
        n_unspecific: small peaks anywhere.
        moved_nt: shift of single peaks (an inserted base under a probe), by probe_id.
        failed: probes without any product, by probe_id; their share of the normal yield.
        strangers: additional peaks: size in nt and height over the median reference probe.
        near_bins: additional peaks: probe_id, distance from its peak in nt, height as above.
    """

    median_rfu: float = 2500.0
    slope: float = 0.0
    curve: float = 0.0
    gc_slope: float = 0.0
    sd: float = 0.04
    arm_sd: float = 0.015
    gc_sd: float = 0.015
    group_shift: Mapping[str, float] = field(default_factory=dict)
    denaturation: float = 1.0
    denaturation_reach: float = 1.0
    quantity: float = 1.0
    satellite: tuple[float, float] = (0.07, 0.13)
    shoulder: float = 0.0
    n_unspecific: int = 6
    moved_nt: Mapping[str, float] = field(default_factory=dict)
    failed: Mapping[str, float] = field(default_factory=dict)
    strangers: tuple[tuple[float, float], ...] = ()
    near_bins: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Peaks:
    """Peaks as the capillary would show them without noise; arrays of shape (n,).

    Attributes:
        size_nt: observed size.
        height: RFU.
        probe: place of the probe in the lot, -1 for any other peak.
    """

    size_nt: Floats
    height: Floats
    probe: NDArray[np.intp]


def true_heights(
    lot: Lot, copies: Floats, chemistry: Chemistry, rng: np.random.Generator
) -> Floats:
    """Return the height of every probe, shape (n_probes,), RFU.

    Args:
        lot: the mix.
        copies: mean copies per cell, shape (n_probes,).
        chemistry: what happened to this sample.
        rng: source of chance.
    """
    at = (lot.lengths_nt - 300.0) / 100.0
    z_gc = (lot.gc - 0.49) / 0.07
    arms = {arm: rng.normal(0.0, chemistry.arm_sd) for arm in sorted(set(lot.arms))}
    # A slope bends around the middle of the probes; control fragments lie outside of it.
    log = lot.log_efficiency + chemistry.slope * at + chemistry.curve * (at**2 - 1.0)
    log = log + chemistry.gc_slope * (lot.gc - 0.49) / 0.10
    log = log + rng.normal(0.0, chemistry.gc_sd) * z_gc + np.array([arms[arm] for arm in lot.arms])
    log = log + rng.normal(0.0, chemistry.sd, log.size)
    log = log + np.array([chemistry.group_shift.get(p.probe_id, 0.0) for p in lot.probes])
    heights: Floats = np.exp(log) * _dose(lot, copies) * _denatured(lot, chemistry)
    for i, probe in enumerate(lot.probes):
        heights[i] *= chemistry.failed.get(probe.probe_id, 1.0)
        if probe.role == "quantity":
            heights[i] *= chemistry.quantity
    references = heights[lot.index("reference")]
    heights *= chemistry.median_rfu / float(np.median(references))
    return heights


def _dose(lot: Lot, copies: Floats) -> Floats:
    fixed = lot.index("quantity", "denaturation", "benchmark")
    dose = copies / 2.0
    dose[fixed] = 1.0
    return dose


def _denatured(lot: Lot, chemistry: Chemistry) -> Floats:
    """Return the factor that salt leaves of each probe: the more G and C, the less."""
    susceptible = np.clip((lot.gc - 0.50) / 0.14, 0.0, 1.0)
    lost = (1.0 - chemistry.denaturation) * chemistry.denaturation_reach * susceptible
    fragments = lot.index("denaturation")
    lost[fragments] = 1.0 - chemistry.denaturation
    lost[lot.index("quantity", "benchmark", "sex_x", "sex_y")] = 0.0
    return np.clip(1.0 - lost, 0.02, 1.0)


def product_peaks(
    lot: Lot, heights: Floats, chemistry: Chemistry, rng: np.random.Generator
) -> Peaks:
    """Return all peaks of one product: probes, satellites, shoulders, primers and strangers."""
    offsets = lot.offset_nt + rng.normal(0.0, 0.02, heights.size)
    offsets = offsets + np.array([chemistry.moved_nt.get(p.probe_id, 0.0) for p in lot.probes])
    sizes = lot.lengths_nt + offsets
    median = chemistry.median_rfu
    satellites = heights * rng.uniform(*chemistry.satellite, heights.size)
    found = [
        (sizes, heights, np.arange(heights.size)),
        _others(sizes - rng.uniform(0.93, 1.08, sizes.size), satellites),
        _others(rng.uniform(36, 56, 3), median * rng.uniform(0.5, 3.0, 3)),
        _others(
            rng.uniform(58, 490, chemistry.n_unspecific),
            median * rng.exponential(0.012, chemistry.n_unspecific),
        ),
    ]
    if chemistry.shoulder:
        ratio = chemistry.shoulder * rng.uniform(0.5, 1.5, sizes.size)
        found.append(_others(sizes + rng.uniform(0.6, 0.8, sizes.size), heights * ratio))
    extra = [*chemistry.strangers]
    normal_nt = {p.probe_id: at for p, at in zip(lot.probes, lot.lengths_nt + lot.offset_nt,
                                                strict=True)}  # fmt: skip
    extra += [(normal_nt[name] + away, ratio) for name, away, ratio in chemistry.near_bins]
    if extra:
        at = np.array([size for size, _ in extra])
        tall = median * np.array([ratio for _, ratio in extra])
        found.append(_others(at, tall))
        found.append(_others(at - 1.0, tall * rng.uniform(*chemistry.satellite, at.size)))
    size, height, probe = (np.concatenate(part) for part in zip(*found, strict=True))
    keep = height > _LEAST_RFU
    order = np.argsort(size[keep], kind="stable")
    return Peaks(size[keep][order], height[keep][order], probe[keep][order])


def no_dna_peaks(lot: Lot, median_rfu: float, rng: np.random.Generator) -> Peaks:
    """Return the peaks of a control without DNA: quantity fragments and primers only."""
    quantity = lot.index("quantity")
    size = np.concatenate([rng.uniform(36, 56, 3), (lot.lengths_nt + lot.offset_nt)[quantity]])
    height = median_rfu * np.concatenate([rng.uniform(1, 3, 3), rng.uniform(0.6, 1.4, 4)])
    probe = np.concatenate([np.full(3, -1), quantity])
    order = np.argsort(size)
    return Peaks(size[order], height[order], probe[order])


def _others(size: Floats, height: Floats) -> tuple[Floats, Floats, NDArray[np.intp]]:
    return size, height, np.full(size.size, -1)
