"""The config: YAML -> one frozen record, every mistake told with key, value and what is allowed."""

from __future__ import annotations

import copy
import dataclasses
import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from der22.cohort.settings import StatisticsSettings
from der22.errors import InputError, InputProblem
from der22.formats.size_standard import locate_size_standard
from der22.inputs.schema import config_schema
from der22.mlpa.settings import MlpaSettings
from der22.mrd.settings import MrdSettings, check_settings
from der22.mrd.timepoints import timepoints_from_plain
from der22.sanger.settings import SangerSettings

__all__ = [
    "Config",
    "MlpaConfig",
    "MrdConfig",
    "SangerConfig",
    "checkable_part",
    "config_from_checked",
    "config_from_mapping",
]

_Record = TypeVar("_Record")

#: aliases of YAML can make a small file endless; no config is so large or so deep
_MAX_VALUES, _MAX_DEPTH = 20_000, 12


@dataclass(frozen=True, slots=True)
class MlpaConfig:
    """The mlpa part: sheet, defaults for its rows, thresholds; paths absolute.

    `reference_library` tells whether references are compared with those of earlier runs.
    """

    samples: Path
    probemix: str
    size_standard: str
    runs_per_job: int | None
    reference_library: bool
    settings: MlpaSettings


@dataclass(frozen=True, slots=True)
class SangerConfig:
    """The sanger part: sheet, reference ('' = the shipped ABL1), thresholds; paths absolute."""

    reads: Path
    reference: str
    samples_per_job: int | None
    settings: SangerSettings


@dataclass(frozen=True, slots=True)
class MrdConfig:
    """The mrd part: two sheets and thresholds; paths absolute."""

    samples: Path
    plates: Path
    plates_per_job: int | None
    settings: MrdSettings


@dataclass(frozen=True, slots=True)
class Config:
    """The whole config; an analysis that was left out is None.

    Attributes:
        source: name of the file, for sentences.
        name: name of the cohort.
        patients: the patients sheet.
        ikzf1plus_definition: gimema, aieop_bfm or gimema_2024.
        genomic_risk: name of the risk rule.
        fail_on: none or error.
        pages_per_job: patient pages that one job writes.
        outdir: where results go.
    """

    source: str
    name: str
    patients: Path
    ikzf1plus_definition: str
    genomic_risk: str
    mlpa: MlpaConfig | None
    sanger: SangerConfig | None
    mrd: MrdConfig | None
    statistics: StatisticsSettings
    fail_on: str
    pages_per_job: int
    outdir: Path


def config_from_mapping(content: Any, source: str, base: Path) -> Config:
    """Check a config that was read already and turn it into a record.

    Args:
        content: what the YAML held.
        source: name of the file, for sentences.
        base: folder that relative paths start from.

    Raises:
        InputError: with every problem.
    """
    if not isinstance(content, Mapping):
        raise InputError([InputProblem(source, "the config must be a table of keys and values")])
    if impossible := _impossible(content):
        raise InputError([InputProblem(source, impossible)])
    content = _words_for_booleans(content)
    problems = _schema_problems(content, source)
    if problems:
        raise InputError(problems)
    return _build(content, source, base)


def config_from_checked(content: Mapping[str, Any], source: str, base: Path) -> Config:
    """Return what `config_from_mapping` returns for a content that it accepted before.

    A job is given the config of the run, which nothing started without its check; the check alone
    would take a job longer than all its other imports.
    """
    return _build(_words_for_booleans(content), source, base)


def _build(content: Mapping[str, Any], source: str, base: Path) -> Config:
    problems: list[InputProblem] = []
    cohort, report = content["cohort"], content.get("report") or {}

    def path(text: str) -> Path:
        return (base / text).absolute()

    mlpa = sanger = mrd = None
    if (part := content.get("mlpa")) is not None:
        mlpa = MlpaConfig(
            samples=path(part["samples"]),
            probemix=str(path(part["probemix"])),
            size_standard=locate_size_standard(part.get("size_standard", ""), base),
            runs_per_job=part.get("runs_per_job"),
            reference_library=part.get("reference_library", "no") == "yes",
            settings=_settings(MlpaSettings, part.get("settings")),
        )
    if (part := content.get("sanger")) is not None:
        sanger = SangerConfig(
            reads=path(part["reads"]),
            reference=str(path(part["reference"])) if part.get("reference") else "",
            samples_per_job=part.get("samples_per_job"),
            settings=_settings(SangerSettings, part.get("settings")),
        )
    if (part := content.get("mrd")) is not None:
        plain = dict(part.get("settings") or {})
        timepoints = plain.pop("timepoints", None)
        settings = _settings(MrdSettings, plain)
        problems += check_settings(settings, source)
        if timepoints is not None:
            try:
                named = timepoints_from_plain(timepoints, source)
                settings = dataclasses.replace(settings, timepoints=named)
            except InputError as error:
                problems += error.problems
        mrd = MrdConfig(
            samples=path(part["samples"]),
            plates=path(part["plates"]),
            plates_per_job=part.get("plates_per_job"),
            settings=settings,
        )
    if problems:
        raise InputError(problems)
    return Config(
        source=source,
        name=cohort["name"],
        patients=path(cohort["patients"]),
        ikzf1plus_definition=cohort.get("ikzf1plus_definition", "gimema"),
        genomic_risk=cohort.get("genomic_risk", "default"),
        mlpa=mlpa,
        sanger=sanger,
        mrd=mrd,
        statistics=_settings(StatisticsSettings, content.get("statistics")),
        fail_on=report.get("fail_on", "none"),
        pages_per_job=report.get("pages_per_job", 500),
        outdir=path(content.get("outdir", "results")).resolve(),
    )


def _settings(record: type[_Record], given: Mapping[str, Any] | None) -> _Record:
    return record(**{key: _frozen(value) for key, value in (given or {}).items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _impossible(content: Mapping[Any, Any]) -> str:
    """Return why the values cannot be a config, '' when they can."""
    waiting: list[tuple[Any, int]] = [(content, 0)]
    n_values = 0
    while waiting:
        value, depth = waiting.pop()
        n_values += 1
        if n_values > _MAX_VALUES or depth > _MAX_DEPTH:
            return f"more than {_MAX_VALUES} values or {_MAX_DEPTH} levels; this is no config"
        if isinstance(value, float) and not math.isfinite(value):
            return f"holds {value}, which is no finite number; write digits"
        if isinstance(value, Mapping):
            waiting += [(item, depth + 1) for item in value.values()]
        elif isinstance(value, list):
            waiting += [(item, depth + 1) for item in value]
    return ""


def _words_for_booleans(value: Any) -> Any:
    # YAML 1.1 turns the words yes and no into truth values; the config means the words
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return {str(key): _words_for_booleans(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_words_for_booleans(item) for item in value]
    return value


def _validator() -> Any:
    import jsonschema  # 0.1 s, paid only where a config is read

    return jsonschema.Draft202012Validator(config_schema())


def _schema_problems(content: Mapping[str, Any], source: str) -> list[InputProblem]:
    problems: list[InputProblem] = []
    for error in sorted(_validator().iter_errors(content), key=lambda e: [str(p) for p in e.path]):
        path = [str(part) for part in error.path]
        rule, told = error.validator, error.validator_value
        message = f"must obey {rule} = {told}"
        if rule == "additionalProperties":
            allowed = list(error.schema["properties"])
            for name in error.instance:
                if name not in allowed:
                    near = difflib.get_close_matches(name, allowed, n=1, cutoff=0.5)
                    advice = f"did you mean {near[0]}? " if near else ""
                    message = f"unknown key; {advice}allowed are {', '.join(allowed)}"
                    problems.append(InputProblem(source, message, column=".".join([*path, name])))
            continue
        if rule == "required":
            name = next(name for name in told if repr(name) in error.message)
            message = "this key is needed"
            problems.append(InputProblem(source, message, column=".".join([*path, name])))
            continue
        if rule == "enum":
            message = f"allowed are {', '.join(str(word) for word in told)}"
        elif rule == "type":
            message = f"must be of type {told if isinstance(told, str) else ' or '.join(told)}"
        elif rule in ("minimum", "maximum"):
            message = f"the {rule} is {told:g}"
        value = str(error.instance)
        shown = value if len(value) <= 60 else value[:57] + "..."
        problems.append(InputProblem(source, message, column=".".join(path) or None, value=shown))
    return problems


def checkable_part(content: Any) -> Mapping[str, Any] | None:
    """Return a faulty config without its faults, so that the sheets can be checked all the same.

    A section that lacks a needed key is left out, a faulty value falls back to its default.

    Returns:
        What can be checked; None when not even the patients sheet is known.
    """
    if not isinstance(content, Mapping) or _impossible(content):
        return None
    part: dict[str, Any] = copy.deepcopy(_words_for_booleans(content))
    validator = _validator()
    while errors := list(validator.iter_errors(part)):
        for error in errors:
            if error.validator == "additionalProperties":
                for name in set(error.instance) - set(error.schema["properties"]):
                    error.instance.pop(name, None)
                continue
            path = [key for key in error.path if isinstance(key, str)]
            if not path or path == ["cohort"]:
                return None
            parent: Any = part
            for key in path[:-1]:
                parent = parent.get(key, {}) if isinstance(parent, dict) else {}
            if isinstance(parent, dict):
                parent.pop(path[-1], None)
    return part
