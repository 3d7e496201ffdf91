"""Wild-type controls that are none: one direction only, or reads of two samples."""

from __future__ import annotations

import pytest

from der22.formats.trace import parse_trace
from der22.sanger.reading.read import analyse_read
from der22.sanger.records import SangerReadResult
from der22.sanger.sample import call_sample, control_fault
from der22.sanger.settings import SangerSettings
from der22.simulate.molecules import Molecule, Substitution, mutation_change
from der22.words import Tier
from simulate.sanger_sample import simulate_sanger_sample

SETTINGS = SangerSettings()


def reads(folder, abl1, seed: int, name: str = "", fraction: float = 0.0) -> list[SangerReadResult]:
    """Return the forward and the reverse read of a sample with one mutation, of one run."""
    mixture = [Molecule(fraction, changes=(Substitution(*mutation_change(name)),))] if name else []
    place = folder / f"{seed}{name}{fraction}"
    place.mkdir()
    written = simulate_sanger_sample("s", mixture, 5, seed, place)
    return [
        analyse_read(
            f"{seed}{name}{read.read_id}", parse_trace(read.path.read_bytes(), read.path.name),
            abl1, SETTINGS,
        )
        for read in written
    ]  # fmt: skip


@pytest.mark.parametrize("direction", [0, 1])
@pytest.mark.parametrize("name", ["T315I", "F359V", "M351T"])
def test_a_mutated_control_of_one_direction_hides_no_mutation(
    tmp_path, abl1, name, direction
) -> None:
    """At 30 %, beside another patient's read as control: still detected, and told."""
    sample = reads(tmp_path, abl1, 17, name, 0.3)
    control = [reads(tmp_path, abl1, 18, name, 0.5)[direction]]
    called = call_sample(sample, control, abl1, SETTINGS)
    assert (name, Tier.DETECTED) in [(row.mutation, row.tier) for row in called.variants]
    assert "CONTROL_NOT_WILD_TYPE" in [item.code for item in called.own_flags]


def test_a_sound_control_is_not_accused(tmp_path, abl1) -> None:
    """A wild-type control takes its noise off, the mutation stays and nothing is said."""
    sample = reads(tmp_path, abl1, 17, "T315I", 0.3)
    called = call_sample(sample, reads(tmp_path, abl1, 18), abl1, SETTINGS)
    assert ("T315I", Tier.DETECTED) in [(row.mutation, row.tier) for row in called.variants]
    assert "CONTROL_NOT_WILD_TYPE" not in [item.code for item in called.own_flags]


def test_controls_that_are_none(tmp_path, abl1) -> None:
    """Mutated on both strands, on the only one, or on one of two: not used; a wild type is."""
    mutated, sound = reads(tmp_path, abl1, 17, "T315I", 1.0), reads(tmp_path, abl1, 20)
    assert control_fault(sound, abl1, SETTINGS) is None
    assert control_fault(sound[:1], abl1, SETTINGS) is None
    for pair in (mutated, mutated[:1], mutated[1:], [mutated[0], sound[1]], [sound[0], mutated[1]]):
        fault = control_fault(pair, abl1, SETTINGS)
        assert fault is not None
        assert "T315I" in fault.message
