"""Contradictions between the sheets are told before anything runs."""

from __future__ import annotations

from typing import Any

import pytest

from der22.formats.records import MrdSample, Patient, Plate
from der22.mrd.settings import MrdSettings
from der22.mrd.sheet_rules import check_mrd_sheets


def numbered(records: list[Any]) -> list[tuple[int, Any]]:
    """Give the records the rows of a sheet."""
    return list(enumerate(records, 2))


def check(plate: dict[str, Any], sample: dict[str, Any], patient: dict[str, Any]) -> list[str]:
    """Problems of one plate, sample and patient, as text."""
    plates = [Plate(**{"plate_id": "A", "path": "/a.txt", "transcript": "p210", **plate})]
    samples = [MrdSample(**{"patient_id": "P1", "sample_id": "S1", "plate_id": "A",
                            "plate_sample": "S1", "day": 22, **sample})]  # fmt: skip
    patients = {"P1": Patient(**{"patient_id": "P1", "fusion": "p210", **patient})}
    return [
        str(p)
        for p in check_mrd_sheets(numbered(plates), numbered(samples), patients, MrdSettings())
    ]


@pytest.mark.parametrize(
    ("plate", "sample", "patient"),
    [
        ({}, {}, {}),
        ({"conversion_factor": 0.8}, {}, {}),
        ({}, {"day": -30}, {}),
        ({}, {"day": 50}, {"death_day": 50}),
        ({}, {"timepoint": "blina_c5"}, {}),
        ({"transcript": "p190"}, {}, {"fusion": "p190+p210"}),
        ({"transcript": None}, {}, {"fusion": "p190"}),
        ({"transcript": "p190"}, {}, {"fusion": None}),
        ({"fusion_target": "X", "control_target": "-"}, {}, {}),
        ({}, {"day": None}, {"death_day": 5}),
        ({"cycles": 40}, {}, {}),
    ],
)
def test_good_sheets(
    plate: dict[str, Any], sample: dict[str, Any], patient: dict[str, Any]
) -> None:
    """What is allowed, up to the bounds, is no problem."""
    assert check(plate, sample, patient) == []


@pytest.mark.parametrize(
    ("plate", "sample", "patient", "text"),
    [
        ({"transcript": "p190"}, {}, {}, "mrd, row 2, plate_id = 'A': plate A measures p190"),
        ({}, {}, {"fusion": "p190"}, "patient P1 has p190"),
        ({"transcript": "p190", "conversion_factor": 0.8}, {}, {"fusion": "p190"}, "plates, row 2"),
        (
            {"transcript": None, "conversion_factor": 0.8},
            {},
            {"fusion": "p190"},
            "no International",
        ),
        ({"conversion_factor": 0.0}, {}, {}, "above 0"),
        ({"conversion_factor": -1.0}, {}, {}, "above 0"),
        ({"transcript": "p230"}, {}, {"fusion": None}, "write p190 or p210"),
        ({"fusion_target": "-", "control_target": "-"}, {}, {}, "at least one"),
        ({"fusion_target": "T", "control_target": "T"}, {}, {}, "two targets"),
        ({"cycles": 5}, {}, {}, "10 to 100"),
        ({}, {"timepoint": "d23"}, {}, "known are diagnosis, d22"),
        ({}, {"day": -31}, {}, "before day -30"),
        ({}, {"day": 51}, {"death_day": 50}, "after the death of patient P1 on day 50"),
    ],
)
def test_bad_sheets(
    plate: dict[str, Any], sample: dict[str, Any], patient: dict[str, Any], text: str
) -> None:
    """Each contradiction is one problem that names sheet, row, column, value and rule."""
    problems = check(plate, sample, patient)
    assert any(text in problem for problem in problems), problems


def test_all_problems_at_once_and_repeated_samples() -> None:
    """Every row is looked at; a sample of two patients or days is a problem."""
    plates = [Plate("A", "/a", transcript="p210"), Plate("B", "/b", transcript="p210")]
    samples = [
        MrdSample("P1", "S1", "A", "S1", day=22),
        MrdSample("P1", "S1", "A", "S1", day=22),
        MrdSample("P2", "S1", "B", "S1", day=22),
        MrdSample("P1", "S1", "B", "S1", day=23),
        MrdSample("P1", "S2", "A", "S2", day=-99, timepoint="x"),
    ]
    patients = {name: Patient(name, fusion="p210") for name in ("P1", "P2")}
    problems = check_mrd_sheets(numbered(plates), numbered(samples), patients, MrdSettings())
    assert [p.row for p in problems] == [6, 6, 4, 5]


def test_a_plate_with_both_transcripts_serves_either_patient() -> None:
    """Two rows of one plate, one per transcript: a p190 patient belongs there."""
    plates = [Plate("A", "/a", transcript="p190", fusion_target="m"),
              Plate("A", "/a", transcript="p210", fusion_target="M",
                    conversion_factor=0.8)]  # fmt: skip
    samples = [MrdSample("P1", "S1", "A", "S1", day=22)]
    patients = {"P1": Patient("P1", fusion="p190")}
    assert check_mrd_sheets(numbered(plates), numbered(samples), patients, MrdSettings()) == []
