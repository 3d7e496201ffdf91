"""Rules of clinical tables and timelines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from portal_rules.study import ERROR, NULLS, WARNING, Study, Table, require

MONTHS = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
BAD_IN_ID = re.compile(r"[^A-Za-z0-9._()\[\]',+\-:;]")
#: clinical attribute -> (level or blank for both, datatype)
PREDEFINED = {
    **dict.fromkeys(("AGE", "OS_MONTHS", "DFS_MONTHS"), ("patient", "NUMBER")),
    **dict.fromkeys(("SEX", "GENDER", "OS_STATUS", "DFS_STATUS"), ("patient", "STRING")),
    **dict.fromkeys(("PATIENT_DISPLAY_NAME", "TUMOR_SITE"), ("patient", "STRING")),
    **dict.fromkeys(("SAMPLE_TYPE", "SAMPLE_CLASS", "SAMPLE_DISPLAY_NAME"), ("sample", "STRING")),
    **dict.fromkeys(("METASTATIC_SITE", "PRIMARY_SITE", "OTHER_SAMPLE_ID"), ("sample", "STRING")),
    **dict.fromkeys(("TUMOR_TISSUE_SITE", "TUMOR_TYPE"), ("sample", "STRING")),
    **dict.fromkeys(("CANCER_TYPE", "CANCER_TYPE_DETAILED", "HISTOLOGY"), ("", "STRING")),
    "KNOWN_MOLECULAR_CLASSIFIER": ("", "STRING"),
}
_DFS = {"DiseaseFree"}, {"Recurred/Progressed", "Recurred", "Progressed"}
STATUS = {
    "OS_STATUS": {"LIVING", "DECEASED", "0:LIVING", "1:DECEASED"},
    "DFS_STATUS": _DFS[0] | _DFS[1] | {f"0:{w}" for w in _DFS[0]} | {f"1:{w}" for w in _DFS[1]},
}


def _check_attributes(study: Study, table: Table, level: str) -> None:
    at = table.header_line
    for column, datatype in zip(table.columns, table.comments[2], strict=True):
        if not column.isupper():
            study.add(ERROR, table.name, at, f"attribute is not in capitals: {column}")
        if column in ("MUTATION_COUNT", "FRACTION_GENOME_ALTERED"):
            study.add(ERROR, table.name, at, f"the portal counts this itself: {column}")
        place, kind = PREDEFINED.get(column, ("", datatype))
        if place not in ("", level):
            study.add(ERROR, table.name, at, f"{column} belongs to the {place} file")
        if kind != datatype:
            study.add(ERROR, table.name, 3, f"{column} must be {kind}, not {datatype}")


def _check_values(study: Study, table: Table) -> None:
    kinds = dict(zip(table.columns, table.comments[2], strict=True))
    for line, row in table.rows:
        for column, value in ((column, cell.strip()) for column, cell in row.items()):
            is_null, is_id = value.lower() in NULLS, column in ("PATIENT_ID", "SAMPLE_ID")
            if is_id and is_null:
                study.add(ERROR, table.name, line, f"{column} reads as missing: {value}")
            elif is_id and BAD_IN_ID.search(value):
                study.add(ERROR, table.name, line, f"{column} with other characters: {value}")
            elif not is_null and not _fits(value, "STRING" if is_id else kinds[column]):
                study.add(ERROR, table.name, line, f"{column} is no {kinds[column]}: {value}")
            if "DATE" not in column.upper() and _is_spreadsheet_date(value):
                study.add(ERROR, table.name, line, f"{column} reads as a date: {value}")


def _fits(value: str, kind: str) -> bool:
    if kind == "BOOLEAN":
        return value in ("TRUE", "FALSE")
    try:
        return kind == "STRING" or float(value.removeprefix("<").removeprefix(">")) is not None
    except ValueError:
        return False


def _is_spreadsheet_date(value: str) -> bool:
    parts = value.lower().split("-")
    return len(parts) == 2 and not set(value) & set(",.:;") and bool(MONTHS & set(parts))


def check_sample_table(study: Study, table: Table) -> None:
    """Check the samples and remember whose they are."""
    if not require(study, table, "SAMPLE_ID", "PATIENT_ID"):
        return
    _check_attributes(study, table, "sample")
    _check_values(study, table)
    for line, row in table.rows:
        sample_id = row["SAMPLE_ID"].strip()
        if len(sample_id) > 63:
            study.add(ERROR, table.name, line, f"SAMPLE_ID longer than 63: {sample_id}")
        elif sample_id in study.samples:
            study.add(ERROR, table.name, line, f"sample defined twice: {sample_id}")
        study.samples[sample_id] = row["PATIENT_ID"].strip()
    study.sample_attributes = set(table.columns) - {"PATIENT_ID", "SAMPLE_ID"}


def check_patient_table(study: Study, table: Table) -> None:
    """Check the patients against the samples."""
    if not require(study, table, "PATIENT_ID"):
        return
    _check_attributes(study, table, "patient")
    _check_values(study, table)
    for column in sorted(({"SAMPLE_ID"} | study.sample_attributes) & set(table.columns)):
        study.add(ERROR, table.name, table.header_line, f"belongs to the sample file: {column}")
    for prefix in ("OS", "DFS"):
        if not {f"{prefix}_STATUS", f"{prefix}_MONTHS"} <= set(table.columns):
            study.add(WARNING, table.name, 0, f"no {prefix} curve without status and months")
    with_samples = set(study.samples.values())
    counts = Counter(row["PATIENT_ID"].strip() for _, row in table.rows)
    for line, row in table.rows:
        patient_id = row["PATIENT_ID"].strip()
        if counts[patient_id] > 1:
            study.add(ERROR, table.name, line, f"patient given more than once: {patient_id}")
        if patient_id not in with_samples:
            study.add(WARNING, table.name, line, f"patient without a sample: {patient_id}")
        _check_survival(study, table, line, row)
    for patient_id in sorted(with_samples - set(counts)):
        study.add(WARNING, table.name, 0, f"patient of a sample has no row: {patient_id}")


def _check_survival(study: Study, table: Table, line: int, row: Mapping[str, str]) -> None:
    for column in (c for c in row if c.endswith("_STATUS")):
        value, months = row[column].strip(), row.get(column[:-6] + "MONTHS")
        if months is None or value.lower() in NULLS:
            continue
        if column in STATUS and value not in STATUS[column]:
            study.add(ERROR, table.name, line, f"{column} with another word: {value}")
        if column not in STATUS and not re.match("[01]:", value):
            study.add(ERROR, table.name, line, f"{column} does not begin with 0: or 1:: {value}")
        if value == "1:DECEASED" and months.strip().lower() in NULLS:
            study.add(WARNING, table.name, line, "dead without OS_MONTHS; not in the curve")


def check_timeline(study: Study, table: Table) -> None:
    """Check the events of patients."""
    wanted = ["PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE"]
    if table.columns[:4] != wanted:
        study.add(ERROR, table.name, table.header_line, f"does not begin with {wanted}")
        return
    patients = set(study.samples.values())
    shapes = {"circle", "square", "triangle", "diamond", "star", "camera"}
    for line, row in table.rows:
        if not re.fullmatch(r"-*\d+", row["START_DATE"].strip()):
            study.add(ERROR, table.name, line, f"START_DATE is no day: {row['START_DATE']}")
        if not re.fullmatch(r"([+-]?\d+)?", row["STOP_DATE"].strip()):  # the importer stops here
            study.add(ERROR, table.name, line, f"STOP_DATE is no day: {row['STOP_DATE']}")
        if row["PATIENT_ID"] not in patients:  # the importer skips such a row
            study.add(WARNING, table.name, line, f"event of nobody: {row['PATIENT_ID']}")
        if not re.fullmatch("#[0-9A-Fa-f]{6}", row.get("STYLE_COLOR", "#000000")):
            study.add(ERROR, table.name, line, f"STYLE_COLOR: {row['STYLE_COLOR']}")
        if row.get("STYLE_SHAPE", "star").lower() not in shapes:
            study.add(ERROR, table.name, line, f"STYLE_SHAPE: {row['STYLE_SHAPE']}")
