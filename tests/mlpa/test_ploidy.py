"""Samples whose reference probes cannot have two copies."""

from __future__ import annotations

import numpy as np
import pytest

from der22.flags import Severity
from der22.mlpa.calls import GeneCall
from der22.mlpa.ploidy import judge_ploidy, without_negatives
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.signal import signal_of_table
from der22.words import Call

L, N, G, A = (Call.HETEROZYGOUS_DELETION, Call.NORMAL, Call.GAIN, Call.AMBIGUOUS)


def calls(*words: Call) -> list[GeneCall]:
    """Return one gene per word."""
    nan = float("nan")
    return [
        GeneCall(f"G{i}", word, nan, 1, "", "", "", nan, nan, nan, ())
        for i, word in enumerate(words)
    ]


@pytest.mark.parametrize(
    ("words", "dropped", "level"),
    [
        ((L, L, L, L, N), [], Severity.ERROR),
        ((L, L, L, N, N), [], None),  # 60 %, not more
        ((L, L, L, L), [], None),  # too few genes to tell
        ((L, L, L, L, A, A), [], None),
        ((G, G, G, G, L), [], Severity.WARNING),
        ((G, G, G, N, N), [], None),
        ((N, N, N, N, L), [1.4, 1.5], Severity.WARNING),
        ((N, N, N, N, L), [1.4, 0.6], None),
        ((N, N, N, N, L), [0.6], None),
        ((N,) * 8, [], None),
    ],
)
def test_when_the_baseline_is_in_doubt(
    words: tuple[Call, ...], dropped: list[float], level: Severity | None
) -> None:
    """Most genes lost: an error; most gained, or only gains left out: a warning."""
    found = judge_ploidy(calls(*words), dropped)
    assert [item.level for item in found] == ([] if level is None else [level])
    assert all(item.code == "PLOIDY_UNCLEAR" for item in found)


def test_losses_hold_where_negatives_do_not() -> None:
    """Normal and gained genes become ambiguous, losses and unknown ones stay."""
    kept = without_negatives(calls(L, N, G, A, Call.HOMOZYGOUS_DELETION, Call.NOT_EVALUABLE))
    assert [gene.call for gene in kept] == [
        L, A, A, A, Call.HOMOZYGOUS_DELETION, Call.NOT_EVALUABLE
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heights", "saturated"),
    [
        ([5000.0, 5000.0, 5000.0, 900.0], [True, True, True, False]),
        ([5000.0, 5000.0, 900.0, 900.0], [False] * 4),
        ([], []),
    ],
)
def test_peaks_that_share_the_greatest_height(heights: list[float], saturated: list[bool]) -> None:
    """Three peaks of a table that end at one ceiling are saturated."""
    height = np.array(heights)
    size = np.arange(height.size, dtype=np.float64)[::-1] + 100.0
    signal = signal_of_table(size, height, height, MlpaSettings())
    assert signal.offscale.tolist() == saturated[::-1]
