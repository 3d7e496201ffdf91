"""Kills the workflow at random moments, fills its disk, and compares the bytes afterwards.

    python tests/faults/kill_runs.py --kills 5

Needs Linux; the full disk needs root. Exit 0 when every continued run ended with the bytes of an
unbroken one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from der22.simulate.demo import write_demo
from workflow.running import ROOT, hashes, snakemake

_IGNORED = shutil.ignore_patterns("results", "work")


def main() -> int:
    """Break and continue runs; print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--patients", type=int, default=6)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    good = True
    with tempfile.TemporaryDirectory(prefix="der22-kill-") as name:
        whole = Path(name, "whole")
        write_demo(whole, patients=options.patients, seed=9)
        start = time.monotonic()
        run = snakemake(whole / "config.yaml", whole / "work")
        seconds = time.monotonic() - start
        if run.status:
            print(run.text[-4000:])
            return 1
        expected = hashes(whole / "results")
        print(f"unbroken: {seconds:.1f} s, {len(expected)} files", flush=True)
        for number in range(options.kills):
            moment = float(random.uniform(0.1, 0.95)) * seconds
            folder = Path(name, f"killed{number}")
            shutil.copytree(whole, folder, ignore=_IGNORED)
            good &= _kill_and_continue(folder, moment, expected)
            shutil.rmtree(folder)
        folder = Path(name, "full")
        shutil.copytree(whole, folder, ignore=_IGNORED)
        good &= _fill_and_continue(folder, expected)
    return 0 if good else 1


def _kill_and_continue(folder: Path, moment: float, expected: dict[str, str]) -> bool:
    """Kill a run after `moment` seconds with all its children, then run it again."""
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--cores", "2"]
    command += ["--configfile", str(folder / "config.yaml"), "--directory", str(folder / "work")]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = len(list(folder.glob("results/manifests/*/*.json")))
    return _continued(folder, f"kill -9 after {moment:.1f} s, {done} units done", expected)


def _fill_and_continue(folder: Path, expected: dict[str, str]) -> bool:
    """Run with results on a disk that is too small, enlarge the disk, run again."""
    disk = folder / "results"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)], check=False
    )
    if mounted.returncode:
        print("disk full: not tried, no file system can be mounted here")
        return True
    try:
        run = snakemake(folder / "config.yaml", folder / "work")
        told = "is full" in run.text
        print(f"disk full: exit {run.status}, told in a sentence: {'yes' if told else 'no'}")
        subprocess.run(["mount", "-o", "remount,size=1g", str(disk)], check=True)
        same = _continued(folder, "disk full, then enlarged", expected)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    return same and told and run.status == 1


def _continued(folder: Path, what: str, expected: dict[str, str]) -> bool:
    run = snakemake(folder / "config.yaml", folder / "work")
    found = hashes(folder / "results")
    same = run.status == 0 and found == expected
    print(
        f"{what}: continued, exit {run.status}, same bytes: {'yes' if same else 'no'}", flush=True
    )
    if not same:
        differing = sorted(n for n in expected | found if expected.get(n) != found.get(n))
        print("\n".join(["  differ:", *differing[:10], run.text[-1500:] if run.status else ""]))
    return same


if __name__ == "__main__":
    sys.exit(main())
