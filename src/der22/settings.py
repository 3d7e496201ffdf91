"""Thresholds as data: one frozen record per analysis; each field has unit, source, confidence."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

__all__ = ["SettingRow", "SettingsRecord", "describe_settings", "setting"]


class SettingsRecord(Protocol):
    """A frozen dataclass whose fields were made by `setting`."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]


def setting(
    default: Any,
    *,
    unit: str,
    source: str,
    confidence: str,
    allowed: tuple[Any, ...] | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Any:
    """Declare one threshold of a settings record.

    Args:
        default: value in force when the config says nothing.
        unit: unit of the value, ``-`` for none.
        source: where the number comes from; "chosen" when it is ours.
        confidence: high, medium, low, verified, peer, recalled ... as in the method page.
        allowed: the only values accepted, for words.
        minimum: smallest value accepted.
        maximum: largest value accepted.

    Returns:
        A dataclass field (typed Any, so that the annotation of the record speaks).
    """
    metadata = {
        "unit": unit,
        "source": source,
        "confidence": confidence,
        "allowed": allowed,
        "minimum": minimum,
        "maximum": maximum,
    }
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One threshold as it is in force; values are plain: numbers, text, lists and mappings.

    Attributes:
        key: name in the config.
        value: in force; time points are mappings.
        default: in force when the config says nothing.
        unit: of the value, ``-`` for none.
        source: where the number comes from.
        confidence: as in the method page.
    """

    key: str
    value: Any
    default: Any
    unit: str
    source: str
    confidence: str


def describe_settings(settings: SettingsRecord) -> list[SettingRow]:
    """Return every setting of a record as it is in force."""
    return [
        SettingRow(
            key=field.name,
            value=_plain(getattr(settings, field.name)),
            default=_plain(field.default),
            unit=field.metadata["unit"],
            source=field.metadata["source"],
            confidence=field.metadata["confidence"],
        )
        for field in dataclasses.fields(settings)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return value
