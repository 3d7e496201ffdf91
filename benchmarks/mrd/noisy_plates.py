"""Plates of known copies with the noise of a real run."""

from __future__ import annotations

import dataclasses
import importlib.util
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

__all__ = [
    "ABL1_SUMS",
    "COPIES",
    "CT_SD",
    "Case",
    "fit_first_replicates",
    "make_cases",
    "make_plate",
    "writers",
]

#: true copies of the fusion in each well
COPIES = (0.0, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0)
#: true control copies, sum of two wells
ABL1_SUMS = (500.0, 2000.0, 8000.0, 30_000.0, 50_000.0, 200_000.0)
#: standard deviation of Ct that is not counting noise; Poisson adds 0.047 at 1000 copies
CT_SD = 0.143
_SLOPE, _INTERCEPT = -3.4, 39.5
_FUSION_LEVELS = (10.0, 100.0, 1000.0, 10_000.0, 100_000.0, 1_000_000.0)
_CONTROL_LEVELS = (1000.0, 10_000.0, 100_000.0)
_WELLS_PER_SAMPLE, _MAX_WELLS = 5, 384


@dataclasses.dataclass(frozen=True)
class Case:
    """One sample of known content.

    Attributes:
        name: sample_id.
        copies: true fusion copies in each of three wells.
        abl1_sum: true control copies in two wells together.
    """

    name: str
    copies: float
    abl1_sum: float

    @property
    def category(self) -> str:
        """The category that the true copies deserve."""
        has_material = self.abl1_sum / 2 >= 10_000
        if self.copies == 0:
            return "CMR" if has_material else "not_evaluable"
        if self.copies >= 10 and self.abl1_sum >= 1000:
            return "POS"
        return "PNQ" if self.copies < 10 and has_material else "POS_UNQUANTIFIED"

    @property
    def ratio_percent(self) -> float:
        """True ratio."""
        return 100 * self.copies / (self.abl1_sum / 2)


def writers() -> ModuleType:
    """The writers of every kind of export that the tests use."""
    name = "qpcr_plate_writers"
    if name not in sys.modules:
        path = Path(__file__).parents[2] / "tests" / "formats" / "qpcr" / "plate_writers.py"
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def make_cases(repeats: int) -> list[list[Case]]:
    """Every combination of copies and control, `repeats` times, cut into plates."""
    cases = [
        Case(f"S{copies:g}_{total:g}_{number}", copies, total)
        for number in range(repeats)
        for copies in COPIES
        for total in ABL1_SUMS
    ]
    n_standards = 3 * len(_FUSION_LEVELS) + 3 * len(_CONTROL_LEVELS) + 4
    each = (_MAX_WELLS - n_standards) // _WELLS_PER_SAMPLE
    return [cases[start : start + each] for start in range(0, len(cases), each)]


def make_plate(cases: Sequence[Case], rng: np.random.Generator) -> list[Any]:
    """Wells of one plate: molecules are counted by Poisson, Ct has the noise of a run."""
    truth_well = writers().TruthWell
    fusion, control = writers().FUSION, writers().CONTROL
    wells: list[Any] = []

    def add(sample: str, target: str, task: str, copies: float, given: float | None) -> None:
        row, column = divmod(len(wells), 24)
        molecules = int(rng.poisson(copies))
        ct = None
        if molecules:
            exact = _INTERCEPT + _SLOPE * math.log10(molecules)
            ct = round(exact + float(rng.normal(0, CT_SD)), 3)
        wells.append(truth_well(f"{chr(65 + row)}{column + 1}", sample, target, task, ct, given))

    for target, levels in ((fusion, _FUSION_LEVELS), (control, _CONTROL_LEVELS)):
        for number, level in enumerate(levels, 1):
            for _ in range(3):
                add(f"Standard {number}", target, "standard", level, level)
        for _ in range(2):
            add("NTC", target, "ntc", 0.0, None)
    for case in cases:
        for _ in range(3):
            add(case.name, fusion, "unknown", case.copies, None)
        for _ in range(2):
            add(case.name, control, "unknown", case.abl1_sum / 2, None)
    return wells


def fit_first_replicates(wells: Iterable[Any], target: str) -> tuple[float, float]:
    """Slope and intercept of an instrument that used the first standard of each level only."""
    seen: dict[float, float] = {}
    for well in wells:
        if well.task == "standard" and well.target == target and well.ct is not None:
            seen.setdefault(well.quantity, well.ct)
    slope, intercept = np.polyfit(np.log10(list(seen)), list(seen.values()), 1)
    return round(float(slope), 3), round(float(intercept), 3)
