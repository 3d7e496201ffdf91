"""Real single reads with known mixtures, and real reads that are not ABL1."""

from __future__ import annotations

import numpy as np
import pytest

from der22.errors import UnreadableFileError
from der22.formats.reference_folder import Reference
from der22.formats.trace import parse_trace
from der22.sanger.reading.read import analyse_read
from der22.sanger.reading.signal import resolve_calls
from der22.sanger.sample import call_sample
from der22.sanger.settings import SangerSettings
from der22.words import ReadStatus, Tier

SETTINGS = SangerSettings()


def _own(real_traces, name):
    """Return a read analysed against its own trimmed calls, with its reference."""
    trace = parse_trace((real_traces / f"{name}.ab1").read_bytes(), name)
    reference = own_reference(trace)
    return analyse_read(name, trace, reference, SETTINGS), reference


def _base_under(read, number):
    """Return the base of the window under a base of the read, counted from 1."""
    peaks = read.placement.call_index == number - 1
    return int(read.placement.window_index[peaks][0])


def own_reference(trace):
    """Return the calls of good quality as a bare reference."""
    good = np.flatnonzero(np.convolve(trace.qualities >= 20, np.ones(11) / 11, "same") > 0.5)
    sequence = "".join("ACGT"[i] for i in resolve_calls(trace)[good[0] : good[-1] + 1])
    return Reference("own", sequence, is_coding=False, window_first=1, window_last=len(sequence))


def test_half_t_beside_c(real_traces):
    """Base 88 of a real C/T mixture: T at 40-60 %, never more than single_strand."""
    read, reference = _own(real_traces, "sangerquant_2367ZAB303")
    at = _base_under(read, 88)
    assert reference.window[at] == "C"
    row = next(
        row
        for row in call_sample([read], (), reference, SETTINGS).variants
        if row.position_c == at + 1
    )
    assert (row.alt, row.tier) == ("T", Tier.SINGLE_STRAND)
    assert 0.40 <= row.fraction <= 0.60


@pytest.mark.parametrize(
    ("base", "expected"),
    [(376, {"C": 0.44, "G": 0.51}), (377, {"C": 0.72}), (378, {"G": 0.55, "T": 0.45})],
)
def test_randomised_codon(real_traces, base, expected):
    """Three neighbouring mixed bases of a real randomised codon, each within 6 points."""
    read, _ = _own(real_traces, "direvo_22c_demo")
    heights = read.heights[:, _base_under(read, base)]
    for letter, share in expected.items():
        assert heights["ACGT".index(letter)] / heights.sum() == pytest.approx(share, abs=0.06)


def test_nothing_real_is_abl1(real_traces, abl1):
    """Against ABL1 every real read of another gene is refused, for what it is."""
    found = {}
    for path in sorted(real_traces.glob("*.ab1")):
        try:
            trace = parse_trace(path.read_bytes(), path.name)
        except UnreadableFileError as error:
            found[path.stem] = error.code
            continue
        read = analyse_read(path.stem, trace, abl1, SETTINGS)
        assert read.status is ReadStatus.REFUSED
        found[path.stem] = read.flags[-1].code
    assert found.pop("biopython_fake") == "UNREADABLE_FILE"
    assert found.pop("bio_empty") == "NO_SIGNAL"
    assert set(found.values()) <= {"NOT_REFERENCE", "LOW_QUALITY_READ"}
    assert len(found) == len(list(real_traces.glob("*.ab1"))) - 2
