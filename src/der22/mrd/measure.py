"""What the wells of one sample say about one target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from der22.formats.qpcr import CopiesState, Well
from der22.mrd.curve import Curve
from der22.mrd.settings import MrdSettings
from der22.mrd.wells import JudgedWell

__all__ = ["TargetMeasure", "measure_target"]


@dataclass(frozen=True, slots=True)
class TargetMeasure:
    """The wells of one sample and target, put together.

    Attributes:
        target: name of the target in the file.
        n_wells: wells that count; a mean of replicates counts as many as its table says.
        n_detected: detected wells.
        copies: copies of each well that counts, ascending, undetected = 0; empty when one of them
            has none, as on a curve that gives no copies.
        detected_cts: Ct of the detected wells, ascending; shorter where a table gives none.
        is_early: detected in wells that are not late: no chance of few molecules.
        averaged: one row that the laboratory averaged itself, no replicate rules apply.
        failed: undetected wells beside detected ones that they cannot be a zero of.
        unreadable: wells whose value cannot be read.
        not_analysed: wells whose reaction the instrument gave no result for.
        omitted: wells left out by the operator or without Ct.
        curve: curve of the target in this run.
    """

    target: str
    n_wells: int
    n_detected: int
    copies: tuple[float, ...]
    detected_cts: tuple[float, ...]
    is_early: bool
    averaged: bool
    failed: tuple[Well, ...]
    unreadable: tuple[Well, ...]
    not_analysed: tuple[Well, ...]
    omitted: tuple[Well, ...]
    curve: Curve

    @property
    def mean_copies(self) -> float | None:
        """Mean over the wells that count; None without a value."""
        return math.fsum(self.copies) / len(self.copies) if self.copies else None

    @property
    def sum_copies(self) -> float | None:
        """Copies in all wells that count; None without a value."""
        mean = self.mean_copies
        if mean is None:
            return None
        return mean * self.n_wells if self.averaged else math.fsum(self.copies)

    @property
    def detected_copies(self) -> tuple[float, ...]:
        """Copies of the detected wells, ascending; empty without values."""
        return self.copies[len(self.copies) - self.n_detected :] if self.copies else ()

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


def measure_target(
    wells: Sequence[JudgedWell], curve: Curve, settings: MrdSettings, *, zeros_count: bool
) -> TargetMeasure:
    """Put the wells of one sample and target together.

    METHOD: the mean counts undetected wells as 0 copies and leaves excluded wells out, so that
    plates with unequal numbers of wells compare; sums are exact in any order of wells. Beside wells
    that are detected before a late Ct an undetected one is no zero but a failed reaction: of so
    many molecules none misses a well (Poisson). It is left out. A control gene is never late.

    Args:
        wells: at least one well.
        curve: curve of the target in this run.
        settings: thresholds.
        zeros_count: whether an undetected well beside late ones is a zero, as of a fusion; of a
            control gene it is a failed reaction always.
    """
    kept = [judged for judged in wells if judged.detected is not None]
    detected = [judged for judged in kept if judged.detected]
    is_early = bool(detected) and not _is_late(detected, settings)
    is_failure = bool(detected) and (is_early or not zeros_count)
    failed = [judged for judged in kept if is_failure and not judged.detected]
    counting = detected if is_failure else kept
    copies = [judged.copies for judged in counting if judged.copies is not None]
    whole = len(copies) == len(counting)
    excluded = [judged.well for judged in wells if judged.detected is None]
    return TargetMeasure(
        target=curve.target,
        n_wells=sum(judged.well.n_wells for judged in counting),
        n_detected=len(detected),
        copies=tuple(sorted(copies)) if whole else (),
        detected_cts=tuple(sorted(j.well.ct for j in detected if j.well.ct is not None)),
        is_early=is_early,
        averaged=all(j.well.state is CopiesState.MEAN_OF_REPLICATES for j in wells),
        failed=tuple(judged.well for judged in failed),
        unreadable=tuple(w for w in excluded if w.fault and w.fault != "NOT_ANALYSED"),
        not_analysed=tuple(w for w in excluded if w.fault == "NOT_ANALYSED"),
        omitted=tuple(well for well in excluded if not well.fault),
        curve=curve,
    )


def _is_late(detected: Sequence[JudgedWell], settings: MrdSettings) -> bool:
    """Tell whether detected wells are so late that a well beside them may hold nothing.

    By their mean Ct; where a table gives copies only, by ten times the lowest that is quantifiable.
    """
    cts = [judged.well.ct for judged in detected if judged.well.ct is not None]
    if len(cts) == len(detected):
        return round(math.fsum(cts) / len(cts), 9) >= round(settings.late_ct, 9)
    copies = [judged.copies or 0.0 for judged in detected]
    most = settings.high_well_factor * settings.quantifiable_min_copies
    return round(math.fsum(copies) / len(copies), 9) <= round(most, 9)
