"""The page `docs/validation/mlpa.md`: what was measured, beside what was aimed at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from fault_runs import DQ_SD, N_PATIENTS, N_REFERENCES, FaultResult
from measures import STRATA, Measured, root_mean_square

__all__ = ["write_page"]

GOALS = {
    "changes of two or more probes found, blasts 70 % and more": 0.95,
    "changes of one probe found, blasts 70 % and more": 0.70,
    "changes of two or more probes found, blasts 50 %": 0.85,
    "changes of two or more probes found, blasts 40 %": 0.65,
    "normal genes without a false call": 0.996,
    "genes decided (not ambiguous, not not_evaluable)": 0.95,
    "heterozygous or homozygous right": 0.95,
    "IKZF1 exons right": 0.90,
    "IKZF1 class right": 0.93,
    "IKZF1plus calls that are true": 1.0,
    "sound samples called": 0.98,
}
CLASSES = ("IKZF1plus", "IKZF1_deletion", "no_IKZF1_deletion")
HEAD = """\
# MLPA on simulated runs

Written by `python benchmarks/mlpa/validate.py --out docs/validation/mlpa.md`. Every
number comes from electropherograms that der22 itself simulates (`src/der22/simulate`),
written apart from the analysis. Accuracy on simulated traces is not clinical accuracy;
no public real trace of this probemix exists.

{n_runs} runs x {n_seeds} seeds, {n_patients} patients each, on simulated 3130, 3500 and 3730, with
4 to 6 references; SD of a dosage quotient 0.03, 0.05 and 0.07 in turn; blasts 40 % and 50 % in
every fifth patient each, 70 % and more in the others.
"""
SCATTER = """
## Is the noise what it should be

Dosage quotients of normal target probes in patients, as the analysis measured them. Public control
wells show 0.049 (0.029 to 0.073 for single probes), five P002 controls 0.069 among themselves.

| SD asked of the simulator | SD measured | probes |
| --- | --- | --- |
"""
GENES = """
## By gene and blasts

`found`: changed genes called changed, the right way; `normal`: normal genes called normal, the rest
being ambiguous or not evaluable unless counted as `false`.
"""
CLASS_HEAD = """
## IKZF1 class, definition gimema

| true class | IKZF1plus | IKZF1_deletion | no_IKZF1_deletion | undetermined |
| --- | --- | --- | --- | --- |
"""
FAULTS_HEAD = """
## Faults

Each fault in {n_draws} runs per instrument, of {n_patients} patients and {n_references} references,
SD of a dosage quotient {dq_sd:g}. `reported`: runs in which its code stands with a sample that has
it; `false changes`: deletions or gains called in those samples that are not there; `sound lost`:
samples without the fault that were not called. PROBEMIX_MISMATCH and REF_INSUFFICIENT concern the
whole run, whose sound samples must not be called either. GS600 (3500) may lose one fragment: sizes
move by at most 0.3 nt, so that is accepted and no code is due. Two levels in one gene are told
apart once they differ clearly: with five probes against three at an SD of 0.05 from a difference of
about 0.2 on.

| fault | instrument | reported | status | false changes | sound lost |
| --- | --- | --- | --- | --- | --- |
"""


def write_page(
    n_runs: int, n_seeds: int, n_patients: int, measured: Measured, faults: Sequence[FaultResult]
) -> str:
    """Return the page as markdown."""
    parts = [
        HEAD.format(n_runs=n_runs, n_seeds=n_seeds, n_patients=n_patients),
        _overview(measured),
        CLASS_HEAD + _classes(measured),
        GENES + _genes(measured),
        SCATTER + _scatter(measured),
    ]
    if faults:
        parts.append(
            FAULTS_HEAD.format(
                n_draws=faults[0].n_draws,
                n_patients=N_PATIENTS,
                n_references=N_REFERENCES,
                dq_sd=DQ_SD,
            )
            + _faults(faults)
        )
    return "".join(parts)


def _overview(measured: Measured) -> str:
    lines = ["", "| what | measured | of | goal |", "| --- | --- | --- | --- |"]
    for name, share in sorted(measured.shares.items()):
        goal = f"{GOALS[name]:.3f}" if name in GOALS else ""
        lines.append(f"| {name} | {share.value:.4f} | {share.total} | {goal} |")
    errors = measured.errors
    lines += [
        f"| dosage quotient error, median | {np.median(errors):.4f} | {len(errors)} | 0.045 |",
        f"| dosage quotient error, 95 % | {np.quantile(errors, 0.95):.4f} | {len(errors)} | 0.14 |",
    ]
    return _joined(lines)


def _classes(measured: Measured) -> str:
    return _joined(
        f"| {true} | "
        + " | ".join(str(measured.classes[true, given]) for given in (*CLASSES, "undetermined"))
        + " |"
        for true in CLASSES
    )


def _genes(measured: Measured) -> str:
    columns = [f"{word}, {blasts}" for blasts in STRATA for word in ("found", "normal", "false")]
    lines = ["", f"| gene | {' | '.join(columns)} |", "| --- |" + " --- |" * len(columns)]
    for gene in sorted({gene for gene, _ in (*measured.found, *measured.normal)}):
        cells = []
        for blasts in STRATA:
            found, normal = measured.found[gene, blasts], measured.normal[gene, blasts]
            cells += [f"{found.right}/{found.total}", f"{normal.right}/{normal.total}"]
            cells.append(str(measured.false[gene, blasts]))
        lines.append(f"| {gene} | {' | '.join(cells)} |")
    return _joined(lines)


def _scatter(measured: Measured) -> str:
    return _joined(
        f"| {asked:g} | {root_mean_square(values):.4f} | {len(values)} |"
        for asked, values in sorted(measured.scatter.items())
    )


def _faults(faults: Sequence[FaultResult]) -> str:
    return _joined(
        f"| {f.fault} | {f.instrument} | {_reported(f)} | {', '.join(f.statuses)} | "
        f"{f.false_changes} | {f.sound_lost} of {f.n_sound} |"
        for f in faults
    )


def _reported(fault: FaultResult) -> str:
    share = f"{fault.n_reported} of {fault.n_draws}"
    return share if fault.is_due else f"{share}, none due"


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
