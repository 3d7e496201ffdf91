"""Time the MLPA and the Sanger analysis on simulated files, in fresh processes on one core.

Usage: python benchmarks/speed/run.py --out docs/speed.md

A run of many injections is made of links to 96 simulated files, which are read and analysed anew.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

# the faults and plates that only tests and benchmarks need
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from der22.formats.probemix import read_probemix
from der22.formats.records import MlpaSample, Patient, SangerRead
from der22.formats.tables import write_text
from der22.jobs.bench_mlpa import bench_mlpa
from der22.jobs.bench_sanger import bench_sanger
from der22.jobs.mlpa import run_mlpa
from der22.jobs.sanger import SHIPPED_REFERENCE, run_sanger
from der22.mlpa.settings import MlpaSettings
from der22.resources import resource_path
from der22.sanger.settings import SangerSettings
from simulate.mlpa_cohort import draw_plate
from simulate.mlpa_run import simulate_mlpa_run
from simulate.sanger_sample import simulate_sanger_sample

STANDARDS = {"3130": "GS500ROX", "3500": "GS600LIZ", "3730": "GS500LIZ"}
SHEET = resource_path("probemix/P335-synthetic.tsv")
N_FILES, N_PAIRS, RUN_SIZES, N_REFERENCES = 96, 12, (24, 96, 1000), 6
HEAD = """\
# Speed of the analyses

Made by `make speed` on simulated files; {cores} cores, one used. Each row is a process of its own,
warm where single files are timed (the quickest of three rounds counts); medians over the files.
The whole workflow is timed in [scale](scale.md), plates in [MRD](validation/mrd.md).
"""
MLPA_HEAD = """
## MLPA, from open file to probe heights

| instrument | files | median ms | longest ms | read | peaks | standard | heights | peak memory MB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
RUNS_HEAD = """
## MLPA, whole runs with all their tables (3730)

| injections | seconds | ms an injection | peak memory MB |
| --- | --- | --- | --- |
"""
SANGER_HEAD = """
## Sanger, from bytes to the test for a double sequence

| reads | median ms | longest ms | {steps} | peak memory MB |
| --- | --- | --- | {lines} | --- |
"""
PAIRS_HEAD = """
## Sanger, forward and reverse read to all files of a sample

| samples | ms a sample, imports left out | peak memory MB |
| --- | --- | --- |
"""


def main() -> None:
    """Measure and write the page, or measure one row as a child process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--row", nargs=3, metavar=("WHAT", "NUMBER", "FOLDER"))
    options = parser.parse_args()
    if options.row:
        what, number, folder = options.row
        print(json.dumps(ROWS[what](number, Path(folder))))
        return
    with tempfile.TemporaryDirectory() as folder:
        page = write_page(Path(folder))
    write_text(options.out, page)
    print(page)


def write_page(folder: Path) -> str:
    """Return the page."""
    parts = [HEAD.format(cores=os.cpu_count()), MLPA_HEAD]
    for instrument in STANDARDS:
        write_injections(instrument, folder)
        row = in_child("mlpa_files", instrument, folder)
        steps = " | ".join(f"{ms:.1f}" for ms in row["ms_by_step"].values())
        parts.append(
            f"| {instrument} | {row['files']} | {row['median_ms']:.1f} | {row['max_ms']:.1f} | "
            f"{steps} | {row['peak_memory_mb']:.0f} |\n"
        )
    parts.append(RUNS_HEAD)
    for size in RUN_SIZES:
        row = in_child("mlpa_run", str(size), folder)
        parts.append(
            f"| {size} | {row['seconds']:.1f} | {1000 * row['seconds'] / size:.0f} | "
            f"{row['peak_memory_mb']:.0f} |\n"
        )
    write_reads(folder)
    row = in_child("sanger_files", "", folder)
    names = list(row["ms_by_step"])
    parts.append(
        SANGER_HEAD.format(steps=" | ".join(names), lines=" | ".join("---" for _ in names))
    )
    steps = " | ".join(f"{ms:.1f}" for ms in row["ms_by_step"].values())
    parts.append(
        f"| {row['files']} | {row['median_ms']:.1f} | {row['max_ms']:.1f} | {steps} | "
        f"{row['peak_memory_mb']:.0f} |\n"
    )
    row = in_child("sanger_pairs", "", folder)
    parts += [PAIRS_HEAD, f"| {N_PAIRS} | {row['ms']:.0f} | {row['peak_memory_mb']:.0f} |\n"]
    return "".join(parts)


def in_child(what: str, number: str, folder: Path) -> dict[str, Any]:
    """Return what a fresh process on one core measures."""
    done = subprocess.run(
        [sys.executable, __file__, "--row", what, number, str(folder)],
        capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    row: dict[str, Any] = json.loads(done.stdout)
    return row


def write_injections(instrument: str, folder: Path) -> None:
    """Simulate a plate of 96 injections."""
    place = folder / instrument
    place.mkdir()
    n_patients = N_FILES - N_REFERENCES - 1
    probemix = read_probemix(SHEET)
    names = [f"P{i:03d}" for i in range(n_patients)]
    plate = draw_plate(names, probemix, 1, n_references=N_REFERENCES)[:N_FILES]
    simulate_mlpa_run("RUN", plate, probemix, instrument, 1, place)


def write_reads(folder: Path) -> None:
    """Simulate forward and reverse reads of wild types."""
    place = folder / "reads"
    place.mkdir()
    for index in range(N_PAIRS):
        simulate_sanger_sample(f"s{index:02d}", [], run_seed=1, seed=index, outdir=place)


def time_files(instrument: str, folder: Path) -> dict[str, Any]:
    """Time single injections."""
    return bench_mlpa(sorted((folder / instrument).glob("*.fsa")), STANDARDS[instrument], SHEET)


def time_run(size: str, folder: Path) -> dict[str, Any]:
    """Time one run of `size` injections; every plate of 96 brings its references."""
    files = sorted((folder / "3730").glob("*.fsa"))
    samples = list(repeated(files, int(size)))
    patients = {s.patient_id: Patient(s.patient_id) for s in samples if s.patient_id}
    with tempfile.TemporaryDirectory() as outdir:
        start = time.perf_counter()
        run_mlpa("RUN", samples, patients, MlpaSettings(), Path(outdir))
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "peak_memory_mb": peak_memory_mb()}


def repeated(files: Sequence[Path], size: int) -> Iterator[MlpaSample]:
    """Yield `size` rows of the MLPA sheet over the given files."""
    for index in range(size):
        path = files[index % len(files)]
        name = path.stem.removeprefix("RUN_")
        role = "reference" if name.startswith("ref") else "patient"
        if not name.startswith(("ref", "P")):
            role = "no_dna"
        patient = f"{name}-{index}" if role == "patient" else None
        yield MlpaSample(
            "RUN", f"{name}-{index}", role, str(path), str(SHEET), STANDARDS["3730"],
            patient_id=patient, day=0, blast_percent=90.0,
        )  # fmt: skip


def time_reads(_number: str, folder: Path) -> dict[str, Any]:
    """Time single reads."""
    return bench_sanger(sorted((folder / "reads").glob("*.ab1")), None)


def time_pairs(_number: str, folder: Path) -> dict[str, Any]:
    """Time whole samples with all their files, after one sample that warms up."""
    samples = sorted({path.stem.rsplit("_", 1)[0] for path in (folder / "reads").glob("*.ab1")})
    reads = [
        SangerRead(f"{name}_{end}", name, str(folder / "reads" / f"{name}_{end}.ab1"))
        for name in samples
        for end in "FR"
    ]
    with tempfile.TemporaryDirectory() as outdir:
        args = (reads, SHIPPED_REFERENCE, SangerSettings(), Path(outdir))
        run_sanger(samples[:1], *args)
        start = time.perf_counter()
        run_sanger(samples, *args)
        seconds = time.perf_counter() - start
    return {"ms": 1000 * seconds / len(samples), "peak_memory_mb": peak_memory_mb()}


def peak_memory_mb() -> float:
    """Return the peak memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


ROWS = {
    "mlpa_files": time_files,
    "mlpa_run": time_run,
    "sanger_files": time_reads,
    "sanger_pairs": time_pairs,
}


if __name__ == "__main__":
    main()
