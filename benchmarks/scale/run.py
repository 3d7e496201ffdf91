"""How a run grows: wall time, CPU, memory, jobs and files for cohorts of any size.

``python benchmarks/scale/run.py --patients 100 1000 10000 --work DIR --out docs/scale.md``

The share outside the analyses compares the CPU time of the whole run (Snakemake, Python starts,
file system, everything) with that of a plain loop over the same units in one warm process.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Figures:
    """What was measured at one size; seconds and MiB."""

    patients: int
    raw_files: int
    jobs: int
    result_files: int
    wall: float
    cpu: float
    loop_wall: float
    loop_cpu: float
    outside_percent: float
    rerun: float
    one_more_patient: float
    one_more_jobs: float
    peak_mib: float


def main() -> int:
    """Measure every size and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=[63, 100, 1000])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument(
        "--brief-from",
        type=int,
        default=5000,
        help="from this size on: the run and a dry rerun only",
    )
    options = parser.parse_args()
    figures = []
    for patients in options.patients:
        figures.append(measure(patients, options.work, options.cores, options.brief_from))
        print(json.dumps(asdict(figures[-1])), flush=True)
    if options.out:
        options.out.write_text(page(figures, options.cores), encoding="utf-8")
    return 0


def measure(patients: int, work: Path, cores: int, brief_from: int) -> Figures:
    """Write a cohort, run it, run it again, add a patient, and loop over its units."""
    folder = work / str(patients)
    shutil.rmtree(folder, ignore_errors=True)
    cohort = folder / "cohort"
    share = patients > 200
    python(
        "from der22.simulate.demo import write_demo; "
        f"write_demo({str(cohort)!r}, patients={patients}, share={share})"
    )
    wall, cpu, text, peak = snakemake(cohort, folder, cores)
    jobs = text.count("Finished jobid")
    rerun, *_ = snakemake(cohort, folder, cores)
    results = cohort / "results"
    result_files = sum(path.is_file() for path in results.rglob("*"))
    more, more_jobs, loop_wall, loop_cpu = math.nan, math.nan, math.nan, math.nan
    if patients < brief_from:
        with (cohort / "sheets/patients.tsv").open("a", encoding="utf-8") as sheet:
            sheet.write("NEW-1\n")
        more, _, more_text, _ = snakemake(cohort, folder, cores)
        more_jobs = more_text.count("Finished jobid")
        shutil.rmtree(results)
        loop_wall, loop_cpu = loop(cohort)
    raw = sum(1 for part in ("mlpa", "sanger", "mrd") for _ in (cohort / part).iterdir())
    return Figures(
        patients=patients,
        raw_files=raw,
        jobs=jobs,
        result_files=result_files,
        wall=round(wall, 1),
        cpu=round(cpu, 1),
        loop_wall=round(loop_wall, 1),
        loop_cpu=round(loop_cpu, 1),
        outside_percent=round(100 * (cpu - loop_cpu) / cpu, 1),
        rerun=round(rerun, 1),
        one_more_patient=round(more, 1),
        one_more_jobs=more_jobs,
        peak_mib=round(peak, 0),
    )


def snakemake(cohort: Path, folder: Path, cores: int) -> tuple[float, float, str, float]:
    """Run the workflow; return wall and CPU seconds, its words, the peak memory of a process."""
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--cores"]
    command += [str(cores), "--configfile", str(cohort / "config.yaml")]
    command += ["--directory", str(folder / "work")]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stderr[-6000:])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, done.stderr, after.ru_maxrss / 1024


def loop(cohort: Path) -> tuple[float, float]:
    """Call every unit of the cohort in one process; return its wall and CPU seconds."""
    code = Path(__file__).with_name("plain_loop.py")
    done = subprocess.run(
        [sys.executable, str(code), str(cohort / "config.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr[-6000:])
    wall, cpu = done.stdout.split()[-2:]
    return float(wall), float(cpu)


def python(code: str) -> None:
    """Run a line of Python in a process of its own, so that its memory is its own."""
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))


def page(figures: list[Figures], cores: int) -> str:
    """Return the page."""
    rows = [
        ("patients", "patients", ""),
        ("raw files", "raw_files", ""),
        ("jobs", "jobs", ""),
        ("result files", "result_files", ""),
        ("wall time of the run", "wall", " s"),
        ("CPU time of the run", "cpu", " s"),
        ("plain loop over the same units, wall", "loop_wall", " s"),
        ("plain loop over the same units, CPU", "loop_cpu", " s"),
        ("share of CPU outside the analyses", "outside_percent", " %"),
        ("run again, nothing changed", "rerun", " s"),
        ("one patient added", "one_more_patient", " s"),
        ("jobs for one patient added", "one_more_jobs", ""),
        ("largest process", "peak_mib", " MiB"),
    ]
    lines = [
        "# Scale",
        "",
        f"Made by `make scale` on synthetic cohorts, {cores} cores, bytecode of the libraries in "
        "place. From 200 patients on equal `.ab1` files are stored once and linked; `.fsa` files "
        "and plates are written each. The share outside the analyses is Snakemake, Python starts "
        "and file system: the CPU time of the run less that of a plain loop which calls the same "
        "units in one process.",
        "",
        "| measured | " + " | ".join(f"{f.patients:,}" for f in figures) + " |",
        "| --- |" + " ---: |" * len(figures),
    ]
    for title, name, unit in rows[1:]:
        values = [getattr(figure, name) for figure in figures]
        cells = ["not measured" if math.isnan(v) else f"{v:,}{unit}" for v in values]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    by_size = {figure.patients: figure for figure in figures}
    if {1000, 10000} <= by_size.keys():
        growth = by_size[10000].wall / by_size[1000].wall
        lines += ["", f"10,000 patients take {growth:.1f} times as long as 1,000."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
