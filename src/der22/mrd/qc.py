"""Plates over time: every target of a plate held against the other plates of the laboratory.

METHOD: Levey-Jennings charts and the Westgard rules 1-3s and 2-2s (Westgard et al., Clin Chem 1981,
recalled). Mean and standard deviation are those of the other plates, so that a plate does not hide
itself. The run's date is not read; the order is that of the plates sheet.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from der22.flags import Flag
from der22.formats.qpcr import Task
from der22.mrd.codes import make_flag
from der22.mrd.plate import JudgedPlate
from der22.mrd.settings import MrdSettings
from der22.results.mrd import PlateLevelRow, PlateQcRow, QcRow

__all__ = ["plate_qc", "qc_over_time"]

#: what scatters less was only rounded
_ROUNDING = 1e-3


#: column of `QcRow` -> what is held against the other plates, and its name
_CHARTED: Mapping[str, tuple[str, Callable[[PlateQcRow], float | None]]] = {
    "slope_z": ("slope", lambda row: row.slope),
    "intercept_z": ("intercept", lambda row: row.intercept),
    "positive_control_z": ("Ct of the positive controls", lambda row: row.positive_control_ct),
    "control_copies_z": (
        "log10 of the median control copies",
        lambda row: math.log10(row.median_control_copies) if row.median_control_copies else None,
    ),
}


def plate_qc(plate: JudgedPlate, levels: Iterable[PlateLevelRow]) -> list[PlateQcRow]:
    """Return what is followed over time of every target that the plates sheet names.

    Args:
        plate: the judged plate.
        levels: its levels.
    """
    copies = {
        level.sample_id: level.control_copies
        for level in levels
        if level.control_copies is not None and level.n_control_wells
    }
    keys = {assay.key: "fusion" for assay in plate.fusions if assay.key is not None}
    keys |= dict.fromkeys(plate.controls, "control")
    rows = []
    for key, role in keys.items():
        curve = plate.curves[key]
        wells = [w for w in plate.sources[key[0]].wells if (w.well.run, w.well.target) == key[1:]]
        ntc = [w.detected for w in wells if w.well.task is Task.NTC and w.detected is not None]
        cts = [
            w.well.ct
            for w in wells
            if w.well.task is Task.POSITIVE_CONTROL and w.detected and w.well.ct is not None
        ]
        line = curve.line
        rows.append(
            PlateQcRow(
                plate_id=plate.plate_id,
                target=curve.target,
                role=role,
                slope=None if line is None else line.slope,
                intercept=None if line is None else line.intercept,
                r_squared=None if line is None else line.r_squared,
                n_ntc=len(ntc),
                n_ntc_detected=ntc.count(True),
                positive_control_ct=math.fsum(cts) / len(cts) if cts else None,
                median_control_copies=statistics.median(copies.values())
                if role == "control" and copies
                else None,
            )
        )
    return rows


def qc_over_time(
    rows: Sequence[PlateQcRow], settings: MrdSettings
) -> tuple[list[QcRow], list[tuple[str, Flag]]]:
    """Hold every plate against the others of its target.

    Args:
        rows: in the order of the plates sheet.
        settings: thresholds.

    Returns:
        The rows with their distances and broken rules, in the same order, and the notes with the
        plate_id that each is about.
    """
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        groups[row.role, row.target.casefold()].append(index)
    distances: list[dict[str, Any]] = [{} for _ in rows]
    broken: list[list[str]] = [[] for _ in rows]
    notes: list[tuple[str, Flag]] = []
    for column, (name, value_of) in _CHARTED.items():
        for indices in groups.values():
            values = {i: value for i in indices if (value := value_of(rows[i])) is not None}
            if len(values) <= settings.qc_min_plates:
                continue
            before = 0.0
            for index, value in values.items():
                others = [other for i, other in values.items() if i != index]
                mean = math.fsum(others) / len(others)
                sd = max(statistics.stdev(others), _ROUNDING)
                z = (value - mean) / sd
                distances[index][column] = z
                rules = ["1-3s"] if abs(z) > 3 else []
                if min(abs(z), abs(before)) > 2 and z * before > 0:
                    rules.append("2-2s")
                before = z
                for rule in rules:
                    broken[index].append(rule)
                    row = rows[index]
                    message = (
                        f"plate {row.plate_id}: {name} of {row.target} is {value:.3f}, {z:+.1f} "
                        f"standard deviations from {mean:.3f}, the mean of {len(others)} other "
                        f"plates (Westgard {rule}); look what changed"
                    )
                    notes.append((row.plate_id, make_flag("WESTGARD", message)))
    found = []
    for index, row in enumerate(rows):
        plate = {name: getattr(row, name) for name in PlateQcRow.__dataclass_fields__}
        told = QcRow(**plate, westgard=tuple(dict.fromkeys(broken[index])))
        found.append(dataclasses.replace(told, **distances[index]))
    return found, notes
