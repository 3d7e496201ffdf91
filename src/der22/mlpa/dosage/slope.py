"""How the signal of one sample falls with length, and how well that is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats
from der22.mlpa.dosage.panel import Panel
from der22.mlpa.robust import MAD_TO_SD, weighted_median

__all__ = ["Slope", "fit_slope", "shrink"]


@dataclass(frozen=True, slots=True)
class Slope:
    """A slope, ln per 100 nt, and its standard error; infinite where nothing tells the slope."""

    per_100_nt: float
    se: float


def fit_slope(values: Floats, panel: Panel) -> Slope:
    """Return the slope of `values` over the length of the probes.

    METHOD: the median of the slopes of pairs of probes, each weighted by its distance (Jaeckel, Ann
    Math Stat 1972;43:1449; Theil and Sen give all pairs one weight). Pairs are formed among the
    reference probes and within each gene: whatever is lost or gained as a whole then says nothing
    of the slope, and a change inside a gene touches few pairs. So the slope is also known where the
    reference probes all lie at one end of the length range. The genes together weigh no more than
    the reference probes, since these should not change at all.

    Args:
        values: ln of heights over those expected, NaN where unknown, shape (n_probes,).
        panel: lengths and groups.
    """
    usable = np.isfinite(values)
    first, second = panel.pairs[:, usable[panel.pairs].all(axis=0)]
    if int((usable & panel.is_reference).sum()) < 3 or first.size == 0:
        return Slope(0.0, np.inf)
    run = (panel.length_nt[second] - panel.length_nt[first]) / 100.0
    weight = np.abs(run)
    of_reference = panel.is_reference[first]
    total = float(weight[of_reference].sum()), float(weight[~of_reference].sum())
    share = min(1.0, total[0] / total[1]) if total[1] > 0.0 else 1.0
    weight = np.where(of_reference, weight, share * weight)
    slope = weighted_median((values[second] - values[first]) / run, weight)
    residual = values - slope * panel.length_nt / 100.0
    spread: list[Floats] = []
    lever = square = 0.0  # sum over groups of weight, and of its square, times squared distances
    for group in range(int(panel.group.max()) + 1):
        members = usable & (panel.group == group)
        n_members = int(members.sum())
        if n_members < 2:
            continue
        spread.append(np.abs(residual[members] - np.median(residual[members])))
        place = panel.length_nt[members] / 100.0
        about = float(((place - place.mean()) ** 2).sum())
        pull = n_members * (share if group else 1.0)  # a group has pairs by the square of its size
        lever += pull * about
        square += pull**2 * about
    deviation = np.concatenate(spread)
    free = max(deviation.size - len(spread), 1)
    sd = MAD_TO_SD * float(np.median(deviation)) * np.sqrt(deviation.size / free)
    return Slope(slope, float(sd * np.sqrt(square) / lever))


def shrink(slope: Slope, usual_sd: float) -> Slope:
    """Draw a slope towards 0 by what it could be without being one, and return what is left.

    METHOD: the mean and SD of a normal distribution after the slope was seen, if before it was as
    wide as usual slopes and this one together: a slope plainly larger than usual is corrected in
    full.
    """
    if not np.isfinite(slope.se):
        return Slope(0.0, usual_sd)
    error = slope.se**2
    prior = usual_sd**2 + slope.per_100_nt**2
    kept = prior / (prior + error)
    return Slope(kept * slope.per_100_nt, float(np.sqrt(kept * error)))
