"""Dosage quotients of one sample, probe by probe, in the order of genes and exons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from der22.report.html import Markup, join
from der22.report.plots.svg import Scale, circle, drawing, line, path, rect, text

__all__ = ["CALL_COLOURS", "ProbeMark", "draw_probes"]

#: call -> colour of its mark
CALL_COLOURS = {
    "homozygous_deletion": "vermillion",
    "heterozygous_deletion": "vermillion",
    "gain": "blue",
    "ambiguous": "orange",
    "normal": "grey",
    "not_evaluable": "grey",
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
        dosage_quotient: 1 = as the reference samples; NaN = not measured.
        low: lower end of the interval drawn, NaN = none.
        high: upper end of the interval.
        call: call of the probe.
        note: sentence shown where the pointer rests.
    """

    gene: str
    exon: str
    dosage_quotient: float
    low: float
    high: float
    call: str
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
    step = (width - _LEFT - _RIGHT) / max(units, 1.0)
    height = Scale(0.0, _HIGHEST, _BASE, _TOP)
    columns, shapes = [], []
    longest = max((len(mark.exon) for mark in probes), default=0)
    names = _BASE + max(30.0, 12 + 5.6 * longest)
    x = _LEFT
    for index, (gene, marks) in enumerate(groups):
        wide = len(marks) * step
        if index % 2 == 0:
            columns.append(rect(x, _TOP, wide, names - _TOP, "faint"))
        shapes.append(_gene(gene, marks, x, step, height, names))
        x += wide + _GAP * step
    return drawing(width, names + _ROOM, label, *columns, _guides(height, limits, width), *shapes)


def _guides(height: Scale, limits: Sequence[float], width: float) -> Markup:
    end = width - _RIGHT
    shapes = [text(13, (_TOP + _BASE) / 2, "dosage quotient", anchor="middle", turn=-90, size=11)]
    for value in (0.0, 0.5, 1.0, 1.5, 2.0):
        y = height(value)
        shapes.append(line(_LEFT, y, end, y, "grey" if value == 1 else "light"))
        shapes.append(text(_LEFT - 5, y + 4, f"{value:.1f}", anchor="end", size=11))
    shapes += [
        line(_LEFT, height(value), end, height(value), "purple", dash="5 4")
        for value in limits
        if 0 < value < _HIGHEST
    ]
    return join(shapes)


def _gene(
    gene: str, marks: Sequence[ProbeMark], x: float, step: float, height: Scale, names: float
) -> Markup:
    """Return one gene: its probes, their exons, and its name below `names`."""
    end = x + len(marks) * step
    middles = [x + (place + 0.5) * step for place in range(len(marks))]
    shapes = [_mark(mark, at, step, height) for mark, at in zip(marks, middles, strict=True)]
    shapes += [
        text(at + 3.5, _BASE + 8, mark.exon, size=10, anchor="end", turn=-90)
        for mark, at in zip(marks, middles, strict=True)
    ]
    # a narrow group has no room for its name lying down
    if len(gene) * 7.4 <= end - x + _GAP * step:
        middle = (x + end) / 2
        shapes.append(text(middle, names + 14, gene, anchor="middle", size=11, weight="600"))
    else:
        middle = (x + end) / 2 + 4
        shapes.append(text(middle, names + 4, gene, anchor="end", size=11, weight="600", turn=-90))
    return join(shapes)


def _mark(mark: ProbeMark, x: float, step: float, height: Scale) -> Markup:
    if math.isnan(mark.dosage_quotient):
        y = height(0.0) - 5
        arms = [((x - 3, y - 3), (x + 3, y + 3)), ((x - 3, y + 3), (x + 3, y - 3))]
        return join(path(arm, "grey", title=mark.note) for arm in arms)
    y = height(mark.dosage_quotient)
    shapes: list[Markup] = []
    if not math.isnan(mark.low):
        top = height(mark.high)
        half = min(4.0, step * 0.32)
        shapes.append(rect(x - half, top, 2 * half, height(mark.low) - top, "light"))
    return join((*shapes, _symbol(mark, x, y, min(4.5, step * 0.42))))


def _symbol(mark: ProbeMark, x: float, y: float, size: float) -> Markup:
    """Return a mark whose shape alone tells the call, so that the page survives grey printing."""
    colour = CALL_COLOURS.get(mark.call, "grey")
    if mark.call == "homozygous_deletion":
        corners = [(x - size, y - size), (x + size, y - size), (x + size, y + size)]
        corners.append((x - size, y + size))
    elif mark.call == "heterozygous_deletion":
        corners = [(x - size, y - size), (x + size, y - size), (x, y + size)]
    elif mark.call == "gain":
        corners = [(x - size, y + size), (x + size, y + size), (x, y - size)]
    elif mark.call == "ambiguous":
        corners = [(x, y - size), (x + size, y), (x, y + size), (x - size, y)]
    else:
        return circle(x, y, size * 0.75, "white", colour, mark.note)
    return path(corners, colour, 1, fill=colour, closed=True, title=mark.note)
