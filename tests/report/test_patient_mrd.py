"""The MRD table of a page: blank where nothing can be said, blood told apart, one depth at most."""

from __future__ import annotations

import math
import re

import pytest

from der22.formats.records import Patient
from der22.report.patient_mrd import last_level, level_points, show_mrd
from der22.report.plots.mrd import TimeWindow
from der22.results.mrd import LevelRow, SeriesRow
from der22.results.patients import PatientResults
from der22.words import Category, Response

WINDOWS = (TimeWindow("d22", 15, 33), TimeWindow("d45", 34, 50), TimeWindow("d57", 51, 70))


def _level(transcript: str, category: str, **other: object) -> LevelRow:
    undetected = category == "CMR"
    row: dict[str, object] = {
        "patient_id": "X", "sample_id": "S", "plate_id": "A", "timepoint": "d45", "day": 45,
        "transcript": transcript, "material": "BM", "category": Category(category),
        "ratio_percent": 0.0 if undetected else 0.5, "ratio_is_percent": 0.0 if undetected else 0.4,
        "detection_limit_percent": 0.002, "depth": "MR4.5" if undetected else "",
    }  # fmt: skip
    found = row | other
    return LevelRow(**{"molecular_response": found["category"].response} | found)


def _row(category: str, timepoint: str = "d45", **other: object) -> SeriesRow:
    row: dict[str, object] = {
        "patient_id": "X", "timepoint": timepoint, "day": None if category == "missing" else 45,
        "category": Category(category), "sample_ids": ("S",),
    }  # fmt: skip
    found = row | other
    return SeriesRow(**{"molecular_response": found["category"].response} | found)


def _cells(levels: list[LevelRow], row: SeriesRow) -> list[str]:
    """Return day, result, ratio, IS, limit, change and remarks of the only row."""
    page = show_mrd(Patient("X"), PatientResults(levels=[*levels], series=[row]), WINDOWS)
    return re.findall(r"<td>(.*?)</td>", page)


def _text(levels: list[LevelRow], *rows: SeriesRow) -> str:
    page = show_mrd(Patient("X"), PatientResults(levels=[*levels], series=[*rows]), WINDOWS)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize(
    ("code", "levels"),
    [
        ("TRANSCRIPT_MISSING", [_level("p210", "CMR")]),
        ("CONTROL_BELOW_MINIMUM", [_level("p190", "not_evaluable"), _level("p210", "CMR")]),
        (
            "CONFLICTING_DUPLICATES",
            [
                _level("p210", word, codes=("CONFLICTING_DUPLICATES",), sample_id=name)
                for word, name in (("CMR", "S"), ("POS", "T"))
            ],
        ),
    ],
)
def test_not_evaluable_has_no_ratio_no_is_and_no_depth(code: str, levels: list[LevelRow]) -> None:
    """Nothing of the single transcripts or samples is lent to a row that says nothing."""
    row = _row(
        "not_evaluable", codes=(code,), sample_ids=("S", "T"), ratio_percent=0.0, depth="MR4.5"
    )
    assert _cells(levels, row)[1:4] == ["not evaluable", "", ""]
    assert _cells(levels, row)[-1] == code


@pytest.mark.parametrize(
    ("category", "other", "ratio", "scale", "remark"),
    [
        ("CMR", "CMR", "", "", "MR4"),
        ("PNQ", "CMR", "0.5", "0.4", ""),
        ("POS", "CMR", "0.5", "0.4", ""),
    ],
)
def test_one_depth_of_undetected_rows_only(
    category: str, other: str, ratio: str, scale: str, remark: str
) -> None:
    """Two transcripts: the shallower depth of the series, none when one is positive; no zero."""
    levels = [_level("p190", other, depth="MR5"), _level("p210", category)]
    row = _row(category, ratio_percent=0.5, depth="MR4" if category == "CMR" else "")
    cells = _cells(levels, row)
    assert cells[2:4] == [ratio, scale]
    assert cells[-1] == remark


def test_a_repeated_sample_is_not_told_twice() -> None:
    """The duplicate that does not count adds no limit and no IS value."""
    again = _level("p210", "POS", codes=("DUPLICATE_SAMPLE",), ratio_is_percent=7.0)
    cells = _cells([_level("p210", "POS"), again], _row("POS", ratio_percent=0.5))
    assert cells[3:5] == ["0.4", "0.002"]


def test_blood_is_listed_and_never_said_to_be_no_sample() -> None:
    """Levels of blood stand apart with day, material, category and ratio; their days say blood."""
    blood = {"material": "PB", "codes": ("MATERIAL_PB",)}
    levels = [
        _level("p190", "CMR", **blood),
        _level("p190", "POS", day=57, ratio_percent=10.0, **blood),
    ]
    rows = [_row("missing", name) for name in ("d22", "d45", "d57")]
    text = _text(levels, *rows)
    assert "No marrow sample: d22. Blood only: d45, d57." in text
    assert "these levels enter no series" in text
    assert "45 PB S p190 undetected (CMR) MATERIAL_PB" in text
    assert "57 PB S p190 positive 10 MATERIAL_PB" in text
    answer = last_level(PatientResults(levels=[*levels], series=[*rows]))
    assert answer == ("not known", "only blood was sampled, which enters no series", "unsure")


def test_without_blood_the_words_are_as_before() -> None:
    """A time point of which nothing was sampled has no sample."""
    text = _text([_level("p190", "CMR")], _row("CMR"), _row("missing", "d57"))
    assert "No sample: d57." in text
    assert "lood" not in text


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"category": "POS_UNQUANTIFIED", "molecular_response": Response.NO},
         ("positive, amount not known", "no molecular response")),
        ({"category": "POS_UNQUANTIFIED"},
         ("positive, amount not known", "response not evaluable")),
        ({"category": "POS", "response_lost": True}, ("response lost",)),
        ({"category": "CMR", "after_event": ("relapse", "transplant")},
         ("after relapse and transplant",)),
    ],
)  # fmt: skip
def test_words_of_the_second_edition(row: dict[str, object], words: tuple[str, ...]) -> None:
    """A positive without a level, a lost response and a sample after an event say so."""
    given = dict(row)
    category = str(given.pop("category"))
    series = [_row(category, ratio_percent=None, **given)]
    page = str(show_mrd(Patient("X"), PatientResults(series=series), WINDOWS))
    assert all(text in page for text in words)
    assert "0.5" not in page


def test_a_positive_without_a_level_is_drawn_on_the_axis() -> None:
    """It is neither a point at a level nor a cross of what is not evaluable, nor left out."""
    level = _level("p210", "POS_UNQUANTIFIED", ratio_percent=None, ratio_is_percent=None)
    (point,) = level_points([level])
    assert math.isnan(point.height)
    page = str(show_mrd(Patient("X"), PatientResults(levels=[level]), WINDOWS))
    assert "S, day 45, p210: positive, amount not known" in page
    assert last_level(PatientResults(series=[_row("POS_UNQUANTIFIED", ratio_percent=None)]))[
        ::2
    ] == (
        "POS, amount not known",
        "alarm",
    )
