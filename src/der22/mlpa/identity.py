"""Is the sample who the sheet says it is: sex, and profiles that are too much alike."""

from __future__ import annotations

import numpy as np

from der22.arrays import Floats, Mask
from der22.flags import Flag, Severity
from der22.mlpa.codes import make_flag
from der22.mlpa.settings import MlpaSettings

__all__ = ["alike_pairs", "judge_sex"]

_NORMAL_REACH = 0.2
_MIN_PROBES = 10
#: rows compared with all others at once: 256 of 10,000 samples take 20 MB a matrix
_BLOCK_ROWS = 256
#: of a variance of log quotients; real ones are near 1e-3
_MARGIN = 1e-6


def judge_sex(declared: str | None, observed: str, after_transplant: bool) -> list[Flag]:
    """Compare the sex fragments with the patients sheet.

    Args:
        declared: F, M, or None.
        observed: F, M, unclear, or '' without sex fragments.
        after_transplant: a graft from the other sex is then a usual cause.
    """
    if observed == "unclear":
        return [make_flag("SEX_UNCLEAR", "the sex fragments do not tell the sex")]
    if declared is None or observed not in ("F", "M") or observed == declared:
        return []
    message = f"sheet says {declared}, fragments say {observed}; check identity"
    if after_transplant:
        return [make_flag("SEX_MISMATCH", f"{message} (after transplantation)", Severity.WARNING)]
    return [make_flag("SEX_MISMATCH", message)]


def alike_pairs(quotient: Floats, settings: MlpaSettings) -> list[tuple[int, int]]:
    """Return the pairs of samples whose profiles come from the same DNA, in order of the rows.

    METHOD: beside real changes every DNA and product leaves its own small deviations. Two wells of
    one product repeat them; two people do not. Only probes near 1 in both are compared, since
    shared deletions are no identity.

    Pairs grow with the square of the samples, so all but the few that may be alike are left out
    by products of matrices, a block of rows at a time; each of the rest is judged by itself.

    Args:
        quotient: dosage quotients of target and reference probes, shape (n_samples, n_probes).
        settings: limits of SD and correlation.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        near = np.abs(quotient - 1.0) < _NORMAL_REACH
        log_quotient = np.where(near, np.log(quotient), 0.0)
    return [
        (first, second)
        for start in range(0, quotient.shape[0], _BLOCK_ROWS)
        for first, second in _candidates(log_quotient, near, start, settings)
        if _alike(log_quotient[first], log_quotient[second], near[first] & near[second], settings)
    ]


def _candidates(
    log_quotient: Floats, near: Mask, start: int, settings: MlpaSettings
) -> list[tuple[int, int]]:
    """Return the pairs of a block of rows with later rows that `_alike` may accept.

    Variances come from sums here, whose rounding (below 1e-13) `_MARGIN` exceeds by far: a pair
    that is alike is never left out.
    """
    stop = start + _BLOCK_ROWS
    here, use = log_quotient[start:stop], near[start:stop].astype(np.float64)
    # a row before the block has met these rows already
    there, use_there = log_quotient[start:], near[start:].astype(np.float64)
    count = use @ use_there.T
    sum_here, sum_there = here @ use_there.T, use @ there.T
    squares_here, squares_there = (here**2) @ use_there.T, use @ (there**2).T
    products = here @ there.T
    enough = np.maximum(count, _MIN_PROBES)
    scatter = squares_here + squares_there - 2.0 * products - (sum_here - sum_there) ** 2 / enough
    is_open = (count >= _MIN_PROBES) & (
        scatter < (settings.duplicate_sd**2 + _MARGIN) * (enough - 1.0)
    )
    rows, columns = np.nonzero(np.triu(is_open, 1))
    number = count[rows, columns]
    mean_here, mean_there = sum_here[rows, columns] / number, sum_there[rows, columns] / number
    variance_here = squares_here[rows, columns] / number - mean_here**2
    variance_there = squares_there[rows, columns] / number - mean_there**2
    spread = np.sqrt(np.maximum(variance_here, 0.0) * np.maximum(variance_there, 0.0))
    shared = products[rows, columns] / number - mean_here * mean_there
    kept = shared > settings.duplicate_r * spread - _MARGIN
    found = np.column_stack([rows[kept], columns[kept]]) + start
    return [(first, second) for first, second in found.tolist()]


def _alike(
    first: Floats,
    second: Floats,
    use: Mask,
    settings: MlpaSettings,
) -> bool:
    if int(use.sum()) < _MIN_PROBES:
        return False
    a, b = first[use], second[use]
    if float(np.std(a - b, ddof=1)) >= settings.duplicate_sd:
        return False
    spread = float(np.std(a) * np.std(b))
    if spread == 0.0:
        return bool(np.array_equal(a, b))
    correlation = float(np.mean((a - a.mean()) * (b - b.mean()))) / spread
    return correlation > settings.duplicate_r
