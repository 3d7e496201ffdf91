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
#: categories whose ratio is a number to read; that of a CMR is a zero, its limit tells more
_WITH_RATIO = ("PNQ", "POS")
#: flags that keep a level out of the series
_LEFT_OUT = frozenset({"CONFLICTING_DUPLICATES", "DUPLICATE_SAMPLE", "MATERIAL_PB"})
#: flag of a level that only repeats another of the same row
_REPEATED = "DUPLICATE_SAMPLE"
_BLOOD = "PB"
_WIDTH = 940.0


def last_level(results: PatientResults) -> tuple[str, str, str]:
    """Return value, explanation and mood of the last sample of the series."""
    taken = [row for row in results.series if row["day"] and row["category"] != "missing"]
    if not taken:
        only_blood = "only blood was sampled, which enters no series"
        words = only_blood if _blood(results) else "no sample in the series"
        return "not known", words, "unsure"
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
    """Return a row in words, as ``read_last_levels`` gives it: result, time point and day."""
    value = _value(row) if row["category"] in _ASSESSABLE else say(row["category"])
    if row.get("material") == _BLOOD:
        return f"blood only: {value} (day {row['day']})"
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
    parts: list[Markup | None] = [title]
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
    parts += [_table(results), _missing(results, windows), _blood_table(results)]
    return join(parts)


def level_points(levels: Sequence[Row]) -> list[MrdPoint]:
    """Return the levels that can be drawn: bone marrow, dated, not left out of the series."""
    points = []
    for row in levels:
        day = as_float(row["day"])
        if math.isnan(day) or row["material"] == _BLOOD:
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


def _table(results: PatientResults) -> Markup | None:
    columns = ("time point", "day", "result", "ratio %", "IS %", "limit %", "log change", "says")
    rows = []
    for row in results.series:
        if row["category"] == "missing":
            continue
        own = _levels_of(row, results.levels)
        quantified = row["category"] in _WITH_RATIO
        speaking = [level for level in own if level["category"] == row["category"]]
        rows.append(
            (
                row["timepoint"].replace("_", " "),
                row["day"],
                say(row["category"]),
                _percent(row["ratio_percent"]) if quantified else "",
                _joined(speaking, "ratio_is_percent") if quantified else "",
                _joined(own, "detection_limit_percent"),
                f"{as_float(row['log10_change']):+.2f}" if row["log10_change"] else "",
                _says(row),
            )
        )
    return tag("div", table(columns, rows), class_="wide") if rows else None


def _levels_of(row: Row, levels: Sequence[Row]) -> list[Row]:
    """Return the levels that a row of the series is made of."""
    named = row["sample_id"].split(";")
    return [
        level
        for level in levels
        if level["sample_id"] in named
        and _REPEATED not in level["flags"].split(";")
        and level["material"] != _BLOOD
    ]


def _missing(results: PatientResults, windows: Sequence[TimeWindow]) -> Markup | None:
    """Return the time points without marrow in a sentence, those with blood apart."""
    days = [as_float(level["day"]) for level in _blood(results)]
    bled = {w.name for w in windows if any(w.first_day <= day <= w.last_day for day in days)}
    missing = [row["timepoint"] for row in results.series if row["category"] == "missing"]
    words = []
    none = ", ".join(name.replace("_", " ") for name in missing if name not in bled)
    if none:
        words.append(f"{'No marrow sample' if days else 'No sample'}: {none}.")
    only = ", ".join(name.replace("_", " ") for name in missing if name in bled)
    if only:
        words.append(f"Blood only: {only}.")
    return tag("p", " ".join(words), class_="small") if words else None


def _blood(results: PatientResults) -> list[Row]:
    return [level for level in results.levels if level["material"] == _BLOOD]


def _blood_table(results: PatientResults) -> Markup | None:
    """Return the levels of peripheral blood, which are shown and count nowhere."""
    columns = ("day", "material", "sample", "transcript", "result", "ratio %", "says")
    rows = [
        (
            row["day"] or "not known",
            row["material"],
            row["sample_id"],
            row["transcript"],
            say(row["category"]),
            _percent(row["ratio_percent"]) if row["category"] in _WITH_RATIO else "",
            ", ".join(sorted(filter(None, row["flags"].split(";")))),
        )
        for row in _blood(results)
    ]
    if not rows:
        return None
    words = "Peripheral blood: these levels enter no series and no risk."
    return join((tag("p", words), tag("div", table(columns, rows), class_="wide")))


def _percent(text: str) -> str:
    return percent_text(as_float(text)) if text else ""


def _joined(levels: Sequence[Row], column: str) -> str:
    """Return the values of a column, each with its transcript when there are several."""
    told = dict.fromkeys((x["transcript"], _percent(x[column])) for x in levels if x[column])
    if len(told) == 1:
        return next(iter(told))[1]
    return "; ".join(f"{transcript} {value}" for transcript, value in told)


def _says(row: Row) -> str:
    words = []
    if row["mrd_increase"] == "yes":
        words.append("MRD increase")
    if row["molecular_relapse"] == "yes":
        words.append("molecular relapse")
    elif row.get("molecular_relapse_imputed") == "yes":
        words.append("molecular relapse only if limits stand for undetected")
    if row["category"] == "CMR" and row["depth"]:
        words.append(row["depth"])
    words += sorted(filter(None, row["flags"].split(";")))
    return ", ".join(words)
