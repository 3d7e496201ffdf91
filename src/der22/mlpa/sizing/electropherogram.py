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
from der22.mlpa.codes import make_flag
from der22.mlpa.sentences import some
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.artifacts import find_offscale, find_pullup, find_spikes
from der22.mlpa.sizing.baseline import channel_noise, smooth, subtract_baseline
from der22.mlpa.sizing.peaks import Peaks, find_peaks
from der22.mlpa.sizing.southern import local_southern
from der22.mlpa.sizing.standard import Span, StandardFit, find_standard, judge_standard

__all__ = [
    "ANYWHERE",
    "ChannelPeaks",
    "Electropherogram",
    "HintStandards",
    "find_channel_peaks",
    "measure_run",
    "size_peaks",
]

#: gives the standards to try for a hint, only asked when the right one was not found
HintStandards: TypeAlias = Callable[[], Sequence[SizeStandard]]

_DYE = re.compile(r"LIZ|ROX|CXR|TAMRA", re.IGNORECASE)
_LENGTH = re.compile(r"1200|600|500|400|350")
#: where probes lie when no sheet says so: everywhere
ANYWHERE: Span = (-np.inf, np.inf)


@dataclass(frozen=True, slots=True)
class ChannelPeaks:
    """The peaks of one dye with what is known of each; arrays of shape (n,).

    Attributes:
        peaks: where and how high.
        spike: narrow and in several dyes.
        pullup: small under a tall peak of another dye.
        offscale: saturated within a few scans of the apex.
        noise: SD of a scan, RFU.
        limit: height below which no peak is found, RFU, shape (n_blocks,): the least height of a
            peak, or the signal itself where it is higher and yet holds none.
        limit_scan: middle of each of these blocks of scans.
    """

    peaks: Peaks
    spike: Mask
    pullup: Mask
    offscale: Mask
    noise: float
    limit: Floats
    limit_scan: Floats


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
    run: FragmentRun,
    standard: SizeStandard,
    settings: MlpaSettings,
    hints: HintStandards,
    probes_nt: Span = ANYWHERE,
) -> Electropherogram:
    """Return the sized peaks of a run, or its peaks and the flag of refusal.

    Args:
        run: raw channels; the size standard is looked for in the last one only.
        standard: decided by the sheet, never by the file.
        settings: thresholds.
        hints: other standards to name in the sentence of a refusal.
        probes_nt: first and last length of the probemix; there the standard is judged.
    """
    channels = find_channel_peaks(run, settings)
    return size_peaks(run, channels, standard, settings, hints, probes_nt)


def find_channel_peaks(run: FragmentRun, settings: MlpaSettings) -> tuple[ChannelPeaks, ...]:
    """Return the peaks of every channel with spikes, pull-up and saturation marked."""
    signal = subtract_baseline(run.channels, settings)
    noise = channel_noise(run.channels)
    smoothed = smooth(signal, settings.smooth_sigma_scans)
    minimum = np.full(len(signal), settings.peak_min_rfu)
    minimum[-1] = settings.standard_peak_min_rfu
    minimum = np.maximum(minimum, settings.peak_min_snr * noise)
    found = [
        find_peaks(signal[i], smoothed[i], float(minimum[i]), settings) for i in range(len(signal))
    ]
    spikes = find_spikes(found, settings)
    offscale = [
        find_offscale(peaks, run.offscale, settings.offscale_reach_scans) for peaks in found
    ]
    pullup = find_pullup(found, spikes, offscale, settings)
    starts = np.arange(0, run.n_scans, settings.limit_block_scans)
    limit = np.maximum(np.maximum.reduceat(smoothed, starts, axis=1), minimum[:, None])
    middles = np.asarray(starts + (settings.limit_block_scans - 1) / 2.0, dtype=np.float64)
    return tuple(
        ChannelPeaks(peaks, spikes[i], pullup[i], offscale[i], float(noise[i]), limit[i], middles)
        for i, peaks in enumerate(found)
    )


def size_peaks(
    run: FragmentRun,
    channels: tuple[ChannelPeaks, ...],
    standard: SizeStandard,
    settings: MlpaSettings,
    hints: HintStandards,
    probes_nt: Span = ANYWHERE,
) -> Electropherogram:
    """Find and judge the size standard, and give every peak inside it a size."""
    fit = _find(channels[-1], standard, run.n_scans, probes_nt, settings)
    dye = run.dye_names[-1] or f"{len(run.dye_names)}"
    refusal = judge_standard(fit, standard, settings, run.name, dye)
    if refusal is not None and refusal.code == "SIZE_STANDARD_NOT_FOUND":
        hint = _hint(run, channels, standard, settings, hints(), probes_nt)
        refusal = make_flag(refusal.code, f"{refusal.message}; {hint}")
    sizes: tuple[Floats, ...] = ()
    if fit is None or refusal is not None:
        flags = [] if refusal is None else [refusal]
        flags += _notes_of_refused(run, channels, fit, settings)
    else:
        flags = _notes(run, channels, fit, standard, settings)
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


def _find(
    channel: ChannelPeaks,
    standard: SizeStandard,
    n_scans: int,
    probes_nt: Span,
    settings: MlpaSettings,
) -> StandardFit | None:
    doubtful = channel.pullup | channel.spike
    return find_standard(channel.peaks, doubtful, standard, n_scans, probes_nt, settings)


def _hint(
    run: FragmentRun,
    channels: tuple[ChannelPeaks, ...],
    standard: SizeStandard,
    settings: MlpaSettings,
    others: Sequence[SizeStandard],
    probes_nt: Span,
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
            fit = _find(channel, other, run.n_scans, probes_nt, settings)
            if judge_standard(fit, other, settings, run.name, "") is None:
                fitting.append(f"{other.name} in dye {run.dye_names[index] or index + 1}")
    if not fitting:
        return "no known comb fits in any dye; check that the standard was added"
    return f"a comb fits {', '.join(fitting)}; check the sheet's size_standard"


def _notes(
    run: FragmentRun,
    channels: tuple[ChannelPeaks, ...],
    fit: StandardFit,
    standard: SizeStandard,
    settings: MlpaSettings,
) -> list[Flag]:
    """Tell what is worth knowing of a standard that serves."""
    notes: list[Flag] = []
    if fit.odd_end_nt is not None:
        text = f"{run.name}: the {fit.odd_end_nt:g}-nt fragment is odd, but lies beyond the probes"
        notes.append(make_flag("SIZE_STANDARD_POOR", text, Severity.WARNING))
    if fit.median_height < settings.standard_weak_rfu:
        message = f"{run.name}: standard median {fit.median_height:.0f} RFU"
        notes.append(make_flag("SIZE_STANDARD_WEAK", message))
    serving = fit.size_nt >= settings.standard_fit_from_nt
    n_offscale = int(channels[-1].offscale[fit.peak][serving].sum())
    if n_offscale:
        message = f"{run.name}: {n_offscale} fragments off scale"
        notes.append(make_flag("SIZE_STANDARD_OFFSCALE", message))
    header = run.standard_name or ""
    for pattern in (_DYE, _LENGTH):
        told, wanted = pattern.search(header), pattern.search(standard.name)
        if told and wanted and told.group().upper() != wanted.group().upper():
            message = (
                f"{run.name}: header says {told.group()}, sheet says {standard.name}; "
                f"the trace shows {standard.name}"
            )
            notes.append(make_flag("METADATA_MISMATCH", message))
            break
    notes.extend(_artifact_notes(run.name, channels, fit, settings))
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
    notes = _artifact_notes(run.name, channels, fit, settings)
    probes = channels[0]
    inside = (probes.peaks.scan > fit.scan[0]) & (probes.peaks.scan < fit.scan[-1])
    saturated = int((probes.offscale & inside).sum())
    if saturated:
        level = Severity.ERROR if saturated > settings.offscale_max_probes else Severity.WARNING
        text = f"{run.name}: {saturated} peaks saturated; dilute or inject shorter"
        notes.append(make_flag("OFFSCALE", text, level))
    return notes


def _artifact_notes(
    name: str, channels: tuple[ChannelPeaks, ...], fit: StandardFit, settings: MlpaSettings
) -> list[Flag]:
    """Tell of spikes where probes are measured, and of pull-up into the size standard there.

    Before 50 nt the primers run; what bleeds from them there hurts nothing.
    """
    notes = []
    serving = fit.size_nt >= settings.standard_fit_from_nt
    first = float(fit.scan[serving].min(initial=fit.scan[-1]))
    spikes = sorted(
        {
            round(float(scan) / 4.0) * 4
            for channel in channels
            for scan in channel.peaks.scan[channel.spike]
            if first <= scan <= fit.scan[-1]
        }
    )
    if spikes:
        message = f"{name}: {len(spikes)} peaks at scans {some(spikes)} excluded"
        notes.append(make_flag("SPIKE", message))
    last = channels[-1]
    inside = (last.peaks.scan >= first) & (last.peaks.scan <= fit.scan[-1])
    told = last.pullup & inside
    told[fit.peak] = False
    tall = told & (last.peaks.height >= settings.pullup_told_ratio * fit.median_height)
    scans = [round(float(scan)) for scan in last.peaks.scan[told]]
    if tall.any() or len(scans) >= settings.pullup_told_count:
        message = f"{name}: {len(scans)} peaks at scans {some(scans)} excluded"
        notes.append(make_flag("PULLUP", message))
    return notes
