"""Accept or refuse the size standard of a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.flags import Flag
from der22.formats.size_standard import SizeStandard
from der22.mlpa.codes import make_flag
from der22.mlpa.comb import Comb, assign_fragments, loose_fragments
from der22.mlpa.peaks import Peaks
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing import local_southern

__all__ = ["StandardFit", "find_standard", "judge_standard"]


_FIT_FROM_NT = 50.0
_PRIMER_FRONT_NT, _PRIMER_FRONT_RATIO = 75.0, 6.0
_SPARSE_SPACING_NT = 25.0  # a standard as sparse as GS500 cannot lose a fragment
_SPARSE_FROM_NT, _SPARSE_TO_NT = 75.0, 500.0
_TALL_RATIO = 0.4
_UNUSED_REACH_NT = 6.0  # GS500 250 runs at 246
_HEIGHT_FACTOR, _HEIGHT_SHARE = 3.0, 0.8
_OVERDUE_SLACK = 1.15  # the rate may still change
_RESCUE_RATIO = (0.5, 2.0)


@dataclass(frozen=True, slots=True)
class StandardFit:
    """The size standard as found in one channel.

    Attributes:
        peak: indices of the assigned peaks, ascending, shape (n,).
        scan: their apexes, scans.
        size_nt: their lengths.
        median_height: RFU.
        n_used: used fragments of the standard.
        share_found: fragments found over used fragments within the found span and those that
            should have passed before the run ended.
        worst_residual_nt: largest distance from a cubic through the fragments from 50 nt on.
        worst_nt: the fragment it belongs to.
        missing_nt: used fragments within the found span that were not found.
        unassigned: tall peaks within the span that are no fragment, per fragment found.
        heights_agree: whether the heights belong together.
    """

    peak: Ints
    scan: Floats
    size_nt: Floats
    median_height: float
    n_used: int
    share_found: float
    worst_residual_nt: float
    worst_nt: float
    missing_nt: tuple[float, ...]
    unassigned: float
    heights_agree: bool

    def score(self, settings: MlpaSettings) -> float:
        """Return share found x max(0, 1 - worst residual / limit), 0 to 1."""
        fit = 1.0 - self.worst_residual_nt / settings.standard_max_residual_nt
        return self.share_found * max(0.0, fit)


def find_standard(
    peaks: Peaks, doubtful: Mask, standard: SizeStandard, n_scans: int
) -> StandardFit | None:
    """Return the best comb of `standard` among the peaks of one channel, None when there is none.

    Args:
        peaks: of the channel.
        doubtful: pull-up and spikes, shape (n,). Such a peak serves only when it is as high as the
            fragments found without it: a tall probe or a spike may lie above a true fragment.
        standard: the fragments looked for.
        n_scans: length of the run.
    """
    firm = np.flatnonzero(~doubtful)
    comb = _assign(peaks, firm, standard)
    if comb is None:
        return None
    median = float(np.median(peaks.height[comb.peak]))
    low, high = (ratio * median for ratio in _RESCUE_RATIO)
    rescued = doubtful & (peaks.height >= low) & (peaks.height <= high)
    if rescued.any():
        again = _assign(peaks, np.flatnonzero(~doubtful | rescued), standard)
        if again is not None and again.peak.size > comb.peak.size:
            comb = again
    return _measure(peaks, firm, comb, standard, n_scans)


def _assign(peaks: Peaks, index: Ints, standard: SizeStandard) -> Comb | None:
    comb = assign_fragments(peaks.scan[index], peaks.height[index], standard)
    if comb is None:
        return None
    peak = index[comb.peak]
    # METHOD: the primer front bleeds into the standard's dye; a fragment below 75 nt that towers
    # over the others is not one.
    height = peaks.height[peak]
    is_front = (standard.used_sizes_nt[comb.fragment] < _PRIMER_FRONT_NT) & (
        height > _PRIMER_FRONT_RATIO * np.median(height)
    )
    keep = ~is_front
    return Comb(peak[keep], comb.fragment[keep], comb.score)


def _measure(
    peaks: Peaks,
    candidates: Ints,
    comb: Comb,
    standard: SizeStandard,
    n_scans: int,
) -> StandardFit | None:
    if comb.peak.size < 4:
        return None
    sizes = standard.used_sizes_nt
    found_nt = sizes[comb.fragment]
    scan, height = peaks.scan[comb.peak], peaks.height[comb.peak]
    first, last = int(comb.fragment[0]), int(comb.fragment[-1])
    missing = np.setdiff1d(np.arange(first, last + 1), comb.fragment)
    n_overdue = _count_overdue(scan, found_nt, sizes[last + 1 :], n_scans)
    worst, worst_nt = _worst_residual(scan, found_nt, loose_fragments(standard)[comb.fragment])
    median = float(np.median(height))
    ratio = height / median
    agreeing = (ratio < _HEIGHT_FACTOR) & (ratio > 1.0 / _HEIGHT_FACTOR)
    return StandardFit(
        peak=comb.peak,
        scan=scan,
        size_nt=found_nt,
        median_height=median,
        n_used=int(sizes.size),
        share_found=comb.peak.size / (last - first + 1 + n_overdue),
        worst_residual_nt=worst,
        worst_nt=worst_nt,
        missing_nt=tuple(sizes[missing].tolist()),
        unassigned=_count_unassigned(peaks, candidates, comb, standard) / comb.peak.size,
        heights_agree=bool(agreeing.mean() >= _HEIGHT_SHARE),
    )


def _worst_residual(scan: Floats, size_nt: Floats, loose: Mask) -> tuple[float, float]:
    """Return the largest distance from a cubic, in nt, and the fragment it belongs to.

    METHOD: the worst, not a mean or an R2: one wrong fragment bends the sizes around it, and a mean
    over forty would not show it.
    """
    use = (size_nt >= _FIT_FROM_NT) & ~loose
    if int(use.sum()) < 5:
        return 0.0, float(size_nt[0])
    centre, spread = scan[use].mean(), np.ptp(scan[use]) / 2.0
    x = (scan[use] - centre) / spread
    design = np.stack([np.ones_like(x), x, x**2, x**3], axis=1)
    coefficients = np.linalg.lstsq(design, size_nt[use], rcond=None)[0]
    distance = np.abs(design @ coefficients - size_nt[use])
    worst = int(distance.argmax())
    return float(distance[worst]), float(size_nt[use][worst])


def _count_overdue(scan: Floats, found_nt: Floats, later_nt: Floats, n_scans: int) -> int:
    """Count the fragments that should have passed the camera before the run ended."""
    rate = float(np.median(np.diff(scan)[-3:] / np.diff(found_nt)[-3:]))
    expected = scan[-1] + _OVERDUE_SLACK * rate * (later_nt - found_nt[-1])
    return int((expected < n_scans - 1).sum())


def _count_unassigned(peaks: Peaks, candidates: Ints, comb: Comb, standard: SizeStandard) -> int:
    """Count tall peaks where fragments are expected and none was assigned.

    METHOD: a comb of another standard matches a part of the peaks only, and the tall ones it
    leaves give it away, inside the found span and beyond it; the primer front below 75 nt is never
    counted.
    """
    others = np.setdiff1d(candidates, comb.peak)
    tall = peaks.height[others] >= _TALL_RATIO * np.median(peaks.height[comb.peak])
    others = others[tall]
    if others.size == 0:
        return 0
    scan, found_nt = peaks.scan[comb.peak], standard.used_sizes_nt[comb.fragment]
    size = local_southern(peaks.scan[others], scan, found_nt)
    size = np.where(np.isnan(size), _straight_on(peaks.scan[others], scan, found_nt), size)
    lowest = min(max(_PRIMER_FRONT_NT, float(standard.used_sizes_nt[0])), float(found_nt[0]))
    counted = size > lowest
    unused = standard.sizes_nt[~standard.used]
    near = np.abs(size[:, None] - unused[None, :]) <= _UNUSED_REACH_NT
    return int((counted & ~near.any(axis=1)).sum())


def _straight_on(scan: Floats, fragment_scan: Floats, fragment_nt: Floats) -> Floats:
    """Return rough sizes beyond the fragments by the rate at the nearer end, for counting only."""
    rate = np.diff(fragment_nt) / np.diff(fragment_scan)
    low = fragment_nt[0] + (scan - fragment_scan[0]) * np.median(rate[:3])
    high = fragment_nt[-1] + (scan - fragment_scan[-1]) * np.median(rate[-3:])
    return np.asarray(np.where(scan < fragment_scan[0], low, high))


def judge_standard(
    fit: StandardFit | None, standard: SizeStandard, settings: MlpaSettings, name: str, dye: str
) -> Flag | None:
    """Return why the standard must be refused, None when it can be used.

    Args:
        fit: as found, or None.
        standard: the one looked for.
        settings: limits.
        name: file name, for the sentence.
        dye: dye of the channel, for the sentence.
    """
    n_used = int(standard.used_sizes_nt.size)
    found = 0 if fit is None else fit.peak.size
    sentence = f"{name}: {found} of {n_used} {standard.name} fragments in dye {dye}"
    if fit is None or found < min(settings.standard_min_fragments, n_used):
        return make_flag("SIZE_STANDARD_NOT_FOUND", sentence)
    if fit.share_found < settings.standard_min_span_share:
        share = f"{sentence}, {len(fit.missing_nt)} missing in between"
        return make_flag("SIZE_STANDARD_NOT_FOUND", share)
    if fit.unassigned > settings.standard_max_unassigned:
        extra = f"{sentence}, but {fit.unassigned:.2f} tall peaks per fragment are no fragment"
        return make_flag("SIZE_STANDARD_NOT_FOUND", extra)
    if not fit.heights_agree:
        return make_flag("SIZE_STANDARD_NOT_FOUND", f"{sentence}, but their heights do not agree")
    if fit.worst_residual_nt > settings.standard_max_residual_nt:
        return make_flag(
            "SIZE_STANDARD_POOR",
            f"{name}: worst at {fit.worst_nt:g} nt, {fit.worst_residual_nt:.1f} nt off (limit "
            f"{settings.standard_max_residual_nt:g}); run the capillary again",
        )
    lost = _indispensable(fit.missing_nt, standard)
    if lost:
        return make_flag(
            "SIZE_STANDARD_POOR",
            f"{name}: fragment {', '.join(f'{size:g}' for size in lost)} nt of {standard.name} is "
            "missing, sizes around it would be up to 3 nt off; run the capillary again",
        )
    return None


def _indispensable(missing_nt: tuple[float, ...], standard: SizeStandard) -> tuple[float, ...]:
    """Return the missing fragments whose neighbours are too far apart to replace them."""
    if float(np.mean(np.diff(standard.used_sizes_nt))) < _SPARSE_SPACING_NT:
        return ()
    return tuple(size for size in missing_nt if _SPARSE_FROM_NT <= size <= _SPARSE_TO_NT)
