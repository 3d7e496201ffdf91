"""Run kinds of the bench through the product's public jobs and count what they say.

With ``tests`` on the path: ``python -m sanger.bench.attack --kind weak_background --n 100``,
``--seed 1`` for the first run, ``--controls 4`` for pairs of controls in every run; ``--kind all``
runs every kind, ``--wrong 5`` prints five samples that are not right.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from der22.flags import Problem, Severity
from der22.jobs.sanger import collect_abl1, run_sanger
from der22.results.sanger import Abl1Row, CodonRow, VariantRow
from der22.results.schema import read_table
from der22.sanger.settings import SangerSettings
from sanger.bench.judge import OUTCOMES, Found, Score, judge
from sanger.bench.kinds import KINDS, Kind
from sanger.bench.runs import Run

__all__ = ["attack", "main", "say", "table"]


def attack(kind: Kind, n: int, seed: int = 1, controls: int | None = None) -> Score:
    """Run a kind until `n` samples are judged; runs have the seeds `seed`, `seed` + 1, ...

    Args:
        kind: of the catalogue.
        n: samples at least; the last run is judged whole.
        seed: of the first run.
        controls: pairs of wild-type controls in every run, None = as the kind draws them.
    """
    score = Score(kind.name)
    while score.n < n:
        run = kind.make(seed, controls)
        found = say(run)
        for sample_id, truth in run.truths.items():
            if truth.is_subject:
                judge(found[sample_id], truth, kind.concerns, score, f"{run.run_id}/{sample_id}")
        seed += 1
    return score


def say(run: Run) -> dict[str, Found]:
    """Return what the product says of each sample of a run, analysed in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name), Path(name) / "results"
        rows = run.write(folder)
        samples = [one.sample_id for one in run.samples if not one.is_control]
        problems = [
            *run_sanger(samples, rows, "abl1", SangerSettings(), out).problems,
            *collect_abl1(samples, rows, out).problems,
        ]
        statuses = {row.sample_id: row for row in read_table(out, Abl1Row)}
        return {
            sample_id: _found(
                statuses[sample_id],
                read_table(out, VariantRow, sample_id=sample_id),
                read_table(out, CodonRow, sample_id=sample_id),
                _about(problems, sample_id, [r.read_id for r in rows if r.sample_id == sample_id]),
            )
            for sample_id in samples
        }


def _about(problems: Sequence[Problem], sample_id: str, reads: Sequence[str]) -> list[Problem]:
    return [one for one in problems if one.subject in (sample_id, *reads)]


def _found(
    status: Abl1Row,
    variants: Sequence[VariantRow],
    codons: Sequence[CodonRow],
    problems: Sequence[Problem],
) -> Found:
    notes = {one.flag.code for one in problems if one.flag.level is Severity.NOTE}
    heavy = {one.flag.code for one in problems if one.flag.level is not Severity.NOTE}
    # a code without a sentence counts, unless it is known as a note
    heavy |= {code for code in status.codes if code not in notes}
    return Found(
        status=str(status.abl1_status),
        variants=variants,
        codons=codons,
        codes=frozenset(heavy),
        messages={one.flag.code: one.flag.message for one in problems},
        message=status.message,
    )


_HEADS = [
    "kind", "n", *OUTCOMES, "mutated", "possible", "wild_type", "not_evaluable", "detected",
    "possible row", "single", "missed", "false named", "false other", "false haplotype",
    "compound false/true", "lengths", "false lengths", "bias", "rms", "covered", "length bias",
]  # fmt: skip


def table(scores: Sequence[Score]) -> Iterator[str]:
    """Yield the lines of a table with one row per kind."""
    yield "\t".join(_HEADS)
    for score in scores:
        tiers, statuses = score.tiers, score.statuses
        cells = [score.kind, score.n, *(score.outcomes[word] for word in OUTCOMES)]
        cells += [statuses[w] for w in ("mutated", "possible", "wild_type", "not_evaluable")]
        cells += [tiers["detected"], tiers["possible"], tiers["single_strand"], tiers["missed"]]
        cells += [_by_word(score.false_named), _by_word(score.false_other), score.false_haplotypes]
        cells += [f"{score.false_compounds}/{score.compounds}", _by_word(score.lengths)]
        cells.append(score.false_lengths)
        errors, longer = np.array(score.errors), np.array(score.length_errors)
        if errors.size:
            rms = float(np.sqrt(np.mean(errors**2)))
            cells += [f"{errors.mean():+.3f}", f"{rms:.3f}", f"{score.covered / errors.size:.2f}"]
        else:
            cells += ["-", "-", "-"]
        cells.append(f"{longer.mean():+.3f}" if longer.size else "-")
        yield "\t".join(str(cell) for cell in cells)


def _by_word(counts: Counter[str]) -> str:
    return ", ".join(f"{word} {count}" for word, count in sorted(counts.items())) or "0"


def main(arguments: Sequence[str] | None = None) -> None:
    """Attack the kinds that the command line names and print a table."""
    parser = argparse.ArgumentParser(prog="sanger.bench.attack", description=__doc__)
    parser.add_argument("--kind", nargs="+", default=["sound_no_control"], help="names, or all")
    parser.add_argument("--n", type=int, default=100, help="samples per kind")
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    parser.add_argument("--controls", type=int, default=None, help="pairs in every run")
    parser.add_argument(
        "--wrong", type=int, default=0, metavar="K", help="print K samples not right"
    )
    parser.add_argument("--list", action="store_true", help="list the kinds and stop")
    chosen = parser.parse_args(arguments)
    if chosen.list:
        for kind in KINDS.values():
            print(f"{kind.name}\t{kind.meaning}")
        return
    names = list(KINDS) if chosen.kind == ["all"] else chosen.kind
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        parser.error(f"unknown kind {', '.join(unknown)}; --list names them")
    for name in names:
        start = time.perf_counter()
        score = attack(KINDS[name], chosen.n, chosen.seed, chosen.controls)
        lines = list(table([score]))
        print("\n".join(lines[0 if name == names[0] else 1 :]), flush=True)
        # those that nothing speaks of come first
        for sentence in sorted(score.wrong, key=_weight)[: chosen.wrong]:
            print(f"  {sentence}")
        if chosen.wrong:
            print(f"  {time.perf_counter() - start:.1f} s", flush=True)


def _weight(sentence: str) -> int:
    return -list(OUTCOMES).index(sentence.split(":", 1)[0])


if __name__ == "__main__":
    main()
