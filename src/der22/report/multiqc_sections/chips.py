"""Words as chips: colours that need no red-green vision, the same in every table."""

from __future__ import annotations

from typing import Any

from der22.flags import Severity
from der22.report.words import say
from der22.words import (
    Abl1Status,
    Call,
    Category,
    CurveStatus,
    Ikzf1Class,
    MlpaStatus,
    RiskLabel,
)

__all__ = ["ALARM", "CALM", "NO_RESULT", "UNSURE", "chip_header", "number_header"]

NO_RESULT = "#8a94a0"
CALM = "#0072b2"
UNSURE = "#a87400"
ALARM = "#c24e00"

#: mood -> its colour and the words that are in it
_MOODS: dict[str, tuple[str, tuple[str, ...]]] = {
    "grey": (NO_RESULT, (MlpaStatus.NOT_DONE, Category.MISSING)),
    "calm": (
        CALM,
        (
            RiskLabel.STANDARD,
            Ikzf1Class.NO_DELETION,
            Abl1Status.WILD_TYPE,
            MlpaStatus.CALLED,
            CurveStatus.PASS,
            Category.CMR,
            Category.PNQ,
        ),
    ),
    "unsure": (
        UNSURE,
        (
            RiskLabel.UNDETERMINED,
            RiskLabel.INTERMEDIATE,
            Ikzf1Class.DELETION,
            Abl1Status.POSSIBLE,
            Abl1Status.NOT_EVALUABLE,
            MlpaStatus.CALLED_WITH_WARNINGS,
            CurveStatus.WARN,
            Call.AMBIGUOUS,
            Severity.WARNING,
        ),
    ),
    "alarm": (
        ALARM,
        (
            RiskLabel.HIGH,
            Ikzf1Class.PLUS,
            Abl1Status.MUTATED,
            MlpaStatus.NOT_CALLED,
            CurveStatus.FAIL,
            Call.HETEROZYGOUS_DELETION,
            Call.HOMOZYGOUS_DELETION,
            Category.POS,
            Category.POS_UNQUANTIFIED,
            Severity.ERROR,
        ),
    ),
}


def chip_header(title: str, description: str) -> dict[str, Any]:
    """Return the header of a column whose words, as `say` says them, are shown as chips.

    Results of MRD are known by their letters too.
    """
    rules = {
        mood: {*map(say, words), *(c.value for c in Category if c.assessable and c in words)}
        for mood, (_, words) in reversed(_MOODS.items())
    }
    return {
        "title": title,
        "description": description,
        "scale": False,
        "cond_formatting_colours": [{mood: colour} for mood, (colour, _) in _MOODS.items()],
        "cond_formatting_rules": {
            mood: [{"s_eq": word} for word in sorted(words)] for mood, words in rules.items()
        },
    }


def number_header(
    title: str, description: str, decimals: int, scale: str | bool = False, **extra: Any
) -> dict[str, Any]:
    """Return the header of a column of numbers."""
    return {
        "title": title,
        "description": description,
        "scale": scale,
        "format": f"{{:,.{decimals}f}}",
        **extra,
    }
