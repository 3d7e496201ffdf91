"""Exports as other laboratories make them: means instead of wells, -1 for no amplification."""

from __future__ import annotations

import zipfile
from pathlib import Path

from der22.formats.tables import write_text
from der22.simulate.qpcr import QpcrPlate, WellTask
from der22.simulate.qpcr_rdml import write_rdml

__all__ = ["write_mean_copies", "write_rdml_with_negative"]


def write_mean_copies(path: Path, plate: QpcrPlate) -> None:
    """Write a copies table with one row per sample and target; standards are not listed."""
    groups: dict[tuple[str, str, WellTask], list[float]] = {}
    for well in plate.wells:
        if well.task is not WellTask.STANDARD:
            groups.setdefault((well.sample, well.target, well.task), []).append(well.copies)
    lines = ["sample\ttarget\ttask\tcopies"]
    lines += [
        f"{sample}\t{target}\t{task}\t{sum(copies) / len(copies):.4f}"
        for (sample, target, task), copies in groups.items()
    ]
    write_text(path, "\n".join(lines) + "\n")


def write_rdml_with_negative(path: Path, plate: QpcrPlate, text: str) -> None:
    """Write an RDML file that says `text`, such as NaN, in wells without amplification."""
    write_rdml(path, plate)
    with zipfile.ZipFile(path) as archive:
        (member,) = archive.infolist()
        content = archive.read(member).decode("utf-8")
    content = content.replace("<cq>-1.0</cq>", f"<cq>{text}</cq>")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
