"""What a file holds, in one word: its SHA-256; never its time, its size alone or its place."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from der22.formats.files import (
    NO_FILE,
    NO_REGULAR_FILE,
    NOT_OPENED,
    find_file,
    split_tab,
)

__all__ = ["content_of", "digest_of", "file_names", "file_sha256"]

#: no reader takes a larger file, so nothing is made of what lies behind
_LARGEST = 2**29


def content_of(path: Path | str) -> str:
    """Return the SHA-256 of a file; words where nothing is read that could be analysed.

    Args:
        path: a file under either Unicode spelling, or a tab of a workbook (``lab.xlsx#mlpa``).
    """
    found = find_file(split_tab(str(path))[0])
    try:
        # a pipe without a writer would wait for ever
        descriptor = os.open(found, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as handle:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode):
                return NO_REGULAR_FILE
            if state.st_size > _LARGEST:
                return f"{state.st_size} bytes"
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except FileNotFoundError:
        return NO_FILE
    except (OSError, ValueError):
        return NOT_OPENED


def file_sha256(path: Path | str) -> str:
    """Return the hex SHA-256 of a file of the results.

    Raises:
        OSError: it cannot be read.
    """
    content = content_of(path)
    if content in (NO_FILE, NOT_OPENED, NO_REGULAR_FILE):
        raise OSError(f"{Path(path).name}: {content}")
    return content


def digest_of(value: Any) -> str:
    """Return a short digest of plain values; the order of keys does not count.

    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def file_names(paths: Iterable[str]) -> Mapping[str, str]:
    """Return path -> name without a folder, numbered where names agree.

    >>> file_names(["/a/x.fsa", "/b/x.fsa", "/a/lab.xlsx#mlpa", "/a/lab.xlsx#mrd"])
    {'/a/x.fsa': 'x.fsa', '/b/x.fsa': 'x.fsa (2)', '/a/lab.xlsx': 'lab.xlsx'}
    """
    files: Sequence[str] = list(dict.fromkeys(split_tab(path)[0] for path in paths))
    names: dict[str, str] = {}
    plain = {Path(file).name for file in files}
    taken: set[str] = set()
    for file in files:
        name = Path(file).name
        number = 1
        while name in taken or (number > 1 and name in plain):
            number += 1
            name = f"{Path(file).name} ({number})"
        taken.add(name)
        names[file] = name
    return names
