"""One status per sample, from rows made by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from der22.sanger.arrays import base_index
from der22.sanger.calling.calls import call_bases
from der22.sanger.calling.codons import judge_codons
from der22.sanger.calling.combine import annotate
from der22.sanger.calling.status import decide_status
from der22.sanger.evidence.grid import make_grid
from der22.sanger.records import SangerReadResult, StrandEvidence
from der22.sanger.settings import SangerSettings
from der22.words import Abl1Status, CodonStatus, Direction, ReadStatus, Tier

SETTINGS = SangerSettings()


def _verdict(reference, forward, reverse, first=621, last=1560):
    """Return the verdict alone, see `_judged`."""
    return _judged(reference, forward, reverse, first, last)[0]


def _judged(reference, forward, reverse, first=621, last=1560):
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
        values[:, (positions < first) | (positions > last)] = np.nan
        noise = np.where(np.isnan(values), np.nan, 0.02)
        evidence = StrandEvidence(
            values,
            noise,
            noise,
            ~np.isnan(values).all(axis=0),
            np.zeros(values.shape[1], dtype=bool),
        )
        strands.append(evidence)
        read = SangerReadResult(str(direction), ReadStatus.USED, (), direction, evidence)
        reads.append(read)
    grid = make_grid(*strands, reference, SETTINGS)
    rows = tuple(
        dataclasses.replace(row, flags=row.flags + annotate(row, reference))
        for row in call_bases(grid, reference, SETTINGS)
    )
    codons = judge_codons(grid, rows, reference, SETTINGS)
    return decide_status(reads, rows, codons, grid, reference, SETTINGS), codons


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


def test_wild_type_states_its_median_limit(abl1):
    """The message of a wild type says below which fraction nothing is excluded."""
    assert "below 18 % not excluded" in _verdict(abl1, {}, {}).message


@pytest.mark.parametrize(
    ("shares", "code", "words"),
    [((0.6, 0.3), "COMPOUND_UNDETERMINED", ""), ((0.9, 0.3), "COMPOUND_AT_LEAST", "20 %")],
)
def test_sum_rule(abl1, shares, code, words):
    """Two codons above 1 together: at least the excess carries both; else not decidable."""
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
        (0.59, Abl1Status.WILD_TYPE, CodonStatus.NOT_ASSESSED, None),
        (0.45, Abl1Status.WILD_TYPE, CodonStatus.NOT_ASSESSED, None),
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
