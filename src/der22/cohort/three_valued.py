"""Yes, no, unknown: how facts are joined without unknown ever becoming no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["Answer", "any_yes", "count_percent", "deleted", "percent"]

#: True = yes, False = no, None = unknown
Answer = bool | None

_DELETED = {
    "homozygous_deletion": True,
    "heterozygous_deletion": True,
    "normal": False,
    "gain": False,
}


def any_yes(answers: Iterable[Answer]) -> Answer:
    """Return yes if one is yes, else unknown if one is unknown (or there is none), else no.

    >>> any_yes([False, None, True]), any_yes([False, None]), any_yes([False]), any_yes([])
    (True, None, False, None)
    """
    given = list(answers)
    if True in given:
        return True
    if not given or None in given:
        return None
    return False


def deleted(call: str) -> Answer:
    """Return whether a gene call says deleted; ambiguous, not_evaluable, not_done are unknown."""
    return _DELETED.get(call)


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
