"""Which reference samples can be trusted, and the dosage of all samples against them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.mlpa.normalisation import (
    Dosage,
    dosage_quotients,
    leave_one_out_factor,
    reference_spread,
)
from der22.mlpa.settings import MlpaSettings

__all__ = ["Normalised", "normalise", "probe_sd", "probe_sigma"]


_OFF, _OFF_SDS, _MIN_OFF_PROBES = 0.25, 3.0, 2
_DROP_OFF, _DROP_SHARE = 0.30, 0.25
_PRIOR_DEGREES, _MAD_EFFICIENCY = 4.0, 0.37
_LENGTH_COVER = 2.0 / 3.0
_MIN_REFERENCE_PROBES = 3
_MAD_TO_SD = 1.4826
_SPREAD_MIN_SAMPLES, _SPREAD_MAX_OUTSIDE = 8, 1.0 / 3.0
_SPREAD_RANGE, _SPREAD_MIN_HALF = (0.8, 1.2), 4


@dataclass(frozen=True, slots=True)
class Normalised:
    """The run after normalisation.

    Attributes:
        dosage: of every sample; all NaN when too few references are left.
        reference_rows: samples that served as references.
        abnormal: rows left out because they are not normal, with the probes that are off.
        dropped: per row the reference probes left out of an aneuploid sample.
        reference_mean: per probe, over the references' own leave-one-out quotients.
        reference_sd: likewise.
    """

    dosage: Dosage
    reference_rows: Ints
    abnormal: dict[int, Ints]
    dropped: dict[int, Ints]
    reference_mean: Floats
    reference_sd: Floats


def normalise(
    log_height: Floats,
    length_nt: Floats,
    is_reference: Mask,
    is_target: Mask,
    candidates: Ints,
    settings: MlpaSettings,
) -> Normalised:
    """Normalise a run, leaving out reference samples that cannot serve.

    METHOD: a reference with an excessive slope or unstable reference probes is left out at once.
    One with two or more target probes off by more than 0.25 is not normal; the worst is left out
    and everything is computed again, as long as enough remain, since one abnormal reference must
    not change a call.

    Args:
        log_height: shape (n_samples, n_probes), NaN where not evaluable.
        length_nt: shape (n_probes,).
        is_reference: the reference probes, shape (n_probes,).
        is_target: the target probes, shape (n_probes,).
        candidates: rows of the reference samples that passed everything before.
        settings: limits.
    """
    use = np.isfinite(log_height) & is_reference[None, :]
    enough = use.sum(axis=1) >= _MIN_REFERENCE_PROBES
    rows = candidates[enough[candidates]]
    abnormal: dict[int, Ints] = {}
    while rows.size >= settings.min_reference_samples:
        dosage = dosage_quotients(log_height, length_nt, use, rows)
        sound = (np.abs(dosage.slope) <= settings.slope_max) & (
            dosage.probe_sd <= settings.sample_sd_max
        )
        if not sound[rows].all():
            rows = rows[rows != _worst_unsound(dosage, rows, settings)]
            continue
        off = _off_probes(dosage, is_target, rows.size)
        worst = _worst_abnormal(dosage.quotient, off, rows)
        if worst is None or rows.size <= settings.min_reference_samples:
            break
        abnormal[worst] = np.flatnonzero(off[worst])
        rows = rows[rows != worst]
    if rows.size < settings.min_reference_samples:
        return _without_references(log_height.shape, rows, abnormal)
    dosage, dropped = _rescue_aneuploid(dosage, log_height, length_nt, use, rows, settings)
    mean, sd = reference_spread(dosage.quotient, rows)
    return Normalised(dosage, rows, abnormal, dropped, mean, sd)


def probe_sd(normalised: Normalised, unchanged: Floats, sound_rows: Ints, use: Mask) -> Floats:
    """Return the SD of a dosage quotient per probe, as a sample of this run would show it.

    METHOD: the SD of three to five references is itself uncertain by a third, and of fifty probes
    some look noisy by chance. Three estimates are therefore averaged as variances, each with its
    degrees of freedom: the references (n - 1), the spread over the run where the probe is rarely
    changed (0.37 of the samples, the efficiency of the MAD), and that of a usual probe of this run
    (4), as Smyth does for genes (Stat Appl Genet Mol Biol 2004;3:3).

    Args:
        normalised: the run.
        unchanged: its quotients with NaN where a change is seen, shape (n_samples, n_probes).
        sound_rows: samples that passed.
        use: target and reference probes.
    """
    n_references = float(max(normalised.reference_rows.size, 2))
    reference = normalised.reference_sd * leave_one_out_factor(normalised.reference_rows.size)
    spread, rests_on = _run_spread(unchanged[sound_rows], upper_half=True)
    spread *= np.sqrt(1.0 + 1.0 / n_references)
    spread_degrees = _MAD_EFFICIENCY * rests_on
    degrees = np.where(np.isfinite(reference), n_references - 1.0, 0.0)
    known = reference[use & np.isfinite(reference)]
    usual = _typical_variance(known, n_references - 1.0)
    total = (
        _PRIOR_DEGREES * usual
        + degrees * np.nan_to_num(reference) ** 2
        + spread_degrees * np.nan_to_num(spread) ** 2
    )
    variance = total / (_PRIOR_DEGREES + degrees + spread_degrees)
    return np.asarray(np.where(degrees > 0.0, np.sqrt(variance), np.nan))


def _typical_variance(sd: Floats, degrees: float) -> float:
    if sd.size == 0:
        return float("nan")
    median_share = (1.0 - 2.0 / (9.0 * degrees)) ** 3  # median of chi-square over its mean
    return float(np.median(sd)) ** 2 / median_share


def probe_sigma(
    normalised: Normalised, per_probe: Floats, n_reference_probes: Ints, settings: MlpaSettings
) -> Floats:
    """Return the SD of each quotient, shape (n_samples, n_probes).

    METHOD: what the run shows for this probe, raised in proportion where the sample's own reference
    probes scatter more than those of a usual sample of the run (its SD drawn towards the usual one,
    since a dozen probes do not know it better than to a fifth); and a floor.

    Args:
        normalised: the run.
        per_probe: as `probe_sd` returns it.
        n_reference_probes: evaluable reference probes of each sample.
        settings: the floor.
    """
    own = normalised.dosage.probe_sd
    known = own[np.isfinite(own)]
    usual = float(np.median(known)) if known.size else float("nan")
    degrees = np.where(np.isfinite(own), np.maximum(n_reference_probes - 1, 0), 0.0)
    variance = _PRIOR_DEGREES * usual**2 + degrees * np.nan_to_num(own) ** 2
    raised = np.maximum(np.sqrt(variance / (_PRIOR_DEGREES + degrees)) / usual, 1.0)
    sigma = per_probe[None, :] * raised[:, None]
    return np.fmax(sigma, np.where(np.isfinite(sigma), settings.probe_sd_floor, np.nan))


def _run_spread(quotient: Floats, *, upper_half: bool = False) -> tuple[Floats, Floats]:
    """Return the robust SD of each probe over the samples, and how many of them it rests on.

    METHOD: where more than a third of the samples lie outside 0.8 to 1.2, a frequent loss must not
    become noise; there is no SD then, or, if asked for, that of what lies above 1, the half of a
    symmetric scatter that losses do not touch. By that half a probe of much noise is known.

    Returns:
        (SD, number of samples), shape (n_probes,); NaN and 0 where there is none.
    """
    spread, rests_on = np.full(quotient.shape[1], np.nan), np.zeros(quotient.shape[1])
    for index in range(quotient.shape[1]):
        values = quotient[:, index]
        values = values[np.isfinite(values)]
        if values.size < _SPREAD_MIN_SAMPLES:
            continue
        outside = (values < _SPREAD_RANGE[0]) | (values > _SPREAD_RANGE[1])
        centre = float(np.median(values))
        if outside.mean() > _SPREAD_MAX_OUTSIDE:
            values, centre = values[values > 1.0], 1.0
            if not upper_half or values.size < _SPREAD_MIN_HALF:
                continue
        spread[index] = _MAD_TO_SD * np.median(np.abs(values - centre))
        rests_on[index] = values.size
    return spread, rests_on


def _worst_unsound(dosage: Dosage, rows: Ints, settings: MlpaSettings) -> int:
    excess = np.fmax(
        np.abs(dosage.slope[rows]) / settings.slope_max,
        dosage.probe_sd[rows] / settings.sample_sd_max,
    )
    excess = np.where(np.isnan(excess), np.inf, excess)
    return int(rows[int(excess.argmax())])


def _off_probes(dosage: Dosage, is_target: Mask, n_references: int) -> Mask:
    """Return which target probes are too far from 1 to be noise, shape (n_samples, n_probes).

    METHOD: further than 0.25, and further than three times the scatter of the sample's own
    reference probes and of this probe over the run: noise is not abnormal.
    """
    spread = np.fmax(dosage.probe_sd[:, None], _run_spread(dosage.quotient)[0][None, :])
    spread = np.nan_to_num(spread) / leave_one_out_factor(n_references)
    limit = np.fmax(_OFF, _OFF_SDS * spread)
    far = np.abs(dosage.quotient - 1.0) > limit
    return np.asarray(far & is_target[None, :])


def _worst_abnormal(quotient: Floats, off: Mask, rows: Ints) -> int | None:
    """Return the row that is furthest off, None when all references are normal.

    Measured in logarithms: a loss in one reference makes the others look gained, but by less.
    """
    count = off[rows].sum(axis=1)
    if not (count >= _MIN_OFF_PROBES).any():
        return None
    distance = np.abs(np.log(np.maximum(np.nan_to_num(quotient[rows], nan=1.0), 1e-3)))
    badness = np.where(off[rows], distance, 0.0).sum(axis=1)
    badness = np.where(count >= _MIN_OFF_PROBES, badness, 0.0)
    return int(rows[int(badness.argmax())])


def _rescue_aneuploid(
    dosage: Dosage,
    log_height: Floats,
    length_nt: Floats,
    use: Mask,
    rows: Ints,
    settings: MlpaSettings,
) -> tuple[Dosage, dict[int, Ints]]:
    """Drop reference probes that a leukaemia has lost or gained, where the rest is steady.

    METHOD: at most a quarter of them, only those off by 0.30 or more, only if the rest then
    scatters little and still covers two thirds of the length range.
    """
    dropped: dict[int, Ints] = {}
    narrowed = use.copy()
    for row in range(log_height.shape[0]):
        if row in rows or not dosage.probe_sd[row] > settings.sample_sd_max:
            continue
        off = use[row] & (np.abs(dosage.quotient[row] - 1.0) >= _DROP_OFF)
        rest = use[row] & ~off
        if (
            off.any()
            and off.sum() <= _DROP_SHARE * use[row].sum()
            and _covers(length_nt, use[row], rest)
        ):
            narrowed[row] = rest
            dropped[row] = np.flatnonzero(off)
    if not dropped:
        return dosage, dropped
    again = dosage_quotients(log_height, length_nt, narrowed, rows)
    kept = {
        row: probes
        for row, probes in dropped.items()
        if again.probe_sd[row] < settings.aneuploid_rest_sd
    }
    changed = list(kept)
    quotient, slope, probe_sd = dosage.quotient.copy(), dosage.slope.copy(), dosage.probe_sd.copy()
    quotient[changed] = again.quotient[changed]
    slope[changed] = again.slope[changed]
    probe_sd[changed] = again.probe_sd[changed]
    return Dosage(quotient, slope, probe_sd), kept


def _covers(length_nt: Floats, use: Mask, rest: Mask) -> bool:
    if int(rest.sum()) < _MIN_REFERENCE_PROBES:
        return False
    return bool(np.ptp(length_nt[rest]) >= _LENGTH_COVER * np.ptp(length_nt[use]))


def _without_references(
    shape: tuple[int, ...], rows: Ints, abnormal: dict[int, Ints]
) -> Normalised:
    n_samples, n_probes = shape
    nothing = np.full(n_probes, np.nan)
    dosage = Dosage(np.full(shape, np.nan), np.full(n_samples, np.nan), np.full(n_samples, np.nan))
    return Normalised(dosage, rows, abnormal, {}, nothing, nothing)
