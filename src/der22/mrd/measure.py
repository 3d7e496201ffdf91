"""What the wells of one sample say about one target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from der22.formats.qpcr import CopiesState, Well
from der22.mrd.curve import Curve
from der22.mrd.wells import JudgedWell

__all__ = ["TargetMeasure", "measure_target"]


@dataclass(frozen=True, slots=True)
class TargetMeasure:
    """The wells of one sample and target, put together.

    Attributes:
        target: name of the target in the file.
        n_wells: wells not excluded.
        n_detected: detected wells.
        mean_copies: mean over the wells not excluded, undetected = 0; None without a value.
        sum_copies: their sum; None without a value.
        detected_cts: Ct of the detected wells, ascending; shorter where a table gives none.
        averaged: one row that the laboratory averaged itself, no replicate rules apply.
        unreadable: wells whose value cannot be read.
        omitted: wells left out by the operator or without Ct.
        curve: curve of the target in this run.
    """

    target: str
    n_wells: int
    n_detected: int
    mean_copies: float | None
    sum_copies: float | None
    detected_cts: tuple[float, ...]
    averaged: bool
    unreadable: tuple[Well, ...]
    omitted: tuple[Well, ...]
    curve: Curve

    @property
    def spread_ct(self) -> float:
        """Highest minus lowest Ct of the detected wells."""
        return self.detected_cts[-1] - self.detected_cts[0] if self.detected_cts else 0.0

    @property
    def mean_ct(self) -> float:
        """Mean Ct of the detected wells; NaN without one."""
        if not self.detected_cts:
            return math.nan
        return math.fsum(self.detected_cts) / len(self.detected_cts)


def measure_target(wells: Sequence[JudgedWell], curve: Curve) -> TargetMeasure:
    """Put the wells of one sample and target together.

    METHOD: the mean counts undetected wells as 0 copies and leaves excluded wells out, so that
    plates with unequal numbers of wells compare; sums are exact in any order of wells.

    Args:
        wells: at least one well.
        curve: curve of the target in this run.
    """
    kept = [judged for judged in wells if judged.detected is not None]
    copies = [judged.copies for judged in kept if judged.copies is not None]
    whole = bool(kept) and len(copies) == len(kept)
    total = math.fsum(copies) if whole else None
    detected = [judged for judged in kept if judged.detected]
    excluded = [judged.well for judged in wells if judged.detected is None]
    return TargetMeasure(
        target=curve.target,
        n_wells=len(kept),
        n_detected=len(detected),
        mean_copies=None if total is None else total / len(kept),
        sum_copies=total,
        detected_cts=tuple(sorted(j.well.ct for j in detected if j.well.ct is not None)),
        averaged=all(j.well.state is CopiesState.MEAN_OF_REPLICATES for j in wells),
        unreadable=tuple(well for well in excluded if well.fault),
        omitted=tuple(well for well in excluded if not well.fault),
        curve=curve,
    )
