"""The cohort table and the general statistics."""

from __future__ import annotations

from collections import Counter
from typing import Any

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import bargraph, table

from der22.report.html import escape
from der22.report.multiqc_sections.chips import (
    ALARM,
    CALM,
    NO_RESULT,
    UNSURE,
    chip_header,
    number_header,
)
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.words import NOT_A_TREATMENT_RULE, RISK_RULE, count_text, say
from der22.words import Category, RiskLabel

__all__ = ["add_cohort", "add_general_statistics"]

_BARS = {
    RiskLabel.HIGH: ALARM,
    RiskLabel.INTERMEDIATE: UNSURE,
    RiskLabel.STANDARD: CALM,
    RiskLabel.UNDETERMINED: NO_RESULT,
}


def add_general_statistics(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add one row of quality per patient to MultiQC's own first table."""
    scatter = {
        row.patient_id: row.reference_probe_sd
        for row in folder.sample_qc
        if row.reference_probe_sd is not None
    }
    taken, good = Counter[str](), Counter[str]()
    for row in folder.series:
        if row.day is not None and row.category is not Category.MISSING:
            taken[row.patient_id] += 1
            good[row.patient_id] += row.is_assessable
    data: dict[str, dict[str, Any]] = {}
    for risk in folder.exceptions():
        name = risk.patient_id
        data[name] = {
            "risk": say(risk.genomic_risk),
            "mlpa": say(risk.mlpa_status),
            "abl1": say(risk.abl1_status),
            "level": folder.levels_by_patient[name] or "none",
        }
        if name in scatter:
            data[name]["scatter"] = scatter[name]
        if taken[name]:
            data[name]["evaluable"] = 100.0 * good[name] / taken[name]
    headers = {
        "risk": chip_header("Risk", f"Genomic risk. {NOT_A_TREATMENT_RULE}"),
        "mlpa": chip_header("MLPA", "Status of the diagnostic MLPA sample"),
        "scatter": number_header(
            "Probe SD",
            "Scatter of the reference probes of the MLPA sample, dosage quotient",
            3,
            "Blues",
        ),
        "abl1": chip_header("ABL1", "ABL1 status over all samples"),
        "evaluable": number_header(
            "MRD evaluable",
            "Share of the MRD time points with a sample that could be judged",
            0,
            "Blues",
            suffix=" %",
            min=0,
            max=100,
        ),
        "level": chip_header(
            "Worst flag", "Heaviest flag of the patient: error, warning, note, none"
        ),
    }
    module.general_stats_addcols(data, headers)


def add_cohort(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the risk counts and the cohort table."""
    counts = Counter(row.genomic_risk for row in folder.risks)
    words = NOT_A_TREATMENT_RULE
    if folder.context.definition:
        words += f" IKZF1plus by definition {escape(folder.context.definition)}."
    module.add_section(
        name="Genomic risk",
        anchor="der22-risk",
        description=words,
        helptext=f"{RISK_RULE}.",
        plot=bargraph.plot(
            {"cohort": {risk.value: counts[risk] for risk in _BARS}},
            {risk.value: {"name": risk.value, "color": colour} for risk, colour in _BARS.items()},
            {"id": "der22_risk_plot", "title": "der22: genomic risk", "ylab": "patients"},
        ),
    )
    shown = folder.exceptions()
    if not shown:
        return
    headers: dict[str, dict[str, Any]] = {
        "genomic_risk": chip_header("Risk", "Genomic risk"),
        "ikzf1_class": chip_header("IKZF1", "IKZF1 class"),
        "ikzf1_pattern": {"title": "Exons", "description": "IKZF1 exons lost", "scale": False},
        "abl1_status": chip_header("ABL1", "ABL1 status over all samples"),
        "abl1_mutations": {
            "title": "Mutations",
            "description": "Detected mutations",
            "scale": False,
        },
        "fusion": {"title": "Fusion", "description": "BCR::ABL1 transcript", "scale": False},
    }
    for point in shown[0].categories:
        title = str(escape(point.replace("_", " ")))
        headers[f"mrd_{point}"] = chip_header(f"MRD {title}", f"MRD category at {title}")
    cells = {
        row.patient_id: (
            say(row.genomic_risk),
            say(row.ikzf1_class),
            row.ikzf1_pattern,
            say(row.abl1_status),
            " ".join(row.abl1_mutations),
            row.fusion,
            *(word.value if word.assessable else say(word) for word in row.categories.values()),
        )
        for row in shown
    }
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
            {
                name: {
                    key: str(escape(cell)) for key, cell in zip(headers, own, strict=True) if cell
                }
                for name, own in cells.items()
            },
            headers,
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
