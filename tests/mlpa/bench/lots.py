"""Probemix lots: which probe runs where, on which arm it lies, how well it works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from der22.formats.probemix import Probe, read_probemix
from der22.resources import resource_path
from mlpa.bench.karyotype import PAR1, Locus

__all__ = ["Lot", "draw_lot"]

Floats = NDArray[np.float64]

_ARM_OF_GENE = {
    "EBF1": "5q", "IKZF1": "7p", "JAK2": "9p", "CDKN2A": "9p", "CDKN2B": "9p", "PAX5": "9p",
    "ETV6": "12p", "BTG1": "12q", "RB1": "13q", "SHOX": PAR1, "CRLF2": PAR1, "CSF2RA": PAR1,
    "IL3RA": PAR1, "P2RY8": PAR1,
}  # fmt: skip
#: arms where a maker may put reference probes, with a place on GRCh38 inside each
_REFERENCE_ARMS = {
    "1p": 60e6, "1q": 200e6, "2p": 40e6, "2q": 180e6, "3p": 40e6, "3q": 150e6, "4p": 20e6,
    "4q": 140e6, "5p": 20e6, "6p": 20e6, "6q": 120e6, "8p": 20e6, "8q": 110e6, "10p": 12e6,
    "10q": 100e6, "11p": 20e6, "11q": 100e6, "14q": 60e6, "15q": 60e6, "16p": 10e6, "17q": 60e6,
    "18q": 50e6, "19p": 8e6, "20q": 50e6, "22q": 40e6,
}  # fmt: skip
_TILTED_SPAN = {"short_references": (118.0, 200.0), "long_references": (390.0, 485.0)}


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot of a mix; arrays in the order of `probes`, shape (n_probes,).

    Attributes:
        name: of the sheet.
        probes: rows of the sheet.
        arms: arm of each probe, '' for control fragments without one.
        gc: share of G and C of each probe (invented).
        log_efficiency: natural logarithm of the yield of two copies, without the fall by length.
        offset_nt: observed minus expected length.
        tells_arms: whether the sheet names the chromosome of reference probes.
    """

    name: str
    probes: tuple[Probe, ...]
    arms: tuple[str, ...]
    gc: Floats
    log_efficiency: Floats
    offset_nt: Floats
    tells_arms: bool

    @property
    def lengths_nt(self) -> Floats:
        """Return the expected lengths, shape (n_probes,), nt."""
        return np.array([probe.length_nt for probe in self.probes])

    @property
    def loci(self) -> tuple[Locus, ...]:
        """Return where each probe lies; control fragments have the arm ``none``."""
        return tuple(
            Locus(probe.probe_id, probe.gene, probe.exon, probe.order or 1.0, arm or "none")
            for probe, arm in zip(self.probes, self.arms, strict=True)
        )

    @property
    def genes(self) -> tuple[str, ...]:
        """Return the target genes, each once."""
        return tuple(dict.fromkeys(probe.gene for probe in self.probes if probe.gene))

    def index(self, *roles: str) -> NDArray[np.intp]:
        """Return the places of the probes with one of `roles`."""
        return np.flatnonzero([probe.role in roles for probe in self.probes])

    def of_gene(self, *genes: str) -> NDArray[np.intp]:
        """Return the places of the target probes of `genes`."""
        return np.flatnonzero([probe.gene in genes for probe in self.probes])

    def write(self, path: Path) -> None:
        """Write the sheet as a user keeps it."""
        lines = [f"# probemix: {self.name}", "# lot: bench", "# status: synthetic"]
        lines.append("probe_id\tlength_nt\tgene\texon\trole\tchrom\tstart\tend\torder")
        for probe in self.probes:
            cells = (
                probe.probe_id, f"{probe.length_nt:g}", probe.gene, probe.exon, probe.role,
                probe.chrom, probe.start, probe.end,
                None if probe.order is None else f"{probe.order:g}",
            )  # fmt: skip
            lines.append("\t".join("" if cell is None else str(cell) for cell in cells))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def draw_lot(
    rng: np.random.Generator,
    layout: str | None = None,
    *,
    needed_arms: Sequence[str] = (),
    tells_arms: bool | None = None,
) -> Lot:
    """Return a lot.

    Args:
        rng: source of chance.
        layout: ``shipped`` (lengths of the shipped synthetic sheet), ``drawn`` (own lengths, any
            probe anywhere), ``short_references`` or ``long_references`` (reference probes at one
            end); None = one of the first two.
        needed_arms: arms that must carry a reference probe each.
        tells_arms: whether the sheet names chromosomes of reference probes; None = most do.
    """
    layout = layout or str(rng.choice(["shipped", "drawn"]))
    tells = bool(rng.random() < 0.75) if tells_arms is None else tells_arms
    shipped = read_probemix(resource_path("probemix/P335-synthetic.tsv")).probes
    lengths = _lengths(rng, shipped, layout)
    arms = _arms(rng, shipped, needed_arms)
    probes = tuple(
        _row(probe, length, arm, tells)
        for probe, length, arm in zip(shipped, lengths, arms, strict=True)
    )
    order = np.argsort(lengths)
    probes = tuple(probes[i] for i in order)
    arms = tuple(arms[i] for i in order)
    gc = _gc(rng, probes)
    return Lot(
        f"bench-{layout}", probes, arms, gc, _log_efficiency(rng, probes), _offsets(rng, probes),
        tells,
    )  # fmt: skip


def _lengths(rng: np.random.Generator, shipped: Sequence[Probe], layout: str) -> Floats:
    lengths = np.array([probe.length_nt for probe in shipped])
    if layout == "shipped":
        return lengths
    free = np.flatnonzero([probe.role in ("target", "reference") for probe in shipped])
    gaps = rng.choice([6.0, 7.0, 8.0], size=free.size - 1, p=[0.4, 0.45, 0.15])
    places = float(rng.integers(116, 122)) + np.concatenate([[0.0], np.cumsum(gaps)])
    is_reference = np.array([shipped[int(i)].role == "reference" for i in free])
    n = int(is_reference.sum())
    if layout == "drawn":
        slots = np.linspace(0, free.size - 1, n) + rng.uniform(-1.5, 1.5, n)
        chosen = np.unique(np.clip(np.rint(slots), 0, free.size - 1).astype(int))
    else:
        low, high = _TILTED_SPAN[layout]
        inside = np.flatnonzero((places >= low) & (places <= high))
        chosen = np.sort(rng.choice(inside, min(n, inside.size), replace=False))
    rest = np.setdiff1d(np.arange(free.size), chosen)
    missing = n - chosen.size
    chosen = np.concatenate([chosen, rng.choice(rest, missing, replace=False)]).astype(int)
    rest = np.setdiff1d(np.arange(free.size), chosen)
    lengths[free[is_reference]] = places[np.sort(chosen)]
    lengths[free[~is_reference]] = places[rng.permutation(rest)]
    return lengths


def _arms(
    rng: np.random.Generator, shipped: Sequence[Probe], needed: Sequence[str]
) -> tuple[str, ...]:
    n = sum(probe.role == "reference" for probe in shipped)
    others = [arm for arm in _REFERENCE_ARMS if arm not in needed]
    drawn = [*needed, *rng.permutation(others)][:n]
    references = iter(rng.permutation(drawn).tolist())
    control = {"sex_x": "Xq", "sex_y": "Yq"}
    return tuple(
        next(references)
        if probe.role == "reference"
        else _ARM_OF_GENE.get(probe.gene, control.get(probe.role, ""))
        for probe in shipped
    )


def _row(probe: Probe, length: float, arm: str, tells: bool) -> Probe:
    chrom, start, end = probe.chrom, probe.start, probe.end
    if probe.role == "reference" and tells:
        chrom = arm[:-1]
        start = int(_REFERENCE_ARMS.get(arm, 32e6))
        end = start + 70
    return Probe(
        probe.probe_id, float(length), probe.gene, probe.exon, probe.role, chrom, start, end,
        probe.order,
    )  # fmt: skip


def _gc(rng: np.random.Generator, probes: Sequence[Probe]) -> Floats:
    gc = rng.normal(0.47, 0.06, len(probes))
    for i, probe in enumerate(probes):
        if probe.exon.startswith("1") and len(probe.exon) <= 2 and probe.exon not in ("14", "16"):
            gc[i] += rng.uniform(0.05, 0.15)  # first exons lie in CpG islands
        if probe.gene in ("CDKN2A", "CDKN2B"):
            gc[i] += rng.uniform(0.04, 0.14)
        if probe.role == "denaturation":
            gc[i] = 0.70
    return np.clip(gc, 0.32, 0.74)


def _log_efficiency(rng: np.random.Generator, probes: Sequence[Probe]) -> Floats:
    log_efficiency = rng.normal(0.0, 0.30, len(probes))
    # METHOD: the last eight probes of a real mix are 0.32 of the first eight over some 330 nt
    # (facts/mlpa_simulator_parameters.csv).
    lengths = np.array([probe.length_nt for probe in probes])
    log_efficiency += np.log(0.32) * (lengths - 300.0) / 330.0
    level = float(np.log(0.32) * (95.0 - 300.0) / 330.0)
    x = level + rng.normal(0.0, 0.1)
    for i, probe in enumerate(probes):
        if probe.role == "benchmark":
            log_efficiency[i] = level
        elif probe.role == "denaturation":
            log_efficiency[i] = level + np.log(rng.uniform(0.75, 1.1))
        elif probe.role == "sex_x":
            log_efficiency[i] = x
        elif probe.role == "sex_y":
            log_efficiency[i] = x + np.log(rng.uniform(0.8, 1.8))
        elif probe.role == "quantity":
            log_efficiency[i] = level + np.log(rng.uniform(0.06, 0.12))
    return log_efficiency


def _offsets(rng: np.random.Generator, probes: Sequence[Probe]) -> Floats:
    """Return size shifts of sequence and dye: fixed in a lot, 1-2 nt, neighbours in order."""
    lengths = np.array([probe.length_nt for probe in probes])
    common = rng.uniform(-1.2, 0.4) + rng.uniform(-0.2, 0.3) * (lengths - 300.0) / 200.0
    own = np.clip(rng.normal(0.0, 0.6, len(probes)), -1.4, 1.4)
    control = np.array([probe.role not in ("target", "reference") for probe in probes])
    return common + np.where(control, 0.15 * own, own)
