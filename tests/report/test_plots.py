"""The small drawings: nothing undetected at zero, nothing unread drawn as a result."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest

from der22.report.plots.chromatogram import TraceWindow, draw_chromatogram
from der22.report.plots.codons import CodonMark, draw_codons
from der22.report.plots.mrd import DayMark, MrdPoint, TimeWindow, draw_mrd
from der22.report.plots.probes import ProbeMark, draw_probes
from der22.report.plots.svg import LogScale, Scale
from der22.words import Call, Category, CodonStatus

NAN = math.nan
SVG = "{http://www.w3.org/2000/svg}"


def _mrd(*points: MrdPoint) -> ElementTree.Element:
    return ElementTree.fromstring(draw_mrd(points, (), (), 600, "curve"))


def _paths(root: ElementTree.Element) -> list[ElementTree.Element]:
    return list(root.iter(f"{SVG}path"))


def _height(element: ElementTree.Element) -> float:
    """Return the middle height of a closed mark."""
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", element.attrib["d"])]
    return (min(numbers[1::2]) + max(numbers[1::2])) / 2


@pytest.mark.parametrize(("value", "place"), [(0, 10), (5, 60), (10, 110), (-3, 10), (12, 110)])
def test_scale_holds_values_at_its_ends(value: float, place: float) -> None:
    """Inside, places follow values; outside, they stop at the nearer end."""
    assert Scale(0, 10, 10, 110)(value) == pytest.approx(place)


def test_log_scale_spaces_decades_evenly() -> None:
    """Each power of ten lies one step further."""
    scale = LogScale(0.01, 100, 0, 4)
    assert [scale(value) for value in scale.decades()] == pytest.approx([0, 1, 2, 3, 4])


def test_undetected_stands_at_its_limit() -> None:
    """A CMR is a triangle at the height of its detection limit, where a level of that size is."""
    undetected = _mrd(MrdPoint(22, "p190", Category.CMR, 0.0, 0.01, "x"))
    level = _mrd(MrdPoint(22, "p190", Category.POS, 0.01, 0.001, "x"))
    triangle = next(p for p in _paths(undetected) if p.attrib["d"].endswith("Z"))
    disc = next(level.iter(f"{SVG}circle"))
    assert _height(triangle) == pytest.approx(float(disc.attrib["cy"]), abs=1)


def test_category_is_told_by_the_mark_alone() -> None:
    """POS is filled, PNQ is open, not evaluable is a cross on the axis and no point of the line."""
    root = _mrd(
        MrdPoint(0, "p190", Category.POS, 10.0, 0.001, "pos"),
        MrdPoint(22, "p190", Category.PNQ, 0.01, 0.001, "pnq"),
        MrdPoint(45, "p190", Category.NOT_EVALUABLE, NAN, 0.1, "ne"),
    )
    discs = {next(iter(c)).text: c.attrib for c in root.iter(f"{SVG}circle")}
    assert discs["pos"]["fill"] == discs["pos"]["stroke"]
    assert discs["pnq"]["fill"] == "#ffffff" != discs["pnq"]["stroke"]
    crosses = [
        p for p in _paths(root) if (t := p.find(f"{SVG}title")) is not None and t.text == "ne"
    ]
    assert len(crosses) == 2


@pytest.mark.parametrize(
    ("category", "ratio", "limit", "height"),
    [
        (Category.POS, 2.0, 0.01, 2.0),
        (Category.PNQ, 0.02, 0.01, 0.02),
        (Category.CMR, 0.0, 0.01, 0.01),
        (Category.CMR, 0.0, NAN, NAN),
        (Category.POS, 0.0, 0.01, NAN),
        (Category.NOT_EVALUABLE, 2.0, 0.01, NAN),
    ],
)
def test_a_level_stands_at_its_ratio_or_its_limit(
    category: Category, ratio: float, limit: float, height: float
) -> None:
    """Positive levels stand at their ratio, undetected ones at their limit, others nowhere."""
    found = MrdPoint(22, "p190", category, ratio, limit, "").height
    assert found == pytest.approx(height, nan_ok=True)


@pytest.mark.parametrize(("between", "dotted"), [(True, True), (False, False)])
def test_line_is_dotted_over_a_sample_without_level(between: bool, dotted: bool) -> None:
    """Two levels with a not evaluable sample between are joined by a dotted line only."""
    points = [
        MrdPoint(0, "p190", Category.POS, 10.0, 0.001, ""),
        MrdPoint(45, "p190", Category.POS, 1.0, 0.001, ""),
    ]
    if between:
        points.append(MrdPoint(22, "p190", Category.NOT_EVALUABLE, NAN, NAN, ""))
    lines = [p for p in _paths(_mrd(*points)) if p.attrib["stroke-width"] == "1.5"]
    assert ["stroke-dasharray" in p.attrib for p in lines] == [dotted]


def test_line_is_dotted_over_a_planned_time_point_without_sample() -> None:
    """A planned window that lies whole between two levels makes their line dotted."""
    points = [MrdPoint(day, "p190", Category.POS, 1.0, 0.001, "") for day in (10, 60)]
    inside = draw_mrd(points, [TimeWindow("d22", 15, 33)], (), 600, "x")
    touching = draw_mrd(points, [TimeWindow("d57", 51, 70)], (), 600, "x")
    assert 'stroke-dasharray="2 4"' in inside
    assert 'stroke-dasharray="2 4"' not in touching


def test_events_are_written_and_drawn_within_the_picture() -> None:
    """Words of events near the right edge end there instead of running out of the drawing."""
    marks = [DayMark(400, "transplantation"), DayMark(400, "death"), DayMark(3, "increase")]
    root = ElementTree.fromstring(
        draw_mrd([MrdPoint(0, "p190", Category.POS, 1.0, 0.1, "")], (), marks, 600, "x")
    )
    shown = {t.text: t.attrib for t in root.iter(f"{SVG}text")}
    assert shown["transplantation"]["text-anchor"] == "end"
    assert "text-anchor" not in shown["increase"]


def _probe(call: Call, ratio: float | None = 1.0) -> ProbeMark:
    return ProbeMark("IKZF1", "4", ratio, None if ratio is None else 0.1, call, "note")


def test_each_call_has_a_shape_of_its_own() -> None:
    """Seen without colour, the marks of all calls differ."""
    calls = (
        Call.NORMAL,
        Call.HETEROZYGOUS_DELETION,
        Call.HOMOZYGOUS_DELETION,
        Call.GAIN,
        Call.AMBIGUOUS,
    )
    shapes = set()
    for call in calls:
        root = ElementTree.fromstring(draw_probes([_probe(call)], (), 300, "x"))
        mark = next(e for e in root.iter() if e.find(f"{SVG}title") is not None and e is not root)
        shapes.add((mark.tag, mark.attrib.get("d")))
    assert len(shapes) == len(calls)


def test_a_probe_without_value_is_no_point() -> None:
    """An unmeasured probe is a cross below the axis of values, neither 0 nor 1."""
    root = ElementTree.fromstring(draw_probes([_probe(Call.NOT_EVALUABLE, None)], (), 300, "x"))
    assert list(root.iter(f"{SVG}circle")) == []
    assert len(_paths(root)) == 2


def test_unread_codons_are_hatched_and_read_ones_are_not() -> None:
    """Codons without a verdict have strokes, codons that were read a colour."""
    read = draw_codons([CodonMark(c, CodonStatus.NOT_DETECTED) for c in range(300, 310)], 400, "x")
    unread = draw_codons(
        [CodonMark(c, CodonStatus.NOT_ASSESSED) for c in range(300, 310)], 400, "x"
    )
    assert "#56b4e9" in read
    assert "#56b4e9" not in unread
    assert unread.count("<line") > read.count("<line") + 5


def test_a_reference_without_codons_says_so() -> None:
    """Without a reading frame there is a sentence, not an empty bar."""
    assert "no reading frame" in draw_codons([], 400, "x")


def _window(**changes: object) -> TraceWindow:
    values: dict[str, object] = {
        "read_id": "R1", "role": "sample", "direction": "forward",
        "channels": {base: [0, 5, 9, 5, 0, 0] for base in "ACGT"}, "positions": [1, 4],
        "letters": "AC", "reference": "AT", "first_position": 944, "focus": frozenset({1}),
    }  # fmt: skip
    return TraceWindow(**{**values, **changes})


def test_chromatogram_names_the_position_in_focus() -> None:
    """The marked letter carries its position in the reference."""
    assert "c.945" in draw_chromatogram(_window(), 300, "x")


def test_chromatogram_with_bases_the_read_has_not() -> None:
    """Letters without a peak stand between their neighbours; no peak at all gives a sentence."""
    assert "c.945" in draw_chromatogram(_window(positions=[1, -1], letters="A-"), 300, "x")
    assert "no trace here" in draw_chromatogram(_window(positions=[-1, -1]), 300, "x")
    assert "no trace here" in draw_chromatogram(_window(channels={}), 300, "x")


def test_the_four_channels_differ_without_colour_where_red_meets_green() -> None:
    """The T channel is dashed, so that it is told from A without red-green vision."""
    dashed = re.findall(
        r'<path[^>]*stroke="(#\w+)"[^>]*dasharray', draw_chromatogram(_window(), 300, "x")
    )
    assert dashed == ["#d55e00"]
