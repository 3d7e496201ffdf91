"""The level of one sample and transcript, and its row in ``levels.tsv``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "LEVEL_COLUMNS",
    "Category",
    "Level",
    "level_from_row",
    "level_row",
    "number_text",
    "parse_number",
]

LEVEL_COLUMNS = (
    "patient_id", "sample_id", "plate_id", "day", "timepoint", "transcript", "material",
    "fusion_copies", "control_copies", "control_copies_sum", "n_fusion_wells",
    "n_fusion_detected", "n_control_wells", "ratio_percent", "ratio_is_percent", "category",
    "detection_limit_percent", "depth", "flags", "message",
)  # fmt: skip


class Category(StrEnum):
    """What an assessment found."""

    CMR = "CMR"
    PNQ = "PNQ"
    POS = "POS"
    NOT_EVALUABLE = "not_evaluable"

    @property
    def assessable(self) -> bool:
        """Tell whether the category is a result."""
        return self is not Category.NOT_EVALUABLE

    @property
    def is_response(self) -> bool:
        """Tell whether the category is a molecular response."""
        return self in (Category.CMR, Category.PNQ)


@dataclass(frozen=True, slots=True)
class Level:
    """The level of one sample and transcript on one plate.

    Attributes:
        patient_id: of the patients sheet.
        sample_id: of the mrd sheet.
        plate_id: of the mrd sheet.
        day: day of sampling, None when not known.
        timepoint: label in force; '' when not placed.
        transcript: p190, p210, or None when not known.
        material: BM or PB.
        fusion_copies: mean over the fusion wells.
        control_copies: mean over the control wells.
        control_copies_sum: their sum.
        n_fusion_wells: fusion wells not excluded.
        n_fusion_detected: of these, detected.
        n_control_wells: control wells not excluded.
        ratio_percent: 100 x fusion_copies / control_copies; None when not evaluable.
        ratio_is_percent: on the International Scale; None without conversion factor.
        category: what was found.
        detection_limit_percent: 100 / control_copies_sum.
        depth: MR4, MR4.5 or MR5 of a CMR, else ''.
        codes: codes of its flags, sorted.
        message: their sentences.
    """

    patient_id: str
    sample_id: str
    plate_id: str
    day: int | None
    timepoint: str
    transcript: str | None
    material: str
    category: Category
    fusion_copies: float | None = None
    control_copies: float | None = None
    control_copies_sum: float | None = None
    n_fusion_wells: int = 0
    n_fusion_detected: int = 0
    n_control_wells: int = 0
    ratio_percent: float | None = None
    ratio_is_percent: float | None = None
    detection_limit_percent: float | None = None
    depth: str = ""
    codes: tuple[str, ...] = ()
    message: str = ""


def level_row(level: Level) -> dict[str, object]:
    """Return the row of ``levels.tsv``; numbers keep ten significant digits."""
    return {
        "patient_id": level.patient_id,
        "sample_id": level.sample_id,
        "plate_id": level.plate_id,
        "day": level.day,
        "timepoint": level.timepoint,
        "transcript": level.transcript,
        "material": level.material,
        "fusion_copies": number_text(level.fusion_copies),
        "control_copies": number_text(level.control_copies),
        "control_copies_sum": number_text(level.control_copies_sum),
        "n_fusion_wells": level.n_fusion_wells,
        "n_fusion_detected": level.n_fusion_detected,
        "n_control_wells": level.n_control_wells,
        "ratio_percent": number_text(level.ratio_percent),
        "ratio_is_percent": number_text(level.ratio_is_percent),
        "category": level.category,
        "detection_limit_percent": number_text(level.detection_limit_percent),
        "depth": level.depth,
        "flags": ";".join(level.codes),
        "message": level.message,
    }


def level_from_row(row: Mapping[str, str]) -> Level:
    """Return the level of a row of ``levels.tsv``."""
    return Level(
        patient_id=row["patient_id"],
        sample_id=row["sample_id"],
        plate_id=row["plate_id"],
        day=int(row["day"]) if row["day"] else None,
        timepoint=row["timepoint"],
        transcript=row["transcript"] or None,
        material=row["material"],
        category=Category(row["category"]),
        fusion_copies=parse_number(row["fusion_copies"]),
        control_copies=parse_number(row["control_copies"]),
        control_copies_sum=parse_number(row["control_copies_sum"]),
        n_fusion_wells=int(row["n_fusion_wells"]),
        n_fusion_detected=int(row["n_fusion_detected"]),
        n_control_wells=int(row["n_control_wells"]),
        ratio_percent=parse_number(row["ratio_percent"]),
        ratio_is_percent=parse_number(row["ratio_is_percent"]),
        detection_limit_percent=parse_number(row["detection_limit_percent"]),
        depth=row["depth"],
        codes=tuple(row["flags"].split(";")) if row["flags"] else (),
        message=row["message"],
    )


def number_text(value: float | None, digits: int = 10) -> str:
    """Return a number with so many significant digits and no exponent; blank for none.

    Six decimals would not do: a ratio of 0.00003 % has to keep its value, and the series compares
    logarithms to nine decimals.

    >>> number_text(0.000031234567), number_text(5314.75), number_text(0.0), number_text(None)
    ('0.000031234567', '5314.75', '0', '')
    """
    if value is None or not math.isfinite(value):
        return ""
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = format(value, f".{min(decimals, 60)}f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_number(text: str) -> float | None:
    """Return the number of a cell, None for a blank."""
    return float(text) if text else None
