"""One drawn read at a time: placing, heights, double sequence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from der22.formats.reference_folder import Reference
from der22.formats.trace import Trace
from der22.sanger.reading.double import find_collapse, find_minor_copy
from der22.sanger.reading.heights import deconvolve, local_maxima, share_of_alternatives
from der22.sanger.reading.pin import pin_peaks
from der22.sanger.reading.place import align_calls, make_target
from der22.sanger.reading.read import analyse_read
from der22.sanger.reading.signal import has_signal, keep_calls, remove_dye_blob
from der22.sanger.settings import SangerSettings
from der22.words import Direction, ReadStatus

SETTINGS = SangerSettings()
SPACING, SIGMA = 12, 3.5
COMPLEMENT = str.maketrans("ACGT", "TGCA")


def draw(peaks: list[dict[str, float]], noise: float = 0.0, seed: int = 0) -> Trace:
    """Draw a trace: one Gaussian per peak and base, heights as given; called as the highest."""
    n_points = SPACING * (len(peaks) + 4)
    channels = np.zeros((4, n_points))
    points = np.arange(n_points)
    positions = SPACING * (np.arange(len(peaks)) + 2)
    for at, peak in zip(positions, peaks, strict=True):
        for base, height in peak.items():
            near = slice(max(at - 25, 0), at + 26)
            shape = np.exp(-((points[near] - at) ** 2) / (2 * SIGMA**2))
            channels["ACGT".index(base), near] += height * shape
    channels += noise * np.random.default_rng(seed).random(channels.shape)
    return Trace(
        name="drawn",
        channels=channels,
        calls="".join(max(peak, key=peak.__getitem__) for peak in peaks),
        positions=positions.astype(np.int64),
        qualities=np.full(len(peaks), 45, dtype=np.int64),
    )


def pure(sequence: str, height: float = 1000.0) -> list[dict[str, float]]:
    """Return one clean peak per base."""
    return [{base: height} for base in sequence]


def turned(sequence: str) -> str:
    """Return the reverse complement."""
    return sequence.translate(COMPLEMENT)[::-1]


@pytest.fixture(scope="module")
def bare() -> Reference:
    """Four hundred random bases without a reading frame."""
    sequence = "".join(np.random.default_rng(4).choice(list("ACGT"), 400))
    return Reference("bare", sequence, is_coding=False, window_first=1, window_last=400)


@settings(max_examples=25, deadline=None)
@given(start=st.integers(0, 150), length=st.integers(150, 250), is_forward=st.booleans())
def test_a_piece_is_placed_where_it_was_cut(bare, start, length, is_forward):
    """Any piece of either strand lands where it was cut, base by base."""
    piece = bare.sequence[start : start + length]
    trace = draw(pure(piece if is_forward else turned(piece)))
    target = make_target(bare.window)
    calls = keep_calls(trace, SETTINGS)
    placed = pin_peaks(calls, target, align_calls(calls.bases, target, SETTINGS), SETTINGS)
    assert placed.direction is (Direction.FORWARD if is_forward else Direction.REVERSE)
    expected = np.arange(start, start + length)
    assert (placed.window_index == (expected if is_forward else expected[::-1])).all()


def test_a_merged_peak_moves_no_neighbour(bare):
    """Four A called as three are spread over the run; the bases beside it keep their peaks."""
    sequence = bare.sequence[:200] + "CAAAAC" + bare.sequence[206:]
    reference = Reference("run", sequence, is_coding=False, window_first=1, window_last=400)
    called = sequence[:201] + sequence[202:]
    trace = draw(pure(called))
    target = make_target(reference.window)
    calls = keep_calls(trace, SETTINGS)
    placed = pin_peaks(calls, target, align_calls(calls.bases, target, SETTINGS), SETTINGS)
    at = {
        int(base): int(scan)
        for base, scan in zip(placed.window_index, placed.positions, strict=True)
    }
    assert at[200] == trace.positions[200]
    assert at[205] == trace.positions[204]
    inside = [at[base] for base in range(200, 206)]
    assert np.diff(inside) == pytest.approx([SPACING * 4 / 5] * 5, abs=1)


def test_a_call_without_room_is_left_out(bare):
    """A spike called between two bases one base apart hides no change beside it."""
    at = 200
    other = next(base for base in "ACGT" if base not in bare.sequence[at - 2 : at + 3])
    sequence = bare.sequence[:at] + other + bare.sequence[at + 1 :]
    clean = draw(pure(sequence))
    squeezed = clean.positions[at + 2] + SPACING // 2
    trace = Trace(
        "spike",
        clean.channels,
        sequence[: at + 3] + "T" + sequence[at + 3 :],
        np.insert(clean.positions, at + 3, squeezed),
        np.full(401, 45, dtype=np.int64),
    )
    assert keep_calls(trace, SETTINGS).index.tolist() == [k for k in range(401) if k != at + 3]
    result = analyse_read("r", trace, bare, SETTINGS)
    assert result.evidence.shares["ACGT".index(other), at] == pytest.approx(1.0, abs=0.02)
    assert sum(n for n, step in result.placement.cigar if step in "MI") == 401


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_deconvolution_equals_least_squares(seed):
    """Coordinate descent gives what a general non-negative solver gives for the same Gaussians."""
    optimize = pytest.importorskip("scipy.optimize")
    rng = np.random.default_rng(seed)
    n = 25
    positions = np.cumsum(rng.integers(9, 15, n)) + 20
    sigmas = np.full(n, 3.8)
    points = np.arange(positions[-1] + 40)
    shapes = np.exp(-((points[:, None] - positions) ** 2) / (2 * sigmas**2))
    heights = rng.random((4, n)) * (rng.random((4, n)) < 0.5) * 1000
    channels = heights @ shapes.T
    fitted = deconvolve(channels, positions, sigmas, SETTINGS)
    for row in range(4):
        slow, _ = optimize.nnls(shapes, channels[row])
        assert fitted[row] == pytest.approx(slow, abs=25)


def test_local_maximum_is_true():
    """A rising or falling flank is no maximum; a flat top is one."""
    channels = np.zeros((4, 60))
    channels[0, 20:26] = [1, 5, 9, 9, 4, 1]
    channels[1, :] = np.arange(60)
    channels[2, 30:40] = [1, 2, 2, 3, 5, 3, 2, 2, 1, 0]
    highest = local_maxima(channels, np.array([22, 34, 46]))
    assert highest[0].tolist() == [9, 0, 0]
    assert highest[1].tolist() == [0, 0, 0]
    assert highest[2].tolist() == [0, 5, 0]


def test_pure_mutant_makes_no_third_base():
    """At a pure mutant the other bases are held against the mutant, not the missing reference."""
    heights = np.array([[4.0], [0.0], [3.0], [1000.0]])
    shares = share_of_alternatives(heights, np.array([1]), SETTINGS)
    assert shares[3, 0] == pytest.approx(1.0)
    assert shares[0, 0] == pytest.approx(0.004)
    assert np.isnan(shares[1, 0])


@pytest.mark.parametrize(
    ("heights", "shares"),
    [
        ((400.0, 200.0, 400.0, 0.0), (0.4, None, 0.4, 0.0)),  # both alternatives count
        ((400.0, 549.0, 105.0, 0.0), (400 / 1054, None, 105 / 1054, 0.0)),  # from a tenth on
        ((400.0, 600.0, 99.0, 0.0), (0.4, None, 0.099, 0.0)),  # less is noise and does not
        ((50.0, 950.0, 20.0, 0.0), (0.05, None, 0.02, 0.0)),  # the strongest always counts
    ],
)
def test_alternatives_share_one_denominator(heights, shares):
    """The reference and all alternatives above noise; at 40 % each of two is 40 %."""
    found = share_of_alternatives(np.array(heights)[:, None], np.array([1]), SETTINGS)[:, 0]
    wanted = [np.nan if share is None else share for share in shares]
    assert found == pytest.approx(wanted, nan_ok=True)


def test_peaks_tell_a_lost_base_from_a_missed_call(bare):
    """A lost base leaves even steps, a call that is missing leaves a hole."""
    target = make_target(bare.window)
    whole = draw(pure(bare.sequence))
    missed = np.delete(np.arange(400), 200)
    for trace, is_spaced in (
        (draw(pure(bare.sequence[:200] + bare.sequence[201:])), True),
        (
            Trace(
                "m",
                whole.channels,
                "".join(whole.calls[k] for k in missed),
                whole.positions[missed],
                whole.qualities[missed],
            ),
            False,
        ),
    ):
        calls = keep_calls(trace, SETTINGS)
        placed = pin_peaks(calls, target, align_calls(calls.bases, target, SETTINGS), SETTINGS)
        assert [gap.size_nt for gap in placed.short_gaps] == [-1]
        assert [gap.is_spaced for gap in placed.short_gaps] == [is_spaced]


@given(factor=st.floats(0.01, 50))
@settings(max_examples=15, deadline=None)
def test_shares_do_not_depend_on_brightness(bare, factor):
    """A read twice as bright has the same shares."""
    peaks = pure(bare.sequence)
    peaks[200] = dict.fromkeys("ACGT", 300.0) | {bare.sequence[200]: 700.0}
    trace = draw(peaks, noise=20)
    bright = Trace("b", trace.channels * factor, trace.calls, trace.positions, trace.qualities)
    one, two = (analyse_read("r", read, bare, SETTINGS) for read in (trace, bright))
    assert two.evidence.shares == pytest.approx(one.evidence.shares, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("fraction", [0.2, 0.5])
def test_a_mixture_has_its_fraction_on_both_strands(bare, fraction):
    """A drawn mixture gives its fraction from either side, at the same base and alternative."""
    at = 200
    ref = bare.sequence[at]
    alt = next(b for b in "ACGT" if b not in bare.sequence[at - 1 : at + 2])
    peaks = pure(bare.sequence)
    peaks[at] = {ref: 1000 * (1 - fraction), alt: 1000 * fraction}
    mirrored = [{b.translate(COMPLEMENT): h for b, h in p.items()} for p in reversed(peaks)]
    for read in (peaks, mirrored):
        result = analyse_read("r", draw(read, noise=5), bare, SETTINGS)
        assert result.evidence.shares["ACGT".index(alt), at] == pytest.approx(fraction, abs=0.03)


def test_blank_capillary_is_no_signal():
    """Noise without peaks has no signal; the same peaks above it have."""
    rng = np.random.default_rng(1)
    sequence = "".join(rng.choice(list("ACGT"), 200))
    assert not has_signal(draw(pure(sequence, 5.0), noise=30), SETTINGS)
    assert has_signal(draw(pure(sequence, 500.0), noise=30), SETTINGS)


@pytest.mark.parametrize(("n_calls", "expected"), [(49, False), (50, True)])
def test_fifty_calls_are_needed(n_calls, expected):
    """Fewer than fifty calls are no read, however bright."""
    assert has_signal(draw(pure("ACGT" * 12 + "ACG"[: n_calls - 48])), SETTINGS) == expected


def test_blob_is_taken_off_and_noted(bare):
    """A broad C and T hump at nt 60-110 is noted with its place and leaves the peaks standing."""
    trace = draw(pure(bare.sequence))
    points = np.arange(trace.channels.shape[1])
    hump = 500 * np.exp(-((points - 85 * SPACING) ** 2) / (2 * (12 * SPACING) ** 2))
    channels = trace.channels.copy()
    channels[[1, 3]] += hump
    seen = remove_dye_blob(
        Trace("b", channels, trace.calls, trace.positions, trace.qualities), SETTINGS
    )
    assert [item.code for item in seen.flags] == ["DYE_BLOB"]
    primary = seen.channels[:, trace.positions].max(axis=0)
    assert primary[60:110] == pytest.approx(np.full(50, 1000.0), rel=0.20)
    assert not remove_dye_blob(trace, SETTINGS).flags


@pytest.mark.parametrize("shift", [-185, -35, -7, 4, 35, 120])
def test_minor_copy_is_found_with_its_shift(bare, shift):
    """A shifted copy at 20 % from base 200 on gives shift, place and share; none gives nothing."""
    strand = np.array(["ACGT".index(base) for base in bare.sequence])
    shares = np.zeros((4, 400))
    shares[strand, np.arange(400)] = np.nan
    assert find_minor_copy(shares, strand, SETTINGS) is None
    for at in range(200, 400):
        if 0 <= at + shift < 400 and strand[at + shift] != strand[at]:
            shares[strand[at + shift], at] = 0.2
    found = find_minor_copy(shares, strand, SETTINGS)
    assert found.shift_nt == shift
    assert abs(found.last_base - 199) <= 3
    assert found.share == pytest.approx(0.2, abs=0.02)


def test_an_echo_of_one_base_needs_more(bare):
    """A copy one base off at 15 % is a phasing echo, not a double sequence; at 25 % it is one."""
    strand = np.array(["ACGT".index(base) for base in bare.sequence])
    for share, fires in ((0.15, False), (0.25, True)):
        shares = np.zeros((4, 400))
        shares[strand, np.arange(400)] = np.nan
        for at in range(1, 400):
            if strand[at - 1] != strand[at]:
                shares[strand[at - 1], at] = share
        assert (find_minor_copy(shares, strand, SETTINGS) is not None) == fires


def test_collapse_gives_both_copies(bare):
    """Two equal copies behind base 150 are found with their distance and a share of a half."""
    strand = np.array(["ACGT".index(base) for base in bare.sequence])
    n_peaks = 300
    heights = np.zeros((4, n_peaks))
    for peak in range(n_peaks):
        heights[strand[peak], peak] += 550
        other = strand[peak] if peak < 150 else strand[min(peak + 40, 399)]
        heights[other, peak] += 450
    index = np.arange(n_peaks)
    identity = index < 150
    alive = np.ones(n_peaks, dtype=bool)
    found = find_collapse(heights, strand, np.where(identity, index, -1), identity, alive, SETTINGS)
    assert found.shift_nt == 40
    assert found.last_base == 149
    assert found.share == pytest.approx(0.45, abs=0.05)


def test_foreign_sequence_is_not_the_reference(bare):
    """A good read of another sequence is refused as such, with its score."""
    other = "".join(np.random.default_rng(99).choice(list("ACGT"), 300))
    result = analyse_read("r", draw(pure(other)), bare, SETTINGS)
    assert result.status is ReadStatus.REFUSED
    assert [item.code for item in result.flags] == ["NOT_REFERENCE"]
