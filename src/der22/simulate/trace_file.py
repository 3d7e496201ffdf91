"""A trace as a 3730 writes it: raw and processed channels, two call sets, the tags around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from der22.arrays import Floats
from der22.simulate.abif_writer import AbifTag, chars_tag, numbers_tag, pascal_tag, write_abif
from der22.simulate.basecaller import BaseCalls
from der22.simulate.capillary import FIRST_SCAN
from der22.simulate.scf_writer import scf_bytes

__all__ = ["FORMATS", "Trace", "trace_tags", "write_trace"]

#: format name -> ending
FORMATS = {"ab1": ".ab1", "scf": ".scf", "scf3": ".scf", "scf2": ".scf"}

_FWO = "GATC"
_WRITTEN_ORDER = [2, 0, 3, 1]  # G, A, T, C out of A, C, G, T
_DYE_WAVELENGTHS = (540, 568, 595, 615)
_DATE, _TIME = 10, 11


@dataclass(frozen=True, slots=True)
class Trace:
    """One read, ready to be written.

    Attributes:
        name: sample name inside the file.
        processed: (4, points) in the order A, C, G, T.
        raw: (4, scans), same order; may be empty (4, 0).
        calls: the basecaller's calls, set 2; None = none written.
        edited: calls of set 1; None = same as set 2.
        left_out: tags that are not written, such as ``("DATA", 10)``.
        emptied: tags that are written with no elements.
        n_qualities: how many qualities are written; None = one per call.
    """

    name: str
    processed: NDArray[np.int16]
    raw: NDArray[np.int16]
    calls: BaseCalls | None
    edited: BaseCalls | None = None
    left_out: frozenset[tuple[str, int]] = field(default_factory=frozenset)
    emptied: frozenset[tuple[str, int]] = field(default_factory=frozenset)
    n_qualities: int | None = None


def write_trace(path: Path, trace: Trace, fmt: str = "ab1") -> None:
    """Write a trace.

    Args:
        path: file to write; folders are made.
        trace: the read.
        fmt: ab1, scf (= scf3) or scf2.

    Raises:
        ValueError: unknown format.
    """
    if fmt not in FORMATS:
        raise ValueError(f"{fmt!r}: a trace format is one of {', '.join(FORMATS)}")
    if fmt == "ab1":
        write_abif(path, trace_tags(trace))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    calls = trace.calls or _no_calls()
    has_qualities = ("PCON", 2) not in trace.left_out
    path.write_bytes(
        scf_bytes(
            trace.processed,
            calls.letters,
            calls.positions,
            calls.qualities if has_qualities else np.zeros_like(calls.qualities),
            version=2 if fmt == "scf2" else 3,
            comments=f"NAME={trace.name}\nMACH=3730\nDYEP=KB_3730_POP7_BDTv3.mob\n",
        )
    )


def trace_tags(trace: Trace) -> list[AbifTag]:
    """Return the tags of an .ab1 file."""
    tags = _instrument_tags(trace) + _channel_tags(trace)
    if trace.calls is not None:
        tags += _call_tags(trace.calls, 2, trace.n_qualities)
        tags += _call_tags(trace.edited or trace.calls, 1, trace.n_qualities)
    kept = [tag for tag in tags if (tag.name, tag.number) not in trace.left_out]
    return [_emptied(tag) if (tag.name, tag.number) in trace.emptied else tag for tag in kept]


def _channel_tags(trace: Trace) -> list[AbifTag]:
    n_scans = trace.raw.shape[1]
    tags = [numbers_tag("DATA", 9 + i, trace.processed[c]) for i, c in enumerate(_WRITTEN_ORDER)]
    if n_scans:
        tags += [numbers_tag("DATA", 1 + i, trace.raw[c]) for i, c in enumerate(_WRITTEN_ORDER)]
    # voltage, current, power and temperature of the run, every tenth scan
    n_points = max(1, n_scans // 10)
    tags += [
        numbers_tag("DATA", 5 + i, np.full(n_points, level))
        for i, level in enumerate((85, 40, 25, 60))
    ]
    tags += [numbers_tag("SCAN", 1, n_scans, "i4"), numbers_tag("Scan", 1, n_scans)]
    return tags


def _call_tags(calls: BaseCalls, number: int, n_qualities: int | None) -> list[AbifTag]:
    qualities = calls.qualities[:n_qualities]
    phred = "".join(chr(int(quality)) for quality in qualities)
    return [
        chars_tag("PBAS", number, calls.letters),
        chars_tag("PCON", number, phred),
        numbers_tag("PLOC", number, calls.positions),
    ]


def _instrument_tags(trace: Trace) -> list[AbifTag]:
    texts = {
        ("SMPL", 1): trace.name, ("TUBE", 1): "A1", ("MODL", 1): "3730",
        ("MCHN", 1): "SIMULATED-3730", ("CTNM", 1): "SIMULATED", ("CTID", 1): "SIMULATED",
        ("CTTL", 1): "Comment:", ("CMNT", 1): "synthetic trace", ("DySN", 1): "Z-BigDyeV3",
        ("GTyp", 1): "POP7", ("HCFG", 1): "CE", ("HCFG", 2): "37XX", ("HCFG", 3): "3730xl",
        ("PDMF", 1): "KB_3730_POP7_BDTv3.mob", ("PDMF", 2): "KB_3730_POP7_BDTv3.mob",
        ("RMdN", 1): "LongSeq50_POP7", ("RPrN", 1): "LongSeq50", ("RunN", 1): "simulated",
        ("SPAC", 2): "der22.bcp", ("SVER", 1): "3.0", ("SVER", 2): "der22 simulated caller",
        ("PTYP", 1): "96-Well", ("APrN", 1): "3730BDTv3-KB-DeNovo",
    }  # fmt: skip
    tags = [pascal_tag(name, number, text) for (name, number), text in texts.items()]
    tags += [pascal_tag("DyeN", 1 + i, f"Dye{1 + i}") for i in range(4)]
    tags += [numbers_tag("DyeW", 1 + i, w) for i, w in enumerate(_DYE_WAVELENGTHS)]
    tags.append(chars_tag("FWO_", 1, _FWO))
    whole = {
        ("Dye#", 1): 4, ("LANE", 1): 1, ("LNTD", 1): 50, ("NAVG", 1): 1, ("NLNE", 1): 96,
        ("PXLB", 1): 3, ("InSc", 1): 15, ("InVt", 1): 1500, ("ARTN", 1): 0, ("phQL", 1): 99,
        ("ASPF", 1): 1, ("ASPt", 1): FIRST_SCAN, ("ASPt", 2): FIRST_SCAN,
        ("B1Pt", 1): FIRST_SCAN, ("B1Pt", 2): FIRST_SCAN,
        ("AEPt", 1): trace.raw.shape[1], ("AEPt", 2): trace.raw.shape[1],
    }  # fmt: skip
    tags += [numbers_tag(name, number, value) for (name, number), value in whole.items()]
    tags += [numbers_tag(*key, value, "i4") for key, value in
             {("EPVt", 1): 8500, ("LsrP", 1): 25000, ("Tmpr", 1): 60}.items()]  # fmt: skip
    spacing = _mean_spacing(trace.calls)
    tags += [numbers_tag("SPAC", 1, spacing, "f4"), numbers_tag("SPAC", 3, spacing, "f4")]
    tags += [numbers_tag("S/N%", 1, _signal_levels(trace)), numbers_tag("Scal", 1, 1.0, "f4")]
    return tags + _moment_tags()


def _moment_tags() -> list[AbifTag]:
    """Return run dates and times. They are fixed: no clock may enter a simulated file."""
    date = (2020).to_bytes(2, "big") + bytes([1, 1])
    tags = []
    for number in (1, 2, 3, 4):
        time = bytes([9 + number, 0, 0, 0])
        tags.append(AbifTag("RUND", number, _DATE, 4, 1, date))
        tags.append(AbifTag("RUNT", number, _TIME, 4, 1, time))
    return tags


def _mean_spacing(calls: BaseCalls | None) -> float:
    if calls is None or calls.positions.size < 2:
        return 0.0
    return float(np.diff(calls.positions).mean())


def _signal_levels(trace: Trace) -> Floats:
    """Return the mean height of each dye's calls, in the written order."""
    levels = np.zeros(4)
    if trace.calls is None or not trace.calls.letters:
        return levels
    heights = trace.processed[:, trace.calls.positions]
    called = heights.argmax(axis=0)
    for i, channel in enumerate(_WRITTEN_ORDER):
        own = heights[channel][called == channel]
        levels[i] = own.mean() if own.size else 0.0
    return levels


def _emptied(tag: AbifTag) -> AbifTag:
    return AbifTag(tag.name, tag.number, tag.element_type, tag.element_size, 0, b"")


def _no_calls() -> BaseCalls:
    nothing = np.zeros(0, dtype=np.int64)
    return BaseCalls("", nothing, nothing)
