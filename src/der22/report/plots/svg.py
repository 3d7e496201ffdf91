"""The few SVG shapes and the two scales that the drawings are made of.

Colours are presentation attributes, so that a drawing looks the same on a patient page, in MultiQC
and saved by itself. Numbers have one decimal; the same values give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from der22.report.html import Markup, Node, join, tag

__all__ = [
    "COLOURS",
    "LogScale",
    "Scale",
    "circle",
    "cross",
    "drawing",
    "group",
    "line",
    "number",
    "path",
    "rect",
    "text",
]

#: Okabe-Ito colours, distinguishable without red-green vision, and greys
COLOURS = {
    "ink": "#1d2733",
    "grey": "#6b7785",
    "light": "#d5dbe1",
    "faint": "#eef1f4",
    "white": "#ffffff",
    "blue": "#0072b2",
    "sky": "#56b4e9",
    "green": "#009e73",
    "orange": "#e69f00",
    "vermillion": "#d55e00",
    "purple": "#cc79a7",
}


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight map from values to points.

    Attributes:
        low: value drawn at `start`.
        high: value drawn at `end`; must differ from `low`.
        start: place of `low`, in points of the drawing.
        end: place of `high`.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of `value`; values outside are held at the nearer end."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class LogScale:
    """A map from positive values to points by their logarithm; fields as `Scale`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of `value` > 0; values outside are held at the nearer end."""
        straight = Scale(math.log10(self.low), math.log10(self.high), self.start, self.end)
        return straight(math.log10(value))

    def decades(self) -> list[float]:
        """Return the powers of ten from `low` to `high`."""
        first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        return [10.0**power for power in range(first, last + 1)]


def number(value: float) -> str:
    """Return a coordinate with at most one decimal.

    >>> number(3.0), number(-0.04), number(2.25)
    ('3', '0', '2.2')
    """
    rounded = format(value, ".1f")
    rounded = rounded.removesuffix(".0")
    return "0" if rounded == "-0" else rounded


def drawing(width: float, height: float, label: str, *children: Node) -> Markup:
    """Return a drawing that scales to the place it is given.

    Args:
        width: width in points.
        height: height in points.
        label: what it shows, in words, for readers who cannot see it.
        children: its shapes.
    """
    return tag(
        "svg",
        tag("title", label),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        style=f"max-width:{number(width)}px;width:100%;height:auto;display:block",
        font_family="system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',sans-serif",
    )


def group(*children: Node, **attributes: Node) -> Markup:
    """Return shapes that share attributes."""
    return tag("g", *children, **attributes)


def line(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    colour: str = "grey",
    width: float = 1,
    dash: str | None = None,
) -> Markup:
    """Return a straight line; `colour` is a key of `COLOURS`."""
    return tag(
        "line",
        x1=number(x1),
        y1=number(y1),
        x2=number(x2),
        y2=number(y2),
        stroke=COLOURS[colour],
        stroke_width=number(width),
        stroke_dasharray=dash,
    )


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    fill: str = "faint",
    stroke: str | None = None,
    title: str | None = None,
) -> Markup:
    """Return a rectangle; `title` is shown where the pointer rests."""
    return tag(
        "rect",
        tag("title", title) if title else None,
        x=number(x),
        y=number(y),
        width=number(width),
        height=number(height),
        fill=COLOURS.get(fill, fill),
        stroke=COLOURS[stroke] if stroke else None,
    )


def circle(
    x: float, y: float, radius: float, fill: str, stroke: str, title: str | None = None
) -> Markup:
    """Return a disc with an outline."""
    return tag(
        "circle",
        tag("title", title) if title else None,
        cx=number(x),
        cy=number(y),
        r=number(radius),
        fill=COLOURS[fill],
        stroke=COLOURS[stroke],
        stroke_width="1.5",
    )


def path(
    points: Sequence[tuple[float, float]],
    colour: str,
    width: float = 1.5,
    *,
    dash: str | None = None,
    fill: str | None = None,
    closed: bool = False,
    title: str | None = None,
) -> Markup:
    """Return a line through `points`, closed and filled on request."""
    steps = "L".join([f"{x:.1f} {y:.1f}" for x, y in points])
    return tag(
        "path",
        tag("title", title) if title else None,
        d=f"M{steps}{'Z' if closed else ''}",
        fill=COLOURS[fill] if fill else "none",
        stroke=COLOURS[colour],
        stroke_width=number(width),
        stroke_dasharray=dash,
        stroke_linejoin="round",
    )


def cross(x: float, y: float, size: float, colour: str, width: float, title: str) -> Markup:
    """Return two strokes that cross at (x, y) and reach `size` to each side."""
    low, high = y - size, y + size
    strokes = [((x - size, low), (x + size, high)), ((x - size, high), (x + size, low))]
    return join(path(stroke, colour, width, title=title) for stroke in strokes)


def text(
    x: float,
    y: float,
    content: Node,
    *,
    size: float = 12,
    anchor: str = "start",
    colour: str = "ink",
    weight: str | None = None,
    turn: float | None = None,
) -> Markup:
    """Return a line of text; `anchor` is start, middle or end, `turn` in degrees about (x, y)."""
    return tag(
        "text",
        content,
        x=number(x),
        y=number(y),
        font_size=number(size),
        text_anchor=None if anchor == "start" else anchor,
        fill=COLOURS[colour],
        font_weight=weight,
        transform=f"rotate({number(turn)} {number(x)} {number(y)})" if turn else None,
    )
