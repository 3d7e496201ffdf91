"""Two changed bases in one codon: the row of the combination, and what is known of its phase."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from der22.flags import Flag
from der22.formats.reference_folder import Reference
from der22.sanger.calling.calls import make_variant
from der22.sanger.codes import make_flag
from der22.sanger.names import name_change
from der22.sanger.records import Variant
from der22.sanger.settings import SangerSettings
from der22.words import Tier

__all__ = ["add_combinations", "annotate"]

_ORDER = tuple(Tier)


def add_combinations(
    variants: Sequence[Variant], reference: Reference, settings: SangerSettings
) -> tuple[Variant, ...]:
    """Add one row per combination of changed bases of a codon whose fractions are alike.

    Where all are nearly pure no unchanged copy is left: the phase is known, and only the
    combination stays. Else nobody has seen the haplotype: it is listed as `unphased`.
    """
    if not reference.is_coding:
        return tuple(variants)
    by_codon: dict[int | None, list[Variant]] = defaultdict(list)
    for variant in variants:
        by_codon[variant.codon].append(variant)
    rows: list[Variant] = []
    for found in by_codon.values():
        pure = [variant for variant in found if variant.fraction >= settings.phase_known]
        if len(pure) > 1:
            rows.append(_combine(tuple(pure), reference, settings))
            rows += [variant for variant in found if variant.fraction < settings.phase_known]
            continue
        rows += found
        for group in (*combinations(found, 2), *combinations(found, 3)):
            fractions = [variant.fraction for variant in group]
            are_apart = len({variant.position_c for variant in group}) == len(group)
            if are_apart and max(fractions) - min(fractions) < settings.codon_pairing:
                row = _combine(group, reference, settings)
                parts = " and ".join(item.hgvs_c.rsplit(":", 1)[-1] for item in group)
                message = f"{row.mutation}: whether {parts} share a molecule is not known"
                flags = (make_flag("CODON_PHASE_UNKNOWN", message),)
                rows.append(replace(row, tier=Tier.UNPHASED, flags=flags))
    return tuple(sorted(rows, key=lambda row: (row.position_c, len(row.alt), row.alt)))


def _combine(group: tuple[Variant, ...], reference: Reference, settings: SangerSettings) -> Variant:
    first, last = group[0].position_c, group[-1].position_c
    bases = list(reference.sequence[first - 1 : last])
    for variant in group:
        bases[variant.position_c - first] = variant.alt
    return make_variant(
        reference,
        first,
        "".join(bases),
        settings,
        tier=max((variant.tier for variant in group), key=_ORDER.index),
        fraction=float(np.mean([variant.fraction for variant in group])),
        strands=(
            float(np.mean([variant.forward_fraction for variant in group])),
            float(np.mean([variant.reverse_fraction for variant in group])),
        ),
        noise=max(variant.noise_floor for variant in group),
    )


def annotate(variant: Variant, reference: Reference) -> tuple[Flag, ...]:
    """Return what a substitution is known as: silent, polymorphic or without a name."""
    if not reference.is_coding or variant.is_splice:
        return ()
    name = name_change(reference, variant.position_c, variant.alt)
    short = variant.hgvs_c.rsplit(":", 1)[-1]
    label = f"{variant.mutation} ({short})"
    flags: tuple[Flag, ...] = ()
    if short in reference.polymorphisms:
        flags += (
            make_flag("POLYMORPHISM", f"{label} is a polymorphism, not a resistance mutation"),
        )
    if name.is_silent:
        flags += (make_flag("SILENT", f"{label} leaves the protein as it is"),)
    if not flags and variant.mutation not in {item.mutation for item in reference.mutations}:
        message = f"{label} is not in the list of named mutations; check the normal allele"
        flags += (make_flag("UNNAMED_CHANGE", message),)
    return flags
