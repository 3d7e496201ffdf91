"""A read as a 3730 writes it: raw and processed channels, two call sets, the tags around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from der22.simulate.abif_writer import AbifTag, chars_tag, numbers_tag, pascal_tag
from der22.simulate.basecaller import BaseCalls
from der22.simulate.capillary import FIRST_SCAN

__all__ = ["SequencedRead", "trace_tags"]

_FWO = "GATC"
_WRITTEN_ORDER = [2, 0, 3, 1]  # G, A, T, C out of A, C, G, T
_DYE_WAVELENGTHS = (540, 568, 595, 615)
_DATE, _TIME = 10, 11
_TEXTS = {
    ("TUBE", 1): "A1", ("MODL", 1): "3730",
    ("MCHN", 1): "SIMULATED-3730", ("CTNM", 1): "SIMULATED", ("CTID", 1): "SIMULATED",
    ("CTTL", 1): "Comment:", ("CMNT", 1): "synthetic trace", ("DySN", 1): "Z-BigDyeV3",
    ("GTyp", 1): "POP7", ("HCFG", 1): "CE", ("HCFG", 2): "37XX", ("HCFG", 3): "3730xl",
    ("PDMF", 1): "KB_3730_POP7_BDTv3.mob", ("PDMF", 2): "KB_3730_POP7_BDTv3.mob",
    ("RMdN", 1): "LongSeq50_POP7", ("RPrN", 1): "LongSeq50", ("RunN", 1): "simulated",
    ("SPAC", 2): "der22.bcp", ("SVER", 1): "3.0", ("SVER", 2): "der22 simulated caller",
    ("PTYP", 1): "96-Well", ("APrN", 1): "3730BDTv3-KB-DeNovo",
}  # fmt: skip
_WHOLE = {
    ("Dye#", 1): 4, ("LANE", 1): 1, ("LNTD", 1): 50, ("NAVG", 1): 1, ("NLNE", 1): 96,
    ("PXLB", 1): 3, ("InSc", 1): 15, ("InVt", 1): 1500, ("ARTN", 1): 0, ("phQL", 1): 99,
    ("ASPF", 1): 1, ("ASPt", 1): FIRST_SCAN, ("ASPt", 2): FIRST_SCAN,
    ("B1Pt", 1): FIRST_SCAN, ("B1Pt", 2): FIRST_SCAN,
}  # fmt: skip
_LONG = {("EPVt", 1): 8500, ("LsrP", 1): 25000, ("Tmpr", 1): 60}


@dataclass(frozen=True, slots=True)
class SequencedRead:
    """One read, ready to be written.

    Attributes:
        name: sample name inside the file.
        processed: (4, points) in the order A, C, G, T.
        raw: (4, scans), same order.
        calls: the basecaller's calls, written as set 1 and as set 2.
    """

    name: str
    processed: NDArray[np.int16]
    raw: NDArray[np.int16]
    calls: BaseCalls


def trace_tags(read: SequencedRead) -> list[AbifTag]:
    """Return the tags of an .ab1 file."""
    calls, n_scans = read.calls, read.raw.shape[1]
    tags = [pascal_tag("SMPL", 1, read.name), chars_tag("FWO_", 1, _FWO)]
    tags += [pascal_tag(*key, text) for key, text in _TEXTS.items()]
    tags += [numbers_tag(*key, value) for key, value in _WHOLE.items()]
    tags += [numbers_tag(*key, value, "i4") for key, value in _LONG.items()]
    tags += [numbers_tag("AEPt", number, n_scans) for number in (1, 2)]
    tags += [numbers_tag("SCAN", 1, n_scans, "i4"), numbers_tag("Scan", 1, n_scans)]
    # the mean height of each dye's calls
    heights = read.processed[:, calls.positions]
    levels = np.zeros(4)
    for i, channel in enumerate(_WRITTEN_ORDER):
        own = heights[channel][heights.argmax(axis=0) == channel]
        levels[i] = own.mean() if own.size else 0.0
        tags += [
            pascal_tag("DyeN", 1 + i, f"Dye{1 + i}"),
            numbers_tag("DyeW", 1 + i, _DYE_WAVELENGTHS[i]),
            numbers_tag("DATA", 1 + i, read.raw[channel]),
            numbers_tag("DATA", 9 + i, read.processed[channel]),
        ]
    tags += [numbers_tag("S/N%", 1, levels), numbers_tag("Scal", 1, 1.0, "f4")]
    spacing = float(np.diff(calls.positions).mean()) if calls.positions.size > 1 else 0.0
    tags += [numbers_tag("SPAC", number, spacing, "f4") for number in (1, 3)]
    # voltage, current, power and temperature of the run, every tenth scan
    for i, level in enumerate((85, 40, 25, 60)):
        tags.append(numbers_tag("DATA", 5 + i, np.full(max(1, n_scans // 10), level)))
    phred = "".join(chr(int(quality)) for quality in calls.qualities)
    for number in (1, 2):
        tags += [
            chars_tag("PBAS", number, calls.letters),
            chars_tag("PCON", number, phred),
            numbers_tag("PLOC", number, calls.positions),
        ]
    # run dates and times are fixed: no clock may enter a simulated file
    date = (2020).to_bytes(2, "big") + bytes([1, 1])
    for number in (1, 2, 3, 4):
        time = bytes([9 + number, 0, 0, 0])
        tags.append(AbifTag("RUND", number, _DATE, 4, 1, date))
        tags.append(AbifTag("RUNT", number, _TIME, 4, 1, time))
    return tags
