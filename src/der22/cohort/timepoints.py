"""The planned time points of the MRD series, as the cohort tables need them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Timepoint", "as_timepoints", "consolidation_cycle"]


@dataclass(frozen=True, slots=True)
class Timepoint:
    """One planned moment of sampling.

    Attributes:
        name: label, such as d85.
        nominal_day: planned day, None where it shifts.
        first_day: first day of its window, None when samples are placed by label only.
        last_day: last day of its window.
        phase: diagnosis, induction or consolidation.
    """

    name: str
    nominal_day: int | None = None
    first_day: int | None = None
    last_day: int | None = None
    phase: str = ""

    @property
    def is_follow_up(self) -> bool:
        """Whether a sample of this time point is taken after treatment began."""
        return self.phase != "diagnosis" and self.name != "diagnosis"


def as_timepoints(rows: Iterable[Mapping[str, Any]]) -> tuple[Timepoint, ...]:
    """Return the time points of plain mappings with the keys of `Timepoint`, order kept."""
    return tuple(
        Timepoint(
            name=str(row["name"]),
            nominal_day=row.get("nominal_day"),
            first_day=row.get("first_day"),
            last_day=row.get("last_day"),
            phase=str(row.get("phase") or ""),
        )
        for row in rows
    )


def consolidation_cycle(timepoint: Timepoint, timepoints: Iterable[Timepoint]) -> int | None:
    """Return the number of the cycle after which a consolidation sample is taken.

    The number at the end of the label (blina_c2: 2) counts; a label without one counts by its
    place among the consolidation points. None for other phases.
    """
    if timepoint.phase != "consolidation":
        return None
    number = re.search(r"(\d+)$", timepoint.name)
    if number is not None:
        return int(number.group(1))
    points = [point.name for point in timepoints if point.phase == "consolidation"]
    return points.index(timepoint.name) + 1
