"""Which neighbouring probes of a gene are lost or gained together.

METHOD: for every interval of neighbouring probes, the gain in log likelihood of "this interval has
a level of its own, the rest is normal" over "all normal", minus 2 ln(n + 1) for a boundary inside
the gene. Deletions are contiguous, so the interval, not the single probe, is what is called; the
method uses every probe and knows its own runner-up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats

__all__ = ["Interval", "all_intervals", "best_intervals", "measure", "two_levels"]


_RIVAL_UNITS = 3.0
_SECOND_LEVEL_GAIN = 12.0


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


def measure(quotient: Floats, sigma: Floats, first: int, last: int, shared: Floats) -> Interval:
    """Return the interval `first` to `last` of a gene's evaluable probes, in order.

    Args:
        quotient: dosage quotients, shape (n,).
        sigma: SD of each by what is its own.
        first: index of the first probe.
        last: index of the last probe, included.
        shared: loadings of the errors that all probes share, shape (n, n_errors); they do not
            average out.
    """
    inside = slice(first, last + 1)
    weight = 1.0 / sigma[inside] ** 2
    total = float(weight.sum())
    mean = float((weight * quotient[inside]).sum() / total)
    gain = 0.5 * total * (mean - 1.0) ** 2
    if last - first + 1 < quotient.size:
        gain -= 2.0 * float(np.log(quotient.size + 1))
    return Interval(first, last, mean, _mean_error(weight, shared[inside]), gain)


def _mean_error(weight: Floats, shared: Floats) -> float:
    """Return the standard error of a weighted mean whose parts share errors."""
    total = weight.sum()
    common = (weight[:, None] * shared).sum(axis=0) / total
    return float(np.sqrt(1.0 / total + (common**2).sum()))


def all_intervals(quotient: Floats, sigma: Floats, shared: Floats) -> list[Interval]:
    """Return every interval, by first and last probe."""
    n = quotient.size
    return [
        measure(quotient, sigma, first, last, shared)
        for first in range(n)
        for last in range(first, n)
    ]


def best_intervals(intervals: list[Interval]) -> tuple[Interval, bool]:
    """Return the best interval and whether another is within three log units of it.

    Of a loss and a gain that are equally good the loss is taken, from whichever end the gene is
    read: chance of the order must not hide it.
    """
    ranked = sorted(
        intervals,
        key=lambda interval: (
            -round(interval.gain, 6),
            interval.mean,
            interval.first,
            interval.last,
        ),
    )
    rival = len(ranked) > 1 and ranked[0].gain - ranked[1].gain < _RIVAL_UNITS
    return ranked[0], rival


def two_levels(
    quotient: Floats, sigma: Floats, best: Interval, shared: Floats
) -> tuple[Interval, Interval, Interval] | None:
    """Return a change with a second level in it, None without one.

    METHOD: such as exons 1-8 lost in one clone and 4-7 in another. The second level, inside the
    best interval or around it, must gain more than 12 log units over one level for that interval
    and nothing beside it.

    Returns:
        (the whole changed interval, the inner interval with its own mean, the whole interval with
        the mean of what is left of it).
    """
    outward = _around(quotient, sigma, best)
    if outward is not None:
        whole, inner = outward, (best.first, best.last)
    else:
        inward = _inside(quotient, sigma, best)
        if inward is None:
            return None
        whole, inner = (best.first, best.last), inward
    weight = 1.0 / sigma**2
    rest = np.zeros(quotient.size, dtype=np.bool_)
    rest[whole[0] : whole[1] + 1] = True
    rest[inner[0] : inner[1] + 1] = False
    w_rest = float(weight[rest].sum())
    rest_mean = float((weight * quotient)[rest].sum()) / w_rest
    rest_se = _mean_error(weight[rest], shared[rest])
    outer = measure(quotient, sigma, *whole, shared)
    return (
        outer,
        measure(quotient, sigma, *inner, shared),
        Interval(*whole, rest_mean, rest_se, outer.gain),
    )


def _inside(quotient: Floats, sigma: Floats, best: Interval) -> tuple[int, int] | None:
    """Return the interval inside `best` whose own level gains most over one level for all of it."""
    weight = 1.0 / sigma[best.first : best.last + 1] ** 2
    values = quotient[best.first : best.last + 1]
    total, product = weight.sum(), (weight * values).sum()
    gains: dict[tuple[int, int], float] = {}
    for first in range(best.n):
        for last in range(first, best.n):
            if last - first + 1 == best.n:
                continue
            w_in = weight[first : last + 1].sum()
            p_in = (weight * values)[first : last + 1].sum()
            w_out, p_out = total - w_in, product - p_in
            gain = 0.5 * (p_in**2 / w_in + p_out**2 / w_out - product**2 / total)
            gains[best.first + first, best.first + last] = float(gain)
    return _clearest(gains)


def _around(quotient: Floats, sigma: Floats, best: Interval) -> tuple[int, int] | None:
    """Return the wider interval whose rest, shifted the same way, gains most over a normal rest.

    One probe more beside `best` is a doubt about its end, not a second level; and what explains the
    rest better with a normal probe between is a loss of its own (exons 1 and 4-7), not a level.
    """
    weight = 1.0 / sigma**2
    shift = weight * (quotient - 1.0)
    gains: dict[tuple[int, int], float] = {}
    for first in range(best.first + 1):
        for last in range(best.last, quotient.size):
            n_rest = last - first + 1 - best.n
            left, right = slice(first, best.first), slice(best.last + 1, last + 1)
            product = float(shift[left].sum() + shift[right].sum())
            if n_rest < 2 or product * (best.mean - 1.0) <= 0.0:
                continue
            w_rest = float(weight[left].sum() + weight[right].sum())
            gains[first, last] = 0.5 * product**2 / w_rest
    apart = _gain_apart(weight, shift, best)
    return _clearest({place: gain for place, gain in gains.items() if gain > apart})


def _gain_apart(weight: Floats, shift: Floats, best: Interval) -> float:
    """Return the gain of the best interval that a probe parts from `best`, 0 without one."""
    n = weight.size
    sides = ((0, best.first - 1), (best.last + 2, n))
    return max(
        (
            0.5 * float(shift[first:stop].sum()) ** 2 / float(weight[first:stop].sum())
            for low, high in sides
            for first in range(low, high)
            for stop in range(first + 1, high + 1)
        ),
        default=0.0,
    )


def _clearest(gains: dict[tuple[int, int], float]) -> tuple[int, int] | None:
    if not gains:
        return None
    best = max(gains, key=lambda place: (gains[place], -place[0], -place[1]))
    return best if gains[best] > _SECOND_LEVEL_GAIN else None
