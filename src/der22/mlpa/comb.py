"""Assign peaks of the size standard's channel to the fragments of a size standard.

METHOD: dynamic programming over pairs of consecutive fragments. A path through the fragments is
rewarded for each one it finds and pays for every jump of the local rate (scans per nt), every
height unlike its neighbour's, every skipped fragment and every tall peak it passes by. No rate is
assumed: real runs have 3 to 60 scans per nt. Electrophoresis is smooth, so the rate of neighbouring
intervals agrees within the error of the fragments themselves: 0.6 nt, 2 nt for GS500 340.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.formats.size_standard import SizeStandard

__all__ = ["Comb", "assign_fragments", "loose_fragments"]


_TOLERANCE_NT, _LOOSE_TOLERANCE_NT = 0.6, 2.0
_RATE_DRIFT = 0.04  # ln rate from one interval to the next
_RATE_LIMITS = (2.5, 70.0)  # scans per nt
_MAX_Z = 4.0
_REWARD = 4.0
_SKIP_COST, _END_SKIP_COST = 3.0, 0.5
_PASSED_PEAK_COST = 1.0
_HEIGHT_SD, _HEIGHT_COST_MAX = 0.5, 6.0
_MAX_SKIPPED = 3
_MAX_CANDIDATES = 80
_BEAM_FIRST, _BEAM, _BEAM_SKIP = 700, 200, 60
_FIRST_FRAGMENTS = 4
_MARGIN = 24.0  # a path that is six fragments behind the best does not come back
_GS500_BACKBONE = frozenset({75.0, 139.0, 150.0, 160.0, 340.0, 350.0, 490.0})


@dataclass(frozen=True, slots=True)
class Comb:
    """Which peak is which fragment.

    Attributes:
        peak: indices of the assigned peaks, ascending, shape (n,).
        fragment: indices into the used fragments of the standard, ascending, shape (n,).
        score: of the path; only compared between alternatives.
    """

    peak: Ints
    fragment: Ints
    score: float


@dataclass(frozen=True, slots=True)
class _States:
    """Paths that end with the same fragment: last two peaks, local rate, its variance, score."""

    before: Ints
    last: Ints
    rate: Floats
    variance: Floats
    score: Floats
    from_fragment: Ints  # -1 at the start of a path
    from_state: Ints


@dataclass(slots=True)
class _Ground:
    """What the peaks cost, whatever the fragments."""

    scan: Floats
    pair_cost: Floats  # heights unlike and tall peaks passed, shape (n, n)
    arriving: list[list[_States]] = field(default_factory=list)


def loose_fragments(standard: SizeStandard) -> Mask:
    """Return which used fragments may run up to 2 nt off: 340 of every GS500.

    METHOD: GS500 340 has secondary structure and runs near 338.3 on POP4. A standard of that
    backbone is known by its lengths, so that a sheet of one's own is treated alike.
    """
    sizes = standard.used_sizes_nt
    is_gs500 = set(sizes.tolist()) >= _GS500_BACKBONE
    return np.asarray((sizes == 340.0) & is_gs500)


def assign_fragments(scan: Floats, height: Floats, standard: SizeStandard) -> Comb | None:
    """Return the best path through the fragments, None when no two peaks can be fragments.

    Args:
        scan: apexes of the candidate peaks, ascending, shape (n,), scans.
        height: their heights, RFU.
        standard: the fragments to be found.
    """
    chosen = _tallest(height)
    if chosen.size < 2:
        return None
    sizes = standard.used_sizes_nt
    tolerance = np.where(loose_fragments(standard), _LOOSE_TOLERANCE_NT, _TOLERANCE_NT)
    ground = _Ground(scan[chosen], _pair_costs(height[chosen]), [[] for _ in sizes])
    reached: list[_States] = []
    for k in range(sizes.size):
        arriving = [part for part in ground.arriving[k] if part.score.size]
        best = max((float(part.score.max()) for part in arriving), default=-np.inf)
        if best - _MARGIN < 2 * _REWARD - _END_SKIP_COST * (k - 1):
            arriving.extend(_starts(ground, sizes, tolerance, k))
        states = _merge(arriving, k)
        reached.append(states)
        for skipped in range(min(_MAX_SKIPPED + 1, sizes.size - 1 - k)):
            following = _advance(ground, states, sizes, tolerance, k, skipped)
            ground.arriving[k + 1 + skipped].append(following)
    return _trace_back(reached, chosen)


def _tallest(height: Floats) -> Ints:
    order = np.argsort(-height, kind="stable")[:_MAX_CANDIDATES]
    return np.sort(order)


def _pair_costs(height: Floats) -> Floats:
    log_height = np.log(np.maximum(height, 1.0))
    difference = (log_height[None, :] - log_height[:, None]) / _HEIGHT_SD
    unlike = np.minimum(0.5 * difference**2, _HEIGHT_COST_MAX)
    lower = np.minimum(height[:, None], height[None, :])
    position = np.arange(height.size)
    between = (position[None, None, :] > position[:, None, None]) & (
        position[None, None, :] < position[None, :, None]
    )
    tall = height[None, None, :] >= 0.5 * lower[:, :, None]
    return np.asarray(unlike + _PASSED_PEAK_COST * (between & tall).sum(axis=2))


def _starts(ground: _Ground, sizes: Floats, tolerance: Floats, k: int) -> list[_States]:
    """Paths that begin with fragments (k-1, k) or (k-2, k)."""
    begun = []
    n = ground.scan.size
    before, last = np.triu_indices(n, 1)
    gap = ground.scan[last] - ground.scan[before]
    for first in (k - 1, k - 2):
        if first < 0:
            continue
        length = float(sizes[k] - sizes[first])
        rate = gap / length
        ok = (rate > _RATE_LIMITS[0]) & (rate < _RATE_LIMITS[1])
        skipped = k - first - 1
        score = (
            2 * _REWARD
            - _END_SKIP_COST * first
            - _SKIP_COST * skipped
            - ground.pair_cost[before, last]
        )
        variance = (tolerance[first] ** 2 + tolerance[k] ** 2) / length**2
        count = int(ok.sum())
        begun.append(
            _States(
                before[ok], last[ok], rate[ok], np.full(count, variance), score[ok],
                np.full(count, -1), np.full(count, first),
            )
        )  # fmt: skip
    return begun


def _merge(arriving: list[_States], k: int) -> _States:
    """Keep the best path for each pair of last peaks, and only the best of those."""
    joined = _concatenate(arriving)
    if joined.score.size == 0:
        return joined
    n_keep = _BEAM_FIRST if k < _FIRST_FRAGMENTS else _BEAM
    worthy = np.flatnonzero(joined.score >= joined.score.max() - _MARGIN)
    order = worthy[np.argsort(-joined.score[worthy], kind="stable")[: 4 * n_keep]]
    key = joined.before[order] * (_MAX_CANDIDATES + 1) + joined.last[order]
    _, first = np.unique(key, return_index=True)
    return _take(joined, order[np.sort(first)[:n_keep]])


def _concatenate(parts: list[_States]) -> _States:
    if not parts:
        none, zero = np.empty(0, dtype=np.int64), np.empty(0)
        return _States(none, none, zero, zero, zero, none, none)
    if len(parts) == 1:
        return parts[0]
    return _States(
        np.concatenate([p.before for p in parts]),
        np.concatenate([p.last for p in parts]),
        np.concatenate([p.rate for p in parts]),
        np.concatenate([p.variance for p in parts]),
        np.concatenate([p.score for p in parts]),
        np.concatenate([p.from_fragment for p in parts]),
        np.concatenate([p.from_state for p in parts]),
    )


def _take(states: _States, index: Ints) -> _States:
    return _States(
        states.before[index], states.last[index], states.rate[index], states.variance[index],
        states.score[index], states.from_fragment[index], states.from_state[index],
    )  # fmt: skip


def _advance(
    ground: _Ground, states: _States, sizes: Floats, tolerance: Floats, k: int, skipped: int
) -> _States:
    """Extend every path of fragment k to fragment k + 1 + skipped."""
    if states.last.size == 0:
        return states
    count = states.last.size if skipped == 0 else min(states.last.size, _BEAM_SKIP)
    target = k + 1 + skipped
    length = float(sizes[target] - sizes[k])
    variance = float(tolerance[k] ** 2 + tolerance[target] ** 2) / length**2
    sd = np.sqrt(states.variance[:count] + variance + _RATE_DRIFT**2)
    start = ground.scan[states.last[:count]]
    step = states.rate[:count] * length
    low = np.searchsorted(ground.scan, start + step * np.exp(-_MAX_Z * sd), "left")
    high = np.searchsorted(ground.scan, start + step * np.exp(_MAX_Z * sd), "right")
    low = np.maximum(low, states.last[:count] + 1)
    n_each = np.maximum(high - low, 0)
    source = np.repeat(np.arange(count), n_each)
    offset = np.arange(source.size) - np.repeat(np.cumsum(n_each) - n_each, n_each)
    peak = low[source] + offset
    last = states.last[source]
    rate = (ground.scan[peak] - ground.scan[last]) / length
    z = np.log(rate / states.rate[source]) / sd[source]
    score = (
        states.score[source]
        + _REWARD
        - _SKIP_COST * skipped
        - 0.5 * z**2
        - ground.pair_cost[last, peak]
    )
    ok = (np.abs(z) <= _MAX_Z) & (rate > _RATE_LIMITS[0]) & (rate < _RATE_LIMITS[1])
    return _States(
        last[ok], peak[ok], rate[ok], np.full(int(ok.sum()), variance), score[ok],
        np.full(int(ok.sum()), k), source[ok],
    )  # fmt: skip


def _trace_back(reached: list[_States], chosen: Ints) -> Comb | None:
    n_fragments = len(reached)
    best_score, k, state = -np.inf, -1, -1
    for fragment, states in enumerate(reached):
        if states.score.size:
            score = float(states.score[0]) - _END_SKIP_COST * (n_fragments - 1 - fragment)
            if score > best_score:
                best_score, k, state = score, fragment, 0
    if k < 0:
        return None
    peaks, fragments = [], []
    while True:
        states = reached[k]
        peaks.append(int(states.last[state]))
        fragments.append(k)
        came_from = int(states.from_fragment[state])
        if came_from < 0:
            peaks.append(int(states.before[state]))
            fragments.append(int(states.from_state[state]))
            break
        k, state = came_from, int(states.from_state[state])
    return Comb(chosen[np.array(peaks[::-1])], np.array(fragments[::-1]), best_score)
