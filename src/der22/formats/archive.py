"""Zip archives and XML from outside, opened with suspicion.

Nothing is ever written to disk: member names are only compared. A member may not unpack beyond a
fixed size, whatever the archive claims, and an XML document that declares its own document type
(the way to entities and expansion attacks) is refused before its content is read.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from xml.etree import ElementTree as ET
from xml.parsers import expat

from der22.errors import UnreadableFileError

__all__ = [
    "local_name",
    "member_names",
    "open_archive",
    "parse_xml",
    "read_member",
    "xml_root_name",
]

_MAX_MEMBER_BYTES = 128 * 2**20
_MAX_MEMBERS = 20_000
_PROLOG_BYTES = 64 * 2**10
_ARCHIVE_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, KeyError,
    ValueError, RuntimeError, NotImplementedError, OverflowError,
)  # fmt: skip


class _RootReached(Exception):  # noqa: N818 - ends the look at the prolog, nothing went wrong
    """The root element was reached."""


def open_archive(content: bytes, name: str) -> zipfile.ZipFile:
    """Open a zip archive held in memory.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when it is damaged or has absurdly many members.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        n_members = len(archive.infolist())
    except _ARCHIVE_ERRORS as error:
        raise _damaged(name, str(error)) from error
    if n_members > _MAX_MEMBERS:
        raise _damaged(name, f"{n_members} members")
    return archive


def member_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the members with forward slashes -> the name the archive uses, folders left out."""
    names = {info.filename.replace("\\", "/"): info.filename for info in archive.infolist()}
    return {name: real for name, real in names.items() if not name.endswith("/")}


def read_member(
    archive: zipfile.ZipFile, member: str, name: str, limit: int | None = None
) -> bytes:
    """Return the bytes of a member.

    Args:
        archive: the archive.
        member: name as the archive uses it.
        name: file, for sentences.
        limit: return only so many bytes of its beginning.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when the member is damaged, locked, or unpacks to
            more than 128 MiB.
    """
    try:
        with archive.open(member) as handle:
            content = handle.read(limit if limit is not None else _MAX_MEMBER_BYTES + 1)
    except _ARCHIVE_ERRORS as error:
        raise _damaged(name, f"member {member[:80]!r}: {error}") from error
    if len(content) > _MAX_MEMBER_BYTES:
        raise UnreadableFileError(
            "FILE_UNREADABLE",
            f"{name}: member {member[:80]!r} unpacks to more than {_MAX_MEMBER_BYTES // 2**20} "
            "MiB, no plate does; export the run again",
        )
    return content


def xml_root_name(content: bytes, name: str) -> str | None:
    """Return the local name of the root element, None when `content` does not begin as XML.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when the document declares a document type.
    """
    root: list[str] = []

    def at_root(tag: str, _attributes: dict[str, str]) -> None:
        root.append(local_name(tag.rsplit(":", 1)[-1]))
        raise _RootReached

    def at_doctype(*_declaration: object) -> None:
        raise UnreadableFileError(
            "FILE_UNREADABLE",
            f"{name}: its XML declares a document type, which no instrument writes and which is "
            "not opened for safety; export the run again",
        )

    parser = expat.ParserCreate()
    parser.StartElementHandler = at_root
    parser.StartDoctypeDeclHandler = at_doctype
    try:
        parser.Parse(content[:_PROLOG_BYTES])
    except _RootReached:
        return root[0]
    except (expat.ExpatError, ValueError, LookupError):
        return None
    return root[0] if root else None


def parse_xml(content: bytes, name: str) -> ET.Element:
    """Parse an XML document without document type.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when it is no well-formed XML or declares a
            document type.
    """
    if xml_root_name(content, name) is None:
        raise _damaged(name, "no XML element within its first 64 kB")
    try:
        return ET.fromstring(content)
    except (ET.ParseError, ValueError, LookupError, OverflowError) as error:
        raise _damaged(name, f"XML: {error}") from error


def local_name(tag: str) -> str:
    """Return an element name without its namespace."""
    return tag[tag.rfind("}") + 1 :]


def _damaged(name: str, detail: str) -> UnreadableFileError:
    return UnreadableFileError(
        "FILE_UNREADABLE", f"{name}: damaged archive ({detail}); copy or export it again"
    )
