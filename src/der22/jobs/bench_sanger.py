"""How long the Sanger analysis takes, bytes to double-sequence test, in one warm process."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from der22.errors import UnreadableFileError
from der22.formats.reference_folder import Reference
from der22.formats.trace import Trace, parse_trace
from der22.jobs.sanger import SHIPPED_REFERENCE, load_reference
from der22.sanger.reading.pin import pin_peaks
from der22.sanger.reading.place import align_calls, make_target
from der22.sanger.reading.read import analyse_read, find_doubles, measure_read
from der22.sanger.reading.signal import has_signal, keep_calls, remove_dye_blob
from der22.sanger.reading.usable import noise_around
from der22.sanger.settings import SangerSettings

__all__ = ["bench_sanger"]

_ROUNDS = 3


def bench_sanger(files: Sequence[Path], reference: str | None) -> dict[str, Any]:
    """Time the analysis of trace files.

    Args:
        files: .ab1 or .scf; files that cannot be read count as refused and are not timed.
        reference: folder or FASTA file; None = the shipped one.

    Returns:
        ``files``, ``refused``, ``median_ms``, ``max_ms`` (whole read, the best of
        three rounds after one warm-up), ``ms_by_step`` (median by step), ``peak_memory_mb``.
    """
    known = load_reference(reference or SHIPPED_REFERENCE)
    settings = SangerSettings()
    contents = [(Path(path).name, Path(path).read_bytes()) for path in files]
    readable = [item for item in contents if _can_read(item[1], item[0])]
    whole: list[float] = []
    refused = 0
    steps: dict[str, list[float]] = {}
    for name, content in readable:
        analyse_read(name, parse_trace(content, name), known, settings)
        times = []
        for _ in range(_ROUNDS):
            start = time.perf_counter()
            result = analyse_read(name, parse_trace(content, name), known, settings)
            times.append(1000 * (time.perf_counter() - start))
        whole.append(min(times))
        refused += result.evidence is None
        if result.evidence is not None:
            for step, spent in _time_steps(content, name, known, settings).items():
                steps.setdefault(step, []).append(spent)
    return {
        "files": len(contents),
        "refused": refused + len(contents) - len(readable),
        "median_ms": round(median(whole), 2) if whole else None,
        "max_ms": round(max(whole), 2) if whole else None,
        "ms_by_step": {step: round(median(values), 2) for step, values in steps.items()},
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def _can_read(content: bytes, name: str) -> bool:
    try:
        parse_trace(content, name)
    except UnreadableFileError:
        return False
    return True


def _time_steps(
    content: bytes, name: str, reference: Reference, settings: SangerSettings
) -> dict[str, float]:
    """Walk the steps of one readable, placed read by hand and time each."""
    clock = _Clock()
    trace: Trace = parse_trace(content, name)
    clock.lap("file")
    has_signal(trace, settings)
    calls = keep_calls(trace, settings)
    clock.lap("signal")
    target = make_target(reference.window)
    placement = pin_peaks(calls, target, align_calls(calls.bases, target, settings), settings)
    clock.lap("placing")
    channels = remove_dye_blob(trace, settings).channels
    clock.lap("baseline")
    measured = measure_read(channels, trace.channels, placement, target, len(trace.calls), settings)
    clock.lap("heights")
    find_doubles(measured, placement, target, settings)
    clock.lap("double")
    noise_around(measured.shares, measured.shoulders, settings)
    clock.lap("noise")
    return clock.laps


class _Clock:
    """Times between laps, in milliseconds."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._start = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = 1000 * (now - self._start)
        self._start = now
