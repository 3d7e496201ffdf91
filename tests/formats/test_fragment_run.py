"""Fragment runs out of ABIF files: channels, saturation, names, refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from der22.errors import UnreadableFileError
from der22.formats.abif import parse_abif
from der22.formats.fragment_run import FragmentRun, read_fragment_run, to_fragment_run
from der22.simulate.abif_writer import AbifTag, chars_tag, numbers_tag, pascal_tag, write_abif

N_SCANS = 50


def tags(**changes: AbifTag | None) -> list[AbifTag]:
    """Return the tags of a small four-dye run; `changes` replaces or drops by name and number."""
    made = {f"DATA{n}": numbers_tag("DATA", n, np.arange(N_SCANS) + n) for n in (1, 2, 3, 4)}
    made["SCAN1"] = numbers_tag("SCAN", 1, N_SCANS)
    made["Dye1"] = numbers_tag("Dye#", 1, 4)
    for number, name in enumerate(("6-FAM", " VIC", "NED", "ROX"), 1):
        made[f"DyeN{number}"] = pascal_tag("DyeN", number, name)
    for key, tag in changes.items():
        made.pop(key, None)
        if tag is not None:
            made[key] = tag
    return list(made.values())


def read(folder: Path, written: list[AbifTag]) -> FragmentRun:
    """Write the tags and read them back."""
    write_abif(folder / "run.fsa", written)
    return read_fragment_run(folder / "run.fsa")


def refusal(folder: Path, written: list[AbifTag]) -> UnreadableFileError:
    """Return the error that a file of these tags ends in."""
    with pytest.raises(UnreadableFileError) as error:
        read(folder, written)
    return error.value


def test_channels_and_stripped_names(tmp_path: Path) -> None:
    """Four raw channels are read in order and dye names lose their blanks."""
    run = read(tmp_path, tags())
    assert run.channels.shape == (4, N_SCANS)
    assert run.channels[2, 0] == 3
    assert run.dye_names == ("6-FAM", "VIC", "NED", "ROX")
    assert run.standard_channel == 3


def test_missing_names_are_none(tmp_path: Path) -> None:
    """A file without sample, well and standard names has None, not text."""
    run = read(tmp_path, tags())
    assert (run.sample_name, run.well, run.standard_name) == (None, None, None)


def test_processed_channels_are_not_read(tmp_path: Path) -> None:
    """DATA9 and DATA205 are the vendor's and never become channels."""
    extra = [numbers_tag("DATA", n, np.full(N_SCANS, 9999)) for n in (9, 205)]
    assert read(tmp_path, [*tags(), *extra]).channels.max() < 9999


def test_length_must_equal_scan(tmp_path: Path) -> None:
    """A channel with fewer scans than SCAN1 says is a cut file."""
    error = refusal(tmp_path, tags(DATA3=numbers_tag("DATA", 3, np.arange(N_SCANS - 1))))
    assert error.code == "TRUNCATED"
    assert "DATA3" in error.message


def test_base_calls_mean_sequencing(tmp_path: Path) -> None:
    """A file with base calls is refused as a sequencing run."""
    error = refusal(tmp_path, [*tags(), chars_tag("PBAS", 1, "ACGT")])
    assert error.code == "NOT_FRAGMENT_RUN"


def test_three_channels_cannot_hold_a_size_standard(tmp_path: Path) -> None:
    """With fewer than four raw channels there is no size standard."""
    assert refusal(tmp_path, tags(DATA4=None)).code == "NOT_FRAGMENT_RUN"


def test_hidden_channels_are_never_zeros(tmp_path: Path) -> None:
    """An obscured element type is a .hid container, whatever its bytes."""
    hidden = AbifTag("DATA", 1, 30, 2, N_SCANS, bytes(2 * N_SCANS))
    assert refusal(tmp_path, tags(DATA1=hidden)).code == "HID_UNSUPPORTED"


def test_saturation_by_list_and_by_limit(tmp_path: Path) -> None:
    """Scans in OfSc and Satd, and raw values at the ends of 16 bits, are off-scale."""
    signal = np.zeros(N_SCANS)
    signal[[7, 8]] = (32767, -32768)
    extra = [numbers_tag("OfSc", 1, [3, 999], "i4"), numbers_tag("Satd", 1, [5], "i4")]
    run = read(tmp_path, [*tags(DATA2=numbers_tag("DATA", 2, signal)), *extra])
    assert np.flatnonzero(run.offscale).tolist() == [3, 5, 7, 8]


def test_overflow_of_processed_channels_is_no_saturation(tmp_path: Path) -> None:
    """OvrI belongs to the multiplied channels and marks no raw scan."""
    run = read(tmp_path, [*tags(), numbers_tag("OvrI", 9, [4], "i4")])
    assert not run.offscale.any()


def test_real_sequencing_file_is_refused(real_data: Path) -> None:
    """A real .ab1 ends as NOT_FRAGMENT_RUN, not as a size standard that was not found."""
    with pytest.raises(UnreadableFileError) as error:
        read_fragment_run(real_data / "sanger" / "bio_310.ab1")
    assert error.value.code == "NOT_FRAGMENT_RUN"


@pytest.mark.parametrize("lost", [1, 10, 1000])
def test_cut_of_a_real_file_is_noticed(real_data: Path, lost: int) -> None:
    """A real run that lost its last bytes is TRUNCATED, even when only a byte is gone."""
    path = real_data / "fsa" / "rtmlpa_3130_GS400HD_A1270.fsa"
    with pytest.raises(UnreadableFileError) as error:
        to_fragment_run(parse_abif(path.read_bytes()[:-lost], path.name))
    assert error.value.code == "TRUNCATED"
    assert "byte" in error.value.message
