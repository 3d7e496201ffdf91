"""The reference samples of a run against those of earlier runs: control charts and profiles.

A run is judged by its own references alone. What earlier runs show is said beside it, and changes
no quotient.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from der22.arrays import Floats, Mask
from der22.mlpa.dosage.panel import Panel
from der22.mlpa.dosage.references import without_scale_and_slope
from der22.mlpa.dosage.slope import fit_slope
from der22.mlpa.robust import MAD_TO_SD, MEDIAN_ERROR, nanmedian
from der22.mlpa.settings import MlpaSettings
from der22.words import ChartMark

__all__ = ["ChartLimits", "LibraryComparison", "chart_limits", "compare_with_library"]


@dataclass(frozen=True, slots=True)
class ChartLimits:
    """Mean and SD of a figure over earlier runs; NaN when there are too few.

    Attributes:
        n_earlier: runs that tell the figure.
        mean: of the figure.
        sd: likewise.
    """

    n_earlier: int
    mean: float
    sd: float

    def mark(self, value: float) -> ChartMark | None:
        """Return where a value lies, None when it or the limits are not known."""
        distance = abs(value - self.mean)
        if np.isnan(distance):
            return None
        if distance > 3.0 * self.sd:
            return ChartMark.BEYOND_3_SD
        return ChartMark.BEYOND_2_SD if distance > 2.0 * self.sd else ChartMark.WITHIN


def chart_limits(earlier: Floats, settings: MlpaSettings) -> ChartLimits:
    """Return the limits of a control chart from the values of earlier runs, NaN = not known.

    METHOD: mean and SD of earlier runs with warning at 2 and action at 3 SD (Levey and Jennings, Am
    J Clin Pathol 1950;20:1059; recalled).
    """
    known = earlier[np.isfinite(earlier)]
    if known.size < settings.library_min_runs:
        return ChartLimits(int(known.size), np.nan, np.nan)
    return ChartLimits(int(known.size), float(known.mean()), float(known.std(ddof=1)))


@dataclass(frozen=True, slots=True)
class LibraryComparison:
    """The profile of a run against those of earlier runs; arrays of shape (n_probes,).

    Attributes:
        n_runs: earlier runs with a profile.
        shift: ln height over that of the earlier runs, NaN where too few tell it.
        is_unusual: probes that lie too far off.
    """

    n_runs: int
    shift: Floats
    is_unusual: Mask

    @property
    def distance(self) -> float:
        """Return the root mean square of the shifts, ln; NaN without any."""
        known = self.shift[np.isfinite(self.shift)]
        return float(np.sqrt((known**2).mean())) if known.size else np.nan


def compare_with_library(
    profile: Floats, earlier: Floats, panel: Panel, settings: MlpaSettings
) -> LibraryComparison:
    """Compare the profile of a run's references with those of earlier runs.

    METHOD: a profile has no scale and no slope of its own, so both are taken off against the
    others. What is left is measured against the median of the earlier runs. How far runs differ in
    a probe is told by the pairs of them (Shamos 1976: half of all pairs differ by less than 0.954
    SD), drawn towards the SD of a usual probe, since five runs do not know it better than to a
    third. One strange run among the earlier ones moves neither.

    Args:
        profile: mean ln heights of the run, NaN where not known, shape (n_probes,).
        earlier: those of the runs before it, shape (n_runs, n_probes).
        panel: the probes.
        settings: limits.
    """
    rows = earlier[np.isfinite(earlier).any(axis=1)]
    nothing = np.full(profile.size, np.nan)
    if rows.shape[0] < settings.library_min_runs or not np.isfinite(profile).any():
        return LibraryComparison(rows.shape[0], nothing, np.zeros(profile.size, dtype=np.bool_))
    aligned, _ = without_scale_and_slope(rows, panel)
    n_told = np.isfinite(aligned).sum(axis=0)
    told = panel.is_dosed & (n_told >= settings.library_min_runs)
    shift = np.where(told, profile - nanmedian(aligned, axis=0), np.nan)
    shift = shift - fit_slope(shift, panel).per_100_nt * panel.length_nt / 100.0
    shift = shift - nanmedian(np.where(panel.is_reference, shift, np.nan), axis=0)
    pairs = np.array(list(combinations(range(rows.shape[0]), 2)))
    apart = np.abs(aligned[pairs[:, 0]] - aligned[pairs[:, 1]])
    own = (MAD_TO_SD * nanmedian(apart, axis=0)) ** 2 / 2.0
    usual = nanmedian(np.where(told, own, np.nan), axis=0)
    prior, degrees = settings.sd_prior_degrees, n_told - 1
    variance = (prior * usual + degrees * own) / (prior + degrees)
    error = np.sqrt(variance * (1.0 + MEDIAN_ERROR**2 / np.maximum(n_told, 1)))
    far = np.fmax(settings.library_max_shift, settings.library_max_z * error)
    return LibraryComparison(rows.shape[0], shift, np.asarray(np.abs(shift) > far))
