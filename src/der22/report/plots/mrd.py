"""MRD of one patient over time, on a logarithmic axis that never shows a zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from der22.report.html import Markup, join
from der22.report.plots.svg import (
    LogScale,
    Scale,
    circle,
    cross,
    drawing,
    line,
    path,
    rect,
    text,
)
from der22.words import Category

__all__ = ["DayMark", "MrdPoint", "TimeWindow", "draw_mrd"]

_LEFT, _RIGHT, _TOP, _BASE, _HEIGHT = 64.0, 14.0, 62.0, 242.0, 284.0
_LOWEST, _HIGHEST = 0.001, 100.0


@dataclass(frozen=True, slots=True)
class MrdPoint:
    """One measured level.

    Attributes:
        day: day of the sample.
        transcript: p190 or p210; a line joins the points of one transcript.
        category: CMR, PNQ, POS, POS_UNQUANTIFIED or not_evaluable.
        ratio_percent: level, percent of the control gene; NaN = blank.
        detection_limit_percent: smallest level that could have been seen; NaN = unknown.
        note: sentence shown where the pointer rests.
    """

    day: float
    transcript: str
    category: Category
    ratio_percent: float
    detection_limit_percent: float
    note: str

    @property
    def height(self) -> float:
        """Where it stands: its ratio, or the limit when nothing was detected; NaN = nowhere."""
        value = math.nan
        if self.category in (Category.POS, Category.PNQ):
            value = self.ratio_percent
        elif self.category is Category.CMR:
            value = self.detection_limit_percent
        return value if value > 0 else math.nan


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A planned time point: its name and days, bounds included."""

    name: str
    first_day: float
    last_day: float


@dataclass(frozen=True, slots=True)
class DayMark:
    """Something that happened on a day, such as an increase, a relapse or a transplantation."""

    day: float
    text: str


def draw_mrd(
    points: Sequence[MrdPoint],
    windows: Sequence[TimeWindow],
    marks: Sequence[DayMark],
    width: float,
    label: str,
) -> Markup:
    """Return the curve of one patient.

    Args:
        points: levels of all transcripts, any order. A CMR stands at its detection limit, a
            not evaluable sample as a cross on the axis.
        windows: planned time points, shaded.
        marks: events and triggers, as lines with words.
        width: width in points.
        label: what the drawing shows, in words.
    """
    heights = [point.height for point in points if point.height > 0]
    low = 10 ** math.floor(math.log10(min([*heights, _LOWEST])))
    high = 10 ** math.ceil(math.log10(max([*heights, _HIGHEST])))
    days = [p.day for p in points] + [w.last_day for w in windows] + [m.day for m in marks]
    first = min([0.0, *days])
    last = max([first + 30.0, *days])
    room = (last - first) * 0.03
    x = Scale(first - room, last + room, _LEFT, width - _RIGHT)
    y = LogScale(low, high, _BASE, _TOP)
    shapes = []
    for window in windows:
        start, end = x(window.first_day), x(window.last_day)
        shapes.append(rect(start, _TOP, max(end - start, 1), _BASE - _TOP, "faint"))
        # a name at the edge moves inwards, away from the labels of the axis
        place = max((start + end) / 2, _LEFT + 3 * len(window.name))
        shapes.append(text(place, _TOP - 5, window.name, size=10, colour="grey", anchor="middle"))
    shapes.append(_axes(x, y, width))
    ends = [-1e9, -1e9, -1e9]  # where the words of each line end
    for mark in sorted(marks, key=lambda mark: (mark.day, mark.text)):
        place = x(mark.day)
        wide = 6.0 * len(mark.text)
        left = place - wide if place + wide > x.end else place
        row = next((row for row in (2, 1, 0) if left > ends[row] + 8), 0)
        ends[row] = left + wide
        top = 12 + 13 * row
        shapes.append(line(place, top + 3, place, _BASE, "vermillion", dash="2 3"))
        anchor = "end" if left < place else "start"
        shapes.append(text(place, top, mark.text, size=11, colour="vermillion", anchor=anchor))
    names = sorted({point.transcript for point in points})
    for index, name in enumerate(names):
        own = sorted((p for p in points if p.transcript == name), key=lambda p: p.day)
        colour = "ink" if index == 0 else "blue"
        shapes.append(_curve(own, windows, x, y, colour, name if len(names) > 1 else ""))
    return drawing(width, _HEIGHT, label, *shapes)


def _axes(x: Scale, y: LogScale, width: float) -> Markup:
    middle = (_TOP + _BASE) / 2
    shapes = [text(13, middle, "BCR::ABL1 / ABL1, percent", anchor="middle", turn=-90, size=11)]
    for value in y.decades():
        shapes.append(line(_LEFT, y(value), width - _RIGHT, y(value), "light"))
        shapes.append(text(_LEFT - 6, y(value) + 4, f"{value:g}", anchor="end", size=11))
    shapes.append(line(_LEFT, _BASE, width - _RIGHT, _BASE))
    span = x.high - x.low
    step = next(s for s in (10, 20, 30, 60, 90, 180, 360, 720, 10**9) if span / s <= 9)
    for day in range(math.ceil(x.low / step) * step, math.floor(x.high) + 1, step):
        shapes.append(line(x(day), _BASE, x(day), _BASE + 5))
        shapes.append(text(x(day), _BASE + 19, day, anchor="middle", size=11))
    shapes.append(text(width - _RIGHT, _BASE + 38, "day of TKI", anchor="end", size=11))
    return join(shapes)


def _curve(
    points: Sequence[MrdPoint],
    windows: Sequence[TimeWindow],
    x: Scale,
    y: LogScale,
    colour: str,
    name: str,
) -> Markup:
    """Return one transcript, its name at the first level.

    Lines between levels are dotted where a planned or taken sample has no level.
    """
    placed = [(point.day, point.height) for point in points if point.height > 0]
    unknown = [point.day for point in points if not point.height > 0]
    shapes = []
    for (before, start), (after, end) in pairwise(placed):
        skipped = any(before < day < after for day in unknown) or any(
            before < window.first_day and window.last_day < after for window in windows
        )
        ends = [(x(before), y(start)), (x(after), y(end))]
        shapes.append(path(ends, colour, 1.5, dash="2 4" if skipped else None))
    for point in points:
        across, note = x(point.day), point.note
        if not point.height > 0:
            if point.category is Category.NOT_EVALUABLE:
                shapes.append(cross(across, _BASE, 4, "vermillion", 1.8, note))
            elif point.category is Category.POS_UNQUANTIFIED:
                corners = [(across - 5, _BASE + 4), (across + 5, _BASE + 4), (across, _BASE - 5)]
                shapes.append(path(corners, colour, 1.5, fill=colour, closed=True, title=note))
            continue
        down = y(point.height)
        if point.category is Category.CMR:
            corners = [(across - 5, down - 4), (across + 5, down - 4), (across, down + 5)]
            shapes.append(path(corners, colour, 1.5, fill="white", closed=True, title=note))
        else:
            fill = colour if point.category is Category.POS else "white"
            shapes.append(circle(across, down, 4.2, fill, colour, note))
        if name:
            shapes.append(text(across + 7, down - 6, name, size=11, colour=colour, weight="600"))
            name = ""
    return join(shapes)
