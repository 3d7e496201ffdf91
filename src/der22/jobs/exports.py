"""The joined table for other programs: Excel, Parquet, cBioPortal, REDCap."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from der22.cohort.cbioportal import StudyInput, study_files
from der22.cohort.endpoints import disease_free, overall
from der22.cohort.redcap import redcap_files
from der22.cohort.risk import RISK_RULES
from der22.cohort.settings import StatisticsSettings
from der22.formats.records import Patient
from der22.formats.reference_folder import Reference
from der22.formats.tables import write_text
from der22.results.cohort import RiskRow
from der22.results.mrd import LevelRow
from der22.results.sanger import Abl1Row, VariantRow
from der22.results.schema import as_texts, header_of, read_names, read_table, spread
from der22.runs.manifest import UnitReport
from der22.settings import SettingRow

__all__ = ["write_exports"]

#: analysis -> rows of `der22.settings.describe_settings`
SettingsRows = Mapping[str, Sequence[SettingRow]]
#: names of the blocks of columns of ``genomic_risk.tsv``, see `results.schema.spread`
Names = Mapping[str, Sequence[str]]

_LABEL = "A label for research and review, not a treatment rule."
#: the oldest moment a zip member can carry; a real one would change the bytes with every run
_NO_TIME = datetime(1980, 1, 1)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def write_exports(
    patients: Sequence[Patient],
    cohort_name: str,
    ikzf1plus_definition: str,
    statistics: StatisticsSettings,
    settings_tables: SettingsRows,
    reference: Reference | None,
    outdir: Path | str,
    *,
    sanger_done: bool,
    mrd_done: bool,
) -> UnitReport:
    """Write ``genomic_risk.xlsx``, ``genomic_risk.parquet``, ``cbioportal/`` and ``redcap/``.

    Args:
        patients: rows of the patients sheet, in the order of ``genomic_risk.tsv``.
        cohort_name: name of the cohort.
        ikzf1plus_definition: the definition in force.
        statistics: start of the end points.
        settings_tables: settings in force by analysis, for the second sheet.
        reference: the gene sequenced, for genome positions; None without sequencing.
        outdir: folder of the results.
        sanger_done: whether the tables of ``sanger/`` are part of this run.
        mrd_done: whether the tables of ``mrd/`` are part of this run.
    """
    outdir = Path(outdir)
    names = read_names(outdir, RiskRow)
    rows = read_table(outdir, RiskRow)
    levels = read_table(outdir, LevelRow) if mrd_done else []
    abl1 = read_table(outdir, Abl1Row) if sanger_done else []
    study = StudyInput(
        name=cohort_name,
        patients=patients,
        risk_rows=rows,
        genes=names["genes"],
        overall={row.patient_id: row for row in overall(patients, statistics)},
        disease_free={row.patient_id: row for row in disease_free(patients, statistics)},
        abl1_rows=abl1,
        variants=[
            row
            for sample in abl1
            for row in read_table(outdir, VariantRow, sample_id=sample.sample_id)
        ],
        levels=levels,
        reference=reference,
    )
    rules = _rules(cohort_name, ikzf1plus_definition, settings_tables)
    files = ["cohort/genomic_risk.parquet", "cohort/genomic_risk.xlsx"]
    _write_parquet(outdir / files[0], rows, names)
    _write_xlsx(outdir / files[1], rows, names, rules)
    texts = {f"cbioportal/{name}": text for name, text in study_files(study).items()}
    texts |= redcap_files(names, rows, levels)
    for folder in ("cbioportal", "redcap"):  # parts of an earlier run must not stay
        shutil.rmtree(outdir / "cohort" / folder, ignore_errors=True)
    for name, text in texts.items():
        files.append(f"cohort/{name}")
        write_text(outdir / files[-1], text)
    summary = f"{len(rows)} patients; cBioPortal {len(texts) - 2} files"
    return UnitReport("cohort", "exports", tuple(sorted(files)), (), summary)


def _rules(cohort_name: str, definition: str, settings: SettingsRows) -> list[list[Any]]:
    """Return the second sheet: what the label means and every setting in force."""
    lines: list[list[Any]] = [
        ["cohort", cohort_name],
        ["label", _LABEL],
        ["ikzf1plus_definition", definition],
        [],
        ["genomic_risk", "rule (the first that fits)"],
        *([label, rule] for label, rule in RISK_RULES),
        [],
        ["analysis", "setting", "value", "unit", "source", "confidence"],
    ]
    for analysis, rows in settings.items():
        for row in rows:
            plain = row.value if isinstance(row.value, (int, float, str)) else str(row.value)
            lines.append([analysis, row.key, plain, row.unit, row.source, row.confidence])
    return lines


def _typed_cells(row: RiskRow, names: Names) -> list[str | int | float | None]:
    """Return the cells of a patient; numbers as numbers, blanks as None."""
    cells: list[str | int | float | None] = []
    for text, (_, column, _) in zip(as_texts(row, names), spread(RiskRow, names), strict=True):
        kind = column.kind if column.kind in (int, float) else str
        cells.append(kind(text) if text else None)
    return cells


def _write_parquet(path: Path, rows: Sequence[RiskRow], names: Names) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = [_typed_cells(row, names) for row in rows]
    types = {int: pa.int64(), float: pa.float64()}
    arrays, fields = [], []
    for place, (header, column, _) in enumerate(spread(RiskRow, names)):
        kind = types.get(column.kind, pa.string())
        arrays.append(pa.array([cells[place] for cells in table], type=kind))
        fields.append(pa.field(header, kind))
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), path)


def _write_xlsx(
    path: Path, rows: Sequence[RiskRow], names: Names, rules: Sequence[Sequence[Any]]
) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new workbook has one
    sheet.title = "genomic_risk"
    columns = header_of(RiskRow, names)
    _fill(sheet, [columns])
    _fill(sheet, (_typed_cells(row, names) for row in rows), first=2)
    sheet.freeze_panes = "B2"
    for number, column in enumerate(columns, start=1):
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = max(10, len(column) + 2)
    _fill(book.create_sheet("rules and settings"), rules)
    book.properties.creator = "der22"
    book.properties.created = _NO_TIME
    _save_without_time(book, path)


def _fill(sheet: Any, rows: Iterable[Sequence[Any]], first: int = 1) -> None:
    for number, row in enumerate(rows, start=first):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            if not isinstance(value, str):
                cell.value = value
                continue
            cell.value = _FORBIDDEN.sub("\ufffd", value)[:32767]  # the longest text Excel takes
            if value[:1] in ("=", "+", "-", "@"):
                cell.data_type = "s"  # text, not a formula
                cell.style = "Normal"
                cell.quotePrefix = True  # and stays text when someone edits the cell


def _save_without_time(book: Any, path: Path) -> None:
    """Save a workbook so that the same cells give the same bytes."""
    raw = io.BytesIO()
    book.save(raw)
    partial = path.with_name(path.name + ".partial")
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(partial, "w") as target:
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name == "docProps/core.xml":
                moment = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
                data = re.sub(moment, _NO_TIME.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), data)
            member = zipfile.ZipInfo(name, _NO_TIME.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            target.writestr(member, data)
    partial.replace(path)
