"""The profile of the reference samples, and the dosage quotients of one sample against it.

METHOD: logarithms throughout. A sample is centred on its own reference probes; its slope against
the profile is removed (long probes fade with evaporation and injection); each probe is then
compared with every reference sample by way of every reference probe, and the quotients are
averaged over the reference samples. After Coffa and van den Berg, "Analysis of MLPA data using
novel software Coffalyser.NET", InTech 2011 (recalled).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.mlpa.dosage.heights import Heights
from der22.mlpa.dosage.panel import Panel
from der22.mlpa.dosage.slope import fit_slope, shrink
from der22.mlpa.robust import MEDIAN_ERROR, nanmedian
from der22.mlpa.settings import MlpaSettings

__all__ = ["Dosage", "ReferenceProfile", "apply", "leave_one_out_factor", "without_dosage"]


@dataclass(frozen=True, slots=True)
class ReferenceProfile:
    """What the reference samples of a run say a normal sample looks like.

    Attributes:
        panel: the probes.
        rows: the samples of the run that serve, shape (n_references,).
        corrected: their ln heights without scale and slope, NaN where one of them says nothing,
            shape (n_references, n_probes).
        slope: median of their slopes, ln per 100 nt.
        mean: of their quotients, each against the others, shape (n_probes,).
        sd: likewise.
        abnormal: samples that are not normal, with the probes that are off.
        kept: those of them that serve all the same, but for the genes that are off.
    """

    panel: Panel
    rows: Ints
    corrected: Floats
    slope: float
    mean: Floats
    sd: Floats
    abnormal: Mapping[int, Ints]
    kept: frozenset[int]

    @property
    def is_usable(self) -> bool:
        """Whether there are reference samples at all."""
        return self.rows.size > 0

    @property
    def mean_log_height(self) -> Floats:
        """Return the mean of `corrected` over the samples, NaN where none says anything."""
        count = np.isfinite(self.corrected).sum(axis=0)
        total = np.where(np.isfinite(self.corrected), self.corrected, 0.0).sum(axis=0)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)


@dataclass(frozen=True, slots=True)
class Dosage:
    """One sample against the reference samples; arrays of shape (n_probes,).

    Attributes:
        quotient: NaN where not evaluable.
        is_bound: the bin is empty and the quotient the highest it can be.
        below_detection: not evaluable, because the detection limit is too near the height that a
            normal probe would have here.
        is_blind: the limit is so near that a lost probe could not be told from a weak one, whether
            or not a peak is there.
        noise: SD of the quotient by the noise of the signal.
        shared: loadings of the errors that all probes have in common, shape (n_probes, 2): scale
            and slope.
        slope: against that of the reference samples, as measured, ln per 100 nt.
        probe_sd: SD of the quotient over the sample's own reference probes; of a reference sample
            as a patient would show it; NaN with fewer than three.
        dropped: reference probes left out of this sample, since its cells are aneuploid there.
    """

    quotient: Floats
    is_bound: Mask
    below_detection: Mask
    is_blind: Mask
    noise: Floats
    shared: Floats
    slope: float
    probe_sd: float
    dropped: Ints


def apply(
    profile: ReferenceProfile, sample: Heights, settings: MlpaSettings, row: int | None = None
) -> Dosage:
    """Return the dosage of one sample.

    The quotient does not change when all heights of a sample are multiplied by a constant, when
    samples change places, or, up to what is left of the shrunk slope, when exp(k x length) is put
    on the sample.

    Args:
        profile: of the run.
        sample: its heights.
        settings: limits.
        row: of the sample in the run; a reference sample is compared with the others, not with
            itself, and its slope, which says nothing of a patient, is removed in full.
    """
    serves = profile.rows == (-1 if row is None else row)
    others = profile.corrected[~serves]
    use = profile.panel.is_reference & np.isfinite(sample.log_height)
    if others.shape[0] == 0 or not use.any():
        return without_dosage(profile.panel)
    is_reference = bool(serves.any())
    # a reference left out of its own mean strays further than a patient would
    factor = leave_one_out_factor(profile.rows.size) if is_reference else 1.0
    found = _against(profile, others, sample, use, settings, is_reference=is_reference)
    found = replace(found, probe_sd=found.probe_sd * factor)
    if not found.probe_sd > settings.sample_sd_max:
        return found
    # METHOD: a leukaemia may have lost or gained a few reference probes: at most a quarter of them,
    # only those far off, only if the rest scatters little and still covers the length range.
    off = use & (np.abs(found.quotient - 1.0) >= settings.drop_shift)
    rest, length = use & ~off, profile.panel.length_nt
    few = off.sum() <= settings.drop_share * use.sum()
    if not off.any() or not few or rest.sum() < settings.min_reference_probes:
        return found
    if np.ptp(length[rest]) < settings.drop_length_cover * np.ptp(length[use]):
        return found
    again = _against(profile, others, sample, rest, settings, is_reference=is_reference)
    if again.probe_sd * factor < settings.aneuploid_rest_sd:
        return replace(again, probe_sd=again.probe_sd * factor, dropped=np.flatnonzero(off))
    return found


def _against(
    profile: ReferenceProfile,
    others: Floats,
    sample: Heights,
    use: Mask,
    settings: MlpaSettings,
    *,
    is_reference: bool,
) -> Dosage:
    """Estimate scale and slope of a sample over the reference probes `use`; return its dosage."""
    panel = profile.panel
    expected_shape = nanmedian(others, axis=0)
    distance = (panel.length_nt - float(np.median(panel.length_nt))) / 100.0
    seen = np.where(panel.is_reference & ~use, np.nan, sample.log_height)
    for _ in range(2):  # what turns out to be below detection must not shape the estimate
        fitted = fit_slope(seen - expected_shape, panel)
        relative = replace(fitted, per_100_nt=fitted.per_100_nt - profile.slope)
        kept = relative if is_reference else shrink(relative, settings.slope_sd)
        tilt = (profile.slope + kept.per_100_nt) * distance
        usable = use & np.isfinite(seen)
        scale = float(nanmedian((seen - tilt - expected_shape)[usable], axis=0))
        expected = expected_shape + tilt + scale
        with np.errstate(invalid="ignore"):
            near = np.exp(sample.log_limit - expected)
        is_blind = panel.is_dosed & (near > settings.blind_share)
        picked = is_blind & (near > settings.blind_seen_share) & ~sample.is_empty
        n_left = int((usable & ~picked).sum())
        if n_left < settings.min_reference_probes or not (picked & np.isfinite(seen)).any():
            break
        seen = np.where(picked, np.nan, seen)
    is_bound = panel.is_dosed & sample.is_empty & (near <= settings.blind_share)
    values = np.where(is_bound, sample.log_limit, np.where(picked, np.nan, sample.log_height))
    values = np.where(panel.is_dosed, values - tilt, np.nan)
    difference = values[None, :] - others
    compared = np.where(usable[None, :], difference, np.nan)
    ratio = np.exp(difference - nanmedian(compared, axis=1)[:, None])
    count = np.isfinite(ratio).sum(axis=0)
    total = np.where(np.isfinite(ratio), ratio, 0.0).sum(axis=0)
    quotient = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    own = quotient[use & np.isfinite(quotient)]
    probe_sd = float(np.std(own, ddof=1)) if own.size >= settings.min_reference_probes else np.nan
    n_used = int(usable.sum())
    common = np.fmax(settings.common_sd, MEDIAN_ERROR * probe_sd / np.sqrt(max(n_used, 1)))
    away = (panel.length_nt - float(panel.length_nt[usable].mean()) if n_used else 0.0) / 100.0
    return Dosage(
        quotient=quotient,
        is_bound=is_bound,
        below_detection=(panel.is_dosed & sample.is_empty & ~is_bound) | picked,
        is_blind=is_blind,
        noise=np.exp(sample.log_noise - expected),
        shared=np.stack([np.full(use.size, common), kept.se * away], axis=1),
        slope=relative.per_100_nt,
        probe_sd=probe_sd,
        dropped=np.empty(0, dtype=np.int64),
    )


def leave_one_out_factor(n_references: int) -> float:
    """Return the SD of a patient's quotient over that of a reference left out of its own mean.

    Left out of its own mean, a reference strays n / (n - 1) times as far as from the mean of all; a
    patient's quotient holds its own error and 1/n of the variance of the references.
    """
    n = float(max(n_references, 2))
    return float((1.0 - 1.0 / n) * np.sqrt(1.0 + 1.0 / n))


def without_dosage(panel: Panel) -> Dosage:
    """Return the dosage of a sample of which nothing is known."""
    n_probes = panel.length_nt.size
    nothing, none = np.full(n_probes, np.nan), np.zeros(n_probes, dtype=np.bool_)
    return Dosage(
        nothing, none, none, none, nothing, np.full((n_probes, 2), np.nan), np.nan, np.nan,
        np.empty(0, dtype=np.int64),
    )  # fmt: skip
