"""All sections in the order a reviewer asks: what failed first, what it rests on last."""

from __future__ import annotations

from multiqc.base_module import BaseMultiqcModule

from der22.report.html import Markup, join, tag
from der22.report.multiqc_sections.abl1_table import add_abl1
from der22.report.multiqc_sections.attention import (
    add_attention,
    attention_words,
    heaviest_problems,
)
from der22.report.multiqc_sections.cohort import add_cohort, add_general_statistics
from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.multiqc_sections.methods import add_methods
from der22.report.multiqc_sections.mlpa_charts import add_mlpa_charts
from der22.report.multiqc_sections.mlpa_runs import add_mlpa_runs
from der22.report.multiqc_sections.mrd_curves import add_mrd_curves
from der22.report.multiqc_sections.mrd_lines import add_mrd_lines
from der22.report.multiqc_sections.mrd_qc import add_mrd_qc
from der22.report.multiqc_sections.probe_heatmap import add_probe_heatmap
from der22.report.multiqc_sections.status_grid import add_status_grid
from der22.report.words import (
    NOT_A_TREATMENT_RULE,
    SYNTHETIC_COHORT,
    SYNTHETIC_PROBEMIX,
    is_synthetic,
)

__all__ = ["add_sections", "head_of_report"]

_SECTIONS = (
    add_attention,
    add_status_grid,
    add_cohort,
    add_mlpa_runs,
    add_mlpa_charts,
    add_probe_heatmap,
    add_abl1,
    add_mrd_lines,
    add_mrd_curves,
    add_mrd_qc,
    add_methods,
)


def add_sections(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the general statistics and every section that has something to show."""
    add_general_statistics(module, folder)
    for add in _SECTIONS:
        add(module, folder)


def head_of_report(folder: CohortFolder) -> Markup:
    """Return what stands above everything: what is invented, what needs attention, the way on."""
    said = (
        (is_synthetic(folder.context.cohort_name), SYNTHETIC_COHORT),
        (folder.context.probemix_status == "synthetic", SYNTHETIC_PROBEMIX),
        (True, NOT_A_TREATMENT_RULE),
    )
    return join(
        (
            *(tag("p", tag("strong", line)) for is_so, line in said if is_so),
            tag("p", attention_words(folder)),
            heaviest_problems(folder),
            tag(
                "p",
                tag("a", "All errors and warnings", href="#der22-attention"),
                " · ",
                tag("a", "Find a patient in the index page", href="../index.html"),
            ),
        )
    )
