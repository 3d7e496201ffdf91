"""What a plate can hold beyond sound samples: clones, wells of choice, faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from der22.arrays import Floats
from der22.formats.probemix import Probemix
from der22.simulate.mlpa_injection import Injection
from der22.simulate.mlpa_truth import MlpaSampleTruth, normal_copies

__all__ = ["HarmedInjection", "PlateSample", "clonal_dose", "expected_dosage"]


@dataclass(frozen=True, slots=True)
class PlateSample(MlpaSampleTruth):
    """One sample as it really is, and as the sheet will declare it.

    Attributes:
        clone_fraction: share of the leukaemic cells that carry `copies`; one, or one per probe.
        well: plate well; '' = by the place in the run.
        fault: a key of `faults.mlpa.FAULTS`.
        second_copies: copies in a second, disjoint clone.
        second_fraction: share of the leukaemic cells in the second clone.
    """

    clone_fraction: float | Mapping[str, float] = 1.0
    well: str = ""
    fault: str | None = None
    second_copies: Mapping[str, float] = field(default_factory=dict)
    second_fraction: float = 0.0


@dataclass(frozen=True, slots=True)
class HarmedInjection(Injection):
    """What is loaded, and what happens to it on the way.

    Attributes:
        stop_nt: size at which the run ends early, None = as usual.
        delay: (size from which on, scans late), as after a bubble or a drop of current.
        spikes: (size where it falls, height) of signals in every dye.
        bleed: share of the first dye's signal in every other; None = as the instrument has it.
    """

    stop_nt: float | None = None
    delay: tuple[float, float] | None = None
    spikes: tuple[tuple[float, float], ...] = ()
    bleed: float | None = None


def clonal_dose(truth: PlateSample, probemix: Probemix) -> Floats:
    """Return the mean number of copies per cell of the sample, per probe in sheet order.

    Quantity fragments need no DNA and hold NaN.
    """
    dose = []
    for probe in probemix.probes:
        normal = normal_copies(probe, truth.sex)
        share = truth.clone_fraction
        first = float(share.get(probe.probe_id, 1.0) if isinstance(share, Mapping) else share)
        leukaemic = (
            first * truth.copies.get(probe.probe_id, normal)
            + truth.second_fraction * truth.second_copies.get(probe.probe_id, normal)
            + (1.0 - first - truth.second_fraction) * normal
        )
        mean = truth.blast_fraction * leukaemic + (1.0 - truth.blast_fraction) * normal
        dose.append(float("nan") if probe.role == "quantity" else mean)
    return np.array(dose)


def expected_dosage(truth: PlateSample, probemix: Probemix) -> dict[str, float]:
    """Return the dosage quotient each target and reference probe should show; {} without DNA."""
    if truth.role == "no_dna":
        return {}
    return {
        probe.probe_id: float(copies) / 2.0
        for probe, copies in zip(probemix.probes, clonal_dose(truth, probemix), strict=True)
        if probe.role in ("target", "reference")
    }
