"""From peak heights to dosage quotients.

METHOD: logarithms throughout. Each sample is centred on its own reference probes; its slope against
the run's profile is removed (long probes fade with evaporation and injection); each probe is then
compared with every reference sample by way of every reference probe, and the quotients are
averaged over the reference samples. After Coffa and van den Berg, "Analysis of MLPA data using
novel software Coffalyser.NET", InTech 2011 (recalled); the slope by Theil and Sen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Ints, Mask

__all__ = [
    "Dosage",
    "dosage_quotients",
    "leave_one_out_factor",
    "log_heights",
    "reference_spread",
]


_SLOPE_ROUNDS = 2
_ABSENT_SHARE = 0.01  # of the median reference probe: stands for a peak below detection


@dataclass(frozen=True, slots=True)
class Dosage:
    """Dosage of every sample and probe.

    Attributes:
        quotient: shape (n_samples, n_probes); NaN where not evaluable.
        slope: removed from each sample, ln per 100 nt, shape (n_samples,).
        probe_sd: SD of the quotient over the sample's own reference probes, shape (n_samples,); of
            a reference sample as a patient would show it.
    """

    quotient: Floats
    slope: Floats
    probe_sd: Floats


def log_heights(height: Floats, evaluable: Mask, is_reference: Mask) -> Floats:
    """Return ln height; NaN where not evaluable.

    A measured bin without a peak counts as one hundredth of the median reference probe, since a
    homozygous loss leaves nothing to take the logarithm of.

    Args:
        height: shape (n_samples, n_probes).
        evaluable: likewise.
        is_reference: shape (n_probes,), the reference probes.
    """
    result = np.full(height.shape, np.nan)
    for row in range(height.shape[0]):
        usable = evaluable[row] & np.isfinite(height[row])
        references = height[row][usable & is_reference]
        present = references[references > 0.0]
        if present.size == 0:
            continue
        least = _ABSENT_SHARE * float(np.median(present))
        result[row, usable] = np.log(np.maximum(height[row, usable], least))
    return result


def dosage_quotients(
    log_height: Floats, length_nt: Floats, reference_probes: Mask, reference_rows: Ints
) -> Dosage:
    """Return the dosage of every sample against the reference samples.

    The quotient of a sample does not change when its heights are multiplied by a constant, when
    samples change places, or when exp(k x length) is put on the sample.

    Args:
        log_height: shape (n_samples, n_probes), NaN where not evaluable.
        length_nt: shape (n_probes,).
        reference_probes: shape (n_samples, n_probes): the probes each sample is centred on.
        reference_rows: indices of the reference samples, at least two; a reference sample is
            compared with the others, not with itself.
    """
    # METHOD: first each sample's own fall of signal with length is taken off, which makes a slope
    # on any sample, references included, exactly irrelevant; then what is left against the profile.
    own = _slopes(log_height, length_nt, reference_probes)
    slope = own - float(np.median(own[reference_rows]))
    corrected = _centred(_without_slope(log_height, own, length_nt), reference_probes)
    for _ in range(_SLOPE_ROUNDS):
        profile = _nanmedian(corrected[reference_rows], axis=0)
        step = _slopes(corrected - profile, length_nt, reference_probes)
        slope += step
        corrected = _centred(_without_slope(corrected, step, length_nt), reference_probes)
    quotient = np.stack(
        [
            _against(row, corrected[reference_rows[reference_rows != index]], use)
            for index, (row, use) in enumerate(zip(corrected, reference_probes, strict=True))
        ]
    )
    probe_sd = _probe_sd(quotient, reference_probes)
    probe_sd[reference_rows] *= leave_one_out_factor(reference_rows.size)
    return Dosage(quotient, slope, probe_sd)


def leave_one_out_factor(n_references: int) -> float:
    """Return the SD of a patient's quotient over that of a reference left out of its own mean.

    Left out of its own mean, a reference strays n / (n - 1) times as far as from the mean of all; a
    patient's quotient holds its own error and 1/n of the variance of the references.
    """
    n = float(max(n_references, 2))
    return float((1.0 - 1.0 / n) * np.sqrt(1.0 + 1.0 / n))


def reference_spread(quotient: Floats, reference_rows: Ints) -> tuple[Floats, Floats]:
    """Return mean and SD per probe over the references, each left out of its own quotient."""
    rows = quotient[reference_rows]
    count = np.isfinite(rows).sum(axis=0)
    total = np.where(np.isfinite(rows), rows, 0.0).sum(axis=0)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    square = np.where(np.isfinite(rows), (rows - mean) ** 2, 0.0).sum(axis=0)
    sd = np.where(count > 1, np.sqrt(square / np.maximum(count - 1, 1)), np.nan)
    return mean, sd


def _slopes(values: Floats, length_nt: Floats, reference_probes: Mask) -> Floats:
    """Return the slope of every sample over its reference probes, ln per 100 nt."""
    return np.array(
        [
            _theil_sen(length_nt[use], row[use])
            for row, use in zip(values, reference_probes, strict=True)
        ]
    )


def _without_slope(values: Floats, slope: Floats, length_nt: Floats) -> Floats:
    distance = (length_nt - float(np.median(length_nt))) / 100.0
    return np.asarray(values - slope[:, None] * distance[None, :])


def _centred(values: Floats, reference_probes: Mask) -> Floats:
    """Return every sample with the median of its reference probes at 0."""
    centre = _nanmedian(np.where(reference_probes, values, np.nan), axis=1)
    return np.asarray(values - centre[:, None])


def _against(row: Floats, references: Floats, use: Mask) -> Floats:
    """Return the mean over `references` of the quotient of one sample."""
    if references.shape[0] == 0:
        return np.full(row.size, np.nan)
    difference = row[None, :] - references
    centre = _nanmedian(np.where(use[None, :], difference, np.nan), axis=1)
    quotient = np.exp(difference - centre[:, None])
    count = np.isfinite(quotient).sum(axis=0)
    total = np.where(np.isfinite(quotient), quotient, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _theil_sen(length_nt: Floats, difference: Floats) -> float:
    """Return the median of the slopes of all pairs, ln per 100 nt; 0 with fewer than 3 probes."""
    usable = np.isfinite(difference)
    x, y = length_nt[usable], difference[usable]
    if x.size < 3:
        return 0.0
    first, second = np.triu_indices(x.size, 1)
    run = x[second] - x[first]
    apart = run != 0.0
    if not apart.any():
        return 0.0
    rise = y[second] - y[first]
    return float(np.median(rise[apart] / run[apart]) * 100.0)


def _probe_sd(quotient: Floats, reference_probes: Mask) -> Floats:
    result = np.full(quotient.shape[0], np.nan)
    for index, (row, use) in enumerate(zip(quotient, reference_probes, strict=True)):
        values = row[use & np.isfinite(row)]
        if values.size >= 3:
            result[index] = np.std(values, ddof=1)
    return result


def _nanmedian(values: Floats, axis: int) -> Floats:
    """Return the median of the finite values along `axis`, NaN without one, without a warning."""
    ordered = np.sort(values, axis=axis)  # NaN sort to the end
    count = np.isfinite(values).sum(axis=axis)
    low = np.expand_dims(np.maximum((count - 1) // 2, 0), axis)
    high = np.expand_dims(np.maximum(count // 2, 0), axis)
    high = np.minimum(high, values.shape[axis] - 1)
    pair = np.take_along_axis(ordered, low, axis) + np.take_along_axis(ordered, high, axis)
    return np.asarray(np.where(count > 0, np.squeeze(pair, axis) / 2.0, np.nan))
