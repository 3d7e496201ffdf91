"""Reads shipped csv tables into records."""

from __future__ import annotations

import csv
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

from der22.resources import resource_path

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["read_shipped"]

R = TypeVar("R", bound="DataclassInstance")


def read_shipped(name: str, record: type[R]) -> list[R]:
    """Return the rows of a shipped table; the fields of `record`, all text, name its columns."""
    columns = [field.name for field in fields(record)]
    with resource_path(name).open(encoding="utf-8", newline="") as handle:
        return [record(*(row[c] for c in columns)) for row in csv.DictReader(handle)]
