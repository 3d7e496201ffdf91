"""The direction a primer's name promises; only compared with what the read does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from der22.flags import Flag
from der22.formats.reference_folder import Primer
from der22.sanger.codes import make_flag
from der22.words import Direction

__all__ = ["primer_direction", "primer_flags"]

_FORWARD = re.compile(r"(?i:fwd|forward)$|(?<![A-Z])F\d*$|[-_ ]f\d*$")
_REVERSE = re.compile(r"(?i:rev|reverse)$|(?<![A-Z])R\d*$|[-_ ]r\d*$")


def primer_direction(name: str, known: Sequence[Primer]) -> Direction | None:
    """Return the direction of a primer, None when neither table nor name tells.

    Args:
        name: as the laboratory wrote it.
        known: primers of the reference folder.
    """
    for primer in known:
        if primer.name.lower() == name.strip().lower():
            return Direction(primer.direction)
    if _FORWARD.search(name.strip()):
        return Direction.FORWARD
    if _REVERSE.search(name.strip()):
        return Direction.REVERSE
    return None


def primer_flags(
    read_id: str, name: str | None, direction: Direction | None, known: Sequence[Primer]
) -> tuple[Flag, ...]:
    """Return a warning where the sequence runs against the primer of the sheet."""
    if not name or direction is None:
        return ()
    promised = primer_direction(name, known)
    if promised is None or promised is direction:
        return ()
    message = (
        f"{read_id}: the sheet says primer {name} ({promised}), the sequence runs {direction}; "
        "correct the sheet or look for swapped tubes"
    )
    return (make_flag("DIRECTION_DIFFERS_FROM_PRIMER", message),)
