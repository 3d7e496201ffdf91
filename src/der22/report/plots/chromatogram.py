"""A few bases of one read: four channels, the called letters, the letters of the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from der22.report.html import Markup
from der22.report.plots.svg import COLOURS, Scale, drawing, line, path, rect, text

__all__ = ["TraceWindow", "draw_chromatogram"]

#: base -> (colour, dash): close to the usual colours, told apart without red-green vision too
_BASES: Mapping[str, tuple[str, str | None]] = {
    "A": ("green", None),
    "C": ("blue", None),
    "G": ("ink", None),
    "T": ("vermillion", "4 1.5"),
}
_TOP, _BASE, _HEIGHT = 42.0, 124.0, 144.0


@dataclass(frozen=True, slots=True)
class TraceWindow:
    """A stretch of one read, in the direction of the reference.

    Attributes:
        read_id: the read.
        role: sample or wild_type_control.
        direction: forward or reverse, as sequenced.
        channels: base -> signal at every scan of the window; all of one length.
        positions: point of each letter's peak in `channels`, -1 where the read has none.
        letters: called base of each position, ``-`` where the read has none.
        reference: reference base of each position.
        first_position: position of the first letter in the reference.
        focus: indices of the letters that are marked.
    """

    read_id: str
    role: str
    direction: str
    channels: Mapping[str, Sequence[float]]
    positions: Sequence[float]
    letters: str
    reference: str
    first_position: int
    focus: frozenset[int]


def draw_chromatogram(window: TraceWindow, width: float, label: str) -> Markup:
    """Return the drawing of one window.

    Args:
        window: what to draw; signals below zero are drawn at zero.
        width: width in points.
        label: what the drawing shows, in words.
    """
    scans = max((len(signal) for signal in window.channels.values()), default=0)
    places = _places(window.positions)
    if scans < 2 or not places:
        return drawing(width, 40, label, text(8, 24, f"{window.read_id}: no trace here"))
    x = Scale(min(0.0, places[0]), max(scans - 1.0, places[-1]), 8, width - 8)
    highest = max(max(signal, default=0) for signal in window.channels.values())
    y = Scale(0, max(highest, 1) * 1.04, _BASE, _TOP)
    shapes = []
    gap = (places[-1] - places[0]) / max(len(places) - 1, 1)
    around = [places[0] - gap, *places, places[-1] + gap]
    for index in sorted(window.focus):
        before, here, after = around[index : index + 3]
        left, right = x((before + here) / 2), x((here + after) / 2)
        shapes.append(rect(left, 4, right - left, _BASE - 4, COLOURS["faint"]))
        shapes.append(rect(left, 4, right - left, 2.5, "orange"))
    shapes.append(line(6, _BASE, width - 6, _BASE, "light"))
    for base, (colour, dash) in _BASES.items():
        signal = window.channels.get(base, ())
        if signal:
            points = [(x(scan), y(max(0.0, signal[scan]))) for scan in _corners(signal)]
            shapes.append(path(points, colour, 1.4, dash=dash))
    for index, place in enumerate(places):
        called, wanted = window.letters[index], window.reference[index]
        bold = called.upper() != wanted.upper() or index in window.focus
        colour, _ = _BASES.get(called.upper(), ("grey", None))
        weight = "700" if bold else None
        shapes.append(text(x(place), 20, wanted, anchor="middle", size=11, colour="grey"))
        shapes.append(
            text(x(place), 36, called, anchor="middle", size=13, colour=colour, weight=weight)
        )
    what = window.direction if window.role == "sample" else f"{window.direction}, wild-type control"
    shapes.append(text(8, _HEIGHT - 5, f"{window.read_id} ({what})", size=11))
    if window.focus:
        focus = f"c.{window.first_position + min(window.focus)}"
        shapes.append(text(width - 8, _HEIGHT - 5, focus, anchor="end", size=11, weight="600"))
    return drawing(width, _HEIGHT, label, *shapes)


def _corners(signal: Sequence[float]) -> list[int]:
    """Return the scans at which the line is not flat, and both ends.

    >>> _corners([0, 0, 0, 5, 5, 5, 1])
    [0, 2, 3, 5, 6]
    """
    last = len(signal) - 1
    return [
        scan
        for scan in range(last + 1)
        if scan in {0, last} or not signal[scan - 1] == signal[scan] == signal[scan + 1]
    ]


def _places(positions: Sequence[float]) -> list[float]:
    """Return where the letters stand; a base the read has not stands between its neighbours.

    >>> _places([-1, 10, -1, 30])
    [0.0, 10.0, 20.0, 30.0]
    """
    known = [(index, place) for index, place in enumerate(positions) if place >= 0]
    if not known:
        return []
    (first, low), (last, high) = known[0], known[-1]
    step = (high - low) / (last - first) if last > first else 12.0
    places = [low + step * (index - first) for index in range(len(positions))]
    for (left, start), (right, end) in pairwise(known):
        for index in range(left, right + 1):
            places[index] = start + (end - start) * (index - left) / (right - left)
    return [float(place) for place in places]
