"""Hostile and broken files end in one refusal, quickly, and nothing else."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from der22.errors import UnreadableFileError
from der22.formats.qpcr import parse_plate_file, read_plate_file

CODES = {
    "FILE_UNREADABLE", "FORMAT_UNKNOWN", "FILE_NOT_ANALYSED", "RESULTS_MISSING",
    "NUMBER_STYLE_MIXED", "NUMBER_STYLE_UNCLEAR",
}  # fmt: skip

HEADS = (
    b"", b"PK\x03\x04", b"PK\x05\x06", b"<?xml version='1.0'?><rdml>", b"[Results]\nWell\tCT\n",
    b"* a = b\n[Results]\n", b"SDS 2.3\n\nWell\tDetector\tCt\n", b"\xff\xfe", b"\xfe\xff",
    b"Experiment: a Selected Filter: b\nPos\tName\tCp\n", b",Well,Fluor,Content,Cq\n",
    b"sample,target,copies\n", b'sample,target,copies\n"', b"sample;target;copies\n",
)  # fmt: skip


def try_to_read(content: bytes) -> None:
    """Read; the only exception allowed is a refusal with a code of the specification."""
    refusal = None
    try:
        parse_plate_file(content, "x")
    except UnreadableFileError as error:
        refusal = error
    if refusal is not None:
        assert refusal.code in CODES
        assert refusal.message.startswith(("x: ", "x, tab "))


@settings(max_examples=300, deadline=None)
@given(head=st.sampled_from(HEADS), tail=st.binary(max_size=300))
def test_any_bytes_end_in_a_refusal_or_wells(head: bytes, tail: bytes) -> None:
    """No bytes whatever raise anything but a refusal."""
    try_to_read(head + tail)


@settings(max_examples=200, deadline=None)
@given(
    head=st.sampled_from(HEADS),
    cells=st.lists(
        st.lists(
            st.one_of(
                st.sampled_from(
                    ["", "1", "A1", "20.5", "1,5", "1e999", "-1", "NaN", "STANDARD", "\0"]
                ),
                st.text(max_size=12),
            ),
            max_size=8,
        ),
        max_size=6,
    ),
    separator=st.sampled_from("\t,;"),
)
def test_any_table_ends_in_a_refusal_or_wells(
    head: bytes, cells: list[list[str]], separator: str
) -> None:
    """No cells below a valid head raise anything but a refusal."""
    text = "\n".join(separator.join(row) for row in cells)
    try_to_read(head + text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("kind", ["quantstudio", "design_analysis", "sds", "eds", "rdml", "cfx"])
def test_damaged_files(writers: ModuleType, kind: str) -> None:
    """A file cut anywhere, or with bytes turned, is refused or read, never a crash."""
    whole = getattr(writers, kind)(writers.make_plate({"S": ((100.0, None), (1e4,))}))
    step = max(1, len(whole) // 60)
    for at in range(0, len(whole), step):
        try_to_read(whole[:at])
        try_to_read(whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])


def test_damaged_old_workbook() -> None:
    """An .xls cut or spoiled anywhere is refused or read; what a chain claims is bounded."""
    whole = (Path(__file__).parent / "data" / "plate.xls").read_bytes()
    for at in [*range(0, 1536, 3), *range(1536, len(whole), 199)]:
        try_to_read(whole[:at])
        try_to_read(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])


def test_archive_that_unpacks_too_far(writers: ModuleType) -> None:
    """A bomb of 200 MB in 200 kB is refused by its size."""
    bomb = writers.zip_of({"apldbio/sds/analysis_result.txt": b"\0" * (200 * 2**20)})
    assert len(bomb) < 300_000
    with pytest.raises(UnreadableFileError, match="unpacks to more than 128 MiB"):
        parse_plate_file(bomb, "x")


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rdml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE rdml SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE rdml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(writers: ModuleType, doctype: str, encoding: str) -> None:
    """XML that declares a document type is not opened, in any encoding, in any container."""
    text = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}<rdml>&x;</rdml>'
    for content in (
        writers.zip_of({"rdml_data.xml": text.encode(encoding)}),
        writers.zip_of({"xl/workbook.xml": text.encode(encoding)}),
    ):
        with pytest.raises(UnreadableFileError, match="document type"):
            parse_plate_file(content, "x")


def test_member_names_never_reach_the_disk(
    writers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Members with ../ or absolute names are compared and never written."""
    monkeypatch.chdir(tmp_path)
    members = {
        "../../outside.xml": b"<rdml/>", "/etc/x.xml": b"<rdml/>", "..\\..\\y.xml": b"<rdml/>",
    }  # fmt: skip
    with pytest.raises(UnreadableFileError):
        parse_plate_file(writers.zip_of(members), "x")
    assert list(tmp_path.rglob("*")) == []
    assert not (tmp_path.parent.parent / "outside.xml").exists()


def test_locked_member_is_refused(writers: ModuleType) -> None:
    """A member locked by a password is one refusal."""
    content = bytearray(writers.zip_of({"apldbio/sds/analysis_result.txt": b"x" * 50}))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        central = content.rfind(b"PK\x01\x02")
        assert archive.infolist()
    content[6] |= 1
    content[central + 8] |= 1
    with pytest.raises(UnreadableFileError) as caught:
        parse_plate_file(bytes(content), "x")
    assert caught.value.code == "FILE_UNREADABLE"


def test_absurd_workbook_rows_are_refused_or_bounded(writers: ModuleType) -> None:
    """Row and column numbers of a workbook cannot make it larger than it is."""
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    members = {
        "xl/workbook.xml": f'<workbook {ns} {rel}><sheets><sheet name="Results" r:id="a"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": '<R><Relationship Id="a" Target="worksheets/s.xml"/></R>',
        "xl/worksheets/s.xml": f'<worksheet {ns}><sheetData><row r="9999999">'
        '<c r="XFD1"><v>1</v></c></row><row r="999999"><c r="A1" t="s"><v>99</v></c></row>'
        "</sheetData></worksheet>",
    }
    with pytest.raises(UnreadableFileError) as caught:
        parse_plate_file(writers.zip_of({k: v.encode() for k, v in members.items()}), "x")
    assert caught.value.code in ("RESULTS_MISSING", "FILE_UNREADABLE")


def test_deep_xml_is_no_recursion(writers: ModuleType) -> None:
    """A hundred thousand nested elements are read or refused."""
    deep = b"<rdml>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</rdml>"
    try_to_read(writers.zip_of({"rdml_data.xml": deep}))


@pytest.mark.parametrize(
    "content",
    [
        b"* a = b\n" + b"\n[A" * 200_000,
        b",Well,Fluor,Content,Cq\n,A1,FAM," + b"1" * 100_000 + b"x,20\n",
        b"[Results]\nWell\tSample Name\tCT\n1\t" + b"9" * 200_000 + b"\t" + b"9" * 200_000 + b"\n",
    ],
)
def test_long_nonsense_is_quick(content: bytes) -> None:
    """Content made to be slow is not."""
    try_to_read(content)


@pytest.mark.parametrize("name", ["absent.txt", "."])
def test_files_that_cannot_be_opened(tmp_path: Path, name: str) -> None:
    """A missing file and a folder are refusals."""
    with pytest.raises(UnreadableFileError) as caught:
        read_plate_file(tmp_path / name)
    assert caught.value.code == "FILE_UNREADABLE"
