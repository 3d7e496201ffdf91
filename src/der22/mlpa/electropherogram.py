"""From the raw channels of one capillary to sized peaks, or to a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from der22.arrays import Floats, Mask
from der22.flags import Flag, Severity
from der22.formats.fragment_run import FragmentRun
from der22.formats.size_standard import SizeStandard
from der22.mlpa.artifacts import find_offscale, find_pullup, find_spikes
from der22.mlpa.baseline import channel_noise, smooth, subtract_baseline
from der22.mlpa.codes import make_flag
from der22.mlpa.peaks import Peaks, find_peaks
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing import local_southern
from der22.mlpa.standard import StandardFit, find_standard, judge_standard

__all__ = [
    "ChannelPeaks",
    "Electropherogram",
    "HintStandards",
    "find_channel_peaks",
    "measure_run",
    "size_peaks",
]

#: gives the standards to try for a hint, only asked when the right one was not found
HintStandards: TypeAlias = Callable[[], Sequence[SizeStandard]]

_PULLUP_TOLD_RATIO = 0.3  # of the median fragment: a lower one could not be taken for one
_MEASURED_FROM_NT = 50.0
_PULLUP_TOLD_COUNT = 5  # but several mean a worn spectral calibration


@dataclass(frozen=True, slots=True)
class ChannelPeaks:
    """The peaks of one dye with what is known of each; arrays of shape (n,).

    Attributes:
        peaks: where and how high.
        spike: narrow and in several dyes.
        pullup: small under a tall peak of another dye.
        offscale: saturated within four scans of the apex.
    """

    peaks: Peaks
    spike: Mask
    pullup: Mask
    offscale: Mask


@dataclass(frozen=True, slots=True)
class Electropherogram:
    """One capillary, sized or refused.

    Attributes:
        name: file name.
        dye_names: one per channel.
        channels: peaks of each dye, the size standard's last.
        sizes_nt: size of each peak of each channel; NaN outside the found fragments. Empty when
            refused.
        standard: the size standard as found, also when refused; None when there is no comb at all.
        score: of the size standard, 0 to 1; NaN without a comb.
        flags: what was noticed; an error means refused.
        sample_name: name in the file.
        well: well in the file.
    """

    name: str
    dye_names: tuple[str, ...]
    channels: tuple[ChannelPeaks, ...]
    sizes_nt: tuple[Floats, ...]
    standard: StandardFit | None
    score: float
    flags: tuple[Flag, ...]
    sample_name: str | None
    well: str | None

    @property
    def is_sized(self) -> bool:
        """Whether the peaks have sizes."""
        return bool(self.sizes_nt)


def measure_run(
    run: FragmentRun, standard: SizeStandard, settings: MlpaSettings, hints: HintStandards
) -> Electropherogram:
    """Return the sized peaks of a run, or its peaks and the flag of refusal.

    Args:
        run: raw channels; the size standard is looked for in the last one only.
        standard: decided by the sheet, never by the file.
        settings: thresholds.
        hints: other standards to name in the sentence of a refusal.
    """
    channels = find_channel_peaks(run, settings)
    return size_peaks(run, channels, standard, settings, hints)


def find_channel_peaks(run: FragmentRun, settings: MlpaSettings) -> tuple[ChannelPeaks, ...]:
    """Return the peaks of every channel with spikes, pull-up and saturation marked."""
    signal = subtract_baseline(run.channels)
    noise = channel_noise(run.channels)
    smoothed = smooth(signal)
    minimum = np.full(len(signal), settings.peak_min_rfu)
    minimum[-1] = settings.standard_peak_min_rfu
    minimum = np.maximum(minimum, settings.peak_min_snr * noise)
    found = [find_peaks(signal[i], smoothed[i], float(minimum[i])) for i in range(signal.shape[0])]
    spikes = find_spikes(found, settings)
    offscale = [find_offscale(peaks, run.offscale) for peaks in found]
    pullup = find_pullup(found, spikes, offscale, settings)
    return tuple(
        ChannelPeaks(*of_channel)
        for of_channel in zip(found, spikes, pullup, offscale, strict=True)
    )


def size_peaks(
    run: FragmentRun,
    channels: tuple[ChannelPeaks, ...],
    standard: SizeStandard,
    settings: MlpaSettings,
    hints: HintStandards,
) -> Electropherogram:
    """Find and judge the size standard, and give every peak inside it a size."""
    fit = _find(channels[-1], standard, run.n_scans)
    dye = run.dye_names[-1] or f"{len(run.dye_names)}"
    refusal = judge_standard(fit, standard, settings, run.name, dye)
    if refusal is not None and refusal.code == "SIZE_STANDARD_NOT_FOUND":
        hint = _hint(run, channels, standard, settings, hints())
        refusal = make_flag(refusal.code, f"{refusal.message}; {hint}")
    if refusal is None:
        flags = _notes(run, channels, fit, standard, settings)
    else:
        flags = [refusal, *_notes_of_refused(run, channels, fit, settings)]
    sizes: tuple[Floats, ...] = ()
    if fit is not None and refusal is None:
        sizes = tuple(local_southern(c.peaks.scan, fit.scan, fit.size_nt) for c in channels)
    return Electropherogram(
        name=run.name,
        dye_names=run.dye_names,
        channels=channels,
        sizes_nt=sizes,
        standard=fit,
        score=np.nan if fit is None else fit.score(settings),
        flags=tuple(flags),
        sample_name=run.sample_name,
        well=run.well,
    )


def _find(channel: ChannelPeaks, standard: SizeStandard, n_scans: int) -> StandardFit | None:
    return find_standard(channel.peaks, channel.pullup | channel.spike, standard, n_scans)


def _hint(
    run: FragmentRun,
    channels: tuple[ChannelPeaks, ...],
    standard: SizeStandard,
    settings: MlpaSettings,
    others: Sequence[SizeStandard],
) -> str:
    """Say in which channels which standards would fit; none of them is used."""
    fitting: list[str] = []
    tried: set[tuple[float, ...]] = set()
    for other in (standard, *others):
        backbone = tuple(other.used_sizes_nt.tolist())
        if backbone in tried:
            continue
        tried.add(backbone)
        for index, channel in enumerate(channels):
            if other is standard and index == len(channels) - 1:
                continue
            fit = _find(channel, other, run.n_scans)
            if judge_standard(fit, other, settings, run.name, "") is None:
                fitting.append(f"{other.name} in dye {run.dye_names[index] or index + 1}")
    if not fitting:
        return "no known comb fits in any dye; check that the standard was added"
    return f"a comb fits {', '.join(fitting)}; check the sheet's size_standard"


def _notes(
    run: FragmentRun,
    channels: tuple[ChannelPeaks, ...],
    fit: StandardFit | None,
    standard: SizeStandard,
    settings: MlpaSettings,
) -> list[Flag]:
    notes: list[Flag] = []
    if fit is None:
        return notes
    if fit.median_height < settings.standard_weak_rfu:
        message = f"{run.name}: standard median {fit.median_height:.0f} RFU"
        notes.append(make_flag("SIZE_STANDARD_WEAK", message))
    n_offscale = int(channels[-1].offscale[fit.peak][fit.size_nt >= _MEASURED_FROM_NT].sum())
    if n_offscale:
        message = f"{run.name}: {n_offscale} fragments off scale"
        notes.append(make_flag("SIZE_STANDARD_OFFSCALE", message))
    mismatch = _metadata_mismatch(run.standard_name, standard.name)
    if mismatch is not None:
        message = (
            f"{run.name}: header says {mismatch}, sheet says {standard.name}; "
            f"the trace shows {standard.name}"
        )
        notes.append(make_flag("METADATA_MISMATCH", message))
    notes.extend(_artifact_notes(run.name, channels, fit))
    return notes


def _notes_of_refused(
    run: FragmentRun,
    channels: tuple[ChannelPeaks, ...],
    fit: StandardFit | None,
    settings: MlpaSettings,
) -> list[Flag]:
    """Tell what may have hidden fragments: spikes, pull-up, saturated probes."""
    if fit is None:
        return []
    notes = _artifact_notes(run.name, channels, fit)
    probes = channels[0]
    inside = (probes.peaks.scan > fit.scan[0]) & (probes.peaks.scan < fit.scan[-1])
    saturated = int((probes.offscale & inside).sum())
    if saturated:
        level = Severity.ERROR if saturated > settings.offscale_max_probes else Severity.WARNING
        text = f"{run.name}: {saturated} peaks saturated; dilute or inject shorter"
        notes.append(make_flag("OFFSCALE", text, level))
    return notes


def _artifact_notes(name: str, channels: tuple[ChannelPeaks, ...], fit: StandardFit) -> list[Flag]:
    """Tell of spikes where probes are measured, and of pull-up into the size standard there.

    Before 50 nt the primers run; what bleeds from them there hurts nothing.
    """
    notes = []
    first = float(fit.scan[fit.size_nt >= _MEASURED_FROM_NT].min(initial=fit.scan[-1]))
    spikes = sorted(
        {
            round(float(scan) / 4.0) * 4
            for channel in channels
            for scan in channel.peaks.scan[channel.spike]
            if first <= scan <= fit.scan[-1]
        }
    )
    if spikes:
        message = f"{name}: {len(spikes)} peaks at scans {_some(spikes)} excluded"
        notes.append(make_flag("SPIKE", message))
    last = channels[-1]
    inside = (last.peaks.scan >= first) & (last.peaks.scan <= fit.scan[-1])
    told = last.pullup & inside
    told[fit.peak] = False
    tall = told & (last.peaks.height >= _PULLUP_TOLD_RATIO * fit.median_height)
    scans = [round(float(scan)) for scan in last.peaks.scan[told]]
    if tall.any() or len(scans) >= _PULLUP_TOLD_COUNT:
        message = f"{name}: {len(scans)} peaks at scans {_some(scans)} excluded"
        notes.append(make_flag("PULLUP", message))
    return notes


def _some(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:6])
    return shown if len(numbers) <= 6 else f"{shown} and {len(numbers) - 6} more"


_DYE = re.compile(r"LIZ|ROX|CXR|TAMRA", re.IGNORECASE)
_LENGTH = re.compile(r"1200|600|500|400|350")


def _metadata_mismatch(header: str | None, sheet: str) -> str | None:
    """Return what contradicts, None when header and sheet agree or do not say."""
    if header is None:
        return None
    for pattern in (_DYE, _LENGTH):
        told, wanted = pattern.search(header), pattern.search(sheet)
        if told and wanted and told.group().upper() != wanted.group().upper():
            return told.group()
    return None
