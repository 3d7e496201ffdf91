"""Writes a plate as RDML 1.2, the XML exchange format of real-time PCR (rdml.org), in its zip."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

from der22.simulate.qpcr import N_COLUMNS, N_ROWS, QpcrPlate, QpcrWell, WellTask

__all__ = ["write_rdml"]

_NAMESPACE = "http://www.rdml.org"
_TYPE_WORDS = {WellTask.STANDARD: "std", WellTask.UNKNOWN: "unkn", WellTask.NTC: "ntc"}
#: a zip member carries a time; a fixed one keeps the bytes equal
_ZIP_TIME = (2000, 1, 1, 0, 0, 0)


def write_rdml(path: Path | str, plate: QpcrPlate, *, write_negative_as: str | None = None) -> None:
    """Write `plate` as one run.

    Args:
        path: where; folders are made.
        plate: what to write.
        write_negative_as: text of ``cq`` in wells without amplification, such as ``-1.0``;
            None leaves the element out.
    """
    root = ElementTree.Element("rdml", {"xmlns": _NAMESPACE, "version": "1.2"})
    for dye in ("FAM", "VIC"):
        ElementTree.SubElement(root, "dye", id=dye)
    _add_samples(root, plate)
    _add_targets(root, plate)
    _add_cycling(root, plate.cycles)
    experiment = ElementTree.SubElement(root, "experiment", id=f"{plate.plate_id} (synthetic)")
    run = ElementTree.SubElement(experiment, "run", id=plate.plate_id)
    ElementTree.SubElement(run, "thermalCyclingConditions", id="cycling")
    form = ElementTree.SubElement(run, "pcrFormat")
    for tag, text in (("rows", str(N_ROWS)), ("columns", str(N_COLUMNS)), ("rowLabel", "ABC"),
                      ("columnLabel", "123")):  # fmt: skip
        ElementTree.SubElement(form, tag).text = text
    for well in plate.wells:
        _add_react(run, well, write_negative_as)
    content = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    _write_zip(Path(path), content)


def _add_samples(root: ElementTree.Element, plate: QpcrPlate) -> None:
    seen: set[str] = set()
    for well in plate.wells:
        if well.sample in seen:
            continue
        seen.add(well.sample)
        sample = ElementTree.SubElement(root, "sample", id=well.sample)
        ElementTree.SubElement(sample, "type").text = _TYPE_WORDS[well.task]
        if well.quantity is not None:
            quantity = ElementTree.SubElement(sample, "quantity")
            ElementTree.SubElement(quantity, "value").text = repr(well.quantity)
            ElementTree.SubElement(quantity, "unit").text = "cop"


def _add_targets(root: ElementTree.Element, plate: QpcrPlate) -> None:
    targets = ((plate.fusion_target, "toi", "FAM"), (plate.control_target, "ref", "VIC"))
    for name, kind, dye in targets:
        target = ElementTree.SubElement(root, "target", id=name)
        ElementTree.SubElement(target, "type").text = kind
        ElementTree.SubElement(target, "dyeId", id=dye)


def _add_cycling(root: ElementTree.Element, cycles: int) -> None:
    cycling = ElementTree.SubElement(root, "thermalCyclingConditions", id="cycling")
    for number, celsius, seconds in ((1, "95.0", "600"), (2, "95.0", "15"), (3, "60.0", "60")):
        step = ElementTree.SubElement(cycling, "step")
        ElementTree.SubElement(step, "nr").text = str(number)
        temperature = ElementTree.SubElement(step, "temperature")
        ElementTree.SubElement(temperature, "temperature").text = celsius
        ElementTree.SubElement(temperature, "duration").text = seconds
    step = ElementTree.SubElement(cycling, "step")
    ElementTree.SubElement(step, "nr").text = "4"
    loop = ElementTree.SubElement(step, "loop")
    ElementTree.SubElement(loop, "goto").text = "2"
    # the first pass is not a repeat
    ElementTree.SubElement(loop, "repeat").text = str(cycles - 1)


def _add_react(run: ElementTree.Element, well: QpcrWell, negative: str | None) -> None:
    react = ElementTree.SubElement(run, "react", id=str(well.number))
    ElementTree.SubElement(react, "sample", id=well.sample)
    data = ElementTree.SubElement(react, "data")
    ElementTree.SubElement(data, "tar", id=well.target)
    text = negative if well.ct is None else repr(well.ct)
    if text is not None:
        ElementTree.SubElement(data, "cq").text = text


def _write_zip(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    member = zipfile.ZipInfo("rdml_data.xml", date_time=_ZIP_TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
