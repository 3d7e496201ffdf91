"""All samples of a run against its reference samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats
from der22.flags import Flag
from der22.formats.probemix import Probemix
from der22.mlpa.dosage.controls import ControlProfile, Denaturation, compare_controls, fit_controls
from der22.mlpa.dosage.filling import ProbeSignals
from der22.mlpa.dosage.heights import observe
from der22.mlpa.dosage.panel import Panel
from der22.mlpa.dosage.quotients import (
    Dosage,
    ReferenceProfile,
    apply,
    leave_one_out_factor,
    without_dosage,
)
from der22.mlpa.dosage.references import fit_references
from der22.mlpa.settings import MlpaSettings

__all__ = ["NormalisedRun", "normalise_run"]


@dataclass(frozen=True, slots=True)
class NormalisedRun:
    """A run after normalisation.

    Attributes:
        profile: of the reference samples.
        male_ratio: Y over X of the male reference samples, NaN without any.
        dosage: of every sample; all NaN without a signal or without enough references.
        denaturation: of every sample, against the references.
        control_flags: what else the control fragments of each sample say against the references.
    """

    profile: ReferenceProfile
    male_ratio: float
    dosage: tuple[Dosage, ...]
    denaturation: tuple[Denaturation, ...]
    control_flags: tuple[tuple[Flag, ...], ...]

    @property
    def quotient(self) -> Floats:
        """Return the quotients of all samples, shape (n_samples, n_probes)."""
        return np.stack([one.quotient for one in self.dosage])


def normalise_run(
    probemix: Probemix,
    signals: Sequence[ProbeSignals | None],
    candidates: Sequence[int],
    settings: MlpaSettings,
) -> NormalisedRun:
    """Return every sample of a run against its reference samples.

    METHOD: a reference whose own denaturation fragments are low against those of the others would
    make CpG-rich probes of every patient look gained; it is left out while enough remain.

    Args:
        probemix: the sheet.
        signals: of each sample, None where there is none or no dosage is wanted.
        candidates: rows of the reference samples that passed everything before.
        settings: limits.
    """
    panel = Panel.of(probemix)
    heights = [None if found is None else observe(found, settings) for found in signals]
    rows = list(candidates)
    while True:
        profile = fit_references(heights, rows, panel, settings)
        low = {
            row: found.quotient
            for row in rows
            if (found := _against_others(probemix, signals, rows, row, profile, settings)[0]).is_low
        }
        if not low or len(rows) <= settings.min_reference_samples:
            break
        rows.remove(min(low, key=lambda row: low[row]))
    compared = [
        _against_others(probemix, signals, rows, row, profile, settings)
        for row in range(len(signals))
    ]
    return NormalisedRun(
        profile=profile,
        male_ratio=_fit(probemix, signals, rows, profile, settings).male,
        dosage=tuple(
            without_dosage(panel) if sample is None else apply(profile, sample, settings, row)
            for row, sample in enumerate(heights)
        ),
        denaturation=tuple(denaturation for denaturation, _ in compared),
        control_flags=tuple(tuple(flags) for _, flags in compared),
    )


def _fit(
    probemix: Probemix,
    signals: Sequence[ProbeSignals | None],
    rows: Sequence[int],
    profile: ReferenceProfile,
    settings: MlpaSettings,
) -> ControlProfile:
    """Return the control fragments of the samples `rows`."""
    known = profile.sd[np.isfinite(profile.sd) & profile.panel.is_dosed]
    usual = float(np.median(known)) if known.size else settings.probe_sd_floor
    usual *= leave_one_out_factor(profile.rows.size)
    references = [found for row in rows if (found := signals[row]) is not None]
    return fit_controls(probemix, references, usual, settings)


def _against_others(
    probemix: Probemix,
    signals: Sequence[ProbeSignals | None],
    rows: Sequence[int],
    row: int,
    profile: ReferenceProfile,
    settings: MlpaSettings,
) -> tuple[Denaturation, list[Flag]]:
    """Return the control fragments of a sample against those of the others of `rows`."""
    found = signals[row]
    if found is None or not profile.is_usable:
        return Denaturation(np.nan, np.nan, is_low=False), []
    others = [other for other in rows if other != row]
    return compare_controls(
        probemix, found, _fit(probemix, signals, others, profile, settings), settings
    )
