"""What is said of a sample: saturated probes, blasts, the no-DNA control."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from der22.arrays import Floats, Mask
from der22.flags import Flag, Severity
from der22.formats.probemix import Probemix, ProbeRole
from der22.mlpa.calls import GeneCall, call_gene, call_probe, smallest_clone
from der22.mlpa.codes import make_flag
from der22.mlpa.dosage.controls import judge_controls
from der22.mlpa.dosage.filling import ProbeSignals
from der22.mlpa.sentences import some
from der22.mlpa.settings import MlpaSettings
from der22.words import Call

__all__ = [
    "blast_notes",
    "blast_share",
    "call_all_genes",
    "call_all_probes",
    "gene_probes",
    "judge_no_dna",
    "judge_probes",
    "unevaluated_genes",
    "without_changes",
]


_DOSAGE_ROLES = (ProbeRole.TARGET, ProbeRole.REFERENCE)
_LIMITED_BELOW_PERCENT = 60.0
_LEAST_SHARE = 0.01
_STRAY_Z = 3.0
_MIX_SHARE = 0.5


def gene_probes(probemix: Probemix) -> dict[str, list[int]]:
    """Return the target probes of each gene in order along the gene, genes in sheet order."""
    genes: dict[str, list[int]] = {}
    for index, probe in enumerate(probemix.probes):
        if probe.role == ProbeRole.TARGET and probe.gene:
            genes.setdefault(probe.gene, []).append(index)

    def place(index: int) -> tuple[float, float]:
        probe = probemix.probes[index]
        order = probe.order if probe.order is not None else probe.start
        return (float("inf") if order is None else float(order), probe.length_nt)

    return {gene: sorted(indices, key=place) for gene, indices in genes.items()}


def judge_probes(probemix: Probemix, probes: ProbeSignals, settings: MlpaSettings) -> list[Flag]:
    """Return what the probes and control fragments of one sample say against it."""
    flags = list(_judge_range(probemix, probes, settings))
    # two displaced probes mean that the sizes or the mix of this sample are wrong
    moved = _names(probemix, probes.displaced, _DOSAGE_ROLES)
    if len(moved) == 1:
        flags.append(make_flag("NOT_MEASURED", f"{moved[0]}: stands beside its bin"))
    elif len(moved) > _MIX_SHARE * len(probemix.of_role(*_DOSAGE_ROLES)):
        text = f"{len(moved)} probes stand beside the bins of this run; another probemix?"
        flags.append(make_flag("PROBEMIX_MISMATCH", text))
    elif moved:
        text = f"{len(moved)} probes stand beside their bins ({some(moved)}), the sizes are wrong"
        flags.append(make_flag("SIZE_STANDARD_POOR", f"{text}; run the capillary again"))
    saturated = _names(probemix, probes.offscale, _DOSAGE_ROLES)
    if saturated:
        text = f"{len(saturated)} probes saturated ({some(saturated)}); dilute or inject shorter"
        too_many = len(saturated) > settings.offscale_max_probes
        flags.append(make_flag("OFFSCALE", text, Severity.ERROR if too_many else Severity.WARNING))
    under = _names(probemix, probes.pullup, _DOSAGE_ROLES)
    if under:
        flags.append(make_flag("PULLUP", f"probes under a tall peak of another dye: {some(under)}"))
    return [*flags, *judge_controls(probemix, probes, settings)]


def _judge_range(
    probemix: Probemix, probes: ProbeSignals, settings: MlpaSettings
) -> Iterator[Flag]:
    beyond = _names(probemix, probes.unmeasured, _DOSAGE_ROLES)
    if not beyond:
        return
    targets = probemix.of_role(ProbeRole.TARGET)
    lost = [probe for probe in targets if probe.probe_id in set(beyond)]
    share = len(lost) / max(len(targets), 1)
    if share > settings.unmeasured_max_share or any(probe.gene == "IKZF1" for probe in lost):
        seen = [
            probe.length_nt
            for probe, gone in zip(probemix.probes, probes.unmeasured, strict=True)
            if not gone
        ]
        text = (
            f"sized to {max(seen, default=0.0):g} nt only, {len(beyond)} probes lie beyond; "
            "lengthen the run"
        )
        if not np.isfinite(probes.size_nt).any():  # a table of intensities has no sizes
            text = (
                f"no value for {len(beyond)} probes; give every probe of the sheet a row, with 0 "
                "where there is no peak"
            )
        yield make_flag("SIZE_STANDARD_INCOMPLETE", text)
    yield make_flag("NOT_MEASURED", f"{some(beyond)}: outside the sized range")


def judge_no_dna(
    roles: Sequence[str],
    probes: Sequence[ProbeSignals | None],
    own: Sequence[list[Flag]],
    probemix: Probemix,
    settings: MlpaSettings,
) -> list[Flag]:
    """Judge the no-DNA controls; adds to their own flags and returns what the run must know."""
    is_reference = _mask(probemix, (ProbeRole.REFERENCE,))
    is_quantity = _mask(probemix, (ProbeRole.QUANTITY,))
    medians = [
        float(np.median(found.height[is_reference & ~found.unmeasured]))
        for role, found in zip(roles, probes, strict=True)
        if found is not None and role != "no_dna" and (is_reference & ~found.unmeasured).any()
    ]
    usual = float(np.median(medians)) if medians else np.nan
    run_flags = []
    for index, (role, found) in enumerate(zip(roles, probes, strict=True)):
        if role != "no_dna" or found is None:
            continue
        measured = is_reference & ~found.unmeasured
        shown = float(np.median(found.height[measured])) if measured.any() else np.nan
        if usual > 0.0 and shown > settings.no_dna_max_ratio * usual:
            text = f"the no-DNA control shows {shown / usual:.2f} of normal signal"
            run_flags.append(make_flag("NO_DNA_CONTAMINATED", text))
        quantity = found.height[is_quantity & ~found.unmeasured]
        if quantity.size and not float(np.median(quantity)) > 0.0:
            text = "the no-DNA control does not show the quantity fragments"
            own[index].append(make_flag("NO_DNA_UNEXPECTED", text))
    return run_flags[:1]


def blast_share(role: str, blast_percent: float | None) -> float:
    """Return the share of leukaemic cells the calls count with; 1 when not known."""
    if role != "patient" or blast_percent is None:
        return 1.0
    return max(blast_percent / 100.0, _LEAST_SHARE)


def blast_notes(
    role: str, blast_percent: float | None, sigma: Floats, settings: MlpaSettings
) -> list[Flag]:
    """Say what a negative result is worth at this share of leukaemic cells."""
    if role != "patient":
        return []
    if blast_percent is None:
        text = "blasts unknown; a negative result means nothing"
        return [make_flag("BLASTS_UNKNOWN", text)]
    if blast_percent < settings.min_blast_percent:
        text = f"blasts {blast_percent:g} %: a negative result means nothing"
        return [make_flag("NOT_INFORMATIVE", text)]
    finite = sigma[np.isfinite(sigma)]
    if blast_percent >= _LIMITED_BELOW_PERCENT or finite.size == 0:
        return []
    usual = float(np.median(finite))
    seen = [
        f"{'none' if share > 1.0 else f'{100.0 * share:.0f} %'} by {n} probes"
        for n in (1, 2, 4)
        for share in (smallest_clone(n, usual, blast_percent / 100.0, settings),)
    ]
    text = f"blasts {blast_percent:g} %: smallest clone seen {', '.join(seen)}"
    return [make_flag("LIMITED_SENSITIVITY", text)]


def call_all_probes(
    probemix: Probemix,
    quotient: Floats,
    sigma: Floats,
    shared: Floats,
    share: float,
    settings: MlpaSettings,
    shadow: float = 0.0,
) -> tuple[Call, ...]:
    """Return one call per probe; control fragments have none and are not evaluable."""
    return tuple(
        call_probe(float(quotient[i]), float(sigma[i]), shared[i], share, settings, shadow)
        if probe.role in _DOSAGE_ROLES
        else Call.NOT_EVALUABLE
        for i, probe in enumerate(probemix.probes)
    )


def call_all_genes(
    probemix: Probemix,
    quotient: Floats,
    sigma: Floats,
    shared: Floats,
    share: float,
    settings: MlpaSettings,
    shadow: float = 0.0,
) -> tuple[GeneCall, ...]:
    """Return one call per gene of the sheet, in sheet order."""
    return tuple(
        call_gene(
            gene, [probemix.probes[i] for i in at], quotient[at], sigma[at], shared[at], share,
            settings, shadow,
        )
        for gene, at in gene_probes(probemix).items()
    )  # fmt: skip


def without_changes(probemix: Probemix, quotient: Floats, sigma: Floats) -> Floats:
    """Return the quotients with NaN for every gene in which a stretch strays by three errors.

    METHOD: only for the spread over the run: a deletion in every fourth patient must not make a
    probe look noisy. Short stretches of one to all probes of a gene are tried.
    """
    result = quotient.copy()
    for at in gene_probes(probemix).values():
        deviation = (quotient[:, at] - 1.0) / sigma[:, at]
        known = np.isfinite(deviation)
        total = np.cumsum(np.where(known, deviation, 0.0), axis=1)
        count = np.cumsum(known, axis=1)
        total = np.pad(total, ((0, 0), (1, 0)))
        count = np.pad(count, ((0, 0), (1, 0)))
        for length in range(1, len(at) + 1):
            n = count[:, length:] - count[:, :-length]
            z = np.abs(total[:, length:] - total[:, :-length]) / np.sqrt(np.maximum(n, 1))
            strays = (z > _STRAY_Z).any(axis=1)
            result[np.ix_(strays, at)] = np.nan
    return result


def unevaluated_genes(probemix: Probemix) -> tuple[GeneCall, ...]:
    """Return every gene as not evaluable."""
    nothing = np.nan
    return tuple(
        GeneCall(gene, Call.NOT_EVALUABLE, nothing, 0, "", "", "", nothing, nothing, nothing, ())
        for gene in gene_probes(probemix)
    )


def _mask(probemix: Probemix, roles: Sequence[str]) -> Mask:
    return np.array([probe.role in roles for probe in probemix.probes], dtype=np.bool_)


def _names(probemix: Probemix, mask: Mask, roles: Sequence[str]) -> list[str]:
    return [
        probe.probe_id
        for probe, marked in zip(probemix.probes, mask, strict=True)
        if marked and probe.role in roles
    ]
