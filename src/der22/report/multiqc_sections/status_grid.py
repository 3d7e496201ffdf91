"""Patient by analysis: what was done, what succeeded."""

from __future__ import annotations

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import bargraph, heatmap

from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.multiqc_sections.grades import ABL1_GRADES, GRADE_COLOURS, MLPA_GRADES, Grade
from der22.report.words import count_text
from der22.results.cohort import RiskRow
from der22.words import Category

__all__ = ["add_status_grid", "analysis_grades"]

_ANALYSES = ("MLPA", "ABL1", "MRD")
_MOST_PATIENTS = 120


def add_status_grid(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the counts of every analysis and the grid of patients."""
    grades = {row.patient_id: analysis_grades(row) for row in folder.risks}
    total = len(folder.risks)
    module.add_section(
        name="Analyses",
        anchor="der22-analyses",
        description=f"What became of each analysis in {count_text(total, 'patient')}.",
        helptext=(
            "pass: a result without reservation. warning: a result to be read with care. fail: "
            "done, but nothing can be said. not done: no sample, or of MRD blood alone; it is "
            "never counted as negative."
        ),
        plot=bargraph.plot(
            {
                analysis: {
                    grade.value: sum(own[place] is grade for own in grades.values())
                    for grade in Grade
                }
                for place, analysis in enumerate(_ANALYSES)
            },
            {
                grade.value: {"name": grade.value, "color": GRADE_COLOURS[grade]}
                for grade in reversed(Grade)
            },
            {
                "id": "der22_analyses_plot",
                "title": "der22: analyses",
                "ylab": "patients",
                "cpswitch": True,
            },
        ),
    )
    doubted = {
        name for name, own in grades.items() if not {Grade.FAIL, Grade.WARNING}.isdisjoint(own)
    }
    shown = folder.shown_patients(doubted, _MOST_PATIENTS)
    if not shown:
        return
    which = "One row per patient, in the order of the patients sheet."
    if len(shown) < total:
        which = (
            f"{len(shown)} of {total} patients: those with a warning or a failure, "
            f"at most {_MOST_PATIENTS}."
        )
    heights = {grade: height for height, grade in enumerate(Grade)}
    # flat colours; a scale that blends would show words that do not exist
    steps = [
        [(height + end) / len(Grade), GRADE_COLOURS[grade]]
        for grade, height in heights.items()
        for end in (0, 1)
    ]
    module.add_section(
        name="Status grid",
        anchor="der22-status-grid",
        description=f"{which} Blue pass, yellow warning, orange-red fail, grey not done.",
        plot=heatmap.plot(
            [[heights[grade] for grade in grades[name]] for name in shown],
            list(_ANALYSES),
            shown,
            {
                "id": "der22_status_grid_plot",
                "title": "der22: status of each analysis",
                "xlab": "analysis",
                "ylab": "patient",
                "zlab": ", ".join(f"{height} {grade}" for grade, height in heights.items()),
                "xcats_samples": False,
                "cluster_rows": False,
                "cluster_cols": False,
                "square": False,
                "display_values": False,
                "angled_xticks": False,
                "min": 0,
                "max": 3,
                "tt_decimals": 0,
                "colstops": steps,
                "height": max(300, 130 + 14 * len(shown)),
            },
        ),
    )


def analysis_grades(row: RiskRow) -> tuple[Grade, Grade, Grade]:
    """Return how well MLPA, ABL1 and MRD of one patient went."""
    taken = set(row.categories.values()) - {Category.MISSING, Category.NOT_DONE}
    mrd = Grade.PASS
    if not taken:
        mrd = Grade.NOT_DONE
    elif taken == {Category.NOT_EVALUABLE}:
        mrd = Grade.FAIL
    elif not taken.isdisjoint((Category.NOT_EVALUABLE, Category.POS_UNQUANTIFIED)):
        mrd = Grade.WARNING
    return MLPA_GRADES[row.mlpa_status], ABL1_GRADES[row.abl1_status], mrd
