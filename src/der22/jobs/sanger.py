"""Sanger work units: call samples from their traces, write their tables and files."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from der22.flags import Problem, join_codes
from der22.formats.records import SangerRead
from der22.formats.reference_folder import Reference, read_reference
from der22.formats.tables import Row, read_tsv, round_half_even, write_text, write_tsv
from der22.jobs.sanger_files import write_bam, write_vcf
from der22.jobs.sanger_reads import CONTROL_ROLE, ReadBook
from der22.resources import resource_path
from der22.runs.manifest import UnitReport
from der22.sanger.records import CodonVerdict, SangerReadResult, Variant
from der22.sanger.sample import SampleResult, call_sample
from der22.sanger.settings import SangerSettings
from der22.sanger.snippets import ReadSnippet, SiteSnippet, cut_snippets

__all__ = [
    "ABL1_COLUMNS",
    "CODON_COLUMNS",
    "READ_COLUMNS",
    "SHIPPED_REFERENCE",
    "VARIANT_COLUMNS",
    "collect_abl1",
    "load_reference",
    "run_sanger",
]

#: the word that means the reference that ships with der22
SHIPPED_REFERENCE = "abl1"
_STAGE = "sanger"

VARIANT_COLUMNS = (
    "patient_id", "sample_id", "day", "position_c", "ref", "alt", "hgvs_c", "hgvs_p", "mutation",
    "codon", "tier", "fraction", "fraction_low", "fraction_high", "forward_fraction",
    "reverse_fraction", "noise_floor", "flags",
)  # fmt: skip
CODON_COLUMNS = (
    "codon", "residue", "status", "limit_of_detection", "forward_usable", "reverse_usable",
)  # fmt: skip
READ_COLUMNS = (
    "read_id", "direction", "status", "first_codon", "last_codon", "mean_quality", "noise_floor",
    "flags", "message",
)  # fmt: skip
ABL1_COLUMNS = (
    "patient_id", "sample_id", "day", "abl1_status", "mutations", "flags", "message",
)  # fmt: skip


def load_reference(reference: str) -> Reference:
    """Return the reference a config names: a folder, a FASTA file, or ``abl1``, the shipped one.

    Raises:
        InputError: neither exists or fits.
    """
    if reference.lower() in (SHIPPED_REFERENCE, "default", "") and not Path(reference).is_file():
        return read_reference(resource_path(SHIPPED_REFERENCE))
    return read_reference(reference)


def run_sanger(
    samples: Sequence[str],
    reads: Sequence[SangerRead],
    reference: str,
    settings: SangerSettings,
    outdir: Path,
) -> UnitReport:
    """Call the given samples and write ``sanger/{sample_id}/...``.

    Args:
        samples: sample ids of this job.
        reads: their reads and the wild-type controls of their runs.
        reference: folder, FASTA file, or the word for the shipped reference.
        settings: thresholds in force.
        outdir: results folder.
    """
    known = load_reference(reference)
    book = ReadBook(reads, known, settings)
    files: list[str] = []
    problems: dict[Problem, None] = {}
    statuses: list[str] = []
    for sample_id in samples:
        rows = book.of_sample(sample_id)
        results = book.analyse(rows)
        controls, serving = book.controls_of(rows, results)
        called = call_sample(results, serving, known, settings)
        files += _write_sample(sample_id, rows, results, controls, serving, called, known, outdir)
        problems |= dict.fromkeys(_problems(sample_id, (*results, *controls), called))
        statuses.append(str(called.status))
    counts = ", ".join(f"{statuses.count(word)} {word}" for word in dict.fromkeys(sorted(statuses)))
    return UnitReport(
        stage=_STAGE,
        unit=samples[0] if len(samples) == 1 else f"{len(samples)} samples",
        files=tuple(sorted(files)),
        problems=tuple(problems),
        summary=f"{len(samples)} samples: {counts}",
    )


def _problems(
    sample_id: str, reads: Iterable[SangerReadResult], called: SampleResult
) -> Iterable[Problem]:
    for read in reads:
        yield from (Problem(_STAGE, read.read_id, item) for item in read.flags)
    for variant in called.variants:
        yield from (Problem(_STAGE, sample_id, item) for item in variant.flags)
    yield from (Problem(_STAGE, sample_id, item) for item in called.own_flags)


def _write_sample(
    sample_id: str,
    rows: Sequence[SangerRead],
    results: Sequence[SangerReadResult],
    controls: Sequence[SangerReadResult],
    serving: Sequence[SangerReadResult],
    called: SampleResult,
    reference: Reference,
    outdir: Path,
) -> list[str]:
    folder = Path(outdir) / "sanger" / sample_id
    folder.mkdir(parents=True, exist_ok=True)
    head: Row = {
        "patient_id": next((row.patient_id for row in rows if row.patient_id), None),
        "sample_id": sample_id,
        "day": next((row.day for row in rows if row.day is not None), None),
    }
    write_tsv(
        folder / "variants.tsv",
        VARIANT_COLUMNS,
        [{**head, **_variant_row(variant)} for variant in called.variants],
    )
    write_tsv(folder / "codons.tsv", CODON_COLUMNS, map(_codon_row, called.codons))
    write_tsv(folder / "reads.tsv", READ_COLUMNS, [_read_row(r, reference) for r in results])
    write_tsv(folder / "controls.tsv", READ_COLUMNS, [_read_row(r, reference) for r in controls])
    write_tsv(folder / "status.tsv", ABL1_COLUMNS, [{**head, **_status_row(called)}])
    sites = cut_snippets(called.variants, results, serving, reference)
    content = {"layout": 1, "sites": [_plain(site) for site in sites]}
    write_text(folder / "traces.json", json.dumps(content, separators=(",", ":")) + "\n")
    write_vcf(
        folder / f"{sample_id}.vcf.gz", called.variants, reference, on_genome=reference.has_genome
    )
    write_vcf(
        folder / f"{sample_id}.transcript.vcf.gz", called.variants, reference, on_genome=False
    )
    write_bam(folder / f"{sample_id}.bam", results, reference)
    names = (
        "variants.tsv", "codons.tsv", "reads.tsv", "controls.tsv", "status.tsv", "traces.json",
        f"{sample_id}.vcf.gz", f"{sample_id}.vcf.gz.tbi", f"{sample_id}.transcript.vcf.gz",
        f"{sample_id}.transcript.vcf.gz.tbi", f"{sample_id}.bam", f"{sample_id}.bam.bai",
    )  # fmt: skip
    return [f"sanger/{sample_id}/{name}" for name in names]


def _plain(site: SiteSnippet) -> dict[str, Any]:
    """Return a site as JSON takes it; ``asdict`` would copy every point of every trace."""
    return _fields(site) | {"reads": [_fields(read) for read in site.reads]}


def _fields(record: SiteSnippet | ReadSnippet) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def _variant_row(variant: Variant) -> Row:
    return {
        "position_c": variant.position_c,
        "ref": variant.ref,
        "alt": variant.alt,
        "hgvs_c": variant.hgvs_c,
        "hgvs_p": variant.hgvs_p,
        "mutation": variant.mutation,
        "codon": variant.codon,
        "tier": str(variant.tier),
        "fraction": round_half_even(variant.fraction, 4),
        "fraction_low": round_half_even(variant.fraction_low, 4),
        "fraction_high": round_half_even(variant.fraction_high, 4),
        "forward_fraction": round_half_even(variant.forward_fraction, 4),
        "reverse_fraction": round_half_even(variant.reverse_fraction, 4),
        "noise_floor": round_half_even(variant.noise_floor, 4),
        "flags": join_codes(variant.flags),
    }


def _codon_row(verdict: CodonVerdict) -> Row:
    return {
        "codon": verdict.codon,
        "residue": verdict.residue,
        "status": str(verdict.status),
        "limit_of_detection": round_half_even(verdict.limit_of_detection, 4),
        "forward_usable": verdict.forward_usable,
        "reverse_usable": verdict.reverse_usable,
    }


def _read_row(read: SangerReadResult, reference: Reference) -> Row:
    used = read.evidence
    codons: tuple[int | None, int | None] = (None, None)
    if used is not None and reference.is_coding:
        ends = np.flatnonzero(used.usable)[[0, -1]] + reference.window_first - 1
        codons = (int(ends[0]) // 3 + 1, int(ends[1]) // 3 + 1)
    return {
        "read_id": read.read_id,
        "direction": None if used is None else str(read.direction),
        "status": str(read.status),
        "first_codon": codons[0],
        "last_codon": codons[1],
        "mean_quality": round_half_even(read.mean_quality, 1),
        "noise_floor": round_half_even(read.noise_floor, 4),
        "flags": join_codes(read.flags),
        "message": "; ".join(item.message for item in read.flags),
    }


def _status_row(called: SampleResult) -> Row:
    return {
        "abl1_status": str(called.status),
        "mutations": ";".join(called.mutations),
        "flags": join_codes(called.flags),
        "message": called.message,
    }


def collect_abl1(samples: Sequence[str], reads: Sequence[SangerRead], outdir: Path) -> UnitReport:
    """Join the samples' own tables to ``sanger/abl1.tsv`` and ``sanger/controls.tsv``.

    Args:
        samples: every sample id of the sheet.
        reads: every read of the sheet, for the order of the controls.
        outdir: results folder, where `run_sanger` has written.
    """
    folder = Path(outdir) / "sanger"
    statuses = [read_tsv(folder / sample_id / "status.tsv")[0] for sample_id in samples]
    statuses.sort(key=_in_order)
    rows: dict[str, Mapping[str, str]] = {}
    for sample_id in samples:
        rows |= {row["read_id"]: row for row in read_tsv(folder / sample_id / "controls.tsv")}
    controls = [
        rows.get(read.read_id) or _idle_control(read)
        for read in sorted(reads, key=lambda read: read.read_id)
        if read.role == CONTROL_ROLE
    ]
    write_tsv(folder / "abl1.tsv", ABL1_COLUMNS, statuses)
    write_tsv(folder / "controls.tsv", READ_COLUMNS, controls)
    counts = [row["abl1_status"] for row in statuses]
    summary = ", ".join(f"{counts.count(word)} {word}" for word in dict.fromkeys(sorted(counts)))
    return UnitReport(
        stage=_STAGE,
        unit="abl1",
        files=("sanger/abl1.tsv", "sanger/controls.tsv"),
        problems=(),
        summary=f"{len(samples)} samples: {summary}; {len(controls)} control reads",
    )


def _in_order(row: Mapping[str, str]) -> tuple[str, float, str]:
    day = float(row["day"]) if row["day"] else float("inf")
    return row["patient_id"], day, row["sample_id"]


def _idle_control(read: SangerRead) -> dict[str, str]:
    """Return the row of a control that no sample of its run asked for."""
    row = dict.fromkeys(READ_COLUMNS, "")
    message = f"serves no sample: no read of run {read.run_id or '(blank)'} in the sheet"
    return row | {"read_id": read.read_id, "message": message}
