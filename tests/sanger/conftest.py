"""What the Sanger tests share: real pairs of reads, their consensus, and spikes into them."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import parasail
import pytest
from numpy.typing import NDArray

from der22.formats.reference_folder import Reference
from der22.formats.trace import Trace, parse_trace
from der22.jobs.sanger import load_reference
from der22.sanger.reading.signal import resolve_calls
from der22.sanger.records import StrandEvidence

PAIRS = ("fr_Achl_ACHLO006-09", "fr_Achl_RBNII395-13")


@pytest.fixture(scope="session")
def real_traces() -> Path:
    """Folder of real trace files; the test is skipped where none is named."""
    root = os.environ.get("DER22_REAL_DATA")
    if not root:
        pytest.skip("DER22_REAL_DATA is not set: no real instrument files")
    return Path(root) / "sanger"


@pytest.fixture(scope="session")
def abl1() -> Reference:
    """The reference that ships with der22."""
    return load_reference("abl1")


def letters_of(bases: NDArray[np.int64]) -> str:
    """Return bases 0-3 as letters."""
    return "".join("ACGT"[base] for base in bases)


def consensus(forward: Trace, reverse: Trace, name: str) -> Reference:
    """Return the sequence of a pair: of each column of their alignment the better call.

    Better is the call with the higher mean quality of eleven around it; a gap costs the better
    read's quality beside it.
    """
    one = resolve_calls(forward), np.convolve(forward.qualities, np.ones(11) / 11, "same")
    other = (
        3 - resolve_calls(reverse)[::-1],
        np.convolve(reverse.qualities, np.ones(11) / 11, "same")[::-1],
    )
    aligned = parasail.sg_trace_striped_16(
        letters_of(one[0]), letters_of(other[0]), 10, 2, parasail.matrix_create("ACGT", 3, -5)
    ).traceback
    at, joined = [-1, -1], []
    for letters in zip(aligned.query, aligned.ref, strict=True):
        at = [now + (letter != "-") for now, letter in zip(at, letters, strict=True)]
        values = [read[1][max(now, 0)] for read, now in zip((one, other), at, strict=True)]
        outside = [now < 0 or now >= len(r[0]) - 1 for now, r in zip(at, (one, other), strict=True)]
        values = [-1.0 if out else value for value, out in zip(values, outside, strict=True)]
        joined.append((letters[int(values[1] > values[0])], max(values)))
    good = [index for index, (_, value) in enumerate(joined) if value >= 15]
    sequence = "".join(letter for letter, _ in joined[good[0] : good[-1] + 1]).replace("-", "")
    return Reference(name, sequence, is_coding=False, window_first=1, window_last=len(sequence))


@dataclass(frozen=True, slots=True)
class RealPair:
    """A forward and a reverse read of one haplotype, and their consensus."""

    name: str
    forward: Trace
    reverse: Trace
    reference: Reference


@pytest.fixture(scope="session")
def real_pairs(real_traces: Path) -> list[RealPair]:
    """Both real pairs."""
    pairs = []
    for name in PAIRS:
        reads = [
            parse_trace((real_traces / f"{name}_{d}.ab1").read_bytes(), f"{name}_{d}.ab1")
            for d in "FR"
        ]
        pairs.append(RealPair(name, *reads, consensus(*reads, name)))
    return pairs


@pytest.fixture(scope="session", params=range(len(PAIRS)), ids=PAIRS)
def real_pair(request: pytest.FixtureRequest, real_pairs: list[RealPair]) -> RealPair:
    """Each real pair in turn."""
    return real_pairs[request.param]


Spike = Callable[[Trace, int, int, float, float], Trace]


@pytest.fixture(scope="session")
def spike() -> Spike:
    """Return a function that turns a part of one peak into another base."""
    return turn_peak


def turn_peak(trace: Trace, call: int, base: int, fraction: float, balance: float) -> Trace:
    """Move a share of a peak from its own channel to another one, as a mixture would.

    Args:
        trace: the read.
        call: number of the call.
        base: 0-3 for A, C, G, T as the read itself runs.
        fraction: share of the molecules that carry the other base.
        balance: how much higher the other base's peak would be.
    """
    own = int(resolve_calls(trace)[call])
    scan = int(trace.positions[call])
    points = np.arange(trace.channels.shape[1])
    step = int(np.diff(trace.positions[max(call - 1, 0) : call + 2]).min())
    shape = np.exp(-((points - scan) ** 2) / (2 * (0.32 * step) ** 2))
    height = trace.channels[own, scan]
    channels = trace.channels.copy()
    channels[own] = np.maximum(channels[own] - fraction * height * shape, 0.0)
    channels[base] += fraction * balance * height * shape
    return dataclasses.replace(trace, channels=channels)


def evidence_of(
    shares: NDArray[np.float64], noise: float | NDArray[np.float64] = 0.02, quality: float = 40.0
) -> StrandEvidence:
    """Return one strand with the given shares (NaN = not usable), even noise and quality."""
    level = np.where(np.isnan(shares), np.nan, noise)
    usable = ~np.isnan(shares).all(axis=0)
    n = shares.shape[1]
    return StrandEvidence(
        shares=shares,
        noise=level,
        own_noise=level,
        usable=usable,
        unsure=np.zeros(n, dtype=bool),
        doubtful=np.zeros(n, dtype=bool),
        quality=np.where(usable, quality, 0.0),
        shoulders=np.zeros(shares.shape, dtype=np.int64),
    )
