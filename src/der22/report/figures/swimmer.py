"""Swimmer plot: one bar per patient from day 0, with what happened on it."""

from __future__ import annotations

from collections.abc import Sequence

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
    day_axis,
    new_figure,
)

__all__ = ["draw_swimmer"]

_INDUCTION, _CONSOLIDATION, _AFTER = "#BFD9EA", "#F5DFB3", "#E4E4E4"
_SITES = {"hematologic": "H", "cns": "C", "nodal": "N", "other": "O"}

#: event -> marker, size, face, edge, legend
_MARKS: dict[str, tuple[str, float, str, str, str]] = {
    "response": ("^", 4.5, BLUE, BLUE, "response begins"),
    "response_lost": ("v", 4.5, "white", BLUE, "response lost"),
    "increase": ("P", 5.5, VERMILLION, "white", "MRD increase"),
    "abl1_mutated": ("D", 4.5, INK, INK, "ABL1 sample, mutated"),
    "abl1": ("D", 4.5, "white", INK, "ABL1 sample, not mutated"),
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


def draw_swimmer(data: FigureData) -> Figure:
    """Draw patients by risk, the longest followed first; nobody without follow-up."""
    risk = {row["patient_id"]: row for row in data.risk}
    followed = [patient for patient in data.patients if last_contact(patient) is not None]
    followed.sort(key=lambda patient: _order(patient, risk[patient.patient_id]))
    shown = followed[:MAX_PATIENTS]
    title = f"Course of {len(followed)} patients"
    if len(shown) < len(followed):
        title += f", the first {len(shown)} by risk"
    figure = new_figure(8.4, 1.9 + 0.135 * len(shown), title, data.cohort_name)
    axes = figure.add_subplot()
    series = _grouped(data.series)
    abl1 = _grouped(data.abl1)
    for place, patient in enumerate(shown):
        own = series.get(patient.patient_id, [])
        _draw_bar(axes, place, patient, own, data)
        _draw_changes(axes, place, own)
        _draw_abl1(axes, place, abl1.get(patient.patient_id, []))
        _draw_events(axes, place, patient)
    axes.set_ylim(len(shown) - 0.3, -0.9)
    last = max([1, *(last_contact(patient) or 0 for patient in shown)])
    axes.set_xlim(-8, last * 1.03)
    axes.set_yticks(range(len(shown)), [patient.patient_id for patient in shown])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    day_axis(axes, last)
    _name_risks(axes, [risk[patient.patient_id]["genomic_risk"] for patient in shown])
    figure.legend(handles=_handles(), loc="outside lower left", ncols=4, columnspacing=1.2)
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


def _draw_changes(axes: Axes, place: int, series: Sequence[TextRow]) -> None:
    before = "no"
    for row in series:
        now = response_of(row["category"])
        if now in ("yes", "no"):
            if now != before:
                _mark(axes, "response" if now == "yes" else "response_lost", int(row["day"]), place)
            before = now
        if row["mrd_increase"] == "yes":
            # beside the day, since a lost response of the same day has its own mark
            _mark(axes, "increase", int(row["day"]) + 9, place)


def _draw_abl1(axes: Axes, place: int, rows: Sequence[TextRow]) -> None:
    for row in rows:
        kind = "abl1_mutated" if row["abl1_status"] == "mutated" else "abl1"
        _mark(axes, kind, int(row["day"]) - 8, place)


def _draw_events(axes: Axes, place: int, patient: Patient) -> None:
    if patient.transplant_day is not None:
        _mark(axes, "transplant", patient.transplant_day, place)
    if patient.relapse_day is not None:
        _mark(axes, "relapse", patient.relapse_day, place)
        letter = _SITES.get(patient.relapse_site or "", "?")
        axes.text(
            patient.relapse_day,
            place + 0.03,
            letter,
            fontsize=SMALL,
            fontweight="bold",
            color="white",
            ha="center",
            va="center",
            zorder=5,
        )
    if patient.death_day is not None:
        _mark(axes, "death", patient.death_day, place)
    elif patient.last_contact_day is not None:
        _mark(axes, "alive", patient.last_contact_day, place)


def _mark(axes: Axes, kind: str, day: float, place: int) -> None:
    marker, size, face, edge, _ = _MARKS[kind]
    axes.plot(
        day,
        place,
        marker=marker,
        markersize=size,
        markerfacecolor=face,
        markeredgecolor=edge,
        markeredgewidth=0.7,
        linestyle="none",
        zorder=4,
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
