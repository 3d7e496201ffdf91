"""The MultiQC report: made by the real MultiQC in strict mode, complete and private."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from der22.flags import Severity
from der22.report.multiqc_run import multiqc_config, run_multiqc, safe_title
from der22.report.multiqc_sections.attention import attention_words
from der22.report.multiqc_sections.chips import chip_header
from der22.report.multiqc_sections.folder import CohortFolder, read_cohort_folder
from der22.report.multiqc_sections.grades import (
    ABL1_GRADES,
    CURVE_GRADES,
    GRADE_COLOURS,
    LEVEL_GRADES,
    MLPA_GRADES,
    Grade,
    progress_bar,
)
from der22.report.multiqc_sections.mlpa_charts import chart_series
from der22.report.multiqc_sections.mrd_lines import _lines
from der22.report.multiqc_sections.probe_heatmap import _labels
from der22.report.multiqc_sections.status_grid import analysis_grades
from der22.results.mlpa import ProbeRow, RunChartRow
from der22.results.mrd import LevelRow
from der22.results.schema import read_table, write_table
from der22.words import Abl1Status, Category, CurveStatus, MlpaStatus
from records import risk_record

SECTIONS = (
    "attention", "analyses", "status-grid", "risk", "cohort", "mlpa-runs", "mlpa-run-quality",
    "mlpa-charts", "mlpa-probes", "abl1-samples", "abl1-findings", "mrd-timepoints", "mrd-lines",
    "curves", "plates", "methods",
)  # fmt: skip


@pytest.fixture(scope="module")
def report(multiqc_report: Path) -> str:
    """The text of the report."""
    return multiqc_report.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(results_folder: Path) -> CohortFolder:
    """The eight patients as the sections read them."""
    return read_cohort_folder(results_folder)


@pytest.mark.slow
def test_sections_stand_in_the_order_a_reviewer_asks(report: str) -> None:
    """All sections are there; what failed comes first, what it rests on last."""
    places = [report.index(f'<h3 id="der22-{name}"') for name in SECTIONS]
    assert places == sorted(places)


@pytest.mark.slow
def test_head_says_what_is_synthetic_and_what_needs_attention(report: str) -> None:
    """Above MultiQC's own table stand the banners, the use, and the heaviest problems in words."""
    head = report[report.index('class="report_comment"') : report.index('id="general_stats"')]
    for words in (
        "synthetic: invented patients",
        "synthetic probemix: for demonstration, not for patients",
        "not a treatment rule",
        "5 errors and 3 warnings. Of 8 patients 2 have an error",
        "D1 is 0.21 of the 92-nt peak",
    ):
        assert words in head


@pytest.mark.slow
def test_only_one_file_is_left_and_it_is_private(multiqc_report: Path, report: str) -> None:
    """No data folder and no text for language models is left; no path of the machine is told."""
    left = sorted(path.name for path in multiqc_report.parent.iterdir())
    assert left == ["der22_context.json", "multiqc_report.html"]
    assert str(multiqc_report.parents[1]) not in report
    assert "multiqc_data" not in re.sub(r"<script.*?</script>", "", report, flags=re.DOTALL)


@pytest.mark.slow
def test_same_results_same_bytes(
    multiqc_report: Path, results_folder: Path, invented: ModuleType
) -> None:
    """A second report of the same results has the same bytes, in spite of clock and chance."""
    before = multiqc_report.read_bytes()
    run_multiqc(
        results_folder / "cohort/genomic_risk.tsv", multiqc_report.parent, invented.COHORT.name
    )
    assert multiqc_report.read_bytes() == before


@pytest.mark.slow
def test_hostile_text_is_escaped(report: str, invented: ModuleType) -> None:
    """Messages of files stand in the report as text."""
    assert invented.HOSTILE not in report
    assert "<img src=x" not in report
    assert "&lt;img src=x onerror=alert(1)&gt;" in report


@pytest.mark.slow
def test_traces_thresholds_and_sources_are_there(report: str) -> None:
    """A trace picture per strand, thresholds with their sources, chips and versions are shown."""
    table = report[report.index('<h3 id="der22-abl1-findings"') :]
    table = table[: table.index("</table>")]
    assert table.count("<svg") == 8
    assert "wild-type control" not in table
    assert "sample_sd_max" in report
    assert "NGRL Manchester" in report
    assert 'class="badge" style="background-color:#c24e00">high' in report


@pytest.mark.slow
def test_a_folder_with_nothing_but_the_cohort_table_still_gives_a_report(
    results_folder: Path, tmp_path: Path
) -> None:
    """Without any of the analyses the report has attention, analyses, risk and cohort, no more."""
    source = (results_folder / "cohort/genomic_risk.tsv").read_bytes()
    table = tmp_path / "[run] *1/cohort/genomic_risk.tsv"
    table.parent.mkdir(parents=True)
    table.write_bytes(source)
    name = '<script>alert(1)</script> & "A" \\ cohort\nalone'
    run_multiqc(table, table.parents[1] / "multiqc", name)
    text = (table.parents[1] / "multiqc/multiqc_report.html").read_text(encoding="utf-8")
    found = re.findall(r'<h3 id="der22-([a-z0-9-]+)"', text)
    assert found == ["attention", "analyses", "status-grid", "risk", "cohort"]
    safe = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;A&quot; &#92; cohort alone"
    assert f'configTitle = "der22: {safe}";' in text
    assert f"<title>der22: {safe}: MultiQC Report</title>" in text
    assert "<script>alert(1)" not in text


@pytest.mark.parametrize(
    ("title", "safe"),
    [
        ("Centre A", "Centre A"),
        ('Ph+ "GIMEMA" 2024', "Ph+ &quot;GIMEMA&quot; 2024"),
        ("a <b> & 'c'", "a &lt;b&gt; &amp; &#x27;c&#x27;"),
        ("one\ntwo\r\n three\u2028four", "one two three four"),
        ("ends with \\", "ends with &#92;"),
    ],
)
def test_a_title_ends_neither_a_tag_nor_a_string(title: str, safe: str) -> None:
    """MultiQC writes the title into HTML and a script as it is, so it is made safe for both."""
    assert safe_title(title) == safe
    assert multiqc_config(title)["title"] == f"der22: {safe}"


def test_an_error_of_a_sample_that_was_not_chosen_is_counted(
    invented: ModuleType, tmp_path: Path
) -> None:
    """The counts of the report rest on all samples of a patient, not on the best one."""
    invented.write_results(tmp_path)
    assert read_cohort_folder(tmp_path).levels_by_patient["P03"] is None
    invented.refuse_second_sample(tmp_path, "P03")
    folder = read_cohort_folder(tmp_path)
    assert folder.levels_by_patient["P03"] is Severity.ERROR
    assert "3 have an error" in attention_words(folder)


@pytest.mark.slow
def test_a_table_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """Strict means strict: a broken table ends with MultiQC's words, never with a thin report."""
    table = tmp_path / "cohort/genomic_risk.tsv"
    table.parent.mkdir()
    table.write_text("patient_id\tsex\nP1\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="MultiQC failed"):
        run_multiqc(table, tmp_path / "multiqc", "broken")


@pytest.mark.slow
def test_search_pattern_is_known_to_a_plain_multiqc() -> None:
    """Any MultiQC of this environment knows the module by the entry points of the package."""
    code = (
        "import multiqc, multiqc.core.plugin_hooks as h; from multiqc import config;"
        "h.mqc_trigger('config_loaded');"
        "print(config.sp['der22/cohort']['fn'], 'der22' in config.avail_modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["genomic_risk.tsv", "True"]


def test_colours_of_words_mean_nothing_by_themselves() -> None:
    """MultiQC's rules that colour yes, no, M and F in every table are off."""
    rules = multiqc_config("c")["table_cond_formatting_rules"]["all_columns"]
    assert set(rules) == {"pass", "warn", "fail", "male", "female"}
    assert not any(rules.values())


def test_every_word_has_a_grade_and_not_done_is_no_verdict() -> None:
    """A status of any analysis is graded; the bar of a section counts what was done."""
    assert set(MLPA_GRADES) == set(MlpaStatus)
    assert set(ABL1_GRADES) == set(Abl1Status)
    assert set(CURVE_GRADES) == set(CurveStatus)
    assert set(LEVEL_GRADES) == {None, *Severity}
    assert set(GRADE_COLOURS) == set(Grade)
    bar = progress_bar([("a", Grade.FAIL), ("b", Grade.NOT_DONE), ("c", Grade.PASS)])
    assert bar == {"pass": ["c"], "warn": [], "fail": ["a"]}


def test_chips_know_words_as_they_are_said_and_no_word_twice() -> None:
    """Rules compare with what the table shows; POS, PNQ and CMR are shown by their letters too."""
    rules = chip_header("t", "d")["cond_formatting_rules"]
    moods = {mood: [rule["s_eq"] for rule in own] for mood, own in rules.items()}
    assert {"positive", "POS", "IKZF1plus", "both copies lost"} <= set(moods["alarm"])
    assert {"undetected (CMR)", "CMR", "PNQ", "no mutation found"} <= set(moods["calm"])
    assert moods["grey"] == ["no sample", "not done"]
    words = [word for own in moods.values() for word in own]
    assert len(words) == len(set(words))


def _many(folder: CohortFolder, count: int) -> CohortFolder:
    """Return the folder with its eight patients repeated to `count`."""
    rows = [
        dataclasses.replace(
            folder.risks[i % 8], patient_id=f"{i:04d}", mrd_increase_day=None if i % 8 else 57
        )
        for i in range(count)
    ]
    worst = [folder.levels_by_patient[row.patient_id] for row in folder.risks]
    levels = {row.patient_id: worst[i % 8] for i, row in enumerate(rows)}
    return dataclasses.replace(folder, risks=tuple(rows), levels_by_patient=levels)


@pytest.mark.parametrize(("count", "shown"), [(60, 60), (61, 8), (800, 50)])
def test_pictures_of_many_patients_show_findings_only(
    folder: CohortFolder, count: int, shown: int
) -> None:
    """Up to sixty patients all are drawn; above, those with a finding, at most fifty here."""
    many = _many(folder, count)
    risen = {row.patient_id for row in many.risks if row.mrd_increase_day is not None}
    assert len(many.shown_patients(risen, 50)) == shown


@pytest.mark.parametrize(("count", "listed"), [(300, 300), (301, 226), (1600, 500)])
def test_tables_of_large_cohorts_list_exceptions_only(
    folder: CohortFolder, count: int, listed: int
) -> None:
    """Up to three hundred patients all are listed; above, exceptions, 500 at most."""
    many = _many(folder, count)
    shown = many.exceptions()
    assert len(shown) == listed
    if count > 300:
        levels = [many.levels_by_patient[row.patient_id] for row in shown]
        assert levels == sorted(levels)  # error before warning


def test_status_words_of_the_grid(folder: CohortFolder) -> None:
    """What was done, doubted, failed or not done follows from the cohort table alone."""
    status = {row.patient_id: analysis_grades(row) for row in folder.risks}
    assert status["P01"] == ("pass", "pass", "pass")
    assert status["P02"] == ("warning", "pass", "pass")
    assert status["P04"] == ("fail", "not done", "warning")
    assert status["P05"] == ("not done", "warning", "pass")
    assert status["P06"] == ("not done", "not done", "not done")
    assert status["P07-very.long_identifier-2026"] == ("pass", "fail", "warning")


@pytest.mark.parametrize(
    ("words", "grade"),
    [
        (("not_done", "not_done"), "not done"), (("missing", "not_done"), "not done"),
        (("missing", "missing"), "not done"), (("missing", "POS"), "pass"),
        (("not_evaluable", "missing"), "fail"), (("not_evaluable", "CMR"), "warning"),
    ],
)  # fmt: skip
def test_what_was_not_measured_passes_nothing(words: tuple[str, str], grade: str) -> None:
    """An analysis that was left out is not done, never a pass."""
    row = risk_record(categories=dict(zip(("d22", "d45"), words, strict=True)))
    assert analysis_grades(row)[2] == grade


def test_lines_hold_limits_and_never_zero(folder: CohortFolder) -> None:
    """Undetected points lie at their detection limit and are marked; no point lies at zero."""
    lines, marks = _lines(folder.levels)
    assert min(height for line in lines.values() for height in line.values()) > 0
    assert lines["P03 p190"][45.0] == pytest.approx(100 / 118000, abs=1e-6)
    undetected = next(mark for mark in marks if mark["name"].startswith("undetected"))
    assert (45.0, lines["P03 p190"][45.0]) in undetected["pairs"]
    assert len(undetected["pairs"]) == 8
    assert 22.0 not in lines["P07-very.long_identifier-2026 p210"]


def test_control_charts_draw_limits_where_known_and_mark_what_lies_outside(
    folder: CohortFolder,
) -> None:
    """Limits begin with the run that has enough before it; each mark is a series of its own."""
    rows = [row for row in read_table(folder.outdir, RunChartRow) if row.figure == "quantity_ratio"]
    lines, series = chart_series(rows)
    ((mix, line),) = lines.items()
    assert "<script>" not in mix
    assert list(line) == [f"RUN{i}" for i in range(6)]
    told = {one["name"].removeprefix(f"{mix}: "): one["pairs"] for one in series}
    at = {"mean": 0.2, "mean +2 SD": 0.4, "mean -2 SD": 0.0, "mean +3 SD": 0.5, "mean -3 SD": -0.1}
    for name, height in at.items():
        assert [run for run, _ in told[name]] == ["RUN3", "RUN4", "RUN5"]
        assert [value for _, value in told[name]] == pytest.approx([height] * 3)
    assert told["beyond 2 SD"] == [("RUN4", pytest.approx(0.4))]
    assert told["beyond 3 SD"] == [("RUN5", pytest.approx(0.5))]
    assert len(told) == 7


def test_control_charts_without_limits_are_lines_alone(folder: CohortFolder) -> None:
    """Of runs with too few before them there is the line, and nothing is marked."""
    rows = read_table(folder.outdir, RunChartRow, ("run_id", {"RUN0", "RUN1"}))
    lines, series = chart_series([row for row in rows if row.figure == "quantity_ratio"])
    assert [len(line) for line in lines.values()] == [2]
    assert series == []


@pytest.mark.slow
def test_few_runs_have_charts_without_limits(
    results_folder: Path, invented: ModuleType, tmp_path: Path
) -> None:
    """A cohort of two runs has the section too."""
    outdir = tmp_path / "results"
    shutil.copytree(results_folder, outdir)
    rows = read_table(outdir, RunChartRow, ("run_id", {"RUN0", "RUN1"}))
    write_table(outdir, RunChartRow, rows)
    run_multiqc(outdir / "cohort/genomic_risk.tsv", outdir / "multiqc", invented.COHORT.name)
    text = (outdir / "multiqc/multiqc_report.html").read_text(encoding="utf-8")
    assert 'id="der22-mlpa-charts"' in text


def test_two_probes_of_one_exon_stay_two_columns() -> None:
    """Labels of the heatmap are unique; the probe_id is added only where it is needed."""
    blank = dict.fromkeys(field.name for field in dataclasses.fields(ProbeRow))
    probes = [
        ProbeRow(**{**blank, "gene": "IKZF1", "exon": exon, "probe_id": probe})
        for exon, probe in (("4", "a"), ("4", "b"), ("5", "c"))
    ]
    assert _labels(probes) == ["IKZF1 4 a", "IKZF1 4 b", "IKZF1 5"]


@pytest.mark.slow
@pytest.mark.parametrize("category", ["POS", "not_evaluable", "PNQ"])
def test_a_cohort_of_one_category_has_a_report(
    results_folder: Path, invented: ModuleType, tmp_path: Path, category: str
) -> None:
    """Nothing undetected, evaluable or quantified: each plot stands or is left out."""
    outdir = tmp_path / "results"
    shutil.copytree(results_folder, outdir)
    rows = read_table(outdir, LevelRow)
    write_table(
        outdir, LevelRow, [dataclasses.replace(row, category=Category(category)) for row in rows]
    )
    run_multiqc(outdir / "cohort/genomic_risk.tsv", outdir / "multiqc", invented.COHORT.name)
    text = (outdir / "multiqc/multiqc_report.html").read_text(encoding="utf-8")
    assert ('id="der22-mrd-lines"' in text) is (category != "not_evaluable")
