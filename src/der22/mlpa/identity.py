"""Is the sample who the sheet says it is: sex, and profiles that are too much alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from der22.flags import Flag, Level
from der22.mlpa.codes import flag
from der22.mlpa.settings import MlpaSettings

__all__ = ["alike_pairs", "judge_sex"]

_NORMAL_REACH = 0.2
_MIN_PROBES = 10


def judge_sex(declared: str | None, observed: str, after_transplant: bool) -> list[Flag]:
    """Compare the sex fragments with the patients sheet.

    Args:
        declared: F, M, or None.
        observed: F, M, unclear, or '' without sex fragments.
        after_transplant: a graft from the other sex is then a usual cause.
    """
    if observed == "unclear":
        return [flag("SEX_UNCLEAR", "the sex fragments do not tell the sex")]
    if declared is None or observed not in ("F", "M") or observed == declared:
        return []
    message = f"sheet says {declared}, fragments say {observed}; check identity"
    if after_transplant:
        return [flag("SEX_MISMATCH", f"{message} (after transplantation)", Level.WARNING)]
    return [flag("SEX_MISMATCH", message)]


def alike_pairs(quotient: NDArray[np.float64], settings: MlpaSettings) -> list[tuple[int, int]]:
    """Return the pairs of samples whose profiles come from the same DNA.

    METHOD: beside real changes every DNA and product leaves its own small deviations. Two wells of
    one product repeat them; two people do not. Only probes near 1 in both are compared, since
    shared deletions are no identity.

    Args:
        quotient: dosage quotients of target and reference probes, shape (n_samples, n_probes).
        settings: limits of SD and correlation.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        log_quotient = np.log(quotient)
        near = np.abs(quotient - 1.0) < _NORMAL_REACH
    rows: Sequence[int] = range(quotient.shape[0])
    return [
        (first, second)
        for first in rows
        for second in rows
        if first < second
        and _alike(log_quotient[first], log_quotient[second], near[first] & near[second], settings)
    ]


def _alike(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    use: NDArray[np.bool_],
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
