"""The tables of some patients, each file opened once, and what the tables say of everyone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

from der22.flags import Severity
from der22.results.cohort import ProblemRow, RiskRow
from der22.results.mlpa import GeneRow, Ikzf1Row, ProbeRow, SampleQcRow
from der22.results.mrd import LevelRow, SeriesRow
from der22.results.sanger import Abl1Row, CodonRow, ReadRow, VariantRow
from der22.results.schema import read_table
from der22.results.traces import SiteSnippet, read_traces
from der22.words import Category

__all__ = [
    "PatientResults",
    "grouped_by_patient",
    "rank_problems",
    "read_codes",
    "read_last_levels",
    "read_patients",
    "read_risks",
    "written_folders",
]

_T = TypeVar("_T")

_LEVELS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(slots=True)
class PatientResults:
    """Every row of the results that concerns one patient; an empty list where nothing was done.

    Attributes:
        risk: None when the cohort was not joined.
        ikzf1: class of the diagnostic MLPA sample.
        sample_qc: of every MLPA sample.
        genes: of every MLPA sample.
        probes: of every MLPA sample.
        abl1: of every sequenced sample.
        variants: by sample_id.
        codons: by sample_id.
        reads: by sample_id.
        traces: by sample_id; none for a sample without a variant.
        levels: of every cDNA sample.
        series: by time.
        problems: about the patient or a sample, read or plate of it.
    """

    risk: RiskRow | None = None
    ikzf1: list[Ikzf1Row] = field(default_factory=list)
    sample_qc: list[SampleQcRow] = field(default_factory=list)
    genes: list[GeneRow] = field(default_factory=list)
    probes: list[ProbeRow] = field(default_factory=list)
    abl1: list[Abl1Row] = field(default_factory=list)
    variants: dict[str, list[VariantRow]] = field(default_factory=dict)
    codons: dict[str, list[CodonRow]] = field(default_factory=dict)
    reads: dict[str, list[ReadRow]] = field(default_factory=dict)
    traces: dict[str, tuple[SiteSnippet, ...]] = field(default_factory=dict)
    levels: list[LevelRow] = field(default_factory=list)
    series: list[SeriesRow] = field(default_factory=list)
    problems: list[ProblemRow] = field(default_factory=list)


def read_patients(outdir: Path, patient_ids: Sequence[str]) -> dict[str, PatientResults]:
    """Return the results of some patients.

    Args:
        outdir: results folder; any analysis may be missing.
        patient_ids: whom to read; the order is kept.
    """
    people = {name: PatientResults() for name in patient_ids}

    def of_them(record: type[_T], **place: str) -> list[_T]:
        return read_table(outdir, record, ("patient_id", people), optional=True, **place)

    for risk in of_them(RiskRow):
        people[risk.patient_id].risk = risk
    for ikzf1 in of_them(Ikzf1Row):
        people[ikzf1.patient_id].ikzf1.append(ikzf1)
    for level in of_them(LevelRow):
        people[level.patient_id].levels.append(level)
    for moment in of_them(SeriesRow):
        people[moment.patient_id].series.append(moment)
    runs = {row.run_id for person in people.values() for row in person.ikzf1 if row.run_id}
    for injection in _sample_qc(outdir):  # every sample, the one chosen for the class or not
        if injection.patient_id in people:
            people[injection.patient_id].sample_qc.append(injection)
            runs.add(injection.run_id)
    for run_id in sorted(runs):
        for gene in of_them(GeneRow, run_id=run_id):
            people[str(gene.patient_id)].genes.append(gene)
        for probe in of_them(ProbeRow, run_id=run_id):
            people[str(probe.patient_id)].probes.append(probe)
    for sample in of_them(Abl1Row):
        person, name = people[str(sample.patient_id)], sample.sample_id
        person.abl1.append(sample)
        person.variants[name] = read_table(outdir, VariantRow, optional=True, sample_id=name)
        person.codons[name] = read_table(outdir, CodonRow, optional=True, sample_id=name)
        person.reads[name] = read_table(outdir, ReadRow, optional=True, sample_id=name)
        if person.variants[name]:
            person.traces[name] = read_traces(outdir, name)
    _add_problems(outdir, people)
    return people


class _OfPatient(Protocol):
    @property
    def patient_id(self) -> str | None: ...


_P = TypeVar("_P", bound=_OfPatient)


def grouped_by_patient(rows: Iterable[_P]) -> dict[str, list[_P]]:
    """Return patient_id -> rows, in their order."""
    grouped: dict[str, list[_P]] = {}
    for row in rows:
        grouped.setdefault(str(row.patient_id), []).append(row)
    return grouped


def read_risks(outdir: Path) -> dict[str, RiskRow]:
    """Return the rows of ``genomic_risk.tsv`` by patient."""
    return {row.patient_id: row for row in read_table(outdir, RiskRow, optional=True)}


def read_last_levels(outdir: Path) -> dict[str, LevelRow | SeriesRow]:
    """Return the row of the last dated sample of ``series.tsv`` by patient.

    Of a patient of whom only blood was taken it is the last row of ``levels.tsv``.
    """
    last: dict[str, LevelRow | SeriesRow] = {}
    blood = read_table(outdir, LevelRow, ("material", {"PB"}), optional=True)
    marrow = read_table(outdir, SeriesRow, optional=True)
    for rows in (blood, [row for row in marrow if row.category is not Category.MISSING]):
        latest: dict[str, LevelRow | SeriesRow] = {}
        days: dict[str, int] = {}
        for row in rows:
            if row.day is not None and row.day >= days.get(row.patient_id, row.day):
                latest[row.patient_id], days[row.patient_id] = row, row.day
        last |= latest
    return last


#: a row with flags that names its patient and, but for the cohort, its sample
_Flagged: TypeAlias = RiskRow | Ikzf1Row | SampleQcRow | Abl1Row | LevelRow
#: stage and subject of ``problems.tsv`` -> patients
_Owners: TypeAlias = dict[tuple[str, str], set[str]]


def read_codes(outdir: Path) -> dict[str, dict[str, Severity | None]]:
    """Return patient_id -> code -> level (None = not told) of everything that concerns a patient.

    The flags of the tables name the patient; ``problems.tsv`` tells how heavy each one is. It
    counts for a patient when it speaks of the patient, of any sample or of a read of one; what it
    says of a whole run or plate counts where a sample of the patient carries the same flag.
    """
    tables: list[tuple[str, _Flagged]] = [
        *(("cohort", row) for row in read_table(outdir, RiskRow, optional=True)),
        *(("mlpa", row) for row in read_table(outdir, Ikzf1Row, optional=True)),
        *(("sanger", row) for row in read_table(outdir, Abl1Row, optional=True)),
        *(("mrd", row) for row in read_table(outdir, LevelRow, optional=True)),
        *(("mlpa", row) for row in _sample_qc(outdir) if row.patient_id),
    ]
    codes: dict[str, dict[str, Severity | None]] = {}
    for _, row in tables:
        codes.setdefault(str(row.patient_id), {}).update(dict.fromkeys(row.codes))
    problems = read_table(outdir, ProblemRow, optional=True)
    owners, sharers = _owners(outdir, tables, problems)
    for problem in problems:
        subject = (problem.stage, problem.subject)
        own = owners.get(subject) or {problem.subject} & codes.keys()
        touched = {name for name in sharers.get(subject, ()) if problem.code in codes[name]}
        for name in own | touched:
            told = (codes[name].get(problem.code), problem.level)
            codes[name][problem.code] = min(filter(None, told), key=_LEVELS.__getitem__)
    return codes


def _sample_qc(outdir: Path) -> Iterator[SampleQcRow]:
    """Give the samples of every MLPA run."""
    for run_id in written_folders(outdir, "mlpa"):
        yield from read_table(outdir, SampleQcRow, optional=True, run_id=run_id)


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


def _owners(
    outdir: Path, tables: Iterable[tuple[str, _Flagged]], problems: Iterable[ProblemRow]
) -> tuple[_Owners, _Owners]:
    """Return the patients of each sample and read, and the patients of each run and plate."""
    owners: _Owners = {}
    sharers: _Owners = {}
    for stage, row in tables:
        sample_id = "" if isinstance(row, RiskRow) else row.sample_id
        shared = getattr(row, "run_id" if stage == "mlpa" else "plate_id", "")
        names = {f"{shared}/{sample_id}"} if shared else set()
        if stage != "mlpa":  # a sample of MLPA is unique within its run only
            names.add(sample_id)
        for name in names - {""}:
            owners.setdefault((stage, name), set()).add(str(row.patient_id))
        if shared:
            sharers.setdefault((stage, shared), set()).add(str(row.patient_id))
    asked = {row.subject for row in problems if row.stage == "sanger"}
    if any(("sanger", subject) not in owners for subject in asked):
        for _, row in tables:
            if isinstance(row, Abl1Row):
                for read in read_table(outdir, ReadRow, optional=True, sample_id=row.sample_id):
                    owner = str(row.patient_id)
                    owners.setdefault(("sanger", read.read_id), set()).add(owner)
    return owners, sharers


def rank_problems(rows: Iterable[ProblemRow]) -> list[ProblemRow]:
    """Return problems with the heaviest first, otherwise in the order given."""
    return sorted(rows, key=lambda row: _LEVELS[row.level])


def _add_problems(outdir: Path, people: Mapping[str, PatientResults]) -> None:
    owners: dict[tuple[str, str], list[str]] = {}
    for name, person in people.items():
        for key in _subjects(person):
            owners.setdefault(key, []).append(name)
    wanted = {subject for _, subject in owners} | set(people)
    for row in read_table(outdir, ProblemRow, ("subject", wanted), optional=True):
        names = owners.get((row.stage, row.subject), [])
        if not names and row.subject in people:
            names = [row.subject]
        for name in names:
            people[name].problems.append(row)


def _subjects(person: PatientResults) -> set[tuple[str, str]]:
    """Return stage and name of everything of this patient that ``problems.tsv`` may speak of.

    A sample of MLPA is unique within its run only, so it counts by ``run_id/sample_id`` alone.
    """
    pairs: set[tuple[str, str]] = set()
    injections: list[Ikzf1Row | SampleQcRow] = [*person.ikzf1, *person.sample_qc]
    for row in injections:
        pairs |= {("mlpa", row.run_id), ("mlpa", f"{row.run_id}/{row.sample_id}")}
    pairs |= {("sanger", sample.sample_id) for sample in person.abl1}
    pairs |= {("sanger", read.read_id) for rows in person.reads.values() for read in rows}
    for level in person.levels:
        name = level.sample_id
        pairs |= {("mrd", name), ("mrd", level.plate_id), ("mrd", f"{level.plate_id}/{name}")}
    return {(stage, subject) for stage, subject in pairs if subject.strip("/")}
