"""The columns of the five sheets: name, kind, what is allowed; one table each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "MLPA_COLUMNS",
    "MRD_COLUMNS",
    "PATIENT_COLUMNS",
    "PLATE_COLUMNS",
    "SANGER_COLUMNS",
    "CellKind",
    "Column",
]


class CellKind(StrEnum):
    """What a cell must be."""

    IDENTIFIER = "identifier"
    TEXT = "text"
    WORD = "word"
    WHOLE = "whole number"
    NUMBER = "number"
    DATE = "date"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    Attributes:
        name: as in the header.
        kind: what a cell must be.
        meaning: one sentence for the manual.
        required: a blank cell is an error.
        words: the only words allowed, for kind word.
        minimum: smallest number allowed.
        maximum: largest number allowed.
        is_percent: a number may carry its sign, as in 45%.
    """

    name: str
    kind: CellKind
    meaning: str
    required: bool = False
    words: tuple[str, ...] = ()
    minimum: float = -math.inf
    maximum: float = math.inf
    is_percent: bool = False


def _moment(event: str, meaning: str) -> tuple[Column, Column]:
    day = "day" if not event else f"{event}_day"
    date = "date" if not event else f"{event}_date"
    return (
        Column(
            day,
            CellKind.WHOLE,
            f"{meaning}; day 0 = start of the TKI",
            minimum=-36525,
            maximum=36525,
        ),
        Column(
            date, CellKind.DATE, "the same as a date (YYYY-MM-DD); needs day_zero of the patient"
        ),
    )


PATIENT_COLUMNS: tuple[Column, ...] = (
    Column(
        "patient_id", CellKind.IDENTIFIER, "unique name of the patient; no real name", required=True
    ),
    Column("sex", CellKind.WORD, "sex", words=("F", "M")),
    Column("age_years", CellKind.NUMBER, "age at diagnosis", minimum=0, maximum=120),
    Column("wbc_per_mm3", CellKind.NUMBER, "white blood cells per mm3 at diagnosis", minimum=0),
    Column("fusion", CellKind.WORD, "BCR::ABL1 transcript", words=("p190", "p210", "p190+p210")),
    Column("day_zero", CellKind.DATE, "date of day 0, the start of the TKI"),
    Column("erg_deletion", CellKind.WORD, "ERG deletion, from another test", words=("yes", "no")),
    *_moment("chr", "complete haematologic response"),
    *_moment("relapse", "first relapse"),
    Column(
        "relapse_site",
        CellKind.WORD,
        "site of relapse",
        words=("hematologic", "cns", "nodal", "other"),
    ),
    *_moment("transplant", "allogeneic transplantation"),
    *_moment("death", "death"),
    *_moment("last_contact", "last contact"),
    Column("cycles_started", CellKind.WHOLE, "blinatumomab cycles begun", minimum=0, maximum=99),
)

MLPA_COLUMNS: tuple[Column, ...] = (
    Column("run_id", CellKind.IDENTIFIER, "unit of normalisation: one PCR run", required=True),
    Column("sample_id", CellKind.IDENTIFIER, "unique within the run", required=True),
    Column(
        "role", CellKind.WORD, "what the sample is for", required=True,
        words=("patient", "reference", "no_dna", "positive_control"),
    ),
    Column("patient_id", CellKind.IDENTIFIER, "required for role patient"),
    *_moment("", "day of sampling"),
    Column(
        "blast_percent", CellKind.NUMBER, "leukaemic cells in the sample", minimum=0, maximum=100,
        is_percent=True,
    ),
    Column("path", CellKind.PATH, ".fsa file, or a peak table", required=True),
    Column("probemix", CellKind.PATH, "probemix sheet of the lot; default from config"),
    Column("size_standard", CellKind.TEXT, "shipped name or path of a sheet; default from config"),
    Column("well", CellKind.TEXT, "plate well"),
)  # fmt: skip

SANGER_COLUMNS: tuple[Column, ...] = (
    Column("patient_id", CellKind.IDENTIFIER, "required for role sample"),
    Column(
        "sample_id", CellKind.IDENTIFIER, "reads of one sample are called together", required=True
    ),
    *_moment("", "day of sampling"),
    Column("read_id", CellKind.IDENTIFIER, "unique name of the read", required=True),
    Column(
        "role", CellKind.WORD, "sample (default) or control", words=("sample", "wild_type_control")
    ),
    Column("path", CellKind.PATH, ".ab1 or .scf file", required=True),
    Column("run_id", CellKind.IDENTIFIER, "controls serve the samples of the same run"),
    Column("primer", CellKind.TEXT, "primer as the laboratory names it; only compared"),
)

PLATE_COLUMNS: tuple[Column, ...] = (
    Column(
        "plate_id",
        CellKind.IDENTIFIER,
        "rows of one plate_id are parts of one plate",
        required=True,
    ),
    Column("path", CellKind.PATH, "instrument export or copies table", required=True),
    Column("run", CellKind.TEXT, "name inside a file with several runs"),
    Column("fusion_target", CellKind.TEXT, "name of BCR::ABL1 in the file; - = not in this file"),
    Column("control_target", CellKind.TEXT, "name of ABL1 in the file; - = not in this file"),
    Column(
        "transcript", CellKind.WORD, "transcript that the plate measures", words=("p190", "p210")
    ),
    Column(
        "conversion_factor", CellKind.NUMBER, "to the International Scale; p210 only", maximum=100
    ),
    Column("cycles", CellKind.WHOLE, "cycles of the run", minimum=1, maximum=100),
)

MRD_COLUMNS: tuple[Column, ...] = (
    Column("patient_id", CellKind.IDENTIFIER, "of the patients sheet", required=True),
    Column("sample_id", CellKind.IDENTIFIER, "unique together with plate_id", required=True),
    *_moment("", "day of sampling"),
    Column("timepoint", CellKind.TEXT, "label of config; wins over the windows"),
    Column(
        "material", CellKind.WORD, "bone marrow (default) or peripheral blood", words=("BM", "PB")
    ),
    Column("plate_id", CellKind.IDENTIFIER, "of the plates sheet", required=True),
    Column("plate_sample", CellKind.TEXT, "its name in the plate file; default sample_id"),
)
