"""Validate the Sanger analysis on simulated samples: with no, one and four wild-type control pairs.

    python benchmarks/sanger/validate.py --out docs/validation/sanger.md

The same samples are called with every number of controls. Everything follows from the seed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# the faults and plates that only tests and benchmarks need
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from page_text import write_page
from simulated_samples import RUN_SIZE, Sample, call_all, plan_samples

from der22.formats.tables import write_text
from der22.jobs.sanger import load_reference
from der22.simulate.molecules import mutation_change

#: how far further out than usual the forward and the reverse primer lie, nt
PRIMER_SHIFTS = ((-40, 0), (0, 0), (60, 0), (120, 0), (0, -100), (60, -100))
E255K_FRACTION = 0.20


def plan_e255k(n_samples: int, first_run: int) -> list[Sample]:
    """E255K at every place of the primers, `n_samples` each, a run of its own for each place."""
    return [
        Sample(
            f"e{place}_{index:02d}", mutation_change("E255K"), "E255K", None, E255K_FRACTION,
            first_run + place * n_samples + index // RUN_SIZE,
            (("forward", forward), ("reverse", reverse)),
        )
        for place, (forward, reverse) in enumerate(PRIMER_SHIFTS)
        for index in range(n_samples)
    ]  # fmt: skip


def main() -> None:
    """Run and print, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1600)
    parser.add_argument("--repeats", type=int, default=40, help="samples of E255K a place")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    reference = load_reference("abl1")
    samples = plan_samples(reference, options.samples, options.seed)
    outcomes = call_all(samples, options.seed, reference)
    moved = plan_e255k(options.repeats, first_run=len(samples))
    page = write_page(
        outcomes,
        call_all(moved, options.seed, reference),
        seed=options.seed,
        fraction=E255K_FRACTION,
        repeats=options.repeats,
    )
    if options.out is None:
        print(page)
    else:
        write_text(options.out, page)


if __name__ == "__main__":
    main()
