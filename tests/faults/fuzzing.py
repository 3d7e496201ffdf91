"""Every reader against truncated, bit-flipped, spliced and hostile files.

Only the project's own errors may come out: as a test with a few hundred inputs a format, in
fault_table.py with 10,000, the longest time and the peak memory.
"""

from __future__ import annotations

import re
import resource
import struct
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from der22.errors import Der22Error
from faults.seeds import Target

__all__ = ["Outcome", "fuzz", "memory_limit", "read_or_refuse", "spoil"]

_WORDS = (
    b"\x00" * 16, b"nan", b"-1", b"1e999", b"99999999999999999999", b"\t\t\t\t", b"\r\r\r", b'"',
    b"../../etc/passwd", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"\xff\xfe", b"=cmd()",
    b"\xef\xbb\xbf", b"inf", b"0x1p9999", b"\n", b",", b";", b"'", b"2024-13-45", b"*a", b"&a [*a]",
    b"1048577", b"ZZZ1048577", b"\xc2\xa0", b"\xe2\x80\xae", b"]]>", b"<", b"--", b": ", b"\t",
)  # fmt: skip
_ABSURD = (
    b"", b"-1", b"0", b"1e308", b"1e309", b"nan", b"-inf", b"9" * 25, b"9" * 5000, b"1048577",
    b"0.0000001", b"1,5", b"1.234.567", b"1_000", b"0x10", b"\xd9\xa3", b"2024-02-30", b"12:61:00",
)  # fmt: skip
_NUMBERS = (0, 1, 2, 127, 128, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


@dataclass
class Outcome:
    """What came out of one target.

    Attributes:
        counts: inputs read, and refused by code.
        longest: longest time of one input, seconds.
    """

    counts: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0


def spoil(seed: bytes, random: np.random.Generator) -> bytes:
    """Return `seed` with one to three damages, drawn at random."""
    content = bytearray(seed)
    for _ in range(int(random.integers(1, 4))):
        if content:
            _KINDS[int(random.integers(len(_KINDS)))](content, random)
    return bytes(content)


def _cut(content: bytearray, random: np.random.Generator) -> None:
    del content[int(random.integers(len(content) + 1)) :]


def _flip(content: bytearray, random: np.random.Generator) -> None:
    for at in random.integers(len(content), size=int(random.integers(1, 20))):
        content[at] ^= 1 << int(random.integers(8))


def _overwrite(content: bytearray, random: np.random.Generator) -> None:
    start = int(random.integers(len(content)))
    end = min(len(content), start + int(random.integers(1, 64)))
    content[start:end] = random.bytes(end - start)


def _insert(content: bytearray, random: np.random.Generator) -> None:
    at = int(random.integers(len(content) + 1))
    content[at:at] = random.bytes(int(random.integers(1, 64)))


def _remove(content: bytearray, random: np.random.Generator) -> None:
    start = int(random.integers(len(content)))
    del content[start : start + int(random.integers(1, 512))]


def _number_in_head(content: bytearray, random: np.random.Generator) -> None:
    """Heads hold counts and offsets: aim there."""
    _number_at(content, int(random.integers(min(160, len(content)))), random)


def _number_in_tail(content: bytearray, random: np.random.Generator) -> None:
    """Directories of ABIF files and zip archives lie at the end."""
    first = max(0, len(content) - 1200)
    _number_at(content, int(random.integers(first, len(content))), random)


def _number_at(content: bytearray, at: int, random: np.random.Generator) -> None:
    number = _NUMBERS[int(random.integers(len(_NUMBERS)))]
    size = (1, 2, 4)[int(random.integers(3))]
    order = "big" if random.integers(2) else "little"
    content[at : at + size] = (number % 256**size).to_bytes(size, order)  # type: ignore[arg-type] # literal words


def _abif_entry(content: bytearray, random: np.random.Generator) -> None:
    """Change one field of one line of an ABIF directory; flip bits of any other file."""
    if content[:4] != b"ABIF" or len(content) < 34:
        return _flip(content, random)
    n_entries, _, start = struct.unpack_from(">III", content, 18)
    at = start + 28 * int(random.integers(max(1, min(n_entries, 1000))))
    if at + 28 > len(content):
        return _flip(content, random)
    field, size = ((4, 4), (8, 2), (10, 2), (12, 4), (16, 4), (20, 4))[int(random.integers(6))]
    small = field == 8 and random.integers(4)
    number = int(random.integers(36)) if small else _NUMBERS[int(random.integers(len(_NUMBERS)))]
    content[at + field : at + field + size] = (number % 256**size).to_bytes(size, "big")
    return None


def _repeat(content: bytearray, random: np.random.Generator) -> None:
    start = int(random.integers(len(content)))
    content += content[start : start + 2048]


def _splice(content: bytearray, random: np.random.Generator) -> None:
    """Move one part of the file to another place."""
    start, to = (int(value) for value in random.integers(len(content), size=2))
    part = content[start : start + int(random.integers(1, 256))]
    content[to : to + len(part)] = part


def _word(content: bytearray, random: np.random.Generator) -> None:
    at = int(random.integers(len(content)))
    word = _WORDS[int(random.integers(len(_WORDS)))]
    end = at + len(word) if random.integers(2) else at
    content[at:end] = word


def _digits(content: bytearray, random: np.random.Generator) -> None:
    """Put an absurd number where a number stands, so that the text around it stays sound."""
    start = int(random.integers(len(content)))
    found = re.search(rb"\d+", content[start : start + 400])
    if found is not None:
        word = _ABSURD[int(random.integers(len(_ABSURD)))]
        content[start + found.start() : start + found.end()] = word


_KINDS: tuple[Callable[[bytearray, np.random.Generator], None], ...] = (
    _cut, _flip, _overwrite, _insert, _remove, _number_in_head, _number_in_tail, _abif_entry,
    _repeat, _splice, _word, _word, _digits, _digits,
)  # fmt: skip


def fuzz(target: Target, n_inputs: int, seed: int) -> Outcome:
    """Read `n_inputs` spoiled files; any exception but Der22Error, warnings too, passes through."""
    random = np.random.default_rng([seed, *target.name.encode()])
    outcome = Outcome()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for index in range(n_inputs):
            content = spoil(target.seeds[index % len(target.seeds)], random)
            start = time.perf_counter()
            outcome.counts[read_or_refuse(target, content)] += 1
            outcome.longest = max(outcome.longest, time.perf_counter() - start)
    return outcome


@contextmanager
def memory_limit(more_bytes: int) -> Iterator[None]:
    """Let this process take at most `more_bytes` more address space than it has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + more_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def read_or_refuse(target: Target, content: bytes) -> str:
    """Return ``read``, or the code of the refusal; the input of any other error is kept."""
    try:
        target.read(content)
    except Der22Error as error:
        return str(getattr(error, "code", "problem in a sheet"))
    except Exception as error:
        kept = Path(tempfile.gettempdir()) / "der22-fuzz-failure.bin"
        kept.write_bytes(content)
        error.add_note(f"{target.name}: the input is kept as {kept.name} in the temporary folder")
        raise
    return "read"
