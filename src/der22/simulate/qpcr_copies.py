"""Writes a plate as a copies table: values the laboratory has already read off its own curve."""

from __future__ import annotations

from pathlib import Path

from der22.formats.tables import write_text
from der22.simulate.qpcr import QpcrPlate, WellTask

__all__ = ["write_copies"]


def write_copies(path: Path | str, plate: QpcrPlate) -> None:
    """Write the unknown and no-template wells; a copies table holds no standards."""
    lines = ["well\tsample\ttarget\ttask\tct\tcopies"]
    for well in plate.wells:
        if well.task is WellTask.STANDARD:
            continue
        ct = "Undetermined" if well.ct is None else repr(well.ct)
        lines.append(
            f"{well.name}\t{well.sample}\t{well.target}\t{well.task}\t{ct}\t{well.copies:.4f}"
        )
    write_text(path, "\n".join(lines) + "\n")
