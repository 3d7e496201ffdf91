"""The same moment measured twice: which result counts, or whether none can."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from der22.flags import Flag
from der22.mrd.codes import make_flag
from der22.mrd.level import Level
from der22.mrd.settings import MrdSettings

__all__ = ["SettledLevel", "Standing", "settle_duplicates", "with_flag"]

_RELATIVE = 1e-6


class Standing(StrEnum):
    """What a level does for the series."""

    COUNTS = "counts"
    SET_ASIDE = "set_aside"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class SettledLevel:
    """A level with its standing and the flags that came with it.

    Attributes:
        level: codes and message of the new flags included.
        standing: counts, set aside, or in conflict.
        flags: the new flags.
    """

    level: Level
    standing: Standing
    flags: tuple[Flag, ...] = ()


def settle_duplicates(levels: Sequence[Level], settings: MrdSettings) -> list[SettledLevel]:
    """Decide among levels of the same patient, transcript, day and material.

    Equal results: the first counts. Different results: none counts, unless the setting lets the
    later row of the sheet win. A result that is not evaluable contradicts nothing: beside a
    result it is set aside.

    Args:
        levels: in the order of the mrd sheet.
        settings: thresholds.

    Returns:
        One item per level, in the same order.
    """
    groups: dict[object, list[int]] = defaultdict(list)
    for index, level in enumerate(levels):
        groups[_moment(level, index)].append(index)
    settled = [SettledLevel(level, Standing.COUNTS) for level in levels]
    for indices in groups.values():
        if len(indices) > 1:
            for index, item in _settle([(i, levels[i]) for i in indices], settings):
                settled[index] = item
    return settled


def _moment(level: Level, index: int) -> object:
    """Return what two measurements share that measure the same."""
    if level.day is not None:
        return (level.patient_id, level.transcript, level.day, level.material)
    if level.timepoint:
        return (level.patient_id, level.transcript, level.timepoint, level.material)
    return index


def _settle(
    group: Sequence[tuple[int, Level]], settings: MrdSettings
) -> list[tuple[int, SettledLevel]]:
    results = [(index, level) for index, level in group if level.category.assessable]
    if settings.duplicates == "last":
        winner = group[-1][0]
    elif any(not _same(results[0][1], level) for _, level in results[1:]):
        return [
            (
                i,
                _conflict(level, results)
                if level.category.assessable
                else _set_aside(level, results[0][1]),
            )
            for i, level in group
        ]
    else:
        winner = (results or group)[0][0]
    counting = next(level for index, level in group if index == winner)
    return [
        (i, SettledLevel(level, Standing.COUNTS) if i == winner else _set_aside(level, counting))
        for i, level in group
    ]


def _same(a: Level, b: Level) -> bool:
    return (
        a.category is b.category
        and _close(a.fusion_copies, b.fusion_copies)
        and _close(a.control_copies, b.control_copies)
    )


def _close(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= _RELATIVE * max(abs(a), abs(b))


def _set_aside(level: Level, counting: Level) -> SettledLevel:
    message = (
        f"sample {level.sample_id} on plate {level.plate_id}: the same moment as sample "
        f"{counting.sample_id} on plate {counting.plate_id}, which counts; remove the row that is "
        "not wanted from the mrd sheet"
    )
    flag = make_flag("DUPLICATE_SAMPLE", message)
    return SettledLevel(with_flag(level, flag), Standing.SET_ASIDE, (flag,))


def _conflict(level: Level, results: Sequence[tuple[int, Level]]) -> SettledLevel:
    others = ", ".join(
        f"{other.sample_id} on {other.plate_id} {other.category}" for _, other in results
    )
    day = f"day {level.day}" if level.day is not None else level.timepoint
    message = (
        f"sample {level.sample_id} on plate {level.plate_id}: {level.transcript} of patient "
        f"{level.patient_id} on {day} was measured more than once with different results "
        f"({others}); none enters the series; remove a row or set duplicates: last"
    )
    flag = make_flag("CONFLICTING_DUPLICATES", message)
    return SettledLevel(with_flag(level, flag), Standing.CONFLICT, (flag,))


def with_flag(level: Level, flag: Flag) -> Level:
    """Return the level with one more code and sentence."""
    return dataclasses.replace(
        level,
        codes=tuple(sorted({*level.codes, flag.code})),
        message=f"{level.message} {flag.message}".strip(),
    )
