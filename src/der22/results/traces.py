"""``traces.json`` of a Sanger sample: stretches of its reads around each change, to be drawn."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from der22.formats.tables import write_text

__all__ = ["ReadSnippet", "SiteSnippet", "read_traces", "write_traces"]

_LAYOUT = 1


@dataclass(frozen=True, slots=True)
class ReadSnippet:
    """One read around a site, turned into reference orientation.

    Attributes:
        read_id: of the sheet.
        role: ``sample`` or ``wild_type_control``.
        direction: which way the read runs.
        calls: called base of every base shown, ``-`` where the read has none.
        peak_x: point each base's peak stands at, -1 where the read has none.
        channels: signal of A, C, G, T point by point, whole numbers, all of one length.
    """

    read_id: str
    role: str
    direction: str
    calls: str
    peak_x: tuple[int, ...]
    channels: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class SiteSnippet:
    """Every read around one reported base.

    Attributes:
        position_c: the reported base.
        names: names of the rows there.
        first_position_c: first base shown.
        reference: bases of the reference shown.
        reads: reads of the sample in sheet order, then one control of each direction.
    """

    position_c: int
    names: tuple[str, ...]
    first_position_c: int
    reference: str
    reads: tuple[ReadSnippet, ...]


def write_traces(outdir: Path, sample_id: str, sites: Iterable[SiteSnippet]) -> str:
    """Write the sites of a sample; return the file's name below `outdir`."""

    def plain(record: SiteSnippet | ReadSnippet) -> dict[str, Any]:
        # asdict would copy every point of every trace
        return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}

    listed = [plain(site) | {"reads": [plain(read) for read in site.reads]} for site in sites]
    content = {"layout": _LAYOUT, "sites": listed}
    name = f"sanger/{sample_id}/traces.json"
    write_text(outdir / name, json.dumps(content, separators=(",", ":")) + "\n")
    return name


def read_traces(outdir: Path, sample_id: str) -> tuple[SiteSnippet, ...]:
    """Return the sites of a sample; none when the file is not there."""
    path = outdir / "sanger" / sample_id / "traces.json"
    if not path.is_file():
        return ()
    content = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        SiteSnippet(**{**site, "reads": tuple(ReadSnippet(**read) for read in site["reads"])})
        for site in content["sites"]
    )
