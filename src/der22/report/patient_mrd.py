"""The MRD part of a patient page: the curve, the time points, what they set off."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from der22.formats.records import Patient
from der22.report.html import Markup, join, table, tag
from der22.report.plots.mrd import DayMark, MrdPoint, TimeWindow, draw_mrd
from der22.report.words import mood, percent_text, say
from der22.results.mrd import LevelRow, SeriesRow
from der22.results.patients import PatientResults
from der22.words import Abl1Status, Category

__all__ = ["describe_level", "last_level", "level_points", "show_mrd"]

#: categories whose ratio is a number to read; that of a CMR is a zero, its limit tells more
_WITH_RATIO = (Category.PNQ, Category.POS)
_WIDTH = 940.0
_COLUMNS = (
    "time point", "day", "result", "ratio %", "IS %", "limit %", "log change", "says",
)  # fmt: skip
_BLOOD_COLUMNS = ("day", "material", "sample", "transcript", "result", "ratio %", "says")
_SYMBOLS = (
    "Filled circle: positive. Open circle: positive, not quantifiable. Triangle down: "
    "undetected, drawn at its detection limit, not at zero. Cross: not evaluable. "
    "Triangle up on the axis: positive, amount not known. "
    "Dotted: a sample between is missing or not evaluable. Grey: planned time points."
)


def last_level(results: PatientResults) -> tuple[str, str, str]:
    """Return value, explanation and mood of the last sample of the series."""
    taken = [row for row in _taken(results) if row.day is not None]
    if not taken:
        words = "no sample in the series"
        if any(level.is_blood for level in results.levels):
            words = "only blood was sampled, which enters no series"
        return "not known", words, mood(None)
    last = max(taken, key=lambda row: row.day or 0)
    words = _where(last)
    if last.category.assessable or last.category.is_positive:
        return _value(last), f"{say(last.category)}, {words}", mood(last.category)
    before = [row for row in taken if row.is_assessable]
    if before:
        previous = max(before, key=lambda row: row.day or 0)
        words += f"; before: {_value(previous)}, {_where(previous)}"
    return say(last.category), words, mood(last.category)


def describe_level(row: LevelRow | SeriesRow) -> str:
    """Return a row in words, as ``read_last_levels`` gives it: result, time point and day."""
    value = _value(row) if row.category.assessable else say(row.category)
    if isinstance(row, LevelRow) and row.is_blood:
        return f"blood only: {value} (day {row.day})"
    return f"{value}, {_where(row)}"


def _taken(results: PatientResults) -> list[SeriesRow]:
    return [row for row in results.series if row.category is not Category.MISSING]


def _where(row: LevelRow | SeriesRow) -> str:
    return f"{row.timepoint.replace('_', ' ')} (day {row.day})"


def _value(row: LevelRow | SeriesRow) -> str:
    if row.category is Category.POS_UNQUANTIFIED:
        return "POS, amount not known"
    if row.category not in _WITH_RATIO or row.ratio_percent is None:
        return row.category.value
    return f"{row.category} {percent_text(row.ratio_percent)} %"


def _percent(value: float | None) -> str:
    return "" if value is None else percent_text(value)


def show_mrd(patient: Patient, results: PatientResults, windows: Sequence[TimeWindow]) -> Markup:
    """Return the MRD section of a page."""
    title = tag("h2", "Measurable residual disease (BCR::ABL1 transcripts)")
    taken = _taken(results)
    if not results.levels and not taken:
        return join((title, tag("p", "Not done: no level is known at any time point.")))
    parts: list[Markup] = [title]
    points = level_points(results.levels)
    if points:
        label = f"MRD of {patient.patient_id} over time"
        picture = draw_mrd(points, windows, _day_marks(patient, results), _WIDTH, label)
        picture = tag("div", picture, class_="wide curve")
        parts.append(tag("figure", picture, tag("figcaption", _SYMBOLS)))
    if taken:
        cells = [_series_cells(row, results.levels) for row in taken]
        parts.append(tag("div", table(_COLUMNS, cells), class_="wide"))

    # time points without marrow in a sentence, those with blood apart
    blood = [level for level in results.levels if level.is_blood]
    days = [level.day for level in blood if level.day is not None]
    bled = {w.name for w in windows if any(w.first_day <= day <= w.last_day for day in days)}
    missing = [row.timepoint for row in results.series if row.category is Category.MISSING]
    none = ", ".join(name.replace("_", " ") for name in missing if name not in bled)
    only = ", ".join(name.replace("_", " ") for name in missing if name in bled)
    words = [f"{'No marrow sample' if blood else 'No sample'}: {none}."] if none else []
    words += [f"Blood only: {only}."] if only else []
    if words:
        parts.append(tag("p", " ".join(words), class_="small"))

    # levels of peripheral blood are shown and count nowhere
    if blood:
        told = [
            (
                "not known" if row.day is None else row.day,
                row.material,
                row.sample_id,
                row.transcript,
                say(row.category),
                _percent(row.ratio_percent) if row.category in _WITH_RATIO else "",
                ", ".join(sorted(row.codes)),
            )
            for row in blood
        ]
        parts.append(tag("p", "Peripheral blood: these levels enter no series and no risk."))
        parts.append(tag("div", table(_BLOOD_COLUMNS, told), class_="wide"))
    return join(parts)


def level_points(levels: Sequence[LevelRow]) -> list[MrdPoint]:
    """Return the levels that can be drawn: bone marrow, dated, not left out of the series."""
    points = []
    for row in levels:
        # a rerun that agrees is no point of its own and no gap
        if row.day is None or row.is_blood or "RERUN_AGREES" in row.codes:
            continue
        ratio, limit, transcript = row.ratio_percent, row.detection_limit_percent, row.transcript
        words = f"{row.sample_id}, day {row.day}, {transcript or ''}: {say(row.category)}"
        if row.category is Category.CMR and limit is not None:
            words += f", below {percent_text(limit)} percent"
        elif ratio is not None:
            words += f", {percent_text(ratio)} percent"
        points.append(
            MrdPoint(
                day=float(row.day),
                transcript=transcript or "",
                category=Category.NOT_EVALUABLE if row.is_left_aside else row.category,
                ratio_percent=math.nan if ratio is None else ratio,
                detection_limit_percent=math.nan if limit is None else limit,
                note=words,
            )
        )
    return points


def _day_marks(patient: Patient, results: PatientResults) -> list[DayMark]:
    """Return what happened on a day: triggers, mutations, events."""
    marks: list[tuple[int | None, str]] = [
        (patient.relapse_day, "relapse"),
        (patient.transplant_day, "transplantation"),
        (patient.death_day, "death"),
    ]
    marks += [
        (
            row.day,
            "molecular relapse"
            if row.molecular_relapse
            else "increase"
            if row.mrd_increase
            else "response lost",
        )
        for row in results.series
        if row.molecular_relapse or row.mrd_increase or row.response_lost
    ]
    marks += [
        (sample.day, f"ABL1 {''.join(sample.mutations[:1])}")
        for sample in results.abl1
        if sample.abl1_status is Abl1Status.MUTATED
    ]
    return [DayMark(float(day), words) for day, words in marks if day is not None]


def _series_cells(row: SeriesRow, levels: Sequence[LevelRow]) -> tuple[str | int | None, ...]:
    """Return the cells of one time point; its scale and limits are those of the levels behind."""
    own = [
        level
        for level in levels
        if level.sample_id in row.sample_ids and not level.is_repeated and not level.is_blood
    ]
    speaking = [level for level in own if level.category is row.category]
    quantified = row.category in _WITH_RATIO
    says = []
    if row.mrd_increase:
        says.append("MRD increase")
    if row.molecular_relapse:
        says.append("molecular relapse")
    elif row.molecular_relapse_imputed:
        says.append("molecular relapse only if limits stand for undetected")
    if row.response_lost:
        says.append("response lost")
    if row.category is Category.POS_UNQUANTIFIED:
        says.append("no molecular response" if row.is_assessable else "response not evaluable")
    if row.after_event:
        says.append(f"after {' and '.join(row.after_event)}")
    if row.category is Category.CMR and row.depth:
        says.append(row.depth)
    return (
        row.timepoint.replace("_", " "),
        row.day,
        say(row.category),
        _percent(row.ratio_percent) if quantified else "",
        _joined((x.transcript, x.ratio_is_percent) for x in speaking) if quantified else "",
        _joined((x.transcript, x.detection_limit_percent) for x in own),
        "" if row.log10_change is None else f"{row.log10_change:+.2f}",
        ", ".join([*says, *sorted(row.codes)]),
    )


def _joined(values: Iterable[tuple[str | None, float | None]]) -> str:
    """Return percentages, each with its transcript when there are several."""
    told = dict.fromkeys(
        (name or "", _percent(value)) for name, value in values if value is not None
    )
    if len(told) == 1:
        return next(iter(told))[1]
    return "; ".join(f"{name} {value}" for name, value in told)
