"""Oncoprint: patients in columns, what is known of them in rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from der22.report.figures.data import FigureData
from der22.report.figures.style import (
    BLUE,
    CATEGORY_COLOURS,
    CLASS_ORDER,
    GREY,
    INK,
    LIGHT,
    MAX_PATIENTS,
    ORANGE,
    PURPLE,
    RISK_ORDER,
    SKY,
    SMALL,
    VERMILLION,
    YELLOW,
    new_figure,
)
from der22.report.words import count_text, say
from der22.words import Abl1Status, Call, Category, Ikzf1Class, RiskLabel

__all__ = ["draw_oncoprint"]

_PALE = "#D0D0D0"
#: words that are no result, of whichever kind: face, hatch
_NO_RESULT: Mapping[str, tuple[str, str]] = {
    Call.NOT_DONE: (_PALE, "//////"),
    Category.MISSING: (_PALE, "//////"),
    "": (_PALE, "//////"),
    Call.NOT_EVALUABLE: (_PALE, "xxxxx"),
    RiskLabel.UNDETERMINED: (_PALE, "....."),
    Call.AMBIGUOUS: (YELLOW, "....."),
}
_CALLS: Mapping[str, str] = {
    Call.HOMOZYGOUS_DELETION: INK,
    Call.HETEROZYGOUS_DELETION: BLUE,
    Call.GAIN: ORANGE,
    Call.NORMAL: LIGHT,
}
_FUSION: Mapping[str, str] = {"p190": SKY, "p210": ORANGE, "p190+p210": PURPLE}
_CLASS: Mapping[str, str] = {
    Ikzf1Class.PLUS: VERMILLION,
    Ikzf1Class.DELETION: BLUE,
    Ikzf1Class.NO_DELETION: LIGHT,
}
_ABL1: Mapping[str, str] = {
    Abl1Status.MUTATED: VERMILLION,
    Abl1Status.POSSIBLE: YELLOW,
    Abl1Status.WILD_TYPE: LIGHT,
}
_RISK: Mapping[str, str] = {
    RiskLabel.HIGH: VERMILLION,
    RiskLabel.INTERMEDIATE: ORANGE,
    RiskLabel.STANDARD: SKY,
}


@dataclass(frozen=True, slots=True)
class _Track:
    """One row: its label, a word per patient, their colours, the heading of their legend."""

    label: str
    words: Sequence[str]
    colours: Mapping[str, str]
    heading: str

    def look(self, word: str) -> tuple[str, str | None, str]:
        """Return face, hatch and edge of a cell; every word that is no result has a hatch."""
        if word in self.colours:
            return self.colours[word], None, "none"
        return *_NO_RESULT[word], GREY


def draw_oncoprint(data: FigureData) -> Figure:
    """Draw one column per patient, ordered by risk, IKZF1 class, genes and identifier."""
    rows = sorted(
        data.risk,
        key=lambda row: (
            RISK_ORDER.index(row.genomic_risk),
            CLASS_ORDER.index(row.ikzf1_class),
            [not call.is_loss for call in row.genes.values()],
            row.abl1_status is not Abl1Status.MUTATED,
            row.patient_id,
        ),
    )
    shown = rows[:MAX_PATIENTS]
    tracks = [
        _Track("genomic risk", [row.genomic_risk for row in shown], _RISK, "genomic risk"),
        _Track("IKZF1 class", [row.ikzf1_class for row in shown], _CLASS, "IKZF1 class"),
        *(_Track(gene, [row.genes[gene] for row in shown], _CALLS, "genes") for gene in data.genes),
        _Track("ABL1 kinase domain", [row.abl1_status for row in shown], _ABL1, "ABL1"),
        _Track("BCR::ABL1 transcript", [row.fusion or "" for row in shown], _FUSION, "transcript"),
    ]
    if point := data.landmark_timepoint:
        words, name = [row.categories[point] for row in shown], f"MRD at {point}"
        tracks.insert(-1, _Track(name, words, CATEGORY_COLOURS, name))
    width = max(8.0, 2.9 + 0.115 * len(shown))
    height = 2.3 + 0.19 * len(tracks) + 0.4
    title = f"Findings of {count_text(len(rows), 'patient')}"
    if len(shown) < len(rows):
        title += f", the first {len(shown)} by risk"
    figure = new_figure(width, height, title, data.cohort_name)
    axes = figure.add_subplot()
    shares = []
    for place, track in enumerate(tracks):
        counted = data.genomics.get(f"gene:{track.label}")
        if counted is None or not counted.known:
            shares.append("")
        else:
            shares.append(f"{counted.n} of {counted.known} ({counted.percent} %)")
        for word in dict.fromkeys(track.words):
            face, hatch, edge = track.look(word)
            cells = [
                Rectangle((column - 0.44, place - 0.42), 0.88, 0.84)
                for column, own in enumerate(track.words)
                if own == word
            ]
            axes.add_collection(
                PatchCollection(cells, facecolor=face, edgecolor=edge, hatch=hatch, linewidth=0.3)
            )
    axes.set_xlim(-0.6, len(shown) - 0.4)
    axes.set_ylim(len(tracks) - 0.4, -0.6)
    axes.set_yticks(range(len(tracks)), [track.label for track in tracks])
    names = [row.patient_id for row in shown]
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=SMALL)
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(len(tracks)), shares)
    for side in (axes, right):
        side.tick_params(length=0)
        for spine in side.spines.values():
            spine.set_visible(False)
    for column, (before, after) in enumerate(pairwise(shown)):
        if before.genomic_risk is not after.genomic_risk:
            axes.axvline(column + 0.5, color=INK, linewidth=0.8)
    _add_legend(figure, tracks)
    return figure


def _add_legend(figure: Figure, tracks: Sequence[_Track]) -> None:
    """Put one column per kind of track below, naming only what occurs."""
    columns: dict[str, list[Patch]] = {}
    for first in {track.heading: track for track in tracks}.values():
        words = {word for track in tracks if track.heading == first.heading for word in track.words}
        order = [*first.colours, *_NO_RESULT]
        columns[first.heading] = []
        for word in sorted(words, key=order.index):
            face, hatch, edge = first.look(word)
            swatch = Patch(facecolor=face, hatch=hatch, edgecolor=edge, label=say(word))
            columns[first.heading].append(swatch)
    depth = max(len(column) for column in columns.values())
    handles: list[Patch] = []
    for heading, column in columns.items():
        blanks = [_unseen("") for _ in range(depth - len(column))]
        handles += [_unseen(heading), *column, *blanks]  # equal length: a column each
    legend = figure.legend(handles=handles, loc="outside lower left", ncols=len(columns))
    for text in legend.get_texts():
        if text.get_text() in columns:
            text.set_fontweight("bold")


def _unseen(label: str) -> Patch:
    return Patch(facecolor="none", edgecolor="none", label=label)
