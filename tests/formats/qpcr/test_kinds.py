"""One truth written in every kind reads as the same wells."""

from __future__ import annotations

import io
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from der22.errors import UnreadableFileError
from der22.formats.grid import Mark, MarkedCell
from der22.formats.qpcr import PlateFile, PlateFormat, Task, parse_plate_file
from der22.formats.qpcr.old_workbook import open_old_workbook

SAMPLES = {
    "S1": ((1000.0, 1100.0, 950.0), (20_000.0, 21_000.0)),
    "S2": ((4.0, None, None), (30_000.0, 31_000.0)),
    "S3": ((None, None, None), (15_000.0, 15_500.0)),
}


def expected(writers: ModuleType) -> set[tuple[object, ...]]:
    """Well, sample, target, task, Ct and quantity of the truth."""
    return {
        (w.well, w.sample, w.target, w.task, w.ct, w.quantity) for w in writers.make_plate(SAMPLES)
    }


def told(file: PlateFile) -> set[tuple[object, ...]]:
    """The same of a file; a Ct at the last cycle is no Ct."""
    return {
        (
            w.well,
            w.sample.removesuffix(f" {w.target}"),
            w.target,
            w.task.value,
            None if w.ct == 45 else w.ct,
            w.quantity,
        )
        for w in file.wells
        if w.target != "unused"
    }


KINDS = {
    "quantstudio": PlateFormat.QUANTSTUDIO,
    "design_analysis": PlateFormat.DESIGN_ANALYSIS,
    "sds": PlateFormat.SDS,
    "eds": PlateFormat.EDS,
    "rdml": PlateFormat.RDML,
    "cfx": PlateFormat.CFX,
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_as_its_truth(writers: ModuleType, kind: str) -> None:
    """Wells, samples, targets, tasks, Ct and quantities come back, whatever the file is called."""
    content = getattr(writers, kind)(writers.make_plate(SAMPLES))
    file = parse_plate_file(content, "no-extension")
    assert file.kind is KINDS[kind]
    assert told(file) == expected(writers)
    assert not any(well.excluded or well.fault for well in file.wells)


@pytest.mark.parametrize("kind", ["quantstudio", "design_analysis", "eds", "rdml"])
def test_cycles_come_from_the_file(writers: ModuleType, kind: str) -> None:
    """The number of cycles is read where the file tells it."""
    file = parse_plate_file(getattr(writers, kind)(writers.make_plate(SAMPLES), cycles=50), "x")
    assert list(file.cycles.values()) == [50]


def test_a_well_of_the_curve_sheet_alone_is_told(writers: ModuleType) -> None:
    """A well that only the sheet of the standard curve knows is no well, and is not passed over."""
    content = writers.design_analysis(writers.make_plate(SAMPLES))
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["Standard Curve Result"].append([96, "H12", "S9", 100, writers.FUSION, "STANDARD"])
    changed = io.BytesIO()
    book.save(changed)
    file = parse_plate_file(changed.getvalue(), "x")
    assert file.wells == parse_plate_file(content, "x").wells
    assert file.not_understood == ("sheet Standard Curve Result, well H12",)


XLS = Path(__file__).parent / "data" / "plate.xls"


def test_old_workbook_reads_as_its_truth(writers: ModuleType) -> None:
    """An Excel 97-2003 workbook, made by xlwt 1.3 from the truth, reads as the same wells."""
    file = parse_plate_file(XLS.read_bytes(), "plate")
    assert file.kind is PlateFormat.DESIGN_ANALYSIS
    assert told(file) == expected(writers)
    assert file.cycles == {"": 45}


def test_strings_of_an_old_workbook() -> None:
    """Strings longer than a record, in one or two bytes a letter, and truth values come back."""
    book = open_old_workbook(XLS.read_bytes(), "plate")
    assert book is not None
    rows = book.grid("Notes").rows
    expected = [("Ω" if i % 2 else "x") * (500 + i) + str(i) for i in range(24)]
    assert [row[0] for row in rows[:24]] == expected
    assert rows[30][2] == "TRUE"


def test_lightcycler_holds_one_unnamed_target(writers: ModuleType) -> None:
    """A LightCycler export names no target and no task; standards are told by their column."""
    wells = writers.make_plate(SAMPLES)
    file = parse_plate_file(writers.lightcycler(wells, writers.FUSION), "lc.txt")
    own = [well for well in wells if well.target == writers.FUSION]
    assert not file.names_targets
    assert [(w.well, w.task.value, w.ct, w.quantity) for w in file.wells] == [
        (w.well, "standard" if w.task == "standard" else "unknown", w.ct, w.quantity) for w in own
    ]


@pytest.mark.parametrize(
    ("separator", "decimal"), [(",", "."), (";", ","), ("\t", ","), (";", ".")]
)
def test_cfx_locales(writers: ModuleType, separator: str, decimal: str) -> None:
    """The same CFX table in any locale reads as the same wells."""
    file = parse_plate_file(writers.cfx(writers.make_plate(SAMPLES), separator, decimal), "x.csv")
    assert told(file) == expected(writers)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(writers: ModuleType, encoding: str, end: str) -> None:
    """Text reads the same in any encoding and with any line end."""
    text = writers.quantstudio(writers.make_plate({"Müller": SAMPLES["S1"]})).decode()
    content = text.replace("\r\n", end).encode(encoding)
    file = parse_plate_file(content, "x.txt")
    assert "Müller" in {well.sample for well in file.wells}
    assert sum(well.ct is not None for well in file.wells) == 23


def test_copies_table_in_three_containers(writers: ModuleType) -> None:
    """A copies table reads the same as TSV, CSV and workbook."""
    from io import BytesIO

    from openpyxl import Workbook

    rows = [
        {"sample": "S1", "target": "BCR-ABL1", "copies": 12.5},
        {"sample": "S1", "target": "ABL1", "copies": 20000},
    ]
    book = Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    out = BytesIO()
    book.save(out)
    contents = [writers.copies_table(rows), writers.copies_table(rows, ","), out.getvalue()]
    files = [parse_plate_file(content, "x") for content in contents]
    assert {file.kind for file in files} == {PlateFormat.COPIES}
    assert len({tuple((w.sample, w.target, w.copies) for w in f.wells) for f in files}) == 1


@pytest.mark.parametrize("word", ["Task", "task ", "TASK"])
def test_header_names_are_compared_loosely(word: str) -> None:
    """Case, blanks and punctuation of a header do not matter."""
    content = f" SAMPLE \tTarget_\tCopies.\t{word}\nS1\tABL1\t5\tNTC\n".encode()
    (well,) = parse_plate_file(content, "x").wells
    assert (well.sample, well.copies, well.task) == ("S1", 5.0, Task.NTC)


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"Well,Sample,Target,Concentration,CopiesPer20uLWell\nA1,S,T,1,2\n",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    ],
)
def test_unknown_content_is_refused_with_what_was_looked_for(content: bytes) -> None:
    """A file of no known kind is FORMAT_UNKNOWN, and the sentence helps on."""
    with pytest.raises(UnreadableFileError) as caught:
        parse_plate_file(content, "x.rdml")
    assert caught.value.code == "FORMAT_UNKNOWN"
    assert "looked for" in caught.value.message


def test_marks_of_an_old_workbook() -> None:
    """Merged, percent and date cells of a workbook made by xlwt 1.3 are marked; 007 keeps zeros."""
    book = open_old_workbook(XLS.with_name("marked.xls").read_bytes(), "plate")
    assert book is not None
    assert list(book.sheets) == ["Results"]
    rows = book.grid("Results").rows
    merged = MarkedCell(Mark.MERGED, "A2:A3")
    assert list(rows[1]) == [merged, MarkedCell(Mark.PERCENT, "92 %", 92.0)]
    assert list(rows[2]) == [merged, MarkedCell(Mark.DATE, "2024-03-01")]
    assert list(rows[3]) == ["007", 31.25]
