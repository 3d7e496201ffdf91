"""The tables of one MLPA run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from der22.flags import Severity, codes_of
from der22.formats.probemix import Probemix, ProbeRole
from der22.mlpa.calls import GeneCall
from der22.mlpa.records import RunResult, SampleResult
from der22.mlpa.sizing.electropherogram import Electropherogram
from der22.results.mlpa import GeneRow, PeakRow, ProbeRow, SampleQcRow
from der22.results.schema import write_table

__all__ = ["write_run_tables"]

Results = Sequence[tuple[Probemix, RunResult]]


def write_run_tables(
    run_id: str, results: Results, runs: Mapping[str, Electropherogram], outdir: Path
) -> tuple[str, ...]:
    """Write peaks, probe_ratios, gene_calls and sample_qc; return their names below `outdir`.

    Args:
        run_id: names the folder.
        results: per probemix of the run.
        runs: the electropherograms by sample_id; samples of peak tables have none.
        outdir: root of the results.
    """
    ordered = [(mix, run, sample) for mix, run in results for sample in run.samples]
    ordered.sort(key=lambda one: one[2].sample.sample_id)
    qualities = [_qc_row(result, runs.get(result.sample.sample_id)) for _, _, result in ordered]
    genes = [_gene_row(result, call) for _, _, result in ordered for call in result.gene_calls]
    return (
        write_table(outdir, GeneRow, genes, run_id=run_id),
        write_table(outdir, PeakRow, _peak_rows(runs), run_id=run_id),
        write_table(outdir, ProbeRow, _probe_rows(ordered), run_id=run_id),
        write_table(outdir, SampleQcRow, qualities, run_id=run_id),
    )


def _peak_rows(runs: Mapping[str, Electropherogram]) -> Iterator[PeakRow]:
    for sample_id in sorted(runs):
        run = runs[sample_id]
        if not run.is_sized or run.standard is None:
            continue
        standard = dict(zip(run.standard.peak.tolist(), run.standard.size_nt.tolist(), strict=True))
        last = len(run.channels) - 1
        for index, (channel, sizes) in enumerate(zip(run.channels, run.sizes_nt, strict=True)):
            for at in np.flatnonzero(np.isfinite(sizes)).tolist():
                marks = [
                    word
                    for word, mask in (
                        ("OFFSCALE", channel.offscale),
                        ("PULLUP", channel.pullup),
                        ("SPIKE", channel.spike),
                    )
                    if mask[at]
                ]
                yield PeakRow(
                    sample_id=sample_id,
                    channel=index + 1,
                    dye=run.dye_names[index],
                    scan=channel.peaks.scan[at],
                    size_nt=sizes[at],
                    height_rfu=channel.peaks.height[at],
                    area=channel.peaks.area[at],
                    standard_nt=standard.get(at) if index == last else None,
                    codes=tuple(marks),
                )


def _probe_rows(ordered: Sequence[tuple[Probemix, RunResult, SampleResult]]) -> Iterator[ProbeRow]:
    for mix, run, result in ordered:
        found = result.probes
        for index, probe in enumerate(mix.probes):
            is_dosed = probe.role in (ProbeRole.TARGET, ProbeRole.REFERENCE)
            marks = []
            if found is not None:
                for word, mask in (
                    ("NOT_MEASURED", found.unmeasured),
                    ("OFFSCALE", found.offscale),
                    ("PULLUP", found.pullup),
                    ("SPIKE", found.spiked),
                ):
                    if mask[index]:
                        marks.append(word)
            for word, mask in (
                ("BELOW_DETECTION", result.below_detection),
                ("UPPER_BOUND", result.is_bound),
            ):
                if is_dosed and mask[index]:
                    marks.append(word)
            if is_dosed and run.noisy[index] and result.sample.role != "no_dna":
                marks.append("PROBE_NOISY")
            yield ProbeRow(
                sample_id=result.sample.sample_id,
                patient_id=result.sample.patient_id,
                probe_id=probe.probe_id,
                gene=probe.gene,
                exon=probe.exon,
                role=probe.role,
                length_nt=float(probe.length_nt),
                size_nt=None if found is None else found.size_nt[index],
                height_rfu=None if found is None else found.height[index],
                area=None if found is None else found.area[index],
                dosage_quotient=result.quotient[index],
                reference_mean=run.reference_mean[index] if is_dosed else None,
                reference_sd=run.reference_sd[index] if is_dosed else None,
                call=result.probe_calls[index],
                codes=tuple(sorted(marks)),
                sigma=result.sigma[index] if np.isfinite(result.quotient[index]) else None,
                reference_profile=run.reference_profile[index] if is_dosed else None,
            )


def _gene_row(result: SampleResult, call: GeneCall) -> GeneRow:
    return GeneRow(
        sample_id=result.sample.sample_id,
        patient_id=result.sample.patient_id,
        gene=call.gene,
        call=call.call,
        dosage_quotient=call.quotient,
        n_probes=call.n_probes,
        first_exon=call.first_exon,
        last_exon=call.last_exon,
        clone_fraction=call.clone_fraction,
        clone_fraction_low=call.clone_fraction_low,
        clone_fraction_high=call.clone_fraction_high,
        codes=codes_of(call.flags),
        lost_exons=call.lost,
    )


def _qc_row(result: SampleResult, run: Electropherogram | None) -> SampleQcRow:
    # errors and warnings first, then the notes on the sample; each sentence once
    sentences = [flag.message for level in Severity for flag in result.flags if flag.level is level]
    return SampleQcRow(
        sample_id=result.sample.sample_id,
        patient_id=result.sample.patient_id,
        role=result.sample.role,
        status=result.status,
        size_standard_score=None if run is None else run.score,
        slope_per_100_nt=result.slope_per_100_nt,
        reference_probe_sd=result.reference_probe_sd,
        sex_observed=result.sex,
        codes=codes_of(result.flags),
        denaturation_quotient=result.denaturation_quotient,
        message="; ".join(dict.fromkeys(sentences)),
        own_slope_per_100_nt=result.own_slope_per_100_nt,
        serves=result.serves if result.sample.role == "reference" else None,
    )
