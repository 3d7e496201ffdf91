"""The ABL1 part of a patient page: mutations, the traces behind them, what was read at all."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache

from der22.report.html import Markup, join, table, tag
from der22.report.plots.chromatogram import draw_chromatogram
from der22.report.plots.codons import CodonMark, draw_codons
from der22.report.trace_windows import SAMPLE, trace_windows
from der22.report.words import say
from der22.resources import resource_path
from der22.results.patients import PatientResults
from der22.results.sanger import Abl1Row, CodonRow, VariantRow
from der22.words import CodonStatus, Tier

__all__ = ["codon_marks", "describe_fraction", "show_abl1"]

_WIDTH, _TRACE_WIDTH = 940.0, 460.0
#: pictures on one page; more would push the rest off the second sheet
_MAX_PICTURED = 3
_CHANGE_COLUMNS = ("change", "HGVS", "tier", "fraction (95 %)", "forward", "reverse", "flags")
_DRUG_COLUMNS = ("mutation", "drug", "reported", "source", "confidence")
_CODON_WORDS = (
    "Codon bar: blue, no mutation above the limit of detection; tall orange-red, detected; "
    "tall orange, possible; hatched, not read, so nothing is known there."
)


def show_abl1(results: PatientResults) -> Markup:
    """Return the ABL1 section of a page, one part per sample by day."""
    parts: list[Markup | None] = [tag("h2", "ABL1 kinase domain (Sanger)")]
    if not results.abl1:
        words = "Not done: no sample was sequenced, so nothing is known about mutations."
        if results.risk and results.risk.abl1_screening_indicated:
            words += " Screening is indicated."
        parts.append(tag("p", words))
        return join(parts)
    by_day = sorted(results.abl1, key=lambda row: (row.day is None, row.day or 0, row.sample_id))
    parts += [_sample(row, results) for row in by_day]
    if any(results.codons.values()):
        parts.append(tag("p", _CODON_WORDS, class_="soft small"))
    variants = [row for rows in results.variants.values() for row in rows]
    found = {row.mutation for row in variants if row.tier is Tier.DETECTED}

    # what the literature says of the detected mutations, row by row with its source
    reported = {key: drugs for key, drugs in _literature().items() if key[0] in found}
    if reported:
        rows = [
            (mutation, ", ".join(drugs), call, source, confidence)
            for (mutation, call, source, confidence), drugs in reported.items()
        ]
        caption = "Reported in the literature; data, not advice, and no row means no information."
        shown = table(_DRUG_COLUMNS, rows, caption=caption)
        parts.append(tag("div", shown, class_="wide drugs"))
    silent = sorted(found - {key[0] for key in reported} - {""})
    if silent:
        parts.append(tag("p", f"No information on drugs: {', '.join(silent)}.", class_="small"))
    return join(parts)


@cache
def _literature() -> Mapping[tuple[str, str, str, str], Sequence[str]]:
    """Return mutation, statement, source and confidence -> drugs, in order."""
    path = resource_path("abl1/drug_sensitivity.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        _, *rows = csv.reader(handle)
    drugs: dict[tuple[str, str, str, str], list[str]] = {}
    for mutation, drug, call, source, confidence, _ in rows:
        certainty = "unverified" if confidence == "low" else confidence
        drugs.setdefault((mutation, call, source, certainty), []).append(drug)
    return dict(sorted(drugs.items()))


def _sample(row: Abl1Row, results: PatientResults) -> Markup:
    sample_id = row.sample_id
    variants = results.variants.get(sample_id, [])
    day = "day not known" if row.day is None else f"day {row.day}"
    names = f" ({', '.join(row.mutations)})" if row.mutations else ""
    parts: list[Markup | None] = [
        tag("h3", f"{day}, sample {sample_id}: {say(row.abl1_status)}{names}"),
        tag("p", row.message, class_="small") if row.message else None,
    ]
    if variants:
        changes = [
            (
                variant.mutation or variant.hgvs_c,
                f"{variant.hgvs_c} {variant.hgvs_p}".strip(),
                say(variant.tier),
                describe_fraction(variant),
                _share(variant.forward_fraction),
                _share(variant.reverse_fraction),
                " ".join(variant.codes),
            )
            for variant in variants
        ]
        parts.append(tag("div", table(_CHANGE_COLUMNS, changes), class_="wide"))
        parts.append(_pictures(sample_id, results))
    marks = codon_marks(results.codons.get(sample_id, []), variants)
    if marks:
        read = sum(mark.status is not CodonStatus.NOT_ASSESSED for mark in marks)
        first, last = marks[0].codon, marks[-1].codon
        label = f"codons {first}-{last} of sample {sample_id}: {read} of {len(marks)} read"
        picture = tag("div", draw_codons(marks, _WIDTH, label), class_="wide codons")
        parts.append(tag("figure", picture, tag("figcaption", f"C{label[1:]}.")))
    reads = [
        f"{read.read_id} {read.direction or 'not placed'}: {say(read.status)}"
        + ("" if read.first_codon is None else f", codons {read.first_codon}-{read.last_codon}")
        for read in results.reads.get(sample_id, [])
    ]
    if reads:
        parts.append(tag("p", f"Reads: {'; '.join(reads)}.", class_="small soft"))
    return join(parts)


def describe_fraction(variant: VariantRow) -> str:
    """Return the fraction of a variant with its interval, in percent of the transcript."""
    if variant.fraction is None:
        return ""
    low, high = _share(variant.fraction_low), _share(variant.fraction_high)
    return f"{_share(variant.fraction)} ({low.removesuffix(' %')}-{high.removesuffix(' %')})"


def _share(fraction: float | None) -> str:
    return "-" if fraction is None else f"{100 * fraction:.0f} %"


def _pictures(sample_id: str, results: PatientResults) -> Markup | None:
    """Return the traces of the surest changes of a sample; of one position only the surest."""
    variants = results.variants[sample_id]
    windows = trace_windows(results.traces.get(sample_id, ()), variants)
    pictured: dict[int, VariantRow] = {}
    for row in sorted(variants, key=lambda row: list(Tier).index(row.tier)):
        if row.position_c in windows:
            pictured.setdefault(row.position_c, row)
    if not pictured:
        return None
    # paper keeps to two sheets: where anything is detected, only that is pictured
    any_detected = any(
        row.tier is Tier.DETECTED for rows in results.variants.values() for row in rows
    )
    shown = list(pictured.items())[:_MAX_PICTURED]
    figures = []
    for position, row in shown:
        for window in windows[position]:
            name = row.mutation or row.hgvs_c
            label = f"{name} on the {window.direction} read {window.read_id}"
            on_paper = window.role == SAMPLE and (row.tier is Tier.DETECTED or not any_detected)
            drawn = draw_chromatogram(window, _TRACE_WIDTH, label)
            figures.append(tag("div", drawn, class_="wide" if on_paper else "wide screen"))
    words = (
        "Top line: reference; second line: called. A green, C blue, G black, T orange and dashed."
    )
    if len(pictured) > len(shown):
        left = len(pictured) - len(shown)
        words += f" {left} more in the table above have no picture."
    parts = (tag("div", *figures, class_="pair"), tag("figcaption", words))
    return tag("figure", *parts, class_="traces")


def codon_marks(codons: Sequence[CodonRow], variants: Sequence[VariantRow]) -> list[CodonMark]:
    """Return the bar of one sample; reported changes are written above their codon."""
    names: dict[int | None, dict[str, None]] = {}
    for row in variants:
        if row.mutation:
            names.setdefault(row.codon, {})[row.mutation] = None
    return [
        CodonMark(row.codon, row.status, "/".join(list(names.get(row.codon, ()))[:2]))
        for row in codons
    ]
