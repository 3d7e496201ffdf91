"""Probes that are shifted in most patients of a run: references of another tissue or extraction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from der22.arrays import Floats, Mask
from der22.formats.probemix import Probemix
from der22.mlpa.calls import GeneCall
from der22.mlpa.judgement import gene_probes
from der22.words import Call

__all__ = ["reference_mismatch"]


_SHIFT, _LEAST, _ALONG = 0.15, 0.08, 0.8
_SHARE, _MIN_PATIENTS, _EVERYONE = 0.5, 4, 0.85
_FREQUENT_GENE = "IKZF1"
_MIN_NEIGHBOURS, _MIN_CLEAR, _MIN_LEVEL = 2, 2, 0.3
_CHANGES = (Call.HETEROZYGOUS_DELETION, Call.HOMOZYGOUS_DELETION, Call.GAIN)


def reference_mismatch(
    probemix: Probemix,
    quotient: Floats,
    patients: Sequence[int],
    genes: Sequence[tuple[GeneCall, ...]],
    reference_error: Floats,
) -> Mask:
    """Return the probes that are shifted in most patients while the references agree.

    METHOD: another tissue or extraction shifts single probes in everyone. A frequent deletion also
    shifts a probe in most patients of this disease, but with its neighbours, and not in all. So a
    probe inside a called change counts against the median of the other probes of that change, as a
    quotient of its own (see `_beside_changes`), and four of five patients must be shifted the same
    way. Outside IKZF1, which nine patients of ten may have lost, a probe shifted as measured in
    nearly everyone counts as it is. The shift must exceed three times the error of the references'
    own mean.

    Args:
        probemix: its probes are the columns.
        quotient: dosage quotients, samples x probes, NaN where not evaluable.
        patients: the rows that count.
        genes: the calls of every row.
        reference_error: standard error of the references' own mean, per probe.

    Returns:
        bool, one per probe.
    """
    strange = np.zeros(len(probemix.probes), dtype=np.bool_)
    if len(patients) < _MIN_PATIENTS:
        return strange
    relative = _beside_changes(probemix, quotient, patients, genes)
    for index, probe in enumerate(probemix.probes):
        counted, measured = relative[:, index], quotient[list(patients), index]
        if probe.gene != _FREQUENT_GENE and _share_along(measured) >= _EVERYONE:
            counted = measured
        counted = counted[np.isfinite(counted)]
        if counted.size < max(_MIN_PATIENTS, _SHARE * len(patients)):
            continue
        shift = float(np.median(counted)) - 1.0
        limit = max(_SHIFT, 3.0 * float(reference_error[index]))
        strange[index] = abs(shift) > limit and _share_along(counted) >= _ALONG
    return strange


def _share_along(quotient: Floats) -> float:
    """Return the share of patients that are shifted the way the median is."""
    finite = quotient[np.isfinite(quotient)]
    if finite.size == 0:
        return 0.0
    shift = finite - 1.0
    return float((shift * np.sign(np.median(shift)) > _LEAST).mean())


def _beside_changes(
    probemix: Probemix,
    quotient: Floats,
    patients: Sequence[int],
    genes: Sequence[tuple[GeneCall, ...]],
) -> Floats:
    """Return patients x probes: the quotients less what the called changes explain.

    Inside a change of two or more probes the quotient is divided by the median of the others there;
    NaN where fewer than two others stand or nothing is left to divide by (both copies lost). The
    probe next to a change may belong to it, unseen for its own shift: between the two levels it is
    divided by the one that brings it nearer to the other patients' median. NaN without two of them,
    or where nothing is left of the neighbours.
    """
    result = quotient[list(patients)].copy()
    level = np.ones_like(result)
    beside = np.zeros(result.shape, dtype=np.bool_)
    places = gene_probes(probemix)
    for at, row in enumerate(patients):
        for call in genes[row]:
            along = places[call.gene]
            exons = [probemix.probes[i].exon for i in along]
            if call.call not in _CHANGES:
                continue
            first = exons.index(call.first_exon)
            last = len(exons) - 1 - exons[::-1].index(call.last_exon)
            if last <= first:
                continue
            inside = along[first : last + 1]
            for probe in inside:
                others = quotient[row, [other for other in inside if other != probe]]
                others = others[np.isfinite(others)]
                enough = others.size >= _MIN_NEIGHBOURS and np.median(others) >= _MIN_LEVEL
                result[at, probe] /= np.median(others) if enough else np.nan
            around = [*along[max(first - 1, 0) : first], *along[last + 1 : last + 2]]
            beside[at, around] = True
            level[at, around] = np.nanmedian(quotient[row, inside])
    result[level < _MIN_LEVEL] = np.nan
    low, high = np.minimum(level, 1.0), np.maximum(level, 1.0)
    result = np.where(beside & (result < low), result / low, result)
    result = np.where(beside & (result > high), result / high, result)
    between = beside & (result >= low) & (result <= high)
    return _resolved(result, between, level)


def _resolved(quotient: Floats, between: Mask, level: Floats) -> Floats:
    """Give each value between two levels the one that makes it more like the other patients'."""
    result = np.where(between, np.nan, quotient)
    for probe in np.flatnonzero(between.any(axis=0)):
        clear = result[np.isfinite(result[:, probe]), probe]
        if clear.size < _MIN_CLEAR:
            continue
        rows = np.flatnonzero(between[:, probe])
        choices = np.stack([quotient[rows, probe], quotient[rows, probe] / level[rows, probe]])
        strange = np.abs(np.log(choices / np.median(clear)))
        result[rows, probe] = np.where(strange[0] <= strange[1], choices[0], choices[1])
    return result
