"""Detected changes as a mutation annotation table (MAF) on GRCh38."""

from __future__ import annotations

import re
from collections.abc import Iterable

from Bio.Seq import reverse_complement

from der22.formats.reference_folder import Reference
from der22.results.sanger import VariantRow
from der22.words import Tier

__all__ = ["mutated_samples", "mutation_table"]

_COLUMNS = (
    *("Hugo_Symbol", "Entrez_Gene_Id", "NCBI_Build", "Chromosome", "Start_Position"),
    *("End_Position", "Strand", "Variant_Classification", "Variant_Type", "Reference_Allele"),
    *("Tumor_Seq_Allele1", "Tumor_Seq_Allele2", "Tumor_Sample_Barcode", "Mutation_Status"),
    *("HGVSc", "HGVSp", "HGVSp_Short", "SWISSPROT", "Tier", "Allele_Fraction"),
)
_ENTREZ, _SWISSPROT = {"ABL1": "25"}, {"ABL1": "ABL1_HUMAN"}
_TYPES = {1: "SNP", 2: "DNP", 3: "TNP"}


def mutation_table(variants: Iterable[VariantRow], reference: Reference | None) -> list[list[str]]:
    """Return header and rows; nothing when there is none or the gene has no place on the genome.

    Only tier detected is exported, and only exchanges of bases: insertions and losses at exon joins
    are seen in the transcript and have no single genomic change. A known polymorphism is no somatic
    change and is left out; a change across an exon join is a row for each base.
    """
    if reference is None or not reference.has_genome or not reference.gene:
        return []
    rows = [
        _row(row, position, ref, alt, reference)
        for row in variants
        if row.tier is Tier.DETECTED and "POLYMORPHISM" not in row.codes
        if re.fullmatch("[ACGT]+", row.ref) and re.fullmatch("[ACGT]+", row.alt)
        if len(row.ref) == len(row.alt)
        for position, ref, alt in _on_one_exon(row, reference)
    ]
    return [list(_COLUMNS), *rows] if rows else []


def mutated_samples(table: list[list[str]]) -> set[str]:
    """Return the samples of a `mutation_table`."""
    at = _COLUMNS.index("Tumor_Sample_Barcode")
    return {row[at] for row in table[1:]}


def _on_one_exon(row: VariantRow, reference: Reference) -> list[tuple[int, str, str]]:
    """Return (position_c, ref, alt), base by base where an intron lies between them."""
    first, ref, alt = row.position_c, row.ref, row.alt
    ends = reference.genome_position(first), reference.genome_position(first + len(ref) - 1)
    if abs(ends[1] - ends[0]) == len(ref) - 1:
        return [(first, ref, alt)]
    bases = enumerate(zip(ref, alt, strict=True))
    return [(first + at, before, after) for at, (before, after) in bases if before != after]


def _row(row: VariantRow, first: int, ref: str, alt: str, reference: Reference) -> list[str]:
    ends = [reference.genome_position(first), reference.genome_position(first + len(ref) - 1)]
    if not reference.is_plus_strand:
        ref, alt = reverse_complement(ref), reverse_complement(alt)
    values = {
        "Hugo_Symbol": reference.gene,
        "Entrez_Gene_Id": _ENTREZ.get(reference.gene, ""),
        "NCBI_Build": "GRCh38",
        "Chromosome": reference.chromosome.removeprefix("chr"),
        "Start_Position": str(min(ends)),
        "End_Position": str(max(ends)),
        "Strand": "+",
        "Variant_Classification": _classification(row.mutation),
        "Variant_Type": _TYPES.get(len(ref), "ONP"),
        "Reference_Allele": ref,
        "Tumor_Seq_Allele1": ref,
        "Tumor_Seq_Allele2": alt,
        "Tumor_Sample_Barcode": row.sample_id,
        "Mutation_Status": "Somatic",
        "HGVSc": row.hgvs_c,
        "HGVSp": row.hgvs_p,
        "HGVSp_Short": _short_name(row.mutation),
        "SWISSPROT": _SWISSPROT.get(reference.gene, ""),
        "Tier": str(row.tier),
        "Allele_Fraction": "" if row.fraction is None else f"{row.fraction:.4f}",
    }
    return [values[column] for column in _COLUMNS]


def _classification(mutation: str) -> str:
    if mutation.endswith("*"):
        return "Nonsense_Mutation"
    return "Silent" if mutation[:1] == mutation[-1:] else "Missense_Mutation"


def _short_name(mutation: str) -> str:
    return f"p.{mutation[:-1]}=" if mutation[:1] == mutation[-1:] else f"p.{mutation}"
