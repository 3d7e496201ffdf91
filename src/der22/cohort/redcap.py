"""A flat file and a data dictionary for REDCap: file name -> text.

One row per patient, and one row per MRD level in the repeating instrument ``mrd``. Days only.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from der22.cohort.assays import TextRow
from der22.formats.tables import neutral

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
_NUMBERS = {"age_years", "wbc_per_mm3", "ratio_percent", "detection_limit_percent"}


def field_name(column: str) -> str:
    """Return a column as REDCap names variables: lower case, letters, digits and underscores.

    >>> field_name("mrd_blina_c1"), field_name("IKZF1"), field_name("2-x")
    ('mrd_blina_c1', 'ikzf1', 'v_2_x')
    """
    name = re.sub(r"[^a-z0-9_]+", "_", column.lower()).strip("_")
    return name if name[:1].isalpha() else f"v_{name}"


def redcap_files(
    columns: Sequence[str], risk_rows: Iterable[TextRow], levels: Iterable[TextRow]
) -> dict[str, str]:
    """Return the import file and the data dictionary.

    Args:
        columns: header of ``genomic_risk.tsv``.
        risk_rows: its rows.
        levels: rows of ``mrd/levels.tsv``.
    """
    fields = _unique([column for column in columns if column != "patient_id"])
    repeated = {name: f"mrd_{name}" if name != "day" else "mrd_sample_day" for name in _MRD_FIELDS}
    header = [
        *("record_id", "redcap_repeat_instrument", "redcap_repeat_instance"),
        *fields.values(),
        *repeated.values(),
    ]
    by_patient: dict[str, list[TextRow]] = {}
    for level in levels:
        by_patient.setdefault(level["patient_id"], []).append(level)
    rows: list[list[str]] = []
    for risk in risk_rows:
        name = risk["patient_id"]
        rows.append([name, "", "", *(risk[column] for column in fields), *("" for _ in repeated)])
        for instance, level in enumerate(by_patient.get(name, ()), start=1):
            blank = ["" for _ in fields]
            rows.append([name, "mrd", str(instance), *blank, *(level[key] for key in repeated)])
    return {
        "redcap/der22_import.csv": _csv([header, *rows]),
        "redcap/der22_data_dictionary.csv": _csv(_dictionary(fields, repeated)),
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


def _dictionary(fields: Mapping[str, str], repeated: Mapping[str, str]) -> list[list[str]]:
    rows = [_field("record_id", "patient", "patient_id")]
    rows += [_field(variable, "patient", column) for column, variable in fields.items()]
    rows += [_field(variable, "mrd", column) for column, variable in repeated.items()]
    return [list(_DICTIONARY_COLUMNS), *rows]


def _field(variable: str, form: str, column: str) -> list[str]:
    row = dict.fromkeys(_DICTIONARY_COLUMNS, "")
    row |= {
        "Variable / Field Name": variable,
        "Form Name": form,
        "Field Type": "text",
        "Field Label": column,
        "Identifier?": "y" if variable == "record_id" else "",
    }
    if column in _NUMBERS:
        row["Text Validation Type OR Show Slider Number"] = "number"
    elif column == "day" or column.endswith("_day"):
        row["Text Validation Type OR Show Slider Number"] = "integer"
    return [row[name] for name in _DICTIONARY_COLUMNS]


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(map(neutral, row) for row in rows)
    return text.getvalue()
