"""Measure the MLPA analysis on simulated runs with a known truth, and write what was measured.

Usage: python benchmarks/mlpa/validate.py --out docs/validation/mlpa.md [--runs 8] [--seeds 3]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

# the faults and plates that only tests and benchmarks need
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from fault_runs import measure_faults
from measures import Measured, measure
from page_text import write_page
from simulated_runs import N_PATIENTS, sound_run

from der22.formats.probemix import read_probemix
from der22.formats.tables import write_text
from der22.resources import resource_path


def main() -> None:
    """Run the validation and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--fault-draws", type=int, default=3, help="0 leaves the faults out")
    parser.add_argument("--show", action="store_true", help="print every error")
    options = parser.parse_args()
    probemix = read_probemix(resource_path("probemix/P335-synthetic.tsv"))
    measured = Measured()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, options.seeds + 1):
            for index in range(options.runs):
                measure(sound_run(probemix, seed, index, Path(folder)), probemix, measured)
        draws = options.fault_draws
        faults = list(measure_faults(probemix, draws, Path(folder))) if draws else []
    page = write_page(options.runs, options.seeds, N_PATIENTS, measured, faults)
    write_text(options.out, page)
    print(page)
    if options.show:
        for name, share in measured.shares.items():
            print(name, *share.wrong, sep="\n    ")


if __name__ == "__main__":
    main()
