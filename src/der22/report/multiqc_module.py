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
from der22.report.multiqc_sections.folder import read_cohort_folder

__all__ = ["SEARCH_KEY", "Der22Module", "add_search_patterns"]

SEARCH_KEY = "der22/cohort"
_LOG = logging.getLogger("multiqc")


def add_search_patterns() -> None:
    """Tell MultiQC by which file a results folder is known; its ``config_loaded`` hook."""
    pattern = {"fn": "genomic_risk.tsv", "contents": "patient_id\t", "num_lines": 1}
    config.update_dict(config.sp, {SEARCH_KEY: pattern})


class Der22Module(BaseMultiqcModule):  # type: ignore[misc]  # multiqc is not typed for us
    """The module of one results folder."""

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
        folder = read_cohort_folder(found[0].parent)
        if not folder.risks:
            raise ModuleNoSamplesFound
        # MultiQC loads this module for its hooks while it is itself half loaded; the plots that
        # the sections need are there only now
        from der22.report.multiqc_sections.contents import add_sections, head_of_report

        # above MultiQC's own first table; the header is rendered after the modules have run
        config.report_comment = head_of_report(folder)
        self.add_software_version(der22.__version__)
        add_sections(self, folder)
