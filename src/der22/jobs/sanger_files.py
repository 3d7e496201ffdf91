"""VCF and BAM of one Sanger sample, written with pysam; heads without clock, path or command."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pysam
from Bio.Seq import reverse_complement

from der22.formats.reference_folder import Reference
from der22.sanger.records import Placement, SangerReadResult, Variant
from der22.words import Direction, Tier

__all__ = ["write_bam", "write_vcf"]

_INFO = (
    ("AF", "A", "Float", "Share of the amplified transcript, mean of the strands"),
    ("AFF", "1", "Float", "Share on the forward strand"),
    ("AFR", "1", "Float", "Share on the reverse strand"),
    ("NOISE", "1", "Float", "Noise in force at the base and alternative"),
    ("TIER", "1", "String", "detected, possible, single_strand or unphased"),
    ("HGVSC", "1", "String", "Name on the transcript"),
    ("HGVSP", "1", "String", "Name on the protein"),
    ("END", "1", "Integer", "Last position of the event"),
    ("SVTYPE", "1", "String", "INS or DEL"),
    ("SVLEN", "1", "Integer", "Bases inserted (positive) or lost (negative)"),
)
_FORMAT = (
    ("GT", "1", "String", "0/1: the change is there; how much of it, AF says"),
    ("AF", "A", "Float", "Share of the amplified transcript, mean of the strands"),
    ("AFF", "1", "Float", "Share on the forward strand"),
    ("AFR", "1", "Float", "Share on the reverse strand"),
)
_ASSEMBLY = "GRCh38"
_CIGAR = {"M": 0, "I": 1, "D": 2, "N": 3, "S": 4}


def write_vcf(
    path: Path,
    sample_id: str,
    variants: Sequence[Variant],
    reference: Reference,
    *,
    on_genome: bool,
) -> None:
    """Write the rows of a sample as a bgzipped VCF with a tabix index beside it.

    Args:
        path: ends in ``.vcf.gz``; ``.tbi`` is added for the index.
        sample_id: name of the sample's column.
        variants: rows of variants.tsv.
        reference: what they are named after.
        on_genome: GRCh38 positions; else positions of the reference sequence.
    """
    header = pysam.VariantHeader()
    contig, length = _contig(reference, on_genome=on_genome)
    built_on = _ASSEMBLY if on_genome else reference.name
    header.add_line(f"##reference={built_on}")
    assembly = f",assembly={_ASSEMBLY}" if on_genome else ""
    header.add_line(f"##contig=<ID={contig},length={length}{assembly}>")
    for name, number, kind, meaning in _INFO:
        header.add_line(f'##INFO=<ID={name},Number={number},Type={kind},Description="{meaning}">')
    for name, number, kind, meaning in _FORMAT:
        header.add_line(f'##FORMAT=<ID={name},Number={number},Type={kind},Description="{meaning}">')
    for tier in Tier:
        if tier is Tier.DETECTED:
            continue
        header.add_line(f'##FILTER=<ID={tier},Description="Tier {tier}">')
    header.add_line('##ALT=<ID=INS,Description="Insertion of bases not known">')
    header.add_line('##ALT=<ID=DEL,Description="Deletion">')
    header.add_sample(sample_id)
    parts = [
        (start, ref, alt, stop, variant)
        for variant in variants
        for start, ref, alt, stop in _alleles(variant, reference, on_genome=on_genome)
    ]
    with pysam.VariantFile(str(path), "wz", header=header) as out:
        for start, ref, alt, stop, variant in sorted(parts, key=lambda part: part[:3]):
            out.write(
                out.new_record(
                    contig=contig, start=start - 1, stop=stop, alleles=(ref, alt),
                    filter="PASS" if variant.tier is Tier.DETECTED else str(variant.tier),
                    info=_info(variant, reference),
                    samples=[{"GT": (0, 1)} | _fractions(variant)],
                )
            )  # fmt: skip
    pysam.tabix_index(str(path), preset="vcf", force=True)


def _contig(reference: Reference, *, on_genome: bool) -> tuple[str, int]:
    if on_genome:
        return reference.chromosome, reference.chromosome_length
    return reference.name, len(reference.sequence)


def _info(variant: Variant, reference: Reference) -> dict[str, Any]:
    values: dict[str, Any] = {"TIER": str(variant.tier), "HGVSC": variant.hgvs_c}
    values |= _fractions(variant)
    if not math.isnan(variant.noise_floor):
        values["NOISE"] = round(variant.noise_floor, 4)
    if variant.hgvs_p:
        # HGVS marks "unchanged" with a sign that VCF reserves.
        values["HGVSP"] = variant.hgvs_p.replace("=", "%3D")
    if variant.is_splice:
        size = _splice_size(variant, reference)
        kind = variant.alt.strip("<>")
        values |= {"SVTYPE": kind, "SVLEN": size if kind == "INS" else -size}
    return values


def _fractions(variant: Variant) -> dict[str, float]:
    """Return the fractions that are known, as VCF keys."""
    numbers = (
        ("AF", variant.fraction),
        ("AFF", variant.forward_fraction),
        ("AFR", variant.reverse_fraction),
    )
    return {key: round(number, 4) for key, number in numbers if not math.isnan(number)}


def _splice_size(variant: Variant, reference: Reference) -> int:
    return next(item.size_nt for item in reference.splice_variants if item.name == variant.mutation)


def _alleles(
    variant: Variant, reference: Reference, *, on_genome: bool
) -> Iterator[tuple[int, str, str, int]]:
    """Yield (position, ref, alt, last position); a change over an exon join gives two."""
    if variant.is_splice:
        yield _symbolic(variant, reference, on_genome=on_genome)
        return
    if not on_genome:
        end = variant.position_c + len(variant.ref) - 1
        yield variant.position_c, variant.ref, variant.alt, end
        return
    for first, ref, alt in _by_exon(variant, reference):
        if ref == alt:
            continue
        ends = (
            reference.genome_position(first),
            reference.genome_position(first + len(ref) - 1),
        )
        if not reference.is_plus_strand:
            ref, alt = reverse_complement(ref), reverse_complement(alt)
        yield min(ends), ref, alt, max(ends)


def _by_exon(variant: Variant, reference: Reference) -> Iterator[tuple[int, str, str]]:
    last = variant.position_c + len(variant.ref) - 1
    for exon in reference.exons:
        low, high = max(exon.first, variant.position_c), min(exon.last, last)
        if low <= high:
            part = slice(low - variant.position_c, high + 1 - variant.position_c)
            yield low, variant.ref[part], variant.alt[part]


def _symbolic(
    variant: Variant, reference: Reference, *, on_genome: bool
) -> tuple[int, str, str, int]:
    """Return a splice variant anchored at the base before it; unknown intron bases are N."""
    size = _splice_size(variant, reference)
    is_loss = variant.alt == "<DEL>"
    first, last = variant.position_c, variant.position_c + (size - 1 if is_loss else 0)
    if not on_genome:
        anchor = first - 1 if is_loss else first
        return anchor, reference.sequence[anchor - 1], variant.alt, last
    low, high = sorted((reference.genome_position(first), reference.genome_position(last)))
    if is_loss:
        return low - 1, "N", variant.alt, high
    anchor_base = reference.sequence[first - 1]
    if not reference.is_plus_strand:
        anchor_base = reverse_complement(anchor_base)
    return low, anchor_base, variant.alt, low


def write_bam(
    path: Path, sample_id: str, reads: Sequence[SangerReadResult], reference: Reference
) -> None:
    """Write every read not refused as one spliced record, sorted, with its index beside it.

    Args:
        path: ends in ``.bam``; ``.bai`` is added for the index.
        sample_id: of the sheet; the read group and its sample.
        reads: of one sample.
        reference: what they were placed on; GRCh38 where it has exons.
    """
    contig, length = _contig(reference, on_genome=reference.has_genome)
    header = pysam.AlignmentHeader.from_dict(
        {
            "HD": {"VN": "1.6", "SO": "coordinate"},
            "SQ": [{"SN": contig, "LN": length}],
            "RG": [{"ID": sample_id, "SM": sample_id, "PL": "CAPILLARY"}],
        }
    )
    records = [
        _segment(sample_id, read, read.placement, header, reference)
        for read in reads
        if read.evidence is not None and read.placement is not None
    ]
    records.sort(key=lambda record: (record.reference_start, record.query_name))
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for record in records:
            out.write(record)
    pysam.index(str(path))


def _segment(
    sample_id: str, read: SangerReadResult, placement: Placement, header: Any, reference: Reference
) -> Any:
    assert read.trace is not None
    runs_down = (placement.direction is Direction.REVERSE) is reference.is_plus_strand
    if not reference.has_genome:
        runs_down = placement.direction is Direction.REVERSE
    letters = read.trace.calls
    values = read.trace.qualities
    shares = _share_per_call(read, placement, len(letters))
    steps = list(placement.cigar)
    used = sum(n for n, step in steps if step in "MI")
    clips = [placement.first_call, len(letters) - placement.first_call - used]
    if runs_down:
        letters = reverse_complement("".join(c if c in "ACGTN" else "N" for c in letters))
        values = None if values is None else values[::-1]
        shares, steps, clips = shares[::-1], steps[::-1], clips[::-1]
    start, spliced = _on_reference(placement, steps, reference)
    segment = pysam.AlignedSegment(header)
    segment.query_name = read.read_id
    segment.flag = 16 if runs_down else 0
    segment.reference_id = 0
    segment.reference_start = start - 1
    segment.mapping_quality = 60
    whole = [(clips[0], "S"), *spliced, (clips[1], "S")]
    segment.cigartuples = [(_CIGAR[step], n) for n, step in whole if n]
    segment.query_sequence = "".join(c if c in "ACGTN" else "N" for c in letters)
    if values is not None:
        segment.query_qualities = pysam.qualitystring_to_array(
            "".join(chr(int(value) + 33) for value in np.minimum(values, 93))
        )
    segment.set_tag("RG", sample_id)
    edits, mismatches = _mismatches(letters, clips[0], start, spliced, reference)
    segment.set_tag("NM", edits)
    segment.set_tag("MD", mismatches)
    segment.set_tag("af", array("f", shares.tolist()))
    return segment


def _mismatches(
    letters: str, clip: int, start: int, steps: Sequence[tuple[int, str]], reference: Reference
) -> tuple[int, str]:
    """Return the edit distance of a record and the reference bases it differs from (NM and MD).

    Args:
        letters: calls in ascending order of the contig.
        clip: calls left out at the beginning.
        start: first position of the contig.
        steps: length and operation, introns included.
        reference: for its bases.
    """
    bases: dict[int, str] = {}
    if reference.has_genome:
        for exon in reference.exons:
            coding = reference.sequence[exon.first - 1 : exon.last]
            if not reference.is_plus_strand:
                coding = reverse_complement(coding)
            bases |= dict(enumerate(coding, exon.start))
    else:
        bases = dict(enumerate(reference.sequence, 1))
    edits, same, call, position, text = 0, 0, clip, start, ""
    for n, step in steps:
        if step == "I":
            edits, call = edits + n, call + n
        elif step == "N":
            position += n
        elif step == "D":
            text += f"{same}^{''.join(bases[position + k] for k in range(n))}"
            edits, same, position = edits + n, 0, position + n
        else:
            for k in range(n):
                if letters[call + k] == bases[position + k]:
                    same += 1
                    continue
                text += f"{same}{bases[position + k]}"
                edits, same = edits + 1, 0
            call, position = call + n, position + n
    return edits, f"{text}{same}"


def _share_per_call(
    read: SangerReadResult, placement: Placement, n_calls: int
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the strongest alternative's share at each call, -1 where not usable."""
    shares = np.full(n_calls, -1.0)
    if read.evidence is None:
        return shares
    usable = (placement.window_index >= 0) & read.evidence.usable[placement.window_index]
    strongest = np.nan_to_num(read.evidence.shares).max(axis=0)
    shares[placement.call_index[usable]] = strongest[placement.window_index[usable]].round(4)
    return shares


def _on_reference(
    placement: Placement, steps: Sequence[tuple[int, str]], reference: Reference
) -> tuple[int, list[tuple[int, str]]]:
    """Return the first position and the steps with introns, ascending on the reference.

    Args:
        placement: the read.
        steps: in ascending order on the reference or, on the genome, of the genome.
        reference: with or without exons.
    """
    first = reference.window_first + placement.window_start
    if not reference.has_genome:
        return first, list(steps)
    span = sum(n for n, step in steps if step in "MD")
    position = reference.genome_position(first)
    if not reference.is_plus_strand:
        position = reference.genome_position(first + span - 1)
    start = position
    exons = sorted(reference.exons, key=lambda exon: exon.start)
    spliced: list[tuple[int, str]] = []
    for n, step in steps:
        if step == "I":
            spliced.append((n, step))
            continue
        left = n
        while left:
            exon = next(item for item in exons if position <= item.end)
            if position < exon.start:
                spliced.append((exon.start - position, "N"))
                position = exon.start
            here = min(left, exon.end - position + 1)
            spliced.append((here, step))
            position, left = position + here, left - here
    return start, spliced
