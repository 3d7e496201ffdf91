"""The MLPA part of a patient page: calls in words, every probe in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from der22.report.html import Markup, join, table, tag
from der22.report.plots.probes import ProbeMark, draw_probes
from der22.report.words import say
from der22.results.mlpa import GeneRow, ProbeRow
from der22.results.patients import PatientResults
from der22.words import Call, MlpaStatus

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
_SYMBOLS = (
    "Circle: normal. Triangle down: one copy lost. Square: both lost. Triangle up: gain. "
    "Diamond: ambiguous. Cross: not measured. Bar: 95 % interval."
)
_LIMITS = (
    "Genes other than IKZF1 are outside the claim of the kit; a call that rests on one probe needs "
    "confirmation; ERG is not assessed; a class is not a prognosis."
)
_GENE_COLUMNS = (
    "gene", "call", "from-to", "probes", "dosage quotient", "share of cells", "flags",
)  # fmt: skip
_WITHOUT_CHANGE = (Call.NORMAL, Call.NOT_EVALUABLE)
_SHOWN_ROLES = ("target", "reference")
_WIDTH = 940.0


def probe_place(row: ProbeRow, order: Mapping[str, int]) -> tuple[float, ...]:
    """Return a key that sorts probes along the chromosomes, reference probes last.

    Args:
        row: the probe.
        order: probe_id -> place, from the probemix sheet; may be empty.
    """
    last = 0.0 if row.role == "target" else 1.0
    if row.probe_id in order:
        return (last, float(order[row.probe_id]))
    gene = row.gene.split("/")[0]
    number = re.search(r"\d+", row.exon)
    return (last, *CHROMOSOMES.get(gene, _NOWHERE), float(number.group()) if number else 0.0)


def probe_marks(rows: Sequence[ProbeRow], order: Mapping[str, int]) -> list[ProbeMark]:
    """Return what is drawn of one sample: target probes along the chromosomes, then references."""
    shown = [row for row in rows if row.role in _SHOWN_ROLES]
    shown.sort(key=lambda row: (*probe_place(row, order), row.gene, row.probe_id))
    marks = []
    for row in shown:
        ratio, is_target = row.dosage_quotient, row.role == "target"
        name = f"{row.gene} {row.exon}".strip() or row.probe_id
        value = "not measured" if ratio is None else f"{ratio:.2f}"
        marks.append(
            ProbeMark(
                gene=row.gene if is_target else "reference probes",
                exon=row.exon if is_target else "",
                dosage_quotient=ratio,
                half_interval=None if row.sigma is None else 1.96 * row.sigma,
                call=row.call,
                note=f"{name}, {row.probe_id}: {value}, {say(row.call)}",
            )
        )
    return marks


def show_mlpa(results: PatientResults, order: Mapping[str, int], limits: Sequence[float]) -> Markup:
    """Return the MLPA section of a page.

    Args:
        results: rows of the patient.
        order: probe_id -> place along the chromosomes.
        limits: dosage quotients at which a change is called.
    """
    parts: list[Markup] = [tag("h2", "Copy number (MLPA)")]
    if not results.sample_qc and not results.ikzf1:
        parts.append(tag("p", "Not done: nothing is known about IKZF1 and the other genes."))
        return join(parts)
    symbols = _SYMBOLS
    if limits:
        said = " and ".join(f"{limit:.2f}" for limit in limits)
        symbols += f" Dashed: smallest change that is called ({said})."
    for row in results.sample_qc:
        key = (row.run_id, row.sample_id)
        facts = [f"sample {row.sample_id}, run {row.run_id}: {say(row.status)}"]
        if row.reference_probe_sd is not None:
            facts.append(f"reference probes scatter {row.reference_probe_sd:.3f}")
        if row.sex_observed:
            facts.append(f"sex by probes {row.sex_observed}")
        if row.status is MlpaStatus.NOT_CALLED and row.message:
            facts.append(row.message)
        parts.append(tag("p", "; ".join(facts)))
        parts.append(_genes([x for x in results.genes if (x.run_id, x.sample_id) == key]))
        own = [probe for probe in results.probes if (probe.run_id, probe.sample_id) == key]
        marks = probe_marks(own, order)
        if any(mark.dosage_quotient is not None for mark in marks):
            label = f"dosage quotients of sample {row.sample_id}, run {row.run_id}"
            drawn = tag("div", draw_probes(marks, limits, _WIDTH, label), class_="wide probes")
            parts.append(tag("figure", drawn, tag("figcaption", symbols)))
    told = {row.message for row in results.sample_qc}
    for patient in results.ikzf1:
        classes = ", ".join(f"{name} {say(word)}" for name, word in patient.classes.items())
        words = f"IKZF1 class by definition: {classes}."
        if patient.message and patient.message not in told:
            words += f" {patient.message}"
        parts.append(tag("p", words, class_="small"))
    parts.append(tag("p", _LIMITS, class_="soft small"))
    return join(parts)


def _genes(genes: Sequence[GeneRow]) -> Markup:
    """Return the changed genes as a table and the others in one sentence each."""
    placed = sorted(genes, key=lambda row: (*CHROMOSOMES.get(row.gene, _NOWHERE), row.gene))
    rows = []
    for row in placed:
        if row.call in _WITHOUT_CHANGE:
            continue
        first, last, share = row.first_exon, row.last_exon, ""
        if row.clone_fraction is not None:
            ends = (row.clone_fraction_low, row.clone_fraction_high)
            low, high = ("?" if end is None else f"{100 * end:.0f}" for end in ends)
            share = f"{100 * row.clone_fraction:.0f} % ({low}-{high})"
        rows.append(
            (
                row.gene,
                say(row.call),
                row.lost_exons or (first if first == last else f"{first}-{last}"),
                row.n_probes,
                "" if row.dosage_quotient is None else f"{row.dosage_quotient:.2f}",
                share,
                " ".join(row.codes),
            )
        )
    parts = [tag("div", table(_GENE_COLUMNS, rows), class_="wide")] if rows else []
    for call in _WITHOUT_CHANGE:
        names = [row.gene for row in placed if row.call is call]
        if names:
            parts.append(tag("p", f"{say(call).capitalize()}: {', '.join(names)}.", class_="small"))
    return join(parts)
