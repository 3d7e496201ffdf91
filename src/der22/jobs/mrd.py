"""Work units of the MRD analysis: qPCR plates to levels, levels to series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from der22.errors import UnreadableFileError
from der22.flags import Flag, Problem
from der22.formats.qpcr import PlateFile, read_plate_file
from der22.formats.records import MrdSample, Patient, Plate
from der22.formats.tables import read_tsv, write_tsv
from der22.mrd.account import (
    ACCOUNT_COLUMNS,
    AccountRow,
    account_for,
    account_row,
    unclaimed_flags,
)
from der22.mrd.assess import assess_samples
from der22.mrd.category import Verdict
from der22.mrd.codes import make_flag
from der22.mrd.duplicates import SettledLevel, settle_duplicates
from der22.mrd.level import LEVEL_COLUMNS, Level, level_from_row, level_row
from der22.mrd.placement import Moment, place_levels
from der22.mrd.plate import JudgedPlate, PlatePart, judge_plate
from der22.mrd.series import SERIES_COLUMNS, SeriesRow, build_series, series_row
from der22.mrd.settings import MrdSettings
from der22.mrd.tables import CURVE_COLUMNS, WELL_COLUMNS, curve_row, well_row
from der22.runs.manifest import UnitReport

__all__ = ["collect_series", "run_plates"]

_STAGE = "mrd"


def run_plates(
    plates: Sequence[Plate],
    samples: Sequence[MrdSample],
    patients: Mapping[str, Patient],
    settings: MrdSettings,
    outdir: Path,
) -> UnitReport:
    """Analyse plates: ``mrd/{plate_id}/wells.tsv, account.tsv, curves.tsv, levels.tsv``.

    Args:
        plates: rows of the plates sheet, all rows of each plate_id.
        samples: rows of the mrd sheet; those of other plates are passed over.
        patients: by patient_id.
        settings: thresholds.
        outdir: where results go.

    Returns:
        What was written and noticed; a plate that cannot be read is a flag, never an exception.
    """
    by_plate: dict[str, list[Plate]] = defaultdict(list)
    for plate in plates:
        by_plate[plate.plate_id].append(plate)
    samples_on: dict[str, list[MrdSample]] = defaultdict(list)
    for sample in samples:
        samples_on[sample.plate_id].append(sample)
    files = _Files()
    written: list[str] = []
    problems: list[Problem] = []
    levels: list[Level] = []
    for plate_id, rows in by_plate.items():
        judged = judge_plate([_part(row, files) for row in rows], settings)
        verdicts = assess_samples(judged, samples_on[plate_id], patients, settings)
        account = account_for(judged, samples_on[plate_id])
        written.extend(_write_plate(judged, account, verdicts, outdir))
        problems.extend(_problems(judged, unclaimed_flags(judged, account), verdicts))
        levels.extend(verdict.level for verdict in verdicts)
    return UnitReport(
        stage=_STAGE,
        unit=";".join(by_plate),
        files=tuple(sorted(written)),
        problems=tuple(problems),
        summary=f"{len(by_plate)} plates, {_counts(level.category for level in levels)}",
    )


def collect_series(
    plates: Sequence[Plate],
    samples: Sequence[MrdSample],
    patients: Mapping[str, Patient],
    settings: MrdSettings,
    outdir: Path,
) -> UnitReport:
    """Join the levels of all plates: ``mrd/levels.tsv`` and ``mrd/series.tsv``.

    Args:
        plates: every row of the plates sheet, analysed before by `run_plates`.
        samples: every row of the mrd sheet, in its order.
        patients: by patient_id; each gets its rows, sampled or not.
        settings: thresholds.
        outdir: where the tables of `run_plates` are and the new ones go.
    """
    outdir = Path(outdir)
    levels, labelled = _levels_in_sheet_order(plates, samples, outdir)
    settled = settle_duplicates(levels, settings)
    by_patient: dict[str, list[int]] = defaultdict(list)
    for index, item in enumerate(settled):
        by_patient[item.level.patient_id].append(index)
    placed = list(settled)
    rows: list[SeriesRow] = []
    for patient_id, patient in sorted(patients.items()):
        indices = by_patient.get(patient_id, [])
        moments: list[Moment] = []
        if indices:
            mine, moments = place_levels(
                [settled[i] for i in indices], [labelled[i] for i in indices], settings
            )
            for index, item in zip(indices, mine, strict=True):
                placed[index] = item
        rows.extend(build_series(patient_id, patient.fusion, moments, settings))
    files = ("mrd/levels.tsv", "mrd/series.tsv")
    ordered = sorted((item.level for item in placed), key=_level_order)
    write_tsv(outdir / files[0], LEVEL_COLUMNS, map(level_row, ordered))
    write_tsv(outdir / files[1], SERIES_COLUMNS, map(series_row, rows))
    return UnitReport(
        stage=_STAGE,
        unit="series",
        files=files,
        problems=tuple(_series_problems(placed, rows)),
        summary=f"{len(patients)} patients, {_counts(row.category for row in rows)}",
    )


class _Files:
    """Files read once each; plates may share a file with several runs."""

    def __init__(self) -> None:
        self._read: dict[str, PlateFile | UnreadableFileError] = {}

    def read(self, path: str) -> PlateFile | UnreadableFileError:
        """Return the file, or why it cannot be read."""
        if path not in self._read:
            try:
                self._read[path] = read_plate_file(path)
            except UnreadableFileError as error:
                self._read[path] = error
        return self._read[path]


def _part(plate: Plate, files: _Files) -> PlatePart:
    found = files.read(plate.path)
    if isinstance(found, UnreadableFileError):
        return PlatePart(plate, None, make_flag(found.code, found.message))
    return PlatePart(plate, found)


def _write_plate(
    judged: JudgedPlate, account: Sequence[AccountRow], verdicts: Sequence[Verdict], outdir: Path
) -> list[str]:
    tables = ("wells", "curves", "levels", "account")
    names = [f"mrd/{judged.plate_id}/{table}.tsv" for table in tables]
    levels = sorted((verdict.level for verdict in verdicts), key=_level_order)
    write_tsv(Path(outdir) / names[0], WELL_COLUMNS, map(well_row, judged.wells))
    write_tsv(Path(outdir) / names[1], CURVE_COLUMNS, map(curve_row, judged.written_curves))
    write_tsv(Path(outdir) / names[2], LEVEL_COLUMNS, map(level_row, levels))
    write_tsv(Path(outdir) / names[3], ACCOUNT_COLUMNS, map(account_row, account))
    return names


def _level_order(level: Level) -> tuple[object, ...]:
    """Return the sort key of the level tables: patient, day (unknown last), sample, plate."""
    day = (1, 0) if level.day is None else (0, level.day)
    return (level.patient_id, day, level.sample_id, level.plate_id, level.transcript or "")


def _problems(
    judged: JudgedPlate, unclaimed: Sequence[Flag], verdicts: Iterable[Verdict]
) -> list[Problem]:
    of_plate = (*judged.flags, *unclaimed)
    problems = [Problem(_STAGE, judged.plate_id, flag) for flag in of_plate]
    for verdict in verdicts:
        subject = verdict.level.sample_id
        problems.extend(Problem(_STAGE, subject, flag) for flag in verdict.flags)
    return problems


def _levels_in_sheet_order(
    plates: Sequence[Plate], samples: Sequence[MrdSample], outdir: Path
) -> tuple[list[Level], list[bool]]:
    """Read the levels of the plates; for each, tell whether the sheet gave its time point."""
    found: dict[tuple[str, str], list[Level]] = defaultdict(list)
    for plate_id in dict.fromkeys(plate.plate_id for plate in plates):
        for row in read_tsv(outdir / f"mrd/{plate_id}/levels.tsv"):
            level = level_from_row(row)
            found[level.plate_id, level.sample_id].append(level)
    levels: list[Level] = []
    labelled: list[bool] = []
    for sample in samples:
        own = found.get((sample.plate_id, sample.sample_id), [])
        levels.extend(own)
        labelled.extend([bool(sample.timepoint)] * len(own))
    return levels, labelled


def _series_problems(placed: Iterable[SettledLevel], rows: Iterable[SeriesRow]) -> list[Problem]:
    problems = [Problem(_STAGE, i.level.sample_id, flag) for i in placed for flag in i.flags]
    problems.extend(Problem(_STAGE, row.patient_id, flag) for row in rows for flag in row.flags)
    return problems


def _counts(categories: Iterable[str]) -> str:
    """Return a count per category in a fixed order, such as "12 CMR, 3 POS"."""
    listed = [str(category) for category in categories]
    order = ("CMR", "PNQ", "POS", "not_evaluable", "missing")
    return ", ".join(f"{listed.count(c)} {c}" for c in order if c in listed) or "no sample"
