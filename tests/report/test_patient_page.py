"""The patient page: complete, self-contained, repeatable, honest about what is unknown."""

from __future__ import annotations

import dataclasses
import json
import re
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest

from der22.flags import Severity
from der22.formats.records import Patient
from der22.jobs.report import write_pages
from der22.report.patient_page import PageContext, render_patient
from der22.resources import resource_path
from der22.results.cohort import ProblemRow
from der22.results.mrd import LevelRow
from der22.results.patients import PatientResults, read_patients
from der22.results.provenance import CohortLabels, Provenance, SettingRow
from der22.words import Category, Response, Tier

COHORT = CohortLabels("c", "gimema")
ASKING = re.compile(
    r"""(?:src|href|action|data)=["'](?!\.\./index\.html|data:,)"""
    r"""|url\(|@import|<link(?! rel="icon")"""
)


def _text(page: str) -> str:
    without_style = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", without_style))


def _page(folder: Path, patient_id: str) -> str:
    return (folder / f"patients/{patient_id}.html").read_text(encoding="utf-8")


def test_pages_need_nothing_but_themselves(pages_folder: Path, invented: ModuleType) -> None:
    """No page names another file than the index, and none holds a script."""
    for patient in invented.PATIENTS:
        page = _page(pages_folder, patient.patient_id)
        assert ASKING.findall(page) == []
        assert "<script" not in page


def test_drawings_are_well_formed(pages_folder: Path, invented: ModuleType) -> None:
    """Every inline drawing of every page parses as XML."""
    count = 0
    for patient in invented.PATIENTS:
        page = _page(pages_folder, patient.patient_id)
        for svg in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL):
            ElementTree.fromstring(svg)
            count += 1
    assert count >= 20


def test_same_results_same_bytes(pages_folder: Path, invented: ModuleType, tmp_path: Path) -> None:
    """Pages written again, in another batch and another order, have the same bytes."""
    before = {p.name: p.read_bytes() for p in (pages_folder / "patients").iterdir()}
    for patient in reversed(invented.PATIENTS):
        write_pages([patient], invented.COHORT, pages_folder, "synthetic")
    after = {p.name: p.read_bytes() for p in (pages_folder / "patients").iterdir()}
    assert after == before


def test_answer_stands_before_the_evidence(pages_folder: Path) -> None:
    """Risk, class, ABL1 and last MRD come first, then the line on its use, then the analyses."""
    text = _text(_page(pages_folder, "P01"))
    order = [
        text.index(words)
        for words in (
            "synthetic: invented patients",
            "synthetic probemix: for demonstration, not for patients",
            "Genomic risk high",
            "IKZF1 IKZF1plus",
            "ABL1 T315I",
            "Last MRD POS 0.9 %",
            "not a treatment rule",
            "Copy number (MLPA)",
            "ABL1 kinase domain",
            "Measurable residual disease",
            "Settings in force",
        )
    ]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("name", "status", "synthetic", "demonstration"),
    [
        ("synthetic demo", "synthetic", True, True),
        ("Centre A", "synthetic", False, True),
        ("A Synthetic cohort", "verified", True, False),
        ("Centre A", "verified", False, False),
        ("Centre A", None, False, False),
    ],
)
def test_banners_follow_cohort_and_probemix(
    name: str, status: str | None, synthetic: bool, demonstration: bool
) -> None:
    """Each banner stands exactly where its reason does."""
    context = PageContext(CohortLabels(name, "gimema"), status)
    page = render_patient(Patient("X"), PatientResults(), context)
    assert ("invented patients" in page) is synthetic
    assert ("for demonstration, not for patients" in page) is demonstration


def test_nothing_done_is_never_said_to_be_negative(pages_folder: Path) -> None:
    """A patient without any sample reads not done and not known everywhere, never negative."""
    # the footer explains the rule and names every class
    text = _text(_page(pages_folder, "P06")).partition("Settings in force")[0]
    assert "Not done: nothing is known about IKZF1" in text
    assert "Not done: no sample was sequenced" in text
    assert "Not done: no level is known" in text
    assert "Genomic risk undetermined" in text
    for claim in ("no IKZF1 deletion", "no mutation found", "wild type", "undetected"):
        assert claim not in text


def test_undetected_has_a_limit_and_no_zero(pages_folder: Path) -> None:
    """The row of an undetected sample shows its detection limit and a blank ratio."""
    page = _page(pages_folder, "P03")
    row = re.search(r'<tr><th scope="row">d85</th>(.*?)</tr>', page)
    assert row is not None
    cells = re.findall(r"<td>(.*?)</td>", row.group(1))
    assert cells[:5] == ["84", "undetected (CMR)", "", "", "0.00227"]


def test_not_evaluable_last_sample_names_the_one_before(pages_folder: Path) -> None:
    """When the last sample could not be judged, the last one that could is named too."""
    text = _text(_page(pages_folder, "P07-very.long_identifier-2026"))
    assert "Last MRD not evaluable d57 (day 60); before: POS 0.2 %, d45 (day 47)" in text


def test_codons_that_were_not_read_are_counted_out(pages_folder: Path) -> None:
    """The figure says how many of the codons were read; a refused sample has none."""
    assert "249 of 267 read" in _text(_page(pages_folder, "P01"))
    assert "0 of 267 read" in _text(_page(pages_folder, "P07-very.long_identifier-2026"))


def test_tiles_alarm_calm_or_leave_unsure(pages_folder: Path) -> None:
    """Each tile is marked by its word: a finding, nothing found, or not known."""
    found = {
        name: re.findall(r'class="tile (\w+)"', _page(pages_folder, name))
        for name in ("P01", "P02", "P03", "P06", "P08")
    }
    assert found == {
        "P01": ["alarm", "alarm", "alarm", "alarm"],
        "P02": ["calm", "alarm", "calm", "calm"],
        "P03": ["calm", "calm", "unsure", "calm"],
        "P06": ["unsure", "unsure", "unsure", "unsure"],
        "P08": ["alarm", "alarm", "alarm", "alarm"],
    }


def test_only_detected_changes_are_printed_where_any_is(results_folder: Path) -> None:
    """Traces of what is less sure stay on the screen, and so do those of controls."""
    results = read_patients(results_folder, ["P08"])["P08"]
    first, *others = results.variants["S08"]
    pictures = r'class="(wide(?: screen)?)"><svg[^>]*><title>(\w+) on the \w+ read (\S+)</title>'
    for tier, printed in ((Tier.POSSIBLE, {"T315I"}), (Tier.DETECTED, {"E255K", "T315I"})):
        results.variants["S08"] = [dataclasses.replace(first, tier=tier), *others]
        page = render_patient(Patient("P08"), results, PageContext(COHORT))
        shown = re.findall(pictures, page)
        assert {name for style, name, _ in shown if style == "wide"} == printed
        assert {style for style, _, read in shown if read.startswith("WT")} == {"wide screen"}


def test_day_zero_is_a_day(results_folder: Path) -> None:
    """What happened on the first day of treatment is told like that of any other day."""
    results = read_patients(results_folder, ["P01"])["P01"]
    assert results.risk is not None
    results.risk = dataclasses.replace(results.risk, abl1_first_detected_day=0)
    results.abl1 = [dataclasses.replace(results.abl1[0], day=0)]
    results.series = [dataclasses.replace(results.series[0], day=0)]
    text = _text(render_patient(Patient("P01"), results, PageContext(COHORT)))
    assert "first detected on day 0" in text
    assert "day 0, sample S01a: mutated (T315I)" in text
    assert "Last MRD POS 84 % positive, diagnosis (day 0)" in text


def test_flags_of_samples_reads_and_plates_are_told_in_words(pages_folder: Path) -> None:
    """The page lists problems of its own run sample, reads and plate, and nobody else's."""
    own = _text(_page(pages_folder, "P07-very.long_identifier-2026"))
    assert "does not align to the reference (score 41)" in own
    assert "2 of 3 no-template wells" in own
    assert "D1 is 0.21 of the 92-nt peak" not in own
    other = _text(_page(pages_folder, "P04"))
    assert "m-p04.fsa: D1 is 0.21 of the 92-nt peak" in other
    assert "does not align" not in other


@pytest.mark.parametrize("message", ["p210 was not measured; measure it", "It was not measured."])
def test_message_and_remedy_are_two_sentences(message: str) -> None:
    """A message without a full stop gets one before its remedy follows, one with it no second."""
    problem = ProblemRow(
        stage="mrd", subject="X", level=Severity.WARNING, code="TRANSCRIPT_MISSING", message=message
    )
    results = PatientResults(problems=[problem])
    text = _text(render_patient(Patient("X"), results, PageContext(COHORT)))
    assert f"{message.rstrip('.')}. Measure the other transcript." in text


def test_flags_are_told_before_problems_are_collected(invented: ModuleType, tmp_path: Path) -> None:
    """Without problems.tsv the flags of the tables are explained from the list of codes."""
    invented.write_results(tmp_path)
    (tmp_path / "problems.tsv").unlink()
    write_pages(invented.PATIENTS[4:5], invented.COHORT, tmp_path, None)
    text = _text(_page(tmp_path, "P05"))
    assert "SINGLE_STRAND" in text
    assert "warning" in text


def test_a_flag_that_is_a_problem_already_is_told_once(pages_folder: Path) -> None:
    """The flag of a table is left out where ``problems.tsv`` tells the same code of that stage."""
    assert _page(pages_folder, "P05").count("<code>SINGLE_STRAND</code>") == 1


def test_a_flag_that_no_analysis_lists_is_a_note() -> None:
    """A code without an explanation is told as a note, with the message of its row."""
    row = LevelRow(
        patient_id="X", sample_id="Q", plate_id="A", timepoint="d22", material="BM",
        category=Category.NOT_EVALUABLE, molecular_response=Response.NOT_EVALUABLE,
        codes=("UNHEARD_OF",), message="nobody knows",
    )  # fmt: skip
    page = render_patient(Patient("X"), PatientResults(levels=[row]), PageContext(COHORT))
    assert '<li class="note"><b>note</b>mrd Q: nobody knows. <code>UNHEARD_OF</code>' in page


def test_hostile_text_is_escaped_everywhere(
    pages_folder: Path, invented: ModuleType, results_folder: Path
) -> None:
    """Text of sheets, files and messages is on the page, but never as markup."""
    seen = 0
    for patient in invented.PATIENTS:
        page = _page(pages_folder, patient.patient_id)
        assert invented.HOSTILE not in page
        assert "<img" not in page
        seen += page.count("&lt;img src=x onerror=alert(1)&gt;")
    assert seen >= 4


def test_hostile_words_in_every_cell(invented: ModuleType, tmp_path: Path) -> None:
    """Even where every text cell of every table is hostile, the page has no foreign element."""
    invented.write_results(tmp_path)
    results = read_patients(tmp_path, ["P08"])["P08"]

    def poison(row: Any) -> Any:
        """Return the record with hostile text after every text that is no word of ours."""
        changes: dict[str, Any] = {}
        for field in dataclasses.fields(row):
            value = getattr(row, field.name)
            if isinstance(value, str) and value and not isinstance(value, Enum):
                changes[field.name] = value + invented.HOSTILE
            elif isinstance(value, tuple):
                changes[field.name] = tuple(word + invented.HOSTILE for word in value)
        spared = {"run_id", "sample_id", "sample_ids", "material"}
        return dataclasses.replace(row, **{k: v for k, v in changes.items() if k not in spared})

    results.risk = poison(results.risk)
    for rows in (
        results.genes, results.sample_qc, results.probes, results.levels, results.series,
        results.problems, results.abl1, *results.variants.values(), *results.reads.values(),
        *results.codons.values(),
    ):  # fmt: skip
        rows[:] = [poison(row) for row in rows]
    context = PageContext(CohortLabels(*[invented.HOSTILE] * 3))
    hostile = Patient(invented.HOSTILE, fusion=invented.HOSTILE, extra={invented.HOSTILE: "x"})
    page = render_patient(hostile, results, context)
    assert "<script" not in page
    assert "<img" not in page
    for svg in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL):
        ElementTree.fromstring(svg)


def test_changed_settings_stand_out() -> None:
    """A setting that differs from its default is marked, one that does not is not."""
    for value, marked in ((0.4, False), (0.5, True)):
        row = SettingRow("slope_max", value, 0.4, "ln per 100 nt", "", "")
        context = PageContext(COHORT, provenance=Provenance(settings={"mlpa": (row,)}))
        page = render_patient(Patient("X"), PatientResults(), context)
        assert ('class="changed"' in page) is marked
        assert f"slope_max = {value}" in page


def test_call_limits_come_from_the_settings_in_force(invented: ModuleType, tmp_path: Path) -> None:
    """The dashed lines of the probe plot are the shifts in force, not a copy of the defaults."""
    invented.write_results(tmp_path)
    rows = [
        {"key": key, "value": value, "default": 0, "unit": "DQ", "source": "", "confidence": ""}
        for key, value in (("min_shift_loss", 0.23), ("min_shift_gain", 0.31))
    ]
    provenance = {"versions": {}, "settings": {"mlpa": rows}}
    (tmp_path / "provenance.json").write_text(json.dumps(provenance), encoding="utf-8")
    write_pages(invented.PATIENTS[:1], invented.COHORT, tmp_path, None)
    assert "smallest change that is called (0.77 and 1.31)" in _page(tmp_path, "P01")


def test_probes_follow_the_probemix_order(invented: ModuleType, tmp_path: Path) -> None:
    """With places from the probemix sheet genes stand in that order, else by chromosome."""
    invented.write_results(tmp_path)
    name = "P01"
    genes = r">(EBF1|IKZF1|PAX5|RB1)</text>"
    write_pages(invented.PATIENTS[:1], invented.COHORT, tmp_path, None)
    assert re.findall(genes, _page(tmp_path, name)) == ["EBF1", "IKZF1", "PAX5", "RB1"]
    order = {
        f"{gene}-{exon:02d}": -i for i, gene in enumerate(invented.EXONS) for exon in range(1, 9)
    }
    write_pages(invented.PATIENTS[:1], invented.COHORT, tmp_path, None, probe_order=order)
    assert re.findall(genes, _page(tmp_path, name)) == ["RB1", "PAX5", "IKZF1", "EBF1"]


def _drug_words(invented: ModuleType, folder: Path, mutation: str) -> str:
    """Return the page of a patient in whom only `mutation` was detected."""
    results = read_patients(folder, ["P01"])["P01"]
    row = dataclasses.replace(results.variants["S01a"][0], mutation=mutation)
    results.variants["S01a"] = [row]
    return _text(render_patient(Patient("P01"), results, PageContext(COHORT)))


def test_drug_rows_are_data_with_source_and_confidence(
    results_folder: Path, invented: ModuleType
) -> None:
    """Known rows carry source and confidence, low ones say unverified, none says so."""
    known = _drug_words(invented, results_folder, "T315I")
    assert "data, not advice, and no row means no information" in known
    assert "Blood 2009;114:5426 abstract high" in known
    low = {
        line.split(",")[0]
        for line in resource_path("abl1/drug_sensitivity.csv").read_text().splitlines()
        if ",low," in line
    }
    assert "unverified" in _drug_words(invented, results_folder, min(low))
    unknown = _drug_words(invented, results_folder, "K999X")
    assert "No information on drugs: K999X" in unknown
    assert "sensitive" not in unknown
