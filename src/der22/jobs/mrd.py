"""Work units of the MRD analysis: qPCR plates to levels, levels to series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from der22.errors import UnreadableFileError
from der22.flags import Problem
from der22.formats.qpcr import PlateFile, read_plate_file
from der22.formats.records import MrdSample, Patient, Plate
from der22.mrd.account import account_for, unclaimed_flags
from der22.mrd.assess import assess_samples
from der22.mrd.codes import make_flag
from der22.mrd.duplicates import settle_duplicates
from der22.mrd.placement import Moment, place_levels
from der22.mrd.plate import PlatePart, judge_plate
from der22.mrd.qc import plate_qc, qc_over_time
from der22.mrd.series import build_series
from der22.mrd.settings import MrdSettings
from der22.mrd.tables import curve_row, well_row
from der22.results.mrd import (
    AccountRow,
    CurveRow,
    LevelRow,
    PlateLevelRow,
    PlateQcRow,
    QcRow,
    SeriesRow,
    WellRow,
)
from der22.results.schema import read_table, write_table
from der22.runs.manifest import UnitReport
from der22.words import Category

__all__ = ["collect_series", "run_plates"]

_STAGE = "mrd"


def run_plates(
    plates: Sequence[Plate],
    samples: Sequence[MrdSample],
    patients: Mapping[str, Patient],
    settings: MrdSettings,
    outdir: Path,
) -> UnitReport:
    """Analyse plates: ``mrd/{plate_id}/wells.tsv``, account, curves, levels and qc.

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
    levels: list[PlateLevelRow] = []
    for plate_id, rows in by_plate.items():
        parts = []
        for row in rows:
            found = files.read(row.path)
            if isinstance(found, UnreadableFileError):
                parts.append(PlatePart(row, None, make_flag(found.code, found.message)))
            else:
                parts.append(PlatePart(row, found))
        claimed = {sample.plate_sample for sample in samples_on[plate_id]}
        judged = judge_plate(parts, settings, claimed)
        verdicts = assess_samples(judged, samples_on[plate_id], patients, settings)
        account = account_for(judged, samples_on[plate_id])
        found_levels = sorted((verdict.level for verdict in verdicts), key=_level_order)
        written += [
            write_table(outdir, WellRow, map(well_row, judged.wells), plate_id=plate_id),
            write_table(outdir, CurveRow, map(curve_row, judged.written_curves), plate_id=plate_id),
            write_table(outdir, PlateLevelRow, found_levels, plate_id=plate_id),
            write_table(outdir, AccountRow, account, plate_id=plate_id),
            write_table(outdir, PlateQcRow, plate_qc(judged, found_levels), plate_id=plate_id),
        ]
        of_plate = (*judged.flags, *unclaimed_flags(judged, samples_on[plate_id], account))
        problems += [Problem(_STAGE, plate_id, flag) for flag in of_plate]
        for verdict in verdicts:
            problems += [Problem(_STAGE, verdict.level.sample_id, flag) for flag in verdict.flags]
            levels.append(verdict.level)
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
    """Join what all plates say: ``mrd/levels.tsv``, ``mrd/series.tsv`` and ``mrd/qc.tsv``.

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
        rows.extend(build_series(patient, moments, settings))
    plate_ids = dict.fromkeys(plate.plate_id for plate in plates)
    of_plates = [
        row for plate_id in plate_ids for row in read_table(outdir, PlateQcRow, plate_id=plate_id)
    ]
    qc, notes = qc_over_time(of_plates, settings)
    ordered = sorted((item.level for item in placed), key=_level_order)
    problems = [Problem(_STAGE, i.level.sample_id, flag) for i in placed for flag in i.flags]
    problems += [Problem(_STAGE, row.patient_id, flag) for row in rows for flag in row.flags]
    problems += [Problem(_STAGE, plate_id, flag) for plate_id, flag in notes]
    return UnitReport(
        stage=_STAGE,
        unit="series",
        files=(
            write_table(outdir, LevelRow, ordered),
            write_table(outdir, QcRow, qc),
            write_table(outdir, SeriesRow, rows),
        ),
        problems=tuple(problems),
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


def _level_order(level: PlateLevelRow) -> tuple[object, ...]:
    """Return the sort key of the level tables: patient, day (unknown last), sample, plate."""
    day = (1, 0) if level.day is None else (0, level.day)
    return (level.patient_id, day, level.sample_id, level.plate_id, level.transcript or "")


def _levels_in_sheet_order(
    plates: Sequence[Plate], samples: Sequence[MrdSample], outdir: Path
) -> tuple[list[PlateLevelRow], list[bool]]:
    """Read the levels of the plates; for each, tell whether the sheet gave its time point."""
    found: dict[tuple[str, str], list[PlateLevelRow]] = defaultdict(list)
    for plate_id in dict.fromkeys(plate.plate_id for plate in plates):
        for level in read_table(outdir, PlateLevelRow, plate_id=plate_id):
            found[level.plate_id, level.sample_id].append(level)
    levels: list[PlateLevelRow] = []
    labelled: list[bool] = []
    for sample in samples:
        own = found.get((sample.plate_id, sample.sample_id), [])
        levels.extend(own)
        labelled.extend([bool(sample.timepoint)] * len(own))
    return levels, labelled


def _counts(categories: Iterable[Category]) -> str:
    """Return a count per category in a fixed order, such as "12 CMR, 3 POS"."""
    listed = list(categories)
    return ", ".join(f"{listed.count(c)} {c}" for c in Category if c in listed) or "no sample"
