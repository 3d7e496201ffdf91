"""Samples that must never be silent negatives or inventions: sound pairs of reads, spoilt."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from der22.formats.reference_folder import Reference
from der22.formats.trace import Trace
from der22.sanger.evidence.copies import refuse_copies
from der22.sanger.reading.read import analyse_read
from der22.sanger.records import SangerReadResult
from der22.sanger.sample import SequencedSample, call_sample
from der22.sanger.settings import SangerSettings
from der22.simulate.chemistry import ReadConditions, named_rng
from der22.simulate.molecules import (
    Molecule,
    Substitution,
    Template,
    as_molecules,
    mutation_change,
    read_template,
)
from der22.simulate.sanger_read import simulate_read

SETTINGS = SangerSettings()
_ORDER = np.array(list("ACGT"))


def carrying(fraction: float, *names: str) -> Molecule:
    """Return a molecule with named mutations."""
    return Molecule(fraction, tuple(Substitution(*mutation_change(name)) for name in names))


def simulated(
    seed: int,
    *molecules: Molecule,
    directions: Sequence[str] = ("forward", "reverse"),
    conditions: ReadConditions | None = None,
    length: tuple[int, int, float] | None = None,
) -> list[Trace]:
    """Return simulated reads as traces.

    Args:
        seed: of sample and reads; four samples share a run.
        molecules: the mixture; the rest is wild type.
        directions: of the reads.
        conditions: of the reactions.
        length: position, bases more (positive) or fewer, and share of the molecules that differ.
    """
    reads = []
    for number, way in enumerate(directions):
        rng = named_rng(seed // 4, seed, f"read {number}", way)
        templates = [(one.fraction, read_template(one, way)) for one in as_molecules(molecules)]
        if length is not None:
            position, size, share = length
            changed = [
                (share * part, _with_length(one, position, size, way)) for part, one in templates
            ]
            templates = [((1 - share) * part, one) for part, one in templates if share < 1]
            templates += changed
        read = simulate_read(
            f"{seed}_{way[0]}{number}", templates, way, seed // 4, conditions or ReadConditions(),
            rng,
        )  # fmt: skip
        calls = read.calls
        reads.append(
            Trace(
                name=f"{seed}_{way[0].upper()}{number}.ab1",
                channels=read.processed.astype(np.float64),
                calls=calls.letters,
                positions=np.asarray(calls.positions, dtype=np.int64),
                qualities=np.asarray(calls.qualities, dtype=np.int64),
            )
        )
    return reads


def _with_length(template: Template, position: int, size: int, way: str) -> Template:
    """Lose bases from a position on, or repeat them there."""
    at = int(np.flatnonzero(template.positions == position)[0])
    n = abs(size)
    first = at if way == "forward" else at - n + 1
    bases, positions = template.bases, template.positions
    if size < 0:
        return Template(
            bases[:first] + bases[first + n :],
            np.concatenate([positions[:first], positions[first + n :]]),
        )
    return Template(
        bases[: first + n] + bases[first:],
        np.concatenate([positions[: first + n], positions[first:]]),
    )


def turned(trace: Trace) -> Trace:
    """Return the same capillary as its reverse complement."""
    n_points = trace.channels.shape[1]
    qualities = None if trace.qualities is None else trace.qualities[::-1]
    letters = trace.calls.translate(str.maketrans("ACGTN", "TGCAN"))[::-1]
    return dataclasses.replace(
        trace,
        name=f"turned {trace.name}",
        channels=np.ascontiguousarray(trace.channels[::-1, ::-1]),
        calls=letters,
        positions=np.ascontiguousarray(n_points - 1 - trace.positions[::-1]),
        qualities=None if qualities is None else np.ascontiguousarray(qualities),
    )


def rescaled(trace: Trace, factor: float) -> Trace:
    """Return the same capillary at another height, in whole numbers."""
    return dataclasses.replace(
        trace, name=f"rescaled {trace.name}", channels=np.rint(trace.channels * factor)
    )


def trimmed(trace: Trace, first: int, last: int) -> Trace:
    """Return the same capillary with fewer calls and points."""
    low = int(trace.positions[first]) - 6
    high = int(trace.positions[last]) + 6
    return dataclasses.replace(
        trace,
        name=f"trimmed {trace.name}",
        channels=trace.channels[:, low:high],
        calls=trace.calls[first : last + 1],
        positions=trace.positions[first : last + 1] - low,
        qualities=None if trace.qualities is None else trace.qualities[first : last + 1],
    )


def raised(trace: Trace, share: float, rng: np.random.Generator, *, drifts: bool) -> Trace:
    """Return the read over a background of a share of its peaks, even or coming and going.

    The background is what a capillary leaves: a level and other fragments, not a flat line.
    """
    n_points = trace.channels.shape[1]
    points = np.arange(n_points)
    height = float(np.median(trace.channels[:, trace.positions].max(axis=0)))
    channels = trace.channels.copy()
    for channel in channels:
        level = np.full(n_points, share)
        if drifts:
            wave = np.sin(2 * np.pi * points / rng.uniform(1500, 4000) + rng.uniform(0, 6))
            level = share * (1 + wave)
        grass = np.convolve(rng.standard_normal(n_points + 8), np.ones(9) / 9, "valid")
        channel += np.maximum(level * (1 + 0.6 * grass), 0) * height
    return dataclasses.replace(trace, channels=np.rint(channels))


def saturated(trace: Trace, level: float) -> Trace:
    """Return the read as a camera at its end writes it: cut at a share of the typical peak."""
    height = float(np.median(trace.channels[:, trace.positions].max(axis=0)))
    return dataclasses.replace(trace, channels=np.minimum(trace.channels, np.rint(level * height)))


def without_quality_at(trace: Trace, first: int, last: int) -> Trace:
    """Return the read with calls nobody can trust from one call to another."""
    assert trace.qualities is not None
    qualities = trace.qualities.copy()
    qualities[first : last + 1] = 4
    return dataclasses.replace(trace, qualities=qualities)


def called(
    traces: Sequence[Trace], reference: Reference, controls: Sequence[Trace] = ()
) -> SequencedSample:
    """Analyse and call a sample."""
    return call_sample(
        analysed(traces, reference), analysed(controls, reference), reference, SETTINGS
    )


def analysed(traces: Sequence[Trace], reference: Reference) -> list[SangerReadResult]:
    """Analyse the reads of a sample."""
    reads = [analyse_read(one.name, one, reference, SETTINGS) for one in traces]
    return list(refuse_copies(reads, SETTINGS))
