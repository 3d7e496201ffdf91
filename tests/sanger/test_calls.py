"""Tiers, limits and combinations, from evidence made by hand: at, below and above each limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from der22.sanger.arrays import base_index
from der22.sanger.calling.calls import call_bases, interval
from der22.sanger.calling.codons import judge_codons, limits_of_bases
from der22.sanger.calling.combine import add_combinations, annotate
from der22.sanger.evidence.grid import make_grid
from der22.sanger.evidence.strands import combine_reads, correct_with_controls, leave_out
from der22.sanger.records import StrandEvidence
from der22.sanger.settings import SangerSettings
from der22.words import CodonStatus, Tier
from sanger.conftest import evidence_of

SETTINGS = SangerSettings()
NAMED = (944, "T")  # T315I
OTHER = (1007, "G")  # N336S


def _strand(abl1, noise=0.02, **shares) -> StrandEvidence:
    """Evidence of one strand: no alternative anywhere but those given as c944T=0.3."""
    n = len(abl1.window)
    values = np.zeros((4, n))
    values[base_index(abl1.window), np.arange(n)] = np.nan
    for name, share in shares.items():
        values["ACGT".index(name[-1]), int(name[1:-1]) - abl1.window_first] = share
    return evidence_of(values, noise)


def _tier(abl1, change, forward, reverse, noise=0.02, controlled=False):
    position, base = change
    name = f"c{position}{base}"
    strands = [
        None if share is None else _strand(abl1, noise, **{name: share})
        for share in (forward, reverse)
    ]
    grid = make_grid(*strands, abl1, SETTINGS, is_controlled=(controlled, controlled))
    rows = call_bases(grid, abl1, SETTINGS)
    return rows[0].tier if rows else None


@pytest.mark.parametrize(
    ("change", "forward", "reverse", "tier"),
    [
        (NAMED, 0.099, 0.30, Tier.POSSIBLE),
        (NAMED, 0.10, 0.30, Tier.DETECTED),
        (NAMED, 0.069, 0.30, None),
        (NAMED, 0.07, 0.07, Tier.POSSIBLE),
        (OTHER, 0.119, 0.30, Tier.POSSIBLE),
        (OTHER, 0.12, 0.12, Tier.DETECTED),
        (OTHER, 0.099, 0.99, None),
        (OTHER, 0.10, 0.11, Tier.POSSIBLE),
        (NAMED, 1.0, None, Tier.SINGLE_STRAND),
        (NAMED, None, 0.25, Tier.SINGLE_STRAND),
        (NAMED, 0.249, None, None),
        (OTHER, 0.349, None, None),
        (OTHER, 0.35, None, Tier.SINGLE_STRAND),
    ],
)
def test_tier_limits(abl1, change, forward, reverse, tier):
    """The smaller share decides; one strand alone never gives more than single_strand."""
    assert _tier(abl1, change, forward, reverse) is tier


@pytest.mark.parametrize(("share", "tier"), [(0.249, None), (0.25, Tier.SINGLE_STRAND)])
def test_a_control_lowers_the_single_strand_limit(abl1, share, tier):
    """With a control an unnamed change on one strand needs 0.25 instead of 0.35."""
    assert _tier(abl1, OTHER, share, None, controlled=True) is tier


@pytest.mark.parametrize(
    ("change", "noise", "share", "tier"),
    [
        (NAMED, 0.30, 0.20, None),
        (NAMED, 0.30, 0.22, Tier.DETECTED),
        (OTHER, 0.20, 0.19, None),
        (OTHER, 0.20, 0.21, Tier.POSSIBLE),
        (OTHER, 0.20, 0.29, Tier.POSSIBLE),
        (OTHER, 0.20, 0.31, Tier.DETECTED),
    ],
)
def test_noise_raises_the_limit(abl1, change, noise, share, tier):
    """Noise counts 0.7 for a named change, 1.0 (possible) and 1.5 (detected) for another."""
    assert _tier(abl1, change, share, share, noise=noise) is tier


def test_missing_strand_is_blank_not_zero(abl1):
    """The fraction of an unusable strand is NaN, and the fraction is that of the other alone."""
    grid = make_grid(_strand(abl1, c944T=0.4), None, abl1, SETTINGS)
    row = call_bases(grid, abl1, SETTINGS)[0]
    assert np.isnan(row.reverse_fraction)
    assert row.fraction == pytest.approx(0.4)


@pytest.mark.parametrize(("doubled", "least"), [(False, 0.35), (True, 0.50)])
def test_beside_a_splice_variant_one_strand_needs_half_of_the_sample(abl1, doubled, least):
    """The limit of an unnamed change where one strand alone speaks; a control lowers none there."""
    for controlled in ((False, False), (doubled, doubled)):
        grid = make_grid(
            _strand(abl1), None, abl1, SETTINGS, is_controlled=controlled, is_doubled=doubled
        )
        position, base = OTHER
        assert grid.reported["ACGT".index(base), position - abl1.window_first] == least


@settings(deadline=None)
@given(fraction=st.floats(0, 1))
def test_interval_holds_the_fraction(fraction):
    """The interval lies in 0 to 1, holds the fraction and is wider for one strand."""
    low, high = interval(fraction, SETTINGS, is_both=True)
    wide_low, wide_high = interval(fraction, SETTINGS, is_both=False)
    assert 0 <= wide_low <= low <= fraction <= high <= wide_high <= 1


def _both(abl1, **shares):
    strand = _strand(abl1, **shares)
    grid = make_grid(strand, strand, abl1, SETTINGS)
    rows = call_bases(grid, abl1, SETTINGS)
    return {row.mutation: row for row in add_combinations(rows, abl1, SETTINGS)}


def test_codon_combination_below_the_difference(abl1):
    """Two changes of a codon that differ by less than 0.25 give a third row of unknown phase."""
    rows = _both(abl1, c943G=0.40, c944T=0.60)
    assert set(rows) == {"T315A", "T315I", "T315V"}
    assert rows["T315V"].fraction == pytest.approx(0.50)
    assert rows["T315V"].flags[0].code == "CODON_PHASE_UNKNOWN"


def test_no_combination_at_the_difference(abl1):
    """Two changes of a codon that differ by 0.25 or more stay two rows."""
    assert set(_both(abl1, c943G=0.30, c944T=0.60)) == {"T315A", "T315I"}


@pytest.mark.parametrize(
    ("other", "names"), [(0.90, {"T315V"}), (0.89, {"T315A", "T315I", "T315V"})]
)
def test_pure_changes_have_a_known_phase(abl1, other, names):
    """From 0.90 on both, no unchanged copy is left and only the combination stays."""
    rows = _both(abl1, c943G=other, c944T=0.95)
    assert set(rows) == names
    assert ("CODON_PHASE_UNKNOWN" in {f.code for f in rows["T315V"].flags}) == (len(names) > 1)


def test_two_alternatives_at_one_base_are_two_rows(abl1):
    """Two alternatives at one position are two rows and no combination."""
    assert set(_both(abl1, c944T=0.3, c944A=0.3)) == {"T315I", "T315N"}


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ("c740G", {"POLYMORPHISM"}),
        ("c945C", {"SILENT"}),
        ("c944T", set()),
        ("c1007G", {"UNNAMED_CHANGE"}),
    ],
)
def test_annotation(abl1, change, codes):
    """K247R is a polymorphism, a synonymous change silent, an unlisted change unnamed."""
    row = next(iter(_both(abl1, **{change: 0.5}).values()))
    assert {item.code for item in annotate(row, abl1)} == codes


def test_codon_is_as_good_as_its_worst_base(abl1):
    """A codon with one unread base is not assessed; its limit is that of its noisiest base."""
    strand = _strand(abl1)
    at = 944 - abl1.window_first
    strand.shares[:, at] = np.nan
    strand.noise["ACGT".index("T"), at + 3] = 0.4
    grid = make_grid(strand, strand, abl1, SETTINGS)
    codons = {item.codon: item for item in judge_codons(grid, (), abl1, SETTINGS)}
    assert codons[315].status is CodonStatus.NOT_ASSESSED
    assert np.isnan(codons[315].limit_of_detection)
    assert codons[316].limit_of_detection == pytest.approx(1.8 * 0.4)
    assert codons[320].limit_of_detection == pytest.approx(1.8 * 0.10)
    assert codons[320].status is CodonStatus.NOT_DETECTED


@pytest.mark.parametrize(
    ("share", "tier"), [(1.0, Tier.DETECTED), (0.60, Tier.DETECTED), (0.59, None)]
)
def test_more_than_half_on_both_strands_is_no_noise(abl1, share, tier):
    """A pure unnamed change is called although its surroundings are as noisy as can be."""
    assert _tier(abl1, OTHER, share, share, noise=1.0) is tier


def _unsure(strand, *positions):
    """Return a strand in which the peaks of these bases may be their neighbours'."""
    unsure = strand.unsure.copy()
    unsure[list(positions)] = True
    return replace(strand, unsure=unsure)


def test_silence_beside_a_miscount_is_no_answer(abl1):
    """T315I on one strand, nothing on the other: a row where the other may show a neighbour."""
    at = 944 - abl1.window_first
    plain, silent = _strand(abl1, c944T=0.9), _strand(abl1)
    for pair in ((plain, _unsure(silent, at)), (_unsure(silent, at), plain)):
        (row,) = call_bases(make_grid(*pair, abl1, SETTINGS), abl1, SETTINGS)
        assert (row.mutation, row.tier) == ("T315I", Tier.SINGLE_STRAND)
        assert row.fraction == pytest.approx(0.9)


def test_silence_is_an_answer_elsewhere(abl1):
    """Where the silent strand is sure, both are unsure, or the other is too low: no row."""
    at = 944 - abl1.window_first
    plain, silent = _strand(abl1, c944T=0.9), _strand(abl1)
    for pair in (
        (plain, _unsure(silent, at + 1)),
        (_unsure(plain, at), _unsure(silent, at)),
        (_strand(abl1, c944T=0.24), _unsure(silent, at)),
    ):
        assert call_bases(make_grid(*pair, abl1, SETTINGS), abl1, SETTINGS) == ()


def test_both_strands_beside_a_miscount_still_detect(abl1):
    """A change that both strands show is as sure as ever."""
    strand = _strand(abl1, c944T=0.3)
    unsure = _unsure(strand, 944 - abl1.window_first)
    (row,) = call_bases(make_grid(strand, unsure, abl1, SETTINGS), abl1, SETTINGS)
    assert row.tier is Tier.DETECTED


def test_one_unsure_strand_gives_no_negative(abl1):
    """Read from one strand only, a codon beside a miscount is not assessed; from two it is."""
    at = 944 - abl1.window_first
    for other, is_assessed in ((None, False), (_strand(abl1), True)):
        grid = make_grid(_unsure(_strand(abl1), at), other, abl1, SETTINGS)
        verdict = next(v for v in judge_codons(grid, (), abl1, SETTINGS) if v.codon == 315)
        assert (verdict.status is CodonStatus.NOT_DETECTED) is is_assessed
        assert np.isfinite(limits_of_bases(grid, SETTINGS)[at]) is np.bool_(is_assessed)


def test_limit_is_never_above_one(abl1):
    """However noisy, a stated limit is a fraction."""
    strand = _strand(abl1, noise=0.9)
    limits = limits_of_bases(make_grid(strand, None, abl1, SETTINGS), SETTINGS)
    assert (limits == 1.0).all()


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_controls=st.integers(1, 5))
def test_controls_only_lower(abl1, seed, n_controls):
    """Controls never raise a share or a noise, and never take off more than 0.30."""
    rng = np.random.default_rng(seed)
    n = len(abl1.window)

    def random_strand():
        shares = rng.random((4, n)) ** 4
        shares[rng.random((4, n)) < 0.2] = np.nan
        return evidence_of(shares, rng.random((4, n)))

    strand, controls = random_strand(), [random_strand() for _ in range(n_controls)]
    corrected = correct_with_controls(strand, controls, SETTINGS)
    there = ~np.isnan(strand.shares)
    assert (np.isnan(corrected.shares) == ~there).all()
    assert (corrected.shares[there] <= strand.shares[there]).all()
    assert (corrected.shares[there] >= 0).all()
    assert (strand.shares[there] - corrected.shares[there] <= 0.30 + 1e-12).all()
    assert (corrected.noise[there] <= strand.noise[there]).all()


def test_several_reads_of_a_direction(abl1):
    """Three reads give the median share and the largest noise."""
    reads = [_strand(abl1, noise=k / 100, c944T=k / 10) for k in (1, 2, 6)]
    combined = combine_reads(reads)
    at = 944 - abl1.window_first
    assert combined.shares[3, at] == pytest.approx(0.2)
    assert combined.noise[3, at] == pytest.approx(0.06)


def test_a_doubtful_strand_gives_no_more_than_possible(abl1):
    """Over a high background of either strand a plain change is possible, elsewhere detected."""
    at = 944 - abl1.window_first
    strand = _strand(abl1, c944T=0.9, c1075G=0.9)
    doubtful = strand.doubtful.copy()
    doubtful[at] = True
    cloudy = replace(strand, doubtful=doubtful)
    for pair in ((strand, cloudy), (cloudy, strand), (cloudy, cloudy)):
        rows = call_bases(make_grid(*pair, abl1, SETTINGS), abl1, SETTINGS)
        assert [(row.mutation, row.tier) for row in rows] == [
            ("T315I", Tier.POSSIBLE),
            ("F359V", Tier.DETECTED),
        ]


def test_accepted_changes_leave_the_noise(abl1):
    """Of three changes to T the smallest is held against the rest of the channel alone."""
    names = {"c944T": 0.6, "c950T": 0.6, "c956T": 0.6}
    noisy = _strand(abl1, noise=0.6, **names)
    accepted = np.nan_to_num(noisy.shares) > 0
    cleaned = leave_out(noisy, accepted, abl1, SETTINGS)
    at = 944 - abl1.window_first
    assert cleaned.noise[3, at] == pytest.approx(0.0)
    assert cleaned.own_noise[3, at] == pytest.approx(0.0)
    kept = leave_out(noisy, np.zeros_like(accepted), abl1, SETTINGS)
    assert kept.noise[3, at] == pytest.approx(0.6)
    assert (cleaned.shares[3, at], kept.shares[3, at]) == (0.6, 0.6)
