"""What each analysis says about one patient, from the rows of its tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from der22.cohort.three_valued import deleted
from der22.cohort.timepoints import Timepoint
from der22.formats.records import MlpaSample

__all__ = [
    "ASSESSABLE",
    "Abl1Result",
    "MlpaResult",
    "MrdResult",
    "TextRow",
    "codon_order",
    "diagnostic_samples",
    "summarise_abl1",
    "summarise_mlpa",
    "summarise_mrd",
    "without_vain_negatives",
]

#: one row of a table that was read back
TextRow = Mapping[str, str]

ASSESSABLE = ("CMR", "PNQ", "POS")
_CALLED = ("called", "called_with_warnings")
_ABL1_ORDER = ("mutated", "possible", "wild_type", "not_evaluable", "not_done")
_DEPTHS = ("MR4", "MR4.5", "MR5")
_LEFT_ASIDE = {"DUPLICATE_SAMPLE", "CONFLICTING_DUPLICATES", "NOT_CHOSEN"}


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

    status: str = "not_done"
    ikzf1_class: str = "not_done"
    pattern: str = ""
    calls: Mapping[str, str] = field(default_factory=dict)
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class Abl1Result:
    """ABL1 of one patient over all samples.

    Attributes:
        status: mutated, possible, wild_type, not_evaluable or not_done.
        mutations: those detected in any sample, in codon order; kept once cleared later.
        first_day: first day with a detected mutation, None when not known.
    """

    status: str = "not_done"
    mutations: tuple[str, ...] = ()
    first_day: int | None = None


@dataclass(frozen=True, slots=True)
class MrdResult:
    """MRD of one patient.

    Attributes:
        categories: time point -> CMR, PNQ, POS, not_evaluable, missing or not_done.
        best_depth: deepest of MR4, MR4.5, MR5 over the time points in CMR, blank if none.
        increase_day: first day with a rise of MRD.
        relapse_day: first day with a molecular relapse.
        increased: whether a rise was seen, even without a day.
        relapsed: whether a molecular relapse was seen.
        has_series: whether a follow-up sample was assessable.
    """

    categories: Mapping[str, str]
    best_depth: str = ""
    increase_day: int | None = None
    relapse_day: int | None = None
    increased: bool = False
    relapsed: bool = False
    has_series: bool = False


def summarise_mlpa(
    samples: Sequence[MlpaSample],
    ikzf1_rows: Sequence[TextRow],
    status_of: Mapping[tuple[str, str], str],
    calls_of: Mapping[tuple[str, str], Mapping[str, str]],
    definition: str,
    repeat_classes: Mapping[tuple[str, str], str] | None = None,
) -> MlpaResult:
    """Return the diagnostic MLPA of one patient.

    Args:
        samples: the patient's rows of the mlpa sheet.
        ikzf1_rows: the patient's rows of ``mlpa/ikzf1.tsv``.
        status_of: (run_id, sample_id) -> status of ``sample_qc.tsv``.
        calls_of: (run_id, sample_id) -> gene -> call.
        definition: name of the IKZF1plus definition in force.
        repeat_classes: class, under that definition, of called samples without a row of their own.

    Among the samples of the lowest day the one that ``mlpa/ikzf1.tsv`` names speaks; without a row
    there, a called one before one that was not, then the order of the sheet.
    """
    if not samples:
        return MlpaResult()
    rows = {(row["run_id"], row["sample_id"]): row for row in ikzf1_rows}
    diagnostic = diagnostic_samples(samples)
    chosen = min(diagnostic, key=lambda key: (key not in rows, _rank(status_of.get(key, ""))))
    status = status_of.get(chosen, "not_called")
    if status not in _CALLED:
        return MlpaResult(status="not_called", ikzf1_class="undetermined")
    found = dict(repeat_classes or {})
    found |= {key: row.get(f"class_{definition}", "") for key, row in rows.items()}
    words = {
        key: found[key] for key in diagnostic if status_of.get(key) in _CALLED and key in found
    }
    conflict = ""
    if len(set(words.values())) > 1:
        conflict = ", ".join(f"{run}/{sample}: {word}" for (run, sample), word in words.items())
    return MlpaResult(
        status=status,
        ikzf1_class="undetermined" if conflict else words.get(chosen) or "undetermined",
        pattern=rows[chosen]["ikzf1_pattern"] if chosen in rows and not conflict else "",
        calls=_agreed_calls(chosen, [calls_of.get(key, {}) for key in words], calls_of),
        conflict=conflict,
    )


def _agreed_calls(
    chosen: tuple[str, str],
    repeats: Sequence[Mapping[str, str]],
    calls_of: Mapping[tuple[str, str], Mapping[str, str]],
) -> dict[str, str]:
    """Return the calls of the chosen sample; ambiguous where called samples of its day disagree."""
    return {
        gene: "ambiguous" if len({deleted(calls.get(gene, "")) for calls in repeats}) > 1 else call
        for gene, call in calls_of.get(chosen, {}).items()
    }


def without_vain_negatives(
    calls: Mapping[str, str], blast_percent: float | None, least: float
) -> dict[str, str]:
    """Return gene calls in which a negative that means nothing is not evaluable.

    Where blasts are unknown or too few and no gene is lost, "normal" would be counted as not
    deleted; a loss proves that the leukaemia is in the sample.

    Args:
        calls: gene -> call word.
        blast_percent: of the sample, None = unknown.
        least: percentage from which a negative counts.
    """
    counts = blast_percent is not None and blast_percent >= least
    if counts or any(deleted(call) for call in calls.values()):
        return dict(calls)
    return {gene: "not_evaluable" if call == "normal" else call for gene, call in calls.items()}


def diagnostic_samples(samples: Sequence[MlpaSample]) -> list[tuple[str, str]]:
    """Return (run_id, sample_id) of the lowest day; those without a day when none has one."""
    lowest = min((sample.day for sample in samples if sample.day is not None), default=None)
    return [(sample.run_id, sample.sample_id) for sample in samples if sample.day == lowest]


def _rank(status: str) -> int:
    return _CALLED.index(status) if status in _CALLED else len(_CALLED)


def summarise_abl1(rows: Sequence[TextRow]) -> Abl1Result:
    """Return ABL1 over all samples of one patient (rows of ``sanger/abl1.tsv``)."""
    if not rows:
        return Abl1Result()
    status = min((row["abl1_status"] for row in rows), key=_ABL1_ORDER.index)
    if status != "mutated":
        return Abl1Result(status)
    mutated = [row for row in rows if row["abl1_status"] == "mutated"]
    names = {name for row in mutated for name in row["mutations"].split(";") if name}
    days = [int(row["day"]) for row in mutated if row["day"]]
    return Abl1Result(status, tuple(sorted(names, key=codon_order)), min(days, default=None))


def codon_order(name: str) -> tuple[int, str]:
    """Return the key that sorts mutations such as T315I by codon."""
    digits = "".join(char for char in name if char.isdigit())
    return int(digits or 0), name


def summarise_mrd(
    series: Sequence[TextRow], levels: Sequence[TextRow], timepoints: Sequence[Timepoint]
) -> MrdResult:
    """Return MRD of one patient.

    Args:
        series: the patient's rows of ``mrd/series.tsv``.
        levels: the patient's rows of ``mrd/levels.tsv``.
        timepoints: configured, in order.
    """
    placed = {row["timepoint"]: row for row in series}
    categories = {
        point.name: placed[point.name]["category"] if point.name in placed else "missing"
        for point in timepoints
    }
    before = {point.name for point in timepoints if not point.is_follow_up}
    return MrdResult(
        categories=categories,
        best_depth=_best_depth(
            [placed[n] for n, word in categories.items() if word == "CMR"], levels
        ),
        increase_day=_first_day(series, "mrd_increase"),
        relapse_day=_first_day(series, "molecular_relapse"),
        increased=any(row["mrd_increase"] == "yes" for row in series),
        relapsed=any(row["molecular_relapse"] == "yes" for row in series),
        has_series=any(
            row["category"] in ASSESSABLE
            and row["timepoint"] not in before
            and (row["day"] == "" or float(row["day"]) > 0)
            for row in series
        ),
    )


def _first_day(series: Iterable[TextRow], column: str) -> int | None:
    days = [int(row["day"]) for row in series if row[column] == "yes" and row["day"]]
    return min(days, default=None)


def _best_depth(cleared: Iterable[TextRow], levels: Sequence[TextRow]) -> str:
    """Return the deepest CMR; at one time point the shallower transcript counts."""
    depths = []
    for point in cleared:
        found = [
            _DEPTHS.index(row["depth"])
            for row in levels
            if row["timepoint"] == point["timepoint"]
            and row["day"] == point["day"]
            and row["material"] == "BM"
            and row["category"] == "CMR"
            and row["depth"] in _DEPTHS
            and not _LEFT_ASIDE & set(row["flags"].split(";"))
        ]
        if found:
            depths.append(min(found))
    return _DEPTHS[max(depths)] if depths else ""
