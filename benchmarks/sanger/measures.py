"""What is counted of called samples: found, falsely found, fractions, names, splice variants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from simulated_samples import FRACTIONS, Outcome, codon_of, find_row

from der22.sanger.records import Variant
from der22.words import Tier

__all__ = ["both_strands", "one_strand", "primer_positions"]

Lines = list[tuple[str, str]]
#: codons that often have one strand only with the usual primers
HARD_CODONS = {*range(250, 256), 486}


def both_strands(outcomes: Sequence[Outcome]) -> Lines:
    """Return the lines of samples read on both strands."""
    parts = (sensitivity, false_rows, fractions, names, splicing)
    return [line for part in parts for line in part(outcomes)]


def percent(hits: Iterable[bool]) -> str:
    """Return hits as ``n/N (p %)``."""
    values = list(hits)
    share = f"{100 * sum(values) / len(values):.0f} %" if values else "-"
    return f"{sum(values)}/{len(values)} ({share})"


def sensitivity(outcomes: Sequence[Outcome]) -> Lines:
    """Named mutations found, by fraction; and those at or above the stated limit."""
    rows = []
    for fraction in FRACTIONS:
        hits, sure = [], []
        for outcome in _mutated(outcomes, fraction):
            row, verdict = find_row(outcome), codon_of(outcome)
            both = verdict.forward_usable and verdict.reverse_usable
            if not both and not fraction >= verdict.limit_of_detection:
                continue
            hits.append(
                row is not None
                and (row.tier is not Tier.SINGLE_STRAND or verdict.codon in HARD_CODONS or not both)
            )
            if both and fraction >= 0.30:
                sure.append(row is not None and row.tier is Tier.DETECTED)
        rows.append((f"reported at {100 * fraction:.0f} %", percent(hits)))
        if sure:
            rows.append((f"tier detected at {100 * fraction:.0f} %, both strands", percent(sure)))
    return [*rows, _at_the_stated_limit(outcomes)]


def _mutated(outcomes: Sequence[Outcome], fraction: float) -> list[Outcome]:
    return [o for o in outcomes if o.sample.change is not None and o.sample.fraction == fraction]


def _at_the_stated_limit(outcomes: Sequence[Outcome]) -> tuple[str, str]:
    stated = [
        find_row(outcome) is not None
        for outcome in outcomes
        if outcome.sample.change is not None
        and outcome.sample.fraction >= codon_of(outcome).limit_of_detection
    ]
    return "at or above the stated limit, reported", percent(stated)


def false_rows(outcomes: Sequence[Outcome]) -> Lines:
    """False rows per sample."""
    wild = [o for o in outcomes if o.sample.is_wild_type]
    elsewhere = [
        sum(v.tier is Tier.DETECTED and not is_true_part(o, v) for v in o.called.variants)
        for o in outcomes
        if o.sample.change is not None
    ]
    return [
        *_tiers_of_wild_types(wild),
        ("wild type called mutated", percent([o.called.status == "mutated" for o in wild])),
        ("wild type called possible", percent([o.called.status == "possible" for o in wild])),
        ("wild type called wild_type", percent([o.called.status == "wild_type" for o in wild])),
        ("mutated samples: false detected rows per sample", f"{np.mean(elsewhere):.2f}"),
    ]


def _tiers_of_wild_types(wild: Sequence[Outcome]) -> Lines:
    tiers = [variant.tier for outcome in wild for variant in outcome.called.variants]
    sure = sum(tier is Tier.DETECTED for tier in tiers)
    other = len(tiers) - sure
    return [
        ("wild type: false detected rows per sample", f"{sure / len(wild):.2f}"),
        ("wild type: possible or single_strand rows per sample", f"{other / len(wild):.2f}"),
    ]


def is_true_part(outcome: Outcome, variant: Variant) -> bool:
    """Tell whether a row is the true change or one of its bases."""
    if outcome.sample.change is None or len(variant.alt) > 3:
        return False
    position, ref, alt = outcome.sample.change
    spots = {position + k: base for k, base in enumerate(alt) if ref[k] != base}
    changed = {
        variant.position_c + k: base
        for k, base in enumerate(variant.alt)
        if variant.ref[k : k + 1] != base
    }
    return bool(changed) and changed.items() <= spots.items()


def fractions(outcomes: Sequence[Outcome]) -> Lines:
    """Bias, scatter and interval of fractions between 20 and 50 %."""
    found = [
        (outcome.sample.fraction, row)
        for outcome in outcomes
        if outcome.sample.change is not None and 0.2 <= outcome.sample.fraction <= 0.5
        for row in [find_row(outcome)]
        if row is not None
    ]
    errors = np.array([row.fraction - truth for truth, row in found])
    inside = [row.fraction_low <= truth <= row.fraction_high for truth, row in found]
    width = np.mean([row.fraction_high - row.fraction_low for _, row in found])
    return [
        ("fraction at 20-50 %: bias", f"{errors.mean():+.3f}"),
        ("fraction at 20-50 %: root mean square error", f"{np.sqrt((errors**2).mean()):.3f}"),
        ("interval covers the truth", percent(inside)),
        ("mean width of the interval", f"{width:.2f}"),
    ]


def names(outcomes: Sequence[Outcome]) -> Lines:
    """Names of found changes equal to the truth."""
    right = [
        row.mutation == outcome.sample.mutation and row.codon == int(outcome.sample.mutation[1:-1])
        for outcome in outcomes
        if outcome.sample.change is not None
        for row in [find_row(outcome)]
        if row is not None
    ]
    return [("mutation and codon as in the truth", percent(right))]


def splicing(outcomes: Sequence[Outcome]) -> Lines:
    """Splice variants flagged and named, and substitutions reported beside them."""
    rows = []
    for event in ("35INS", "exon7del"):
        for low, high in ((0.0, 0.39), (0.4, 1.0)):
            mine = [
                o for o in outcomes if o.sample.event == event and low <= o.sample.fraction <= high
            ]
            if not mine:
                continue
            label = f"{event} {'below' if low == 0 else 'at and above'} 40 %"
            flagged = [any(f.code == "DOUBLE_SEQUENCE" for f in o.called.flags) for o in mine]
            named = [any(v.mutation == event for v in o.called.variants) for o in mine]
            beside = _substitution_rows(mine)
            rows += [
                (f"{label}: flagged", percent(flagged)),
                (f"{label}: named", percent(named)),
                (f"{label}: substitution rows, mean", f"{np.mean(beside):.2f}"),
                (f"{label}: at most one substitution row", percent([n <= 1 for n in beside])),
            ]
    doubled = [
        any(f.code == "DOUBLE_SEQUENCE" for f in o.called.flags)
        for o in outcomes
        if o.sample.event is None
    ]
    rows.append(("double sequence flagged without one", percent(doubled)))
    alone = _substitution_rows([o for o in outcomes if o.sample.is_wild_type])
    rows.append(
        (
            "for comparison, wild types: at most one substitution row",
            percent([n <= 1 for n in alone]),
        )
    )
    return rows


def _substitution_rows(outcomes: Sequence[Outcome]) -> list[int]:
    return [sum(not v.is_splice for v in o.called.variants) for o in outcomes]


def one_strand(outcomes: Sequence[Outcome]) -> Lines:
    """Return the lines of samples of which one read is left."""
    rows = []
    for fraction in FRACTIONS:
        readable = [
            o
            for o in _mutated(outcomes, fraction)
            if codon_of(o).forward_usable or codon_of(o).reverse_usable
        ]
        found = [find_row(outcome) is not None for outcome in readable]
        rows.append((f"reported at {100 * fraction:.0f} %", percent(found)))
    wild = [o for o in outcomes if o.sample.is_wild_type]
    surer = [
        any(v.tier is not Tier.SINGLE_STRAND for v in o.called.variants if not v.is_splice)
        for o in outcomes
    ]
    return [
        *rows,
        _at_the_stated_limit(outcomes),
        *_tiers_of_wild_types(wild),
        ("any substitution of a tier above single_strand", percent(surer)),
        ("called mutated", percent([o.called.status == "mutated" for o in outcomes])),
    ]


def primer_positions(outcomes: Sequence[Outcome]) -> Lines:
    """Reported, and not reported though the stated limit promised it, by place in the reads."""
    rows = []
    for places in dict.fromkeys(o.sample.primer_shift_nt for o in outcomes):
        mine = [o for o in outcomes if o.sample.primer_shift_nt == places]
        found = [find_row(o) is not None for o in mine]
        missed = sum(
            find_row(o) is None and o.sample.fraction >= codon_of(o).limit_of_detection
            for o in mine
        )
        shift = dict(places)
        label = f"nt {87 + shift['forward']} forward, {733 + shift['reverse']} reverse"
        rows.append((label, f"{percent(found)}, {missed} missed above the limit"))
    return rows
