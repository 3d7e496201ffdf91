"""The verdict on every codon: seen, not seen down to which fraction, or not assessed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from der22.arrays import Floats
from der22.formats.reference_folder import Reference
from der22.sanger.arrays import measured_bases
from der22.sanger.evidence.grid import CallGrid, one_sided_shares
from der22.sanger.names import codon_residue, named_mask
from der22.sanger.records import CodonVerdict, Variant
from der22.sanger.settings import SangerSettings
from der22.words import CodonStatus, Tier

__all__ = ["assessed_share", "hot_spot_limits", "judge_codons", "limits_of_bases", "median_limit"]


def limits_of_bases(grid: CallGrid, settings: SangerSettings) -> Floats:
    """Return the fraction that is reported in at least 95 % of cases, shape (n_window,).

    1.8 times the limit in force for the hardest alternative; NaN where no strand is usable, or
    where what the only strand shows may be a neighbour of the base.
    """
    limits = np.where(grid.on_any, settings.limit_factor * grid.reported, -np.inf)
    hardest = limits.max(axis=0)
    known = np.isfinite(hardest) & ~grid.unsure
    return np.where(known, np.minimum(hardest, 1.0), np.nan)


def judge_codons(
    grid: CallGrid,
    variants: Sequence[Variant],
    reference: Reference,
    settings: SangerSettings,
) -> tuple[CodonVerdict, ...]:
    """Return one verdict per codon of the reported span; empty without a reading frame."""
    if not reference.is_coding:
        return ()
    limits = limits_of_bases(grid, settings)
    # What one strand shows of a named change and the other does not raises the limit; where one
    # shows it plainly nothing is known of the base.
    shown = one_sided_shares(grid, reference).max(axis=0)
    limits = np.where(shown >= settings.single_named, np.maximum(limits, shown), limits)
    limits = np.where(shown >= settings.one_sided_plain, np.nan, limits)
    usable = [measured_bases(shares) for shares in (grid.forward, grid.reverse)]
    verdicts = []
    for codon in range(reference.codon_first, reference.codon_last + 1):
        first = 3 * codon - 2 - reference.window_first
        inside = first >= 0 and first + 3 <= limits.size
        span = slice(first, first + 3) if inside else slice(0, 0)
        # A codon is only as good as its worst base; an unread base makes it not assessed.
        worst = float(limits[span].max(initial=0.0)) if inside else float("nan")
        tiers = {variant.tier for variant in variants if variant.codon == codon}
        if tiers:
            status = CodonStatus.DETECTED if Tier.DETECTED in tiers else CodonStatus.POSSIBLE
            worst = 1.0 if np.isnan(worst) else worst  # a splice variant, no base can be here
        else:
            is_assessed = not np.isnan(worst)
            status = CodonStatus.NOT_DETECTED if is_assessed else CodonStatus.NOT_ASSESSED
        verdicts.append(
            CodonVerdict(
                codon=codon,
                residue=codon_residue(reference, codon),
                status=status,
                limit_of_detection=worst,
                forward_usable=inside and bool(usable[0][span].all()),
                reverse_usable=inside and bool(usable[1][span].all()),
            )
        )
    return tuple(verdicts)


def assessed_share(
    verdicts: Sequence[CodonVerdict], grid: CallGrid, reference: Reference, n_read: int
) -> float:
    """Return how much of what a negative must cover was assessed, 0 to 1.

    Args:
        verdicts: of every codon; empty without a reading frame.
        grid: both strands.
        reference: for the codons a negative must cover.
        n_read: bases under any read; the whole of which a share is taken without a reading frame.
    """
    if not reference.is_coding:
        return float(grid.on_any.any(axis=0).sum()) / n_read if n_read else 0.0
    wanted = [
        verdict
        for verdict in verdicts
        if reference.assessed_first <= verdict.codon <= reference.assessed_last
    ]
    assessed = sum(not np.isnan(verdict.limit_of_detection) for verdict in wanted)
    return assessed / len(wanted) if wanted else 0.0


def hot_spot_limits(
    verdicts: Sequence[CodonVerdict], grid: CallGrid, reference: Reference, settings: SangerSettings
) -> dict[int, float]:
    """Return the limit of detection of the named changes of every hot spot, NaN where not assessed.

    METHOD: a negative is about the mutations of the list, so the hardest named change of the codon
    counts here; the limit of the codon in the table also holds changes nobody has named.
    """
    named = named_mask(reference)
    limits = {}
    for verdict in verdicts:
        if verdict.codon not in reference.hot_spots:
            continue
        first = 3 * verdict.codon - 2 - reference.window_first
        span = slice(first, first + 3) if first >= 0 else slice(0, 0)
        wanted = named[:, span] & grid.on_any[:, span]
        limit = verdict.limit_of_detection
        if wanted.any() and not np.isnan(limit):
            hardest = settings.limit_factor * float(grid.reported[:, span][wanted].max())
            shown = one_sided_shares(grid, reference)[:, span].max()
            shown = float(shown) if shown >= settings.single_named else 0.0
            limit = min(max(hardest, shown), 1.0)
        limits[verdict.codon] = limit
    return limits


def median_limit(
    verdicts: Sequence[CodonVerdict], grid: CallGrid, settings: SangerSettings
) -> float:
    """Return the median limit of detection, NaN when nothing was assessed."""
    limits = (
        np.array([verdict.limit_of_detection for verdict in verdicts])
        if verdicts
        else limits_of_bases(grid, settings)
    )
    assessed = limits[~np.isnan(limits)]
    return float(np.median(assessed)) if assessed.size else float("nan")
