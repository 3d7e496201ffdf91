"""Two levels of one transcript held against each other."""

from __future__ import annotations

import math

from der22.results.mrd import PlateLevelRow
from der22.words import Category

__all__ = ["log10_change"]


def log10_change(
    now: PlateLevelRow, before: PlateLevelRow, *, imputed: bool = False
) -> float | None:
    """Return log10(now / before), None where one of the two has no ratio above zero.

    METHOD: conversion factors make the ratios of laboratories and reagent lots comparable; where
    both levels have one, they are compared on the International Scale.

    Args:
        now: the later level.
        before: the earlier one.
        imputed: take an earlier CMR as its detection limit.
    """
    then = before.ratio_percent
    if imputed and before.category is Category.CMR:
        then = before.detection_limit_percent
    if not now.ratio_percent or not then or now.ratio_percent < 0 or then < 0:
        return None
    change = math.log10(now.ratio_percent / then)
    if now.conversion_factor is not None and before.conversion_factor is not None:
        change += math.log10(now.conversion_factor / before.conversion_factor)
    return change
