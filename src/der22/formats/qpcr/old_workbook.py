"""Excel 97-2003 workbooks (.xls), the default export of several instruments, as rows of cells.

A compound file holds a stream ``Workbook`` of BIFF8 records. Only cell values are read. Layout
after [MS-CFB] (compound file) and [MS-XLS] (records); every chain and length is bounded by the
file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from der22.errors import UnreadableFileError
from der22.formats.qpcr.numbers import Cell

__all__ = ["COMPOUND_FILE", "OldWorkbook", "open_old_workbook"]

#: first bytes of a compound file
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFF0  # sector numbers from here on are marks, no sectors
_BOF, _EOF, _BOUNDSHEET, _SST, _CONTINUE, _FILEPASS = 0x809, 0x0A, 0x85, 0xFC, 0x3C, 0x2F
_LABELSST, _NUMBER, _RK, _MULRK, _LABEL, _FORMULA, _STRING, _BOOLERR = (
    0xFD, 0x203, 0x27E, 0xBD, 0x204, 0x06, 0x207, 0x205,
)  # fmt: skip
_BIFF8 = 0x600
_MAX_COLUMNS = 256

#: record type, payload
Record = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class OldWorkbook:
    """An open workbook.

    Attributes:
        name: file, for sentences.
        stream: the stream of records.
        sheets: sheet name -> where its records begin in the stream.
        strings: shared strings.
    """

    name: str
    stream: bytes
    sheets: Mapping[str, int]
    strings: Sequence[str]

    def rows(self, sheet: str, width: int = _MAX_COLUMNS) -> list[Sequence[Cell]]:
        """Return the rows of a sheet; empty rows are kept, so that row 1 is item 0.

        Args:
            sheet: name of the sheet.
            width: columns to read; those to the right are passed over.
        """
        cells: dict[int, dict[int, Cell]] = {}
        pending: tuple[int, int] | None = None
        try:
            for kind, data in _records(self.stream, self.sheets[sheet]):
                if kind == _EOF:
                    break
                if kind == _STRING and pending is not None:
                    cells.setdefault(pending[0], {})[pending[1]] = _long_string(data, 0)
                pending = None
                for row, column, value in _cells_of(kind, data, self.strings):
                    if column < width:
                        cells.setdefault(row, {})[column] = value
                    if kind == _FORMULA and value is None:
                        pending = (row, column)
        except (struct.error, IndexError) as error:
            raise _damaged(self.name, str(error)) from error
        return [_line(cells.get(row, {})) for row in range(max(cells, default=-1) + 1)]


def open_old_workbook(content: bytes, name: str) -> OldWorkbook | None:
    """Open a workbook held in memory; None when the compound file holds no workbook.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when it is damaged, locked or older than Excel 97.
    """
    try:
        stream = _workbook_stream(content)
        if stream is None:
            return None
        return _open_stream(stream, name)
    except (struct.error, IndexError) as error:
        raise _damaged(name, str(error)) from error


def _open_stream(stream: bytes, name: str) -> OldWorkbook:
    sheets: dict[str, int] = {}
    parts: list[bytes] = []
    previous = 0
    for kind, data in _records(stream, 0):
        if kind == _FILEPASS:
            raise _damaged(name, "locked by a password; save it without")
        if kind == _BOF and struct.unpack_from("<H", data)[0] != _BIFF8:
            raise _damaged(name, "older than Excel 97; save it as .xlsx")
        if kind == _BOUNDSHEET:
            characters = data[8:] if data[7] & 1 else data[8 : 8 + data[6]]
            title = characters.decode("utf-16-le" if data[7] & 1 else "latin-1", "replace")
            sheets.setdefault(title, struct.unpack_from("<I", data)[0])
        if kind == _SST or (kind == _CONTINUE and previous == _SST):
            parts.append(data)
        if kind != _CONTINUE:
            previous = kind
        if kind == _EOF:
            break
    return OldWorkbook(name, stream, sheets, tuple(_shared_strings(parts)))


def _workbook_stream(content: bytes) -> bytes | None:
    """Return the stream of records of a compound file."""
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    if shift not in (9, 12) or mini_shift != 6:
        return None
    size = 1 << shift
    directory_start, cutoff, mini_fat_start = struct.unpack_from("<I4xII", content, 48)
    fat = _fat(content, size)
    directory = _chain(content, fat, directory_start, size, size)
    root, found = None, None
    for at in range(0, len(directory) - 127, 128):
        n_bytes, kind = struct.unpack_from("<HB", directory, at + 64)
        name = directory[at : at + max(0, min(n_bytes, 64) - 2)].decode("utf-16-le", "replace")
        if kind == 5:
            root = struct.unpack_from("<II", directory, at + 116)
        if kind == 2 and name in ("Workbook", "Book"):
            found = struct.unpack_from("<II", directory, at + 116)
    if found is None:
        return None
    if found[1] >= cutoff or root is None:
        return _chain(content, fat, found[0], size, size)[: found[1]]
    mini_fat_bytes = _chain(content, fat, mini_fat_start, size, size)
    mini_fat = struct.unpack(f"<{len(mini_fat_bytes) // 4}I", mini_fat_bytes)
    mini_stream = _chain(content, fat, root[0], size, size)
    return _chain(mini_stream, mini_fat, found[0], 64, 0)[: found[1]]


def _fat(content: bytes, size: int) -> tuple[int, ...]:
    """Return the table that says which sector follows which."""
    sectors = [s for s in struct.unpack_from("<109I", content, 76) if s < _END]
    following, n_further = struct.unpack_from("<II", content, 68)
    for _ in range(min(n_further, len(content) // size)):
        if following >= _END:
            break
        further = struct.unpack_from(f"<{size // 4}I", content, (following + 1) * size)
        sectors.extend(s for s in further[:-1] if s < _END)
        following = further[-1]
    table: list[int] = []
    for sector in sectors[: len(content) // size + 1]:
        table.extend(struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size))
    return tuple(table)


def _chain(content: bytes, fat: Sequence[int], start: int, size: int, offset: int) -> bytes:
    """Join the sectors of a chain; a chain is never longer than the file."""
    parts = []
    sector = start
    for _ in range(min(len(fat), len(content) // size + 1)):
        if sector >= len(fat):
            break
        parts.append(content[offset + sector * size : offset + (sector + 1) * size])
        sector = fat[sector]
    return b"".join(parts)


def _records(stream: bytes, at: int) -> Iterator[Record]:
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _shared_strings(parts: Sequence[bytes]) -> Iterator[str]:
    """Read the shared strings; text that runs into the next part begins there with a new flag."""
    if not parts:
        return
    data, part, at = parts[0], 0, 8
    n_strings = struct.unpack_from("<I", parts[0], 4)[0]
    for _ in range(min(n_strings, sum(map(len, parts)))):
        if at >= len(data):
            part, at = part + 1, 0
            if part >= len(parts):
                return
            data = parts[part]
        n_left, flag = struct.unpack_from("<HB", data, at)
        at += 3
        n_runs = struct.unpack_from("<H", data, at)[0] if flag & 8 else 0
        at += 2 if flag & 8 else 0
        n_extra = struct.unpack_from("<I", data, at)[0] if flag & 4 else 0
        at += 4 if flag & 4 else 0
        pieces = []
        while n_left:
            each = 2 if flag & 1 else 1
            n_here = max(0, min(n_left, (len(data) - at) // each))
            raw = data[at : at + n_here * each]
            pieces.append(raw.decode("utf-16-le" if each == 2 else "latin-1", "replace"))
            at, n_left = at + n_here * each, n_left - n_here
            if n_left:
                part += 1
                if part >= len(parts):
                    break
                data, flag, at = parts[part], parts[part][0], 1
        yield "".join(pieces)
        at += 4 * n_runs + n_extra
        while at > len(data) and part + 1 < len(parts):
            at, part = at - len(data), part + 1
            data = parts[part]


def _cells_of(kind: int, data: bytes, strings: Sequence[str]) -> Iterator[tuple[int, int, Cell]]:
    """Return row, column and value of the cells of a record."""
    if kind not in (_LABELSST, _NUMBER, _RK, _MULRK, _LABEL, _FORMULA, _BOOLERR):
        return
    row, column = struct.unpack_from("<HH", data)
    if kind == _MULRK:
        for index in range((len(data) - 6) // 6):
            yield row, column + index, _rk(struct.unpack_from("<I", data, 6 + 6 * index)[0])
    elif kind == _LABELSST:
        at = struct.unpack_from("<I", data, 6)[0]
        yield row, column, strings[at] if at < len(strings) else None
    elif kind == _NUMBER:
        yield row, column, struct.unpack_from("<d", data, 6)[0]
    elif kind == _RK:
        yield row, column, _rk(struct.unpack_from("<I", data, 6)[0])
    elif kind == _LABEL:
        yield row, column, _long_string(data, 6)
    elif kind == _BOOLERR:
        yield row, column, "#ERROR" if data[7] else ("TRUE" if data[6] else "FALSE")
    elif data[12:14] != b"\xff\xff":
        yield row, column, struct.unpack_from("<d", data, 6)[0]
    else:
        yield row, column, None


def _rk(value: int) -> float:
    """Return a number in its short form: 30 bits, whole or floating, perhaps times 100."""
    if value & 2:
        number = float(struct.unpack("<i", struct.pack("<I", value))[0] >> 2)
    else:
        number = float(struct.unpack("<d", struct.pack("<II", 0, value & 0xFFFFFFFC))[0])
    return number / 100 if value & 1 else number


def _long_string(data: bytes, at: int) -> str:
    length, flag = struct.unpack_from("<HB", data, at)
    raw = data[at + 3 : at + 3 + length * (2 if flag & 1 else 1)]
    return raw.decode("utf-16-le" if flag & 1 else "latin-1", "replace")


def _line(cells: Mapping[int, Cell]) -> Sequence[Cell]:
    return [cells.get(column) for column in range(max(cells, default=-1) + 1)]


def _damaged(name: str, detail: str) -> UnreadableFileError:
    return UnreadableFileError(
        "FILE_UNREADABLE", f"{name}: Excel 97-2003 workbook cannot be read ({detail}); export again"
    )
