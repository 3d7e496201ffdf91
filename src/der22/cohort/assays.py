"""What each analysis says about one patient, from the rows of its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from der22.formats.records import MlpaSample
from der22.results.mlpa import Ikzf1Row
from der22.results.mrd import LevelRow, SeriesRow
from der22.results.sanger import StatusRow
from der22.words import Abl1Status, Call, Category, Ikzf1Class, MlpaStatus, Response, Timepoint

__all__ = [
    "Abl1Result",
    "MlpaResult",
    "MrdResult",
    "SampleKey",
    "codon_order",
    "diagnostic_samples",
    "summarise_abl1",
    "summarise_mlpa",
    "summarise_mrd",
    "without_vain_negatives",
]

#: run_id and sample_id of an MLPA sample
SampleKey = tuple[str, str]

_DEPTHS = ("MR4", "MR4.5", "MR5")
_LEFT_ASIDE = {"DUPLICATE_SAMPLE", "RERUN_AGREES", "CONFLICTING_DUPLICATES", "NOT_CHOSEN"}


@dataclass(frozen=True, slots=True)
class MlpaResult:
    """MLPA of one patient.

    Attributes:
        status: called, called_with_warnings, not_called or not_done.
        ikzf1_class: under the definition in force.
        pattern: exons lost, blank when unknown.
        calls: gene -> call word.
        conflict: the samples whose classes differ, blank when none do.
    """

    status: MlpaStatus = MlpaStatus.NOT_DONE
    ikzf1_class: Ikzf1Class = Ikzf1Class.NOT_DONE
    pattern: str = ""
    calls: Mapping[str, Call] = field(default_factory=dict)
    conflict: str = ""

    def call_of(self, gene: str) -> Call:
        """Return the call of a gene; not_done without a sample, not_evaluable without a call."""
        if self.status is MlpaStatus.NOT_DONE:
            return Call.NOT_DONE
        return self.calls.get(gene, Call.NOT_EVALUABLE)


@dataclass(frozen=True, slots=True)
class Abl1Result:
    """ABL1 of one patient over all samples.

    Attributes:
        status: mutated, possible, wild_type, not_evaluable or not_done.
        mutations: those detected in any sample, in codon order; kept once cleared later.
        first_day: first day with a detected mutation, None when not known.
    """

    status: Abl1Status = Abl1Status.NOT_DONE
    mutations: tuple[str, ...] = ()
    first_day: int | None = None


@dataclass(frozen=True, slots=True)
class MrdResult:
    """MRD of one patient.

    Attributes:
        categories: time point -> CMR, PNQ, POS, POS_UNQUANTIFIED, not_evaluable, missing or
            not_done.
        responses: time point -> molecular response; of a sample taken after a relapse or a
            transplant not_evaluable: it answers another question.
        best_depth: deepest of MR4, MR4.5, MR5 over the time points in CMR, blank if none.
        increase_day: first day with a rise of MRD.
        relapse_day: first day with a molecular relapse.
        lost_day: first day on which a response was lost after induction, where that calls for ABL1.
        increased: whether a rise was seen, even without a day.
        relapsed: whether a molecular relapse was seen.
        response_lost: whether the loss of a response was seen, where that calls for ABL1.
        has_series: whether a follow-up sample was assessable.
    """

    categories: Mapping[str, Category]
    responses: Mapping[str, Response]
    best_depth: str = ""
    increase_day: int | None = None
    relapse_day: int | None = None
    lost_day: int | None = None
    increased: bool = False
    relapsed: bool = False
    response_lost: bool = False
    has_series: bool = False


def summarise_mlpa(
    samples: Sequence[MlpaSample],
    chosen_rows: Sequence[Ikzf1Row],
    status_of: Mapping[SampleKey, MlpaStatus],
    calls_of: Mapping[SampleKey, Mapping[str, Call]],
    definition: str,
    repeat_classes: Mapping[SampleKey, Ikzf1Class] | None = None,
) -> MlpaResult:
    """Return the diagnostic MLPA of one patient.

    Args:
        samples: the patient's rows of the mlpa sheet.
        chosen_rows: the patient's rows of ``mlpa/ikzf1.tsv``.
        status_of: of ``sample_qc.tsv``.
        calls_of: sample -> gene -> call.
        definition: name of the IKZF1plus definition in force.
        repeat_classes: class, under that definition, of called samples without a row of their own.

    Among the samples of the lowest day the one that ``mlpa/ikzf1.tsv`` names speaks; without a row
    there, a called one before one that was not, then the order of the sheet.
    """
    if not samples:
        return MlpaResult()
    rows = {(row.run_id, row.sample_id): row for row in chosen_rows}
    diagnostic = diagnostic_samples(samples)
    order = list(MlpaStatus)
    statuses = {key: status_of.get(key, MlpaStatus.NOT_CALLED) for key in diagnostic}
    chosen = min(diagnostic, key=lambda key: (key not in rows, order.index(statuses[key])))
    if not statuses[chosen].is_called:
        return MlpaResult(status=MlpaStatus.NOT_CALLED, ikzf1_class=Ikzf1Class.UNDETERMINED)
    found = dict(repeat_classes or {})
    found |= {key: row.class_by(definition) for key, row in rows.items()}
    words = {key: found[key] for key in diagnostic if statuses[key].is_called and key in found}
    conflict = ""
    if len(set(words.values())) > 1:
        conflict = ", ".join(f"{run}/{sample}: {word}" for (run, sample), word in words.items())
    # where called samples of the day disagree on a gene, it is ambiguous
    repeats = [calls_of.get(key, {}) for key in words]
    calls = {}
    for gene, call in calls_of.get(chosen, {}).items():
        answers = {own.get(gene, Call.NOT_EVALUABLE).deleted for own in repeats}
        calls[gene] = Call.AMBIGUOUS if len(answers) > 1 else call
    undetermined = Ikzf1Class.UNDETERMINED
    return MlpaResult(
        status=statuses[chosen],
        ikzf1_class=undetermined if conflict else words.get(chosen, undetermined),
        pattern=rows[chosen].ikzf1_pattern if chosen in rows and not conflict else "",
        calls=calls,
        conflict=conflict,
    )


def without_vain_negatives(
    calls: Mapping[str, Call], blast_percent: float | None, least: float
) -> dict[str, Call]:
    """Return gene calls in which a negative that means nothing is not evaluable.

    Where blasts are unknown or too few and no gene is lost, "normal" would be counted as not
    deleted; a loss proves that the leukaemia is in the sample.

    Args:
        calls: gene -> call word.
        blast_percent: of the sample, None = unknown.
        least: percentage from which a negative counts.
    """
    counts = blast_percent is not None and blast_percent >= least
    if counts or any(call.is_loss for call in calls.values()):
        return dict(calls)
    return {
        gene: Call.NOT_EVALUABLE if call is Call.NORMAL else call for gene, call in calls.items()
    }


def diagnostic_samples(samples: Sequence[MlpaSample]) -> list[SampleKey]:
    """Return (run_id, sample_id) of the lowest day; those without a day when none has one."""
    lowest = min((sample.day for sample in samples if sample.day is not None), default=None)
    return [(sample.run_id, sample.sample_id) for sample in samples if sample.day == lowest]


def summarise_abl1(rows: Sequence[StatusRow]) -> Abl1Result:
    """Return ABL1 over all samples of one patient (rows of ``sanger/abl1.tsv``)."""
    if not rows:
        return Abl1Result()
    status = min((row.abl1_status for row in rows), key=list(Abl1Status).index)
    mutated = [row for row in rows if row.abl1_status is Abl1Status.MUTATED]
    names = {name for row in mutated for name in row.mutations}
    days = [row.day for row in mutated if row.day is not None]
    return Abl1Result(status, tuple(sorted(names, key=codon_order)), min(days, default=None))


def codon_order(name: str) -> tuple[int, str]:
    """Return the key that sorts mutations such as T315I by codon."""
    digits = "".join(char for char in name if char.isdigit())
    return int(digits or 0), name


def summarise_mrd(
    series: Sequence[SeriesRow],
    levels: Sequence[LevelRow],
    timepoints: Sequence[Timepoint],
    *,
    response_lost_triggers: bool = True,
) -> MrdResult:
    """Return MRD of one patient.

    Args:
        series: the patient's rows of ``mrd/series.tsv``.
        levels: the patient's rows of ``mrd/levels.tsv``.
        timepoints: configured, in order.
        response_lost_triggers: whether the loss of a response calls for ABL1 screening.
    """
    placed = {row.timepoint: row for row in series}
    categories = {
        point.name: placed[point.name].category if point.name in placed else Category.MISSING
        for point in timepoints
    }
    before = {point.name for point in timepoints if not point.is_follow_up}
    responses = {
        name: placed[name].molecular_response if name in placed else Response.MISSING
        for name in categories
    }
    responses |= {
        row.timepoint: Response.NOT_EVALUABLE
        for row in placed.values()
        if row.after_event and row.timepoint in responses
    }
    losses = [row.day for row in series if row.response_lost and response_lost_triggers]
    increases = [row.day for row in series if row.mrd_increase]
    relapses = [row.day for row in series if row.molecular_relapse]
    return MrdResult(
        categories=categories,
        responses=responses,
        best_depth=_best_depth(
            [placed[n] for n, word in categories.items() if word is Category.CMR], levels
        ),
        increase_day=min((day for day in increases if day is not None), default=None),
        relapse_day=min((day for day in relapses if day is not None), default=None),
        lost_day=min((day for day in losses if day is not None), default=None),
        increased=bool(increases),
        relapsed=bool(relapses),
        response_lost=bool(losses),
        has_series=any(
            row.is_assessable and row.timepoint not in before and (row.day is None or row.day > 0)
            for row in series
        ),
    )


def _best_depth(cleared: Sequence[SeriesRow], levels: Sequence[LevelRow]) -> str:
    """Return the deepest CMR; at one time point the shallower transcript counts."""
    depths = []
    for point in cleared:
        found = [
            _DEPTHS.index(row.depth)
            for row in levels
            if row.timepoint == point.timepoint
            and (row.day == point.day or row.sample_id in point.sample_ids)
            and row.material == "BM"
            and row.category is Category.CMR
            and row.depth in _DEPTHS
            and not _LEFT_ASIDE & set(row.codes)
        ]
        if found:
            depths.append(min(found))
    return _DEPTHS[max(depths)] if depths else ""
