"""One simulated Sanger read: templates in, channels and base calls out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from der22.simulate.basecaller import call_channels
from der22.simulate.capillary import run_capillary
from der22.simulate.chemistry import ReadConditions, run_chemistry, sequence_reaction
from der22.simulate.molecules import Template
from der22.simulate.trace_file import SequencedRead

__all__ = ["simulate_read"]


def simulate_read(
    read_id: str,
    templates: Sequence[tuple[float, Template]],
    direction: str,
    run_seed: int,
    conditions: ReadConditions,
    rng: np.random.Generator,
) -> SequencedRead:
    """Simulate one read from reaction to base calls.

    Args:
        read_id: sample name inside the file.
        templates: fraction and template of each molecule.
        direction: forward or reverse.
        run_seed: reads of one run share background, bleed and mobility shift.
        conditions: how well the reaction goes.
        rng: the read's own randomness.
    """
    run = run_chemistry(run_seed)
    amounts = sequence_reaction(templates, direction, run, conditions, rng)
    seen = run_capillary(amounts, run, conditions, rng)
    return SequencedRead(read_id, seen.processed, seen.raw, call_channels(seen.processed))
