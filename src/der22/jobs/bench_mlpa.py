"""Time the MLPA analysis of single files in one warm process."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from der22.errors import UnreadableFileError
from der22.formats.fragment_run import read_fragment_run
from der22.formats.probemix import Probemix, read_probemix
from der22.formats.size_standard import SizeStandard, load_size_standard
from der22.mlpa.dosage.bins import learn_bins
from der22.mlpa.dosage.filling import fill_bins
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.electropherogram import find_channel_peaks, size_peaks
from der22.mlpa.sizing.signal import signal_of_run

__all__ = ["bench_mlpa"]

_STEPS = ("read", "peaks", "standard", "heights")
_ROUNDS = 3


def bench_mlpa(
    files: Sequence[Path], size_standard: str, probemix: Path | None = None
) -> dict[str, Any]:
    """Return how long each step takes from open to probe heights.

    Every file is measured three times after one round that warms up; the quickest counts. Files
    that cannot be read or sized are timed as far as they come and counted as refused.

    Args:
        files: .fsa files.
        size_standard: shipped name or path of a sheet.
        probemix: sheet; without one the heights step is left out.

    Returns:
        files, refused, median_ms and max_ms per file, ms by step (medians), peak_memory_mb.
    """
    settings = MlpaSettings()
    standard = load_size_standard(size_standard)
    sheet = None if probemix is None else read_probemix(probemix)
    timings: list[dict[str, float]] = []
    refused = 0
    for file in files:
        _time_file(file, standard, sheet, settings)
        rounds = [_time_file(file, standard, sheet, settings) for _ in range(_ROUNDS)]
        steps, came_through = min(rounds, key=lambda one: sum(one[0].values()))
        refused += not came_through
        timings.append(steps)
    totals = [sum(steps.values()) for steps in timings]
    return {
        "files": len(files),
        "refused": refused,
        "median_ms": _rounded(statistics.median(totals)) if totals else None,
        "max_ms": _rounded(max(totals)) if totals else None,
        "ms_by_step": {
            step: _rounded(statistics.median(t[step] for t in timings if step in t))
            for step in _STEPS
            if any(step in t for t in timings)
        },
        "peak_memory_mb": _peak_memory_mb(),
    }


def _time_file(
    file: Path, standard: SizeStandard, sheet: Probemix | None, settings: MlpaSettings
) -> tuple[dict[str, float], bool]:
    """Return milliseconds by step, and whether the file came through to the last one."""
    steps: dict[str, float] = {}
    start = time.perf_counter()
    try:
        run = read_fragment_run(file)
    except UnreadableFileError:
        return {"read": _since(start)}, False
    steps["read"] = _since(start)
    start = time.perf_counter()
    channels = find_channel_peaks(run, settings)
    steps["peaks"] = _since(start)
    start = time.perf_counter()
    sized = size_peaks(run, channels, standard, settings, list)
    steps["standard"] = _since(start)
    if not sized.is_sized or sheet is None:
        return steps, sized.is_sized
    start = time.perf_counter()
    signal = signal_of_run(sized)
    fill_bins(sheet, signal, learn_bins(sheet, [signal], settings), settings)
    steps["heights"] = _since(start)
    return steps, True


def _since(start: float) -> float:
    return 1e3 * (time.perf_counter() - start)


def _rounded(value: float) -> float:
    return round(value, 2)


def _peak_memory_mb() -> float:
    """Return the largest resident memory so far; the unit differs between Linux and macOS."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return _rounded(peak / 2**20 if sys.platform == "darwin" else peak / 2**10)
