"""The shipped synthetic cohort through copies tables: categories and triggers of its truth."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

import pytest

from der22.formats.records import MrdSample, Patient, Plate
from der22.formats.tables import write_text
from der22.jobs.bench_mrd import bench_mrd
from der22.jobs.mrd import collect_series, run_plates
from der22.mrd.settings import MrdSettings
from der22.resources import resource_path


def shipped(name: str) -> list[dict[str, str]]:
    """Rows of a shipped table of the synthetic cohort."""
    path = resource_path(f"demo/{name}")
    lines = [x for x in path.read_text(encoding="utf-8").splitlines() if not x.startswith("#")]
    return list(csv.DictReader(lines))


def test_categories_and_triggers_of_the_cohort(lab: Any) -> None:
    """Every category of the truth, exactly its 15 increases, no relapse by two logs."""
    measured, cohort = shipped("mrd.csv"), shipped("cohort.csv")
    fusion = {row["patient_id"]: row["fusion"] for row in cohort}
    tables: dict[str, list[tuple[str, str, object]]] = {"p190": [], "p210": []}
    for row in measured:
        patient_id = row["patient_id"]
        lab.patient(patient_id, fusion[patient_id])
        sample_id = f"{patient_id}_{row['timepoint']}"
        label = row["timepoint"] if row["timepoint"].startswith("blina") else None
        for transcript in fusion[patient_id].split("+"):
            tables[transcript] += [
                (sample_id, "BCR-ABL1", row["bcr_abl1_copies"]),
                (sample_id, "ABL1", row["abl1_copies"]),
            ]
            lab.sample(sample_id, transcript, patient_id, day=int(row["day"]), timepoint=label)
    for transcript, rows in tables.items():
        lab.copies(rows, transcript, transcript=transcript)
    results = lab.run()
    levels = results.table("levels.tsv")
    expected = {f"{r['patient_id']}_{r['timepoint']}": r["category"] for r in measured}
    assert {r["sample_id"]: r["category"] for r in levels} == expected
    series = results.table("series.tsv")
    for row in measured:
        assert results.row(row["patient_id"], row["timepoint"])["category"] == row["category"]
    rising = {row["patient_id"] for row in series if row["mrd_increase"] == "yes"}
    truth = {r["patient_id"] for r in cohort if r["abl1_screened"] == "induction_mrd_increase"}
    assert len(truth) == 15
    assert rising == truth
    assert [row for row in series if row["molecular_relapse"] == "yes"] == []


def test_ten_thousand_samples_are_a_matter_of_seconds(tmp_path: Path) -> None:
    """2,000 patients with five samples each: levels and series within ten seconds."""
    patients = {f"P{n}": Patient(f"P{n}", fusion="p210") for n in range(2000)}
    rows, samples = ["sample\ttarget\tcopies"], []
    for name in patients:
        for day in (0, 22, 45, 57, 85):
            sample_id = f"{name}-{day}"
            rows += [f"{sample_id}\tBCR-ABL1\t{day % 7}0", f"{sample_id}\tABL1\t20000"]
            samples.append(MrdSample(name, sample_id, "A", sample_id, day=day))
    write_text(tmp_path / "a.tsv", "\n".join(rows) + "\n")
    plates = [Plate("A", str(tmp_path / "a.tsv"), transcript="p210")]
    begun = time.process_time()
    run_plates(plates, samples, patients, MrdSettings(), tmp_path)
    report = collect_series(plates, samples, patients, MrdSettings(), tmp_path)
    assert time.process_time() - begun < 10
    assert report.summary.startswith("2000 patients")


@pytest.mark.parametrize("kind", ["quantstudio", "cfx", "rdml", "sds"])
def test_a_full_plate_is_quick(tmp_path: Path, writers: Any, kind: str) -> None:
    """A plate of 384 wells is read, judged and written in well under half a second."""
    names = {f"S{n}": ((100.0,) * 3, (2e4,) * 2) for n in range(72)}
    wells = writers.make_plate(names)[:384]
    path = tmp_path / "plate"
    path.write_bytes(getattr(writers, kind)(wells))
    found = bench_mrd([path] * 3)
    assert (found["files"], found["refused"]) == (3, 0)
    assert set(found["ms_by_step"]) == {"read", "judge", "write"}
    assert 0 < found["median_ms"] < 500
    assert found["peak_memory_mb"] > 0
