"""One status per sample, from rows made by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from der22.flags import Severity
from der22.sanger.arrays import base_index
from der22.sanger.calling.calls import call_bases
from der22.sanger.calling.codons import judge_codons
from der22.sanger.calling.combine import add_combinations, annotate
from der22.sanger.calling.status import decide_status
from der22.sanger.evidence.contradictions import find_contradictions
from der22.sanger.evidence.grid import make_grid
from der22.sanger.records import SangerReadResult
from der22.sanger.settings import SangerSettings
from der22.words import Abl1Status, CodonStatus, Direction, ReadStatus, Tier
from sanger.conftest import evidence_of

SETTINGS = SangerSettings()


def _verdict(reference, forward, reverse, first=621, last=1560):
    """Return the verdict alone, see `_judged`."""
    return _judged(reference, forward, reverse, first, last)[0]


def _judged(reference, forward, reverse, first=621, last=1560, quality=40.0, unread=(), noise=0.02):
    """Judge a sample of two strands; shares as {(position, base): share}; None = no such read."""
    strands, reads = [], []
    for direction, shares in zip(Direction, (forward, reverse), strict=True):
        if shares is None:
            strands.append(None)
            continue
        n = len(reference.window)
        values = np.zeros((4, n))
        values[base_index(reference.window), np.arange(n)] = np.nan
        for (position, base), share in shares.items():
            values["ACGT".index(base), position - reference.window_first] = share
        positions = np.arange(n) + reference.window_first
        values[:, (positions < first) | (positions > last) | np.isin(positions, unread)] = np.nan
        evidence = evidence_of(values, noise, quality)
        strands.append(evidence)
        read = SangerReadResult(str(direction), ReadStatus.USED, (), direction, evidence)
        reads.append(read)
    grid = make_grid(*strands, reference, SETTINGS)
    rows = tuple(
        dataclasses.replace(row, flags=row.flags + annotate(row, reference))
        for row in add_combinations(call_bases(grid, reference, SETTINGS), reference, SETTINGS)
    )
    codons = judge_codons(grid, rows, reference, SETTINGS)
    repeats = [() if strand is None else (strand,) for strand in strands]
    verdict = decide_status(
        reads,
        rows,
        codons,
        grid,
        reference,
        SETTINGS,
        contradictions=find_contradictions(strands, repeats, reference, SETTINGS),
    )
    return verdict, codons


def _same(share, *changes):
    shares = dict.fromkeys(changes, share)
    return shares, shares


@pytest.mark.parametrize(
    ("forward", "reverse", "status", "mutations"),
    [
        (*_same(0.0), Abl1Status.WILD_TYPE, ()),
        (*_same(0.3, (944, "T")), Abl1Status.MUTATED, ("T315I",)),
        (*_same(0.08, (944, "T")), Abl1Status.POSSIBLE, ("T315I",)),
        (*_same(0.5, (740, "G")), Abl1Status.WILD_TYPE, ()),
        (*_same(0.5, (945, "C")), Abl1Status.WILD_TYPE, ()),
        (*_same(0.3, (1075, "G"), (944, "T")), Abl1Status.MUTATED, ("T315I", "F359V")),
        ({(944, "T"): 0.9}, None, Abl1Status.POSSIBLE, ("T315I",)),
        ({(1100, "A"): 0.9}, None, Abl1Status.POSSIBLE, ("R367Q",)),
        ({(707, "G"): 0.9}, None, Abl1Status.WILD_TYPE, ()),  # outside what a negative covers
        (None, {}, Abl1Status.WILD_TYPE, ()),
    ],
)
def test_status_follows_the_rows(abl1, forward, reverse, status, mutations):
    """Detected decides over lesser rows; harmless rows decide nothing; names go by codon."""
    verdict = _verdict(abl1, forward, reverse)
    assert (verdict.status, verdict.mutations) == (status, mutations)
    single = forward is None or reverse is None
    assert any(item.code == "SINGLE_STRAND" for item in verdict.flags) == single


@pytest.mark.parametrize(
    ("last", "status"),
    [
        (1458, Abl1Status.WILD_TYPE),
        (1386, Abl1Status.WILD_TYPE),
        (1383, Abl1Status.NOT_EVALUABLE),
    ],
)
def test_ninety_percent_of_the_codons_make_a_negative(abl1, last, status):
    """Of the 245 codons 242-486 at least 220.5 must be assessed: 221 are enough, 220 are not."""
    verdict = _verdict(abl1, {}, {}, last=last)
    assert verdict.status is status
    assert any(item.code == "TOO_FEW_CODONS" for item in verdict.flags) == (
        status is Abl1Status.NOT_EVALUABLE
    )


def test_wild_type_states_the_limit_of_its_weakest_hot_spot(abl1):
    """The message says below which fraction nothing is excluded, and where."""
    assert "below 13 % not excluded (weakest hot spot: codon 250)" in _verdict(abl1, {}, {}).message
    # E255K on one strand at 0.26 hides what is smaller there
    message = _verdict(abl1, {(763, "A"): 0.26}, {}).message
    assert "below 26 % not excluded (weakest hot spot: codon 255)" in message


@pytest.mark.parametrize("codon", [250, 252, 253, 255, 299, 315, 317, 351, 355, 359, 396])
def test_every_hot_spot_must_be_read(abl1, codon):
    """Unread on both strands: no negative, and the codon is named; on one: a wild type, told."""
    assert codon in abl1.hot_spots
    bases = (3 * codon - 2,)
    verdict, _ = _judged(abl1, {}, {}, unread=bases)
    assert verdict.status is Abl1Status.NOT_EVALUABLE
    assert f"codon {codon} not assessed" in verdict.message
    assert [item.code for item in verdict.flags] == ["HOTSPOT_LIMIT", "TOO_FEW_CODONS"]
    beside = {(1357, "A"): 0.5}  # E453K: a hot spot not read is told beside a mutation too
    verdict, _ = _judged(abl1, beside, beside, unread=bases)
    assert verdict.status is Abl1Status.MUTATED
    assert f"codon {codon} not assessed" in verdict.flags[0].message
    assert _judged(abl1, {}, {}, unread=(3 * 400 - 2,))[0].status is Abl1Status.WILD_TYPE


@pytest.mark.parametrize(
    ("noise", "status", "codes"),
    [
        (0.16, Abl1Status.WILD_TYPE, ["SINGLE_STRAND", "HOTSPOT_LIMIT"]),  # 1.8 x 0.25
        (0.185, Abl1Status.WILD_TYPE, ["SINGLE_STRAND", "HOTSPOT_LIMIT"]),  # 1.8 x 1.5 x 0.185
        (0.186, Abl1Status.NOT_EVALUABLE, ["SINGLE_STRAND", "HOTSPOT_LIMIT", "TOO_FEW_CODONS"]),
    ],
)
def test_a_hot_spot_read_too_poorly_is_no_negative(abl1, noise, status, codes):
    """A limit above 0.50 at a hot spot is no negative; above 0.30 it is told."""
    verdict, _ = _judged(abl1, {}, None, noise=noise)
    assert verdict.status is status
    assert [item.code for item in verdict.flags] == codes


def test_a_limit_of_two_strands_at_a_hot_spot_is_told_above_a_third(abl1):
    """1.8 x 0.7 x noise: 0.30 is not told, more is."""
    for noise, told in ((0.238, False), (0.239, True)):
        verdict, _ = _judged(abl1, {}, {}, noise=noise)
        assert verdict.status is Abl1Status.WILD_TYPE
        assert ("HOTSPOT_LIMIT" in {item.code for item in verdict.flags}) is told


@pytest.mark.parametrize(
    ("shares", "code", "words"),
    [
        ((0.6, 0.3), "COMPOUND_UNDETERMINED", ""),
        ((0.55, 0.55), "COMPOUND_UNDETERMINED", ""),  # the sum may be chance
        ((0.9, 0.3), "COMPOUND_UNDETERMINED", ""),  # from 0.82 and 0.16 on
        ((0.9, 0.4), "COMPOUND_AT_LEAST", "6 %"),  # from 0.82 and 0.24 on
    ],
)
def test_sum_rule(abl1, shares, code, words):
    """Lower ends above 1 together: at least the excess carries both; else not decidable."""
    both = {(944, "T"): shares[0], (1075, "G"): shares[1]}
    verdict = _verdict(abl1, both, both)
    assert [item.code for item in verdict.flags] == [code]
    assert words in verdict.flags[0].message


def test_unnamed_tail_rows_do_not_decide(abl1):
    """An unnamed change on one strand outside codons 242-486 leaves a wild type a wild type."""
    outside, inside = (1500, "A"), (1007, "G")
    assert abl1.sequence[1499] != "A"
    assert _verdict(abl1, {outside: 0.9}, None).status is Abl1Status.WILD_TYPE
    assert _verdict(abl1, {inside: 0.9}, None).status is Abl1Status.POSSIBLE


def test_nothing_read_is_not_evaluable(abl1):
    """Without any usable read the sample is not evaluable and every refusal is named."""
    verdict = _verdict(abl1, None, None)
    assert verdict.status is Abl1Status.NOT_EVALUABLE
    assert [item.code for item in verdict.flags] == ["NO_USABLE_READ"]
    assert Tier.DETECTED not in verdict.mutations


@pytest.mark.parametrize(
    ("share", "status", "codon", "limit"),
    [
        (1.0, Abl1Status.NOT_EVALUABLE, CodonStatus.NOT_ASSESSED, None),
        (0.60, Abl1Status.NOT_EVALUABLE, CodonStatus.NOT_ASSESSED, None),
        (0.59, Abl1Status.NOT_EVALUABLE, CodonStatus.NOT_ASSESSED, None),  # 315 is a hot spot
        (0.45, Abl1Status.NOT_EVALUABLE, CodonStatus.NOT_ASSESSED, None),
        (0.44, Abl1Status.WILD_TYPE, CodonStatus.NOT_DETECTED, 0.44),
        (0.24, Abl1Status.WILD_TYPE, CodonStatus.NOT_DETECTED, 0.18),
    ],
)
def test_one_strand_mutated_the_other_not(abl1, share, status, codon, limit):
    """T315I on one strand only is no negative of its codon; mostly mutated, of the sample."""
    for pair in (({(944, "T"): share}, {}), ({}, {(944, "T"): share})):
        verdict, codons = _judged(abl1, *pair)
        assert verdict.status is status
        assert ("reads of two samples" in verdict.message) is (share >= 0.60)
        found = next(item for item in codons if item.codon == 315)
        assert found.status is codon
        assert found.limit_of_detection == pytest.approx(
            np.nan if limit is None else limit, nan_ok=True
        )


def _contradicted(reference, forward, reverse, **more):
    verdict, _ = _judged(reference, forward, reverse, **more)
    errors = [item for item in verdict.flags if item.level is Severity.ERROR]
    return verdict, [item.code for item in errors]


@pytest.mark.parametrize(
    ("forward", "reverse", "quality", "is_told"),
    [
        ({(1007, "G"): 0.60}, {}, 30.0, True),  # without a name
        ({(1007, "G"): 0.59}, {}, 40.0, False),
        ({(1007, "G"): 0.60}, {}, 29.9, False),
        ({(1007, "G"): 0.60, (1075, "G"): 0.60}, {}, 21.0, True),  # two places, poor quality
        ({(1007, "G"): 0.60}, {(1075, "G"): 0.60}, 21.0, True),
        ({}, {(944, "T"): 0.9}, 30.0, True),
        ({(944, "T"): 0.9}, {(944, "T"): 0.149}, 30.0, True),
        ({(944, "T"): 0.9}, {(944, "T"): 0.15}, 30.0, False),
        ({(740, "G"): 1.0}, {}, 30.0, True),  # a polymorphism is of a person too
        ({(944, "T"): 0.9}, None, 40.0, False),  # nobody contradicts
    ],
)
def test_strands_that_contradict_each_other(abl1, forward, reverse, quality, is_told):
    """A whole peak on one strand that the other lacks, good or at two places: not evaluable."""
    verdict, codes = _contradicted(abl1, forward, reverse, quality=quality)
    assert ("STRANDS_DISAGREE" in codes) is is_told
    if is_told:
        assert verdict.status is Abl1Status.NOT_EVALUABLE
        assert verdict.mutations == ()


def test_a_contradiction_names_its_changes_and_comes_before_rows(abl1):
    """Beside lesser and beside detected rows; the sentence names what differs and what was seen."""
    common = {(749, "A"): 0.5}
    verdict, _ = _contradicted(abl1, common | {(1052, "C"): 1.0}, common | {(1075, "G"): 0.9})
    assert verdict.status is Abl1Status.NOT_EVALUABLE
    assert "M351T: forward 100 %, reverse 0 %" in verdict.message
    assert "F359V: forward 0 %, reverse 90 %" in verdict.message
    assert "also seen: G250E 50 %" in verdict.message
    assert verdict.mutations == ()


def _repeated(abl1, *shares, change=(944, "T")):
    """Return the flags for reads of both directions with these shares of one change."""
    reads = []
    for share in shares:
        values = np.zeros((4, len(abl1.window)))
        values[base_index(abl1.window), np.arange(values.shape[1])] = np.nan
        values["ACGT".index(change[1]), change[0] - abl1.window_first] = share
        reads.append(evidence_of(values))
    half = len(reads) // 2
    repeats = [tuple(reads[:half]), tuple(reads[half:])]
    return find_contradictions([None, None], repeats, abl1, SETTINGS)


@pytest.mark.parametrize(
    ("shares", "change", "is_told"),
    [
        ((0.2, 0.0, 0.2, 0.0), (944, "T"), True),  # the two directions add up
        ((0.19, 0.0, 0.2, 0.0), (944, "T"), False),
        ((0.6, 0.0, 0.0, 0.0), (944, "T"), True),  # a whole peak needs no other direction
        ((0.59, 0.0, 0.0, 0.0), (944, "T"), False),
        ((0.5, 0.0, 0.5, 0.5), (944, "T"), True),  # three of four show it
        ((0.5, 0.0, 0.19, 0.19), (944, "T"), False),
        ((0.3, 0.0, 0.3, 0.0), (1007, "G"), True),
        ((0.3, 0.0, 0.29, 0.0), (1007, "G"), False),  # noise without a name needs more
        ((0.9, 0.15, 0.9, 0.15), (944, "T"), False),  # all show it
        ((0.5, 0.5, 0.5, 0.5), (944, "T"), False),
    ],
)
def test_repeats_that_contradict_each_other(abl1, shares, change, is_told):
    """A change in one read of a direction that its repeat lacks is an error and is named."""
    flags = _repeated(abl1, *shares, change=change)
    assert [item.code for item in flags] == (["REPEATS_DISAGREE"] if is_told else [])
    if is_told and change == (944, "T"):
        assert "T315I: forward 1" in flags[0].message


@pytest.mark.parametrize(
    ("share", "status"), [(0.08, Abl1Status.POSSIBLE), (0.4, Abl1Status.MUTATED)]
)
def test_a_haplotype_nobody_saw_decides_nothing(abl1, share, status):
    """T315I and T315A alike: both are named, T315V is not, sure or not sure."""
    verdict = _verdict(abl1, *_same(share, (944, "T"), (943, "G")))
    assert (verdict.status, verdict.mutations) == (status, ("T315A", "T315I"))
