"""A run on its way in and out of the analysis."""

from __future__ import annotations

from dataclasses import dataclass

from der22.arrays import Floats, Mask
from der22.flags import Flag
from der22.mlpa.calls import GeneCall
from der22.mlpa.dosage.bins import Bins
from der22.mlpa.dosage.filling import ProbeSignals
from der22.mlpa.sizing.signal import SampleSignal
from der22.words import Call, MlpaStatus

__all__ = ["RunResult", "RunSample", "SampleResult"]


@dataclass(frozen=True, slots=True)
class RunSample:
    """One sample on its way in.

    Attributes:
        sample_id: unique within the run.
        role: patient, reference, no_dna or positive_control.
        signal: None when the file could not be read or sized; then `flags` says why.
        flags: from reading and sizing.
        patient_id: of role patient.
        blast_percent: 0-100, None = not known.
        declared_sex: F, M or None.
        after_transplant: whether the sample was taken on or after the day of transplantation.
    """

    sample_id: str
    role: str
    signal: SampleSignal | None
    flags: tuple[Flag, ...] = ()
    patient_id: str | None = None
    blast_percent: float | None = None
    declared_sex: str | None = None
    after_transplant: bool = False


@dataclass(frozen=True, slots=True)
class SampleResult:
    """One sample on its way out; arrays of shape (n_probes,).

    Attributes:
        sample: as it came in.
        status: called, called_with_warnings or not_called.
        flags: all, those of the run included.
        probes: heights and sizes, None when there is no signal.
        quotient: dosage quotients, NaN where there is none.
        sigma: their SDs.
        probe_calls: one per probe.
        gene_calls: one per gene; empty for no_dna.
        slope_per_100_nt: ln per 100 nt, NaN.
        reference_probe_sd: NaN when not known.
        sex: F, M, unclear or ''.
        below_detection: probes not evaluable for a detection limit too near their height.
        is_bound: probes whose quotient is the highest it can be: their bins are empty.
        denaturation_quotient: denaturation fragments over those of the references, NaN.
        own_slope_per_100_nt: fall of the signal, not against the references, ln per 100 nt, NaN.
        serves: whether it is one of the reference samples of the run.
    """

    sample: RunSample
    status: MlpaStatus
    flags: tuple[Flag, ...]
    probes: ProbeSignals | None
    quotient: Floats
    sigma: Floats
    probe_calls: tuple[Call, ...]
    gene_calls: tuple[GeneCall, ...]
    slope_per_100_nt: float
    reference_probe_sd: float
    sex: str
    below_detection: Mask
    is_bound: Mask
    denaturation_quotient: float
    own_slope_per_100_nt: float
    serves: bool


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run, or the part of a run that shares a probemix.

    Attributes:
        samples: in the order they came.
        flags: about the whole run; each is also in the flags of its samples.
        reference_mean: per probe.
        reference_sd: per probe.
        reference_profile: mean ln height of the references without scale and slope, per probe.
        noisy: probes that scatter too much among the references.
        bins: as learnt, None when heights were given by probe.
    """

    samples: tuple[SampleResult, ...]
    flags: tuple[Flag, ...]
    reference_mean: Floats
    reference_sd: Floats
    reference_profile: Floats
    noisy: Mask
    bins: Bins | None
