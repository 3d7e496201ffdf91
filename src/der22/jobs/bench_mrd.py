"""How long qPCR exports take: reading, curves, tables, one file after another in one process."""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from der22.errors import UnreadableFileError
from der22.formats.qpcr import PlateFile, read_plate_file
from der22.formats.records import Plate
from der22.mrd.codes import make_flag
from der22.mrd.plate import PlatePart, judge_plate
from der22.mrd.settings import MrdSettings
from der22.mrd.tables import curve_row, well_row
from der22.results.mrd import CurveRow, WellRow
from der22.results.schema import write_table

__all__ = ["bench_mrd"]


def bench_mrd(files: Sequence[Path]) -> dict[str, Any]:
    """Time the analysis of qPCR exports, warm: the first file is read once before the clock runs.

    A file that cannot be read counts with the time it takes to find that out.

    Args:
        files: exports of any kind.

    Returns:
        files, refused, median_ms and max_ms per file, ms_by_step (medians of read, judge and
        write), peak_memory_mb.
    """
    settings = MrdSettings()
    for path in files[:1]:
        _read(Path(path))
    steps: dict[str, list[float]] = {"read": [], "judge": [], "write": []}
    refused = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in map(Path, files):
            times = _time_file(path, settings, Path(folder))
            refused += times.pop("refused")
            for step, milliseconds in times.items():
                steps[step].append(milliseconds)
    totals = [sum(times) for times in zip(*steps.values(), strict=True)]
    return {
        "files": len(files),
        "refused": refused,
        "median_ms": round(statistics.median(totals), 3) if totals else None,
        "max_ms": round(max(totals), 3) if totals else None,
        "ms_by_step": {
            step: round(statistics.median(times), 3) if times else None
            for step, times in steps.items()
        },
        "peak_memory_mb": round(_peak_memory_mb(), 1),
    }


def _time_file(path: Path, settings: MrdSettings, folder: Path) -> dict[str, Any]:
    begun = time.perf_counter()
    part = _read(path)
    read = time.perf_counter()
    judged = judge_plate([part], settings)
    done = time.perf_counter()
    write_table(folder, WellRow, map(well_row, judged.wells), plate_id=judged.plate_id)
    write_table(folder, CurveRow, map(curve_row, judged.written_curves), plate_id=judged.plate_id)
    written = time.perf_counter()
    return {
        "refused": int(part.file is None),
        "read": (read - begun) * 1000,
        "judge": (done - read) * 1000,
        "write": (written - done) * 1000,
    }


def _read(path: Path) -> PlatePart:
    plate = Plate(plate_id=path.name, path=str(path))
    try:
        file: PlateFile = read_plate_file(path)
    except UnreadableFileError as error:
        return PlatePart(plate, None, make_flag(error.code, error.message))
    return PlatePart(plate, file)


def _peak_memory_mb() -> float:
    """Return the largest memory of this process so far; macOS counts bytes, Linux kilobytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
