"""Trace files: .ab1 and .scf as laboratories have them, and disguises of one capillary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from der22.simulate.abif_writer import (
    AbifTag,
    chars_tag,
    cstring_tag,
    numbers_tag,
    pascal_tag,
    write_abif,
)
from sanger.bench.basecaller import Calls
from simulate.scf_writer import scf_bytes

__all__ = ["DISGUISES", "FileStyle", "TraceFile", "disguise", "write_trace"]

Floats = NDArray[np.float64]
Rng = np.random.Generator

BASES = "ACGT"


@dataclass(frozen=True, slots=True)
class TraceFile:
    """What a file holds.

    Attributes:
        channels: A, C, G, T, shape (4, n_points).
        calls: of the basecaller.
    """

    channels: Floats
    calls: Calls


@dataclass(frozen=True, slots=True)
class FileStyle:
    """How a file is written.

    Attributes:
        kind: ab1 or scf.
        order: of the channels in an .ab1.
        version: of the .scf, 2 or 3.
        signed: whether an .scf holds 16-bit samples around zero, -4 as 65532.
        qualities: phred, constant, zero_one or none.
        stray_byte: index of a call whose letter is no letter; None = none.
        edited: letters of a person in the other call set, by index; empty = both sets agree.
        sets: which call sets an .ab1 holds: 2, 1 or both.
        machine: name that the file gives.
    """

    kind: str = "ab1"
    order: str = "GATC"
    version: int = 3
    signed: bool = False
    qualities: str = "phred"
    stray_byte: int | None = None
    edited: tuple[tuple[int, str], ...] = ()
    sets: str = "both"
    machine: str = "bench"

    @property
    def ending(self) -> str:
        """Return the ending of the file's name."""
        return self.kind


def write_trace(path: Path, trace: TraceFile, style: FileStyle) -> None:
    """Write a trace in a style."""
    if style.kind == "scf":
        path.write_bytes(_scf(trace, style))
    else:
        write_abif(path, _tags(trace, style))


def _styled_qualities(calls: Calls, style: FileStyle) -> NDArray[np.int64]:
    if style.qualities == "constant":
        return np.full_like(calls.qualities, 20)
    if style.qualities == "zero_one":
        return (calls.qualities > 20).astype(np.int64)
    if style.qualities == "none":
        return np.zeros_like(calls.qualities)
    return calls.qualities


def _scf(trace: TraceFile, style: FileStyle) -> bytes:
    calls = trace.calls
    channels = np.rint(trace.channels).clip(0, 32000).astype(np.int16)
    qualities = _styled_qualities(calls, style)
    content = scf_bytes(channels, calls.letters, calls.positions, qualities, version=style.version)
    if not style.signed:
        return content
    # Software that keeps the baseline at zero writes what lies below it modulo 65536.
    lowered = channels.astype(np.int64)
    lowered = np.where(lowered == 0, -4, lowered)
    if style.version == 2:
        body = (lowered.T % 65536).astype(">u2").tobytes()
    else:
        padded = np.pad(lowered, ((0, 0), (2, 0)))
        second = padded[:, 2:] - 2 * padded[:, 1:-1] + padded[:, :-2]
        body = (second % 65536).astype(">u2").tobytes()
    return content[:128] + body + content[128 + len(body) :]


def _tags(trace: TraceFile, style: FileStyle) -> list[AbifTag]:
    calls = trace.calls
    letters = list(calls.letters)
    person = list(letters)
    for at, letter in style.edited:
        if at < len(person):
            person[at] = letter
    if style.stray_byte is not None and style.stray_byte < len(letters):
        letters[style.stray_byte] = "\x95"
    tags = [
        numbers_tag("DATA", 9 + number, trace.channels[BASES.index(base)])
        for number, base in enumerate(style.order)
    ]
    qualities = _styled_qualities(calls, style)
    for number, text in ((2, letters), (1, person)):
        if style.sets not in ("both", str(number)):
            continue
        tags.append(chars_tag("PBAS", number, "".join(text)))
        tags.append(numbers_tag("PLOC", number, calls.positions))
        if style.qualities != "none":
            tags.append(AbifTag("PCON", number, 2, 1, len(qualities), bytes(qualities.tolist())))
    spacing = float(np.median(np.diff(calls.positions))) if len(calls.positions) > 1 else 12.0
    tags += [
        chars_tag("FWO_", 1, style.order),
        pascal_tag("SMPL", 1, "well"),
        pascal_tag("MCHN", 1, style.machine),
        pascal_tag("PDMF", 1, "KB_3730_POP7_BDTv3.mob"),
        pascal_tag("SVER", 2, "KB 1.4.1.8"),
        cstring_tag("CTTL", 1, "Comment:"),
        numbers_tag("SPAC", 1, [spacing], "f4"),
        numbers_tag("S/N%", 1, trace.channels.max(axis=1)[[BASES.index(b) for b in style.order]]),
        numbers_tag("LANE", 1, [7]),
    ]
    return tags


def _reversed(trace: TraceFile, rng: Rng) -> TraceFile:
    calls, n = trace.calls, trace.channels.shape[1]
    letters = calls.letters.translate(str.maketrans("ACGTN", "TGCAN"))[::-1]
    return TraceFile(
        trace.channels[::-1, ::-1].copy(),
        Calls(letters, n - 1 - calls.positions[::-1], calls.qualities[::-1].copy()),
    )


def _rescaled(trace: TraceFile, rng: Rng) -> TraceFile:
    factor = float(np.exp(rng.uniform(np.log(0.4), np.log(2.5))))
    return replace(trace, channels=np.rint(trace.channels * factor))


def _rebalanced(trace: TraceFile, rng: Rng) -> TraceFile:
    factors = np.exp(rng.uniform(-0.25, 0.25, 4))
    return replace(trace, channels=np.rint(trace.channels * factors[:, None]))


def _trimmed(trace: TraceFile, rng: Rng) -> TraceFile:
    calls = trace.calls
    n = len(calls.letters)
    left, right = int(rng.integers(5, 45)), n - int(rng.integers(5, 80))
    first = max(0, int(calls.positions[left]) - 6)
    last = int(calls.positions[right - 1]) + 6
    kept = Calls(
        calls.letters[left:right], calls.positions[left:right] - first, calls.qualities[left:right]
    )
    return TraceFile(trace.channels[:, first:last].copy(), kept)


def _resampled(trace: TraceFile, rng: Rng) -> TraceFile:
    factor = float(rng.uniform(0.8, 1.25))
    n = int(trace.channels.shape[1] * factor)
    at = np.arange(n) / factor
    grid = np.arange(trace.channels.shape[1])
    channels = np.stack([np.interp(at, grid, row) for row in trace.channels])
    positions = np.minimum(np.rint(trace.calls.positions * factor), n - 1).astype(np.int64)
    return TraceFile(channels, replace(trace.calls, positions=positions))


def _plain(trace: TraceFile, rng: Rng) -> TraceFile:
    return trace


#: what people do to a trace before they file it again; SCF export goes with any of them
DISGUISES: dict[str, Callable[[TraceFile, Rng], TraceFile]] = {
    "same": _plain,
    "reversed": _reversed,
    "rescaled": _rescaled,
    "rebalanced": _rebalanced,
    "trimmed": _trimmed,
    "resampled": _resampled,
}


def disguise(trace: TraceFile, words: tuple[str, ...], rng: Rng) -> TraceFile:
    """Return the same capillary after each of the named disguises in turn."""
    for word in words:
        trace = DISGUISES[word](trace, rng)
    return trace
