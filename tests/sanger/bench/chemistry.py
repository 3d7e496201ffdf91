"""Cycle sequencing and the capillary: molecules -> peaks -> four channels.

Ranges: heights after the previous base from facts measured on public control traces; widths, decay,
echoes, noise and residual dye mobility as measured on public 3730 reads of mitochondrial COI.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sanger.bench.molecules import Template

__all__ = ["Blob", "Chemistry", "Signal", "expose", "homopolymer_ends"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rng = np.random.Generator

BASES = "ACGT"
#: mean height by previous and own base, order ACGT
_CONTEXT = np.array([[0.90, 0.96, 0.70, 1.00], [0.79, 1.03, 0.81, 1.02],
                     [1.42, 0.88, 1.12, 0.81], [1.05, 1.09, 1.41, 1.08]])  # fmt: skip
#: SD of log height of A, C, G, T that longer context adds
_CONTEXT_SD = np.array([0.12, 0.10, 0.25, 0.10])
#: sigma of a peak in points at nt, for a spacing of 12
_SIGMA_NT = np.array([0, 50, 150, 300, 450, 600, 800, 1000])
_SIGMA = np.array([4.3, 3.8, 3.0, 2.9, 3.6, 4.2, 5.4, 6.6])
#: log share of a ghost peak, its SD, and the part of the variance that context makes
_GHOST_LOG, _GHOST_SD = np.log(0.0037), 1.20
_CONTEXT_PART = 0.06
_REACH = 26


@dataclass(frozen=True, slots=True)
class Blob:
    """A broad peak of dye that was not built in.

    Attributes:
        nt: where.
        height: of the median primary peak.
        width_nt: sigma.
        base: channel.
    """

    nt: float
    height: float
    width_nt: float
    base: str


@dataclass(frozen=True, slots=True)
class Chemistry:
    """What happens to one read.

    Attributes:
        enzyme: heights and ghosts of equal enzymes depend on context alike.
        site: ghosts that both strands of a run share, by place.
        site_part: part of the variance of log ghosts that both strands share.
        height_rfu: of a primary peak near the start.
        decay_nt: over which heights fall by e.
        end_nt: after which the read is lost; large = read to the end of the product.
        spacing: points between bases.
        drift: relative change of the spacing along the read.
        width: factor on peak widths.
        scatter: SD of log height from read to read.
        ghosts: factor on ghost peaks.
        echo_before: share of the next base seen at a base (primer short of its first base).
        echo_after: share of the base before.
        mobility: residual shift of A, C, G, T near the start, points.
        background: of the median primary peak at the start and at the end, shape (2, 4).
        ripple: relative slow waves of the background.
        blobs: of unincorporated dye.
        pull_up: share of each channel (row) that shows in another (column), shape (4, 4).
        ceiling: primary-peak heights above which peaks are flat; None = never.
        slip: share of molecules one base short behind each homopolymer of five and more.
        noise_rfu: SD per point.
        floor: share of the median peak that the software subtracted from everything.
        share_sd: SD of the logit of a share from reaction to reaction.
        junk: calls beyond the end of the product, points of background.
    """

    enzyme: int = 0
    site: int = 0
    site_part: float = 0.24
    height_rfu: float = 700.0
    decay_nt: float = 800.0
    end_nt: float = 1e6
    spacing: float = 12.0
    drift: float = 0.0
    width: float = 1.0
    scatter: float = 0.078
    ghosts: float = 1.0
    echo_before: float = 0.008
    echo_after: float = 0.003
    mobility: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    background: tuple[tuple[float, ...], tuple[float, ...]] = ((0.004,) * 4, (0.004,) * 4)
    ripple: float = 0.2
    blobs: tuple[Blob, ...] = ()
    pull_up: tuple[tuple[float, ...], ...] = ((0.0,) * 4,) * 4
    ceiling: float | None = None
    slip: float = 0.0
    noise_rfu: float = 2.0
    floor: float = 0.0
    share_sd: float = 0.08
    junk: int = 15


@dataclass(frozen=True, slots=True)
class Signal:
    """Four processed channels.

    Attributes:
        channels: A, C, G, T, shape (4, n_points), RFU.
        times: point of each base of a molecule of the most common length, shape (n,).
        end_nt: where the product ends.
    """

    channels: Floats
    times: Floats
    end_nt: int


@cache
def _table(enzyme: int, what: int) -> Floats:
    """Return effects of the last five bases, shape (1024, 4), standard normal."""
    return np.random.default_rng([enzyme, what, 5]).standard_normal((1024, 4))


@cache
def _site_table(site: int) -> Floats:
    """Return ghosts by c. position and base of the coding strand, shape (4000, 4)."""
    # No place of public pairs has a ghost of a fifth of the peak on both strands.
    normal = np.random.default_rng([site, 77]).standard_normal((4000, 4))
    return np.clip(normal, -1.8, 1.8)


def _indices(sequence: str) -> Ints:
    return np.array([BASES.index(letter) for letter in sequence], dtype=np.int64)


def _words(bases: Ints) -> Ints:
    """Return the number of the five bases that end at each base (short of five: with A)."""
    padded = np.concatenate([np.zeros(4, dtype=np.int64), bases])
    return sum((padded[4 - back : len(padded) - back] * 4**back for back in range(5)),
               start=np.zeros(len(bases), dtype=np.int64))  # fmt: skip


def homopolymer_ends(sequence: str, least: int = 5) -> list[int]:
    """Return the index behind each run of at least `least` equal bases."""
    ends, start = [], 0
    for at in range(1, len(sequence) + 1):
        if at == len(sequence) or sequence[at] != sequence[start]:
            if at - start >= least:
                ends.append(at)
            start = at
    return ends


def _slipped(one: Template, slip: float) -> list[Template]:
    """Return the template and its copies one base short behind each long homopolymer."""
    found, left = [], 1.0
    for end in homopolymer_ends(one.sequence) if slip else []:
        if end <= one.start:
            continue
        sequence = one.sequence[: end - 1] + one.sequence[end:]
        positions = np.delete(one.positions, end - 1)
        found.append(Template(sequence, one.start, positions, one.share * left * slip))
        left *= 1.0 - slip
    return [Template(one.sequence, one.start, one.positions, one.share * left), *found]


def _jittered(templates: Sequence[Template], sd: float, rng: Rng) -> list[tuple[Template, float]]:
    """Return templates with shares as this reaction amplified them."""
    factors = np.exp(rng.normal(0.0, sd, len(templates)))
    shares = np.array([one.share for one in templates]) * factors
    return list(zip(templates, shares / shares.sum(), strict=True))


def _areas(
    one: Template, chemistry: Chemistry, noise: Floats, chance: Floats, is_forward: bool
) -> tuple[Floats, Floats]:
    """Return peak heights by channel and base, shape (4, n), and offsets in points, shape (n,).

    Args:
        one: molecule.
        chemistry: of the read.
        noise: log height of this read by channel and index.
        chance: ghosts of this read by channel and index.
        is_forward: strand of the read, for the ghosts of a site.
    """
    bases = _indices(one.sequence)
    words = _words(bases)
    n = len(bases) - one.start
    own, before = bases[one.start :], bases[one.start - 1 : -1]
    word = words[one.start :]
    at = np.arange(n)
    log_height = np.log(_CONTEXT[before, own])
    log_height += _CONTEXT_SD[own] * _table(chemistry.enzyme, 1)[word, own] + noise[own, at]
    height = np.exp(log_height)
    places = one.positions[one.start :]
    site = _site_table(chemistry.site)[places]
    site = site.T if is_forward else site[:, ::-1].T
    log_ghost = _GHOST_LOG + _GHOST_SD * (
        np.sqrt(_CONTEXT_PART) * _table(chemistry.enzyme, 2)[word].T
        + np.sqrt(chemistry.site_part) * site
        + np.sqrt(1.0 - _CONTEXT_PART - chemistry.site_part) * chance[:, :n]
    )
    # The first thirty bases of every read are dirty.
    ghosts = np.exp(log_ghost) * chemistry.ghosts * (1.0 + 10.0 * np.exp(-at / 9.0))
    # Ghosts follow the own peak, not wholly: a low primary peak has a larger secondary share.
    areas = ghosts * height**0.7
    areas[own, at] = height
    offsets = 0.35 * chemistry.spacing / 12.0 * _table(chemistry.enzyme, 3)[word, 0]
    return areas, offsets


def expose(
    templates: Sequence[Template], chemistry: Chemistry, rng: Rng, *, is_forward: bool
) -> Signal:
    """Return the channels of one read of a mixture of molecules.

    Args:
        templates: molecules with their shares.
        chemistry: what happens to them.
        rng: source of chance.
        is_forward: strand of the read.
    """
    pool = [part for one in templates for part in _slipped(one, chemistry.slip)]
    longest = max(len(one.sequence) - one.start for one in pool)
    noise = rng.normal(0.0, chemistry.scatter, (4, longest))
    # One public read in hundred bases has a ghost of a fifth of the peak, on one strand only.
    chance = np.clip(rng.standard_t(7, (4, longest)), -4.3, 4.3)
    index = np.arange(longest + 2)
    step = chemistry.spacing * (1.0 + chemistry.drift * (index / 800.0 - 0.5))
    times = 60.0 + np.cumsum(step) + rng.normal(0.0, 0.045 * chemistry.spacing, longest + 2)
    sigma = np.interp(index, _SIGMA_NT, _SIGMA) * chemistry.width * chemistry.spacing / 12.0
    envelope = np.exp(-index / chemistry.decay_nt) / (1.0 + np.exp((index - chemistry.end_nt) / 2))
    mobility = np.array(chemistry.mobility)[:, None] * (0.15 + np.exp(-index / 110.0))
    n_points = int(times[-1] + (chemistry.junk + 4) * chemistry.spacing)
    channels = np.zeros((4, n_points))
    echoes = ((0, 1.0 - chemistry.echo_before - chemistry.echo_after),
              (-1, chemistry.echo_before), (1, chemistry.echo_after))  # fmt: skip
    for one, share in _jittered(pool, chemistry.share_sd, rng):
        areas, offsets = _areas(one, chemistry, noise, chance, is_forward)
        n = areas.shape[1]
        mixed = np.zeros((4, n + 1))
        for shift, part in echoes:
            low, high = max(0, -shift), min(n, n + 1 - shift)
            mixed[:, low + shift : high + shift] += part * areas[:, low:high]
        shown = mixed[:, :n] * envelope[:n] * share
        _draw(channels, times[:n] + offsets + mobility[:, :n], shown, sigma[:n])
    end = len(max(pool, key=lambda one: one.share).sequence) - pool[0].start
    return Signal(_capillary(channels, chemistry, times, rng), times[:-2], end)


def _draw(channels: Floats, centres: Floats, heights: Floats, sigma: Floats) -> None:
    """Add Gaussian peaks, all of shape (4, n)."""
    n_points = channels.shape[1]
    reach = np.arange(-_REACH, _REACH + 1)
    for row in range(4):
        middle = np.rint(centres[row]).astype(np.int64)
        points = middle[:, None] + reach
        shape = np.exp(-0.5 * ((points - centres[row][:, None]) / sigma[:, None]) ** 2)
        inside = (points >= 0) & (points < n_points)
        channels[row] += np.bincount(
            points[inside], weights=(heights[row][:, None] * shape)[inside], minlength=n_points
        )


def _capillary(channels: Floats, chemistry: Chemistry, times: Floats, rng: Rng) -> Floats:
    """Return what the camera and the software make of peaks of median 1: RFU."""
    n_points = channels.shape[1]
    along = np.linspace(0.0, 1.0, n_points)
    if chemistry.ceiling is not None:
        channels = np.minimum(channels, chemistry.ceiling)
    bleed = np.array(chemistry.pull_up)
    channels = channels + bleed.T @ channels
    first, last = (np.array(level)[:, None] for level in chemistry.background)
    knots = np.linspace(0.0, 1.0, 14)
    for row in range(4):
        wave = np.interp(along, knots, rng.normal(0.0, chemistry.ripple, 14))
        level = first[row] + (last[row] - first[row]) * along
        channels[row] += np.maximum(level * (1.0 + wave), 0.0)
    for blob in chemistry.blobs:
        centre = np.interp(blob.nt, np.arange(len(times)), times)
        width = blob.width_nt * chemistry.spacing
        shape = np.exp(-0.5 * ((np.arange(n_points) - centre) / width) ** 2)
        channels[BASES.index(blob.base)] += blob.height * shape
    channels = np.maximum(channels - chemistry.floor, 0.0) * chemistry.height_rfu
    rough = rng.normal(0.0, 1.0, (4, n_points + 4))
    smooth = np.apply_along_axis(np.convolve, 1, rough, np.full(5, 1 / np.sqrt(5)), "valid")
    return np.maximum(channels + chemistry.noise_rfu * smooth, 0.0)
