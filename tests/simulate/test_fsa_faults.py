"""Simulated faults of file and capillary do what their names say, and nothing to other samples.

A faulty run is compared with its sound twin of the same seed: whatever differs is the fault.
"""

from __future__ import annotations

import numpy as np
import pytest
from Bio import SeqIO
from scipy.signal import find_peaks, peak_widths

from der22.errors import UnreadableFileError
from der22.formats.abif import read_abif
from simulate.faults.mlpa import FAULTS, find_fault, samples_with_fault
from simulate.fsa_bench import (
    LIGATED,
    PLATE,
    Run,
    difference_of,
    each_instrument,
    find_probes,
    find_standard,
    find_tall_in_last_dye,
    make_run,
    read_channels,
)
from simulate.plate_sample import PlateSample


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return the function that simulates the plate with a fault."""
    return make_run(tmp_path_factory.mktemp("faults"))


@each_instrument
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_befalls_only_its_samples(run: Run, fault: str, instrument: str) -> None:
    """Samples without the fault have the bytes of the sound run."""
    sound, faulty = run(None, instrument), run(fault, instrument)
    befallen = [name for name, record in faulty.items() if record.fault]
    assert befallen
    for name, record in faulty.items():
        same = record.path.read_bytes() == sound[name].path.read_bytes()
        assert same or name in befallen


def test_faults_are_found_by_name() -> None:
    """Unknown names, unknown variants and a duplicate of nobody are refused."""
    for text in ("NOPE", "OFFSCALE:nope", "DUPLICATE_PROFILE"):
        with pytest.raises(KeyError):
            find_fault(text)
    with pytest.raises(KeyError):
        samples_with_fault("NOPE", PLATE)
    with pytest.raises(ValueError, match="no-DNA"):
        samples_with_fault("NO_DNA_CONTAMINATED", [PlateSample("a")])


# the file


@each_instrument
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("NOT_ABIF", "NOT_ABIF"),
        ("NOT_ABIF:empty", "NOT_ABIF"),
        ("TRUNCATED", "TRUNCATED"),
        ("TRUNCATED:tail", "TRUNCATED"),
    ],
)
def test_broken_bytes_cannot_be_read(run: Run, fault: str, code: str, instrument: str) -> None:
    """The reader refuses a text file, an empty file and a cut file with the code of each."""
    with pytest.raises(UnreadableFileError) as refusal:
        read_abif(run(fault, instrument)["p1"].path)
    assert refusal.value.code == code


@each_instrument
def test_hidden_values_are_none_for_biopython(run: Run, instrument: str) -> None:
    """A forensic container opens without an error and gives no signal, as real .hid files do."""
    path = run("HID_UNSUPPORTED", instrument)["p1"].path
    with path.open("rb") as handle:
        raw = SeqIO.read(handle, "abi").annotations["abif_raw"]
    assert raw.get("DATA1") is None
    assert read_abif(path).is_obscured("DATA", 1)


@each_instrument
def test_a_sequencing_file_has_base_calls(run: Run, instrument: str) -> None:
    """Base calls with one place each are present, the name of a size standard is not."""
    file = read_abif(run("NOT_FRAGMENT_RUN", instrument)["p1"].path)
    bases, places = file.text("PBAS", 1), file.numbers("PLOC", 1)
    assert bases is not None
    assert places is not None
    assert len(bases) == len(places) > 100
    assert ("StdF", 1) not in file


@each_instrument
def test_wrong_names_change_the_header_alone(run: Run, instrument: str) -> None:
    """Another standard, sample or well is named while the signal stays."""
    for fault, tag in (
        ("METADATA_MISMATCH", "StdF"),
        ("RUN_ID_MISMATCH", "SpNm"),
        ("RUN_ID_MISMATCH:well", "TUBE"),
    ):
        sound = read_abif(run(None, instrument)["p1"].path)
        faulty = read_abif(run(fault, instrument)["p1"].path)
        assert faulty.text(tag, 1) != sound.text(tag, 1)
        assert not difference_of(run, fault, instrument).any()


# the capillary


@each_instrument
def test_no_size_standard_leaves_its_dye_empty(run: Run, instrument: str) -> None:
    """At none of the sound fragments is there a signal left."""
    _, scans = find_standard(run(None, instrument)["p1"], instrument)
    sound = read_channels(run(None, instrument)["p1"])[-1]
    faulty = read_channels(run("SIZE_STANDARD_NOT_FOUND", instrument)["p1"])[-1]
    lost = sound[scans] - faulty[scans]
    np.testing.assert_array_less(100.0, lost)
    smooth = np.convolve(faulty[scans[0] - 50 :], np.ones(3) / 3, "valid")
    assert np.ptp(smooth) < 0.5 * np.median(lost)


@each_instrument
def test_standard_in_the_second_dye(run: Run, instrument: str) -> None:
    """The comb moves from the last dye to the second with its whole height."""
    _, scans = find_standard(run(None, instrument)["p1"], instrument)
    change = difference_of(run, "SIZE_STANDARD_NOT_FOUND:second_dye", instrument)
    np.testing.assert_array_less(100.0, change[1, scans])
    np.testing.assert_array_less(change[-1, scans], -100.0)


@each_instrument
def test_another_standard_has_another_number_of_fragments(run: Run, instrument: str) -> None:
    """Between the first and last known fragment lies another number of peaks."""
    nominal, scans = find_standard(run(None, instrument)["p1"], instrument)
    found = find_tall_in_last_dye(run("SIZE_STANDARD_NOT_FOUND:other_standard", instrument)["p1"])
    inside = (found > scans[0] - 20) & (found < scans[-1] + 20)
    assert abs(inside.sum() - len(nominal)) >= 4


@each_instrument
def test_the_missing_fragment_is_not_there(run: Run, instrument: str) -> None:
    """One fragment of the standard is gone (on a 3730 with its echo), the rest is as before."""
    nominal, scans = find_standard(run(None, instrument)["p1"], instrument)
    change = difference_of(run, "SIZE_STANDARD_POOR:fragment", instrument)[-1]
    gone = np.flatnonzero(change[scans] < -100)
    assert len(gone) == 1
    assert 75 < nominal[gone[0]] < 500
    behind = np.arange(len(change)) - scans[gone[0]]
    away = (behind < -30) | (behind > 75)
    assert np.abs(change[away]).max() <= 1
    assert np.abs(change[(behind > 30) & ~away]).max() < 0.05 * np.abs(change).max()


@each_instrument
def test_after_a_bubble_everything_is_late(run: Run, instrument: str) -> None:
    """Fragments up to 260 nt stand where they stood, those from 320 nt on 8-10 nt later."""
    nominal, scans = find_standard(run(None, instrument)["p1"], instrument)
    _, late = find_standard(run("SIZE_STANDARD_POOR:bubble", instrument)["p1"], instrument)
    shift = late - scans
    per_nt = (scans[-1] - scans[0]) / (nominal[-1] - nominal[0])
    assert np.abs(shift[nominal <= 260]).max() <= 1
    late_nt = shift[nominal >= 320] / per_nt
    assert 7.5 < late_nt.min() <= late_nt.max() < 10.5


@each_instrument
def test_a_poor_fit_has_the_cause_its_standard_is_open_to(run: Run, instrument: str) -> None:
    """Without a variant GS500 loses a fragment, GS600 (which can spare one) has a bubble."""
    variant = "bubble" if instrument == "3500" else "fragment"
    plain = run("SIZE_STANDARD_POOR", instrument)["p1"].path.read_bytes()
    named = run(f"SIZE_STANDARD_POOR:{variant}", instrument)["p1"].path.read_bytes()
    assert plain == named


@each_instrument
def test_a_short_run_ends_between_310_and_350_nt(run: Run, instrument: str) -> None:
    """The trace is shorter, says so in SCAN, and ends where fragments of that size pass."""
    nominal, scans = find_standard(run(None, instrument)["p1"], instrument)
    record = run("SIZE_STANDARD_INCOMPLETE", instrument)["p1"]
    n_scans = read_channels(record).shape[1]
    declared = read_abif(record.path).numbers("SCAN", 1)
    assert declared is not None
    assert declared[0] == n_scans
    assert 308 < np.interp(n_scans, scans, nominal) < 352


@each_instrument
def test_weak_and_strong_standards(run: Run, instrument: str) -> None:
    """A weak one has a median of 60-200 RFU; of a saturated one many fragments are off scale."""
    _, scans = find_standard(run(None, instrument)["p1"], instrument)
    weak = read_channels(run("SIZE_STANDARD_WEAK", instrument)["p1"])[-1]
    assert 60 < np.median(weak[scans]) - np.median(weak) < 200
    listed = read_abif(run("SIZE_STANDARD_OFFSCALE", instrument)["p1"].path).numbers("OfSc", 1)
    assert listed is not None
    full = [np.abs(listed - scan).min() <= 4 for scan in scans]
    assert np.mean(full) > 0.3


@each_instrument
@pytest.mark.parametrize(("fault", "low", "high"), [("OFFSCALE", 10, 60), ("OFFSCALE:few", 1, 5)])
def test_saturated_probes_are_listed(
    run: Run, fault: str, low: int, high: int, instrument: str
) -> None:
    """Off-scale scans lie within 4 scans of the apex of many, or of one to five, probes."""
    scans = find_probes(run(None, instrument)["p1"], instrument)[LIGATED]
    listed = read_abif(run(fault, instrument)["p1"].path).numbers("OfSc", 1)
    assert listed is not None
    full = [np.abs(listed - scan).min() <= 4 for scan in scans if scan >= 0]
    assert low <= sum(full) <= high


@each_instrument
def test_a_spike_is_narrow_and_in_every_dye(run: Run, instrument: str) -> None:
    """Three signals of at most two scans at half height, in all dyes at the same scans."""
    change = difference_of(run, "SPIKE", instrument)
    places = []
    for channel in change:
        found, _ = find_peaks(channel, height=100)
        assert len(found) == 3
        assert peak_widths(channel, found, rel_height=0.5)[0].max() < 2.2
        places.append(found)
    assert np.abs(np.diff(places, axis=0)).max() <= 1


@each_instrument
def test_pull_up_is_a_share_of_the_first_dye(run: Run, instrument: str) -> None:
    """Under every probe the standard's dye shows 3-5 % of its height."""
    scans = find_probes(run(None, instrument)["p1"], instrument)
    scans = scans[LIGATED & (scans >= 0)]
    record = run("PULLUP", instrument)["p1"]
    extra = difference_of(run, "PULLUP", instrument)[-1, scans]
    product = read_channels(record)[0]
    share = extra / (product[scans] - np.percentile(product, 30))
    assert 0.03 < np.percentile(share, 5) < np.percentile(share, 95) < 0.05
