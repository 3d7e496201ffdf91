"""RDML 1.0 to 1.4: a zip with an XML member whose root is ``rdml``.

Names and types after the RDML schema (rdml.org). Values are read from react/data/cq, names and
quantities from the samples they point to; a quantity element wins over a number in a name.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from xml.etree import ElementTree as ET

from der22.errors import UnreadableFileError
from der22.formats.archive import (
    local_name,
    member_names,
    parse_xml,
    read_member,
    xml_root_name,
)
from der22.formats.numbers import read_number
from der22.formats.qpcr.cells import plate_size, read_ct, task_of, well_from_number, well_name
from der22.formats.qpcr.record import PlateFile, PlateFormat, Task, Well
from der22.formats.qpcr.rows import believed_cycles

__all__ = ["find_rdml_member", "read_rdml", "read_rdml_xml"]

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PROLOG = 64 * 2**10
#: a fluorescence reading with another behind it, as nearly all bytes of a file are
_READING = re.compile(rb"<([am]dp)>[^<]*(?:<(?!/[am]dp>)[^<]*)*</\1>\s*(?=<\1>)")
#: what a person gave a quantity; that of others was computed
_WITH_QUANTITY = (Task.STANDARD, Task.POSITIVE_CONTROL)
_MAX_WELLS = 200_000


@dataclass(frozen=True, slots=True)
class _Sample:
    """A sample of the file.

    Attributes:
        name: the name to show.
        other_name: its id when that is not the name shown.
        task: by target where the file tells, '' for all targets.
        quantity: given quantity, None when none.
    """

    name: str
    other_name: str | None
    task: dict[str, Task]
    quantity: dict[str, float]


def find_rdml_member(archive: zipfile.ZipFile, name: str) -> str | None:
    """Return the member whose XML root is ``rdml``, whatever it is called; None when none is.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when a member is damaged or declares a document
            type.
    """
    members = member_names(archive)
    likely = sorted(
        members, key=lambda m: (not m.casefold().endswith(("rdml_data.xml", ".rdml")), m)
    )
    for member in likely:
        if member.casefold().endswith((".xml", ".rdml", ".rdm")):
            head = read_member(archive, members[member], name, limit=_PROLOG)
            if xml_root_name(head, name) == "rdml":
                return members[member]
    return None


def read_rdml(archive: zipfile.ZipFile, member: str, name: str) -> PlateFile:
    """Read the RDML member of an archive; see `read_rdml_xml` for the errors."""
    return read_rdml_xml(read_member(archive, member, name), name)


def read_rdml_xml(content: bytes, name: str) -> PlateFile:
    """Read an RDML document.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when the XML is damaged, ``RESULTS_MISSING`` when
            it has no run with a reaction.
    """
    # All fluorescence readings of a series but the last, which tells the cycles, are nine tenths of
    # a file and of the time to parse it. Left alone where a reaction has no Cq and only they tell
    # what became of it, or where a comment or a CDATA section could hold the same text.
    needed = b"<!" in content or any(b"<cq>" not in x for x in content.split(b"<data>")[1:])
    root = parse_xml(content if needed else _READING.sub(b"", content), name)
    samples = {e.get("id", ""): _read_sample(e) for e in _children(root, "sample")}
    runs = [
        (experiment.get("id", "").strip(), run.get("id", "").strip(), run)
        for experiment in _children(root, "experiment")
        for run in _children(experiment, "run")
    ]
    count = Counter(run_id for _, run_id, _ in runs)
    wells: list[Well] = []
    cycles: dict[str, int] = {}
    empty: list[str] = []
    for experiment, run_id, run in runs:
        # equal names are told apart by their experiment
        run_name = run_id if count[run_id] == 1 else f"{experiment} / {run_id}"
        own = tuple(_read_run(run, run_name, samples, empty))
        wells.extend(own)
        if len(wells) > _MAX_WELLS:
            raise UnreadableFileError(
                "FILE_UNREADABLE", f"{name}: more than {_MAX_WELLS} wells; split the file by run"
            )
        # the last fluorescence of a series tells its cycles
        series = (
            _children(data, "adp") for react in _children(run, "react")
            for data in _children(react, "data")
        )  # fmt: skip
        told = (read_number(_text(points[-1], "cyc")) or 0.0 for points in series if points)
        highest = max(told, default=0.0)
        believed = believed_cycles(int(highest) or None if highest < 1000 else None, own)
        if believed is not None:
            cycles[run_name] = believed
    if not wells:
        raise UnreadableFileError(
            "RESULTS_MISSING",
            f"{name}: RDML without a run that has reactions; export the analysed run again",
        )
    return PlateFile(
        name, PlateFormat.RDML, tuple(wells), cycles=MappingProxyType(cycles), empty=tuple(empty)
    )


def _read_sample(element: ET.Element) -> _Sample:
    sample_id = element.get("id", "").strip()
    description = _text(element, "description")
    readable = bool(description) and _UUID.fullmatch(sample_id) is not None
    types: dict[str, Task] = {}
    for child in _children(element, "type"):
        types[child.get("targetId", "")] = task_of((child.text or "").strip() or "other")
    quantities: dict[str, float] = {}
    for child in _children(element, "quantity"):
        value = read_number(_text(child, "value"))
        if value is not None:
            quantities[child.get("targetId", "")] = value
    return _Sample(
        description if readable else sample_id, sample_id if readable else None, types, quantities
    )


def _read_run(
    run: ET.Element, run_name: str, samples: dict[str, _Sample], empty: list[str]
) -> Iterator[Well]:
    """Read the reactions of a run, one well per reaction and target; add the others to `empty`."""
    reacts = _children(run, "react")
    form = next(iter(_children(run, "pcrFormat")), None)
    text = _text(form, "columns") if form is not None else ""
    columns = int(text) if re.fullmatch(r"[1-9]\d?", text) else None
    numbers = [
        int(r) for r in (react.get("id", "") for react in reacts) if r.isdecimal() and len(r) < 6
    ]
    size = plate_size(max(numbers, default=0), set())
    for react in reacts:
        place = react.get("id", "").strip()
        numbered = place.isdecimal() and len(place) < 6
        well = well_from_number(int(place), size, columns) if numbered else well_name(place)
        sample_id = next((s.get("id", "").strip() for s in _children(react, "sample")), "")
        sample = samples.get(sample_id, _Sample(sample_id, None, {}, {}))
        measured = _children(react, "data")
        if not measured:
            empty.append(well or place)
        for data in measured:
            target = next((t.get("id", "").strip() for t in _children(data, "tar")), "")
            reading = read_ct(_text(data, "cq"))
            # without any result the curve may tell: fluorescence in the order of the cycles
            light = {
                read_number(_text(point, "cyc")): read_number(_text(point, "fluor"))
                for point in (() if reading.raw else _children(data, "adp"))
            }
            readings = tuple(
                value
                for _, value in sorted(
                    (c, v) for c, v in light.items() if c is not None and v is not None
                )
            )
            excluded = _children(data, "excl")
            task = sample.task.get(target, sample.task.get("", Task.UNKNOWN))
            quantity = sample.quantity.get(target, sample.quantity.get(""))
            reason = (excluded[0].text or "").strip() or "OMITTED" if excluded else reading.fault
            printed = next((_text(q, "value") for q in _children(data, "quantity")), "")
            yield Well(
                run=run_name,
                well=well or place,
                sample=sample.name,
                target=target,
                task=task,
                ct_raw=reading.raw,
                ct=reading.ct,
                quantity=quantity if task in _WITH_QUANTITY else None,
                excluded=bool(reason),
                reason=reason,
                fault="" if excluded else reading.fault,
                place=f"react {place}, target {target}, cq",
                other_name=sample.other_name,
                printed_copies=read_number(printed) if task is Task.UNKNOWN else None,
                readings=None if reading.raw else readings,
            )


def _children(element: ET.Element, name: str) -> list[ET.Element]:
    return [child for child in element if local_name(child.tag) == name]


def _text(element: ET.Element, name: str) -> str:
    for child in element:
        if local_name(child.tag) == name:
            return (child.text or "").strip()
    return ""
