"""What is true of a simulated MLPA sample: copies per probe, share of blasts, sex."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from der22.arrays import Floats
from der22.formats.probemix import Probe, Probemix

__all__ = ["MlpaSampleTruth", "copies_for_pattern", "dose_of", "normal_copies"]


@dataclass(frozen=True, slots=True)
class MlpaSampleTruth:
    """One sample as it really is.

    Attributes:
        sample_id: unique within the run.
        role: patient, reference, no_dna or positive_control.
        sex: F or M.
        copies: copies of a probe's target in the leukaemic cell; a probe not named has the normal
            number (2, or by sex for sex probes).
        blast_fraction: share of leukaemic cells in the sample, 0-1.
    """

    sample_id: str
    role: str = "patient"
    sex: str = "F"
    copies: Mapping[str, float] = field(default_factory=dict)
    blast_fraction: float = 1.0


def normal_copies(probe: Probe, sex: str) -> float:
    """Return the copies of a probe's target in a normal cell.

    Genes of the pseudoautosomal region are target probes and have two copies in both sexes.
    """
    if probe.role == "sex_x":
        return 2.0 if sex == "F" else 1.0
    if probe.role == "sex_y":
        return 0.0 if sex == "F" else 1.0
    return 2.0


def dose_of(truth: MlpaSampleTruth, probemix: Probemix) -> Floats:
    """Return the mean number of copies per cell of the sample, per probe in sheet order.

    Quantity fragments need no DNA and hold NaN.
    """
    blasts = truth.blast_fraction
    dose = []
    for probe in probemix.probes:
        normal = normal_copies(probe, truth.sex)
        leukaemic = truth.copies.get(probe.probe_id, normal)
        mean = blasts * leukaemic + (1.0 - blasts) * normal
        dose.append(float("nan") if probe.role == "quantity" else mean)
    return np.array(dose)


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
        probes = [probe for probe in probemix.of_role("target") if probe.gene == gene]
        if not probes:
            raise KeyError(f"{probemix.name} has no target probe of {gene!r}")
        probes.sort(key=lambda probe: 0.0 if probe.order is None else probe.order)
        if text == "all":
            copies |= {probe.probe_id: left for probe in probes}
            continue
        exons = [probe.exon for probe in probes]
        for part in text.split("+"):
            # An exon may itself hold a hyphen, so the whole part is tried first.
            first, _, last = (part, "", part) if part in exons else part.partition("-")
            if first not in exons or last not in exons:
                raise KeyError(f"{gene} has no exons {part!r} in {probemix.name}; it has {exons}")
            end = len(exons) - exons[::-1].index(last)
            copies |= {probe.probe_id: left for probe in probes[exons.index(first) : end]}
    return copies
