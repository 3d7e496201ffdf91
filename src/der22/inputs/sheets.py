"""The five sheets -> records: typed cells, moments as days, defaults, no duplicates."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from der22.errors import InputError, InputProblem
from der22.formats.records import MlpaSample, MrdSample, Patient, Plate, SangerRead
from der22.formats.sheets import read_sheet
from der22.formats.size_standard import locate_size_standard
from der22.inputs.cells import TypedRow, read_cells
from der22.inputs.columns import (
    MLPA_COLUMNS,
    MRD_COLUMNS,
    PATIENT_COLUMNS,
    PLATE_COLUMNS,
    SANGER_COLUMNS,
    CellKind,
    Column,
)
from der22.inputs.personal_data import personal_data
from der22.inputs.synonyms import wording_of

__all__ = [
    "DayZero",
    "SheetRecords",
    "read_mlpa_sheet",
    "read_mrd_sheet",
    "read_patients_sheet",
    "read_plates_sheet",
    "read_sanger_sheet",
]

_Record = TypeVar("_Record")
_Kind = TypeVar("_Kind", covariant=True)

#: patient_id -> date of day 0, None when blank; patients whose cell was refused are missing
DayZero = Mapping[str, datetime.date | None]


@dataclass(frozen=True, slots=True)
class SheetRecords(Generic[_Kind]):
    """What a sheet held.

    Attributes:
        source: file name, for sentences.
        records: one per row whose needed cells were read, in sheet order.
        row_numbers: the row of each record as an editor shows it.
        problems: everything wrong with the sheet; the records are to be used only when empty.
        notes: what was read although it is written in other words, and what is worth a look.
        doubtful: rows with a refused cell: what seems to contradict them may be its consequence.
        ids: what was read in the first needed column.
        refused_ids: what stands there and was refused, folded; None when a cell of it cannot be
            known, so that any id may be there.
    """

    source: str
    records: tuple[_Kind, ...]
    row_numbers: tuple[int, ...]
    problems: tuple[InputProblem, ...]
    notes: tuple[InputProblem, ...] = ()
    doubtful: frozenset[int] = frozenset()
    ids: frozenset[str] = frozenset()
    refused_ids: frozenset[str] | None = frozenset()

    def numbered(self) -> Iterable[tuple[int, _Kind]]:
        """Iterate over (row number, record)."""
        return zip(self.row_numbers, self.records, strict=True)

    def whole(self) -> Iterable[tuple[int, _Kind]]:
        """Iterate over (row number, record) of the rows without a refused cell."""
        return ((row, record) for row, record in self.numbered() if row not in self.doubtful)

    def may_hold(self, identifier: str) -> bool:
        """Tell whether a row has the id, or may have it."""
        return (
            identifier in self.ids
            or self.refused_ids is None
            or _fold(identifier) in self.refused_ids
        )


def read_patients_sheet(path: Path) -> tuple[SheetRecords[Patient], DayZero]:
    """Read the patients sheet; returns the records and the dates of day 0."""
    table = _Table(path, "patients", PATIENT_COLUMNS)
    table.refuse_duplicates("patient_id")
    day_zero: dict[str, datetime.date | None] = {}
    for row in table.rows:
        patient_id, date = row.values["patient_id"], row.values["day_zero"]
        if isinstance(patient_id, str) and "day_zero" not in row.refused:
            day_zero[patient_id] = date if isinstance(date, datetime.date) else None

    def build(row: TypedRow) -> Patient:
        values = row.values
        days = {
            f"{event}_day": table.day(row, day_zero, f"{event}_day", f"{event}_date")
            for event in ("chr", "relapse", "transplant", "death", "last_contact")
        }
        plain = {
            key: values[key]
            for key in ("sex", "age_years", "wbc_per_mm3", "fusion", "erg_deletion",
                        "relapse_site", "cycles_started")
        }  # fmt: skip
        record: dict[str, Any] = {**plain, **days}
        if record["last_contact_day"] is None:
            record["last_contact_day"] = record["death_day"]
        return Patient(patient_id=str(values["patient_id"]), extra=row.extra, **record)

    return table.records(build), day_zero


def read_mlpa_sheet(
    path: Path, day_zero: DayZero, probemix: str, size_standard: str
) -> SheetRecords[MlpaSample]:
    """Read the mlpa sheet; `probemix` and `size_standard` serve the rows that name none."""
    table = _Table(path, "mlpa", MLPA_COLUMNS)
    table.refuse_duplicates("run_id", "sample_id")

    def build(row: TypedRow) -> MlpaSample:
        values: dict[str, Any] = row.values
        if values["role"] == "patient" and not values["patient_id"]:
            table.refuse(row, "patient_id", "role patient needs the patient_id")
        standard = values["size_standard"]
        return MlpaSample(
            run_id=str(values["run_id"]),
            sample_id=str(values["sample_id"]),
            role=str(values["role"]),
            path=str(values["path"] or ""),
            probemix=values["probemix"] or probemix,
            size_standard=locate_size_standard(standard, path.absolute().parent)
            if standard
            else size_standard,
            patient_id=values["patient_id"],
            day=table.day(row, day_zero),
            blast_percent=values["blast_percent"],
            well=values["well"],
        )

    return table.records(build)


def read_sanger_sheet(path: Path, day_zero: DayZero) -> SheetRecords[SangerRead]:
    """Read the sanger sheet."""
    table = _Table(path, "sanger", SANGER_COLUMNS)
    table.refuse_duplicates("read_id")

    def build(row: TypedRow) -> SangerRead:
        values: dict[str, Any] = row.values
        role = values["role"] or "sample"
        if role == "sample" and not values["patient_id"]:
            table.refuse(row, "patient_id", "role sample needs the patient_id")
        return SangerRead(
            read_id=str(values["read_id"]),
            sample_id=str(values["sample_id"]),
            path=str(values["path"] or ""),
            role=role,
            patient_id=values["patient_id"],
            day=table.day(row, day_zero) if values["patient_id"] else None,
            run_id=values["run_id"],
            primer=values["primer"],
        )

    return table.records(build)


def read_plates_sheet(path: Path) -> SheetRecords[Plate]:
    """Read the plates sheet; several rows may be parts of one plate."""
    table = _Table(path, "plates", PLATE_COLUMNS)

    def build(row: TypedRow) -> Plate:
        values: dict[str, Any] = row.values
        needed = {"plate_id": str(values["plate_id"]), "path": str(values["path"] or "")}
        return Plate(**{**values, **needed})

    return table.records(build)


def read_mrd_sheet(path: Path, day_zero: DayZero) -> SheetRecords[MrdSample]:
    """Read the mrd sheet."""
    table = _Table(path, "mrd", MRD_COLUMNS)
    table.refuse_duplicates("sample_id", "plate_id")

    def build(row: TypedRow) -> MrdSample:
        values: dict[str, Any] = row.values
        return MrdSample(
            patient_id=str(values["patient_id"]),
            sample_id=str(values["sample_id"]),
            plate_id=str(values["plate_id"]),
            plate_sample=values["plate_sample"] or str(values["sample_id"]),
            day=table.day(row, day_zero),
            timepoint=values["timepoint"],
            material=values["material"] or "BM",
        )

    return table.records(build)


class _Table:
    """A sheet on its way to records; collects problems as it goes."""

    def __init__(self, path: Path, name: str, columns: Sequence[Column]) -> None:
        self.source = path.name
        self.rows: list[TypedRow] = []
        self.problems: list[InputProblem] = []
        self.notes: list[InputProblem] = []
        self.needed = [column.name for column in columns if column.required]
        self.torn: frozenset[str] | None = None
        wording = wording_of(name, columns)
        try:
            sheet = read_sheet(
                path,
                name,
                percents=[column.name for column in columns if column.is_percent],
                dates=[column.name for column in columns if column.kind is CellKind.DATE],
                heading=wording.heading,
            )
        except InputError as error:
            self.problems += error.problems
            return
        self.source, self.torn = sheet.source, sheet.torn
        sheet, self.notes = wording.translate(sheet)
        self.notes += personal_data(sheet, columns)
        self.rows, self.problems = read_cells(sheet, columns, path.absolute().parent)

    def refuse(self, row: TypedRow, column: str, message: str) -> None:
        """Tell a problem of a cell, unless its row has a refused cell that may be the cause."""
        if row.refused:
            return
        value = row.values.get(column)
        text = None if value is None else str(value)
        self.problems.append(InputProblem(self.source, message, row.number, column, text))

    def refuse_duplicates(self, *columns: str) -> None:
        first: dict[tuple[object, ...], int] = {}
        for row in self.rows:
            key = tuple(row.values[column] for column in columns)
            if None in key:
                continue
            # two names that differ in capitals only would share a file on some systems
            folded = tuple(str(part).casefold() for part in key)
            if folded in first:
                message = f"the same {' and '.join(columns)} as in row {first[folded]}"
                self.problems.append(
                    InputProblem(self.source, message, row.number, columns[-1], str(key[-1]))
                )
            first.setdefault(folded, row.number)

    def day(
        self, row: TypedRow, day_zero: DayZero, day_column: str = "day", date_column: str = "date"
    ) -> int | None:
        day, date = row.values[day_column], row.values[date_column]
        if not isinstance(date, datetime.date):
            return day if isinstance(day, int) else None
        patient_id = str(row.values["patient_id"])
        start = day_zero.get(patient_id)
        if start is None:
            if patient_id in day_zero:  # else the patient or its day_zero is told already
                self.refuse(
                    row, date_column, "a date needs day_zero of the patient; or give the day"
                )
            return None
        counted = (date - start).days
        if isinstance(day, int) and day != counted:
            self.refuse(
                row, date_column, f"is day {counted}, but {day_column} says {day}; correct one"
            )
        return counted

    def records(self, build: Callable[[TypedRow], _Record]) -> SheetRecords[_Record]:
        read = [row for row in self.rows if row.refused.isdisjoint(self.needed)]
        records = tuple(build(row) for row in read)
        first = self.needed[0]
        texts = [row.texts.get(first, "") for row in self.rows if first in row.refused]
        is_known = self.torn is not None and all(texts)
        return SheetRecords(
            self.source,
            records,
            tuple(row.number for row in read),
            tuple(self.problems),
            tuple(self.notes),
            frozenset(row.number for row in self.rows if row.refused),
            frozenset(str(value) for row in self.rows if (value := row.values[first])),
            frozenset(map(_fold, (*(self.torn or ()), *texts))) if is_known else None,
        )


def _fold(identifier: str) -> str:
    """Return the letters and digits of an id: what P 1 and p-1 have in common."""
    return "".join(c for c in identifier.casefold() if c.isalnum())
