"""Names of runs as results may show them: instruments write the date of the run into the name."""

from __future__ import annotations

import re

__all__ = ["without_dates"]

_YEAR_FIRST = r"(?:19|20)\d\d(?P<a>[-/._ ]?)(?:0[1-9]|1[0-2])(?P=a)(?:0[1-9]|[12]\d|3[01])"
_YEAR_LAST = r"\d{1,2}(?P<b>[-/._ ])\d{1,2}(?P=b)(?:19|20)?\d\d"
_DATE = re.compile(rf"(?<!\d)(?:{_YEAR_FIRST}|{_YEAR_LAST})(?!\d)")


def without_dates(name: str) -> str:
    """Return the name of a run with every date in it replaced by ``(date)``.

    >>> without_dates("admin 2019-03-02 11-22"), without_dates("Run 12")
    ('admin (date) 11-22', 'Run 12')
    """
    return _DATE.sub("(date)", name)
