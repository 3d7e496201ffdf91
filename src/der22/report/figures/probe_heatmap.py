"""Probe heatmap: dosage quotient of every target probe in every patient sample."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure

from der22.cohort.assays import TextRow
from der22.report.figures.data import FigureData
from der22.report.figures.style import BLUE, INK, MAX_PATIENTS, ORANGE, SMALL, new_figure
from der22.report.words import count_text

__all__ = ["draw_probe_heatmap", "patients_by_finding"]

#: losses blue, gains orange, two copies white
_COLOURS = LinearSegmentedColormap.from_list(
    "dosage", ["#08306B", BLUE, "white", ORANGE, "#7F3B08"]
).with_extremes(bad="#D0D0D0")


def draw_probe_heatmap(data: FigureData) -> Figure | None:
    """Draw samples in rows, probes in columns by gene; None without MLPA."""
    probes = list(dict.fromkeys((row["gene"], row["exon"], row["probe_id"]) for row in data.probes))
    order = {gene: i for i, gene in enumerate(data.genes)}
    probes.sort(key=lambda probe: (order.get(probe[0], len(order)), *_exon_order(probe[1])))
    found = {name: place for place, name in enumerate(patients_by_finding(data.risk))}
    samples = list(dict.fromkeys((row["patient_id"], row["sample_id"]) for row in data.probes))
    samples.sort(key=lambda sample: (found.get(sample[0], len(found)), sample))
    shown = samples[:MAX_PATIENTS]
    if not shown or not probes:
        return None
    title = f"Dosage quotient of {len(probes)} probes in {len(shown)} samples"
    done = sum(row["mlpa_status"] != "not_done" for row in data.risk)
    if len({patient for patient, _ in shown}) < done:
        title += f", the first by IKZF1 class of {count_text(done, 'patient')}"
    figure = new_figure(
        2.6 + 0.135 * len(probes), 1.9 + 0.125 * len(shown), title, data.cohort_name
    )
    axes = figure.add_subplot()
    image = axes.imshow(
        np.ma.masked_invalid(_matrix(data.probes, shown, probes)),
        cmap=_COLOURS,
        norm=TwoSlopeNorm(1.0, 0.0, 2.0),
        aspect="auto",
        interpolation="nearest",
    )
    _label(axes, shown, probes)
    bar = figure.colorbar(image, ax=axes, fraction=0.02, pad=0.01, extend="max")
    bar.set_label("dosage quotient (1 = two copies; grey = not evaluable)", fontsize=SMALL)
    return figure


def _exon_order(exon: str) -> tuple[int, str]:
    """Return a key that puts exon 2 before exon 10, and what is no exon last."""
    number = re.match(r"\d+", exon)
    return (int(number.group()) if number else 10**6, exon)


def patients_by_finding(risk: Sequence[TextRow]) -> list[str]:
    """Return the patients with MLPA by IKZF1 class, then identifier."""
    classes = ("IKZF1plus", "IKZF1_deletion", "no_IKZF1_deletion", "undetermined")
    done = [row for row in risk if row["mlpa_status"] != "not_done"]
    done.sort(key=lambda row: (classes.index(row["ikzf1_class"]), row["patient_id"]))
    return [row["patient_id"] for row in done]


def _matrix(
    rows: Sequence[TextRow],
    samples: Sequence[tuple[str, str]],
    probes: Sequence[tuple[str, str, str]],
) -> np.ndarray:
    line = {sample: i for i, sample in enumerate(samples)}
    column = {probe[2]: i for i, probe in enumerate(probes)}
    matrix = np.full((len(samples), len(probes)), math.nan)
    for row in rows:
        place = line.get((row["patient_id"], row["sample_id"]))
        if place is not None and row["dosage_quotient"]:
            matrix[place, column[row["probe_id"]]] = float(row["dosage_quotient"])
    return matrix


def _label(
    axes: Axes, samples: Sequence[tuple[str, str]], probes: Sequence[tuple[str, str, str]]
) -> None:
    axes.set_yticks(range(len(samples)), [patient for patient, _ in samples])
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
            ha="left" if count > 3 else "center" if count == 1 else "left",
            va="bottom",
        )
    for spine in axes.spines.values():
        spine.set_visible(False)
