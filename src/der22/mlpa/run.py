"""One MLPA run: from the signals of its samples to calls, with what speaks against each sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Mask
from der22.flags import Flag, Severity, worst_level
from der22.formats.probemix import Probemix
from der22.mlpa.calls import GeneCall
from der22.mlpa.codes import make_flag
from der22.mlpa.dosage.bins import Bins
from der22.mlpa.dosage.controls import has_controls, observed_sex
from der22.mlpa.dosage.filling import ProbeSignals, fill_bins
from der22.mlpa.dosage.noise import probe_sd, probe_sigma
from der22.mlpa.dosage.normalised import NormalisedRun, normalise_run
from der22.mlpa.dosage.panel import Panel
from der22.mlpa.dosage.probemix_fit import describe_mismatch, learn_run_bins
from der22.mlpa.dosage.quotients import ReferenceProfile
from der22.mlpa.identity import alike_pairs, judge_sex
from der22.mlpa.judgement import (
    blast_notes,
    blast_share,
    call_all_genes,
    call_all_probes,
    judge_no_dna,
    judge_probes,
    unevaluated_genes,
    without_changes,
)
from der22.mlpa.mismatch import reference_mismatch
from der22.mlpa.ploidy import judge_ploidy, without_negatives
from der22.mlpa.records import RunResult, RunSample, SampleResult
from der22.mlpa.sentences import some
from der22.mlpa.settings import MlpaSettings
from der22.words import MlpaStatus

__all__ = ["analyse_run"]


def analyse_run(
    run_id: str,
    samples: Sequence[RunSample],
    probemix: Probemix,
    other_sheets: Sequence[Probemix],
    settings: MlpaSettings,
) -> RunResult:
    """Call every sample of a run.

    Args:
        run_id: for sentences.
        samples: of one run and one probemix.
        probemix: the sheet in force.
        other_sheets: sheets to name when this one does not fit.
        settings: thresholds.
    """
    run_flags: list[Flag] = []
    if probemix.is_synthetic:
        text = "synthetic probemix: for demonstration, not for patients"
        run_flags.append(make_flag("SYNTHETIC_PROBEMIX", text))
    if not has_controls(probemix):
        text = "the probemix has no control fragments; amount and denaturation not judged"
        run_flags.append(make_flag("CONTROLS_ABSENT", text))
    bins = learn_run_bins(samples, probemix, settings)
    if bins is not None and not bins.fits(settings):
        run_flags.append(describe_mismatch(run_id, bins, samples, probemix, other_sheets, settings))
    probes = [
        None if s.signal is None else fill_bins(probemix, s.signal, bins, settings) for s in samples
    ]
    if _has_error(run_flags):  # under another mix's sheet the probes mean nothing
        own = [list(sample.flags) for sample in samples]
    else:
        own = [
            [*sample.flags, *judge_probes(probemix, found, settings)]
            if found is not None and sample.role != "no_dna"
            else list(sample.flags)
            for sample, found in zip(samples, probes, strict=True)
        ]
        roles = [sample.role for sample in samples]
        run_flags.extend(judge_no_dna(roles, probes, own, probemix, settings))
    run = _Run(run_id, samples, probemix, settings, probes, bins)
    return _call(run, own, run_flags)


def _has_error(flags: Sequence[Flag]) -> bool:
    return worst_level(flags) is Severity.ERROR


@dataclass(frozen=True, slots=True)
class _Run:
    """A run whose signals are in their bins."""

    run_id: str
    samples: Sequence[RunSample]
    probemix: Probemix
    settings: MlpaSettings
    probes: Sequence[ProbeSignals | None]
    bins: Bins | None

    @property
    def dosed_rows(self) -> list[int]:
        """Return the samples whose copies are counted."""
        return [
            row
            for row, found in enumerate(self.probes)
            if found is not None and self.samples[row].role != "no_dna"
        ]

    def names(self, mask: Mask) -> list[str]:
        """Return the probes of a mask."""
        return [self.probemix.probes[i].probe_id for i in np.flatnonzero(mask).tolist()]


@dataclass(frozen=True, slots=True)
class _Measured:
    """The quotients of a run as they can be called; NaN where a probe is not evaluable."""

    quotient: Floats
    sigma: Floats
    normalised: NormalisedRun


def _call(run: _Run, own: list[list[Flag]], run_flags: list[Flag]) -> RunResult:
    """Normalise, judge and call; `own` holds what is known of each sample so far."""
    settings, panel = run.settings, Panel.of(run.probemix)
    candidates = [
        row
        for row in run.dosed_rows
        if run.samples[row].role == "reference"
        and not _has_error(own[row])
        and not _has_error(run_flags)
    ]
    signals = [
        found if sample.role != "no_dna" else None
        for sample, found in zip(run.samples, run.probes, strict=True)
    ]
    normalised = normalise_run(run.probemix, signals, candidates, settings)
    run_flags = [*run_flags, *_judge_references(run, normalised, own, run_flags)]
    sexes = [_sex(run, row, normalised, run_flags) for row in range(len(run.samples))]
    quotient = normalised.quotient
    for row in run.dosed_rows:
        refused = _has_error(own[row])
        own[row].extend(_judge_dosage(run, row, normalised, refused=refused))
        if not normalised.profile.is_usable:
            continue
        implausible, unexplained = _implausible(run, row, quotient[row])
        quotient[row, unexplained] = np.nan
        own[row].extend(implausible)
    _judge_identity(run, sexes, quotient, own)
    sound = [row for row in run.dosed_rows if not _has_error(own[row])]
    n_usable = np.array([int((np.isfinite(q) & panel.is_reference).sum()) for q in quotient])
    scatter = np.array([one.probe_sd for one in normalised.dosage])
    noise = np.stack([one.noise for one in normalised.dosage])
    unchanged, profile = quotient, normalised.profile
    for _ in range(2):  # the spread over the run is that of the samples without a change
        per_probe = probe_sd(
            profile.sd, profile.rows.size, unchanged[sound], panel.is_dosed, settings
        )
        sigma = probe_sigma(per_probe, scatter, n_usable, noise, settings)
        unchanged = without_changes(run.probemix, quotient, sigma)
    noisy, notes = _noisy_probes(run, per_probe, profile)
    run_flags += notes
    trusted = np.where(noisy[None, :], np.nan, quotient)
    measured = _Measured(trusted, sigma, normalised)
    genes = [_genes(run, row, measured, own[row], run_flags) for row in range(len(run.samples))]
    patients = [row for row in sound if run.samples[row].role == "patient"]
    error = profile.sd / np.sqrt(max(profile.rows.size, 1))
    strange = reference_mismatch(run.probemix, trusted, patients, genes, error)
    if strange.any():
        text = (
            f"{', '.join(run.names(strange))} differ in most patients of run {run.run_id} and are "
            "not evaluated; references of another tissue or extraction?"
        )
        run_flags.append(make_flag("REF_MISMATCH", text))
        measured = _Measured(np.where(strange[None, :], np.nan, trusted), sigma, normalised)
        genes = [_genes(run, row, measured, own[row], run_flags) for row in range(len(run.samples))]
    genes = [
        _without_doubtful_ploidy(run, row, calls, normalised, own)
        for row, calls in enumerate(genes)
    ]
    return RunResult(
        samples=tuple(
            _result(run, row, measured, [*own[row], *run_flags], genes[row], sexes[row], quotient)
            for row in range(len(run.samples))
        ),
        flags=tuple(run_flags),
        reference_mean=profile.mean,
        reference_sd=profile.sd,
        reference_profile=profile.mean_log_height,
        noisy=noisy,
        bins=run.bins,
    )


def _judge_references(
    run: _Run, normalised: NormalisedRun, own: list[list[Flag]], known: Sequence[Flag]
) -> list[Flag]:
    """Name the references that are not normal; return what their number says of the run."""
    profile, probes = normalised.profile, run.probemix.probes
    for row, off in sorted(profile.abnormal.items()):
        names = sorted({probes[i].gene or probes[i].probe_id for i in off.tolist()})
        done = "left out"
        if row in profile.kept:
            done = "kept, but for these probes"
        text = f"reference {run.samples[row].sample_id}: {', '.join(names)} not normal; {done}"
        own[row].append(make_flag("REF_ABNORMAL", text))
    if _has_error(known):
        return []
    n_usable, needed = profile.rows.size, run.settings.min_reference_samples
    text = f"run {run.run_id}: {n_usable} usable reference samples, "
    if n_usable < needed:
        return [make_flag("REF_INSUFFICIENT", f"{text}{needed} needed")]
    flags = []
    n_dosed = len(run.dosed_rows)
    advised = needed + max(0, (n_dosed - 21 + 6) // 7)
    if n_usable < advised:
        message = f"{text}{advised} advised for {n_dosed} samples"
        flags.append(make_flag("REF_INSUFFICIENT", message, Severity.WARNING))
    span = profile.panel.span_share
    if span < run.settings.ref_span_min:
        text = (
            f"the reference probes span {span:.2f} of the lengths of the target probes (limit "
            f"{run.settings.ref_span_min:g}); far probes have larger errors"
        )
        flags.append(make_flag("REF_SPAN", text))
    return flags


def _judge_dosage(
    run: _Run, row: int, normalised: NormalisedRun, *, refused: bool
) -> Iterator[Flag]:
    """Say what slope, scatter, signal and control fragments of a sample speak against it."""
    settings, dosage, panel = run.settings, normalised.dosage[row], normalised.profile.panel
    yield from normalised.control_flags[row]
    if abs(dosage.slope) > settings.slope_max and not refused:
        text = (
            f"signal slope {dosage.slope:.2f} per 100 nt (limit {settings.slope_max:g}); "
            "evaporation or injection"
        )
        yield make_flag("SLOPE_EXCESS", text)
        refused = True
    if dosage.dropped.size:
        names = ", ".join(run.probemix.probes[i].probe_id for i in dosage.dropped.tolist())
        text = f"reference probes of an aneuploid sample left out: dropped {names}"
        yield make_flag("REFERENCE_PROBES_UNSTABLE", text, Severity.WARNING)
    elif dosage.probe_sd > settings.sample_sd_max:
        text = (
            f"reference probes scatter {dosage.probe_sd:.3f} (limit {settings.sample_sd_max:g}); "
            "dropped none"
        )
        yield make_flag("REFERENCE_PROBES_UNSTABLE", text)
        refused = True
    found = run.probes[row]
    if found is None:
        return
    seen = found.evaluable & panel.is_reference & (found.height > 0.0)
    n_usable = int((seen & ~dosage.below_detection).sum())
    if n_usable < settings.min_reference_probes and not refused:
        text = f"only {n_usable} evaluable reference probes, {settings.min_reference_probes} needed"
        yield make_flag("REF_INSUFFICIENT", text)
    lost = dosage.below_detection & panel.is_target
    if lost.any():
        text = f"{some(run.names(lost))}: the detection limit is too near a normal height"
        yield make_flag("BELOW_DETECTION", text)
    n_targets = max(int(panel.is_target.sum()), 1)
    n_blind, n_dosed = int(dosage.is_blind.sum()), int(panel.is_dosed.sum())
    if lost.sum() > settings.low_signal_share * n_targets:
        text = f"{lost.sum()} of {n_targets} target probes are below detection; inject more product"
        yield make_flag("LOW_SIGNAL", text, Severity.ERROR)
    elif n_blind > settings.low_signal_share * n_dosed:
        text = (
            f"{n_blind} of {n_dosed} probes stand too near the detection limit to tell none from "
            "little; inject more product"
        )
        yield make_flag("LOW_SIGNAL", text)


def _implausible(run: _Run, row: int, quotient: Floats) -> tuple[list[Flag], Mask]:
    """Return what is said of quotients that no number of copies explains, and which are dropped.

    METHOD: an amplification may be that high, but so is a foreign peak: one that stands oddly in
    its bin, or under a tall one of another dye, is not the probe.
    """
    found = run.probes[row]
    if found is None:
        return [], np.zeros(quotient.size, dtype=np.bool_)
    high = quotient > run.settings.implausible_quotient
    dropped = high & (found.stray | found.pullup)
    flags = []
    for mask, said in ((high & ~dropped, "more than any"), (dropped, "not evaluated: no")):
        if mask.any():
            text = f"{some(run.names(mask))}: {said} number of copies explains the signal"
            flags.append(make_flag("IMPLAUSIBLE", text))
    return flags, dropped


def _judge_identity(
    run: _Run, sexes: Sequence[str], quotient: Floats, own: list[list[Flag]]
) -> None:
    for row in run.dosed_rows:
        sample = run.samples[row]
        if sample.role == "patient":
            own[row].extend(judge_sex(sample.declared_sex, sexes[row], sample.after_transplant))
    rows = [row for row in run.dosed_rows if run.samples[row].role in ("patient", "reference")]
    for i, j in alike_pairs(quotient[rows], run.settings):
        if {run.samples[rows[i]].role, run.samples[rows[j]].role} == {"reference"}:
            continue  # one control DNA is often loaded several times, rightly
        for row, other in ((rows[i], rows[j]), (rows[j], rows[i])):
            twin = run.samples[other]
            same = twin.patient_id == run.samples[row].patient_id
            text = (
                f"same profile as {twin.sample_id} of {twin.patient_id or 'the references'}; "
                f"{'same patient' if same else 'swap or double loading'}"
            )
            level = Severity.NOTE if same else Severity.WARNING
            own[row].append(make_flag("DUPLICATE_PROFILE", text, level))


def _sex(run: _Run, row: int, normalised: NormalisedRun, run_flags: Sequence[Flag]) -> str:
    found = run.probes[row]
    if found is None or run.samples[row].role == "no_dna" or _has_error(run_flags):
        return ""
    return observed_sex(run.probemix, found, run.settings, normalised.male_ratio)


def _noisy_probes(
    run: _Run, per_probe: Floats, profile: ReferenceProfile
) -> tuple[Mask, list[Flag]]:
    """Return which probes scatter too much, and a note on each."""
    settings, n_references = run.settings, profile.rows.size
    few = n_references < settings.few_references
    limit = settings.probe_sd_max_few if few else settings.probe_sd_max
    noisy = np.asarray(per_probe / np.sqrt(1.0 + 1.0 / max(n_references, 1)) > limit)
    notes = [
        make_flag(
            "PROBE_NOISY",
            f"{run.probemix.probes[i].probe_id}: reference SD {profile.sd[i]:.3f}, with the other "
            f"samples of the run {per_probe[i]:.3f} (limit {limit:g}); not evaluated",
        )
        for i in np.flatnonzero(noisy).tolist()
    ]
    return noisy, notes


def _genes(
    run: _Run, row: int, measured: _Measured, own: Sequence[Flag], run_flags: Sequence[Flag]
) -> tuple[GeneCall, ...]:
    sample = run.samples[row]
    if sample.role == "no_dna":
        return ()
    if _has_error(own) or _has_error(run_flags):
        return unevaluated_genes(run.probemix)
    return call_all_genes(
        run.probemix,
        measured.quotient[row],
        measured.sigma[row],
        measured.normalised.dosage[row].shared,
        blast_share(sample.role, sample.blast_percent),
        run.settings,
        measured.normalised.denaturation[row].shadow(run.settings),
    )


def _without_doubtful_ploidy(
    run: _Run,
    row: int,
    genes: tuple[GeneCall, ...],
    normalised: NormalisedRun,
    own: list[list[Flag]],
) -> tuple[GeneCall, ...]:
    """Judge the ploidy of a patient's sample; return what of its calls holds."""
    if run.samples[row].role != "patient":
        return genes
    dosage = normalised.dosage[row]
    found = judge_ploidy(genes, dosage.quotient[dosage.dropped].tolist())
    own[row].extend(found)
    if _has_error(found):
        return unevaluated_genes(run.probemix)
    return without_negatives(genes) if found else genes


def _result(
    run: _Run,
    row: int,
    measured: _Measured,
    flags: list[Flag],
    genes: tuple[GeneCall, ...],
    sex: str,
    quotient: Floats,
) -> SampleResult:
    sample, settings = run.samples[row], run.settings
    dosage, sigma = measured.normalised.dosage[row], measured.sigma[row]
    callable_ = not _has_error(flags) and sample.role != "no_dna"
    if callable_:
        flags.extend(blast_notes(sample.role, sample.blast_percent, sigma, settings))
        flags.extend(note for gene in genes for note in gene.flags)
    level = worst_level(flags)
    status = {
        Severity.ERROR: MlpaStatus.NOT_CALLED,
        Severity.WARNING: MlpaStatus.CALLED_WITH_WARNINGS,
    }
    trusted = measured.quotient[row]
    return SampleResult(
        sample=sample,
        status=status.get(level, MlpaStatus.CALLED) if level is not None else MlpaStatus.CALLED,
        flags=tuple(flags),
        probes=run.probes[row],
        quotient=quotient[row],
        sigma=sigma,
        probe_calls=call_all_probes(
            run.probemix,
            trusted if callable_ else np.full(trusted.size, np.nan),
            sigma,
            dosage.shared,
            blast_share(sample.role, sample.blast_percent),
            settings,
            measured.normalised.denaturation[row].shadow(settings),
        ),
        gene_calls=genes,
        slope_per_100_nt=dosage.slope,
        reference_probe_sd=dosage.probe_sd,
        sex=sex,
        below_detection=dosage.below_detection,
        is_bound=dosage.is_bound,
        denaturation_quotient=measured.normalised.denaturation[row].quotient,
        own_slope_per_100_nt=dosage.slope + measured.normalised.profile.slope,
        serves=row in measured.normalised.profile.rows,
    )
