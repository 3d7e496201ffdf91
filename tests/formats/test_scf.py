"""SCF files of both versions and both sample sizes, written here by hand from the format's text."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from der22.errors import UnreadableFileError
from der22.formats.scf import parse_scf
from der22.formats.trace import parse_trace


def _write(channels, letters, positions, probabilities, version, size) -> bytes:
    """A slow, plain SCF writer after the format's description."""
    n_samples, n_bases = channels.shape[1], len(letters)
    kind = ">u2" if size == 2 else "u1"
    modulus = 256**size
    if version == "3.00":
        samples = b""
        for row in channels.astype(np.int64):
            padded = [0, 0, *row.tolist()]
            deltas = [
                (padded[i] - 2 * padded[i - 1] + padded[i - 2]) % modulus
                for i in range(2, len(padded))
            ]
            samples += np.array(deltas, dtype=kind).tobytes()
        bases = np.array(positions, dtype=">u4").tobytes()
        bases += b"".join(bytes(row) for row in probabilities)
        bases += letters.encode() + bytes(3 * n_bases)
    else:
        samples = channels.T.astype(kind).tobytes()
        bases = b"".join(
            struct.pack(">I4B", at, *[row[i] for row in probabilities]) + letter.encode() + bytes(3)
            for i, (at, letter) in enumerate(zip(positions, letters, strict=True))
        )
    head = struct.pack(
        ">4s8I4s4I", b".scf", n_samples, 128, n_bases, 0, 0, 128 + len(samples),
        0, 0, version.encode(), size, 0, 0, 0,
    )  # fmt: skip
    return head.ljust(128, b"\0") + samples + bases


@settings(deadline=None)
@given(
    version=st.sampled_from(["2.00", "3.00"]),
    size=st.sampled_from([1, 2]),
    seed=st.integers(0, 2**32 - 1),
    n_samples=st.integers(40, 120),
)
def test_samples_survive(version, size, seed, n_samples):
    """Channels, letters, positions and values come back as written, whatever the version."""
    rng = np.random.default_rng(seed)
    channels = rng.integers(0, 256**size, (4, n_samples))
    letters = "".join(rng.choice(list("ACGT"), 8))
    positions = sorted(rng.choice(n_samples, 8, replace=False).tolist())
    probabilities = rng.integers(0, 60, (4, 8)).tolist()
    found = parse_scf(_write(channels, letters, positions, probabilities, version, size), "x.scf")
    assert (found.channels == channels).all()
    assert found.calls == letters
    assert found.positions.tolist() == positions
    own = [probabilities["ACGT".index(letter)][i] for i, letter in enumerate(letters)]
    assert found.qualities.tolist() == own


def test_dash_is_n_with_the_largest_value():
    """A dash is an unknown base; its value is the largest of the four."""
    content = _write(np.zeros((4, 30), int), "A-", [5, 10], [[3, 4], [0, 9], [0, 1], [0, 2]],
                     "3.00", 2)  # fmt: skip
    found = parse_scf(content, "x.scf")
    assert found.calls == "AN"
    assert found.qualities.tolist() == [3, 9]


@pytest.mark.parametrize("version", ["2.00", "3.00"])
def test_cut_files_name_the_part(version):
    """A file cut in head, samples or bases is unreadable and says which."""
    content = _write(np.ones((4, 50), int), "ACGT", [5, 15, 25, 35], [[9] * 4] * 4, version, 2)
    for at, part in ((60, "head"), (300, "samples"), (len(content) - 1, "bases")):
        with pytest.raises(UnreadableFileError, match=part) as caught:
            parse_scf(content[:at], "x.scf")
        assert caught.value.code == "UNREADABLE_FILE"


def test_kind_is_found_by_content():
    """An SCF file under the ending .ab1 is still read as SCF."""
    content = _write(np.ones((4, 50), int), "ACGT", [5, 15, 25, 35], [[0] * 4] * 4, "3.00", 1)
    trace = parse_trace(content, "wrong.ab1")
    assert trace.calls == "ACGT"
    assert [note.code for note in trace.notes] == ["NO_QUALITY_VALUES"]
