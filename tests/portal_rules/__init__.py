"""The rules of cBioPortal's study validator, in words and code of our own, without a portal.

The official validator cannot be shipped (AGPL); its rules were read and written anew for the kinds
of file that der22 exports: study, clinical patient and sample, timeline, discrete copy number,
structural variants, MAF, case lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from portal_rules.case_lists import check_case_lists
from portal_rules.clinical import check_patient_table, check_sample_table, check_timeline
from portal_rules.genomic import check_cna, check_maf, check_sv
from portal_rules.study import ERROR, WARNING, Finding, Study, Table, read_metas, read_table

__all__ = ["ERROR", "WARNING", "Finding", "check_study"]

CHECKS: Mapping[str, Callable[[Study, Table], None]] = {
    "sample": check_sample_table,
    "patient": check_patient_table,
    "timeline": check_timeline,
    "cna": check_cna,
    "sv": check_sv,
    "maf": check_maf,
}


def check_study(folder: Path | str) -> list[Finding]:
    """Return every finding, in the order of the files read."""
    study = Study(Path(folder))
    metas = read_metas(study)
    order = ("sample", "patient", "timeline", "cna", "sv", "maf")
    for kind in order:
        found = [(name, meta) for name, k, meta in metas if k == kind]
        if kind in ("sample", "patient") and len(found) > 1:
            study.add(ERROR, found[1][0], 0, f"a second file of {kind} attributes")
        for name, meta in found:
            table = read_table(study, meta["data_filename"], clinical=kind in order[:2])
            if table is not None:
                study.meta = meta | {"_file": name}
                CHECKS[kind](study, table)
    kinds = {kind for _, kind, _ in metas}
    if "sample" not in kinds:
        study.add(ERROR, "-", 0, "no sample attributes; the study cannot be loaded")
    check_case_lists(study, kinds)
    return study.findings
