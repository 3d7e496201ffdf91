"""A qPCR plate with known copies: standards, samples in replicate wells and no-template controls.

The plate is made here as numbers; the modules ``qpcr_*`` write it as each instrument exports it.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from der22.arrays import Floats

__all__ = [
    "CurveTruth",
    "PlateDesign",
    "QpcrPlate",
    "QpcrSample",
    "QpcrWell",
    "WellTask",
    "make_plate",
    "samples_per_plate",
]


#: columns and rows of the plate; well A1 is number 1, A2 number 2, B1 number 13
N_COLUMNS, N_ROWS = 12, 8

_TECHNICAL_SD_CT = 0.15
_LARGEST_DEVIATION_CT = 0.6  # two wells of one balanced sample differ by 1.2 Ct at most
_FEW_COPIES = 10.0


class WellTask(StrEnum):
    """What a well holds."""

    STANDARD = "standard"
    UNKNOWN = "unknown"
    NTC = "ntc"


@dataclass(frozen=True, slots=True)
class CurveTruth:
    """The line on which a target amplifies: Ct = intercept + slope x log10(copies)."""

    slope: float
    intercept: float

    def ct(self, copies: Floats) -> Floats:
        """Return the Ct of wells with `copies` > 0."""
        return self.intercept + self.slope * np.log10(copies)

    def copies(self, ct: Floats) -> Floats:
        """Return the copies that give `ct`; the inverse of `ct`."""
        return np.asarray(10.0 ** ((ct - self.intercept) / self.slope))


@dataclass(frozen=True, slots=True)
class QpcrSample:
    """One cDNA sample with its true copies.

    Attributes:
        name: its name on the plate.
        fusion_copies: true mean copies per fusion well; 0 = none in any well.
        control_copies: true mean copies per control well.
    """

    name: str
    fusion_copies: float
    control_copies: float


@dataclass(frozen=True, slots=True)
class QpcrWell:
    """One well and one target.

    Attributes:
        number: place on the plate, 1-based, row by row.
        sample: name of the sample, of the standard or of the control.
        target: target measured.
        task: standard, unknown or ntc.
        quantity: copies of a standard as the laboratory enters them; None otherwise.
        copies: copies that the written Ct stands for on the true curve; 0 = none.
        ct: threshold cycle as rounded in the export; None = not detected.
    """

    number: int
    sample: str
    target: str
    task: WellTask
    quantity: float | None
    copies: float
    ct: float | None

    @property
    def name(self) -> str:
        """Row letter and column number, such as ``B7``."""
        row, column = divmod(self.number - 1, N_COLUMNS)
        return f"{chr(ord('A') + row)}{column + 1}"


@dataclass(frozen=True, slots=True)
class PlateDesign:
    """How a laboratory fills its plates.

    Attributes:
        fusion_levels: copies of the plasmid standards of the fusion.
        control_levels: copies of the plasmid standards of the control gene.
        standard_replicates: wells per level.
        ntc_wells: no-template wells per target.
        fusion_replicates: fusion wells per sample.
        control_replicates: control wells per sample.
        cycles: cycles of the run.
        ct_decimals: decimals of a Ct in the export.
        balanced: True = the mean of the wells of a sample is its true copies and the standards
            lie on the true line on average; False = free noise, as a real plate has it.
    """

    fusion_levels: tuple[float, ...] = (1e6, 1e5, 1e4, 1e3, 1e2, 1e1)
    control_levels: tuple[float, ...] = (1e6, 1e5, 1e4, 1e3)
    standard_replicates: int = 2
    ntc_wells: int = 2
    fusion_replicates: int = 3
    control_replicates: int = 2
    cycles: int = 50
    ct_decimals: int = 3
    balanced: bool = True


@dataclass(frozen=True, slots=True)
class QpcrPlate:
    """One run with its truth.

    Attributes:
        plate_id: name of the run.
        fusion_target: name of the fusion assay in the export.
        control_target: name of the control assay in the export.
        cycles: cycles of the run.
        fusion_curve: true line of the fusion assay.
        control_curve: true line of the control assay.
        wells: in plate order.
    """

    plate_id: str
    fusion_target: str
    control_target: str
    cycles: int
    fusion_curve: CurveTruth
    control_curve: CurveTruth
    wells: tuple[QpcrWell, ...] = field(repr=False)

    def curve_of(self, target: str) -> CurveTruth:
        """Return the true line of one target."""
        return self.fusion_curve if target == self.fusion_target else self.control_curve

    def wells_of(self, target: str) -> tuple[QpcrWell, ...]:
        """Return the wells of one target, in plate order."""
        return tuple(well for well in self.wells if well.target == target)


def samples_per_plate(design: PlateDesign) -> int:
    """Return how many samples fit on one plate beside standards and no-template controls."""
    n_levels = len(design.fusion_levels) + len(design.control_levels)
    taken = n_levels * design.standard_replicates + 2 * design.ntc_wells
    return (N_COLUMNS * N_ROWS - taken) // (design.fusion_replicates + design.control_replicates)


def make_plate(
    plate_id: str,
    samples: Sequence[QpcrSample],
    *,
    fusion_target: str,
    control_target: str,
    seed: int,
    design: PlateDesign | None = None,
) -> QpcrPlate:
    """Fill one plate from known copies.

    METHOD: few copies fall into wells by chance (Poisson); on top comes a technical scatter of
    0.15 Ct. A slope near -3.4 and one copy near cycle 39.6 are usual for hydrolysis probes.

    Args:
        plate_id: name of the run; with `seed` it fixes every random number.
        samples: at most `samples_per_plate`.
        fusion_target: name of the fusion assay.
        control_target: name of the control assay.
        seed: any whole number >= 0.
        design: how the plate is filled; None = the default design.

    Raises:
        ValueError: the samples do not fit on one plate.
    """
    design = design or PlateDesign()
    if len(samples) > samples_per_plate(design):
        raise ValueError(f"{plate_id}: {len(samples)} samples, {samples_per_plate(design)} fit")
    rng = np.random.default_rng([seed, zlib.crc32(plate_id.encode())])
    fusion_curve, control_curve = _draw_curve(rng), _draw_curve(rng)
    fusion = _Assay(fusion_target, fusion_curve, design, rng)
    control = _Assay(control_target, control_curve, design, rng)
    wells = fusion.standards(design.fusion_levels, "plasmid")
    wells += control.standards(design.control_levels, "plasmid control")
    for sample in samples:
        wells += fusion.replicates(sample.name, sample.fusion_copies, design.fusion_replicates)
        wells += control.replicates(sample.name, sample.control_copies, design.control_replicates)
    wells += fusion.no_template() + control.no_template()
    numbered = tuple(
        QpcrWell(number, sample, target, task, quantity, copies, ct)
        for number, (sample, target, task, quantity, copies, ct) in enumerate(wells, 1)
    )
    return QpcrPlate(
        plate_id, fusion_target, control_target, design.cycles, fusion_curve, control_curve,
        numbered,
    )  # fmt: skip


#: a well before it has a place: sample, target, task, quantity, copies, ct
_Content = tuple[str, str, WellTask, float | None, float, float | None]


def _draw_curve(rng: np.random.Generator) -> CurveTruth:
    slope = float(np.clip(rng.normal(-3.40, 0.05), -3.55, -3.25))
    intercept = float(np.clip(rng.normal(39.6, 0.3), 39.0, 40.2))
    return CurveTruth(round(slope, 4), round(intercept, 3))


@dataclass(frozen=True, slots=True)
class _Assay:
    """One target on one plate: what fills its wells."""

    target: str
    curve: CurveTruth
    design: PlateDesign
    rng: np.random.Generator

    def standards(self, levels: Sequence[float], name: str) -> list[_Content]:
        """Return the standard wells; balanced scatter leaves the fitted line alone."""
        quantity = np.repeat(np.asarray(levels, dtype=float), self.design.standard_replicates)
        sd = np.hypot(_TECHNICAL_SD_CT, -self.curve.slope / math.log(10.0) / np.sqrt(quantity))
        noise = np.clip(self.rng.normal(0.0, sd), -0.8, 0.8)
        if self.design.balanced:
            logs = np.log10(quantity)
            logs = logs - logs.mean()
            noise = noise - noise.mean()
            noise = noise - logs * (noise @ logs) / (logs @ logs)
        ct = np.round(self.curve.ct(quantity) + noise, self.design.ct_decimals)
        return [
            (f"{name} {amount:.0f}", self.target, WellTask.STANDARD, float(amount),
             float(self.curve.copies(np.asarray(cycle))), self._seen(cycle))
            for amount, cycle in zip(quantity, ct, strict=True)
        ]  # fmt: skip

    def replicates(self, name: str, mean_copies: float, n_wells: int) -> list[_Content]:
        """Return the wells of one sample; 0 copies = nothing in the well.

        In a balanced sample the mean of the wells is exactly `mean_copies`. Its wells stay within
        1.2 Ct of each other where there are ten or more copies; below that the molecules are dealt
        out one by one, so that some wells may stay empty.
        """
        slope, decimals = self.curve.slope, self.design.ct_decimals
        ct = np.full(n_wells, np.nan)
        if not self.design.balanced:
            copies = self.rng.poisson(mean_copies, n_wells).astype(float)
            scatter = self.rng.normal(0.0, _TECHNICAL_SD_CT, n_wells)
            has_any = copies > 0
            ct[has_any] = np.round(self.curve.ct(copies[has_any]) + scatter[has_any], decimals)
        elif mean_copies > 0:
            scatter = self.rng.normal(0.0, _TECHNICAL_SD_CT, n_wells)
            if mean_copies < _FEW_COPIES:
                molecules = max(1, round(mean_copies * n_wells))
                dealt = self.rng.multinomial(molecules, np.full(n_wells, 1 / n_wells))
                weights = dealt.astype(float)
            else:
                poisson = np.maximum(self.rng.poisson(mean_copies, n_wells), 1.0)
                scatter = scatter + slope * np.log10(poisson / mean_copies)
                scatter = np.clip(scatter, -_LARGEST_DEVIATION_CT, _LARGEST_DEVIATION_CT)
                weights = np.ones(n_wells)
            weights = weights * 10.0 ** (scatter / slope)
            copies = mean_copies * n_wells * weights / weights.sum()
            # the scarcest detected well makes up for the rounding of the others
            detected = np.flatnonzero(copies > 0)
            ct[detected] = np.round(self.curve.ct(copies[detected]), decimals)
            last = detected[np.argmin(copies[detected])]
            others = detected[detected != last]
            left = copies.sum() - self.curve.copies(ct[others]).sum()
            ct[last] = np.round(self.curve.ct(np.asarray(left)), decimals)
        return [
            (name, self.target, WellTask.UNKNOWN, None,
             0.0 if self._seen(cycle) is None else float(self.curve.copies(cycle)),
             self._seen(cycle))
            for cycle in ct
        ]  # fmt: skip

    def no_template(self) -> list[_Content]:
        return [("NTC", self.target, WellTask.NTC, None, 0.0, None)] * self.design.ntc_wells

    def _seen(self, ct: float) -> float | None:
        return None if math.isnan(ct) or ct >= self.design.cycles else float(ct)
