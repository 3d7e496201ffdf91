"""Dosage quotients of all patients, probes in the order of the chromosomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import heatmap

from der22.report.html import escape
from der22.report.multiqc_sections.folder import MANY_PATIENTS, CohortFolder
from der22.report.patient_mlpa import probe_place
from der22.report.words import count_text
from der22.results.mlpa import ProbeRow
from der22.results.schema import read_table
from der22.words import Ikzf1Class, MlpaStatus

__all__ = ["add_probe_heatmap"]

_MOST_PATIENTS = 100
#: no copy, one lost, as the references, one gained: blue to orange through white at exactly 1
_COLOURS = [
    [0.0, "#a33b00"],
    [0.25, "#e08a4f"],
    [0.5, "#ffffff"],
    [0.75, "#5aa3d0"],
    [1.0, "#00466f"],
]


def add_probe_heatmap(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the heatmap; above sixty patients only those with a changed gene or a doubt."""
    known = {row.patient_id for row in folder.ikzf1 if row.run_id}
    total = sum(row.patient_id in known for row in folder.risks)
    unremarkable = (Ikzf1Class.NO_DELETION, Ikzf1Class.NOT_DONE)
    found = {
        row.patient_id
        for row in folder.risks
        if row.ikzf1_class not in unremarkable or row.mlpa_status is MlpaStatus.CALLED_WITH_WARNINGS
    }
    shown = [name for name in folder.shown_patients(found, _MOST_PATIENTS) if name in known]
    # of a patient with several samples the one of ikzf1.tsv counts
    samples = {
        (row.run_id, row.sample_id): row.patient_id
        for row in folder.ikzf1
        if row.run_id and row.patient_id in shown
    }
    quotients: dict[str, dict[str, float]] = {}
    probes: dict[str, ProbeRow] = {}
    for run_id in sorted({run_id for run_id, _ in samples}):
        wanted = ("patient_id", set(shown))
        for probe in read_table(folder.outdir, ProbeRow, wanted, optional=True, run_id=run_id):
            name = samples.get((run_id, probe.sample_id))
            if name and probe.role == "target" and probe.dosage_quotient is not None:
                probes.setdefault(probe.probe_id, probe)
                own = quotients.setdefault(name, {})
                own[probe.probe_id] = round(probe.dosage_quotient, 3)
    names = [name for name in shown if name in quotients]
    if not names:
        return
    order = folder.context.probe_order
    columns = sorted(probes.values(), key=lambda row: (*probe_place(row, order), row.probe_id))
    which = "those with measured probes"
    if len(folder.risks) > MANY_PATIENTS:
        which = f"those with a changed or doubtful gene, at most {_MOST_PATIENTS}"
    module.add_section(
        name="MLPA probes",
        anchor="der22-mlpa-probes",
        description=(
            f"Dosage quotients of {len(names)} of {count_text(total, 'patient')} ({which}), target "
            "probes in chromosome order. Empty: not measured."
        ),
        helptext=(
            "1 = as the reference samples (white). Below 1 orange: about 0.5 is one copy lost in "
            "every cell, 0 both. Above 1 blue: 1.5 is one copy gained. Blood or marrow with fewer "
            "blasts moves every change towards 1; the calls take that into account."
        ),
        plot=heatmap.plot(
            [[quotients[name].get(probe.probe_id) for probe in columns] for name in names],
            _labels(columns),
            names,
            {
                "id": "der22_mlpa_probes_plot",
                "title": "der22: MLPA dosage quotients",
                "xlab": "probe",
                "ylab": "patient",
                "zlab": "dosage quotient",
                "xcats_samples": False,
                "cluster_rows": False,
                "cluster_cols": False,
                "square": False,
                "display_values": False,
                "min": 0.0,
                "max": 2.0,
                "tt_decimals": 2,
                "colstops": _COLOURS,
                "height": max(320, 170 + 14 * len(names)),
            },
        ),
    )


def _labels(probes: Sequence[ProbeRow]) -> list[str]:
    """Return unique labels: two probes of one exon carry their probe_id and stay two columns."""
    names = [f"{probe.gene} {probe.exon}".strip() for probe in probes]
    often = Counter(names)
    return [
        str(escape(name if name and often[name] == 1 else f"{name} {probe.probe_id}".strip()))
        for name, probe in zip(names, probes, strict=True)
    ]
