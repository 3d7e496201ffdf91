"""Simulated faults of sample and reaction do to the peaks what their names say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import find_peaks

from der22.formats.probemix import Probemix
from der22.formats.size_standard import load_size_standard
from simulate.faults.mlpa import FAULTS, samples_with_fault
from simulate.fsa_bench import (
    GENE,
    LENGTH,
    LIGATED,
    MIX,
    PLATE,
    ROLE,
    STANDARD,
    Run,
    each_instrument,
    find_probes,
    find_standard,
    find_tall_in_last_dye,
    gain_of,
    heights_at,
    make_run,
    read_channels,
)
from simulate.mlpa_run import simulate_mlpa_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return the function that simulates the plate with a fault."""
    return make_run(tmp_path_factory.mktemp("faults"))


# the reaction


@each_instrument
def test_little_dna_and_failed_ligation_show_in_the_quantity_fragments(
    run: Run, instrument: str
) -> None:
    """Q over B is small when sound, a third and more with little DNA, above 5 without ligation."""
    scans = find_probes(run(None, instrument)["p1"], instrument)

    def of(fault: str | None) -> tuple[float, float, float]:
        heights = heights_at(run(fault, instrument)["p1"], scans)
        medians = [np.nanmedian(heights[r == ROLE]) for r in ("quantity", "benchmark", "reference")]
        return float(medians[0]), float(medians[1]), float(medians[2])

    quantity, benchmark, _ = of(None)
    assert quantity < 0.2 * benchmark
    quantity, benchmark, _ = of("LOW_DNA")
    assert quantity > 0.36 * benchmark
    quantity, benchmark, reference = of("LIGATION_FAILED")
    assert quantity > 5 * benchmark
    assert reference < 0.1 * quantity


@each_instrument
@pytest.mark.parametrize("fault", ["NO_PRODUCT", "REF_INSUFFICIENT"])
def test_without_product_nothing_follows_the_primers(run: Run, fault: str, instrument: str) -> None:
    """From 75 nt on the first dye holds noise; of four references only two keep their product."""
    faulty = [record for record in run(fault, instrument).values() if record.fault]
    assert len(faulty) == (1 if fault == "NO_PRODUCT" else 2)
    for record in faulty:
        _, scans = find_standard(run(None, instrument)[record.sample_id], instrument)
        product = read_channels(record)[0, scans[0] :]
        steps = np.abs(np.diff(product))
        assert steps.max() < 60
        sound = read_channels(run(None, instrument)[record.sample_id])[0, scans[0] :]
        assert np.ptp(product) < 0.15 * np.ptp(sound)


@each_instrument
def test_bad_denaturation_lowers_its_fragments_and_some_probes(run: Run, instrument: str) -> None:
    """Both D fragments fall to a fifth; some probes fall to 0.45-0.8, the others stay."""
    gain = gain_of(run, "DENATURATION", instrument)
    np.testing.assert_allclose(gain[ROLE == "denaturation"], 0.2, atol=0.05)
    probes = gain[LIGATED & np.isfinite(gain)]
    struck = probes < 0.9
    assert 0.1 < struck.mean() < 0.6
    assert probes[struck].min() > 0.4
    np.testing.assert_allclose(probes[~struck], 1.0, atol=0.03)


@each_instrument
def test_contaminated_water_shows_probes(run: Run, instrument: str) -> None:
    """Reference probes of the no-DNA control have 5-50 % of those of a reference sample."""
    scans = find_probes(run(None, instrument)["ref1"], instrument)
    normal = np.nanmedian(heights_at(run(None, instrument)["ref1"], scans)[ROLE == "reference"])
    record = run("NO_DNA_CONTAMINATED", instrument)["no-dna"]
    start = find_tall_in_last_dye(record)
    n_fragments = int((load_size_standard(STANDARD[instrument]).sizes_nt >= 120).sum())
    product = read_channels(record)[0, start[-n_fragments] :]
    found, _ = find_peaks(product - np.percentile(product, 30), height=0.04 * normal)
    heights = product[found] - np.percentile(product, 30)
    assert len(found) > 30
    assert 0.05 < np.median(heights) / normal < 0.5
    assert record.expected_dq == {}


@each_instrument
def test_a_steep_slope_is_minus_0_65_per_100_nt(run: Run, instrument: str) -> None:
    """The logarithm of faulty over sound height falls by 0.65 in 100 nt."""
    gain = gain_of(run, "SLOPE_EXCESS", instrument)
    good = LIGATED & (gain > 0.2)
    slope = 100 * np.polyfit(LENGTH[good], np.log(gain[good]), 1)[0]
    assert slope == pytest.approx(-0.65, abs=0.03)


@each_instrument
def test_unstable_reference_probes(run: Run, instrument: str) -> None:
    """Reference probes scatter by more than 0.1, targets do not; aneuploidy moves exactly three."""
    gain = np.log(gain_of(run, "REFERENCE_PROBES_UNSTABLE", instrument))
    assert np.std(gain[ROLE == "reference"]) > 0.1
    np.testing.assert_allclose(gain[ROLE == "target"], 0.0, atol=0.05)
    gain = gain_of(run, "REFERENCE_PROBES_UNSTABLE:aneuploid", instrument)
    moved = gain[ROLE == "reference"] > 1.3
    assert moved.sum() == 3
    assert (gain[ROLE == "reference"][moved] < 1.6).all()


@each_instrument
def test_references_of_another_tissue(run: Run, instrument: str) -> None:
    """The same four targets are off in every patient, down or up; the references are untouched."""
    off = [
        np.flatnonzero(np.abs(gain_of(run, "REF_MISMATCH", instrument, name) - 1) > 0.15)
        for name in ("p1", "p2", "p3")
    ]
    assert all(len(places) == 4 for places in off)
    assert len({tuple(places) for places in off}) == 1
    assert set(ROLE[off[0]]) == {"target"}


@each_instrument
def test_one_noisy_probe(run: Run, instrument: str) -> None:
    """One and the same target probe differs from the twin in all samples, by different factors."""
    gains = [gain_of(run, "PROBE_NOISY", instrument, name) for name in ("ref1", "ref2", "p1", "p2")]
    moved = np.max(np.abs(np.log(gains)), axis=0) > 0.06
    assert moved.sum() == 1
    assert ROLE[moved][0] == "target"
    assert np.std(np.log(gains)[:, moved]) > 0.05


@each_instrument
def test_a_foreign_mix_leaves_bins_empty(run: Run, instrument: str) -> None:
    """Within 0.7 nt of the sound peaks only a part of the foreign mix has peaks."""
    sound = run(None, instrument)["ref1"]
    scans = find_probes(sound, instrument)[LIGATED]
    nominal, standard = find_standard(sound, instrument)
    half = 0.7 * (standard[-1] - standard[0]) / (nominal[-1] - nominal[0])
    product = read_channels(run("PROBEMIX_MISMATCH", instrument)["ref1"])[0]
    found, _ = find_peaks(product - np.percentile(product, 30), height=150, prominence=100)
    filled = np.mean([np.abs(found - scan).min() <= half for scan in scans])
    assert filled < 0.6


# the sample


@each_instrument
def test_an_abnormal_reference_has_lost_ikzf1(run: Run, instrument: str) -> None:
    """All IKZF1 probes of the first reference are at half, all others as before."""
    gain = gain_of(run, "REF_ABNORMAL", instrument, "ref1")
    np.testing.assert_allclose(gain[GENE == "IKZF1"], 0.5, atol=0.06)
    np.testing.assert_allclose(gain[LIGATED & (GENE != "IKZF1")], 1.0, atol=0.06)


@each_instrument
def test_a_swapped_sex_shows_in_x_and_y(run: Run, instrument: str) -> None:
    """The declared sex stays; X and Y are those of the other sex."""
    record = run("SEX_MISMATCH", instrument)["p1"]
    assert record.sex == run(None, instrument)["p1"].sex == PLATE[4].sex
    gain = gain_of(run, "SEX_MISMATCH", instrument)
    expected = 0.5 if record.sex == "F" else 2.0
    assert gain[ROLE == "sex_x"][0] == pytest.approx(expected, rel=0.1)


@each_instrument
def test_a_variant_under_one_probe(run: Run, instrument: str) -> None:
    """Exactly one probe is at half whatever the blasts; the truth says so."""
    gain = gain_of(run, "SINGLE_PROBE", instrument)
    struck = np.flatnonzero(np.abs(gain - 1) > 0.2)
    assert len(struck) == 1
    assert gain[struck[0]] == pytest.approx(0.5, abs=0.06)
    probe_id = MIX.probes[struck[0]].probe_id
    record = run("SINGLE_PROBE", instrument)["p1"]
    assert record.expected_dq[probe_id] == pytest.approx(0.5, abs=0.01)


@each_instrument
def test_two_clones_leave_two_levels(run: Run, instrument: str) -> None:
    """In the truth 60 % of the clone lost one copy of IKZF1, 40 % both copies of its middle."""
    expected = run("CLONES_MIXED", instrument)["p2"].expected_dq
    record = run("CLONES_MIXED", instrument)["p1"]
    levels = {round(record.expected_dq[f"IKZF1-{exon}"], 3) for exon in range(1, 9)}
    assert len(levels) == 2
    outer, inner = max(levels), min(levels)
    assert (1.0 - inner) / (1.0 - outer) == pytest.approx((0.6 / 2 + 0.4) / (0.6 / 2), abs=0.01)
    assert expected == run(None, instrument)["p2"].expected_dq


@each_instrument
def test_blasts_declared(run: Run, instrument: str) -> None:
    """Blank when unknown; few or low blasts are declared as such and thin out every lesion."""
    unknown = run("BLASTS_UNKNOWN", instrument)["p1"]
    assert unknown.blast_percent is None
    assert unknown.path.read_bytes() == run(None, instrument)["p1"].path.read_bytes()
    few = run("NOT_INFORMATIVE", instrument)["p1"]
    low = run("LIMITED_SENSITIVITY", instrument)["p1"]
    assert (few.blast_percent, low.blast_percent) == (20.0, 45.0)
    assert min(few.expected_dq.values()) >= 0.8


@each_instrument
def test_the_same_product_loaded_twice(run: Run, instrument: str) -> None:
    """Two files of one product differ in bytes, but their ratios scatter by less than 0.022."""
    records = run("DUPLICATE_PROFILE", instrument)
    sound = run(None, instrument)
    first, second = records["p1"], records["p2"]
    assert (first.fault, second.fault) == (None, "DUPLICATE_PROFILE:p1")
    assert first.path.read_bytes() != second.path.read_bytes()
    assert second.expected_dq == first.expected_dq
    scans_1 = find_probes(sound["p1"], instrument)
    # The second file has its own capillary: its probes are found in its own trace.
    scans_2 = find_probes(second, instrument)
    both = LIGATED & (scans_1 >= 0) & (scans_2 >= 0)
    ratio = np.log(heights_at(second, scans_2)[both] / heights_at(first, scans_1)[both])
    assert np.std(ratio) < 0.022
    unrelated = np.log(
        heights_at(sound["ref2"], find_probes(sound["ref2"], instrument))[both]
        / heights_at(sound["ref1"], find_probes(sound["ref1"], instrument))[both]
    )
    assert np.std(unrelated) > 0.04


def test_a_mix_without_control_fragments_can_be_simulated(tmp_path: Path) -> None:
    """Neither a run nor a fault needs quantity, denaturation, benchmark or sex fragments."""
    probes = tuple(probe for probe in MIX.probes if probe.role in ("target", "reference"))
    bare = Probemix("bare", probes, {})
    for fault in FAULTS:
        records = simulate_mlpa_run(
            "B", samples_with_fault(fault, PLATE[:6] + PLATE[-1:]), bare, "3730", 2, tmp_path
        )
        assert all(record.path.exists() for record in records)
