"""Dosage quotients of one sample, probe by probe, in the order of genes and exons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from der22.report.html import Markup
from der22.report.plots.svg import Scale, circle, cross, drawing, line, path, rect, text
from der22.words import Call

__all__ = ["ProbeMark", "draw_probes"]

#: call -> colour and corners of its mark, in sizes from the middle; all others are white discs.
#: The shape alone tells the call, so that the page survives grey printing.
_SHAPES: Mapping[Call | None, tuple[str, tuple[tuple[int, int], ...]]] = {
    Call.HOMOZYGOUS_DELETION: ("vermillion", ((-1, -1), (1, -1), (1, 1), (-1, 1))),
    Call.HETEROZYGOUS_DELETION: ("vermillion", ((-1, -1), (1, -1), (0, 1))),
    Call.GAIN: ("blue", ((-1, 1), (1, 1), (0, -1))),
    Call.AMBIGUOUS: ("orange", ((0, -1), (1, 0), (0, 1), (-1, 0))),
}
_LEFT, _RIGHT, _TOP, _BASE = 46.0, 12.0, 14.0, 212.0
_ROOM = 58.0  # below the exons, for the names of genes
_GAP = 0.7  # free space between two genes, in probes
_HIGHEST = 2.0


@dataclass(frozen=True, slots=True)
class ProbeMark:
    """One probe as it is drawn.

    Attributes:
        gene: gene, or what the group of probes is called.
        exon: exon as in the probemix sheet; blank for none.
        dosage_quotient: 1 = as the reference samples; None = not measured.
        half_interval: how far the interval drawn reaches to each side; None = none.
        call: call of the probe.
        note: sentence shown where the pointer rests.
    """

    gene: str
    exon: str
    dosage_quotient: float | None
    half_interval: float | None
    call: Call | None
    note: str


def draw_probes(
    probes: Sequence[ProbeMark], limits: Sequence[float], width: float, label: str
) -> Markup:
    """Return the drawing of one sample.

    Args:
        probes: in the order they are drawn; neighbours of the same gene form a group.
        limits: dosage quotients at which a call changes, drawn as dashed lines.
        width: width in points.
        label: what the drawing shows, in words.
    """
    groups = [(gene, list(marks)) for gene, marks in groupby(probes, key=lambda mark: mark.gene)]
    units = len(probes) + _GAP * max(0, len(groups) - 1)
    end = width - _RIGHT
    step = (end - _LEFT) / max(units, 1.0)
    height = Scale(0.0, _HIGHEST, _BASE, _TOP)
    longest = max((len(mark.exon) for mark in probes), default=0)
    names = _BASE + max(30.0, 12 + 5.6 * longest)
    columns, shapes = [], []
    x = _LEFT
    for index, (gene, marks) in enumerate(groups):
        wide = len(marks) * step
        if index % 2 == 0:
            columns.append(rect(x, _TOP, wide, names - _TOP, "faint"))
        middles = [x + (place + 0.5) * step for place in range(len(marks))]
        for mark, middle in zip(marks, middles, strict=True):
            shapes += _mark(mark, middle, step, height)
        for mark, middle in zip(marks, middles, strict=True):
            shapes.append(text(middle + 3.5, _BASE + 8, mark.exon, size=10, anchor="end", turn=-90))
        # a narrow group has no room for its name lying down
        last = x + wide
        middle = (x + last) / 2
        if len(gene) * 7.4 <= last - x + _GAP * step:
            shapes.append(text(middle, names + 14, gene, anchor="middle", size=11, weight="600"))
        else:
            shapes.append(
                text(middle + 4, names + 4, gene, anchor="end", size=11, weight="600", turn=-90)
            )
        x += wide + _GAP * step
    guides = [text(13, (_TOP + _BASE) / 2, "dosage quotient", anchor="middle", turn=-90, size=11)]
    for value in (0.0, 0.5, 1.0, 1.5, 2.0):
        y = height(value)
        guides.append(line(_LEFT, y, end, y, "grey" if value == 1 else "light"))
        guides.append(text(_LEFT - 5, y + 4, f"{value:.1f}", anchor="end", size=11))
    for value in limits:
        if 0 < value < _HIGHEST:
            y = height(value)
            guides.append(line(_LEFT, y, end, y, "purple", dash="5 4"))
    return drawing(width, names + _ROOM, label, *columns, *guides, *shapes)


def _mark(mark: ProbeMark, x: float, step: float, height: Scale) -> list[Markup]:
    ratio, half = mark.dosage_quotient, mark.half_interval
    if ratio is None:
        return [cross(x, height(0.0) - 5, 3, "grey", 1.5, mark.note)]
    shapes, y, size = [], height(ratio), min(4.5, step * 0.42)
    if half is not None:
        top, thin = height(ratio + half), min(4.0, step * 0.32)
        shapes.append(rect(x - thin, top, 2 * thin, height(ratio - half) - top, "light"))
    if mark.call in _SHAPES:
        colour, corners = _SHAPES[mark.call]
        outline = [(x + right * size, y + down * size) for right, down in corners]
        shapes.append(path(outline, colour, 1, fill=colour, closed=True, title=mark.note))
    else:
        shapes.append(circle(x, y, size * 0.75, "white", "grey", mark.note))
    return shapes
