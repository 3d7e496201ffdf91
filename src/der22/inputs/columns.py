"""The columns of the five sheets: name, kind, what is allowed; one table each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "MLPA_COLUMNS",
    "MRD_COLUMNS",
    "PATIENT_COLUMNS",
    "PLATE_COLUMNS",
    "SANGER_COLUMNS",
    "Column",
    "Kind",
]


class Kind(StrEnum):
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
    kind: Kind
    meaning: str
    required: bool = False
    words: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    is_percent: bool = False


def _moment(event: str, meaning: str) -> tuple[Column, Column]:
    day = "day" if not event else f"{event}_day"
    date = "date" if not event else f"{event}_date"
    return (
        Column(
            day, Kind.WHOLE, f"{meaning}; day 0 = start of the TKI", minimum=-36525, maximum=36525
        ),
        Column(date, Kind.DATE, "the same as a date (YYYY-MM-DD); needs day_zero of the patient"),
    )


PATIENT_COLUMNS: tuple[Column, ...] = (
    Column(
        "patient_id", Kind.IDENTIFIER, "unique name of the patient; no real name", required=True
    ),
    Column("sex", Kind.WORD, "sex", words=("F", "M")),
    Column("age_years", Kind.NUMBER, "age at diagnosis", minimum=0, maximum=120),
    Column("wbc_per_mm3", Kind.NUMBER, "white blood cells per mm3 at diagnosis", minimum=0),
    Column("fusion", Kind.WORD, "BCR::ABL1 transcript", words=("p190", "p210", "p190+p210")),
    Column("day_zero", Kind.DATE, "date of day 0, the start of the TKI"),
    Column("erg_deletion", Kind.WORD, "ERG deletion, from another test", words=("yes", "no")),
    *_moment("chr", "complete haematologic response"),
    *_moment("relapse", "first relapse"),
    Column(
        "relapse_site", Kind.WORD, "site of relapse", words=("hematologic", "cns", "nodal", "other")
    ),
    *_moment("transplant", "allogeneic transplantation"),
    *_moment("death", "death"),
    *_moment("last_contact", "last contact"),
    Column("cycles_started", Kind.WHOLE, "blinatumomab cycles begun", minimum=0, maximum=99),
)

MLPA_COLUMNS: tuple[Column, ...] = (
    Column("run_id", Kind.IDENTIFIER, "unit of normalisation: one PCR run", required=True),
    Column("sample_id", Kind.IDENTIFIER, "unique within the run", required=True),
    Column(
        "role", Kind.WORD, "what the sample is for", required=True,
        words=("patient", "reference", "no_dna", "positive_control"),
    ),
    Column("patient_id", Kind.IDENTIFIER, "required for role patient"),
    *_moment("", "day of sampling"),
    Column(
        "blast_percent", Kind.NUMBER, "leukaemic cells in the sample", minimum=0, maximum=100,
        is_percent=True,
    ),
    Column("path", Kind.PATH, ".fsa file, or a peak table", required=True),
    Column("probemix", Kind.PATH, "probemix sheet of the lot; default from config"),
    Column("size_standard", Kind.TEXT, "shipped name or path of a sheet; default from config"),
    Column("well", Kind.TEXT, "plate well"),
)  # fmt: skip

SANGER_COLUMNS: tuple[Column, ...] = (
    Column("patient_id", Kind.IDENTIFIER, "required for role sample"),
    Column("sample_id", Kind.IDENTIFIER, "reads of one sample are called together", required=True),
    *_moment("", "day of sampling"),
    Column("read_id", Kind.IDENTIFIER, "unique name of the read", required=True),
    Column("role", Kind.WORD, "sample (default) or control", words=("sample", "wild_type_control")),
    Column("path", Kind.PATH, ".ab1 or .scf file", required=True),
    Column("run_id", Kind.IDENTIFIER, "controls serve the samples of the same run"),
    Column("primer", Kind.TEXT, "primer as the laboratory names it; only compared"),
)

PLATE_COLUMNS: tuple[Column, ...] = (
    Column(
        "plate_id", Kind.IDENTIFIER, "rows of one plate_id are parts of one plate", required=True
    ),
    Column("path", Kind.PATH, "instrument export or copies table", required=True),
    Column("run", Kind.TEXT, "name inside a file with several runs"),
    Column("fusion_target", Kind.TEXT, "name of BCR::ABL1 in the file; - = not in this file"),
    Column("control_target", Kind.TEXT, "name of ABL1 in the file; - = not in this file"),
    Column("transcript", Kind.WORD, "transcript that the plate measures", words=("p190", "p210")),
    Column("conversion_factor", Kind.NUMBER, "to the International Scale; p210 only", maximum=100),
    Column("cycles", Kind.WHOLE, "cycles of the run", minimum=1, maximum=100),
)

MRD_COLUMNS: tuple[Column, ...] = (
    Column("patient_id", Kind.IDENTIFIER, "of the patients sheet", required=True),
    Column("sample_id", Kind.IDENTIFIER, "unique together with plate_id", required=True),
    *_moment("", "day of sampling"),
    Column("timepoint", Kind.TEXT, "label of config; wins over the windows"),
    Column("material", Kind.WORD, "bone marrow (default) or peripheral blood", words=("BM", "PB")),
    Column("plate_id", Kind.IDENTIFIER, "of the plates sheet", required=True),
    Column("plate_sample", Kind.TEXT, "its name in the plate file; default sample_id"),
)
