"""The kinase domain as a bar: what was seen, what was excluded, what was not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from der22.report.html import Markup
from der22.report.plots.svg import Scale, drawing, group, line, number, rect, text
from der22.words import CodonStatus

__all__ = ["CodonMark", "draw_codons"]

#: status -> colour and how far its box stands out of the bar; all others are hatched
_BOXES: Mapping[CodonStatus, tuple[str, int]] = {
    CodonStatus.DETECTED: ("vermillion", 4),
    CodonStatus.POSSIBLE: ("orange", 4),
    CodonStatus.NOT_DETECTED: ("sky", 0),
}
_TOP, _THICK, _HEIGHT = 32.0, 16.0, 70.0


@dataclass(frozen=True, slots=True)
class CodonMark:
    """One codon of the bar.

    Attributes:
        codon: number of the codon.
        status: verdict on it.
        name: what is written above it; blank for nothing.
    """

    codon: int
    status: CodonStatus
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
        if status in _BOXES:
            fill, tall = _BOXES[status]
            box = max(end - start, 3.0 if tall else 0.5)
            shapes.append(rect(start, _TOP - tall, box, _THICK + 2 * tall, fill, title=title))
            continue
        # what was not read is white with strokes, so that it never looks like a result
        shapes.append(rect(start, _TOP, end - start, _THICK, "white", title=title))
        while start < end:
            shapes.append(line(start, _TOP + _THICK, min(start + 6, end), _TOP, "grey", 0.8))
            start += 6
    for codon in range(-(-codons[0].codon // 50) * 50, codons[-1].codon + 1, 50):
        shapes.append(line(x(codon + 0.5), _TOP + _THICK, x(codon + 0.5), _TOP + _THICK + 5))
        shapes.append(
            text(x(codon + 0.5), _TOP + _THICK + 18, codon, anchor="middle", size=11, colour="grey")
        )
    before, row = -1e9, 0
    for mark in codons:
        if mark.name:
            place = x(mark.codon + 0.5)
            # neighbours that would overlap go onto the second line
            row = 1 - row if place - before < 46 else 0
            before = place
            side = "start" if place < 40 else "end" if place > x.end - 40 else "middle"
            shapes.append(text(place, 26 - 13 * row, mark.name, anchor=side, size=12, weight="700"))
    moved = group(*shapes, transform=f"translate(0 {number(-lift)})")
    return drawing(width, _HEIGHT - lift, label, moved)
