"""ABL1 samples with the traces behind each change."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import bargraph

from der22.report.html import Markup, Node, join, table, tag
from der22.report.multiqc_sections.chips import ALARM, NO_RESULT
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.multiqc_sections.grades import ABL1_GRADES, GRADE_COLOURS, Grade, progress_bar
from der22.report.patient_sanger import describe_fraction
from der22.report.plots.chromatogram import draw_chromatogram
from der22.report.trace_windows import SAMPLE, trace_windows
from der22.report.words import say
from der22.results.sanger import Abl1Row, VariantRow
from der22.results.schema import read_table
from der22.results.traces import read_traces
from der22.words import Abl1Status

__all__ = ["add_abl1"]

_BARS = {
    Abl1Status.WILD_TYPE: GRADE_COLOURS[Grade.PASS],
    Abl1Status.POSSIBLE: GRADE_COLOURS[Grade.WARNING],
    Abl1Status.MUTATED: ALARM,
    Abl1Status.NOT_EVALUABLE: NO_RESULT,
}
_MOST_SAMPLES, _MOST_PICTURES = 200, 120
_WIDTH = 305.0


def add_abl1(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the counts by status and the table of samples with a finding; nothing without Sanger."""
    if not folder.abl1:
        return
    counts = Counter(row.abl1_status for row in folder.abl1)
    module.add_section(
        name="ABL1 samples",
        anchor="der22-abl1-samples",
        description=f"{len(folder.abl1)} sequenced samples by status.",
        helptext=(
            "mutated: a change seen on both strands that is neither silent, nor a known "
            "polymorphism, nor a splice variant. possible: below that, or on one strand only. "
            "The bar counts samples: orange possible, red not evaluable."
        ),
        statuses=progress_bar((row.sample_id, ABL1_GRADES[row.abl1_status]) for row in folder.abl1),
        plot=bargraph.plot(
            {"ABL1": {status.value: counts[status] for status in _BARS}},
            {s.value: {"name": say(s), "color": colour} for s, colour in _BARS.items()},
            {"id": "der22_abl1_plot", "title": "der22: ABL1 samples", "ylab": "samples"},
        ),
    )
    found = sorted(
        (row for row in folder.abl1 if row.abl1_status is not Abl1Status.WILD_TYPE),
        key=lambda row: (
            row.patient_id or "",
            math.inf if row.day is None else row.day,
            row.sample_id,
        ),
    )
    if not found:
        return
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


def _samples(rows: Iterable[Abl1Row], folder: CohortFolder) -> Markup:
    """Return a line per change, with its traces; of a sample without any its message."""
    cells: list[tuple[Node, ...]] = []
    pictures = _MOST_PICTURES
    for row in rows:
        day = "day not known" if row.day is None else f"day {row.day}"
        words = tag("span", f"{day}, {row.sample_id}: {say(row.abl1_status)}", class_="fw-normal")
        head = join((row.patient_id, tag("br"), words))
        variants = read_table(folder.outdir, VariantRow, optional=True, sample_id=row.sample_id)
        if not variants:
            cells.append((head, "", row.message))
            continue
        sites = read_traces(folder.outdir, row.sample_id) if pictures > 0 else ()
        windows = trace_windows(sites, variants)
        for variant in variants:
            name = variant.mutation or variant.hgvs_c
            facts = f"{say(variant.tier)}, {describe_fraction(variant)}"
            change = (tag("strong", name), tag("br"), facts, tag("br"), ";".join(variant.codes))
            own = [w for w in windows.pop(variant.position_c, []) if w.role == SAMPLE][:pictures]
            pictures -= len(own)
            traces = [
                tag(
                    "div",
                    draw_chromatogram(w, _WIDTH, f"{name}, {w.direction} read {w.read_id}"),
                    style="display:inline-block;width:305px;background:#fff",
                )
                for w in own
            ]
            cells.append((head, join(change), join(traces)))
    shown = table(("sample", "change", "traces"), cells, class_="table table-sm der22-abl1")
    return tag("div", shown, class_="table-responsive")
