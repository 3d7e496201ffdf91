"""Every instrument table: a cell or row that may be something else than it shows is refused."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest

from der22.errors import UnreadableFileError
from der22.formats.qpcr import parse_plate_file

SEP = "\t"
CFX = ["Well", "Fluor", "Target", "Content", "Sample", "Cq", "Starting Quantity (SQ)"]
RESULTS = ["Well", "Well Position", "Sample Name", "Target Name", "Task", "CT", "Quantity"]
ROWS = [
    ["1", "A1", "Std", "F", "STANDARD", "25.5", "1000"],
    ["2", "A2", "S1", "F", "UNKNOWN", "31.25", "10"],
    ["3", "A3", "S2", "F", "UNKNOWN", "Undetermined", "1"],
    ["4", "A4", "S3", "F", "UNKNOWN", "29.5", "1.5"],
]
#: kind -> lines above the header, header, rows
EXPORTS: dict[str, tuple[list[str], list[str], list[list[str]]]] = {
    "quantstudio": (["* Instrument Type = QuantStudio", "", "[Results]"], RESULTS, ROWS),
    "sds": (["SDS 2.3\tAQ Results", ""], ["Well", "Sample", "Detector", "Task", "Ct", "Quantity"],
            [[row[0], *row[2:]] for row in ROWS]),
    "lightcycler": (
        ["Experiment: r  Selected Filter: FAM (465-510)"],
        ["Include", "Color", "Pos", "Name", "Cp", "Concentration", "Standard"],
        [["True", "255", row[1], row[2], row[5] if row[5][0] != "U" else "", row[6], "0"]
         for row in ROWS],
    ),
    "cfx": ([], CFX, [[row[1], "FAM", "F", "Unkn-1", row[2], row[5], row[6]] for row in ROWS]),
    "copies": ([], ["well", "task", "sample", "target", "copies"],
               [[row[1], row[4], row[2], row[3], row[6]] for row in ROWS]),
}  # fmt: skip


def text(kind: str, rows: list[list[str]]) -> bytes:
    """Return an export as tab-separated text."""
    head, header, _ = EXPORTS[kind]
    return "".join(f"{line}\n" for line in [*head, *map(SEP.join, [header, *rows])]).encode()


def workbook(kind: str, spoil: Callable[[openpyxl.Workbook], None]) -> bytes:
    """Return a table as a workbook; that of an instrument has a sheet Results."""
    _, header, rows = EXPORTS[kind]
    book = openpyxl.Workbook()
    if kind == "quantstudio":
        book.active.title = "Results"
    for row in [header, *rows]:
        book.active.append([float(cell) if _is_number(cell) else cell for cell in row])
    spoil(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdecimal()


@pytest.mark.parametrize("kind", EXPORTS)
def test_a_quote_that_never_closes(kind: str) -> None:
    """An opening quote in any row is refused with its row; in the head it harms nobody."""
    head, _, rows = EXPORTS[kind]
    assert len(parse_plate_file(text(kind, rows), "t").wells) == len(rows)
    for at in range(len(rows)):
        spoiled = [list(row) for row in rows]
        spoiled[at][2] = '"' + spoiled[at][2]
        row = len(head) + 2 + at
        with pytest.raises(UnreadableFileError, match=rf"t: row {row}: .*quote"):
            parse_plate_file(text(kind, spoiled), "t")


@pytest.mark.parametrize("kind", EXPORTS)
def test_a_row_with_more_cells_than_the_header(kind: str) -> None:
    """A separator within a cell moves all cells behind it: none is sure of its column."""
    _, _, rows = EXPORTS[kind]
    spoiled = [list(row) for row in rows]
    spoiled[1].insert(2, "x")
    with pytest.raises(UnreadableFileError, match=r"row \d+: \d cells, the header has \d columns"):
        parse_plate_file(text(kind, spoiled), "t")


@pytest.mark.parametrize("kind", EXPORTS)
def test_a_column_that_stands_twice(kind: str) -> None:
    """Of two columns of one name neither is read."""
    head, header, rows = EXPORTS[kind]
    at = next(i for i, name in enumerate(header) if name in ("CT", "Ct", "Cp", "Cq", "copies"))
    doubled = [[*row, row[at]] for row in [header, *rows]]
    content = "".join(f"{line}\n" for line in [*head, *map(SEP.join, doubled)]).encode()
    with pytest.raises(UnreadableFileError, match="stands twice"):
        parse_plate_file(content, "t")


@pytest.mark.parametrize("kind", ["quantstudio", "cfx", "copies"])
@pytest.mark.parametrize("spoiler", ["merge", "percent", "date", "error"])
@pytest.mark.parametrize("meant", ["sample", "value"])
def test_cells_of_a_workbook_that_are_not_what_they_show(
    kind: str, spoiler: str, meant: str
) -> None:
    """Merged, percent, date and error cells are refused with the name of the cell."""
    _, header, _ = EXPORTS[kind]
    names = ("Sample Name", "Sample", "sample") if meant == "sample" else ("CT", "Cq", "copies")
    column = 1 + next(i for i, name in enumerate(header) if name in names)

    def spoil(book: openpyxl.Workbook) -> None:
        cell = book.active.cell(3, column)
        if spoiler == "merge":
            book.active.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
        elif spoiler == "error":
            cell.value = "#N/A"
        else:
            cell.value = 0.92 if spoiler == "percent" else 45000
            cell.number_format = "0%" if spoiler == "percent" else "yyyy-mm-dd"

    def spoil_beside_another(book: openpyxl.Workbook) -> None:
        spoil(book)
        book.create_sheet("Notes").append(["nothing to read"])

    assert len(parse_plate_file(workbook(kind, lambda _: None), "t").wells) == len(ROWS)
    if (spoiler, meant) == ("error", "value"):  # a word that is no number spoils its well only
        wells = parse_plate_file(workbook(kind, spoil), "t").wells
        assert [bool(well.fault) for well in wells] == [False, True, False, False]
        return
    with pytest.raises(UnreadableFileError, match=rf"t: cell {chr(64 + column)}3 "):
        parse_plate_file(workbook(kind, spoil), "t")
    with pytest.raises(UnreadableFileError, match=rf"t, tab \w+: cell {chr(64 + column)}3 "):
        parse_plate_file(workbook(kind, spoil_beside_another), "t")


def test_the_result_of_an_eds_document_alone() -> None:
    """The member taken out of its document is read as what it is: wells from 0, cycles known."""
    rows = [
        "Well\tSample Name\tDetector\tTask\tCt",
        "0\tS1\tF\tUNKNOWN\t31.5",
        "Rn values\t" + "\t".join(["0.1"] * 40),
        "Delta Rn values\t" + "\t".join(["0.0"] * 40),
        "1\tS2\tF\tUNKNOWN\t40.0",
        "Rn values\t" + "\t".join(["0.1"] * 40),
    ]
    file = parse_plate_file("\n".join(rows).encode(), "t.txt")
    assert [(well.well, well.ct) for well in file.wells] == [("A1", 31.5), ("A2", 40.0)]
    assert file.cycles == {"": 40}


def test_rows_that_are_no_wells_are_accounted_for() -> None:
    """Listed wells that hold nothing and lines that are no wells are told apart."""
    _, _, rows = EXPORTS["quantstudio"]
    more = [*rows, ["5", "A5", "", "", "", "", ""], ["Analysis Type", "Singleplex"]]
    file = parse_plate_file(text("quantstudio", more), "t")
    assert len(file.wells) == len(rows)
    assert file.empty == ("A5",)
    assert file.not_understood == ("row 10",)


@pytest.mark.parametrize("kind", ["quantstudio", "sds", "lightcycler", "cfx"])
@pytest.mark.parametrize("turned", ["value", "quantity"])
def test_each_column_tells_its_own_style(kind: str, turned: str) -> None:
    """Decimal commas in one column beside points in another are read as what each column says."""
    _, header, rows = EXPORTS[kind]
    names = (
        ("CT", "Ct", "Cp", "Cq") if turned == "value" else ("Quantity", "Concentration", CFX[-1])
    )
    at = next(i for i, name in enumerate(header) if name in names)
    spoiled = [list(row) for row in rows]
    for row in spoiled:
        row[at] = row[at].replace("1000", "1.000").replace("1.5", "1,5").replace("5.5", "5,5")
        row[at] = row[at].replace("31.25", "31,25").replace("29.5", "29,5")
    plain = parse_plate_file(text(kind, rows), "t").wells
    found = parse_plate_file(text(kind, spoiled), "t").wells
    assert [(w.ct, w.quantity, w.printed_copies) for w in found] == [
        (w.ct, w.quantity, w.printed_copies) for w in plain
    ]
    assert {w.ct for w in found} >= {25.5, 31.25, 29.5}
    assert 1.5 in {w.printed_copies for w in found}


@pytest.mark.parametrize("kind", [kind for kind in EXPORTS if kind != "copies"])
def test_a_reaction_that_is_listed_twice(kind: str) -> None:
    """A row pasted twice is no second replicate."""
    _, _, rows = EXPORTS[kind]
    with pytest.raises(UnreadableFileError, match=r"well A2 .* stands twice: row \d+.* and row"):
        parse_plate_file(text(kind, [*rows, rows[1]]), "t")


@pytest.mark.parametrize("kind", EXPORTS)
def test_a_sign_that_nobody_sees(kind: str) -> None:
    """A zero-width blank makes another sample of a sample."""
    _, _, rows = EXPORTS[kind]
    spoiled = [[cell.replace("S1", "S1\u200b") for cell in row] for row in rows]
    with pytest.raises(UnreadableFileError, match=r"U\+200B"):
        parse_plate_file(text(kind, spoiled), "t")


@pytest.mark.parametrize("tab", ["May", "Results", "Copies", None])
def test_the_tab_in_the_path_is_the_one(tab: str | None) -> None:
    """A tab that is named is read or refused, never another."""
    book = openpyxl.Workbook()
    book.active.title = "Results"
    for row in [EXPORTS["quantstudio"][1], *ROWS]:
        book.active.append(row)
    copies = book.create_sheet("Copies")
    for row in [["sample", "target", "copies"], ["S9", "F", 5]]:
        copies.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    if tab == "May":
        with pytest.raises(UnreadableFileError, match="no visible tab May"):
            parse_plate_file(buffer.getvalue(), "t", tab)
        return
    found = parse_plate_file(buffer.getvalue(), "t", tab)
    assert [w.sample for w in found.wells][-1] == ("S9" if tab == "Copies" else "S3")


def test_wells_below_a_blank_line_are_wells() -> None:
    """Totals and remarks below a plate are no wells, a second block of wells is read."""
    head, header, rows = EXPORTS["sds"]
    remarks = [["Slope", "-3.3"], ["RQ Min/Max Confidence Level", "95.0"], ["Note", *"123456789"]]
    table = [header, *rows[:2], [], *remarks, rows[2], rows[3]]
    content = "".join(f"{line}\n" for line in [*head, *map(SEP.join, table)]).encode()
    file = parse_plate_file(content, "t")
    assert [well.sample for well in file.wells] == ["Std", "S1", "S2", "S3"]
    assert file.not_understood == file.empty == ()
    table += [[], ["", "", "", "", "33.3"]]
    content = "".join(f"{line}\n" for line in [*head, *map(SEP.join, table)]).encode()
    assert parse_plate_file(content, "t").wells[-1].ct == 33.3  # a value is no remark


def test_a_second_section_of_results() -> None:
    """Of two sections neither is chosen."""
    content = text("quantstudio", ROWS) + b"[Results]\nWell\tCT\n"
    with pytest.raises(UnreadableFileError, match="second section"):
        parse_plate_file(content, "t")


def test_a_value_in_a_well_that_names_nothing() -> None:
    """A CFX row with an unreadable Cq is no empty well."""
    _, _, rows = EXPORTS["cfx"]
    file = parse_plate_file(text("cfx", [*rows, ["B1", "FAM", "F", "", "", "29..5", ""]]), "t")
    assert file.wells[-1].fault == "CT_NOT_A_NUMBER"


@pytest.mark.parametrize("twin", ["", "NaN"])
@pytest.mark.parametrize("first", [True, False])
def test_a_well_that_is_listed_for_two_dyes(twin: str, first: bool) -> None:
    """A row without a value beside one with a value is no second reaction."""
    _, _, rows = EXPORTS["cfx"]
    other = [rows[1][0], "HEX", *rows[1][2:5], twin, ""]
    table = [rows[0], other, *rows[1:]] if first else [*rows, other]
    file = parse_plate_file(text("cfx", table), "t")
    assert [w.ct for w in file.wells if w.well == "A2"] == [31.25]
    assert len(file.wells) == len(rows)
    assert file.empty == ("A2",)


def test_a_copies_table_that_was_pasted_twice() -> None:
    """Equal rows with telling numbers are copies; short numbers may be replicates."""
    head = b"sample\ttarget\tcopies\n"
    assert len(parse_plate_file(head + b"S\tF\t12\nS\tF\t12\n", "t").wells) == 2
    with pytest.raises(UnreadableFileError, match="stands twice"):
        parse_plate_file(head + b"S\tF\t12\nS\tABL1\t30112\nS\tABL1\t30112\n", "t")


@pytest.mark.parametrize("standard", ["1E6 cp", "#####", "10^5"])
def test_a_standard_whose_quantity_cannot_be_read(standard: str) -> None:
    """It stays a standard, without a quantity, and never becomes a patient's well."""
    _, _, rows = EXPORTS["lightcycler"]
    table = [[*row[:-1], standard if at == 0 else row[-1]] for at, row in enumerate(rows)]
    well = parse_plate_file(text("lightcycler", table), "t").wells[0]
    assert (well.task.value, well.quantity) == ("standard", None)


def test_text_of_windows() -> None:
    """An en dash and a euro sign of Windows-1252 are what a person sees."""
    _, _, rows = EXPORTS["copies"]
    spoiled = [[cell.replace("S1", "S1\u2013\u20ac") for cell in row] for row in rows]
    content = text("copies", spoiled).decode().encode("cp1252")
    assert parse_plate_file(content, "t").wells[1].sample == "S1\u2013\u20ac"
