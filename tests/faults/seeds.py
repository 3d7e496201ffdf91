"""Good files of every format that der22 reads, small, to be spoiled."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
import yaml

from der22.formats.abif import parse_abif
from der22.formats.fragment_run import to_fragment_run
from der22.formats.peak_table import read_peak_table
from der22.formats.probemix import read_probemix, validate_probemix
from der22.formats.qpcr import parse_plate_file
from der22.formats.reference_folder import read_reference
from der22.formats.sheets import read_sheet
from der22.formats.size_standard import read_size_standard
from der22.formats.trace import parse_trace
from der22.inputs.config import Config, config_from_mapping
from der22.inputs.config_file import read_config_file
from der22.resources import resource_path
from der22.simulate.abif_writer import AbifTag, chars_tag, numbers_tag, pascal_tag, write_abif
from formats.qpcr import plate_writers
from simulate.scf_writer import scf_bytes

__all__ = ["Target", "abif_seed", "abif_tags", "read_config", "scf_seed", "stored", "targets"]


@dataclass(frozen=True)
class Target:
    """One reader under test.

    Attributes:
        name: format and reader.
        seeds: good files to spoil.
        read: reads the content of one file; raises Der22Error or returns.
    """

    name: str
    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]


def abif_tags(n_scans: int = 400, is_sequence: bool = False) -> list[AbifTag]:
    """Return the tags of a small run: channels of 16 bits with a few peaks, and its names."""
    scans = np.arange(n_scans)
    signal = 900.0 * np.exp(-((scans % 40 - 20.0) ** 2) / 18.0)
    numbers = (9, 10, 11, 12) if is_sequence else (1, 2, 3, 4, 105)
    tags = [numbers_tag("DATA", number, np.roll(signal, number)) for number in numbers]
    tags += [
        pascal_tag("SMPL", 1, "sample"), pascal_tag("SpNm", 1, "sample"),
        pascal_tag("TUBE", 1, "A01"), chars_tag("MODL", 1, "3130"),
        numbers_tag("SCAN", 1, [n_scans], "i4"), numbers_tag("Dye#", 1, [5]),
    ]  # fmt: skip
    if not is_sequence:
        tags += [pascal_tag("DyeN", number, "dye") for number in range(1, 6)]
        return [*tags, numbers_tag("OfSc", 1, [3, 4, 5], "i4"), pascal_tag("StdF", 1, "LIZ")]
    n_calls = n_scans // 10
    return [
        *tags, chars_tag("FWO_", 1, "GATC"), chars_tag("PBAS", 1, "ACGTN" * (n_calls // 5)),
        chars_tag("PBAS", 2, "ACGTA" * (n_calls // 5)),
        numbers_tag("PLOC", 1, np.arange(n_calls) * 10), numbers_tag("PLOC", 2, scans[::10]),
        numbers_tag("PCON", 2, np.full(n_calls, 40), "u1"), pascal_tag("SVER", 2, "KB 1.4"),
        pascal_tag("PDMF", 1, "KB_3130_POP7"),
    ]  # fmt: skip


def scf_seed(version: int, sample_size: int) -> bytes:
    """Return a small SCF trace."""
    channels = (np.arange(1200).reshape(4, 300) % 700).astype(np.int16)
    calls = np.arange(5, 295, 10)
    return scf_bytes(
        channels, ("ACGTN" * 6)[: calls.size], calls, np.full(calls.size, 30), version=version,
        sample_size=sample_size,
    )  # fmt: skip


def stored(content: bytes) -> bytes:
    """Return an archive with its members stored, not deflated, so that damage reaches them."""
    plain = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as packed,
        zipfile.ZipFile(plain, "w") as archive,
    ):
        for member in packed.infolist():
            archive.writestr(member.filename, packed.read(member))
    return plain.getvalue()


def targets(scratch: Path) -> Iterator[Target]:
    """Yield every reader with good files; nothing is written below `scratch` before a read."""
    fsa, ab1 = abif_seed(abif_tags()), abif_seed(abif_tags(is_sequence=True))
    yield Target("fsa", (fsa, ab1), lambda c: to_fragment_run(parse_abif(c, "x.fsa")))
    yield Target("ab1", (ab1, fsa), lambda c: parse_trace(c, "x.ab1"))
    scf = tuple(scf_seed(version, size) for version in (2, 3) for size in (1, 2))
    yield Target("scf", scf, lambda c: parse_trace(c, "x.scf"))
    for name, seeds in _plate_files().items():
        yield Target(f"qPCR {name}", seeds, lambda c: parse_plate_file(c, "x"))
    yield from _members(scratch)
    sheet = b"patient_id\tsex\tx_a\n# no\nP1\tF\t1\nP2\tM\t\n"
    yield Target("sheet .tsv", (sheet,), _on_disk(scratch, read_sheet, ".tsv"))
    yield Target("sheet .csv", (b'a,b\n1,"2 "\n"3\n4",4\n',), _on_disk(scratch, read_sheet, ".csv"))
    yield Target("sheet .xlsx", _workbooks(), _on_disk(scratch, read_sheet, ".xlsx"))
    yield from _own_sheets(scratch)


def _members(scratch: Path) -> Iterator[Target]:
    """Yield readers of archives whose checksums are right and whose content is spoiled."""
    plate = plate_writers.make_plate({"S1": ((120.0, None), (9000.0,))}, (10, 1000), (1000, 10000))
    cases = {
        "RDML, XML inside": (plate_writers.rdml(plate), "rdml_data.xml"),
        ".eds, text inside": (plate_writers.eds(plate), "apldbio/sds/analysis_result.txt"),
        "Design&Analysis, sheet inside": (
            plate_writers.design_analysis(plate), "xl/worksheets/sheet1.xml",
        ),
        "Design&Analysis, workbook inside": (
            plate_writers.design_analysis(plate), "xl/workbook.xml",
        ),
    }  # fmt: skip
    for name, (content, member) in cases.items():
        yield Target(name, (_member(content, member),), _repacked(content, member, _read_plate))
    for member in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"):
        book = _workbooks()[1]
        yield Target(
            f"sheet .xlsx, {Path(member).stem} inside",
            (_member(book, member),),
            _repacked(book, member, _on_disk(scratch, read_sheet, ".xlsx")),
        )


def _read_plate(content: bytes) -> object:
    return parse_plate_file(content, "x")


def _member(content: bytes, member: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(member)


def _repacked(
    archive: bytes, member: str, read: Callable[[bytes], object]
) -> Callable[[bytes], object]:
    """Return a reader that puts a spoiled member back into its archive first."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        others = {name: packed.read(name) for name in packed.namelist() if name != member}

    def from_member(content: bytes) -> object:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as whole:
            for name, other in {**others, member: content}.items():
                whole.writestr(name, other)
        return read(buffer.getvalue())

    return from_member


def _own_sheets(scratch: Path) -> Iterator[Target]:
    probemix = resource_path("probemix/P335-synthetic.tsv").read_bytes()
    yield Target(
        "probemix sheet",
        (probemix,),
        _on_disk(scratch, lambda path: validate_probemix(read_probemix(path)), ".tsv"),
    )
    yield Target(
        "probemix .xlsx",
        _probemix_workbooks(probemix),
        _on_disk(scratch, lambda path: validate_probemix(read_probemix(path)), ".xlsx"),
    )
    standard = resource_path("size_standards/GS500LIZ.tsv").read_bytes()
    yield Target("size standard sheet", (standard,), _on_disk(scratch, read_size_standard, ".tsv"))
    peaks = b"sample_id\tsize_nt\theight\tarea\tdye\nS1\t130.2\t512\t4000\tB\nS1\t136.9\t700\t\tB\n"
    probes = b"sample_id\tprobe_id\theight\nS1\tp1\t512\nS1\tp2\t700\nS2\tp1\t\n"
    yield Target("peak table", (peaks, probes), _on_disk(scratch, read_peak_table, ".tsv"))
    fasta = resource_path("abl1/coding_sequence.fa").read_bytes()
    yield Target("reference FASTA", (fasta,), _on_disk(scratch, read_reference, ".fa"))
    tables = resource_path("abl1/exons.csv").read_bytes()
    folder = scratch / "reference"

    def read_exons(content: bytes) -> object:
        folder.mkdir(exist_ok=True)
        (folder / "coding_sequence.fa").write_bytes(fasta)
        (folder / "exons.csv").write_bytes(content)
        (folder / "reference.csv").write_bytes(b"key,value\nchromosome,chr9\n")
        return read_reference(folder)

    yield Target("reference tables", (tables,), read_exons)
    yield Target("config", (_config(),), _on_disk(scratch, read_config, ".yaml"))


def read_config(path: Path) -> Config:
    """Return the checked config of a file."""
    return config_from_mapping(read_config_file(path), path.name, path.parent)


def abif_seed(tags: Sequence[AbifTag]) -> bytes:
    """Return the bytes of an ABIF file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "seed.abif")
        write_abif(path, tags)
        return path.read_bytes()


def _on_disk(
    scratch: Path, read: Callable[[Path], object], ending: str
) -> Callable[[bytes], object]:
    path = scratch / f"input{ending}"

    def from_content(content: bytes) -> object:
        path.write_bytes(content)
        return read(path)

    return from_content


def _plate_files() -> dict[str, tuple[bytes, ...]]:
    plate = plate_writers.make_plate({"S1": ((120.0, None), (9000.0,))}, (10, 1000), (1000, 10000))
    rows: list[dict[str, object]] = [
        {"sample": "S1", "target": "ABL1", "copies": 9000.0, "ct": 25.1, "well": "A1"},
        {"sample": "S1", "target": "BCR-ABL1", "copies": 0, "ct": None, "well": "A2"},
    ]
    rdml, eds = plate_writers.rdml(plate), plate_writers.eds(plate)
    book = plate_writers.design_analysis(plate)
    old_book = Path(plate_writers.__file__).with_name("data") / "plate.xls"
    return {
        "Excel 97-2003 .xls": (old_book.read_bytes(),),
        "QuantStudio text": (plate_writers.quantstudio(plate, curve=(-3.4, 39.5)),),
        "Design&Analysis .xlsx": (stored(book), book),
        "SDS text": (plate_writers.sds(plate),),
        ".eds": (stored(eds), eds),
        "RDML": (stored(rdml), rdml),
        "LightCycler text": (plate_writers.lightcycler(plate, plate_writers.FUSION),),
        "CFX csv": (plate_writers.cfx(plate), plate_writers.cfx(plate, ";", ",")),
        "copies table": (plate_writers.copies_table(rows), plate_writers.copies_table(rows, ",")),
    }


def _workbooks() -> tuple[bytes, ...]:
    book = openpyxl.Workbook()
    for row in (["probe_id", "length_nt", "gene"], ["P1", 1.5, "F"], ["P2", None, "'=1+1"]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return stored(buffer.getvalue()), buffer.getvalue()


def _probemix_workbooks(sheet: bytes) -> tuple[bytes, ...]:
    book = openpyxl.Workbook()
    for line in sheet.decode().splitlines():
        book.active.append([_number_or_text(cell) for cell in line.split("\t")])
    buffer = io.BytesIO()
    book.save(buffer)
    return stored(buffer.getvalue()), buffer.getvalue()


def _number_or_text(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def _config() -> bytes:
    content = {
        "cohort": {"name": "fuzz", "patients": "patients.tsv", "ikzf1plus_definition": "gimema"},
        "mlpa": {"samples": "m.tsv", "probemix": "p.tsv", "size_standard": "GS500LIZ"},
        "sanger": {"reads": "s.tsv", "settings": {"calls": "edited"}},
        "mrd": {"samples": "r.tsv", "plates": "q.tsv", "settings": {"cycles": 45}},
        "report": {"fail_on": "none"},
        "outdir": "results",
    }
    return yaml.safe_dump(content, sort_keys=False).encode()
