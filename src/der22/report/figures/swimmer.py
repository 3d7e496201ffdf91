"""Swimmer plot: one bar per patient from day 0, with what happened on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from der22.cohort.assays import TextRow
from der22.cohort.endpoints import last_contact
from der22.cohort.join import response_of
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

__all__ = ["draw_swimmer"]

_INDUCTION, _CONSOLIDATION, _AFTER = "#BFD9EA", "#F5DFB3", "#E4E4E4"
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
#: abl1_status from the strongest to the weakest; any other word is not evaluable
_ABL1_RANKS = ("mutated", "possible", "not_evaluable", "wild_type")
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
    risk = {row["patient_id"]: row for row in data.risk}
    followed = [patient for patient in data.patients if last_contact(patient) is not None]
    followed.sort(key=lambda patient: _order(patient, risk[patient.patient_id]))
    shown = followed[:MAX_PATIENTS]
    title = f"Course of {count_text(len(followed), 'patient')}"
    if len(shown) < len(followed):
        title += f", the first {len(shown)} by risk"
    figure = new_figure(8.4, 1.9 + 0.18 * len(shown), title, data.cohort_name)
    axes = figure.add_subplot()
    series, abl1 = _grouped(data.series), _grouped(data.abl1)
    marks = [
        _marks(patient, series.get(patient.patient_id, ()), abl1.get(patient.patient_id, ()))
        for patient in shown
    ]
    last = max([1, *(last_contact(patient) or 0 for patient in shown)])
    first = min([0, *(mark.day for own in marks for mark in own)])
    reach = _REACH * (last - first)
    for place, (patient, own) in enumerate(zip(shown, marks, strict=True)):
        _draw_bar(axes, place, patient, series.get(patient.patient_id, ()), data)
        offsets = _offsets([mark.day for mark in own], reach)
        for mark, offset in zip(own, offsets, strict=True):
            _draw_mark(axes, mark, place + offset)
    axes.set_ylim(len(shown) - 0.3, -0.9)
    axes.set_xlim(first - 8, last * 1.03)
    axes.set_yticks(range(len(shown)), [patient.patient_id for patient in shown])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    day_axis(axes, last)
    _name_risks(axes, [risk[patient.patient_id]["genomic_risk"] for patient in shown])
    figure.legend(handles=_handles(), loc="outside lower left", ncols=3, columnspacing=1.2)
    return figure


def _order(patient: Patient, row: TextRow) -> tuple[int, int, str]:
    return (
        RISK_ORDER.index(row["genomic_risk"]),
        -(last_contact(patient) or 0),
        patient.patient_id,
    )


def _grouped(rows: Sequence[TextRow]) -> dict[str, list[TextRow]]:
    """Return the rows with a day by patient, in order of days."""
    grouped: dict[str, list[TextRow]] = {}
    for row in rows:
        if row["day"]:
            grouped.setdefault(row["patient_id"], []).append(row)
    for own in grouped.values():
        own.sort(key=lambda row: int(row["day"]))
    return grouped


def _draw_bar(
    axes: Axes, place: int, patient: Patient, series: Sequence[TextRow], data: FigureData
) -> None:
    """Draw induction to its last planned day, consolidation to its last sample, then the rest."""
    end = last_contact(patient) or 0
    induction = [p.nominal_day for p in data.timepoints if p.phase == "induction" and p.nominal_day]
    cycles = {p.name for p in data.timepoints if p.phase == "consolidation"}
    ends = [end, *(d for d in (patient.relapse_day, patient.transplant_day) if d is not None)]
    first = min([max(induction, default=0), *ends])
    samples = [int(row["day"]) for row in series if row["timepoint"] in cycles]
    second = max([first, *(day for day in samples if day <= min(ends))])
    for left, right, colour in (
        (0, first, _INDUCTION),
        (first, second, _CONSOLIDATION),
        (second, end, _AFTER),
    ):
        axes.barh(place, right - left, 0.62, left=left, color=colour, linewidth=0)


def _marks(patient: Patient, series: Sequence[TextRow], abl1: Sequence[TextRow]) -> list[_Mark]:
    """Return the marks of one patient by day."""
    marks = [*_changes(series), *_abl1_samples(abl1), *_events(patient)]
    return sorted(marks, key=lambda mark: (mark.day, _ORDER[mark.kind]))


def _changes(series: Sequence[TextRow]) -> Iterator[_Mark]:
    before = "no"
    for row in series:
        now = response_of(row["category"])
        if now in ("yes", "no"):
            if now != before:
                yield _Mark(int(row["day"]), "response" if now == "yes" else "response_lost")
            before = now
        if row["mrd_increase"] == "yes":
            yield _Mark(int(row["day"]), "increase")


def _abl1_samples(rows: Sequence[TextRow]) -> Iterator[_Mark]:
    """Give one mark a day: the strongest result, so that no clean sample hides a mutated one."""
    ranks: dict[int, int] = {}
    for row in rows:
        status = row["abl1_status"]
        rank = _ABL1_RANKS.index(status if status in _ABL1_RANKS else "not_evaluable")
        ranks[int(row["day"])] = min(rank, ranks.get(int(row["day"]), rank))
    for day, rank in ranks.items():
        yield _Mark(day, f"abl1_{_ABL1_RANKS[rank]}")


def _events(patient: Patient) -> Iterator[_Mark]:
    if patient.transplant_day is not None:
        yield _Mark(patient.transplant_day, "transplant")
    if patient.relapse_day is not None:
        letter = _SITES.get(patient.relapse_site or "", "?")
        yield _Mark(patient.relapse_day, "relapse", letter)
    if patient.death_day is not None:
        yield _Mark(patient.death_day, "death")
    elif patient.last_contact_day is not None:
        yield _Mark(patient.last_contact_day, "alive")


def _offsets(days: Sequence[int], reach: float) -> list[float]:
    """Return how far each mark moves down so that none covers another; most stay where they are.

    Args:
        days: of the marks of one patient, ascending.
        reach: days within which two marks at one height would cover each other.
    """
    offsets: list[float] = []
    for crowd in _crowds(days, reach):
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


def _crowds(days: Sequence[int], reach: float) -> Iterator[list[int]]:
    """Give the days in groups; from one group to the next are at least `reach` days."""
    crowd: list[int] = []
    for day in days:
        if crowd and day - crowd[-1] >= reach:
            yield crowd
            crowd = []
        crowd.append(day)
    if crowd:
        yield crowd


def _draw_mark(axes: Axes, mark: _Mark, height: float) -> None:
    marker, size, face, edge, _ = _MARKS[mark.kind]
    above = 4.0 + 1.0 / size  # of two that touch the smaller is on top
    axes.plot(
        mark.day,
        height,
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
            height + 0.03,
            mark.letter,
            fontsize=SMALL,
            fontweight="bold",
            color="white",
            ha="center",
            va="center",
            zorder=above + 0.01,
        )


def _name_risks(axes: Axes, risks: Sequence[str]) -> None:
    for name in dict.fromkeys(risks):
        first = risks.index(name)
        axes.text(
            1.005,
            first,
            name,
            transform=axes.get_yaxis_transform(),
            fontsize=SMALL,
            fontweight="bold",
            va="center",
        )
        if first:
            axes.axhline(first - 0.5, color=INK, linewidth=0.6)


def _handles() -> list[Patch | Line2D]:
    handles: list[Patch | Line2D] = [
        Patch(color=_INDUCTION, label="induction"),
        Patch(color=_CONSOLIDATION, label="consolidation (to its last MRD sample)"),
        Patch(color=_AFTER, label="follow-up"),
    ]
    for marker, size, face, edge, label in _MARKS.values():
        handles.append(
            Line2D(
                [],
                [],
                marker=marker,
                markersize=min(size, 6.5),
                markerfacecolor=face,
                markeredgecolor=edge,
                linestyle="none",
                label=label,
            )
        )
    return handles
