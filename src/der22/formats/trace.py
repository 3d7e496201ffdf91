"""A Sanger trace: the four processed channels and the basecaller's reading of them.

Two containers hold traces, ABIF (.ab1) and SCF (.scf). Which one a file is, its first four bytes
say; the ending of its name is never asked. Both become the same typed `Trace`.

Layout after Applied Biosystems, "Applied Biosystems Genetic Analysis Data File Format", 2009
(ABIF) and Dear and Staden, DNA Sequence 1992;3:107-110 with the Staden manual (SCF).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from der22.arrays import Floats, Ints
from der22.errors import UnreadableFileError
from der22.flags import Flag, Severity
from der22.formats.abif import AbifFile, parse_abif
from der22.formats.scf import SCF_MAGIC, parse_scf

__all__ = ["BASES", "Trace", "parse_trace"]

#: order of the channels of every `Trace`; complement = the same order read backwards
BASES = "ACGT"


#: number of the call set an instrument's basecaller writes, and of the one a person edited
_CALL_SETS = {"basecaller": (2, 1), "edited": (1, 2)}
_DEFAULT_ORDER = "GATC"
_LARGEST_QUALITY = 99
_MAX_POINTS = 200_000  # a capillary run has some ten thousand
_LARGEST_SIGNAL = 2.0**31
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
_MACBINARY_HEAD = 128  # bytes
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Trace:
    """One capillary as the basecaller saw it.

    Attributes:
        name: what to call the file in sentences.
        channels: processed signal of A, C, G, T, shape (4, n_points), never negative, read-only.
        calls: one letter per call in reading direction, capitals.
        positions: scan of each call, shape (n_calls,), ascending, inside the trace, read-only.
        qualities: Phred value of each call, shape (n_calls,); None when the file holds none.
        notes: what was noticed while reading.
        instrument: machine as the file says it, for provenance only.
        basecaller: basecaller and version, for provenance only.
        mobility_file: mobility file, for provenance only.
    """

    name: str
    channels: Floats
    calls: str
    positions: Ints
    qualities: Ints | None
    notes: tuple[Flag, ...] = ()
    instrument: str = ""
    basecaller: str = ""
    mobility_file: str = ""


def parse_trace(content: bytes, name: str, calls: str = "basecaller") -> Trace:
    """Read a trace file.

    Args:
        content: the whole file.
        name: what to call it in sentences.
        calls: ``basecaller`` or ``edited``: which call set of an ABIF file to use where both exist.

    Raises:
        UnreadableFileError: ``UNREADABLE_FILE`` (no trace, or cut short), ``MISSING_CHANNEL``,
            ``NO_BASECALLS``, ``NO_PEAK_POSITIONS``.
    """
    if content[_MACBINARY_HEAD : _MACBINARY_HEAD + 4] == b"ABIF":
        content = content[_MACBINARY_HEAD:]  # an old Macintosh wrote a head of its own before it
    if content[:4] == b"ABIF":
        try:
            return _trace_of_abif(parse_abif(content, name), calls)
        except UnreadableFileError as error:
            if error.code in ("NOT_ABIF", "TRUNCATED"):
                raise UnreadableFileError("UNREADABLE_FILE", error.message) from error
            raise
    if content[:4] == SCF_MAGIC:
        scf = parse_scf(content, name)
        return _fit_together(Trace(name, scf.channels, scf.calls, scf.positions, scf.qualities))
    if content[:2] == _GZIP:
        raise UnreadableFileError(
            "UNREADABLE_FILE", f"{name}: compressed (gzip); unpack it and give the trace itself"
        )
    found = content[:4].decode("latin-1") if content else "nothing"
    raise UnreadableFileError(
        "UNREADABLE_FILE",
        f"{name}: not a trace file, it begins with {found!r} instead of ABIF or .scf; "
        "export it again from the instrument",
    )


def _trace_of_abif(abif: AbifFile, wanted: str) -> Trace:
    name = abif.name
    order = (abif.text("FWO_", 1) or "").upper()
    notes: list[Flag] = []
    if sorted(order) != sorted(BASES):
        order = _DEFAULT_ORDER
        message = (
            f"{name}: no channel order (tag FWO_1), {_DEFAULT_ORDER} assumed; "
            "check that the bases agree with the reference"
        )
        notes.append(Flag("CHANNEL_ORDER_ASSUMED", Severity.NOTE, message))
    channels = _stack_channels(abif, order)
    sets = [found for n in _CALL_SETS[wanted] if (found := _call_set(abif, n)) is not None]
    if not sets:
        raise UnreadableFileError(
            "NO_BASECALLS", f"{name}: no base calls (tag PBAS); run the basecaller"
        )
    whole = [found for found in sets if found.is_whole]
    if not whole:
        raise _no_positions(name, len(sets[0].letters), sets[0].positions.size)
    chosen = whole[0]
    if chosen is not sets[0]:
        message = (
            f"{name}: call set {sets[0].number} has {len(sets[0].letters)} letters and "
            f"{sets[0].positions.size} positions; set {chosen.number} is whole and was used"
        )
        notes.append(Flag("CALL_LENGTHS_DIFFER", Severity.NOTE, message))
    elif len(sets) == 2 and sets[0].letters != sets[1].letters:
        one, other = (found.letters for found in sets)
        differing = sum(a != b for a, b in zip(one, other, strict=False))
        differing += abs(len(one) - len(other))
        message = (
            f"{name}: edited and basecaller's calls differ at {differing} places, the {wanted} "
            "calls were used; fractions come from the channels alone"
        )
        notes.append(Flag("EDITED_CALLS_DIFFER", Severity.NOTE, message))
    if chosen.n_unreadable:
        message = (
            f"{name}: {chosen.n_unreadable} signs of the call set are no letters; each is taken as "
            "an unknown base in its place"
        )
        notes.append(Flag("UNREADABLE_LETTERS", Severity.NOTE, message))
    trace = Trace(
        name=name,
        channels=channels,
        calls=chosen.letters.upper(),
        positions=chosen.positions,
        qualities=chosen.qualities,
        notes=tuple(notes),
        instrument=abif.text("MCHN", 1) or "",
        basecaller=abif.text("SVER", 2) or "",
        mobility_file=abif.text("PDMF", 2) or abif.text("PDMF", 1) or "",
    )
    return _fit_together(trace)


@dataclass(frozen=True, slots=True)
class _CallSet:
    """Letters, positions and qualities that belong together.

    Attributes:
        number: of the set in the file.
        letters: as written, small ones too; what is no letter is N in its place.
        positions: scan of each call; empty without any.
        qualities: None without any.
        n_unreadable: signs that were no letters.
    """

    number: int
    letters: str
    positions: Ints
    qualities: Ints | None
    n_unreadable: int

    @property
    def is_whole(self) -> bool:
        """Whether at least half of the letters have a position."""
        return self.positions.size > 0 and 2 * self.positions.size >= len(self.letters)


def _call_set(abif: AbifFile, number: int) -> _CallSet | None:
    """Return one call set of a file, None where it has no letters."""
    positions = _numbers(abif, "PLOC", number)
    raw = (abif.raw("PBAS", number) or b"").decode("latin-1")
    n_positions = 0 if positions is None else positions.size
    while len(raw) > n_positions and raw[-1:] in ("\0", " "):
        raw = raw[:-1]
    if not raw:
        return None
    letters = "".join(sign if sign in _LETTERS else "N" for sign in raw).replace("-", "N")
    return _CallSet(
        number,
        letters,
        np.zeros(0, dtype=np.int64) if positions is None else positions,
        _numbers(abif, "PCON", number),
        sum(sign not in _LETTERS for sign in raw),
    )


def _stack_channels(abif: AbifFile, order: str) -> Floats:
    found = []
    for number in range(9, 13):
        values = abif.numbers("DATA", number)
        if values is None or values.size == 0:
            raise UnreadableFileError(
                "MISSING_CHANNEL",
                f"{abif.name}: channel DATA{number} is missing; all four are needed, "
                "switch on analysis in the sequencer software and export again",
            )
        found.append(values)
    length = min(values.size for values in found)
    if length > _MAX_POINTS:
        raise UnreadableFileError(
            "UNREADABLE_FILE",
            f"{abif.name}: {length} points in a channel, at most {_MAX_POINTS} are possible; "
            "export it again from the instrument",
        )
    stack = np.stack([values[:length] for values in found]).astype(np.float64)
    if not np.all(np.abs(stack) < _LARGEST_SIGNAL):
        raise UnreadableFileError(
            "UNREADABLE_FILE",
            f"{abif.name}: a channel holds values that are no signal; "
            "export it again from the instrument",
        )
    return stack[[order.index(base) for base in BASES]]


def _numbers(abif: AbifFile, tag: str, number: int) -> Ints | None:
    """Return the whole numbers of a tag, None without any; char arrays are read as bytes."""
    values = abif.numbers(tag, number)
    if values is None:
        raw = abif.raw(tag, number)
        values = None if raw is None else np.frombuffer(raw, dtype=np.uint8)
    if values is None or not values.size or values.dtype.kind not in "iu":
        return None
    return values[:_MAX_POINTS].astype(np.int64)


def _fit_together(raw: Trace) -> Trace:
    """Cut calls, positions and qualities to one length, in order and inside the trace."""
    name, notes = raw.name, list(raw.notes)
    if not raw.calls:
        raise UnreadableFileError("NO_BASECALLS", f"{name}: no base calls; run the basecaller")
    # values of 0 and 1, or one value for all calls, are no Phred values, old programs
    # write them
    qualities = None
    if raw.qualities is not None and raw.qualities.size and raw.qualities.max() > 1:
        is_constant = bool((raw.qualities == raw.qualities[0]).all())
        qualities = None if is_constant else np.clip(raw.qualities, 0, _LARGEST_QUALITY)
    sizes = [len(raw.calls), raw.positions.size]
    sizes += [] if qualities is None else [qualities.size]
    length = min(sizes)
    if 2 * raw.positions.size < len(raw.calls):
        raise _no_positions(name, len(raw.calls), raw.positions.size)
    if len(set(sizes)) > 1:
        and_qualities = f" and {sizes[2]} qualities" if len(sizes) == 3 else ""
        message = (
            f"{name}: {sizes[0]} calls, {sizes[1]} positions{and_qualities}; "
            f"the first {length} used"
        )
        notes.append(Flag("CALL_LENGTHS_DIFFER", Severity.NOTE, message))
    positions = raw.positions[:length]
    keep = np.flatnonzero((positions >= 0) & (positions < raw.channels.shape[1]))
    if 2 * keep.size < length:
        raise _no_positions(name, length, keep.size)
    keep = keep[np.argsort(positions[keep], kind="stable")]
    if qualities is None:
        message = (
            f"{name}: no quality values (none, or no Phred values), 30 is assumed for every call; "
            "identity to the reference and noise decide what is usable"
        )
        notes.append(Flag("NO_QUALITY_VALUES", Severity.NOTE, message))
    letters = np.frombuffer(raw.calls.encode("latin-1", "replace"), dtype=np.uint8)[keep]
    clean = np.maximum(raw.channels, 0.0)
    ordered = positions[keep]
    clean.flags.writeable = False
    ordered.flags.writeable = False
    return replace(
        raw,
        channels=clean,
        calls=letters.tobytes().decode("latin-1"),
        positions=ordered,
        qualities=None if qualities is None else qualities[keep],
        notes=tuple(notes),
    )


def _no_positions(name: str, n_calls: int, n_positions: int) -> UnreadableFileError:
    return UnreadableFileError(
        "NO_PEAK_POSITIONS",
        f"{name}: {n_calls} calls but {n_positions} usable peak positions; "
        "switch on analysis in the sequencer software and export again",
    )
