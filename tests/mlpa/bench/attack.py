"""Run kinds of the bench through the product's public job and count what it says.

``python -m mlpa.bench.attack --kind weak --n 200 --seed 1`` with ``tests`` on the path.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from der22.formats.tables import read_tsv
from der22.jobs.mlpa import collect_ikzf1, run_mlpa
from der22.mlpa.settings import MlpaSettings
from mlpa.bench.karyotype import DEFINITIONS
from mlpa.bench.kinds import KINDS, Kind
from mlpa.bench.runs import PatientTruth, Run, Written

__all__ = ["Score", "attack", "judge", "main", "outcome_of"]

_LOSSES = ("heterozygous_deletion", "homozygous_deletion")
_NOT_DELETED = ("normal", "gain")
_CALLED = ("called", "called_with_warnings")


@dataclass(slots=True)
class Score:
    """Counts over the patients of one kind.

    Attributes:
        kind: name.
        counts: by outcome, see `OUTCOMES`.
        false_deleted: genes called deleted that are not, by gene.
        false_normal: genes called normal or gain that have a loss, by gene.
        n_genes: genes of called samples.
        patterns: right and all IKZF1 patterns of true single losses that were called deleted.
        said: wrong negatives, otherwise silent, that name their limit: the loss is smaller than the
            smallest excluded clone, or one exon only and the message says that it is not excluded.
        wrong: sentences about wrong classes.
    """

    kind: str
    counts: Counter[str] = field(default_factory=Counter)
    false_deleted: Counter[str] = field(default_factory=Counter)
    false_normal: Counter[str] = field(default_factory=Counter)
    n_genes: int = 0
    patterns: Counter[str] = field(default_factory=Counter)
    said: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def n(self) -> int:
        """Return the number of patients."""
        return sum(self.counts.values())


#: outcome of a patient -> heading; a wrong class is silent unless a warning concerns it
OUTCOMES = {
    "right": "right",
    "wrong_called": "wrong, called",
    "wrong_other_warning": "wrong, other warning",
    "wrong_own_warning": "wrong, own warning",
    "undetermined": "undetermined",
    "not_called": "not called",
}


def attack(
    kind: Kind, n: int, seed: int = 1, *, raw: bool = False, definition: str = "gimema"
) -> Score:
    """Run a kind until `n` patients are judged; runs have the seeds `seed`, `seed` + 1, ...

    Args:
        kind: of the catalogue.
        n: patients at least; the last run is judged whole.
        seed: of the first run.
        raw: whether to go by raw traces.
        definition: gimema, aieop_bfm or gimema_2024.
    """
    score = Score(kind.name)
    while score.n < n:
        judge(kind, kind.make(seed), score, raw=raw or kind.raw_only, definition=definition)
        seed += 1
    return score


def judge(
    kind: Kind, run: Run, score: Score, *, raw: bool = False, definition: str = "gimema"
) -> None:
    """Analyse one run in a folder of its own and add its patients to the score."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written = run.write(folder, raw)
        out = folder / "results"
        _analyse(run, written, definition, out)
        _add(kind, run, written, definition, out, score)


def _analyse(run: Run, written: Written, definition: str, out: Path) -> None:
    settings = MlpaSettings()
    patients = dict(written.patients)
    run_mlpa(run.run_id, written.rows, patients, settings, out)
    collect_ikzf1(written.rows, patients, settings, definition, out)


def _add(kind: Kind, run: Run, written: Written, definition: str, out: Path, score: Score) -> None:
    folder = out / "mlpa" / run.run_id
    quality = {row["sample_id"]: row for row in read_tsv(folder / "sample_qc.tsv")}
    genes: dict[str, dict[str, Mapping[str, str]]] = {}
    for row in read_tsv(folder / "gene_calls.tsv"):
        genes.setdefault(row["sample_id"], {})[row["gene"]] = row
    classes = {row["patient_id"]: row for row in read_tsv(out / "mlpa" / "ikzf1.tsv")}
    for sample in written.rows:
        truth = run.truths.get(sample.patient_id or "")
        if truth is None or not truth.is_subject:
            continue
        found = classes[sample.patient_id or ""]
        status = quality[sample.sample_id]["status"]
        codes = _codes(found, quality[sample.sample_id], genes.get(sample.sample_id, {}))
        outcome = outcome_of(found, status, codes, truth, kind, definition)
        score.counts[outcome] += 1
        if outcome.startswith("wrong"):
            is_said = _says_limit(found, genes.get(sample.sample_id, {}), truth)
            score.said += is_said and outcome != "wrong_own_warning"
            score.wrong.append(_sentence(run, sample.sample_id, found, status, codes, truth,
                                         definition))  # fmt: skip
        if status in _CALLED:
            _add_genes(genes.get(sample.sample_id, {}), truth, found, score)


def _codes(
    found: Mapping[str, str], quality: Mapping[str, str], genes: Mapping[str, Mapping[str, str]]
) -> set[str]:
    """Return the codes a reader of the class meets: the class's, the sample's, IKZF1's."""
    texts = [found["flags"], quality["flags"], genes.get("IKZF1", {}).get("flags", "")]
    return {code for text in texts for code in text.split(";") if code}


def outcome_of(
    found: Mapping[str, str],
    status: str,
    codes: set[str],
    truth: PatientTruth,
    kind: Kind,
    definition: str,
) -> str:
    """Return the outcome of one patient, a key of `OUTCOMES`.

    Args:
        found: row of ikzf1.tsv.
        status: of the sample.
        codes: that a reader of the class meets.
        truth: of the patient.
        kind: says which codes concern a wrong class.
        definition: whose class is judged.
    """
    word = found["ikzf1_class"]
    if status not in _CALLED:
        return "not_called"
    if word == "undetermined":
        return "undetermined"
    if word in truth.classes[definition]:
        return "right"
    if found.get("status", status) == "called":
        return "wrong_called"
    return "wrong_own_warning" if codes & kind.concerns else "wrong_other_warning"


def _says_limit(
    found: Mapping[str, str], genes: Mapping[str, Mapping[str, str]], truth: PatientTruth
) -> bool:
    """Tell whether a false negative says that it cannot see a loss as small as the true one."""
    if found["ikzf1_class"] != "no_IKZF1_deletion":
        return False
    lost = truth.genes["IKZF1"].lost
    if all(len(exons) == 1 for _, exons, _ in lost) and "not excluded" in found["message"]:
        return True
    limit = genes.get("IKZF1", {}).get("smallest_excluded_clone", "")
    return bool(limit) and max((share for share, _, _ in lost), default=0.0) < float(limit)


def _sentence(
    run: Run,
    sample_id: str,
    found: Mapping[str, str],
    status: str,
    codes: set[str],
    truth: PatientTruth,
    definition: str,
) -> str:
    lost = "; ".join(
        f"{gene} {share:.2f}x{','.join(exons)}={','.join(map(str, copies))}"
        for gene, one in truth.genes.items()
        for share, exons, copies in one.lost
        if gene in ("IKZF1", "CDKN2A", "CDKN2B", "PAX5")
    )
    return (
        f"{run.run_id}/{sample_id}: {found['ikzf1_class']} ({found['ikzf1_pattern']}) {status}, "
        f"true {'|'.join(sorted(truth.classes[definition]))}; {truth.karyotype.name}, blasts "
        f"{truth.blasts:.2f}, median {truth.median_rfu:.0f} RFU; lost {lost or 'nothing'}; "
        f"codes {' '.join(sorted(codes)) or 'none'}"
    )


def _add_genes(
    rows: Mapping[str, Mapping[str, str]],
    truth: PatientTruth,
    found: Mapping[str, str],
    score: Score,
) -> None:
    for gene, row in rows.items():
        one = truth.genes.get(gene)
        if one is None or one.deleted is None:
            continue
        score.n_genes += 1
        if row["call"] in _LOSSES and not one.deleted:
            score.false_deleted[gene] += 1
        elif row["call"] in _NOT_DELETED and one.deleted:
            score.false_normal[gene] += 1
    if truth.ikzf1_pattern is not None and rows.get("IKZF1", {}).get("call") in _LOSSES:
        score.patterns["all"] += 1
        score.patterns["right"] += found["ikzf1_pattern"] == truth.ikzf1_pattern


def table(scores: Sequence[Score]) -> Iterator[str]:
    """Yield the lines of a table with one row per kind."""
    heads = ["kind", "n", *OUTCOMES.values(), "silent", "said", "pattern", "genes", "false deleted",
             "false normal"]  # fmt: skip
    yield "\t".join(heads)
    for score in scores:
        silent = score.counts["wrong_called"] + score.counts["wrong_other_warning"] - score.said
        counts = (score.counts[outcome] for outcome in OUTCOMES)
        cells = [score.kind, score.n, *counts, silent, score.said]
        cells.append(f"{score.patterns['right']}/{score.patterns['all']}")
        cells += [score.n_genes, _by_gene(score.false_deleted), _by_gene(score.false_normal)]
        yield "\t".join(str(cell) for cell in cells)


def _by_gene(counts: Counter[str]) -> str:
    if not counts:
        return "0"
    genes = ", ".join(f"{gene} {count}" for gene, count in counts.most_common())
    return f"{counts.total()} ({genes})"


def main(arguments: Sequence[str] | None = None) -> None:
    """Attack the kinds that the command line names and print a table."""
    parser = argparse.ArgumentParser(prog="mlpa.bench.attack", description=__doc__)
    parser.add_argument("--kind", nargs="+", default=["sound"], help="names, or all")
    parser.add_argument("--n", type=int, default=200, help="patients per kind")
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    parser.add_argument("--fsa", action="store_true", help="raw traces instead of peak tables")
    parser.add_argument("--definition", choices=DEFINITIONS, default="gimema")
    parser.add_argument("--wrong", type=int, default=0, metavar="K", help="print K wrong classes")
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
    scores = []
    for name in names:
        start = time.perf_counter()
        score = attack(KINDS[name], chosen.n, chosen.seed, raw=chosen.fsa,
                       definition=chosen.definition)  # fmt: skip
        scores.append(score)
        lines = list(table([score]))
        print("\n".join(lines[0 if name == names[0] else 1 :]), flush=True)
        for sentence in score.wrong[: chosen.wrong]:
            print(f"  {sentence}")
        if chosen.wrong:
            print(f"  {time.perf_counter() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
