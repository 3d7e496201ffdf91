"""Validate the Sanger analysis on simulated samples: with no, one and four wild-type control pairs.

    python benchmarks/sanger/validate.py --out docs/validation/sanger.md

The same samples are called three times; only the controls differ. Everything follows from the seed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from der22.formats.reference_folder import Reference
from der22.formats.trace import parse_trace
from der22.sanger.read import analyse_read
from der22.sanger.records import SangerReadResult, Tier, Variant
from der22.sanger.sample import SampleResult, call_sample, control_fault
from der22.sanger.settings import SangerSettings
from der22.simulate.sanger_sample import (
    Molecule,
    mutation_changes,
    simulate_sanger_sample,
)
from der22.simulate.sanger_sample import Variant as TrueVariant
from der22.units.sanger import load_reference

SETTINGS = SangerSettings()
ARMS = (0, 1, 4)
RUN_SIZE = 20
FRACTIONS = (0.15, 0.20, 0.30, 0.50, 0.70, 1.00)
SPLICE_FRACTIONS = (0.20, 0.40, 0.60, 0.80, 1.00)
#: codons that often have one strand only with the usual primers
HARD_CODONS = {*range(250, 256), 486}
EDGE = (242, 486)


@dataclass(frozen=True, slots=True)
class Sample:
    """One simulated sample and its truth."""

    name: str
    change: tuple[int, str, str] | None
    mutation: str
    event: str | None
    fraction: float
    run: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sample as one arm called it."""

    sample: Sample
    arm: int
    called: SampleResult
    reads: Sequence[SangerReadResult]


def named_changes(reference: Reference) -> list[tuple[str, tuple[int, str, str]]]:
    """Return every named change inside the codons a negative must cover, silent ones left out."""
    found = {}
    for name in dict.fromkeys(item.mutation for item in reference.mutations):
        codon = int(name[1:-1])
        if name[0] == name[-1] or name == "K247R" or not EDGE[0] <= codon <= EDGE[1]:
            continue
        for change in mutation_changes(name):
            found[name, change] = None
    return list(found)


def plan_samples(reference: Reference, n_samples: int, seed: int) -> list[Sample]:
    """Half wild type, a tenth splice variants, the rest named mutations at all fractions."""
    rng = np.random.default_rng(seed)
    changes = named_changes(reference)
    events = [item.name for item in reference.splice_variants if item.name in ("35INS", "exon7del")]
    samples = []
    for index in range(n_samples):
        name, run = f"v{index:04d}", index // RUN_SIZE
        kind = index % 10
        if kind < 4:
            samples.append(Sample(name, None, "", None, 0.0, run))
        elif kind == 4:
            event = events[(index // 10) % len(events)]
            fraction = SPLICE_FRACTIONS[(index // 20) % len(SPLICE_FRACTIONS)]
            samples.append(Sample(name, None, "", event, fraction, run))
        else:
            mutation, change = changes[int(rng.integers(len(changes)))]
            fraction = FRACTIONS[int(rng.integers(len(FRACTIONS)))]
            samples.append(Sample(name, change, mutation, None, fraction, run))
    return samples


def mixture(sample: Sample) -> list[Molecule]:
    """Return the molecules of a sample other than wild type."""
    if sample.event is not None:
        return [Molecule(sample.fraction, event=sample.event)]
    if sample.change is not None:
        position, ref, alt = sample.change
        change = TrueVariant(position, ref, alt)
        return [Molecule(sample.fraction, changes=(change,))]
    return []


def read_traces(
    name: str,
    molecules: Sequence[Molecule],
    run: int,
    seed: int,
    reference: Reference,
    folder: Path,
) -> list[SangerReadResult]:
    """Simulate both reads of a sample, read them back and analyse them."""
    written = simulate_sanger_sample(name, molecules, run, seed, folder)
    return [
        analyse_read(
            read.read_id, parse_trace(read.path.read_bytes(), read.path.name), reference, SETTINGS
        )
        for read in written
    ]


def run_arms(samples: Sequence[Sample], seed: int, reference: Reference) -> list[Outcome]:
    """Simulate every sample once and call it with each number of control pairs."""
    outcomes = []
    controls: list[list[SangerReadResult]] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for index, sample in enumerate(samples):
            run = 1000 * seed + sample.run
            if index % RUN_SIZE == 0:
                controls = [
                    read_traces(f"c{sample.run}_{k}", [], run, 90_000 + k, reference, folder)
                    for k in range(max(ARMS))
                ]
                controls = [c for c in controls if control_fault(c, reference, SETTINGS) is None]
            reads = read_traces(sample.name, mixture(sample), run, index, reference, folder)
            for arm in ARMS:
                serving = [read for pair in controls[:arm] for read in pair]
                called = call_sample(reads, serving, reference, SETTINGS)
                outcomes.append(Outcome(sample, arm, called, reads))
    return outcomes


def find_row(outcome: Outcome) -> Variant | None:
    """Return the row of the true change: the whole change, named exactly."""
    assert outcome.sample.change is not None
    position, _, alt = outcome.sample.change
    return next(
        (v for v in outcome.called.variants if (v.position_c, v.alt) == (position, alt)), None
    )


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


def percent(hits: Iterable[bool]) -> str:
    """Return hits as ``n/N (p %)``."""
    values = list(hits)
    share = f"{100 * sum(values) / len(values):.0f} %" if values else "-"
    return f"{sum(values)}/{len(values)} ({share})"


def _codon(outcome: Outcome):
    assert outcome.sample.change is not None
    codon = (outcome.sample.change[0] + 2) // 3
    return next(verdict for verdict in outcome.called.codons if verdict.codon == codon)


def sensitivity(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    """Named mutations found, by fraction; and those at or above the stated limit."""
    rows = []
    for fraction in FRACTIONS:
        hits, sure = [], []
        for outcome in outcomes:
            if outcome.sample.change is None or outcome.sample.fraction != fraction:
                continue
            row, verdict = find_row(outcome), _codon(outcome)
            both = verdict.forward_usable and verdict.reverse_usable
            below = not fraction >= verdict.limit_of_detection
            if not both and below:
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
    stated = [
        find_row(outcome) is not None
        for outcome in outcomes
        if outcome.sample.change is not None
        and outcome.sample.fraction >= _codon(outcome).limit_of_detection
    ]
    rows.append(("at or above the stated limit, reported", percent(stated)))
    return rows


def false_rows(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    """False rows per wild-type sample."""
    wild = [o for o in outcomes if o.sample.change is None and o.sample.event is None]
    tiers = [variant.tier for outcome in wild for variant in outcome.called.variants]
    sure = sum(tier is Tier.DETECTED for tier in tiers)
    other = len(tiers) - sure
    elsewhere = [
        sum(v.tier is Tier.DETECTED and not is_true_part(o, v) for v in o.called.variants)
        for o in outcomes
        if o.sample.change is not None
    ]
    return [
        ("wild type: false detected rows per sample", f"{sure / len(wild):.2f}"),
        ("wild type: possible or single_strand rows per sample", f"{other / len(wild):.2f}"),
        ("wild type called mutated", percent([o.called.status == "mutated" for o in wild])),
        ("wild type called possible", percent([o.called.status == "possible" for o in wild])),
        ("wild type called wild_type", percent([o.called.status == "wild_type" for o in wild])),
        ("mutated samples: false detected rows per sample", f"{np.mean(elsewhere):.2f}"),
    ]


def fractions(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
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


def names(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    """Names of found changes equal to the truth."""
    right = [
        row.mutation == outcome.sample.mutation and row.codon == int(outcome.sample.mutation[1:-1])
        for outcome in outcomes
        if outcome.sample.change is not None
        for row in [find_row(outcome)]
        if row is not None
    ]
    return [("mutation and codon as in the truth", percent(right))]


def splicing(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
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
            beside = [sum(not v.is_splice for v in o.called.variants) for o in mine]
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
    return rows


def report(outcomes: Sequence[Outcome]) -> str:
    """Return one table: a line per measure, a column per number of control pairs."""
    columns = {
        arm: [
            row
            for part in (sensitivity, false_rows, fractions, names, splicing)
            for row in part([o for o in outcomes if o.arm == arm])
        ]
        for arm in ARMS
    }
    lines = [
        "| measure | no control | one control pair | four control pairs |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {cells[0][0]} | " + " | ".join(cell[1] for cell in cells) + " |"
        for cells in zip(*columns.values(), strict=True)
    ]
    return "\n".join(lines)


def main() -> None:
    """Run and print, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    reference = load_reference("abl1")
    samples = plan_samples(reference, options.samples, options.seed)
    table = report(run_arms(samples, options.seed, reference))
    if options.out is None:
        print(table)
        return
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(PAGE.format(n=len(samples), seed=options.seed, table=table), "utf-8")


PAGE = """# Validation of the Sanger analysis on simulated samples

{n} simulated samples (seed {seed}) in runs of twenty: wild types, 35INS and exon 7 loss, and named
mutations at 15, 20, 30, 50, 70 and 100 % of the transcript; both strands of each. Every sample is
called three times: without wild-type control, with one control pair of its run and with four.
The simulator and the analysis were written apart and share only the file formats. What a simulated
trace cannot show, a real one may: see the real pairs in the test suite.

Reported = tier detected or possible; single_strand counts where the codon has one usable strand.
A variant below the stated limit of a codon with one usable strand is left out of the first lines.

{table}

Made by `python benchmarks/sanger/validate.py --out docs/validation/sanger.md`.
"""


if __name__ == "__main__":
    main()
