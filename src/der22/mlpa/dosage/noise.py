"""How much a probe scatters: what the references and the other samples of the run say of it."""

from __future__ import annotations

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.mlpa.dosage.quotients import leave_one_out_factor
from der22.mlpa.robust import MAD_EFFICIENCY, mad_sd, median_of_chi_square
from der22.mlpa.settings import MlpaSettings

__all__ = ["probe_sd", "probe_sigma", "run_spread"]


def probe_sd(
    reference_sd: Floats, n_references: int, unchanged: Floats, use: Mask, settings: MlpaSettings
) -> Floats:
    """Return the SD of a dosage quotient per probe, as a sample of this run would show it.

    METHOD: the SD of three to five references is itself uncertain by a third, and of fifty probes
    some look noisy by chance. Three estimates are therefore averaged as variances, each with its
    degrees of freedom: the references (n - 1), the spread over the run where the probe is rarely
    changed (0.37 of the samples, the efficiency of the MAD), and that of a usual probe of this run
    (`sd_prior_degrees`), as Smyth does for genes (Stat Appl Genet Mol Biol 2004;3:3).

    Args:
        reference_sd: SD of the references, each against the others, shape (n_probes,).
        n_references: how many they are.
        unchanged: quotients of the samples that passed, NaN where a change is seen, shape
            (n_samples, n_probes).
        use: target and reference probes.
        settings: weight of a usual probe, and where a spread over the run means something.
    """
    n = float(max(n_references, 2))
    reference = reference_sd * leave_one_out_factor(n_references)
    spread, rests_on = run_spread(unchanged, settings, upper_half=True)
    spread *= np.sqrt(1.0 + 1.0 / n)
    spread_degrees = MAD_EFFICIENCY * rests_on
    degrees = np.where(np.isfinite(reference), n - 1.0, 0.0)
    known, usual = reference[use & np.isfinite(reference)], np.nan
    if known.size:
        usual = float(np.median(known)) ** 2 / median_of_chi_square(n - 1.0)
    prior = settings.sd_prior_degrees
    total = prior * usual + degrees * np.nan_to_num(reference) ** 2
    total += spread_degrees * np.nan_to_num(spread) ** 2
    variance = total / (prior + degrees + spread_degrees)
    return np.asarray(np.where(degrees > 0.0, np.sqrt(variance), np.nan))


def probe_sigma(
    per_probe: Floats, own_sd: Floats, n_own: Ints, noise: Floats, settings: MlpaSettings
) -> Floats:
    """Return the SD of each quotient by what is the probe's own, shape (n_samples, n_probes).

    METHOD: what the run shows for this probe, raised in proportion where the sample's own reference
    probes scatter more than those of a usual sample of the run (its SD drawn towards the usual one,
    since a dozen probes do not know it better than to a fifth); a floor; and the noise of the
    signal, which matters under low peaks.

    Args:
        per_probe: as `probe_sd` returns it.
        own_sd: SD over the reference probes of each sample.
        n_own: evaluable reference probes of each sample.
        noise: SD of each quotient by the noise of the signal, shape (n_samples, n_probes).
        settings: the floor.
    """
    known = own_sd[np.isfinite(own_sd)]
    usual = float(np.median(known)) if known.size else float("nan")
    degrees = np.where(np.isfinite(own_sd), np.maximum(n_own - 1, 0), 0.0)
    prior = settings.sd_prior_degrees
    variance = (prior * usual**2 + degrees * np.nan_to_num(own_sd) ** 2) / (prior + degrees)
    raised = np.maximum(np.sqrt(variance) / usual, 1.0)
    sigma = per_probe[None, :] * raised[:, None]
    sigma = np.fmax(sigma, np.where(np.isfinite(sigma), settings.probe_sd_floor, np.nan))
    return np.asarray(np.hypot(sigma, np.nan_to_num(noise)))


def run_spread(
    quotient: Floats, settings: MlpaSettings, *, upper_half: bool = False
) -> tuple[Floats, Floats]:
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
        if values.size < settings.spread_min_samples:
            continue
        outside = (values < settings.spread_low) | (values > settings.spread_high)
        centre = float(np.median(values))
        if outside.mean() > settings.spread_max_outside:
            values, centre = values[values > 1.0], 1.0
            if not upper_half or values.size < settings.spread_min_half:
                continue
        spread[index] = mad_sd(values, centre)
        rests_on[index] = values.size
    return spread, rests_on
