"""Cycle sequencing: from a mixture of templates to the amount of dye at every fragment length.

Amounts are in processed-trace units, one row per fragment length (first base after the primer =
row 0), one column per dye in the order A, C, G, T.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from der22.arrays import Floats, Ints
from der22.formats.trace import BASES
from der22.simulate.molecules import Template

__all__ = [
    "PREVIOUS_BASE_EFFECT",
    "Amounts",
    "ReadConditions",
    "RunChemistry",
    "base_codes",
    "height_factors",
    "named_rng",
    "run_chemistry",
    "sequence_reaction",
]

# METHOD: mean height of a peak (column: A, C, G, T) by the base before it (row), relative to the
# peaks around; measured over 26 public BigDye v3 reads of one gene (sangeranalyseR example data).
PREVIOUS_BASE_EFFECT: Floats = np.array(
    [[0.90, 0.96, 0.70, 1.00], [0.79, 1.03, 0.81, 1.02], [1.42, 0.88, 1.12, 0.81],
     [1.05, 1.09, 1.41, 1.08]]
)  # fmt: skip
#: sd of the natural log of peak height, A, C, G, T; same origin
_LOG_HEIGHT_SD = np.array([0.28, 0.16, 0.38, 0.18])
#: sd of one read's own part of the log height: two reads of one sequence differ by 0.11
_READ_HEIGHT_SD = 0.078

# METHOD: background at the other three dyes as a share of a normal peak, log-normal with a heavier
# upper tail; centre, spread and tail are fitted so that Gaussian deconvolution of the rendered
# trace finds, as the largest of three, 0.026 (median), 0.083 (95 %) and 0.165 (99 %).
_NOISE_LOG_MEDIAN = -5.4
_NOISE_LOG_SD = 1.1
_NOISE_TAIL_FROM = 1.5
_NOISE_TAIL_SLOPE = 0.9
#: METHOD: the tail ends: of public reads 0.125 % of the bases exceed a share of 0.27 and 0.03 % one
#: of 0.31, weak peaks beside a false one; no false peak is taller than this
_NOISE_TOP = 0.20
#: parts of log background: common to both strands (cut at one sd), to this direction, this read
_SHARED_TOP = 1.0
_NOISE_SHARED, _NOISE_DIRECTION, _NOISE_READ = 0.46, 0.26, 0.28


@dataclass(frozen=True, slots=True)
class ReadConditions:
    """How well one reaction went.

    Attributes:
        signal: height of a normal peak at the start of the read, processed units; 0 = blank.
        noise_factor: multiplies the background.
        length_factor: scales where the tail begins and how fast it falls; 1 = a good read.
        blob: height of the dye blob as a share of a normal peak; None = drawn, one in three none.
        last_base: the run is stopped after this many bases; None = it goes on past the product.
    """

    signal: float = 1000.0
    noise_factor: float = 1.0
    length_factor: float = 1.0
    blob: float | None = None
    last_base: int | None = None


@dataclass(frozen=True, slots=True)
class RunChemistry:
    """What all reads of one run (one laboratory, one plate) have in common.

    Attributes:
        noise_factor: laboratory factor on the background.
        floor: share of a normal peak that the instrument's software takes off every channel.
        shared: (positions, 4) standard normal cut at one sd, background of a base on both strands.
        by_direction: the same for each direction alone.
        mobility: (4,) shift of each dye at the start of a read, points.
        bleed: (4, 4) share of each dye (row) that is left in another channel (column).
    """

    noise_factor: float
    floor: float
    shared: Floats
    by_direction: dict[str, Floats]
    mobility: Floats
    bleed: Floats


@dataclass(frozen=True, slots=True)
class Amounts:
    """Dye by fragment length.

    Attributes:
        product: (n, 4) from the templates, echoes included.
        background: (n, 4) everything else that has the width of a peak.
        normal: (n,) height of a normal peak there; rows behind the longest template hold
            background only.
    """

    product: Floats
    background: Floats
    normal: Floats


def named_rng(*keys: int | str) -> np.random.Generator:
    """Return a generator that depends on the keys alone; texts enter by their CRC-32."""
    words = [zlib.crc32(key.encode()) if isinstance(key, str) else key for key in keys]
    return np.random.default_rng(words)


def base_codes(bases: str) -> Ints:
    """Return 0 to 3 for A, C, G, T."""
    lookup = np.full(256, -1)
    lookup[[ord(base) for base in BASES]] = range(4)
    codes = lookup[np.frombuffer(bases.encode("ascii"), np.uint8)]
    if (codes < 0).any():
        raise ValueError("a template holds A, C, G and T only")
    return codes


@cache
def _context_table() -> Floats:
    """Return log height by the three bases before (oldest first) and the base itself: (4,4,4,4).

    METHOD: mean over the two older bases is the measured previous-base effect; the rest of the
    measured spread is drawn once, is the same in every laboratory, and so moves the heights of the
    peaks behind a substitution.
    """
    previous = np.log(PREVIOUS_BASE_EFFECT)
    rest = np.random.default_rng(17).standard_normal((16, 4, 4))
    rest -= rest.mean(axis=0)
    rest /= rest.std(axis=0)
    spread = np.sqrt(np.maximum(_LOG_HEIGHT_SD**2 - previous.var(axis=0) - _READ_HEIGHT_SD**2, 0.0))
    # exp of a spread has a mean above 1, which the measured means must not show
    table = previous + rest * spread - (spread**2 + _READ_HEIGHT_SD**2) / 2
    by_context: Floats = table.reshape(4, 4, 4, 4)
    return by_context


def height_factors(codes: Ints, rng: np.random.Generator) -> Floats:
    """Return the height of each peak relative to a normal one.

    Args:
        codes: bases of a template, 0 to 3, in reading order.
        rng: source of the read's own part.

    Returns:
        Array (n,).
    """
    before = np.concatenate([[3, 3, 3], codes])
    n = codes.size
    systematic = _context_table()[before[:n], before[1 : n + 1], before[2 : n + 2], codes]
    factors: Floats = np.exp(systematic + _READ_HEIGHT_SD * rng.standard_normal(n))
    return factors


@cache
def run_chemistry(run_seed: int, n_positions: int = 3400) -> RunChemistry:
    """Draw what one run has in common.

    METHOD: laboratory factor log sd 0.4 and one run in three with the floor taken off (chosen
    after public traces whose median background runs from 0.00 to 0.04); mobility shift at most a
    third of a base at the start; bleed 0.5 %.
    """
    rng = named_rng(run_seed, "run")
    noise_factor = float(np.exp(0.4 * rng.standard_normal()))
    floor = float(rng.uniform(0.010, 0.025)) if rng.random() < 1 / 3 else 0.0
    mobility = rng.uniform(-4.0, 4.0, 4)
    bleed = rng.uniform(0.0, 0.01, (4, 4))
    np.fill_diagonal(bleed, 1.0)
    return RunChemistry(
        noise_factor=noise_factor,
        floor=floor,
        # what both strands share is faint background; strong false peaks are not among it
        shared=np.minimum(
            named_rng(run_seed, "both").standard_normal((n_positions, 4)), _SHARED_TOP
        ),
        by_direction={
            direction: named_rng(run_seed, direction).standard_normal((n_positions, 4))
            for direction in ("forward", "reverse")
        },
        mobility=mobility,
        bleed=bleed,
    )


def sequence_reaction(
    templates: Sequence[tuple[float, Template]],
    direction: str,
    run: RunChemistry,
    conditions: ReadConditions,
    rng: np.random.Generator,
) -> Amounts:
    """Run the reaction on a mixture.

    Args:
        templates: fraction and template of each molecule.
        direction: forward or reverse; chooses the run's background.
        run: what the run has in common.
        conditions: how well this reaction went.
        rng: the read's own randomness.
    """
    n_template = max(len(template.bases) for _, template in templates)
    n = n_template + int(rng.integers(25, 110))
    row = np.arange(n)
    # the height of a normal peak: slow decline, faster in the tail, weak first bases
    onset = float(rng.uniform(560.0, 680.0)) * conditions.length_factor
    slow = np.exp(-row / float(rng.uniform(420.0, 900.0)))
    fall = float(rng.uniform(130.0, 260.0)) * conditions.length_factor
    tail = np.exp(-np.maximum(row - onset, 0.0) / fall)
    normal = conditions.signal * slow * tail * (1.0 - 0.5 * np.exp(-row / 8.0))
    product = np.zeros((n, 4))
    read_heights = rng.integers(2**32)
    for fraction, template in templates:
        codes = base_codes(template.bases)
        # the same read part for every molecule: it belongs to the reaction, not to the template
        own = np.random.default_rng(read_heights)
        heights = fraction * height_factors(codes, own) * normal[: codes.size]
        product[row[: codes.size], codes] += heights
        # slippage: everything behind a run of eight or more casts an echo one base early
        echo = np.zeros((n, 4))
        starts = np.flatnonzero(np.diff(codes, prepend=-1))
        lengths = np.diff(np.append(starts, codes.size))
        for start, length in zip(starts[lengths >= 8], lengths[lengths >= 8], strict=True):
            behind = np.arange(start + length, codes.size)
            echo[behind - 1, codes[behind]] += 0.12 * heights[behind]
        product += echo
    product[:-1] += rng.uniform(0.005, 0.02) * product[1:]
    positions = max(templates, key=lambda pair: pair[0])[1].positions
    background = _background(n, positions, direction, run, conditions, onset, rng)
    seen = slice(None, conditions.last_base)
    return Amounts(
        product=product[seen],
        background=(background * normal[:, None])[seen],
        normal=normal[seen],
    )


def _background(
    n: int,
    positions: Ints,
    direction: str,
    run: RunChemistry,
    conditions: ReadConditions,
    onset: float,
    rng: np.random.Generator,
) -> Floats:
    """Return background as a share of a normal peak, (n, 4).

    METHOD: two reads of one sequence share much of their background when they run in the same
    direction (Spearman 0.46), little when opposite (0.18); the parts of the variance follow.
    """
    place = np.zeros(n, dtype=np.int64)
    place[: positions.size] = positions
    shared, own_direction = run.shared[place], run.by_direction[direction][place]
    if direction == "reverse":
        shared = shared[:, ::-1]  # A, C, G, T backwards is T, G, C, A: the complement
    own = np.sqrt(_NOISE_DIRECTION) * own_direction + np.sqrt(_NOISE_READ) * rng.standard_normal(
        (n, 4)
    )
    own[place == 0] = np.sqrt(1.0 - _NOISE_SHARED) * rng.standard_normal(
        (int((place == 0).sum()), 4)
    )
    score = np.sqrt(_NOISE_SHARED) * shared + own
    # strong false peaks (dye, enzyme stops) belong to a direction: both strands rarely show one
    tail = np.maximum(own / np.sqrt(1.0 - _NOISE_SHARED) - _NOISE_TAIL_FROM, 0.0)
    share = np.exp(_NOISE_LOG_MEDIAN + _NOISE_LOG_SD * (score + _NOISE_TAIL_SLOPE * tail))
    share /= (1.0 + (share / _NOISE_TOP) ** 4) ** 0.25
    row = np.arange(n)[:, None]
    growth = 1.0 + np.maximum(row - onset, 0.0) / 150.0
    dirt = 0.8 * np.exp(-row / 9.0) * rng.exponential(1.0, (n, 4))
    factor = run.noise_factor * conditions.noise_factor
    background: Floats = np.minimum(share * factor * growth, 1.0) + dirt
    return background
