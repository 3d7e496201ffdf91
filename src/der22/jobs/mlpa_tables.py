"""The tables of one MLPA run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from der22.flags import Flag, Level, join_codes
from der22.formats.probemix import Probemix, ProbeRole
from der22.formats.tables import Row, round_half_even, write_tsv
from der22.mlpa.electropherogram import Electropherogram
from der22.mlpa.records import RunResult, SampleResult

__all__ = ["GENE_COLUMNS", "PEAK_COLUMNS", "PROBE_COLUMNS", "QC_COLUMNS", "write_run_tables"]

PEAK_COLUMNS = (
    "sample_id", "channel", "dye", "scan", "size_nt", "height_rfu", "area", "standard_nt", "flags",
)  # fmt: skip
PROBE_COLUMNS = (
    "sample_id", "patient_id", "probe_id", "gene", "exon", "role", "length_nt", "size_nt",
    "height_rfu", "area", "dosage_quotient", "reference_mean", "reference_sd", "call", "flags",
    "sigma",
)  # fmt: skip
GENE_COLUMNS = (
    "sample_id", "patient_id", "gene", "call", "dosage_quotient", "n_probes", "first_exon",
    "last_exon", "clone_fraction", "clone_fraction_low", "clone_fraction_high", "flags",
    "lost_exons",
)  # fmt: skip
QC_COLUMNS = (
    "sample_id", "patient_id", "role", "status", "size_standard_score", "slope_per_100_nt",
    "reference_probe_sd", "sex_observed", "flags", "message",
)  # fmt: skip

_SIZE_DECIMALS = 3
_RATIO_DECIMALS = 4

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
    folder = f"mlpa/{run_id}"
    tables: list[tuple[str, Sequence[str], Iterator[Row]]] = [
        ("peaks", PEAK_COLUMNS, _peak_rows(runs)),
        ("probe_ratios", PROBE_COLUMNS, _probe_rows(results)),
        ("gene_calls", GENE_COLUMNS, _gene_rows(results)),
        ("sample_qc", QC_COLUMNS, _qc_rows(results, runs)),
    ]
    names = []
    for table, columns, rows in tables:
        name = f"{folder}/{table}.tsv"
        write_tsv(Path(outdir) / name, columns, rows)
        names.append(name)
    return tuple(sorted(names))


def _by_sample(results: Results) -> list[tuple[Probemix, RunResult, SampleResult]]:
    rows = [(mix, run, sample) for mix, run in results for sample in run.samples]
    return sorted(rows, key=lambda row: row[2].sample.sample_id)


def _peak_rows(runs: Mapping[str, Electropherogram]) -> Iterator[Row]:
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
                yield {
                    "sample_id": sample_id,
                    "channel": index + 1,
                    "dye": run.dye_names[index],
                    "scan": f"{channel.peaks.scan[at]:.2f}",
                    "size_nt": _number(sizes[at], _SIZE_DECIMALS),
                    "height_rfu": _number(channel.peaks.height[at], 1),
                    "area": _number(channel.peaks.area[at], 0),
                    "standard_nt": standard.get(at) if index == last else None,
                    "flags": ";".join(marks),
                }


def _probe_rows(results: Results) -> Iterator[Row]:
    for mix, run, result in _by_sample(results):
        found = result.probes
        for index, probe in enumerate(mix.probes):
            is_dosed = probe.role in (ProbeRole.TARGET, ProbeRole.REFERENCE)
            yield {
                "sample_id": result.sample.sample_id,
                "patient_id": result.sample.patient_id,
                "probe_id": probe.probe_id,
                "gene": probe.gene,
                "exon": probe.exon,
                "role": probe.role,
                "length_nt": float(probe.length_nt),
                "size_nt": None if found is None else _number(found.size_nt[index], _SIZE_DECIMALS),
                "height_rfu": None if found is None else _number(found.height[index], 1),
                "area": None if found is None else _number(found.area[index], 0),
                "dosage_quotient": _number(result.quotient[index], _RATIO_DECIMALS),
                "reference_mean": _number(run.reference_mean[index], _RATIO_DECIMALS)
                if is_dosed else None,
                "reference_sd": _number(run.reference_sd[index], _RATIO_DECIMALS)
                if is_dosed else None,
                "call": result.probe_calls[index],
                "flags": _probe_flags(run, result, index, is_dosed),
                "sigma": _number(result.sigma[index], _RATIO_DECIMALS)
                if np.isfinite(result.quotient[index]) else None,
            }  # fmt: skip


def _probe_flags(run: RunResult, result: SampleResult, index: int, is_dosed: bool) -> str:
    found = result.probes
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
    if is_dosed and run.noisy[index] and result.sample.role != "no_dna":
        marks.append("PROBE_NOISY")
    return ";".join(sorted(marks))


def _gene_rows(results: Results) -> Iterator[Row]:
    for _, _, result in _by_sample(results):
        for gene in result.gene_calls:
            yield {
                "sample_id": result.sample.sample_id,
                "patient_id": result.sample.patient_id,
                "gene": gene.gene,
                "call": gene.call,
                "dosage_quotient": _number(gene.quotient, _RATIO_DECIMALS),
                "n_probes": gene.n_probes,
                "first_exon": gene.first_exon,
                "last_exon": gene.last_exon,
                "clone_fraction": _number(gene.clone_fraction, 3),
                "clone_fraction_low": _number(gene.clone_fraction_low, 3),
                "clone_fraction_high": _number(gene.clone_fraction_high, 3),
                "flags": join_codes(gene.flags),
                "lost_exons": gene.lost,
            }


def _qc_rows(results: Results, runs: Mapping[str, Electropherogram]) -> Iterator[Row]:
    for _, _, result in _by_sample(results):
        sample_id = result.sample.sample_id
        score = runs[sample_id].score if sample_id in runs else np.nan
        yield {
            "sample_id": sample_id,
            "patient_id": result.sample.patient_id,
            "role": result.sample.role,
            "status": result.status,
            "size_standard_score": _number(score, 3),
            "slope_per_100_nt": _number(result.slope_per_100_nt, _RATIO_DECIMALS),
            "reference_probe_sd": _number(result.reference_probe_sd, _RATIO_DECIMALS),
            "sex_observed": result.sex,
            "flags": join_codes(result.flags),
            "message": _message(result.flags),
        }


def _message(flags: Sequence[Flag]) -> str:
    """Return the sentences of errors and warnings, errors first, else the notes on the sample."""
    ranked = [
        noticed.message
        for level in (Level.ERROR, Level.WARNING, Level.NOTE)
        for noticed in flags
        if noticed.level is level
    ]
    return "; ".join(dict.fromkeys(ranked))


def _number(value: float, decimals: int) -> float | None:
    return round_half_even(value, decimals) if np.isfinite(value) else None
