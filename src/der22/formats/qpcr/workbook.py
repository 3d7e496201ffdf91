"""Excel workbooks (.xlsx) as rows of cells: text, numbers, nothing else.

Read here and not with openpyxl because a plate is read within milliseconds this way and nothing of
a foreign workbook but its cell values is ever interpreted: no styles, links, macros or entities.
Layout: ECMA-376 part 1, SpreadsheetML (workbook, shared strings, sheet data).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree as ET

from der22.errors import UnreadableFileError
from der22.formats.qpcr.archive import (
    local_name,
    member_names,
    open_archive,
    parse_xml,
    read_member,
)
from der22.formats.qpcr.numbers import Cell

__all__ = ["Workbook", "open_workbook"]

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MAX_COLUMNS = 500
_MAX_ROWS = 1_048_576
_MAX_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Workbook:
    """An open workbook.

    Attributes:
        name: file, for sentences.
        sheets: sheet name -> member of the archive, in workbook order.
        archive: the archive.
        strings: shared strings.
    """

    name: str
    sheets: Mapping[str, str]
    archive: zipfile.ZipFile
    strings: Sequence[str]

    def rows(self, sheet: str, width: int = _MAX_COLUMNS) -> list[Sequence[Cell]]:
        """Return the rows of a sheet; empty rows are kept, so that row 1 is item 0.

        Args:
            sheet: name of the sheet.
            width: columns to read; those to the right are passed over.

        Raises:
            UnreadableFileError: ``FILE_UNREADABLE`` when the sheet is damaged or absurdly large.
        """
        content = read_member(self.archive, self.sheets[sheet], self.name)
        rows: list[Sequence[Cell]] = []
        n_cells = 0
        for element in _sheet_rows(parse_xml(content, self.name)):
            number = element.get("r", "")
            at = int(number) - 1 if re.fullmatch(r"\d{1,7}", number) else len(rows)
            if len(rows) < at < _MAX_ROWS:
                rows.extend([()] * (at - len(rows)))
            rows.append(self._row(element, width))
            n_cells += len(rows[-1])
            if n_cells > _MAX_CELLS or len(rows) > _MAX_ROWS:
                raise UnreadableFileError(
                    "FILE_UNREADABLE",
                    f"{self.name}: sheet {sheet!r} has more cells than any plate; export it again",
                )
        return rows

    def _row(self, element: ET.Element, width: int) -> list[Cell]:
        cells: list[Cell] = []
        for cell in element:
            if local_name(cell.tag) != "c":
                continue
            at = _column(cell.get("r", ""), len(cells))
            cells.extend([None] * (min(at, width) - len(cells)))
            if len(cells) >= width:
                break
            cells.append(self._value(cell))
        return cells

    def _value(self, cell: ET.Element) -> Cell:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return "".join(_text_of(inline) for inline in cell if local_name(inline.tag) == "is")
        text = next((c.text or "" for c in cell if local_name(c.tag) == "v"), None)
        if text is None:
            return None
        if kind == "s":
            at = int(text) if re.fullmatch(r"\d{1,7}", text) else -1
            return self.strings[at] if 0 <= at < len(self.strings) else None
        if kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        return _number(text) if kind == "n" else text


def _sheet_rows(root: ET.Element) -> Iterator[ET.Element]:
    for section in root:
        if local_name(section.tag) == "sheetData":
            yield from (row for row in section if local_name(row.tag) == "row")


def _number(text: str) -> Cell:
    """Return the number of a numeric cell; its text when it is none."""
    try:
        return float(text) if "_" not in text else text
    except ValueError:
        return text


def open_workbook(content: bytes, name: str) -> Workbook | None:
    """Open a workbook held in memory; None when the archive holds no workbook.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when the archive is damaged.
    """
    archive = open_archive(content, name)
    members = member_names(archive)
    if "xl/workbook.xml" not in members:
        return None
    targets = _targets(archive, members, name)
    sheets: dict[str, str] = {}
    for element in parse_xml(read_member(archive, members["xl/workbook.xml"], name), name).iter():
        if local_name(element.tag) == "sheet":
            target = targets.get(element.get(_RELATION, ""))
            if target is not None:
                sheets.setdefault(element.get("name", ""), target)
    return Workbook(name, sheets, archive, _shared_strings(archive, members, name))


def _targets(archive: zipfile.ZipFile, members: Mapping[str, str], name: str) -> dict[str, str]:
    """Return relation id -> member of the archive."""
    relations = members.get("xl/_rels/workbook.xml.rels")
    if relations is None:
        return {}
    targets = {}
    for element in parse_xml(read_member(archive, relations, name), name):
        path = element.get("Target", "")
        full = posixpath.normpath(posixpath.join("/xl", path)).lstrip("/")
        if full in members:
            targets[element.get("Id", "")] = members[full]
    return targets


def _shared_strings(
    archive: zipfile.ZipFile, members: Mapping[str, str], name: str
) -> tuple[str, ...]:
    member = members.get("xl/sharedStrings.xml")
    if member is None:
        return ()
    root = parse_xml(read_member(archive, member, name), name)
    return tuple(_text_of(item) for item in root if local_name(item.tag) == "si")


def _text_of(element: ET.Element) -> str:
    """Join the text runs of a string, phonetic readings left out."""
    parts: list[str] = []
    for child in element:
        runs = [child] if local_name(child.tag) == "t" else []
        if local_name(child.tag) == "r":
            runs = [run for run in child if local_name(run.tag) == "t"]
        parts.extend(run.text or "" for run in runs)
    return "".join(parts)


def _column(reference: str, following: int) -> int:
    """Return the position of a cell such as ``AB12``; the next one when it tells none."""
    letters = reference.rstrip("0123456789")
    return max(_column_number(letters) - 1, following) if letters else following


@lru_cache(maxsize=4096)
def _column_number(letters: str) -> int:
    """Return 1 for A, 27 for AA; 0 for what is no column."""
    if len(letters) > 3 or not (letters.isascii() and letters.isupper() and letters.isalpha()):
        return 0
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
