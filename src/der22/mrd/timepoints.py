"""Time points of the marrow assessments: names, nominal days, windows, phases."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from der22.errors import InputError, InputProblem
from der22.words import Phase, Timepoint

__all__ = ["DEFAULT_TIMEPOINTS", "find_window", "timepoints_from_plain"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_KEYS = ("name", "nominal_day", "first_day", "last_day", "phase")
#: words of the tables that no time point may be called
_RESERVED = ("unscheduled", "missing", "increase_day")


# METHOD: nominal days 22, 45, 57 and 85 of dasatinib induction: Foa et al., N Engl J Med 2020;383
# (GIMEMA LAL2116). The windows around them are our own choice. Blinatumomab cycles shift from
# patient to patient and go by label.
DEFAULT_TIMEPOINTS = (
    Timepoint("diagnosis", 0, -30, 0, Phase.DIAGNOSIS),
    Timepoint("d22", 22, 15, 33, Phase.INDUCTION),
    Timepoint("d45", 45, 34, 50, Phase.INDUCTION),
    Timepoint("d57", 57, 51, 70, Phase.INDUCTION),
    Timepoint("d85", 85, 71, 98, Phase.INDUCTION),
    *(Timepoint(f"blina_c{n}", None, None, None, Phase.CONSOLIDATION) for n in range(1, 6)),
)


def find_window(day: int, timepoints: Sequence[Timepoint]) -> Timepoint | None:
    """Return the time point whose window holds `day`, None when none does."""
    return next((timepoint for timepoint in timepoints if timepoint.holds(day)), None)


def timepoints_from_plain(
    plain: Sequence[Mapping[str, Any]], source: str = "config"
) -> tuple[Timepoint, ...]:
    """Make time points from the plain values of a config.

    Args:
        plain: one mapping per time point with name, phase and optionally nominal_day, first_day
            and last_day.
        source: config, for sentences.

    Raises:
        InputError: with every problem at once.
    """
    problems: list[InputProblem] = []
    found: list[Timepoint] = []
    for index, item in enumerate(plain):
        key = f"mrd.settings.timepoints[{index}]"
        wrong = _problems_of(item, key, source)
        problems.extend(wrong)
        if not wrong:
            found.append(
                Timepoint(
                    item["name"],
                    item.get("nominal_day"),
                    item.get("first_day"),
                    item.get("last_day"),
                    Phase(item["phase"]),
                )
            )
    problems.extend(_problems_between(found, source))
    if not plain:
        problems.append(_problem(source, "mrd.settings.timepoints", "[]", "give at least one"))
    if problems:
        raise InputError(problems)
    return tuple(found)


def _problems_of(item: object, key: str, source: str) -> list[InputProblem]:
    """Check one time point by itself."""
    if not isinstance(item, Mapping):
        return [_problem(source, key, item, f"a time point is a mapping with {', '.join(_KEYS)}")]
    problems = [
        _problem(source, f"{key}.{name}", item[name], f"unknown key; known are {', '.join(_KEYS)}")
        for name in item
        if name not in _KEYS
    ]
    name = item.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in _RESERVED:
        rule = f"a name of letters, digits, . _ - and not {', '.join(_RESERVED)}"
        problems.append(_problem(source, f"{key}.name", name, rule))
    if item.get("phase") not in list(Phase):
        rule = f"one of {', '.join(Phase)}"
        problems.append(_problem(source, f"{key}.phase", item.get("phase"), rule))
    for name in _KEYS[1:4]:
        value = item.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            problems.append(_problem(source, f"{key}.{name}", value, "a whole number or nothing"))
    return problems or _window_problems(item, key, source)


def _window_problems(item: Mapping[str, Any], key: str, source: str) -> list[InputProblem]:
    nominal, first, last = (item.get(name) for name in _KEYS[1:4])
    if (first is None) != (last is None):
        rule = "a window needs first_day and last_day; leave both out to go by label"
        return [_problem(source, key, item.get("name"), rule)]
    if first is None or last is None:
        return []
    if first > last:
        return [_problem(source, f"{key}.first_day", first, f"not after last_day {last}")]
    if nominal is not None and not first <= nominal <= last:
        rule = f"inside the window {first} to {last}"
        return [_problem(source, f"{key}.nominal_day", nominal, rule)]
    return []


def _problems_between(timepoints: Sequence[Timepoint], source: str) -> list[InputProblem]:
    """Look for names used twice and windows that share a day."""
    problems = []
    for index, later in enumerate(timepoints):
        for earlier in timepoints[:index]:
            if earlier.name == later.name:
                rule = "each name once"
                problems.append(_problem(source, "mrd.settings.timepoints", later.name, rule))
            elif _share_a_day(earlier, later):
                rule = (
                    f"its window shares days with that of {earlier.name}; windows may not overlap"
                )
                problems.append(_problem(source, "mrd.settings.timepoints", later.name, rule))
    return problems


def _share_a_day(a: Timepoint, b: Timepoint) -> bool:
    if a.first_day is None or a.last_day is None or b.first_day is None or b.last_day is None:
        return False
    return a.first_day <= b.last_day and b.first_day <= a.last_day


def _problem(source: str, key: str, value: object, rule: str) -> InputProblem:
    return InputProblem(source, rule, column=key, value=str(value))
