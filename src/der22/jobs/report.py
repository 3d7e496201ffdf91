"""Patient pages, the index page and the MultiQC report of a results folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from der22.formats.records import Patient
from der22.formats.tables import write_text
from der22.report.html import is_our_page
from der22.report.index_page import index_rows, render_index
from der22.report.multiqc_run import CONTEXT_NAME, REPORT_NAME, run_multiqc
from der22.report.patient_mrd import describe_level
from der22.report.patient_page import PageContext, render_patient
from der22.report.plots.mrd import TimeWindow
from der22.report.results import (
    Row,
    read_codes,
    read_last_levels,
    read_patients,
    read_risks,
    read_rows,
)
from der22.report.words import explain_code
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

#: analysis -> rows of `describe_settings`
SettingsRows = Mapping[str, Sequence[Mapping[str, Any]]]


def write_pages(
    patients: Sequence[Patient],
    cohort: Mapping[str, str],
    outdir: Path | str,
    probemix_status: str | None = None,
    *,
    settings: SettingsRows | None = None,
    versions: Mapping[str, str] | None = None,
    probe_order: Mapping[str, int] | None = None,
    unit: str = "pages",
) -> UnitReport:
    """Write the pages of some patients below ``patients/``.

    Args:
        patients: whose pages; one batch of the cohort.
        cohort: ``name``, ``ikzf1plus_definition`` and optionally ``genomic_risk``.
        outdir: results folder; its joint tables must be written.
        probemix_status: verified or synthetic, None without MLPA.
        settings: analysis -> rows of `describe_settings`; None = those of ``provenance.json``.
        versions: program -> version; None = those of ``provenance.json``.
        probe_order: probe_id -> place along the chromosomes, from the probemix sheets.
        unit: name of the batch.
    """
    outdir = Path(outdir)
    context = _context(outdir, cohort, probemix_status, settings, versions, probe_order)
    results = read_patients(outdir, [patient.patient_id for patient in patients])
    files = []
    for patient in patients:
        name = f"patients/{patient.patient_id}.html"
        write_text(outdir / name, render_patient(patient, results[patient.patient_id], context))
        files.append(name)
    return UnitReport("report", unit, tuple(sorted(files)), (), f"{len(files)} patient pages")


def write_index(
    patients: Sequence[Patient],
    cohort: Mapping[str, str],
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
    problems = {
        patient_id: {code: level or _usual_level(code) for code, level in codes.items()}
        for patient_id, codes in read_codes(outdir).items()
    }
    last = {name: describe_level(row) for name, row in read_last_levels(outdir).items()}
    classes = {row["patient_id"]: row for row in read_rows(outdir / "mlpa/ikzf1.tsv")}
    tested: dict[str, list[Row]] = {}
    for row in read_rows(outdir / "sanger/abl1.tsv"):
        tested.setdefault(row["patient_id"], []).append(row)
    rows = index_rows(patients, read_risks(outdir), last, problems, classes, tested)
    definition = cohort["ikzf1plus_definition"]
    text = render_index(rows, cohort["name"], definition, probemix_status, _LINKS)
    write_text(outdir / "index.html", text)
    return UnitReport("report", "index", ("index.html",), (), f"index of {len(rows)} patients")


def write_multiqc(
    outdir: Path | str,
    cohort: Mapping[str, str],
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
        cohort: ``name``, ``ikzf1plus_definition`` and optionally ``genomic_risk``.
        probemix_status: verified or synthetic, None without MLPA.
        probe_order: probe_id -> place along the chromosomes, from the probemix sheets.

    Raises:
        RuntimeError: MultiQC ended with an error; its last lines are in the message.
    """
    folder = Path(outdir) / "multiqc"
    context = {
        "cohort_name": cohort["name"],
        "definition": cohort["ikzf1plus_definition"],
        "probemix_status": probemix_status,
        "probe_order": dict(probe_order or {}),
    }
    text = json.dumps(context, indent=1, sort_keys=True, ensure_ascii=False)
    write_text(folder / CONTEXT_NAME, text + "\n")
    run_multiqc(Path(outdir) / "cohort/genomic_risk.tsv", folder, cohort["name"])
    files = (f"multiqc/{CONTEXT_NAME}", f"multiqc/{REPORT_NAME}")
    return UnitReport("report", "multiqc", files, (), "one report")


def _usual_level(code: str) -> str:
    kind = explain_code(code)
    return str(kind.level) if kind is not None else "note"


def _context(
    outdir: Path,
    cohort: Mapping[str, str],
    probemix_status: str | None,
    settings: SettingsRows | None,
    versions: Mapping[str, str] | None,
    probe_order: Mapping[str, int] | None,
) -> PageContext:
    provenance = _provenance(outdir)
    rows = provenance.get("settings", {}) if settings is None else settings
    return PageContext(
        cohort_name=cohort["name"],
        definition=cohort["ikzf1plus_definition"],
        risk_rule=cohort.get("genomic_risk", "default"),
        probemix_status=probemix_status,
        probe_order=probe_order or {},
        settings=rows,
        versions=provenance.get("versions", {}) if versions is None else versions,
        windows=_windows(rows),
    )


def _provenance(outdir: Path) -> dict[str, Any]:
    path = outdir / "provenance.json"
    if not path.is_file():
        return {}
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _windows(settings: SettingsRows) -> tuple[TimeWindow, ...]:
    """Return the planned time points that have days, from the mrd setting ``timepoints``."""
    values = [row["value"] for row in settings.get("mrd", ()) if row["key"] == "timepoints"]
    windows = []
    for item in values[0] if values else ():
        if isinstance(item, str):
            continue  # written as text; the curve is drawn without windows
        first, last = _part(item, "first_day"), _part(item, "last_day")
        if first is not None and last is not None:
            windows.append(TimeWindow(str(_part(item, "name")), float(first), float(last)))
    return tuple(windows)


def _part(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name)
