"""From rows of the tables to what is drawn: nothing left out of the series becomes a level."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from der22.report.patient_mrd import level_points
from der22.report.patient_sanger import codon_marks
from der22.report.results import rank_problems, read_rows
from der22.report.traces import read_traces, trace_windows

LEVEL = {
    "sample_id": "Q1", "day": "57", "transcript": "p190", "material": "BM", "category": "POS",
    "ratio_percent": "0.2", "detection_limit_percent": "0.002", "flags": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "category"),
    [
        ({}, "POS"),
        ({"flags": "LIMITED_MATERIAL"}, "POS"),
        ({"flags": "CONFLICTING_DUPLICATES"}, "not_evaluable"),
        ({"flags": "ABOVE_CURVE;DUPLICATE_SAMPLE"}, "not_evaluable"),
        ({"material": "PB"}, None),
        ({"day": ""}, None),
    ],
)
def test_levels_that_count_are_drawn(change: dict[str, str], category: str | None) -> None:
    """Blood and undated samples are no points; conflicting or repeated ones are crosses."""
    points = level_points([{**LEVEL, **change}])
    assert [point.category for point in points] == ([category] if category else [])


def test_codon_names_stand_at_their_codon() -> None:
    """A reported change is written at its codon, once, and unread codons keep their status."""
    codons = [{"codon": str(c), "status": s} for c, s in ((314, "not_assessed"), (315, "detected"))]
    variants = [{"codon": "315", "mutation": "T315I"}, {"codon": "315", "mutation": "T315I"}]
    marks = codon_marks(codons, variants)
    assert [(mark.status, mark.name) for mark in marks] == [
        ("not_assessed", ""),
        ("detected", "T315I"),
    ]


@pytest.mark.parametrize(("first", "focus"), [(934, {10}), (940, {4}), (944, {0})])
def test_focus_is_the_reported_base(first: int, focus: set[int]) -> None:
    """The marked letter is the reported base, also where the read begins close before it."""
    site = {
        "position_c": 944, "names": ["T315I"], "first_position_c": first, "reference": "ACGT" * 5,
        "reads": [{"read_id": "R", "role": "sample", "direction": "reverse", "calls": "ACGT" * 5,
                   "peak_x": list(range(20)), "channels": {}}],
    }  # fmt: skip
    windows = trace_windows({"sites": [site]}, [{"position_c": "944", "ref": "C"}])
    assert windows[944][0].focus == focus
    two = trace_windows({"sites": [site]}, [{"position_c": "944", "ref": "CT"}])
    assert two[944][0].focus == focus | {min(focus) + 1}


def test_reads_of_the_sample_come_before_controls(tmp_path: Path) -> None:
    """Windows are ordered: sample forward, sample reverse, then the controls."""
    read = {"calls": "A", "peak_x": [1], "channels": {}}
    reads = [
        {**read, "read_id": "W", "role": "wild_type_control", "direction": "forward"},
        {**read, "read_id": "R", "role": "sample", "direction": "reverse"},
        {**read, "read_id": "F", "role": "sample", "direction": "forward"},
    ]
    site = {"position_c": 5, "names": [], "first_position_c": 5, "reference": "A", "reads": reads}
    (tmp_path / "traces.json").write_text(json.dumps({"layout": 1, "sites": [site]}))
    windows = trace_windows(read_traces(tmp_path / "traces.json"), [])
    assert [window.read_id for window in windows[5]] == ["F", "R", "W"]
    assert read_traces(tmp_path / "none.json") == {}


def test_only_wanted_rows_are_read(tmp_path: Path) -> None:
    """Rows are chosen by the whole cell of the column named, wherever it stands."""
    table = tmp_path / "t.tsv"
    table.write_text("sample_id\tpatient_id\tx\nS1\tP1\ta\nS2\tP10\tb\nP1\tP2\tc\n")
    assert [row["x"] for row in read_rows(table, "patient_id", {"P1"})] == ["a"]
    assert [row["x"] for row in read_rows(table)] == ["a", "b", "c"]
    assert read_rows(tmp_path / "missing.tsv") == []


def test_heaviest_problems_come_first() -> None:
    """Errors stand before warnings, warnings before notes, each in the order given."""
    levels = ("note", "warning", "error", "warning", "error")
    rows = [{"level": level, "code": str(i)} for i, level in enumerate(levels)]
    assert [row["code"] for row in rank_problems(rows)] == ["2", "4", "1", "3", "0"]
