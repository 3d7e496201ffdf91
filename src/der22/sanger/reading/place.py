"""Where a read lies on the reference: local alignment of its calls to both strands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from der22.arrays import Ints
from der22.sanger.arrays import base_index
from der22.sanger.settings import SangerSettings

__all__ = ["Alignment", "Target", "align_calls", "make_target"]

_LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)
_OPERATIONS = "MIDNSHP=XB"


@dataclass(frozen=True, slots=True)
class Target:
    """The window of the reference as both strands read it.

    Attributes:
        forward: bases 0-3 as a forward read meets them, shape (n_window,).
        reverse: bases as a reverse read meets them, the reverse complement.
        forward_letters: `forward` as text.
        reverse_letters: `reverse` as text.
    """

    forward: Ints
    reverse: Ints
    forward_letters: str
    reverse_letters: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """The better of the two alignments, in reading direction.

    Attributes:
        is_forward: whether the read runs with the reference.
        score: of the settings in force.
        steps: (length, operation) with ``=``, ``X``, ``I``, ``D``.
        first_call: first aligned call, from 0.
        first_base: first aligned base, from 0, in the order the strand is read.
    """

    is_forward: bool
    score: int
    steps: tuple[tuple[int, str], ...]
    first_call: int
    first_base: int

    @property
    def matches(self) -> int:
        """Number of calls equal to the reference."""
        return sum(length for length, step in self.steps if step == "=")

    def own_score(self, settings: SangerSettings) -> int:
        """Return the score counted again from the steps."""
        worth = {"=": settings.align_match, "X": -settings.align_mismatch}
        opened, extended = settings.align_gap_open, settings.align_gap_extend
        return sum(
            length * worth[step] if step in worth else -(opened + (length - 1) * extended)
            for length, step in self.steps
        )


def make_target(window: str) -> Target:
    """Prepare the reference window once for all reads."""
    forward = base_index(window)
    reverse = 3 - forward[::-1]
    return Target(forward, reverse, _letters(forward), _letters(reverse))


def align_calls(calls: Ints, target: Target, settings: SangerSettings) -> Alignment:
    """Align the calls to the window and to its reverse complement, keep the better.

    The alignment is local: a tail of calls on background, or behind a double sequence, would cost
    a semi-global alignment more than the good part earns.

    Args:
        calls: 0-3 per call in reading direction, shape (n_calls,).
        target: the window.
        settings: thresholds in force.
    """
    import parasail  # its thousands of functions take longer to load than a job without reads

    matrix = parasail.matrix_create("ACGT", settings.align_match, -settings.align_mismatch)
    gap = settings.align_gap_open, settings.align_gap_extend
    profile = parasail.profile_create_16(_letters(calls), matrix)
    forward, reverse = (
        parasail.sw_striped_profile_16(profile, letters, *gap).score
        for letters in (target.forward_letters, target.reverse_letters)
    )
    letters = target.forward_letters if forward >= reverse else target.reverse_letters
    result = parasail.sw_trace_striped_profile_16(profile, letters, *gap)
    cigar = result.cigar
    steps = [(int(code) >> 4, _OPERATIONS[int(code) & 15]) for code in cigar.seq]
    call, base = int(cigar.beg_query), int(cigar.beg_ref)
    # parasail spells what lies before and behind a local alignment out as gaps.
    while steps and steps[0][1] in "ID":
        length, step = steps.pop(0)
        call, base = (call + length, base) if step == "I" else (call, base + length)
    while steps and steps[-1][1] in "ID":
        steps.pop()
    whole = Alignment(forward >= reverse, int(result.score), tuple(steps), call, base)
    # Where two copies overlie each other the aligner hops between them over gaps that no molecule
    # has. A true gap has good sequence on both sides. What is read before the first false one
    # stays.
    for index, (length, step) in enumerate(whole.steps):
        if step not in "ID" or length < settings.long_gap:
            continue
        before, behind = whole.steps[:index], whole.steps[index + 1 :]
        n_before = sum(n for n, kind in before if kind == "=")
        is_true = _is_clean(before[::-1], settings) and _is_clean(behind, settings)
        if not is_true and n_before >= settings.long_gap_before:
            shorter = replace(whole, steps=before)
            return replace(shorter, score=shorter.own_score(settings))
    return whole


def _is_clean(steps: Sequence[tuple[int, str]], settings: SangerSettings) -> bool:
    """Tell whether the nearest bases of an alignment's side agree with the reference."""
    seen = same = 0
    for length, step in steps:
        part = min(length, settings.clean_width - seen)
        seen += part
        same += part if step == "=" else 0
        if seen >= settings.clean_width:
            break
    return seen > 0 and same >= settings.clean_share * seen


def _letters(bases: Ints) -> str:
    return _LETTERS[bases].tobytes().decode("ascii")
