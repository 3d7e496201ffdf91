"""Tables as der22 writes and reads them: tabs, UTF-8, LF, decimal point, blank = not known.

Texts of instrument files and of the user's own columns pass through these tables into spreadsheet
programs, which take ``=cmd`` for a formula: such a text gets an apostrophe in front, which reading
takes away again.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "DroppedCharacters",
    "Row",
    "cell_text",
    "counted_characters",
    "neutral",
    "original",
    "read_tsv",
    "round_half_even",
    "write_text",
    "write_tsv",
]

#: one row of a table on its way out: column -> value
Row = Mapping[str, object]

_CLEAN = str.maketrans({"\t": " ", "\n": " ", "\r": " "})
#: what a spreadsheet program may take for a formula, with apostrophes that stand before it already
_FORMULA = re.compile(r"'*\s*[=+\-@]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(slots=True)
class DroppedCharacters:
    """How many control characters were left out of cells.

    Attributes:
        n: so many.
    """

    n: int = 0


_dropped: ContextVar[DroppedCharacters | None] = ContextVar("dropped", default=None)


@contextmanager
def counted_characters() -> Iterator[DroppedCharacters]:
    """Count the control characters that are left out of the cells written meanwhile."""
    count = DroppedCharacters()
    token = _dropped.set(count)
    try:
        yield count
    finally:
        _dropped.reset(token)


def neutral(text: str) -> str:
    """Return a text as no spreadsheet program takes it for a formula; see `original`.

    >>> neutral("=1+1"), neutral("-"), neutral("-3.5"), neutral("'=1")
    ("'=1+1", '-', '-3.5', "''=1")
    """
    if len(text) < 2 or not _FORMULA.match(text) or _NUMBER.fullmatch(text):
        return text
    return f"'{text}"


def original(text: str) -> str:
    """Return the text that `neutral` was given."""
    return text[1:] if text[:1] == "'" and neutral(text[1:]) == text else text


def cell_text(value: object) -> str:
    """Return the text of one cell.

    None and NaN are blank; True and False are yes and no; floats have at most six significant
    decimals beyond the point with no trailing zeros; tabs and line ends become blanks, other
    control characters are left out, and no text is a formula (`neutral`).

    >>> cell_text(0.50), cell_text(float("nan")), cell_text(True), cell_text(-0.0)
    ('0.5', '', 'yes', '0')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        text = format(value, ".6f").rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    text = str(value)
    if not text.isprintable():
        spaced = text.translate(_CLEAN)
        text = "".join(c for c in spaced if unicodedata.category(c) != "Cc")
        if (count := _dropped.get()) is not None:
            count.n += len(spaced) - len(text)
    return neutral(text)


def round_half_even(value: float, decimals: int) -> float:
    """Round to `decimals`, half to even; NaN stays NaN and -0 becomes 0."""
    return round(float(value), decimals) + 0.0


def write_tsv(path: Path | str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a table in one step: it is there whole or not at all.

    Args:
        path: where; folders are made.
        columns: header, in order; a row must have exactly these keys.
        rows: values; see `cell_text` for their form. Rounding is the caller's.

    Raises:
        KeyError: a row lacks a column or has one too many.
    """
    wanted = set(columns)
    lines = ["\t".join(columns)]
    for row in rows:
        if row.keys() != wanted:
            raise KeyError(f"{Path(path).name}: columns differ by {sorted(row.keys() ^ wanted)}")
        lines.append("\t".join(cell_text(row[column]) for column in columns))
    write_text(path, "\n".join(lines) + "\n")


def write_text(path: Path | str, text: str) -> None:
    """Write UTF-8 text with LF line ends through a temporary file beside `path`."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as handle:
            handle.write(text)
        partial.replace(path)
    except OSError:  # such as a full disk: what was there before stays, nothing half is left
        partial.unlink(missing_ok=True)
        raise


def read_tsv(path: Path | str) -> list[dict[str, str]]:
    """Read a table written by `write_tsv`: one dict of text per row, blanks as ''."""
    text = Path(path).read_text(encoding="utf-8")
    if not text:
        return []
    # not splitlines: a cell may hold a form feed or a Unicode line separator
    lines = text.removesuffix("\n").split("\n")
    columns = lines[0].split("\t")
    return [dict(zip(columns, map(original, line.split("\t")), strict=True)) for line in lines[1:]]
