"""Writes docs/faults.md: what was tried against every reader, how often, and what came out.

    python tests/faults/fault_table.py --inputs 10000 --out docs/faults.md

Each reader works in a process of its own, so that its peak memory can be told. Linux only.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.bombs import FAMILIES, bombs
from faults.fuzzing import Outcome, fuzz, memory_limit, read_or_refuse
from faults.seeds import targets
from faults.spoiling import SIGNALS

_LIMIT = 3 * 2**29
_T = TypeVar("_T")

_HEAD = """# Faults

What was tried against der22, how often, and what came out. Written by
`python tests/faults/fault_table.py`; times and memory are those of the machine it ran on.
Bad data is a result: a file that cannot be used gets a code and a sentence, and the others go on.

## Spoiled files

{inputs} spoiled files a reader, seed {seed}. Each begins as a good file and suffers one to three
damages: cut, bits flipped, bytes overwritten, inserted or removed, parts repeated or moved, counts
and offsets in heads and directories set to extremes, absurd numbers in place of numbers, and words
such as `nan`, `../../etc/passwd`, entities or byte marks. Every input ended in a record or in an
error of the project's own; anything else, a warning of a library too, would have stopped the run.
"Read" means that the damage left a file that can still be read: most of them fall into parts that
no reader needs. Memory is what the process took beyond its start, limited to {limit} MiB.

| reader | read | refused | codes | longest, ms | memory, MiB |
| --- | --- | --- | --- | --- | --- |
"""

_BOMBS = """
## Hostile files

Made by hand to be slow or hungry. A sheet or a config has no code: its problem is a sentence.

| file | what came out | ms | memory, MiB |
| --- | --- | --- | --- |
"""

_REST = """
## Sound containers with garbage inside

`tests/faults/test_spoiled_units.py` sends {signals} kinds of signal that is none ({names}) through
the MLPA unit (in all dyes, in the dye of the probes only, in that of the size standard only, with
three dyes, with values that are no numbers) and the Sanger unit (also with four equal channels and
with calls that belong to no signal), and {exports} kinds of spoiled qPCR export through the plate
unit. Each must end with status `not_called` or `not_evaluable`, a code and a sentence; no deletion,
gain, variant or category may come out, and the good samples of the same run keep their calls.

## Privacy

`tests/faults/test_privacy.py` plants a name, a birth date, run dates and folders in {tags} text
tags of every trace, in head, wells and values of qPCR text, in experimenter, documentation,
descriptions and run name of RDML, and in properties, comments and a second sheet of a workbook,
runs the whole workflow, and searches every result, unpacked where it is packed. Allowed is one
place: the wells of a plate (`mrd/*/wells.tsv`), where a user must be able to recognise the names of
the own export.
The name of a dye is shown as the file gives it.

## Environment

{environment}
The config given with `--configfile` is first read by Snakemake itself, whose own message is shown
when it is no YAML. On a file system without locks two runs at once are not kept apart.
"""


_TESTS = "tests/faults/test_environment.py"
_KILLS = "tests/faults/kill_runs.py"
_HOSTILE = "tests/inputs/test_hostile.py"
_ENVIRONMENT = (
    ("fault", "what happens", "where it is tried"),
    ("---", "---", "---"),
    (
        "`kill -9` at a random moment",
        "the same command continues and ends with the same bytes",
        f"`{_KILLS}`, `tests/workflow/test_rerun.py`",
    ),
    (
        "disk full",
        "exit 1, one sentence at the end; with room again the same command ends with the same "
        "bytes",
        f"`{_KILLS}`, `{_TESTS}`",
    ),
    (
        "results on a read-only disk, below a file, in place of a file",
        "refused before any job",
        f"`{_TESTS}`, `{_HOSTILE}`",
    ),
    (
        "two runs at once on one result folder, from one working folder or two",
        "the second refuses, the first ends unharmed",
        f"`{_TESTS}`",
    ),
    (
        "hostile config, sheets, identifiers, manifests",
        "one sentence each, exit 1",
        f"`{_HOSTILE}`",
    ),
)


@dataclass(frozen=True)
class Cost:
    """What a piece of work took beyond the start of its process: MiB, and seconds."""

    memory: float
    seconds: float


def measured(work: Callable[[], _T]) -> tuple[_T, Cost]:
    """Do `work` in a child process; return its result and its cost."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def child() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        with memory_limit(_LIMIT):
            result = work()
        seconds = time.perf_counter() - start
        memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        sender.send((result, Cost(memory, seconds)))

    process = context.Process(target=child)
    process.start()
    sender.close()
    try:
        answer: tuple[_T, Cost] = receiver.recv()
    except EOFError:
        sys.exit("an input ended in another error, see above")
    process.join()
    return answer


def fuzz_rows(scratch: Path, n_inputs: int, seed: int) -> Iterator[str]:
    """Yield one row of the table for each reader."""
    for target in targets(scratch):
        outcome, cost = measured(lambda target=target: fuzz(target, n_inputs, seed))  # type: ignore[misc] # bound at once
        yield _fuzz_row(target.name, outcome, cost)


def _fuzz_row(name: str, outcome: Outcome, cost: Cost) -> str:
    read = outcome.counts["read"]
    codes = ", ".join(f"{code} {n}" for code, n in outcome.counts.most_common() if code != "read")
    refused = outcome.counts.total() - read
    return (
        f"| {name} | {read} | {refused} | {codes} | {outcome.longest * 1000:.0f} | "
        f"{cost.memory:.0f} |"
    )


def bomb_rows(scratch: Path) -> Iterator[str]:
    """Yield one row for each hostile file."""
    for family in FAMILIES:
        for bomb in bombs(family, scratch):
            outcome, cost = measured(lambda bomb=bomb: read_or_refuse(bomb, bomb.seeds[0]))  # type: ignore[misc] # bound at once
            yield f"| {bomb.name} | {outcome} | {cost.seconds * 1000:.0f} | {cost.memory:.0f} |"


def main() -> int:
    """Fuzz every reader, read every hostile file, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    from faults.test_privacy import TEXT_TAGS
    from faults.test_spoiled_units import EXPORTS

    head = _HEAD.format(inputs=f"{options.inputs:,}", seed=options.seed, limit=_LIMIT // 2**20)
    lines = [head]
    with tempfile.TemporaryDirectory(prefix="der22-faults-") as folder:
        for row in fuzz_rows(Path(folder), options.inputs, options.seed):
            print(row, flush=True)
            lines.append(f"{row}\n")
        lines.append(_BOMBS)
        for row in bomb_rows(Path(folder)):
            print(row, flush=True)
            lines.append(f"{row}\n")
    names = ", ".join(name.replace("-", " ") for name in SIGNALS)
    environment = "".join(f"| {' | '.join(cells)} |\n" for cells in _ENVIRONMENT)
    lines.append(
        _REST.format(
            signals=len(SIGNALS), names=names, exports=len(EXPORTS), tags=len(TEXT_TAGS),
            environment=environment,
        )
    )  # fmt: skip
    options.out.write_text("".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
