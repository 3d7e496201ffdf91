"""The tags a fragment run carries, as a 3130, a 3500 and a 3730 write them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.simulate.abif_writer import AbifTag, cstring_tag, numbers_tag, pascal_tag
from der22.simulate.electropherogram import StoredSignal
from der22.simulate.instruments import Instrument

__all__ = ["FileHeader", "fragment_tags"]

#: run data sheet of each instrument: model, family, collection software, capillary length (cm)
_MODEL = {"3130": ("3100", "31XX", "3.0", 36), "3500": ("3500", "35XX", "3.1", 50),
          "3730": ("3730", "37XX", "4.0", 36)}  # fmt: skip
_MODULE = {"3130": "FragmentAnalysis36_POP7", "3500": "FragmentAnalysis50_POP7",
           "3730": "GeneMapper36_POP7"}  # fmt: skip
_INJECTION = {"3130": (1200, 18, 15000), "3500": (1600, 15, 19500), "3730": (2000, 10, 15000)}
_LANES = {"3130": 4, "3500": 24, "3730": 48}
#: numbers of the raw and of the processed channels, first dye first
_RAW, _PROCESSED = (1, 2, 3, 4, 105), (9, 10, 11, 12, 205)
_SLOW_STEP = 20  # voltage, current, power and temperature are stored once in about 20 scans


@dataclass(frozen=True, slots=True)
class FileHeader:
    """What a file says of itself; any of it may be wrong.

    Attributes:
        sample_name: as typed by the operator.
        well: such as A01.
        run_name: as named by the instrument.
        lane: capillary, from 1.
        standard_text: size standard as named in the file.
        dyes: names, first dye first.
    """

    sample_name: str
    well: str
    run_name: str
    lane: int
    standard_text: str
    dyes: tuple[str, ...]


def fragment_tags(
    signal: StoredSignal, header: FileHeader, instrument: Instrument
) -> list[AbifTag]:
    """Return every tag of one file; no moment of time but a fixed one is written."""
    n_scans = signal.channels.shape[1]
    tags = _machine_tags(header, instrument, n_scans)
    tags += [
        pascal_tag("SpNm", 1, header.sample_name),
        pascal_tag("StdF", 1, header.standard_text),
        cstring_tag("RunN", 1, header.run_name),
        cstring_tag("CTNM", 1, header.run_name),
        cstring_tag("RGNm", 1, "MLPA"),
        pascal_tag("User", 1, "simulated"),
        pascal_tag("TUBE", 1, header.well),
        numbers_tag("SCAN", 1, n_scans, "i4"),
        numbers_tag("Scan", 1, n_scans, "i2"),
        numbers_tag("Dye#", 1, len(instrument.dyes)),
        pascal_tag("DySN", 1, "D" if len(instrument.dyes) == 4 else "G5"),
    ]
    if instrument.name != "3130":
        tags.append(pascal_tag("SMPL", 1, header.sample_name))
    dyes = zip(header.dyes, instrument.wavelengths_nm, signal.channels, _RAW, strict=False)
    for number, (dye, wave, channel, data) in enumerate(dyes, 1):
        tags += [
            pascal_tag("DyeN", number, dye),
            pascal_tag("DyeB", number, " "),
            numbers_tag("DyeW", number, wave),
            numbers_tag("DATA", data, channel),
        ]
    if len(signal.offscale):
        tags += [numbers_tag(name, 1, signal.offscale, "i4") for name in ("OfSc", "Satd")]
    if signal.processed is None or instrument.processed_factor is None:
        return tags
    # METHOD: a 3500 stores the true values of its processed channels beside the clipped ones.
    over = zip(_PROCESSED, signal.processed, signal.over_scans, signal.over_values, strict=True)
    for number, channel, scans, values in over:
        tags += [
            numbers_tag("DATA", number, channel),
            numbers_tag("OvrI", number, scans, "i4"),
            numbers_tag("OvrV", number, values, "i4"),
        ]
    return [
        *tags,
        numbers_tag("NrmS", 1, instrument.processed_factor, "f8"),
        numbers_tag("NrmS", 2, 7.0, "f8"),
    ]


def _machine_tags(header: FileHeader, instrument: Instrument, n_scans: int) -> list[AbifTag]:
    model, family, software, length_cm = _MODEL[instrument.name]
    injection_volts, injection_s, run_volts = _INJECTION[instrument.name]
    module = _MODULE[instrument.name]
    n_slow = max(1, n_scans // _SLOW_STEP)
    started = np.arange(n_slow) > 14
    return [
        AbifTag("MODL", 1, 2, 1, 4, model.encode()),
        cstring_tag("HCFG", 1, "CE"),
        cstring_tag("HCFG", 2, family),
        cstring_tag("HCFG", 3, instrument.name),
        cstring_tag("HCFG", 4, f"UnitID=1;ArraySize={_LANES[instrument.name]};SerialNumber=SIM"),
        pascal_tag("MCHN", 1, f"simulated-{instrument.name}"),
        pascal_tag("SVER", 1, software),
        pascal_tag("SVER", 4, "Fragment Format 2.0"),
        pascal_tag("GTyp", 1, "POP7"),
        pascal_tag("MODF", 1, module),
        cstring_tag("RMdN", 1, module),
        cstring_tag("RPrN", 1, module),
        cstring_tag("PTYP", 1, "96-Well"),
        pascal_tag("SMLt", 1, "0"),
        cstring_tag("STYP", 1, "Sample"),
        numbers_tag("PSZE", 1, 96, "i4"),
        numbers_tag("LANE", 1, header.lane),
        numbers_tag("NLNE", 1, _LANES[instrument.name]),
        numbers_tag("LNTD", 1, length_cm),
        numbers_tag("InVt", 1, injection_volts, "i4"),
        numbers_tag("InSc", 1, injection_s, "i4"),
        numbers_tag("EPVt", 1, run_volts, "i4"),
        numbers_tag("Tmpr", 1, 60, "i4"),
        numbers_tag("Scal", 1, 2.0, "f4"),
        numbers_tag("DATA", 5, np.where(started, run_volts // 10, 0)),
        numbers_tag("DATA", 6, np.where(started, 60, 0)),
        numbers_tag("DATA", 7, np.where(started, 14, 4)),
        numbers_tag("DATA", 8, np.full(n_slow, 60)),
        *[AbifTag("RUND", number, 10, 4, 1, b"\x07\xe8\x01\x0f") for number in (1, 2, 3, 4)],
        *[AbifTag("RUNT", number, 11, 4, 1, b"\x0c\x00\x00\x00") for number in (1, 2, 3, 4)],
    ]
