"""The MLPA part of a patient page: calls in words, every probe in its place."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from der22.report.html import Markup, join, table, tag
from der22.report.plots.probes import ProbeMark, draw_probes
from der22.report.results import PatientResults, Row, as_float
from der22.report.words import say

__all__ = ["CHROMOSOMES", "probe_marks", "probe_place", "show_mlpa"]

#: chromosome and Mb of the genes that probemixes for ALL hold, where no probemix sheet is given
CHROMOSOMES: Mapping[str, tuple[float, float]] = {
    "EBF1": (5, 158.7),
    "IKZF1": (7, 50.3),
    "JAK2": (9, 5.0),
    "MLLT3": (9, 20.3),
    "MTAP": (9, 21.8),
    "CDKN2A": (9, 21.97),
    "CDKN2B": (9, 22.0),
    "PAX5": (9, 36.8),
    "ETV6": (12, 11.7),
    "BTG1": (12, 92.1),
    "RB1": (13, 48.3),
    "ERG": (21, 38.4),
    "SHOX": (23, 0.6),
    "SHOX-area": (23, 0.7),
    "CRLF2": (23, 1.2),
    "CSF2RA": (23, 1.3),
    "IL3RA": (23, 1.4),
    "P2RY8": (23, 1.5),
}
_NOWHERE = (99.0, 0.0)
_DEFINITIONS = ("gimema", "aieop_bfm", "gimema_2024")
_LIMITS = (
    "Genes other than IKZF1 are outside the claim of the kit; a call that rests on one probe needs "
    "confirmation; ERG is not assessed; a class is not a prognosis."
)
_SHOWN_ROLES = ("target", "reference")
_WIDTH = 940.0


def probe_place(row: Row, order: Mapping[str, int]) -> tuple[float, ...]:
    """Return a key that sorts probes along the chromosomes, reference probes last.

    Args:
        row: of ``probe_ratios.tsv``.
        order: probe_id -> place, from the probemix sheet; may be empty.
    """
    last = 0.0 if row["role"] == "target" else 1.0
    if row["probe_id"] in order:
        return (last, float(order[row["probe_id"]]))
    gene = row["gene"].split("/")[0]
    number = re.search(r"\d+", row["exon"])
    return (last, *CHROMOSOMES.get(gene, _NOWHERE), float(number.group()) if number else 0.0)


def probe_marks(rows: Sequence[Row], order: Mapping[str, int]) -> list[ProbeMark]:
    """Return what is drawn of one sample: target probes along the chromosomes, then references."""
    shown = [row for row in rows if row["role"] in _SHOWN_ROLES]
    shown.sort(key=lambda row: (*probe_place(row, order), row["gene"], row["probe_id"]))
    return [_mark(row) for row in shown]


def _mark(row: Row) -> ProbeMark:
    ratio, sigma = as_float(row["dosage_quotient"]), as_float(row.get("sigma", ""))
    name = f"{row['gene']} {row['exon']}".strip() or row["probe_id"]
    value = "not measured" if math.isnan(ratio) else f"{ratio:.2f}"
    return ProbeMark(
        gene=row["gene"] if row["role"] == "target" else "reference probes",
        exon=row["exon"] if row["role"] == "target" else "",
        dosage_quotient=ratio,
        low=ratio - 1.96 * sigma,
        high=ratio + 1.96 * sigma,
        call=row["call"],
        note=f"{name}, {row['probe_id']}: {value}, {say(row['call'])}",
    )


def show_mlpa(results: PatientResults, order: Mapping[str, int], limits: Sequence[float]) -> Markup:
    """Return the MLPA section of a page.

    Args:
        results: rows of the patient.
        order: probe_id -> place along the chromosomes.
        limits: dosage quotients at which a change is called.
    """
    title = tag("h2", "Copy number (MLPA)")
    if not results.sample_qc and not results.ikzf1:
        return join(
            (title, tag("p", "Not done: nothing is known about IKZF1 and the other genes."))
        )
    parts: list[Markup] = [title]
    for row in results.sample_qc:
        key = (row["run_id"], row["sample_id"])
        genes = [gene for gene in results.genes if (gene["run_id"], gene["sample_id"]) == key]
        probes = [probe for probe in results.probes if (probe["run_id"], probe["sample_id"]) == key]
        parts.append(_sample_line(row))
        if genes:
            parts.append(_gene_words(genes))
        marks = probe_marks(probes, order)
        if any(not math.isnan(mark.dosage_quotient) for mark in marks):
            parts.append(_figure(row, marks, limits))
    told = {row["message"] for row in results.sample_qc}
    for row in results.ikzf1:
        classes = ", ".join(f"{name} {say(row[f'class_{name}'])}" for name in _DEFINITIONS)
        words = f"IKZF1 class by definition: {classes}."
        if row["message"] and row["message"] not in told:
            words += f" {row['message']}"
        parts.append(tag("p", words, class_="small"))
    parts.append(tag("p", _LIMITS, class_="soft small"))
    return join(parts)


def _sample_line(row: Row) -> Markup:
    facts = [f"sample {row['sample_id']}, run {row['run_id']}: {say(row['status'])}"]
    if row.get("reference_probe_sd"):
        facts.append(f"reference probes scatter {as_float(row['reference_probe_sd']):.3f}")
    if row.get("sex_observed"):
        facts.append(f"sex by probes {row['sex_observed']}")
    if row["status"] == "not_called" and row["message"]:
        facts.append(row["message"])
    return tag("p", "; ".join(facts))


def _gene_words(genes: Sequence[Row]) -> Markup:
    """Return the changed genes as a table and the others in one sentence."""
    changed = [row for row in genes if row["call"] not in {"normal", "not_evaluable"}]
    parts = []
    if changed:
        columns = (
            "gene",
            "call",
            "from-to",
            "probes",
            "dosage quotient",
            "share of cells",
            "flags",
        )
        rows = [_gene_cells(row) for row in sorted(changed, key=_gene_place)]
        parts.append(tag("div", table(columns, rows), class_="wide"))
    for call in ("normal", "not_evaluable"):
        names = [row["gene"] for row in sorted(genes, key=_gene_place) if row["call"] == call]
        if names:
            parts.append(tag("p", f"{say(call).capitalize()}: {', '.join(names)}.", class_="small"))
    return join(parts)


def _gene_place(row: Row) -> tuple[float, float, str]:
    return (*CHROMOSOMES.get(row["gene"], _NOWHERE), row["gene"])


def _gene_cells(row: Row) -> list[str]:
    first, last = row["first_exon"], row["last_exon"]
    lost = row.get("lost_exons", "") or (first if first == last else f"{first}-{last}")
    share = ""
    if row["clone_fraction"]:
        low, middle, high = (
            f"{100 * as_float(row[name]):.0f}" if row[name] else "?"
            for name in ("clone_fraction_low", "clone_fraction", "clone_fraction_high")
        )
        share = f"{middle} % ({low}-{high})"
    return [
        row["gene"],
        say(row["call"]),
        lost,
        row["n_probes"],
        f"{as_float(row['dosage_quotient']):.2f}" if row["dosage_quotient"] else "",
        share,
        row["flags"].replace(";", " "),
    ]


def _figure(row: Row, marks: Sequence[ProbeMark], limits: Sequence[float]) -> Markup:
    label = f"dosage quotients of sample {row['sample_id']}, run {row['run_id']}"
    said = " and ".join(f"{limit:.2f}" for limit in limits)
    words = (
        "Circle: normal. Triangle down: one copy lost. Square: both lost. Triangle up: gain. "
        "Diamond: ambiguous. Cross: not measured. Bar: 95 % interval."
    )
    if said:
        words += f" Dashed: smallest change that is called ({said})."
    picture = tag("div", draw_probes(marks, limits, _WIDTH, label), class_="wide probes")
    return tag("figure", picture, tag("figcaption", words))
