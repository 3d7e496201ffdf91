"""What is wrong with the standard wells themselves."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from der22.flags import Flag
from der22.formats.qpcr import Task, Well
from der22.mrd.codes import make_flag
from der22.mrd.settings import MrdSettings
from der22.mrd.wells import JudgedWell, is_detected

__all__ = [
    "name_disagreements",
    "positive_controls_off",
    "standards_not_detected",
    "standards_without_quantity",
    "told_quantities",
]

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


def told_quantities(name: str) -> list[float]:
    """Return the quantities that a name may tell; the place in a series is none.

    >>> told_quantities("PC_10K"), told_quantities("Standard 7")
    ([10000.0], [])
    """
    told = []
    for match in _NUMBER.finditer(name):
        value = float(match[1][:15]) * _FACTOR.get(match[3] or "", 1.0)
        power = 10.0 ** int(match[2] or 0)
        told.append(value * power)
        if match[2] is not None and match[1] == "10":
            told.append(power)  # 10e3 is 10 x 1000 or 10 to the third
    return told if any(value >= _SMALLEST_TOLD for value in told) else []


def positive_controls_off(
    wells: Sequence[JudgedWell], settings: MrdSettings, where: str, *, is_fusion: bool
) -> list[Flag]:
    """Report positive controls that are not detected, or far from the copies they should hold.

    The expected copies are those given in the file; those of the fusion may be told by the name of
    the control. A control without them only has to be detected.
    """
    off = []
    for judged in wells:
        well = judged.well
        if well.task is not Task.POSITIVE_CONTROL or judged.detected is None:
            continue
        named = told_quantities(well.sample) if is_fusion else []
        expected = well.quantity or next(iter(named), None)
        shown = well.ct_raw or well.copies_raw or "nothing"
        if not judged.detected:
            off.append(f"{well.well or well.place} is not detected ({shown})")
        elif judged.copies and expected:
            apart = math.log10(judged.copies / expected)
            if round(abs(apart), 9) > round(settings.positive_control_max_log10, 9):
                found = f"{judged.copies:.4g} copies (Ct {shown}) for {expected:g}"
                off.append(f"{well.well or well.place} {found}, {apart:+.2f} log10")
    if not off:
        return []
    message = (
        f"{where}: a positive control is not where it is expected: {'; '.join(off[:6])}; "
        f"{settings.positive_control_max_log10:g} log10 are allowed; look at the run"
    )
    return [make_flag("POSITIVE_CONTROL_OFF", message)]


def name_disagreements(usable: Sequence[Well], where: str) -> list[Flag]:
    """Report standards whose name tells another quantity than their quantity field."""
    wrong = set()
    for well in usable:
        told = told_quantities(well.sample)
        quantity = well.quantity
        if quantity and told and not any(abs(value / quantity - 1) <= 0.01 for value in told):
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
