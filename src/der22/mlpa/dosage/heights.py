"""What was observed of each probe: a height, or that it lies below the detection limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Mask
from der22.mlpa.dosage.filling import ProbeSignals
from der22.mlpa.settings import MlpaSettings

__all__ = ["Heights", "observe"]


@dataclass(frozen=True, slots=True)
class Heights:
    """One sample; arrays of shape (n_probes,).

    Attributes:
        log_height: ln of the height, NaN where the bin is empty or says nothing.
        log_limit: ln of the detection limit; NaN where the bin says nothing.
        is_empty: measured and evaluable, and no peak there.
        log_noise: ln of the SD of a height by the noise of the signal, -inf where not known.
    """

    log_height: Floats
    log_limit: Floats
    is_empty: Mask
    log_noise: float = -np.inf


def observe(signals: ProbeSignals, settings: MlpaSettings) -> Heights:
    """Return the heights of a sample, or its areas where the settings ask for them.

    An area has no detection limit of its own; that of the height is used, in the ratio that areas
    have to heights in this sample.
    """
    height, limit, noise = signals.height, signals.limit, signals.noise
    if settings.dosage_from == "area" and np.isfinite(signals.area).any():
        seen = np.isfinite(signals.area) & (height > 0.0)
        ratio = float(np.median(signals.area[seen] / height[seen])) if seen.any() else np.nan
        height, limit, noise = signals.area, limit * ratio, noise * ratio
    usable = signals.evaluable & np.isfinite(height)
    with np.errstate(divide="ignore"):
        return Heights(
            log_height=np.log(np.where(usable & (height > 0.0), height, np.nan)),
            log_limit=np.log(np.where(usable, limit, np.nan)),
            is_empty=usable & ~(height > 0.0),
            log_noise=float(np.log(noise)),
        )
