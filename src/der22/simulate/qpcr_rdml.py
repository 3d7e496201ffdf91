"""Writes a plate as RDML 1.2, the XML exchange format of real-time PCR (rdml.org), in its zip."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

from der22.simulate.qpcr import N_COLUMNS, N_ROWS, QpcrPlate, WellTask

__all__ = ["write_rdml"]

_NAMESPACE = "http://www.rdml.org"
_TYPE_WORDS = {WellTask.STANDARD: "std", WellTask.UNKNOWN: "unkn", WellTask.NTC: "ntc"}
#: a zip member carries a time; a fixed one keeps the bytes equal
_ZIP_TIME = (2000, 1, 1, 0, 0, 0)


def write_rdml(path: Path | str, plate: QpcrPlate) -> None:
    """Write `plate` as one run; wells without amplification have the ``cq`` -1.0.

    A reaction without ``cq`` and without its curve would be one that nobody analysed.
    """
    root = ElementTree.Element("rdml", {"xmlns": _NAMESPACE, "version": "1.2"})
    for dye in ("FAM", "VIC"):
        _add(root, "dye", id=dye)
    seen: set[str] = set()
    for well in plate.wells:
        if well.sample in seen:
            continue
        seen.add(well.sample)
        sample = _add(root, "sample", id=well.sample)
        _add(sample, "type", _TYPE_WORDS[well.task])
        if well.quantity is not None:
            quantity = _add(sample, "quantity")
            _add(quantity, "value", repr(well.quantity))
            _add(quantity, "unit", "cop")
    for name, kind, dye in (
        (plate.fusion_target, "toi", "FAM"), (plate.control_target, "ref", "VIC"),
    ):  # fmt: skip
        target = _add(root, "target", id=name)
        _add(target, "type", kind)
        _add(target, "dyeId", id=dye)
    cycling = _add(root, "thermalCyclingConditions", id="cycling")
    for number, celsius, seconds in ((1, "95.0", "600"), (2, "95.0", "15"), (3, "60.0", "60")):
        step = _add(cycling, "step")
        _add(step, "nr", str(number))
        temperature = _add(step, "temperature")
        _add(temperature, "temperature", celsius)
        _add(temperature, "duration", seconds)
    step = _add(cycling, "step")
    _add(step, "nr", "4")
    loop = _add(step, "loop")
    _add(loop, "goto", "2")
    # the first pass is not a repeat
    _add(loop, "repeat", str(plate.cycles - 1))
    run = _add(
        _add(root, "experiment", id=f"{plate.plate_id} (synthetic)"), "run", id=plate.plate_id
    )
    _add(run, "thermalCyclingConditions", id="cycling")
    form = _add(run, "pcrFormat")
    for tag, text in (("rows", str(N_ROWS)), ("columns", str(N_COLUMNS)), ("rowLabel", "ABC"),
                      ("columnLabel", "123")):  # fmt: skip
        _add(form, tag, text)
    for well in plate.wells:
        react = _add(run, "react", id=str(well.number))
        _add(react, "sample", id=well.sample)
        data = _add(react, "data")
        _add(data, "tar", id=well.target)
        _add(data, "cq", "-1.0" if well.ct is None else repr(well.ct))
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    member = zipfile.ZipInfo("rdml_data.xml", date_time=_ZIP_TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w") as archive:
        content = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
        archive.writestr(member, content)


def _add(
    parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    """Add an element and return it."""
    child = ElementTree.SubElement(parent, tag, attributes)
    child.text = text
    return child
