"""Swimmer plot: one bar per patient from day 0, with what happened on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from der22.cohort.endpoints import last_contact
from der22.formats.records import Patient
from der22.report.figures.data import FigureData
from der22.report.figures.style import (
    BLUE,
    INK,
    MAX_PATIENTS,
    RISK_ORDER,
    SKY,
    SMALL,
    VERMILLION,
    YELLOW,
    day_axis,
    new_figure,
)
from der22.report.words import count_text
from der22.results.mrd import SeriesRow
from der22.results.sanger import Abl1Row
from der22.words import Abl1Status, Phase, Timepoint

__all__ = ["draw_swimmer"]

_Dated = TypeVar("_Dated", SeriesRow, Abl1Row)

#: colour and legend of the parts of a bar
_PHASES = (
    ("#BFD9EA", "induction"),
    ("#F5DFB3", "consolidation (to its last MRD sample)"),
    ("#E4E4E4", "follow-up"),
)
_UNKNOWN = "#555555"
_SITES = {"hematologic": "H", "cns": "C", "nodal": "N", "other": "O"}

#: event -> marker, size, face, edge, legend
_MARKS: dict[str, tuple[str, float, str, str, str]] = {
    "response": ("^", 4.5, BLUE, BLUE, "response begins"),
    "response_lost": ("v", 4.5, "white", BLUE, "response lost"),
    "increase": ("P", 5.5, VERMILLION, "white", "MRD increase"),
    "abl1_mutated": ("D", 4.5, INK, INK, "ABL1 sample, mutated"),
    "abl1_possible": ("D", 4.5, YELLOW, INK, "ABL1 sample, possible mutation"),
    "abl1_not_evaluable": ("x", 4.5, _UNKNOWN, _UNKNOWN, "ABL1 sample, not evaluable"),
    "abl1_wild_type": ("D", 4.5, "white", INK, "ABL1 sample, not mutated"),
    "transplant": ("s", 5.0, SKY, INK, "transplantation"),
    "relapse": (
        "o",
        9.0,
        VERMILLION,
        VERMILLION,
        "relapse: H haematologic, C CNS, N nodal, O other",
    ),
    "death": ("X", 6.5, INK, "white", "death"),
    "alive": (">", 4.5, INK, INK, "last contact"),
}
_ORDER = {kind: place for place, kind in enumerate(_MARKS)}
#: from the strongest to the weakest, so that no clean sample hides a mutated one of its day
_ABL1_KINDS = {
    Abl1Status.MUTATED: "abl1_mutated",
    Abl1Status.POSSIBLE: "abl1_possible",
    Abl1Status.NOT_DONE: "abl1_not_evaluable",
    Abl1Status.NOT_EVALUABLE: "abl1_not_evaluable",
    Abl1Status.WILD_TYPE: "abl1_wild_type",
}
#: share of the axis within which two marks would cover each other
_REACH = 0.013
#: how far marks that crowd are moved up and down, in heights of a patient's row
_SPREAD = 0.29


@dataclass(frozen=True, slots=True)
class _Mark:
    """What happened on one day: a key of `_MARKS`, and a letter to write on it."""

    day: int
    kind: str
    letter: str = ""


def draw_swimmer(data: FigureData) -> Figure:
    """Draw patients by risk, the longest followed first; nobody without follow-up."""
    risks = {row.patient_id: row.genomic_risk for row in data.risk}
    ends = {patient.patient_id: last_contact(patient) or 0 for patient in data.patients}
    followed = sorted(
        (patient for patient in data.patients if last_contact(patient) is not None),
        key=lambda patient: (
            RISK_ORDER.index(risks[patient.patient_id]),
            -ends[patient.patient_id],
            patient.patient_id,
        ),
    )
    shown = followed[:MAX_PATIENTS]
    title = f"Course of {count_text(len(followed), 'patient')}"
    if len(shown) < len(followed):
        title += f", the first {len(shown)} by risk"
    figure = new_figure(8.4, 1.9 + 0.18 * len(shown), title, data.cohort_name)
    axes = figure.add_subplot()
    series, abl1 = _dated(data.series), _dated(data.abl1)
    marks = {
        patient.patient_id: _marks(
            patient, series.get(patient.patient_id, ()), abl1.get(patient.patient_id, ())
        )
        for patient in shown
    }
    last = max([1, *(ends[name] for name in marks)])
    first = min([0, *(mark.day for own in marks.values() for mark in own)])
    for place, patient in enumerate(shown):
        name = patient.patient_id
        _draw_patient(
            axes, place, patient, series.get(name, ()), data.timepoints, marks[name], last - first
        )
    axes.set_ylim(len(shown) - 0.3, -0.9)
    axes.set_xlim(first - 8, last * 1.03)
    axes.set_yticks(range(len(shown)), list(marks))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    day_axis(axes, last)
    labels = [risks[name] for name in marks]
    for label in dict.fromkeys(labels):
        place = labels.index(label)
        axes.text(
            1.005,
            place,
            label,
            transform=axes.get_yaxis_transform(),
            fontsize=SMALL,
            fontweight="bold",
            va="center",
        )
        if place:
            axes.axhline(place - 0.5, color=INK, linewidth=0.6)
    handles: list[Patch | Line2D] = [Patch(color=colour, label=word) for colour, word in _PHASES]
    handles += [
        Line2D(
            [],
            [],
            marker=marker,
            markersize=min(size, 6.5),
            markerfacecolor=face,
            markeredgecolor=edge,
            linestyle="none",
            label=words,
        )
        for marker, size, face, edge, words in _MARKS.values()
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=3, columnspacing=1.2)
    return figure


def _dated(rows: Sequence[_Dated]) -> dict[str, list[tuple[int, _Dated]]]:
    """Return the rows with a day, and their days, by patient in order of days."""
    dated: dict[str, list[tuple[int, _Dated]]] = {}
    for row in rows:
        if row.day is not None:
            dated.setdefault(row.patient_id or "", []).append((row.day, row))
    for own in dated.values():
        own.sort(key=lambda pair: pair[0])
    return dated


def _marks(
    patient: Patient,
    series: Sequence[tuple[int, SeriesRow]],
    abl1: Sequence[tuple[int, Abl1Row]],
) -> list[_Mark]:
    """Return the marks of one patient by day; of the ABL1 samples of a day the strongest."""
    marks = []
    before = False
    for day, row in series:
        now = row.molecular_response.answer
        if now is not None and now is not before:
            marks.append(_Mark(day, "response" if now else "response_lost"))
            before = now
        if row.mrd_increase:
            marks.append(_Mark(day, "increase"))
    strongest: dict[int, Abl1Status] = {}
    for day, sample in abl1:
        statuses = (sample.abl1_status, strongest.get(day, sample.abl1_status))
        strongest[day] = min(statuses, key=list(_ABL1_KINDS).index)
    marks += [_Mark(day, _ABL1_KINDS[status]) for day, status in strongest.items()]
    letter = _SITES.get(patient.relapse_site or "", "?")
    alive = patient.last_contact_day if patient.death_day is None else None
    for event, kind, words in (
        (patient.transplant_day, "transplant", ""),
        (patient.relapse_day, "relapse", letter),
        (patient.death_day, "death", ""),
        (alive, "alive", ""),
    ):
        if event is not None:
            marks.append(_Mark(event, kind, words))
    return sorted(marks, key=lambda mark: (mark.day, _ORDER[mark.kind]))


def _offsets(days: Sequence[int], reach: float) -> list[float]:
    """Return how far each mark moves down so that none covers another; most stay where they are.

    Args:
        days: of the marks of one patient, ascending.
        reach: days within which two marks at one height would cover each other.
    """
    crowds: list[list[int]] = []  # from one to the next are at least `reach` days
    for day in days:
        if not crowds or day - crowds[-1][-1] >= reach:
            crowds.append([])
        crowds[-1].append(day)
    offsets: list[float] = []
    for crowd in crowds:
        last_days: list[int] = []
        rows = []
        for day in crowd:
            free = (row for row, last in enumerate(last_days) if day - last >= reach)
            row = next(free, len(last_days))
            last_days[row : row + 1] = [day]
            rows.append(row)
        middle = (len(last_days) - 1) / 2
        offsets += [_SPREAD * (row - middle) / max(middle, 0.5) for row in rows]
    return offsets


def _draw_patient(
    axes: Axes,
    place: int,
    patient: Patient,
    series: Sequence[tuple[int, SeriesRow]],
    timepoints: Sequence[Timepoint],
    marks: Sequence[_Mark],
    length: int,
) -> None:
    """Draw the bar, induction to its last planned day, consolidation to its last sample; marks."""
    end = last_contact(patient) or 0
    induction = [p.nominal_day for p in timepoints if p.phase == Phase.INDUCTION and p.nominal_day]
    cycles = {p.name for p in timepoints if p.phase == Phase.CONSOLIDATION}
    ends = [end, *(d for d in (patient.relapse_day, patient.transplant_day) if d is not None)]
    first = min([max(induction, default=0), *ends])
    samples = [day for day, row in series if row.timepoint in cycles and day <= min(ends)]
    borders = (0, first, max([first, *samples]), end)
    for (left, right), (colour, _) in zip(pairwise(borders), _PHASES, strict=True):
        axes.barh(place, right - left, 0.62, left=left, color=colour, linewidth=0)
    offsets = _offsets([mark.day for mark in marks], _REACH * length)
    for mark, offset in zip(marks, offsets, strict=True):
        marker, size, face, edge, _ = _MARKS[mark.kind]
        above = 4.0 + 1.0 / size  # of two that touch the smaller is on top
        axes.plot(
            mark.day,
            place + offset,
            marker=marker,
            markersize=size,
            markerfacecolor=face,
            markeredgecolor=edge,
            markeredgewidth=1.1 if marker == "x" else 0.7,
            linestyle="none",
            zorder=above,
        )
        if mark.letter:
            axes.text(
                mark.day,
                place + offset + 0.03,
                mark.letter,
                fontsize=SMALL,
                fontweight="bold",
                color="white",
                ha="center",
                va="center",
                zorder=above + 0.01,
            )
