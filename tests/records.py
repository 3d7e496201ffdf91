"""Records of result tables from a few cells, for tests that care about those only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from der22.formats.tables import cell_text
from der22.results.cohort import RiskRow
from der22.results.schema import columns_of, write_table
from der22.words import Category

T = TypeVar("T")

_BLANK = {str: "", int: 0, float: 0.0, bool: False}


def as_record(record: type[T], cells: Mapping[str, object]) -> T:
    """Return a record from header -> cell; what is not given is blank.

    A block of columns is given as its mapping under the name of its field.
    """
    values: dict[str, Any] = {}
    left = dict(cells)
    names = {column.name for column in columns_of(record)}
    if "category" in left and "molecular_response" in names:
        left.setdefault("molecular_response", Category(str(left["category"])).response)
    for column in columns_of(record):
        if column.is_block:
            given: Any = left.pop(column.attribute, {})
            values[column.attribute] = {
                name: column.read(cell_text(cell)) for name, cell in given.items()
            }
            continue
        text = cell_text(left.pop(column.name, None))
        blank = not text and not column.many and not column.optional
        values[column.attribute] = _BLANK[column.kind] if blank else column.read(text)
    return record(**(values | left))


def write_rows(
    outdir: Path, record: type[Any], rows: Iterable[Mapping[str, object]], **place: str
) -> None:
    """Write a table from the cells of its rows, see `as_record`."""
    write_table(outdir, record, [as_record(record, row) for row in rows], **place)


def risk_record(**cells: object) -> RiskRow:
    """Return a patient of ``genomic_risk.tsv`` of whom nothing is known but `cells`."""
    unknown = {
        "patient_id": "P1", "mlpa_status": "not_done", "ikzf1_class": "not_done",
        "abl1_status": "not_done", "genomic_risk": "undetermined",
    }  # fmt: skip
    return as_record(RiskRow, unknown | cells)
