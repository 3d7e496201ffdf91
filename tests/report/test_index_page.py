"""The index page: everyone is listed, with and without a script, and nothing dangerous gets in."""

from __future__ import annotations

import dataclasses
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from der22.flags import Severity
from der22.formats.records import Patient
from der22.jobs.report import write_index, write_pages
from der22.report.certainty import abl1_test, ikzf1_doubts
from der22.report.index_page import IndexTables, index_rows, render_index
from der22.report.patient_mrd import describe_level
from der22.results.cohort import RiskRow
from der22.results.mlpa import Ikzf1Row
from der22.results.mrd import LevelRow
from der22.results.patients import read_codes, read_last_levels
from der22.results.provenance import CohortLabels
from der22.results.sanger import Abl1Row
from der22.results.schema import read_table, write_table
from der22.words import Abl1Status, Category, Ikzf1Class, MlpaStatus, RiskLabel

COHORT = CohortLabels("c", "gimema")
DIAGNOSIS = COHORT.at_diagnosis


def _risk(status: str = "not_done", *, due: bool | None = None, **more: object) -> RiskRow:
    """Return the row of a patient of whom nothing else is known."""
    row: dict[str, object] = {
        "patient_id": "X", "sex": None, "age_years": None, "wbc_per_mm3": None, "fusion": None,
        "mlpa_status": MlpaStatus.NOT_DONE, "ikzf1_class": Ikzf1Class.NOT_DONE, "ikzf1_pattern": "",
        "abl1_screening_indicated": due, "abl1_screening_reasons": (),
        "abl1_status": Abl1Status(status), "abl1_mutations": (), "abl1_first_detected_day": None,
        "best_depth": "", "mrd_increase_day": None, "molecular_relapse_day": None,
        "genomic_risk": RiskLabel.UNDETERMINED, "genomic_risk_reason": "",
    }  # fmt: skip
    return RiskRow(**row | more)


def _class(word: Ikzf1Class = Ikzf1Class.PLUS, **more: object) -> Ikzf1Row:
    row: dict[str, object] = {
        "patient_id": "X", "sample_id": "M", "run_id": "R", "ikzf1_class": word,
        "ikzf1_pattern": "", "ikzf1_effect": "", "class_gimema": word, "class_aieop_bfm": word,
        "class_gimema_2024": word, "message": "", "status": MlpaStatus.CALLED,
    }  # fmt: skip
    return Ikzf1Row(**row | more)


def _tested(day: int | None, status: str) -> Abl1Row:
    return Abl1Row(
        patient_id="X", sample_id="S", day=day, abl1_status=Abl1Status(status), mutations=(),
        message="",
    )  # fmt: skip


def _list(patients: list[Patient], **tables: object) -> list[list[str]]:
    return index_rows(patients, IndexTables(**tables), DIAGNOSIS)


def _data(page: str) -> dict[str, list[list[object]]]:
    found = re.search(r'<script type="application/json" id="patients">(.*?)</script>', page)
    assert found is not None
    content: dict[str, list[list[object]]] = json.loads(found.group(1))
    return content


def _rows(page: str) -> list[dict[str, str]]:
    """Return the rows as the script sees them, words put back."""
    data = _data(page)
    return [
        {
            str(column): str(data["words"][cell] if isinstance(cell, int) else cell)
            for column, cell in zip(data["columns"], row, strict=True)
        }
        for row in data["rows"]
    ]


class _PlainList(HTMLParser):
    """Collects the cells of the table inside noscript."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.inside = False
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or name == "noscript"
        if self.inside and name == "a":
            self.links.append(str(dict(attributes)["href"]))

    def handle_endtag(self, name: str) -> None:
        self.inside = self.inside and name != "noscript"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.text += f"{data}\n"


def test_everyone_is_listed_with_and_without_a_script(
    pages_folder: Path, invented: ModuleType
) -> None:
    """Data of the script and plain table hold every patient in sheet order, linked to a page."""
    page = (pages_folder / "index.html").read_text(encoding="utf-8")
    names = [patient.patient_id for patient in invented.PATIENTS]
    assert [row["patient_id"] for row in _rows(page)] == names
    plain = _PlainList()
    plain.feed(page)
    assert plain.links == [f"patients/{name}.html" for name in names]
    assert all((pages_folder / link).is_file() for link in plain.links)
    for row in _rows(page):
        assert f"{row['mrd']}\n" in plain.text


def test_rows_say_risk_class_and_worst_flag(pages_folder: Path) -> None:
    """Classes are told in words; problems of samples and plates reach the patient they concern."""
    rows = {r["patient_id"]: r for r in _rows((pages_folder / "index.html").read_text("utf-8"))}
    assert rows["P01"]["genomic_risk"] == "high"
    assert rows["P01"]["abl1"] == "T315I"
    assert rows["P03"]["abl1"] == "not done"
    assert rows["P04"]["problem"] == "error"
    assert rows["P04"]["codes"] == "CONTROL_BELOW_MINIMUM DENATURATION"
    assert rows["P02"]["problem"] == "warning"
    assert rows["P03"]["problem"] == "none"
    assert rows["P06"]["mrd"] == "no sample"


def test_same_results_same_bytes(pages_folder: Path, invented: ModuleType) -> None:
    """The index written twice has the same bytes."""
    before = (pages_folder / "index.html").read_bytes()
    write_index(invented.PATIENTS, invented.COHORT, pages_folder, "synthetic")
    assert (pages_folder / "index.html").read_bytes() == before


def test_index_does_not_depend_on_what_is_written_beside_it(tmp_path: Path) -> None:
    """The same patients give the same bytes before and after the MultiQC report is there."""
    write_index([Patient("X")], COHORT, tmp_path)
    alone = (tmp_path / "index.html").read_bytes()
    (tmp_path / "multiqc").mkdir()
    (tmp_path / "multiqc/multiqc_report.html").touch()
    write_index([Patient("X")], COHORT, tmp_path)
    assert (tmp_path / "index.html").read_bytes() == alone
    assert b'href="multiqc/multiqc_report.html"' in alone
    assert b"not a treatment rule" in alone


def test_hostile_text_is_data_only(invented: ModuleType) -> None:
    """Hostile words reach the page as escaped text and as JSON that cannot end its element."""
    hostile = invented.HOSTILE
    rows = [[f"{hostile}", *[hostile] * 10]]
    page = render_index(rows, CohortLabels(hostile, hostile), None, {hostile: hostile})
    assert hostile not in page
    assert "<img" not in page
    assert page.count("<script") == 2
    assert _rows(page)[0]["codes"] == hostile


def test_ten_thousand_patients_stay_small() -> None:
    """The list of ten thousand patients is a few megabytes and names each word once."""
    patients = [Patient(f"P{i:05d}", fusion="p190") for i in range(10_000)]
    rows = _list(patients)
    page = render_index(rows, COHORT, None, {})
    data = _data(page)
    assert len(data["rows"]) == 10_000
    assert len(data["words"]) < 10
    assert len(page) < 4_000_000


@pytest.mark.parametrize(
    ("levels", "worst"),
    [({}, "none"), ({"A": Severity.NOTE}, "note"),
     ({"A": Severity.WARNING, "B": Severity.NOTE}, "warning"),
     ({"A": Severity.WARNING, "B": Severity.ERROR}, "error")],
)  # fmt: skip
def test_worst_flag_is_the_heaviest(levels: dict[str, Severity], worst: str) -> None:
    """Error outweighs warning, warning outweighs note, nothing is none; notes show no code."""
    row = _list([Patient("X")], problems={"X": levels})[0]
    assert row[-2] == worst
    assert row[-1] == " ".join(sorted(code for code, level in levels.items() if level != "note"))


def test_codes_of_other_patients_stay_with_them(results_folder: Path) -> None:
    """A problem of one sample is counted for its patient alone."""
    codes = read_codes(results_folder)
    assert codes["P04"]["DENATURATION"] == "error"
    assert [name for name, own in codes.items() if "DENATURATION" in own] == ["P04"]


def test_an_error_of_a_sample_that_was_not_chosen_is_on_index_and_page(
    invented: ModuleType, tmp_path: Path
) -> None:
    """One refused and one called sample: index and page both show the error."""
    invented.write_results(tmp_path)
    invented.refuse_second_sample(tmp_path, "P03")
    write_index(invented.PATIENTS, invented.COHORT, tmp_path, None)
    write_pages(invented.PATIENTS[2:3], invented.COHORT, tmp_path, None)
    rows = {r["patient_id"]: r for r in _rows((tmp_path / "index.html").read_text("utf-8"))}
    assert (rows["P03"]["problem"], rows["P03"]["codes"]) == ("error", "SAMPLE_NOT_IN_TABLE")
    page = (tmp_path / "patients/P03.html").read_text("utf-8")
    assert "r.tsv: no row of M-2." in page


def test_errors_of_reads_and_of_runs_reach_the_patients_they_touch(
    invented: ModuleType, tmp_path: Path
) -> None:
    """A refused read counts for its patient, a plate's error where a level carries its flag."""
    invented.write_results(tmp_path)
    before = read_codes(tmp_path)
    assert before["P07-very.long_identifier-2026"]["NOT_REFERENCE"] == "error"
    assert before["P07-very.long_identifier-2026"]["NTC_DETECTED"] == "error"
    touched = {name for name, own in before.items() if "NTC_DETECTED" in own}
    assert touched == {"P07-very.long_identifier-2026"}


def test_one_patient_is_singular() -> None:
    """A list of one speaks of one patient."""
    page = render_index(_list([Patient("X")]), COHORT, None, {})
    assert "1 patient<" in page
    assert "1 patients" not in page


def test_a_patient_with_blood_only_has_a_last_level(invented: ModuleType, tmp_path: Path) -> None:
    """Where no marrow was sampled the index names the blood instead of no sample."""
    invented.write_results(tmp_path)
    levels = read_table(tmp_path, LevelRow)
    level = dataclasses.replace(levels[0], patient_id="P06", day=57, material="PB")
    rows = [*levels, level, dataclasses.replace(level, ratio_percent=7.0)]
    write_table(tmp_path, LevelRow, rows)
    last = read_last_levels(tmp_path)  # of two of one day the one that stands later
    assert describe_level(last["P06"]) == "blood only: POS 7 % (day 57)"
    assert last["P02"].timepoint == "d85"


def test_last_level_is_the_last_dated_sample(results_folder: Path) -> None:
    """Planned time points without a sample are not the last sample; not evaluable ones are."""
    last = read_last_levels(results_folder)
    assert last["P02"].timepoint == "d85"
    assert last["P07-very.long_identifier-2026"].category is Category.NOT_EVALUABLE
    assert "P06" not in last


@pytest.mark.parametrize(
    ("indicated", "status", "moments", "answer"),
    [
        (True, "not_done", {}, "due"),
        (True, "not_evaluable", {}, "due, again"),
        (True, "mutated", {}, "done"),
        (True, "possible", {}, "done"),
        (False, "wild_type", {}, "done"),
        (False, "not_done", {"d22": "POS", "d85": "missing"}, "not indicated"),
        (False, "not_done", {"diagnosis": "not_evaluable"}, "not indicated"),
        (False, "not_done", {"d22": "POS", "d85": "not_evaluable"}, "not known"),
        (True, "not_done", {"d85": "not_evaluable"}, "due"),
    ],
)
def test_who_needs_an_abl1_test(
    indicated: bool, status: str, moments: dict[str, str], answer: str
) -> None:
    """A test is due when indicated and unanswered; a rise nobody could have seen is not no rise."""
    categories = {name: Category(word) for name, word in moments.items()}
    risk = _risk(status, due=indicated, categories=categories)
    assert abl1_test(risk, (), None, DIAGNOSIS) == answer
    assert _list([Patient("X")], risks={"X": risk})[0][5] == answer


def test_without_a_series_nobody_knows_who_needs_a_test() -> None:
    """A patient without an assessable follow-up is never listed as not indicated."""
    risk = _risk(due=False, codes=("NO_FOLLOW_UP", "NO_MRD_SERIES"))
    assert abl1_test(risk, (), None, DIAGNOSIS) == "not known"
    assert _list([Patient("X")], risks={"X": risk})[0][5] == "not known"


def test_time_points_before_treatment_are_known_by_their_phase() -> None:
    """Whatever the time point of diagnosis is called, no rise can be overlooked there."""
    risk = _risk(due=False, categories={"start": Category.NOT_EVALUABLE})
    assert abl1_test(risk, (), None, ("start",)) == "not indicated"
    assert abl1_test(risk, (), None, ("diagnosis",)) == "not known"


@pytest.mark.parametrize(
    ("day", "status", "relapse_day", "answer"),
    [
        (84, "wild_type", None, "due, again"),
        (85, "wild_type", None, "done"),
        (84, "possible", None, "due, again"),
        (84, "mutated", None, "done"),
        (84, "wild_type", 70, "done"),
        (None, "wild_type", None, "done"),
    ],
)
def test_a_sample_from_before_the_rise_does_not_answer_it(
    day: int | None, status: str, relapse_day: int | None, answer: str
) -> None:
    """A clean sample counts from the first rise or relapse on; a mutation once found stays."""
    risk = _risk(status, due=True, mrd_increase_day=85)
    tested = [_tested(day, status), _tested(99, "not_evaluable")]
    assert abl1_test(risk, tested, relapse_day, DIAGNOSIS) == answer
    patient = Patient("X", relapse_day=relapse_day)
    assert _list([patient], risks={"X": risk}, tested={"X": tested})[0][5] == answer


def test_without_a_cohort_table_nobody_knows_who_needs_a_test() -> None:
    """A patient without a row in the cohort table is never listed as not indicated."""
    assert abl1_test(None, (), None, DIAGNOSIS) == "not known"


def test_doubts_of_a_class() -> None:
    """Definitions that differ, an unknown ERG and a doubtful sample are told; silence is '-'."""
    firm = _class()
    doubtful = _class(
        class_aieop_bfm=Ikzf1Class.DELETION,
        codes=("ERG_NOT_ASSESSED", "RESEARCH_USE_GENE"),
        status=MlpaStatus.CALLED_WITH_WARNINGS,
    )
    assert ikzf1_doubts(firm, None) == []
    expected = ["definitions differ", "ERG unknown", "sample has warnings"]
    assert ikzf1_doubts(doubtful, None) == expected
    assert ikzf1_doubts(firm, _risk(codes=("MLPA_CONFLICT",))) == ["samples disagree"]
    patients = [Patient("A"), Patient("B"), Patient("C"), Patient("D")]
    told = _risk(ikzf1_class=Ikzf1Class.PLUS)
    risks = {"A": told, "B": told, "C": _risk(ikzf1_class=Ikzf1Class.UNDETERMINED)}
    rows = _list(patients, risks=risks, classes={"A": firm, "B": doubtful, "C": firm})
    assert [row[3] for row in rows] == ["-", "; ".join(expected), "", ""]
    page = render_index(rows, COHORT, None, {})
    for doubt in expected:
        assert f'<option value="{doubt}">' in page


@pytest.mark.browser
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("abl1_test=due", ["A", "B"]),
        ("abl1_test=again", ["B"]),
        ("ikzf1_doubt=ERG unknown", ["C"]),
        ("ikzf1_doubt=definitions differ&abl1_test=done", ["C"]),
        ("abl1_test=due&ikzf1_class=IKZF1plus", []),
    ],
)
def test_filters_of_need_and_doubt(
    browser: Any, tmp_path: Path, filters: str, found: list[str]
) -> None:
    """Who is due again is due as well, and each doubt of several finds its patient."""
    risks = {
        "A": _risk(due=True),
        "B": _risk("not_evaluable", due=True),
        "C": _risk("wild_type", due=True, ikzf1_class=Ikzf1Class.PLUS),
    }
    doubtful = _class(class_aieop_bfm=Ikzf1Class.DELETION, codes=("ERG_NOT_ASSESSED",))
    rows = _list([Patient(name) for name in "ABC"], risks=risks, classes={"C": doubtful})
    page = tmp_path / "index.html"
    page.write_text(render_index(rows, COHORT, None, {}), encoding="utf-8")
    browser.open(page, 1280, fragment=f"#{filters}")
    names = "Array.from(document.querySelectorAll('#list tbody th')).map(e => e.textContent)"
    assert browser.evaluate(names) == found
