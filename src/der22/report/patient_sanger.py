"""The ABL1 part of a patient page: mutations, the traces behind them, what was read at all."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache

from der22.report.html import Markup, join, table, tag
from der22.report.plots.chromatogram import TraceWindow, draw_chromatogram
from der22.report.plots.codons import CodonMark, draw_codons
from der22.report.results import PatientResults, Row, as_float
from der22.report.traces import SAMPLE, trace_windows
from der22.report.words import say
from der22.resources import resource_path

__all__ = ["codon_marks", "describe_fraction", "show_abl1"]

_WIDTH, _TRACE_WIDTH = 940.0, 460.0
#: tier -> place, the surest first
_TIERS = {"detected": 0, "possible": 1, "single_strand": 2}
#: pictures on one page; more would push the rest off the second sheet
_MAX_PICTURED = 3
_CODON_WORDS = (
    "Codon bar: blue, no mutation above the limit of detection; tall orange-red, detected; "
    "tall orange, possible; hatched, not read, so nothing is known there."
)


def show_abl1(results: PatientResults) -> Markup:
    """Return the ABL1 section of a page, one part per sample by day."""
    title = tag("h2", "ABL1 kinase domain (Sanger)")
    if not results.abl1:
        words = "Not done: no sample was sequenced, so nothing is known about mutations."
        if results.risk.get("abl1_screening_indicated") == "yes":
            words += " Screening is indicated."
        return join((title, tag("p", words)))
    samples = sorted(
        results.abl1, key=lambda row: (as_float(row["day"] or "1e9"), row["sample_id"])
    )
    names = {
        row["mutation"]
        for rows in results.variants.values()
        for row in rows
        if row["tier"] == "detected"
    }
    legend = tag("p", _CODON_WORDS, class_="soft small") if any(results.codons.values()) else None
    return join((title, *(_sample(row, results) for row in samples), legend, _drugs(names)))


def _sample(row: Row, results: PatientResults) -> Markup:
    sample_id = row["sample_id"]
    day = f"day {row['day']}" if row["day"] else "day not known"
    names = row["mutations"].replace(";", ", ")
    status = f"{say(row['abl1_status'])}{f' ({names})' if names else ''}"
    variants = results.variants.get(sample_id, [])
    codons = results.codons.get(sample_id, [])
    parts: list[Markup | None] = [
        tag("h3", f"{day}, sample {sample_id}: {status}"),
        tag("p", row["message"], class_="small") if row["message"] else None,
        _variant_table(variants) if variants else None,
        _pictures(variants, trace_windows(results.traces.get(sample_id, {}), variants), results),
        _codon_figure(sample_id, codons, variants) if codons else None,
        _reads(results.reads.get(sample_id, [])),
    ]
    return join(parts)


def _variant_table(variants: Sequence[Row]) -> Markup:
    columns = ("change", "HGVS", "tier", "fraction (95 %)", "forward", "reverse", "flags")
    rows = [
        (
            row["mutation"] or row["hgvs_c"],
            f"{row['hgvs_c']} {row['hgvs_p']}".strip(),
            say(row["tier"]),
            describe_fraction(row),
            _share(row["forward_fraction"]),
            _share(row["reverse_fraction"]),
            row["flags"].replace(";", " "),
        )
        for row in variants
    ]
    return tag("div", table(columns, rows), class_="wide")


def describe_fraction(row: Row) -> str:
    """Return the fraction of a variant with its interval, in percent of the transcript."""
    if not row["fraction"]:
        return ""
    low, high = _share(row["fraction_low"]), _share(row["fraction_high"])
    return f"{_share(row['fraction'])} ({low.removesuffix(' %')}-{high.removesuffix(' %')})"


def _share(text: str) -> str:
    return f"{100 * as_float(text):.0f} %" if text else "-"


def _pictures(
    variants: Sequence[Row],
    windows: Mapping[int, Sequence[TraceWindow]],
    results: PatientResults,
) -> Markup | None:
    """Return the traces of the surest changes of a sample; of one position only the surest."""
    pictured: dict[int, Row] = {}
    for row in sorted(variants, key=_place_of_tier):
        if int(row["position_c"]) in windows:
            pictured.setdefault(int(row["position_c"]), row)
    if not pictured:
        return None
    # paper keeps to two sheets: where anything is detected, only that is pictured
    all_rows = [row for rows in results.variants.values() for row in rows]
    surest = min(all_rows, key=_place_of_tier)["tier"]
    shown = list(pictured.items())[:_MAX_PICTURED]
    figures = [
        _picture(row, window, on_paper=surest != "detected" or row["tier"] == surest)
        for position, row in shown
        for window in windows[position]
    ]
    words = (
        "Top line: reference; second line: called. A green, C blue, G black, T orange and dashed."
    )
    if len(pictured) > len(shown):
        left = len(pictured) - len(shown)
        words += f" {left} more in the table above have no picture."
    parts = (tag("div", *figures, class_="pair"), tag("figcaption", words))
    return tag("figure", *parts, class_="traces")


def _place_of_tier(row: Row) -> int:
    return _TIERS.get(row["tier"], len(_TIERS))


def _picture(row: Row, window: TraceWindow, *, on_paper: bool) -> Markup:
    name = row["mutation"] or row["hgvs_c"]
    label = f"{name} on the {window.direction} read {window.read_id}"
    picture = draw_chromatogram(window, _TRACE_WIDTH, label)
    on_paper = on_paper and window.role == SAMPLE
    return tag("div", picture, class_="wide" if on_paper else "wide screen")


def codon_marks(codons: Sequence[Row], variants: Sequence[Row]) -> list[CodonMark]:
    """Return the bar of one sample; reported changes are written above their codon."""
    names: dict[str, list[str]] = {}
    for row in variants:
        if row["codon"] and row["mutation"] and row["mutation"] not in names.get(row["codon"], ()):
            names.setdefault(row["codon"], []).append(row["mutation"])
    return [
        CodonMark(int(row["codon"]), row["status"], "/".join(names.get(row["codon"], ())[:2]))
        for row in codons
    ]


def _codon_figure(sample_id: str, codons: Sequence[Row], variants: Sequence[Row]) -> Markup:
    marks = codon_marks(codons, variants)
    read = sum(mark.status != "not_assessed" for mark in marks)
    first, last = marks[0].codon, marks[-1].codon
    label = f"codons {first}-{last} of sample {sample_id}: {read} of {len(marks)} read"
    picture = tag("div", draw_codons(marks, _WIDTH, label), class_="wide codons")
    return tag("figure", picture, tag("figcaption", f"{label[:1].upper()}{label[1:]}."))


def _reads(reads: Sequence[Row]) -> Markup | None:
    if not reads:
        return None
    words = [
        f"{row['read_id']} {row['direction'] or 'not placed'}: {say(row['status'])}"
        + (f", codons {row['first_codon']}-{row['last_codon']}" if row["first_codon"] else "")
        for row in reads
    ]
    return tag("p", f"Reads: {'; '.join(words)}.", class_="small soft")


def _drugs(mutations: set[str]) -> Markup | None:
    """Return what the literature says of the detected mutations, row by row with its source."""
    rows = [row for row in _drug_rows() if row["mutation"] in mutations]
    silent = sorted(mutations - {row["mutation"] for row in rows} - {""})
    if not mutations - {""}:
        return None
    parts: list[Markup] = []
    if rows:
        columns = ("mutation", "drug", "reported", "source", "confidence")
        caption = "Reported in the literature; data, not advice, and no row means no information."
        shown = table(columns, _grouped_drugs(rows), caption=caption)
        parts.append(tag("div", shown, class_="wide drugs"))
    if silent:
        parts.append(tag("p", f"No information on drugs: {', '.join(silent)}.", class_="small"))
    return join(parts)


def _grouped_drugs(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Return one line per mutation, statement and source, its drugs joined."""
    drugs: dict[tuple[str, str, str, str], list[str]] = {}
    for row in rows:
        confidence = "unverified" if row["confidence"] == "low" else row["confidence"]
        key = (row["mutation"], row["call"], row["source"], confidence)
        drugs.setdefault(key, []).append(row["drug"])
    return [
        (mutation, ", ".join(names), call, source, confidence)
        for (mutation, call, source, confidence), names in sorted(drugs.items())
    ]


@cache
def _drug_rows() -> tuple[Row, ...]:
    path = resource_path("abl1/drug_sensitivity.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))
