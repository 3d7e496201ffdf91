"""The rows of reads: which codons a read covers."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from der22.jobs.sanger import _read_row, load_reference
from der22.words import Direction, ReadStatus


@pytest.mark.parametrize(
    ("first_c", "last_c", "codons"),
    [
        (700, 945, (234, 315)),
        (702, 943, (234, 315)),
        (703, 942, (235, 314)),
        (705, 946, (235, 316)),
    ],
)
def test_codons_of_a_read(first_c: int, last_c: int, codons: tuple[int, int]) -> None:
    """Codon 234 is c.700 to c.702, codon 315 c.943 to c.945; a base of a codon counts for it."""
    reference = load_reference("abl1")
    position = np.arange(reference.window_first, reference.window_last + 1)
    evidence = SimpleNamespace(usable=(position >= first_c) & (position <= last_c))
    read = SimpleNamespace(
        read_id="r", direction=Direction.FORWARD, status=ReadStatus.USED, evidence=evidence,
        mean_quality=40.0, noise_floor=0.02, flags=(),
    )  # fmt: skip
    row = _read_row(read, reference)  # type: ignore[arg-type]
    assert (row.first_codon, row.last_codon) == codons
