"""The same moment measured twice: which result counts, or whether none can."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from der22.flags import Flag
from der22.mrd.codes import make_flag
from der22.mrd.compare import log10_change
from der22.mrd.settings import MrdSettings
from der22.results.mrd import PlateLevelRow
from der22.words import Category

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
    """Decide among measurements of one sample, or of the same patient, day and material.

    The same result twice counts once, the first. Results that agree count once: two POS within half
    a log, two CMR, two PNQ: the one with more control copies; of CMR and PNQ the PNQ; of a positive
    with a level and one without, the level. Others contradict each other and none counts, unless
    the setting lets the later row of the sheet win. A run that gave nothing contradicts and
    overrides nothing.

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
        told = [index for index in indices if levels[index].category is not Category.NOT_EVALUABLE]
        results = [levels[index] for index in told]
        if settings.duplicates == "last":
            last = [index for index in told if levels[index].is_assessable] or told or indices
            winner, is_conflict = last[-1], False
        else:
            winner = told[_speaking(results)] if told else indices[0]
            is_conflict = any(
                not _agree(one, other, settings)
                for place, one in enumerate(results)
                for other in results[:place]
            )
        speaking = levels[winner]
        others = ", ".join(f"{r.sample_id} on {r.plate_id} {r.category}" for r in results)
        for index in indices:
            level = levels[index]
            who = f"sample {level.sample_id} on plate {level.plate_id}"
            speaks = f"sample {speaking.sample_id} on plate {speaking.plate_id}"
            if is_conflict and index in told:
                standing, code = Standing.CONFLICT, "CONFLICTING_DUPLICATES"
                day = f"day {level.day}" if level.day is not None else level.timepoint
                message = (
                    f"{who}: {level.transcript} of patient {level.patient_id} on {day} was "
                    f"measured more than once with different results ({others}); none enters the "
                    "series; remove a row or set duplicates: last"
                )
            elif index == winner:
                continue
            elif (
                index in told
                and _agree(level, speaking, settings)
                and not (
                    level.category is speaking.category
                    and _close(level.fusion_copies, speaking.fusion_copies)
                    and _close(level.control_copies, speaking.control_copies)
                )
            ):
                standing, code = Standing.SET_ASIDE, "RERUN_AGREES"
                message = f"{who}: agrees with {speaks}, which counts ({others})"
            else:
                standing, code = Standing.SET_ASIDE, "DUPLICATE_SAMPLE"
                message = (
                    f"{who}: the same moment as {speaks}, which counts; remove the row that is not "
                    "wanted from the mrd sheet"
                )
            flag = make_flag(code, message)
            settled[index] = SettledLevel(with_flag(level, flag), standing, (flag,))
    return settled


#: which of two agreeing results speaks
_RANK = (Category.POS, Category.POS_UNQUANTIFIED, Category.PNQ, Category.CMR)


def _speaking(results: Sequence[PlateLevelRow]) -> int:
    """Return the place of the result that speaks for those that agree with it."""

    def rank(place: int) -> tuple[object, ...]:
        level = results[place]
        is_known = level.category is not Category.POS_UNQUANTIFIED or level.is_assessable
        return (
            not is_known,
            _RANK.index(level.category),
            -(level.control_copies_sum or 0.0),
            place,
        )

    return min(range(len(results)), key=rank)


def _agree(one: PlateLevelRow, other: PlateLevelRow, settings: MrdSettings) -> bool:
    """Tell whether two results of one moment say the same.

    METHOD: half a log is EuroMRD's own band. Few molecules are there or not by chance, so CMR and
    PNQ agree. A positive of unknown amount agrees with every positive that its bound allows.
    """
    pair = {one.category, other.category}
    if pair == {Category.POS}:
        change = log10_change(one, other)
        return change is not None and round(abs(change), 9) <= round(settings.rerun_max_log10, 9)
    if Category.POS_UNQUANTIFIED in pair:
        unknown = [x for x in (one, other) if x.category is Category.POS_UNQUANTIFIED]
        is_low = Category.PNQ in pair and any(x.is_assessable for x in unknown)
        return Category.CMR not in pair and not is_low
    return pair <= {Category.CMR, Category.PNQ}


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
