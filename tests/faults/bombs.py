"""Hostile files made by hand: absurd counts, archives that explode, entities, endless aliases."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from der22.formats.abif import parse_abif
from der22.formats.fragment_run import to_fragment_run
from der22.formats.qpcr import parse_plate_file
from der22.formats.sheets import parse_delimited, read_sheet
from der22.formats.trace import parse_trace
from faults.seeds import Target, read_config, scf_seed

__all__ = ["FAMILIES", "bombs"]

Reader = Callable[[bytes], object]

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LAUGHS = "".join(
    f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10)
)  # fmt: skip
_DOCTYPE = f'<!DOCTYPE x [<!ENTITY a0 "ha">{_LAUGHS}]>'
_OUTSIDE = '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'


def bombs(family: str, scratch: Path) -> Iterator[Target]:
    """Yield the hostile files of a family, each with its reader.

    Args:
        family: a key of `FAMILIES`.
        scratch: folder for readers that want a path.
    """
    files, readers = FAMILIES[family]
    for name, content in files().items():
        for read in readers(scratch):
            yield Target(f"{family}: {name}", (content,), read)


def _read_fsa(content: bytes) -> object:
    return to_fragment_run(parse_abif(content, "x"))


def _read_trace(content: bytes) -> object:
    return parse_trace(content, "x")


def _abif(n_entries: int, n_bytes: int, start: int, rest: bytes) -> bytes:
    head = struct.pack(
        ">4sH4sIHHIII", b"ABIF", 101, b"tdir", 1, 1023, 28, n_entries, n_bytes, start
    )
    return head.ljust(128, b"\0") + rest


def _entry(tag: bytes, number: int, kind: int, count: int, n_bytes: int, start: int) -> bytes:
    return struct.pack(">4sIHHIII4x", tag, number, kind, 1, count, n_bytes, start)


def _abif_files() -> dict[str, bytes]:
    big = 8 * 2**20
    everywhere = b"".join(
        _entry(b"DATA", number, 1, big, big, 0) for number in (1, 2, 3, 4, 105, 106, 9, 10, 11, 12)
    )
    everywhere += _entry(b"PBAS", 2, 2, big, big, 0) + _entry(b"PLOC", 2, 4, big // 2, big, 0)
    return {
        "4,294,967,295 directory entries": _abif(0xFFFFFFFF, 0xFFFFFFFF, 128, b"\0" * 1000),
        "a million real directory entries": _abif(
            1_000_000, 28_000_000, 128, _entry(b"DATA", 1, 4, 1, 2, 0) * 1_000_000
        ),
        "twelve tags that all name the same 8 MiB": _abif(
            12, 12 * 28, 128, everywhere + bytes(big)
        ),
        "directory that lies in itself": _abif(4, 112, 6, b"\0" * 200),
        "values behind the end": _abif(1, 28, 128, _entry(b"DATA", 1, 4, 9, 2**32 - 1, 2**32 - 1)),
    }


def _scf_files() -> dict[str, bytes]:
    files = {}
    for name, at, number in (
        ("4,294,967,295 samples", 4, 0xFFFFFFFF),
        ("samples at the end of all addresses", 8, 0xFFFFFFFF),
        ("a billion calls", 12, 10**9),
        ("calls before the head", 24, 0),
    ):
        content = bytearray(scf_seed(3, 2))
        struct.pack_into(">I", content, at, number)
        files[name] = bytes(content)
    content = bytearray(scf_seed(2, 1)) + bytes(40 * 2**20)
    struct.pack_into(">I", content, 4, 10**7)
    files["ten million real samples"] = bytes(content)
    return files


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _plates() -> dict[str, bytes]:
    zeros = b"\0" * (160 * 2**20)
    return {
        "RDML that unpacks to 160 MiB": _zip({"rdml_data.xml": b"<?xml version='1.0'?>" + zeros}),
        ".eds that unpacks to 160 MiB": _zip({"apldbio/sds/analysis_result.txt": zeros}),
        "billion laughs in RDML": _zip(
            {"rdml_data.xml": f"<?xml version='1.0'?>{_DOCTYPE}<rdml>&a9;</rdml>".encode()}
        ),
        "entity that names a file": f"<?xml version='1.0'?>{_OUTSIDE}<rdml>&a9;</rdml>".encode(),
        "member named ../../x": _zip({"../../rdml_data.txt": b"x", "/etc/x": b"<rdml/>"}),
        "thirty thousand members": _zip({f"{i}.xml": b"" for i in range(30_000)}),
        "archive within its archive": _zip({"a.zip": _zip({"b.zip": _zip({"c.xml": b"x"})})}),
        "one line of 30 MiB": b"[Results]\n" + b"x" * (30 * 2**20),
        "a million tabs": b"Well\tSample Name\tCT\n" + b"\t" * 1_000_000,
        "quoted cell without end": b'sample,target,copies\n"' + b"x,\n" * 500_000,
    }  # fmt: skip


def _workbook(sheet: bytes, strings: bytes = b"") -> bytes:
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = (
        f'<workbook {_MAIN} xmlns:r="{relation}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relation}/worksheet" Target="worksheets/s.xml"/>'
        "</Relationships>"
    )
    return _zip(
        {
            "[Content_Types].xml": types.encode(),
            "xl/workbook.xml": book.encode(),
            "xl/_rels/workbook.xml.rels": relations.encode(),
            "xl/worksheets/s.xml": sheet,
            **({"xl/sharedStrings.xml": strings} if strings else {}),
        }
    )


def _sheet(rows: str) -> bytes:
    return f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>".encode()


def _workbooks() -> dict[str, bytes]:
    wide = "".join(f'<row r="{r}"><c r="XFD{r}"><v>1</v></c></row>' for r in range(1, 100_000))
    entities = f"{_DOCTYPE}<worksheet {_MAIN}>&a9;</worksheet>".encode()
    return {
        "workbook that unpacks to 160 MiB": _workbook(b" " * (160 * 2**20)),
        "row number 9999999999": _workbook(_sheet('<row r="9999999999"><c><v>1</v></c></row>')),
        "100,000 rows that end in column XFD": _workbook(_sheet(wide)),
        "billion laughs in a sheet": _workbook(entities),
        "entity that names a file in a sheet": _workbook(
            f"{_OUTSIDE}<worksheet {_MAIN}>&a9;</worksheet>".encode()
        ),
        "a hundred thousand nested elements": _workbook(
            _sheet("<row>" * 100_000 + "</row>" * 100_000)
        ),
    }


def _texts() -> dict[str, bytes]:
    return {
        "cell of a million characters": b"a,b\n" + b"x" * 1_000_000 + b",1\n",
        "two thousand columns named the same": b",".join([b"a"] * 2000) + b"\n1\n",
    }


def _configs() -> dict[str, bytes]:
    levels = [b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]".encode() for i in range(1, 10)]
    return {
        "aliases that make a billion values": b"\n".join(levels),
        "alias of itself": b"cohort: &a {name: x, patients: *a}",
        "ten thousand nested lists": b"cohort: " + b"[" * 10_000 + b"]" * 10_000,
        "number of 5,000 digits": b"cohort: " + b"9" * 5_000,
        "31 February": b"cohort: 2024-02-31",
        "infinity as a threshold": b"cohort: {name: a, patients: b}\nstatistics: {x: .inf}",
        "python object": b"cohort: !!python/object/apply:os.system ['true']",
        "binary": b"\x00\xff\xfe",
    }


def _on_disk(path: Path, read: Callable[[Path], object]) -> Reader:
    def from_content(content: bytes) -> object:
        path.write_bytes(content)
        return read(path)

    return from_content


#: family -> its files by name, and the readers each of them is given to
FAMILIES: dict[str, tuple[Callable[[], dict[str, bytes]], Callable[[Path], list[Reader]]]] = {
    "ABIF": (_abif_files, lambda _scratch: [_read_fsa, _read_trace]),
    "SCF": (_scf_files, lambda _scratch: [_read_trace]),
    "qPCR": (_plates, lambda _scratch: [lambda c: parse_plate_file(c, "x")]),
    "workbook": (_workbooks, lambda scratch: [_on_disk(scratch / "bomb.xlsx", read_sheet)]),
    "text sheet": (_texts, lambda _scratch: [lambda c: parse_delimited("x", c.decode(), ",")]),
    "config": (_configs, lambda scratch: [_on_disk(scratch / "bomb.yaml", read_config)]),
}
