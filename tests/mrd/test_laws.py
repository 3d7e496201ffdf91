"""Laws: the kind of export, the order of rows and the amount of cDNA do not matter."""

from __future__ import annotations

import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from der22.formats.records import MrdSample, Patient, Plate
from der22.jobs.mrd import run_plates
from der22.mrd.settings import MrdSettings

SAMPLES = {
    "HIGH": ((5e5, 5.2e5, 4.9e5), (2e4, 2.1e4)),
    "MID": ((120.0, 100.0, 110.0), (2e4, 2.1e4)),
    "FAINT": ((8.0, None, None), (3e4, 3.1e4)),
    "NEG": ((None, None, None), (5e4, 5.5e4)),
    "WEAK": ((None, None, None), (3e3, 3e3)),
    "POOR": ((100.0, 100.0, 100.0), (300.0, 300.0)),
}
EXPECTED = {
    "HIGH": "POS", "MID": "POS", "FAINT": "PNQ", "NEG": "CMR", "WEAK": "not_evaluable",
    "POOR": "POS_UNQUANTIFIED",
}  # fmt: skip
KINDS = ("quantstudio", "design_analysis", "sds", "eds", "rdml", "cfx", "lightcycler")
#: columns of a level that tell what was found, and not in which file
FOUND = (
    "fusion_copies", "control_copies", "control_copies_sum", "ratio_percent", "category",
    "detection_limit_percent", "depth", "n_fusion_wells", "n_fusion_detected", "n_control_wells",
)  # fmt: skip


def add_plate(lab: Any, writers: ModuleType, kind: str, wells: list[Any]) -> None:
    """Add one plate in one kind; a LightCycler plate is two exports."""
    if kind == "lightcycler":
        fusion, control = writers.FUSION, writers.CONTROL
        lab.plate(writers.lightcycler(wells, fusion), fusion_target=fusion, control_target="-")
        lab.plate(writers.lightcycler(wells, control), fusion_target="-", control_target=control)
    else:
        lab.plate(getattr(writers, kind)(wells))
    for day, name in enumerate(SAMPLES):
        lab.sample(name, day=day + 1)


def found(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """What was found, by sample."""
    return {row["sample_id"]: {column: row[column] for column in FOUND} for row in rows}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_the_same_levels(lab: Any, writers: ModuleType, kind: str) -> None:
    """Equal copies and categories from every kind of export."""
    wells = writers.make_plate(SAMPLES)
    add_plate(lab, writers, kind, wells)
    results = lab.run()
    levels = found(results.table("levels.tsv"))
    assert {name: level["category"] for name, level in levels.items()} == EXPECTED
    # the truth by hand: means over the wells, undetected as 0, on the exact curve
    for name, (fusion, control) in SAMPLES.items():
        level = levels[name]
        mean = sum(copies or 0.0 for copies in fusion) / 3
        assert float(level["fusion_copies"]) == pytest.approx(mean, rel=2e-3)
        assert float(level["control_copies_sum"]) == pytest.approx(sum(control), rel=2e-3)
    curves = [row for row in results.table("A/curves.tsv") if row["target"] != "unused"]
    assert [row["status"] for row in curves] == ["pass", "pass"]
    reference = writers.quantstudio(wells)
    other = type(lab)(lab.folder / "other")
    other.folder.mkdir()
    other.plate(reference)
    for day, name in enumerate(SAMPLES):
        other.sample(name, day=day + 1)
    assert levels == found(other.run().table("levels.tsv"))


def test_copies_of_the_wells_give_the_same_categories(lab: Any, writers: ModuleType) -> None:
    """A copies table made from the wells of a plate gives the levels of the plate."""
    add_plate(lab, writers, "quantstudio", writers.make_plate(SAMPLES))
    plate = lab.run()
    wells = [row for row in plate.table("A/wells.tsv") if row["task"] == "unknown"]
    rows = [
        {"sample": w["sample"], "target": w["target"], "copies": w["copies"], "well": w["well"],
         "ct": w["ct"]}
        for w in wells
    ]  # fmt: skip
    other = type(lab)(lab.folder / "other")
    other.folder.mkdir()
    other.plate(writers.copies_table(rows))
    for day, name in enumerate(SAMPLES):
        other.sample(name, day=day + 1)
    before, after = found(plate.table("levels.tsv")), found(other.run().table("levels.tsv"))
    for name, level in before.items():
        assert after[name]["category"] == level["category"]
        assert after[name]["depth"] == level["depth"]
        assert float(after[name]["fusion_copies"]) == pytest.approx(
            float(level["fusion_copies"]), rel=1e-6
        )


@pytest.mark.parametrize("kind", ["quantstudio", "cfx", "rdml", "sds"])
def test_order_of_rows_does_not_matter(lab: Any, writers: ModuleType, kind: str) -> None:
    """A plate with its rows shuffled gives the same bytes in every table."""
    wells = writers.make_plate(SAMPLES)
    add_plate(lab, writers, kind, wells)
    tables = ("A/wells.tsv", "A/curves.tsv", "A/levels.tsv", "levels.tsv", "series.tsv")
    before = {name: (lab.run().outdir / "mrd" / name).read_bytes() for name in tables}
    for seed in (1, 2, 3):
        shuffled = list(wells)
        random.Random(seed).shuffle(shuffled)
        Path(lab.plates[0].path).write_bytes(getattr(writers, kind)(shuffled))
        results = lab.run()
        assert {n: (results.outdir / "mrd" / n).read_bytes() for n in tables} == before


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    fusion=st.lists(st.floats(10, 1e5), min_size=3, max_size=3),
    control=st.lists(st.floats(5000, 1e6), min_size=2, max_size=2),
    factor=st.floats(1.0, 50.0),
)
def test_more_cdna_changes_nothing(
    tmp_path: Path, fusion: list[float], control: list[float], factor: float
) -> None:
    """Twice (or more) of both copies, above the limits, leaves ratio and category unchanged."""
    ratios = []
    for scale in (1.0, 2.0, factor):
        rows = [f"S\tBCR-ABL1\t{copies * scale!r}\tA{n}" for n, copies in enumerate(fusion)]
        rows += [f"S\tABL1\t{copies * scale!r}\tB{n}" for n, copies in enumerate(control)]
        path = tmp_path / "plate.tsv"
        path.write_text("sample\ttarget\tcopies\twell\n" + "\n".join(rows) + "\n")
        run_plates(
            [Plate("A", str(path), transcript="p210")],
            [MrdSample("P", "S", "A", "S", day=22)],
            {"P": Patient("P", fusion="p210")},
            MrdSettings(),
            tmp_path,
        )
        header, line = (tmp_path / "mrd/A/levels.tsv").read_text().splitlines()
        row = dict(zip(header.split("\t"), line.split("\t"), strict=True))
        assert row["category"] == "POS"
        ratios.append(float(row["ratio_percent"]))
    assert ratios == pytest.approx([ratios[0]] * 3, rel=1e-8)


def test_the_same_input_gives_the_same_bytes(lab: Any, writers: ModuleType) -> None:
    """Two runs write the same files, whatever the folder is called."""
    add_plate(lab, writers, "quantstudio", writers.make_plate(SAMPLES))
    first = {p.name + p.parent.name: p.read_bytes() for p in lab.run().outdir.rglob("*.tsv")}
    second = {p.name + p.parent.name: p.read_bytes() for p in lab.run().outdir.rglob("*.tsv")}
    assert first == second
    assert not any(str(lab.folder).encode() in content for content in first.values())
