"""der22 as a MultiQC module: one results folder becomes one report.

MultiQC finds this module and the search pattern by the entry points of the package. A results
folder is known by its cohort table; everything else is read from beside it.
"""

from __future__ import annotations

import logging
from pathlib import Path

from multiqc import config
from multiqc.base_module import BaseMultiqcModule, ModuleNoSamplesFound

import der22
from der22.report.html import Markup, join, tag
from der22.report.multiqc_sections.abl1_table import add_abl1
from der22.report.multiqc_sections.attention import (
    add_attention,
    attention_words,
    heaviest_problems,
)
from der22.report.multiqc_sections.cohort import add_cohort, add_general_statistics
from der22.report.multiqc_sections.folder import CohortFolder, read_folder
from der22.report.multiqc_sections.methods import add_methods
from der22.report.multiqc_sections.mlpa_runs import add_mlpa_runs
from der22.report.multiqc_sections.mrd_curves import add_mrd_curves
from der22.report.multiqc_sections.mrd_lines import add_mrd_lines
from der22.report.multiqc_sections.probe_heatmap import add_probe_heatmap
from der22.report.multiqc_sections.status_grid import add_status_grid
from der22.report.words import (
    NOT_A_TREATMENT_RULE,
    SYNTHETIC_COHORT,
    SYNTHETIC_PROBEMIX,
    is_synthetic,
)

__all__ = ["SEARCH_KEY", "Der22Module", "add_search_patterns"]

SEARCH_KEY = "der22/cohort"
_LOG = logging.getLogger("multiqc")


def add_search_patterns() -> None:
    """Tell MultiQC by which file a results folder is known; its ``config_loaded`` hook."""
    pattern = {"fn": "genomic_risk.tsv", "contents": "patient_id\t", "num_lines": 1}
    config.update_dict(config.sp, {SEARCH_KEY: pattern})


class Der22Module(BaseMultiqcModule):  # type: ignore[misc]  # multiqc is not typed for us
    """Sections in the order a reviewer asks: what failed first, what it rests on last."""

    def __init__(self) -> None:
        super().__init__(
            name="der22",
            anchor="der22",
            info=(
                "goes from the raw instrument files of MLPA, ABL1 Sanger sequencing and BCR::ABL1 "
                "qPCR to the genomic risk of Ph-positive acute lymphoblastic leukaemia."
            ),
        )
        found = sorted(Path(f["root"]) for f in self.find_log_files(SEARCH_KEY, filecontents=False))
        if not found:
            raise ModuleNoSamplesFound
        if len(found) > 1:
            _LOG.warning("der22: %d results folders found, the first one is shown", len(found))
        folder = read_folder(found[0].parent)
        if not folder.risks:
            raise ModuleNoSamplesFound
        # above MultiQC's own first table; the header is rendered after the modules have run
        config.report_comment = _comment(folder)
        self.add_software_version(der22.__version__)
        add_general_statistics(self, folder)
        for add in (
            add_attention,
            add_status_grid,
            add_cohort,
            add_mlpa_runs,
            add_probe_heatmap,
            add_abl1,
            add_mrd_lines,
            add_mrd_curves,
            add_methods,
        ):
            add(self, folder)


def _comment(folder: CohortFolder) -> Markup:
    """Return what stands above everything: what is invented, what needs attention, the way on."""
    lines = []
    if is_synthetic(str(folder.context.get("cohort_name", ""))):
        lines.append(SYNTHETIC_COHORT)
    if folder.context.get("probemix_status") == "synthetic":
        lines.append(SYNTHETIC_PROBEMIX)
    lines.append(NOT_A_TREATMENT_RULE)
    strong = [tag("p", tag("strong", line)) for line in lines]
    return join(
        (
            *strong,
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
