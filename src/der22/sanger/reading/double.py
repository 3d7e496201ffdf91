"""Double sequence: one insertion or deletion in a part of the molecules, seen in one read.

A run of substitutions is never reported where one insertion or deletion explains it. Two tests, in
reading direction: a *minor copy* of the reference shows through below the major one, shifted; or
the calls *collapse*, because two copies are about equally strong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.sanger.arrays import measured_bases
from der22.sanger.settings import SangerSettings

__all__ = ["SecondCopy", "find_collapse", "find_minor_copy"]


@dataclass(frozen=True, slots=True)
class SecondCopy:
    """A second copy of the sequence, in reading direction.

    Attributes:
        shift_nt: the second copy shows at base j what the strand has at ``j + shift_nt``;
            negative = it is longer than the first, positive = shorter.
        last_base: last base of the strand before it begins.
        share: share of the weaker copy.
    """

    shift_nt: int
    last_base: int
    share: float


def find_minor_copy(shares: Floats, strand: Ints, settings: SangerSettings) -> SecondCopy | None:
    """Look for a shifted copy of the strand among the secondary peaks.

    For each shift the excess of the predicted base over the other two alternatives is summed from
    every possible break to the end of the read; a drift a base keeps noise from growing.

    Args:
        shares: shape (4, n_window), reading direction, NaN where not usable.
        strand: bases as they are read, 0-3, shape (n_window,).
        settings: thresholds in force.
    """
    usable = measured_bases(shares)
    if not usable.any():
        return None
    filled = np.nan_to_num(shares)
    excess = 1.5 * filled - 0.5 * filled.sum(axis=0)
    excess[strand, np.arange(strand.size)] = 0.0
    excess[:, ~usable] = 0.0
    # Shifts are ranked by correlation over the whole read, its last half and its last quarter.
    first, last = np.flatnonzero(usable)[[0, -1]]
    size = 1 << int(np.ceil(np.log2(strand.size + settings.double_largest_shift)))
    spectrum = np.fft.rfft((strand[None, :] == np.arange(4)[:, None]).astype(np.float64), size)
    every = np.concatenate(
        (
            np.arange(-settings.double_largest_shift, 0),
            np.arange(1, settings.double_largest_shift + 1),
        )
    )
    likely: list[Ints] = []
    for start in (first, last - (last - first) // 2, last - (last - first) // 4):
        part = excess.copy()
        part[:, :start] = 0.0
        agreement = np.fft.irfft((np.conj(np.fft.rfft(part, size)) * spectrum).sum(axis=0), size)
        order = np.argsort(-agreement[every], kind="stable")
        likely.append(every[order[: settings.double_shifts_scanned]])
    shifts = np.unique(np.concatenate(likely))
    at = np.arange(strand.size)
    source = at[None, :] + shifts[:, None]
    inside = (source >= 0) & (source < strand.size)
    predicted = strand[np.clip(source, 0, strand.size - 1)]
    informative = inside & usable[None, :] & (predicted != strand[None, :])
    gain = np.where(informative, excess[predicted, at] - settings.double_drift, 0.0)
    to_end = np.cumsum(gain[:, ::-1], axis=1)[:, ::-1]
    begin = to_end.argmax(axis=1)
    total = to_end[np.arange(shifts.size), begin]
    after = informative & (at[None, :] >= begin[:, None])
    n_bases = after.sum(axis=1)
    seen = np.where(after, filled[predicted, at], 0.0).sum(axis=1)
    mean_share = seen / np.maximum(n_bases, 1)
    least = np.where(
        np.abs(shifts) < settings.echo_shift, settings.echo_share, settings.double_min_share
    )
    fires = (
        (total >= settings.double_min_sum)
        & (mean_share >= least)
        & (n_bases >= settings.double_min_bases)
    )
    if not fires.any():
        return None
    best = int(np.argmax(np.where(fires, total, -np.inf)))
    return SecondCopy(
        shift_nt=int(shifts[best]),
        last_base=int(begin[best]) - 1,
        share=float(min(mean_share[best], 1.0)),
    )


def find_collapse(
    heights: Floats,
    strand: Ints,
    strand_index: Ints,
    identity: Mask,
    alive: Mask,
    settings: SangerSettings,
) -> SecondCopy | None:
    """Look for two copies of the strand behind the last stretch of good identity.

    Args:
        heights: shape (4, n_peaks), reading direction and reading strand.
        strand: bases as they are read, shape (n_window,).
        strand_index: base of the strand of each peak, -1 = none, shape (n_peaks,).
        identity: whether each peak is called as its base, shape (n_peaks,).
        alive: where the product has not ended, shape (n_peaks,).
        settings: thresholds in force.
    """
    width = settings.collapse_width
    if identity.size < width:
        return None
    total = np.concatenate(([0], np.cumsum(identity)))
    behind = (total[width:] - total[:-width]) / width
    good = np.flatnonzero((behind >= settings.collapse_identity) & identity[width - 1 :])
    if not good.size:
        return None
    # the last called-as-expected peak that ends 25 bases of good identity
    last_good = int(good[-1]) + width - 1
    following = np.arange(last_good + 1, min(last_good + 1 + settings.collapse_most, identity.size))
    following = following[np.cumprod(alive[following]).astype(bool)]
    if following.size < settings.collapse_least:
        return None
    part = heights[:, following]
    whole = part.sum(axis=0)
    composition = part / np.where(whole > 0, whole, 1.0)
    offsets = np.arange(-settings.collapse_largest_offset, settings.collapse_largest_offset + 1)
    step = np.arange(1, following.size + 1)
    source = int(strand_index[last_good]) + step[None, :] + offsets[:, None]
    inside = (source >= 0) & (source < strand.size)
    predicted = strand[np.clip(source, 0, strand.size - 1)]
    explained = np.where(inside, composition[predicted, np.arange(following.size)], 0.0).sum(axis=1)
    n_bases = inside.sum(axis=1)
    # offsets with enough reference behind them, and the mean share they explain
    enough = n_bases >= settings.collapse_least
    offsets, scores = offsets[enough], explained[enough] / n_bases[enough]
    if offsets.size < 2:
        return None
    order = np.argsort(-scores, kind="stable")[:2]
    best, second = scores[order]
    limit = scores.mean() + settings.collapse_stands_out * scores.std()
    if best + second < settings.collapse_explained or second < limit:
        return None
    return SecondCopy(
        shift_nt=int(offsets[order[1]] - offsets[order[0]]),
        last_base=int(strand_index[last_good]),
        share=float(second / (best + second)),
    )
