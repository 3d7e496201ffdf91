"""Peak tables: sized peaks or probe intensities that another program exported, TSV, CSV or XLSX."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from der22.arrays import Floats
from der22.errors import InputError, UnreadableFileError
from der22.formats.files import file_of
from der22.formats.numbers import LONGEST_FRAGMENT_NT, NumberColumn
from der22.formats.sheets import Sheet, read_sheet

__all__ = ["PeakTable", "SizedPeaks", "is_peak_table", "read_peak_table"]

#: so many sizes without a decimal are rounded, not measured
_MANY_PEAKS = 20
#: columns of numbers and the largest that each can hold
_NUMBERS = {"size_nt": LONGEST_FRAGMENT_NT, "height": math.inf, "area": math.inf}

_STANDARD_DYE = re.compile(r"liz|rox|cxr|orange", re.IGNORECASE)
#: Peak Scanner writes the number of the peak behind the dye: B,1
_PEAK_NUMBER = re.compile(r"\s*,\s*[0-9]+$")
_BLUE_DYE = re.compile(r"b|blue|(6-?)?fam", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SizedPeaks:
    """Peaks of one sample in the probes' dye, in table order; arrays of shape (n,).

    Attributes:
        size_nt: size.
        height: as exported.
        area: as exported, NaN where the table has none.
        n_unsized: peaks without a size before the first or behind the last sized one; left out.
        unsized_between_nt: sizes of the neighbours of each other peak without a size; left out.
    """

    size_nt: Floats
    height: Floats
    area: Floats
    n_unsized: int = 0
    unsized_between_nt: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class PeakTable:
    """A peak table of one or many samples; exactly one of the mappings is filled.

    Attributes:
        name: file name.
        peaks: sized peaks by sample_id.
        probes: height by probe_id by sample_id.
    """

    name: str
    peaks: Mapping[str, SizedPeaks]
    probes: Mapping[str, Mapping[str, float]]

    @property
    def sample_ids(self) -> tuple[str, ...]:
        """Return the samples of the table, in table order."""
        return tuple(self.peaks or self.probes)


def is_peak_table(path: str) -> bool:
    """Tell whether a path of the mlpa sheet is a peak table by its ending, else a raw file."""
    return file_of(path).suffix.lower() in (".tsv", ".csv", ".txt", ".xlsx")


def read_peak_table(path: Path | str) -> PeakTable:
    """Read sized peaks or probe intensities.

    Columns are ``sample_id, size_nt, height`` with optional ``area, dye``, or ``sample_id``,
    ``probe_id``, ``height``; comments stand above the header. A peak with a blank size
    lies where the size standard does not reach: it is left out and counted. Rows of a size
    standard's dye (LIZ, ROX, CXR, orange) are left out; of several other dyes the blue one (B,
    blue, FAM) holds the probes, else the one with the most rows.

    Raises:
        UnreadableFileError: ``PEAK_TABLE_INVALID`` naming row and column, ``FILE_UNREADABLE``.
    """
    path = Path(path)
    try:
        sheet = read_sheet(path, "peaks", heading=str.lower)
        if sheet.problems:
            raise InputError(sheet.problems)
    except InputError as error:  # what is wrong with a sheet is wrong with this one file only
        code = "PEAK_TABLE_INVALID" if file_of(path).is_file() else "FILE_UNREADABLE"
        message = "; ".join(str(problem) for problem in error.problems[:3])
        raise UnreadableFileError(code, message) from error
    numbers = {}
    for column, maximum in _NUMBERS.items():
        numbers[column], unclear = sheet.numbers(column, 0.0, maximum)
        if unclear:
            raise UnreadableFileError("PEAK_TABLE_INVALID", str(unclear[0]))
    if {"sample_id", "size_nt", "height"} <= set(sheet.columns):
        return PeakTable(path.name, _sized_peaks(path.name, sheet, numbers), {})
    if {"sample_id", "probe_id", "height"} <= set(sheet.columns):
        return PeakTable(path.name, {}, _probe_heights(path.name, sheet, numbers))
    raise _invalid(
        path.name, sheet.header_row, f"has columns {', '.join(sheet.columns)}",
        "needs sample_id, height and either size_nt or probe_id",
    )  # fmt: skip


def _sized_peaks(
    name: str, sheet: Sheet, numbers: Mapping[str, NumberColumn]
) -> dict[str, SizedPeaks]:
    found: dict[str, list[tuple[str, float, float, float]]] = {}
    names_dyes = any(row.get("dye") for _, row in sheet.numbered())
    for number, row in sheet.numbered():
        if names_dyes and not row["dye"]:
            raise _invalid(name, number, "dye is blank", "name the dye in every row")
        # one name for each dye: B, Blue and 6-FAM are the same
        dye = _PEAK_NUMBER.sub("", row.get("dye", "")).casefold()
        peak = (
            "blue" if _BLUE_DYE.fullmatch(dye) else dye,
            _positive(name, number, row, "size_nt", numbers) if row["size_nt"] else math.nan,
            _positive(name, number, row, "height", numbers),
            _positive(name, number, row, "area", numbers) if row.get("area") else math.nan,
        )
        found.setdefault(_sample_id(name, number, row), []).append(peak)
    sizes = [peak[1] for peaks in found.values() for peak in peaks if not math.isnan(peak[1])]
    if len(sizes) >= _MANY_PEAKS and all(size.is_integer() for size in sizes):
        raise _invalid(
            name, 1, f"all {len(sizes)} sizes are whole numbers", "export sizes with two decimals"
        )
    return {sample_id: _of_probe_dye(peaks) for sample_id, peaks in found.items()}


def _of_probe_dye(peaks: Sequence[tuple[str, float, float, float]]) -> SizedPeaks:
    usable = [peak for peak in peaks if not _STANDARD_DYE.search(peak[0])]
    counts = Counter(peak[0] for peak in usable)
    # MLPA probes carry the blue dye; else the most rows; among equals the name that comes first, so
    # that the order does not matter.
    dye = min(counts, key=lambda d: (not _BLUE_DYE.fullmatch(d), -counts[d], d), default="")
    values = np.array([peak[1:] for peak in usable if peak[0] == dye], dtype=np.float64)
    values = values.reshape(-1, 3)
    is_sized = ~np.isnan(values[:, 0])
    sized = np.flatnonzero(is_sized)
    after = np.searchsorted(sized, np.flatnonzero(~is_sized))  # sized peaks before each unsized one
    is_between = (after > 0) & (after < len(sized))
    sizes = values[sized, 0]
    return SizedPeaks(
        sizes,
        values[sized, 1],
        values[sized, 2],
        n_unsized=int(np.sum(~is_between)),
        unsized_between_nt=tuple(
            (float(sizes[at - 1]), float(sizes[at])) for at in after[is_between]
        ),
    )


def _probe_heights(
    name: str, sheet: Sheet, numbers: Mapping[str, NumberColumn]
) -> dict[str, Mapping[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for number, row in sheet.numbered():
        heights = found.setdefault(_sample_id(name, number, row), {})
        probe_id = row.get("probe_id", "")
        if not probe_id:
            raise _invalid(name, number, "probe_id is blank", "name the probe")
        if probe_id in heights:
            raise _invalid(name, number, f"{probe_id} stands twice", "give one height per probe")
        if row.get("height"):  # a blank height is not measured, never zero
            heights[probe_id] = _positive(name, number, row, "height", numbers)
    return dict(found)


def _sample_id(name: str, number: int, row: Mapping[str, str]) -> str:
    sample_id = row.get("sample_id", "")
    if not sample_id:
        raise _invalid(name, number, "sample_id is blank", "name the sample")
    return sample_id


def _positive(
    name: str, number: int, row: Mapping[str, str], column: str, numbers: Mapping[str, NumberColumn]
) -> float:
    text = row.get(column, "")
    value = numbers[column].read(text)
    if value is None:
        most = numbers[column].maximum
        limit = f"to {most:g}" if math.isfinite(most) else "up"
        raise _invalid(name, number, f"{column} = {text!r}", f"give a number from 0 {limit}")
    return value


def _invalid(name: str, row: int, what: str, remedy: str) -> UnreadableFileError:
    return UnreadableFileError("PEAK_TABLE_INVALID", f"{name}: row {row} {what}; {remedy}")
