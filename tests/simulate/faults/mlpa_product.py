"""Faults of the sample and of the reaction: what each does, as plain functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from der22.arrays import Floats
from der22.formats.probemix import Probe, Probemix
from der22.simulate.mlpa_product import Lot, Product, lengths_of, roles_of
from simulate.plate_sample import PlateSample

__all__ = [
    "contaminate", "denature_badly", "fail_ligation", "gain_reference_probes", "give_dna",
    "lose_largest_gene", "lose_product", "lower_blasts", "lower_dna", "mix_clones",
    "put_variant_under_probe", "scatter_one_probe", "scatter_reference_probes",
    "shift_some_probes", "swap_sex", "thin_out_blasts", "tilt", "use_foreign_mix",
]  # fmt: skip


_LITTLE_DNA, _QUANTITY_AT_LITTLE_DNA, _NOISE_AT_LITTLE_DNA = 0.35, 0.75, 0.12
_LIGATION_LEFT = 0.03
_DENATURATION_LEFT, _GC_RICH_LEFT = 0.2, (0.45, 0.8)
_CONTAMINATION = 0.2
_STEEP_PER_100_NT = -0.65
_REFERENCE_SCATTER = 0.2
_SHIFTED_PROBES, _SHIFT_DOWN, _SHIFT_UP = 4, 0.74, 1.32
_NOISY_SD = 0.25
_FOREIGN_START_NT, _FOREIGN_STEP_NT, _FOREIGN_SCATTER_NT = (121.0, 130.0), (5.0, 8.6), 0.5
_FEW_BLASTS, _LOW_BLASTS = 0.2, 0.45
_LARGER_CLONE = 0.6


def swap_sex(truth: PlateSample, _probemix: Probemix) -> PlateSample:
    """The tube holds DNA of the other sex."""
    return replace(truth, sex="M" if truth.sex == "F" else "F")


def give_dna(truth: PlateSample, _probemix: Probemix) -> PlateSample:
    """The no-DNA control holds somebody's DNA."""
    return replace(truth, role="patient")


def thin_out_blasts(truth: PlateSample, _probemix: Probemix) -> PlateSample:
    """Too few leukaemic cells for any statement."""
    return replace(truth, blast_fraction=_FEW_BLASTS)


def lower_blasts(truth: PlateSample, _probemix: Probemix) -> PlateSample:
    """Enough leukaemic cells for a large clone only."""
    return replace(truth, blast_fraction=_LOW_BLASTS)


def lose_largest_gene(truth: PlateSample, probemix: Probemix) -> PlateSample:
    """A sample thought normal has lost one copy of the gene with most probes."""
    lost = {probe.probe_id: 1.0 for probe in _largest_gene(probemix)}
    return replace(truth, copies=lost, blast_fraction=1.0, clone_fraction=1.0)


def mix_clones(truth: PlateSample, probemix: Probemix) -> PlateSample:
    """Most cells have lost one copy of the whole gene, the others both copies of its middle."""
    gene = _largest_gene(probemix)
    middle = gene[len(gene) // 3 : -1]
    return replace(
        truth,
        copies={**truth.copies, **{probe.probe_id: 1.0 for probe in gene}},
        clone_fraction=_LARGER_CLONE,
        second_copies={probe.probe_id: 0.0 for probe in middle},
        second_fraction=1.0 - _LARGER_CLONE,
        blast_fraction=max(truth.blast_fraction, 0.9),
    )


def gain_reference_probes(truth: PlateSample, probemix: Probemix) -> PlateSample:
    """Aneuploid cells: a quarter of the reference probes lies on gained chromosomes."""
    references = probemix.of_role("reference")
    gained = {probe.probe_id: 3.0 for probe in references[::4][: len(references) // 4]}
    blasts = max(truth.blast_fraction, 0.8)
    return replace(truth, copies={**truth.copies, **gained}, blast_fraction=blasts)


def put_variant_under_probe(truth: PlateSample, probemix: Probemix) -> PlateSample:
    """An inherited variant stops the probe on one chromosome, in every cell of the sample."""
    changed = {probe.gene for probe in probemix.probes if probe.probe_id in truth.copies}
    gene = _largest_gene(probemix, but=changed)
    if not gene or truth.blast_fraction <= 0.0:
        return truth
    struck = gene[len(gene) // 2].probe_id
    left = max(0.0, 2.0 - 1.0 / truth.blast_fraction)
    share = truth.clone_fraction
    if not isinstance(share, Mapping):
        share = dict.fromkeys(truth.copies, share)
    return replace(
        truth,
        copies={**truth.copies, struck: left},
        clone_fraction={**share, struck: 1.0},
    )


def use_foreign_mix(
    product: Product, _lot: Lot, probemix: Probemix, shared: np.random.Generator,
    _own: np.random.Generator,
) -> Product:  # fmt: skip
    """The tube holds another probemix: other lengths, other signal."""
    probes = np.flatnonzero(np.isin(roles_of(probemix), ("target", "reference")))
    by_size = probes[np.argsort(product.size_nt[probes])]
    steps = shared.uniform(*_FOREIGN_STEP_NT, len(probes) - 1)
    steps *= (lengths_of(probemix).max() - 125.0) / steps.sum()
    place = shared.uniform(*_FOREIGN_START_NT) + np.concatenate(([0.0], np.cumsum(steps)))
    size, signal = product.size_nt.copy(), product.signal.copy()
    size[by_size] = place + shared.normal(0.0, _FOREIGN_SCATTER_NT, len(probes))
    signal[by_size] *= np.exp(shared.normal(0.0, 0.3, len(probes)))
    return replace(product, size_nt=size, signal=signal)


def lower_dna(
    product: Product, lot: Lot, probemix: Probemix, _shared: np.random.Generator,
    own: np.random.Generator,
) -> Product:  # fmt: skip
    """Little DNA: weak noisy probes, strong quantity fragments."""
    noise = np.exp(own.normal(0.0, _NOISE_AT_LITTLE_DNA, len(product.signal)))
    signal = product.signal * _LITTLE_DNA * noise
    return _with_quantity(product, lot, probemix, signal, _LITTLE_DNA * _QUANTITY_AT_LITTLE_DNA)


def fail_ligation(
    product: Product, lot: Lot, probemix: Probemix, _shared: np.random.Generator,
    _own: np.random.Generator,
) -> Product:  # fmt: skip
    """No ligation: only the fragments that need none."""
    return _with_quantity(product, lot, probemix, product.signal * _LIGATION_LEFT, 1.0)


def lose_product(
    product: Product, _lot: Lot, _probemix: Probemix, _shared: np.random.Generator,
    _own: np.random.Generator,
) -> Product:  # fmt: skip
    """Nothing but primers."""
    return replace(
        product,
        signal=np.zeros_like(product.signal),
        stray_signal=np.zeros_like(product.stray_signal),
    )


def denature_badly(
    product: Product, lot: Lot, probemix: Probemix, _shared: np.random.Generator,
    own: np.random.Generator,
) -> Product:  # fmt: skip
    """Salt keeps GC-rich DNA together: denaturation fragments fall, GC-rich probes with them."""
    left = np.where(lot.is_gc_rich, own.uniform(*_GC_RICH_LEFT, len(product.signal)), 1.0)
    left[roles_of(probemix) == "denaturation"] = _DENATURATION_LEFT
    return replace(product, signal=product.signal * left)


def contaminate(
    product: Product, lot: Lot, probemix: Probemix, _shared: np.random.Generator,
    _own: np.random.Generator,
) -> Product:  # fmt: skip
    """Traces of DNA in the control without DNA."""
    return _with_quantity(product, lot, probemix, product.signal * _CONTAMINATION, 0.9)


def tilt(
    product: Product, _lot: Lot, probemix: Probemix, _shared: np.random.Generator,
    _own: np.random.Generator,
) -> Product:  # fmt: skip
    """Evaporation: long fragments are lost."""
    steep = np.exp(_STEEP_PER_100_NT * (lengths_of(probemix) - 200.0) / 100.0)
    return replace(product, signal=product.signal * steep)


def scatter_reference_probes(
    product: Product, _lot: Lot, probemix: Probemix, _shared: np.random.Generator,
    own: np.random.Generator,
) -> Product:  # fmt: skip
    """Reference probes scatter far more than they should: by just `_REFERENCE_SCATTER`."""
    is_reference = roles_of(probemix) == "reference"
    noise = own.normal(0.0, 1.0, len(product.signal)) * is_reference
    noise *= _REFERENCE_SCATTER / np.std(noise[is_reference], ddof=1)
    return replace(product, signal=product.signal * np.exp(noise))


def shift_some_probes(
    product: Product, _lot: Lot, probemix: Probemix, shared: np.random.Generator,
    _own: np.random.Generator,
) -> Product:  # fmt: skip
    """DNA of another tissue or extraction: the same few probes are off in every such sample."""
    targets = np.flatnonzero(roles_of(probemix) == "target")
    chosen = shared.choice(targets, _SHIFTED_PROBES, replace=False)
    signal = product.signal.copy()
    signal[chosen[::2]] *= _SHIFT_DOWN
    signal[chosen[1::2]] *= _SHIFT_UP
    return replace(product, signal=signal)


def scatter_one_probe(
    product: Product, _lot: Lot, probemix: Probemix, shared: np.random.Generator,
    own: np.random.Generator,
) -> Product:  # fmt: skip
    """One probe of the mix is unreliable in every sample of the run."""
    chosen = shared.choice(np.flatnonzero(roles_of(probemix) == "target"))
    signal = product.signal.copy()
    signal[chosen] *= np.exp(own.normal(0.0, _NOISY_SD))
    return replace(product, signal=signal)


def _with_quantity(
    product: Product, lot: Lot, probemix: Probemix, signal: Floats, of_benchmark: float
) -> Product:
    """Return the product with quantity fragments at `of_benchmark` times a usual benchmark."""
    role = roles_of(probemix)
    benchmark = lot.efficiency[role == "benchmark"]
    usual = float(benchmark[0]) if len(benchmark) else 1.0
    quantity = role == "quantity"
    spread = lot.efficiency[quantity] / np.median(lot.efficiency[quantity]) if quantity.any() else 1
    signal[quantity] = usual * of_benchmark * spread
    return replace(product, signal=signal)


def _largest_gene(probemix: Probemix, but: Collection[str] = ()) -> list[Probe]:
    """Return the target probes of the gene with most of them, in order; first in the sheet wins.

    Args:
        probemix: the sheet.
        but: genes left out.
    """
    named = [probe for probe in probemix.of_role("target") if probe.gene]
    targets = [probe for probe in named if probe.gene not in but]
    counts: dict[str, int] = {}
    for probe in targets:
        counts[probe.gene] = counts.get(probe.gene, 0) + 1
    if not counts:
        return []
    largest = max(counts, key=lambda gene: counts[gene])
    own = [probe for probe in targets if probe.gene == largest]
    return sorted(own, key=lambda probe: 0.0 if probe.order is None else probe.order)
