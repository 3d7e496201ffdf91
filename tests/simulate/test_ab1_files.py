from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from Bio import SeqIO

from der22.simulate.molecules import (
    Molecule,
    Substitution,
    coding_sequence,
    mutation_change,
    reverse_complement,
)
from simulate.sanger_sample import simulate_sanger_sample
from simulate.scf_writer import scf_bytes

CHANNEL_ORDER = "GATC"


def biopython(path: Path) -> SeqIO.SeqRecord:
    """Open a trace with Biopython's reader."""
    with path.open("rb") as handle:
        return SeqIO.read(handle, "abi")


def decoded_scf(content: bytes) -> tuple[np.ndarray, str, np.ndarray, np.ndarray]:
    """Decode an SCF file value by value: channels, letters, positions, called probabilities."""
    words = struct.unpack(">8I4s4I", content[4:56])
    n_points, samples_at, n_bases, bases_at = words[0], words[1], words[2], words[5]
    version, size = words[8], words[9]
    letter = "B" if size == 1 else "H"
    if version == b"2.02":
        flat = struct.unpack_from(f">{4 * n_points}{letter}", content, samples_at)
        channels = np.array(flat).reshape(n_points, 4).T
        rows = [struct.unpack_from(">I4BB3x", content, bases_at + 12 * i) for i in range(n_bases)]
        letters = "".join(chr(row[5]) for row in rows)
        return (
            channels,
            letters,
            np.array([row[0] for row in rows]),
            np.array([max(row[1:5]) for row in rows]),
        )
    channels = np.zeros((4, n_points), dtype=int)
    for c in range(4):
        deltas = struct.unpack_from(
            f">{n_points}{letter}", content, samples_at + c * n_points * size
        )
        value = slope = 0
        for i, delta in enumerate(deltas):
            slope = (slope + delta) % 256**size
            value = (value + slope) % 256**size
            channels[c, i] = value
    positions = np.array(struct.unpack_from(f">{n_bases}I", content, bases_at))
    chances = np.frombuffer(content, np.uint8, 4 * n_bases, bases_at + 4 * n_bases)
    letters = content[bases_at + 8 * n_bases : bases_at + 9 * n_bases].decode()
    return channels, letters, positions, chances.reshape(4, n_bases).max(axis=0)


def test_biopython_opens_both_reads(tmp_path: Path) -> None:
    """Calls, qualities and positions of both reads have one length and both raw sets are there."""
    reads = simulate_sanger_sample("S1", [], 1, 2, tmp_path)
    assert [read.path.name for read in reads] == ["S1_F.ab1", "S1_R.ab1"]
    assert [read.primer for read in reads] == ["ABL1kinaseF", "ABL1kinaseR"]
    for read in reads:
        record = biopython(read.path)
        tags = record.annotations["abif_raw"]
        n = len(record.seq)
        assert n > 800
        assert len(record.letter_annotations["phred_quality"]) == n
        for number in (1, 2):
            assert len(tags[f"PBAS{number}"]) == len(tags[f"PCON{number}"]) == n
            assert len(tags[f"PLOC{number}"]) == n
        assert (np.diff(tags["PLOC2"]) > 0).all()
        assert max(tags["PLOC2"]) < len(tags["DATA9"])
        assert len({len(tags[f"DATA{i}"]) for i in (9, 10, 11, 12)}) == 1
        assert len({len(tags[f"DATA{i}"]) for i in (1, 2, 3, 4)}) == 1
        assert tags["FWO_1"] == b"GATC"
        assert tags["MODL1"] == b"3730"
        assert tags["SPAC1"] == pytest.approx(12.0, abs=0.7)


def test_calls_are_the_sequence(tmp_path: Path) -> None:
    """Calls come from the channels alone: the good middle has at most 5 wrong bases of 500."""
    strands = {"forward": coding_sequence(), "reverse": reverse_complement(coding_sequence())}
    for seed in range(4):
        for read in simulate_sanger_sample(f"S{seed}", [], seed, seed, tmp_path):
            calls = str(biopython(read.path).seq)
            strand = strands[read.direction]
            found = sum(calls[i : i + 20] in strand for i in range(60, 560, 20))
            assert found >= 20, (seed, read.direction)


def test_qualities_are_plausible(tmp_path: Path) -> None:
    """Quality is low at the start, above 40 in the middle, and low again behind the product."""
    for read in simulate_sanger_sample("S1", [], 3, 2, tmp_path):
        quality = np.array(biopython(read.path).letter_annotations["phred_quality"])
        assert quality[:10].mean() < 30
        assert np.median(quality[150:500]) > 40
        assert quality[-20:].mean() < 12
        assert quality.max() <= 62


def test_channels_are_filed_under_their_dye(tmp_path: Path) -> None:
    """At a called base the channel that FWO_ names for it is the highest."""
    tags = biopython(simulate_sanger_sample("S1", [], 1, 2, tmp_path)[0].path).annotations[
        "abif_raw"
    ]
    channels = {base: np.array(tags[f"DATA{9 + i}"]) for i, base in enumerate(CHANNEL_ORDER)}
    for letter, at in zip(tags["PBAS2"].decode()[150:400], tags["PLOC2"][150:400], strict=True):
        heights = {base: channel[at] for base, channel in channels.items()}
        assert heights[letter] == max(heights.values())


def test_same_arguments_same_bytes(tmp_path: Path) -> None:
    """A sample written twice has the same bytes; another seed or run gives others."""
    mixture = [Substitution(*mutation_change("T315I"), 0.3), Molecule(0.2, event="35INS")]
    first = simulate_sanger_sample("S1", mixture, 1, 2, tmp_path / "a")
    again = simulate_sanger_sample("S1", mixture, 1, 2, tmp_path / "b")
    assert [r.path.read_bytes() for r in first] == [r.path.read_bytes() for r in again]
    for run_seed, seed in ((1, 3), (2, 2)):
        other = simulate_sanger_sample("S1", mixture, run_seed, seed, tmp_path / "c")
        assert all(
            a.path.read_bytes() != b.path.read_bytes() for a, b in zip(first, other, strict=True)
        )


def test_truth_sums_over_molecules(tmp_path: Path) -> None:
    """The truth lists single bases with the share of all molecules that carry them."""
    both = tuple(Substitution(*mutation_change(name)) for name in ("T315M", "E255K"))
    mixture = [Molecule(0.3, both), Molecule(0.2, both[1:]), Molecule(0.1, event="35INS")]
    truth = simulate_sanger_sample("S1", mixture, 1, 2, tmp_path)[0].truth
    assert [(v.position_c, v.ref, v.alt) for v in truth.variants] == [
        (763, "G", "A"), (944, "C", "T"), (945, "T", "G"),
    ]  # fmt: skip
    assert [v.fraction for v in truth.variants] == pytest.approx([0.5, 0.3, 0.3])
    assert truth.events == (("35INS", 0.1),)


@pytest.mark.parametrize("fmt", ["scf", "scf2"])
def test_scf_holds_what_the_ab1_holds(tmp_path: Path, fmt: str) -> None:
    """Both SCF versions decode to the channels, calls, positions and qualities of the .ab1."""
    path = simulate_sanger_sample("S1", [], 1, 2, tmp_path, ("forward",), fmt=fmt)[0].path
    tags = biopython(
        simulate_sanger_sample("S1", [], 1, 2, tmp_path, ("forward",))[0].path
    ).annotations["abif_raw"]
    channels, letters, positions, chances = decoded_scf(path.read_bytes())
    written = {base: tags[f"DATA{9 + i}"] for i, base in enumerate(CHANNEL_ORDER)}
    for row, base in enumerate("ACGT"):
        assert tuple(channels[row]) == tuple(written[base])
    called = tags["PBAS2"].decode()
    assert letters == called.replace("N", "-")
    assert tuple(positions) == tuple(tags["PLOC2"])
    expected = [0 if c == "N" else q for c, q in zip(called, tags["PCON2"], strict=True)]
    assert chances.tolist() == expected


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("size", [1, 2])
def test_scf_sample_sizes(version: int, size: int) -> None:
    """One-byte samples are scaled to 255, two-byte samples keep every value, in both versions."""
    rng = np.random.default_rng(5)
    channels = rng.integers(0, 30000, (4, 40)).astype(np.int16)
    content = scf_bytes(
        channels, "ACGTN", np.arange(5) * 7, np.arange(5) + 20, version=version, sample_size=size
    )
    decoded, letters, positions, chances = decoded_scf(content)
    top = int(channels.max())
    expected = channels if size == 2 else channels.astype(int) * 255 // top
    assert (decoded == expected).all()
    assert letters == "ACGT-"
    assert positions.tolist() == [0, 7, 14, 21, 28]
    assert chances.tolist() == [20, 21, 22, 23, 0]


def test_unknown_format_is_refused(tmp_path: Path) -> None:
    """A format that is not written is named, and nothing is left behind."""
    with pytest.raises(ValueError, match="ztr"):
        simulate_sanger_sample("S1", [], 1, 2, tmp_path, fmt="ztr")
    assert not list(tmp_path.iterdir())
