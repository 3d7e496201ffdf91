"""SCF 2.02 and 3.00, the open trace format: arrays -> bytes, big-endian, two bytes per sample.

Layout after Dear and Staden, "A standard file format for data from DNA sequencing instruments",
DNA Sequence 1992;3:107, and the Staden package's description of version 3.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from der22.arrays import Ints

__all__ = ["scf_bytes"]

_HEAD_BYTES = 128


def scf_bytes(
    channels: NDArray[np.int16],
    letters: str,
    positions: Ints,
    qualities: Ints,
    *,
    version: int = 3,
    sample_size: int = 2,
    comments: str = "",
) -> bytes:
    """Return one trace as an SCF file.

    Args:
        channels: (4, points) in the order A, C, G, T, not negative.
        letters: calls; N is written as ``-``.
        positions: (n,) point of each call.
        qualities: (n,) written as the probability of the called base, 0 for the others.
        version: 2 (samples as they are, one record per base) or 3 (second differences, one array
            per field).
        sample_size: bytes per sample, 1 or 2; at 1 the trace is scaled to 255.
        comments: ``KEY=value`` lines.
    """
    samples = np.maximum(channels, 0).astype(np.int64)
    if sample_size == 1:
        samples = samples * 255 // max(1, int(samples.max()))
    calls = np.frombuffer(letters.replace("N", "-").encode("ascii"), np.uint8)
    n_points, n_bases = samples.shape[1], calls.size
    probabilities = np.zeros((4, n_bases), dtype=np.uint8)
    for row, base in enumerate(b"ACGT"):
        probabilities[row] = np.where(calls == base, np.clip(qualities, 0, 255), 0)
    at = positions.astype(">u4")
    if version == 2:
        body = samples.T.astype(f">u{sample_size}").tobytes()
        bases = _records(at, probabilities, calls)
    else:
        body = _second_differences(samples, sample_size)
        bases = at.tobytes() + probabilities.tobytes() + calls.tobytes() + bytes(3 * n_bases)
    text = comments.encode("latin-1") + b"\0"
    bases_at = _HEAD_BYTES + len(body)
    comments_at = bases_at + len(bases)
    head = struct.pack(
        ">4s8I4s4I", b".scf", n_points, _HEAD_BYTES, n_bases, 0, 0, bases_at, len(text),
        comments_at, b"2.02" if version == 2 else b"3.00", sample_size, 0, 0,
        comments_at + len(text),
    )  # fmt: skip
    return head.ljust(_HEAD_BYTES, b"\0") + body + bases + text


def _records(
    at: NDArray[np.unsignedinteger], probabilities: NDArray[np.uint8], calls: NDArray[np.uint8]
) -> bytes:
    kind = np.dtype([("at", ">u4"), ("p", "u1", 4), ("base", "u1"), ("spare", "u1", 3)])
    records = np.zeros(calls.size, dtype=kind)
    records["at"], records["p"], records["base"] = at, probabilities.T, calls
    return records.tobytes()


def _second_differences(samples: Ints, sample_size: int) -> bytes:
    """Return channel after channel as differences of differences, modulo the sample's range."""
    padded = np.pad(samples, ((0, 0), (2, 0)))
    second = np.diff(padded, n=2, axis=1) % 256**sample_size
    content: bytes = second.astype(f">u{sample_size}").tobytes()
    return content
