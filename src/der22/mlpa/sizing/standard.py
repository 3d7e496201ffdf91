"""Accept or refuse the size standard of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.flags import Flag
from der22.formats.size_standard import SizeStandard
from der22.mlpa.codes import make_flag
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.comb import Comb, assign_fragments, loose_fragments
from der22.mlpa.sizing.peaks import Peaks
from der22.mlpa.sizing.southern import local_southern, sizes_left_out

__all__ = ["Span", "StandardFit", "find_standard", "judge_standard"]

#: first and last length, nt
Span: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class StandardFit:
    """The size standard as found in one channel.

    Attributes:
        peak: indices of the assigned peaks, ascending, shape (n,).
        scan: their apexes, scans.
        size_nt: their lengths.
        median_height: RFU.
        n_used: used fragments of the standard.
        share_found: where probes lie, fragments found over used fragments within the found span
            and those that should have passed before the run ended.
        worst_residual_nt: largest distance from a cubic through the fragments where probes lie.
        worst_nt: the fragment it belongs to.
        worst_left_out_nt: largest distance of a fragment there from the size its neighbours give
            it; 0 where they are too far apart to tell.
        left_out_nt: the fragment it belongs to.
        odd_end_nt: the worst fragment where no probe lies, None where all fit.
        missing_nt: used fragments within the found span, where probes lie, that were not found.
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
    worst_left_out_nt: float
    left_out_nt: float
    odd_end_nt: float | None
    missing_nt: tuple[float, ...]
    unassigned: float
    heights_agree: bool

    def score(self, settings: MlpaSettings) -> float:
        """Return share found x max(0, 1 - worst residual / limit), 0 to 1."""
        fit = 1.0 - self.worst_residual_nt / settings.standard_max_residual_nt
        return self.share_found * max(0.0, fit)


def find_standard(
    peaks: Peaks,
    doubtful: Mask,
    standard: SizeStandard,
    n_scans: int,
    probes_nt: Span,
    settings: MlpaSettings,
) -> StandardFit | None:
    """Return the best comb of `standard` among the peaks of one channel, None when there is none.

    Args:
        peaks: of the channel.
        doubtful: pull-up and spikes, shape (n,). Such a peak serves only when it is as high as the
            fragments found without it: a tall probe or a spike may lie above a true fragment.
        standard: the fragments looked for.
        n_scans: length of the run.
        probes_nt: first and last length at which probes lie: there the comb is judged.
        settings: thresholds.
    """
    firm = np.flatnonzero(~doubtful)
    comb = _assign(peaks, firm, standard, settings)
    if comb is None:
        return None
    median = float(np.median(peaks.height[comb.peak]))
    rescued = doubtful & (peaks.height >= settings.standard_rescue_low * median)
    rescued &= peaks.height <= settings.standard_rescue_high * median
    if rescued.any():
        again = _assign(peaks, np.flatnonzero(~doubtful | rescued), standard, settings)
        if again is not None and again.peak.size > comb.peak.size:
            comb = again
    if comb.peak.size < 4:
        return None
    return _measure(peaks, firm, comb, standard, n_scans, probes_nt, settings)


def _assign(
    peaks: Peaks, index: Ints, standard: SizeStandard, settings: MlpaSettings
) -> Comb | None:
    comb = assign_fragments(peaks.scan[index], peaks.height[index], standard, settings)
    if comb is None:
        return None
    peak = index[comb.peak]
    # METHOD: the primer front bleeds into the standard's dye; a fragment below 75 nt that towers
    # over the others is not one.
    height = peaks.height[peak]
    is_front = standard.used_sizes_nt[comb.fragment] < settings.standard_front_nt
    is_front &= height > settings.standard_front_ratio * np.median(height)
    return Comb(peak[~is_front], comb.fragment[~is_front], comb.score)


def _measure(
    peaks: Peaks,
    candidates: Ints,
    comb: Comb,
    standard: SizeStandard,
    n_scans: int,
    probes_nt: Span,
    settings: MlpaSettings,
) -> StandardFit:
    """Measure how well a comb fits.

    METHOD: a fragment far from every probe sizes nothing, so the fit is judged on the fragments
    that Local Southern uses for probes: those around them and one more on either side. There two
    measures are taken, each the worst and not a mean or an R2, since one wrong fragment bends the
    sizes around it and a mean over forty would not show it: the distance from a cubic, and that of
    each fragment from the size its neighbours give it when it is left out. The second is blind to
    a curved time axis, but needs neighbours nearer than those of GS500.
    """
    sizes = standard.used_sizes_nt
    found_nt = sizes[comb.fragment]
    scan, height = peaks.scan[comb.peak], peaks.height[comb.peak]
    first, last = _judged_fragments(sizes, probes_nt)
    judged = (comb.fragment >= first) & (comb.fragment <= last)
    bounds = np.clip(comb.fragment[[0, -1]], first, last)
    missing = np.setdiff1d(np.arange(bounds[0], bounds[1] + 1), comb.fragment)
    rate = float(np.median(np.diff(scan)[-3:] / np.diff(found_nt)[-3:]))
    overdue_nt = sizes[int(comb.fragment[-1]) + 1 : last + 1] - found_nt[-1]
    n_overdue = int(
        (scan[-1] + settings.standard_overdue_slack * rate * overdue_nt < n_scans - 1).sum()
    )
    tight = ~loose_fragments(standard)[comb.fragment] & (found_nt >= settings.standard_fit_from_nt)
    off = _cubic_residual(scan, found_nt, tight & judged)
    worst = int(off.argmax())
    left_out = np.nan_to_num(np.abs(sizes_left_out(scan, found_nt) - found_nt)) * tight
    inner = np.zeros(off.size)
    if not _is_sparse(standard, settings):
        inner[1:-1] = left_out[1:-1]
    worst_left_out = int(np.where(judged, inner, 0.0).argmax())
    everywhere = np.maximum(_cubic_residual(scan, found_nt, tight), left_out - inner)
    odd = np.maximum(
        everywhere / settings.standard_max_residual_nt, inner / settings.standard_max_left_out_nt
    )
    odd[judged] = 0.0
    median = float(np.median(height))
    factor = settings.standard_height_factor
    agreeing = (height < factor * median) & (height > median / factor)
    n_judged = int(judged.sum())
    return StandardFit(
        peak=comb.peak,
        scan=scan,
        size_nt=found_nt,
        median_height=median,
        n_used=int(sizes.size),
        share_found=n_judged / max(n_judged + missing.size + n_overdue, 1),
        worst_residual_nt=float(off[worst]),
        worst_nt=float(found_nt[worst]),
        worst_left_out_nt=float(inner[worst_left_out]) if judged[worst_left_out] else 0.0,
        left_out_nt=float(found_nt[worst_left_out]),
        odd_end_nt=float(found_nt[int(odd.argmax())]) if odd.max() > 1.0 else None,
        missing_nt=tuple(sizes[missing].tolist()),
        unassigned=_count_unassigned(peaks, candidates, comb, standard, settings) / comb.peak.size,
        heights_agree=bool(agreeing.mean() >= settings.standard_height_share),
    )


def _judged_fragments(sizes_nt: Floats, probes_nt: Span) -> tuple[int, int]:
    """Return the first and last fragment that serve the probes: those around, and one more.

    >>> _judged_fragments(np.array([50.0, 75, 100, 139, 150, 160]), (110.0, 145.0))
    (1, 5)
    """
    first = int(np.searchsorted(sizes_nt, probes_nt[0], side="right")) - 2
    last = int(np.searchsorted(sizes_nt, probes_nt[1], side="left")) + 1
    return max(first, 0), min(last, sizes_nt.size - 1)


def _cubic_residual(scan: Floats, size_nt: Floats, use: Mask) -> Floats:
    """Return the distance of each fragment from a cubic through those of `use`, 0 for others."""
    result = np.zeros(size_nt.size)
    if int(use.sum()) > 4:
        centre, spread = scan[use].mean(), np.ptp(scan[use]) / 2.0
        x = (scan[use] - centre) / spread
        design = np.stack([np.ones_like(x), x, x**2, x**3], axis=1)
        coefficients = np.linalg.lstsq(design, size_nt[use], rcond=None)[0]
        result[use] = np.abs(design @ coefficients - size_nt[use])
    return result


def _count_unassigned(
    peaks: Peaks, candidates: Ints, comb: Comb, standard: SizeStandard, settings: MlpaSettings
) -> int:
    """Count tall peaks where fragments are expected and none was assigned.

    METHOD: a comb of another standard matches a part of the peaks only, and the tall ones it
    leaves give it away, inside the found span and, by the rate at the nearer end, beyond it; the
    primer front below 75 nt is never counted.
    """
    others = np.setdiff1d(candidates, comb.peak)
    least = settings.standard_tall_ratio * np.median(peaks.height[comb.peak])
    at = peaks.scan[others[peaks.height[others] >= least]]
    if at.size == 0:
        return 0
    scan, found_nt = peaks.scan[comb.peak], standard.used_sizes_nt[comb.fragment]
    rate = np.diff(found_nt) / np.diff(scan)
    before = found_nt[0] + (at - scan[0]) * np.median(rate[:3])
    behind = found_nt[-1] + (at - scan[-1]) * np.median(rate[-3:])
    size = local_southern(at, scan, found_nt)
    size = np.where(np.isfinite(size), size, np.where(at < scan[0], before, behind))
    first = max(settings.standard_front_nt, float(standard.used_sizes_nt[0]))
    counted = size > min(first, float(found_nt[0]))
    unused = standard.sizes_nt[~standard.used]
    near = np.abs(size[:, None] - unused[None, :]) <= settings.standard_unused_reach_nt
    return int((counted & ~near.any(axis=1)).sum())


def _is_sparse(standard: SizeStandard, settings: MlpaSettings) -> bool:
    """Whether the fragments lie so far apart that none can be replaced by its neighbours."""
    spacing = float(np.mean(np.diff(standard.used_sizes_nt)))
    return spacing >= settings.standard_sparse_spacing_nt


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
    for off, nt, limit in (
        (fit.worst_residual_nt, fit.worst_nt, settings.standard_max_residual_nt),
        (fit.worst_left_out_nt, fit.left_out_nt, settings.standard_max_left_out_nt),
    ):
        if off > limit:
            text = f"{name}: worst at {nt:g} nt, {off:.1f} nt off (limit {limit:g})"
            return make_flag("SIZE_STANDARD_POOR", f"{text}; run the capillary again")
    lost = [
        size for size in fit.missing_nt
        if settings.standard_sparse_from_nt <= size <= settings.standard_sparse_to_nt
    ]  # fmt: skip
    if lost and _is_sparse(standard, settings):
        return make_flag(
            "SIZE_STANDARD_POOR",
            f"{name}: fragment {', '.join(f'{size:g}' for size in lost)} nt of {standard.name} is "
            "missing, sizes around it would be up to 3 nt off; run the capillary again",
        )
    return None
