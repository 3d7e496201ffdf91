"""One status per sample, the names that decide it, and the sentence that says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from der22.flags import Flag
from der22.formats.reference_folder import Reference
from der22.sanger.calling.codons import assessed_share, hot_spot_limits, median_limit
from der22.sanger.codes import make_flag
from der22.sanger.evidence.grid import CallGrid
from der22.sanger.records import CodonVerdict, SangerReadResult, Variant
from der22.sanger.settings import SangerSettings
from der22.words import Abl1Status, Tier

__all__ = ["StatusVerdict", "decide_status"]

_HARMLESS = {"SILENT", "POLYMORPHISM", "SPLICE_VARIANT"}


@dataclass(frozen=True, slots=True)
class StatusVerdict:
    """Status of a sample with its reasons.

    Attributes:
        status: mutated, possible, wild_type or not_evaluable.
        mutations: names that decide, by codon, each once.
        message: one sentence.
        flags: of the sample itself.
    """

    status: Abl1Status
    mutations: tuple[str, ...]
    message: str
    flags: tuple[Flag, ...]


def decide_status(
    reads: Sequence[SangerReadResult],
    variants: Sequence[Variant],
    codons: Sequence[CodonVerdict],
    grid: CallGrid,
    reference: Reference,
    settings: SangerSettings,
    *,
    contradictions: tuple[Flag, ...] = (),
    length: tuple[Flag, ...] = (),
) -> StatusVerdict:
    """Return the status, the first of these that holds.

    Nothing usable: not evaluable. Reads that contradict each other (`contradictions`): not
    evaluable, whatever else was found. Detected rows: mutated; lesser ones: possible. A change of
    length on any read (`length`): not evaluable, never a wild type. Then a negative, if enough was
    read.

    Silent, polymorphic, splice and unphased rows never decide, nor does an unnamed change on one
    strand outside the codons that a negative must cover: in the tails of both reads every fourth
    wild type has one, and nothing is claimed there.
    """
    if not any(read.evidence is not None for read in reads):
        why = ", ".join(
            f"{read.read_id}: {'+'.join(sorted({item.code for item in read.flags}))}"
            for read in reads
        )
        message = f"Every read was refused ({why}); repeat the reads"
        refused = (make_flag("NO_USABLE_READ", message),)
        return StatusVerdict(Abl1Status.NOT_EVALUABLE, (), message, refused)
    deciding = []
    for variant in variants:
        codes = {item.code for item in variant.flags}
        is_marginal = (
            variant.codon is not None
            and variant.tier is Tier.SINGLE_STRAND
            and "UNNAMED_CHANGE" in codes
            and not reference.assessed_first <= variant.codon <= reference.assessed_last
        )
        if not codes & _HARMLESS and not is_marginal and variant.tier is not Tier.UNPHASED:
            deciding.append(variant)
    detected = [variant for variant in deciding if variant.tier is Tier.DETECTED]
    limits = hot_spot_limits(codons, grid, reference, settings)
    flags = contradictions + length + _hot_spot_flags(limits, settings)
    if not grid.on_both.any():
        directions = sorted({str(read.direction) for read in reads if read.evidence is not None})
        message = (
            f"Only one direction is usable ({' and '.join(directions)}, no base on both); repeat "
            "the other"
        )
        flags = (make_flag("SINGLE_STRAND", message), *flags)
    beside = "".join(
        f"; {variant.mutation}: splice variant, not a resistance mutation"
        for variant in variants
        if variant.is_splice
    )
    told = "; ".join(item.message for item in length)
    if contradictions:
        message = "; ".join(item.message for item in contradictions)
        if detected:
            message += f"; also seen: {'; '.join(_sentence(variant) for variant in detected)}"
        return StatusVerdict(Abl1Status.NOT_EVALUABLE, (), message + beside, flags)
    if told:
        beside += f"; {told}"
    if detected:
        message = "; ".join(_sentence(variant) for variant in detected)
        flags += _compound_flags(detected)
        return StatusVerdict(Abl1Status.MUTATED, _names(detected), message + beside, flags)
    if deciding:
        message = "Not certain: " + "; ".join(_sentence(variant) for variant in deciding)
        message += "; repeat both directions from a new PCR product"
        return StatusVerdict(Abl1Status.POSSIBLE, _names(deciding), message + beside, flags)
    if length:
        message = f"No named change{beside}"
        return StatusVerdict(Abl1Status.NOT_EVALUABLE, (), message, flags)
    verdict = _negative(reads, codons, limits, grid, reference, settings)
    return replace(verdict, message=verdict.message + beside, flags=flags + verdict.flags)


def _hot_spot_flags(limits: Mapping[int, float], settings: SangerSettings) -> tuple[Flag, ...]:
    """Say which hot spots were not read, or down to a high limit only, whatever the status."""
    weak = [
        f"codon {codon} {'not assessed' if np.isnan(limit) else f'below {100 * limit:.0f} %'}"
        for codon, limit in limits.items()
        if not limit <= settings.hotspot_told_limit
    ]
    if not weak:
        return ()
    message = f"Not excluded at hot spots: {', '.join(weak)}; repeat the direction that is missing"
    return (make_flag("HOTSPOT_LIMIT", message),)


def _negative(
    reads: Sequence[SangerReadResult],
    codons: Sequence[CodonVerdict],
    limits: Mapping[int, float],
    grid: CallGrid,
    reference: Reference,
    settings: SangerSettings,
) -> StatusVerdict:
    """Return wild type where enough was assessed, and every hot spot down to a useful limit."""
    covered: set[int] = set()
    for read in reads:
        if read.evidence is not None and read.placement is not None:
            covered.update(int(at) for at in read.placement.window_index if at >= 0)
    n_read = min(len(covered), len(reference.window))
    share = assessed_share(codons, grid, reference, n_read)
    if share < settings.assessed_share:
        what = (
            f"codons {reference.assessed_first}-{reference.assessed_last}"
            if reference.is_coding
            else "the bases under the reads"
        )
        message = f"Only {100 * share:.0f} % of {what} assessed; repeat the reads"
        flags = (make_flag("TOO_FEW_CODONS", message),)
        return StatusVerdict(Abl1Status.NOT_EVALUABLE, (), message, flags)
    unread = [codon for codon, limit in limits.items() if np.isnan(limit)]
    blind = {c: limit for c, limit in limits.items() if limit > settings.negative_max_limit}
    if unread or blind:
        parts = []
        if unread:
            parts.append(f"codon {', '.join(map(str, unread))} not assessed")
        parts += [f"codon {codon} only above {100 * limit:.0f} %" for codon, limit in blind.items()]
        message = f"No negative without the hot spots: {'; '.join(parts)}; repeat the reads"
        flags = (make_flag("TOO_FEW_CODONS", message),)
        return StatusVerdict(Abl1Status.NOT_EVALUABLE, (), message, flags)
    if limits:
        worst = max(limits, key=limits.__getitem__)
        message = (
            f"No mutation; below {100 * limits[worst]:.0f} % not excluded (weakest hot spot: codon "
            f"{worst})"
        )
    else:
        limit = median_limit(codons, grid, settings)
        message = f"No mutation; below {100 * limit:.0f} % not excluded"
    return StatusVerdict(Abl1Status.WILD_TYPE, (), message, ())


def _names(variants: Sequence[Variant]) -> tuple[str, ...]:
    ordered = sorted(variants, key=lambda item: (item.codon or item.position_c, item.position_c))
    return tuple(dict.fromkeys(item.mutation or item.hgvs_c for item in ordered))


def _sentence(variant: Variant) -> str:
    name = variant.mutation or variant.hgvs_c
    percents = (100 * variant.fraction, 100 * variant.fraction_low, 100 * variant.fraction_high)
    share = "{:.0f} % of the amplified transcript ({:.0f}-{:.0f} %)".format(*percents)
    one_strand = ", one strand only" if variant.tier is Tier.SINGLE_STRAND else ""
    return f"{name} {share}{one_strand}"


def _compound_flags(detected: Sequence[Variant]) -> tuple[Flag, ...]:
    """Apply the sum rule over different codons.

    METHOD: of fractions that add up to more than 1, at least the excess lies on one molecule. They
    are uncertain, so the lower ends of their intervals are added. With k codons at least
    (sum - 1) / (k - 1) carry two or more.
    """
    shares: dict[int, dict[int, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for variant in detected:
        if variant.codon is not None and len(variant.alt) == 1:
            shares[variant.codon][variant.position_c][variant.alt] = variant.fraction_low
        elif variant.codon is not None:
            shares[variant.codon][0][variant.alt] = variant.fraction_low
    per_codon = [
        max(min(sum(alts.values()), 1.0) for alts in positions.values())
        for positions in shares.values()
    ]
    if len(per_codon) < 2:
        return ()
    top = sorted(per_codon, reverse=True)
    excess = max(top[0] + top[1] - 1.0, (sum(per_codon) - 1.0) / (len(per_codon) - 1))
    if excess > 0:
        message = f"At least {100 * excess:.0f} % of the transcripts carry two mutated codons"
        return (make_flag("COMPOUND_AT_LEAST", message),)
    message = "Two or more mutated codons: compound or separate clones is not decidable"
    return (make_flag("COMPOUND_UNDETERMINED", message),)
