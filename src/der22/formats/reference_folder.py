"""The sequence reads are compared with: a reference folder, or a bare FASTA file -> `Reference`.

A folder holds ``coding_sequence.fa`` (from the first base of the start codon), and where known
``exons.csv``, ``mutations.csv``, ``polymorphisms.csv``, ``splice_variants.csv``,
``hot_spots.csv``, ``numbering.csv``, ``primers.csv`` and ``reference.csv`` (key, value). Only
the FASTA file is needed. Tables may also end in ``.tsv`` or ``.xlsx``.
A bare FASTA file is a sequence without a reading frame and without genome coordinates.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from der22.errors import InputError, InputProblem, UnreadableFileError
from der22.formats.files import read_bytes
from der22.formats.grid import is_made_date
from der22.formats.sheets import read_sheet

__all__ = [
    "REFERENCE_ENDINGS",
    "Exon",
    "NamedMutation",
    "Numbering",
    "Primer",
    "Reference",
    "SpliceVariant",
    "read_reference",
]

_MAX_BYTES = 64 * 2**20
_FASTA_ENDINGS = (".fa", ".fasta", ".fna")
_TABLE_ENDINGS = (".csv", ".tsv", ".xlsx")
#: endings of the files of a folder that are read
REFERENCE_ENDINGS = _FASTA_ENDINGS + _TABLE_ENDINGS
#: tables that a folder may hold
_TABLES = (
    "exons", "mutations", "polymorphisms", "splice_variants", "hot_spots", "numbering", "primers",
    "reference",
)  # fmt: skip
_SPLICE_COLUMNS = ("name", "kind", "size_nt", "position_c", "hgvs_c", "codon")
_OFFSETS = ("codon_offset", "c_offset")
_SUBSTITUTION = re.compile(r"c\.([0-9]+)([ACGT])>[ACGT]")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._|:+-]*")
#: GRCh38 primary assembly, lengths of the chromosomes (NCBI assembly report GCF_000001405)
_GRCH38_LENGTHS: Mapping[str, int] = {
    "chr1": 248956422, "chr2": 242193529, "chr3": 198295559, "chr4": 190214555,
    "chr5": 181538259, "chr6": 170805979, "chr7": 159345973, "chr8": 145138636,
    "chr9": 138394717, "chr10": 133797422, "chr11": 135086622, "chr12": 133275309,
    "chr13": 114364328, "chr14": 107043718, "chr15": 101991189, "chr16": 90338345,
    "chr17": 83257441, "chr18": 80373285, "chr19": 58617616, "chr20": 64444167,
    "chr21": 46709983, "chr22": 50818468, "chrX": 156040895, "chrY": 57227415,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exon:
    """One exon's coding part.

    Attributes:
        name: number as the gene counts it.
        first: first coding base (c., 1-based).
        last: last coding base.
        start: smallest genome coordinate (GRCh38, 1-based).
        end: largest genome coordinate.
    """

    name: str
    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NamedMutation:
    """One row of the table of named mutations: such as T315I, ``NM_005157.6:c.944C>T``."""

    mutation: str
    hgvs_c: str


@dataclass(frozen=True, slots=True)
class SpliceVariant:
    """A known insertion or loss at exon joins.

    Attributes:
        name: such as ``35INS`` or ``exon7del``.
        kind: ``INS`` or ``DEL``.
        size_nt: bases inserted or lost.
        position_c: last coding base before an insertion; first base lost.
        hgvs_c: name without accession.
        codon: codon the position lies in.
    """

    name: str
    kind: str
    size_nt: int
    position_c: int
    hgvs_c: str
    codon: int


@dataclass(frozen=True, slots=True)
class Numbering:
    """Another way to count the same sequence; added to ours it gives theirs."""

    name: str
    codon_offset: int
    c_offset: int


@dataclass(frozen=True, slots=True)
class Primer:
    """A sequencing primer: its name and ``forward`` or ``reverse``."""

    name: str
    direction: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What reads are placed on, named after and drawn against.

    Attributes:
        name: accession of the transcript, or the name of the FASTA record.
        sequence: whole sequence, ACGT.
        is_coding: whether position 1 is the first base of the start codon.
        window_first: first base (1-based) reads are placed on.
        window_last: last base reads are placed on.
        gene: gene symbol, may be blank.
        protein: accession of the protein, may be blank.
        exons: ascending in c.; empty without genome coordinates.
        chromosome: name on the genome, blank without.
        chromosome_length: its length, 0 without.
        is_plus_strand: whether the gene lies on the plus strand.
        codon_first: first codon of the codon table.
        codon_last: last codon of the codon table.
        assessed_first: first codon a negative result must cover.
        assessed_last: last codon a negative result must cover.
        mutations: named mutations.
        hot_spots: codons every negative must have read.
        polymorphisms: hgvs_c of changes that are no mutations.
        splice_variants: known insertions and losses at exon joins.
        numberings: other ways to count.
        primers: known sequencing primers.
    """

    name: str
    sequence: str
    is_coding: bool
    window_first: int
    window_last: int
    gene: str = ""
    protein: str = ""
    exons: tuple[Exon, ...] = ()
    chromosome: str = ""
    chromosome_length: int = 0
    is_plus_strand: bool = True
    codon_first: int = 0
    codon_last: int = -1
    assessed_first: int = 0
    assessed_last: int = -1
    mutations: tuple[NamedMutation, ...] = ()
    hot_spots: tuple[int, ...] = ()
    polymorphisms: tuple[str, ...] = ()
    splice_variants: tuple[SpliceVariant, ...] = ()
    numberings: tuple[Numbering, ...] = ()
    primers: tuple[Primer, ...] = ()

    @property
    def window(self) -> str:
        """The stretch of the sequence that reads are placed on."""
        return self.sequence[self.window_first - 1 : self.window_last]

    @property
    def has_genome(self) -> bool:
        """Whether positions can be given on the genome."""
        return bool(self.exons)

    def genome_position(self, position_c: int) -> int:
        """Return the genome coordinate (1-based) of a base of the sequence."""
        for exon in self.exons:
            if exon.first <= position_c <= exon.last:
                into = position_c - exon.first
                return exon.start + into if self.is_plus_strand else exon.end - into
        raise ValueError(f"{self.name}: base {position_c} lies in no exon")


def read_reference(path: Path | str) -> Reference:
    """Read a reference folder or a bare FASTA file.

    Raises:
        InputError: no such path, no sequence, letters other than ACGT, or a table that does not
            fit; names the file and the value.
    """
    path = Path(path)
    if path.is_dir():
        return _read_folder(path)
    if not path.is_file():
        raise _wrong(path, "is neither a folder nor a FASTA file; check sanger.reference")
    name, sequence = _read_fasta(path)
    return Reference(name, sequence, is_coding=False, window_first=1, window_last=len(sequence))


def _check_names(folder: Path) -> None:
    """A table under almost its name would be passed over in silence."""
    found: dict[str, str] = {}
    for file in sorted(folder.iterdir()):
        stem = file.name.split(".")[0]
        near = difflib.get_close_matches(stem.casefold(), _TABLES, n=1, cutoff=0.8)
        if not near or file.name.startswith(".") or file.suffix == ".md":
            continue
        if (
            stem != near[0]
            or file.name != f"{stem}{file.suffix}"
            or (file.suffix not in _TABLE_ENDINGS)
        ):
            raise _wrong(
                file, f"looks like the table {near[0]}; name it {near[0]}.csv or remove it"
            )
        if stem in found:
            raise _wrong(file, f"and {found[stem]} are both there; keep one")
        found[stem] = file.name


def _read_folder(folder: Path) -> Reference:
    _check_names(folder)
    fastas = [folder / f"coding_sequence{ending}" for ending in _FASTA_ENDINGS]
    fasta = next((path for path in fastas if path.is_file()), None)
    if fasta is None:
        raise _wrong(folder, "holds no coding_sequence.fa, the coding sequence from its ATG on")
    name, sequence = _read_fasta(fasta)
    keys = {row["key"]: row["value"] for row in _read_table(folder, "reference", ("key", "value"))}
    mutations = _read_table(folder, "mutations", ("mutation", "hgvs_c"))
    for row in mutations:
        change = _SUBSTITUTION.fullmatch(_bare_name(row["hgvs_c"]))
        if is_made_date(row["mutation"]):
            raise _wrong(folder, f"mutations: {row['mutation']!r} is a date a spreadsheet made")
        if change is not None and sequence[int(change[1]) - 1 : int(change[1])] != change[2]:
            raise _wrong(
                folder, f"mutations: {row['hgvs_c']} names another base than the sequence has there"
            )
    exons, is_plus_strand, chromosome = _read_exons(folder, keys)
    n_codons = len(sequence) // 3
    codon_first = _whole(folder, keys, "codon_first", 1)
    codon_last = _whole(folder, keys, "codon_last", n_codons)
    return Reference(
        name=keys.get("transcript") or name.split(":")[0],
        sequence=sequence,
        is_coding=True,
        window_first=_whole(folder, keys, "window_first", 1),
        window_last=_whole(folder, keys, "window_last", len(sequence)),
        gene=keys.get("gene", ""),
        protein=keys.get("protein", ""),
        exons=exons,
        chromosome=chromosome,
        chromosome_length=_whole(
            folder, keys, "chromosome_length", _GRCH38_LENGTHS.get(chromosome, 0)
        ),
        is_plus_strand=is_plus_strand,
        codon_first=codon_first,
        codon_last=codon_last,
        assessed_first=_whole(folder, keys, "assessed_first", codon_first),
        assessed_last=_whole(folder, keys, "assessed_last", codon_last),
        mutations=tuple(NamedMutation(r["mutation"], _bare_name(r["hgvs_c"])) for r in mutations),
        hot_spots=tuple(
            _whole(folder, row, "codon", 0) for row in _read_table(folder, "hot_spots", ("codon",))
        ),
        polymorphisms=tuple(
            _bare_name(row["hgvs_c"]) for row in _read_table(folder, "polymorphisms", ("hgvs_c",))
        ),
        splice_variants=tuple(
            SpliceVariant(
                name=row["name"],
                kind=row["kind"],
                size_nt=_whole(folder, row, "size_nt", 0),
                position_c=_whole(folder, row, "position_c", 0),
                hgvs_c=row["hgvs_c"],
                codon=_whole(folder, row, "codon", 0),
            )
            for row in _read_table(folder, "splice_variants", _SPLICE_COLUMNS)
        ),
        numberings=tuple(
            Numbering(row["name"], *(_whole(folder, row, offset, 0) for offset in _OFFSETS))
            for row in _read_table(folder, "numbering", ("name", *_OFFSETS))
        ),
        # several names of a primer are split at /, its role names the direction
        primers=tuple(
            Primer(name.strip(), direction)
            for row in _read_table(folder, "primers", ("name", "role"))
            for name in row["name"].split("/")
            for direction in ("forward", "reverse")
            if direction in row["role"].lower()
        ),
    )


def _read_fasta(path: Path) -> tuple[str, str]:
    """Return the first word of the head and the sequence of the only record."""
    try:
        content = read_bytes(path, _MAX_BYTES)
    except UnreadableFileError as error:
        raise _wrong(path, error.message.removeprefix(f"{path.name}: ")) from error
    lines = content.decode("utf-8", errors="replace").splitlines()
    heads = [line for line in lines if line.startswith(">")]
    if len(heads) != 1 or not lines[0].startswith(">"):
        raise _wrong(path, f"must hold exactly one FASTA record, found {len(heads)}")
    words = heads[0][1:].split()
    sequence = "".join(line.strip() for line in lines[1:]).upper().replace("U", "T")
    strange = sorted(set(sequence) - set("ACGT"))
    if strange or not sequence:
        raise _wrong(path, f"must hold only A, C, G and T, found {''.join(strange) or 'nothing'}")
    name = words[0] if words else path.stem
    if not _NAME.fullmatch(name):
        raise _wrong(
            path,
            f"names its record {name!r}; VCF and BAM files carry the name, it must be of letters, "
            "digits and . _ | : + -",
        )
    return name, sequence


def _read_table(folder: Path, name: str, needed: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the rows of an optional table of the folder, blank cells as ''."""
    for ending in _TABLE_ENDINGS:
        path = folder / f"{name}{ending}"
        if not os.path.lexists(path):
            continue
        try:
            sheet = read_sheet(path, name)
            problems = sheet.problems
        except InputError as error:
            problems = error.problems
        if problems:
            raise InputError([replace(p, source=f"sanger.reference, {p.source}") for p in problems])
        missing = [column for column in needed if column not in sheet.columns]
        if missing:
            raise _wrong(path, f"lacks the column {', '.join(missing)}")
        return [row for _, row in sheet.numbered()]
    return []


def _bare_name(hgvs_c: str) -> str:
    return hgvs_c.rsplit(":", 1)[-1]


def _read_exons(folder: Path, keys: Mapping[str, str]) -> tuple[tuple[Exon, ...], bool, str]:
    """Return exons in c. order, whether the gene runs forward on the genome, its chromosome."""
    columns = ("exon", "c_start", "c_end", "grch38_start", "grch38_end")
    rows = _read_table(folder, "exons", columns)
    exons = []
    for row in rows:
        first, last, start, end = (_whole(folder, row, column, 0) for column in columns[1:])
        exons.append(Exon(row["exon"], first, last, min(start, end), max(start, end)))
    exons.sort(key=lambda exon: exon.first)
    for exon in exons:
        if exon.last - exon.first != exon.end - exon.start:
            raise _wrong(folder, f"exon {exon.name} has different lengths in c. and on the genome")
    if not exons:
        return (), True, ""
    chromosome = keys.get("chromosome") or rows[0].get("chrom", "")
    if not chromosome:
        raise _wrong(folder, "has exons but no chromosome; add it to reference.csv")
    is_plus_strand = keys.get("strand", "+" if exons[0].start <= exons[-1].start else "-") == "+"
    return tuple(exons), is_plus_strand, chromosome


def _whole(folder: Path, row: Mapping[str, str], key: str, default: int) -> int:
    text = row.get(key, "")
    if not text:
        return default
    try:
        return int(text)
    except ValueError as error:
        raise _wrong(folder, f"{key} must be a whole number, found {text!r}") from error


def _wrong(path: Path, message: str) -> InputError:
    return InputError([InputProblem(source="sanger.reference", message=f"{path.name} {message}")])
