"""One run by its heights: what weak signal, salt, odd references and odd peaks do to the calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from der22.flags import Severity
from der22.formats.probemix import Probe, Probemix, read_probemix
from der22.mlpa.dosage.normalised import normalise_run
from der22.mlpa.records import RunResult, RunSample, SampleResult
from der22.mlpa.run import analyse_run
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.signal import SampleSignal
from der22.resources import resource_path
from der22.words import MlpaStatus

Floats = NDArray[np.float64]
SETTINGS = MlpaSettings()
MIX = read_probemix(resource_path("probemix/P335-synthetic.tsv"))
LIMIT_RFU, NOISE_RFU = 20.0, 3.0
LOSSES = {"homozygous_deletion", "heterozygous_deletion"}


def heights(probemix: Probemix, seed: int, sd: float = 0.03) -> Floats:
    """Return a female sample of about 1000 RFU; long probes are three times lower than short."""
    rng = np.random.default_rng(seed)
    length = np.array([probe.length_nt for probe in probemix.probes])
    made = 1000.0 * np.exp(-0.003 * (length - 120.0)) * np.exp(rng.normal(0.0, sd, length.size))
    for index, probe in enumerate(probemix.probes):
        made[index] *= {"quantity": 0.08, "sex_y": 0.0}.get(probe.role, 1.0)
    return made


def signal(probemix: Probemix, height: Floats, limit: float = LIMIT_RFU) -> SampleSignal:
    """Return the peaks that such a sample shows above the limit, each at its length."""
    size = np.array([probe.length_nt for probe in probemix.probes])
    seen = np.flatnonzero(height >= limit)
    seen = seen[np.argsort(size[seen])]
    none = np.zeros(seen.size, dtype=np.bool_)
    ends = np.array([50.0, 600.0])
    return SampleSignal(
        size[seen], height[seen], height[seen], none, none, np.empty(0), 50.0, 600.0,
        ends, np.array([limit, limit]), limit, NOISE_RFU,
    )  # fmt: skip


def run(
    change: Callable[[Floats], Floats] = lambda height: height,
    probemix: Probemix = MIX,
    references: Sequence[Floats] | None = None,
    limit: float = LIMIT_RFU,
) -> RunResult:
    """Return a run of references and one patient of 90 % blasts whose heights are changed."""
    if references is None:
        references = [heights(probemix, seed) for seed in range(5)]
    samples = [
        RunSample(f"R{i}", "reference", signal(probemix, one)) for i, one in enumerate(references)
    ]
    patient = signal(probemix, change(heights(probemix, 99)), limit)
    samples.append(RunSample("P", "patient", patient, patient_id="P", blast_percent=90.0))
    return analyse_run("RUN", samples, probemix, [], SETTINGS)


def codes(sample: SampleResult) -> dict[str, Severity]:
    """Return the codes of a sample with their levels."""
    return {item.code: item.level for item in sample.flags}


def scaled(factor: float, *names: str) -> Callable[[Floats], Floats]:
    """Return what multiplies the probes whose names begin so, or all."""

    def change(height: Floats) -> Floats:
        hit = [
            not names or any(probe.probe_id.startswith(name) for name in names)
            for probe in MIX.probes
        ]
        return np.where(hit, factor * height, height)

    return change


@pytest.mark.parametrize("factor", [0.02, 0.04, 0.06, 0.08, 0.12, 0.2, 0.4, 1.0])
def test_no_level_of_signal_makes_a_loss(factor: float) -> None:
    """Normal DNA injected ever more weakly: probes become not evaluable, none is lost."""
    patient = run(scaled(factor)).samples[-1]
    assert not {gene.call for gene in patient.gene_calls} & LOSSES
    assert not set(patient.probe_calls) & LOSSES


@pytest.mark.parametrize(
    ("factor", "level", "status"),
    [
        (1.0, None, MlpaStatus.CALLED),
        (0.2, Severity.WARNING, MlpaStatus.CALLED_WITH_WARNINGS),
        (0.06, Severity.ERROR, MlpaStatus.NOT_CALLED),
    ],
)
def test_low_signal(factor: float, level: Severity | None, status: MlpaStatus) -> None:
    """Too near the limit to tell none from little is a warning, too much below it an error."""
    patient = run(scaled(factor)).samples[-1]
    assert codes(patient).get("LOW_SIGNAL") == level
    assert patient.status is status
    assert ("BELOW_DETECTION" in codes(patient)) is bool(patient.below_detection.any())


def test_a_homozygous_loss_of_a_strong_sample_is_called() -> None:
    """Empty bins that a normal sample would fill ten times over are losses of both copies."""
    patient = run(scaled(0.0, "CDKN2A", "CDKN2B")).samples[-1]
    found = {gene.gene: gene.call for gene in patient.gene_calls}
    assert found["CDKN2A"] == found["CDKN2B"] == "homozygous_deletion"
    assert [MIX.probes[i].probe_id for i in np.flatnonzero(patient.is_bound)] == [
        "CDKN2A-2", "CDKN2B-2", "CDKN2A-other"
    ]  # fmt: skip


@pytest.mark.parametrize(("left", "lost"), [(0.5, True), (0.0, True)])
def test_salt_makes_no_loss(left: float, lost: bool) -> None:
    """With D at 0.5 of the references' own a gene at 0.5 is open, one that is gone is not."""

    def change(height: Floats) -> Floats:
        return scaled(left, "CDKN2A")(scaled(0.5, "D1", "D2")(height))

    patient = run(change).samples[-1]
    call = next(gene.call for gene in patient.gene_calls if gene.gene == "CDKN2A")
    assert codes(patient)["DENATURATION_LOW"] is Severity.WARNING
    assert patient.denaturation_quotient == pytest.approx(0.5, abs=0.08)
    assert call == ("ambiguous" if left else "homozygous_deletion")
    sound = run(scaled(left, "CDKN2A")).samples[-1]
    assert "DENATURATION_LOW" not in codes(sound)
    assert (next(g.call for g in sound.gene_calls if g.gene == "CDKN2A") in LOSSES) is lost


def test_a_reference_in_salt_is_left_out() -> None:
    """It would make CpG-rich probes of the patients look gained."""
    references = [heights(MIX, seed) for seed in range(5)]
    references[2] = scaled(0.5, "D1", "D2")(scaled(0.8, "CDKN2A")(references[2]))
    found = run(references=references)
    signals = [one.probes for one in found.samples]
    assert normalise_run(MIX, signals, range(5), SETTINGS).profile.rows.tolist() == [0, 1, 3, 4]
    assert "DENATURATION_LOW" in codes(found.samples[2])
    patient = found.samples[-1]
    at = [i for i, probe in enumerate(MIX.probes) if probe.gene == "CDKN2A"]
    assert np.abs(patient.quotient[at] - 1.0).max() < 0.12


def test_an_abnormal_reference_among_three_is_named() -> None:
    """It is kept for the other genes, and the patient's gene is as it is."""
    references = [heights(MIX, seed) for seed in range(3)]
    references[1] = scaled(0.5, "IKZF1")(references[1])
    found = run(references=references)
    assert "REF_ABNORMAL" in codes(found.samples[1])
    assert "IKZF1" in next(
        item.message for item in found.samples[1].flags if item.code == "REF_ABNORMAL"
    )
    assert not any("REF_ABNORMAL" in codes(found.samples[i]) for i in (0, 2, 3))
    calls = {gene.gene: gene.call for gene in found.samples[-1].gene_calls}
    assert calls["IKZF1"] == "normal"


@pytest.mark.parametrize(("quotient", "told"), [(3.5, False), (4.5, True)])
def test_an_implausible_quotient_is_told(quotient: float, told: bool) -> None:
    """More than four times the normal signal is a gain that nobody should believe unseen."""
    patient = run(scaled(quotient, "CRLF2")).samples[-1]
    call = next(gene.call for gene in patient.gene_calls if gene.gene == "CRLF2")
    assert call == "gain"
    assert ("IMPLAUSIBLE" in codes(patient)) is told


def test_an_implausible_stranger_in_the_bin_is_no_gain() -> None:
    """A tall peak half a bin from where the probe always runs is not the probe."""
    at = next(i for i, probe in enumerate(MIX.probes) if probe.probe_id == "CRLF2")
    found = run(scaled(6.0, "CRLF2"))
    moved = found.samples[-1].sample.signal
    assert moved is not None
    size = np.where(moved.size_nt == MIX.probes[at].length_nt, moved.size_nt + 0.5, moved.size_nt)
    samples = [one.sample for one in found.samples]
    shifted = SampleSignal(
        size, moved.height, moved.area, moved.offscale, moved.pullup, moved.spike_nt, moved.low_nt,
        moved.high_nt, moved.limit_nt, moved.limit, moved.least, moved.noise,
    )  # fmt: skip
    samples[-1] = RunSample("P", "patient", shifted, patient_id="P", blast_percent=90.0)
    patient = analyse_run("RUN", samples, MIX, [], SETTINGS).samples[-1]
    assert patient.probe_calls[at] == "not_evaluable"
    assert codes(patient)["IMPLAUSIBLE"] is Severity.WARNING


@pytest.mark.parametrize(("last", "told"), [(200.0, True), (460.0, False)])
def test_reference_probes_that_do_not_span(last: float, told: bool) -> None:
    """Reference probes at one end of the lengths are told, and make no loss of a slope."""
    places = np.linspace(125.0, last, 10)
    probes = [Probe(f"R{i}", round(x) + 0.5, "", "", "reference") for i, x in enumerate(places)]
    probes += [probe for probe in MIX.probes if probe.role == "target"]
    mix = Probemix("one end", tuple(probes), {})
    length = np.array([probe.length_nt for probe in probes])
    for slope in (-0.003, 0.003):

        def tilt(height: Floats, slope: float = slope) -> Floats:
            return height * np.exp(slope * (length - 160.0))

        found = run(tilt, mix)
        patient = found.samples[-1]
        assert ("REF_SPAN" in codes(patient)) is told
        assert abs(patient.slope_per_100_nt - 100.0 * slope) < 0.04
        assert {gene.call for gene in patient.gene_calls} <= {"normal", "ambiguous"}
