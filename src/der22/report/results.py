"""A results folder as the pages read it: the tables of some patients, each file opened once."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from der22.formats.tables import original

__all__ = [
    "PatientResults",
    "Row",
    "as_float",
    "rank_problems",
    "read_codes",
    "read_last_levels",
    "read_patients",
    "read_risks",
    "read_rows",
    "written_folders",
]

#: one row of a table as it was written: column -> text, '' = not known
Row = Mapping[str, str]

_LEVELS = {"error": 0, "warning": 1, "note": 2}


@dataclass(slots=True)
class PatientResults:
    """Every row of the results that concerns one patient; an empty list where nothing was done.

    Attributes:
        risk: row of ``cohort/genomic_risk.tsv``, empty when the table is not there.
        ikzf1: rows of ``mlpa/ikzf1.tsv``.
        sample_qc: rows of ``sample_qc.tsv`` of the patient's MLPA samples, with run_id added.
        genes: rows of ``gene_calls.tsv``, with run_id added.
        probes: rows of ``probe_ratios.tsv``, with run_id added.
        abl1: rows of ``sanger/abl1.tsv``.
        variants: sample_id -> rows of ``variants.tsv``.
        codons: sample_id -> rows of ``codons.tsv``.
        reads: sample_id -> rows of ``reads.tsv``.
        traces: sample_id -> content of ``traces.json``.
        levels: rows of ``mrd/levels.tsv``.
        series: rows of ``mrd/series.tsv``.
        problems: rows of ``problems.tsv`` about the patient or a sample, read or plate of it.
    """

    risk: Row = field(default_factory=dict)
    ikzf1: list[Row] = field(default_factory=list)
    sample_qc: list[Row] = field(default_factory=list)
    genes: list[Row] = field(default_factory=list)
    probes: list[Row] = field(default_factory=list)
    abl1: list[Row] = field(default_factory=list)
    variants: dict[str, list[Row]] = field(default_factory=dict)
    codons: dict[str, list[Row]] = field(default_factory=dict)
    reads: dict[str, list[Row]] = field(default_factory=dict)
    traces: dict[str, Any] = field(default_factory=dict)
    levels: list[Row] = field(default_factory=list)
    series: list[Row] = field(default_factory=list)
    problems: list[Row] = field(default_factory=list)


def as_float(text: str) -> float:
    """Return the number of a cell, NaN when it is blank or no number."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def read_rows(
    path: Path, column: str | None = None, wanted: Collection[str] | None = None
) -> list[Row]:
    """Read a table, or only the rows whose `column` is one of `wanted`; [] when it is not there.

    A batch of pages needs few rows of long tables, so rows are judged before they are taken apart.
    """
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="\n") as handle:
        columns = handle.readline().rstrip("\n").split("\t")
        lines: Iterable[str] = (line.rstrip("\n") for line in handle)
        if column is not None and wanted is not None:
            place = columns.index(column)
            lines = (line for line in lines if line.split("\t", place + 1)[place] in wanted)
        return [dict(zip(columns, map(original, line.split("\t")), strict=True)) for line in lines]


def read_patients(outdir: Path, patient_ids: Sequence[str]) -> dict[str, PatientResults]:
    """Return the results of some patients.

    Args:
        outdir: results folder; any analysis may be missing.
        patient_ids: whom to read; the order is kept.
    """
    people = {name: PatientResults() for name in patient_ids}
    for row in read_rows(outdir / "cohort/genomic_risk.tsv", "patient_id", people):
        people[row["patient_id"]].risk = row
    _share(outdir / "mlpa/ikzf1.tsv", people, lambda person: person.ikzf1)
    _share(outdir / "sanger/abl1.tsv", people, lambda person: person.abl1)
    _share(outdir / "mrd/levels.tsv", people, lambda person: person.levels)
    _share(outdir / "mrd/series.tsv", people, lambda person: person.series)
    _add_mlpa(outdir, people)
    for person in people.values():
        for sample_id in dict.fromkeys(row["sample_id"] for row in person.abl1):
            _add_sanger_sample(outdir / "sanger" / sample_id, sample_id, person)
    _add_problems(outdir, people)
    return people


def read_risks(outdir: Path) -> dict[str, Row]:
    """Return the rows of ``genomic_risk.tsv`` by patient."""
    return {row["patient_id"]: row for row in read_rows(outdir / "cohort/genomic_risk.tsv")}


def read_last_levels(outdir: Path) -> dict[str, Row]:
    """Return the row of the last dated sample of ``series.tsv`` by patient.

    Of a patient of whom only blood was taken it is the last row of ``levels.tsv``.
    """
    marrow = (row for row in read_rows(outdir / "mrd/series.tsv") if row["category"] != "missing")
    blood = read_rows(outdir / "mrd/levels.tsv", "material", {"PB"})
    return _last_dated(blood) | _last_dated(marrow)


def _last_dated(rows: Iterable[Row]) -> dict[str, Row]:
    last: dict[str, Row] = {}
    for row in rows:
        before = last.get(row["patient_id"])
        if row["day"] and (before is None or as_float(row["day"]) >= as_float(before["day"])):
            last[row["patient_id"]] = row
    return last


def read_codes(outdir: Path) -> dict[str, dict[str, str]]:
    """Return patient_id -> code -> level ('' = not told) of everything that concerns a patient.

    The flags of the tables name the patient; ``problems.tsv`` tells how heavy each one is. It
    counts for a patient when it speaks of the patient, of any sample or of a read of one; what it
    says of a whole run or plate counts where a sample of the patient carries the same flag.
    """
    tables = _tables_with_flags(outdir)
    codes: dict[str, dict[str, str]] = {}
    for _, row in tables:
        known = codes.setdefault(row["patient_id"], {})
        known |= {code: "" for code in row["flags"].split(";") if code}
    problems = read_rows(outdir / "problems.tsv")
    owners, sharers = _owners(outdir, tables, problems)
    for problem in problems:
        subject, code = (problem["stage"], problem["subject"]), problem["code"]
        own = owners.get(subject) or {problem["subject"]} & codes.keys()
        touched = {name for name in sharers.get(subject, ()) if code in codes[name]}
        for name in own | touched:
            codes[name][code] = _heavier(codes[name].get(code, ""), problem["level"])
    return codes


def _tables_with_flags(outdir: Path) -> list[tuple[str, Row]]:
    """Return stage and row of every table that names a patient and has flags."""
    sources = (
        ("cohort", "cohort/genomic_risk.tsv"),
        ("mlpa", "mlpa/ikzf1.tsv"),
        ("sanger", "sanger/abl1.tsv"),
        ("mrd", "mrd/levels.tsv"),
    )
    rows = [(stage, row) for stage, name in sources for row in read_rows(outdir / name)]
    rows += [("mlpa", row) for row in _sample_qc(outdir) if row["patient_id"]]
    return rows


def _sample_qc(outdir: Path) -> Iterator[Row]:
    """Give the samples of every MLPA run, with run_id added."""
    for run_id in written_folders(outdir, "mlpa"):
        for row in read_rows(outdir / "mlpa" / run_id / "sample_qc.tsv"):
            yield {"run_id": run_id, **row}


def written_folders(outdir: Path, stage: str) -> list[str]:
    """Return the names of the runs, samples or plates that the manifests of an analysis list.

    A folder that no manifest lists, such as a copy put aside, is no result. Without any manifest
    every folder counts.
    """
    if not (outdir / "manifests").is_dir():
        return sorted(path.name for path in (outdir / stage).glob("*") if path.is_dir())
    names = set()
    for path in (outdir / "manifests" / stage).glob("*.json"):
        for name in json.loads(path.read_text(encoding="utf-8"))["files"]:
            folder, *inner = name.split("/")
            if folder == stage and len(inner) > 1:
                names.add(inner[0])
    return sorted(names)


#: stage and subject of ``problems.tsv`` -> patients
_Owners = dict[tuple[str, str], set[str]]


def _owners(
    outdir: Path, tables: Iterable[tuple[str, Row]], problems: Iterable[Row]
) -> tuple[_Owners, _Owners]:
    """Return the patients of each sample and read, and the patients of each run and plate."""
    owners: _Owners = {}
    sharers: _Owners = {}
    for stage, row in tables:
        patient_id, sample_id = row["patient_id"], row.get("sample_id", "")
        shared = row.get("run_id" if stage == "mlpa" else "plate_id", "")
        names = {f"{shared}/{sample_id}"} if shared else set()
        if stage != "mlpa":  # a sample of MLPA is unique within its run only
            names.add(sample_id)
        for name in names - {""}:
            owners.setdefault((stage, name), set()).add(patient_id)
        if shared:
            sharers.setdefault((stage, shared), set()).add(patient_id)
    asked = {row["subject"] for row in problems if row["stage"] == "sanger"}
    if any(("sanger", subject) not in owners for subject in asked):
        for stage, row in tables:
            if stage == "sanger":
                for read in read_rows(outdir / "sanger" / row["sample_id"] / "reads.tsv"):
                    owners.setdefault((stage, read["read_id"]), set()).add(row["patient_id"])
    return owners, sharers


def _heavier(one: str, other: str) -> str:
    return min((one, other), key=lambda level: _LEVELS.get(level, len(_LEVELS)))


def rank_problems(rows: Iterable[Row]) -> list[Row]:
    """Return problems with the heaviest first, otherwise in the order given."""
    return sorted(rows, key=lambda row: _LEVELS.get(row["level"], len(_LEVELS)))


def _share(
    path: Path, people: Mapping[str, PatientResults], part: Callable[[PatientResults], list[Row]]
) -> None:
    for row in read_rows(path, "patient_id", people):
        part(people[row["patient_id"]]).append(row)


def _add_mlpa(outdir: Path, people: Mapping[str, PatientResults]) -> None:
    """Add every MLPA sample, the one that was chosen for the class or not."""
    runs = {row["run_id"] for person in people.values() for row in person.ikzf1 if row["run_id"]}
    for row in _sample_qc(outdir):
        if row["patient_id"] in people:
            people[row["patient_id"]].sample_qc.append(row)
            runs.add(row["run_id"])
    for run_id in sorted(runs):
        parts: tuple[tuple[str, Callable[[PatientResults], list[Row]]], ...] = (
            ("gene_calls", lambda person: person.genes),
            ("probe_ratios", lambda person: person.probes),
        )
        for name, part in parts:
            for row in read_rows(outdir / "mlpa" / run_id / f"{name}.tsv", "patient_id", people):
                part(people[row["patient_id"]]).append({"run_id": run_id, **row})


def _add_sanger_sample(folder: Path, sample_id: str, person: PatientResults) -> None:
    person.variants[sample_id] = read_rows(folder / "variants.tsv")
    person.codons[sample_id] = read_rows(folder / "codons.tsv")
    person.reads[sample_id] = read_rows(folder / "reads.tsv")
    traces = folder / "traces.json"
    if person.variants[sample_id] and traces.is_file():
        person.traces[sample_id] = json.loads(traces.read_text(encoding="utf-8"))


def _add_problems(outdir: Path, people: Mapping[str, PatientResults]) -> None:
    owners: dict[tuple[str, str], list[str]] = {}
    for name, person in people.items():
        for key in _subjects(person):
            owners.setdefault(key, []).append(name)
    wanted = {subject for _, subject in owners} | set(people)
    for row in read_rows(outdir / "problems.tsv", "subject", wanted):
        names = owners.get((row["stage"], row["subject"]), [])
        if not names and row["subject"] in people:
            names = [row["subject"]]
        for name in names:
            people[name].problems.append(row)


def _subjects(person: PatientResults) -> set[tuple[str, str]]:
    """Return stage and name of everything of this patient that ``problems.tsv`` may speak of.

    A sample of MLPA is unique within its run only, so it counts by ``run_id/sample_id`` alone.
    """
    pairs: set[tuple[str, str]] = set()
    for row in (*person.ikzf1, *person.sample_qc):
        pairs |= {("mlpa", row["run_id"]), ("mlpa", f"{row['run_id']}/{row['sample_id']}")}
    pairs |= {("sanger", row["sample_id"]) for row in person.abl1}
    pairs |= {("sanger", read["read_id"]) for rows in person.reads.values() for read in rows}
    for row in person.levels:
        plate = row.get("plate_id", "")
        pairs |= {("mrd", row["sample_id"]), ("mrd", plate), ("mrd", f"{plate}/{row['sample_id']}")}
    return {(stage, subject) for stage, subject in pairs if subject.strip("/")}
