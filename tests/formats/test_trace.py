"""Trace files of both kinds become the same record, whatever is wrong with them."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from der22.errors import UnreadableFileError
from der22.formats.trace import parse_trace
from der22.simulate.abif_writer import AbifTag, chars_tag, numbers_tag, pascal_tag, write_abif
from simulate.scf_writer import scf_bytes

N = 60


def _tags(**changes) -> dict[str, AbifTag | None]:
    """A small whole trace; a change replaces a tag, None leaves it out."""
    positions = np.arange(N) * 10 + 20
    channels = np.zeros((4, 700), dtype=np.int16)
    letters = "".join("GATC"[i % 4] for i in range(N))
    for i, at in enumerate(positions):
        channels[i % 4, at] = 500
    tags = {f"DATA{9 + i}": numbers_tag("DATA", 9 + i, channels[i]) for i in range(4)}
    tags["FWO_1"] = chars_tag("FWO_", 1, "GATC")
    for number in (1, 2):
        tags[f"PBAS{number}"] = chars_tag("PBAS", number, letters)
        tags[f"PLOC{number}"] = numbers_tag("PLOC", number, positions.astype(np.int16))
        tags[f"PCON{number}"] = chars_tag("PCON", number, (chr(40) + chr(38)) * (N // 2))
    return tags | changes


def _file(tmp_path: Path, **changes) -> bytes:
    tags = [tag for tag in _tags(**changes).values() if tag is not None]
    write_abif(tmp_path / "t.ab1", tags)
    return (tmp_path / "t.ab1").read_bytes()


def test_channels_come_in_the_order_acgt(tmp_path):
    """FWO_ GATC puts DATA9 into the third channel; each call's own channel is the highest."""
    trace = parse_trace(_file(tmp_path), "t.ab1")
    highest = trace.channels[:, trace.positions].argmax(axis=0)
    assert "".join("ACGT"[i] for i in highest) == trace.calls
    assert not trace.notes
    assert not trace.channels.flags.writeable


def test_order_is_assumed_with_a_note(tmp_path):
    """Without FWO_ the order GATC is used and noted."""
    trace = parse_trace(_file(tmp_path, FWO_1=None), "t.ab1")
    assert [note.code for note in trace.notes] == ["CHANNEL_ORDER_ASSUMED"]
    assert "ACGT"[trace.channels[:, trace.positions[0]].argmax()] == "G"


@pytest.mark.parametrize("number", [9, 10, 11, 12])
def test_every_channel_is_needed(tmp_path, number):
    """A channel that is missing or empty ends the file and is named."""
    for tag in (None, numbers_tag("DATA", number, np.zeros(0, np.int16))):
        with pytest.raises(UnreadableFileError, match=f"DATA{number}") as caught:
            parse_trace(_file(tmp_path, **{f"DATA{number}": tag}), "t.ab1")
        assert caught.value.code == "MISSING_CHANNEL"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"PBAS1": None, "PBAS2": None}, "NO_BASECALLS"),
        ({"PLOC1": None, "PLOC2": None}, "NO_PEAK_POSITIONS"),
    ],
)
def test_calls_and_positions_are_needed(tmp_path, changes, code):
    """No calls, or calls without positions, end the file."""
    with pytest.raises(UnreadableFileError) as caught:
        parse_trace(_file(tmp_path, **changes), "t.ab1")
    assert caught.value.code == code


@pytest.mark.parametrize(("n_inside", "is_read"), [(29, False), (30, True), (31, True)])
def test_half_of_the_calls_must_lie_in_the_trace(tmp_path, n_inside, is_read):
    """Calls outside the trace are left out; more than half of them end the file."""
    positions = np.where(np.arange(N) < n_inside, np.arange(N) * 10 + 20, 700).astype(np.int16)
    content = _file(tmp_path, PLOC2=numbers_tag("PLOC", 2, positions))
    if is_read:
        assert len(parse_trace(content, "t.ab1").calls) == n_inside
    else:
        with pytest.raises(UnreadableFileError) as caught:
            parse_trace(content, "t.ab1")
        assert caught.value.code == "NO_PEAK_POSITIONS"


@pytest.mark.parametrize(("n_positions", "is_read"), [(29, False), (30, True), (31, True)])
def test_half_of_the_calls_must_have_positions(tmp_path, n_positions, is_read):
    """Fewer than half of the calls positioned ends the file; half is read with a note."""
    short = numbers_tag("PLOC", 2, (np.arange(n_positions) * 10 + 20).astype(np.int16))
    content = _file(tmp_path, PLOC2=short, PBAS1=None)
    if is_read:
        trace = parse_trace(content, "t.ab1")
        assert len(trace.calls) == n_positions
        assert [note.code for note in trace.notes] == ["CALL_LENGTHS_DIFFER"]
    else:
        with pytest.raises(UnreadableFileError) as caught:
            parse_trace(content, "t.ab1")
        assert caught.value.code == "NO_PEAK_POSITIONS"


def test_edited_calls_are_noted_and_used_only_when_asked(tmp_path):
    """The basecaller's set is used; the edited one on request; the difference is counted."""
    edited = chars_tag("PBAS", 1, "N" + "".join("GATC"[i % 4] for i in range(1, N)))
    content = _file(tmp_path, PBAS1=edited)
    assert parse_trace(content, "t.ab1").calls[0] == "G"
    trace = parse_trace(content, "t.ab1", "edited")
    assert trace.calls[0] == "N"
    assert trace.notes[0].code == "EDITED_CALLS_DIFFER"
    assert "1 places" in trace.notes[0].message


@pytest.mark.parametrize(
    "values", [None, chr(0) * N, (chr(0) + chr(1)) * (N // 2), chr(1) * N, chr(40) * N]
)
def test_no_qualities_is_a_note(tmp_path, values):
    """Qualities absent, never above 1 or the same for all calls are no Phred values."""
    tags = {f"PCON{n}": None if values is None else chars_tag("PCON", n, values) for n in (1, 2)}
    trace = parse_trace(_file(tmp_path, **tags), "t.ab1")
    assert trace.qualities is None
    assert [note.code for note in trace.notes] == ["NO_QUALITY_VALUES"]


@pytest.mark.parametrize("lost", ["PLOC2", "PBAS2"])
def test_a_call_set_is_used_whole(tmp_path, lost):
    """Where set 2 lacks its positions or its letters, set 1 is used with its own of all three."""
    changes = {
        lost: chars_tag("PBAS", 2, "") if lost == "PBAS2" else None,
        "PLOC1": numbers_tag("PLOC", 1, (np.arange(N) * 10 + 21).astype(np.int16)),
        "PBAS1": chars_tag("PBAS", 1, "N" * N),
        "PCON1": chars_tag("PCON", 1, (chr(20) + chr(21)) * (N // 2)),
    }
    trace = parse_trace(_file(tmp_path, **changes), "t.ab1")
    assert trace.calls == "N" * N
    assert trace.positions[0] == 21
    assert trace.qualities[0] == 20
    assert {note.code for note in trace.notes} <= {"CALL_LENGTHS_DIFFER"}


def test_qualities_of_the_other_set_are_not_borrowed(tmp_path):
    """A set without values has none."""
    trace = parse_trace(_file(tmp_path, PCON2=None), "t.ab1")
    assert trace.qualities is None


@pytest.mark.parametrize(("at", "sign"), [(0, " "), (0, chr(0)), (7, chr(3)), (30, "?"), (59, "*")])
def test_a_stray_sign_is_one_unknown_call_in_its_place(tmp_path, at, sign):
    """No later call moves, and the sign is told."""
    letters = list("GATC" * (N // 4))
    letters[at] = sign
    tags = {f"PBAS{n}": chars_tag("PBAS", n, "".join(letters)) for n in (1, 2)}
    trace = parse_trace(_file(tmp_path, **tags), "t.ab1")
    letters[at] = "N"
    assert trace.calls == "".join(letters)
    assert [note.code for note in trace.notes] == ["UNREADABLE_LETTERS"]
    assert "1 signs" in trace.notes[0].message


def test_letters_end_where_the_text_ends(tmp_path):
    """Zeros and blanks behind the last call are padding, not calls."""
    tags = {f"PBAS{n}": chars_tag("PBAS", n, "GATC" * (N // 4) + "\0\0 ") for n in (1, 2)}
    trace = parse_trace(_file(tmp_path, **tags), "t.ab1")
    assert trace.calls == "GATC" * (N // 4)
    assert trace.notes == ()


def test_a_macintosh_head_is_passed_over(tmp_path):
    """A trace behind 128 bytes of MacBinary is read as it is without them."""
    content = _file(tmp_path)
    plain, wrapped = (parse_trace(one, "t.ab1") for one in (content, b"\0" * 128 + content))
    assert plain.calls == wrapped.calls
    assert (plain.channels == wrapped.channels).all()


def test_a_compressed_file_says_so(tmp_path):
    """A gzip file is refused with the remedy."""
    with pytest.raises(UnreadableFileError, match=r"compressed \(gzip\); unpack it"):
        parse_trace(gzip.compress(_file(tmp_path)), "t.ab1")


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0, -4, 900, -1], [0, 0, 900, 0]),  # written as 65532 and 65535
        ([0, 20000, 32767, -1000], [0, 20000, 32767, 0]),
        ([0, 20000, 40000, 30000], [0, 20000, 40000, 30000]),  # a peak above 32767
    ],
)
@pytest.mark.parametrize("version", [2, 3])
def test_signed_samples_of_scf(values, shown, version):
    """Two-byte samples just below 65536 are below zero, not the highest peaks."""
    samples = np.tile(np.array(values) % 65536, (4, 1))
    content = scf_bytes(samples, "GA", np.array([1, 2]), np.array([9, 8]), version=version)
    trace = parse_trace(content, "t.scf")
    assert trace.channels[0].tolist() == shown


def test_positions_are_sorted_and_kept_inside(tmp_path):
    """Positions that go backwards are sorted with their calls, those outside are dropped."""
    positions = np.arange(N) * 10 + 20
    positions[[3, 4]] = positions[[4, 3]]
    positions[10], positions[11] = -5, 30000
    trace = parse_trace(
        _file(tmp_path, PLOC2=numbers_tag("PLOC", 2, positions.astype(np.int16))), "t.ab1"
    )
    assert len(trace.calls) == N - 2
    assert (np.diff(trace.positions) > 0).all()
    assert trace.calls[3:5] == "GC"


def test_negative_signal_is_zero(tmp_path):
    """Processed channels never go below zero."""
    below = numbers_tag("DATA", 9, np.full(700, -7, np.int16))
    assert parse_trace(_file(tmp_path, DATA9=below), "t.ab1").channels.min() == 0


def test_names_of_people_are_not_kept(tmp_path):
    """No text of the file but instrument, basecaller and mobility file reaches the record."""
    tags = {"SMPL1": pascal_tag("SMPL", 1, "Jane Doe"), "MCHN1": pascal_tag("MCHN", 1, "3730-X")}
    trace = parse_trace(_file(tmp_path, **tags), "t.ab1")
    assert "Jane" not in repr(trace)
    assert trace.instrument == "3730-X"


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_cut_file_is_refused(data, tmp_path_factory):
    """A file cut anywhere ends in UNREADABLE_FILE with its name, never in another error."""
    content = _file(tmp_path_factory.mktemp("cut"))
    at = data.draw(st.integers(0, len(content) - 1))
    # The directory lies at the end, so every cut loses a part of it.
    with pytest.raises(UnreadableFileError, match=r"t\.ab1") as caught:
        parse_trace(content[:at], "t.ab1")
    assert caught.value.code == "UNREADABLE_FILE"


@pytest.mark.parametrize("content", [b"", b"ABI", b"This is not a trace", b"\x89PNG\r\n"])
def test_other_files_are_unreadable(content):
    """Kind is found by content: text or nothing is no trace, whatever its ending."""
    with pytest.raises(UnreadableFileError) as caught:
        parse_trace(content, "x.ab1")
    assert caught.value.code == "UNREADABLE_FILE"


@pytest.fixture(scope="module")
def real() -> Path:
    """Folder of real trace files."""
    root = os.environ.get("DER22_REAL_DATA")
    if not root:
        pytest.skip("DER22_REAL_DATA is not set: no real instrument files")
    return Path(root) / "sanger"


@pytest.mark.parametrize(
    ("name", "n_calls", "notes"),
    [
        ("bio_310", 868, {"NO_QUALITY_VALUES"}),
        ("bio_no_smpl1", 164, {"EDITED_CALLS_DIFFER"}),
        ("bio_nonascii_encoding", 1076, set()),
        ("bio_empty", 5, {"NO_QUALITY_VALUES"}),
        ("direvo_22c_demo", 1900, set()),
    ],
)
def test_real_files_are_read(real, name, n_calls, notes):
    """Real files of several instruments give a record with the right notes."""
    trace = parse_trace((real / f"{name}.ab1").read_bytes(), name)
    assert len(trace.calls) == n_calls
    assert {note.code for note in trace.notes} == notes


def test_real_text_file_is_unreadable(real):
    """A text file with the ending .ab1 is refused by its content."""
    with pytest.raises(UnreadableFileError) as caught:
        parse_trace((real / "biopython_fake.ab1").read_bytes(), "biopython_fake.ab1")
    assert caught.value.code == "UNREADABLE_FILE"


def test_biopython_reads_the_same(real):
    """Calls, qualities and channels are those Biopython reads from the same file."""
    bio = pytest.importorskip("Bio.SeqIO")
    path = real / "fr_Achl_ACHLO006-09_F.ab1"
    with path.open("rb") as handle:
        record = bio.read(handle, "abi")
    trace = parse_trace(path.read_bytes(), path.name)
    raw = record.annotations["abif_raw"]
    assert trace.calls == str(record.seq)
    assert trace.qualities.tolist() == record.letter_annotations["phred_quality"]
    assert trace.positions.tolist() == list(raw["PLOC2"])
    order = raw["FWO_1"].decode()
    for number, base in enumerate(order):
        expected = np.maximum(raw[f"DATA{9 + number}"], 0)
        assert (trace.channels["ACGT".index(base)] == expected).all()
