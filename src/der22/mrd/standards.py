"""What is wrong with the standard wells themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from der22.flags import Flag
from der22.formats.qpcr import Well
from der22.mrd.codes import make_flag
from der22.mrd.wells import is_detected

__all__ = ["name_disagreements", "standards_not_detected", "standards_without_quantity"]

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(?:[eE]\+?(\d{1,2}))?\s*([kKM](?![a-zA-Z]))?")
_FACTOR = {"k": 1e3, "K": 1e3, "M": 1e6}
#: smaller numbers in a name are the place in the series ("Standard 7"), no quantity
_SMALLEST_TOLD = 100.0


def standards_not_detected(usable: Sequence[Well], limit: float, where: str) -> list[Flag]:
    """Report standard wells without a Ct below the limit."""
    missed = sorted({w.quantity for w in usable if w.quantity and not is_detected(w, limit)})
    if not missed:
        return []
    n_wells = sum(not is_detected(w, limit) for w in usable)
    levels = ", ".join(f"{quantity:g}" for quantity in missed)
    message = (
        f"{where}: {n_wells} standard wells are not detected (levels {levels} copies); the "
        "quantitative range begins above them"
    )
    return [make_flag("STANDARD_NOT_DETECTED", message)]


def standards_without_quantity(given: Sequence[Well], where: str) -> list[Flag]:
    """Report standard wells whose quantity is missing or not above 0."""
    n_wells = sum(w.quantity is None or w.quantity <= 0 for w in given)
    if not n_wells:
        return []
    message = (
        f"{where}: {n_wells} standard wells have no quantity above 0 and are left out; give it in "
        "the instrument software"
    )
    return [make_flag("STANDARD_WITHOUT_QUANTITY", message)]


def name_disagreements(usable: Sequence[Well], where: str) -> list[Flag]:
    """Report standards whose name tells another quantity than their quantity field."""
    wrong = set()
    for well in usable:
        told = []
        for match in _NUMBER.finditer(well.sample):
            value = float(match[1][:15]) * _FACTOR.get(match[3] or "", 1.0)
            power = 10.0 ** int(match[2] or 0)
            told.append(value * power)
            if match[2] is not None and match[1] == "10":
                told.append(power)  # 10e3 is 10 x 1000 or 10 to the third
        is_told = any(value >= _SMALLEST_TOLD for value in told)
        quantity = well.quantity
        if quantity and is_told and not any(abs(value / quantity - 1) <= 0.01 for value in told):
            wrong.add((well.well or well.place, quantity))
    if not wrong:
        return []
    listed = ", ".join(f"{place} with {quantity:g}" for place, quantity in sorted(wrong)[:4])
    more = f" and {len(wrong) - 4} more" if len(wrong) > 4 else ""
    message = (
        f"{where}: the name of a standard tells another quantity than its quantity field "
        f"({listed}{more}); the quantity field is used; check which one is right"
    )
    return [make_flag("STANDARD_NAME_DISAGREES", message)]
