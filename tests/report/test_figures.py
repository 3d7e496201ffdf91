"""The cohort figures: deterministic, legible, honest about what is missing."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from der22.cohort.settings import StatisticsSettings
from der22.jobs.cohort import draw_figures, join_cohort, read_figure_tables, run_statistics
from der22.report import figures
from der22.report.figures.mrd_curves import draw_mrd_curves
from der22.report.figures.style import GREY
from der22.results.cohort import RiskRow
from der22.results.mrd import LevelRow, SeriesRow
from der22.results.schema import read_table
from der22.words import Category

_BUILDER = Path(__file__).parents[1] / "cohort/demo_tables.py"


@pytest.fixture(scope="module")
def demo():
    """The builder of the demo tables."""
    spec = importlib.util.spec_from_file_location("der22_demo_tables_of_figures", _BUILDER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _tables(demo, outdir, patients, **changes):
    arguments = {
        "mlpa_samples": demo.mlpa_samples(),
        "genes": demo.GENES,
        "sanger_done": True,
        "mrd_done": True,
        "timepoints": demo.TIMEPOINTS,
        "ikzf1plus_definition": "gimema",
        "outdir": outdir,
    }
    join_cohort(patients, **(arguments | changes))
    run_statistics(patients, StatisticsSettings(), demo.TIMEPOINTS, outdir)


def _draw(demo, outdir, patients, name="Demo (synthetic)", **changes):
    arguments = {"mlpa_runs": ("run1", "run2"), "sanger_done": True, "mrd_done": True}
    return draw_figures(
        patients, StatisticsSettings(), demo.TIMEPOINTS, name, outdir, **(arguments | changes)
    )


@pytest.fixture(scope="module")
def drawn(demo, tmp_path_factory):
    """A results folder with all figures of the demo cohort, and the report of the job."""
    outdir = tmp_path_factory.mktemp("figures")
    demo.write_all(outdir)
    _tables(demo, outdir, demo.patients())
    return outdir, _draw(demo, outdir, demo.patients())


def _draw_one(demo, outdir, folder, wanted, cohort_name="Demo (synthetic)", **changes):
    """Draw one figure of the results with some of its tables changed."""
    tables = read_figure_tables(outdir, ("run1", "run2"), sanger_done=True, mrd_done=True)
    arguments = {
        "cohort_name": cohort_name,
        "patients": demo.patients(),
        "statistics": StatisticsSettings(),
        "timepoints": demo.TIMEPOINTS,
    }
    data = figures.FigureData(**(arguments | tables | changes))
    with figures.figure_style():
        for name, figure in figures.figures_of(data):
            if name == wanted:
                figures.save_figure(figure, folder, name)
                return


def _svg(outdir, name):
    return (outdir / f"cohort/figures/{name}.svg").read_text(encoding="utf-8")


def _texts(svg):
    root = ElementTree.fromstring(svg)
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_all_figures_are_there_in_both_formats(drawn):
    """Oncoprint, swimmer, MRD, bars, forest, heatmap, and a curve per end point and group."""
    outdir, report = drawn
    names = {Path(file).stem for file in report.files}
    curves = {
        f"{end}_{group}"
        for end in ("os", "dfs", "cir")
        for group in ("all", "fusion", "ikzf1_class")
    }
    curves |= {"dfs_molecular_response_d85", "cir_molecular_response_d85"}
    others = {"oncoprint", "swimmer", "mrd_curves", "response_bars", "forest", "probe_heatmap"}
    assert names == curves | others
    assert len(report.files) == 2 * len(names)
    assert all((outdir / file).stat().st_size > 0 for file in report.files)


def test_figures_are_the_same_bytes_each_run(demo, drawn, tmp_path):
    """A second run writes the same SVG and PNG, without date or program version."""
    outdir, report = drawn
    shutil.copytree(outdir, tmp_path, dirs_exist_ok=True)
    patients = demo.patients()
    _draw(demo, tmp_path, patients)
    different = [
        f for f in report.files if (outdir / f).read_bytes() != (tmp_path / f).read_bytes()
    ]
    assert different == []
    assert "dc:date" not in _svg(outdir, "oncoprint")


def test_synthetic_is_said_on_every_figure_and_never_of_others(demo, drawn, tmp_path):
    """Each figure says synthetic and what it is not for; a cohort of another name does not."""
    outdir, report = drawn
    for name in sorted({Path(file).stem for file in report.files}):
        words = " ".join(_texts(_svg(outdir, name)))
        assert "(synthetic data)" in words
        assert "not a treatment rule" in words
    _draw_one(demo, outdir, tmp_path, "response_bars", "Cohort $a$ <b>")
    words = " ".join(_texts((tmp_path / "response_bars.svg").read_text(encoding="utf-8")))
    assert "synthetic" not in words
    assert "Cohort $a$ <b>" in words


def test_no_text_is_smaller_than_seven_points(drawn):
    """Font sizes written in the SVG are at least 7."""
    outdir, report = drawn
    for file in report.files:
        if file.endswith(".svg"):
            svg = (outdir / file).read_text(encoding="utf-8")
            sizes = [
                float(a or b)
                for a, b in re.findall(r"font-size: ([\d.]+)px|font: [^;]*?([\d.]+)px", svg)
            ]
            assert sizes
            assert min(sizes) >= 7.0


def test_nothing_is_cut_off_at_the_edges(demo, drawn):
    """The outermost pixels of every PNG are white: no label runs out of the figure."""
    from matplotlib.image import imread

    outdir, report = drawn
    for file in report.files:
        if file.endswith(".png"):
            image = imread(outdir / file)[..., :3]
            edges = (image[0], image[-1], image[:, 0], image[:, -1])
            assert all((edge == 1.0).all() for edge in edges), file


def test_forest_writes_what_cannot_be_estimated(drawn):
    """Five of nine rows say not estimable; the others print ratio and interval."""
    words = _texts(_svg(drawn[0], "forest"))
    assert sum(text.startswith("not estimable") for text in words) == 5
    assert any("13.7 (1.5-123)" in text for text in words)


def test_curves_print_test_horizon_and_numbers_at_risk(drawn):
    """Log-rank p, the estimate at the horizon, and the group sizes under the axis."""
    outdir, _ = drawn
    words = _texts(_svg(outdir, "dfs_ikzf1_class"))
    assert any("log-rank p = 0.0073; 17 left out" in text for text in words)
    assert {"number at risk", "21", "13", "11"} <= set(words)
    assert any("12 months: 88 % (80-97)" in text for text in _texts(_svg(outdir, "dfs_all")))
    assert any("Gray p = 0.041" in text for text in _texts(_svg(outdir, "cir_ikzf1_class")))


def test_not_done_is_hatched_and_never_white(drawn):
    """The oncoprint has hatch patterns and a legend for not done; no cell is white."""
    svg = _svg(drawn[0], "oncoprint")
    assert "<pattern" in svg
    assert "not done" in _texts(svg)


def test_left_out_analyses_leave_out_their_figures(demo, tmp_path):
    """Only the patients sheet: curves, oncoprint and swimmer stand, MRD and probes do not."""
    patients = demo.patients()
    _tables(
        demo, tmp_path, patients, mlpa_samples=None, genes=(), sanger_done=False, mrd_done=False
    )
    report = _draw(demo, tmp_path, patients, mlpa_runs=(), sanger_done=False, mrd_done=False)
    names = {Path(file).stem for file in report.files}
    assert {"oncoprint", "swimmer", "os_all", "dfs_fusion"} <= names
    assert not names & {"mrd_curves", "response_bars", "probe_heatmap", "dfs_ikzf1_class"}


def test_a_cohort_of_one_and_of_nobody_is_drawn(demo, tmp_path):
    """One patient without follow-up gives an oncoprint and no failure."""
    lone = [dataclasses.replace(demo.patients()[0], last_contact_day=None, relapse_day=None)]
    demo.write_all(tmp_path)
    _tables(demo, tmp_path, lone)
    report = _draw(demo, tmp_path, lone)
    assert "cohort/figures/oncoprint.svg" in report.files
    assert "cohort/figures/os_all.svg" not in report.files


def test_mrd_curves_mark_every_kind_of_level(demo, drawn, tmp_path):
    """With a factor p210 gets a panel of its own; an inevaluable level is drawn on the axis."""
    outdir, _ = drawn
    before = _svg(outdir, "mrd_curves")
    assert not any("International Scale" in text for text in _texts(before))
    levels = [
        dataclasses.replace(row, ratio_is_percent=0.8 * row.ratio_percent)
        if row.transcript == "p210" and row.category is Category.POS
        else row
        for row in read_table(outdir, LevelRow)
    ]
    levels[3] = dataclasses.replace(levels[3], category=Category.NOT_EVALUABLE, ratio_percent=None)
    _draw_one(demo, outdir, tmp_path, "mrd_curves", levels=levels)
    after = (tmp_path / "mrd_curves.svg").read_text(encoding="utf-8")
    assert any("p210, International Scale" in text for text in _texts(after))


def _levels_drawn(levels, series=()):
    """Draw the levels of patient X; return the lines of each panel: style, marker, days, heights.

    Args:
        levels: (day, transcript, category, ratio, level on the International Scale, limit).
        series: (day, category) of every time point.
    """
    columns = ("day", "transcript", "category", "ratio_percent", "ratio_is_percent")
    data = figures.FigureData(
        cohort_name="c",
        patients=[],
        statistics=StatisticsSettings(),
        timepoints=(),
        risk=[],
        levels=[
            LevelRow(
                molecular_response=rest[1].response,
                patient_id="X",
                sample_id=str(day),
                plate_id="P",
                timepoint="",
                material="BM",
                detection_limit_percent=limit,
                **dict(zip(columns, (day, *rest), strict=True)),
            )
            for day, *rest, limit in levels
        ],
        series=[
            SeriesRow(
                patient_id="X",
                timepoint="",
                day=day,
                category=category,
                molecular_response=category.response,
            )
            for day, category in series
        ],
    )
    with figures.figure_style():
        figure = draw_mrd_curves(data)
    return [
        [
            (
                line.get_linestyle(),
                line.get_marker(),
                list(line.get_xdata()),
                list(line.get_ydata()),
            )
            for line in axes.get_lines()
            if len(line.get_xdata()) and line.get_color() != GREY
        ]
        for axes in figure.axes
    ]


@pytest.mark.parametrize(
    ("between", "series", "style"),
    [
        ([], [(22, "POS"), (57, "POS")], "-"),
        ([], [(22, "POS"), (None, "missing"), (57, "POS")], ":"),
        ([], [(None, "missing"), (22, "POS"), (57, "POS")], "-"),
        ([(45, "p190", Category.NOT_EVALUABLE, None, None, None)], [], ":"),
        ([(45, "p190", Category.CMR, 0.0, None, None)], [], ":"),
    ],
)
def test_a_step_over_an_unknown_sample_is_dotted(between, series, style):
    """Missing, not evaluable or without a limit between two levels: the line says so."""
    ends = [(day, "p190", Category.POS, 0.5, None, 0.001) for day in (22, 57)]
    told = [(day, Category(word)) for day, word in series]
    (panel,) = _levels_drawn([*ends, *between], told)
    steps = [line for line in panel if line[1] == "None"]
    assert [(line[0], line[2]) for line in steps] == [(style, [22, 57])]


@pytest.mark.parametrize(("second", "heights"), [(0.8, [0.0008]), (0.9, [])])
def test_an_undetected_sample_stands_at_its_limit_in_the_unit_of_the_panel(second, heights):
    """On the International Scale the limit is converted; by which factor must be told."""
    scale = _levels_drawn(
        [
            (0, "p210", Category.POS, 10.0, 8.0, 0.001),
            (22, "p210", Category.POS, 1.0, second, 0.001),
            (57, "p210", Category.CMR, 0.0, 0.0, 0.001),
        ]
    )
    ratio, international = (
        [y for _, marker, _, ys in panel if marker == "v" for y in ys] for panel in scale
    )
    assert ratio == pytest.approx([0.001])
    assert international == pytest.approx(heights)


def test_a_large_cohort_shows_the_first_by_risk_and_says_so(demo, drawn, tmp_path):
    """Above 150 patients the rows are cut, and the title counts both numbers."""
    outdir, _ = drawn
    patients, risk = [], []
    for number in range(3):
        for patient, row in zip(demo.patients(), read_table(outdir, RiskRow), strict=True):
            name = f"{patient.patient_id}-{number}"
            patients.append(dataclasses.replace(patient, patient_id=name))
            risk.append(dataclasses.replace(row, patient_id=name))
    _draw_one(demo, outdir, tmp_path, "swimmer", patients=patients, risk=risk)
    words = _texts((tmp_path / "swimmer.svg").read_text(encoding="utf-8"))
    assert any("Course of 189 patients, the first 150 by risk" in text for text in words)
