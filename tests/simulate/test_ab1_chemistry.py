from __future__ import annotations

import csv
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import nnls
from scipy.stats import spearmanr

from der22.resources import resource_path
from der22.simulate.capillary import run_capillary
from der22.simulate.chemistry import (
    PREVIOUS_BASE_EFFECT,
    ReadConditions,
    base_codes,
    height_factors,
    named_rng,
    run_chemistry,
    sequence_reaction,
)
from der22.simulate.molecules import (
    Molecule,
    Substitution,
    Template,
    as_molecules,
    mutation_change,
    read_template,
    reverse_complement,
)

N_RUNS = 20
GOOD = slice(50, 550)  # bases of the good region, as the public figures were measured


@dataclass(frozen=True)
class Measured:
    """Deconvolved heights (n, 4) and shares of the three other bases of one wild-type read."""

    heights: np.ndarray
    shares: np.ndarray
    codes: np.ndarray
    positions_c: np.ndarray
    processed: np.ndarray
    peak_at: np.ndarray


def deconvolved(channels: np.ndarray, at: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Fit one Gaussian per peak to every channel by scipy's NNLS, sixty peaks at a time."""
    heights = np.zeros((at.size, 4))
    for start in range(0, at.size, 60):
        stop = min(at.size, start + 60)
        low, high = max(0, start - 5), min(at.size, stop + 5)
        points = np.arange(max(0, int(at[low]) - 10), int(at[high - 1]) + 11)
        shapes = np.exp(-0.5 * ((points[:, None] - at[low:high]) / sigma[low:high]) ** 2)
        for channel in range(4):
            fitted, _ = nnls(shapes, channels[channel, points])
            heights[start:stop, channel] = fitted[start - low : stop - low]
    return heights


def measured_read(
    run_seed: int, seed: int, direction: str, minor: Molecule | None = None, n: int = 600
) -> Measured:
    """Simulate one read without a dye blob and measure it apart from the product's own analysis."""
    mixture = as_molecules([] if minor is None else [minor])
    templates = [(one.fraction, read_template(one, direction)) for one in mixture]
    template = read_template(Molecule(1.0), direction)
    rng = named_rng(run_seed, seed, direction)
    run, conditions = run_chemistry(run_seed), ReadConditions(blob=0.0)
    amounts = sequence_reaction(templates, direction, run, conditions, rng)
    seen = run_capillary(amounts, run, conditions, rng)
    codes = base_codes(template.bases)[:n]
    at = np.rint(seen.peak_at[:n])
    sigma = np.interp(np.arange(n), [50, 150, 300, 450, 600], [4.1, 3.0, 2.75, 3.65, 4.1])
    heights = deconvolved(seen.processed.astype(float), at, sigma)
    own = np.eye(4, dtype=bool)[codes]
    others = np.where(own, 0.0, heights)
    total = heights[own] + others.max(axis=1)
    shares = np.where(own, np.nan, heights / total[:, None])
    return Measured(heights, shares, codes, template.positions[:n], seen.processed, seen.peak_at)


@pytest.fixture(scope="module")
def runs() -> list[tuple[Measured, Measured, Measured]]:
    """Two forward reads and one reverse read of each of some runs."""
    return [
        (
            measured_read(500 + run, 1, "forward"),
            measured_read(500 + run, 2, "forward"),
            measured_read(500 + run, 1, "reverse"),
        )
        for run in range(N_RUNS)
    ]


def test_noise_quantiles(runs: list[tuple[Measured, Measured, Measured]]) -> None:
    """The largest secondary share has median 0.026, 95 % 0.083, 99 % 0.165, within a quarter."""
    largest = np.concatenate(
        [np.nanmax(read.shares[GOOD], axis=1) for run in runs for read in (run[0], run[2])]
    )
    measured = np.quantile(largest, [0.5, 0.95, 0.99])
    assert measured == pytest.approx([0.026, 0.083, 0.165], rel=0.25)


def test_noise_correlation(runs: list[tuple[Measured, Measured, Measured]]) -> None:
    """Shares agree between reads of one direction (0.46) far more than between strands (0.18)."""
    same, opposite = [], []
    for first, second, reverse in runs:
        pair = [read.shares[GOOD].ravel() for read in (first, second)]
        same.append(spearmanr(*pair, nan_policy="omit").statistic)
        where = {int(c): i for i, c in enumerate(first.positions_c)}
        rows = [(where[int(c)], j) for j, c in enumerate(reverse.positions_c) if int(c) in where]
        rows = [(i, j) for i, j in rows if i >= 50 and j >= 50]
        forward = first.shares[[i for i, _ in rows]].ravel()
        backward = reverse.shares[[j for _, j in rows]][:, ::-1].ravel()
        opposite.append(spearmanr(forward, backward, nan_policy="omit").statistic)
    assert np.mean(same) == pytest.approx(0.46, abs=0.07)
    assert np.mean(opposite) == pytest.approx(0.18, abs=0.07)


def test_false_peaks_on_both_strands(runs: list[tuple[Measured, Measured, Measured]]) -> None:
    """Above 10 % one strand has tens of false peaks per 800 bases, both strands under one.

    Public reads: 34 and 0.33 per 800 (forward and both, the same alternative, deconvolution); those
    34 hold worse bases than the good region used here.
    """
    single = both = n = 0
    for first, _, reverse in runs:
        where = {int(c): i for i, c in enumerate(first.positions_c)}
        for j, c in enumerate(reverse.positions_c):
            i = where.get(int(c), 0)
            if i < 50 or j < 50:
                continue
            n += 1
            forward, backward = first.shares[i], reverse.shares[j][::-1]
            single += np.nanmax(forward) > 0.10
            both += np.nanmax(np.minimum(forward, backward)) > 0.10
    assert 10 < 800 * single / n < 40
    assert 800 * both / n < 1.0


def test_spacing_and_width(runs: list[tuple[Measured, Measured, Measured]]) -> None:
    """Peaks stand 12.0 points apart; isolated ones have the measured sigma at five bases."""
    spacing = np.median([np.diff(read.peak_at[50:600]).mean() for run in runs for read in run])
    assert spacing == pytest.approx(12.0, abs=0.1)
    found: dict[int, list[float]] = {base: [] for base in (50, 150, 300, 450, 580)}
    for read in (read for run in runs for read in run):
        for base, sigmas in found.items():
            for i in range(base - 15, base + 15):
                isolated = read.codes[i] not in (read.codes[i - 1], read.codes[i + 1])
                at = round(float(read.peak_at[i]))
                channel = read.processed[read.codes[i]].astype(float)
                side = (channel[at - 3] + channel[at + 3]) / 2
                if isolated and 0 < side < channel[at]:
                    sigmas.append(3.0 / np.sqrt(2.0 * np.log(channel[at] / side)))
    median = [float(np.median(sigmas)) for sigmas in found.values()]
    assert median == pytest.approx([4.1, 3.0, 2.75, 3.65, 4.05], rel=0.12)


def test_height_spread_and_repeat(runs: list[tuple[Measured, Measured, Measured]]) -> None:
    """Log heights vary by 0.26; two reads of one sequence correlate 0.90 and differ by sd 0.11."""
    logs = []
    for run in runs:
        pair = []
        for read in run[:2]:
            height = read.heights[np.arange(600), read.codes][GOOD]
            log = np.log(np.maximum(height, 1.0))
            row = np.arange(log.size)
            pair.append(log - np.polyval(np.polyfit(row, log, 3), row))
        logs.append(pair)
    spread = np.mean([np.std(one) for pair in logs for one in pair])
    repeat = np.mean([np.corrcoef(*pair)[0, 1] for pair in logs])
    difference = np.mean([np.std(a - b) for a, b in logs])
    assert spread == pytest.approx(0.26, abs=0.04)
    assert repeat == pytest.approx(0.90, abs=0.05)
    assert difference == pytest.approx(0.11, abs=0.03)


def test_previous_base_effect() -> None:
    """Over random sequence the mean height by previous base is the measured table, within 4 %."""
    rng = np.random.default_rng(8)
    codes = rng.integers(0, 4, 60000)
    factors = height_factors(codes, rng)
    measured = np.array(
        [[factors[1:][(codes[:-1] == p) & (codes[1:] == b)].mean() for b in range(4)]
         for p in range(4)]
    )  # fmt: skip
    assert measured == pytest.approx(PREVIOUS_BASE_EFFECT, rel=0.04)
    by_base = [np.log(factors[codes == base]).std() for base in range(4)]
    assert by_base == pytest.approx([0.28, 0.16, 0.38, 0.18], abs=0.03)


def test_substitution_moves_the_peaks_behind_it() -> None:
    """A substitution changes its own height and those of the next three peaks, and no other."""
    plain = base_codes(read_template(Molecule(1.0), "forward").bases)
    mutated = base_codes(
        read_template(Molecule(1.0, (Substitution(*mutation_change("T315I")),)), "forward").bases
    )
    a = height_factors(plain, np.random.default_rng(1))
    b = height_factors(mutated, np.random.default_rng(1))
    assert np.flatnonzero(a != b).tolist() == [267, 268, 269, 270]


def spread_changes() -> tuple[Substitution, ...]:
    """Return named single-base changes at least nine bases apart, by position."""
    with resource_path("abl1/mutations.csv").open(encoding="utf-8", newline="") as handle:
        listed = sorted({mutation_change(row["mutation"]) for row in csv.DictReader(handle)})
    kept: list[Substitution] = []
    for position_c, ref, alt in listed:
        apart = not kept or position_c - kept[-1].position_c >= 9
        if len(ref) == 1 and position_c < 1490 and apart:
            kept.append(Substitution(position_c, ref, alt))
    return tuple(kept)


@pytest.mark.parametrize("fraction", [0.2, 0.5, 0.8])
def test_fraction_in_the_channels(fraction: float) -> None:
    """Changes of forty codons stand in the heights of both strands: bias under 3 points.

    One site and strand scatters by 6 points at 20 %, because the two bases have heights of their
    own: that is the chemistry's limit, two strands give 4.3.
    """
    changes = spread_changes()
    errors = []
    for seed in range(2):
        for direction in ("forward", "reverse"):
            read = measured_read(700 + seed, seed, direction, Molecule(fraction, changes))
            where = {int(c): i for i, c in enumerate(read.positions_c)}
            for change in changes:
                i = where.get(change.position_c, 0)
                if i < 40:
                    continue
                pair = change.ref + change.alt
                if direction == "reverse":
                    pair = reverse_complement(pair)[::-1]
                ref, alt = (read.heights[i, "ACGT".index(base)] for base in pair)
                errors.append(alt / (ref + alt) - fraction)
    assert len(changes) >= 40
    assert len(errors) > 100
    assert abs(np.mean(errors)) < 0.03
    assert 0.03 < np.std(errors) < 0.13


def test_run_shares_its_background() -> None:
    """Two runs have background of their own: the correlation is gone across runs."""
    first, second = measured_read(900, 1, "forward"), measured_read(901, 1, "forward")
    pair = [read.shares[GOOD].ravel() for read in (first, second)]
    assert spearmanr(*pair, nan_policy="omit").statistic < 0.30


def test_slippage_echo() -> None:
    """Behind a run of eight or more the next base casts a 12 % echo one peak earlier."""

    def echo(run_length: int) -> float:
        bases = "ACGT" * 20 + "A" * run_length + "CGTCGTACGTC" * 6
        template = Template(bases, np.zeros(len(bases), dtype=np.int64))
        run, conditions = run_chemistry(4), ReadConditions(blob=0.0)
        amounts = sequence_reaction([(1.0, template)], "forward", run, conditions, named_rng(9))
        codes = base_codes(bases)
        rows = np.arange(80 + run_length + 1, len(bases))
        changing = rows[codes[rows] != codes[rows - 1]]
        early = amounts.product[changing - 1, codes[changing]]
        return float(np.median(early / amounts.product[changing, codes[changing]]))

    assert echo(8) - echo(7) == pytest.approx(0.12, abs=0.02)


def test_exon_loss_is_a_double_sequence() -> None:
    """From c.1086 on a forward mixture shows the base 185 further on in half of the height."""
    mixture = as_molecules([Molecule(0.5, event="exon7del")])
    templates = [(one.fraction, read_template(one, "forward")) for one in mixture]
    run, conditions = run_chemistry(4), ReadConditions(blob=0.0)
    amounts = sequence_reaction(templates, "forward", run, conditions, named_rng(9))
    skipped, whole = templates[0][1], templates[1][1]
    rows = np.arange(1086 - 677, 1086 - 677 + 200)
    a, b = base_codes(skipped.bases)[rows], base_codes(whole.bases)[rows]
    differ = rows[a != b]
    share = [
        amounts.product[i, base_codes(skipped.bases)[i]] / amounts.product[i].sum() for i in differ
    ]
    assert differ.size > 100
    assert np.mean(share) == pytest.approx(0.5, abs=0.05)
    before = np.arange(100, 1086 - 677 - 1)
    pure = amounts.product[before, base_codes(whole.bases)[before]] / amounts.product[before].sum(
        axis=1
    )
    assert np.median(pure) > 0.95
