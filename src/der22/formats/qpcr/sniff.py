"""Which kind of export a file is, told by its content, and its reading by the right reader."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from der22.errors import UnreadableFileError
from der22.formats.archive import open_archive, xml_root_name
from der22.formats.files import read_bytes, split_tab
from der22.formats.grid import Grid, decode_text, split_text, unprintable
from der22.formats.qpcr.cfx import CFX_COLUMNS, read_cfx
from der22.formats.qpcr.copies_table import COPIES_COLUMNS, read_copies_table
from der22.formats.qpcr.design_analysis import read_design_analysis
from der22.formats.qpcr.eds import (
    looks_like_eds,
    looks_like_eds_result,
    read_eds,
    read_eds_result,
)
from der22.formats.qpcr.lightcycler import looks_like_lightcycler, read_lightcycler
from der22.formats.qpcr.old_workbook import COMPOUND_FILE, open_old_workbook
from der22.formats.qpcr.quantstudio import looks_like_quantstudio, read_quantstudio
from der22.formats.qpcr.rdml import find_rdml_member, read_rdml, read_rdml_xml
from der22.formats.qpcr.record import PlateFile, Well
from der22.formats.qpcr.sds import looks_like_sds, read_sds
from der22.formats.qpcr.table import find_table
from der22.formats.qpcr.workbook import Workbook, open_workbook

__all__ = ["parse_plate_file", "read_plate_file"]

_MAX_FILE_BYTES = 64 * 2**20
#: two replicates hardly agree in so many digits
_TELLING_DIGITS = 4
_LOOKED_FOR = (
    "RDML, QuantStudio or ViiA 7 text with [Results], a workbook with a sheet Results, SDS text, "
    ".eds, LightCycler 480 text, a CFX table with Fluor, Content and Cq, or a table with sample, "
    "target and copies"
)


def read_plate_file(path: Path | str) -> PlateFile:
    """Read a qPCR export of any known kind; see `parse_plate_file` for the errors.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when it cannot be opened or is absurdly large.
    """
    file, tab = split_tab(str(path))
    content = read_bytes(file, _MAX_FILE_BYTES)
    return parse_plate_file(content, Path(file).name, tab)


def parse_plate_file(content: bytes, name: str, tab: str | None = None) -> PlateFile:
    """Read the content of a qPCR export; the kind is found by content, never by the name.

    Args:
        content: the whole file.
        name: what to call it in sentences.
        tab: of a workbook that holds a table on several.

    Raises:
        UnreadableFileError: ``FORMAT_UNKNOWN`` when it is of no known kind; else the errors of the
            readers: ``FILE_UNREADABLE``, ``FILE_NOT_ANALYSED``, ``RESULTS_MISSING``,
            ``NUMBER_STYLE_MIXED``, ``NUMBER_STYLE_UNCLEAR``.
    """
    try:
        file = _parse_content(content, name, tab)
        # a sign that nobody sees makes another name of a name
        for well in file.wells:
            for text in (well.sample, well.target, well.other_name or ""):
                if hidden := unprintable(text):
                    raise UnreadableFileError(
                        "FILE_UNREADABLE",
                        f"{well.place.split(', column')[0]}: the name of the sample or target "
                        f"of well {well.well or '?'} holds {hidden}, which nobody sees; write it "
                        "again",
                    )
        return _without_repeats(file)
    except UnreadableFileError as error:
        if error.message.startswith(name):
            raise
        raise UnreadableFileError(error.code, f"{name}: {error.message}") from error


def _without_repeats(file: PlateFile) -> PlateFile:
    """Return a file each of whose reactions stands once.

    Some instruments list a well for every dye: a row without a value beside one with a value holds
    nothing. Two values of one reaction are no two reactions.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when a reaction has two values.
    """
    kept: dict[object, Well] = {}
    empty = list(file.empty)
    for number, well in enumerate(file.wells):
        key: object = (well.run, well.well, well.target)
        if not well.well:  # a copies table: an equal row is a copy, unless its number is short
            is_long = sum(c.isdigit() for c in well.copies_raw) >= _TELLING_DIGITS
            key = (well.sample, well.target, well.copies_raw, well.ct_raw) if is_long else number
        other = None if well.excluded else kept.get(key)
        if other is None:
            kept[number if well.excluded else key] = well
        elif well.ct is None and well.copies is None:
            empty.append(well.well)
        elif other.ct is None and other.copies is None:
            kept[key] = well
            empty.append(well.well)
        else:
            raise UnreadableFileError(
                "FILE_UNREADABLE",
                f"well {well.well or '?'} ({well.target or 'of one target'}) stands twice: "
                f"{other.place} and {well.place}; remove one of the two",
            )
    if len(kept) == len(file.wells):
        return file
    return dataclasses.replace(file, wells=tuple(kept.values()), empty=tuple(empty))


def _parse_content(content: bytes, name: str, tab: str | None) -> PlateFile:
    if not content.strip():
        raise UnreadableFileError(
            "FILE_UNREADABLE", f"{name}: the file is empty; export or copy it again"
        )
    if content.startswith(COMPOUND_FILE):
        old = open_old_workbook(content, name)
        if old is None:
            raise _unknown(name)
        return _parse_workbook(old, tab)
    if content[:2] == b"PK":
        archive = open_archive(content, name)
        if looks_like_eds(archive):
            return read_eds(archive, name)
        book = open_workbook(content, name)
        if book is not None:
            return _parse_workbook(book, tab)
        member = find_rdml_member(archive, name)
        if member is None:
            raise _unknown(name)
        return read_rdml(archive, member, name)
    if content.lstrip()[:5] == b"<?xml" and xml_root_name(content, name) == "rdml":
        return read_rdml_xml(content, name)
    text = decode_text(content)
    for looks_like, read in _TEXT_KINDS:
        if looks_like(text):
            return read(text, name)
    head = "\n".join(text.split("\n", 300)[:300])
    for separator in ("\t", ",", ";"):
        grid = split_text(head, separator, name)
        if any(find_table(grid, columns) is not None for columns, _ in _TABLE_KINDS):
            found = _parse_table(split_text(text, separator, name), name)
            if found is not None:
                return found
    raise _unknown(name)


def _parse_workbook(book: Workbook, tab: str | None) -> PlateFile:
    if tab is not None and tab not in book.sheets:
        listed = ", ".join(book.sheets) or "none"
        raise UnreadableFileError(
            "FILE_UNREADABLE", f"{book.name}: has no visible tab {tab}; visible are {listed}"
        )
    results = [sheet for sheet in book.sheets if sheet.strip().casefold() == "results"]
    if len(results) == 1 and tab in (None, results[0]):
        return read_design_analysis(book, results[0])
    found: dict[str, PlateFile] = {}
    for sheet in book.sheets:
        if tab not in (None, sheet):
            continue
        plate = _parse_table(book.grid(sheet), book.name)
        if plate is not None:
            found[sheet] = plate
    if len(found) > 1:
        raise UnreadableFileError(
            "FILE_UNREADABLE",
            f"{book.name}: {len(found)} tabs hold a table ({', '.join(found)}) and none is chosen; "
            f"write {book.name}#Tab in column path, or give one table",
        )
    for plate in found.values():
        return plate
    raise _unknown(book.name)


def _parse_table(grid: Grid, name: str) -> PlateFile | None:
    for columns, read in _TABLE_KINDS:
        table = find_table(grid, columns)
        if table is not None:
            plate = read(table, name)
            if plate.wells:
                return plate
            raise UnreadableFileError(
                "RESULTS_MISSING", f"{name}: a header and no row below it; export the results again"
            )
    return None


def _unknown(name: str) -> UnreadableFileError:
    return UnreadableFileError(
        "FORMAT_UNKNOWN", f"{name}: no known qPCR export; looked for {_LOOKED_FOR}"
    )


_TEXT_KINDS: tuple[tuple[Callable[[str], bool], Callable[[str, str], PlateFile]], ...] = (
    (looks_like_eds_result, read_eds_result),
    (looks_like_quantstudio, read_quantstudio),
    (looks_like_lightcycler, read_lightcycler),
    (looks_like_sds, read_sds),
)
_TABLE_KINDS = ((CFX_COLUMNS, read_cfx), (COPIES_COLUMNS, read_copies_table))
