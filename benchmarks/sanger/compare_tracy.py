"""Time the analysis of trace files beside tracy's basecall and decompose on the same machine.

    python benchmarks/sanger/compare_tracy.py reference.fa read_F.ab1 read_R.ab1 ...

Tracy (https://github.com/gear-genomics/tracy) is run as its users run it, one process per command.
Without tracy only der22 is timed, and that is said.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from der22.jobs.bench_sanger import bench_sanger

ROUNDS = 3


def time_tracy(tracy: str, path: Path, reference: Path) -> float:
    """Return the milliseconds tracy needs for basecall and decompose of one file, best of three."""
    best = float("inf")
    with tempfile.TemporaryDirectory() as place:
        commands = (
            [tracy, "basecall", "-f", "json", "-o", f"{place}/calls.json", str(path)],
            [tracy, "decompose", "-r", str(reference), "-o", f"{place}/alleles", str(path)],
        )
        for _ in range(ROUNDS):
            start = time.perf_counter()
            for command in commands:
                subprocess.run(command, check=False, capture_output=True)
            best = min(best, 1000 * (time.perf_counter() - start))
    return best


def main() -> None:
    """Print both medians and their ratio as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reference", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    options = parser.parse_args()
    result = {"der22": bench_sanger(options.files, str(options.reference))}
    tracy = shutil.which("tracy")
    if tracy is None:
        result["tracy"] = "not installed: nothing to compare with"
    else:
        times = [time_tracy(tracy, path, options.reference) for path in options.files]
        result["tracy"] = {"median_ms": round(median(times), 1)}
        result["ratio"] = round(result["der22"]["median_ms"] / median(times), 2)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
