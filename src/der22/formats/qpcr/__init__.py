"""qPCR exports: file <-> wells, no biology."""

from __future__ import annotations

from der22.formats.qpcr.record import (
    CopiesState,
    PlateFile,
    PlateFormat,
    PrintedCurve,
    RunTarget,
    Task,
    Well,
)
from der22.formats.qpcr.sniff import parse_plate_file, read_plate_file

__all__ = [
    "CopiesState",
    "PlateFile",
    "PlateFormat",
    "PrintedCurve",
    "RunTarget",
    "Task",
    "Well",
    "parse_plate_file",
    "read_plate_file",
]
