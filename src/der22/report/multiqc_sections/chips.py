"""Words as chips: colours that need no red-green vision, the same in every table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from der22.report.words import say

__all__ = ["CHIP_COLOURS", "chip_column", "number_column"]

CHIP_COLOURS: Mapping[str, str] = {
    "grey": "#8a94a0",
    "calm": "#0072b2",
    "unsure": "#a87400",
    "alarm": "#c24e00",
}
_MOODS: Mapping[str, tuple[str, ...]] = {
    "alarm": (
        "high",
        "IKZF1plus",
        "mutated",
        "error",
        "fail",
        "not_called",
        "POS",
        "heterozygous_deletion",
        "homozygous_deletion",
    ),
    "unsure": (
        "undetermined",
        "possible",
        "not_evaluable",
        "warning",
        "warn",
        "called_with_warnings",
        "IKZF1_deletion",
        "intermediate",
        "ambiguous",
    ),
    "calm": (
        "standard",
        "no_IKZF1_deletion",
        "wild_type",
        "called",
        "pass",
        "CMR",
        "PNQ",
    ),
    "grey": ("not_done", "missing"),
}


def chip_column(title: str, description: str) -> dict[str, Any]:
    """Return the header of a column whose words (as `say` says them) are shown as chips."""
    return {
        "title": title,
        "description": description,
        "scale": False,
        "cond_formatting_colours": [{mood: colour} for mood, colour in CHIP_COLOURS.items()],
        "cond_formatting_rules": {mood: _rules(words) for mood, words in _MOODS.items()},
    }


def _rules(words: Iterable[str]) -> list[dict[str, str]]:
    said = {say(word) for word in words} | {word for word in words if word in {"POS", "CMR", "PNQ"}}
    return [{"s_eq": word} for word in sorted(said)]


def number_column(
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
