"""One capillary filed twice is one witness, and under two samples somebody is told."""

from __future__ import annotations

import numpy as np
import pytest

from der22.formats.records import SangerRead
from der22.formats.tables import read_tsv
from der22.formats.trace import parse_trace
from der22.jobs.sanger import collect_abl1, run_sanger
from der22.jobs.sanger_reads import ReadBook
from der22.sanger.evidence.copies import likeness, same_capillaries
from der22.sanger.settings import SangerSettings
from der22.words import Abl1Status, ReadStatus
from sanger.spoilt import (
    analysed,
    called,
    carrying,
    rescaled,
    simulated,
    trimmed,
    turned,
    without_quality_at,
)
from simulate.sanger_sample import simulate_sanger_sample
from simulate.scf_writer import scf_bytes

SETTINGS = SangerSettings()
SIGNS = "0123456789abcdef"


def _as_scf(trace):
    """Return a trace as its SCF export holds it."""
    channels = trace.channels.astype(np.int16)
    content = scf_bytes(channels, trace.calls, trace.positions, trace.qualities)
    return parse_trace(content, "export.scf")


@pytest.mark.parametrize(
    "copy",
    [
        turned,
        lambda trace: turned(rescaled(trace, 0.4)),
        lambda trace: trimmed(trace, 60, 650),
        lambda trace: turned(_as_scf(trace)),
        lambda trace: without_quality_at(rescaled(trace, 1.3), 0, 90),
    ],
    ids=["turned", "turned and rescaled", "cut", "turned export", "rescaled"],
)
@pytest.mark.parametrize("seed", [41, 42, 43])
def test_a_copy_is_refused(abl1, copy, seed) -> None:
    """Whatever was done to it; the sample then has one strand and is never mutated."""
    forward = simulated(seed, carrying(0.5, "T315I"), directions=("forward",))[0]
    reads = analysed([forward, copy(forward)], abl1)
    assert [read.status for read in reads][1] is ReadStatus.REFUSED
    assert "COPIED_READ" in {item.code for item in reads[1].flags}
    assert "COPIED_READ" not in {item.code for item in reads[0].flags}
    assert called([forward, copy(forward)], abl1).status is not Abl1Status.MUTATED


@pytest.mark.parametrize("directions", [("forward", "reverse"), ("forward", "forward")])
@pytest.mark.parametrize("names", [(), ("T315I", "F359V", "M351T")])
def test_pairs_and_repeats_are_no_copies(abl1, directions, names) -> None:
    """Two reads of one sample stay two, with common mutations too."""
    for seed in range(60, 66):
        molecules = [carrying(0.9, *names)] if names else []
        reads = analysed(simulated(seed, *molecules, directions=directions), abl1)
        one, other = (read.evidence for read in reads)
        assert one is not None
        assert other is not None
        assert likeness(one.shares, other.shares, SETTINGS) < 0.5


@pytest.mark.parametrize(("noise", "is_same"), [(0.0, True), (0.7, True), (1.9, False)])
def test_fingerprints_are_compared_by_rank(noise, is_same) -> None:
    """The correlation of ranks decides: about 0.8 is the same, about 0.45 is not."""
    rng = np.random.default_rng(3)
    one = rng.random(400)
    other = one + noise * rng.standard_normal(400) * one.std()
    texts = [
        "".join(SIGNS[int(15 * rank / 400)] for rank in values.argsort().argsort())
        for values in (one, other, rng.random(400))
    ]
    assert same_capillaries(texts, SETTINGS) == (((0, 1),) if is_same else ())


def test_too_few_common_bases_say_nothing() -> None:
    """Fifty bases that both use, or no answer."""
    text = "".join(np.random.default_rng(1).choice(list(SIGNS), 50))
    assert same_capillaries([text, text], SETTINGS) == ((0, 1),)
    assert same_capillaries([text, text[:-1] + "-"], SETTINGS) == ()
    assert same_capillaries([text, ""], SETTINGS) == ()
    assert same_capillaries([], SETTINGS) == ()


@pytest.fixture
def filed(tmp_path):
    """Three patients; of P2 the forward read is that of P1."""
    rows = []
    for number in (1, 2, 3):
        written = simulate_sanger_sample(f"s{number}", [], 5, 90 + number, tmp_path)
        paths = [read.path for read in written]
        if number == 2:
            paths[0] = tmp_path / "s1_F.ab1"
        rows += [
            SangerRead(f"r{number}{way}", f"s{number}", str(path), patient_id=f"P{number}")
            for way, path in zip("FR", paths, strict=True)
        ]
    return rows


def test_one_capillary_under_two_patients_is_told_on_both(tmp_path, filed) -> None:
    """Both samples, each with the name of the other's read; the third hears nothing."""
    samples = ["s1", "s2", "s3"]
    for one in samples:  # each in a job of its own, as in a run
        own = [row for row in filed if row.sample_id == one]
        run_sanger([one], own, "abl1", SETTINGS, tmp_path / "out")
    report = collect_abl1(samples, filed, tmp_path / "out")
    rows = {row["sample_id"]: row for row in read_tsv(tmp_path / "out/sanger/abl1.tsv")}
    told = {name for name, row in rows.items() if "SAME_TRACE" in row["flags"].split(";")}
    assert told == {"s1", "s2"}
    assert "r1F is the same capillary as r2F of sample s2" in rows["s1"]["message"]
    assert "r2F is the same capillary as r1F of sample s1" in rows["s2"]["message"]
    assert [(p.subject, p.flag.code) for p in report.problems] == [
        ("s1", "SAME_TRACE"),
        ("s2", "SAME_TRACE"),
    ]


def test_a_control_that_is_the_sample_is_not_used(tmp_path, abl1) -> None:
    """A read filed as sample and as control would take its own noise off."""
    written = simulate_sanger_sample("s", [], 5, 91, tmp_path)
    rows = [
        SangerRead(f"{role}{i}", role, str(read.path), role=role, run_id="run")
        for role in ("sample", "wild_type_control")
        for i, read in enumerate(written)
    ]
    book = ReadBook(rows, abl1, SETTINGS)
    own = book.of_sample("sample")
    every, serving = book.controls_of(own, book.analyse(own))
    assert serving == ()
    assert all("COPIED_READ" in {item.code for item in read.flags} for read in every)
