"""Which target of a file is the fusion, which the control, and which transcript is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from der22.flags import Flag
from der22.formats.qpcr import PlateFile
from der22.formats.records import Plate
from der22.mrd.codes import make_flag
from der22.mrd.settings import MrdSettings

__all__ = ["ELSEWHERE", "FusionAssay", "RowTargets", "TargetKey", "name_targets", "transcript_of"]

#: what the sheet writes for "this target is not in this file"
ELSEWHERE = "-"

#: number of the file on the plate, run and target: one curve
TargetKey = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class FusionAssay:
    """The fusion as one row of the plates sheet measures it.

    Attributes:
        name: as the sheet or config names it.
        key: where its wells are, None when the target is not in the file.
        transcript: p190 or p210, None when the plate does not tell.
        conversion_factor: to the International Scale, or None.
    """

    name: str
    key: TargetKey | None
    transcript: str | None
    conversion_factor: float | None


@dataclass(frozen=True, slots=True)
class RowTargets:
    """The targets of one row.

    Attributes:
        fusion: name of the fusion, None when it is not in this file.
        control: name of the control, None when it is not in this file.
        unnamed: the name that the one unnamed target of the file gets, None when the file names
            its targets or the row does not tell.
        flags: what could not be told.
    """

    fusion: str | None
    control: str | None
    unnamed: str | None
    flags: tuple[Flag, ...] = ()


def name_targets(plate: Plate, file: PlateFile, settings: MrdSettings, where: str) -> RowTargets:
    """Resolve blanks and dashes of a row of the plates sheet.

    A file with one unnamed target holds the one that the row names; a row that names none, or
    both, is ambiguous.
    """
    fusion = _resolve(plate.fusion_target, settings.fusion_target)
    control = _resolve(plate.control_target, settings.control_target)
    if file.names_targets:
        return RowTargets(fusion, control, None)
    told = [name for name in (plate.fusion_target, plate.control_target) if name is not None]
    written = [name for name in told if name != ELSEWHERE]
    if len(written) == 1:
        is_fusion = plate.fusion_target == written[0]
        return RowTargets(
            written[0] if is_fusion else None, None if is_fusion else written[0], written[0]
        )
    if ELSEWHERE in told and not written and (fusion is None) != (control is None):
        return RowTargets(fusion, control, fusion or control)
    message = (
        f"{where}: the file holds one target and does not name it; in the plates sheet name it in "
        "fusion_target or control_target and write - in the other"
    )
    return RowTargets(None, None, None, (make_flag("TARGET_NOT_FOUND", message),))


def transcript_of(row: Plate, rows: Sequence[Plate]) -> tuple[str | None, float | None]:
    """Return transcript and conversion factor of a row; the plate's other rows fill blanks.

    Args:
        row: the row with the fusion.
        rows: every row of the plate.
    """
    transcripts = {other.transcript for other in rows if other.transcript is not None}
    factors = {other.conversion_factor for other in rows if other.conversion_factor is not None}
    only = next(iter(transcripts)) if len(transcripts) == 1 else None
    transcript = row.transcript or only
    factor = row.conversion_factor
    if factor is None and len(factors) == 1 and len(transcripts) <= 1:
        factor = next(iter(factors))
    return transcript, factor if transcript != "p190" else None


def _resolve(name: str | None, default: str) -> str | None:
    if name is None:
        return default
    return None if name == ELSEWHERE else name
