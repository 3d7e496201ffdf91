"""Words that several sentences share."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["some"]

_SHOWN = 8


def some(things: Sequence[object]) -> str:
    """Return the first of `things` and how many more there are.

    >>> some(["A", "B"])
    'A, B'
    """
    shown = ", ".join(str(thing) for thing in things[:_SHOWN])
    return shown if len(things) <= _SHOWN else f"{shown} and {len(things) - _SHOWN} more"
