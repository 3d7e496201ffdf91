"""Oncoprint: patients in columns, what is known of them in rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from der22.cohort.assays import TextRow
from der22.report.figures.data import FigureData
from der22.report.figures.style import (
    BLUE,
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

__all__ = ["draw_oncoprint"]

#: words that are no result: face, hatch
_NO_RESULT = {
    "not_done": ("#D0D0D0", "//////"),
    "missing": ("#D0D0D0", "//////"),
    "": ("#D0D0D0", "//////"),
    "not_evaluable": ("#D0D0D0", "xxxxx"),
    "not_called": ("#D0D0D0", "xxxxx"),
    "undetermined": ("#D0D0D0", "....."),
    "ambiguous": (YELLOW, "....."),
}
_CALLS = {
    "homozygous_deletion": INK,
    "heterozygous_deletion": BLUE,
    "gain": ORANGE,
    "normal": LIGHT,
}
_FUSION = {"p190": SKY, "p210": ORANGE, "p190+p210": PURPLE}
_CLASS = {"IKZF1plus": VERMILLION, "IKZF1_deletion": BLUE, "no_IKZF1_deletion": LIGHT}
_ABL1 = {"mutated": VERMILLION, "possible": YELLOW, "wild_type": LIGHT}
_RESPONSE = {"CMR": BLUE, "PNQ": SKY, "POS": ORANGE}
_RISK = {"high": VERMILLION, "intermediate": ORANGE, "standard": SKY}
_CLASS_ORDER = ("IKZF1plus", "IKZF1_deletion", "no_IKZF1_deletion", "undetermined", "not_done")

#: (label, column, colours, heading of the legend)
_Track = tuple[str, str, dict[str, str], str]


def draw_oncoprint(data: FigureData) -> Figure:
    """Draw one column per patient, ordered by risk, IKZF1 class, genes and identifier."""
    rows = sorted(data.risk, key=lambda row: _order(row, data.genes))
    shown = rows[:MAX_PATIENTS]
    tracks = _tracks(data)
    width = max(8.0, 2.9 + 0.115 * len(shown))
    height = 2.3 + 0.19 * len(tracks) + 0.4
    title = f"Findings of {count_text(len(rows), 'patient')}"
    if len(shown) < len(rows):
        title += f", the first {len(shown)} by risk"
    figure = new_figure(width, height, title, data.cohort_name)
    axes = figure.add_subplot()
    for place, (_, column, colours, _) in enumerate(tracks):
        _draw_track(axes, place, [row[column] for row in shown], colours)
    _label(axes, shown, tracks, data)
    _legends(figure, shown, tracks)
    return figure


def _tracks(data: FigureData) -> list[_Track]:
    point = data.landmark_timepoint
    tracks: list[_Track] = [
        ("genomic risk", "genomic_risk", _RISK, "genomic risk"),
        ("IKZF1 class", "ikzf1_class", _CLASS, "IKZF1 class"),
        *((gene, gene, _CALLS, "genes") for gene in data.genes),
        ("ABL1 kinase domain", "abl1_status", _ABL1, "ABL1"),
    ]
    if point:
        tracks.append((f"MRD at {point}", f"mrd_{point}", _RESPONSE, f"MRD at {point}"))
    tracks.append(("BCR::ABL1 transcript", "fusion", _FUSION, "transcript"))
    return tracks


def _order(row: TextRow, genes: Sequence[str]) -> tuple[object, ...]:
    lost = tuple(-(row[gene] in ("homozygous_deletion", "heterozygous_deletion")) for gene in genes)
    return (
        RISK_ORDER.index(row["genomic_risk"]),
        _CLASS_ORDER.index(row["ikzf1_class"]),
        lost,
        row["abl1_status"] != "mutated",
        row["patient_id"],
    )


def _draw_track(axes: Axes, place: int, words: Sequence[str], colours: dict[str, str]) -> None:
    for word in dict.fromkeys(words):
        face, hatch = _look(word, colours)
        cells = [
            Rectangle((i - 0.44, place - 0.42), 0.88, 0.84)
            for i, w in enumerate(words)
            if w == word
        ]
        axes.add_collection(
            PatchCollection(
                cells,
                facecolor=face,
                edgecolor=GREY if hatch else "none",
                hatch=hatch or None,
                linewidth=0.3,
            )
        )


def _look(word: str, colours: dict[str, str]) -> tuple[str, str]:
    return (colours[word], "") if word in colours else _NO_RESULT[word]


def _label(
    axes: Axes, shown: Sequence[TextRow], tracks: Sequence[_Track], data: FigureData
) -> None:
    axes.set_xlim(-0.6, len(shown) - 0.4)
    axes.set_ylim(len(tracks) - 0.4, -0.6)
    axes.set_yticks(range(len(tracks)), [track[0] for track in tracks])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    names = [row["patient_id"] for row in shown]
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=SMALL)
    shares = axes.secondary_yaxis("right")
    shares.set_yticks(range(len(tracks)), [_share(track[1], data) for track in tracks])
    shares.tick_params(length=0)
    shares.spines["right"].set_visible(False)
    for i, (before, after) in enumerate(pairwise(shown)):
        if before["genomic_risk"] != after["genomic_risk"]:
            axes.axvline(i + 0.5, color=INK, linewidth=0.8)


def _share(column: str, data: FigureData) -> str:
    row = data.genomics.get(f"gene:{column}")
    return f"{row['n']} of {row['N']} ({row['percent']} %)" if row and row["N"] != "0" else ""


def _legends(figure: Figure, shown: Sequence[TextRow], tracks: Sequence[_Track]) -> None:
    """Put one column per kind of track below, naming only what occurs."""
    columns: dict[str, list[Patch]] = {}
    for heading, colours in {track[3]: track[2] for track in tracks}.items():
        names = [track[1] for track in tracks if track[3] == heading]
        words = {row[name] for row in shown for name in names}
        order = [*colours, *_NO_RESULT]
        columns[heading] = [_swatch(word, colours) for word in sorted(words, key=order.index)]
    depth = max(len(column) for column in columns.values())
    handles: list[Patch] = []
    for heading, column in columns.items():
        blank = [_empty("") for _ in range(depth - len(column))]
        handles += [_empty(heading), *column, *blank]  # equal length: a column each
    legend = figure.legend(handles=handles, loc="outside lower left", ncols=len(columns))
    for text in legend.get_texts():
        if text.get_text() in columns:
            text.set_fontweight("bold")


def _swatch(word: str, colours: dict[str, str]) -> Patch:
    face, hatch = _look(word, colours)
    edge = GREY if hatch else "none"
    return Patch(facecolor=face, hatch=hatch or None, edgecolor=edge, label=say(word))


def _empty(label: str) -> Patch:
    return Patch(facecolor="none", edgecolor="none", label=label)
