"""Texts of a file as results may show them: no date of a run, nobody's name."""

from __future__ import annotations

import re

from der22.formats.qpcr import Well

__all__ = ["shown_fault", "without_dates"]

_LONGEST_RAW = 40
#: how programs write "not a number" and "infinite" in several languages
_NO_NUMBER = frozenset({
    "nan", "n. def.", "n.def.", "non un numero reale", "non numérique", "no es un número",
    "inf", "-inf", "infinity", "-infinity", "#num!", "#div/0!", "#value!", "#n/a", "error", "err",
})  # fmt: skip

_YEAR_FIRST = r"(?:19|20)\d\d(?P<a>[-/._ ]?)(?:0[1-9]|1[0-2])(?P=a)(?:0[1-9]|[12]\d|3[01])"
_YEAR_LAST = r"\d{1,2}(?P<b>[-/._ ])\d{1,2}(?P=b)(?:19|20)?\d\d"
_DATE = re.compile(rf"(?<!\d)(?:{_YEAR_FIRST}|{_YEAR_LAST})(?!\d)")


def without_dates(name: str) -> str:
    """Return the name of a run with every date in it replaced by ``(date)``.

    >>> without_dates("admin 2019-03-02 11-22"), without_dates("Run 12")
    ('admin (date) 11-22', 'Run 12')
    """
    return _DATE.sub("(date)", name)


def shown_fault(well: Well) -> str:
    """Return the value of a well that cannot be read, with what it should be.

    Only a text that cannot hold anybody's name is shown; ``wells.tsv`` has every text.
    """
    is_copies = well.fault == "COPIES_IMPOSSIBLE"
    raw = well.copies_raw if is_copies else well.ct_raw
    is_plain = not any(c.isalpha() for c in raw) or raw.casefold() in _NO_NUMBER
    shown = repr(raw[:_LONGEST_RAW]) if is_plain else "(a text, see wells.tsv)"
    return f"{'copies' if is_copies else 'threshold cycle'} {shown}"
