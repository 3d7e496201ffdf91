"""The MRD part of a patient page: the curve, the time points, what they set off."""

from __future__ import annotations

import math
from collections.abc import Sequence

from der22.formats.records import Patient
from der22.report.html import Markup, join, table, tag
from der22.report.plots.mrd import DayMark, MrdPoint, TimeWindow, draw_mrd
from der22.report.results import PatientResults, Row, as_float
from der22.report.words import percent_text, say

__all__ = ["describe_level", "last_level", "level_points", "show_mrd"]

_ASSESSABLE = ("CMR", "PNQ", "POS")
#: flags that keep a level out of the series
_LEFT_OUT = frozenset({"CONFLICTING_DUPLICATES", "DUPLICATE_SAMPLE", "MATERIAL_PB"})
_WIDTH = 940.0


def last_level(results: PatientResults) -> tuple[str, str, str]:
    """Return value, explanation and mood of the last sample of the series."""
    taken = [row for row in results.series if row["day"] and row["category"] != "missing"]
    if not taken:
        return "not known", "no sample in the series", "unsure"
    last = max(taken, key=lambda row: as_float(row["day"]))
    words = _where(last)
    if last["category"] in _ASSESSABLE:
        mood = "alarm" if last["category"] == "POS" else "calm"
        return _value(last), f"{say(last['category'])}, {words}", mood
    before = [row for row in taken if row["category"] in _ASSESSABLE]
    if before:
        previous = max(before, key=lambda row: as_float(row["day"]))
        words += f"; before: {_value(previous)}, {_where(previous)}"
    return say(last["category"]), words, "unsure"


def describe_level(row: Row) -> str:
    """Return one row of the series in words: result, time point and day."""
    value = _value(row) if row["category"] in _ASSESSABLE else say(row["category"])
    return f"{value}, {_where(row)}"


def _where(row: Row) -> str:
    return f"{row['timepoint'].replace('_', ' ')} (day {row['day']})"


def _value(row: Row) -> str:
    ratio = as_float(row["ratio_percent"])
    if row["category"] == "CMR":
        return "CMR"
    return row["category"] if math.isnan(ratio) else f"{row['category']} {percent_text(ratio)} %"


def show_mrd(patient: Patient, results: PatientResults, windows: Sequence[TimeWindow]) -> Markup:
    """Return the MRD section of a page."""
    title = tag("h2", "Measurable residual disease (BCR::ABL1 transcripts)")
    taken = [row for row in results.series if row["category"] != "missing"]
    if not results.levels and not taken:
        return join((title, tag("p", "Not done: no level is known at any time point.")))
    parts: list[Markup] = [title]
    points = level_points(results.levels)
    if points:
        label = f"MRD of {patient.patient_id} over time"
        picture = draw_mrd(points, windows, _day_marks(patient, results), _WIDTH, label)
        words = (
            "Filled circle: positive. Open circle: positive, not quantifiable. Triangle down: "
            "undetected, drawn at its detection limit, not at zero. Cross: not evaluable. "
            "Dotted: a sample between is missing or not evaluable. Grey: planned time points."
        )
        picture = tag("div", picture, class_="wide curve")
        parts.append(tag("figure", picture, tag("figcaption", words)))
    parts.append(_table(results))
    return join(parts)


def level_points(levels: Sequence[Row]) -> list[MrdPoint]:
    """Return the levels that can be drawn: bone marrow, dated, not left out of the series."""
    points = []
    for row in levels:
        day = as_float(row["day"])
        if math.isnan(day) or row["material"] == "PB":
            continue
        ratio, limit = as_float(row["ratio_percent"]), as_float(row["detection_limit_percent"])
        left_out = not _LEFT_OUT.isdisjoint(row["flags"].split(";"))
        category = "not_evaluable" if left_out else row["category"]
        points.append(
            MrdPoint(day, row["transcript"], category, ratio, limit, _note(row, ratio, limit))
        )
    return points


def _note(row: Row, ratio: float, limit: float) -> str:
    words = f"{row['sample_id']}, day {row['day']}, {row['transcript']}: {say(row['category'])}"
    if row["category"] == "CMR" and not math.isnan(limit):
        return f"{words}, below {percent_text(limit)} percent"
    return words if math.isnan(ratio) else f"{words}, {percent_text(ratio)} percent"


def _day_marks(patient: Patient, results: PatientResults) -> list[DayMark]:
    marks = []
    for row in results.series:
        if row["day"] and row["molecular_relapse"] == "yes":
            marks.append(DayMark(as_float(row["day"]), "molecular relapse"))
        elif row["day"] and row["mrd_increase"] == "yes":
            marks.append(DayMark(as_float(row["day"]), "increase"))
    marks += [
        DayMark(as_float(row["day"]), f"ABL1 {row['mutations'].split(';')[0]}")
        for row in results.abl1
        if row["day"] and row["abl1_status"] == "mutated"
    ]
    events = (
        (patient.relapse_day, "relapse"),
        (patient.transplant_day, "transplantation"),
        (patient.death_day, "death"),
    )
    marks += [DayMark(float(day), word) for day, word in events if day is not None]
    return marks


def _table(results: PatientResults) -> Markup:
    columns = ("time point", "day", "result", "ratio %", "IS %", "limit %", "log change", "says")
    rows = []
    missing = [row["timepoint"] for row in results.series if row["category"] == "missing"]
    for row in results.series:
        if row["category"] == "missing":
            continue
        own = [
            level
            for level in results.levels
            if level["day"] == row["day"] and row["day"] and level["material"] != "PB"
        ]
        rows.append(
            (
                row["timepoint"].replace("_", " "),
                row["day"],
                say(row["category"]),
                "" if row["category"] == "CMR" else _percent(row["ratio_percent"]),
                "" if row["category"] == "CMR" else _joined(own, "ratio_is_percent"),
                _joined(own, "detection_limit_percent"),
                f"{as_float(row['log10_change']):+.2f}" if row["log10_change"] else "",
                _says(row, own),
            )
        )
    parts = [tag("div", table(columns, rows), class_="wide")] if rows else []
    if missing:
        names = ", ".join(name.replace("_", " ") for name in missing)
        parts.append(tag("p", f"No sample: {names}.", class_="small"))
    return join(parts)


def _percent(text: str) -> str:
    return percent_text(as_float(text)) if text else ""


def _joined(levels: Sequence[Row], column: str) -> str:
    named = [row for row in levels if row[column]]
    if len(named) == 1:
        return _percent(named[0][column])
    return "; ".join(f"{row['transcript']} {_percent(row[column])}" for row in named)


def _says(row: Row, levels: Sequence[Row]) -> str:
    words = []
    if row["mrd_increase"] == "yes":
        words.append("MRD increase")
    if row["molecular_relapse"] == "yes":
        words.append("molecular relapse")
    elif row.get("molecular_relapse_imputed") == "yes":
        words.append("molecular relapse only if limits stand for undetected")
    words += sorted({level["depth"] for level in levels if level["depth"]})
    words += sorted(filter(None, row["flags"].split(";")))
    return ", ".join(words)
