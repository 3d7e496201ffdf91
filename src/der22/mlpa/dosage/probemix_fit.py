"""Does the probemix sheet fit what the run shows?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from der22.flags import Flag
from der22.formats.probemix import Probemix, ProbeRole
from der22.mlpa.codes import make_flag
from der22.mlpa.dosage.bins import Bins, learn_bins
from der22.mlpa.records import RunSample
from der22.mlpa.settings import MlpaSettings

__all__ = ["describe_mismatch", "learn_run_bins"]


def learn_run_bins(
    samples: Sequence[RunSample], probemix: Probemix, settings: MlpaSettings
) -> Bins | None:
    """Learn bins from the references that show product, else from all samples that do."""
    n_dosage = len(probemix.of_role(ProbeRole.TARGET, ProbeRole.REFERENCE))
    showing = [
        (sample.role, sample.signal)
        for sample in samples
        if sample.signal is not None
        and sample.signal.direct is None
        and sample.role != "no_dna"
        and 2 * sample.signal.size_nt.size >= n_dosage
    ]
    references = [signal for role, signal in showing if role == "reference"]
    signals = references if len(references) >= 2 else [signal for _, signal in showing]
    if signals:
        return learn_bins(probemix, signals, settings)
    if any(s.signal is not None and s.signal.direct is None for s in samples):
        # no sample shows product: the expected lengths must do
        length = np.array([probe.length_nt for probe in probemix.probes])
        half = np.full(length.size, settings.bin_half_width_nt)
        return Bins(length, half, filled=1.0, rms_nt=0.0, unexplained=0.0)
    return None


def describe_mismatch(
    run_id: str,
    bins: Bins,
    samples: Sequence[RunSample],
    probemix: Probemix,
    other_sheets: Sequence[Probemix],
    settings: MlpaSettings,
) -> Flag:
    """Return why the sheet cannot be the one of this run, and which known sheet fits best."""
    best: tuple[float, str] | None = None
    for sheet in other_sheets:
        tried = learn_run_bins(samples, sheet, settings) if sheet != probemix else None
        if tried is not None and tried.fits(settings):
            rank = (tried.misfit(settings), sheet.name)
            best = rank if best is None else min(best, rank)
    return make_flag(
        "PROBEMIX_MISMATCH",
        f"run {run_id}: {bins.filled:.2f} of bins filled, offsets scatter {bins.rms_nt:.2f} nt, "
        f"{bins.unexplained:.2f} of tall peaks unexplained, together {bins.misfit(settings):.2f} "
        f"limits (limit {settings.probemix_max_misfit:g}); best sheet "
        f"{'none of those known' if best is None else best[1]}",
    )
