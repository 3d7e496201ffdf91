"""What the MLPA tests share: vendor peak tables of real runs, and a small made-up probemix."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from der22.formats.abif import AbifFile, read_abif
from der22.formats.probemix import Probe, Probemix
from der22.mlpa.settings import MlpaSettings

#: file -> size standard it was run with
REAL_STANDARDS = {
    "aflp_3130xl_ROX500_biopython_test.fsa": "GS500ROX",
    "cag_3730_GS500LIZ_20230413_A07.fsa": "GS500LIZ",
    "cag_3730_GS500LIZ_S-21-212_20220630.fsa": "GS500LIZ",
    "prt_3500_GS600LIZ_multiplex.fsa": "GS600LIZ",
    "prt_3500_GS600LIZ_no_peaks.fsa": "GS600LIZ",
    "rtmlpa_3130_GS400HD_A1270.fsa": "GS400HD",
    "str_3100_GS500LIZ_LADDER_run418.fsa": "GS500LIZ",
    "str_3100_GS500LIZ_Negative_Control.fsa": "GS500LIZ",
    "str_3100_GS500LIZ_art_blank_overloaded_ladder.fsa": "GS500LIZ",
    "str_3100_GS500LIZ_art_spike.fsa": "GS500LIZ",
    "str_3100_ILS600_PP16_negative_control.fsa": "ILS600",
    "str_3100_ROX500_COfiler_LADDER_StdFsaysLIZ.fsa": "GS500ROX",
    "str_3130xl_GS500LIZ_1_0000206138_C01_005.fsa": "GS500LIZ",
}
VENDOR_FILES = (
    "prt_3500_GS600LIZ_multiplex.fsa",
    "str_3100_GS500LIZ_LADDER_run418.fsa",
    "str_3100_GS500LIZ_Negative_Control.fsa",
    "str_3100_GS500LIZ_art_blank_overloaded_ladder.fsa",
    "str_3100_GS500LIZ_art_spike.fsa",
    "str_3100_ILS600_PP16_negative_control.fsa",
    "str_3100_ROX500_COfiler_LADDER_StdFsaysLIZ.fsa",
)


@dataclass(frozen=True)
class VendorTable:
    """What the instrument's own software found: assigned fragments and sized peaks."""

    name: str
    path: Path
    standard: str
    fragment_nt: NDArray[np.float64]
    fragment_scan: NDArray[np.float64]
    channel: NDArray[np.int64]  # 0-based
    scan: NDArray[np.float64]
    height: NDArray[np.float64]
    size_nt: NDArray[np.float64]


@pytest.fixture(scope="session")
def vendor_tables(real_data: Path) -> list[VendorTable]:
    """The seven real runs that carry the vendor's own tables."""
    return [_read_vendor(real_data / "fsa" / name) for name in VENDOR_FILES]


@pytest.fixture(scope="session")
def real_standards(real_data: Path) -> dict[Path, str]:
    """Every real fragment run with the size standard that was in the tube."""
    return {real_data / "fsa" / name: standard for name, standard in REAL_STANDARDS.items()}


@pytest.fixture(scope="session")
def settings() -> MlpaSettings:
    """The thresholds in force by default."""
    return MlpaSettings()


@pytest.fixture(scope="session")
def small_mix() -> Probemix:
    """Eight reference probes, IKZF1 with eight exons, PAX5 with two probes, CRLF2 with one."""
    probes = [Probe(f"R{i}", 130.0 + 40 * i, "", "", "reference") for i in range(8)]
    probes += [
        Probe(f"IKZF1-{i}", 137.0 + 40 * (i - 1), "IKZF1", str(i), "target", order=i)
        for i in range(1, 9)
    ]
    probes += [
        Probe("PAX5-2", 144.0, "PAX5", "2", "target", order=1),
        Probe("PAX5-5", 184.0, "PAX5", "5", "target", order=2),
        Probe("CRLF2", 224.0, "CRLF2", "", "target", order=1),
    ]
    return Probemix("small", tuple(probes), {})


def _read_vendor(path: Path) -> VendorTable:
    abif = read_abif(path)
    rows = _rows_3500(abif) if ("Peak", 1) in abif else _rows_3100(abif)
    fragments, peaks = rows
    columns = np.array(peaks, dtype=np.float64).T
    sized = (columns[3] > 0) & (columns[3] < 2000)
    return VendorTable(
        path.name,
        path,
        REAL_STANDARDS[path.name],
        np.array([f[0] for f in fragments], dtype=np.float64),
        np.array([f[1] for f in fragments], dtype=np.float64),
        columns[0][sized].astype(np.int64),
        columns[1][sized],
        columns[2][sized],
        columns[3][sized],
    )


def _rows_3500(abif: AbifFile) -> tuple[list[tuple[float, float]], list[tuple[float, ...]]]:
    dye, scan, height, size, assigned = (abif.numbers("Peak", n) for n in (1, 2, 7, 12, 21))
    peaks = list(zip(dye - 1, scan, height, size, strict=True))
    fragments = [(float(nt), float(s)) for nt, s in zip(assigned, scan, strict=True) if nt > 0]
    return fragments, peaks


def _rows_3100(abif: AbifFile) -> tuple[list[tuple[float, float]], list[tuple[float, ...]]]:
    peaks: list[tuple[float, ...]] = []
    for number in range(1, 6):
        raw = abif.raw("PEAK", number) or b""
        offset = abif.numbers("AOFF", number)
        shift = 0 if offset is None else int(offset[0])
        for at in range(0, len(raw) - 95, 96):
            (scan,) = struct.unpack_from(">i", raw, at)
            (height,) = struct.unpack_from(">h", raw, at + 4)
            (size,) = struct.unpack_from(">f", raw, at + 26)
            peaks.append((number - 1, scan + shift, height, size))
    table = np.frombuffer(abif.raw("SdPk", 1) or b"", ">u2").reshape(-1, 4)
    return [(float(row[0]), float(row[2])) for row in table if row[2] > 0], peaks
