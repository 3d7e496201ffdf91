"""ABL1 samples with the traces behind each change."""

from __future__ import annotations

from collections import Counter

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import bargraph

from der22.report.html import Markup, Node, join, table, tag
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.patient_sanger import describe_fraction
from der22.report.plots.chromatogram import TraceWindow, draw_chromatogram
from der22.report.results import Row, as_float, read_rows
from der22.report.traces import SAMPLE, read_traces, trace_windows
from der22.report.words import say

__all__ = ["add_abl1"]

_STATUSES = {
    "wild_type": "#56a0cc",
    "possible": "#e6b84d",
    "mutated": "#c24e00",
    "not_evaluable": "#8a94a0",
}
_MOST_SAMPLES, _MOST_PICTURES = 200, 120
_WIDTH = 305.0


def add_abl1(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the counts by status and the table of samples with a finding; nothing without Sanger."""
    if not folder.abl1:
        return
    counts = Counter(row["abl1_status"] for row in folder.abl1)
    statuses = {
        "pass": [
            r["sample_id"] for r in folder.abl1 if r["abl1_status"] in {"mutated", "wild_type"}
        ],
        "warn": [r["sample_id"] for r in folder.abl1 if r["abl1_status"] == "possible"],
        "fail": [r["sample_id"] for r in folder.abl1 if r["abl1_status"] == "not_evaluable"],
    }
    module.add_section(
        name="ABL1 samples",
        anchor="der22-abl1-samples",
        description=f"{len(folder.abl1)} sequenced samples by status.",
        helptext=(
            "mutated: a change seen on both strands that is neither silent, nor a known "
            "polymorphism, nor a splice variant. possible: below that, or on one strand only. "
            "The bar counts samples: orange possible, red not evaluable."
        ),
        statuses=statuses,
        plot=bargraph.plot(
            {"ABL1": {status: counts[status] for status in _STATUSES}},
            {
                status: {"name": say(status), "color": colour}
                for status, colour in _STATUSES.items()
            },
            {"id": "der22_abl1_plot", "title": "der22: ABL1 samples", "ylab": "samples"},
        ),
    )
    found = [row for row in folder.abl1 if row["abl1_status"] != "wild_type"]
    if not found:
        return
    found.sort(key=lambda row: (row["patient_id"], as_float(row["day"] or "1e9"), row["sample_id"]))
    left = len(found) - _MOST_SAMPLES
    module.add_section(
        name="ABL1 findings",
        anchor="der22-abl1-findings",
        description=(
            "Samples with a change or without a result; ten bases either side of each change. Top "
            "line reference, second line called; A green, C blue, G black, T orange and dashed."
            + (f" {left} more are in sanger/abl1.tsv." if left > 0 else "")
        ),
        content=_samples(found[:_MOST_SAMPLES], folder),
    )


def _samples(rows: list[Row], folder: CohortFolder) -> Markup:
    columns = ("sample", "change", "traces")
    cells: list[tuple[Node, ...]] = []
    pictures = _MOST_PICTURES
    for row in rows:
        path = folder.outdir / "sanger" / row["sample_id"]
        variants = read_rows(path / "variants.tsv")
        content = read_traces(path / "traces.json") if variants and pictures > 0 else {}
        windows = trace_windows(content, variants)
        for variant in variants:
            own = [w for w in windows.pop(int(variant["position_c"]), []) if w.role == SAMPLE]
            own = own[:pictures]
            pictures -= len(own)
            name = variant["mutation"] or variant["hgvs_c"]
            drawn = join(_picture(name, window) for window in own)
            cells.append((_head(row), _change(name, variant), drawn))
        if not variants:
            cells.append((_head(row), "", row["message"]))
    shown = table(columns, cells, class_="table table-sm der22-abl1")
    return tag("div", shown, class_="table-responsive")


def _head(row: Row) -> Markup:
    day = f"day {row['day']}" if row["day"] else "day not known"
    status = tag(
        "span", f"{day}, {row['sample_id']}: {say(row['abl1_status'])}", class_="fw-normal"
    )
    return join((row["patient_id"], tag("br"), status))


def _change(name: str, variant: Row) -> Markup:
    facts = f"{say(variant['tier'])}, {describe_fraction(variant)}"
    return join((tag("strong", name), tag("br"), facts, tag("br"), variant["flags"]))


def _picture(name: str, window: TraceWindow) -> Markup:
    picture = draw_chromatogram(window, _WIDTH, f"{name}, {window.direction} read {window.read_id}")
    style = "display:inline-block;width:305px;background:#fff"
    return tag("div", picture, style=style)
