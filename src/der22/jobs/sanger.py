"""Sanger work units: call samples from their traces, write their tables and files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from der22.flags import Problem, codes_of
from der22.formats.records import SangerRead
from der22.formats.reference_folder import Reference, read_reference
from der22.jobs.sanger_files import write_bam, write_vcf
from der22.jobs.sanger_reads import CONTROL_ROLE, ReadBook
from der22.resources import resource_path
from der22.results.sanger import (
    Abl1Row,
    CodonRow,
    ControlOfSampleRow,
    ControlRow,
    FingerprintRow,
    ReadRow,
    StatusRow,
    VariantRow,
)
from der22.results.schema import read_table, write_table
from der22.results.traces import write_traces
from der22.runs.manifest import UnitReport
from der22.sanger.calling.snippets import cut_snippets
from der22.sanger.codes import make_flag
from der22.sanger.evidence.copies import fingerprint, same_capillaries
from der22.sanger.records import SangerReadResult
from der22.sanger.sample import SequencedSample, call_sample
from der22.sanger.settings import SangerSettings
from der22.words import Abl1Status

__all__ = ["SHIPPED_REFERENCE", "collect_abl1", "load_reference", "run_sanger"]

#: the word that means the reference that ships with der22
SHIPPED_REFERENCE = "abl1"
_STAGE = "sanger"
_MOST_TWINS = 3


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
    statuses: list[Abl1Status] = []
    for sample_id in samples:
        rows = book.of_sample(sample_id)
        results = book.analyse(rows)
        controls, serving = book.controls_of(rows, results)
        called = call_sample(results, serving, known, settings)
        files += _write_sample(
            sample_id, rows, results, controls, serving, called, known, Path(outdir)
        )
        noticed = [(read.read_id, flag) for read in (*results, *controls) for flag in read.flags]
        noticed += [(sample_id, flag) for variant in called.variants for flag in variant.flags]
        noticed += [(sample_id, flag) for flag in called.own_flags]
        problems |= {Problem(_STAGE, subject, flag): None for subject, flag in noticed}
        statuses.append(called.status)
    return UnitReport(
        stage=_STAGE,
        unit=samples[0] if len(samples) == 1 else f"{len(samples)} samples",
        files=tuple(sorted(files)),
        problems=tuple(problems),
        summary=f"{len(samples)} samples: {_counts(statuses)}",
    )


def _write_sample(
    sample_id: str,
    rows: Sequence[SangerRead],
    results: Sequence[SangerReadResult],
    controls: Sequence[SangerReadResult],
    serving: Sequence[SangerReadResult],
    called: SequencedSample,
    reference: Reference,
    outdir: Path,
) -> list[str]:
    folder = outdir / "sanger" / sample_id
    folder.mkdir(parents=True, exist_ok=True)
    status = StatusRow(
        patient_id=next((row.patient_id for row in rows if row.patient_id), None),
        sample_id=sample_id,
        day=next((row.day for row in rows if row.day is not None), None),
        abl1_status=called.status,
        mutations=called.mutations,
        codes=codes_of(called.flags),
        message=called.message,
    )
    variants = [
        VariantRow(
            patient_id=status.patient_id,
            sample_id=sample_id,
            day=status.day,
            position_c=variant.position_c,
            ref=variant.ref,
            alt=variant.alt,
            hgvs_c=variant.hgvs_c,
            hgvs_p=variant.hgvs_p,
            mutation=variant.mutation,
            codon=variant.codon,
            tier=variant.tier,
            fraction=variant.fraction,
            fraction_low=variant.fraction_low,
            fraction_high=variant.fraction_high,
            forward_fraction=variant.forward_fraction,
            reverse_fraction=variant.reverse_fraction,
            noise_floor=variant.noise_floor,
            codes=codes_of(variant.flags),
        )
        for variant in called.variants
    ]
    codons = [
        CodonRow(
            codon=verdict.codon,
            residue=verdict.residue,
            status=verdict.status,
            limit_of_detection=verdict.limit_of_detection,
            forward_usable=verdict.forward_usable,
            reverse_usable=verdict.reverse_usable,
        )
        for verdict in called.codons
    ]
    read_rows = [_read_row(read, reference) for read in results]
    control_rows = [_read_row(read, reference) for read in controls]
    fingerprints = [
        FingerprintRow(read_id=read.read_id, fingerprint=fingerprint(read))
        for read in results
        if read.evidence is not None
    ]
    files = [
        write_table(outdir, VariantRow, variants, sample_id=sample_id),
        write_table(outdir, CodonRow, codons, sample_id=sample_id),
        write_table(outdir, ReadRow, read_rows, sample_id=sample_id),
        write_table(outdir, ControlOfSampleRow, control_rows, sample_id=sample_id),
        write_table(outdir, FingerprintRow, fingerprints, sample_id=sample_id),
        write_table(outdir, StatusRow, [status], sample_id=sample_id),
        write_traces(outdir, sample_id, cut_snippets(called.variants, results, serving, reference)),
    ]
    rows_of = (sample_id, called.variants, reference)
    write_vcf(folder / f"{sample_id}.vcf.gz", *rows_of, on_genome=reference.has_genome)
    write_vcf(folder / f"{sample_id}.transcript.vcf.gz", *rows_of, on_genome=False)
    write_bam(folder / f"{sample_id}.bam", sample_id, results, reference)
    endings = (
        "vcf.gz", "vcf.gz.tbi", "transcript.vcf.gz", "transcript.vcf.gz.tbi", "bam", "bam.bai",
    )  # fmt: skip
    return files + [f"sanger/{sample_id}/{sample_id}.{ending}" for ending in endings]


def _read_row(read: SangerReadResult, reference: Reference) -> ReadRow:
    used = read.evidence
    codons: tuple[int | None, int | None] = (None, None)
    if used is not None and reference.is_coding:
        ends = np.flatnonzero(used.usable)[[0, -1]] + reference.window_first - 1
        codons = (int(ends[0]) // 3 + 1, int(ends[1]) // 3 + 1)
    return ReadRow(
        read_id=read.read_id,
        direction=None if used is None else read.direction,
        status=read.status,
        first_codon=codons[0],
        last_codon=codons[1],
        mean_quality=read.mean_quality,
        noise_floor=read.noise_floor,
        codes=codes_of(read.flags),
        message="; ".join(item.message for item in read.flags),
    )


def collect_abl1(
    samples: Sequence[str],
    reads: Sequence[SangerRead],
    outdir: Path,
    settings: SangerSettings | None = None,
) -> UnitReport:
    """Join the samples' own tables to ``sanger/abl1.tsv`` and ``sanger/controls.tsv``.

    Two samples that share a capillary are both warned of it.

    Args:
        samples: every sample id of the sheet.
        reads: every read of the sheet, for the order of the controls.
        outdir: results folder, where `run_sanger` has written.
        settings: thresholds in force; None for the defaults.
    """
    outdir = Path(outdir)
    statuses = [read_table(outdir, StatusRow, sample_id=sample_id)[0] for sample_id in samples]
    twins = _twins(samples, settings or SangerSettings(), outdir)
    problems = []
    for at, row in enumerate(statuses):
        if row.sample_id not in twins:
            continue
        own, others = twins[row.sample_id]
        more = f" and {len(others) - _MOST_TWINS} more" if len(others) > _MOST_TWINS else ""
        flag = make_flag(
            "SAME_TRACE",
            f"{own} is the same capillary as {', '.join(others[:_MOST_TWINS])}{more}; find out "
            "whose it is",
        )
        problems.append(Problem(_STAGE, row.sample_id, flag))
        statuses[at] = replace(
            row,
            codes=tuple(sorted({*row.codes, flag.code})),
            message=f"{row.message}; {flag.message}",
        )
    statuses.sort(
        key=lambda row: (
            row.patient_id or "", math.inf if row.day is None else row.day, row.sample_id
        )
    )  # fmt: skip
    judged: dict[str, ReadRow] = {}
    for sample_id in samples:
        rows = read_table(outdir, ControlOfSampleRow, sample_id=sample_id)
        judged |= {row.read_id: row for row in rows}
    controls = [
        judged.get(read.read_id) or _idle_control(read)
        for read in sorted(reads, key=lambda read: read.read_id)
        if read.role == CONTROL_ROLE
    ]
    summary = _counts([row.abl1_status for row in statuses])
    return UnitReport(
        stage=_STAGE,
        unit="abl1",
        files=(write_table(outdir, Abl1Row, statuses), write_table(outdir, ControlRow, controls)),
        problems=tuple(problems),
        summary=f"{len(samples)} samples: {summary}; {len(controls)} control reads",
    )


def _twins(
    samples: Sequence[str], settings: SangerSettings, outdir: Path
) -> dict[str, tuple[str, list[str]]]:
    """Return, by sample, its first read that another sample has too, and the reads it is."""
    prints = [
        (sample_id, row)
        for sample_id in samples
        for row in read_table(outdir, FingerprintRow, sample_id=sample_id)
    ]
    twins: dict[str, tuple[str, list[str]]] = {}
    for pair in same_capillaries([row.fingerprint for _, row in prints], settings):
        for here, there in (pair, pair[::-1]):
            (sample_id, own), (other_id, other) = prints[here], prints[there]
            if sample_id != other_id:
                found = twins.setdefault(sample_id, (own.read_id, []))
                found[1].append(f"{other.read_id} of sample {other_id}")
    return twins


def _counts(statuses: Sequence[Abl1Status]) -> str:
    return ", ".join(f"{statuses.count(word)} {word}" for word in sorted(set(statuses)))


def _idle_control(read: SangerRead) -> ReadRow:
    """Return the row of a control that no sample of its run asked for."""
    return ReadRow(
        read_id=read.read_id,
        direction=None,
        status=None,
        first_codon=None,
        last_codon=None,
        mean_quality=None,
        noise_floor=None,
        codes=(),
        message=f"serves no sample: no read of run {read.run_id or '(blank)'} in the sheet",
    )
