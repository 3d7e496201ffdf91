"""Writes a plate as the text export of QuantStudio and ViiA 7 software.

Layout as in public exports of a QuantStudio 7 Flex: head of ``* key = value``, sections in square
brackets, tab-separated, three decimals, thousands commas, ``Undetermined``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from der22.formats.tables import write_text
from der22.simulate.qpcr import CurveTruth, QpcrPlate, QpcrWell, WellTask

__all__ = ["write_quantstudio"]

_RESULT_COLUMNS = (
    "Well", "Well Position", "Omit", "Sample Name", "Target Name", "Task", "Reporter", "Quencher",
    "CT", "Ct Mean", "Ct SD", "Quantity", "Quantity Mean", "Quantity SD",
    "Automatic Ct Threshold", "Ct Threshold", "Automatic Baseline", "Baseline Start",
    "Baseline End", "Comments", "Y-Intercept", "R(superscript 2)", "Slope", "Efficiency",
)  # fmt: skip

_TASK_WORDS = {WellTask.STANDARD: "STANDARD", WellTask.UNKNOWN: "UNKNOWN", WellTask.NTC: "NTC"}
_THRESHOLD_RN = 0.1


def write_quantstudio(path: Path | str, plate: QpcrPlate) -> None:
    """Write `plate` with its sections Sample Setup, Amplification Data and Results."""
    lines = [
        "* Block Type = 96-Well Block (0.2mL)",
        "* Chemistry = TAQMAN",
        f"* Experiment Name = {plate.plate_id} (synthetic)",
        "* Experiment Type = Standard Curve",
        "* Instrument Type = QuantStudio(TM) 7 Flex System",
        "* Passive Reference = ROX",
        "* Quantification Cycle Method = Ct",
        "",
        "[Sample Setup]",
        "Well\tWell Position\tSample Name\tTarget Name\tTask\tReporter\tQuencher\tQuantity",
    ]
    lines += [
        f"{well.number}\t{well.name}\t{_shown_name(well)}\t{well.target}\t{_TASK_WORDS[well.task]}"
        f"\t{_reporter(plate, well)}\tNFQ-MGB\t{_number(well.quantity)}"
        for well in plate.wells
    ]
    lines += ["", "[Amplification Data]", "Well\tCycle\tTarget Name\tRn\tDelta Rn"]
    cycles = np.arange(1, plate.cycles + 1)
    for well in plate.wells:
        # sigmoid curves that cross the threshold at the Ct of their well
        delta = np.zeros(cycles.size)
        if well.ct is not None:
            # plateau 4.1 over a threshold of 0.1: at the Ct the exponent is ln 40
            delta = 41 * _THRESHOLD_RN / (1 + 40 * np.exp2(well.ct - cycles))
        lines += [
            f"{well.number}\t{cycle}\t{well.target}\t{0.5 + rise:.3f}\t{rise:.3f}"
            for cycle, rise in zip(cycles.tolist(), delta.tolist(), strict=True)
        ]
    lines += ["", *_results(plate)]
    write_text(path, "\n".join(lines) + "\n")


def _results(plate: QpcrPlate) -> list[str]:
    """Return the section of results, with the line an instrument would print for its standards."""
    curves = {}
    for target in (plate.fusion_target, plate.control_target):
        points = [
            (np.log10(well.quantity), well.ct)
            for well in plate.wells_of(target)
            if well.quantity is not None and well.ct is not None
        ]
        logs, cts = np.array(points, dtype=float).T
        slope, intercept = np.polyfit(logs, cts, 1)
        r_squared = float(np.corrcoef(logs, cts)[0, 1] ** 2)
        curves[target] = CurveTruth(float(slope), float(intercept)), r_squared
    lines = ["[Results]", "\t".join(_RESULT_COLUMNS)]
    for well in plate.wells:
        curve, r_squared = curves[well.target]
        quantity = well.quantity
        if well.task is WellTask.UNKNOWN and well.ct is not None:
            quantity = float(curve.copies(np.asarray(well.ct)))
        cells = {
            "Well": str(well.number),
            "Well Position": well.name,
            "Omit": "false",
            "Sample Name": _shown_name(well),
            "Target Name": well.target,
            "Task": _TASK_WORDS[well.task],
            "Reporter": _reporter(plate, well),
            "Quencher": "NFQ-MGB",
            "CT": "Undetermined" if well.ct is None else _number(well.ct),
            "Quantity": _number(quantity),
            "Automatic Ct Threshold": "true",
            "Ct Threshold": _number(_THRESHOLD_RN),
            "Automatic Baseline": "true",
            "Y-Intercept": _number(curve.intercept),
            "R(superscript 2)": _number(r_squared),
            "Slope": _number(curve.slope),
            "Efficiency": _number(100 * (10 ** (-1 / curve.slope) - 1)),
        }
        lines.append("\t".join(cells.get(column, "") for column in _RESULT_COLUMNS))
    return lines


def _reporter(plate: QpcrPlate, well: QpcrWell) -> str:
    return "FAM" if well.target == plate.fusion_target else "VIC"


def _shown_name(well: QpcrWell) -> str:
    """Return the sample name; the software leaves it blank for standards and blanks."""
    return well.sample if well.task is WellTask.UNKNOWN else ""


def _number(value: float | None) -> str:
    """Return three decimals with thousands commas, as the software prints them."""
    return "" if value is None else f"{value:,.3f}"
