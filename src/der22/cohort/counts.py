"""Counts and percentages of answers: unknown is in neither."""

from __future__ import annotations

from collections.abc import Sequence

from der22.words import Answer

__all__ = ["count_percent", "percent"]


def percent(part: int, whole: int) -> int | None:
    """Return a whole percentage, half to even, exact; None when nobody is evaluable.

    >>> percent(7, 56), percent(1, 8), percent(3, 8), percent(0, 0)
    (12, 12, 38, None)
    """
    if whole == 0:
        return None
    quotient, rest = divmod(100 * part, whole)
    up = 2 * rest > whole or (2 * rest == whole and quotient % 2 == 1)
    return quotient + int(up)


def count_percent(answers: Sequence[Answer]) -> tuple[int, int, int | None]:
    """Return n yes, N known and the percentage."""
    known = [answer for answer in answers if answer is not None]
    return sum(known), len(known), percent(sum(known), len(known))
