"""A study folder read with mistrust: meta files and tables, and what is wrong with their form."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ERROR, WARNING = "error", "warning"
NULLS = {"", "na", "[not applicable]", "[not available]", "[pending]", "[discrepancy]"}
NULLS |= {"[completed]", "[null]"}
BUILDS = {"hg19": "GRCh37", "hg38": "GRCh38", "mm10": "GRCm38"}

_ANY = ("cancer_study_identifier", "genetic_alteration_type", "datatype", "data_filename")
_PROFILE: tuple[str, ...] = (*_ANY, "stable_id", "show_profile_in_analysis_tab", "profile_name")
_PROFILE += ("profile_description",)
#: (genetic_alteration_type, datatype) -> (kind, stable ids, optional fields)
KINDS: Mapping[tuple[str, str], tuple[str, set[str], set[str]]] = {
    ("CLINICAL", "PATIENT_ATTRIBUTES"): ("patient", set(), set()),
    ("CLINICAL", "SAMPLE_ATTRIBUTES"): ("sample", set(), set()),
    ("CLINICAL", "TIMELINE"): ("timeline", set(), set()),
    ("COPY_NUMBER_ALTERATION", "DISCRETE"): (
        "cna",
        {"cna", "cna_rae", "cna_consensus", "gistic"},
        {"gene_panel", "pd_annotations_filename"},
    ),
    ("STRUCTURAL_VARIANT", "SV"): ("sv", {"structural_variants"}, {"gene_panel", "namespaces"}),
    ("MUTATION_EXTENDED", "MAF"): (
        "maf",
        {"mutations"},
        {"gene_panel", "namespaces", "normal_samples_list", "swissprot_identifier"}
        | {"variant_classification_filter"},
    ),
}
#: field of meta_study.txt -> longest value; required ones first
STUDY_REQUIRED = {"type_of_cancer": 63, "cancer_study_identifier": 255, "name": 255}
STUDY_REQUIRED |= {"description": 1024}
STUDY_OPTIONAL = {"citation": 200, "pmid": 1024, "groups": 200, "add_global_case_list": None}
STUDY_OPTIONAL |= {"tags_file": None, "reference_genome": None}


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule; line 0 = the file as a whole."""

    level: str
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.level}: {self.file}:{self.line or '-'}: {self.message}"


@dataclass
class Table:
    """A data file: leading comment lines, header, rows with the number of their line."""

    name: str
    comments: list[list[str]]
    columns: list[str]
    header_line: int
    rows: list[tuple[int, dict[str, str]]]


@dataclass
class Study:
    """What has been read so far, and what was found wrong."""

    folder: Path
    findings: list[Finding] = field(default_factory=list)
    identifier: str = ""
    build: str = "GRCh37"
    samples: dict[str, str] = field(default_factory=dict)  # sample -> patient
    sample_attributes: set[str] = field(default_factory=set)
    meta: dict[str, str] = field(default_factory=dict)  # of the table being checked
    mutated: set[str] = field(default_factory=set)

    def add(self, level: str, file: str, line: int, message: str) -> None:
        """Note a broken rule."""
        self.findings.append(Finding(level, file, line, message))


def read_fields(study: Study, name: str) -> dict[str, str] | None:
    """Return the fields of a meta file or case list, None when it is none."""
    fields: dict[str, str] = {}
    text = (study.folder / name).read_text(encoding="utf-8")
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        key, colon, value = line.partition(":")
        if not colon:
            study.add(ERROR, name, number, "a line without a colon")
            return None
        fields[key] = value.strip()
    return fields


def read_metas(study: Study) -> list[tuple[str, str, dict[str, str]]]:
    """Return name, kind and fields of every meta file that can be used."""
    metas, stable = [], set()
    for path in sorted(study.folder.iterdir()):
        if not re.search(r"(\b|_)meta(\b|[_0-9])", path.name, re.IGNORECASE):
            continue
        meta = read_fields(study, path.name)
        kind = None if meta is None else _kind(study, path.name, meta)
        if meta is None or kind is None:
            continue
        identifier = meta.get("cancer_study_identifier", "")
        study.identifier = study.identifier or identifier
        if identifier != study.identifier:
            study.add(ERROR, path.name, 0, f"belongs to another study: {identifier}")
            continue
        if "stable_id" in meta:
            if meta["stable_id"] in stable:
                study.add(ERROR, path.name, 0, f"stable_id taken twice: {meta['stable_id']}")
            stable.add(meta["stable_id"])
        metas.append((path.name, kind, meta))
    kinds = Counter(kind for _, kind, _ in metas)
    if kinds["study"] != 1:
        study.add(ERROR, "-", 0, f"{kinds['study']} study files, one is needed")
    if not re.fullmatch("[a-z0-9_]+", study.identifier):
        study.add(ERROR, "-", 0, f"study identifier with other characters: {study.identifier}")
    return metas


def _kind(study: Study, name: str, meta: dict[str, str]) -> str | None:
    """Return the kind of file, None when it cannot be used."""
    pair = (meta.get("genetic_alteration_type", ""), meta.get("datatype", ""))
    if pair == ("", "") and "type_of_cancer" in meta:
        fields_fit(study, name, meta, tuple(STUDY_REQUIRED), set(STUDY_OPTIONAL))
        _study_fields(study, name, meta)
        return "study"
    if pair not in KINDS:
        study.add(ERROR, name, 0, f"not a kind of file known here: {pair}")
        return None
    kind, stable_ids, optional = KINDS[pair]
    if not fields_fit(study, name, meta, _PROFILE if stable_ids else _ANY, optional):
        return None
    if stable_ids and meta["stable_id"] not in stable_ids:
        study.add(ERROR, name, 0, f"stable_id {meta['stable_id']} does not go with {pair}")
        return None
    if kind == "maf" and meta.get("swissprot_identifier", "name") not in ("name", "accession"):
        study.add(ERROR, name, 0, "swissprot_identifier is neither name nor accession")
    if kind == "maf" and "gene_panel" in meta:
        study.add(WARNING, name, 0, "a gene panel here misses samples without a mutation")
    return kind


def fields_fit(
    study: Study, name: str, meta: Mapping[str, str], required: tuple[str, ...], optional: set[str]
) -> bool:
    """Note missing and unknown fields; tell whether none is missing."""
    missing = [key for key in required if key not in meta]
    for key in missing:
        study.add(ERROR, name, 0, f"field is missing: {key}")
    for key in meta.keys() - set(required) - optional:
        study.add(WARNING, name, 0, f"field is not known: {key}")
    return not missing


def _study_fields(study: Study, name: str, meta: Mapping[str, str]) -> None:
    for key, limit in (STUDY_REQUIRED | STUDY_OPTIONAL).items():
        if limit is not None and len(meta.get(key, "")) > limit:
            study.add(ERROR, name, 0, f"{key} has {len(meta[key])} characters, {limit} at most")
    genome = meta.get("reference_genome", "hg19")
    if genome not in BUILDS:
        study.add(ERROR, name, 0, f"reference genome not known: {genome}")
    study.build = BUILDS.get(genome, study.build)
    if "pmid" in meta and "citation" not in meta:
        study.add(WARNING, name, 0, "pmid without citation")
    if not re.fullmatch(r"(\d+(,\d+)*)?", meta.get("pmid", "")):
        study.add(ERROR, name, 0, "pmid is a list of numbers, commas, no blanks")


def read_table(study: Study, name: str, *, clinical: bool) -> Table | None:
    """Return a data file, None when it cannot be used."""
    path = study.folder / name
    try:
        lines = path.read_bytes().decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        study.add(ERROR, name, 0, f"cannot be read: {type(error).__name__}")
        return None
    first = next((i for i, line in enumerate(lines) if not line.startswith("#")), None)
    if first is None:
        study.add(ERROR, name, 0, "no header")
        return None
    _check_separators(study, name, "\n".join(lines[first : first + 6]) + "\n")
    comments = [line[1:].split("\t") for line in lines[:first]]
    table = Table(name, comments, lines[first].split("\t"), first + 1, [])
    for column, count in Counter(table.columns).items():
        if count > 1:
            study.add(ERROR, name, first + 1, f"column given {count} times: {column}")
    if clinical and not _check_attribute_lines(study, table):
        return None
    _read_rows(study, table, lines[first + 1 :])
    return table


def _check_attribute_lines(study: Study, table: Table) -> bool:
    """Check the four lines above the header; False when the table cannot be used."""
    before = len(study.findings)
    if len(table.comments) != 4:
        study.add(ERROR, table.name, 0, f"{len(table.comments)} attribute lines, not 4")
        return False
    for number, cells in enumerate(table.comments, start=1):
        if len(cells) != len(table.columns):
            study.add(ERROR, table.name, number, f"{len(cells)} cells, not {len(table.columns)}")
        for cell in cells:
            if cell.strip().lower() in NULLS:
                study.add(ERROR, table.name, number, "blank cell in an attribute line")
            elif number == 3 and cell not in ("STRING", "NUMBER", "BOOLEAN"):
                study.add(ERROR, table.name, number, f"datatype not known: {cell}")
            elif number == 4 and not (re.fullmatch(r"-?\d+", cell) and int(cell) >= -1):
                study.add(ERROR, table.name, number, f"priority is no whole number >= -1: {cell}")
    return len(study.findings) == before


def _read_rows(study: Study, table: Table, lines: list[str]) -> None:
    name, columns = table.name, table.columns
    for number, line in enumerate(lines, start=table.header_line + 1):
        cells = line.split("\t")
        if not line.strip():
            study.add(ERROR, name, number, "blank line")
        elif line.startswith("#"):
            study.add(ERROR, name, number, "comment among the data")
        else:
            if cells == columns:
                study.add(ERROR, name, number, "the header once more")
            if len(cells) != len(columns):
                study.add(ERROR, name, number, f"{len(cells)} cells, {len(columns)} columns")
            cells += [""] * (len(columns) - len(cells))
            table.rows.append((number, dict(zip(columns, cells, strict=False))))


def _check_separators(study: Study, name: str, start: str) -> None:
    try:
        dialect = csv.Sniffer().sniff(start, delimiters="\t")
    except csv.Error:
        study.add(WARNING, name, 0, "the start of the file does not look like a regular table")
        return
    quote = dialect.quotechar or '"'
    if quote != '"' or f"\t{quote}" in start or f"{quote}\t" in start:
        study.add(WARNING, name, 0, f"cells seem quoted with {quote}; quotes are kept as text")


def require(study: Study, table: Table, *columns: str) -> bool:
    """Note missing columns; tell whether none is."""
    missing = [column for column in columns if column not in table.columns]
    for column in missing:
        study.add(ERROR, table.name, table.header_line, f"column is missing: {column}")
    return not missing


def check_sample(study: Study, name: str, line: int, sample_id: str) -> None:
    """Check the name of a sample."""
    if sample_id not in study.samples:
        study.add(ERROR, name, line, f"sample is not in the sample file: {sample_id or '(blank)'}")
    if " " in sample_id:
        study.add(ERROR, name, line, f"blank inside a sample name: {sample_id}")


def check_gene(
    study: Study, name: str, line: int, symbol: str, entrez: str, *, needed: bool = True
) -> None:
    """Check symbol and Entrez number of a gene."""
    if symbol[:1].isdigit():
        study.add(WARNING, name, line, f"gene symbol begins with a digit: {symbol}")
    if entrez and not re.fullmatch(r"[+-]?\d+", entrez):
        study.add(WARNING, name, line, f"Entrez number is no whole number: {entrez}")
    elif entrez and int(entrez) <= 0:
        study.add(ERROR, name, line, f"Entrez number is not positive: {entrez}")
    if needed and not symbol and not entrez:
        study.add(ERROR, name, line, "no gene")
