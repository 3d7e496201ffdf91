"""Files from outside: regular and bounded, found under either Unicode spelling, read once.

Every byte that an analysis uses passes through `read_bytes`; `recorded_reads` tells the hashes of
what was really read, so that a result can name its inputs without a second look at the disk.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from der22.errors import UnreadableFileError

__all__ = [
    "NOT_OPENED",
    "NO_FILE",
    "NO_REGULAR_FILE",
    "file_fault",
    "file_of",
    "find_file",
    "read_bytes",
    "recorded_reads",
    "split_tab",
]

_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_KINDS = (
    (stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)  # fmt: skip

#: in place of a hash: what was found where a file should be
NO_FILE, NOT_OPENED = "no such file", "cannot be opened"
NO_REGULAR_FILE, CHANGED = "no regular file", "changed while it was read"
_READS: ContextVar[dict[str, str] | None] = ContextVar("_READS", default=None)


@contextmanager
def recorded_reads() -> Iterator[dict[str, str]]:
    """Collect path -> SHA-256 of every file that `read_bytes` reads inside the block.

    A file that could not be read has words in place of the hash: a failure is no content.
    """
    reads: dict[str, str] = {}
    token = _READS.set(reads)
    try:
        yield reads
    finally:
        _READS.reset(token)


def read_bytes(path: Path | str, limit: int, code: str = "FILE_UNREADABLE") -> bytes:
    """Return the whole content of a regular file.

    Args:
        path: the file; a name in the other Unicode spelling (NFC, NFD) is found too.
        limit: the most bytes to take; what the file system says of the size is not trusted.
        code: code of the error.

    Raises:
        UnreadableFileError: no such file, no regular file (folder, pipe, device), larger than
            `limit`, or changed while it was read; within a second, whatever it is.
    """
    asked = Path(path)
    name = asked.name
    try:
        # a pipe without a writer would wait for ever
        descriptor = os.open(find_file(asked), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as handle:
            before = os.fstat(descriptor)
            if what := _no_regular_file(before.st_mode):
                _record(path, NO_REGULAR_FILE)
                raise UnreadableFileError(
                    code, f"{name}: is {what}, a file is needed; correct the path that names it"
                )
            content = handle.read(limit + 1) if before.st_size <= limit else b""
            after = os.fstat(descriptor)
    except (OSError, ValueError) as error:  # a name with a NUL byte is no name
        _record(path, NO_FILE if isinstance(error, FileNotFoundError) else NOT_OPENED)
        raise UnreadableFileError(
            code, f"{name}: {_reason(error, str(path))}; correct the path that names it"
        ) from error
    if before.st_size > limit or len(content) > limit:
        raise UnreadableFileError(
            code,
            f"{name}: larger than {limit // 2**20} MiB, which no such file is; give the right one",
        )
    is_same = (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, len(content))
    if not is_same or not _record(path, hashlib.sha256(content).hexdigest()):
        _record(path, CHANGED)  # two tabs are read one after another
        raise UnreadableFileError(
            code, f"{name}: was changed while it was read; wait until it is whole and run again"
        )
    return content


def _record(path: Path | str, content: str) -> bool:
    """Keep what was read of a file, or in words that nothing was; no when it was another before."""
    reads = _READS.get()
    if reads is None:
        return True
    before = reads.setdefault(str(path), content)
    if before != content:
        reads[str(path)] = CHANGED
    return before == content


def find_file(path: Path | str) -> Path:
    """Return the path under which the file system holds a file, `path` itself when it has none.

    A name typed on one system and written on another may hold the same letters composed (NFC) or
    decomposed (NFD), and blanks of any width: for a person the same name, for most file systems
    another.
    """
    path = Path(path)
    if os.path.lexists(path):
        return path
    for form in ("NFC", "NFD"):
        other = Path(unicodedata.normalize(form, str(path)))
        if other.exists():
            return other
    parent = find_file(path.parent)  # folders may be written one way and the name the other
    wanted = _as_seen(path.name)
    try:
        for name in sorted(os.listdir(parent)):  # noqa: PTH208 (names are compared, not opened)
            if _as_seen(name) == wanted:
                return parent / name
    except OSError:
        pass
    return path


def _as_seen(name: str) -> str:
    """Return a name as a person sees it: composed letters, plain blanks, none outside."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def file_fault(path: str) -> str:
    """Return why a path names no readable regular file and the remedy, '' when it does."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 (asked for 100,000 rows)
    except (OSError, ValueError):
        try:
            mode = os.stat(find_file(path)).st_mode  # noqa: PTH116
        except (OSError, ValueError) as error:
            return f"{_reason(error, path)}; correct the path or bring the file"
    what = _no_regular_file(mode)
    return f"is {what}, a file is needed; correct the path" if what else ""


def split_tab(path: str) -> tuple[str, str | None]:
    """Split the name of a workbook's tab off a path.

    >>> split_tab("lab.xlsx#mlpa"), split_tab("odd#name.fsa")
    (('lab.xlsx', 'mlpa'), ('odd#name.fsa', None))
    """
    file, sign, tab = path.rpartition("#")
    if sign and file.lower().endswith(_WORKBOOKS) and "/" not in tab:
        return file, tab.strip()
    return path, None


def file_of(path: Path | str) -> Path:
    """Return the file of a path that may name a tab of a workbook."""
    return Path(split_tab(str(path))[0])


def _no_regular_file(mode: int) -> str:
    """Say what a path names, '' when it is a regular file."""
    if stat.S_ISREG(mode):
        return ""
    return next((what for is_kind, what in _KINDS if is_kind(mode)), "no regular file")


def _reason(error: OSError | ValueError, path: str) -> str:
    if isinstance(error, ValueError):
        return "no path of a file"
    if error.errno == errno.ENOENT:
        return "no such file (write / between folders, not \\)" if "\\" in path else "no such file"
    if error.errno == errno.ENXIO:
        return "is no regular file"
    return f"cannot be opened ({error.strerror})"
