"""Writes the synthetic cohort with failures that the tour shows: 12 patients, four faults.

An empty ``.fsa``, a text file named ``.ab1``, an ``.rdml`` cut short, and a patient with a rise of
MRD whose ABL1 sample is missing from the sheet. Run the workflow on its config afterwards.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from der22.simulate.demo import write_demo

UNTESTED = "SYN0011"


def write_faulty_cohort(out: Path) -> None:
    """Write the cohort and spoil it."""
    write_demo(out, patients=12, seed=9)
    (out / "mlpa/MLPA-01_SYN0003-dx.fsa").write_bytes(b"")
    (out / "sanger/SYN0006-abl1-d85_F.ab1").write_bytes(b"this is not a trace\n")
    plate = out / "mrd/p190-02.rdml"
    plate.write_bytes(plate.read_bytes()[:900])
    sheet = out / "sheets/sanger.tsv"
    lines = sheet.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(UNTESTED)]
    if len(kept) == len(lines):
        raise SystemExit(f"{UNTESTED} has no row in {sheet}; choose another patient")
    sheet.write_text("".join(kept), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the cohort")
    write_faulty_cohort(parser.parse_args().out)
