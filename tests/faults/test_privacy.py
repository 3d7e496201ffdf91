"""Names, birth dates, run dates and paths planted in every input stay out of every result."""

from __future__ import annotations

import getpass
import gzip
import io
import re
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyarrow.parquet
import pytest

from der22.formats.abif import parse_abif
from der22.formats.tables import read_tsv
from der22.simulate.abif_writer import AbifTag, pascal_tag, write_abif
from der22.simulate.demo import write_demo
from workflow.running import ROOT, snakemake

NAME = "Zarafa Quixote 1961-07-23"
RUN_DATE, DAY_ZERO = "2019-03-02", "2018-05-06"
#: what must not be found: the name, the birth date in three forms, the run date, day 0
PLANTED = re.compile(
    rb"zarafa|quixote|1961-07-23|23[./]07[./]1961|19610723|2019-03-02|20190302|2018-05-06",
    re.IGNORECASE,
)
TEXT_TAGS = [
    ("SMPL", 1), ("SpNm", 1), ("CMNT", 1), ("CTTL", 1), ("CTNM", 1), ("CTOw", 1), ("CTID", 1),
    ("TUBE", 1), ("User", 1), ("RunN", 1), ("RGNm", 1), ("RGOw", 1), ("RPrN", 1), ("RMdN", 1),
    ("MCHN", 1), ("LIMS", 1), ("APrN", 1), ("MODF", 1), ("PDMF", 1), ("PDMF", 2), ("SVER", 2),
    ("SPAC", 2), ("StdF", 1), ("ANME", 1), ("HCFG", 4), ("GTyp", 1), ("PNTS", 1), ("DCHT", 1),
]  # fmt: skip
LAYOUT = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 7: 4, 8: 8, 10: 4, 11: 4, 13: 1, 18: 1, 19: 1}


def plant_in_abif(path: Path) -> None:
    """Write the name into every text tag and the run date into the date tags of a trace."""
    content = path.read_bytes()
    abif = parse_abif(content, path.name)
    planted = {key: pascal_tag(*key, f"{NAME} C:\\Users\\zarafa\\run.fsa") for key in TEXT_TAGS}
    date = int("2019").to_bytes(2, "big") + bytes([3, 2])
    planted |= {("RUND", n): AbifTag("RUND", n, 10, 4, 1, date) for n in (1, 2, 3, 4)}
    for key, entry in abif.entries.items():
        raw = abif.raw(*key) or b""
        size = LAYOUT.get(entry.element_type, 1)
        tag = AbifTag(*key, entry.element_type, size, entry.n_elements, raw)
        planted.setdefault(key, tag)
    write_abif(path, list(planted.values()))


def plant_in_export(path: Path) -> None:
    """Write the name into the head, into wells of nobody's, and into a value that is no number."""
    lines = path.read_text(encoding="utf-8").splitlines()
    header = next(i for i, line in enumerate(lines) if line.startswith("Well\t") and "CT" in line)
    cells = dict(zip(lines[header].split("\t"), lines[header + 1].split("\t"), strict=False))
    strangers = []
    for number, (task, ct) in enumerate(
        (("UNKNOWN", "25.1"), ("NTC", "24.0"), ("UNKNOWN", "zarafa"), ("STANDARD", "20.0")), 370
    ):
        row = {**cells, "Well": str(number), "Well Position": "", "Sample Name": NAME}
        row |= {"Task": task, "CT": ct}
        strangers.append("\t".join(row.values()))
    lines[header + 1 : header + 1] = strangers
    head = ("Name", "File Name", "User Name", "Comments")
    lines[:0] = [f"* Experiment {key} = D:\\zarafa\\{NAME}" for key in head]
    lines.insert(0, f"* Experiment Run End Time = {RUN_DATE} 11:22:33 AM CET")
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")


def plant_in_rdml(path: Path) -> None:
    """Write the name into experimenter, documentation, descriptions, and the date into the run."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    for member, text in members.items():
        person = (
            f"<dateMade>{RUN_DATE}T10:00:00</dateMade>"
            f'<experimenter id="zarafa"><firstName>{NAME}</firstName></experimenter>'
            f'<documentation id="d1"><text>{NAME}</text></documentation>'
        )
        text = re.sub(r"(<rdml[^>]*>)", rf"\1{person}", text, count=1)
        text = re.sub(r'(<sample id="[^"]*">)', rf"\1<description>{NAME}</description>", text)
        text = re.sub(r'<run id="([^"]*)">', rf'<run id="\1 {RUN_DATE} 10-11-12">', text)
        members[member] = text
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)


def plant_in_sheets(folder: Path) -> None:
    """Give the patients sheet as a workbook with properties, and each patient a date of day 0."""
    rows = read_tsv(folder / "sheets/patients.tsv")
    book = openpyxl.Workbook()
    book.properties.creator = book.properties.title = book.properties.lastModifiedBy = NAME
    columns = [*rows[0], "day_zero"]
    book.active.append(columns)
    for row in rows:
        book.active.append([row.get(column, DAY_ZERO) or None for column in columns])
    book.active["A1"].comment = openpyxl.comments.Comment(NAME, NAME)
    book.active.title = "patients"  # of two filled tabs the one named as the input is read
    book.create_sheet(NAME[:20]).append([NAME])
    book.save(folder / "sheets/patients.xlsx")
    config = (folder / "config.yaml").read_text()
    config = config.replace("sheets/patients.tsv", str(folder / "sheets/patients.xlsx"))
    config = config.replace("outdir: results", f"outdir: {folder / 'results'}")
    (folder / "config.yaml").write_text(config)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a cohort of 4 with planted names, paths absolute in its config."""
    folder = tmp_path_factory.mktemp("privacy") / "cohort"
    write_demo(folder, patients=4, seed=9)
    for pattern in ("mlpa/*.fsa", "sanger/*.ab1"):
        for path in folder.glob(pattern):
            plant_in_abif(path)
    for path in folder.glob("mrd/*.txt"):
        plant_in_export(path)
    for path in folder.glob("mrd/*.rdml"):
        plant_in_rdml(path)
    plant_in_sheets(folder)
    run = snakemake(folder / "config.yaml", folder / "work")
    assert run.status == 0, run.text[-8000:]
    return folder / "results"


def contents(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file as a reader sees them: unpacked where it is packed."""
    raw = path.read_bytes()
    yield raw
    if path.suffix in (".gz", ".bam"):
        yield gzip.decompress(raw)
    elif path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                yield archive.read(name)
    elif path.suffix == ".parquet":
        table = pyarrow.parquet.read_table(path)
        yield f"{table.to_pylist()} {table.schema.metadata}".encode()


def found(results: Path, pattern: re.Pattern[bytes]) -> dict[str, bytes]:
    """Return the first match of a pattern in each result file, wells.tsv of MRD left out."""
    matches = {}
    for path in sorted(results.rglob("*")):
        name = path.relative_to(results).as_posix()
        if not path.is_file() or re.fullmatch(r"mrd/[^/]+/wells\.tsv", name):
            continue
        if pattern.search(name.encode()):
            matches[name] = b"in its name"
        for content in contents(path):
            match = pattern.search(content)
            if match:
                start = max(0, match.start() - 60)
                matches[name] = content[start : match.end() + 40]
    return matches


def test_nothing_planted_comes_out(results: Path) -> None:
    """No result but the wells of a plate holds a planted name or date."""
    assert found(results, PLANTED) == {}


def test_the_plants_were_read(results: Path) -> None:
    """The planted sample names did pass through the readers: wells.tsv holds them."""
    wells = b"".join(path.read_bytes() for path in results.glob("mrd/*/wells.tsv"))
    assert NAME.encode() in wells


def test_no_path_host_or_user_comes_out(results: Path) -> None:
    """No result names a folder of this machine, its host or its user."""
    places = [str(results.parent), str(ROOT), str(Path.home()), socket.gethostname()]
    user = getpass.getuser()
    places += [f"/{user}/", f"/home/{user}"]
    pattern = re.compile(b"|".join(re.escape(place.encode()) for place in places if len(place) > 3))
    assert found(results, pattern) == {}


def test_no_date_at_all(results: Path) -> None:
    """Tables, pages and exports hold no ISO date but 1980-01-01, a workbook's "none"."""
    dates = re.compile(
        rb"(?<![\d.:-])(?!1980-01-01)(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)"
    )
    matches = found(results, dates)
    tables = {name: text for name, text in matches.items() if not name.startswith("multiqc/")}
    assert tables == {}
