"""One plate in the export of any instrument, and the rows of the plates sheet it needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from der22.simulate.qpcr import QpcrPlate
from der22.simulate.qpcr_cfx import write_cfx
from der22.simulate.qpcr_copies import write_copies
from der22.simulate.qpcr_lightcycler import write_lightcycler
from der22.simulate.qpcr_quantstudio import write_quantstudio
from der22.simulate.qpcr_rdml import write_rdml

__all__ = ["CT_DECIMALS", "ExportFile", "ExportKind", "plate_files", "write_plate"]

_NOT_IN_FILE = "-"


class ExportKind(StrEnum):
    """The exports that can be written."""

    QUANTSTUDIO = "quantstudio"
    RDML = "rdml"
    LIGHTCYCLER = "lightcycler"
    CFX = "cfx"
    CFX_COMMA = "cfx_comma"
    COPIES = "copies"


#: decimals of a Ct in each export
CT_DECIMALS = {
    ExportKind.QUANTSTUDIO: 3,
    ExportKind.RDML: 6,
    ExportKind.LIGHTCYCLER: 2,
    ExportKind.CFX: 9,
    ExportKind.CFX_COMMA: 9,
    ExportKind.COPIES: 4,
}

_ENDINGS = {
    ExportKind.QUANTSTUDIO: ".txt",
    ExportKind.RDML: ".rdml",
    ExportKind.CFX: ".csv",
    ExportKind.CFX_COMMA: ".csv",
    ExportKind.COPIES: ".tsv",
}


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One file of a plate and its row of the plates sheet.

    Attributes:
        name: file name.
        fusion_target: name of the fusion inside the file; ``-`` = not in this file.
        control_target: name of the control gene inside the file; ``-`` = not in this file.
        cycles: what the sheet must say; None = the file tells.
    """

    name: str
    fusion_target: str
    control_target: str
    cycles: int | None


def plate_files(
    plate_id: str, kind: ExportKind, fusion_target: str, control_target: str, cycles: int
) -> tuple[ExportFile, ...]:
    """Return the files that `write_plate` makes of a plate, without making them."""
    if kind is ExportKind.LIGHTCYCLER:
        return (
            ExportFile(f"{plate_id}-fusion.txt", fusion_target, _NOT_IN_FILE, cycles),
            ExportFile(f"{plate_id}-control.txt", _NOT_IN_FILE, control_target, cycles),
        )
    told = kind is ExportKind.QUANTSTUDIO
    name = plate_id + _ENDINGS[kind]
    return (ExportFile(name, fusion_target, control_target, None if told else cycles),)


def write_plate(folder: Path | str, plate: QpcrPlate, kind: ExportKind) -> tuple[ExportFile, ...]:
    """Write `plate` into `folder` as `kind` exports it; return its files."""
    files = plate_files(
        plate.plate_id, kind, plate.fusion_target, plate.control_target, plate.cycles
    )
    path = Path(folder) / files[0].name
    match kind:
        case ExportKind.QUANTSTUDIO:
            write_quantstudio(path, plate)
        case ExportKind.RDML:
            write_rdml(path, plate)
        case ExportKind.LIGHTCYCLER:
            write_lightcycler(path, plate, plate.fusion_target)
            write_lightcycler(Path(folder) / files[1].name, plate, plate.control_target)
        case ExportKind.CFX | ExportKind.CFX_COMMA:
            write_cfx(path, plate, decimal_comma=kind is ExportKind.CFX_COMMA)
        case ExportKind.COPIES:
            write_copies(path, plate)
    return files
