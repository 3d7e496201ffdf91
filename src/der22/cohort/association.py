"""Association of a yes/no response with two groups."""

from __future__ import annotations

import numpy as np
from scipy.stats import fisher_exact

__all__ = ["fisher_p_value"]


def fisher_p_value(yes_1: int, total_1: int, yes_2: int, total_2: int) -> float:
    """Return the two-sided p value of Fisher's exact test of yes_1/total_1 against yes_2/total_2.

    METHOD: Fisher 1935; two-sided = all tables at most as probable as the observed one.
    """
    table = np.array([[yes_1, total_1 - yes_1], [yes_2, total_2 - yes_2]])
    return float(fisher_exact(table).pvalue)
