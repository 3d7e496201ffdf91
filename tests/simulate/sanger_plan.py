"""The plan of a simulated sample: which reads, of what, under which conditions."""

from __future__ import annotations

from dataclasses import dataclass, field

from der22.simulate.chemistry import ReadConditions
from der22.simulate.molecules import Molecule

__all__ = ["ReadPlan", "SamplePlan"]


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """One read to come.

    Attributes:
        direction: forward or reverse.
        primer: what the sheet will say, true or not.
        suffix: end of the file's name, such as ``F``.
        conditions: how well the reaction goes.
        molecules: mixture seen by this read only; None = that of the sample.
        alien: read an unrelated sequence instead.
        copy_of: index of an earlier read whose channels are written again; None = an own read.
        primer_shift_nt: how far further out than the usual primer the read begins.
    """

    direction: str
    primer: str
    suffix: str
    conditions: ReadConditions = field(default_factory=ReadConditions)
    molecules: tuple[Molecule, ...] | None = None
    alien: bool = False
    copy_of: int | None = None
    primer_shift_nt: int = 0


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """One sample to come: its true mixture and its reads."""

    molecules: tuple[Molecule, ...]
    reads: tuple[ReadPlan, ...]
