"""The page that finds a patient among ten thousand, from a file share and without a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from der22.flags import Severity
from der22.formats.records import Patient
from der22.report.assets import asset_text
from der22.report.certainty import abl1_test, ikzf1_doubts
from der22.report.html import Markup, join, page, table, tag
from der22.report.patient_mrd import describe_level
from der22.report.patient_page import banners
from der22.report.words import NOT_A_TREATMENT_RULE, RISK_RULE, count_text, say, usual_level
from der22.results.cohort import RiskRow
from der22.results.mlpa import Ikzf1Row
from der22.results.mrd import LevelRow, SeriesRow
from der22.results.provenance import CohortLabels
from der22.results.sanger import Abl1Row
from der22.words import Abl1Status, Ikzf1Class, MlpaStatus

__all__ = ["IndexTables", "index_rows", "render_index"]

#: column of the list -> its heading
_COLUMNS: Mapping[str, str] = {
    "patient_id": "patient",
    "genomic_risk": "risk",
    "ikzf1_class": "IKZF1 class",
    "ikzf1_doubt": "class in doubt",
    "abl1": "ABL1",
    "abl1_test": "ABL1 test",
    "mrd": "last MRD",
    "fusion": "fusion",
    "mlpa_status": "MLPA",
    "problem": "worst flag",
    "codes": "codes",
}
_FILTERS: Mapping[str, str] = {
    "genomic_risk": "risk",
    "ikzf1_class": "IKZF1 class",
    "ikzf1_doubt": "class in doubt",
    "abl1": "ABL1",
    "abl1_test": "ABL1 test",
    "mlpa_status": "MLPA",
    "problem": "worst flag",
    "codes": "code",
}
#: columns whose cells hold several values -> what stands between them
_SEPARATORS: Mapping[str, str] = {"codes": " ", "ikzf1_doubt": "; ", "abl1_test": ", "}
_NOTE = (
    "ABL1 test: due = MRD rose or the patient relapsed, and nothing was sequenced; due, again = "
    "what was sequenced says nothing or is older than that; not known = a follow-up sample is not "
    "evaluable, or there is none, so a rise could have been overlooked. "
    "Class in doubt: - = nothing known against it."
)


@dataclass(frozen=True, slots=True)
class IndexTables:
    """What the results say of everyone, by patient; who is in none of them is listed all the same.

    Attributes:
        risks: rows of the cohort table.
        last_levels: row of the last sample.
        problems: code -> level of everything that concerns the patient, None = not told.
        classes: IKZF1 classes.
        tested: sequenced samples.
    """

    risks: Mapping[str, RiskRow] = field(default_factory=dict)
    last_levels: Mapping[str, LevelRow | SeriesRow] = field(default_factory=dict)
    problems: Mapping[str, Mapping[str, Severity | None]] = field(default_factory=dict)
    classes: Mapping[str, Ikzf1Row] = field(default_factory=dict)
    tested: Mapping[str, Sequence[Abl1Row]] = field(default_factory=dict)


def index_rows(
    patients: Sequence[Patient], tables: IndexTables, at_diagnosis: Sequence[str]
) -> list[list[str]]:
    """Return the cells of the list, one row per patient in the order of the sheet.

    Args:
        patients: of the cohort.
        tables: of the results.
        at_diagnosis: names of the time points before treatment.
    """
    rows = []
    for patient in patients:
        name = patient.patient_id
        risk, last = tables.risks.get(name), tables.last_levels.get(name)
        doubts = ikzf1_doubts(tables.classes.get(name), risk)
        told = tables.problems.get(name, {})
        levels = {code: level or usual_level(code) for code, level in told.items()}
        mutated = risk is not None and risk.abl1_status is Abl1Status.MUTATED
        need = abl1_test(risk, tables.tested.get(name, ()), patient.relapse_day, at_diagnosis)
        rows.append(
            [
                name,
                say(risk.genomic_risk if risk else None),
                say(risk.ikzf1_class if risk else Ikzf1Class.NOT_DONE),
                "; ".join(doubts) or ("-" if risk and risk.ikzf1_class.is_known else ""),
                " ".join(risk.abl1_mutations if risk and mutated else ())
                or say(risk.abl1_status if risk else Abl1Status.NOT_DONE),
                need,
                describe_level(last) if last else "no sample",
                patient.fusion or "not known",
                say(risk.mlpa_status if risk else MlpaStatus.NOT_DONE),
                next((level for level in Severity if level in levels.values()), "none"),
                " ".join(sorted(code for code in levels if levels[code] is not Severity.NOTE)),
            ]
        )
    return rows


def render_index(
    rows: Sequence[Sequence[str]],
    cohort: CohortLabels,
    probemix_status: str | None,
    links: Mapping[str, str],
) -> str:
    """Return the index as a whole document.

    Args:
        rows: from `index_rows`.
        cohort: what the page says of it.
        probemix_status: verified or synthetic, None without MLPA.
        links: words -> relative address of the other results.
    """
    many = count_text(len(rows), "patient")
    rule = f"{NOT_A_TREATMENT_RULE} IKZF1plus by definition {cohort.ikzf1plus_definition}."
    headings = list(_COLUMNS.values())
    # the whole list as it is read without a script; with one, no browser builds it
    linked = ((tag("a", row[0], href=f"patients/{row[0]}.html"), *row[1:]) for row in rows)
    body = tag(
        "main",
        banners(cohort.name, probemix_status),
        tag("header", tag("h1", cohort.name), tag("div", many), class_="head"),
        tag("p", rule, class_="rule"),
        tag("p", join((tag("a", words, href=to) for words, to in links.items()), " · ")),
        _tools(rows),
        tag("p", many, id="count", role="status", class_="soft"),
        tag("div", table(headings, (), id_="list"), class_="wide"),
        tag("noscript", tag("div", table(headings, linked), class_="wide")),
        tag("p", f"Genomic risk: {RISK_RULE}.", class_="soft small"),
        tag("p", _NOTE, class_="soft small"),
        tag("p", tag("button", "show more", type="button", id="more", hidden="hidden")),
    )
    # each word once, and its place wherever it stands
    words: dict[str, int] = {}
    coded = [[row[0], *(words.setdefault(cell, len(words)) for cell in row[1:])] for row in rows]
    data = {"columns": list(_COLUMNS), "words": list(words), "rows": coded}
    return page(
        f"{cohort.name} - der22",
        body,
        css=asset_text("page.css") + asset_text("index.css"),
        script=asset_text("index.js"),
        data={"patients": data},
    )


def _tools(rows: Sequence[Sequence[str]]) -> Markup:
    """Return the search field and the filters; without a script they stay out of sight."""
    parts = [
        tag(
            "div",
            tag("label", "find (key /)", for_="find"),
            tag("input", id="find", type="search", autocomplete="off"),
        )
    ]
    for column, words in _FILTERS.items():
        place, between = list(_COLUMNS).index(column), _SEPARATORS.get(column)
        cells = {row[place] for row in rows}
        values = {part for cell in cells for part in (cell.split(between) if between else [cell])}
        options = [tag("option", value, value=value) for value in sorted(values - {""})]
        name = f"filter-{column}"
        choice = tag(
            "select",
            tag("option", "all", value=""),
            *options,
            id=name,
            data_column=column,
            data_many=between,
        )
        parts.append(tag("div", tag("label", words, for_=name), choice))
    clear = tag("button", "clear", type="button", id="clear")
    return tag("div", *parts, clear, id="tools", hidden="hidden", role="search")
