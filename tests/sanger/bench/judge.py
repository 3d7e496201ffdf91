"""What the product said of one sample against what is true of it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from der22.results.sanger import CodonRow, VariantRow
from sanger.bench.molecules import Edit, coding_sequence, describe, named_changes, right_aligned
from sanger.bench.runs import Truth

__all__ = ["OUTCOMES", "Found", "Score", "judge", "outcome_of"]

#: outcome of a sample -> what it means
OUTCOMES = {
    "right": "status as sharp and as true as may be asked",
    "hedged": "possible or not_evaluable where a sharper word was due",
    "said": "wild_type over a change below the limit that stands at its codon",
    "told": "wrong, and a warning or error concerns it",
    "silent": "wrong, and nothing says so",
}

_INDEL = re.compile(r"c\.(\d+)(?:_(\d+))?(delins|del|dup|ins)(?:N\[(\d+)\]|([ACGTN]+))?")
_PLACE_NT = 60  # how far from the join a break of unknown sequence may be told


@dataclass(frozen=True, slots=True)
class Found:
    """What the product said of one sample.

    Attributes:
        status: word of abl1.tsv.
        variants: rows of variants.tsv.
        codons: rows of codons.tsv.
        codes: warnings and errors of the sample, its reads and its variants.
        messages: of all flags of the sample itself, by code.
        message: of the status.
    """

    status: str
    variants: Sequence[VariantRow]
    codons: Sequence[CodonRow]
    codes: frozenset[str]
    messages: Mapping[str, str]
    message: str


@dataclass(slots=True)
class Score:
    """Counts over the samples of one kind.

    Attributes:
        kind: name.
        outcomes: by key of `OUTCOMES`.
        statuses: by word.
        tiers: true single changes by the tier that a row gives them, or missed.
        false_named: false rows of named changes, detected and possible.
        false_other: false rows of other changes, by tier.
        false_haplotypes: rows for combinations in one codon that no molecule has, not unphased.
        false_compounds: COMPOUND_AT_LEAST above what any molecule carries.
        compounds: COMPOUND_AT_LEAST where two changes are on one molecule and the figure holds.
        lengths: true length changes by exact, named (size and place), flagged or missed.
        false_lengths: length rows of samples that have none.
        errors: fraction less true share, of detected and possible single changes.
        covered: of these, how many intervals hold the true share.
        length_errors: the same of length changes.
        wrong: sentences about wrong statuses.
    """

    kind: str
    outcomes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    tiers: Counter[str] = field(default_factory=Counter)
    false_named: Counter[str] = field(default_factory=Counter)
    false_other: Counter[str] = field(default_factory=Counter)
    false_haplotypes: int = 0
    false_compounds: int = 0
    compounds: int = 0
    lengths: Counter[str] = field(default_factory=Counter)
    false_lengths: int = 0
    errors: list[float] = field(default_factory=list)
    covered: int = 0
    length_errors: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def n(self) -> int:
        """Return the number of samples."""
        return self.outcomes.total()


def _edit_of(row: VariantRow) -> Edit | None:
    """Return the change that a row's name gives, None where bases are not known."""
    match = _INDEL.fullmatch(row.hgvs_c.rsplit(":", 1)[-1])
    if match is None:
        if set(row.ref + row.alt) <= set("ACGT") and len(row.ref) == len(row.alt) and row.ref:
            return Edit(row.position_c, row.position_c + len(row.ref) - 1, row.alt)
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    word, bases = match[3], match[5] or ""
    if word == "del":
        return right_aligned(Edit(first, last))
    if word == "dup":
        return right_aligned(Edit(last + 1, last, coding_sequence()[first - 1 : last]))
    if match[4] or not bases:
        return None
    return right_aligned(Edit(last, first, bases) if word == "ins" else Edit(first, last, bases))


def _size_and_place(row: VariantRow) -> tuple[int, int] | None:
    """Return by how much a row says the molecule grows and where, None for no length change."""
    edit = _edit_of(row)
    if edit is not None:
        return (edit.size, edit.first) if edit.size else None
    match = _INDEL.fullmatch(row.hgvs_c.rsplit(":", 1)[-1])
    if match is not None and match[4]:
        return int(match[4]), int(match[1])
    return (0, row.position_c) if row.alt.startswith("<") else None


def _single(edit: Edit) -> list[Edit]:
    """Return the bases that a change of equal length changes, one by one."""
    return [
        Edit(edit.first + i, edit.first + i, alt)
        for i, (ref, alt) in enumerate(zip(edit.ref, edit.inserted, strict=True))
        if ref != alt
    ]


def outcome_of(found: Found, truth: Truth, concerns: Iterable[str]) -> str:
    """Return the outcome of one sample, a key of `OUTCOMES`.

    A sample is right as mutated only if a change that it has is among its rows.

    Args:
        found: by the product.
        truth: of the sample.
        concerns: codes that tell a reader that a wrong status may be wrong.
    """
    is_told = bool(found.codes & set(concerns))
    if truth.needs and not found.codes & truth.needs:
        return "silent" if found.status != "not_evaluable" else "hedged"
    word = found.status
    if word == "mutated" and (truth.changes or truth.lengths) and not _names_one(found, truth):
        return "told" if is_told else "silent"
    if word in truth.right:
        return "right"
    if word in truth.hedged:
        return "hedged"
    if word == "wild_type" and truth.changes and not truth.lengths and _limits_say_so(found, truth):
        return "said"
    return "told" if is_told else "silent"


def _names_one(found: Found, truth: Truth) -> bool:
    single = {edit for edit in truth.changes if edit.is_substitution}
    for row in found.variants:
        edit = _edit_of(row)
        if str(row.tier) != "detected":
            continue
        if edit is not None and not edit.size and set(_single(edit)) & single:
            return True
        if _size_and_place(row) is not None and truth.lengths:
            return True
    return False


def _limits_say_so(found: Found, truth: Truth) -> bool:
    limits = {row.codon: row.limit_of_detection for row in found.codons}
    for edit, share in truth.changes.items():
        limit = limits.get(edit.codon)
        if limit is None or limit < share:
            return False
    return True


def judge(found: Found, truth: Truth, concerns: Iterable[str], score: Score, name: str) -> None:
    """Add one sample to the score.

    Args:
        found: by the product.
        truth: of the sample.
        concerns: codes that concern a wrong status of this kind.
        score: grows.
        name: of the sample in sentences.
    """
    outcome = outcome_of(found, truth, concerns)
    score.outcomes[outcome] += 1
    score.statuses[found.status] += 1
    if outcome != "right":
        score.wrong.append(f"{outcome}: {_sentence(found, truth, name)}")
    _judge_changes(found, truth, score)
    _judge_lengths(found, truth, score)
    claim = found.messages.get("COMPOUND_AT_LEAST")
    if claim is not None:
        figures = [float(figure) / 100 for figure in re.findall(r"(\d+(?:\.\d+)?) ?%", claim)]
        claimed = min(figures, default=1.0)
        score.compounds += claimed <= truth.compound
        score.false_compounds += claimed > truth.compound


def _judge_changes(found: Found, truth: Truth, score: Score) -> None:
    named = {edit for edits in named_changes().values() for edit in edits}
    tiers: dict[Edit, str] = {}
    for row in found.variants:
        edit = _edit_of(row)
        if edit is None or edit.size:
            continue
        tier = str(row.tier)
        for one in _single(edit):
            is_own = edit.is_substitution or edit in truth.changes
            if is_own and one in truth.changes:
                tiers.setdefault(one, tier)
        if edit in truth.changes:
            # only rows of two strands measure a share of the transcript
            if (
                edit.is_substitution
                and tier in ("detected", "possible")
                and row.fraction is not None
            ):
                share = truth.changes[edit]
                score.errors.append(row.fraction - share)
                low, high = row.fraction_low, row.fraction_high
                score.covered += low is not None and high is not None and low <= share <= high
        elif not edit.is_substitution:
            score.false_haplotypes += tier != "unphased"
        else:
            (score.false_named if edit in named else score.false_other)[tier] += 1
    for edit in truth.changes:
        if edit.is_substitution:
            score.tiers[tiers.get(edit, "missed")] += 1


def _judge_lengths(found: Found, truth: Truth, score: Score) -> None:
    rows = [(row, told) for row in found.variants if (told := _size_and_place(row)) is not None]
    if not truth.lengths:
        score.false_lengths += len(rows)
    for edit, share in truth.lengths.items():
        true = right_aligned(edit)
        words = []
        for row, (size, place) in rows:
            if _edit_of(row) == true:
                words.append(("exact", row))
            elif size in (0, edit.size) and abs(place - true.first) <= _PLACE_NT:
                words.append(("named", row))
        words.sort(key=lambda one: one[0])
        is_flagged = bool(rows) or bool(found.codes & {"DOUBLE_SEQUENCE", "LENGTH_DIFFERS"})
        score.lengths[words[0][0] if words else "flagged" if is_flagged else "missed"] += 1
        if words and words[0][1].fraction is not None:
            score.length_errors.append(words[0][1].fraction - share)


def _sentence(found: Found, truth: Truth, name: str) -> str:
    true = "; ".join(
        f"{describe(edit)} {share:.2f}"
        for edit, share in {**truth.changes, **truth.lengths}.items()
    )
    rows = "; ".join(
        f"{row.mutation or row.hgvs_c.rsplit(':', 1)[-1]} {row.tier} "
        f"{math.nan if row.fraction is None else row.fraction:.2f}"
        for row in found.variants
    )
    return (
        f"{name} {found.status}, due {'|'.join(sorted(truth.right))}; true {true or 'nothing'}; "
        f"rows {rows or 'none'}; codes {' '.join(sorted(found.codes)) or 'none'}"
    )
