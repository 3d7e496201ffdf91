"""Calls of probes and genes: at, below and above each limit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from der22.formats.probemix import Probe
from der22.mlpa.calls import GeneCall, call_gene, call_probe, smallest_clone
from der22.mlpa.intervals import all_intervals, best_intervals, measure
from der22.mlpa.settings import MlpaSettings
from der22.words import Call

SETTINGS = MlpaSettings()
HET, HOM = Call.HETEROZYGOUS_DELETION, Call.HOMOZYGOUS_DELETION


def common(n_probes: int, sd: float) -> np.ndarray:
    """Return loadings of one error that all probes share alike."""
    return np.full((n_probes, 1), sd)


def gene(
    quotients: list[float],
    sigma: float = 0.05,
    blasts: float = 1.0,
    name: str = "IKZF1",
    shadow: float = 0.0,
) -> GeneCall:
    """Return the call of a gene with one probe per exon."""
    probes = [
        Probe(f"{name}-{i}", 100.0 + 10 * i, name, str(i), "target", order=i)
        for i in range(1, len(quotients) + 1)
    ]
    quotient = np.array(quotients)
    sigmas, shared = np.full(quotient.size, sigma), common(quotient.size, SETTINGS.common_sd)
    return call_gene(name, probes, quotient, sigmas, shared, blasts, SETTINGS, shadow)


def exons(lost: range, level: float, n: int = 8) -> list[float]:
    """Return quotients of 1 with `level` in the lost exons (1-based)."""
    return [level if i in lost else 1.0 for i in range(1, n + 1)]


def test_exons_4_to_7() -> None:
    """Four exons with one of two copies: heterozygous, exons 4-7, nothing uncertain."""
    called = gene(exons(range(4, 8), 0.5))
    assert (called.call, called.lost) == (HET, "4-7")
    assert (called.first_exon, called.last_exon) == ("4", "7")
    assert called.clone_fraction == pytest.approx(1.0)
    assert called.flags == ()


def test_whole_gene() -> None:
    """All exons: 1-8, and the fraction of the clone at 80 % blasts."""
    called = gene(exons(range(1, 9), 0.6), blasts=0.8)
    assert (called.call, called.lost) == (HET, "1-8")
    assert called.clone_fraction == pytest.approx(1.0)
    assert called.clone_fraction_low < 1.0 <= called.clone_fraction_high


def test_normal_gene() -> None:
    """A gene at 1 is normal and has no exons."""
    called = gene([1.0] * 8)
    assert (called.call, called.lost, called.first_exon) == (Call.NORMAL, "", "")
    assert np.isnan(called.clone_fraction)


@pytest.mark.parametrize(
    ("level", "call"), [(0.0, HOM), (0.24, HOM), (0.26, HET), (0.5, HET), (1.5, Call.GAIN)]
)
def test_level_decides_the_word(level: float, call: Call) -> None:
    """Below 1 - 0.75 b both copies are lost, above it one; above 1 it is a gain."""
    assert gene([level] * 4, sigma=0.04).call is call


@pytest.mark.parametrize(("blasts", "call"), [(1.0, HET), (0.6, HOM)])
def test_level_counts_with_the_blasts(blasts: float, call: Call) -> None:
    """The same 0.45 is one copy in pure blasts and two in 60 %."""
    assert gene([0.45] * 4, sigma=0.04, blasts=blasts).call is call


@pytest.mark.parametrize(("shift", "changed"), [(0.13, False), (0.15, True)])
def test_smallest_loss(shift: float, changed: bool) -> None:
    """A clear loss of several probes counts from 0.14 on; below it is ambiguous, not normal."""
    called = gene([1.0 - shift] * 8, sigma=0.035)
    assert called.call is (HET if changed else Call.AMBIGUOUS)


@pytest.mark.parametrize(("shift", "changed"), [(0.19, False), (0.21, True)])
def test_smallest_gain(shift: float, changed: bool) -> None:
    """A clear gain of several probes counts from 0.20 on."""
    called = gene([1.0 + shift] * 8, sigma=0.035)
    assert called.call is (Call.GAIN if changed else Call.AMBIGUOUS)


@pytest.mark.parametrize(("level", "call"), [(0.72, Call.AMBIGUOUS), (0.66, HET)])
def test_one_probe_of_several_needs_five_errors(level: float, call: Call) -> None:
    """One exon alone: z of 5 is asked (here a shift of 0.30), and SINGLE_PROBE is said."""
    called = gene(exons(range(5, 6), level), sigma=0.055)
    assert called.call is call
    if call is HET:
        assert [f.code for f in called.flags] == ["SINGLE_PROBE"]


@pytest.mark.parametrize(("level", "call"), [(0.78, Call.AMBIGUOUS), (0.72, HET)])
def test_gene_of_one_probe_needs_four_errors(level: float, call: Call) -> None:
    """A gene with one probe is called at z of 4 and a shift of 0.25."""
    called = gene([level], sigma=0.05, name="CRLF2")
    assert called.call is call


def test_normal_must_be_earned() -> None:
    """At 30 % blasts a dip that could be a loss in all of them is ambiguous."""
    assert gene([1.0, 0.9, 0.9, 1.0], sigma=0.05, blasts=0.3).call is Call.AMBIGUOUS
    assert gene([1.0, 0.9, 0.9, 1.0], sigma=0.05, blasts=1.0).call is Call.NORMAL


@pytest.mark.parametrize(("blasts", "call"), [(0.30, Call.NORMAL), (0.29, Call.NOT_EVALUABLE)])
def test_too_few_blasts_are_never_normal(blasts: float, call: Call) -> None:
    """Below 30 % blasts nothing is normal; at 30 % it can be."""
    assert gene([1.05] * 4, sigma=0.02, blasts=blasts).call is call


def test_changes_are_told_even_with_few_blasts() -> None:
    """A loss that shows is called whatever the blasts."""
    assert gene([0.6] * 4, sigma=0.035, blasts=0.1).call is HOM


@pytest.mark.parametrize(("n_lost", "call"), [(4, Call.NORMAL), (5, Call.NOT_EVALUABLE)])
def test_half_of_the_probes_are_needed(n_lost: int, call: Call) -> None:
    """With fewer than half of its probes a gene is not evaluable."""
    quotients = [np.nan] * n_lost + [1.0] * (8 - n_lost)
    assert gene(quotients, name="PAX5").call is call


def test_a_blind_ikzf1_exon_forbids_normal() -> None:
    """IKZF1 without exon 3 is not normal, but a loss beside it is still called."""
    assert gene([1.0, 1.0, np.nan, 1.0, 1.0, 1.0, 1.0, 1.0]).call is Call.NOT_EVALUABLE
    lost = gene([1.0, 1.0, np.nan, 0.5, 0.5, 0.5, 0.5, 1.0])
    assert (lost.call, lost.lost) == (HET, "4-7")
    assert "BREAKPOINT_UNCERTAIN" in {f.code for f in lost.flags}


def test_two_separate_losses() -> None:
    """Exon 1 and exons 4-7 are written 1+4-7."""
    level = [0.5, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 1.0]
    assert gene(level, sigma=0.04).lost == "1+4-7"


@pytest.mark.parametrize(
    ("levels", "lost"),
    [
        ([0.50, 0.95, 0.97, 0.55, 0.56, 0.54, 0.55, 0.98], "1+4-7"),
        ([0.52, 0.50, 1.02, 0.98, 1.03, 0.55, 0.53, 0.52], "1-2+6-8"),
        ([0.52, 0.50, 0.55, 1.04, 1.03, 0.55, 0.53, 0.52], "1-3+6-8"),
    ],
)
def test_normal_probes_part_two_losses(levels: list[float], lost: str) -> None:
    """Two or more normal probes between are no second clone of one long loss."""
    called = gene(levels, sigma=0.06, blasts=0.95)
    assert called.lost == lost
    assert "CLONES_MIXED" not in {f.code for f in called.flags}


def test_one_normal_probe_inside_a_loss_parts_nothing() -> None:
    """One probe is a hint: a loss with one odd probe in it stays one loss, and says so."""
    called = gene([0.52, 0.5, 0.55, 1.0, 0.55, 0.53, 0.52, 0.5], sigma=0.06, blasts=0.95)
    assert called.lost == "1-8"
    assert "SINGLE_PROBE" in {f.code for f in called.flags}


def test_mixed_clones() -> None:
    """1-8 in one clone and 4-7 in another: one loss with two levels, said so."""
    called = gene([0.7, 0.7, 0.7, 0.3, 0.3, 0.3, 0.3, 0.7], sigma=0.04)
    assert called.lost == "1-8"
    assert "CLONES_MIXED" in {f.code for f in called.flags}


@pytest.mark.parametrize(
    ("levels", "lost", "mixed"),
    [
        ([0.73, 0.73, 0.37, 0.37, 0.37, 0.37, 0.37, 0.73], "1-8", True),
        ([1.0, 0.70, 0.37, 0.37, 0.37, 0.37, 0.37, 0.70], "2-8", True),
        ([0.70, 0.70, 0.70, 0.37, 0.37, 0.37, 0.37, 1.0], "1-7", True),
        ([1.0, 1.0, 0.37, 0.37, 0.37, 0.37, 0.37, 0.70], "3-7", False),
        ([0.97, 1.03, 0.37, 0.37, 0.37, 0.37, 0.37, 1.0], "3-7", False),
    ],
)
def test_second_level_around_the_deepest(levels: list[float], lost: str, mixed: bool) -> None:
    """A deep inner loss does not hide the shallower one around it; one probe more is no level."""
    called = gene(levels, sigma=0.06, blasts=0.9)
    assert called.lost == lost
    assert ("CLONES_MIXED" in {f.code for f in called.flags}) is mixed


def test_a_snp_under_one_probe_does_not_make_a_loss_homozygous() -> None:
    """One probe far below its neighbours inside a loss leaves it heterozygous, with a note."""
    called = gene([0.5, 0.5, 0.5, 0.02, 0.5, 0.5, 0.5, 0.5], sigma=0.04)
    assert called.call is HET
    assert "SINGLE_PROBE" in {f.code for f in called.flags}


def test_probe_calls_have_no_context() -> None:
    """A probe is called by itself: z of 4 and a shift of 0.25."""
    shared = common(1, SETTINGS.common_sd)[0]
    calls = [
        call_probe(q, 0.05, shared, 1.0, SETTINGS) for q in (1.0, 0.70, 0.78, 0.1, 1.4, np.nan)
    ]
    assert calls == [
        Call.NORMAL, HET, Call.AMBIGUOUS, HOM, Call.GAIN,
        Call.NOT_EVALUABLE,
    ]  # fmt: skip


def test_smallest_clone_shrinks_with_probes_and_grows_with_dilution() -> None:
    """More probes see smaller clones; fewer blasts need larger ones."""
    by_probes = [smallest_clone(n, 0.05, 0.5, SETTINGS) for n in (1, 2, 4)]
    assert by_probes == sorted(by_probes, reverse=True)
    assert smallest_clone(4, 0.05, 0.4, SETTINGS) > by_probes[2]


LEVELS = st.lists(st.floats(0.05, 2.0), min_size=1, max_size=9)


@given(LEVELS)
@example([1.5, 0.5, 1.0, 2.0])
def test_direction_of_a_gene_is_irrelevant(quotients: list[float]) -> None:
    """Read from the other end, a gene has the same word and the same fraction."""
    forward, backward = gene(quotients), gene(quotients[::-1])
    ranked = all_intervals(
        np.array(quotients),
        np.full(len(quotients), 0.05),
        common(len(quotients), SETTINGS.common_sd),
    )
    gains = sorted((i.gain for i in ranked), reverse=True)
    if len(gains) > 1 and gains[0] - gains[1] < 1e-6:
        return  # two intervals are equally good; either may be told
    assert forward.call is backward.call
    assert forward.quotient == pytest.approx(backward.quotient, nan_ok=True)


@given(LEVELS)
def test_best_interval_is_the_best_of_all(quotients: list[float]) -> None:
    """No interval has a higher penalised likelihood, computed anew from its definition."""
    quotient, sigma = np.array(quotients), np.full(len(quotients), 0.05)
    best, _ = best_intervals(all_intervals(quotient, sigma, common(quotient.size, 0.025)))
    for first in range(quotient.size):
        for last in range(first, quotient.size):
            inside = quotient[first : last + 1]
            null = ((inside - 1.0) ** 2).sum() / (2 * 0.05**2)
            own = ((inside - inside.mean()) ** 2).sum() / (2 * 0.05**2)
            penalty = 2 * np.log(quotient.size + 1) if inside.size < quotient.size else 0.0
            assert null - own - penalty <= best.gain + 1e-6


def test_common_error_does_not_average_out() -> None:
    """With ever more probes the error tends to what neighbours share, not to 0."""
    many = measure(np.ones(400), np.full(400, 0.05), 0, 399, common(400, 0.025))
    assert many.se == pytest.approx(0.025, rel=0.01)


def test_a_tilt_averages_out_only_over_both_sides() -> None:
    """The slope's error has a sign: probes on either side cancel, probes on one side do not."""
    tilt = np.linspace(-0.2, 0.2, 8)[:, None]
    both = measure(np.ones(8), np.full(8, 1e-6), 0, 7, tilt)
    one = measure(np.ones(8), np.full(8, 1e-6), 4, 7, tilt)
    assert both.se == pytest.approx(0.0, abs=1e-5)
    assert one.se == pytest.approx(float(tilt[4:].mean()), abs=1e-5)


@pytest.mark.parametrize(
    ("level", "shadow", "call"),
    [
        (0.5, 0.0, HET), (0.5, 0.3, HET), (0.5, 0.5, Call.AMBIGUOUS), (0.5, 0.6, Call.AMBIGUOUS),
        (0.05, 0.5, HOM), (1.5, 0.6, Call.GAIN), (1.0, 0.6, Call.NORMAL),
    ],
)  # fmt: skip
def test_losses_in_the_shadow_of_an_artefact_are_open(
    level: float, shadow: float, call: Call
) -> None:
    """What an artefact of the sample could make is ambiguous; deeper losses and gains hold."""
    assert gene([level] * 8, shadow=shadow).call is call
