"""The control fragments: was there enough DNA, was it denatured and ligated, which sex is it."""

from __future__ import annotations

import numpy as np

from der22.arrays import Floats
from der22.flags import Flag
from der22.formats.probemix import Probemix, ProbeRole
from der22.mlpa.bins import ProbeSignals
from der22.mlpa.codes import make_flag
from der22.mlpa.settings import MlpaSettings

__all__ = ["has_controls", "judge_controls", "observed_sex"]

_LIGATION_SHARE = 0.1  # of Q
_PRODUCT_SHARE = 0.1  # of the probes; a stray peak in a bin is no product
_X_MIN_SHARE = 0.05  # of the median reference probe


def has_controls(probemix: Probemix) -> bool:
    """Whether the sheet names quantity, benchmark and denaturation fragments."""
    needed = (ProbeRole.QUANTITY, ProbeRole.BENCHMARK, ProbeRole.DENATURATION)
    return all(probemix.of_role(role) for role in needed)


def judge_controls(probemix: Probemix, signals: ProbeSignals, settings: MlpaSettings) -> list[Flag]:
    """Return what the control fragments say against a patient or reference sample.

    METHOD: general rules of the kits (recalled, medium confidence). Quantity fragments need no
    template, so they rise as the DNA falls; the two denaturation fragments lie in CpG islands and
    fall when the DNA stays double-stranded; the 92-nt fragment is the yardstick of both.
    """
    reference = _heights(probemix, signals, ProbeRole.REFERENCE)
    target = _heights(probemix, signals, ProbeRole.TARGET)
    quantity = _heights(probemix, signals, ProbeRole.QUANTITY)
    probes_seen = _seen_share(np.concatenate([reference, target]))
    if probes_seen < _PRODUCT_SHARE and _seen_share(quantity) < 0.5:
        text = "no peak above detection where probes and quantity fragments run; repeat"
        return [make_flag("NO_PRODUCT", text)]
    if not has_controls(probemix):
        return []
    return [
        *_judge_quantity(probemix, signals, reference, settings),
        *_judge_denaturation(probemix, signals, settings),
    ]


def _seen_share(heights: Floats) -> float:
    return float((heights > 0.0).mean()) if heights.size else 0.0


def _judge_quantity(
    probemix: Probemix,
    signals: ProbeSignals,
    reference: Floats,
    settings: MlpaSettings,
) -> list[Flag]:
    quantity_heights = _heights(probemix, signals, ProbeRole.QUANTITY)
    benchmark_heights = _heights(probemix, signals, ProbeRole.BENCHMARK)
    if quantity_heights.size == 0 or benchmark_heights.size == 0:
        return []
    quantity = float(np.median(quantity_heights))
    benchmark = float(np.median(benchmark_heights))
    if quantity <= settings.quantity_max_ratio * benchmark:
        return []
    ratio = quantity / benchmark if benchmark > 0.0 else np.inf
    said = f"{ratio:.2f}" if np.isfinite(ratio) else "present, not"
    sentence = f"Q fragments are {said} of the 92-nt peak (limit {settings.quantity_max_ratio:g})"
    median_reference = float(np.median(reference)) if reference.size else 0.0
    if median_reference < _LIGATION_SHARE * quantity:
        return [make_flag("LIGATION_FAILED", f"{sentence} and the probes are missing; new ligase")]
    return [make_flag("LOW_DNA", f"{sentence}; repeat with more DNA")]


def _judge_denaturation(
    probemix: Probemix, signals: ProbeSignals, settings: MlpaSettings
) -> list[Flag]:
    benchmark_heights = _heights(probemix, signals, ProbeRole.BENCHMARK)
    benchmark = float(np.median(benchmark_heights)) if benchmark_heights.size else 0.0
    if benchmark <= 0.0:
        return []
    flags = []
    for index, probe in enumerate(probemix.probes):
        if probe.role != ProbeRole.DENATURATION or not signals.evaluable[index]:
            continue
        ratio = float(signals.height[index]) / benchmark
        if ratio < settings.denaturation_min_ratio:
            flags.append(
                make_flag(
                    "DENATURATION",
                    f"{probe.probe_id} is {ratio:.2f} of the 92-nt peak (limit "
                    f"{settings.denaturation_min_ratio:g}); purify and denature again",
                )
            )
    return flags


def observed_sex(probemix: Probemix, signals: ProbeSignals, settings: MlpaSettings) -> str:
    """Return F, M, or unclear, by the height ratio of the Y and X fragments; '' without them."""
    x_heights = _heights(probemix, signals, ProbeRole.SEX_X)
    y_heights = _heights(probemix, signals, ProbeRole.SEX_Y)
    if x_heights.size == 0 or y_heights.size == 0:
        return ""
    reference = _heights(probemix, signals, ProbeRole.REFERENCE)
    least = _X_MIN_SHARE * float(np.median(reference)) if reference.size else 0.0
    x_height, y_height = float(np.median(x_heights)), float(np.median(y_heights))
    if x_height <= least:
        return "unclear"
    ratio = y_height / x_height
    if ratio > settings.sex_male_min_ratio:
        return "M"
    return "F" if ratio < settings.sex_female_max_ratio else "unclear"


def _heights(probemix: Probemix, signals: ProbeSignals, role: ProbeRole) -> Floats:
    """Return the heights of the evaluable fragments of a role."""
    is_role = np.array([probe.role == role for probe in probemix.probes], dtype=np.bool_)
    return signals.height[is_role & signals.evaluable]
