"""The kinase domain as a bar: what was seen, what was excluded, what was not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from der22.report.html import Markup
from der22.report.plots.svg import Scale, drawing, group, line, number, rect, text

__all__ = ["CodonMark", "draw_codons"]

_COLOURS = {"detected": "vermillion", "possible": "orange", "not_detected": "sky"}
_TOP, _THICK, _HEIGHT = 32.0, 16.0, 70.0


@dataclass(frozen=True, slots=True)
class CodonMark:
    """One codon of the bar.

    Attributes:
        codon: number of the codon.
        status: detected, possible, not_detected or not_assessed.
        name: what is written above it; blank for nothing.
    """

    codon: int
    status: str
    name: str = ""


def draw_codons(codons: Sequence[CodonMark], width: float, label: str) -> Markup:
    """Return the bar of one sample; `codons` rise, an empty sequence gives a sentence instead."""
    if not codons:
        return drawing(
            width, 30, label, text(8, 20, "no codons: the reference has no reading frame")
        )
    # without names above it the bar needs no room for them
    lift = 0.0 if any(mark.name for mark in codons) else _TOP - 8
    x = Scale(codons[0].codon, codons[-1].codon + 1, 8, width - 8)
    shapes = [rect(8, _TOP, width - 16, _THICK, "white", "grey")]
    for status, run in groupby(codons, key=lambda mark: mark.status):
        marks = list(run)
        start, end = x(marks[0].codon), x(marks[-1].codon + 1)
        title = f"codons {marks[0].codon}-{marks[-1].codon}: {status.replace('_', ' ')}"
        if status in _COLOURS:
            tall = 4 if status in {"detected", "possible"} else 0
            box = max(end - start, 3.0 if tall else 0.5)
            fill = _COLOURS[status]
            shapes.append(rect(start, _TOP - tall, box, _THICK + 2 * tall, fill, title=title))
        else:
            shapes.extend(_hatched(start, end, title))
    for codon in range(-(-codons[0].codon // 50) * 50, codons[-1].codon + 1, 50):
        shapes.append(line(x(codon + 0.5), _TOP + _THICK, x(codon + 0.5), _TOP + _THICK + 5))
        shapes.append(
            text(x(codon + 0.5), _TOP + _THICK + 18, codon, anchor="middle", size=11, colour="grey")
        )
    moved = group(*shapes, *_names(codons, x), transform=f"translate(0 {number(-lift)})")
    return drawing(width, _HEIGHT - lift, label, moved)


def _hatched(start: float, end: float, title: str) -> list[Markup]:
    """Return what was not read: white with strokes, so that it never looks like a result."""
    shapes = [rect(start, _TOP, end - start, _THICK, "white", title=title)]
    x = start
    while x < end:
        shapes.append(line(x, _TOP + _THICK, min(x + 6, end), _TOP, "grey", 0.8))
        x += 6
    return shapes


def _names(codons: Sequence[CodonMark], x: Scale) -> list[Markup]:
    shapes: list[Markup] = []
    last, row = -1e9, 0
    for mark in codons:
        if not mark.name:
            continue
        place = x(mark.codon + 0.5)
        # neighbours that would overlap go onto the second line
        row = 1 - row if place - last < 46 else 0
        last = place
        anchor = "start" if place < 40 else "end" if place > x.end - 40 else "middle"
        shapes.append(text(place, 26 - 13 * row, mark.name, anchor=anchor, size=12, weight="700"))
    return shapes
