"""Two changed bases in one codon: the row of the combination, and what is known of its phase."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from der22.flags import Flag
from der22.formats.reference_folder import Reference
from der22.sanger.calls import interval
from der22.sanger.codes import make_flag
from der22.sanger.names import ChangeName, name_change
from der22.sanger.records import Tier, Variant
from der22.sanger.settings import SangerSettings

__all__ = ["add_combinations", "annotate"]

_PHASE_KNOWN = 0.90
_ORDER = tuple(Tier)


def add_combinations(
    variants: Sequence[Variant], reference: Reference, settings: SangerSettings
) -> tuple[Variant, ...]:
    """Add one row per combination of changed bases of a codon whose fractions are alike.

    Where all are nearly pure no unchanged copy is left: the phase is known, and only the
    combination stays.
    """
    if not reference.is_coding:
        return tuple(variants)
    by_codon: dict[int | None, list[Variant]] = defaultdict(list)
    for variant in variants:
        by_codon[variant.codon].append(variant)
    rows: list[Variant] = []
    for found in by_codon.values():
        rows += _codon_rows(found, reference, settings)
    return tuple(sorted(rows, key=lambda row: (row.position_c, len(row.alt), row.alt)))


def _codon_rows(
    found: list[Variant], reference: Reference, settings: SangerSettings
) -> list[Variant]:
    pure = [variant for variant in found if variant.fraction >= _PHASE_KNOWN]
    if len(pure) > 1:
        others = [variant for variant in found if variant.fraction < _PHASE_KNOWN]
        return [_combine(tuple(pure), reference, settings, is_known=True), *others]
    rows = list(found)
    for size in (2, 3):
        for group in combinations(found, size):
            fractions = [variant.fraction for variant in group]
            are_apart = len({variant.position_c for variant in group}) == size
            if are_apart and max(fractions) - min(fractions) < settings.codon_pairing:
                rows.append(_combine(group, reference, settings, is_known=False))
    return rows


def _combine(
    group: tuple[Variant, ...], reference: Reference, settings: SangerSettings, *, is_known: bool
) -> Variant:
    first, last = group[0].position_c, group[-1].position_c
    bases = list(reference.sequence[first - 1 : last])
    for variant in group:
        bases[variant.position_c - first] = variant.alt
    alt = "".join(bases)
    name = name_change(reference, first, alt)
    tier = max((variant.tier for variant in group), key=_ORDER.index)
    fraction = float(np.mean([variant.fraction for variant in group]))
    low, high = interval(fraction, settings, is_both=tier is not Tier.SINGLE_STRAND)
    return Variant(
        position_c=first,
        ref=reference.sequence[first - 1 : last],
        alt=alt,
        hgvs_c=name.hgvs_c,
        hgvs_p=name.hgvs_p,
        mutation=name.mutation,
        codon=name.codon,
        tier=tier,
        fraction=fraction,
        fraction_low=low,
        fraction_high=high,
        forward_fraction=float(np.mean([variant.forward_fraction for variant in group])),
        reverse_fraction=float(np.mean([variant.reverse_fraction for variant in group])),
        noise_floor=max(variant.noise_floor for variant in group),
        flags=() if is_known else (_phase_flag(name, group),),
    )


def _phase_flag(name: ChangeName, group: tuple[Variant, ...]) -> Flag:
    parts = " and ".join(variant.hgvs_c.rsplit(":", 1)[-1] for variant in group)
    message = f"{name.mutation}: whether {parts} share a molecule is not known"
    return make_flag("CODON_PHASE_UNKNOWN", message)


def annotate(variant: Variant, reference: Reference) -> tuple[Flag, ...]:
    """Return what a substitution is known as: silent, polymorphic or without a name."""
    if not reference.is_coding or variant.is_splice:
        return ()
    name = name_change(reference, variant.position_c, variant.alt)
    label = f"{variant.mutation} ({variant.hgvs_c.rsplit(':', 1)[-1]})"
    flags: tuple[Flag, ...] = ()
    if variant.hgvs_c.rsplit(":", 1)[-1] in reference.polymorphisms:
        flags += (
            make_flag("POLYMORPHISM", f"{label} is a polymorphism, not a resistance mutation"),
        )
    if name.is_silent:
        flags += (make_flag("SILENT", f"{label} leaves the protein as it is"),)
    if not flags and not _is_named(variant, reference):
        message = f"{label} is not in the list of named mutations; check the normal allele"
        flags += (make_flag("UNNAMED_CHANGE", message),)
    return flags


def _is_named(variant: Variant, reference: Reference) -> bool:
    return variant.mutation in {mutation.mutation for mutation in reference.mutations}
