"""What is true of a simulated MLPA sample: copies per probe, share of blasts, sex, fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from der22.arrays import Floats
from der22.formats.probemix import Probe, Probemix

__all__ = ["MlpaSampleTruth", "copies_for_pattern", "dose_of"]


@dataclass(frozen=True, slots=True)
class MlpaSampleTruth:
    """One sample as it really is, and as the sheet will declare it.

    Attributes:
        sample_id: unique within the run.
        role: patient, reference, no_dna or positive_control.
        sex: F or M, as the sheet declares it.
        copies: copies of a probe's target in the leukaemic cell; a probe not named has the normal
            number (2, or by sex for sex probes).
        blast_fraction: share of leukaemic cells in the sample, 0-1.
        clone_fraction: share of the leukaemic cells that carry `copies`; one, or one per probe.
        well: plate well; '' = the simulator gives one by the place in the run.
        fault: a code of `mlpa_faults`, with a variant after a colon where it has some.
        second_copies: copies in a second, disjoint clone.
        second_fraction: share of the leukaemic cells in the second clone.
    """

    sample_id: str
    role: str = "patient"
    sex: str = "F"
    copies: Mapping[str, float] = field(default_factory=dict)
    blast_fraction: float = 1.0
    clone_fraction: float | Mapping[str, float] = 1.0
    well: str = ""
    fault: str | None = None
    second_copies: Mapping[str, float] = field(default_factory=dict)
    second_fraction: float = 0.0


def dose_of(truth: MlpaSampleTruth, probemix: Probemix) -> Floats:
    """Return the mean number of copies per cell of the sample, per probe in sheet order.

    Quantity fragments need no DNA and hold NaN.
    """
    return np.array([_probe_dose(truth, probe) for probe in probemix.probes])


def copies_for_pattern(
    probemix: Probemix, pattern: Mapping[str, str], levels: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Return copies per probe for lesions written as the bench writes them.

    Args:
        probemix: names the exons of each gene.
        pattern: gene -> ``4-7``, ``5``, ``1+4-7`` or ``all``; exons as in the sheet, ranges along
            `order`.
        levels: gene -> copies left; 1 where not given (0 = homozygous deletion, 3 = gain).

    Raises:
        KeyError: the probemix has no such gene or exon.

    >>> copies_for_pattern(probemix, {"IKZF1": "4-7"})  # doctest: +SKIP
    {'IKZF1-4': 1.0, 'IKZF1-5': 1.0, 'IKZF1-6': 1.0, 'IKZF1-7': 1.0}
    """
    copies: dict[str, float] = {}
    for gene, text in pattern.items():
        left = 1.0 if levels is None else float(levels.get(gene, 1.0))
        for probe in _probes_of_pattern(probemix, gene, text):
            copies[probe.probe_id] = left
    return copies


def _probes_of_pattern(probemix: Probemix, gene: str, text: str) -> list[Probe]:
    probes = [probe for probe in probemix.of_role("target") if probe.gene == gene]
    if not probes:
        raise KeyError(f"{probemix.name} has no target probe of {gene!r}")
    probes.sort(key=lambda probe: 0.0 if probe.order is None else probe.order)
    if text == "all":
        return probes
    exons = [probe.exon for probe in probes]
    chosen: list[Probe] = []
    for part in text.split("+"):
        # An exon may itself hold a hyphen, so the whole part is tried first.
        first, _, last = (part, "", part) if part in exons else part.partition("-")
        if first not in exons or last not in exons:
            raise KeyError(f"{gene} has no exons {part!r} in {probemix.name}; it has {exons}")
        end = len(exons) - 1 - exons[::-1].index(last)
        chosen += probes[exons.index(first) : end + 1]
    return chosen


def _probe_dose(truth: MlpaSampleTruth, probe: Probe) -> float:
    if probe.role == "quantity":
        return float("nan")
    normal = _normal_copies(probe, truth.sex)
    share = truth.clone_fraction
    first = float(share.get(probe.probe_id, 1.0)) if isinstance(share, Mapping) else float(share)
    second = truth.second_fraction
    leukaemic = (
        first * truth.copies.get(probe.probe_id, normal)
        + second * truth.second_copies.get(probe.probe_id, normal)
        + (1.0 - first - second) * normal
    )
    return truth.blast_fraction * leukaemic + (1.0 - truth.blast_fraction) * normal


def _normal_copies(probe: Probe, sex: str) -> float:
    # Genes of the pseudoautosomal region are target probes and have two copies in both sexes.
    if probe.role == "sex_x":
        return 2.0 if sex == "F" else 1.0
    if probe.role == "sex_y":
        return 0.0 if sex == "F" else 1.0
    return 2.0
