"""The joined table in Excel, Parquet, cBioPortal and REDCap."""

from __future__ import annotations

import csv
import dataclasses
import io
import shutil

import openpyxl
import pyarrow.parquet as pq
import pytest

from der22.cohort.cbioportal import study_identifier
from der22.cohort.mutation_table import mutation_table
from der22.cohort.redcap import redcap_files
from der22.formats.reference_folder import Exon, Reference
from der22.formats.tables import read_tsv
from der22.results.sanger import VariantRow
from records import as_record, risk_record


@pytest.fixture(scope="module")
def study(exported):
    """The study folder: file name -> text."""
    root = exported / "cohort/cbioportal"
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in root.rglob("*.txt")
    }


def _meta(text):
    return dict(line.split(": ", 1) for line in text.splitlines())


def _data(text):
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def test_every_export_is_listed_and_repeats_byte_for_byte(exported, tmp_path, export):
    """The report names each file, and a second run writes the same bytes."""
    shutil.copytree(exported, tmp_path, dirs_exist_ok=True)
    report = export(tmp_path)
    written = {
        path.relative_to(tmp_path).as_posix()
        for part in ("cbioportal", "redcap")
        for path in (tmp_path / "cohort" / part).rglob("*")
        if path.is_file()
    }
    assert set(report.files) == written | {
        "cohort/genomic_risk.xlsx",
        "cohort/genomic_risk.parquet",
    }
    for name in report.files:
        assert (tmp_path / name).read_bytes() == (exported / name).read_bytes()


def test_the_workbook_holds_the_table_and_its_rules(exported):
    """Same rows as the TSV, identifiers as text, numbers as numbers, rules and settings beside."""
    book = openpyxl.load_workbook(exported / "cohort/genomic_risk.xlsx")
    rows = list(book["genomic_risk"].iter_rows(values_only=True))
    table = read_tsv(exported / "cohort/genomic_risk.tsv")
    assert list(rows[0]) == list(table[0])
    assert len(rows) == 64
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["patient_id"], first["age_years"], first["mrd_increase_day"]) == (
        "DAL001",
        41,
        85,
    )
    assert first["best_depth"] is None
    rules = [row[0] for row in book["rules and settings"].iter_rows(values_only=True)]
    assert {"high", "ikzf1plus_definition", "statistics"} <= set(rules)


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "plain", "a\x0bb"])
def test_text_that_looks_like_a_formula_opens_as_text(demo, join, exported, tmp_path, text, export):
    """A centre called =cmd is a string cell marked as text, never a formula."""
    shutil.copytree(exported, tmp_path, dirs_exist_ok=True)
    patients = [dataclasses.replace(p, extra={"x_centre": text}) for p in demo.patients()]
    join(tmp_path, patients=patients)
    export(tmp_path, patients)
    sheet = openpyxl.load_workbook(tmp_path / "cohort/genomic_risk.xlsx")["genomic_risk"]
    cell = sheet.cell(2, sheet.max_column)
    assert cell.data_type == "s"
    assert cell.value == text.replace("\x0b", "")
    assert cell.quotePrefix == (text[0] in "=+-@")


def test_parquet_is_typed_and_blank_is_null(exported):
    """Days are whole numbers, age a number, blanks null; the values are those of the table."""
    table = pq.read_table(exported / "cohort/genomic_risk.parquet")
    kinds = {field.name: str(field.type) for field in table.schema}
    assert kinds["age_years"] == "double"
    assert kinds["mrd_increase_day"] == "int64"
    assert kinds["patient_id"] == "string"
    rows = table.to_pylist()
    assert rows[0]["mrd_increase_day"] == 85
    assert rows[2]["mrd_increase_day"] is None
    text = read_tsv(exported / "cohort/genomic_risk.tsv")
    assert [row["genomic_risk"] for row in rows] == [row["genomic_risk"] for row in text]


def test_study_identifier_is_plain():
    """Letters, digits and underscores, whatever the cohort is called."""
    assert study_identifier("D-ALBA (synthetic)") == "der22_d_alba_synthetic"
    assert study_identifier("Ω") == "der22_cohort"


def test_each_meta_file_points_at_its_data(study):
    """Every meta file names one study, a documented type, and a data file that is there."""
    documented = {
        ("CLINICAL", "PATIENT_ATTRIBUTES"),
        ("CLINICAL", "SAMPLE_ATTRIBUTES"),
        ("CLINICAL", "TIMELINE"),
        ("COPY_NUMBER_ALTERATION", "DISCRETE"),
        ("STRUCTURAL_VARIANT", "SV"),
        ("MUTATION_EXTENDED", "MAF"),
    }
    identifier = _meta(study["meta_study.txt"])["cancer_study_identifier"]
    metas = {name: _meta(text) for name, text in study.items() if name.startswith("meta_")}
    data = {meta.get("data_filename") for meta in metas.values()} - {None}
    assert data == {name for name in study if name.startswith("data_")}
    for name, meta in metas.items():
        assert meta["cancer_study_identifier"] == identifier
        if name != "meta_study.txt":
            assert (meta["genetic_alteration_type"], meta["datatype"]) in documented
    stable = {metas[f"meta_{part}.txt"]["stable_id"] for part in ("cna", "sv", "mutations")}
    assert stable == {"cna", "structural_variants", "mutations"}


@pytest.mark.parametrize("part", ["patient", "sample"])
def test_clinical_tables_have_four_header_rows(study, part):
    """Display name, description, type, priority; upper-case names; equal widths; unique ids."""
    lines = [line.split("\t") for line in study[f"data_clinical_{part}.txt"].splitlines()]
    assert all(line[0].startswith("#") for line in lines[:4])
    assert len({len(line) for line in lines}) == 1
    kinds = [cell.removeprefix("#") for cell in lines[2]]
    assert set(kinds) <= {"STRING", "NUMBER", "BOOLEAN"}
    assert all(cell.removeprefix("#").isdigit() for cell in lines[3])
    assert all(name == name.upper() for name in lines[4])
    for row in lines[5:]:
        for kind, value in zip(kinds, row, strict=True):
            assert kind != "NUMBER" or value == "" or float(value) is not None
    key = lines[4].index("PATIENT_ID" if part == "patient" else "SAMPLE_ID")
    ids = [row[key] for row in lines[5:]]
    assert len(set(ids)) == len(ids)


def test_survival_columns_use_the_words_of_the_portal(study):
    """0/1 statuses with months; 4 deaths; 8 events after day 85; one patient without DFS."""
    rows = _data(study["data_clinical_patient.txt"])
    assert {row["OS_STATUS"] for row in rows} == {"0:LIVING", "1:DECEASED"}
    assert sum(row["OS_STATUS"] == "1:DECEASED" for row in rows) == 4
    dfs = [row["DFS_STATUS"] for row in rows]
    assert sorted(set(dfs)) == ["", "0:DiseaseFree", "1:Recurred/Progressed"]
    assert (dfs.count("1:Recurred/Progressed"), dfs.count("")) == (8, 1)
    assert all((row["DFS_STATUS"] == "") == (row["DFS_MONTHS"] == "") for row in rows)
    assert all(float(row["OS_MONTHS"]) > 0 for row in rows)


def test_copy_numbers_only_where_mlpa_was_done(study, exported):
    """46 sample columns, known values only, 25 IKZF1 deletions; the other 17 are absent, not 0."""
    rows = _data(study["data_cna.txt"])
    samples = set(rows[0]) - {"Hugo_Symbol", "Entrez_Gene_Id"}
    done = {
        r["patient_id"]
        for r in read_tsv(exported / "cohort/genomic_risk.tsv")
        if r["mlpa_status"] == "called"
    }
    assert samples == {f"{patient}.baseline" for patient in done}
    assert {row[name] for row in rows for name in samples} <= {"-2", "-1", "0", "1", "NA"}
    ikzf1 = next(row for row in rows if row["Hugo_Symbol"] == "IKZF1")
    assert [ikzf1[name] for name in samples].count("-1") == 25


def test_case_lists_hold_samples_of_the_study(study):
    """_all, _cna, _sequenced and _sv: right suffix, category and members of the sample table."""
    samples = {row["SAMPLE_ID"] for row in _data(study["data_clinical_sample.txt"])}
    sizes = {}
    for name in ("all", "cna", "sequenced", "sv"):
        meta = _meta(study[f"case_lists/cases_{name}.txt"])
        members = meta["case_list_ids"].split("\t")
        assert meta["stable_id"] == f"{meta['cancer_study_identifier']}_{name}"
        assert set(members) <= samples
        assert len(set(members)) == len(members)
        sizes[name] = len(members)
    assert sizes == {"all": len(samples), "cna": 46, "sequenced": 24, "sv": 63}
    mutated = {row["Tumor_Sample_Barcode"] for row in _data(study["data_mutations.txt"])}
    sequenced = _meta(study["case_lists/cases_sequenced.txt"])["case_list_ids"].split("\t")
    assert mutated <= set(sequenced)


def test_mutations_stand_on_the_genome(study):
    """Eight rows; T315I at chr9:130872896 C>T (GRCh38), E255K missense."""
    rows = _data(study["data_mutations.txt"])
    assert len(rows) == 8
    t315i = next(row for row in rows if row["HGVSp_Short"] == "p.T315I")
    place = (t315i["Chromosome"], t315i["Start_Position"], t315i["End_Position"])
    assert place == ("9", "130872896", "130872896")
    assert (t315i["Reference_Allele"], t315i["Tumor_Seq_Allele2"]) == ("C", "T")
    assert {row["Variant_Classification"] for row in rows} == {"Missense_Mutation"}


def _variant(ref, alt, mutation, tier="detected", position="4", flags="", fraction=""):
    cells = {
        "fraction": fraction,
        "tier": tier,
        "ref": ref,
        "alt": alt,
        "mutation": mutation,
        "position_c": position,
        "sample_id": "S",
        "hgvs_c": "",
        "hgvs_p": "",
        "flags": flags,
    }
    return as_record(VariantRow, cells)


def test_minus_strand_genes_and_other_kinds_of_change():
    """Minus strand alleles are complemented; splice, lesser tiers, polymorphisms are left out."""
    exon = Exon("1", 1, 9, 101, 109)
    reference = Reference(
        "T",
        "ATGACGTAA",
        is_coding=True,
        window_first=1,
        window_last=9,
        gene="G",
        exons=(exon,),
        chromosome="chr7",
        is_plus_strand=False,
    )
    rows = [
        _variant("AC", "GT", "T2V", fraction="0.4321"),
        _variant("A", "G", "E2*"),
        _variant("A", "G", "T2T"),
        _variant("", "<INS>", "35INS"),
        _variant("A", "G", "T2A", tier="possible"),
        _variant("AC", "GT", "T2V", tier="unphased"),
        _variant("A", "G", "T2A", tier="single_strand"),
        _variant("A", "G", "T2A", flags="CODON_PHASE_UNKNOWN;POLYMORPHISM"),
    ]
    header, *found = mutation_table(rows, reference)
    first, second, third = (dict(zip(header, row, strict=True)) for row in found)
    assert (first["Start_Position"], first["End_Position"], first["Variant_Type"]) == (
        "105",
        "106",
        "DNP",
    )
    assert (first["Reference_Allele"], first["Tumor_Seq_Allele2"]) == ("GT", "AC")
    assert (second["Variant_Classification"], second["HGVSp_Short"]) == (
        "Nonsense_Mutation",
        "p.E2*",
    )
    assert (third["Variant_Classification"], third["HGVSp_Short"]) == ("Silent", "p.T2=")
    assert {(row[header.index("Tier")]) for row in found} == {"detected"}
    assert (first["Allele_Fraction"], second["Allele_Fraction"]) == ("0.4321", "")
    assert mutation_table(rows, None) == []
    bare = dataclasses.replace(reference, exons=())
    assert mutation_table(rows, bare) == []


def test_a_change_over_an_exon_join_is_a_row_a_base():
    """Two bases with an intron between them are no double exchange on the genome."""
    exons = (Exon("1", 1, 4, 101, 104), Exon("2", 5, 9, 201, 205))
    reference = Reference(
        "T", "ATGACGTAA", is_coding=True, window_first=1, window_last=9, gene="G", exons=exons,
        chromosome="chr7", is_plus_strand=True,
    )  # fmt: skip
    header, *found = mutation_table([_variant("AC", "GT", "T2V")], reference)
    rows = [dict(zip(header, row, strict=True)) for row in found]
    places = [(row["Start_Position"], row["End_Position"], row["Variant_Type"]) for row in rows]
    assert places == [("104", "104", "SNP"), ("201", "201", "SNP")]
    assert [row["Tumor_Seq_Allele2"] for row in rows] == ["G", "T"]


def test_lab_tests_keep_ratio_and_category_apart(study):
    """STOP_DATE is there and empty; RESULT is a number or blank; undetected is never 0."""
    rows = _data(study["data_timeline_lab_test.txt"])
    assert {row["STOP_DATE"] for row in rows} == {""}
    assert {row["EVENT_TYPE"] for row in rows} == {"LAB_TEST"}
    for row in rows:
        assert (row["RESULT"] == "") == (row["CATEGORY"] not in ("POS", "PNQ"))
        assert row["RESULT"] == "" or float(row["RESULT"]) > 0
    assert {row["TEST"] for row in rows} == {"BCR::ABL1/ABL1 % p190", "BCR::ABL1/ABL1 % p210"}


def test_both_transcripts_are_two_structural_variants(study):
    """68 rows for 63 patients: five carry p190 and p210."""
    rows = _data(study["data_sv.txt"])
    assert len(rows) == 68
    assert {row["SV_Status"] for row in rows} == {"SOMATIC"}
    assert {(row["Site1_Hugo_Symbol"], row["Site2_Hugo_Symbol"]) for row in rows} == {
        ("BCR", "ABL1")
    }


def test_parts_left_out_leave_no_file_behind(exported, tmp_path, export):
    """Without Sanger and MRD an older run's mutations and lab tests are gone."""
    shutil.copytree(exported, tmp_path, dirs_exist_ok=True)
    report = export(tmp_path, sanger_done=False, mrd_done=False, reference=None)
    names = {path.name for path in (tmp_path / "cohort/cbioportal").rglob("*")}
    gone = {"data_mutations.txt", "meta_mutations.txt", "cases_sequenced.txt"}
    assert not names & (gone | {"data_timeline_lab_test.txt"})
    assert "cohort/cbioportal/data_clinical_patient.txt" in report.files


def test_redcap_rows_and_dictionary_agree(exported):
    """Every variable of the import is in the dictionary; levels repeat as the instrument mrd."""
    folder = exported / "cohort/redcap"
    rows = list(csv.DictReader(io.StringIO((folder / "der22_import.csv").read_text("utf-8"))))
    dictionary = list(
        csv.DictReader(io.StringIO((folder / "der22_data_dictionary.csv").read_text("utf-8")))
    )
    assert len(dictionary[0]) == 18
    kinds = {
        row["Field Label"]: row["Text Validation Type OR Show Slider Number"] for row in dictionary
    }
    assert [kinds[name] for name in ("age_years", "ratio_percent")] == ["number", "number"]
    assert [kinds[name] for name in ("mrd_increase_day", "day")] == ["integer", "integer"]
    assert [kinds[name] for name in ("ikzf1_class", "flags", "sample_id")] == ["", "", ""]
    variables = [row["Variable / Field Name"] for row in dictionary]
    assert variables[0] == "record_id"
    assert len(set(variables)) == len(variables)
    assert set(rows[0]) == {*variables, "redcap_repeat_instrument", "redcap_repeat_instance"}
    patients = [row for row in rows if not row["redcap_repeat_instrument"]]
    levels = [row for row in rows if row["redcap_repeat_instrument"] == "mrd"]
    assert len(patients) == 63
    assert len(levels) == len(read_tsv(exported / "mrd/levels.tsv"))
    own = [row["redcap_repeat_instance"] for row in levels if row["record_id"] == "DAL001"]
    assert own == [str(number) for number in range(1, len(own) + 1)]


def test_redcap_holds_no_formula():
    """The import is a CSV that people open: a centre called =cmd is text."""
    risk = risk_record(extra={"centre": "=cmd|' /C calc'!A0"})
    text = redcap_files({"extra": ["centre"]}, [risk], [])["redcap/der22_import.csv"]
    assert "'=cmd" in text
    assert ",=cmd" not in text


def test_redcap_names_stay_unique():
    """Columns that REDCap would name alike are numbered."""
    names = {"categories": ["category"], "extra": ["a b", "a-b"]}
    blocks = {"categories": {"category": "CMR"}, "extra": {"a b": "1", "a-b": "1"}}
    files = redcap_files(names, [risk_record(**blocks)], [])
    header = files["redcap/der22_import.csv"].split("\n")[0].split(",")
    assert {"x_a_b", "x_a_b_2", "mrd_category_2"} <= set(header)
    assert len(set(header)) == len(header)
