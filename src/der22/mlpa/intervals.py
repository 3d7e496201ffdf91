"""Which neighbouring probes of a gene are lost or gained together.

METHOD: for every interval of neighbouring probes, the gain in log likelihood of "this interval has
a level of its own, the rest is normal" over "all normal", minus 2 ln(n + 1) for a boundary inside
the gene. Deletions are contiguous, so the interval, not the single probe, is what is called; the
method uses every probe and knows its own runner-up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Interval", "all_intervals", "best_intervals", "inner_level", "measure"]

Floats = NDArray[np.float64]

_RIVAL_UNITS = 3.0
_INNER_GAIN = 12.0


@dataclass(frozen=True, slots=True)
class Interval:
    """Neighbouring probes of one gene taken together.

    Attributes:
        first: index of the first probe.
        last: index of the last probe, included.
        mean: weighted mean dosage quotient.
        se: its standard error, with the part that neighbours share.
        gain: log likelihood over "all normal", after the penalty.
    """

    first: int
    last: int
    mean: float
    se: float
    gain: float

    @property
    def n(self) -> int:
        """Return the number of probes."""
        return self.last - self.first + 1

    @property
    def z(self) -> float:
        """Return the distance from normal in standard errors."""
        return (self.mean - 1.0) / self.se


def measure(quotient: Floats, sigma: Floats, first: int, last: int, common_sd: float) -> Interval:
    """Return the interval `first` to `last` of a gene's evaluable probes, in order.

    The common part of the error is what neighbouring probes share; it does not average out.
    """
    weight = 1.0 / sigma[first : last + 1] ** 2
    total = float(weight.sum())
    mean = float((weight * quotient[first : last + 1]).sum() / total)
    gain = 0.5 * total * (mean - 1.0) ** 2
    if last - first + 1 < quotient.size:
        gain -= 2.0 * float(np.log(quotient.size + 1))
    return Interval(first, last, mean, float(np.sqrt(1.0 / total + common_sd**2)), gain)


def all_intervals(quotient: Floats, sigma: Floats, common_sd: float) -> list[Interval]:
    """Return every interval, by first and last probe."""
    n = quotient.size
    return [
        measure(quotient, sigma, first, last, common_sd)
        for first in range(n)
        for last in range(first, n)
    ]


def best_intervals(intervals: list[Interval]) -> tuple[Interval, bool]:
    """Return the best interval and whether another is within three log units of it."""
    ranked = sorted(intervals, key=lambda interval: (-interval.gain, interval.first, interval.last))
    rival = len(ranked) > 1 and ranked[0].gain - ranked[1].gain < _RIVAL_UNITS
    return ranked[0], rival


def inner_level(
    quotient: Floats, sigma: Floats, outer: Interval, common_sd: float
) -> tuple[Interval, Interval] | None:
    """Return a second level inside `outer` and the rest's interval-wide level, None without one.

    METHOD: such as exons 1-8 lost in one clone and 4-7 in another. The second level must gain more
    than 12 log units over one level for the whole interval.

    Returns:
        (inner interval with its own mean, outer interval with the mean of what is left of it).
    """
    weight = 1.0 / sigma[outer.first : outer.last + 1] ** 2
    values = quotient[outer.first : outer.last + 1]
    total, product = weight.sum(), (weight * values).sum()
    best: tuple[float, int, int] | None = None
    for first in range(outer.n):
        for last in range(first, outer.n):
            if last - first + 1 == outer.n:
                continue
            w_in = weight[first : last + 1].sum()
            p_in = (weight * values)[first : last + 1].sum()
            w_out, p_out = total - w_in, product - p_in
            gain = 0.5 * (p_in**2 / w_in + p_out**2 / w_out - product**2 / total)
            if best is None or gain > best[0]:
                best = (float(gain), first, last)
    if best is None or best[0] <= _INNER_GAIN:
        return None
    _, first, last = best
    inner = measure(quotient, sigma, outer.first + first, outer.first + last, common_sd)
    w_out = float(total - weight[first : last + 1].sum())
    rest_mean = float((product - (weight * values)[first : last + 1].sum()) / w_out)
    rest_se = float(np.sqrt(1.0 / w_out + common_sd**2))
    return inner, Interval(outer.first, outer.last, rest_mean, rest_se, outer.gain)
