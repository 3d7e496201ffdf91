"""The probemix sheet: which probe runs where, which gene and exon it measures, what it is for."""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from der22.errors import InputError, InputProblem
from der22.flags import Severity
from der22.formats.grid import is_made_date
from der22.formats.numbers import LONGEST_FRAGMENT_NT, NumberColumn
from der22.formats.sheets import read_sheet

__all__ = [
    "Probe",
    "ProbeRole",
    "Probemix",
    "ProbemixProblem",
    "read_probemix",
    "validate_probemix",
]


class ProbeRole(StrEnum):
    """What a fragment of the mix is for."""

    TARGET = "target"
    REFERENCE = "reference"
    QUANTITY = "quantity"
    DENATURATION = "denaturation"
    BENCHMARK = "benchmark"
    SEX_X = "sex_x"
    SEX_Y = "sex_y"


@dataclass(frozen=True, slots=True)
class Probe:
    """One fragment of the mix: one row of the sheet.

    Attributes:
        probe_id: unique within the mix.
        length_nt: expected length; the observed size differs by up to 4 nt.
        gene: gene symbol, '' where the sheet says nothing.
        exon: exon as the laboratory writes it, '' where the sheet says nothing.
        role: a word of `ProbeRole`; kept as text so that a wrong word can be reported.
        chrom: chromosome without ``chr``, None = not known.
        start: first base on GRCh38, 1-based, None = not known.
        end: last base on GRCh38, None = not known.
        order: position along the chromosome within the gene, None = not known.
    """

    probe_id: str
    length_nt: float
    gene: str
    exon: str
    role: str
    chrom: str | None = None
    start: int | None = None
    end: int | None = None
    order: float | None = None


@dataclass(frozen=True, slots=True)
class Probemix:
    """A probemix of one lot.

    Attributes:
        name: the head's ``probemix``, else the stem of the file.
        probes: in sheet order.
        head: ``# key: value`` lines: probemix, version, lot, status, genome.
    """

    name: str
    probes: tuple[Probe, ...]
    head: Mapping[str, str]

    @property
    def is_synthetic(self) -> bool:
        """Whether the sheet is invented and must not be used for patients."""
        return self.head.get("status", "").lower() == "synthetic"

    def of_role(self, *roles: str) -> tuple[Probe, ...]:
        """Return the probes with one of `roles`, in sheet order."""
        return tuple(probe for probe in self.probes if probe.role in roles)


@dataclass(frozen=True, slots=True)
class ProbemixProblem:
    """One rule of a probemix sheet that is not kept.

    Attributes:
        level: error (the sheet cannot be used) or warning.
        message: what, which probe, what to do.
        probe_id: the probe meant, None for the whole sheet.
    """

    level: Severity
    message: str
    probe_id: str | None = None


_REQUIRED = ("probe_id", "length_nt", "gene", "exon", "role")
_COLUMNS = (*_REQUIRED, "chrom", "start", "end", "order")
#: columns of numbers and the largest that each can hold: no probe is longer, no chromosome either
_NUMBERS = {"length_nt": LONGEST_FRAGMENT_NT, "start": 3e8, "end": 3e8, "order": math.inf}
_MIN_REFERENCE_ERROR, _MIN_REFERENCE_WARNING = 3, 8
_MIN_DISTANCE_NT = 4.0

#: METHOD: regions that B-cell leukaemia often loses or gains, where a reference probe is unsafe.
#: Bands of GRCh38 (UCSC cytoBand), bounds in Mb; None = the whole chromosome.
_UNSAFE_REGIONS: tuple[tuple[str, str, float, float], ...] = (
    ("5q33", "5", 150.4, 160.5),
    ("7p12", "7", 45.4, 53.9),
    ("9p", "9", 0.0, 43.0),
    ("12p13", "12", 0.0, 14.6),
    ("12q21", "12", 71.1, 92.2),
    ("13q14", "13", 39.5, 54.7),
    ("21q", "21", 12.0, 47.0),
    ("X", "X", 0.0, 1000.0),
    ("Y", "Y", 0.0, 1000.0),
)
_WHOLE_CHROMOSOMES = {"21": "21q", "X": "X", "Y": "Y"}


def read_probemix(path: Path | str) -> Probemix:
    """Read a probemix sheet (.tsv, .csv or .xlsx) without judging it; see `validate_probemix`.

    Raises:
        InputError: the file cannot be opened, a column is missing or unknown, or a cell cannot be
            read; every such problem is listed.
    """
    path = Path(path)
    sheet = read_sheet(path, "probemix", heading=str.lower)
    source, row = sheet.source, sheet.header_row
    problems = [
        *sheet.problems,
        *(
            InputProblem(source, "this column is needed", row, column)
            for column in _REQUIRED
            if column not in sheet.columns
        ),
    ]
    for column in sheet.columns:
        if column and column not in _COLUMNS and not column.startswith("x_"):
            near = difflib.get_close_matches(column, _COLUMNS, n=1, cutoff=0.0)[0]
            message = f"unknown column; the nearest known one is {near} (own columns begin with x_)"
            problems.append(InputProblem(source, message, row, column))
    numbers: dict[str, NumberColumn] = {}
    for column, maximum in _NUMBERS.items():
        low = -math.inf if column == "order" else 0.0
        numbers[column], unclear = sheet.numbers(column, low, maximum)
        problems += unclear
    if problems:
        raise InputError(problems)
    read = [_read_probe(path.name, row, cell, numbers, problems) for row, cell in sheet.numbered()]
    probes = tuple(probe for probe in read if probe is not None)
    if problems:
        raise InputError(problems)
    head: dict[str, str] = {}
    for comment in sheet.comments:
        key, colon, value = comment.lstrip("# ").partition(":")
        if colon:
            head[key.strip().lower()] = value.strip()
    return Probemix(head.get("probemix", path.stem), probes, MappingProxyType(head))


def validate_probemix(probemix: Probemix) -> list[ProbemixProblem]:
    """Return every rule the sheet breaks, errors first.

    Errors: duplicate id, duplicate length, duplicate order within a gene, unknown role, fewer than
    three reference probes. Warnings: two probes closer than 4 nt, fewer than eight reference
    probes, a reference probe in a region that leukaemia often loses or gains.
    """
    probes, problems = probemix.probes, []
    for probe_id, count in Counter(probe.probe_id for probe in probes).items():
        if count > 1:
            message = f"{probe_id} stands {count} times"
            problems.append(ProbemixProblem(Severity.ERROR, message, probe_id))
    for length, count in Counter(probe.length_nt for probe in probes).items():
        if count > 1:
            names = ", ".join(p.probe_id for p in probes if p.length_nt == length)
            message = f"{names} have the same length {length:g} nt"
            problems.append(ProbemixProblem(Severity.ERROR, message))
    places = Counter((p.gene, p.order) for p in probemix.of_role(ProbeRole.TARGET) if p.gene)
    for (gene, order), count in places.items():
        if count > 1 and order is not None:
            message = f"{gene}: order {order:g} is given to {count} probes"
            problems.append(ProbemixProblem(Severity.ERROR, message))
    known = [role.value for role in ProbeRole]
    for probe in probes:
        if probe.role not in known:
            near = difflib.get_close_matches(probe.role, known, n=1, cutoff=0.0)[0]
            message = f"{probe.probe_id}: unknown role {probe.role!r}; the nearest known is {near}"
            problems.append(ProbemixProblem(Severity.ERROR, message, probe.probe_id))
    # Control fragments are made to lie 3-6 nt apart; only probes compete for bins.
    competing = probemix.of_role(ProbeRole.TARGET, ProbeRole.REFERENCE)
    for left, right in pairwise(sorted(competing, key=lambda probe: probe.length_nt)):
        distance = right.length_nt - left.length_nt
        if 0 < distance < _MIN_DISTANCE_NT:
            message = (
                f"{left.probe_id} and {right.probe_id} are only {distance:g} nt apart; "
                "their peaks may be confused"
            )
            problems.append(ProbemixProblem(Severity.WARNING, message, right.probe_id))
    references = probemix.of_role(ProbeRole.REFERENCE)
    if len(references) < _MIN_REFERENCE_ERROR:
        message = f"{len(references)} reference probes, at least {_MIN_REFERENCE_ERROR} are needed"
        problems.append(ProbemixProblem(Severity.ERROR, message))
    elif len(references) < _MIN_REFERENCE_WARNING:
        message = f"only {len(references)} reference probes; eight or more are safer"
        problems.append(ProbemixProblem(Severity.WARNING, message))
    for probe in references:
        if region := _unsafe_region(probe):
            message = (
                f"reference probe {probe.probe_id} lies in {region}, which leukaemia often loses "
                "or gains"
            )
            problems.append(ProbemixProblem(Severity.WARNING, message, probe.probe_id))
    return sorted(problems, key=lambda problem: problem.level is not Severity.ERROR)


def _read_probe(
    source: str,
    row: int,
    cell: Mapping[str, str],
    numbers: Mapping[str, NumberColumn],
    problems: list[InputProblem],
) -> Probe | None:
    before = len(problems)
    if not cell["probe_id"]:
        problems.append(InputProblem(source, "give the probe a name", row, "probe_id"))
    for column in ("probe_id", "gene", "exon"):
        if is_made_date(cell[column]):
            message = "looks like a date that a spreadsheet made; format the column as text"
            problems.append(InputProblem(source, message, row, column, cell[column]))
    values: dict[str, float | None] = {}
    for column, style in numbers.items():
        text = cell.get(column, "")
        value = values[column] = style.read(text) if text else None
        if text and (value is None or (value <= 0 and column != "order")):
            message = "is not a number that can stand here"
            problems.append(InputProblem(source, message, row, column, text))
        elif column == "length_nt" and not text:
            problems.append(InputProblem(source, "give the expected length in nt", row, column))
    length, start, end = values["length_nt"], values["start"], values["end"]
    if length is None or len(problems) > before:
        return None
    return Probe(
        probe_id=cell["probe_id"],
        length_nt=length,
        gene=cell["gene"],
        exon=cell["exon"].removesuffix(".0"),
        role=cell["role"],
        chrom=cell.get("chrom", "").removeprefix("chr").removesuffix(".0") or None,
        start=None if start is None else int(start),
        end=None if end is None else int(end),
        order=values["order"],
    )


def _unsafe_region(probe: Probe) -> str | None:
    if probe.chrom is None:
        return None
    if probe.start is None:
        return _WHOLE_CHROMOSOMES.get(probe.chrom)
    place = probe.start / 1e6
    for name, chrom, first, last in _UNSAFE_REGIONS:
        if probe.chrom == chrom and first <= place <= last:
            return name
    return None
