"""Writes a plate as a copies table: values the laboratory has already read off its own curve."""

from __future__ import annotations

from pathlib import Path

from der22.formats.tables import write_text
from der22.simulate.qpcr import QpcrPlate, WellTask

__all__ = ["write_copies"]


def write_copies(path: Path | str, plate: QpcrPlate, *, by_well: bool = True) -> None:
    """Write the unknown and no-template wells; a copies table holds no standards.

    Args:
        path: where; folders are made.
        plate: what to write.
        by_well: one row per well with its Ct; else one row per sample and target with the mean.
    """
    wells = [well for well in plate.wells if well.task is not WellTask.STANDARD]
    if by_well:
        lines = ["well\tsample\ttarget\ttask\tct\tcopies"]
        for well in wells:
            ct = "Undetermined" if well.ct is None else repr(well.ct)
            lines.append(
                f"{well.name}\t{well.sample}\t{well.target}\t{well.task}\t{ct}\t{well.copies:.4f}"
            )
    else:
        groups: dict[tuple[str, str, WellTask], list[float]] = {}
        for well in wells:
            groups.setdefault((well.sample, well.target, well.task), []).append(well.copies)
        lines = ["sample\ttarget\ttask\tcopies"]
        lines += [
            f"{sample}\t{target}\t{task}\t{sum(copies) / len(copies):.4f}"
            for (sample, target, task), copies in groups.items()
        ]
    write_text(path, "\n".join(lines) + "\n")
