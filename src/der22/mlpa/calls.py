"""From dosage quotients with their errors to calls of probes and genes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats
from der22.flags import Flag
from der22.formats.probemix import Probe
from der22.mlpa.codes import make_flag
from der22.mlpa.intervals import Interval, all_intervals, best_intervals, measure, two_levels
from der22.mlpa.settings import MlpaSettings
from der22.words import Call

__all__ = ["GeneCall", "call_gene", "call_probe", "smallest_clone"]


_HOMOZYGOUS_SHARE = 0.75
_DOUBT_Z, _DOUBT_SHIFT = 3.5, 0.20
_Z_95 = 1.96
_ONE_PROBE_EXCLUDE = 0.5  # of z_exclude
_CLAIMED_GENE = "IKZF1"


_LOSSES = (Call.HOMOZYGOUS_DELETION, Call.HETEROZYGOUS_DELETION)
_CHANGES = (*_LOSSES, Call.GAIN)


@dataclass(frozen=True, slots=True)
class GeneCall:
    """The call of one gene in one sample.

    Attributes:
        gene: symbol.
        call: word.
        quotient: mean dosage quotient of the changed interval, else of the whole gene; NaN.
        n_probes: evaluable probes of the gene.
        first_exon: first exon of the changed interval in order along the gene, '' when none.
        last_exon: last exon of it.
        lost: every loss as exons, joined with ``+`` (`4-7`, `1+4-7`), '' when none.
        clone_fraction: share of the leukaemic cells that carry the loss; NaN when no loss.
        clone_fraction_low: lower end of 95 %.
        clone_fraction_high: upper end of 95 %.
        flags: notes.
    """

    gene: str
    call: Call
    quotient: float
    n_probes: int
    first_exon: str
    last_exon: str
    lost: str
    clone_fraction: float
    clone_fraction_low: float
    clone_fraction_high: float
    flags: tuple[Flag, ...]


def call_probe(
    quotient: float,
    sigma: float,
    shared: Floats,
    blast_share: float,
    settings: MlpaSettings,
    shadow: float = 0.0,
) -> Call:
    """Return the call of one probe without the context of its gene.

    Args:
        quotient: dosage quotient, NaN when not evaluable.
        sigma: its SD by what is its own.
        shared: its loadings of the errors that all probes share, shape (n_errors,).
        blast_share: share of leukaemic cells, 0 to 1.
        settings: limits.
        shadow: how far below 1 an artefact of this sample may draw a probe, DQ.
    """
    if not (np.isfinite(quotient) and np.isfinite(sigma)):
        return Call.NOT_EVALUABLE
    interval = measure(np.array([quotient]), np.array([sigma]), 0, 0, shared[None, :])
    change = _change(interval, 1, blast_share, settings, shadow)
    if change is not None:
        return change
    if _is_doubtful(interval, settings):
        return Call.AMBIGUOUS
    return _normal_word(blast_share, settings)


def call_gene(
    gene: str,
    probes: Sequence[Probe],
    quotient: Floats,
    sigma: Floats,
    shared: Floats,
    blast_share: float,
    settings: MlpaSettings,
    shadow: float = 0.0,
) -> GeneCall:
    """Return the call of a gene.

    Args:
        gene: symbol.
        probes: its target probes in order along the gene.
        quotient: their dosage quotients, NaN when not evaluable, shape (n_probes,).
        sigma: their SDs by what is each one's own.
        shared: their loadings of the errors that all probes share, shape (n_probes, n_errors).
        blast_share: share of leukaemic cells, 0 to 1.
        settings: limits.
        shadow: how far below 1 an artefact of this sample may draw a probe, DQ; losses within it
            are ambiguous.
    """
    usable = np.flatnonzero(np.isfinite(quotient) & np.isfinite(sigma))
    if usable.size == 0 or 2 * usable.size < len(probes):
        return _without_change(gene, Call.NOT_EVALUABLE, np.nan, int(usable.size))
    dosage, error, common = quotient[usable], sigma[usable], shared[usable]
    seen = [probes[index] for index in usable.tolist()]
    intervals = all_intervals(dosage, error, common)
    best, has_rival = best_intervals(intervals)
    change = _change(best, len(seen), blast_share, settings, shadow)
    if change is None:
        whole = measure(dosage, error, 0, len(seen) - 1, common)
        word = _unchanged_word(best, intervals, blast_share, settings)
        exons_seen = {probe.exon for probe in seen}
        is_blind = any(probe.exon not in exons_seen for probe in probes)
        if word is Call.NORMAL and gene == _CLAIMED_GENE and is_blind:
            word = Call.NOT_EVALUABLE
        return _without_change(gene, word, whole.mean, len(seen))
    found = _Found(gene, seen, dosage, error, common, blast_share, settings, shadow)
    beside = (int(usable[best.first]) - 1, int(usable[best.last]) + 1)
    blind_edge = any(0 <= at < len(probes) and at not in usable for at in beside)
    return found.describe(best, change, has_rival or blind_edge)


def smallest_clone(
    n_probes: int, sigma: float, blast_share: float, settings: MlpaSettings
) -> float:
    """Return the smallest clone, as a share of the leukaemic cells, whose one-copy loss would show.

    Above 1 when not even a loss in all of them would.
    """
    se = float(np.sqrt(sigma**2 / n_probes + settings.common_sd**2))
    z = settings.z_call_single_in_gene if n_probes == 1 else settings.z_call
    least = settings.min_shift_one_probe if n_probes == 1 else settings.min_shift_loss
    return 2.0 * max(z * se, least) / blast_share


@dataclass(frozen=True, slots=True)
class _Found:
    """A gene in which the best interval is changed: what else there is to say."""

    gene: str
    probes: Sequence[Probe]
    quotient: Floats
    sigma: Floats
    shared: Floats
    blast_share: float
    settings: MlpaSettings
    shadow: float

    def describe(self, best: Interval, change: Call, has_rival: bool) -> GeneCall:
        flags: list[Flag] = []
        levels = two_levels(self.quotient, self.sigma, best, self.shared)
        if levels is not None:
            inner = levels[1]
            best, change, mixed = self._settle_levels(*levels)
            if mixed and inner.n == 1:
                flags.extend(self._single_notes([(inner, change)]))
            elif mixed:
                text = f"{self.gene}: two levels inside exons {self._exons(best)}; mixed clones"
                flags.append(make_flag("CLONES_MIXED", text))
        changes = [(best, change), *self._elsewhere(best)]
        if has_rival:
            text = f"{self.gene}: another first or last exon fits as well, or was not evaluated"
            flags.append(make_flag("BREAKPOINT_UNCERTAIN", text))
        flags.extend(self._single_notes(changes))
        if self.gene != _CLAIMED_GENE:
            text = f"{self.gene}: the kit's claim covers {_CLAIMED_GENE} only"
            flags.append(make_flag("RESEARCH_USE_GENE", text))
        word = max((word for _, word in changes), key=_rank)
        fraction, low, high = self._clone(best, change)
        losses = sorted((i.first, self._exons(i)) for i, w in changes if w in _LOSSES)
        return GeneCall(
            gene=self.gene,
            call=word,
            quotient=best.mean,
            n_probes=len(self.probes),
            first_exon=self.probes[best.first].exon,
            last_exon=self.probes[best.last].exon,
            lost="+".join(exons for _, exons in losses),
            clone_fraction=fraction,
            clone_fraction_low=low,
            clone_fraction_high=high,
            flags=tuple(flags),
        )

    def _settle_levels(
        self, outer: Interval, inner: Interval, rest: Interval
    ) -> tuple[Interval, Call, bool]:
        """Tell mixed clones from a change that is the inner interval alone."""
        args = (len(self.probes), self.blast_share, self.settings, self.shadow)
        outer_change, inner_change, rest_change = (
            _change(interval, *args) for interval in (outer, inner, rest)
        )
        if inner_change is not None and (rest_change is None or outer_change is None):
            return inner, inner_change, False
        if (parted := self._larger_part(outer, inner)) is not None:
            return *parted, False
        # One probe, perhaps with an SNP under it, does not make a lesion worse.
        if inner.n == 1:
            inner_change = None
        if outer.n - inner.n == 1:
            rest_change = None
        words = [word for word in (outer_change, inner_change, rest_change) if word is not None]
        return outer, max(words, key=_rank), True

    def _larger_part(self, outer: Interval, inner: Interval) -> tuple[Interval, Call] | None:
        """Return the larger of two changes that normal probes part, None where they do not.

        METHOD: two levels are two clones only if both are changed. Two or more probes of which a
        loss in all blasts is excluded belong to no loss around them: exons 1 and 4-7, not 1-7.
        """
        args = (len(self.probes), self.blast_share, self.settings, self.shadow)
        lost_everywhere = 1.0 - self.blast_share / 2.0
        is_excluded = (inner.mean - lost_everywhere) / inner.se >= self.settings.z_exclude
        if inner.n < 2 or not is_excluded or _is_doubtful(inner, self.settings):
            return None
        parts = [
            measure(self.quotient, self.sigma, first, last, self.shared)
            for first, last in ((outer.first, inner.first - 1), (inner.last + 1, outer.last))
            if last >= first
        ]
        changed = [(part, word) for part in parts if (word := _change(part, *args)) is not None]
        return max(changed, key=lambda one: one[0].gain, default=None)

    def _elsewhere(self, best: Interval) -> list[tuple[Interval, Call]]:
        """Return a second change left or right of the best one, with a probe between them."""
        found = []
        for first, last in ((0, best.first - 2), (best.last + 2, len(self.probes) - 1)):
            if last < first:
                continue
            part = slice(first, last + 1)
            inside = all_intervals(self.quotient[part], self.sigma[part], self.shared[part])
            other, _ = best_intervals(inside)
            word = _change(other, len(self.probes), self.blast_share, self.settings, self.shadow)
            if word is not None:
                shifted = measure(
                    self.quotient, self.sigma, first + other.first, first + other.last,
                    self.shared,
                )  # fmt: skip
                found.append((shifted, word))
        return found

    def _single_notes(self, changes: Sequence[tuple[Interval, Call]]) -> list[Flag]:
        return [
            make_flag(
                "SINGLE_PROBE",
                f"{self.gene} {self.probes[interval.first].probe_id}: one probe only; SNP under "
                "the probe possible; confirm",
            )
            for interval, _ in changes
            if interval.n == 1
        ]

    def _exons(self, interval: Interval) -> str:
        first, last = self.probes[interval.first].exon, self.probes[interval.last].exon
        return first if first == last else f"{first}-{last}"

    def _clone(self, interval: Interval, change: Call) -> tuple[float, float, float]:
        if change not in _LOSSES:
            return np.nan, np.nan, np.nan
        copies = 1.0 if change is Call.HOMOZYGOUS_DELETION else 2.0
        factor = copies / self.blast_share
        margin = _Z_95 * interval.se
        return (
            _cut(factor * (1.0 - interval.mean)),
            _cut(factor * (1.0 - interval.mean - margin)),
            _cut(factor * (1.0 - interval.mean + margin)),
        )


def _rank(call: Call) -> int:
    return (Call.GAIN, Call.HETEROZYGOUS_DELETION, Call.HOMOZYGOUS_DELETION).index(call)


def _cut(value: float) -> float:
    return min(1.0, max(0.0, value))


def _change(
    interval: Interval, n_gene: int, blast_share: float, settings: MlpaSettings, shadow: float
) -> Call | None:
    """Return the change an interval proves, None when it proves none.

    METHOD: significance alone would call ever smaller shifts as probes are added, size alone would
    call noise; both are asked. One probe inside a gene of several must be clearer, since every
    probe of the gene had the chance to stray, and an SNP under it mimics a loss. A loss that an
    artefact of the sample could make, within the errors, is none.
    """
    shift = abs(interval.mean - 1.0)
    single = interval.n == 1
    z_limit = settings.z_call_single_in_gene if single and n_gene > 1 else settings.z_call
    is_loss = interval.mean < 1.0
    least = settings.min_shift_loss if is_loss else settings.min_shift_gain
    if single:
        least = settings.min_shift_one_probe
    if abs(interval.z) < z_limit or shift < least:
        return None
    if not is_loss:
        return Call.GAIN
    if shadow > 0.0 and shift - settings.z_exclude * interval.se <= shadow:
        return None
    if interval.mean < 1.0 - _HOMOZYGOUS_SHARE * blast_share:
        return Call.HOMOZYGOUS_DELETION
    return Call.HETEROZYGOUS_DELETION


def _is_doubtful(interval: Interval, settings: MlpaSettings) -> bool:
    z, shift = abs(interval.z), abs(interval.mean - 1.0)
    return z >= settings.z_call or (z >= _DOUBT_Z and shift > _DOUBT_SHIFT)


def _unchanged_word(
    best: Interval, intervals: Sequence[Interval], blast_share: float, settings: MlpaSettings
) -> Call:
    """Return ambiguous or normal; normal must be earned by excluding a loss in all blasts."""
    if _is_doubtful(best, settings):
        return Call.AMBIGUOUS
    lost_everywhere = 1.0 - blast_share / 2.0
    for interval in intervals:
        needed = settings.z_exclude
        if interval.n < 2:
            if len(intervals) > 1:
                continue
            # A gene of one probe: as much would leave most such genes open below 60 % blasts.
            needed *= _ONE_PROBE_EXCLUDE
        if (interval.mean - lost_everywhere) / interval.se < needed:
            too_few = 100.0 * blast_share < settings.min_blast_percent
            return Call.NOT_EVALUABLE if too_few else Call.AMBIGUOUS
    return _normal_word(blast_share, settings)


def _normal_word(blast_share: float, settings: MlpaSettings) -> Call:
    """Return normal, unless the sample holds too few leukaemic cells to say so."""
    too_few = 100.0 * blast_share < settings.min_blast_percent
    return Call.NOT_EVALUABLE if too_few else Call.NORMAL


def _without_change(gene: str, call: Call, quotient: float, n_probes: int) -> GeneCall:
    nothing = np.nan
    return GeneCall(gene, call, quotient, n_probes, "", "", "", nothing, nothing, nothing, ())
