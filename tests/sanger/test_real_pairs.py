"""Two real pairs of reads of one haplotype each: silent as they are, and with known spikes."""

from __future__ import annotations

import numpy as np
import pytest

from der22.sanger.reading.read import analyse_read
from der22.sanger.sample import SequencedSample, call_sample
from der22.sanger.settings import SangerSettings
from der22.words import Abl1Status, Tier

SETTINGS = SangerSettings()
N_SAMPLES = 25
PER_SAMPLE = 4
FRACTIONS = (0.15, 0.20, 0.30)


def _analyse(real_pair, traces):
    return [analyse_read(trace.name, trace, real_pair.reference, SETTINGS) for trace in traces]


@pytest.fixture(scope="module")
def plain(real_pair):
    """Both reads as they are, analysed."""
    return _analyse(real_pair, (real_pair.forward, real_pair.reverse))


def test_directions_come_from_the_alignment(plain):
    """The first read of each pair runs with the reference, the second against it."""
    assert [str(read.direction) for read in plain] == ["forward", "reverse"]


def test_each_strand_has_580_usable_bases(plain):
    """A good amplicon of 650 bases is read over at least 580 of them on each strand."""
    assert all(read.evidence.usable.sum() >= 580 for read in plain)


def test_one_haplotype_gives_no_detected_change(plain, real_pair):
    """Every second base of one haplotype is a false call: none is detected, two at most appear."""
    result = call_sample(plain, (), real_pair.reference, SETTINGS)
    assert result.status in (Abl1Status.WILD_TYPE, Abl1Status.POSSIBLE)
    assert not [row for row in result.variants if row.tier is Tier.DETECTED]
    assert len(result.variants) <= 2


def _spiked(real_pair, plain, spike, fraction, rng) -> tuple[SequencedSample, dict[int, str]]:
    """Turn four well separated peaks of both reads into another base and call the pair."""
    reference = real_pair.reference
    both = plain[0].evidence.usable & plain[1].evidence.usable
    places = rng.permutation(np.flatnonzero(both))
    chosen: list[int] = []
    for at in places:
        if len(chosen) < PER_SAMPLE and all(abs(at - other) > 15 for other in chosen):
            chosen.append(int(at))
    truth = {}
    traces = [real_pair.forward, real_pair.reverse]
    for at in chosen:
        ref = "ACGT".index(reference.window[at])
        alt = int(rng.choice([base for base in range(4) if base != ref]))
        truth[at + 1] = "ACGT"[alt]
        for strand, base in ((0, alt), (1, 3 - alt)):
            placement = plain[strand].placement
            call = int(placement.call_index[plain[strand].peaks[at]])
            balance = float(np.exp(rng.normal(0.0, 0.2)))
            traces[strand] = spike(traces[strand], call, base, fraction, balance)
    reads = _analyse(real_pair, traces)
    return call_sample(reads, (), reference, SETTINGS), truth


@pytest.fixture(scope="module")
def spiked(real_pairs, spike):
    """Share found, errors and false rows per sample of 25 spiked samples of each pair."""
    rng = np.random.default_rng(20240607)
    outcome = {}
    for fraction in FRACTIONS:
        found, errors, false, n_samples = 0, [], 0, 0
        for real_pair in real_pairs:
            plain = _analyse(real_pair, (real_pair.forward, real_pair.reverse))
            for _ in range(N_SAMPLES):
                result, truth = _spiked(real_pair, plain, spike, fraction, rng)
                n_samples += 1
                for row in result.variants:
                    if truth.get(row.position_c) == row.alt:
                        found += row.tier in (Tier.DETECTED, Tier.POSSIBLE)
                        errors.append(row.fraction - fraction)
                    else:
                        false += row.tier is Tier.DETECTED
        outcome[fraction] = (
            found / (n_samples * PER_SAMPLE),
            np.array(errors),
            false / n_samples,
        )
    return outcome


@pytest.mark.parametrize(("fraction", "least"), [(0.15, 0.40), (0.20, 0.85), (0.30, 0.95)])
def test_spikes_are_found(spiked, fraction, least):
    """A spike of 15, 20 and 30 % into a real pair is reported in 40, 85 and 95 % of cases."""
    assert spiked[fraction][0] >= least


@pytest.mark.parametrize("fraction", FRACTIONS)
def test_fractions_of_spikes_are_right(spiked, fraction):
    """The fraction of a found spike is right within 8 points (root mean square)."""
    assert np.sqrt(np.mean(spiked[fraction][1] ** 2)) <= 0.08


@pytest.mark.parametrize("fraction", FRACTIONS)
def test_spikes_make_no_other_base_detected(spiked, fraction):
    """Real changes make at most 0.1 false detected row per sample elsewhere."""
    assert spiked[fraction][2] <= 0.1
