"""The guard before openpyxl: what reaches it, what is refused, and that numbers stay numbers."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Sequence

import openpyxl
import pytest

from der22.errors import UnreadableFileError
from der22.formats import workbook as workbook_module
from der22.formats.grid import Cell, Mark, MarkedCell
from der22.formats.workbook import open_xlsx

SHEET = "xl/worksheets/sheet1.xml"
DOCTYPE = b'<!DOCTYPE a [<!ENTITY a "b">]>'


def workbook() -> bytes:
    """Return a small workbook: text, numbers, an empty row, a truth value, a date."""
    book = openpyxl.Workbook()
    book.active.append(["Cq", 25.125, None])
    book.active.append([])
    book.active.append([31, True, datetime.date(2026, 1, 2)])
    # a format of an instrument that openpyxl takes for a date, as "Standard" in a German workbook
    book.active["B1"].number_format = "Standard"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def spoiled(member: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the workbook with one member changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as good, zipfile.ZipFile(buffer, "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            bad.writestr(name, change(content) if name == member else content)
    return buffer.getvalue()


def rows_of(content: bytes, width: int | None = None) -> Sequence[Sequence[Cell]]:
    """Return the cells of the only sheet."""
    book = open_xlsx(content, "x")
    assert book is not None
    return book.grid("Sheet", width).rows


def test_cells_come_as_the_file_holds_them() -> None:
    """Numbers stay numbers, a date is marked as one; empty rows keep their place."""
    first, second, third = rows_of(workbook())
    assert list(first[:2]) == ["Cq", 25.125]
    assert not any(second)
    assert list(third) == [31, "TRUE", MarkedCell(Mark.DATE, "2026-01-02")]


def test_columns_beyond_the_width_are_passed_over() -> None:
    """Only as many columns as asked for are returned."""
    assert [list(row) for row in rows_of(workbook(), width=1)] == [["Cq"], [], [31]]


def test_archive_without_a_workbook() -> None:
    """Another archive is no workbook and no error."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "a")
    assert open_xlsx(buffer.getvalue(), "x") is None


@pytest.mark.parametrize("member", [SHEET, "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("before", [b"", b"<!--" + b" " * 70_000 + b"-->"])
def test_document_types_never_reach_openpyxl(member: str, before: bytes) -> None:
    """A document type is refused in every member, also behind a comment longer than the look."""

    def declare(content: bytes) -> bytes:
        return before + DOCTYPE + re.sub(rb"<\?xml.*?\?>", b"", content)

    with pytest.raises(UnreadableFileError, match=r"document type|no XML element") as caught:
        open_xlsx(spoiled(member, declare), "x")
    assert caught.value.code == "FILE_UNREADABLE"


def test_members_that_hold_no_values_are_not_opened() -> None:
    """Damaged properties and themes, which some programs write, do not stop a reading."""
    for member in ("docProps/core.xml", "docProps/app.xml", "xl/theme/theme1.xml"):
        assert len(rows_of(spoiled(member, lambda _: b"<not xml"))) == 3


@pytest.mark.parametrize(
    "old_and_new",
    [(b'r="A1"', b'r="ZZZZ1"'), (b'r="3"', b'r="99999999999"'), (b"25.125", b"2x"), (b"</", b"<")],
)
def test_damaged_sheets_are_refused(old_and_new: tuple[bytes, bytes]) -> None:
    """Impossible columns, absurd rows, numbers that are none and broken XML are one refusal."""
    with pytest.raises(UnreadableFileError) as caught:
        rows_of(spoiled(SHEET, lambda content: content.replace(*old_and_new)))
    assert caught.value.code == "FILE_UNREADABLE"
    assert caught.value.message.startswith("x: ")


@pytest.mark.parametrize(
    ("bound", "words"), [("_MAX_BYTES", "unpacks to"), ("_MAX_TAGS", "more cells than any plate")]
)
def test_what_is_far_too_large_is_refused(
    bound: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes and cells of all members together are bounded before openpyxl sees one of them."""
    monkeypatch.setattr(workbook_module, bound, 50)
    with pytest.raises(UnreadableFileError, match=words):
        open_xlsx(workbook(), "x")


@pytest.mark.parametrize(
    ("cell", "is_marked"),
    [
        (b'<c r="C2" t="str"><f>A1</f></c>', True),
        (b'<c r="C2"><f>54</f></c>', True),
        (b'<c r="C2"><f>54</f><v/></c>', True),
        (b'<c r="C2"><f>54</f><v xml:space="preserve"></v></c>', True),
        (b'<c r="C2"><!-- x --><f>54</f><!-- y --></c>', True),
        (b'<c r="C2" t="str"><f>A1</f><v></v></c>', False),
        (b'<c r="C2" t="str"><f>A1</f><v>F</v></c>', False),
        (b'<c r="C2"><f>54</f><v>54</v></c>', False),
    ],
)
def test_a_formula_without_a_value_is_marked(cell: bytes, is_marked: bool) -> None:
    """A formula that was never calculated is no blank; one of text may have given nothing."""

    def add(content: bytes) -> bytes:
        return content.replace(b'<row r="3"', b'<row r="2">' + cell + b'</row><row r="3"')

    rows = rows_of(spoiled(SHEET, add))
    found = rows[1][2] if len(rows[1]) > 2 else None
    assert (found == MarkedCell(Mark.FORMULA, "")) is is_marked


def test_a_formula_on_a_hidden_tab_harms_nobody() -> None:
    """Only tabs that are read are looked at."""
    book = openpyxl.Workbook()
    book.active.append(["a"])
    hidden = book.create_sheet("old")
    hidden["A1"] = "=1+1"
    hidden.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    assert [list(row) for row in rows_of(buffer.getvalue())] == [["a"]]
