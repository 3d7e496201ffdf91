"""Quality of each MLPA run: what was called, how far the reference probes scatter."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import Any

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import bargraph, table

from der22.report.multiqc_sections.chips import chip_column, number_column
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.results import Row, as_float

__all__ = ["add_mlpa_runs"]

_STATUSES = {
    "called": "#56a0cc",
    "called_with_warnings": "#e6b84d",
    "not_called": "#c24e00",
}
_MOST_RUNS = 300


def add_mlpa_runs(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the bars and the table of runs; nothing without MLPA."""
    runs: dict[str, list[Row]] = {}
    for row in folder.sample_qc:
        runs.setdefault(row["run_id"], []).append(row)
    if not runs:
        return
    statuses: dict[str, list[str]] = {"pass": [], "warn": [], "fail": []}
    for run_id, rows in runs.items():
        statuses[_run_level(rows)].append(run_id)
    shown = _shown(runs, statuses)
    module.add_section(
        name="MLPA runs",
        anchor="der22-mlpa-runs",
        description=_description(len(shown), len(runs)),
        helptext=(
            "The run is the unit of normalisation: its reference samples define 1.0 for every "
            "probe. Probe SD is the scatter of the reference probes' dosage quotients in a sample, "
            "median over the samples of the run; slope is the fall of the signal with length left "
            "after the samples were compared, natural logarithm per 100 nt, largest of the run."
        ),
        statuses=statuses,
        plot=bargraph.plot(
            {
                run_id: dict(Counter(row["status"] for row in rows))
                for run_id, rows in shown.items()
            },
            {
                status: {"name": status.replace("_", " "), "color": colour}
                for status, colour in _STATUSES.items()
            },
            {"id": "der22_mlpa_runs_plot", "title": "der22: MLPA runs", "ylab": "samples"},
        ),
    )
    module.add_section(
        name="MLPA run quality",
        anchor="der22-mlpa-run-quality",
        plot=table.plot(
            {run_id: _run_cells(rows) for run_id, rows in shown.items()},
            _headers(),
            {
                "id": "der22_mlpa_run_table",
                "title": "der22: MLPA run quality",
                "namespace": "der22",
                "col1_header": "Run",
                "no_violin": True,
            },
        ),
    )


def _run_level(rows: list[Row]) -> str:
    own = [row["status"] for row in rows if row["role"] == "patient"]
    if own and all(status == "not_called" for status in own):
        return "fail"
    return "pass" if all(row["status"] == "called" for row in rows) else "warn"


def _shown(runs: dict[str, list[Row]], statuses: dict[str, list[str]]) -> dict[str, list[Row]]:
    """Return all runs, or of very many those that failed or were warned."""
    if len(runs) <= _MOST_RUNS:
        return runs
    names = [*statuses["fail"], *statuses["warn"]][:_MOST_RUNS]
    return {name: runs[name] for name in names} or dict(list(runs.items())[:1])


def _description(shown: int, total: int) -> str:
    if shown == total:
        return f"{total} runs; samples of each by status, references and controls included."
    return f"{shown} of {total} runs: those that failed or were warned."


def _run_cells(rows: list[Row]) -> dict[str, Any]:
    own = [row for row in rows if row["role"] == "patient"]
    cells: dict[str, Any] = {
        "patients": len(own),
        "references": sum(row["role"] == "reference" for row in rows),
        "evaluable": 100.0 * sum(row["status"] != "not_called" for row in own) / len(own)
        if own
        else None,
        "scatter": _middle([row["reference_probe_sd"] for row in rows]),
        "slope": max(
            (abs(as_float(row["slope_per_100_nt"])) for row in rows if row["slope_per_100_nt"]),
            default=None,
        ),
        "score": _middle([row["size_standard_score"] for row in rows]),
        "status": {"pass": "pass", "warn": "warning", "fail": "fail"}[_run_level(rows)],
    }
    return {key: value for key, value in cells.items() if value is not None}


def _middle(cells: list[str]) -> float | None:
    values = [as_float(cell) for cell in cells if cell]
    return median(values) if values else None


def _headers() -> dict[str, dict[str, Any]]:
    return {
        "status": chip_column(
            "Status", "fail: no patient sample called; warning: any sample doubted"
        ),
        "patients": number_column("Patients", "Patient samples", 0),
        "references": number_column("References", "Reference samples", 0),
        "evaluable": number_column(
            "Evaluable", "Share of patient samples that were called", 0, suffix=" %", min=0, max=100
        ),
        "scatter": number_column("Probe SD", "Median scatter of the reference probes", 3),
        "slope": number_column("Slope", "Largest slope left, per 100 nt", 2),
        "score": number_column("Standard", "Median score of the size standard", 2),
    }
