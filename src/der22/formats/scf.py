"""SCF, the Staden trace format (.scf), versions 2 and 3: bytes -> channels and calls.

Layout after Dear and Staden, "A standard file format for data from DNA sequencing instruments",
DNA Sequence 1992;3:107-110, and the Staden package manual for version 3: a head of 128 bytes,
big-endian; samples of one or two bytes, in version 3 channel by channel as second differences.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Ints
from der22.errors import UnreadableFileError

__all__ = ["SCF_MAGIC", "ScfFile", "parse_scf"]

SCF_MAGIC = b".scf"

_HEAD = struct.Struct(">4s8I4s4I")
_HEAD_BYTES = 128
_BYTES_PER_CALL = 12
_MAX_SAMPLES = 200_000  # a capillary run has some ten thousand
_MAX_CALLS = 20_000


@dataclass(frozen=True, slots=True)
class ScfFile:
    """The parts of an SCF file that a trace needs.

    Attributes:
        name: what to call it in sentences.
        channels: signal of A, C, G, T, shape (4, n_points); below 0 where samples are signed.
        calls: one letter per call, capitals, ``-`` read as N.
        positions: scan of each call, shape (n_calls,).
        qualities: probability of the called base as the file gives it, shape (n_calls,).
    """

    name: str
    channels: Floats
    calls: str
    positions: Ints
    qualities: Ints


def parse_scf(content: bytes, name: str) -> ScfFile:
    """Read an SCF file of version 2 or 3.

    Raises:
        UnreadableFileError: ``UNREADABLE_FILE`` when the head is damaged or a part ends beyond the
            file.
    """
    if len(content) < _HEAD_BYTES:
        raise _cut_short(name, "head", _HEAD_BYTES, len(content))
    magic, n_samples, samples_at, n_calls, _, _, calls_at, _, _, version, size, *_ = (
        _HEAD.unpack_from(content)
    )
    if magic != SCF_MAGIC:
        raise UnreadableFileError("UNREADABLE_FILE", f"{name}: does not begin with .scf")
    if n_samples > _MAX_SAMPLES or n_calls > _MAX_CALLS:
        raise UnreadableFileError(
            "UNREADABLE_FILE",
            f"{name}: the head is damaged ({n_samples} samples and {n_calls} calls, at most "
            f"{_MAX_SAMPLES} and {_MAX_CALLS} are possible); export it again from the instrument",
        )
    # Files before version 2 leave the sample size at zero: one byte a sample.
    sample_bytes = 2 if size == 2 else 1
    is_version_3 = version[:1] == b"3"
    raw = _section(content, name, "samples", samples_at, 4 * n_samples * sample_bytes)
    calls = _section(content, name, "bases", calls_at, n_calls * _BYTES_PER_CALL)
    values = np.frombuffer(raw, dtype=f">u{sample_bytes}")
    if is_version_3:
        # Second differences; sums run modulo the width of a sample, as they were written.
        modulus = 256**sample_bytes
        differences = values.reshape(4, n_samples).astype(np.int64)
        first = np.cumsum(differences, axis=1) % modulus
        channels = (np.cumsum(first, axis=1) % modulus).astype(np.float64)
        columns = np.frombuffer(calls, dtype=np.uint8)
        positions = np.frombuffer(calls[: 4 * n_calls], dtype=">u4").astype(np.int64)
        probabilities = columns[4 * n_calls : 8 * n_calls].reshape(4, n_calls)  # of A, C, G, T
        letters = calls[8 * n_calls : 9 * n_calls]
    else:
        channels = values.reshape(n_samples, 4).T.astype(np.float64)
        rows = np.frombuffer(calls, dtype=np.uint8).reshape(n_calls, _BYTES_PER_CALL)
        positions = np.ascontiguousarray(rows[:, :4]).view(">u4").ravel().astype(np.int64)
        probabilities = rows[:, 4:8].T
        letters = rows[:, 8].tobytes()
    # Some programs write signed samples: what lies nearer to 65536 than to the next value below is
    # slightly below zero, not the highest peak of the trace.
    is_high = channels >= 2**15
    if sample_bytes == 2 and is_high.any():
        lowest, below = channels[is_high].min(), channels[~is_high].max(initial=0.0)
        if lowest - below > 2**16 - lowest:
            channels = np.where(is_high, channels - 2**16, channels)
    text = letters.upper().decode("latin-1")
    return ScfFile(
        name=name,
        channels=channels,
        calls=text.replace("-", "N"),
        positions=positions,
        qualities=_quality_of_call(text, probabilities.astype(np.int64)),
    )


def _section(content: bytes, name: str, what: str, start: int, n_bytes: int) -> bytes:
    if start + n_bytes > len(content):
        raise _cut_short(name, what, start + n_bytes, len(content))
    return content[start : start + n_bytes]


def _cut_short(name: str, what: str, needed: int, found: int) -> UnreadableFileError:
    return UnreadableFileError(
        "UNREADABLE_FILE",
        f"{name}: cut short, {what} end at byte {needed} and the file has {found}; "
        "export it again from the instrument",
    )


def _quality_of_call(letters: str, probabilities: Ints) -> Ints:
    """Return the value of the called base; of an ambiguous call the largest of the four."""
    index = np.array(["ACGT".find(letter) for letter in letters], dtype=np.int64)
    if not index.size:
        return index
    own = np.take_along_axis(probabilities, np.maximum(index, 0)[None, :], axis=0)[0]
    chosen: Ints = np.where(index >= 0, own, probabilities.max(axis=0))
    return chosen
