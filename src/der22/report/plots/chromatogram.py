"""A few bases of one sequencing read: four channels, the called letters, the letters of the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from der22.report.html import Markup, join
from der22.report.plots.svg import COLOURS, Scale, drawing, line, path, rect, text

__all__ = ["TraceWindow", "draw_chromatogram"]

#: base -> (colour, dash); the usual order of greens, blues and reds, but told apart without them too
_BASES: Mapping[str, tuple[str, str | None]] = {
    "A": ("green", None),
    "C": ("blue", None),
    "G": ("ink", None),
    "T": ("vermillion", "4 1.5"),
}
_TOP, _BASE, _HEIGHT = 44.0, 148.0, 170.0


@dataclass(frozen=True, slots=True)
class TraceWindow:
    """A stretch of one read, in the direction of the reference.

    Attributes:
        read_id: the read.
        direction: forward or reverse, as sequenced.
        channels: base -> signal at every scan of the window; all of one length.
        positions: scan of each letter's peak, counted from the start of the window, rising.
        letters: called base of each position, ``-`` where the read has none.
        reference: reference base of each position.
        first_position: c. position of the first letter, None when there are no coordinates.
        focus: indices of the letters that are marked.
    """

    read_id: str
    direction: str
    channels: Mapping[str, Sequence[float]]
    positions: Sequence[float]
    letters: str
    reference: str
    first_position: int | None
    focus: frozenset[int]


def draw_chromatogram(window: TraceWindow, width: float, label: str) -> Markup:
    """Return the drawing of one window.

    Args:
        window: what to draw; signals below zero are drawn at zero.
        width: width in points.
        label: what the drawing shows, in words.
    """
    scans = max((len(signal) for signal in window.channels.values()), default=0)
    if scans < 2:
        return drawing(width, 40, label, text(8, 24, f"{window.read_id}: no trace here"))
    x = Scale(0, scans - 1, 6, width - 6)
    highest = max(max(signal, default=0) for signal in window.channels.values())
    y = Scale(0, max(highest, 1) * 1.04, _BASE, _TOP)
    shapes = [*_marked(window, x), line(6, _BASE, width - 6, _BASE, "light")]
    for base, (colour, dash) in _BASES.items():
        signal = window.channels.get(base, ())
        points = [(x(scan), y(max(0.0, value))) for scan, value in enumerate(signal)]
        if points:
            shapes.append(path(points, colour, 1.4, dash=dash))
    return drawing(width, _HEIGHT, label, *shapes, _letters(window, x), _footer(window, x))


def _marked(window: TraceWindow, x: Scale) -> list[Markup]:
    """Return the shaded columns behind the letters in focus."""
    columns = []
    for index in sorted(window.focus):
        left, right = _bounds(window.positions, index)
        columns.append(rect(x(left), 4, x(right) - x(left), _BASE - 4, COLOURS["faint"]))
        columns.append(rect(x(left), 4, x(right) - x(left), 2.5, "orange"))
    return columns


def _bounds(positions: Sequence[float], index: int) -> tuple[float, float]:
    here = positions[index]
    gap = (positions[-1] - positions[0]) / max(len(positions) - 1, 1)
    before = positions[index - 1] if index else here - gap
    after = positions[index + 1] if index + 1 < len(positions) else here + gap
    return (before + here) / 2, (here + after) / 2


def _letters(window: TraceWindow, x: Scale) -> Markup:
    shapes = []
    for index, place in enumerate(window.positions):
        called, wanted = window.letters[index], window.reference[index]
        differs = called.upper() != wanted.upper()
        shapes.append(text(x(place), 20, wanted, anchor="middle", size=11, colour="grey"))
        shapes.append(
            text(
                x(place),
                36,
                called,
                anchor="middle",
                size=13,
                colour=_BASES.get(called.upper(), ("grey", None))[0],
                weight="700" if differs or index in window.focus else None,
            )
        )
    return join(shapes)


def _footer(window: TraceWindow, x: Scale) -> Markup:
    shapes = [text(8, _HEIGHT - 5, f"{window.read_id} ({window.direction})", size=11)]
    if window.first_position is not None:
        for index in sorted(window.focus):
            place = f"c.{window.first_position + index}"
            where = x(window.positions[index])
            shapes.append(text(where, _HEIGHT - 5, place, anchor="middle", size=11, weight="600"))
    return join(shapes)
