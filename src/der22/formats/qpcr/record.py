"""What every reader of a qPCR export gives: wells, what the instrument printed, and nothing judged.

A well is one measurement: one reaction vessel and one target. No biology here: whether a well is
detected depends on the cycles of the run and is judged in `der22.mrd`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

__all__ = ["CopiesState", "PlateFile", "PlateFormat", "PrintedCurve", "RunTarget", "Task", "Well"]

#: run and target: what one standard curve belongs to
RunTarget = tuple[str, str]


class PlateFormat(StrEnum):
    """The kinds of export that are read."""

    RDML = "RDML"
    QUANTSTUDIO = "QuantStudio text"
    DESIGN_ANALYSIS = "Design & Analysis workbook"
    SDS = "SDS text"
    EDS = "eds"
    LIGHTCYCLER = "LightCycler 480 text"
    CFX = "CFX table"
    COPIES = "copies table"


class Task(StrEnum):
    """What a well is for."""

    STANDARD = "standard"
    UNKNOWN = "unknown"
    NTC = "ntc"
    NEGATIVE_CONTROL = "negative_control"
    POSITIVE_CONTROL = "positive_control"
    OTHER = "other"


class CopiesState(StrEnum):
    """How a value of a copies table is to be taken."""

    SINGLE_WELL = "single_well"
    MEAN_OF_REPLICATES = "mean_of_replicates"


@dataclass(frozen=True, slots=True)
class Well:
    """One measurement of one target in one reaction.

    Attributes:
        run: name of the run inside the file, '' when the file names none.
        well: row letter and column number, such as A1; '' when the file tells none.
        sample: name of the sample in the file.
        target: name of the target in the file, '' when the file names none.
        task: standard, unknown, ntc, negative_control (which may be cDNA without the fusion),
            positive_control or other.
        ct_raw: text of the threshold cycle as it stands in the file.
        ct: threshold cycle in cycles; None when there is no number or a word for not detected.
        quantity: given copies of a standard or of a positive control; None when not given.
        excluded: taken out, by the operator or because its value cannot be read.
        reason: why excluded: the text of the file, OMITTED, NO_CT or the code of `fault`.
        fault: CT_NOT_A_NUMBER or COPIES_IMPOSSIBLE when the value cannot be read, else ''.
        place: where the value stands, such as "row 12, column Ct"; '' when it was read.
        other_name: a second name of the sample in the file (an RDML id), or None.
        printed_copies: copies that the instrument computed, or None.
        copies_raw: text of the copies of a copies table.
        copies: copies of a copies table; 0 = not detected, None = none given.
        state: how `copies` is to be taken; None in a file with Ct values.
        n_wells: reactions behind a mean of replicates; 1 for a well.
        readings: fluorescence by cycle of a reaction for which the file has no result at all, as
            far as it has it; None where there is a result.
    """

    run: str
    well: str
    sample: str
    target: str
    task: Task
    ct_raw: str
    ct: float | None = None
    quantity: float | None = None
    excluded: bool = False
    reason: str = ""
    fault: str = ""
    place: str = ""
    other_name: str | None = None
    printed_copies: float | None = None
    copies_raw: str = ""
    copies: float | None = None
    state: CopiesState | None = None
    n_wells: int = 1
    readings: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class PrintedCurve:
    """The standard curve as the instrument prints it.

    Attributes:
        slope: Ct per log10 copies.
        intercept: Ct at one copy.
    """

    slope: float
    intercept: float


@dataclass(frozen=True, slots=True)
class PlateFile:
    """One export, read.

    Attributes:
        name: file name, for sentences.
        kind: kind of export.
        wells: every used well, in the order of the file.
        curves: printed curves by run and target.
        cycles: cycles by run, for the runs that tell.
        names_targets: no when the file holds one target and does not name it.
        empty: wells that the file lists and that hold nothing.
        not_understood: places of rows that are neither a well nor blank.
    """

    name: str
    kind: PlateFormat
    wells: tuple[Well, ...]
    curves: Mapping[RunTarget, PrintedCurve] = field(default_factory=lambda: MappingProxyType({}))
    cycles: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    names_targets: bool = True
    empty: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()

    @property
    def runs(self) -> tuple[str, ...]:
        """Names of the runs, sorted."""
        return tuple(sorted({well.run for well in self.wells}))
