"""Patient pages, the index page and the MultiQC report of a results folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from der22.formats.records import Patient
from der22.formats.tables import write_text
from der22.report.html import is_our_page
from der22.report.index_page import IndexTables, index_rows, render_index
from der22.report.multiqc_run import CONTEXT_NAME, REPORT_NAME, run_multiqc
from der22.report.patient_page import PageContext, render_patient
from der22.results.mlpa import Ikzf1Row
from der22.results.patients import read_codes, read_last_levels, read_patients, read_risks
from der22.results.provenance import CohortLabels, read_provenance
from der22.results.sanger import Abl1Row
from der22.results.schema import read_table
from der22.runs.manifest import UnitReport

__all__ = ["write_index", "write_multiqc", "write_pages"]

#: what the index page offers beside the patients; some of it is written after it
_LINKS: Mapping[str, str] = {
    "MultiQC report": "multiqc/multiqc_report.html",
    "cohort table": "cohort/genomic_risk.tsv",
    "cohort table (xlsx)": "cohort/genomic_risk.xlsx",
    "problems": "problems.tsv",
    "provenance": "provenance.json",
}


def write_pages(
    patients: Sequence[Patient],
    cohort: CohortLabels,
    outdir: Path | str,
    probemix_status: str | None = None,
    *,
    probe_order: Mapping[str, int] | None = None,
    unit: str = "pages",
) -> UnitReport:
    """Write the pages of some patients below ``patients/``.

    Args:
        patients: whose pages; one batch of the cohort.
        cohort: what every page says of it.
        outdir: results folder; its joint tables must be written.
        probemix_status: verified or synthetic, None without MLPA.
        probe_order: probe_id -> place along the chromosomes, from the probemix sheets.
        unit: name of the batch.
    """
    outdir = Path(outdir)
    context = PageContext(cohort, probemix_status, probe_order or {}, read_provenance(outdir))
    results = read_patients(outdir, [patient.patient_id for patient in patients])
    files = []
    for patient in patients:
        name = f"patients/{patient.patient_id}.html"
        write_text(outdir / name, render_patient(patient, results[patient.patient_id], context))
        files.append(name)
    return UnitReport("report", unit, tuple(sorted(files)), (), f"{len(files)} patient pages")


def write_index(
    patients: Sequence[Patient],
    cohort: CohortLabels,
    outdir: Path | str,
    probemix_status: str | None = None,
) -> UnitReport:
    """Write ``index.html``, which finds a patient; arguments as `write_pages`.

    Pages of patients who left the sheet are removed: nobody should find them.
    """
    outdir = Path(outdir)
    known = {patient.patient_id for patient in patients}
    for page in (outdir / "patients").glob("*.html"):
        if page.stem not in known and is_our_page(page.read_text(encoding="utf-8")):
            page.unlink()
    tested: dict[str, list[Abl1Row]] = {}
    for row in read_table(outdir, Abl1Row, optional=True):
        tested.setdefault(str(row.patient_id), []).append(row)
    tables = IndexTables(
        risks=read_risks(outdir),
        last_levels=read_last_levels(outdir),
        problems=read_codes(outdir),
        classes={row.patient_id: row for row in read_table(outdir, Ikzf1Row, optional=True)},
        tested=tested,
    )
    rows = index_rows(patients, tables, cohort.at_diagnosis)
    write_text(outdir / "index.html", render_index(rows, cohort, probemix_status, _LINKS))
    return UnitReport("report", "index", ("index.html",), (), f"index of {len(rows)} patients")


def write_multiqc(
    outdir: Path | str,
    cohort: CohortLabels,
    probemix_status: str | None = None,
    *,
    probe_order: Mapping[str, int] | None = None,
) -> UnitReport:
    """Run MultiQC over a results folder, writing ``multiqc/multiqc_report.html``.

    MultiQC runs as a program of its own, away from any configuration of the user, so that the
    same results give the same report on every machine. It is strict: a fault of a section is an
    error here, never a section that is silently missing.

    Args:
        outdir: results folder.
        cohort: what the report says of it.
        probemix_status: verified or synthetic, None without MLPA.
        probe_order: probe_id -> place along the chromosomes, from the probemix sheets.

    Raises:
        RuntimeError: MultiQC ended with an error; its last lines are in the message.
    """
    folder = Path(outdir) / "multiqc"
    context = {
        "cohort_name": cohort.name,
        "definition": cohort.ikzf1plus_definition,
        "probemix_status": probemix_status,
        "probe_order": dict(probe_order or {}),
    }
    text = json.dumps(context, indent=1, sort_keys=True, ensure_ascii=False)
    write_text(folder / CONTEXT_NAME, text + "\n")
    run_multiqc(Path(outdir) / "cohort/genomic_risk.tsv", folder, cohort.name)
    files = (f"multiqc/{CONTEXT_NAME}", f"multiqc/{REPORT_NAME}")
    return UnitReport("report", "multiqc", files, (), "one report")
