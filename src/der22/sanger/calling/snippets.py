"""The stretch of each chromatogram around a reported base, as numbers, for the report to draw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from der22.formats.reference_folder import Reference
from der22.formats.trace import BASES
from der22.results.traces import ReadSnippet, SiteSnippet
from der22.sanger.records import SangerReadResult, Variant
from der22.words import Direction

__all__ = ["cut_snippets"]

_EITHER_SIDE = 10
_HALF_BASE = 6


def cut_snippets(
    variants: Sequence[Variant],
    reads: Sequence[SangerReadResult],
    controls: Sequence[SangerReadResult],
    reference: Reference,
) -> tuple[SiteSnippet, ...]:
    """Cut ten bases either side of every reported substitution out of the traces.

    Args:
        variants: rows of the sample; splice variants have no single base and are left out.
        reads: of the sample; refused ones are left out.
        controls: of the sample's run; the first of each direction is shown.
        reference: what the reads were placed on.
    """
    names: dict[int, list[str]] = {}
    for variant in variants:
        if not variant.is_splice:
            label = variant.mutation or variant.hgvs_c
            names.setdefault(variant.position_c, []).append(label)
    shown = [("sample", read) for read in reads if read.evidence is not None]
    for direction in Direction:
        serving = [read for read in controls if read.direction is direction and read.evidence]
        shown += [("wild_type_control", read) for read in serving[:1]]
    sites = []
    for position, labels in sorted(names.items()):
        first = max(position - _EITHER_SIDE, reference.window_first)
        last = min(position + _EITHER_SIDE, reference.window_last)
        window = slice(first - reference.window_first, last + 1 - reference.window_first)
        cut = []
        for role, read in shown:
            if read.placement is None or read.trace is None or read.peaks is None:
                continue
            peaks = read.peaks[window]
            there = peaks >= 0
            if not there.any():
                continue
            is_forward = read.direction is Direction.FORWARD
            scans = np.where(there, read.placement.positions[np.maximum(peaks, 0)], -1)
            bases = read.placement.bases[np.maximum(peaks, 0)]
            bases = bases if is_forward else 3 - bases
            low = max(int(scans[there].min()) - _HALF_BASE, 0)
            high = min(int(scans[there].max()) + _HALF_BASE + 1, read.trace.channels.shape[1])
            points = np.rint(read.trace.channels[:, low:high]).astype(np.int64)
            # Complement and reading order turn together: channels A, C, G, T read backwards.
            points = points if is_forward else points[::-1, ::-1]
            at = np.where(there, scans - low if is_forward else high - 1 - scans, -1)
            letters = [BASES[base] for base in bases]
            snippet = ReadSnippet(
                read_id=read.read_id,
                role=role,
                direction=str(read.direction),
                calls="".join(np.where(there, letters, "-").tolist()),
                peak_x=tuple(at.tolist()),
                channels={b: tuple(row) for b, row in zip(BASES, points.tolist(), strict=True)},
            )
            cut.append(snippet)
        sites.append(
            SiteSnippet(
                position_c=position,
                names=tuple(labels),
                first_position_c=first,
                reference=reference.sequence[first - 1 : last],
                reads=tuple(cut),
            )
        )
    return tuple(sites)
