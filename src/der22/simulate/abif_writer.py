"""Writes ABIF files that Biopython and other readers open.

Apart from the reader on purpose: both follow the vendor's description of 2009, neither the other.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["AbifTag", "chars_tag", "cstring_tag", "numbers_tag", "pascal_tag", "write_abif"]

_NUMBER_TYPES = {"u1": (1, ">u1"), "u2": (3, ">u2"), "i2": (4, ">i2"), "i4": (5, ">i4"),
                 "f4": (7, ">f4"), "f8": (8, ">f8")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AbifTag:
    """One value: four-letter name, number, element type and size, count, bytes."""

    name: str
    number: int
    element_type: int
    element_size: int
    n_elements: int
    payload: bytes


def numbers_tag(name: str, number: int, values: ArrayLike, kind: str = "i2") -> AbifTag:
    """Return a numeric tag of kind u1, u2, i2, i4, f4 or f8; integers are clipped to its range."""
    element_type, dtype = _NUMBER_TYPES[kind]
    array = np.atleast_1d(np.asarray(values))
    if kind[0] in "ui":
        limits = np.iinfo(dtype)
        array = np.clip(np.rint(array), limits.min, limits.max)
    payload = array.astype(dtype).tobytes()
    return AbifTag(name, number, element_type, np.dtype(dtype).itemsize, array.size, payload)


def pascal_tag(name: str, number: int, text: str) -> AbifTag:
    """Return a text tag with its length in the first byte (at most 255 characters)."""
    content = text.encode("latin-1", "replace")[:255]
    payload = bytes([len(content)]) + content
    return AbifTag(name, number, 18, 1, len(payload), payload)


def cstring_tag(name: str, number: int, text: str) -> AbifTag:
    """Return a text tag that ends with a zero byte."""
    payload = text.encode("latin-1", "replace") + b"\0"
    return AbifTag(name, number, 19, 1, len(payload), payload)


def chars_tag(name: str, number: int, text: str) -> AbifTag:
    """Return a plain character array, as base calls are stored."""
    payload = text.encode("latin-1", "replace")
    return AbifTag(name, number, 2, 1, len(payload), payload)


def write_abif(path: Path | str, tags: Sequence[AbifTag]) -> None:
    """Write `tags` as one ABIF 1.01 file: head, values, directory sorted by name and number.

    An older file is replaced, never written into: it may be a link that stands elsewhere too.
    """
    ordered = sorted(tags, key=lambda tag: (tag.name, tag.number))
    body = bytearray()
    directory = bytearray()
    for tag in ordered:
        if len(tag.payload) <= 4:
            where = tag.payload.ljust(4, b"\0")
        else:
            where = struct.pack(">I", 128 + len(body))
            body += tag.payload
        directory += struct.pack(
            ">4sIHHII", tag.name.encode("ascii"), tag.number, tag.element_type, tag.element_size,
            tag.n_elements, len(tag.payload),
        ) + where + bytes(4)  # fmt: skip
    head = struct.pack(
        ">4sH4sIHHIII", b"ABIF", 101, b"tdir", 1, 1023, 28, len(ordered), len(directory),
        128 + len(body),
    )  # fmt: skip
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(head.ljust(128, b"\0") + bytes(body) + bytes(directory))
