"""The cohort table and the general statistics."""

from __future__ import annotations

from collections import Counter
from typing import Any

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import bargraph, table

from der22.report.html import escape
from der22.report.multiqc_sections.chips import CHIP_COLOURS, chip_column, number_column
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.results import Row, as_float
from der22.report.words import NOT_A_TREATMENT_RULE, RISK_RULE, count_text, say

__all__ = ["add_cohort", "add_general_statistics"]

_RISKS = {"high": "alarm", "intermediate": "unsure", "standard": "calm", "undetermined": "grey"}


def add_general_statistics(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add one row of quality per patient to MultiQC's own first table."""
    scatter: dict[str, float] = {}
    for row in folder.sample_qc:
        if row["patient_id"] and row["reference_probe_sd"]:
            scatter[row["patient_id"]] = as_float(row["reference_probe_sd"])
    taken, good = Counter[str](), Counter[str]()
    for row in folder.series:
        if row["day"] and row["category"] != "missing":
            taken[row["patient_id"]] += 1
            good[row["patient_id"]] += row["category"] != "not_evaluable"
    data: dict[str, dict[str, Any]] = {}
    for row in folder.exceptions():
        name = row["patient_id"]
        data[name] = {
            "risk": say(row["genomic_risk"]),
            "mlpa": say(row["mlpa_status"]),
            "abl1": say(row["abl1_status"]),
            "level": folder.levels_by_patient[name] or "none",
        }
        if name in scatter:
            data[name]["scatter"] = scatter[name]
        if taken[name]:
            data[name]["evaluable"] = 100.0 * good[name] / taken[name]
    headers = {
        "risk": chip_column("Risk", f"Genomic risk. {NOT_A_TREATMENT_RULE}"),
        "mlpa": chip_column("MLPA", "Status of the diagnostic MLPA sample"),
        "scatter": number_column(
            "Probe SD",
            "Scatter of the reference probes of the MLPA sample, dosage quotient",
            3,
            "Blues",
        ),
        "abl1": chip_column("ABL1", "ABL1 status over all samples"),
        "evaluable": number_column(
            "MRD evaluable",
            "Share of the MRD time points with a sample that could be judged",
            0,
            "Blues",
            suffix=" %",
            min=0,
            max=100,
        ),
        "level": chip_column(
            "Worst flag", "Heaviest flag of the patient: error, warning, note, none"
        ),
    }
    module.general_stats_addcols(data, headers)


def add_cohort(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the risk counts and the cohort table."""
    counts = Counter(row["genomic_risk"] for row in folder.risks)
    definition = folder.context.get("definition", "")
    words = NOT_A_TREATMENT_RULE
    if definition:
        words += f" IKZF1plus by definition {escape(definition)}."
    module.add_section(
        name="Genomic risk",
        anchor="der22-risk",
        description=words,
        helptext=f"{RISK_RULE}.",
        plot=bargraph.plot(
            {"cohort": {risk: counts[risk] for risk in _RISKS}},
            {risk: {"name": risk, "color": CHIP_COLOURS[mood]} for risk, mood in _RISKS.items()},
            {"id": "der22_risk_plot", "title": "der22: genomic risk", "ylab": "patients"},
        ),
    )
    shown = folder.exceptions()
    if not shown:
        return
    left = len(folder.risks) - len(shown)
    module.add_section(
        name="Cohort",
        anchor="der22-cohort",
        description=(
            f"{count_text(len(shown), 'patient')} with an error or a warning; {left} others: index "
            "page."
            if left
            else "One row per patient. Missing is not zero, and not done is not negative."
        ),
        plot=table.plot(
            {row["patient_id"]: _cells(row) for row in shown},
            _headers(shown[0]),
            {
                "id": "der22_cohort_table",
                "title": "der22: cohort",
                "namespace": "der22",
                "col1_header": "Patient",
                "sort_rows": False,
                "no_violin": True,
            },
        ),
    )


def _timepoints(row: Row) -> list[str]:
    return [
        column.removeprefix("mrd_")
        for column in row
        if column.startswith("mrd_") and column != "mrd_increase_day"
    ]


def _cells(row: Row) -> dict[str, Any]:
    cells: dict[str, Any] = {
        "genomic_risk": say(row["genomic_risk"]),
        "ikzf1_class": say(row["ikzf1_class"]),
        "ikzf1_pattern": row["ikzf1_pattern"],
        "abl1_status": say(row["abl1_status"]),
        "abl1_mutations": row["abl1_mutations"].replace(";", " "),
        "fusion": row["fusion"],
    }
    for point in _timepoints(row):
        word = row[f"mrd_{point}"]
        cells[f"mrd_{point}"] = word if word in {"POS", "PNQ", "CMR"} else say(word)
    return {key: str(escape(value)) for key, value in cells.items() if value != ""}


def _headers(row: Row) -> dict[str, dict[str, Any]]:
    plain: dict[str, Any] = {"scale": False}
    headers = {
        "genomic_risk": chip_column("Risk", "Genomic risk"),
        "ikzf1_class": chip_column("IKZF1", "IKZF1 class"),
        "ikzf1_pattern": {"title": "Exons", "description": "IKZF1 exons lost", **plain},
        "abl1_status": chip_column("ABL1", "ABL1 status over all samples"),
        "abl1_mutations": {"title": "Mutations", "description": "Detected mutations", **plain},
        "fusion": {"title": "Fusion", "description": "BCR::ABL1 transcript", **plain},
    }
    for point in _timepoints(row):
        title = str(escape(point.replace("_", " ")))
        headers[f"mrd_{point}"] = chip_column(f"MRD {title}", f"MRD category at {title}")
    return headers
