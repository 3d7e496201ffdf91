"""VCF and BAM at exon joins and on the minus strand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pysam
import pytest

from der22.formats.reference_folder import read_reference
from der22.formats.trace import Trace
from der22.jobs.sanger import load_reference
from der22.jobs.sanger_files import write_bam, write_vcf
from der22.sanger.names import name_change
from der22.sanger.reading.read import analyse_read
from der22.sanger.records import Variant
from der22.sanger.settings import SangerSettings
from der22.words import Tier


def _variant(reference, position, alt) -> Variant:
    name = name_change(reference, position, alt)
    return Variant(
        position_c=position,
        ref=reference.sequence[position - 1 : position - 1 + len(alt)],
        alt=alt,
        hgvs_c=name.hgvs_c,
        hgvs_p=name.hgvs_p,
        mutation=name.mutation,
        codon=name.codon,
        tier=Tier.POSSIBLE,
        fraction=0.4,
        fraction_low=0.3,
        fraction_high=0.5,
        forward_fraction=0.4,
        reverse_fraction=float("nan"),
        noise_floor=0.05,
    )


def _records(path) -> list:
    with pysam.VariantFile(str(path)) as vcf:
        return [(r.contig, r.pos, r.ref, r.alts[0], next(iter(r.filter))) for r in vcf.fetch()]


def test_change_over_an_exon_join_is_two_records(tmp_path):
    """Codon 303 lies over the join of exons 5 and 6: two genome records, one on the transcript."""
    abl1 = load_reference("abl1")
    ref = abl1.sequence[906:908]
    alt = "".join("ACGT"[("ACGT".index(base) + 1) % 4] for base in ref)
    variant = _variant(abl1, 907, alt)
    write_vcf(tmp_path / "g.vcf.gz", "s", [variant], abl1, on_genome=True)
    write_vcf(tmp_path / "t.vcf.gz", "s", [variant], abl1, on_genome=False)
    assert _records(tmp_path / "g.vcf.gz") == [
        ("chr9", 130872213, ref[0], alt[0], "possible"),
        ("chr9", 130872860, ref[1], alt[1], "possible"),
    ]
    assert _records(tmp_path / "t.vcf.gz") == [("NM_005157.6", 907, ref, alt, "possible")]
    assert (tmp_path / "g.vcf.gz.tbi").is_file()


@pytest.fixture
def minus(tmp_path):
    """A gene of two exons on the minus strand of chr7."""
    sequence = "ATG" + "".join(np.random.default_rng(8).choice(list("ACGT"), 297))
    (tmp_path / "coding_sequence.fa").write_text(f">NM_2.1 GENE2\n{sequence}\n")
    (tmp_path / "exons.csv").write_text(
        "exon,c_start,c_end,grch38_start,grch38_end,chrom\n"
        "1,1,120,9001,9120,chr7\n2,121,300,5001,5180,chr7\n"
    )
    return read_reference(tmp_path)


def test_minus_strand_is_complemented(minus, tmp_path):
    """On the minus strand positions count down and bases are complemented."""
    alt = next(base for base in "ACGT" if base != minus.sequence[9])
    write_vcf(tmp_path / "g.vcf.gz", "s", [_variant(minus, 10, alt)], minus, on_genome=True)
    turn = str.maketrans("ACGT", "TGCA")
    assert _records(tmp_path / "g.vcf.gz") == [
        ("chr7", 9111, minus.sequence[9].translate(turn), alt.translate(turn), "possible")
    ]


def _draw(sequence: str) -> Trace:
    positions = 12 * (np.arange(len(sequence)) + 2)
    points = np.arange(12 * (len(sequence) + 4))
    channels = np.zeros((4, points.size))
    for at, base in zip(positions, sequence, strict=True):
        channels["ACGT".index(base)] += 900 * np.exp(-((points - at) ** 2) / 24.5)
    return Trace("r", channels, sequence, positions, np.full(len(sequence), 40))


@pytest.mark.parametrize("is_forward", [True, False])
def test_reads_of_a_minus_gene_lie_on_its_exons(minus, tmp_path, is_forward):
    """A read of either direction is spliced on the minus strand and spells the genome's bases."""
    turn = str.maketrans("ACGT", "TGCA")
    piece = minus.sequence[20:290]
    read = analyse_read(
        "r", _draw(piece if is_forward else piece.translate(turn)[::-1]), minus, SangerSettings()
    )
    write_bam(tmp_path / "x.bam", "s", [read], minus)
    with pysam.AlignmentFile(str(tmp_path / "x.bam")) as bam:
        segment = next(bam.fetch())
    assert segment.is_reverse == is_forward
    assert segment.query_sequence == piece.translate(turn)[::-1]
    assert segment.get_blocks() == [(5010, 5180), (9000, 9100)]
    pairs = {g + 1: q for q, g in segment.get_aligned_pairs(matches_only=True)}
    for position in (25, 120, 121, 280):
        base = segment.query_sequence[pairs[minus.genome_position(position)]]
        assert base == minus.sequence[position - 1].translate(turn)


def test_refused_reads_are_left_out(minus, tmp_path):
    """A refused read is in no BAM; an empty BAM still opens and has its index."""
    read = analyse_read("r", _draw("ACGT" * 20), minus, SangerSettings())
    assert read.evidence is None
    write_bam(tmp_path / "x.bam", "s", [read, dataclasses.replace(read, read_id="s")], minus)
    with pysam.AlignmentFile(str(tmp_path / "x.bam")) as bam:
        assert list(bam.fetch()) == []


def test_a_vcf_says_whose_and_how_much(tmp_path):
    """One column with the sample's id: genotype and fractions; the assembly stands in the head."""
    abl1 = load_reference("abl1")
    row = dataclasses.replace(_variant(abl1, 944, "T"), tier=Tier.DETECTED)
    rows = [row, dataclasses.replace(_variant(abl1, 1075, "G"), tier=Tier.UNPHASED)]
    for on_genome, built_on, contig in (
        (True, "GRCh38", "chr9"),
        (False, "NM_005157.6", "NM_005157.6"),
    ):
        path = tmp_path / f"{on_genome}.vcf.gz"
        write_vcf(path, "S-1", rows, abl1, on_genome=on_genome)
        with pysam.VariantFile(str(path)) as vcf:
            head, records = str(vcf.header), list(vcf)
        assert f"##reference={built_on}\n" in head
        assert f"##contig=<ID={contig},length=" in head
        assert [list(record.samples) for record in records] == [["S-1"], ["S-1"]]
        assert [list(record.filter) for record in records] == [["PASS"], ["unphased"]]
        call = records[0].samples["S-1"]
        assert call["GT"] == (0, 1)
        assert call["AF"] == pytest.approx((0.4,))
        assert call["AFF"] == pytest.approx(0.4)
        assert "AFR" not in call


@pytest.mark.parametrize("is_forward", [True, False])
@pytest.mark.parametrize("change", ["none", "base", "lost", "more"])
def test_a_bam_counts_its_differences(minus, tmp_path, is_forward, change):
    """NM and MD agree with the reference, base by base; the read group is the sample."""
    sequence = minus.sequence
    other = next(base for base in "ACGT" if base != sequence[150])
    sequence = {
        "none": sequence,
        "base": sequence[:150] + other + sequence[151:],
        "lost": sequence[:150] + sequence[153:],
        "more": sequence[:150] + "ACGTACG" + sequence[150:],
    }[change]
    turn = str.maketrans("ACGT", "TGCA")
    read = analyse_read("r", _draw(sequence if is_forward else sequence.translate(turn)[::-1]),
                        minus, SangerSettings())  # fmt: skip
    write_bam(tmp_path / "x.bam", "S-1", [read], minus)
    with pysam.AlignmentFile(str(tmp_path / "x.bam")) as bam:
        (segment,) = bam.fetch("chr7")
        assert bam.header.to_dict()["RG"] == [{"ID": "S-1", "SM": "S-1", "PL": "CAPILLARY"}]
    assert segment.get_tag("RG") == "S-1"
    assert segment.get_tag("NM") == {"none": 0, "base": 1, "lost": 3, "more": 7}[change]
    # pysam rebuilds the reference from MD; it must be that of the gene
    genome = {
        position: base
        for exon in minus.exons
        for position, base in enumerate(
            minus.sequence[exon.first - 1 : exon.last].translate(turn)[::-1], exon.start
        )
    }
    for _, position, base in segment.get_aligned_pairs(with_seq=True):
        if position is not None and base is not None:
            assert base.upper() == genome[position + 1]
