"""What is counted of a sound simulated run: how often each call was right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from simulated_runs import Run

from der22.formats.probemix import Probemix

__all__ = ["CHANGES", "STRATA", "Measured", "Share", "measure", "root_mean_square", "stratum"]

LOSSES = ("heterozygous_deletion", "homozygous_deletion")
CHANGES = (*LOSSES, "gain")
UNKNOWN = ("ambiguous", "not_evaluable")
STRATA = ("40 %", "50 %", "70 % and more")


@dataclass(slots=True)
class Share:
    """How often something was right."""

    right: int = 0
    total: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, *, right: bool, what: str = "") -> None:
        """Count one case."""
        self.right += right
        self.total += 1
        if not right:
            self.wrong.append(what)

    @property
    def value(self) -> float:
        """Return the share of right cases, NaN without a case."""
        return self.right / self.total if self.total else float("nan")


def _shares() -> defaultdict[str, Share]:
    return defaultdict(Share)


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything counted over all runs.

    Attributes:
        shares: what is asked of the analysis as a whole.
        found: by gene and blasts, changed genes called changed the right way.
        normal: likewise, normal genes called normal.
        false: likewise, normal genes called changed.
        classes: pairs of true and given IKZF1 class.
        errors: absolute errors of dosage quotients.
        scatter: by the SD of a quotient asked of the simulator, quotients of normal probes less 1.
    """

    shares: defaultdict[str, Share] = field(default_factory=_shares)
    found: defaultdict[tuple[str, str], Share] = field(default_factory=lambda: defaultdict(Share))
    normal: defaultdict[tuple[str, str], Share] = field(default_factory=lambda: defaultdict(Share))
    false: Counter[tuple[str, str]] = field(default_factory=Counter)
    classes: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: list[float] = field(default_factory=list)
    scatter: defaultdict[float, list[float]] = field(default_factory=lambda: defaultdict(list))


def stratum(blast_fraction: float) -> str:
    """Return the group of blasts a patient is counted in."""
    return {0.5: "50 %", 0.4: "40 %"}.get(blast_fraction, "70 % and more")


def measure(run: Run, probemix: Probemix, measured: Measured) -> None:
    """Compare a sound run with its truth."""
    for row in run.qc.values():
        kept = row["status"] != "not_called"
        measured.shares["sound samples called"].add(right=kept, what=f"{run.run_id} {dict(row)}")
    for row in run.genes:
        if row["sample_id"].startswith("P"):
            _measure_gene(run, probemix, row, measured)
    for row in run.probes:
        _measure_probe(run, row, measured)
    for patient_id, row in run.ikzf1.items():
        _measure_class(run, probemix, patient_id, row, measured)


def _measure_probe(run: Run, row: Mapping[str, str], measured: Measured) -> None:
    truth = run.records[row["sample_id"]].expected_dq.get(row["probe_id"])
    if truth is None or not row["dosage_quotient"]:
        return
    error = float(row["dosage_quotient"]) - truth
    measured.errors.append(abs(error))
    if truth == 1.0 and row["role"] == "target" and row["patient_id"]:
        measured.scatter[run.dq_sd].append(error)


def _measure_gene(run: Run, probemix: Probemix, row: Mapping[str, str], measured: Measured) -> None:
    """Compare one gene call with the copies it was made from."""
    shares = measured.shares
    truth = run.truths[row["sample_id"]]
    probes = [p for p in probemix.of_role("target") if p.gene == row["gene"]]
    copies = [truth.copies.get(p.probe_id, 2.0) for p in probes]
    changed = [c for c in copies if c != 2.0]
    call, place = row["call"], (row["gene"], stratum(truth.blast_fraction))
    what = f"{run.run_id} {row['sample_id']} b={truth.blast_fraction} {dict(row)} {copies}"
    decided = call not in UNKNOWN
    shares["genes decided (not ambiguous, not not_evaluable)"].add(right=decided, what=what)
    if not changed:
        shares["normal genes without a false call"].add(right=call not in CHANGES, what=what)
        shares["normal genes called normal"].add(right=call == "normal", what=what)
        measured.normal[place].add(right=call == "normal")
        measured.false[place] += call in CHANGES
        return
    shares["changed genes decided"].add(right=decided, what=what)
    kind = "two or more probes" if len(changed) > 1 else "one probe"
    right_way = call in LOSSES if min(changed) < 2.0 else call == "gain"
    shares[f"changes of {kind} found, blasts {place[1]}"].add(right=right_way, what=what)
    measured.found[place].add(right=right_way)
    if right_way and call in LOSSES:
        homozygous = min(changed) == 0.0
        right = (call == "homozygous_deletion") == homozygous
        shares["heterozygous or homozygous right"].add(right=right, what=what)


def _measure_class(
    run: Run, probemix: Probemix, patient_id: str, row: Mapping[str, str], measured: Measured
) -> None:
    """Compare IKZF1 exons and class with the truth."""
    truth, shares = run.truths[patient_id], measured.shares
    lost: dict[str, list[str]] = defaultdict(list)
    for probe in probemix.of_role("target"):
        if truth.copies.get(probe.probe_id, 2.0) < 2.0:
            lost[probe.gene].append(probe.exon)
    word, given = _true_class(lost), row["class_gimema"]
    measured.classes[word, given] += 1
    what = f"{run.run_id} b={truth.blast_fraction} true {word} {dict(lost)} {dict(row)}"
    right = given == word
    shares["IKZF1 class right"].add(right=right, what=what)
    if given != "undetermined":
        shares["IKZF1 class right where one is given"].add(right=right, what=what)
    if truth.blast_fraction >= 0.7:
        shares["IKZF1 class right, blasts 70 % and more"].add(right=right, what=what)
    if given in ("IKZF1plus", "no_IKZF1_deletion"):
        shares[f"{given} calls that are true"].add(right=right, what=what)
    if lost["IKZF1"] and row["ikzf1_pattern"] not in ("", "none"):
        right = row["ikzf1_pattern"] == pattern(lost["IKZF1"])
        shares["IKZF1 exons right"].add(right=right, what=what)


def _true_class(lost: Mapping[str, Sequence[str]]) -> str:
    if not lost.get("IKZF1"):
        return "no_IKZF1_deletion"
    plus = any(lost.get(gene) for gene in ("CDKN2A", "CDKN2B", "PAX5"))
    return "IKZF1plus" if plus else "IKZF1_deletion"


def pattern(exons: Sequence[str]) -> str:
    """Return exons 4, 5, 6, 7 as 4-7."""
    numbers = sorted(int(exon) for exon in exons)
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return "+".join(f"{p[0]}-{p[-1]}" if len(p) > 1 else str(p[0]) for p in parts)


def root_mean_square(values: Sequence[float]) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(np.square(values))))
