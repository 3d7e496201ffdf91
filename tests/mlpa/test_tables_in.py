"""Runs from peak tables, equal profiles between runs, and the benchmark unit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from der22.flags import Severity
from der22.formats.probemix import read_probemix
from der22.formats.records import MlpaSample, Patient
from der22.formats.tables import read_tsv
from der22.jobs.bench_mlpa import bench_mlpa
from der22.jobs.mlpa import collect_ikzf1, run_mlpa
from der22.mlpa.settings import MlpaSettings
from der22.resources import resource_path
from simulate.mlpa_run import simulate_mlpa_run
from simulate.plate_sample import PlateSample

SHEET = resource_path("probemix/P335-synthetic.tsv")
MIX = read_probemix(SHEET)
LENGTH = np.array([probe.length_nt for probe in MIX.probes])


def heights(seed: int, lost: str = "") -> np.ndarray:
    """Return heights of one product: 1000 RFU with 4 % scatter, low Q, half where `lost` begins."""
    rng = np.random.default_rng(seed)
    made = 1000.0 * np.exp(rng.normal(0.0, 0.04, LENGTH.size))
    for index, probe in enumerate(MIX.probes):
        if probe.role == "quantity":
            made[index] = 80.0
        elif lost and probe.probe_id.startswith(lost):
            made[index] *= 0.5
    return made


def samples_of(run_id: str, table: Path, names: list[str]) -> list[MlpaSample]:
    """Return sheet rows: names beginning with R are references, the others patients."""
    return [
        MlpaSample(
            run_id, name, "reference" if name.startswith("R") else "patient", str(table),
            str(SHEET), "GS500LIZ", patient_id=None if name.startswith("R") else name, day=0,
            blast_percent=None if name.startswith("R") else 90.0,
        )
        for name in names
    ]  # fmt: skip


def write_peaks(path: Path, seeds: dict[str, tuple[int, str]], offset: float = 1.3) -> None:
    """Write a table of sized peaks that all run `offset` nt off their lengths."""
    lines = ["sample_id\tsize_nt\theight"]
    for name, (seed, lost) in seeds.items():
        lines += [
            f"{name}\t{nt + offset}\t{height:.2f}"
            for nt, height in zip(LENGTH, heights(seed, lost), strict=True)
        ]
    path.write_text("\n".join(lines) + "\n")


def test_a_table_of_sized_peaks_is_a_run(tmp_path: Path) -> None:
    """Peaks 1.3 nt off their lengths are put into their bins, and the loss is called."""
    seeds = {f"R{i}": (i, "") for i in range(5)} | {"P0": (10, "IKZF1"), "P1": (11, "")}
    write_peaks(tmp_path / "peaks.tsv", seeds)
    samples = samples_of("RUN", tmp_path / "peaks.tsv", list(seeds))
    report = run_mlpa("RUN", samples, {}, MlpaSettings(), tmp_path)
    found = {
        (r["sample_id"], r["gene"], r["call"], r["lost_exons"])
        for r in read_tsv(tmp_path / "mlpa" / "RUN" / "gene_calls.tsv")
        if r["call"] != "normal"
    }
    assert found == {("P0", "IKZF1", "heterozygous_deletion", "1-8")}
    assert report.files == tuple(sorted(report.files))


def test_samples_named_by_their_trace_files(tmp_path: Path) -> None:
    """A table that names samples by their .fsa files gives each row of the sheet its sample."""
    seeds = {f"R{i}": (i, "") for i in range(4)} | {"P0": (10, "IKZF1")}
    write_peaks(tmp_path / "peaks.tsv", {f"{name}.fsa": seed for name, seed in seeds.items()})
    run_mlpa(
        "RUN", samples_of("RUN", tmp_path / "peaks.tsv", list(seeds)), {}, MlpaSettings(), tmp_path
    )
    qc = read_tsv(tmp_path / "mlpa" / "RUN" / "sample_qc.tsv")
    assert {row["status"] for row in qc} == {"called"}


def test_a_probe_without_a_size_is_no_silent_loss(tmp_path: Path) -> None:
    """A peak without a size between others is a warning that names its neighbours."""
    seeds = {f"R{i}": (i, "") for i in range(5)} | {"P0": (10, "")}
    write_peaks(tmp_path / "peaks.tsv", seeds)
    table = (tmp_path / "peaks.tsv").read_text().splitlines()
    at = next(i for i, line in enumerate(table) if line.startswith("P0\t")) + 20
    name, _, height = table[at].split("\t")
    table[at] = f"{name}\t\t{height}"
    (tmp_path / "peaks.tsv").write_text("\n".join(table) + "\n")
    samples = samples_of("RUN", tmp_path / "peaks.tsv", list(seeds))
    report = run_mlpa("RUN", samples, {}, MlpaSettings(), tmp_path)
    told = [p for p in report.problems if p.flag.code == "PEAK_WITHOUT_SIZE"]
    assert [(p.subject, p.flag.level) for p in told] == [("RUN/P0", Severity.WARNING)]
    qc = {r["sample_id"]: r for r in read_tsv(tmp_path / "mlpa" / "RUN" / "sample_qc.tsv")}
    assert qc["P0"]["status"] == "called_with_warnings"
    assert qc["R0"]["status"] == "called"


def test_a_sample_missing_from_its_table_is_refused(tmp_path: Path) -> None:
    """A name that is not in the table is told, and the others go on."""
    seeds = {f"R{i}": (i, "") for i in range(4)} | {"P0": (10, "")}
    write_peaks(tmp_path / "peaks.tsv", seeds)
    samples = samples_of("RUN", tmp_path / "peaks.tsv", [*seeds, "P9"])
    run_mlpa("RUN", samples, {}, MlpaSettings(), tmp_path)
    qc = {r["sample_id"]: r for r in read_tsv(tmp_path / "mlpa" / "RUN" / "sample_qc.tsv")}
    assert (qc["P9"]["status"], qc["P0"]["status"]) == ("not_called", "called")
    assert "SAMPLE_NOT_IN_TABLE" in qc["P9"]["flags"]


def test_one_product_in_two_runs_is_told(tmp_path: Path) -> None:
    """Two patients of different runs with one profile are flagged in ikzf1.tsv; a third is not."""
    samples = []
    for run_id, base, patient, twin_seed in (("A", 0, "P0", 50), ("B", 20, "P1", 50)):
        seeds = {f"R{i}": (base + i, "") for i in range(6)} | {patient: (twin_seed, "")}
        if run_id == "B":
            seeds["P2"] = (60, "")
        table = tmp_path / f"{run_id}.tsv"
        write_peaks(table, seeds)
        rows = samples_of(run_id, table, list(seeds))
        run_mlpa(run_id, rows, {}, MlpaSettings(duplicate_sd=0.045), tmp_path)
        samples += rows
    patients = {name: Patient(name) for name in ("P0", "P1", "P2")}
    settings = MlpaSettings(duplicate_sd=0.045)  # the references differ, so the twins do a little
    collect_ikzf1(samples, patients, settings, "gimema", tmp_path)
    flags = {r["patient_id"]: r["flags"] for r in read_tsv(tmp_path / "mlpa" / "ikzf1.tsv")}
    assert "DUPLICATE_PROFILE" in flags["P0"]
    assert "DUPLICATE_PROFILE" in flags["P1"]
    assert "DUPLICATE_PROFILE" not in flags["P2"]


@pytest.mark.parametrize(("day", "chosen"), [(30, "first"), (-1, "second")])
def test_the_diagnostic_sample_is_that_of_the_lowest_day(
    tmp_path: Path, day: int, chosen: str
) -> None:
    """Of two samples of a patient the earlier one gives the class."""
    seeds = {f"R{i}": (i, "") for i in range(5)} | {"first": (10, "IKZF1"), "second": (11, "")}
    write_peaks(tmp_path / "peaks.tsv", seeds)
    samples = [
        MlpaSample(**{**_fields(s), "patient_id": None if s.role == "reference" else "P",
                      "day": day if s.sample_id == "second" else 0})
        for s in samples_of("RUN", tmp_path / "peaks.tsv", list(seeds))
    ]  # fmt: skip
    run_mlpa("RUN", samples, {}, MlpaSettings(), tmp_path)
    collect_ikzf1(samples, {}, MlpaSettings(), "gimema", tmp_path)
    (row,) = read_tsv(tmp_path / "mlpa" / "ikzf1.tsv")
    assert row["sample_id"] == chosen


def _fields(sample: MlpaSample) -> dict[str, object]:
    return {name: getattr(sample, name) for name in MlpaSample.__dataclass_fields__}


def test_benchmark_counts_and_times(tmp_path: Path) -> None:
    """Every step of a good file is timed; a broken file is counted as refused."""
    plate = [PlateSample("ref0", role="reference")]
    (record,) = simulate_mlpa_run("B", plate, MIX, "3500", 1, tmp_path)
    broken = tmp_path / "broken.fsa"
    broken.write_bytes(b"no trace")
    result = bench_mlpa([record.path, broken], "GS600LIZ", SHEET)
    assert (result["files"], result["refused"]) == (2, 1)
    assert set(result["ms_by_step"]) == {"read", "peaks", "standard", "heights"}
    assert 0.0 < result["median_ms"] <= result["max_ms"]
    assert result["peak_memory_mb"] > 0
