"""Simulated .fsa files: what other readers find in them, and what they depend on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from Bio import SeqIO

from der22.formats.abif import read_abif
from der22.formats.probemix import Probemix, read_probemix
from der22.resources import resource_path
from der22.simulate.mlpa_truth import copies_for_pattern
from simulate.mlpa_run import simulate_mlpa_run
from simulate.plate_sample import PlateSample, expected_dosage

INSTRUMENTS = {
    "3130": (["6-FAM", "HEX", "NED", "ROX"], "3130", "3100", "GS500ROX"),
    "3500": (["6-FAM", " VIC", " NED", " PET", " LIZ"], "3500", "3500", "GS600LIZ"),
    "3730": (["6-FAM", "VIC", "NED", "PET", "LIZ"], "3730", "3730", "LIZ"),
}
RAW = (1, 2, 3, 4, 105)


@pytest.fixture(scope="module")
def probemix() -> Probemix:
    """Return the shipped synthetic sheet."""
    return read_probemix(resource_path("probemix/P335-synthetic.tsv"))


def _read_with_biopython(path: Path) -> dict[str, object]:
    with path.open("rb") as handle:
        raw: dict[str, object] = SeqIO.read(handle, "abi").annotations["abif_raw"]
    return raw


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_biopython_finds_the_tags_of_the_instrument(
    tmp_path: Path, probemix: Probemix, instrument: str
) -> None:
    """Another reader finds dyes, names, standard and machine as that instrument writes them."""
    dyes, machine, model, standard = INSTRUMENTS[instrument]
    truth = PlateSample("pat-1", well="C05")
    [record] = simulate_mlpa_run("R7", [truth], probemix, instrument, 1, tmp_path)
    raw = _read_with_biopython(record.path)
    assert record.path.name == "R7_pat-1.fsa"
    assert raw["Dye#1"] == len(dyes)
    assert [raw[f"DyeN{i}"] for i in range(1, len(dyes) + 1)] == [d.encode() for d in dyes]
    assert (raw["SpNm1"], raw["TUBE1"], raw["RunN1"]) == (b"pat-1", b"C05", b"Run_R7")
    assert (raw["HCFG3"], raw["MODL1"]) == (machine.encode(), model.encode())
    assert standard.encode() in raw["StdF1"]
    for number in RAW[: len(dyes)]:
        assert len(raw[f"DATA{number}"]) == raw["SCAN1"]
    assert ("DATA105" in raw) == (len(dyes) == 5)
    assert ("SMPL1" in raw) == (instrument != "3130")
    assert {"DATA5", "DATA8", "LANE1", "RUND1", "InVt1", "DyeW1", "DySN1"} <= raw.keys()


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_both_readers_see_the_same_signal(
    tmp_path: Path, probemix: Probemix, instrument: str
) -> None:
    """der22's own reader and Biopython return equal channels."""
    truth = PlateSample("a")
    [record] = simulate_mlpa_run("R", [truth], probemix, instrument, 2, tmp_path)
    raw, own = _read_with_biopython(record.path), read_abif(record.path)
    for number in RAW[: len(INSTRUMENTS[instrument][0])]:
        np.testing.assert_array_equal(own.numbers("DATA", number), raw[f"DATA{number}"])


def test_3500_keeps_true_values_of_clipped_processed_channels(
    tmp_path: Path, probemix: Probemix
) -> None:
    """OvrI lists exactly the clipped scans of DATA9, OvrV their true values above int16."""
    truth = PlateSample("a", fault="OFFSCALE")
    [record] = simulate_mlpa_run("R", [truth], probemix, "3500", 2, tmp_path)
    file = read_abif(record.path)
    processed, scans = file.numbers("DATA", 9), file.numbers("OvrI", 9)
    values, raw, listed = file.numbers("OvrV", 9), file.numbers("DATA", 1), file.numbers("OfSc", 1)
    assert processed is not None
    assert scans is not None
    assert values is not None
    assert raw is not None
    assert listed is not None
    np.testing.assert_array_equal(np.flatnonzero(processed == 32767), scans)
    assert values.min() > 32767
    factor = float(file.numbers("NrmS", 1)[0])
    unclipped = (raw[scans] < 32767) & (raw[scans] > 11500)
    slope = np.median(values[unclipped] / raw[scans][unclipped])
    assert slope == pytest.approx(factor, rel=0.03)
    assert set(np.flatnonzero(raw == 32767)) <= set(listed.tolist())


def test_3130_saturates_before_any_value_reaches_the_int16_limit(
    tmp_path: Path, probemix: Probemix
) -> None:
    """On a 3130 scans are listed as off-scale while no raw value is anywhere near 32767."""
    truth = PlateSample("a", fault="OFFSCALE")
    [record] = simulate_mlpa_run("R", [truth], probemix, "3130", 2, tmp_path)
    file = read_abif(record.path)
    listed, raw = file.numbers("OfSc", 1), file.numbers("DATA", 1)
    assert listed is not None
    assert raw is not None
    assert len(listed) > 50
    assert raw.max() < 20000
    assert raw[listed].min() < 12000


def test_saturation_lists_are_absent_where_nothing_saturated(
    tmp_path: Path, probemix: Probemix
) -> None:
    """A run without any full scan carries neither OfSc nor Satd, as real files do."""
    samples = [PlateSample(f"s{i}") for i in range(12)]
    records = simulate_mlpa_run("R", samples, probemix, "3500", 4, tmp_path)
    for record in records:
        file = read_abif(record.path)
        clipped = any((file.numbers("DATA", n) == 32767).any() for n in RAW)
        assert (("OfSc", 1) in file) == (("Satd", 1) in file) == clipped


def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path: Path, probemix: Probemix) -> None:
    """The bytes depend on the seed and on nothing that changes from call to call."""
    samples = [PlateSample("a"), PlateSample("n", role="no_dna")]
    first = simulate_mlpa_run("R", samples, probemix, "3500", 3, tmp_path / "1")
    again = simulate_mlpa_run("R", samples, probemix, "3500", 3, tmp_path / "2")
    other = simulate_mlpa_run("R", samples, probemix, "3500", 4, tmp_path / "3")
    assert [r.path.read_bytes() for r in first] == [r.path.read_bytes() for r in again]
    assert all(
        a.path.read_bytes() != b.path.read_bytes() for a, b in zip(first, other, strict=True)
    )


def test_a_file_does_not_depend_on_its_neighbours(tmp_path: Path, probemix: Probemix) -> None:
    """With its well given, a sample has the same signal alone and among others in another order."""
    a, b = PlateSample("a", well="A01"), PlateSample("b", well="B01", fault="SPIKE")
    [alone] = simulate_mlpa_run("R", [a], probemix, "3730", 3, tmp_path / "1")
    among = simulate_mlpa_run("R", [b, a], probemix, "3730", 3, tmp_path / "2")[1]
    for number in RAW:
        np.testing.assert_array_equal(
            read_abif(alone.path).numbers("DATA", number),
            read_abif(among.path).numbers("DATA", number),
        )


@pytest.mark.parametrize(
    ("run_id", "names", "instrument", "error"),
    [
        ("R", ["a", "a"], "3500", ValueError),
        ("R", ["../a"], "3500", ValueError),
        ("R/1", ["a"], "3500", ValueError),
        ("R", ["a"], "3100", KeyError),
    ],
)
def test_what_cannot_be_written_is_refused(
    tmp_path: Path,
    probemix: Probemix,
    run_id: str,
    names: list[str],
    instrument: str,
    error: type[Exception],
) -> None:
    """A repeated id, an unsafe name and an unknown instrument raise before a file is written."""
    with pytest.raises(error):
        simulate_mlpa_run(
            run_id, [PlateSample(n) for n in names], probemix, instrument, 1, tmp_path
        )
    assert list(tmp_path.iterdir()) == []


def test_patterns_become_copies_per_probe(probemix: Probemix) -> None:
    """4-7 names four probes along the chromosome, + joins, a level of 0 is homozygous."""
    copies = copies_for_pattern(probemix, {"IKZF1": "4-7", "CDKN2A": "all"}, {"CDKN2A": 0})
    assert copies == {
        "IKZF1-4": 1.0, "IKZF1-5": 1.0, "IKZF1-6": 1.0, "IKZF1-7": 1.0,
        "CDKN2A-2": 0.0, "CDKN2A-other": 0.0,
    }  # fmt: skip
    assert set(copies_for_pattern(probemix, {"IKZF1": "1+8"})) == {"IKZF1-1", "IKZF1-8"}
    for gene, text in (("IKZF1", "3-9"), ("IKZF1", "9"), ("TP53", "all")):
        with pytest.raises(KeyError):
            copies_for_pattern(probemix, {gene: text})


def test_expected_dosage_by_hand(probemix: Probemix) -> None:
    """Copies, clones and blasts mix as cells do; PAR1 genes on X have two copies in a man."""
    truth = PlateSample(
        "a", sex="M", copies={"IKZF1-4": 1.0, "CDKN2A-2": 0.0, "RB1-6": 3.0},
        blast_fraction=0.8, clone_fraction={"RB1-6": 0.5},
        second_copies={"EBF1-1": 1.0}, second_fraction=0.0,
    )  # fmt: skip
    expected = expected_dosage(truth, probemix)
    assert expected["IKZF1-4"] == pytest.approx(0.6)
    assert expected["CDKN2A-2"] == pytest.approx(0.2)
    assert expected["RB1-6"] == pytest.approx(1.2)
    assert expected["CRLF2"] == expected["EBF1-1"] == expected["REF01"] == 1.0
    assert not {"X", "Y", "Q1", "B"} & expected.keys()
    two = PlateSample(
        "b", copies={"EBF1-1": 1.0}, clone_fraction=0.5,
        second_copies={"EBF1-1": 1.0, "RB1-6": 0.0}, second_fraction=0.3,
    )  # fmt: skip
    assert expected_dosage(two, probemix)["EBF1-1"] == pytest.approx(0.6)
    assert expected_dosage(two, probemix)["RB1-6"] == pytest.approx(0.7)
