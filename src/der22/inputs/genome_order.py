"""In which order probes and genes are shown: along the genome, as far as the sheet tells."""

from __future__ import annotations

import math
from collections.abc import Iterable

from der22.formats.probemix import Probe

__all__ = ["in_genome_order"]

_CHROMOSOMES = {name: rank for rank, name in enumerate([*map(str, range(1, 23)), "X", "Y"])}


def in_genome_order(probes: Iterable[Probe]) -> list[Probe]:
    """Return `probes` by chromosome, gene and place within the gene.

    Genes of one chromosome follow their first known position, without positions their names; within
    a gene the column ``order`` decides. Probes without a chromosome come last, in sheet order.
    """
    listed = list(probes)
    first: dict[str, float] = {}
    for probe in listed:
        start = math.inf if probe.start is None else float(probe.start)
        first[probe.gene] = min(start, first.get(probe.gene, math.inf))
    last = len(_CHROMOSOMES)

    def place(probe: Probe) -> tuple[int, float, str, float]:
        rank = _CHROMOSOMES.get(probe.chrom or "", last)
        if rank == last:
            return last, math.inf, "", math.inf
        return rank, first[probe.gene], probe.gene, math.inf if probe.order is None else probe.order

    return sorted(listed, key=place)
