"""What a person could have meant otherwise is refused with its place, in every kind of table."""

from __future__ import annotations

import datetime
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from der22.errors import InputError, UnreadableFileError
from der22.formats.files import file_fault, find_file, read_bytes
from der22.formats.grid import NumberText
from der22.formats.numbers import NumberStyle, NumberStyleError, decide_numbers, read_number
from der22.formats.peak_table import read_peak_table
from der22.formats.probemix import read_probemix
from der22.formats.qpcr import parse_plate_file
from der22.formats.sheets import read_sheet
from der22.formats.size_standard import read_size_standard
from der22.resources import resource_path

Reader = Callable[[Path], object]

PROBEMIX = resource_path("probemix/P335-synthetic.tsv").read_text(encoding="utf-8")
TABLES: dict[str, tuple[Reader, list[list[str]]]] = {
    "sheet": (
        lambda path: _without_problems(path),
        [["patient_id", "x_note"], ["P1", "a"], ["P2", "b"], ["P3", "c"]],
    ),
    "probemix": (
        read_probemix,
        [line.split("\t") for line in PROBEMIX.splitlines() if not line.startswith("#")][:6],
    ),
    "size standard": (
        read_size_standard,
        [["size_nt", "use"], *([str(nt), "yes"] for nt in (35, 50, 75, 100, 139))],
    ),
    "peaks": (
        read_peak_table,
        [["sample_id", "size_nt", "height"], ["A", "100.5", "900"], ["A", "110.2", "285"]],
    ),
    "copies": (
        lambda path: parse_plate_file(path.read_bytes(), path.name),
        [["sample", "target", "copies"], ["S1", "F", "0"], ["S1", "ABL1", "52000"]],
    ),
}
REFUSAL = (InputError, UnreadableFileError)


def _without_problems(path: Path) -> object:
    sheet = read_sheet(path, "patients")
    if sheet.problems:
        raise InputError(sheet.problems)
    return sheet


def _text(rows: list[list[str]], path: Path, separator: str) -> Path:
    path.write_text("".join(separator.join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _book(rows: list[list[str]], path: Path, spoil: Callable[[openpyxl.Workbook], None]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    spoil(book)
    book.save(path)
    return path


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize(("ending", "separator"), [(".tsv", "\t"), (".csv", ",")])
def test_a_quote_that_never_closes_swallows_nothing(
    tmp_path: Path, kind: str, ending: str, separator: str
) -> None:
    """An opening quote in any row of any table is refused with its row."""
    read, rows = TABLES[kind]
    read(_text(rows, tmp_path / f"good{ending}", separator))
    for at in range(1, len(rows) - 1):
        spoiled = [list(row) for row in rows]
        spoiled[at][-1] = '"' + spoiled[at][-1]
        with pytest.raises(REFUSAL, match=f"row {at + 1}"):
            read(_text(spoiled, tmp_path / f"bad{ending}", separator))


@pytest.mark.parametrize("kind", TABLES)
def test_a_column_that_stands_twice_is_refused(tmp_path: Path, kind: str) -> None:
    """Of two columns of one name neither is read."""
    read, rows = TABLES[kind]
    doubled = [[*row, row[-1]] for row in rows]
    with pytest.raises(REFUSAL, match="twice"):
        read(_text(doubled, tmp_path / "t.tsv", "\t"))


@pytest.mark.parametrize("kind", TABLES)
def test_a_hidden_tab_is_never_read(tmp_path: Path, kind: str) -> None:
    """A hidden tab before the visible one changes nothing; alone it is no table."""
    read, rows = TABLES[kind]

    def hide(book: openpyxl.Workbook) -> None:
        hidden = book.create_sheet("old", 0)
        hidden.sheet_state = "hidden"
        for row in rows[:2]:
            hidden.append([f"{cell}x" if at else cell for at, cell in enumerate(row)])
        book.active = 1

    plain = read(_book(rows, tmp_path / "t.xlsx", lambda _: None))
    assert repr(read(_book(rows, tmp_path / "t.xlsx", hide))) == repr(plain)


@pytest.mark.parametrize("kind", TABLES)
def test_two_filled_tabs_are_refused(tmp_path: Path, kind: str) -> None:
    """Of two visible tables none is guessed; the sentence lists both tabs."""
    read, rows = TABLES[kind]

    def repeat(book: openpyxl.Workbook) -> None:
        second = book.create_sheet("run 2")
        for row in rows:
            second.append(row)

    with pytest.raises(REFUSAL, match="Sheet, run 2"):
        read(_book(rows, tmp_path / "t.xlsx", repeat))


@pytest.mark.parametrize("kind", [kind for kind in TABLES if kind != "copies"])
@pytest.mark.parametrize("spoiler", ["merge", "percent", "date", "error"])
def test_cells_that_are_not_what_they_show(tmp_path: Path, kind: str, spoiler: str) -> None:
    """Merged, percent, date and error cells are refused with the cell's name."""
    read, rows = TABLES[kind]

    def spoil(book: openpyxl.Workbook) -> None:
        cell = book.active.cell(3, 1)
        if spoiler == "merge":
            book.active.merge_cells("A2:A3")
        elif spoiler == "error":
            cell.value = "#N/A"
        else:
            cell.value = 0.92 if spoiler == "percent" else 45000
            cell.number_format = "0%" if spoiler == "percent" else "yyyy-mm-dd"

    with pytest.raises(REFUSAL, match=r"cell A[23]"):
        read(_book(rows, tmp_path / "t.xlsx", spoil))


def test_a_tab_is_found_by_its_name_or_by_the_path(tmp_path: Path) -> None:
    """The tab named as the input is read, or the one that the path names."""

    def add(book: openpyxl.Workbook) -> None:
        book.create_sheet("Patients").append(["patient_id"])
        book["Patients"].append(["P9"])

    path = _book([["patient_id"], ["P1"]], tmp_path / "lab.xlsx", add)
    assert read_sheet(path, "patients").rows == ((2, ("P9",)),)
    assert read_sheet(f"{path}#Sheet", "patients").rows == ((2, ("P1",)),)


def test_a_percentage_is_one_where_percent_is_meant(tmp_path: Path) -> None:
    """0.92 shown as 92 % is 92 in a column of percentages."""

    def fill(book: openpyxl.Workbook) -> None:
        book.active["A2"] = 0.92
        book.active["A2"].number_format = "0%"

    path = _book([["blast_percent"], [""]], tmp_path / "t.xlsx", fill)
    assert read_sheet(path, percents=["blast_percent"]).rows == ((2, ("92",)),)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.tsv", b"a;b\n1;2\n", "parted by ';'"),
        ("t.csv", b"a\tb\n1\t2\n", "tab-separated"),
        ("t.tsv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel 97-2003"),
        ("t.tsv", b"<html><table>", "web page"),
        ("t.tsv", "a\tb\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_wrong_kind_is_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    """What is no such text is called what it is."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_sheet(path)


def test_the_separator_line_of_a_spreadsheet_program(tmp_path: Path) -> None:
    """``sep=;`` in the first line names the separator and is no row."""
    path = tmp_path / "t.csv"
    path.write_text("sep=;\na;b\n1;2,5\n", encoding="utf-8")
    assert read_sheet(path).rows == ((3, ("1", "2,5")),)


@pytest.mark.parametrize(
    ("cells", "maximum", "values"),
    [
        (["12.500", "4,120.250"], 1e9, [12.5, 4120.25]),
        (["31,52", "5,314"], 1e9, [31.52, 5.314]),
        (["5.314,592", "12.500"], 1e9, [5314.592, 12500.0]),
        (["28.114"], 60.0, [28.114]),
        (["13 000", "13'000"], 1e9, [13000.0, 13000.0]),
        (["20000,000", "Undetermined"], 1e9, [20000.0, None]),
    ],
)
def test_a_column_tells_its_style(
    cells: list[str], maximum: float, values: list[float | None]
) -> None:
    """One cell that can be read in one way tells the way of the others."""
    column = decide_numbers(cells, 0.0, maximum)
    assert [column.read(cell) for cell in cells] == values


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["12.500"], "NUMBER_STYLE_UNCLEAR"),
        (["45.747", "285"], "NUMBER_STYLE_UNCLEAR"),
        (["5,314", "27"], "NUMBER_STYLE_UNCLEAR"),
        (["31,52", "28.1"], "NUMBER_STYLE_MIXED"),
    ],
)
def test_double_and_mixed_columns_are_refused(cells: list[str], code: str) -> None:
    """What stays double is refused, whichever cells stand beside it."""
    with pytest.raises(NumberStyleError) as caught:
        decide_numbers(cells)
    assert caught.value.code == code


@given(st.lists(st.floats(0.0, 1e6).map(lambda x: round(x, 2)), min_size=1))
def test_a_column_is_never_read_as_other_numbers(values: list[float]) -> None:
    """Written with a comma or a point and groups, a column gives its numbers or is refused."""
    for pattern, swap in (("{:.2f}", False), ("{:.2f}", True), ("{:,.2f}", False)):
        texts = [pattern.format(value) for value in values]
        if swap:
            texts = [text.replace(".", ",") for text in texts]
        column = decide_numbers(texts)
        assert [column.read(text) for text in texts] == values


def test_digits_of_other_scripts_are_no_numbers() -> None:
    """Only ASCII digits are read."""
    assert read_number("\u0663", NumberStyle.POINT) is None


def test_copies_without_names_are_refused() -> None:
    """A value whose sample or target was left blank belongs to somebody: it is told."""
    for names in (b"S1,", b",F"):
        with pytest.raises(UnreadableFileError, match=r"row 3: copies 412.5 without a"):
            parse_plate_file(b"sample,target,copies\nS1,F,0\n" + names + b",412.5\n", "t.csv")
    content = b"sample,target,copies\nS1,F,0\n,,412.5\nS1,ABL1,52000.5\n"
    with pytest.raises(UnreadableFileError, match=r"t\.csv: row 3: copies 412.5 without a sample"):
        parse_plate_file(content, "t.csv")


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    """A pipe, a folder, a device and a giant without content are refused at once."""
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "giant").open("wb") as handle:
        handle.truncate(10**12)
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero"), tmp_path / "giant"):
        with pytest.raises(UnreadableFileError):
            read_bytes(path, 2**20)


def test_the_size_of_a_file_is_what_is_read(tmp_path: Path) -> None:
    """A file that the file system calls empty, as those of /proc, is measured while it is read."""
    with pytest.raises(UnreadableFileError, match="larger than"):
        read_bytes("/proc/self/status", 10)


def test_a_row_with_a_faulty_quote_is_told_once(tmp_path: Path) -> None:
    """Its cells are nobody's: they reach no later check."""
    path = tmp_path / "t.tsv"
    path.write_text('a\tb\n"1\t2\n3\t4\n', encoding="utf-8")
    sheet = read_sheet(path)
    assert sheet.rows == ((3, ("3", "4")),)
    assert len(sheet.problems) == 1


def test_a_number_of_a_workbook_hides_no_text(tmp_path: Path) -> None:
    """The text 45.747 stays double beside a cell that holds the number 45.747."""
    with pytest.raises(NumberStyleError):
        decide_numbers([NumberText("45.747"), "45.747"])


def test_sizes_without_a_decimal_are_refused(tmp_path: Path) -> None:
    """Twenty whole numbers are rounded sizes; one decimal shows that they are measured."""
    rows = [["sample_id", "size_nt", "height"], *(["A", str(nt), "9"] for nt in range(100, 120))]
    with pytest.raises(UnreadableFileError, match="whole numbers"):
        read_peak_table(_text(rows, tmp_path / "t.tsv", "\t"))
    rows[1][1] = "100.1"
    assert read_peak_table(_text(rows, tmp_path / "t.tsv", "\t")).peaks["A"].size_nt.size == 20


def test_a_name_is_found_in_both_spellings(tmp_path: Path) -> None:
    """Composed and decomposed letters name the same file."""
    (tmp_path / "e\u0301.txt").write_bytes(b"x")
    assert read_bytes(find_file(tmp_path / "\u00e9.txt"), 9) == b"x"


def test_a_workbook_named_otherwise_is_read_as_one(tmp_path: Path) -> None:
    """The content decides, not the ending."""
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active.append(["1"])
    buffer = io.BytesIO()
    book.save(buffer)
    (tmp_path / "t.tsv").write_bytes(buffer.getvalue())
    assert read_sheet(tmp_path / "t.tsv").rows == ((2, ("1",)),)


def test_numbers_of_a_workbook_have_no_style(tmp_path: Path) -> None:
    """45.747 that a workbook holds as a number is that number, beside text of either style."""

    def fill(book: openpyxl.Workbook) -> None:
        book.active["C2"], book.active["C3"] = 45.747, 285

    for rows in (TABLES["peaks"][1], [*TABLES["peaks"][1], ["A", "120.5", "12,25"]]):
        table = read_peak_table(_book(rows, tmp_path / "t.xlsx", fill))
        assert table.peaks["A"].height.tolist()[:2] == [45.747, 285.0]


def test_a_range_merged_far_beyond_the_sheet(tmp_path: Path) -> None:
    """A range of a billion cells costs no more than the cells that are there."""
    rows = [["a", "b"], *([str(at), "1"] for at in range(2000))]
    path = _book(rows, tmp_path / "small.xlsx", lambda book: book.active.merge_cells("B3:B4"))
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(tmp_path / "t.xlsx", "w") as huge:
        for name in good.namelist():
            huge.writestr(name, good.read(name).replace(b'"B3:B4"', b'"B3:XFD1048576"'))
    path = tmp_path / "t.xlsx"
    sheet = read_sheet(path)
    assert len(sheet.problems) == 1999
    assert {len(cells) for _, cells in sheet.rows} == {2}


def test_columns_of_ones_own_are_carried_as_they_show(tmp_path: Path) -> None:
    """A percentage or a date in an x_ column is what a person sees there."""

    def fill(book: openpyxl.Workbook) -> None:
        book.active["A2"], book.active["B2"] = 0.45, datetime.date(2024, 3, 1)
        book.active["A2"].number_format = "0%"

    sheet = read_sheet(_book([["x_share", "x_seen"], ["", ""]], tmp_path / "t.xlsx", fill))
    assert sheet.problems == ()
    assert sheet.rows == ((2, ("45 %", "2024-03-01")),)


def test_a_name_with_another_blank_is_found(tmp_path: Path) -> None:
    """A no-break blank in the name of a file looks like a blank, and is typed as one."""
    (tmp_path / "Pat\u00a017.fsa").write_bytes(b"x")
    (tmp_path / "end .fsa").write_bytes(b"y")
    assert read_bytes(tmp_path / "Pat 17.fsa", 10) == b"x"
    assert file_fault(str(tmp_path / "Pat 17.fsa")) == ""
    with pytest.raises(UnreadableFileError, match="no such file"):
        read_bytes(tmp_path / "Pat17.fsa", 10)


@pytest.mark.parametrize("column", [0, 2, 3])
def test_a_date_in_a_probemix(tmp_path: Path, column: int) -> None:
    """Exon 3-4 that a spreadsheet made 03-Apr is refused with its row."""
    rows = [list(row) for row in TABLES["probemix"][1]]
    assert {rows[0][at] for at in (0, 2, 3)} == {"probe_id", "gene", "exon"}
    rows[2][column] = "03-Apr"
    with pytest.raises(InputError, match=r"row 3, .*looks like a date"):
        read_probemix(_text(rows, tmp_path / "t.tsv", "\t"))
