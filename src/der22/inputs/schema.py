"""The JSON schema of the config, made from the settings records so that the two cannot disagree."""

from __future__ import annotations

import dataclasses
from typing import Any

from der22.cohort.settings import StatisticsSettings
from der22.mlpa.ikzf1 import DEFINITIONS
from der22.mlpa.settings import MlpaSettings
from der22.mrd.settings import MrdSettings
from der22.sanger.settings import SangerSettings

__all__ = ["config_schema", "settings_schema"]

_DAY = {"type": ["integer", "null"]}
_TIMEPOINTS: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "phase"],
        "properties": {
            "name": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"},
            "nominal_day": _DAY,
            "first_day": _DAY,
            "last_day": _DAY,
            "phase": {"enum": ["diagnosis", "induction", "consolidation"]},
        },
    },
}


def config_schema() -> dict[str, Any]:
    """Return the schema of ``config.yaml`` (JSON Schema 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "der22 config",
        "type": "object",
        "additionalProperties": False,
        "required": ["cohort"],
        "properties": {
            "cohort": _section(
                ["name", "patients"],
                name=_text("Name of the cohort, printed on every page."),
                patients=_path("The patients sheet."),
                ikzf1plus_definition=_word(DEFINITIONS, "gimema", "Which definition decides."),
                genomic_risk=_word(("default",), "default", "The rule of the risk label."),
            ),
            "mlpa": _section(
                ["samples", "probemix"],
                samples=_path("The mlpa sheet."),
                probemix=_path("The probemix sheet of the lot, for rows that name none."),
                size_standard=_text("A shipped name or a sheet, for raw files without their own."),
                runs_per_job=_count("Runs that one job analyses."),
                reference_library=_word(
                    ("yes", "no"),
                    "no",
                    "Compare the references of each run with those of earlier runs in the sheet; "
                    "changes no call.",
                ),
                settings=settings_schema(MlpaSettings),
            ),
            "sanger": _section(
                ["reads"],
                reads=_path("The sanger sheet."),
                reference=_text("A reference folder or FASTA; default ABL1, shipped."),
                samples_per_job=_count("Samples that one job calls, whole runs together."),
                settings=settings_schema(SangerSettings),
            ),
            "mrd": _section(
                ["samples", "plates"],
                samples=_path("The mrd sheet."),
                plates=_path("The plates sheet."),
                plates_per_job=_count("Plates that one job reads."),
                settings=settings_schema(MrdSettings),
            ),
            "statistics": settings_schema(StatisticsSettings),
            "report": _section(
                [],
                fail_on=_word(
                    ("none", "error"), "none", "error: exit 1 when problems.tsv has one."
                ),
                pages_per_job=_count("Patient pages that one job writes.", 500),
            ),
            "outdir": {"type": "string", "minLength": 1, "default": "results"},
        },
    }


def settings_schema(record: type) -> dict[str, Any]:
    """Return the schema of one settings record: a property per threshold, nothing else allowed."""
    properties: dict[str, Any] = {}
    for field in dataclasses.fields(record):
        if field.name == "timepoints":
            properties[field.name] = _TIMEPOINTS
            continue
        about = field.metadata
        origin = f"Unit {about['unit']}; {about['source']}; confidence {about['confidence']}."
        bounds = {key: about[key] for key in ("minimum", "maximum") if about.get(key) is not None}
        allowed = _kind(field.default, about.get("allowed"))
        properties[field.name] = {"description": origin, **allowed, **bounds}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _kind(default: Any, allowed: tuple[Any, ...] | None) -> dict[str, Any]:
    if isinstance(default, tuple):
        items = _kind(default[0], allowed)
        del items["default"]
        array = {"type": "array", "minItems": 1, "items": items}
        return {"anyOf": [array, items], "default": list(default)}  # a lone word is a list of one
    if allowed:
        return {"enum": list(allowed), "default": default}
    if isinstance(default, bool):
        return {"type": "boolean", "default": default}
    if isinstance(default, int | float):
        return {"type": "number", "default": default}
    return {"type": "string", "default": default}


def _section(required: list[str], **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": 500, "description": description}


def _path(description: str) -> dict[str, Any]:
    return _text(description + " Relative to the config file.")


def _word(words: tuple[str, ...], default: str, description: str) -> dict[str, Any]:
    return {"enum": list(words), "default": default, "description": description}


def _count(description: str, default: int | str = "automatic") -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "default": default, "description": description}
