"""ABIF, the container of capillary instruments (.fsa, .ab1): bytes -> tags.

Layout after Applied Biosystems, "Applied Biosystems Genetic Analysis Data File Format", 2009:
a 128-byte head, then anywhere a directory of 28-byte entries; values of at most four bytes lie in
the entry itself; everything is big-endian. Nothing in a file is believed before it is measured
against the length of the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from der22.errors import UnreadableFileError
from der22.formats.files import read_bytes

__all__ = ["AbifFile", "TagKey", "parse_abif", "read_abif"]

TagKey: TypeAlias = tuple[str, int]

_HEAD = struct.Struct(">4sH")
_ENTRY = struct.Struct(">4sIHHIII4x")  # the last four bytes are a handle, always unused
_HEAD_ENTRY_AT = 6
_MAX_FILE_BYTES = 64 * 2**20
_MAX_ENTRIES = 20_000  # instruments write some hundred
_MAX_TEXT_BYTES = 100_000  # base calls are the longest text

#: element type -> big-endian numpy type, for the types that hold plain numbers
_NUMBERS: Mapping[int, str] = {
    1: ">u1", 3: ">u2", 4: ">i2", 5: ">i4", 7: ">f4", 8: ">f8", 13: ">u1",
}  # fmt: skip
_CHARS, _PASCAL, _CSTRING = 2, 18, 19
#: element types that forensic .hid files use to hide their content
OBSCURED_TYPES = range(28, 35)


@dataclass(frozen=True, slots=True)
class AbifEntry:
    """One line of the directory.

    Attributes:
        element_type: number of the value's type.
        n_elements: how many elements the value has.
        start: first byte of the value in the file.
        n_bytes: length of the value.
    """

    element_type: int
    n_elements: int
    start: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class AbifFile:
    """An ABIF file whose directory is known to lie inside it; values are decoded when asked for.

    Attributes:
        name: the name to use in sentences about the file.
        content: the bytes.
        entries: directory, by tag name and number; of a repeated tag the first stays.
    """

    name: str
    content: bytes
    entries: Mapping[TagKey, AbifEntry]

    def __contains__(self, key: TagKey) -> bool:
        return key in self.entries

    def keys(self) -> Iterator[TagKey]:
        """Iterate over the tags of the directory."""
        return iter(self.entries)

    def numbers(self, tag: str, number: int) -> NDArray[np.generic] | None:
        """Return a numeric value as a read-only array in native byte order.

        Args:
            tag: four letters, such as ``DATA``.
            number: such as 1.

        Returns:
            Array of shape (n_elements,); None when the tag is absent or holds no plain numbers.
        """
        entry = self.entries.get((tag, number))
        if entry is None or entry.element_type not in _NUMBERS:
            return None
        dtype = np.dtype(_NUMBERS[entry.element_type])
        count = min(entry.n_elements, entry.n_bytes // dtype.itemsize)
        values = np.frombuffer(self.content, dtype=dtype, count=count, offset=entry.start)
        native = values.astype(dtype.newbyteorder("="))
        native.flags.writeable = False
        return native

    def text(self, tag: str, number: int) -> str | None:
        """Return a text value, Latin-1, without non-printing characters and outer blanks.

        Pascal strings, C strings and char arrays are all read; None when the tag is absent or
        holds no text.
        """
        raw = self.raw(tag, number)
        if raw is None:
            return None
        raw = raw[:_MAX_TEXT_BYTES]
        element_type = self.entries[tag, number].element_type
        if element_type == _PASCAL:
            raw = raw[1 : 1 + raw[0]] if raw else b""
        elif element_type == _CSTRING:
            raw = raw.split(b"\0", 1)[0]
        elif element_type not in (_CHARS, 1):
            return None
        return "".join(c for c in raw.decode("latin-1") if c.isprintable()).strip()

    def raw(self, tag: str, number: int) -> bytes | None:
        """Return the bytes of a value as they lie in the file, None when the tag is absent."""
        entry = self.entries.get((tag, number))
        if entry is None:
            return None
        return self.content[entry.start : entry.start + entry.n_bytes]

    def is_obscured(self, tag: str, number: int) -> bool:
        """Tell whether a value is hidden as in forensic .hid files."""
        entry = self.entries.get((tag, number))
        return entry is not None and entry.element_type in OBSCURED_TYPES


def read_abif(path: Path | str) -> AbifFile:
    """Read an ABIF file; see `parse_abif` for the errors."""
    content = read_bytes(path, _MAX_FILE_BYTES)
    return parse_abif(content, Path(path).name)


def parse_abif(content: bytes, name: str) -> AbifFile:
    """Read the directory of an ABIF file and measure every entry against the file's length.

    Args:
        content: the whole file.
        name: what to call it in sentences.

    Raises:
        UnreadableFileError: ``NOT_ABIF`` when the first bytes are not ABIF, ``TRUNCATED`` when the
            directory or a value ends beyond the file.
    """
    if content[:4] != b"ABIF":
        found = content[:4].decode("latin-1") if content else "an empty file"
        raise UnreadableFileError(
            "NOT_ABIF",
            f"{name}: does not begin with ABIF (found {found!r}); export the raw file again",
        )
    if len(content) < _HEAD_ENTRY_AT + _ENTRY.size:
        raise _truncated(name, "head", _HEAD_ENTRY_AT + _ENTRY.size, len(content))
    _, _, _, entry_size, n_entries, n_bytes, start = _ENTRY.unpack_from(content, _HEAD_ENTRY_AT)
    wrong_size = entry_size != _ENTRY.size or n_bytes < n_entries * _ENTRY.size
    if wrong_size or n_entries > _MAX_ENTRIES:
        raise UnreadableFileError(
            "TRUNCATED",
            f"{name}: the directory is damaged ({n_entries} entries of {entry_size} bytes, "
            f"28 and at most {_MAX_ENTRIES} expected); copy it again from the instrument",
        )
    # Instruments reserve room behind the last entry; a cut there is a cut file too.
    end = start + n_bytes
    if end > len(content):
        raise _truncated(name, "directory", end, len(content))
    entries: dict[TagKey, AbifEntry] = {}
    for at in range(start, start + n_entries * _ENTRY.size, _ENTRY.size):
        tag, number, element_type, _, n_elements, n_bytes, place = _ENTRY.unpack_from(content, at)
        key = (tag.decode("latin-1"), number)
        if n_bytes <= 4:
            place = at + 20
        if place + n_bytes > len(content):
            raise _truncated(name, f"{key[0]}{number}", place + n_bytes, len(content))
        entries.setdefault(key, AbifEntry(element_type, n_elements, place, n_bytes))
    return AbifFile(name=name, content=content, entries=entries)


def _truncated(name: str, what: str, needed: int, found: int) -> UnreadableFileError:
    return UnreadableFileError(
        "TRUNCATED",
        f"{name}: {what} ends at byte {needed}, the file has {found}; "
        "copy it again from the instrument",
    )
