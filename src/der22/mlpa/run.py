"""One MLPA run: from the signals of its samples to calls, with what speaks against each sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.flags import Flag, Severity, worst_level
from der22.formats.probemix import Probemix, ProbeRole
from der22.mlpa.bins import Bins, ProbeSignals, fill_bins
from der22.mlpa.calls import GeneCall
from der22.mlpa.codes import make_flag
from der22.mlpa.controls import has_controls, observed_sex
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
from der22.mlpa.normalisation import log_heights
from der22.mlpa.ploidy import judge_ploidy, without_negatives
from der22.mlpa.probemix_fit import describe_mismatch, learn_run_bins
from der22.mlpa.records import RunResult, RunSample, SampleResult
from der22.mlpa.references import Normalised, normalise, probe_sd, probe_sigma
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
            _own_flags(sample, found, probemix, settings)
            for sample, found in zip(samples, probes, strict=True)
        ]
        roles = [sample.role for sample in samples]
        run_flags.extend(judge_no_dna(roles, probes, own, probemix, settings))
    run = _Run(run_id, samples, probemix, settings, probes, own, run_flags, bins)
    return run.finish()


def _own_flags(
    sample: RunSample, probes: ProbeSignals | None, probemix: Probemix, settings: MlpaSettings
) -> list[Flag]:
    flags = list(sample.flags)
    if probes is not None and sample.role != "no_dna":
        flags.extend(judge_probes(probemix, probes, settings))
    return flags


def _has_error(flags: Sequence[Flag]) -> bool:
    return worst_level(flags) is Severity.ERROR


@dataclass(slots=True)
class _Run:
    """A run whose signals are in their bins: the steps from there to the calls."""

    run_id: str
    samples: Sequence[RunSample]
    probemix: Probemix
    settings: MlpaSettings
    probes: list[ProbeSignals | None]
    own: list[list[Flag]]
    flags: list[Flag]
    bins: Bins | None

    def finish(self) -> RunResult:
        """Normalise, judge and call."""
        length = np.array([probe.length_nt for probe in self.probemix.probes])
        is_reference = self._role_mask(ProbeRole.REFERENCE)
        is_target = self._role_mask(ProbeRole.TARGET)
        log_height = log_heights(*self._matrix(), is_reference)
        log_height[:, ~(is_reference | is_target)] = np.nan
        normalised = normalise(
            log_height, length, is_reference, is_target, self._candidates(), self.settings
        )
        self._judge_references(normalised)
        self._judge_normalisation(normalised, is_reference & np.isfinite(log_height))
        self._judge_identity(normalised.dosage.quotient)
        sound = np.array(
            [i for i in self._dosed_rows() if not _has_error(self.own[i])], dtype=np.int64
        )
        n_usable = (np.isfinite(log_height) & is_reference).sum(axis=1)
        unchanged, use = normalised.dosage.quotient, is_reference | is_target
        for _ in range(2):  # the spread over the run is that of the samples without a change
            per_probe = probe_sd(normalised, unchanged, sound, use)
            sigma = probe_sigma(normalised, per_probe, n_usable, self.settings)
            unchanged = without_changes(self.probemix, normalised.dosage.quotient, sigma)
        noisy = self._noisy_probes(normalised, per_probe)
        self._note_noisy(noisy, per_probe, normalised)
        trusted = np.where(noisy[None, :], np.nan, normalised.dosage.quotient)
        genes = [self._genes(row, trusted, sigma) for row in range(len(self.samples))]
        patients = [i for i in sound.tolist() if self.samples[i].role == "patient"]
        strange = reference_mismatch(self.probemix, trusted, patients, genes, normalised)
        if strange.any():
            self._note_mismatch(strange)
            trusted = np.where(strange[None, :], np.nan, trusted)
            genes = [self._genes(row, trusted, sigma) for row in range(len(self.samples))]
        genes = [
            self._without_doubtful_ploidy(row, calls, normalised) for row, calls in enumerate(genes)
        ]
        return RunResult(
            samples=tuple(
                self._result(row, normalised, trusted, sigma, genes[row])
                for row in range(len(self.samples))
            ),
            flags=tuple(self.flags),
            reference_mean=normalised.reference_mean,
            reference_sd=normalised.reference_sd,
            noisy=noisy,
            bins=self.bins,
        )

    def _role_mask(self, role: ProbeRole) -> Mask:
        return np.array([probe.role == role for probe in self.probemix.probes], dtype=np.bool_)

    def _matrix(self) -> tuple[Floats, Mask]:
        shape = (len(self.samples), len(self.probemix.probes))
        height, evaluable = np.full(shape, np.nan), np.zeros(shape, dtype=np.bool_)
        for row, found in enumerate(self.probes):
            if found is not None and self.samples[row].role != "no_dna":
                use_area = self.settings.dosage_from == "area" and np.isfinite(found.area).any()
                height[row] = found.area if use_area else found.height
                evaluable[row] = found.evaluable
        return height, evaluable

    def _dosed_rows(self) -> list[int]:
        return [
            row
            for row, found in enumerate(self.probes)
            if found is not None and self.samples[row].role != "no_dna"
        ]

    def _candidates(self) -> Ints:
        if _has_error(self.flags):
            return np.empty(0, dtype=np.int64)
        rows = [
            row
            for row in self._dosed_rows()
            if self.samples[row].role == "reference" and not _has_error(self.own[row])
        ]
        return np.array(rows, dtype=np.int64)

    def _judge_references(self, normalised: Normalised) -> None:
        for row, probes in sorted(normalised.abnormal.items()):
            names = {self.probemix.probes[i].gene or self.probemix.probes[i].probe_id
                     for i in probes.tolist()}  # fmt: skip
            sample_id = self.samples[row].sample_id
            text = f"reference {sample_id}: {', '.join(sorted(names))} not normal; left out"
            self.own[row].append(make_flag("REF_ABNORMAL", text))
        if _has_error(self.flags):
            return
        n_usable, needed = normalised.reference_rows.size, self.settings.min_reference_samples
        text = f"run {self.run_id}: {n_usable} usable reference samples, "
        if n_usable < needed:
            self.flags.append(make_flag("REF_INSUFFICIENT", f"{text}{needed} needed"))
            return
        advised = needed + max(0, (len(self._dosed_rows()) - 21 + 6) // 7)
        if n_usable < advised:
            message = f"{text}{advised} advised for {len(self._dosed_rows())} samples"
            self.flags.append(make_flag("REF_INSUFFICIENT", message, Severity.WARNING))

    def _judge_normalisation(self, normalised: Normalised, usable: Mask) -> None:
        settings = self.settings
        for row in self._dosed_rows():
            slope, sd = normalised.dosage.slope[row], normalised.dosage.probe_sd[row]
            if abs(slope) > settings.slope_max and not _has_error(self.own[row]):
                text = (
                    f"signal slope {slope:.2f} per 100 nt (limit {settings.slope_max:g}); "
                    "evaporation or injection"
                )
                self.own[row].append(make_flag("SLOPE_EXCESS", text))
            if row in normalised.dropped:
                names = ", ".join(
                    self.probemix.probes[i].probe_id for i in normalised.dropped[row].tolist()
                )
                text = f"reference probes of an aneuploid sample left out: dropped {names}"
                self.own[row].append(make_flag("REFERENCE_PROBES_UNSTABLE", text, Severity.WARNING))
            elif sd > settings.sample_sd_max:
                text = (
                    f"reference probes scatter {sd:.3f} (limit {settings.sample_sd_max:g}); "
                    "dropped none"
                )
                self.own[row].append(make_flag("REFERENCE_PROBES_UNSTABLE", text))
            if usable[row].sum() < 3 and not _has_error(self.own[row]):
                text = f"only {usable[row].sum()} evaluable reference probes, 3 needed"
                self.own[row].append(make_flag("REF_INSUFFICIENT", text))

    def _judge_identity(self, quotient: Floats) -> None:
        for row in self._dosed_rows():
            sample = self.samples[row]
            if sample.role == "patient":
                sex = self._sex(row)
                self.own[row].extend(judge_sex(sample.declared_sex, sex, sample.after_transplant))
        rows = [
            row for row in self._dosed_rows() if self.samples[row].role in ("patient", "reference")
        ]
        for i, j in alike_pairs(quotient[rows], self.settings):
            if {self.samples[rows[i]].role, self.samples[rows[j]].role} == {"reference"}:
                continue  # one control DNA is often loaded several times, rightly
            for row, other in ((rows[i], rows[j]), (rows[j], rows[i])):
                twin = self.samples[other]
                same = twin.patient_id == self.samples[row].patient_id
                text = (
                    f"same profile as {twin.sample_id} of {twin.patient_id or 'the references'}; "
                    f"{'same patient' if same else 'swap or double loading'}"
                )
                level = Severity.NOTE if same else Severity.WARNING
                self.own[row].append(make_flag("DUPLICATE_PROFILE", text, level))

    def _note_mismatch(self, strange: Mask) -> None:
        names = [
            probe.probe_id for probe, is_strange in zip(self.probemix.probes, strange, strict=True)
            if is_strange
        ]  # fmt: skip
        text = (
            f"{', '.join(names)} differ in most patients of run {self.run_id} and are not "
            "evaluated; references of another tissue or extraction?"
        )
        self.flags.append(make_flag("REF_MISMATCH", text))

    def _sex(self, row: int) -> str:
        found = self.probes[row]
        if found is None or self.samples[row].role == "no_dna" or _has_error(self.flags):
            return ""
        return observed_sex(self.probemix, found, self.settings)

    def _noisy_probes(self, normalised: Normalised, per_probe: Floats) -> Mask:
        own = per_probe / np.sqrt(1.0 + 1.0 / max(normalised.reference_rows.size, 1))
        return np.asarray(own > self._noise_limit(normalised))

    def _noise_limit(self, normalised: Normalised) -> float:
        few = normalised.reference_rows.size < 6
        return self.settings.probe_sd_max_few if few else self.settings.probe_sd_max

    def _note_noisy(self, noisy: Mask, per_probe: Floats, normalised: Normalised) -> None:
        limit = self._noise_limit(normalised)
        for index in np.flatnonzero(noisy).tolist():
            probe_id = self.probemix.probes[index].probe_id
            sd, own = normalised.reference_sd[index], per_probe[index]
            text = (
                f"{probe_id}: reference SD {sd:.3f}, with the other samples of the run {own:.3f} "
                f"(limit {limit:g}); not evaluated"
            )
            self.flags.append(make_flag("PROBE_NOISY", text))

    def _genes(self, row: int, trusted: Floats, sigma: Floats) -> tuple[GeneCall, ...]:
        sample = self.samples[row]
        if sample.role == "no_dna":
            return ()
        if _has_error(self.own[row]) or _has_error(self.flags):
            return unevaluated_genes(self.probemix)
        share = blast_share(sample.role, sample.blast_percent)
        return call_all_genes(self.probemix, trusted[row], sigma[row], share, self.settings)

    def _without_doubtful_ploidy(
        self, row: int, genes: tuple[GeneCall, ...], normalised: Normalised
    ) -> tuple[GeneCall, ...]:
        """Judge the ploidy of a patient's sample; return what of its calls holds."""
        if self.samples[row].role != "patient":
            return genes
        left_out = normalised.dropped.get(row, np.empty(0, dtype=np.int64))
        found = judge_ploidy(genes, normalised.dosage.quotient[row, left_out].tolist())
        self.own[row].extend(found)
        if _has_error(found):
            return unevaluated_genes(self.probemix)
        return without_negatives(genes) if found else genes

    def _result(
        self,
        row: int,
        normalised: Normalised,
        trusted: Floats,
        sigma: Floats,
        genes: tuple[GeneCall, ...],
    ) -> SampleResult:
        sample = self.samples[row]
        flags = [*self.own[row], *self.flags]
        callable_ = not _has_error(flags) and sample.role != "no_dna"
        if callable_:
            flags.extend(blast_notes(sample.role, sample.blast_percent, sigma[row], self.settings))
            flags.extend(note for gene in genes for note in gene.flags)
        share = blast_share(sample.role, sample.blast_percent)
        level = worst_level(flags)
        status = {
            Severity.ERROR: MlpaStatus.NOT_CALLED,
            Severity.WARNING: MlpaStatus.CALLED_WITH_WARNINGS,
        }
        return SampleResult(
            sample=sample,
            status=status.get(level, MlpaStatus.CALLED) if level is not None else MlpaStatus.CALLED,
            flags=tuple(flags),
            probes=self.probes[row],
            quotient=normalised.dosage.quotient[row],
            sigma=sigma[row],
            probe_calls=call_all_probes(
                self.probemix, trusted[row] if callable_ else np.full(trusted.shape[1], np.nan),
                sigma[row], share, self.settings,
            ),
            gene_calls=genes,
            slope_per_100_nt=float(normalised.dosage.slope[row]),
            reference_probe_sd=float(normalised.dosage.probe_sd[row]),
            sex=self._sex(row),
        )  # fmt: skip
