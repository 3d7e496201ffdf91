"""Real exports: refitted curve and copies beside what the instrument printed."""

from __future__ import annotations

import statistics
from pathlib import Path

from der22.errors import UnreadableFileError
from der22.formats.qpcr import PlateFile, Well, read_plate_file
from der22.formats.records import Plate
from der22.mrd.curve import Curve
from der22.mrd.plate import PlatePart, judge_plate
from der22.mrd.settings import MrdSettings
from der22.mrd.wells import to_copies

__all__ = ["compare_real_files"]


def compare_real_files(folder: Path) -> list[dict[str, object]]:
    """Return one row per target of a real export that has a curve to compare."""
    rows: list[dict[str, object]] = []
    for path in sorted((folder / "qpcr").iterdir()):
        try:
            file = read_plate_file(path)
        except UnreadableFileError:
            continue
        rows.extend(_compare(file, path))
    return rows


def _compare(file: PlateFile, path: Path) -> list[dict[str, object]]:
    target = None if file.names_targets else "unnamed target"
    plate = Plate("A", str(path), fusion_target=target, control_target="-" if target else None)
    judged = judge_plate([PlatePart(plate, file)], MrdSettings())
    rows = []
    for curve in judged.written_curves:
        key = (curve.run, curve.target)
        wells = [w.well for w in judged.wells if (w.well.run, w.well.target) == key]
        rows.extend(_row(path.name, curve, wells))
    return rows


def _row(name: str, curve: Curve, wells: list[Well]) -> list[dict[str, object]]:
    printed = [w for w in wells if w.printed_copies and w.ct and w.task == "unknown"]
    if curve.line is None or (curve.instrument is None and not printed):
        return []
    differences = [
        100 * (ours / w.printed_copies - 1)
        for w in printed
        if w.ct and w.printed_copies
        and (ours := to_copies(w.ct, curve.line.slope, curve.line.intercept)) is not None
    ]  # fmt: skip
    return [
        {
            "file": name,
            "target": curve.target,
            "our slope": round(curve.line.slope, 4),
            "printed slope": round(curve.instrument.slope, 4) if curve.instrument else "",
            "our intercept": round(curve.line.intercept, 4),
            "printed intercept": round(curve.instrument.intercept, 4) if curve.instrument else "",
            "wells compared": len(differences),
            "median difference %": _rounded(statistics.median(differences)) if differences else "",
            "largest difference %": _rounded(max(differences, key=abs)) if differences else "",
            "status": str(curve.status),
        }
    ]


def _rounded(value: float) -> float:
    return round(value, 3)
