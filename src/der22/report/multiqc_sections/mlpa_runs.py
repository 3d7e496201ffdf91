"""Quality of each MLPA run: what was called, how far the reference probes scatter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import bargraph, table

from der22.report.multiqc_sections.chips import chip_header, number_header
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.multiqc_sections.grades import GRADE_COLOURS, MLPA_GRADES, Grade, progress_bar
from der22.results.mlpa import SampleQcRow
from der22.words import MlpaStatus

__all__ = ["add_mlpa_runs"]

_MOST_RUNS = 300
_HEADERS = {
    "status": chip_header("Status", "fail: no patient sample called; warning: any sample doubted"),
    "patients": number_header("Patients", "Patient samples", 0),
    "references": number_header("References", "Reference samples", 0),
    "evaluable": number_header(
        "Evaluable", "Share of patient samples that were called", 0, suffix=" %", min=0, max=100
    ),
    "scatter": number_header("Probe SD", "Median scatter of the reference probes", 3),
    "slope": number_header("Slope", "Largest slope left, per 100 nt", 2),
    "score": number_header("Standard", "Median score of the size standard", 2),
}


def add_mlpa_runs(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the bars and the table of runs; nothing without MLPA."""
    runs: dict[str, list[SampleQcRow]] = {}
    for row in folder.sample_qc:
        runs.setdefault(row.run_id, []).append(row)
    if not runs:
        return
    grades = {run_id: _grade(rows) for run_id, rows in runs.items()}
    shown = list(runs)
    description = f"{len(runs)} runs; samples of each by status, references and controls included."
    if len(runs) > _MOST_RUNS:
        doubted = [n for g in (Grade.FAIL, Grade.WARNING) for n in runs if grades[n] is g]
        shown = doubted[:_MOST_RUNS] or shown[:1]
        description = f"{len(shown)} of {len(runs)} runs: those that failed or were warned."
    module.add_section(
        name="MLPA runs",
        anchor="der22-mlpa-runs",
        description=description,
        helptext=(
            "The run is the unit of normalisation: its reference samples define 1.0 for every "
            "probe. Probe SD is the scatter of the reference probes' dosage quotients in a sample, "
            "median over the samples of the run; slope is the fall of the signal with length left "
            "after the samples were compared, natural logarithm per 100 nt, largest of the run."
        ),
        statuses=progress_bar(grades.items()),
        plot=bargraph.plot(
            {run_id: dict(Counter(row.status.value for row in runs[run_id])) for run_id in shown},
            {
                status.value: {
                    "name": status.replace("_", " "),
                    "color": GRADE_COLOURS[MLPA_GRADES[status]],
                }
                for status in MlpaStatus
                if status is not MlpaStatus.NOT_DONE
            },
            {"id": "der22_mlpa_runs_plot", "title": "der22: MLPA runs", "ylab": "samples"},
        ),
    )
    module.add_section(
        name="MLPA run quality",
        anchor="der22-mlpa-run-quality",
        plot=table.plot(
            {run_id: _cells(runs[run_id]) for run_id in shown},
            _HEADERS,
            {
                "id": "der22_mlpa_run_table",
                "title": "der22: MLPA run quality",
                "namespace": "der22",
                "col1_header": "Run",
                "no_violin": True,
            },
        ),
    )


def _grade(rows: Sequence[SampleQcRow]) -> Grade:
    own = [row.status for row in rows if row.role == "patient"]
    if own and not any(status.is_called for status in own):
        return Grade.FAIL
    called = all(row.status is MlpaStatus.CALLED for row in rows)
    return Grade.PASS if called else Grade.WARNING


def _cells(rows: Sequence[SampleQcRow]) -> dict[str, Any]:
    own = [row for row in rows if row.role == "patient"]
    scatters = [row.reference_probe_sd for row in rows if row.reference_probe_sd is not None]
    scores = [row.size_standard_score for row in rows if row.size_standard_score is not None]
    slopes = [abs(row.slope_per_100_nt) for row in rows if row.slope_per_100_nt is not None]
    cells: dict[str, Any] = {
        "patients": len(own),
        "references": sum(row.role == "reference" for row in rows),
        "evaluable": 100.0 * sum(row.status.is_called for row in own) / len(own) if own else None,
        "scatter": median(scatters) if scatters else None,
        "slope": max(slopes, default=None),
        "score": median(scores) if scores else None,
        "status": _grade(rows).value,
    }
    return {key: value for key, value in cells.items() if value is not None}
