"""The words that tables hold, each once: calls, classes, categories, statuses, time points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

__all__ = [
    "Abl1Status",
    "Answer",
    "Call",
    "Category",
    "ChartMark",
    "CodonStatus",
    "CurveStatus",
    "Direction",
    "Ikzf1Class",
    "MlpaStatus",
    "Phase",
    "ReadStatus",
    "Response",
    "RiskLabel",
    "Tier",
    "Timepoint",
    "WellUse",
    "any_yes",
]

#: True = yes, False = no, None = unknown; unknown never becomes no
Answer: TypeAlias = bool | None


def any_yes(answers: Iterable[Answer]) -> Answer:
    """Return yes if one is yes, else unknown if one is unknown (or there is none), else no.

    >>> any_yes([False, None, True]), any_yes([False, None]), any_yes([False]), any_yes([])
    (True, None, False, None)
    """
    given = list(answers)
    if True in given:
        return True
    return None if not given or None in given else False


class Call(StrEnum):
    """Copy number of a gene or probe."""

    HOMOZYGOUS_DELETION = "homozygous_deletion"
    HETEROZYGOUS_DELETION = "heterozygous_deletion"
    NORMAL = "normal"
    GAIN = "gain"
    AMBIGUOUS = "ambiguous"
    NOT_EVALUABLE = "not_evaluable"
    NOT_DONE = "not_done"

    @property
    def is_loss(self) -> bool:
        """Whether one or both copies are lost."""
        return self in (Call.HOMOZYGOUS_DELETION, Call.HETEROZYGOUS_DELETION)

    @property
    def deleted(self) -> Answer:
        """Whether the gene is deleted; a gain is not, what was not told is unknown."""
        if self.is_loss:
            return True
        return False if self in (Call.NORMAL, Call.GAIN) else None


class ChartMark(StrEnum):
    """Where a figure of a run lies on its control chart."""

    WITHIN = "within"
    BEYOND_2_SD = "beyond_2_sd"
    BEYOND_3_SD = "beyond_3_sd"


class MlpaStatus(StrEnum):
    """What became of an MLPA sample, or of a patient's diagnostic one."""

    CALLED = "called"
    CALLED_WITH_WARNINGS = "called_with_warnings"
    NOT_CALLED = "not_called"
    NOT_DONE = "not_done"

    @property
    def is_called(self) -> bool:
        """Whether its calls count."""
        return self in (MlpaStatus.CALLED, MlpaStatus.CALLED_WITH_WARNINGS)


class Ikzf1Class(StrEnum):
    """IKZF1 class under a definition."""

    PLUS = "IKZF1plus"
    DELETION = "IKZF1_deletion"
    NO_DELETION = "no_IKZF1_deletion"
    UNDETERMINED = "undetermined"
    NOT_DONE = "not_done"

    @property
    def is_known(self) -> bool:
        """Whether the class could be told."""
        return self in (Ikzf1Class.PLUS, Ikzf1Class.DELETION, Ikzf1Class.NO_DELETION)


class Direction(StrEnum):
    """Which way a read runs along the reference."""

    FORWARD = "forward"
    REVERSE = "reverse"


class ReadStatus(StrEnum):
    """What became of a read."""

    USED = "used"
    USED_WITH_WARNINGS = "used_with_warnings"
    REFUSED = "refused"


class Tier(StrEnum):
    """How sure a change is, from the surest down."""

    DETECTED = "detected"
    POSSIBLE = "possible"
    SINGLE_STRAND = "single_strand"
    UNPHASED = "unphased"


class CodonStatus(StrEnum):
    """Verdict on one codon."""

    DETECTED = "detected"
    POSSIBLE = "possible"
    NOT_DETECTED = "not_detected"
    NOT_ASSESSED = "not_assessed"


class Abl1Status(StrEnum):
    """ABL1 of a sample or patient, in the order in which one sample speaks before another."""

    MUTATED = "mutated"
    POSSIBLE = "possible"
    WILD_TYPE = "wild_type"
    NOT_EVALUABLE = "not_evaluable"
    NOT_DONE = "not_done"


class CurveStatus(StrEnum):
    """Verdict on a standard curve."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


class WellUse(StrEnum):
    """What a well or row of a plate's file serves."""

    SAMPLE = "sample"
    STANDARD = "standard"
    CONTROL = "control"
    OTHER = "other"
    EXCLUDED = "excluded"
    EMPTY = "empty"
    NOT_UNDERSTOOD = "not_understood"


class Response(StrEnum):
    """Molecular response at a time point."""

    YES = "yes"
    NO = "no"
    NOT_EVALUABLE = "not_evaluable"
    MISSING = "missing"
    NOT_DONE = "not_done"

    @property
    def answer(self) -> Answer:
        """Yes, no, or unknown for the words that are no result."""
        return {Response.YES: True, Response.NO: False}.get(self)


class Category(StrEnum):
    """What an assessment of MRD found."""

    CMR = "CMR"
    PNQ = "PNQ"
    POS = "POS"
    POS_UNQUANTIFIED = "POS_UNQUANTIFIED"
    NOT_EVALUABLE = "not_evaluable"
    MISSING = "missing"
    NOT_DONE = "not_done"

    @property
    def assessable(self) -> bool:
        """Whether the category is a result by itself; that of POS_UNQUANTIFIED is its response."""
        return self in (Category.CMR, Category.PNQ, Category.POS)

    @property
    def is_positive(self) -> bool:
        """Whether the fusion was found at a level that is no response, or at no known level."""
        return self in (Category.POS, Category.POS_UNQUANTIFIED)

    @property
    def is_response(self) -> bool:
        """Whether the category is a molecular response."""
        return self in (Category.CMR, Category.PNQ)

    @property
    def response(self) -> Response:
        """The response it means by itself; words that are no result stay themselves."""
        if self is Category.POS_UNQUANTIFIED:
            return Response.NOT_EVALUABLE
        if self.assessable:
            return Response.YES if self.is_response else Response.NO
        return Response(self.value)


class RiskLabel(StrEnum):
    """Genomic risk: a label for research and review, not a treatment rule."""

    HIGH = "high"
    INTERMEDIATE = "intermediate"
    STANDARD = "standard"
    UNDETERMINED = "undetermined"


class Phase(StrEnum):
    """Part of the treatment."""

    DIAGNOSIS = "diagnosis"
    INDUCTION = "induction"
    CONSOLIDATION = "consolidation"


@dataclass(frozen=True, slots=True)
class Timepoint:
    """One planned assessment; its phase tells what it is for, its name is only a label.

    Attributes:
        name: label, as in the mrd sheet.
        nominal_day: planned day, day 0 = start of the TKI; None when it shifts.
        first_day: first day of the window, which belongs to it; None = by label only.
        last_day: last day of the window, which belongs to it; None = by label only.
        phase: diagnosis, induction or consolidation.
    """

    name: str
    nominal_day: int | None
    first_day: int | None
    last_day: int | None
    phase: Phase

    def holds(self, day: int) -> bool:
        """Tell whether `day` lies in the window."""
        return (
            self.first_day is not None
            and self.last_day is not None
            and self.first_day <= day <= self.last_day
        )

    @property
    def is_follow_up(self) -> bool:
        """Whether a sample of this time point is taken after treatment began."""
        return self.phase is not Phase.DIAGNOSIS
