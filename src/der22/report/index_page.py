"""The page that finds a patient among ten thousand, from a file share and without a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from der22.formats.records import Patient
from der22.report.assets import asset_text
from der22.report.certainty import abl1_test, ikzf1_doubts
from der22.report.html import Markup, join, page, table, tag
from der22.report.patient_page import banners
from der22.report.results import Row
from der22.report.words import NOT_A_TREATMENT_RULE, RISK_RULE, count_text, say

__all__ = ["index_rows", "render_index"]

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
_CLASSES = ("IKZF1plus", "IKZF1_deletion", "no_IKZF1_deletion")
#: columns whose cells hold several values -> what stands between them
_SEPARATORS: Mapping[str, str] = {"codes": " ", "ikzf1_doubt": "; ", "abl1_test": ", "}
_NOTE = (
    "ABL1 test: due = MRD rose or the patient relapsed, and nothing was sequenced; due, again = "
    "what was sequenced says nothing or is older than that; not known = a follow-up sample is not "
    "evaluable, or there is none, so a rise could have been overlooked. "
    "Class in doubt: - = nothing known against it."
)


def index_rows(
    patients: Sequence[Patient],
    risks: Mapping[str, Row],
    last_levels: Mapping[str, str],
    problems: Mapping[str, Mapping[str, str]],
    classes: Mapping[str, Row] | None = None,
    tested: Mapping[str, Sequence[Row]] | None = None,
) -> list[list[str]]:
    """Return the cells of the list, one row per patient in the order of the sheet.

    Args:
        patients: of the cohort.
        risks: patient_id -> row of ``genomic_risk.tsv``.
        last_levels: patient_id -> last MRD in words.
        problems: patient_id -> code -> level, of everything that concerns the patient.
        classes: patient_id -> row of ``mlpa/ikzf1.tsv``.
        tested: patient_id -> rows of ``sanger/abl1.tsv``.
    """
    classes, tested = classes or {}, tested or {}
    return [
        _cells(
            patient,
            risks.get(patient.patient_id, {}),
            classes.get(patient.patient_id, {}),
            tested.get(patient.patient_id, ()),
            last_levels.get(patient.patient_id, "no sample"),
            problems.get(patient.patient_id, {}),
        )
        for patient in patients
    ]


def _cells(
    patient: Patient,
    risk: Row,
    ikzf1: Row,
    tested: Sequence[Row],
    last: str,
    problems: Mapping[str, str],
) -> list[str]:
    levels = set(problems.values())
    worst = next((level for level in ("error", "warning", "note") if level in levels), "none")
    heavy = sorted(code for code, level in problems.items() if level != "note")
    abl1 = say(risk.get("abl1_status", "not_done"))
    if risk.get("abl1_status") == "mutated" and risk.get("abl1_mutations"):
        abl1 = risk["abl1_mutations"].replace(";", " ")
    return [
        patient.patient_id,
        say(risk.get("genomic_risk", "")),
        say(risk.get("ikzf1_class", "not_done")),
        "; ".join(ikzf1_doubts(ikzf1, risk))
        or ("-" if risk.get("ikzf1_class") in _CLASSES else ""),
        abl1,
        abl1_test(risk, tested, patient.relapse_day),
        last,
        patient.fusion or "not known",
        say(risk.get("mlpa_status", "not_done")),
        worst,
        " ".join(heavy),
    ]


def render_index(
    rows: Sequence[Sequence[str]],
    cohort_name: str,
    definition: str,
    probemix_status: str | None,
    links: Mapping[str, str],
) -> str:
    """Return the index as a whole document.

    Args:
        rows: from `index_rows`.
        cohort_name: name of the cohort.
        definition: IKZF1plus definition in force.
        probemix_status: verified or synthetic, None without MLPA.
        links: words -> relative address of the other results.
    """
    many = count_text(len(rows), "patient")
    body = tag(
        "main",
        banners(cohort_name, probemix_status),
        tag("header", tag("h1", cohort_name), tag("div", many), class_="head"),
        tag("p", f"{NOT_A_TREATMENT_RULE} IKZF1plus by definition {definition}.", class_="rule"),
        _links(links),
        _tools(rows),
        tag("p", many, id="count", role="status", class_="soft"),
        tag("div", table(list(_COLUMNS.values()), (), id_="list"), class_="wide"),
        tag("noscript", tag("div", _plain_list(rows), class_="wide")),
        tag("p", f"Genomic risk: {RISK_RULE}.", class_="soft small"),
        tag("p", _NOTE, class_="soft small"),
        tag("p", tag("button", "show more", type="button", id="more", hidden="hidden")),
    )
    words, coded = _compressed(rows)
    data = {"columns": list(_COLUMNS), "words": words, "rows": coded}
    return page(
        f"{cohort_name} - der22",
        body,
        css=asset_text("page.css") + asset_text("index.css"),
        script=asset_text("index.js"),
        data={"patients": data},
    )


def _links(links: Mapping[str, str]) -> Markup:
    return tag("p", join((tag("a", words, href=to) for words, to in links.items()), " · "))


def _tools(rows: Sequence[Sequence[str]]) -> Markup:
    """Return the search field and the filters; without a script they stay out of sight."""
    field = tag(
        "div",
        tag("label", "find (key /)", for_="find"),
        tag("input", id="find", type="search", autocomplete="off"),
    )
    filters = [_filter(column, words, rows) for column, words in _FILTERS.items()]
    clear = tag("button", "clear", type="button", id="clear")
    return tag("div", field, *filters, clear, id="tools", hidden="hidden", role="search")


def _filter(column: str, words: str, rows: Sequence[Sequence[str]]) -> Markup:
    place = list(_COLUMNS).index(column)
    between = _SEPARATORS.get(column)
    cells = {row[place] for row in rows}
    values = {part for cell in cells for part in (cell.split(between) if between else [cell])}
    options = [tag("option", value, value=value) for value in sorted(values - {""})]
    name = f"filter-{column}"
    return tag(
        "div",
        tag("label", words, for_=name),
        tag(
            "select",
            tag("option", "all", value=""),
            *options,
            id=name,
            data_column=column,
            data_many=between,
        ),
    )


def _plain_list(rows: Sequence[Sequence[str]]) -> Markup:
    """Return the whole list as it is read without a script; with one, no browser builds it."""
    cells = ((tag("a", row[0], href=f"patients/{row[0]}.html"), *row[1:]) for row in rows)
    return table(list(_COLUMNS.values()), cells)


def _compressed(rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str | int]]]:
    """Return the words that repeat and the rows with the place of each word instead of it."""
    words: dict[str, int] = {}
    coded: list[list[str | int]] = [
        [row[0], *(words.setdefault(cell, len(words)) for cell in row[1:])] for row in rows
    ]
    return list(words), coded
