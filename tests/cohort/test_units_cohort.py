"""The cohort jobs on a results folder: what is left out, changed or permuted."""

from __future__ import annotations

import dataclasses
import shutil

import pytest

from der22.cohort.settings import StatisticsSettings
from der22.flags import Severity
from der22.formats.records import MlpaSample, Patient
from der22.formats.tables import read_tsv
from der22.jobs.cohort import join_cohort, run_statistics
from der22.results.mlpa import GeneRow, Ikzf1Row, SampleQcRow
from records import write_rows

NOT_DONE = {
    "mlpa": ({"mlpa_samples": None, "genes": ()}, ("mlpa_status", "ikzf1_class")),
    "sanger": ({"sanger_done": False}, ("abl1_status",)),
    "mrd": ({"mrd_done": False}, ("mrd_d85", "molecular_response_d85")),
}


def _table(outdir, name="genomic_risk"):
    return read_tsv(outdir / f"cohort/{name}.tsv")


def _statistics(demo, outdir, patients=None, **settings):
    chosen = StatisticsSettings(**settings)
    return run_statistics(patients or demo.patients(), chosen, demo.TIMEPOINTS, outdir)


@pytest.mark.parametrize(
    "left_out",
    [("mlpa",), ("sanger",), ("mrd",), ("mlpa", "sanger"), ("sanger", "mrd"), ("mlpa", "mrd")],
)
def test_left_out_analyses_are_not_done(demo, join, tmp_path, left_out):
    """All patients are there, not_done is said, and nobody is standard by what was not done."""
    for part in {"mlpa", "sanger", "mrd"} - set(left_out):
        getattr(demo, f"write_{part}")(tmp_path)
    changes = {}
    for part in left_out:
        changes |= NOT_DONE[part][0]
    join(tmp_path, **changes)
    rows = _table(tmp_path)
    assert len(rows) == 63
    for part in left_out:
        for column in NOT_DONE[part][1]:
            assert {row[column] for row in rows} == {"not_done"}
    if "mlpa" in left_out:
        assert {row["genomic_risk"] for row in rows} <= {"high", "undetermined"}
    if "sanger" in left_out:
        due = [row for row in rows if "ABL1_SCREENING_DUE" in row["flags"]]
        assert {row["genomic_risk"] for row in due} <= {"high", "undetermined"}
        assert len(due) == (6 if "mrd" in left_out else 16)
    if "mrd" in left_out:
        assert all("NO_MRD_SERIES" in row["flags"] for row in rows)
        response = _table(tmp_path, "response_by_timepoint")
        assert {row["molecular_response_percent"] for row in response} == {""}
        assert {row["molecular_response_itt_percent"] for row in response} == {""}
    _statistics(demo, tmp_path)
    survival = _table(tmp_path, "survival")
    assert any(row["group"] == "all" for row in survival)
    assert ("mlpa" in left_out) == (not any("ikzf1" in row["group"] for row in survival))


def test_a_comparison_without_groups_says_why(demo, join, tmp_path):
    """Without MLPA the class rows stand with blank numbers and the reason, flagged as a note."""
    demo.write_mrd(tmp_path)
    join(tmp_path, mlpa_samples=None, genes=(), sanger_done=False)
    report = _statistics(demo, tmp_path)
    tests = [row for row in _table(tmp_path, "tests") if row["groups"].startswith("ikzf1_class")]
    assert {(row["statistic"], row["p_value"]) for row in tests} == {("", "")}
    assert all(row["note"].startswith("not estimable: ") for row in tests)
    assert {row["groups"] for row in tests if row["test"] != "fisher_exact"} == {"ikzf1_class"}
    hazards = [row for row in _table(tmp_path, "hazard_ratios") if row["variable"] == "ikzf1_class"]
    assert all(row["note"].startswith("not estimable: ") for row in hazards)
    flags = {problem.flag.code: problem.flag.level for problem in report.problems}
    assert flags["NOT_ESTIMABLE"] == Severity.NOTE


def test_permuted_patients_keep_their_values(demo, join, demo_results, tmp_path):
    """Rows of the sheet in another order: the same value per patient, the same statistics."""
    shutil.copytree(demo_results, tmp_path, dirs_exist_ok=True)
    turned = demo.patients()[::-1]
    join(tmp_path, patients=turned)
    _statistics(demo, tmp_path, turned)
    before = {row["patient_id"]: row for row in _table(demo_results)}
    after = _table(tmp_path)
    assert [row["patient_id"] for row in after] == [patient.patient_id for patient in turned]
    assert all(row == before[row["patient_id"]] for row in after)
    for name in ("baseline", "genomics", "response_by_timepoint", "survival", "tests"):
        assert _table(tmp_path, name) == _table(demo_results, name)
    assert _table(tmp_path, "hazard_ratios") == _table(demo_results, "hazard_ratios")


def test_the_same_input_gives_the_same_bytes(demo, join, demo_results, tmp_path):
    """Two runs of join and statistics agree byte for byte."""
    demo.write_all(tmp_path)
    join(tmp_path)
    _statistics(demo, tmp_path)
    for path in sorted((demo_results / "cohort").glob("*.tsv")):
        assert path.read_bytes() == (tmp_path / "cohort" / path.name).read_bytes()


def test_the_definition_changes_class_risk_counts_and_groups_together(demo, join, tmp_path):
    """Under a definition without plus here, 11 patients move, in every table at once."""
    demo.write_all(tmp_path)
    join(tmp_path, ikzf1plus_definition="aieop_bfm")
    _statistics(demo, tmp_path)
    rows = _table(tmp_path)
    assert sum(row["ikzf1_class"] == "IKZF1plus" for row in rows) == 0
    assert sum(row["ikzf1_class"] == "IKZF1_deletion" for row in rows) == 25
    assert sum(row["genomic_risk"] == "high" for row in rows) == 8
    counts = {row["item"]: row["n"] for row in _table(tmp_path, "genomics")}
    assert (counts["class:IKZF1plus"], counts["class:IKZF1_deletion"]) == ("0", "25")
    groups = {
        row["group"]: row["n"] for row in _table(tmp_path, "survival") if row["endpoint"] == "OS"
    }
    assert "ikzf1_class=IKZF1plus" not in groups
    assert groups["ikzf1_class=IKZF1_deletion"] == "25"


def test_flags_of_patients_become_problems(demo, join, tmp_path):
    """Each flag in the table is a problem of the stage cohort with the patient as its subject."""
    demo.write_all(tmp_path)
    lost = dataclasses.replace(demo.patients()[0], last_contact_day=None, relapse_day=None)
    report = join(tmp_path, patients=[lost, *demo.patients()[1:]])
    found = {(p.stage, p.subject, p.flag.code) for p in report.problems}
    assert ("cohort", lost.patient_id, "NO_FOLLOW_UP") in found
    in_table = {
        ("cohort", row["patient_id"], code)
        for row in _table(tmp_path)
        for code in row["flags"].split(";")
        if code
    }
    assert found == in_table
    statistics = _statistics(demo, tmp_path, [lost, *demo.patients()[1:]])
    overall = next(row for row in _table(tmp_path, "survival") if row["group"] == "all")
    assert overall["n"] == "62"
    assert all(problem.subject == "cohort" for problem in statistics.problems)


def _repeat(outdir, second_call):
    """Write one patient with two called samples of one day, of which ikzf1.tsv names the first."""
    samples = [
        MlpaSample(
            "r", name, "patient", "/f", "/p", "GS500LIZ", patient_id="P", day=0, blast_percent=90
        )
        for name in ("a", "b")
    ]
    status = [{"sample_id": name, "status": "called"} for name in ("a", "b")]
    write_rows(outdir, SampleQcRow, status, run_id="r")
    calls = [
        {"sample_id": name, "gene": gene, "call": call}
        for name, partner in (("a", "heterozygous_deletion"), ("b", second_call))
        for gene, call in {
            "IKZF1": "heterozygous_deletion",
            "CDKN2A": "normal",
            "CDKN2B": "normal",
            "PAX5": partner,
        }.items()
    ]
    write_rows(outdir, GeneRow, calls, run_id="r")
    classes = ("ikzf1_class", "class_gimema", "class_aieop_bfm", "class_gimema_2024")
    row = {
        "patient_id": "P",
        "sample_id": "a",
        "run_id": "r",
        "ikzf1_pattern": "4-7",
        **dict.fromkeys(classes, "IKZF1plus"),
        "status": "called",
    }
    write_rows(outdir, Ikzf1Row, [row])
    return samples


@pytest.mark.parametrize(
    ("second_call", "ikzf1_class", "flags"),
    [
        ("heterozygous_deletion", "IKZF1plus", "NO_MRD_SERIES"),
        ("normal", "undetermined", "MLPA_CONFLICT;NO_MRD_SERIES"),
        ("ambiguous", "undetermined", "MLPA_CONFLICT;NO_MRD_SERIES"),
    ],
)
def test_a_repeat_that_disagrees_is_seen_by_the_same_rule(
    tmp_path, second_call, ikzf1_class, flags
):
    """The table of classes names one sample a patient; its repeat is judged as well."""
    samples = _repeat(tmp_path, second_call)
    join_cohort(
        [Patient("P", last_contact_day=10)],
        samples,
        ("IKZF1", "PAX5"),
        sanger_done=False,
        mrd_done=False,
        timepoints=(),
        ikzf1plus_definition="gimema",
        outdir=tmp_path,
    )
    (row,) = _table(tmp_path)
    assert (row["ikzf1_class"], row["flags"]) == (ikzf1_class, flags)
    agrees = second_call == "heterozygous_deletion"
    assert row["IKZF1"] == "heterozygous_deletion"
    assert row["PAX5"] == ("heterozygous_deletion" if agrees else "ambiguous")


def test_extra_columns_come_last_and_blanks_stay_blank(demo, join, tmp_path):
    """Columns beginning with x_ end the table; a blank fact of the sheet is blank in the table."""
    demo.write_all(tmp_path)
    bare = Patient("NEW", extra={"x_centre": "=cmd"}, last_contact_day=5)
    join(tmp_path, patients=[bare, *demo.patients()])
    header = (tmp_path / "cohort/genomic_risk.tsv").read_text(encoding="utf-8").split("\n")[0]
    assert header.endswith("\tflags\tx_centre")
    new, old = _table(tmp_path)[:2]
    assert [new[name] for name in ("sex", "age_years", "wbc_per_mm3", "fusion")] == ["", "", "", ""]
    assert (new["x_centre"], old["x_centre"]) == ("=cmd", "")
    sex = [row for row in _table(tmp_path, "baseline") if row["item"] == "sex"]
    assert {row["N"] for row in sex} == {"63"}


def test_treated_is_blank_without_cycles_and_events_without_follow_up_are_unknown(
    demo, join, tmp_path
):
    """No cycles_started: blank, not 0; no follow-up: neither in n nor in N of death."""
    demo.write_all(tmp_path)
    patients = [
        dataclasses.replace(patient, cycles_started=None, last_contact_day=None)
        for patient in demo.patients()
    ]
    join(tmp_path, patients=patients)
    treated = {
        row["timepoint"]: row["treated"] for row in _table(tmp_path, "response_by_timepoint")
    }
    assert treated["blina_c1"] == ""
    assert treated["d22"] == "63"
    death = next(row for row in _table(tmp_path, "baseline") if row["item"] == "death")
    assert (death["n"], death["N"]) == ("4", "4")


def test_horizons_beyond_the_follow_up_have_no_row(demo, demo_results, tmp_path):
    """At 12 and 24 months all groups or some, at 36 months none."""
    shutil.copytree(demo_results, tmp_path, dirs_exist_ok=True)
    _statistics(demo, tmp_path, horizons_months=(12, 24, 36))
    months = {row["time_months"] for row in _table(tmp_path, "survival") if row["endpoint"] == "OS"}
    assert months == {"12", "24"}
    short = [r for r in _table(tmp_path, "survival") if r["group"] == "ikzf1_class=IKZF1plus"]
    assert {row["time_months"] for row in short if row["endpoint"] == "DFS"} == {"12"}


@pytest.mark.parametrize(("size", "flagged"), [(4, True), (5, False)])
def test_small_and_empty_groups_are_named(demo, join, tmp_path, size, flagged):
    """Fewer than 5 patients in a group, or no event in it, is a note on the comparison."""
    demo.write_all(tmp_path)
    p210 = [p for p in demo.patients() if p.fusion == "p210"][:size]
    patients = [p for p in demo.patients() if p.fusion == "p190"] + p210
    join(tmp_path, patients=patients)
    report = _statistics(demo, tmp_path, patients, groups=("fusion",))
    messages = [p.flag.message for p in report.problems if p.flag.code == "GROUP_TOO_SMALL"]
    assert any(message.startswith("OS, fusion=p210: only 4") for message in messages) is flagged
    empty = {p.flag.message for p in report.problems if p.flag.code == "GROUP_WITHOUT_EVENT"}
    assert any(message.startswith("OS, fusion=p210: no event") for message in empty)
