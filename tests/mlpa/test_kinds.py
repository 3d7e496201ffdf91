"""Kinds of doubtful runs, from a simulator written apart: no wrong class without a word of doubt.

Each kind counts 200 patients. `right` is the least share with the right class; what is missing from
it is undetermined or not called. The figures measured stand in ``docs/validation/mlpa-kinds.md``.
"""

from __future__ import annotations

import pytest

from mlpa.bench.attack import Score, attack
from mlpa.bench.kinds import KINDS

N_PATIENTS = 200


def score(kind: str) -> Score:
    """Return the count of one kind."""
    return attack(KINDS[kind], N_PATIENTS, 1)


def silent(found: Score) -> int:
    """Return the wrong classes that no warning of their own goes with."""
    return found.counts["wrong_called"] + found.counts["wrong_other_warning"] - found.said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "right"),
    [
        ("weak", 0.70), ("weak_lesions", 0.70), ("weak_whole_run", 0.70), ("weak_table_50", 0.80),
        ("denaturation", 0.70), ("denaturation_lesions", 0.65),
        ("one_end_references", 0.80), ("one_end_references_lesions", 0.70),
        ("satellite_of_failed_probe", 0.40), ("satellite_in_deleted_bin", 0.95),
        ("odd_end_fragment", 0.90), ("abnormal_reference", 0.80),
    ],
)  # fmt: skip
def test_no_silent_wrong_class(kind: str, right: float) -> None:
    """Weak signal, salt, references at one end, satellites, odd ends, an abnormal reference."""
    found = score(kind)
    assert found.n >= N_PATIENTS
    assert silent(found) == 0, found.wrong
    assert found.counts["right"] / found.n >= right


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sound", "sound_normal", "twelve_references"])
def test_sound_samples_are_called(kind: str) -> None:
    """At most one in a hundred sound patients is refused, and no class is wrong."""
    found = score(kind)
    assert found.counts["not_called"] <= 0.01 * found.n
    assert silent(found) == 0, found.wrong
