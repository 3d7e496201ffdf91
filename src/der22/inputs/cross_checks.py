"""What must hold between sheets: known patients, files that exist, events in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from der22.errors import InputProblem
from der22.flags import Severity
from der22.formats.files import file_fault, split_tab
from der22.formats.peak_table import is_peak_table
from der22.formats.records import MlpaSample, MrdSample, Patient, Plate, SangerRead
from der22.inputs.sheets import SheetRecords

__all__ = [
    "check_files",
    "check_mlpa",
    "check_mrd",
    "check_patients",
    "check_sanger",
    "implausible_blasts",
    "implausible_white_cells",
]

#: METHOD: white cells of an acute leukaemia at diagnosis are counted in thousands per mm3; fewer
#: than 300 are 10^9/L rather than a marrow without cells, more than two million are per litre
_FEWEST_WHITE_CELLS, _MOST_WHITE_CELLS = 300, 2_000_000
_EVENT_DAYS = ("last_contact_day", "death_day", "chr_day", "relapse_day", "transplant_day")
#: names that der22's own tables take in the folder of an analysis
_TAKEN = {
    "run_id": {"ikzf1.tsv"},
    "sample_id": {"abl1.tsv", "controls.tsv"},
    "plate_id": {"levels.tsv", "series.tsv"},
}


class _HasPath(Protocol):
    @property
    def path(self) -> str: ...


def _check_one_file_a_row(
    sheet: SheetRecords[_HasPath], is_alone: Callable[[Any], bool]
) -> Iterator[InputProblem]:
    """A raw file is one measurement: named in two rows it would be counted for both."""
    first: dict[str, tuple[int, bool]] = {}
    for row, record in sheet.numbered():
        if record.path:
            place = os.path.normpath(record.path)
            before, was_alone = first.setdefault(place, (row, is_alone(record)))
            if before != row and (was_alone or is_alone(record)):
                message = f"the same file as in row {before}; each file is one measurement"
                value = os.path.basename(record.path)  # noqa: PTH119
                yield InputProblem(sheet.source, message, row, "path", value)


def check_files(sheet: SheetRecords[_HasPath]) -> Iterator[InputProblem]:
    """Every file named in a sheet must be there; whether it is good is judged by its analysis."""
    for row, record in sheet.numbered():
        if record.path and (fault := file_fault(split_tab(record.path)[0])):
            yield InputProblem(
                sheet.source, fault, row, "path",
                os.path.basename(record.path.rstrip("/")),  # noqa: PTH119
            )  # fmt: skip


def check_patients(sheet: SheetRecords[Patient]) -> Iterator[InputProblem]:
    """Somebody must be there, and events must be in an order that can happen."""
    if not sheet.records and not sheet.problems:
        yield InputProblem(sheet.source, "holds no patient; one row per patient is needed", 1)
    for row, patient in sheet.whole():
        death, last, relapse = patient.death_day, patient.last_contact_day, patient.relapse_day
        days = {column: getattr(patient, column) for column in _EVENT_DAYS}
        found: list[tuple[str, str]] = []
        if patient.relapse_site and relapse is None:
            message = "a site without relapse_day; give the day or clear the site"
            found.append(("relapse_site", message))
        if death is not None and last is not None and last != death:
            message = f"differs from death_day {death}; the last contact is the death"
            found.append(("last_contact_day", message))
        message = "before day 0, the start of the TKI; correct the day or the date of day 0"
        found += [(column, message) for column, day in days.items() if (day or 0) < 0]
        end, what = (last, "last_contact_day") if death is None else (death, "death_day")
        for column in ("chr_day", "relapse_day", "transplant_day"):
            if end is not None and days[column] is not None and days[column] > end:
                found.append((column, f"after {what} {end}; correct one of them"))
        if patient.chr_day is not None and relapse is not None and patient.chr_day > relapse:
            found.append(("chr_day", f"after relapse_day {relapse}; correct one of them"))
        for column, message in found:
            value = getattr(patient, column)
            shown = None if value is None else str(value)
            yield InputProblem(sheet.source, message, row, column, shown)


def implausible_white_cells(patients: SheetRecords[Patient]) -> Iterator[InputProblem]:
    """White cells that look as if they were counted per nl or per litre."""
    for row, patient in patients.numbered():
        count = patient.wbc_per_mm3
        if count is not None and count < _FEWEST_WHITE_CELLS:
            message = (
                f"below {_FEWEST_WHITE_CELLS} white cells per mm3, which looks like 10^9/L; "
                "multiply by 1000 where it is"
            )
            yield _implausible(patients.source, row, "wbc_per_mm3", count, message)
        elif count is not None and count > _MOST_WHITE_CELLS:
            message = "more white cells per mm3 than anybody has; write them per mm3"
            yield _implausible(patients.source, row, "wbc_per_mm3", count, message)


def implausible_blasts(samples: SheetRecords[MlpaSample]) -> Iterator[InputProblem]:
    """Shares of leukaemic cells that look like fractions of 1."""
    for row, sample in samples.numbered():
        share = sample.blast_percent
        if share is not None and 0 < share <= 1:
            message = "at most 1 %, which looks like a fraction; write 92 for 92 %"
            yield _implausible(samples.source, row, "blast_percent", share, message)


def _implausible(source: str, row: int, column: str, value: float, message: str) -> InputProblem:
    return InputProblem(
        source, message, row, column, f"{value:g}", Severity.WARNING, "UNIT_IMPLAUSIBLE"
    )


def check_mlpa(
    sheet: SheetRecords[MlpaSample], patients: SheetRecords[Patient]
) -> Iterator[InputProblem]:
    """Known patients, alive; one probemix per run, one size standard for its raw files."""
    yield from _check_known(sheet, patients)
    yield from _check_alive(sheet, patients)
    yield from _check_one_file_a_row(sheet, lambda sample: not is_peak_table(sample.path))
    first: dict[tuple[str, str], str] = {}
    names: dict[str, str] = {}
    for row, sample in sheet.numbered():
        yield from _check_folder(sheet.source, row, "run_id", sample.run_id, names)
    for row, sample in sheet.whole():
        is_raw = not is_peak_table(sample.path)
        for column in ("probemix", "size_standard") if is_raw else ("probemix",):
            value = getattr(sample, column)
            if value != first.setdefault((sample.run_id, column), value):
                message = f"differs within run {sample.run_id}; one run has one {column}"
                shown = os.path.basename(value)  # noqa: PTH119
                yield InputProblem(sheet.source, message, row, column, shown)


def check_sanger(
    sheet: SheetRecords[SangerRead], patients: SheetRecords[Patient]
) -> Iterator[InputProblem]:
    """Known patients, alive; one sample belongs to one patient, one day and one role."""
    yield from _check_known(sheet, patients)
    yield from _check_alive(sheet, patients)
    # a control may serve two runs
    yield from _check_one_file_a_row(sheet, lambda read: read.role == "sample")
    first: dict[str, SangerRead] = {}
    names: dict[str, str] = {}
    for row, read in sheet.numbered():
        yield from _check_folder(sheet.source, row, "sample_id", read.sample_id, names)
    for row, read in sheet.whole():
        other = first.setdefault(read.sample_id, read)
        for column in ("patient_id", "day", "role"):
            value, before = getattr(read, column), getattr(other, column)
            if value != before:
                had, has = ("nothing" if item is None else str(item) for item in (before, value))
                message = f"sample {read.sample_id} had {had} in an earlier row"
                yield InputProblem(sheet.source, message, row, column, has)


def check_mrd(
    plates: SheetRecords[Plate], samples: SheetRecords[MrdSample], patients: SheetRecords[Patient]
) -> Iterator[InputProblem]:
    """Known patients and plates; the rows of one plate agree."""
    yield from _check_known(samples, patients)
    names: dict[str, str] = {}
    given: dict[tuple[str, str], object] = {}
    for row, plate in plates.numbered():
        for column in ("transcript", "conversion_factor", "cycles"):
            value = getattr(plate, column)
            before = (
                given.setdefault((plate.plate_id, column), value) if value is not None else None
            )
            if before is not None and value != before:
                message = (
                    f"plate {plate.plate_id} had {before} in an earlier row; one plate has one"
                )
                yield InputProblem(plates.source, message, row, column, str(value))
        yield from _check_folder(plates.source, row, "plate_id", plate.plate_id, names)
    for row, sample in samples.numbered():
        if not plates.may_hold(sample.plate_id):
            message = f"no such plate in {plates.source}"
            yield InputProblem(samples.source, message, row, "plate_id", sample.plate_id)


class _HasPatient(Protocol):
    @property
    def patient_id(self) -> str | None: ...


def _check_known(
    sheet: SheetRecords[_HasPatient], patients: SheetRecords[Patient]
) -> Iterator[InputProblem]:
    if not patients.records:  # the patients sheet itself is at fault; `check_patients` says so
        return
    for row, record in sheet.numbered():
        if record.patient_id is not None and not patients.may_hold(record.patient_id):
            message = f"no such patient in {patients.source}"
            yield InputProblem(sheet.source, message, row, "patient_id", record.patient_id)


class _HasDay(_HasPatient, Protocol):
    @property
    def day(self) -> int | None: ...


def _check_alive(
    sheet: SheetRecords[_HasDay], patients: SheetRecords[Patient]
) -> Iterator[InputProblem]:
    deaths = {patient.patient_id: patient.death_day for patient in patients.records}
    for row, record in sheet.numbered():
        death = deaths.get(record.patient_id or "")
        if record.day is not None and death is not None and record.day > death:
            message = f"after the death of patient {record.patient_id} on day {death}; correct one"
            yield InputProblem(sheet.source, message, row, "day", str(record.day))


def _check_folder(
    source: str, row: int, column: str, value: str, names: dict[str, str]
) -> Iterator[InputProblem]:
    """A value that names a folder of results must be no other's name there."""
    if value in _TAKEN[column]:
        message = "der22 writes a table of this name; choose another"
        yield InputProblem(source, message, row, column, value)
    other = names.setdefault(value.casefold(), value)
    if other != value:
        message = f"differs from {other} in capitals only, both would share a folder; rename one"
        yield InputProblem(source, message, row, column, value)
