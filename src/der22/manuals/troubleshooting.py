"""The page that explains every flag code, rendered from the codes themselves.

``python -m der22.manuals.troubleshooting`` prints ``docs/troubleshooting.md``; a test keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence

from der22.cohort.codes import CODES as COHORT_CODES
from der22.flags import FlagKind, Severity
from der22.mlpa.codes import CODES as MLPA_CODES
from der22.mrd.codes import CODES as MRD_CODES
from der22.sanger.codes import CODES as SANGER_CODES

__all__ = ["INPUT_CODES", "all_codes", "render_page"]

INPUT_CODES = (
    FlagKind(
        "SHEET_WARNING",
        Severity.WARNING,
        "A sheet is allowed but doubtful, such as a probemix with few reference probes.",
        "Read the sentence and mend the sheet if it is right.",
    ),
    FlagKind(
        "UNIT_IMPLAUSIBLE",
        Severity.WARNING,
        "All numbers of a column look as if they were written in another unit.",
        "Write white cells per mm3 and leukaemic cells in percent; the run goes on as they stand.",
    ),
    FlagKind(
        "FILE_COPIED",
        Severity.WARNING,
        "Two rows of a sheet name raw files of one content.",
        "Find the right file of one of the two; a copied trace gives one patient another's result.",
    ),
    FlagKind(
        "PERSONAL_DATA",
        Severity.WARNING,
        "A cell or column of a sheet looks like a name or a birth date.",
        "Use pseudonyms and days, remove the column, and make the results again: they may carry "
        "it.",
    ),
    FlagKind(
        "CONTROL_CHARACTERS",
        Severity.NOTE,
        "Names in an instrument file hold characters that cannot be printed; tables go without.",
        "Name samples and targets in the instrument software with letters and digits.",
    ),
    FlagKind(
        "SYNONYM_READ",
        Severity.NOTE,
        "A heading or word of a sheet is not der22's own but can mean one thing only.",
        "None; `resources/synonyms.tsv` lists what is understood.",
    ),
)

_HEAD = """\
# Troubleshooting by code

Every flag that der22 can raise, made from the program's own list
(`python -m der22.manuals.troubleshooting`). The sentence in `problems.tsv` names file, place, value
and remedy of the case at hand; this page says what a code means in general. An *error* means that
the file, sample or run gives no result; a *warning* that the result stands but somebody should
look; a *note* changes nothing.
"""


def all_codes() -> list[tuple[str, Sequence[FlagKind]]]:
    """Return (title, codes) of every part of der22."""
    return [
        ("Sheets", INPUT_CODES),
        ("MLPA", MLPA_CODES),
        ("Sanger", SANGER_CODES),
        ("MRD", MRD_CODES),
        ("Cohort", COHORT_CODES),
    ]


def render_page() -> str:
    """Return ``docs/troubleshooting.md``."""
    parts = [_HEAD]
    for title, codes in all_codes():
        parts.append(f"## {title}\n")
        parts += [
            f"### {kind.code}\n\n*{kind.level}* — {kind.meaning}\n\n**What to do:** {kind.remedy}\n"
            for kind in sorted(codes, key=lambda kind: kind.code)
        ]
    return "\n".join(parts)


if __name__ == "__main__":
    import sys

    sys.stdout.write(render_page())
