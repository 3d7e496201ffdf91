"""Detected changes as a mutation annotation table (MAF) on GRCh38."""

from __future__ import annotations

import re
from collections.abc import Iterable

from der22.cohort.assays import TextRow
from der22.formats.reference_folder import Reference

__all__ = ["mutation_table"]

_COLUMNS = (
    *("Hugo_Symbol", "Entrez_Gene_Id", "NCBI_Build", "Chromosome", "Start_Position"),
    *("End_Position", "Strand", "Variant_Classification", "Variant_Type", "Reference_Allele"),
    *("Tumor_Seq_Allele1", "Tumor_Seq_Allele2", "Tumor_Sample_Barcode", "Mutation_Status"),
    *("HGVSc", "HGVSp", "HGVSp_Short"),
)
_ENTREZ = {"ABL1": "25"}
_TYPES = {1: "SNP", 2: "DNP", 3: "TNP"}
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


def mutation_table(variants: Iterable[TextRow], reference: Reference | None) -> list[list[str]]:
    """Return header and rows; nothing when there is none or the gene has no place on the genome.

    Only tier detected is exported, and only exchanges of bases: insertions and losses at exon joins
    are seen in the transcript and have no single genomic change.
    """
    if reference is None or not reference.has_genome or not reference.gene:
        return []
    rows = [
        _row(row, reference)
        for row in variants
        if row["tier"] == "detected"
        and re.fullmatch("[ACGT]+", row["ref"])
        and re.fullmatch("[ACGT]+", row["alt"])
        and len(row["ref"]) == len(row["alt"])
    ]
    return [list(_COLUMNS), *rows] if rows else []


def _row(row: TextRow, reference: Reference) -> list[str]:
    ref, alt = row["ref"], row["alt"]
    first = int(row["position_c"])
    ends = [reference.genome_position(first), reference.genome_position(first + len(ref) - 1)]
    if not reference.is_plus_strand:
        ref, alt = (word.translate(_COMPLEMENT)[::-1] for word in (ref, alt))
    values = {
        "Hugo_Symbol": reference.gene,
        "Entrez_Gene_Id": _ENTREZ.get(reference.gene, ""),
        "NCBI_Build": "GRCh38",
        "Chromosome": reference.chromosome.removeprefix("chr"),
        "Start_Position": str(min(ends)),
        "End_Position": str(max(ends)),
        "Strand": "+",
        "Variant_Classification": _classification(row["mutation"]),
        "Variant_Type": _TYPES.get(len(ref), "ONP"),
        "Reference_Allele": ref,
        "Tumor_Seq_Allele1": ref,
        "Tumor_Seq_Allele2": alt,
        "Tumor_Sample_Barcode": row["sample_id"],
        "Mutation_Status": "Somatic",
        "HGVSc": row["hgvs_c"],
        "HGVSp": row["hgvs_p"],
        "HGVSp_Short": _short_name(row["mutation"]),
    }
    return [values[column] for column in _COLUMNS]


def _classification(mutation: str) -> str:
    if mutation.endswith("*"):
        return "Nonsense_Mutation"
    return "Silent" if mutation[:1] == mutation[-1:] else "Missense_Mutation"


def _short_name(mutation: str) -> str:
    return f"p.{mutation[:-1]}=" if mutation[:1] == mutation[-1:] else f"p.{mutation}"
