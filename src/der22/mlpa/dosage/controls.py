"""The control fragments: was there enough DNA, was it denatured and ligated, which sex is it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Mask
from der22.flags import Flag, Severity
from der22.formats.probemix import Probemix, ProbeRole
from der22.mlpa.codes import make_flag
from der22.mlpa.dosage.filling import ProbeSignals
from der22.mlpa.settings import MlpaSettings

__all__ = [
    "ControlProfile",
    "Denaturation",
    "compare_controls",
    "fit_controls",
    "has_controls",
    "judge_controls",
    "observed_sex",
]


@dataclass(frozen=True, slots=True)
class ControlProfile:
    """What the control fragments of the reference samples show; NaN where nothing does.

    Attributes:
        denaturation: height of each denaturation fragment over the 92-nt peak, median.
        denaturation_sd: SD of their mean in one sample, as a share of the above.
        quantity: quantity fragments over the 92-nt peak, median.
        male: Y over X of the male reference samples, median.
    """

    denaturation: Floats
    denaturation_sd: float
    quantity: float
    male: float


@dataclass(frozen=True, slots=True)
class Denaturation:
    """The denaturation fragments of a sample over those of the reference samples.

    Attributes:
        quotient: mean of the fragments, NaN when not known.
        sd: its SD.
        is_low: far enough below 1 to doubt losses.
    """

    quotient: float
    sd: float
    is_low: bool

    def shadow(self, settings: MlpaSettings) -> float:
        """Return how far below 1 a probe may stand for lack of denaturation alone, DQ.

        METHOD: the denaturation fragments lie in CpG islands, and no probe suffers more than they
        do.
        """
        return settings.denaturation_reach * (1.0 - self.quotient) if self.is_low else 0.0


def has_controls(probemix: Probemix) -> bool:
    """Whether the sheet names quantity, benchmark and denaturation fragments."""
    needed = (ProbeRole.QUANTITY, ProbeRole.BENCHMARK, ProbeRole.DENATURATION)
    return all(probemix.of_role(role) for role in needed)


def fit_controls(
    probemix: Probemix,
    references: Sequence[ProbeSignals],
    usual_sd: float,
    settings: MlpaSettings,
) -> ControlProfile:
    """Return what the control fragments of the reference samples show.

    METHOD: the SD of a ratio is drawn towards that of a ratio of usual probes, since three to five
    references do not know it better than to a third; and it holds the error of their own mean.

    Args:
        probemix: names the fragments.
        references: the reference samples.
        usual_sd: SD of the dosage quotient of a usual probe of this run.
        settings: weight of a usual probe; what is male.
    """
    ratios = np.array([_over_benchmark(probemix, s, ProbeRole.DENATURATION) for s in references])
    ratios = ratios.reshape(len(references), len(probemix.of_role(ProbeRole.DENATURATION)))
    usual = np.array([_median(column[column > 0.0]) for column in ratios.T])
    means = np.array([_mean(row / usual) for row in ratios])
    means = means[np.isfinite(means)]
    prior, degrees = settings.sd_prior_degrees, max(means.size - 1, 0)
    own = float(np.var(means, ddof=1)) if degrees else 0.0
    expected = usual_sd**2 * (1.0 + 1.0 / max(usual.size, 1))
    variance = (prior * expected + degrees * own) / max(prior + degrees, 1.0)
    quantity = [_median(_over_benchmark(probemix, s, ProbeRole.QUANTITY)) for s in references]
    sexes = np.array([_y_over_x(probemix, s, settings) for s in references])
    return ControlProfile(
        denaturation=usual,
        denaturation_sd=float(np.sqrt(variance * (1.0 + 1.0 / max(means.size, 1)))),
        quantity=_median(np.array(quantity)),
        male=_median(sexes[sexes > settings.sex_male_min_ratio]),
    )


def compare_controls(
    probemix: Probemix, signals: ProbeSignals, profile: ControlProfile, settings: MlpaSettings
) -> tuple[Denaturation, list[Flag]]:
    """Return the control fragments of a sample against those of the reference samples."""
    ratio = _over_benchmark(probemix, signals, ProbeRole.DENATURATION)
    quotient = _mean(ratio / profile.denaturation) if ratio.size else np.nan
    limit = min(
        settings.denaturation_low_quotient,
        1.0 - settings.denaturation_low_sds * profile.denaturation_sd,
    )
    found = Denaturation(quotient, profile.denaturation_sd, bool(quotient < limit))
    flags = []
    if found.is_low:
        text = (
            f"the denaturation fragments are {quotient:.2f} of the references' own (limit "
            f"{limit:.2f}); losses down to {1.0 - found.shadow(settings):.2f} are not called; "
            "purify and denature again"
        )
        flags.append(make_flag("DENATURATION_LOW", text))
    quantity = _median(_over_benchmark(probemix, signals, ProbeRole.QUANTITY))
    if quantity > settings.quantity_max_quotient * profile.quantity > 0.0:
        text = (
            f"Q fragments are {quantity / profile.quantity:.1f} times the references' own (limit "
            f"{settings.quantity_max_quotient:g}); repeat with more DNA"
        )
        flags.append(make_flag("LOW_DNA", text, Severity.WARNING))
    return found, flags


def judge_controls(probemix: Probemix, signals: ProbeSignals, settings: MlpaSettings) -> list[Flag]:
    """Return what the control fragments say against a patient or reference sample.

    METHOD: general rules of the kits (recalled, medium confidence). Quantity fragments need no
    template, so they rise as the DNA falls; the two denaturation fragments lie in CpG islands and
    fall when the DNA stays double-stranded; the 92-nt fragment is the yardstick of both.
    """
    reference = _heights(probemix, signals, ProbeRole.REFERENCE)
    probes = np.concatenate([reference, _heights(probemix, signals, ProbeRole.TARGET)])
    quantity = _heights(probemix, signals, ProbeRole.QUANTITY)
    few_probes = (probes > 0.0).mean() < settings.product_min_share if probes.size else True
    few_quantity = (quantity > 0.0).mean() < settings.quantity_seen_share if quantity.size else True
    if few_probes and few_quantity:
        text = "no peak above detection where probes and quantity fragments run; repeat"
        return [make_flag("NO_PRODUCT", text)]
    benchmark = _median(_heights(probemix, signals, ProbeRole.BENCHMARK))
    if not has_controls(probemix) or np.isnan(benchmark):
        return []
    flags = []
    amount = _median(quantity)
    if amount > settings.quantity_max_ratio * benchmark:
        said = f"{amount / benchmark:.2f}" if benchmark > 0.0 else "present, not"
        limit = f"(limit {settings.quantity_max_ratio:g})"
        sentence = f"Q fragments are {said} of the 92-nt peak {limit}"
        if np.nan_to_num(_median(reference)) < settings.ligation_min_share * amount:
            text = f"{sentence} and the probes are missing; new ligase"
            flags.append(make_flag("LIGATION_FAILED", text))
        else:
            flags.append(make_flag("LOW_DNA", f"{sentence}; repeat with more DNA"))
    names = [probe.probe_id for probe in probemix.of_role(ProbeRole.DENATURATION)]
    ratios = _over_benchmark(probemix, signals, ProbeRole.DENATURATION)
    for name, ratio in zip(names, ratios.tolist(), strict=True):
        if ratio < settings.denaturation_min_ratio:
            text = (
                f"{name} is {ratio:.2f} of the 92-nt peak (limit "
                f"{settings.denaturation_min_ratio:g}); purify and denature again"
            )
            flags.append(make_flag("DENATURATION", text))
    return flags


def observed_sex(
    probemix: Probemix, signals: ProbeSignals, settings: MlpaSettings, male: float = np.nan
) -> str:
    """Return F, M, or unclear, by the height ratio of the Y and X fragments; '' without them.

    Args:
        probemix: names the fragments.
        signals: of the sample.
        settings: limits.
        male: the ratio in male reference samples; a sample with far less holds cells of both sexes.
    """
    if not (probemix.of_role(ProbeRole.SEX_X) and probemix.of_role(ProbeRole.SEX_Y)):
        return ""
    x_seen, y_seen = (
        _heights(probemix, signals, role).size for role in (ProbeRole.SEX_X, ProbeRole.SEX_Y)
    )
    if not (x_seen and y_seen):
        return ""
    ratio = _y_over_x(probemix, signals, settings)
    if ratio > settings.sex_male_min_ratio:
        return "unclear" if ratio < settings.sex_male_min_quotient * male else "M"
    return "F" if ratio < settings.sex_female_max_ratio else "unclear"


def _y_over_x(probemix: Probemix, signals: ProbeSignals, settings: MlpaSettings) -> float:
    """Return the height of the Y over that of the X fragments, NaN where X is not seen."""
    x_height = _median(_heights(probemix, signals, ProbeRole.SEX_X))
    reference = _median(_heights(probemix, signals, ProbeRole.REFERENCE))
    if not x_height > settings.x_min_share * np.nan_to_num(reference):
        return np.nan
    return _median(_heights(probemix, signals, ProbeRole.SEX_Y)) / x_height


def _over_benchmark(probemix: Probemix, signals: ProbeSignals, role: ProbeRole) -> Floats:
    """Return the height of each fragment of a role over the 92-nt peak, NaN where not evaluable."""
    height = np.where(signals.evaluable, signals.height, np.nan)[_of_role(probemix, role)]
    benchmark = _median(_heights(probemix, signals, ProbeRole.BENCHMARK))
    return np.asarray(height / (benchmark if benchmark > 0.0 else np.nan))


def _heights(probemix: Probemix, signals: ProbeSignals, role: ProbeRole) -> Floats:
    """Return the heights of the evaluable fragments of a role."""
    return np.asarray(signals.height[_of_role(probemix, role) & signals.evaluable])


def _of_role(probemix: Probemix, role: ProbeRole) -> Mask:
    return np.array([probe.role == role for probe in probemix.probes], dtype=np.bool_)


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else np.nan


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else np.nan
