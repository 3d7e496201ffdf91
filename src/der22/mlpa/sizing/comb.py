"""Assign peaks of the size standard's channel to the fragments of a size standard.

METHOD: dynamic programming over pairs of consecutive fragments. A path through the fragments is
rewarded for each one it finds and pays for every jump of the local rate (scans per nt), every
height unlike its neighbour's, every skipped fragment and every tall peak it passes by. No rate is
assumed: real runs have 3 to 60 scans per nt. Electrophoresis is smooth, so the rate of neighbouring
intervals agrees within the error of the fragments themselves: 0.6 nt, 2 nt for GS500 340.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.formats.size_standard import SizeStandard
from der22.mlpa.settings import MlpaSettings

__all__ = ["Comb", "assign_fragments", "loose_fragments"]


#: fragments that tell the GS500 backbone, and the one of them that runs off, nt
_GS500_BACKBONE = frozenset(map(float, ("75", "139", "150", "160", "340", "350", "490")))
_GS500_LOOSE = float("340")


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


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the peaks cost, whatever the fragments; `arriving` is filled as the paths grow."""

    scan: Floats
    pair_cost: Floats  # shape (n, n)
    sizes_nt: Floats
    tolerance_nt: Floats
    settings: MlpaSettings
    arriving: list[list[_States]]


def loose_fragments(standard: SizeStandard) -> Mask:
    """Return which used fragments may run up to 2 nt off: 340 of every GS500.

    METHOD: GS500 340 has secondary structure and runs near 338.3 on POP4. A standard of that
    backbone is known by its lengths, so that a sheet of one's own is treated alike.
    """
    sizes = standard.used_sizes_nt
    is_gs500 = set(sizes.tolist()) >= _GS500_BACKBONE
    return np.asarray((sizes == _GS500_LOOSE) & is_gs500)


def assign_fragments(
    scan: Floats, height: Floats, standard: SizeStandard, settings: MlpaSettings
) -> Comb | None:
    """Return the best path through the fragments, None when no two peaks can be fragments.

    Args:
        scan: apexes of the candidate peaks, ascending, shape (n,), scans.
        height: their heights, RFU.
        standard: the fragments to be found.
        settings: rewards and costs, keys ``comb_*``.
    """
    chosen = np.sort(np.argsort(-height, kind="stable")[: settings.comb_max_candidates])
    if chosen.size < 2:
        return None
    sizes = standard.used_sizes_nt
    tolerance = np.where(
        loose_fragments(standard), settings.comb_loose_tolerance_nt, settings.comb_tolerance_nt
    )
    ground = _Ground(
        scan[chosen], _pair_costs(height[chosen], settings), sizes, tolerance, settings,
        [[] for _ in sizes],
    )  # fmt: skip
    reached: list[_States] = []
    for k in range(sizes.size):
        arriving = [part for part in ground.arriving[k] if part.score.size]
        best = max((float(part.score.max()) for part in arriving), default=-np.inf)
        fresh = 2 * settings.comb_reward - settings.comb_end_skip_cost * (k - 1)
        if best - settings.comb_margin < fresh:
            arriving.extend(_starts(ground, k))
        states = _merge(arriving, k, settings)
        reached.append(states)
        for skipped in range(min(settings.comb_max_skipped + 1, sizes.size - 1 - k)):
            ground.arriving[k + 1 + skipped].append(_advance(ground, states, k, skipped))
    return _trace_back(reached, chosen, settings)


def _pair_costs(height: Floats, settings: MlpaSettings) -> Floats:
    """Return what it costs that two peaks are neighbours: unlike heights, tall peaks passed by."""
    log_height = np.log(np.maximum(height, 1.0))
    difference = (log_height[None, :] - log_height[:, None]) / settings.comb_height_sd
    unlike = np.minimum(0.5 * difference**2, settings.comb_height_cost_max)
    # how many peaks are tall beside a given one, up to each; the lower of two decides, which is the
    # one that more are tall beside
    tall = height[None, :] >= settings.comb_passed_height * height[:, None]
    reached = np.cumsum(tall, axis=1)
    own = np.asarray(np.diagonal(reached), dtype=np.int64)
    of_first: Ints = reached - tall - own[:, None]
    of_second: Ints = (own - np.diagonal(tall))[None, :] - reached.T
    passed = np.triu(np.maximum(of_first, of_second), 1)
    return np.asarray(unlike + settings.comb_passed_peak_cost * passed)


def _starts(ground: _Ground, k: int) -> list[_States]:
    """Paths that begin with fragments (k-1, k) or (k-2, k)."""
    begun = []
    settings, sizes, tolerance = ground.settings, ground.sizes_nt, ground.tolerance_nt
    before, last = np.triu_indices(ground.scan.size, 1)
    gap = ground.scan[last] - ground.scan[before]
    for first in (k - 1, k - 2):
        if first < 0:
            continue
        length = float(sizes[k] - sizes[first])
        rate = gap / length
        ok = (rate > settings.comb_min_rate) & (rate < settings.comb_max_rate)
        score = (
            2 * settings.comb_reward
            - settings.comb_end_skip_cost * first
            - settings.comb_skip_cost * (k - first - 1)
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


def _merge(arriving: list[_States], k: int, settings: MlpaSettings) -> _States:
    """Keep the best path for each pair of last peaks, and only the best of those."""
    if not arriving:
        none, zero = np.empty(0, dtype=np.int64), np.empty(0)
        return _States(none, none, zero, zero, zero, none, none)
    joined = arriving[0]
    if len(arriving) > 1:
        joined = _States(
            *(
                np.concatenate([getattr(part, column.name) for part in arriving])
                for column in fields(_States)
            )
        )
    if joined.score.size == 0:
        return joined
    n_keep = settings.comb_beam if k >= settings.comb_first_fragments else settings.comb_beam_first
    worthy = np.flatnonzero(joined.score >= joined.score.max() - settings.comb_margin)
    order = worthy[np.argsort(-joined.score[worthy], kind="stable")[: 4 * n_keep]]
    key = joined.before[order] * (settings.comb_max_candidates + 1) + joined.last[order]
    _, first = np.unique(key, return_index=True)
    index = order[np.sort(first)[:n_keep]]
    return _States(*(getattr(joined, column.name)[index] for column in fields(_States)))


def _advance(ground: _Ground, states: _States, k: int, skipped: int) -> _States:
    """Extend every path of fragment k to fragment k + 1 + skipped."""
    if states.last.size == 0:
        return states
    settings, sizes, tolerance = ground.settings, ground.sizes_nt, ground.tolerance_nt
    count = states.last.size if skipped == 0 else min(states.last.size, settings.comb_beam_skip)
    target = k + 1 + skipped
    length = float(sizes[target] - sizes[k])
    variance = float(tolerance[k] ** 2 + tolerance[target] ** 2) / length**2
    sd = np.sqrt(states.variance[:count] + variance + settings.comb_rate_drift**2)
    start = ground.scan[states.last[:count]]
    step = states.rate[:count] * length
    reach = settings.comb_max_z * sd
    low = np.searchsorted(ground.scan, start + step * np.exp(-reach), "left")
    high = np.searchsorted(ground.scan, start + step * np.exp(reach), "right")
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
        + settings.comb_reward
        - settings.comb_skip_cost * skipped
        - 0.5 * z**2
        - ground.pair_cost[last, peak]
    )
    ok = np.abs(z) <= settings.comb_max_z
    ok &= (rate > settings.comb_min_rate) & (rate < settings.comb_max_rate)
    return _States(
        last[ok], peak[ok], rate[ok], np.full(int(ok.sum()), variance), score[ok],
        np.full(int(ok.sum()), k), source[ok],
    )  # fmt: skip


def _trace_back(reached: list[_States], chosen: Ints, settings: MlpaSettings) -> Comb | None:
    n_fragments = len(reached)
    best_score, k, state = -np.inf, -1, -1
    for fragment, states in enumerate(reached):
        if states.score.size:
            cost = settings.comb_end_skip_cost * (n_fragments - 1 - fragment)
            score = float(states.score[0]) - cost
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
