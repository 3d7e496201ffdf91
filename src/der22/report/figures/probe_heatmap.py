"""Probe heatmap: dosage quotient of every target probe in every patient sample."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure

from der22.report.figures.data import FigureData
from der22.report.figures.style import (
    BLUE,
    CLASS_ORDER,
    INK,
    MAX_PATIENTS,
    ORANGE,
    SMALL,
    new_figure,
)
from der22.report.words import count_text
from der22.results.cohort import RiskRow
from der22.words import MlpaStatus

__all__ = ["draw_probe_heatmap", "patients_by_finding"]

#: losses blue, gains orange, two copies white
_COLOURS = LinearSegmentedColormap.from_list(
    "dosage", ["#08306B", BLUE, "white", ORANGE, "#7F3B08"]
).with_extremes(bad="#D0D0D0")


def draw_probe_heatmap(data: FigureData) -> Figure | None:
    """Draw samples in rows, probes in columns by gene; None without MLPA."""
    done = patients_by_finding(data.risk)
    found = {name: place for place, name in enumerate(done)}
    samples = list(dict.fromkeys((row.patient_id or "", row.sample_id) for row in data.probes))
    samples.sort(key=lambda sample: (found.get(sample[0], len(found)), sample))
    shown = samples[:MAX_PATIENTS]
    if not shown:
        return None
    # by gene, exon 2 before exon 10, and what is no exon last
    order = {gene: place for place, gene in enumerate(data.genes)}
    probes = list(dict.fromkeys((row.gene, row.exon, row.probe_id) for row in data.probes))
    numbers = {exon: re.match(r"\d+", exon) for _, exon, _ in probes}
    exons = {exon: int(number[0]) if number else 10**6 for exon, number in numbers.items()}
    probes.sort(key=lambda probe: (order.get(probe[0], len(order)), exons[probe[1]], probe[1]))
    title = f"Dosage quotient of {len(probes)} probes in {len(shown)} samples"
    if len({patient for patient, _ in shown}) < len(done):
        title += f", the first by IKZF1 class of {count_text(len(done), 'patient')}"
    figure = new_figure(
        2.6 + 0.135 * len(probes), 1.9 + 0.125 * len(shown), title, data.cohort_name
    )
    axes = figure.add_subplot()
    lines = {sample: place for place, sample in enumerate(shown)}
    columns = {probe_id: place for place, (_, _, probe_id) in enumerate(probes)}
    quotients = np.full((len(shown), len(probes)), math.nan)
    for row in data.probes:
        line = lines.get((row.patient_id or "", row.sample_id))
        if line is not None and row.dosage_quotient is not None:
            quotients[line, columns[row.probe_id]] = row.dosage_quotient
    image = axes.imshow(
        np.ma.masked_invalid(quotients),
        cmap=_COLOURS,
        norm=TwoSlopeNorm(1.0, 0.0, 2.0),
        aspect="auto",
        interpolation="nearest",
    )
    axes.set_yticks(range(len(shown)), [patient for patient, _ in shown])
    axes.set_xticks(range(len(probes)), [exon for _, exon, _ in probes], rotation=90)
    axes.tick_params(length=0)
    axes.set_xlabel("exon")
    genes = [gene for gene, _, _ in probes]
    for gene in dict.fromkeys(genes):
        first, count = genes.index(gene), genes.count(gene)
        if first:
            axes.axvline(first - 0.5, color=INK, linewidth=0.6)
        axes.text(
            first - 0.4 if count > 1 else first,
            -0.9,
            gene,
            fontsize=SMALL,
            rotation=0 if count > 3 else 90,
            ha="left" if count > 1 else "center",
            va="bottom",
        )
    for spine in axes.spines.values():
        spine.set_visible(False)
    bar = figure.colorbar(image, ax=axes, fraction=0.02, pad=0.01, extend="max")
    bar.set_label("dosage quotient (1 = two copies; grey = not evaluable)", fontsize=SMALL)
    return figure


def patients_by_finding(risk: Sequence[RiskRow]) -> list[str]:
    """Return the patients with MLPA by IKZF1 class, then identifier."""
    done = [row for row in risk if row.mlpa_status is not MlpaStatus.NOT_DONE]
    done.sort(key=lambda row: (CLASS_ORDER.index(row.ikzf1_class), row.patient_id))
    return [row.patient_id for row in done]
