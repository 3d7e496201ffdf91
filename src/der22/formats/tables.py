"""Tables as der22 writes and reads them: tabs, UTF-8, LF, decimal point, blank = not known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

__all__ = ["Row", "cell_text", "read_tsv", "round_half_even", "write_text", "write_tsv"]

#: one row of a table on its way out: column -> value
Row = Mapping[str, object]

_CLEAN = str.maketrans({"\t": " ", "\n": " ", "\r": " "})


def cell_text(value: object) -> str:
    """Return the text of one cell.

    None and NaN are blank; True and False are yes and no; floats have at most six significant
    decimals beyond the point with no trailing zeros; tabs and line ends become blanks.

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
    return str(value).translate(_CLEAN)


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
    return [dict(zip(columns, line.split("\t"), strict=True)) for line in lines[1:]]
