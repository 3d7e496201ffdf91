from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from Bio import SeqIO

from simulate.faults.sanger import SANGER_FAULTS
from simulate.sanger_sample import SimulatedRead, simulate_sanger_sample

CODES = {
    "UNREADABLE_FILE", "MISSING_CHANNEL", "NO_BASECALLS", "NO_PEAK_POSITIONS", "NO_SIGNAL",
    "LOW_QUALITY_READ", "NOT_REFERENCE", "DUPLICATE_READ", "DOUBLE_SEQUENCE",
    "DIRECTION_DIFFERS_FROM_PRIMER", "EDITED_CALLS_DIFFER", "CALL_LENGTHS_DIFFER",
    "NO_QUALITY_VALUES", "CHANNEL_ORDER_ASSUMED", "DYE_BLOB", "NO_WILD_TYPE_CONTROL",
    "CONTROL_NOT_WILD_TYPE", "SINGLE_STRAND", "NO_USABLE_READ", "TOO_FEW_CODONS",
    "STRANDS_DISAGREE", "CODON_PHASE_UNKNOWN", "COMPOUND_AT_LEAST", "COMPOUND_UNDETERMINED",
    "POLYMORPHISM", "SILENT", "SPLICE_VARIANT", "UNNAMED_CHANGE",
}  # fmt: skip


def sample(tmp_path: Path, fault: str | None) -> list[SimulatedRead]:
    """Simulate one otherwise wild-type sample with a fault."""
    return simulate_sanger_sample("S", [], 11, 4, tmp_path / str(fault), fault=fault)


def tags(path: Path) -> dict[str, object]:
    """Return the tags as Biopython reads them."""
    with path.open("rb") as handle:
        return dict(SeqIO.read(handle, "abi").annotations["abif_raw"])


def tag_names(path: Path) -> dict[str, int]:
    """Return name and number -> element count from the directory, without any reader."""
    content = path.read_bytes()
    n_entries, _, start = struct.unpack_from(">III", content, 18)
    found = {}
    for at in range(start, start + 28 * n_entries, 28):
        name, number, _, _, n_elements = struct.unpack_from(">4sIHHI", content, at)
        found[f"{name.decode()}{number}"] = n_elements
    return found


def share(path: Path, base: int, minor: str, major: str) -> float:
    """Return the share of one base where another stands highest, near a read base (1-based)."""
    raw = tags(path)
    channels = {b: np.array(raw[f"DATA{9 + i}"], float) for i, b in enumerate("GATC")}
    start = 30 + 12 * (base - 1) - 6
    top = start + int(channels[major][start : start + 13].argmax())
    return float(channels[minor][top] / (channels[minor][top] + channels[major][top]))


def test_every_code_has_a_fault() -> None:
    """Each flag that a Sanger sample can raise is reached by a fault of its own name."""
    assert set(SANGER_FAULTS) >= CODES
    assert {fault.code for fault in SANGER_FAULTS.values()} == CODES


def test_only_the_first_read_is_harmed(tmp_path: Path) -> None:
    """A fault of one file leaves the bytes of the other read as they are without it."""
    untouched = sample(tmp_path, None)[1].path.read_bytes()
    for fault in ("UNREADABLE_FILE", "MISSING_CHANNEL", "NO_SIGNAL", "NOT_REFERENCE", "DYE_BLOB"):
        assert sample(tmp_path, fault)[1].path.read_bytes() == untouched, fault


def test_unreadable_files(tmp_path: Path) -> None:
    """One file ends inside its values, the other is text with the ending .ab1."""
    cut = sample(tmp_path, "UNREADABLE_FILE")[0].path.read_bytes()
    _, _, start = struct.unpack_from(">III", cut, 18)
    assert cut[:4] == b"ABIF"
    assert start > len(cut)
    text = sample(tmp_path, "UNREADABLE_FILE_TEXT")[0].path
    assert text.suffix == ".ab1"
    assert text.read_bytes().decode("ascii").startswith("This is not a trace")


@pytest.mark.parametrize(
    ("fault", "gone"),
    [
        ("MISSING_CHANNEL", {"DATA10"}),
        ("NO_BASECALLS", {"PBAS1", "PBAS2", "PCON1", "PCON2", "PLOC1", "PLOC2"}),
        ("NO_PEAK_POSITIONS", {"PLOC1", "PLOC2"}),
        ("NO_QUALITY_VALUES", {"PCON1", "PCON2"}),
        ("CHANNEL_ORDER_ASSUMED", {"FWO_1"}),
    ],
)
def test_tags_that_are_left_out(tmp_path: Path, fault: str, gone: set[str]) -> None:
    """Exactly the named tags are missing from the directory."""
    whole = tag_names(sample(tmp_path, None)[0].path)
    assert set(whole) - set(tag_names(sample(tmp_path, fault)[0].path)) == gone


def test_empty_channels(tmp_path: Path) -> None:
    """The second form of a missing channel keeps the tags and holds no element."""
    names = tag_names(sample(tmp_path, "MISSING_CHANNEL_EMPTY")[0].path)
    assert [names[f"DATA{i}"] for i in (9, 10, 11, 12)] == [0, 0, 0, 0]
    assert names["DATA1"] > 0


def test_calls_that_differ(tmp_path: Path) -> None:
    """Edited letters differ at five places, and only in set 1."""
    raw = tags(sample(tmp_path, "EDITED_CALLS_DIFFER")[0].path)
    plain = tags(sample(tmp_path, None)[0].path)
    assert raw["PBAS2"] == plain["PBAS2"]
    assert sum(a != b for a, b in zip(raw["PBAS1"], raw["PBAS2"], strict=True)) == 5


def test_qualities_that_are_short_or_zero(tmp_path: Path) -> None:
    """Seven qualities are missing at the end, or all are zero."""
    short = tag_names(sample(tmp_path, "CALL_LENGTHS_DIFFER")[0].path)
    assert short["PBAS2"] - short["PCON2"] == 7
    assert set(tags(sample(tmp_path, "NO_QUALITY_VALUES_ZERO")[0].path)["PCON2"]) == {0}


def test_blank_capillary(tmp_path: Path) -> None:
    """In no window of 51 calls is a blank capillary four times its second-lowest channel."""
    for read in sample(tmp_path, "NO_USABLE_READ"):
        raw = tags(read.path)
        at = np.array(raw["PLOC2"])
        heights = np.sort(
            np.stack([np.array(raw[f"DATA{i}"])[at] for i in (9, 10, 11, 12)]), axis=0
        )
        assert heights[3].max() < 60
        for start in range(0, at.size - 51, 25):
            window = heights[:, start : start + 51]
            assert np.median(window[3]) < 4 * np.median(window[1])
    first, second = sample(tmp_path, "NO_SIGNAL")
    assert max(tags(first.path)["DATA9"]) < 60 < max(tags(second.path)["DATA9"])


def test_failed_reaction_and_short_reads(tmp_path: Path) -> None:
    """A failed reaction has under 100 good calls; short reads are good and end at base 230."""
    quality = np.array(list(tags(sample(tmp_path, "LOW_QUALITY_READ")[0].path)["PCON2"]), float)
    rolling = np.convolve(quality, np.ones(11) / 11, mode="same")
    assert (rolling >= 20).sum() < 100
    for read in sample(tmp_path, "TOO_FEW_CODONS"):
        quality = np.array(list(tags(read.path)["PCON2"]), float)
        assert np.median(quality[60:150]) > 30
        assert 215 <= quality.size <= 245


def test_alien_sequence(tmp_path: Path) -> None:
    """Another gene is read cleanly and shares no 12 bases in a row with the expected read."""
    alien, normal = sample(tmp_path, "NOT_REFERENCE")[0], sample(tmp_path, None)[0]
    letters = tags(alien.path)["PBAS2"].decode()
    expected = tags(normal.path)["PBAS2"].decode()
    assert np.mean(list(tags(alien.path)["PCON2"][100:500])) > 40
    assert not any(letters[i : i + 12] in expected for i in range(100, 500))


def test_duplicate_and_primer(tmp_path: Path) -> None:
    """A duplicate repeats the four channels under another name; a wrong primer is only said."""
    first, _, again = sample(tmp_path, "DUPLICATE_READ")
    assert again.read_id == "S_F_again"
    assert [tags(again.path)[f"DATA{i}"] for i in (9, 10, 11, 12)] == [
        tags(first.path)[f"DATA{i}"] for i in (9, 10, 11, 12)
    ]
    swapped = sample(tmp_path, "DIRECTION_DIFFERS_FROM_PRIMER")[0]
    assert (swapped.direction, swapped.primer) == ("forward", "ABL1kinaseR")
    plain = sample(tmp_path, None)[0]
    assert swapped.path.read_bytes() == plain.path.read_bytes()


def test_single_strand(tmp_path: Path) -> None:
    """Only one direction is written."""
    assert [read.direction for read in sample(tmp_path, "SINGLE_STRAND")] == ["forward"]


def test_dye_blob(tmp_path: Path) -> None:
    """A blob lifts the floor of C and T at bases 70 to 118 and leaves A and G alone."""
    raw = tags(sample(tmp_path, "DYE_BLOB")[0].path)
    low = {}
    for i, base in enumerate("GATC"):
        part = np.array(raw[f"DATA{9 + i}"])[30 + 12 * 70 : 30 + 12 * 118]
        low[base] = max(part[k : k + 60].min() for k in range(0, part.size - 60, 10))
    assert min(low["C"], low["T"]) > 200
    assert max(low["A"], low["G"]) < 100


@pytest.mark.parametrize(
    ("fault", "variants", "events"),
    [
        ("CONTROL_NOT_WILD_TYPE", {(944, "T"): 0.5}, {}),
        ("CODON_PHASE_UNKNOWN", {(943, "G"): 0.35, (944, "T"): 0.35}, {}),
        ("COMPOUND_AT_LEAST", {(944, "T"): 0.9, (1075, "G"): 0.9}, {}),
        ("COMPOUND_UNDETERMINED", {(944, "T"): 0.35, (1075, "G"): 0.35}, {}),
        ("POLYMORPHISM", {(740, "G"): 0.5}, {}),
        ("SILENT", {(945, "C"): 0.5}, {}),
        ("UNNAMED_CHANGE", {(1007, "G"): 0.5}, {}),
        ("SPLICE_VARIANT", {}, {"exon7del": 0.5}),
        ("DOUBLE_SEQUENCE", {}, {"35INS": 0.45}),
        ("NO_WILD_TYPE_CONTROL", {}, {}),
    ],
)
def test_mixtures(
    tmp_path: Path, fault: str, variants: dict[tuple[int, str], float], events: dict[str, float]
) -> None:
    """The truth of a sample says what the fault put into the tube."""
    truth = sample(tmp_path, fault)[0].truth
    assert {(v.position_c, v.alt): v.fraction for v in truth.variants} == pytest.approx(variants)
    assert dict(truth.events) == pytest.approx(events)
    assert truth.fault == fault


def test_strands_disagree(tmp_path: Path) -> None:
    """T315I stands higher in the forward read than in the reverse one by more than 0.25."""
    forward, reverse = sample(tmp_path, "STRANDS_DISAGREE")
    assert share(forward.path, 268, "T", "C") - share(reverse.path, 552, "A", "G") > 0.25


def test_unknown_fault(tmp_path: Path) -> None:
    """A fault that does not exist is refused by name."""
    with pytest.raises(KeyError, match="NO_SUCH"):
        sample(tmp_path, "NO_SUCH")
