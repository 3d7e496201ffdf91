"""Reference folders and bare FASTA files."""

from __future__ import annotations

import os
from itertools import pairwise

import pytest

from der22.errors import InputError
from der22.formats.reference_folder import read_reference
from der22.resources import resource_path

CODING = "ATGGCTTGTGACGAATTTGGGCATATCAAATAA"


def _folder(tmp_path, **tables):
    (tmp_path / "coding_sequence.fa").write_text(f">NM_1.1:c.1_33 GENE\n{CODING}\n")
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def test_shipped_reference_is_abl1():
    """The shipped folder is NM_005157.6 with its kinase domain, exons and named mutations."""
    abl1 = read_reference(resource_path("abl1"))
    assert (abl1.name, abl1.protein, abl1.gene) == ("NM_005157.6", "NP_005148.2", "ABL1")
    assert len(abl1.sequence) == 3393
    assert len(abl1.window) == 940
    assert abl1.sequence[942:945] == "ACT"
    assert abl1.genome_position(944) == 130872896
    assert {item.name for item in abl1.splice_variants} >= {"35INS", "exon7del"}


def test_every_named_mutation_of_abl1_fits_its_sequence():
    """The genome column of the shipped table is what exons and sequence give."""
    abl1 = read_reference(resource_path("abl1"))
    for line in resource_path("abl1/mutations.csv").read_text().splitlines()[1:]:
        cells = line.split(",")
        if ">" not in cells[7]:
            continue
        position, bases = int("".join(filter(str.isdigit, cells[7].split("c.")[1]))), cells[7][-3:]
        assert abl1.sequence[position - 1] == bases[0]
        assert cells[11] == f"chr9:{abl1.genome_position(position)}{bases}"


def test_exons_join_without_gap():
    """Exons of the shipped reference follow each other in c. and lie apart on the genome."""
    exons = read_reference(resource_path("abl1")).exons
    for left, right in pairwise(exons):
        assert right.first == left.last + 1
        assert right.start > left.end + 1


def test_a_folder_with_only_a_sequence_is_enough(tmp_path):
    """Without other tables there is a reading frame, no genome and no named mutation."""
    found = read_reference(_folder(tmp_path))
    assert found.is_coding
    assert not found.has_genome
    assert found.name == "NM_1.1"
    assert (found.codon_first, found.codon_last) == (1, 11)


def test_minus_strand_counts_down(tmp_path):
    """Exons that descend on the genome put the gene on the minus strand."""
    exons = "exon,c_start,c_end,grch38_start,grch38_end,chrom\n1,1,12,901,912,chr7\n"
    exons += "2,13,33,701,721,chr7\n"
    found = read_reference(_folder(tmp_path, exons=exons))
    assert not found.is_plus_strand
    assert [found.genome_position(at) for at in (1, 12, 13, 33)] == [912, 901, 721, 701]
    assert found.chromosome_length == 159345973


def test_bare_fasta_has_no_frame(tmp_path):
    """A bare FASTA file counts from 1, without frame and genome."""
    path = tmp_path / "x.fasta"
    path.write_text(">amplicon_7 some words\nacgtu\nACGT\n")
    found = read_reference(path)
    assert (found.name, found.sequence) == ("amplicon_7", "ACGTTACGT")
    assert not found.is_coding
    assert (found.window_first, found.window_last) == (1, 9)


@pytest.mark.parametrize(
    ("tables", "what"),
    [
        ({"mutations": "name,hgvs\nx,y\n"}, "mutation"),
        ({"reference": "key,value\nwindow_first,abc\n"}, "window_first"),
        ({"exons": "exon,c_start,c_end,grch38_start,grch38_end\n1,1,33,5,37\n"}, "chromosome"),
        ({"exons": "exon,c_start,c_end,grch38_start,grch38_end,chrom\n1,1,33,5,9,chr1\n"}, "1"),
    ],
)
def test_tables_that_do_not_fit_are_named(tmp_path, tables, what):
    """A table that lacks a column or holds a wrong value is an input error that says what."""
    with pytest.raises(InputError, match=what):
        read_reference(_folder(tmp_path, **tables))


@pytest.mark.parametrize("text", ["", ">a\nACGT\n>b\nACGT\n", ">a\nACGN\n", "ACGT\n", ">a\n"])
def test_fasta_must_hold_one_clean_record(tmp_path, text):
    """No record, two records or letters other than ACGT are refused."""
    path = tmp_path / "x.fa"
    path.write_text(text)
    with pytest.raises(InputError):
        read_reference(path)


def test_missing_path_is_an_input_error(tmp_path):
    """A path that is not there is named."""
    with pytest.raises(InputError, match="nowhere"):
        read_reference(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["a<b", "a,b", "'x'", "-x", "ä"])
def test_a_name_that_no_vcf_can_carry_is_refused(tmp_path, name):
    """The name of the record becomes a contig of VCF and BAM files."""
    path = tmp_path / "x.fa"
    path.write_text(f">{name} some gene\nACGT\n", encoding="utf-8")
    with pytest.raises(InputError, match="names its record"):
        read_reference(path)


@pytest.mark.parametrize("name", ["NM_005157.6", "gi|7|ref|NM_005157.6|", "NM_005157.6:1-90", "x"])
def test_usual_names_are_kept(tmp_path, name):
    """Names as sequence databases give them."""
    path = tmp_path / "x.fa"
    path.write_text(f">{name} some gene\nACGT\n", encoding="utf-8")
    assert read_reference(path).name == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('mutation,hgvs_c\n"A2V,c.5C>T\n', r"mutations\.csv, row 2: .*quote"),
        ("mutation,hgvs_c,hgvs_c\nA2V,c.5C>T,c.6C>T\n", "stands twice"),
        ("mutation,hgvs_c\nA2V,c.5C>T,more\n", "row 2: 3 cells, the header has 2"),
        ("mutation;hgvs_x\nA2V;c.5C>T\n", "lacks the column hgvs_c"),
        ("mutation,hgvs_c\nA2V,c.5\x00C>T\n", "NUL"),
    ],
)
def test_tables_of_a_folder_are_read_strictly(tmp_path, text, words):
    """A table of a reference passes the one path of all tables."""
    with pytest.raises(InputError, match=rf"sanger\.reference.*{words}|{words}"):
        read_reference(_folder(tmp_path, mutations=text))


@pytest.mark.parametrize("name", ["Mutations.csv", "mutation.csv", "mutations.tsv.txt", "exon.tsv"])
def test_a_table_under_almost_its_name(tmp_path, name):
    """A table that would be passed over is told."""
    (tmp_path / name).write_text("mutation,hgvs_c\n")
    with pytest.raises(InputError, match="looks like the table"):
        read_reference(_folder(tmp_path))


def test_two_tables_of_one_name_and_a_dead_link(tmp_path):
    """Neither .csv nor .tsv wins in silence, and a link that leads nowhere is no missing table."""
    (tmp_path / "mutations.tsv").write_text("mutation\thgvs_c\n")
    with pytest.raises(InputError, match="keep one"):
        read_reference(_folder(tmp_path, mutations="mutation,hgvs_c\n"))
    (tmp_path / "mutations.tsv").unlink()
    (tmp_path / "mutations.csv").unlink()
    (tmp_path / "exons.csv").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match="no such file"):
        read_reference(tmp_path)


def test_a_mutation_fits_the_sequence(tmp_path):
    """A substitution names the base that the sequence has."""
    with pytest.raises(InputError, match=r"c\.5T>A names another base"):
        read_reference(_folder(tmp_path, mutations="mutation,hgvs_c\nA2D,NM_1.1:c.5T>A\n"))
    read_reference(_folder(tmp_path, mutations="mutation,hgvs_c\nA2D,NM_1.1:c.5C>A\n"))


def test_a_fifo_is_no_sequence(tmp_path):
    """Only regular files are opened."""
    os.mkfifo(tmp_path / "coding_sequence.fa")
    with pytest.raises(InputError):
        read_reference(tmp_path)
