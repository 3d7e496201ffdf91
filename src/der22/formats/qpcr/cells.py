"""What the cells of a well mean: threshold cycle, task, well name; the same for every kind."""

from __future__ import annotations

import re
from dataclasses import dataclass

from der22.formats.grid import Cell, cell_string
from der22.formats.numbers import NumberColumn
from der22.formats.qpcr.record import Task
from der22.formats.qpcr.table import fold_name

__all__ = [
    "HIGHEST_CT",
    "LOWEST_CT",
    "MOST_COPIES",
    "CtReading",
    "is_true",
    "is_undetected_word",
    "plate_size",
    "read_ct",
    "task_of",
    "well_from_number",
    "well_name",
]

#: words for a reaction without a threshold cycle, in any case; another word is never a negative
_UNDETECTED = frozenset({"", "undetermined", "no ct", "n/a", "nan"})
#: exports of other languages translate their check boxes
_YES = frozenset({
    "true", "yes", "y", "x", "1", "omit", "omitted", "wahr", "ja", "j", "vrai", "oui", "vero", "si",
    "sì", "sí", "verdadero", "sim",
})  # fmt: skip
_NOT_DETECTED_NUMBERS = (0.0, -1.0)
#: what a threshold cycle can be; -1 stands for none. A number outside is a damaged or misread value
LOWEST_CT, HIGHEST_CT = -1.0, 60.0
#: more molecules than any tube holds: a failed computation
MOST_COPIES = 1e15
#: the LightCycler 96 writes 100 for none into its RDML, where no number can be misread
_CT = NumberColumn(minimum=LOWEST_CT, maximum=100.0)

_TASKS = {
    "standard": Task.STANDARD, "std": Task.STANDARD, "quantificationstandard": Task.STANDARD,
    "unknown": Task.UNKNOWN, "unkn": Task.UNKNOWN, "target": Task.UNKNOWN, "sample": Task.UNKNOWN,
    "endogenouscontrol": Task.UNKNOWN, "endogenous": Task.UNKNOWN, "endo": Task.UNKNOWN,
    "reference": Task.UNKNOWN, "": Task.UNKNOWN,
    "ntc": Task.NTC, "notemplatecontrol": Task.NTC, "nrt": Task.NTC, "nortcontrol": Task.NTC,
    "nac": Task.NTC,
    "negative": Task.NEGATIVE_CONTROL, "negativecontrol": Task.NEGATIVE_CONTROL,
    "negctrl": Task.NEGATIVE_CONTROL, "negcontrol": Task.NEGATIVE_CONTROL,
    "pos": Task.POSITIVE_CONTROL, "positive": Task.POSITIVE_CONTROL,
    "positivecontrol": Task.POSITIVE_CONTROL, "posctrl": Task.POSITIVE_CONTROL,
}  # fmt: skip
_WELL = re.compile(r"([A-Pa-p])0*([1-9][0-9]?)")


@dataclass(frozen=True, slots=True)
class CtReading:
    """A threshold cycle as it stands in a file.

    Attributes:
        raw: the text.
        ct: the number, None when not detected or not readable.
        fault: CT_NOT_A_NUMBER when it is neither a number nor a word for not detected, else ''.
    """

    raw: str
    ct: float | None = None
    fault: str = ""


def read_ct(cell: Cell, column: NumberColumn = _CT) -> CtReading:
    """Read a threshold cycle; see `is_undetected_word` for the words of a silent reaction."""
    raw = cell_string(cell)
    if is_undetected_word(raw):
        return CtReading(raw)
    number = column.read(cell)
    if number in _NOT_DETECTED_NUMBERS:
        return CtReading(raw)
    if number is None or number <= 0:
        return CtReading(raw, fault="CT_NOT_A_NUMBER")
    return CtReading(raw, number)


def is_undetected_word(text: str) -> bool:
    """Tell whether a text says "not detected": Undetermined, No Ct, N/A, NaN or nothing."""
    return len(text) < 20 and " ".join(text.casefold().split()) in _UNDETECTED


def task_of(text: str) -> Task:
    """Return the task a word stands for; words that are no task of quantification are other."""
    return _TASKS.get(fold_name(text), Task.OTHER)


def is_true(text: str) -> bool:
    """Tell whether a text means yes."""
    return text.casefold() in _YES


def well_name(text: str) -> str | None:
    """Return a well name as row letter and number: ``A01`` -> ``A1``; None when it is none."""
    match = _WELL.fullmatch(text.strip())
    if match is None or int(match[2]) > 24:
        return None
    return match[1].upper() + match[2]


def plate_size(highest_number: int, names: set[str]) -> int:
    """Return 96, or 384 when a number (from 1) or a name lies outside a 96-well plate."""
    outside = highest_number > 96 or any(name[0] > "H" or int(name[1:]) > 12 for name in names)
    return 384 if outside else 96


def well_from_number(number: int, size: int = 96, columns: int | None = None) -> str:
    """Return the name of the well with a number counted from 1 along the rows; '' when outside."""
    columns = columns or (12 if size == 96 else 24)
    row, column = divmod(number - 1, columns)
    if number < 1 or row > 25:
        return ""
    return f"{chr(ord('A') + row)}{column + 1}"
