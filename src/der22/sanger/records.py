"""What the Sanger analysis passes from step to step."""

from __future__ import annotations

from dataclasses import dataclass

from der22.arrays import Floats, Ints, Mask
from der22.flags import Flag
from der22.formats.trace import Trace
from der22.words import CodonStatus, Direction, ReadStatus, Tier

__all__ = [
    "AlignmentGap",
    "CodonVerdict",
    "DoubleSequence",
    "Placement",
    "SangerReadResult",
    "StrandEvidence",
    "Variant",
]


@dataclass(frozen=True, slots=True)
class AlignmentGap:
    """A clean gap of the alignment, in reading direction.

    Attributes:
        size_nt: bases; positive = the read has more than the reference, negative = fewer.
        window_index: last base of the reference (window, from 0) before the gap as it is read.
        is_spaced: whether the peaks around it stand as the calls say: as many steps as calls, not
            as bases of the reference. A miscounted peak leaves a hole or a squeeze.
    """

    size_nt: int
    window_index: int
    is_spaced: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """A read on the reference window; arrays run in reading direction.

    Attributes:
        direction: forward or reverse.
        score: alignment score.
        matches: calls equal to the reference.
        positions: scan of each peak, shape (n_peaks,).
        window_index: base of the window (from 0) each peak belongs to, -1 = none.
        bases: called base of each peak, 0-3 for A, C, G, T.
        qualities: Phred value of each peak.
        call_index: number of the call (from 0) each peak comes from.
        first_call: first call of the alignment.
        cigar: (length, operation) with operations M, I, D, in reading direction.
        window_start: smallest window index the alignment touches.
        gaps: gaps of 10 bases or more.
        short_gaps: the others.
    """

    direction: Direction
    score: int
    matches: int
    positions: Ints
    window_index: Ints
    bases: Ints
    qualities: Floats
    call_index: Ints
    first_call: int
    cigar: tuple[tuple[int, str], ...]
    window_start: int
    gaps: tuple[AlignmentGap, ...]
    short_gaps: tuple[AlignmentGap, ...] = ()


@dataclass(frozen=True, slots=True)
class DoubleSequence:
    """From one base on, a second copy of the sequence overlies the first.

    Attributes:
        shift_nt: bases, in reference orientation: the second copy shows at base j what the
            reference has at ``j + shift_nt``.
        window_index: last base of the window (from 0) before the second copy, as it is read.
        share: share of the minor copy, 0 to 0.5; 1.0 for a clean gap of the alignment.
        call_number: base of the read (from 1) the break was seen at.
    """

    shift_nt: int
    window_index: int
    share: float
    call_number: int


@dataclass(frozen=True, slots=True)
class StrandEvidence:
    """What one read, or the reads of one direction together, say of each base of the window.

    All arrays are in reference orientation, channels in the order A, C, G, T.

    Attributes:
        shares: share of each alternative above the read's own floor, shape (4, n_window); NaN at
            the reference base and where the base is not usable.
        noise: high quantile of the shares of that alternative around the base, as `shares`;
            lowered where controls serve the strand.
        own_noise: the same before any control, a tall share left out of its own; for one strand
            alone.
        usable: shape (n_window,).
        unsure: usable, but the peak may be a neighbour's (`usable.near_miscounts`), as `usable`.
        doubtful: where nothing is more than possible, as `usable`: the background is high, or many
            tops of the read are cut.
        quality: rolling Phred value, shape (n_window,), 0 where not usable.
        shoulders: how many neighbours are called as each base, 0 to 2, as `shares`.
    """

    shares: Floats
    noise: Floats
    own_noise: Floats
    usable: Mask
    unsure: Mask
    doubtful: Mask
    quality: Floats
    shoulders: Ints


@dataclass(frozen=True, slots=True)
class SangerReadResult:
    """One read after analysis.

    Attributes:
        read_id: of the sheet.
        status: used, used_with_warnings or refused.
        flags: everything noticed about the read.
        direction: None when refused before it was placed.
        evidence: None when refused.
        placement: None when not placed.
        trace: the trace behind it, None when unreadable.
        peaks: index into the placement's peaks for each base of the window, -1 = none.
        heights: peak heights in reference orientation, shape (4, n_window), NaN = none.
        doubles: double sequences and long clean gaps.
        mean_quality: Phred, over the placed bases; NaN when refused or without values.
        noise_floor: 0.95 quantile of the largest secondary share; NaN when refused.
    """

    read_id: str
    status: ReadStatus
    flags: tuple[Flag, ...]
    direction: Direction | None = None
    evidence: StrandEvidence | None = None
    placement: Placement | None = None
    trace: Trace | None = None
    peaks: Ints | None = None
    heights: Floats | None = None
    doubles: tuple[DoubleSequence, ...] = ()
    mean_quality: float = float("nan")
    noise_floor: float = float("nan")


@dataclass(frozen=True, slots=True)
class Variant:
    """One row of variants.tsv.

    Attributes:
        position_c: first base, counted in the reference (1-based).
        ref: reference bases, plus unchanged bases between two changes; blank for splice variants.
        alt: what is found instead; ``<INS>`` or ``<DEL>`` for splice variants.
        hgvs_c: with the accession.
        hgvs_p: with the accession; blank where no protein change is named.
        mutation: such as T315I; blank without a reading frame.
        codon: number; None without a reading frame.
        tier: how sure.
        fraction: share of the amplified transcript.
        fraction_low: lower end of the 95 % interval.
        fraction_high: upper end.
        forward_fraction: NaN where that strand is not usable.
        reverse_fraction: NaN where that strand is not usable.
        noise_floor: noise in force at the base and alternative.
        flags: what is to be known about it.
    """

    position_c: int
    ref: str
    alt: str
    hgvs_c: str
    hgvs_p: str
    mutation: str
    codon: int | None
    tier: Tier
    fraction: float
    fraction_low: float
    fraction_high: float
    forward_fraction: float
    reverse_fraction: float
    noise_floor: float
    flags: tuple[Flag, ...] = ()

    @property
    def is_splice(self) -> bool:
        """Whether this is an insertion or loss at an exon join."""
        return self.alt.startswith("<")


@dataclass(frozen=True, slots=True)
class CodonVerdict:
    """One row of codons.tsv; `limit_of_detection` is NaN for a codon not assessed."""

    codon: int
    residue: str
    status: CodonStatus
    limit_of_detection: float
    forward_usable: bool
    reverse_usable: bool
