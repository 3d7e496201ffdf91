"""The study folder obeys the portal's rules, and the checker would see a broken one."""

from __future__ import annotations

import shutil

import pytest

from portal_rules import check_study

#: MLPA is of the baseline sample and ABL1 of its own: no sample has both, and no list may be empty
ACCEPTED = {"mutations and copy numbers, but no list _cnaseq"}


def test_the_export_breaks_no_rule(exported):
    """No error, and no warning but the one that would need an untrue list."""
    found = {item.message for item in check_study(exported / "cohort/cbioportal")}
    assert found == ACCEPTED


@pytest.mark.parametrize(
    ("file", "old", "new", "finding"),
    [
        ("meta_study.txt", "hg38", "hg40", "reference genome"),
        ("meta_cna.txt", "profile_name", "profilename", "field is missing"),
        ("data_clinical_patient.txt", "0:LIVING", "0:ALIVE", "another word"),
        ("data_clinical_patient.txt", "DAL002\t", "MAR-2\t", "reads as a date"),
        ("data_clinical_sample.txt", "DAL001-a", "DAL001.baseline", "defined twice"),
        ("data_cna.txt", "\t-1\t", "\t3\t", "no copy number level"),
        ("data_sv.txt", "GRCh38", "GRCh37", "more than one build"),
        ("data_mutations.txt", "p.T315I", "p.T315I;p.E255K", "more than one change"),
        ("data_timeline_status.txt", "DAL001\t22", "DAL001\t22.5", "START_DATE"),
        ("case_lists/cases_sequenced.txt", "mutation_data", "x_data", "category"),
    ],
)
def test_a_broken_study_is_seen(exported, tmp_path, file, old, new, finding):
    """One change in one file gives the finding."""
    shutil.copytree(exported / "cohort/cbioportal", tmp_path / "study")
    path = tmp_path / "study" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(finding in item.message for item in check_study(tmp_path / "study"))


@pytest.mark.parametrize("part", ["genes", "sanger_done", "mrd_done"])
def test_a_study_without_one_analysis_breaks_no_rule(export, exported, tmp_path, part):
    """What was not done leaves no file behind, and what is left is whole."""
    shutil.copytree(exported, tmp_path / "out")
    changes = {} if part == "genes" else {part: False}
    if part == "genes":
        table = tmp_path / "out/cohort/genomic_risk.tsv"
        text = table.read_text(encoding="utf-8")
        table.write_text(text.replace("\tcalled\t", "\tnot_done\t"), encoding="utf-8")
    export(tmp_path / "out", **changes)
    found = check_study(tmp_path / "out/cohort/cbioportal")
    assert {item.message for item in found} <= ACCEPTED


def test_long_and_clashing_names(export, exported, tmp_path):
    """A name longer than the portal takes is cut, and no sample is defined twice."""
    shutil.copytree(exported, tmp_path / "out")
    sanger = tmp_path / "out/sanger"
    (sanger / "DAL001-a").rename(sanger / "DAL001.baseline")
    for path in (sanger / "abl1.tsv", sanger / "DAL001.baseline/variants.tsv"):
        text = path.read_text(encoding="utf-8")
        assert "DAL001-a" in text
        path.write_text(text.replace("DAL001-a", "DAL001.baseline"), encoding="utf-8")
    export(tmp_path / "out", cohort_name="Ä long name " * 40)
    found = check_study(tmp_path / "out/cohort/cbioportal")
    assert not [item for item in found if item.level == "error"]
