"""Draws lesions of Ph-positive ALL with stated frequencies, and whole plates of patients.

METHOD: IKZF1 deleted in 70 % of adults, about half of these exons 4-7; PAX5 35 %, CDKN2A/CDKN2B
33 %, RB1 20 %, other genes 5-10 %. Which exons go with which gene, and how often a loss is
homozygous, is chosen to look like published series and proves nothing about real ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from der22.formats.probemix import Probemix
from der22.simulate.mlpa_product import random_stream
from der22.simulate.mlpa_truth import copies_for_pattern
from simulate.plate_sample import PlateSample

__all__ = ["LESION_FREQUENCY", "Lesions", "draw_lesions", "draw_patient", "draw_plate"]

#: share of patients with a loss in each group of genes
LESION_FREQUENCY: Mapping[str, float] = MappingProxyType({
    "IKZF1": 0.70, "PAX5": 0.35, "CDKN2A/CDKN2B": 0.33, "RB1": 0.20,
    "BTG1": 0.08, "ETV6": 0.08, "EBF1": 0.07, "PAR1": 0.05,
})  # fmt: skip

_IKZF1_PATTERNS = (("4-7", 0.50), ("1-8", 0.20), ("2-7", 0.12), ("4-8", 0.08), ("2-8", 0.06),
                   ("2-3", 0.04))  # fmt: skip
_PATTERNS: Mapping[str, tuple[tuple[str, float], ...]] = MappingProxyType({
    "PAX5": (("all", 0.40), ("2-6", 0.25), ("2-8", 0.15), ("5-10", 0.20)),
    "RB1": (("all", 0.50), ("19-26", 0.50)),
    "BTG1": (("all", 0.60), ("downstream 1-downstream 2", 0.40)),
    "ETV6": (("all", 0.50), ("2-8", 0.50)),
    "EBF1": (("all", 0.60), ("10-16", 0.40)),
})  # fmt: skip
_HOMOZYGOUS_CDKN2, _HOMOZYGOUS_IKZF1, _CDKN2A_ALONE = 0.5, 0.05, 0.15
_PAX5_GAIN = 0.03
#: genes of PAR1 from the telomere; P2RY8::CRLF2 loses what lies between its ends
_PAR1 = ("CSF2RA", "IL3RA")
_CLASSES = ("IKZF1plus", "IKZF1_deletion", "no_IKZF1_deletion")
_MAX_TRIES = 1000
_FULL_CLONE_SHARE = 0.85
_USUAL_BLASTS, _LOW_BLASTS, _LOW_BLASTS_SHARE = (0.70, 0.98), (0.45, 0.70), 0.12


@dataclass(frozen=True, slots=True)
class Lesions:
    """What the leukaemic cells of one patient have lost or gained.

    Attributes:
        pattern: gene -> exons as the bench writes them, only changed genes.
        level: gene -> copies there: 0, 1 or 3.
        copies: probe -> copies, only changed probes.
    """

    pattern: Mapping[str, str]
    level: Mapping[str, float]
    copies: Mapping[str, float]

    def is_deleted(self, gene: str) -> bool:
        """Tell whether any probe of `gene` has fewer than two copies."""
        return self.level.get(gene, 2.0) < 2.0

    @property
    def ikzf1_class(self) -> str:
        """Return the true class under the gimema definition."""
        if not self.is_deleted("IKZF1"):
            return "no_IKZF1_deletion"
        partners = any(self.is_deleted(gene) for gene in ("CDKN2A", "CDKN2B", "PAX5"))
        return "IKZF1plus" if partners else "IKZF1_deletion"


def draw_lesions(
    probemix: Probemix,
    rng: np.random.Generator,
    ikzf1_class: str | None = None,
    known: Mapping[str, bool] | None = None,
) -> Lesions:
    """Return the lesions of one patient.

    Args:
        probemix: genes it does not hold are left out.
        rng: drawn from.
        ikzf1_class: draw until the patient is of this class (gimema definition); None = any.
        known: groups of `LESION_FREQUENCY` that are hit or not; the others are drawn.

    Raises:
        ValueError: unknown class or group, or a class that cannot be shown.
    """
    given = {} if known is None else dict(known)
    if given.keys() - LESION_FREQUENCY.keys():
        raise ValueError(f"groups {sorted(given)}; known: {', '.join(LESION_FREQUENCY)}")
    if ikzf1_class is None:
        return _draw_once(probemix, rng, given)
    if ikzf1_class not in _CLASSES:
        raise ValueError(f"class {ikzf1_class!r}; known: {', '.join(_CLASSES)}")
    for _ in range(_MAX_TRIES):
        lesions = _draw_once(probemix, rng, given)
        if lesions.ikzf1_class == ikzf1_class:
            return lesions
    raise ValueError(f"{probemix.name} cannot show {ikzf1_class}")


def draw_patient(
    sample_id: str,
    probemix: Probemix,
    rng: np.random.Generator,
    ikzf1_class: str | None = None,
    sex: str | None = None,
    known: Mapping[str, bool] | None = None,
) -> PlateSample:
    """Return one patient's sample: lesions as `draw_lesions` does, blasts, clone, sex."""
    lesions = draw_lesions(probemix, rng, ikzf1_class, known)
    drawn_sex = str(rng.choice(("F", "M")))
    low = rng.random() < _LOW_BLASTS_SHARE
    blasts = rng.uniform(*(_LOW_BLASTS if low else _USUAL_BLASTS))
    full = rng.random() < _FULL_CLONE_SHARE
    return PlateSample(
        sample_id=sample_id,
        sex=drawn_sex if sex is None else sex,
        copies=lesions.copies,
        blast_fraction=float(np.round(blasts, 2)),
        clone_fraction=1.0 if full else float(np.round(rng.uniform(0.8, 1.0), 2)),
    )


def draw_plate(
    patient_ids: Sequence[str],
    probemix: Probemix,
    seed: int,
    n_references: int = 4,
    reference_prefix: str = "ref",
) -> tuple[PlateSample, ...]:
    """Return one run: references of both sexes, patients, a positive control, a no-DNA control."""
    references = [
        PlateSample(f"{reference_prefix}{i + 1}", role="reference", sex="FM"[i % 2])
        for i in range(n_references)
    ]
    patients = [
        draw_patient(name, probemix, random_stream("patient", seed, name)) for name in patient_ids
    ]
    genes = {probe.gene for probe in probemix.of_role("target")}
    known = copies_for_pattern(probemix, {"IKZF1": "all"} if "IKZF1" in genes else {})
    controls = [
        PlateSample("positive", role="positive_control", sex="F", copies=known),
        PlateSample("no-dna", role="no_dna"),
    ]
    return (*references, *patients, *controls)


def _draw_once(probemix: Probemix, rng: np.random.Generator, known: Mapping[str, bool]) -> Lesions:
    genes = {probe.gene for probe in probemix.of_role("target")}
    hit = {group: rng.random() < share for group, share in LESION_FREQUENCY.items()}
    hit |= known
    pattern: dict[str, str] = {}
    level: dict[str, float] = {}
    if hit["IKZF1"]:
        pattern["IKZF1"] = _draw_pattern(_IKZF1_PATTERNS, rng)
        level["IKZF1"] = 0.0 if rng.random() < _HOMOZYGOUS_IKZF1 else 1.0
    for gene, patterns in _PATTERNS.items():
        if hit[gene]:
            pattern[gene] = _draw_pattern(patterns, rng)
            level[gene] = 1.0
    if not hit["PAX5"] and rng.random() < _PAX5_GAIN:
        pattern["PAX5"], level["PAX5"] = "2-5", 3.0
    if hit["CDKN2A/CDKN2B"]:
        copies = 0.0 if rng.random() < _HOMOZYGOUS_CDKN2 else 1.0
        alone = rng.random() < _CDKN2A_ALONE
        for gene in ("CDKN2A",) if alone else ("CDKN2A", "CDKN2B"):
            pattern[gene], level[gene] = "all", copies
    if hit["PAR1"]:
        pattern |= dict.fromkeys(_PAR1, "all")
        level |= dict.fromkeys(_PAR1, 1.0)
    pattern = {gene: text for gene, text in pattern.items() if gene in genes}
    level = {gene: level[gene] for gene in pattern}
    return Lesions(pattern, level, copies_for_pattern(probemix, pattern, level))


def _draw_pattern(patterns: Sequence[tuple[str, float]], rng: np.random.Generator) -> str:
    shares = [share for _, share in patterns]
    return patterns[int(rng.choice(len(patterns), p=shares))][0]
