from __future__ import annotations

import csv
import io
import math
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from der22.simulate.cohort_tables import read_cohort
from der22.simulate.demo_mrd import plan_mrd, run_plate
from der22.simulate.qpcr import PlateDesign, QpcrPlate, QpcrSample, WellTask, make_plate
from der22.simulate.qpcr_files import CT_DECIMALS, ExportKind, plate_files, write_plate
from simulate.qpcr_variants import write_mean_copies, write_rdml_with_negative

FUSION, CONTROL = "BCR-ABL1", "ABL1"
Seen = dict[tuple[str, str], float | None]


def plate_for(kind: ExportKind) -> QpcrPlate:
    """A plate with an undetected, a scarce, a low and a high sample."""
    samples = [
        QpcrSample(f"S{i}", mean, 30000.0) for i, mean in enumerate((0.0, 2.5, 40.0, 90000.0))
    ]
    design = PlateDesign(ct_decimals=CT_DECIMALS[kind], cycles=45)
    return make_plate(
        f"plate-{kind}",
        samples,
        fusion_target=FUSION,
        control_target=CONTROL,
        seed=3,
        design=design,
    )


def truth_of(plate: QpcrPlate) -> Seen:
    """Well and target -> Ct as the plate was made."""
    return {(well.name, well.target): well.ct for well in plate.wells}


def read_quantstudio(folder: Path, plate: QpcrPlate) -> Seen:
    """Cts of the Results section."""
    text = (folder / f"{plate.plate_id}.txt").read_text(encoding="utf-8")
    table = text.split("[Results]\n")[1]
    rows = csv.DictReader(io.StringIO(table), delimiter="\t")
    return {
        (row["Well Position"], row["Target Name"]): None
        if row["CT"] == "Undetermined"
        else float(row["CT"])
        for row in rows
    }


def read_rdml(folder: Path, plate: QpcrPlate) -> Seen:
    """Cts of the reacts."""
    with zipfile.ZipFile(folder / f"{plate.plate_id}.rdml") as archive:
        root = ElementTree.fromstring(archive.read("rdml_data.xml"))
    space = "{http://www.rdml.org}"
    assert root.tag == f"{space}rdml"
    seen: Seen = {}
    for react in root.iter(f"{space}react"):
        row, column = divmod(int(react.attrib["id"]) - 1, 12)
        data = react.find(f"{space}data")
        target = data.find(f"{space}tar").attrib["id"]
        cq = data.findtext(f"{space}cq")
        seen["ABCDEFGH"[row] + str(column + 1), target] = None if cq == "-1.0" else float(cq)
    return seen


def read_lightcycler(folder: Path, plate: QpcrPlate) -> Seen:
    """Cps of both files; the target is known by the file only."""
    seen: Seen = {}
    for part, target in (("fusion", plate.fusion_target), ("control", plate.control_target)):
        raw = (folder / f"{plate.plate_id}-{part}.txt").read_bytes()
        assert b"\n" not in raw
        head, *lines = raw.decode().split("\r")
        assert head.startswith("Experiment: ")
        assert "Selected Filter: " in head
        assert f" {target} " not in head
        for row in csv.DictReader(lines, delimiter="\t"):
            seen[row["Pos"], target] = float(row["Cp"]) if row["Cp"] else None
    return seen


def read_cfx(folder: Path, plate: QpcrPlate) -> Seen:
    """Cqs with either decimal mark."""
    text = (folder / f"{plate.plate_id}.csv").read_text(encoding="utf-8")
    delimiter = ";" if text.startswith(";") else ","
    seen: Seen = {}
    for row in csv.DictReader(io.StringIO(text), delimiter=delimiter):
        well = row["Well"][0] + str(int(row["Well"][1:]))
        cq = row["Cq"].replace(",", ".")
        seen[well, row["Target"]] = None if cq == "NaN" else float(cq)
    return seen


def read_copies(folder: Path, plate: QpcrPlate) -> Seen:
    """Cts of a copies table."""
    text = (folder / f"{plate.plate_id}.tsv").read_text(encoding="utf-8")
    seen: Seen = {}
    for row in csv.DictReader(io.StringIO(text), delimiter="\t"):
        empty = row["ct"] == "Undetermined"
        assert empty == (float(row["copies"]) == 0)
        seen[row["well"], row["target"]] = None if empty else float(row["ct"])
    return seen


READERS = {
    ExportKind.QUANTSTUDIO: read_quantstudio,
    ExportKind.RDML: read_rdml,
    ExportKind.LIGHTCYCLER: read_lightcycler,
    ExportKind.CFX: read_cfx,
    ExportKind.CFX_COMMA: read_cfx,
    ExportKind.COPIES: read_copies,
}


@pytest.mark.parametrize("kind", READERS)
def test_every_export_holds_the_cts_of_the_plate(kind: ExportKind, tmp_path: Path) -> None:
    """A plain reader written for the test finds every well with its Ct in every kind of export."""
    plate = plate_for(kind)
    write_plate(tmp_path, plate, kind)
    expected = truth_of(plate)
    if kind is ExportKind.COPIES:
        standards = {w.name for w in plate.wells if w.task is WellTask.STANDARD}
        expected = {key: ct for key, ct in expected.items() if key[0] not in standards}
    assert READERS[kind](tmp_path, plate) == expected


@pytest.mark.parametrize("kind", ExportKind)
def test_files_are_those_foretold_and_have_equal_bytes(kind: ExportKind, tmp_path: Path) -> None:
    """The names known before writing are the names written, and writing twice gives equal bytes."""
    plate = plate_for(kind)
    told = plate_files(plate.plate_id, kind, FUSION, CONTROL, plate.cycles)
    for folder in ("one", "two"):
        assert write_plate(tmp_path / folder, plate, kind) == told
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(
        f.name for f in told
    )
    for file in told:
        first, second = (tmp_path / folder / file.name for folder in ("one", "two"))
        assert first.read_bytes() == second.read_bytes()


def test_lightcycler_files_cover_one_target_each() -> None:
    """The sheet rows of a LightCycler plate say which target is not in which file."""
    fusion, control = plate_files("P1", ExportKind.LIGHTCYCLER, FUSION, CONTROL, 50)
    assert (fusion.fusion_target, fusion.control_target) == (FUSION, "-")
    assert (control.fusion_target, control.control_target) == ("-", CONTROL)


def test_quantstudio_tells_its_cycles(tmp_path: Path) -> None:
    """The highest cycle of the amplification data is the number of cycles; the sheet is blank."""
    plate = plate_for(ExportKind.QUANTSTUDIO)
    (file,) = write_plate(tmp_path, plate, ExportKind.QUANTSTUDIO)
    text = (tmp_path / file.name).read_text(encoding="utf-8")
    block = text.split("[Amplification Data]\n")[1].split("\n\n")[0].splitlines()[1:]
    assert max(int(line.split("\t")[1]) for line in block) == 45
    assert file.cycles is None


def test_quantstudio_curves_cross_the_threshold_at_their_ct(tmp_path: Path) -> None:
    """The fluorescence of a well lies below the threshold before its Ct and above it after."""
    plate = plate_for(ExportKind.QUANTSTUDIO)
    (file,) = write_plate(tmp_path, plate, ExportKind.QUANTSTUDIO)
    text = (tmp_path / file.name).read_text(encoding="utf-8")
    block = text.split("[Amplification Data]\n")[1].split("\n\n")[0].splitlines()[1:]
    cts = {well.number: well.ct for well in plate.wells}
    for line in block:
        number, cycle, _, _, delta = line.split("\t")
        ct = cts[int(number)]
        if ct is None:
            assert float(delta) == 0
        elif abs(int(cycle) - ct) > 0.05:
            assert (float(delta) > 0.1) == (int(cycle) > ct)


def test_numbers_of_a_quantstudio_file_have_thousands_commas(tmp_path: Path) -> None:
    """Quantities are written as the software does: 1,000,000.000."""
    plate = plate_for(ExportKind.QUANTSTUDIO)
    (file,) = write_plate(tmp_path, plate, ExportKind.QUANTSTUDIO)
    assert "\t1,000,000.000\t" in (tmp_path / file.name).read_text(encoding="utf-8")


def test_cfx_with_decimal_comma_has_no_decimal_point(tmp_path: Path) -> None:
    """A computer with a decimal comma separates cells by semicolons and writes no dotted number."""
    plate = plate_for(ExportKind.CFX_COMMA)
    (file,) = write_plate(tmp_path, plate, ExportKind.CFX_COMMA)
    _, *lines = (tmp_path / file.name).read_text(encoding="utf-8").splitlines()
    assert lines
    assert not any("." in line for line in lines)


def test_copies_table_of_means_has_the_truth(tmp_path: Path) -> None:
    """One row per sample and target holds the true mean copies; standards are not listed."""
    plate = plate_for(ExportKind.COPIES)
    for name in ("one.tsv", "two.tsv"):
        write_mean_copies(tmp_path / name, plate)
    assert (tmp_path / "one.tsv").read_bytes() == (tmp_path / "two.tsv").read_bytes()
    with (tmp_path / "one.tsv").open(encoding="utf-8") as handle:
        rows = {
            (row["sample"], row["target"]): row for row in csv.DictReader(handle, delimiter="\t")
        }
    assert float(rows["S2", FUSION]["copies"]) == pytest.approx(40.0, rel=1e-3)
    assert float(rows["S3", CONTROL]["copies"]) == pytest.approx(30000.0, rel=1e-3)
    assert float(rows["S0", FUSION]["copies"]) == 0
    assert {row["task"] for row in rows.values()} == {"unknown", "ntc"}


def test_rdml_negative_can_be_another_word(tmp_path: Path) -> None:
    """The simulator writes -1.0 for no amplification, some programs NaN."""
    plate = plate_for(ExportKind.RDML)
    write_rdml_with_negative(tmp_path / "a.rdml", plate, "NaN")
    with zipfile.ZipFile(tmp_path / "a.rdml") as archive:
        content = archive.read("rdml_data.xml").decode()
    assert content.count("<cq>NaN</cq>") == sum(well.ct is None for well in plate.wells)


def judged_by_hand(plate: QpcrPlate, seen: Seen, sample: str) -> tuple[float, float, str]:
    """Mean copies and category by the rules in their plainest form, on Cts read from the file."""
    copies: dict[str, list[float]] = {}
    cts: list[float] = []
    for target in (plate.fusion_target, plate.control_target):
        points = [
            (math.log10(well.quantity), well.ct) for well in plate.wells_of(target) if well.quantity
        ]
        logs, levels = zip(*points, strict=True)
        slope, intercept = np.polyfit(logs, levels, 1)
        for well in plate.wells_of(target):
            if well.sample != sample:
                continue
            ct = seen[well.name, target]
            detected = ct is not None and ct < 42
            copies.setdefault(target, []).append(
                10 ** ((ct - intercept) / slope) if detected else 0.0
            )
            if detected and target == plate.fusion_target:
                cts.append(ct)
    fusion, control = copies[plate.fusion_target], copies[plate.control_target]
    assert (len(fusion), len(control)) == (3, 2)
    assert sum(control) >= 10000
    means = (float(np.mean(fusion)), float(np.mean(control)))
    if not cts:
        return (*means, "CMR")
    spread = 2.0 if np.mean(cts) > 36 else 1.5
    quantified = len(cts) >= 2 and np.mean(fusion) >= 10 and max(cts) - min(cts) <= spread
    return (*means, "POS" if quantified else "PNQ")


def test_demo_plates_give_the_listed_categories(tmp_path: Path) -> None:
    """Each sample of the demo, read back from its export, has the listed copies and category."""
    n_samples = 0
    plan = plan_mrd(read_cohort(), 22)
    for planned in plan.plates:
        plate = run_plate(planned, plan.seed)
        write_plate(tmp_path, plate, planned.kind)
        seen = READERS[planned.kind](tmp_path, plate)
        for sample in planned.samples:
            fusion, control, category = judged_by_hand(plate, seen, sample.plate_sample)
            assert category == sample.truth.category, (planned.plate_id, sample)
            assert fusion == pytest.approx(sample.truth.fusion_copies, rel=0.007)
            assert control == pytest.approx(sample.truth.control_copies, rel=0.007)
            n_samples += 1
    # 511 samples, and 37 of them a second time for p190 of patients with both transcripts
    assert n_samples == 511 + 37
