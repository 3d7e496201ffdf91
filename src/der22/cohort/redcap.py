"""A flat file and a data dictionary for REDCap: file name -> text.

One row per patient, and one row per MRD level in the repeating instrument ``mrd``. Days only.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from der22.formats.tables import neutral
from der22.results.cohort import RiskRow
from der22.results.mrd import LevelRow
from der22.results.schema import as_texts, spread

__all__ = ["field_name", "redcap_files"]

_DICTIONARY_COLUMNS = (
    *("Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label"),
    *("Choices, Calculations, OR Slider Labels", "Field Note"),
    *("Text Validation Type OR Show Slider Number", "Text Validation Min", "Text Validation Max"),
    *("Identifier?", "Branching Logic (Show field only if...)", "Required Field?"),
    *("Custom Alignment", "Question Number (surveys only)", "Matrix Group Name"),
    *("Matrix Ranking?", "Field Annotation"),
)
_MRD_FIELDS = (
    *("sample_id", "day", "timepoint", "transcript", "material", "category"),
    *("ratio_percent", "detection_limit_percent", "depth"),
)
_VALIDATION = {float: "number", int: "integer"}


def field_name(column: str) -> str:
    """Return a column as REDCap names variables: lower case, letters, digits and underscores.

    >>> field_name("mrd_blina_c1"), field_name("IKZF1"), field_name("2-x")
    ('mrd_blina_c1', 'ikzf1', 'v_2_x')
    """
    name = re.sub(r"[^a-z0-9_]+", "_", column.lower()).strip("_")
    return name if name[:1].isalpha() else f"v_{name}"


def redcap_files(
    names: Mapping[str, Sequence[str]], risk_rows: Iterable[RiskRow], levels: Iterable[LevelRow]
) -> dict[str, str]:
    """Return the import file and the data dictionary.

    Args:
        names: of the blocks of columns of ``genomic_risk.tsv``, see `results.schema.spread`.
        risk_rows: its rows.
        levels: rows of ``mrd/levels.tsv``.
    """
    kinds = {header: column.kind for header, column, _ in spread(RiskRow, names)}
    del kinds["patient_id"]
    fields = _unique(list(kinds))
    of_level = {header: column.kind for header, column, _ in spread(LevelRow)}
    repeated = {name: f"mrd_{name}" if name != "day" else "mrd_sample_day" for name in _MRD_FIELDS}
    rows: list[list[str]] = [
        [
            *("record_id", "redcap_repeat_instrument", "redcap_repeat_instance"),
            *fields.values(),
            *repeated.values(),
        ]
    ]
    by_patient: dict[str, list[dict[str, str]]] = {}
    for level in levels:
        cells = dict(zip(of_level, as_texts(level), strict=True))
        by_patient.setdefault(level.patient_id, []).append(cells)
    for risk in risk_rows:
        name, *cells_of_patient = as_texts(risk, names)
        rows.append([name, "", "", *cells_of_patient, *("" for _ in repeated)])
        for instance, cells in enumerate(by_patient.get(name, ()), start=1):
            blank = ["" for _ in fields]
            rows.append([name, "mrd", str(instance), *blank, *(cells[key] for key in repeated)])
    dictionary = [list(_DICTIONARY_COLUMNS), _field("record_id", "patient", "patient_id", str)]
    dictionary += [_field(fields[column], "patient", column, kinds[column]) for column in fields]
    dictionary += [_field(repeated[name], "mrd", name, of_level[name]) for name in repeated]
    return {
        "redcap/der22_import.csv": _csv(rows),
        "redcap/der22_data_dictionary.csv": _csv(dictionary),
    }


def _unique(columns: Sequence[str]) -> dict[str, str]:
    """Return column -> variable; a name that is taken gets a number."""
    names: dict[str, str] = {}
    taken = {"record_id", *(f"mrd_{name}" for name in _MRD_FIELDS), "mrd_sample_day"}
    for column in columns:
        name, number = field_name(column), 2
        while name in taken:
            name, number = f"{field_name(column)}_{number}", number + 1
        taken.add(name)
        names[column] = name
    return names


def _field(variable: str, form: str, column: str, kind: type[Any]) -> list[str]:
    row = dict.fromkeys(_DICTIONARY_COLUMNS, "")
    row |= {
        "Variable / Field Name": variable,
        "Form Name": form,
        "Field Type": "text",
        "Field Label": column,
        "Identifier?": "y" if variable == "record_id" else "",
        "Text Validation Type OR Show Slider Number": _VALIDATION.get(kind, ""),
    }
    return [row[name] for name in _DICTIONARY_COLUMNS]


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(map(neutral, row) for row in rows)
    return text.getvalue()
