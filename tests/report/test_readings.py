"""From rows of the tables to what is drawn: nothing left out of the series becomes a level."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from der22.flags import Severity
from der22.report.patient_mlpa import probe_marks
from der22.report.patient_mrd import level_points
from der22.report.patient_sanger import codon_marks
from der22.report.trace_windows import trace_windows
from der22.results.cohort import ProblemRow
from der22.results.mlpa import ProbeRow
from der22.results.mrd import LevelRow
from der22.results.patients import rank_problems
from der22.results.sanger import Abl1Row, CodonRow, VariantRow
from der22.results.schema import read_table, write_table
from der22.results.traces import ReadSnippet, SiteSnippet, read_traces, write_traces
from der22.words import Abl1Status, Call, Category, CodonStatus, Response, Tier

LEVEL: dict[str, object] = {
    "patient_id": "P1", "sample_id": "Q1", "plate_id": "A", "timepoint": "d57", "day": 57,
    "transcript": "p190", "material": "BM", "category": Category.POS,
    "molecular_response": Response.NO, "ratio_percent": 0.2,
    "detection_limit_percent": 0.002,
}  # fmt: skip


def _variant(position: int, ref: str, codon: int | None = None, mutation: str = "") -> VariantRow:
    return VariantRow(
        patient_id="P1", sample_id="S", day=None, position_c=position, ref=ref, alt="T", hgvs_c="",
        hgvs_p="", mutation=mutation, codon=codon, tier=Tier.DETECTED, fraction=None,
        fraction_low=None, fraction_high=None, forward_fraction=None, reverse_fraction=None,
        noise_floor=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "category"),
    [
        ({}, Category.POS),
        ({"codes": ("LIMITED_MATERIAL",)}, Category.POS),
        ({"codes": ("CONFLICTING_DUPLICATES",)}, Category.NOT_EVALUABLE),
        ({"codes": ("ABOVE_CURVE", "DUPLICATE_SAMPLE")}, Category.NOT_EVALUABLE),
        ({"codes": ("RERUN_AGREES",)}, None),
        ({"material": "PB"}, None),
        ({"day": None}, None),
    ],
)
def test_levels_that_count_are_drawn(change: dict[str, object], category: Category | None) -> None:
    """Blood, undated samples and agreeing reruns are no points; conflicts are crosses."""
    points = level_points([LevelRow(**LEVEL | change)])
    assert [point.category for point in points] == ([category] if category else [])


def test_marks_of_probes_are_their_quotient_and_interval() -> None:
    """A mark reaches 1.96 standard deviations to each side; what was not measured has no value."""
    row = ProbeRow(
        sample_id="M", patient_id="P1", probe_id="IKZF1-04", gene="IKZF1", exon="4", role="target",
        length_nt=124, size_nt=None, height_rfu=None, area=None, dosage_quotient=0.5,
        reference_mean=None, reference_sd=None, call=Call.HETEROZYGOUS_DELETION, sigma=0.05,
    )  # fmt: skip
    control = dataclasses.replace(row, probe_id="D1", role="denaturation")
    blank = dict.fromkeys(("dosage_quotient", "sigma", "call"))
    other = dataclasses.replace(row, probe_id="REF-1", gene="", exon="", role="reference", **blank)
    first, second = probe_marks([other, control, row], {})
    assert first.half_interval == pytest.approx(0.098)
    assert first.note == "IKZF1 4, IKZF1-04: 0.50, one copy lost"
    assert (second.gene, second.dosage_quotient, second.half_interval) == (
        "reference probes", None, None,
    )  # fmt: skip
    assert second.note == "REF-1, REF-1: not measured, not known"


def test_codon_names_stand_at_their_codon() -> None:
    """A reported change is written at its codon, once, and unread codons keep their status."""
    told = ((314, CodonStatus.NOT_ASSESSED), (315, CodonStatus.DETECTED))
    more = {"residue": "A", "limit_of_detection": None, "forward_usable": 1, "reverse_usable": 1}
    codons = [CodonRow(codon=codon, status=status, **more) for codon, status in told]
    marks = codon_marks(
        codons, [_variant(944, "C", 315, "T315I"), _variant(944, "C", 315, "T315I")]
    )
    assert [(mark.status, mark.name) for mark in marks] == [
        ("not_assessed", ""),
        ("detected", "T315I"),
    ]


@pytest.mark.parametrize(("first", "focus"), [(934, {10}), (940, {4}), (944, {0})])
def test_focus_is_the_reported_base(first: int, focus: set[int]) -> None:
    """The marked letter is the reported base, also where the read begins close before it."""
    read = ReadSnippet("R", "sample", "reverse", "ACGT" * 5, tuple(range(20)), {})
    site = SiteSnippet(944, ("T315I",), first, "ACGT" * 5, (read,))
    windows = trace_windows([site], [_variant(944, "C")])
    assert windows[944][0].focus == focus
    two = trace_windows([site], [_variant(944, "CT")])
    assert two[944][0].focus == focus | {min(focus) + 1}


def test_reads_of_the_sample_come_before_controls(tmp_path: Path) -> None:
    """Windows are ordered: sample forward, sample reverse, then the controls."""
    reads = (
        ReadSnippet("W", "wild_type_control", "forward", "A", (1,), {}),
        ReadSnippet("R", "sample", "reverse", "A", (1,), {}),
        ReadSnippet("F", "sample", "forward", "A", (1,), {}),
    )
    write_traces(tmp_path, "S", [SiteSnippet(5, (), 5, "A", reads)])
    windows = trace_windows(read_traces(tmp_path, "S"), [])
    assert [window.read_id for window in windows[5]] == ["F", "R", "W"]
    assert read_traces(tmp_path, "none") == ()


def test_a_read_that_ends_before_the_base_has_no_window() -> None:
    """Of a read whose letter at the reported base has no peak nothing is drawn."""
    read = ReadSnippet("R", "sample", "forward", "AC--", (3, 9, -1, -1), {})
    assert trace_windows([SiteSnippet(7, (), 5, "ACGT", (read,))], []) == {7: []}
    assert len(trace_windows([SiteSnippet(6, (), 5, "ACGT", (read,))], [])[6]) == 1


def test_only_wanted_rows_are_read(tmp_path: Path) -> None:
    """Rows are chosen by the whole cell of the column named, wherever it stands."""
    names = (("P1", "S1"), ("P10", "S2"), ("P2", "P1"))
    rows = [
        Abl1Row(
            patient_id=patient, sample_id=sample, day=None, abl1_status=Abl1Status.WILD_TYPE,
            mutations=(), message="",
        )
        for patient, sample in names
    ]  # fmt: skip
    write_table(tmp_path, Abl1Row, rows)
    assert read_table(tmp_path, Abl1Row, ("patient_id", {"P1"})) == rows[:1]
    assert read_table(tmp_path, Abl1Row, ("sample_id", {"P1"})) == rows[2:]
    assert read_table(tmp_path, Abl1Row) == rows
    assert read_table(tmp_path, LevelRow, optional=True) == []


def test_heaviest_problems_come_first() -> None:
    """Errors stand before warnings, warnings before notes, each in the order given."""
    levels = (Severity.NOTE, Severity.WARNING, Severity.ERROR, Severity.WARNING, Severity.ERROR)
    rows = [
        ProblemRow(stage="mrd", subject="X", level=level, code=str(i), message="")
        for i, level in enumerate(levels)
    ]
    assert [row.code for row in rank_problems(rows)] == ["2", "4", "1", "3", "0"]
