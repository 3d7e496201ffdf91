"""Every code of the analysis is reached, with its level, by the situation it is for."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from der22.flags import Severity
from der22.mrd.codes import CODES, make_flag
from der22.mrd.settings import MrdSettings

PAIR = {"S": ((1000.0,) * 3, (2e4,) * 2)}
Scene = Callable[[Any, ModuleType], None]
SCENES: dict[str, Scene] = {}


def scene(*codes: str) -> Callable[[Scene], Scene]:
    """Name the codes that a scene must show."""

    def register(function: Scene) -> Scene:
        SCENES.update(dict.fromkeys(codes, function))
        return function

    return register


def place(lab: Any, content: bytes, **fields: Any) -> None:
    """One plate with sample S on day 22."""
    lab.plate(content, **fields)
    lab.sample("S", day=22)


@scene("FILE_UNREADABLE", "PLATE_REFUSED")
def empty(lab: Any, writers: ModuleType) -> None:
    """An empty file."""
    place(lab, b"")


@scene("FORMAT_UNKNOWN")
def unknown(lab: Any, writers: ModuleType) -> None:
    """A file of no known kind."""
    place(lab, b"hello")


@scene("FILE_NOT_ANALYSED")
def raw_eds(lab: Any, writers: ModuleType) -> None:
    """An .eds without results."""
    place(lab, writers.zip_of({"apldbio/sds/x.xml": b"<a/>"}))


@scene("RESULTS_MISSING")
def setup_only(lab: Any, writers: ModuleType) -> None:
    """A QuantStudio text with its set-up only."""
    place(lab, b"* A = b\n[Sample Setup]\nWell\n1\n")


@scene("NUMBER_STYLE_MIXED")
def mixed(lab: Any, writers: ModuleType) -> None:
    """Both decimal comma and decimal point."""
    place(lab, b"sample\ttarget\tcopies\nS\tABL1\t1,5\nS\tBCR-ABL1\t1.5\n")


@scene("NUMBER_STYLE_UNCLEAR")
def unclear(lab: Any, writers: ModuleType) -> None:
    """A comma before three digits."""
    place(lab, b"sample\ttarget\tcopies\nS\tABL1\t1,500\n")


@scene("VALUE_WITHOUT_NAME")
def nameless(lab: Any, writers: ModuleType) -> None:
    """A Ct whose sample the file does not name."""
    place(lab, writers.quantstudio(writers.make_plate({**PAIR, "": ((1000.0,), ())})))


@scene("ROW_NOT_UNDERSTOOD")
def footer(lab: Any, writers: ModuleType) -> None:
    """A line below the table that is no well."""
    place(lab, b"sample\ttarget\tcopies\tnote\nS\tABL1\t20000\t\n\t\t\tmean 20000\n")


@scene("WELL_NOT_CLAIMED")
def somebody(lab: Any, writers: ModuleType) -> None:
    """A sample that no row of the mrd sheet names."""
    place(lab, writers.quantstudio(writers.make_plate({**PAIR, "X": ((1000.0,), (2e4,))})))


@scene("TARGET_NOT_FOUND")
def other_target(lab: Any, writers: ModuleType) -> None:
    """A control that the file does not have."""
    place(lab, writers.quantstudio(writers.make_plate(PAIR)), control_target="GUSB")


@scene("RUN_NOT_CHOSEN")
def two_runs(lab: Any, writers: ModuleType) -> None:
    """Two runs and no choice."""
    wells = writers.make_plate(PAIR)
    place(lab, writers.sds(wells, "1") + writers.sds(wells, "2").split(b"\r", 4)[4])


@scene("SAMPLE_NOT_ON_PLATE")
def stranger(lab: Any, writers: ModuleType) -> None:
    """A sample that the plate does not hold."""
    lab.plate(writers.quantstudio(writers.make_plate(PAIR)))
    lab.sample("T", day=22)


@scene("SAMPLE_NAME_DIFFERS")
def spelt_twice(lab: Any, writers: ModuleType) -> None:
    """Wells of S and of s."""
    place(lab, writers.quantstudio(writers.make_plate({**PAIR, "s": ((1000.0,), ())})))


@scene("TRANSCRIPT_UNKNOWN")
def no_transcript(lab: Any, writers: ModuleType) -> None:
    """Nobody tells p190 or p210."""
    lab.patient("P1", None)
    place(lab, writers.quantstudio(writers.make_plate(PAIR)), transcript=None)


@scene("NO_FUSION_WELLS")
def no_fusion(lab: Any, writers: ModuleType) -> None:
    """Only control wells."""
    place(lab, writers.quantstudio(writers.make_plate({"S": ((), (2e4,))})))


@scene("NO_CONTROL")
def no_control(lab: Any, writers: ModuleType) -> None:
    """Only fusion wells."""
    place(lab, writers.quantstudio(writers.make_plate({"S": ((1000.0,), ())})))


@scene("CT_NOT_A_NUMBER")
def bad_ct(lab: Any, writers: ModuleType) -> None:
    """A word where a Ct should be."""
    place(lab, writers.quantstudio(writers.make_plate(PAIR)).replace(b"29.3\t", b"29.3\t"
          ).replace(b"Undetermined", b"late", 1))  # fmt: skip


@scene("COPIES_IMPOSSIBLE")
def negative_copies(lab: Any, writers: ModuleType) -> None:
    """Copies below 0."""
    place(lab, b"sample\ttarget\tcopies\nS\tABL1\t20000\nS\tBCR-ABL1\t-3\n")


@scene("CURVE_FAILED", "SLOPE_OUT_OF_RANGE")
def steep(lab: Any, writers: ModuleType) -> None:
    """A slope of -4.2."""
    place(lab, writers.quantstudio(writers.make_plate(PAIR, slope=-4.2, intercept=44)), cycles=60)


@scene("R2_TOO_LOW")
def scattered(lab: Any, writers: ModuleType) -> None:
    """Standards five Ct apart."""
    place(lab, scatter(writers, 5.0))


@scene("R2_LOW")
def somewhat_scattered(lab: Any, writers: ModuleType) -> None:
    """Standards a little apart."""
    place(lab, scatter(writers, 1.9))


def scatter(writers: ModuleType, apart: float) -> bytes:
    """A plate whose duplicate standards lie `apart` Ct from each other."""
    import dataclasses

    wells = []
    for n, well in enumerate(writers.make_plate(PAIR)):
        if well.task == "standard":
            well = dataclasses.replace(well, ct=round(well.ct + (apart / 2) * (-1) ** n, 3))
        wells.append(well)
    content: bytes = writers.quantstudio(wells)
    return content


@scene("TOO_FEW_LEVELS")
def three_levels(lab: Any, writers: ModuleType) -> None:
    """Three levels of fusion standard."""
    place(lab, writers.quantstudio(writers.make_plate(PAIR, fusion_levels=(10, 1000, 1e5))))


@scene("NO_STANDARDS")
def no_standards(lab: Any, writers: ModuleType) -> None:
    """No fusion standard at all."""
    place(lab, writers.quantstudio(writers.make_plate(PAIR, fusion_levels=())))


@scene("NTC_DETECTED")
def dirty(lab: Any, writers: ModuleType) -> None:
    """A no-template well with a Ct."""
    place(lab, writers.cfx(writers.make_plate(PAIR)).replace(b"NTC,NTC,NaN", b"NTC,NTC,35.2", 1))


@scene("NO_NTC")
def without_ntc(lab: Any, writers: ModuleType) -> None:
    """A plate on which no no-template control was run."""
    wells = [well for well in writers.make_plate(PAIR) if well.task != "ntc"]
    place(lab, writers.quantstudio(wells))


@scene("UNCLAIMED_SIGNAL")
def nobodys_fusion(lab: Any, writers: ModuleType) -> None:
    """Fusion in a sample that no row of the mrd sheet names."""
    place(lab, writers.quantstudio(writers.make_plate({**PAIR, "X": ((1000.0,), (2e4,))})))


@scene("NOT_ANALYSED")
def without_cq(lab: Any, writers: ModuleType) -> None:
    """An RDML reaction without Cq and with three readings only."""
    content = zipped(writers, lambda text: text.replace("<cq>29.3</cq>", "", 1))
    place(lab, content)


def zipped(writers: ModuleType, change: Callable[[str], str]) -> bytes:
    """An RDML plate whose document is changed."""
    import io
    import zipfile

    packed = zipfile.ZipFile(io.BytesIO(writers.rdml(writers.make_plate(PAIR))))
    text = packed.read("rdml_data.xml").decode()
    assert change(text) != text
    content: bytes = writers.zip_of({"rdml_data.xml": change(text).encode()})
    return content


@scene("NO_PRINTED_CURVE")
def no_printed_curve(lab: Any, writers: ModuleType) -> None:
    """The curve of the instrument is asked for and the export has none."""
    lab.settings = MrdSettings(curve_source="instrument")
    place(lab, writers.quantstudio(writers.make_plate(PAIR)))


@scene("INTERCEPT_UNUSUAL")
def typed_off(lab: Any, writers: ModuleType) -> None:
    """One copy at Ct 36."""
    place(lab, writers.quantstudio(writers.make_plate(PAIR, intercept=36.0)))


@scene("STANDARD_SPREAD")
def standard_apart(lab: Any, writers: ModuleType) -> None:
    """Duplicates of the standards two Ct apart."""
    place(lab, scatter(writers, 1.9))


@scene("LEVELS_APART")
def gap(lab: Any, writers: ModuleType) -> None:
    """A decade that no standard has."""
    place(lab, writers.quantstudio(writers.make_plate(PAIR, (10, 100, 1000, 1e5, 1e6))))


@scene("POSITIVE_CONTROL_OFF")
def weak_positive_control(lab: Any, writers: ModuleType) -> None:
    """A positive control of 1000 copies that shows 100."""
    plate = {**PAIR, "PC 1000": ((100.0,), ())}
    place(lab, writers.quantstudio(writers.make_plate(plate)))


@scene("CONTROL_REPLICATES_DISAGREE")
def failed_control_well(lab: Any, writers: ModuleType) -> None:
    """One of two ABL1 wells without a Ct."""
    place(lab, writers.quantstudio(writers.make_plate({"S": ((1000.0,) * 3, (2e4, None))})))


@scene("RERUN_AGREES")
def rerun(lab: Any, writers: ModuleType) -> None:
    """One moment measured twice, a fifth of a log apart."""
    lab.level("S1", "POS", 1, day=22)
    lab.level("S2", "POS", 1.6, day=22)


@scene("RESPONSE_LOST")
def lost(lab: Any, writers: ModuleType) -> None:
    """Undetected at the end of induction and positive in consolidation."""
    lab.level("S1", "CMR", 0.001, day=85)
    lab.level("S2", "POS", 1, day=130)


@scene("WESTGARD")
def other_plate(lab: Any, writers: ModuleType) -> None:
    """Eight plates of which one has another intercept."""
    for number in range(8):
        intercept = 39.5 + 0.01 * (number % 3) + (number == 7)
        lab.plate(writers.quantstudio(writers.make_plate(PAIR, intercept=intercept)), f"Q{number}")


@scene("CONTROL_BELOW_MINIMUM")
def poor(lab: Any, writers: ModuleType) -> None:
    """600 control copies."""
    place(lab, writers.quantstudio(writers.make_plate({"S": ((1000.0,) * 3, (300.0,) * 2)})))


@scene("CONTROL_TOO_LOW_FOR_NEGATIVE")
def weak(lab: Any, writers: ModuleType) -> None:
    """Nothing found in 6000 control copies."""
    place(lab, writers.quantstudio(writers.make_plate({"S": ((None,) * 3, (3000.0,) * 2)})))


@scene("CONFLICTING_DUPLICATES")
def conflict(lab: Any, writers: ModuleType) -> None:
    """One moment, two results."""
    lab.level("S1", "POS", 1, day=22)
    lab.level("S2", "POS", 4, day=22)


@scene("DUPLICATE_SAMPLE")
def duplicate(lab: Any, writers: ModuleType) -> None:
    """One moment, one result, two rows."""
    lab.level("S1", "POS", 1, day=22)
    lab.level("S2", "POS", 1, day=22)


@scene("CURVE_SHORT")
def short(lab: Any, writers: ModuleType) -> None:
    """Standards over three decades."""
    place(lab, writers.quantstudio(writers.make_plate(PAIR, fusion_levels=(10, 100, 1000, 9000))))


@scene("STANDARD_NOT_DETECTED")
def lost_standard(lab: Any, writers: ModuleType) -> None:
    """A lowest standard in the last half cycle."""
    levels = (10 ** (-1 / 17), 100, 1000, 10_000, 100_000)  # the first at 39.7 of 40
    plate = writers.make_plate(PAIR, levels)
    place(lab, writers.quantstudio(plate, cycles=40))


@scene("CYCLES_DISAGREE")
def other_cycles(lab: Any, writers: ModuleType) -> None:
    """A sheet that says fewer cycles than the file shows."""
    place(lab, writers.quantstudio(writers.make_plate(PAIR)), cycles=36)


@scene("TARGET_NOT_READ")
def another_fusion(lab: Any, writers: ModuleType) -> None:
    """A well of another fusion, which no row of the sheet names."""
    row = {"sample": "S", "target": "BCR-ABL1", "copies": 0, "well": "A1"}
    rows = [
        row,
        row | {"well": "A2"},
        row | {"target": "BCR-ABL1 p190", "copies": 50, "well": "A3"},
    ]
    rows += [row | {"target": "ABL1", "copies": 30000, "well": well} for well in ("A4", "A5")]
    place(lab, writers.copies_table(rows), fusion_target="BCR-ABL1", control_target="ABL1")


@scene("STANDARD_WITHOUT_QUANTITY")
def nameless_standard(lab: Any, writers: ModuleType) -> None:
    """A standard without quantity."""
    content = writers.quantstudio(writers.make_plate(PAIR))
    place(lab, content.replace(b"\t10.000\t", b"\t\t", 1))


@scene("STANDARD_NAME_DISAGREES")
def misnamed(lab: Any, writers: ModuleType) -> None:
    """STD_150000 with another quantity."""
    content = writers.quantstudio(writers.make_plate(PAIR))
    place(lab, content.replace(b"Standard 1\t", b"STD_150000\t", 1))


@scene("CURVE_DIFFERS_FROM_INSTRUMENT")
def other_curve(lab: Any, writers: ModuleType) -> None:
    """The instrument prints twice the copies."""
    place(lab, writers.quantstudio(writers.make_plate(PAIR), curve=(-3.4, 40.5)))


@scene("LIMITED_MATERIAL")
def little(lab: Any, writers: ModuleType) -> None:
    """Positive with 6000 control copies."""
    place(lab, writers.quantstudio(writers.make_plate({"S": ((1000.0,) * 3, (3000.0,) * 2)})))


@scene("ABOVE_CURVE")
def high(lab: Any, writers: ModuleType) -> None:
    """More than the highest standard."""
    place(lab, writers.quantstudio(writers.make_plate({"S": ((5e6,) * 3, (2e4,) * 2)})))


@scene("FEW_REPLICATES")
def two_wells(lab: Any, writers: ModuleType) -> None:
    """Two fusion wells."""
    place(lab, writers.quantstudio(writers.make_plate({"S": ((1000.0,) * 2, (2e4,) * 2)})))


@scene("MATERIAL_PB")
def blood(lab: Any, writers: ModuleType) -> None:
    """A blood sample."""
    lab.level("S", "POS", 1, day=22, material="PB")


@scene("TIMEPOINT_OUTSIDE_WINDOW")
def mislabelled(lab: Any, writers: ModuleType) -> None:
    """Day 22 labelled d45."""
    lab.level("S", "POS", 1, day=22, timepoint="d45")


@scene("TRANSCRIPT_MISSING")
def one_of_two(lab: Any, writers: ModuleType) -> None:
    """p210 only of a patient with both."""
    lab.level("S", "POS", 1, day=22, fusion="p190+p210")


@scene("NO_DAY")
def undated(lab: Any, writers: ModuleType) -> None:
    """Neither day nor label."""
    lab.level("S", "POS", 1)


@scene("BELOW_QUANTITATIVE_RANGE", "SINGLE_POSITIVE_WELL")
def faint(lab: Any, writers: ModuleType) -> None:
    """Four copies in one well of three."""
    place(lab, writers.quantstudio(writers.make_plate({"S": ((4.0, None, None), (2e4,) * 2)})))


@scene("REPLICATES_DISAGREE")
def apart(lab: Any, writers: ModuleType) -> None:
    """Wells two Ct apart at Ct 30."""
    place(
        lab, writers.quantstudio(writers.make_plate({"S": ((1000.0, 200.0, 1000.0), (2e4,) * 2)}))
    )


@scene("CYCLES_ASSUMED")
def no_cycles(lab: Any, writers: ModuleType) -> None:
    """A kind that does not tell the cycles."""
    place(lab, writers.cfx(writers.make_plate(PAIR)))


@scene("OUTSIDE_WINDOWS")
def between(lab: Any, writers: ModuleType) -> None:
    """Day 10."""
    lab.level("S", "POS", 1, day=10)


@scene("NOT_CHOSEN", "NO_EARLIER_SAMPLE")
def second_choice(lab: Any, writers: ModuleType) -> None:
    """Two samples for d22."""
    lab.level("S1", "POS", 1, day=22)
    lab.level("S2", "POS", 1, day=25)


@scene("WELL_OMITTED")
def omitted(lab: Any, writers: ModuleType) -> None:
    """A well that the operator left out."""
    content = writers.quantstudio(writers.make_plate(PAIR))
    place(lab, content.replace(b"false\tS\t", b"true\tS\t", 1))


def test_every_code_has_a_scene() -> None:
    """No code without a test, no test without a code."""
    assert set(SCENES) == {kind.code for kind in CODES}
    assert len(CODES) == len({kind.code for kind in CODES}) == 64


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.code)
def test_code_is_reached(lab: Any, writers: ModuleType, kind: Any) -> None:
    """The scene shows the code with its level and a sentence that names its subject."""
    SCENES[kind.code](lab, writers)
    results = lab.run(getattr(lab, "settings", None))
    problems = [p for p in results.problems if p.flag.code == kind.code]
    assert problems
    assert kind.level in {p.flag.level for p in problems}
    subjects = {
        *lab.patients,
        *(p.plate_id for p in lab.plates),
        *(s.sample_id for s in lab.samples),
    }
    for problem in problems:
        assert problem.stage == "mrd"
        assert problem.subject in subjects
        assert problem.subject in problem.flag.message
        assert "\n" not in problem.flag.message
        assert len(problem.flag.message) > 20


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.code)
def test_words_of_a_code(kind: Any) -> None:
    """Meaning and remedy are sentences."""
    assert kind.meaning.endswith(".")
    assert kind.remedy.endswith(".")


def test_flags_take_the_level_of_their_code() -> None:
    """A level is the code's own unless one is given; an unknown code is a fault of the program."""
    assert make_flag("NO_DAY", "x").level is Severity.WARNING
    assert make_flag("NO_DAY", "x", Severity.NOTE).level is Severity.NOTE
    with pytest.raises(KeyError):
        make_flag("NO_SUCH_CODE", "x")
