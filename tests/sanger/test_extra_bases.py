"""A call or a base too many or too few: beside a change, on one strand, on both."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from der22.formats.trace import Trace, parse_trace
from der22.sanger.arrays import base_index
from der22.sanger.evidence.length import SharedGap, find_shared_gaps
from der22.sanger.reading.read import analyse_read
from der22.sanger.reading.signal import keep_calls
from der22.sanger.reading.usable import near_miscounts
from der22.sanger.records import AlignmentGap, SangerReadResult
from der22.sanger.sample import call_sample
from der22.sanger.settings import SangerSettings
from der22.simulate.molecules import Molecule, Substitution, mutation_change
from der22.words import Abl1Status, CodonStatus, Tier
from simulate.sanger_sample import simulate_sanger_sample

SETTINGS = SangerSettings()


def traces(folder, *mixture) -> list[Trace]:
    """Return the forward and the reverse trace of a simulated mixture."""
    written = simulate_sanger_sample("s", mixture, 5, 17, folder)
    return [parse_trace(read.path.read_bytes(), read.path.name) for read in written]


def analysed(both, abl1) -> list[SangerReadResult]:
    """Return both reads analysed."""
    return [analyse_read(trace.name, trace, abl1, SETTINGS) for trace in both]


def mutation(name: str, fraction: float) -> Molecule:
    """Return a molecule with one named mutation."""
    return Molecule(fraction, changes=(Substitution(*mutation_change(name)),))


def with_call(trace: Trace, place: int, letter: str, position: int) -> Trace:
    """Return a trace with one call more."""
    calls = trace.calls[:place] + letter + trace.calls[place:]
    return dataclasses.replace(
        trace,
        calls=calls,
        positions=np.insert(trace.positions, place, position),
        qualities=np.insert(trace.qualities, place, 9),
    )


def test_of_squeezed_calls_side_by_side_one_goes(tmp_path) -> None:
    """A call put between two others takes neither of them with it."""
    forward, _ = traces(tmp_path)
    place = 400
    before, after = forward.positions[place - 1 : place + 1]
    kept = keep_calls(with_call(forward, place, "N", int(before + after) // 2), SETTINGS)
    assert kept.positions.size == keep_calls(forward, SETTINGS).positions.size


@pytest.mark.parametrize("beside", [0, 1, 2])
def test_a_call_too_many_hides_no_change(tmp_path, abl1, beside) -> None:
    """E459K at half, with an uncalled base squeezed in beside it: still detected."""
    both = traces(tmp_path, mutation("E459K", 0.5))
    read = analysed(both, abl1)[0]
    call = int(read.placement.call_index[read.peaks[1375 - abl1.window_first]]) + beside
    middle = int(both[0].positions[call - 1 : call + 1].mean())
    both[0] = with_call(both[0], call, "N", middle)
    called = call_sample(analysed(both, abl1), (), abl1, SETTINGS)
    assert ("E459K", Tier.DETECTED) in [(row.mutation, row.tier) for row in called.variants]


def without_call(trace: Trace, place: int) -> Trace:
    """Return a trace with one call less."""
    return dataclasses.replace(
        trace,
        calls=trace.calls[:place] + trace.calls[place + 1 :],
        positions=np.delete(trace.positions, place),
        qualities=np.delete(trace.qualities, place),
    )


@pytest.mark.parametrize("beside", [-1, 0, 1])
@pytest.mark.parametrize("strand", [0, 1])
@pytest.mark.parametrize("name", ["F317V", "L273M", "G250R", "F359V", "E459K", "T315I"])
def test_a_call_too_few_hides_no_change(tmp_path, abl1, name, strand, beside) -> None:
    """A call is missing at the change or beside it, in one of two reads: the change is a row.

    With that read alone it is a row, or its codon is not called free of changes.
    """
    both = traces(tmp_path, mutation(name, 1.0))
    position = mutation_change(name)[0]
    read = analysed(both, abl1)[strand]
    call = int(read.placement.call_index[read.peaks[position - abl1.window_first]])
    both[strand] = without_call(both[strand], call + beside)
    reads = analysed(both, abl1)
    called = call_sample(reads, (), abl1, SETTINGS)
    assert name in [row.mutation for row in called.variants]
    alone = call_sample([reads[strand]], (), abl1, SETTINGS)
    codon = next(v for v in alone.codons if v.codon == int(name[1:-1]))
    assert codon.status is not CodonStatus.NOT_DETECTED


@pytest.mark.parametrize(
    ("size", "near"),
    [(-1, "AAAAAAA"), (1, "AAAAAAA"), (-3, "AAAAAAA")],
)
def test_bases_near_a_miscount(size, near) -> None:
    """Three bases around the gap and the run of equal bases it lies in, and no more."""
    window = base_index("CGTCGTCGTC" + "A" * len(near) + "TGCTGCTGCT")
    gap = AlignmentGap(size, 10 + len(near) // 2)
    found = np.flatnonzero(near_miscounts([gap], window, SETTINGS.misplaced_nt))
    assert (found[0], found[-1]) == (7, 10 + len(near) + 2)
    assert found.size == found[-1] - found[0] + 1
    assert not near_miscounts([], window, 3).any()


def with_gap(read: SangerReadResult, size: int, at: int) -> SangerReadResult:
    """Return a read whose alignment has one short gap more."""
    gaps = (*read.placement.short_gaps, AlignmentGap(size, at))
    return dataclasses.replace(read, placement=dataclasses.replace(read.placement, short_gaps=gaps))


@pytest.mark.parametrize(
    ("forward", "reverse", "shared"),
    [
        ((-1, 400), (-1, 400), True),
        ((-3, 400), (-3, 412), True),
        ((2, 400), (2, 395), True),
        ((-1, 400), (-1, 413), False),
        ((-1, 400), (1, 400), False),
        ((-1, 400), (-2, 400), False),
    ],
)
def test_a_gap_on_both_strands_is_no_wild_type(tmp_path, abl1, forward, reverse, shared) -> None:
    """Equal length at one place on both strands: not evaluable; else it is a miscounted peak."""
    one, other = analysed(traces(tmp_path), abl1)
    reads = [with_gap(one, *forward), with_gap(other, *reverse)]
    called = call_sample(reads, (), abl1, SETTINGS)
    codes = {item.code for item in called.flags}
    assert bool(find_shared_gaps(reads, SETTINGS)) is shared
    assert ("LENGTH_DIFFERS" in codes) is shared
    assert (called.status is Abl1Status.NOT_EVALUABLE) is shared
    codon = (abl1.window_first + 400 + 2) // 3
    verdict = next(item for item in called.codons if item.codon == codon)
    assert (str(verdict.status) == "not_assessed") is shared


def test_a_shared_gap_hides_what_lies_between_both_places(tmp_path, abl1) -> None:
    """From the smaller place to the greater one, the missing bases and two more on either side."""
    one, other = analysed(traces(tmp_path), abl1)
    gaps = find_shared_gaps([with_gap(one, -3, 400), with_gap(other, -3, 412)], SETTINGS)
    assert gaps == (SharedGap(-3, 395, 417),)


def test_a_gap_where_nothing_can_be_used_is_no_evidence(tmp_path, abl1) -> None:
    """In the dirty start of one strand a call too few means nothing."""
    one, other = analysed(traces(tmp_path), abl1)
    at = int(np.flatnonzero(other.evidence.usable)[-1]) + 14
    assert not find_shared_gaps([with_gap(one, -1, at), with_gap(other, -1, at)], SETTINGS)


def test_a_mutation_on_one_strand_only_is_told(tmp_path, abl1) -> None:
    """M351T at half in the forward read, wild type in the reverse: no row, and a warning."""
    (tmp_path / "wt").mkdir()
    (tmp_path / "mut").mkdir()
    forward, _ = traces(tmp_path / "mut", mutation("M351T", 0.6))
    _, reverse = traces(tmp_path / "wt")
    called = call_sample(analysed([forward, reverse], abl1), (), abl1, SETTINGS)
    told = [item.message for item in called.own_flags if item.code == "STRANDS_DISAGREE"]
    assert len(told) == 1
    assert "M351T" in told[0]
    assert "M351T" not in [row.mutation for row in called.variants]


@pytest.mark.parametrize("fraction", [0.5, 0.55, 0.6])
def test_an_insertion_near_one_half_is_told(tmp_path, abl1, fraction) -> None:
    """The reverse read has 72 bases before the join: too short to serve, enough to say why."""
    both = traces(tmp_path, Molecule(fraction, event="35INS"))
    called = call_sample(analysed(both, abl1), (), abl1, SETTINGS)
    assert "DOUBLE_SEQUENCE" in {item.code for item in called.flags}
    assert "35INS" in {row.mutation for row in called.variants}


@pytest.mark.parametrize("fraction", [0.3, 0.4])
def test_a_polymorphism_hides_no_mutation(tmp_path, abl1, fraction) -> None:
    """K247R in all molecules is no noise: L248R, the same base three further on, is found."""
    polymorphism, change = (Substitution(*mutation_change(name)) for name in ("K247R", "L248R"))
    both = traces(
        tmp_path,
        Molecule(fraction, changes=(polymorphism, change)),
        Molecule(1.0 - fraction, changes=(polymorphism,)),
    )
    called = call_sample(analysed(both, abl1), (), abl1, SETTINGS)
    assert {"K247R", "L248R"} <= {row.mutation for row in called.variants}


@pytest.mark.parametrize("fraction", [0.4, 0.6, 0.8])
def test_the_share_of_an_insertion_is_that_of_its_molecules(tmp_path, abl1, fraction) -> None:
    """Also where it is the larger share and the alignment follows it."""
    both = traces(tmp_path, Molecule(fraction, event="35INS"))
    called = call_sample(analysed(both, abl1), (), abl1, SETTINGS)
    row = next(row for row in called.variants if row.mutation == "35INS")
    assert row.fraction_low <= fraction <= row.fraction_high
    assert row.fraction == pytest.approx(fraction, abs=0.2)
