"""The second simulator of ABL1 reads does what it says: signal, files, disguises and truth."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import parasail
import pytest

from der22.formats.trace import parse_trace
from der22.results.sanger import CodonRow, VariantRow
from der22.words import CodonStatus, Tier
from sanger.bench.attack import attack, table
from sanger.bench.basecaller import call_bases
from sanger.bench.catalogue import any_named, any_other, draw_lab, mixed, read_chemistry
from sanger.bench.chemistry import Blob, Chemistry, Signal, expose, homopolymer_ends
from sanger.bench.files import DISGUISES, FileStyle, TraceFile, disguise, write_trace
from sanger.bench.judge import Found, Score, judge, outcome_of
from sanger.bench.kinds import KINDS
from sanger.bench.molecules import (
    FORWARD,
    HOT_SPOTS,
    PRODUCTS,
    REVERSE,
    SPLICE_FORMS,
    Allele,
    Edit,
    apply_edits,
    coding_sequence,
    codon_changes,
    describe,
    named_changes,
    reverse_complement,
    right_aligned,
    substitution,
    template,
)
from sanger.bench.runs import ReadPlan, SamplePlan, Truth, build_run, truth_of

BASES = "ACGT"
T315I = substitution(944, "T")
#: nothing that hides a share: no ghosts, echoes, scatter
CLEAN = Chemistry(
    ghosts=0.0, echo_before=0.0, echo_after=0.0, scatter=0.0, share_sd=0.0, noise_rfu=0.0
)


def _rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def _signal(
    alleles: tuple[Allele, ...], direction: str, chemistry: Chemistry, seed: int = 1
) -> Signal:
    templates = [template(one, PRODUCTS[0], direction) for one in alleles]
    return expose(templates, chemistry, _rng(seed), is_forward=direction == FORWARD)


def _peaks(signal: Signal, place: int, direction: str, reach: int = 2) -> np.ndarray:
    """Return the four signals around a c. position of a wild-type read, shape (4, points).

    Channels are in reference orientation.
    """
    positions = template(Allele(1.0), PRODUCTS[0], direction)
    at = int(np.flatnonzero(positions.positions == place)[0]) - positions.start
    point = round(float(signal.times[at]))
    found = signal.channels[:, point - reach : point + reach + 1]
    return found if direction == FORWARD else found[::-1]


def _heights(signal: Signal, place: int, direction: str) -> np.ndarray:
    """Return the four heights at a c. position of a wild-type read."""
    return _peaks(signal, place, direction).max(axis=1)


def _errors(letters: str, truth: str) -> int:
    """Return the differences over the stretch of `truth` from its base 40 to 100 before its end."""
    matrix = parasail.matrix_create(BASES, 3, -5)
    aligned = parasail.sg_trace_striped_16(letters, truth, 10, 2, matrix).traceback
    at = wrong = 0
    for call, base in zip(aligned.query, aligned.ref, strict=True):
        wrong += call != base and 40 <= at < len(truth) - 100
        at += base != "-"
    return wrong


# --- molecules ---


@pytest.mark.parametrize(
    ("edit", "name"),
    [
        (T315I, "c.944C>T"),
        (SPLICE_FORMS["exon7del"], "c.1086_1270del"),
        (SPLICE_FORMS["exon4part"], "c.742_822del"),
        (Edit(943, 944, "TT"), "c.943_944delinsTT"),
        (Edit(1071, 1071), "c.1073del"),
        (Edit(1071, 1070, "A"), "c.1073dup"),
        (Edit(944, 943, "GGTGGT"), "c.943_944insGGTGGT"),
    ],
)
def test_names_follow_the_three_prime_rule(edit: Edit, name: str) -> None:
    """Substitutions, deletions, duplications and insertions are named as far 3' as they go."""
    assert describe(edit) == name


@pytest.mark.parametrize("seed", range(40))
def test_a_name_keeps_the_molecule(seed: int) -> None:
    """The change moved 3' gives the same bases, and no further move would."""
    rng = _rng(seed)
    first, size = int(rng.integers(700, 1300)), int(rng.integers(1, 40))
    inserted = "".join(rng.choice(list(BASES), size))
    edit = Edit(first, first + size - 1) if seed % 2 else Edit(first, first - 1, inserted)
    moved = right_aligned(edit)
    assert apply_edits([edit])[0] == apply_edits([moved])[0]
    assert right_aligned(moved) == moved
    assert moved.first >= edit.first


def test_named_changes_lie_on_the_reference() -> None:
    """T315I is c.944C>T and every named change replaces another base."""
    assert named_changes()["T315I"] == (T315I,)
    assert len(named_changes()) > 80
    assert all(e.ref != e.inserted for edits in named_changes().values() for e in edits)


def test_changes_of_one_codon_and_molecule_are_one_more_change() -> None:
    """Two bases of codon 315 together are a third change; another codon's stay apart."""
    found = codon_changes([T315I, substitution(943, "C"), substitution(1075, "G")])
    assert Edit(943, 944, "CT") in found
    assert len(found) == 4


def test_strands_show_the_same_molecule() -> None:
    """The two reads of an allele are reverse complements of one another inside the primers."""
    allele = Allele(1.0, (T315I, Edit(1100, 1099, "GATTACA")))
    forward, reverse = (template(allele, PRODUCTS[0], d) for d in (FORWARD, REVERSE))
    assert forward.sequence == reverse_complement(reverse.sequence)
    assert np.array_equal(forward.positions, reverse.positions[::-1])
    assert len(forward.sequence) == 863 + 7
    assert (forward.positions == 0).sum() == 7


# --- signal ---


@pytest.mark.parametrize("direction", [FORWARD, REVERSE])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_a_share_shows_in_the_peaks(direction: str, share: float) -> None:
    """Between pure reads of either allele, both areas of a mixture lie as far as their shares."""
    wild, pure, mix = (
        _peaks(_signal(alleles, direction, CLEAN), 944, direction, 7).sum(axis=1)
        for alleles in ((Allele(1.0),), mixed(1.0, T315I), mixed(share, T315I))
    )
    moved = (mix - wild) / np.where(np.isin(range(4), (1, 3)), pure - wild, 1.0)
    assert moved[3] == pytest.approx(share, abs=0.02)
    assert moved[1] == pytest.approx(share, abs=0.02)


def test_a_change_moves_the_heights_behind_it() -> None:
    """Peaks before a substitution are the same, some of the four behind it are not."""
    wild, pure = (
        _signal(alleles, FORWARD, CLEAN) for alleles in ((Allele(1.0),), mixed(1.0, T315I))
    )
    ratios = [
        _heights(pure, place, FORWARD).max() / _heights(wild, place, FORWARD).max()
        for place in range(938, 949)
    ]
    assert np.allclose(ratios[:5], 1.0, atol=0.03)
    assert max(abs(math.log(ratio)) for ratio in ratios[7:]) > 0.05


def test_two_lengths_are_double_behind_the_break_only() -> None:
    """Half of the molecules without exon 7: one sequence up to c.1085, two behind it."""
    signal = _signal(mixed(0.5, SPLICE_FORMS["exon7del"]), FORWARD, CLEAN)

    def mean_second(first: int, last: int) -> float:
        heights = np.array([_heights(signal, place, FORWARD) for place in range(first, last)])
        return float(np.mean(np.sort(heights / heights.sum(axis=1, keepdims=True))[:, 2]))

    assert mean_second(950, 1080) < 0.03
    assert mean_second(1095, 1220) > 0.15


def test_ghosts_are_as_on_public_reads() -> None:
    """Largest secondary share of sound reads: median 0.02-0.045, 95 % 0.06-0.13, nt 290-580."""
    shares = []
    for seed in range(6):
        signal = _signal((Allele(1.0),), FORWARD, Chemistry(site=seed), seed)
        heights = np.array([_heights(signal, place, FORWARD) for place in range(950, 1240)])
        shares += list(np.sort(heights / heights.sum(axis=1, keepdims=True))[:, 2])
    middle, high = np.quantile(shares, [0.5, 0.95])
    assert 0.02 < middle < 0.045
    assert 0.06 < high < 0.13


def test_two_strands_agree_as_rarely_as_on_public_pairs() -> None:
    """Over sound laboratories the rates of secondary shares are those of public pairs.

    Measured on public pairs, share of places: one strand over 0.10 5.8 %, over 0.20 1.2 %; both
    strands with the same base over 0.05 3.5 %, over 0.10 0.18 %.
    """
    one, both = [], []
    for seed in range(24):
        lab = draw_lab(_rng(1000 + seed))
        shares = []
        for direction in (FORWARD, REVERSE):
            molecule = template(Allele(1.0), PRODUCTS[0], direction)
            chemistry, rng = read_chemistry(lab, _rng(seed)), _rng(seed + (direction == FORWARD))
            signal = expose([molecule], chemistry, rng, is_forward=direction == FORWARD)
            points = np.rint(signal.times[: len(molecule.sequence) - molecule.start]).astype(int)
            heights = signal.channels[:, points]
            own = [BASES.index(base) for base in molecule.sequence[molecule.start :]]
            share = heights / heights.sum(axis=0)
            share[own, np.arange(len(own))] = 0.0
            share = share if direction == FORWARD else share[::-1]
            places = molecule.positions[molecule.start :]
            full = np.zeros((4, 1600))
            full[:, places] = share
            shares.append(full[:, 800:1360])
        one.append(shares[0].max(axis=0))
        both.append(np.minimum(*shares).max(axis=0))
    assert 0.03 < np.mean(np.concatenate(one) > 0.10) < 0.10
    assert 0.004 < np.mean(np.concatenate(one) > 0.20) < 0.03
    assert 0.02 < np.mean(np.concatenate(both) > 0.05) < 0.06
    assert 0.0005 < np.mean(np.concatenate(both) > 0.10) < 0.005


def test_heights_follow_the_base_before() -> None:
    """G behind A is half as tall as G behind T (mean of public control traces: 0.70, 1.41)."""
    sequence = coding_sequence()
    signal = _signal((Allele(1.0),), FORWARD, replace(CLEAN, decay_nt=1e6))
    found: dict[str, list[float]] = {"A": [], "T": []}
    for place in range(800, 1300):
        if sequence[place - 1] == "G" and sequence[place - 2] in found:
            found[sequence[place - 2]].append(float(_heights(signal, place, FORWARD)[2]))
    assert 0.35 < np.mean(found["A"]) / np.mean(found["T"]) < 0.75


def test_strands_share_some_ghosts() -> None:
    """Over many reads of a run the strands agree on where ghosts of a base of the gene are."""
    sequence = coding_sequence()
    means = []
    for direction in (FORWARD, REVERSE):
        total = np.zeros((4, 290))
        for seed in range(8):
            signal = _signal((Allele(1.0),), direction, Chemistry(site=3, echo_before=0.0), seed)
            total += np.array([_heights(signal, place, direction) for place in range(950, 1240)]).T
        means.append(total)
    beside = [
        np.array([sequence[p - 2 : p + 1].count(base) for p in range(950, 1240)]) for base in BASES
    ]
    is_far = np.array(beside) == 0
    assert np.corrcoef(np.log(means[0][is_far]), np.log(means[1][is_far]))[0, 1] > 0.2


def test_flat_peaks_background_and_lost_ends() -> None:
    """A ceiling cuts peaks, a background lifts every point, a lost read ends in background."""
    flat = _signal((Allele(1.0),), FORWARD, Chemistry(ceiling=0.5, height_rfu=1000))
    assert flat.channels.max() < 560
    level = ((0.2,) * 4, (0.2,) * 4)
    lifted = _signal((Allele(1.0),), FORWARD, Chemistry(background=level, height_rfu=1000))
    assert np.quantile(lifted.channels, 0.05) > 80
    lost = _signal((Allele(1.0),), FORWARD, Chemistry(end_nt=300))
    assert _heights(lost, 1300, FORWARD).max() < 0.05 * _heights(lost, 800, FORWARD).max()


def test_an_echo_before_shows_the_next_base() -> None:
    """A primer short of its first base shows each base one place early, with its share."""
    sequence = coding_sequence()
    signal = _signal((Allele(1.0),), FORWARD, replace(CLEAN, echo_before=0.2))
    found = []
    for place in range(800, 1000):
        here, coming, before = (sequence[place - 1 + i] for i in (0, 1, -1))
        if len({here, coming, before}) == 3:
            heights = _heights(signal, place, FORWARD)
            found.append([heights[BASES.index(base)] / heights.sum() for base in (coming, before)])
    early, late = np.median(found, axis=0)
    assert early == pytest.approx(0.2, abs=0.05)
    assert late < 0.03


def test_slippage_doubles_what_lies_behind_a_run() -> None:
    """Behind CCCCC of c.686 a second sequence one base ahead begins, before it there is none."""
    signal = _signal((Allele(1.0),), FORWARD, replace(CLEAN, slip=0.3))

    def ratio(first: int, last: int) -> float:
        heights = [np.sort(_heights(signal, place, FORWARD)) for place in range(first, last)]
        return float(np.median([two[2] / two[3] for two in heights]))

    assert coding_sequence()[684:691] == "TCCCCCA"
    assert ratio(678, 686) < 0.15
    assert ratio(692, 745) > 0.25


@pytest.mark.parametrize(("source", "target"), [(0, 2), (2, 0), (3, 1)])
def test_a_channel_shows_in_another(source: int, target: int) -> None:
    """Pull-up adds the named share of the source, and nothing the other way."""
    bleed = np.zeros((4, 4))
    bleed[source, target] = 0.1
    matrix = tuple(tuple(float(x) for x in row) for row in bleed)
    plain = _signal((Allele(1.0),), FORWARD, CLEAN)
    pulled = _signal((Allele(1.0),), FORWARD, replace(CLEAN, pull_up=matrix))
    added = pulled.channels - plain.channels
    base = plain.channels[source] - plain.channels[source].min()
    assert np.corrcoef(added[target], base)[0, 1] > 0.999
    assert np.abs(np.delete(added, target, axis=0)).max() < 1e-6


def test_a_blob_lies_where_it_is_put() -> None:
    """A dye blob lifts its own channel around its place and no other."""
    plain = _signal((Allele(1.0),), FORWARD, CLEAN)
    drop = replace(CLEAN, blobs=(Blob(90.0, 0.8, 2.0, "T"),))
    added = _signal((Allele(1.0),), FORWARD, drop).channels - plain.channels
    assert added[3].max() == pytest.approx(0.8 * CLEAN.height_rfu, rel=0.02)
    assert abs(int(added[3].argmax()) - plain.times[90]) < 3
    assert np.abs(added[:3]).max() < 1e-6


def test_homopolymer_ends() -> None:
    """Runs of five and more count, at the end of the sequence too."""
    assert homopolymer_ends("AAAAACGGGGTTTTT") == [5, 15]


# --- basecaller and files ---


@pytest.mark.parametrize("direction", [FORWARD, REVERSE])
def test_sound_reads_are_called_right(direction: str) -> None:
    """At most three wrong calls in the good 700 bases of a sound read."""
    one = template(Allele(1.0), PRODUCTS[0], direction)
    for seed in range(1, 4):
        lab = draw_lab(_rng(seed))
        chemistry = read_chemistry(lab, _rng(seed + 50))
        signal = expose([one], chemistry, _rng(seed), is_forward=direction == FORWARD)
        calls = call_bases(signal.channels, chemistry.spacing)
        assert _errors(calls.letters, one.sequence[one.start :]) <= 3
        assert np.all(np.diff(calls.positions) > 0)
        assert np.median(calls.qualities[50:500]) > 35


def _trace(share: float = 0.5) -> TraceFile:
    chemistry = read_chemistry(draw_lab(_rng(3)), _rng(4))
    channels = np.rint(_signal(mixed(share, T315I), FORWARD, chemistry).channels)
    return TraceFile(channels, call_bases(channels, chemistry.spacing))


@pytest.mark.parametrize(
    "style",
    [
        FileStyle(),
        FileStyle(order="ACGT", sets="2"),
        FileStyle(sets="1"),
        FileStyle(kind="scf", version=2),
        FileStyle(kind="scf", version=3),
    ],
)
def test_files_hold_the_trace(style: FileStyle, tmp_path: Path) -> None:
    """Channels, letters, positions and qualities come back from each kind of file."""
    trace = _trace()
    path = tmp_path / "file"
    write_trace(path, trace, style)
    found = parse_trace(path.read_bytes(), "file")
    assert np.array_equal(found.channels, trace.channels)
    assert found.calls == trace.calls.letters
    assert np.array_equal(found.positions, trace.calls.positions)
    assert found.qualities is not None
    assert np.array_equal(found.qualities, trace.calls.qualities)


def test_edited_letters_are_in_the_other_set(tmp_path: Path) -> None:
    """The basecaller's set stays, the person's set differs where it was edited."""
    trace = _trace()
    other = "A" if trace.calls.letters[100] != "A" else "C"
    write_trace(tmp_path / "f", trace, FileStyle(edited=((100, other),)))
    content = (tmp_path / "f").read_bytes()
    assert parse_trace(content, "f").calls == trace.calls.letters
    assert parse_trace(content, "f", "edited").calls[100] == other


@pytest.mark.parametrize(("word", "values"), [("constant", {20}), ("zero_one", {0, 1})])
def test_qualities_that_are_none(word: str, values: set[int], tmp_path: Path) -> None:
    """A file may hold one value throughout, or noughts and ones."""
    write_trace(tmp_path / "f", _trace(), FileStyle(kind="scf", qualities=word))
    found = parse_trace((tmp_path / "f").read_bytes(), "f")
    assert found.qualities is None or set(found.qualities.tolist()) <= values


def test_a_stray_byte_stands_in_one_call(tmp_path: Path) -> None:
    """One letter of the basecaller's set is no letter; all others keep their places."""
    trace = _trace()
    write_trace(tmp_path / "f", trace, FileStyle(sets="2", stray_byte=120))
    content = (tmp_path / "f").read_bytes()
    letters = trace.calls.letters.encode()
    assert letters[:120] + b"\x95" + letters[121:] in content


@pytest.mark.parametrize("version", [2, 3])
def test_signed_samples_lie_below_zero(version: int, tmp_path: Path) -> None:
    """Where a channel is zero a signed file holds -4, as 65532; all else is the signal."""
    plain = _trace()
    trace = TraceFile(np.maximum(plain.channels - 30, 0), plain.calls)
    write_trace(tmp_path / "f", trace, FileStyle(kind="scf", version=version, signed=True))
    content = (tmp_path / "f").read_bytes()
    n = trace.channels.shape[1]
    values = np.frombuffer(content[128 : 128 + 8 * n], dtype=">u2").astype(np.int64)
    if version == 2:
        values = values.reshape(n, 4).T
    else:
        values = np.cumsum(np.cumsum(values.reshape(4, n), axis=1), axis=1) % 65536
    is_zero = trace.channels == 0
    assert is_zero.any()
    assert set(values[is_zero].tolist()) == {65532}
    assert np.array_equal(values[~is_zero], trace.channels[~is_zero])


@pytest.mark.parametrize("word", sorted(DISGUISES))
def test_a_disguise_is_the_same_signal(word: str) -> None:
    """Shares at the calls of a disguised copy are those of the original, call by call."""
    trace = _trace()
    copy = disguise(trace, (word,), _rng(9))
    letters, channels, positions = copy.calls.letters, copy.channels, copy.calls.positions
    if word == "reversed":
        assert letters != trace.calls.letters
        letters, channels = reverse_complement(letters), channels[::-1, ::-1]
        positions = copy.channels.shape[1] - 1 - positions[::-1]
    start = trace.calls.letters.index(letters[:60])
    assert trace.calls.letters[start : start + len(letters)] == letters
    original = trace.channels[:, trace.calls.positions[start : start + len(letters)]]
    own = channels[:, positions]
    if word == "rebalanced":
        # each channel by its own factor
        factors = (own.sum(axis=1) / original.sum(axis=1))[:, None]
        own = own / factors
    shares = [np.sort(h / np.maximum(h.sum(axis=0), 1))[2][40:600] for h in (original, own)]
    assert np.corrcoef(shares[0], shares[1])[0, 1] > 0.97


def test_true_repeats_are_no_copies() -> None:
    """Secondary shares of two capillaries of one molecule agree far less than those of a copy."""
    shares = []
    for seed in (1, 2):
        signal = _signal((Allele(1.0),), FORWARD, Chemistry(site=5), seed)
        heights = np.array([_heights(signal, place, FORWARD) for place in range(850, 1250)])
        shares.append(np.sort(heights / heights.sum(axis=1, keepdims=True))[:, 2])
    assert 0.1 < np.corrcoef(shares[0], shares[1])[0, 1] < 0.8


# --- truth ---


@pytest.mark.parametrize(
    ("alleles", "right"),
    [
        ((Allele(1.0),), {"wild_type"}),
        (mixed(0.29, T315I), {"mutated", "possible"}),
        (mixed(0.3, T315I), {"mutated"}),
        (mixed(1.0, Edit(900, 929)), {"mutated"}),
        (mixed(0.5, SPLICE_FORMS["35INS"]), {"possible", "not_evaluable"}),
        (mixed(1.0, SPLICE_FORMS["exon7del"]), {"possible", "not_evaluable"}),
    ],
)
def test_due_status_follows_the_alleles(alleles: tuple[Allele, ...], right: set[str]) -> None:
    """At 0.3 a change is due as mutated; a splice form is neither wild type nor mutated."""
    assert truth_of(alleles).right == right


def test_shares_of_changes_and_of_pairs() -> None:
    """A change has the share of all alleles that carry it, a pair that of those with both."""
    other = substitution(1075, "G")
    alleles = (Allele(0.2), Allele(0.5, (T315I, other)), Allele(0.3, (T315I,)))
    truth = truth_of(alleles)
    assert truth.changes[T315I] == pytest.approx(0.8)
    assert truth.changes[other] == pytest.approx(0.5)
    assert truth.compound == pytest.approx(0.5)
    apart = truth_of((Allele(0.5, (T315I,)), Allele(0.5, (other,))))
    assert apart.compound == 0.0


def _row(position: int, ref: str, alt: str, hgvs: str, tier: Tier, fraction: float) -> VariantRow:
    return VariantRow(
        patient_id="P", sample_id="S", day=0, position_c=position, ref=ref, alt=alt, hgvs_c=hgvs,
        hgvs_p="", mutation="", codon=315, tier=tier, fraction=fraction,
        fraction_low=fraction - 0.1, fraction_high=fraction + 0.1, forward_fraction=fraction,
        reverse_fraction=fraction, noise_floor=0.03, codes=(),
    )  # fmt: skip


def _found(status: str, *rows: VariantRow, codes: tuple[str, ...] = (), limit: float = 0.2,
           messages: dict[str, str] | None = None) -> Found:  # fmt: skip
    codon = CodonRow(
        sample_id="S", codon=315, residue="T", status=CodonStatus.NOT_DETECTED,
        limit_of_detection=limit, forward_usable=True, reverse_usable=True,
    )  # fmt: skip
    return Found(status, rows, [codon], frozenset(codes), messages or {}, "")


_T315I_ROW = _row(944, "C", "T", "NM_005157.6:c.944C>T", Tier.DETECTED, 0.5)
_STRANGE = _row(1075, "T", "G", "NM_005157.6:c.1075T>G", Tier.DETECTED, 0.2)


@pytest.mark.parametrize(
    ("found", "truth", "outcome"),
    [
        (_found("wild_type"), truth_of((Allele(1.0),)), "right"),
        (_found("possible"), truth_of((Allele(1.0),)), "hedged"),
        (_found("mutated", _STRANGE), truth_of((Allele(1.0),)), "silent"),
        (_found("mutated", _STRANGE, codes=("X",)), truth_of((Allele(1.0),)), "told"),
        (_found("mutated", _T315I_ROW), truth_of(mixed(0.5, T315I)), "right"),
        (_found("mutated", _STRANGE), truth_of(mixed(0.5, T315I)), "silent"),
        (_found("wild_type"), truth_of(mixed(0.19, T315I)), "said"),
        (_found("wild_type"), truth_of(mixed(0.21, T315I)), "silent"),
        (_found("wild_type", codes=("X",)), truth_of(mixed(0.21, T315I)), "told"),
        (_found("wild_type", codes=("Y",)), truth_of(mixed(0.21, T315I)), "silent"),
        (_found("wild_type"), truth_of(mixed(0.1, Edit(900, 910))), "silent"),
        (_found("wild_type"), truth_of((), ("wild_type",), (), ("Z",)), "silent"),
        (_found("wild_type", codes=("Z",)), truth_of((), ("wild_type",), (), ("Z",)), "right"),
    ],
)
def test_outcomes(found: Found, truth: Truth, outcome: str) -> None:
    """Wrong is silent unless a code that concerns it stands or the limit covers the miss."""
    assert outcome_of(found, truth, {"X"}) == outcome


def test_rows_are_held_against_the_molecules() -> None:
    """A true row counts with its error, a strange one and an impossible haplotype as false."""
    truth = truth_of((Allele(0.4), Allele(0.4, (T315I,)), Allele(0.2, (substitution(943, "G"),))))
    both = _row(943, "AC", "GT", "NM_005157.6:c.943_944delinsGT", Tier.POSSIBLE, 0.3)
    score = Score("any")
    judge(_found("mutated", _T315I_ROW, _STRANGE, both), truth, (), score, "S")
    assert score.errors == [pytest.approx(0.1)]
    assert score.covered == 1
    assert score.tiers == {"detected": 1, "missed": 1}
    assert score.false_named == {"detected": 1}
    assert score.false_haplotypes == 1


@pytest.mark.parametrize(("percent", "false", "true"), [(30, 0, 1), (60, 1, 0)])
def test_compound_claims_are_held_against_the_pairs(percent: int, false: int, true: int) -> None:
    """A claim of more than any molecule carries is false."""
    truth = truth_of((Allele(0.5, (T315I, substitution(1075, "G"))), Allele(0.5, (T315I,))))
    said = {"COMPOUND_AT_LEAST": f"At least {percent} % of the transcript carry both."}
    score = Score("any")
    judge(_found("mutated", _T315I_ROW, messages=said), truth, (), score, "S")
    assert (score.false_compounds, score.compounds) == (false, true)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("c.1086_1270del", "exact"),
        ("c.1090_1274del", "named"),
        ("c.1086_1269del", "flagged"),
        ("c.944C>T", "missed"),
    ],
)
def test_length_rows_are_held_against_the_molecules(name: str, word: str) -> None:
    """Exact is the same molecule, named the same size near it; another size is a flag only."""
    row = _row(1086, "C", "T" if ">" in name else "<DEL>", name, Tier.POSSIBLE, 0.5)
    score = Score("any")
    judge(_found("possible", row), truth_of(mixed(0.4, SPLICE_FORMS["exon7del"])), (), score, "S")
    assert score.lengths == {word: 1}


# --- kinds ---


def test_a_seed_is_a_run() -> None:
    """The same seed gives the same channels, another one others, whatever came before."""
    kind = KINDS["named_20"]
    first, again, other = kind.make(4, 0), kind.make(4, 0), kind.make(5, 0)
    for sample_id, reads in first.reads.items():
        for one, same in zip(reads, again.reads[sample_id], strict=True):
            assert np.array_equal(one.trace.channels, same.trace.channels)
    assert first.truths == again.truths
    assert first.truths != other.truths


def test_every_kind_means_something_of_its_own() -> None:
    """Each kind has a sentence, and no two the same."""
    meanings = [kind.meaning for kind in KINDS.values()]
    assert len(set(meanings)) == len(meanings) > 40
    assert all(meaning.endswith(".") for meaning in meanings)


@pytest.mark.parametrize("n", [0, 1, 4])
def test_controls_are_as_many_as_asked_for(n: int) -> None:
    """Each pair of controls has a read of either strand."""
    run = KINDS["harmless"].make(2, n)
    own = [reads for sample, reads in zip(run.samples, run.reads.values(), strict=True)
           if sample.is_control]  # fmt: skip
    assert len(own) == n
    assert all({r.plan.direction for r in reads} == {FORWARD, REVERSE} for reads in own)


def test_a_second_product_doubles_one_read() -> None:
    """The kind of second priming has reads with a large second sequence, and only there."""
    run = KINDS["second_priming"].make(1, 0)
    doubled: dict[bool, list[float]] = {True: [], False: []}
    for reads in run.reads.values():
        for read in reads:
            heights = read.trace.channels[:, read.trace.calls.positions[60:140]]
            second = np.sort(heights / np.maximum(heights.sum(axis=0), 1), axis=0)[2]
            doubled[read.plan.alien is not None].append(float(np.quantile(second, 0.6)))
    assert min(doubled[True]) > max(doubled[False]) * 0.8
    assert np.mean(doubled[True]) > 2 * np.mean(doubled[False])


def test_a_second_product_takes_its_share() -> None:
    """At half of the signal for a strange product the C of the own one falls to a half."""

    def area_of_c(alien: tuple[float, str] | None) -> float:
        reads = (ReadPlan(FORWARD, CLEAN, alien=alien),)
        plan = SamplePlan("S0", reads, None)
        run = build_run("any", 1, _rng(), PRODUCTS[0], [plan])
        return float(run.reads["S0"][0].trace.channels[1].sum())

    assert area_of_c((0.5, "ATTGTA" * 130)) / area_of_c(None) == pytest.approx(0.5, abs=0.04)


def test_strands_of_two_persons_are_of_two_alleles() -> None:
    """Each read shows its own person, and the sheet calls them one sample."""
    run = KINDS["two_persons"].make(1, 0)
    plans = [sample.reads for sample in run.samples]
    assert all(one.alleles != other.alleles for one, other in plans)
    for reads in run.reads.values():
        for read in reads:
            assert read.plan.alleles is not None
            most = max(read.plan.alleles, key=lambda allele: allele.share)
            own = template(most, run.product, read.plan.direction)
            others = [template(Allele(1.0), run.product, read.plan.direction).sequence]
            for edit in most.edits:
                at = int(np.flatnonzero(own.positions == edit.first)[0])
                stretch = own.sequence[at - 6 : at + 7]
                assert stretch in read.trace.calls.letters
                assert stretch not in others[0]
    assert all(truth.right == {"not_evaluable"} for truth in run.truths.values())


def test_drawn_changes_decide_something() -> None:
    """No named or other change that is drawn is synonymous or K247R; others have no name."""
    rng = _rng()
    names = {edit for edits in named_changes().values() for edit in edits}
    drawn = [any_named(rng) for _ in range(300)]
    others = [any_other(rng) for _ in range(300)]
    assert {e.first for e in drawn}.isdisjoint({740, 1107})
    assert names >= set(drawn)
    assert names.isdisjoint(others)
    hot = {any_named(rng, hot=True).codon for _ in range(300)}
    assert hot <= set(HOT_SPOTS)


def test_two_patients_share_one_signal(tmp_path: Path) -> None:
    """The kind of equal traces files the same capillaries under two patients."""
    run = KINDS["same_trace"].make(1, 0)
    rows = run.write(tmp_path)
    assert len({row.patient_id for row in rows}) == 6
    one, other = run.reads["S0"][0].trace, run.reads["S1"][0].trace
    start = one.calls.letters.index(other.calls.letters[100:200]) - 100
    heights = [
        trace.channels[:, trace.calls.positions[first : first + 500]].max(axis=0)
        for trace, first in ((one, start + 60), (other, 60))
    ]
    assert np.std(np.log(heights[0] / heights[1])) < 0.02


def test_a_run_goes_through_the_product() -> None:
    """The runner judges every sample and prints a line of as many cells as heads."""
    score = attack(KINDS["named_100"], 6, controls=0)
    assert score.n == 6
    assert score.outcomes["right"] >= 3
    heads, cells = (line.split("\t") for line in table([score]))
    assert len(heads) == len(cells)
    assert coding_sequence()[943] == "C"
