"""Plates of several rows, runs, targets and transcripts."""

from __future__ import annotations

import dataclasses
from types import ModuleType
from typing import Any

import pytest

PAIR = {"S": ((1000.0,) * 3, (2e4,) * 2)}


def test_two_lightcycler_exports_are_one_plate(lab: Any, writers: ModuleType) -> None:
    """Wells and curves of both exports are written; transcript and factor may stand in one row."""
    wells = writers.make_plate(PAIR)
    lab.plate(writers.lightcycler(wells, writers.FUSION), fusion_target="e14a2",
              control_target="-", conversion_factor=0.5)  # fmt: skip
    lab.plate(writers.lightcycler(wells, writers.CONTROL), fusion_target="-", transcript=None)
    lab.sample("S", day=22)
    results = lab.run()
    level = results.level("S")
    assert level["category"] == "POS"
    assert float(level["ratio_is_percent"]) == pytest.approx(float(level["ratio_percent"]) / 2)
    assert {row["target"] for row in results.table("A/wells.tsv")} == {"e14a2", "ABL1"}
    assert [row["target"] for row in results.table("A/curves.tsv")] == ["ABL1", "e14a2"]


@pytest.mark.parametrize("names", [{}, {"fusion_target": "F", "control_target": "C"}])
def test_an_unnamed_target_must_be_told(
    lab: Any, writers: ModuleType, names: dict[str, str]
) -> None:
    """A LightCycler file whose row names no target, or two, is ambiguous."""
    lab.plate(writers.lightcycler(writers.make_plate(PAIR), writers.FUSION), **names)
    lab.sample("S", day=22)
    results = lab.run()
    assert "TARGET_NOT_FOUND" in results.codes()
    assert results.level("S")["category"] == "not_evaluable"
    assert len(results.table("A/wells.tsv")) == 17


def test_one_refused_file_refuses_the_plate(lab: Any, writers: ModuleType) -> None:
    """With one of two exports unreadable no sample is read; the other's tables are written."""
    wells = writers.make_plate(PAIR)
    lab.plate(writers.lightcycler(wells, writers.FUSION), fusion_target="F", control_target="-")
    lab.plate(b"", fusion_target="-", control_target="C")
    lab.sample("S", day=22)
    results = lab.run()
    level = results.level("S")
    assert (level["category"], level["flags"]) == ("not_evaluable", "PLATE_REFUSED")
    assert {"FILE_UNREADABLE", "PLATE_REFUSED"} <= results.codes()
    assert len(results.table("A/curves.tsv")) == 1


def two_runs(writers: ModuleType) -> bytes:
    """SDS text with two plates, the second a tenth as positive."""
    first = writers.sds(writers.make_plate(PAIR), "P1")
    second = writers.sds(writers.make_plate({"S": ((100.0,) * 3, (2e4,) * 2)}), "P2")
    return bytes(first + second.split(b"\r", 4)[4])


def test_a_run_must_be_chosen(lab: Any, writers: ModuleType) -> None:
    """Several runs and no choice: every well and curve is written, no sample is read."""
    lab.plate(two_runs(writers))
    lab.sample("S", day=22)
    results = lab.run()
    assert results.level("S")["flags"] == "PLATE_REFUSED;RUN_NOT_CHOSEN"
    assert {row["run"] for row in results.table("A/curves.tsv")} == {"P1", "P2"}
    assert len(results.table("A/wells.tsv")) == 54
    assert "'P1', 'P2'" in results.message("RUN_NOT_CHOSEN")


@pytest.mark.parametrize(("run", "ratio"), [("P1", 5.0), ("P2", 0.5)])
def test_only_the_chosen_run_serves(lab: Any, writers: ModuleType, run: str, ratio: float) -> None:
    """The same sample name in another run is never mixed in."""
    lab.plate(two_runs(writers), run=run)
    lab.sample("S", day=22)
    results = lab.run()
    assert float(results.level("S")["ratio_percent"]) == pytest.approx(ratio, rel=2e-3)
    assert {row["run"] for row in results.table("A/wells.tsv")} == {run}


def test_a_run_that_is_not_in_the_file(lab: Any, writers: ModuleType) -> None:
    """A wrong run name is told, with the names there are."""
    lab.plate(two_runs(writers), run="P3")
    lab.sample("S", day=22)
    results = lab.run()
    assert "RUN_NOT_CHOSEN" in results.level("S")["flags"]
    assert "'P3' is not among them" in results.message("RUN_NOT_CHOSEN")


def test_two_runs_of_one_file_as_two_plates(lab: Any, writers: ModuleType) -> None:
    """One file may be two plates; each has its own curve and sample."""
    lab.plate(two_runs(writers), "A", run="P1")
    lab.plate(two_runs(writers), "B", run="P2")
    lab.sample("T1", "A", day=22, plate_sample="S")
    lab.sample("T2", "B", day=45, plate_sample="S")
    results = lab.run()
    row = results.row("P1", "d45")
    assert float(row["log10_change"]) == pytest.approx(-1, abs=1e-3)


def test_files_of_one_plate_are_not_pooled(lab: Any, writers: ModuleType) -> None:
    """A sample measured for the same target in two files of one plate is not evaluable."""
    lab.plate(writers.quantstudio(writers.make_plate(PAIR)))
    lab.plate(writers.quantstudio(writers.make_plate({"S": ((900.0,) * 3, (2e4,) * 2)})))
    lab.sample("S", day=22)
    level = lab.run().level("S")
    assert (level["category"], level["flags"]) == ("not_evaluable", "RUN_NOT_CHOSEN")


def test_two_files_of_one_content_are_no_two_targets(lab: Any, writers: ModuleType) -> None:
    """The export of the fusion given for the control too would be a ratio of 100 %."""
    content = writers.lightcycler(writers.make_plate(PAIR), "BCR-ABL1")
    lab.plate(content, control_target="-")
    lab.plate(content, fusion_target="-")
    lab.sample("S", day=22)
    results = lab.run()
    assert results.level("S")["category"] == "not_evaluable"
    assert "hold the same measurements" in results.message("PLATE_REFUSED")


@pytest.mark.parametrize(
    ("names", "flags"),
    [({"fusion_target": "x"}, "NO_FUSION_WELLS;TARGET_NOT_READ"),
     ({"control_target": "x"}, "NO_CONTROL"), ({"control_target": "-"}, "NO_CONTROL"),
     ({"fusion_target": "-"}, "NO_FUSION_WELLS;TARGET_NOT_READ")],
)  # fmt: skip
def test_a_target_that_is_absent(
    lab: Any, writers: ModuleType, names: dict[str, str], flags: str
) -> None:
    """A named target that is not there is an error; wells and curves of the rest are written."""
    lab.plate(writers.quantstudio(writers.make_plate(PAIR)), **names)
    lab.sample("S", day=22)
    results = lab.run()
    assert results.level("S")["flags"] == flags
    assert ("TARGET_NOT_FOUND" in results.codes()) == ("x" in names.values())
    assert len(results.table("A/curves.tsv")) == 2


def test_target_names_differ_in_case_only(lab: Any, writers: ModuleType) -> None:
    """bcr-abl1 in the sheet finds BCR-ABL1 in the file."""
    lab.plate(writers.quantstudio(writers.make_plate(PAIR)), fusion_target="bcr-abl1")
    lab.sample("S", day=22)
    assert lab.run().level("S")["category"] == "POS"


def test_one_plate_for_both_transcripts(lab: Any) -> None:
    """Two rows of one file, one per transcript, share the control: one level per transcript."""
    rows = [("S", "minor", 50), ("S", "MAJOR", 0), ("S", "ABL1", 20_000)]
    lab.patient("P1", "p190+p210")
    lab.copies(rows, fusion_target="minor", transcript="p190")
    lab.plates.append(
        dataclasses.replace(
            lab.plates[0], fusion_target="MAJOR", transcript="p210", conversion_factor=0.8
        )
    )
    lab.sample("S", day=22)
    lab.sample("T", patient_id="P2", day=22, plate_sample="S")
    results = lab.run()
    assert results.level("S", "p190")["category"] == "POS"
    assert results.level("S", "p190")["ratio_is_percent"] == ""
    assert results.level("S", "p210")["category"] == "CMR"
    assert results.level("S", "p210")["ratio_is_percent"] == "0"
    assert results.level("T")["transcript"] == "p210"
    assert len(results.table("A/wells.tsv")) == 3


def test_cycles_of_sheet_file_and_setting(lab: Any, writers: ModuleType) -> None:
    """Cycles come from the sheet, else the file, else the setting with a note."""
    late = {"S": ((10 ** ((39.5 - 39.6) / 3.4),) * 3, (2e4,) * 2)}  # Ct 39.6
    wells = writers.make_plate(late)
    for plate_id, content, cycles in (
        ("file", writers.quantstudio(wells, cycles=40), None),
        ("sheet", writers.quantstudio(wells, cycles=40), 50),
        ("setting", writers.cfx(wells), None),
    ):
        lab.plate(content, plate_id, cycles=cycles)
        lab.sample(plate_id, plate_id, day=22, patient_id=plate_id, plate_sample="S")
    results = lab.run()
    assert {p.subject for p in results.problems if p.flag.code == "CYCLES_ASSUMED"} == {"setting"}
    found = {name: results.level(name)["category"] for name in ("file", "sheet", "setting")}
    assert found == {"file": "CMR", "sheet": "PNQ", "setting": "PNQ"}


def test_curve_of_the_instrument_on_request(lab: Any, writers: ModuleType) -> None:
    """curve_source: instrument takes copies from the printed curve and prints both."""
    from der22.mrd.settings import MrdSettings

    lab.plate(writers.quantstudio(writers.make_plate(PAIR), curve=(-3.4, 39.5 + 3.4 * 0.30103)))
    lab.sample("S", day=22)
    level = lab.run(MrdSettings(curve_source="instrument")).level("S")
    assert float(level["fusion_copies"]) == pytest.approx(2000, rel=2e-3)
    (row, _) = lab.run().table("A/curves.tsv")
    assert (row["slope"], row["instrument_slope"]) != ("", "")
    assert "CURVE_DIFFERS_FROM_INSTRUMENT" in row["flags"]
    assert float(lab.run().level("S")["fusion_copies"]) == pytest.approx(1000, rel=2e-3)


def test_the_rest_goes_on(lab: Any, writers: ModuleType) -> None:
    """One unreadable plate does not touch the other."""
    lab.plate(b"nonsense", "A")
    lab.plate(writers.quantstudio(writers.make_plate(PAIR)), "B")
    lab.sample("X", "A", day=22)
    lab.sample("S", "B", day=45)
    results = lab.run()
    assert results.level("X")["flags"] == "PLATE_REFUSED"
    assert results.level("S")["category"] == "POS"
    assert results.table("A/wells.tsv") == results.table("A/curves.tsv") == []


def test_unreadable_value_is_told_with_file_row_and_column(lab: Any, writers: ModuleType) -> None:
    """The sentence names file, row, column, well and sample; the sample is not evaluable."""
    wells = writers.make_plate(PAIR)
    ct = f"\tUNKNOWN\t{wells[-5].ct}\t".encode()
    lab.plate(writers.quantstudio(wells).replace(ct, b"\tUNKNOWN\tnonsense\t", 1))
    lab.sample("S", day=22)
    message = lab.run().message("CT_NOT_A_NUMBER")
    for part in ("plate A (A_0.txt)", "row ", "column CT", "(BCR-ABL1)"):
        assert part in message


def copies_rows(*wells: tuple[str, float]) -> list[dict[str, object]]:
    """Return rows of a copies table: fusion wells as (target, copies), two wells of ABL1."""
    named = [*wells, ("ABL1", 30000), ("ABL1", 31000)]
    return [
        {"sample": "S", "target": target, "copies": copies, "well": f"A{number}"}
        for number, (target, copies) in enumerate(named, 1)
    ]


@pytest.mark.parametrize(
    ("other", "copies", "category", "told"),
    [
        ("BCR::ABL1", 5000, "not_evaluable", True),
        ("BCR-ABL", 5000, "not_evaluable", True),
        ("BCR-ABL1 p190", 5000, "CMR", True),
        ("BCR::ABL1", 0, "CMR", False),
        ("GUSB", 5000, "CMR", False),
    ],
)
def test_a_fusion_under_another_name(
    lab: Any, writers: ModuleType, other: str, copies: float, category: str, told: bool
) -> None:
    """Detected under another spelling it is no negative; under another fusion's name it is told."""
    rows = copies_rows(("BCR-ABL1", 0), ("BCR-ABL1", 0), ("BCR-ABL1", 0), (other, copies))
    lab.plate(writers.copies_table(rows), fusion_target="BCR-ABL1", control_target="ABL1")
    lab.sample("S", day=22)
    level = lab.run().level("S")
    assert level["category"] == category
    assert ("TARGET_NOT_READ" in level["flags"].split(";")) is told


@pytest.mark.parametrize(
    ("name", "target", "is_control"),
    [
        ("NTC", "BCR-ABL1", True), ("H2O 2", "BCR-ABL1", True), ("NTC", "ABL1", True),
        ("Neg Ctrl", "BCR-ABL1", True), ("negative control 1", "BCR-ABL1", True),
        ("Neg Ctrl", "ABL1", False), ("Waterman", "BCR-ABL1", False),
    ],
)  # fmt: skip
def test_a_control_that_only_its_name_tells(
    lab: Any, writers: ModuleType, name: str, target: str, is_control: bool
) -> None:
    """A no-template well without its task refuses the plate when it is detected."""
    rows = copies_rows(("BCR-ABL1", 0), ("BCR-ABL1", 0), ("BCR-ABL1", 0))
    rows.append({"sample": name, "target": target, "copies": 500, "well": "H1"})
    lab.plate(writers.copies_table(rows), fusion_target="BCR-ABL1", control_target="ABL1")
    lab.sample("S", day=22)
    level = lab.run().level("S")
    assert (level["flags"] == "NTC_DETECTED") is is_control


@pytest.mark.parametrize(
    ("told", "in_file", "ct", "detected"),
    [(40, 45, 40.5, True), (40, 45, 39.2, True), (40, 45, 39.9, False), (45, 45, 41.5, True),
     (None, 45, 40.5, True), (40, 40, 39.9, False)],
)  # fmt: skip
def test_cycles_that_the_file_disproves(
    lab: Any, writers: ModuleType, told: int | None, in_file: int, ct: float, detected: bool
) -> None:
    """A Ct beyond the cycles of the sheet proves the sheet wrong; else the sheet counts."""
    copies = 10 ** ((ct - 39.5) / -3.4)
    plate = writers.make_plate({"S": ((copies,) * 3, (2e4,) * 2)}, (100, 1000, 10_000, 100_000))
    fields = {} if told is None else {"cycles": told}
    lab.plate(writers.quantstudio(plate, cycles=in_file), **fields)
    lab.sample("S", day=22)
    results = lab.run()
    assert (results.level("S")["category"] == "CMR") is not detected
    assert ("CYCLES_DISAGREE" in results.codes()) is (told not in (None, in_file))
