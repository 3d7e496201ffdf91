"""Which reference samples can be trusted, and the profile of those that can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.mlpa.dosage.heights import Heights
from der22.mlpa.dosage.noise import run_spread
from der22.mlpa.dosage.panel import Panel
from der22.mlpa.dosage.quotients import Dosage, ReferenceProfile, apply, leave_one_out_factor
from der22.mlpa.dosage.slope import fit_slope
from der22.mlpa.robust import nanmedian
from der22.mlpa.settings import MlpaSettings

__all__ = ["fit_references", "without_scale_and_slope"]


def fit_references(
    run: Sequence[Heights | None], candidates: Sequence[int], panel: Panel, settings: MlpaSettings
) -> ReferenceProfile:
    """Return the profile of the reference samples that can serve.

    METHOD: a reference with an excessive slope, unstable reference probes or too little signal is
    left out at once. One with two or more target probes off by more than 0.25 is not normal; the
    worst is left out and everything is computed again, as long as enough remain. Where too few
    would remain it is named, and serves for all genes but those in which it is off: one abnormal
    reference must not change a call. One in which a few reference probes are off serves likewise.

    Args:
        run: the heights of every sample, None without a signal.
        candidates: rows of the reference samples that passed everything before.
        panel: the probes.
        settings: limits.

    Returns:
        A profile without rows when too few can serve.
    """
    heights = {row: sample for row in candidates if (sample := run[row]) is not None}
    rows = [
        row
        for row, sample in heights.items()
        if np.isfinite(sample.log_height[panel.is_reference]).sum() >= settings.min_reference_probes
    ]
    abnormal: dict[int, Ints] = {}
    kept: set[int] = set()
    while len(rows) >= settings.min_reference_samples:
        profile = _profile_of([heights[row] for row in rows], rows, panel)
        each = {row: apply(profile, heights[row], settings, row) for row in rows}
        uneven = [row for row in rows if each[row].dropped.size]
        for row in uneven:  # constitutional, such as trisomy 21: says nothing of these probes
            abnormal[row] = np.union1d(abnormal.get(row, each[row].dropped), each[row].dropped)
            kept.add(row)
            heights[row] = _without(heights[row], each[row].dropped)
        if uneven:
            continue
        excess = {row: _excess(each[row], panel, settings) for row in rows}
        worst = max(rows, key=lambda row: excess[row])
        if excess[worst] > 1.0:
            rows.remove(worst)
            continue
        found = _worst_abnormal(profile, each, run, settings)
        if found is None:
            return _with_spread(profile, each, abnormal, kept)
        worst, off = found
        abnormal[worst] = np.union1d(abnormal.get(worst, off), off)
        if len(rows) > settings.min_reference_samples:
            rows.remove(worst)
            continue
        of_genes = np.isin(panel.group, np.unique(panel.group[off]))
        left = np.isfinite(profile.corrected[:, of_genes]).sum(axis=0) - 1
        if left.min(initial=len(rows)) < 2:
            return _with_spread(profile, each, abnormal, kept | {worst})
        kept.add(worst)
        heights[worst] = _without(heights[worst], np.flatnonzero(of_genes))
    nothing = np.full(panel.length_nt.size, np.nan)
    none = np.empty((0, panel.length_nt.size))
    empty = np.empty(0, dtype=np.int64)
    return ReferenceProfile(panel, empty, none, np.nan, nothing, nothing, abnormal, frozenset(kept))


def _without(sample: Heights, probes: Ints) -> Heights:
    """Return the sample as if these probes had not been measured."""
    log_height, is_empty = sample.log_height.copy(), sample.is_empty.copy()
    log_height[probes], is_empty[probes] = np.nan, False
    return replace(sample, log_height=log_height, is_empty=is_empty)


def without_scale_and_slope(values: Floats, panel: Panel) -> tuple[Floats, Floats]:
    """Return profiles of one shape without their scales and slopes, and the slopes taken off.

    METHOD: first each row's own fall of signal with length is taken off, which makes a slope on
    any of them exactly irrelevant; then what is left against the common profile, twice.

    Args:
        values: ln heights, NaN where not known, shape (n_rows, n_probes).
        panel: the probes.
    """
    distance = (panel.length_nt - float(np.median(panel.length_nt))) / 100.0
    slopes, against = np.zeros(values.shape[0]), np.zeros(panel.length_nt.size)
    for _ in range(3):
        steps = np.array([fit_slope(row - against, panel).per_100_nt for row in values])
        slopes += steps
        values = values - steps[:, None] * distance[None, :]
        centre = nanmedian(np.where(panel.is_reference, values, np.nan), axis=1)
        values = values - centre[:, None]
        against = nanmedian(values, axis=0)
    return values, slopes


def _profile_of(samples: Sequence[Heights], rows: Sequence[int], panel: Panel) -> ReferenceProfile:
    """Return the profile of these samples, without mean and SD of their quotients."""
    values = np.stack([sample.log_height for sample in samples])
    corrected, slopes = without_scale_and_slope(values, panel)
    nothing = np.full(panel.length_nt.size, np.nan)
    return ReferenceProfile(
        panel, np.array(rows, dtype=np.int64), corrected, float(np.median(slopes)), nothing,
        nothing, {}, frozenset(),
    )  # fmt: skip


def _with_spread(
    profile: ReferenceProfile,
    each: dict[int, Dosage],
    abnormal: dict[int, Ints],
    kept: set[int],
) -> ReferenceProfile:
    """Return the profile with mean and SD of the references, each left out of its own quotient."""
    quotient = np.stack([each[row].quotient for row in profile.rows.tolist()])
    count = np.isfinite(quotient).sum(axis=0)
    total = np.where(np.isfinite(quotient), quotient, 0.0).sum(axis=0)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    square = np.where(np.isfinite(quotient), (quotient - mean) ** 2, 0.0).sum(axis=0)
    sd = np.where(count > 1, np.sqrt(square / np.maximum(count - 1, 1)), np.nan)
    return replace(profile, mean=mean, sd=sd, abnormal=abnormal, kept=frozenset(kept))


def _excess(dosage: Dosage, panel: Panel, settings: MlpaSettings) -> float:
    """Return the worst of slope, scatter and lack of signal, each over its limit."""
    lost = float(dosage.below_detection[panel.is_target].mean()) if panel.is_target.any() else 0.0
    parts = (
        abs(dosage.slope) / settings.slope_max,
        dosage.probe_sd / settings.sample_sd_max,
        lost / settings.low_signal_share,
    )
    return float("inf") if np.isnan(parts).any() else max(parts)


def _worst_abnormal(
    profile: ReferenceProfile,
    each: dict[int, Dosage],
    run: Sequence[Heights | None],
    settings: MlpaSettings,
) -> tuple[int, Ints] | None:
    """Return the reference that is furthest off and its probes, None when all are normal.

    METHOD: a probe is off further than 0.25, and further than three times the scatter of the
    sample's own reference probes and of this probe over the run: noise is not abnormal. The
    furthest is measured in logarithms: a loss in one reference makes the others look gained, but by
    less.
    """
    quotient = np.stack([each[row].quotient for row in profile.rows.tolist()])
    scatter = np.array([each[row].probe_sd for row in profile.rows.tolist()])
    off = _is_off(quotient, scatter[:, None], profile, settings)
    if not (off.sum(axis=1) >= settings.abnormal_min_probes).any():
        return None
    everyone = [
        each[row].quotient if row in each else apply(profile, sample, settings).quotient
        for row, sample in enumerate(run)
        if sample is not None
    ]
    spread, _ = run_spread(np.stack(everyone), settings)
    off = _is_off(quotient, np.fmax(scatter[:, None], spread[None, :]), profile, settings)
    count = off.sum(axis=1)
    if not (count >= settings.abnormal_min_probes).any():
        return None
    distance = np.abs(np.log(np.maximum(np.nan_to_num(quotient, nan=1.0), settings.blind_share)))
    badness = np.where(off, distance, 0.0).sum(axis=1)
    worst = int(np.where(count >= settings.abnormal_min_probes, badness, 0.0).argmax())
    return int(profile.rows[worst]), np.flatnonzero(off[worst])


def _is_off(
    quotient: Floats, spread: Floats, profile: ReferenceProfile, settings: MlpaSettings
) -> Mask:
    shown = np.nan_to_num(spread) / leave_one_out_factor(profile.rows.size)
    limit = np.fmax(settings.abnormal_shift, settings.abnormal_sds * shown)
    return np.asarray((np.abs(quotient - 1.0) > limit) & profile.panel.is_target[None, :])
