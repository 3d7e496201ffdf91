"""Patient by analysis: what was done, what succeeded."""

from __future__ import annotations

from multiqc.base_module import BaseMultiqcModule
from multiqc.plots import bargraph, heatmap

from der22.report.multiqc_sections.folder import CohortFolder
from der22.report.results import Row
from der22.report.words import count_text

__all__ = ["add_status_grid", "analysis_status"]

_ANALYSES = ("MLPA", "ABL1", "MRD")
_VALUES = {"not done": 0, "fail": 1, "warning": 2, "pass": 3}
_COLOURS = {"not done": "#c8cdd3", "fail": "#c24e00", "warning": "#e6b84d", "pass": "#56a0cc"}
_MOST_PATIENTS = 120


def add_status_grid(module: BaseMultiqcModule, folder: CohortFolder) -> None:
    """Add the counts of every analysis and the grid of patients."""
    statuses = {row["patient_id"]: analysis_status(row) for row in folder.risks}
    counts = {
        analysis: {word: sum(s[i] == word for s in statuses.values()) for word in _VALUES}
        for i, analysis in enumerate(_ANALYSES)
    }
    categories = {word: {"name": word, "color": _COLOURS[word]} for word in reversed(_VALUES)}
    module.add_section(
        name="Analyses",
        anchor="der22-analyses",
        description=f"What became of each analysis in {count_text(len(folder.risks), 'patient')}.",
        helptext=(
            "pass: a result without reservation. warning: a result to be read with care. fail: "
            "done, but nothing can be said. not done: no sample, or of MRD blood alone; it is "
            "never counted as negative."
        ),
        plot=bargraph.plot(
            counts,
            categories,
            {
                "id": "der22_analyses_plot",
                "title": "der22: analyses",
                "ylab": "patients",
                "cpswitch": True,
            },
        ),
    )
    shown = folder.shown_patients(
        lambda row: _has_finding(statuses[row["patient_id"]]), _MOST_PATIENTS
    )
    if not shown:
        return
    names = [row["patient_id"] for row in shown]
    module.add_section(
        name="Status grid",
        anchor="der22-status-grid",
        description=_which(len(shown), len(folder.risks)),
        plot=heatmap.plot(
            [[_VALUES[word] for word in statuses[name]] for name in names],
            list(_ANALYSES),
            names,
            {
                "id": "der22_status_grid_plot",
                "title": "der22: status of each analysis",
                "xlab": "analysis",
                "ylab": "patient",
                "zlab": "0 not done, 1 fail, 2 warning, 3 pass",
                "xcats_samples": False,
                "cluster_rows": False,
                "cluster_cols": False,
                "square": False,
                "display_values": False,
                "angled_xticks": False,
                "min": 0,
                "max": 3,
                "tt_decimals": 0,
                "colstops": _steps(),
                "height": max(300, 130 + 14 * len(names)),
            },
        ),
    )


def analysis_status(row: Row) -> tuple[str, str, str]:
    """Return pass, warning, fail or not done of MLPA, ABL1 and MRD of one patient."""
    mlpa = {"called": "pass", "called_with_warnings": "warning", "not_called": "fail"}
    abl1 = {"mutated": "pass", "wild_type": "pass", "possible": "warning", "not_evaluable": "fail"}
    return (
        mlpa.get(row["mlpa_status"], "not done"),
        abl1.get(row["abl1_status"], "not done"),
        _mrd_status(row),
    )


def _mrd_status(row: Row) -> str:
    taken = {
        value
        for column, value in row.items()
        if column.startswith("mrd_")
        and column != "mrd_increase_day"
        and value not in {"", "missing"}
    }
    if not taken:
        return "not done"
    if taken == {"not_evaluable"}:
        return "fail"
    return "warning" if "not_evaluable" in taken else "pass"


def _has_finding(status: tuple[str, str, str]) -> bool:
    return "fail" in status or "warning" in status


def _which(shown: int, total: int) -> str:
    if shown == total:
        rows = "One row per patient, in the order of the patients sheet."
    else:
        rows = (
            f"{shown} of {total} patients: those with a warning or a failure, "
            f"at most {_MOST_PATIENTS}."
        )
    return f"{rows} Blue pass, yellow warning, orange-red fail, grey not done."


def _steps() -> list[list[float | str]]:
    """Return four flat colours; a scale that blends would show words that do not exist."""
    steps: list[list[float | str]] = []
    for index, word in enumerate(_VALUES):
        steps += [[index / 4, _COLOURS[word]], [(index + 1) / 4, _COLOURS[word]]]
    return steps
