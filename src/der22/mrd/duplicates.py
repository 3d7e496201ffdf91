"""The same moment measured twice: which result counts, or whether none can."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from der22.flags import Flag
from der22.mrd.codes import make_flag
from der22.mrd.settings import MrdSettings
from der22.results.mrd import PlateLevelRow

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

    level: PlateLevelRow
    standing: Standing
    flags: tuple[Flag, ...] = ()


def settle_duplicates(levels: Sequence[PlateLevelRow], settings: MrdSettings) -> list[SettledLevel]:
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
        moment = level.timepoint if level.day is None else level.day
        is_placed = level.day is not None or bool(level.timepoint)
        key = (level.patient_id, level.transcript, moment, level.material)
        groups[key if is_placed else index].append(index)
    settled = [SettledLevel(level, Standing.COUNTS) for level in levels]
    for indices in groups.values():
        assessable = [index for index in indices if levels[index].category.assessable]
        results = [levels[index] for index in assessable]
        winner = indices[-1] if settings.duplicates == "last" else (assessable or indices)[0]
        is_conflict = settings.duplicates != "last" and any(
            level.category is not results[0].category
            or not _close(level.fusion_copies, results[0].fusion_copies)
            or not _close(level.control_copies, results[0].control_copies)
            for level in results[1:]
        )
        others = ", ".join(f"{r.sample_id} on {r.plate_id} {r.category}" for r in results)
        for index in indices:
            level = levels[index]
            who = f"sample {level.sample_id} on plate {level.plate_id}"
            if is_conflict and index in assessable:
                standing, code = Standing.CONFLICT, "CONFLICTING_DUPLICATES"
                day = f"day {level.day}" if level.day is not None else level.timepoint
                message = (
                    f"{who}: {level.transcript} of patient {level.patient_id} on {day} was "
                    f"measured more than once with different results ({others}); none enters the "
                    "series; remove a row or set duplicates: last"
                )
            elif index != winner:
                standing, code = Standing.SET_ASIDE, "DUPLICATE_SAMPLE"
                message = (
                    f"{who}: the same moment as sample {levels[winner].sample_id} on plate "
                    f"{levels[winner].plate_id}, which counts; remove the row that is not wanted "
                    "from the mrd sheet"
                )
            else:
                continue
            flag = make_flag(code, message)
            settled[index] = SettledLevel(with_flag(level, flag), standing, (flag,))
    return settled


def _close(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= _RELATIVE * max(abs(a), abs(b))


def with_flag(level: PlateLevelRow, flag: Flag) -> PlateLevelRow:
    """Return the level with one more code and sentence."""
    return dataclasses.replace(
        level,
        codes=tuple(sorted({*level.codes, flag.code})),
        message=f"{level.message} {flag.message}".strip(),
    )
