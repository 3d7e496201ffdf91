"""A fragment run (.fsa): the raw dye channels of one capillary, and what the head says about it.

Raw channels are ``DATA1-4`` and ``DATA105`` upward. ``DATA9-12`` and ``205`` are the vendor's
processed channels, on a 3500 also multiplied, and ``DATA5-8`` are voltage, current, power and
temperature; none of them is used. Tags after Applied Biosystems, "Genetic Analysis Data File
Format", 2009.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from der22.arrays import Floats, Mask
from der22.errors import UnreadableFileError
from der22.formats.abif import AbifFile, read_abif

__all__ = ["FragmentRun", "read_fragment_run", "to_fragment_run"]

_CHANNEL_NUMBERS = (1, 2, 3, 4, 105, 106)
_MIN_CHANNELS = 4  # three for products and one for the size standard
_CEILING, _FLOOR = 32767, -32768
_MAX_SCANS = 200_000  # the longest runs have some ten thousand
_LARGEST_SIGNAL = 2.0**31


@dataclass(frozen=True, slots=True)
class FragmentRun:
    """One capillary run, raw.

    Attributes:
        name: file name, for sentences.
        channels: raw signal, shape (n_channels, n_scans), RFU; the last is the size standard's dye.
        dye_names: one stripped name per channel, '' where the file gives none.
        offscale: shape (n_scans,), True where the camera was saturated.
        sample_name: ``SpNm1``, else ``SMPL1``; None where the file gives none.
        well: ``TUBE1``; None where the file gives none.
        standard_name: ``StdF1``, the size standard as the operator named it; never trusted.
        instrument: ``HCFG3``, else ``MODL1``.
    """

    name: str
    channels: Floats
    dye_names: tuple[str, ...]
    offscale: Mask
    sample_name: str | None
    well: str | None
    standard_name: str | None
    instrument: str | None

    @property
    def n_scans(self) -> int:
        """Return the number of scans."""
        return int(self.channels.shape[1])

    @property
    def standard_channel(self) -> int:
        """Return the index of the size standard's channel: the last dye."""
        return int(self.channels.shape[0]) - 1


def read_fragment_run(path: Path | str) -> FragmentRun:
    """Read a .fsa file; see `to_fragment_run` and `read_abif` for the errors."""
    return to_fragment_run(read_abif(path))


def to_fragment_run(abif: AbifFile) -> FragmentRun:
    """Return the raw channels of an ABIF file and its names.

    Raises:
        UnreadableFileError: ``NOT_FRAGMENT_RUN`` for a sequencing run or a file without channels,
            ``HID_UNSUPPORTED`` for a forensic .hid, ``TRUNCATED`` when a channel has not as many
            scans as ``SCAN1`` says or as its entry promises.
    """
    hidden = [key for key in abif.entries if key[0] in ("DATA", "DyeN")]
    if any(abif.is_obscured(tag, number) for tag, number in hidden):
        raise UnreadableFileError(
            "HID_UNSUPPORTED",
            f"{abif.name}: forensic .hid container, its channels are hidden; export as .fsa",
        )
    if any(abif.raw("PBAS", number) for number in (1, 2)):
        raise UnreadableFileError(
            "NOT_FRAGMENT_RUN",
            f"{abif.name}: a sequencing run (it holds base calls); give the fragment run",
        )
    channels = _raw_channels(abif)
    return FragmentRun(
        name=abif.name,
        channels=channels,
        dye_names=tuple(abif.text("DyeN", i + 1) or "" for i in range(channels.shape[0])),
        offscale=_offscale_scans(abif, channels),
        sample_name=abif.text("SpNm", 1) or abif.text("SMPL", 1) or None,
        well=abif.text("TUBE", 1) or None,
        standard_name=abif.text("StdF", 1) or None,
        instrument=abif.text("HCFG", 3) or abif.text("MODL", 1) or None,
    )


def _raw_channels(abif: AbifFile) -> Floats:
    numbers = [n for n in _CHANNEL_NUMBERS if ("DATA", n) in abif]
    n_dyes = _first_number(abif, "Dye#")
    if n_dyes is not None and _MIN_CHANNELS <= n_dyes <= len(numbers):
        numbers = numbers[:n_dyes]
    if len(numbers) < _MIN_CHANNELS:
        raise UnreadableFileError(
            "NOT_FRAGMENT_RUN",
            f"{abif.name}: a sequencing run or an empty container ({len(numbers)} raw channels, "
            f"none can hold a size standard); give the fragment run",
        )
    n_scans = _first_number(abif, "SCAN")
    if n_scans is None:
        n_scans = abif.entries["DATA", numbers[0]].n_elements
    if not 1 <= n_scans <= _MAX_SCANS:
        raise UnreadableFileError(
            "NOT_FRAGMENT_RUN",
            f"{abif.name}: holds {n_scans} scans, 1 to {_MAX_SCANS} are possible; give the "
            "fragment run",
        )
    channels = []
    for number in numbers:
        values, entry = abif.numbers("DATA", number), abif.entries["DATA", number]
        # a camera gives finite numbers
        is_signal = values is not None and (
            values.dtype.kind != "f"
            or bool(np.all(np.abs(values.astype(np.float64)) < _LARGEST_SIGNAL))
        )
        if values is None or not is_signal:
            raise UnreadableFileError(
                "NOT_FRAGMENT_RUN",
                f"{abif.name}: DATA{number} holds no usable numbers (element type "
                f"{entry.element_type}); export the raw .fsa again",
            )
        if values.size != n_scans:
            raise UnreadableFileError(
                "TRUNCATED",
                f"{abif.name}: DATA{number} ends at byte {entry.start + entry.n_bytes} with "
                f"{values.size} scans, SCAN1 says {n_scans}, the file has {len(abif.content)} "
                "bytes; copy it again from the instrument",
            )
        channels.append(values.astype(np.float64))
    return np.stack(channels)


def _offscale_scans(abif: AbifFile, channels: Floats) -> Mask:
    """Return which scans are saturated: listed by the instrument, or at the limit of 16 bits.

    METHOD: on 3100 and 3130 saturation happens before the colours are separated, so flagged scans
    may read far below any limit. ``OvrI`` of a 3500 is not used: it lists where the processed,
    multiplied channels pass 16 bits, and a public run shows raw values of 14,932 there.
    """
    at_limit = (channels >= _CEILING) | (channels <= _FLOOR)
    offscale: Mask = np.asarray(at_limit.any(axis=0))
    for tag, number in abif.entries:
        if tag in ("OfSc", "Satd"):
            scans = abif.numbers(tag, number)
            if scans is not None and scans.dtype.kind in "iu":
                listed = scans.astype(np.int64)
                offscale[listed[(listed >= 0) & (listed < offscale.size)]] = True
    return offscale


def _first_number(abif: AbifFile, tag: str) -> int | None:
    values = abif.numbers(tag, 1)
    if values is None or values.size == 0 or values.dtype.kind == "f":
        return None
    return int(values[0])
