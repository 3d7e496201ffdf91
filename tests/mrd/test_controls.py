"""Controls of a plate, reactions that nobody analysed, words for nothing: no silent negative."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from der22.flags import Severity
from der22.formats.records import MrdSample, Patient, Plate
from der22.formats.tables import read_tsv
from der22.jobs.mrd import run_plates
from der22.mrd.settings import MrdSettings

PAIR = {"S": ((1000.0,) * 3, (2e4,) * 2)}
NEGATIVE = {"S": ((None,) * 3, (2e4,) * 2)}


def lightcycler_pair(lab: Any, writers: ModuleType, wells: list[Any], name: str = "NTC") -> None:
    """The two exports of a LightCycler, whose only sign of a control is its name."""
    for target, fields in (
        (writers.FUSION, {"control_target": "-", "fusion_target": writers.FUSION}),
        (writers.CONTROL, {"fusion_target": "-", "control_target": writers.CONTROL}),
    ):
        content = writers.lightcycler(wells, target).replace(b"no template control", name.encode())
        lab.plate(content, **fields)


@pytest.mark.parametrize(
    "name", ["NTC", "Wasser", "Bianco", "H20", "Negativkontrolle", "NK", "Neg. Ctrl 2", "N.T.C."]
)
def test_a_contaminated_control_under_any_usual_name(
    lab: Any, writers: ModuleType, name: str
) -> None:
    """Fusion in a control that only its name tells refuses the plate; the sentence names the Ct."""
    wells = writers.make_plate({**PAIR, "no template control": ((20.0,), ())})
    lightcycler_pair(lab, writers, wells, name)
    lab.sample("S", day=22)
    results = lab.run()
    level = results.level("S")
    assert (level["category"], level["flags"]) == ("not_evaluable", "NTC_DETECTED")
    place = next(w for w in wells if w.sample == "no template control")
    assert f"{place.well} Ct {place.ct}" in level["message"]


def test_a_control_name_of_the_laboratory(lab: Any, writers: ModuleType) -> None:
    """A name of the config is a no-template control."""
    wells = writers.make_plate({**PAIR, "no template control": ((20.0,), ())})
    lightcycler_pair(lab, writers, wells, "Leitung 7")
    lab.sample("S", day=22)
    assert lab.run().level("S")["category"] == "POS"
    settings = MrdSettings(ntc_names=("Leitung",))
    assert lab.run(settings).level("S")["flags"] == "NTC_DETECTED"


def test_a_name_that_the_sheet_asks_for_is_a_sample(lab: Any, writers: ModuleType) -> None:
    """NK may be a person: whom a row of the mrd sheet names is no control."""
    wells = writers.make_plate({"NK": ((1000.0,) * 3, (2e4,) * 2)})
    lightcycler_pair(lab, writers, wells)
    lab.sample("S", day=22, plate_sample="NK")
    level = lab.run().level("S")
    assert (level["category"], level["flags"]) == ("POS", "")


@pytest.mark.parametrize(("target", "category"), [("BCR-ABL1", "not_evaluable"), ("ABL1", "POS")])
def test_a_negative_control_may_hold_the_control_gene(
    lab: Any, writers: ModuleType, target: str, category: str
) -> None:
    """The words of the file: Neg Ctrl with fusion refuses, with ABL1 it is cDNA of somebody."""
    wells = writers.make_plate({**PAIR, "X": ((50.0,), (2e4,))})
    lines = writers.cfx(wells).decode().splitlines()
    lines = [
        x.replace("Unkn-3", "Neg Ctrl-1") if ",X," in x and f",{target}," in x else x for x in lines
    ]
    lab.plate("\n".join(lines) + "\n")
    lab.sample("S", day=22)
    assert lab.run().level("S")["category"] == category


@pytest.mark.parametrize(
    ("fusion", "category"), [(1000.0, "POS_UNQUANTIFIED"), (None, "not_evaluable")]
)
def test_a_contaminated_control_gene_leaves_no_level(
    lab: Any, writers: ModuleType, fusion: float | None, category: str
) -> None:
    """ABL1 in its no-template well: a positive stays one without a level, a negative is none."""
    wells = writers.make_plate({"S": ((fusion,) * 3, (2e4,) * 2)})
    text = writers.quantstudio(wells).decode()
    text = re.sub(r"(NTC\tABL1\tNTC\t)Undetermined", r"\g<1>30.5", text, count=1)
    lab.plate(text)
    lab.sample("S", day=22)
    level = lab.run().level("S")
    assert (level["category"], level["flags"]) == (category, "NTC_DETECTED")


def without_ntc(writers: ModuleType, samples: Any = None, target: str = "") -> list[Any]:
    """A plate without the no-template wells of a target, or of both."""
    return [
        well
        for well in writers.make_plate(samples or PAIR)
        if well.task != "ntc" or target not in ("", well.target)
    ]


def test_a_plate_without_a_control_says_so(lab: Any, writers: ModuleType) -> None:
    """A warning on the plate and on its samples; the result stays."""
    lab.plate(writers.quantstudio(without_ntc(writers)))
    lab.sample("S", day=22)
    results = lab.run()
    level = results.level("S")
    assert (level["category"], level["flags"]) == ("POS", "NO_NTC")
    told = {p.subject: p.flag.level for p in results.problems if p.flag.code == "NO_NTC"}
    assert told == {"A": Severity.WARNING, "S": Severity.WARNING}


@pytest.mark.parametrize(("target", "told"), [("BCR-ABL1", True), ("ABL1", False)])
def test_the_control_must_be_of_the_fusion(
    lab: Any, writers: ModuleType, target: str, told: bool
) -> None:
    """No-template wells of ABL1 alone say nothing about the fusion."""
    lab.plate(writers.quantstudio(without_ntc(writers, target=target)))
    lab.sample("S", day=22)
    assert ("NO_NTC" in lab.run().codes()) is told


def test_a_copies_table_without_a_control_is_a_note(lab: Any) -> None:
    """The laboratory has judged a copies table: a note on the plate, none on its samples."""
    lab.level("S", "POS", 1, day=22)
    results = lab.run()
    assert results.level("S")["flags"] == ""
    told = {p.flag.level for p in results.problems if p.flag.code == "NO_NTC"}
    assert told == {Severity.NOTE}
    assert "NO_NTC" not in lab.run(MrdSettings(ntc_rule="none")).codes()


@pytest.mark.parametrize(
    ("name", "has_ntc", "level"),
    [
        ("Meier", True, Severity.NOTE), ("Meier", False, Severity.WARNING),
        ("negtive ctr", True, Severity.WARNING), ("Kontr.", True, Severity.WARNING),
    ],
)  # fmt: skip
def test_fusion_that_nobody_asks_for(
    lab: Any, writers: ModuleType, name: str, has_ntc: bool, level: Severity
) -> None:
    """A note on a routine plate; a warning where it may be a control; never the name, always Ct."""
    wells = writers.make_plate({**PAIR, name: ((20.0,), (2e4,))})
    kept = wells if has_ntc else [well for well in wells if well.task != "ntc"]
    lab.plate(writers.quantstudio(kept))
    lab.sample("S", day=22)
    (flag,) = [p.flag for p in lab.run().problems if p.flag.code == "UNCLAIMED_SIGNAL"]
    place = next(w for w in wells if w.sample == name and w.target == writers.FUSION)
    assert flag.level is level
    assert f"{place.well} Ct {place.ct}" in flag.message
    assert name not in flag.message


@pytest.mark.parametrize(
    ("name", "level"), [("Meier", Severity.NOTE), ("negtive ctr", Severity.WARNING)]
)
def test_fusion_that_nobody_asks_for_in_a_copies_table(
    lab: Any, name: str, level: Severity
) -> None:
    """A copies table holds other patients and seldom a control: its names alone make a warning."""
    lab.copies([("S", "BCR-ABL1", 0), ("S", "ABL1", 20_000), (name, "BCR-ABL1", 12)])
    lab.sample("S", day=22)
    (flag,) = [p.flag for p in lab.run().problems if p.flag.code == "UNCLAIMED_SIGNAL"]
    assert flag.level is level
    assert "12 copies" in flag.message


def test_silent_wells_that_nobody_asks_for_are_no_signal(lab: Any, writers: ModuleType) -> None:
    """Another patient without fusion, and ABL1 of anybody, is no signal."""
    lab.plate(writers.quantstudio(writers.make_plate({**PAIR, "X": ((None,) * 3, (2e4,) * 2)})))
    lab.sample("S", day=22)
    assert "UNCLAIMED_SIGNAL" not in lab.run().codes()


@pytest.mark.parametrize(
    ("copies", "off"),
    [(1000, False), (3150, False), (3175, True), (318, False), (315, True), (None, True)],
)
def test_a_positive_control_is_judged(
    lab: Any, writers: ModuleType, copies: float | None, off: bool
) -> None:
    """Within half a log of the copies that its name tells, and detected; ABL1 has no such name."""
    plate = {**PAIR, "PC 1000": ((copies,), (2e4,))}
    lab.plate(writers.quantstudio(writers.make_plate(plate)))
    lab.sample("S", day=22)
    results = lab.run()
    assert ("POSITIVE_CONTROL_OFF" in results.codes()) is off
    (row,) = [r for r in results.table("qc.tsv") if r["role"] == "fusion"]
    assert (row["positive_control_ct"] == "") is (copies is None)
    assert results.level("S")["category"] == "POS"
    assert {r["use"] for r in results.table("A/account.tsv")} == {"sample", "standard", "control"}


def rdml(writers: ModuleType, samples: Any, change: Callable[[str], str]) -> bytes:
    """An RDML plate whose document is changed."""
    packed = zipfile.ZipFile(io.BytesIO(writers.rdml(writers.make_plate(samples))))
    text = change(packed.read("rdml_data.xml").decode())
    content: bytes = writers.zip_of({"rdml_data.xml": text.encode()})
    return content


def points(rising: bool) -> str:
    """The fluorescence of 45 cycles."""
    light = [1.0 + 0.001 * c + (4.0 / (1 + 2.7 ** (30 - c)) if rising else 0) for c in range(1, 46)]
    return "".join(
        f"<adp><cyc>{c}</cyc><fluor>{x:.4f}</fluor></adp>" for c, x in enumerate(light, 1)
    )


@pytest.mark.parametrize(
    ("curve", "category", "flags"),
    [
        (points(rising=True), "not_evaluable", "NOT_ANALYSED;NO_FUSION_WELLS"),
        (points(rising=False), "CMR", ""),
        ("", "not_evaluable", "NOT_ANALYSED;NO_FUSION_WELLS"),
    ],
)
def test_a_reaction_without_cq(
    lab: Any, writers: ModuleType, curve: str, category: str, flags: str
) -> None:
    """Its own curve decides: rising was not analysed, flat is not detected, none is unknown."""

    def change(text: str) -> str:
        return re.sub(r"<cq>-1.0</cq>(<adp>.*?)</data>", f"{curve}</data>", text)

    lab.plate(rdml(writers, NEGATIVE, change))
    lab.sample("S", day=22)
    level = lab.run().level("S")
    assert level["category"] == category
    assert set(level["flags"].split(";")) - {"NO_NTC", ""} == set(flags.split(";")) - {""}


def test_one_reaction_that_was_not_analysed_makes_no_negative(
    lab: Any, writers: ModuleType
) -> None:
    """Two silent wells beside one that nobody analysed are not negative; a positive stays one."""

    def change(text: str) -> str:
        start = text.index("<cq>-1.0</cq>", text.index('<sample id="S"/>'))
        return text[:start] + text[start + len("<cq>-1.0</cq>") :]

    lab.plate(rdml(writers, NEGATIVE, change))
    lab.sample("S", day=22)
    results = lab.run()
    level = results.level("S")
    assert (level["category"], level["flags"]) == ("not_evaluable", "FEW_REPLICATES;NOT_ANALYSED")
    assert "react " in results.message("NOT_ANALYSED")


def test_no_well_of_a_real_run_without_cq_is_negative(real_data: Path, tmp_path: Path) -> None:
    """untergasser, second run: all samples and standards rise, eight of twelve controls do not."""
    path = real_data / "qpcr" / "untergasser_large_DNA_dilutions_v14.rdml"
    plate = Plate("A", str(path), run="p11 - dPCR", fusion_target="FSTL_1_F_109", transcript="p210")
    sample = MrdSample("P", "S", "A", "x", day=22)
    run_plates([plate], [sample], {"P": Patient("P")}, MrdSettings(), tmp_path)
    wells = read_tsv(tmp_path / "mrd/A/wells.tsv")
    assert len(wells) == 288
    samples = [w for w in wells if w["task"] != "ntc"]
    assert {(w["detected"], w["reason"]) for w in samples} == {("", "NOT_ANALYSED")}
    flat = [w for w in wells if w["detected"] == "no"]
    assert (len(flat), {w["task"] for w in flat}) == (8, {"ntc"})


@pytest.mark.parametrize(
    ("cycles", "nothing", "category", "code"),
    [
        (None, 40.0, "CMR", "CYCLES_ASSUMED"), (40, 40.0, "CMR", ""),
        (45, 40.0, "PNQ", "CYCLES_DISAGREE"),  # the sheet wins, and says so
        (None, 39.9, "PNQ", "CYCLES_ASSUMED"),
    ],
)  # fmt: skip
def test_a_whole_number_for_nothing(
    lab: Any, writers: ModuleType, cycles: int | None, nothing: float, category: str, code: str
) -> None:
    """Wells that share one whole highest Ct are the last cycle, written for nothing."""
    content = writers.sds(writers.make_plate(NEGATIVE)).replace(b"Undetermined", b"%.1f" % nothing)
    lab.plate(content, cycles=cycles)
    lab.sample("S", day=22)
    results = lab.run(MrdSettings(ntc_rule="none"))
    assert results.level("S")["category"] == category
    codes = results.codes() & {"CYCLES_ASSUMED", "CYCLES_DISAGREE"}
    assert codes == ({code} if code else set())


@pytest.mark.parametrize(("in_file", "assumed"), [(40, False), (45, True)])
def test_a_whole_number_for_nothing_beside_the_cycles_of_the_file(
    lab: Any, writers: ModuleType, in_file: int, assumed: bool
) -> None:
    """40.0 for nothing stays nothing where the file tells more cycles; only then it is a remark."""
    content = writers.quantstudio(writers.make_plate(NEGATIVE), cycles=in_file)
    lab.plate(content.replace(b"Undetermined", b"40.0"))
    lab.sample("S", day=22)
    results = lab.run()
    assert results.level("S")["category"] == "CMR"
    assert ("CYCLES_ASSUMED" in results.codes()) is assumed


@pytest.mark.parametrize("cycles", range(36, 61))
def test_more_cycles_never_make_a_positive_negative(
    lab: Any, writers: ModuleType, cycles: int
) -> None:
    """What is detected in a run of 36 cycles is so in every longer one."""
    copies = 10 ** ((39.5 - 35.4) / 3.4)
    plate = writers.make_plate({"S": ((copies,) * 3, (2e4,) * 2)}, (100, 1000, 10_000, 100_000))
    lab.plate(writers.quantstudio(plate, cycles=cycles))
    lab.sample("S", day=22)
    assert lab.run().level("S")["category"] != "CMR"


@pytest.mark.parametrize("word", ["Non un numero reale", "n. def.", "#NUM!"])
def test_an_unreadable_value_stands_in_its_sentence(
    lab: Any, writers: ModuleType, word: str
) -> None:
    """A word for a failed number is shown; the sample is judged by its other wells."""
    content = writers.cfx(writers.make_plate({"S": ((8.0, None, None), (2e4,) * 2)}))
    lab.plate(content.replace(b"S,NaN", f"S,{word}".encode()))
    lab.sample("S", day=22)
    results = lab.run()
    level = results.level("S")
    assert level["category"] == "PNQ"
    assert {"CT_NOT_A_NUMBER", "FEW_REPLICATES"} <= set(level["flags"].split(";"))
    sentences = [p.flag.message for p in results.problems if p.flag.code == "CT_NOT_A_NUMBER"]
    assert len(sentences) == 4  # two wells, each told of the plate and of its sample
    assert all(word in sentence for sentence in sentences)
    assert word in level["message"]
