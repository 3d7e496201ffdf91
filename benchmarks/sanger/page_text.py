"""The page `docs/validation/sanger.md`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from measures import both_strands, one_strand, primer_positions
from simulated_samples import ARMS, Outcome

__all__ = ["write_page"]

PAGE = """\
# Validation of the Sanger analysis on simulated samples

{n} simulated samples (seed {seed}) in runs of twenty: wild types, 35INS and exon 7 loss, and named
mutations at 5 to 100 % of the transcript; both strands of each. Every sample is called three times:
without wild-type control, with one control pair of its run and with four. The simulator and the
analysis were written apart and share only the file formats. What a simulated trace cannot show, a
real one may: see the real pairs in the test suite.

Reported = tier detected or possible; single_strand counts where the codon has one usable strand.
A variant below the stated limit of a codon with one usable strand is left out of the first lines.
The rows beside a splice variant are noise; the line on wild types tells how many the noise alone
makes.

{both}

## One strand alone

The same samples with one of their two reads, forward and reverse in turn; a mutation counts where
that read can be used at its codon. A change is then at most `single_strand`.

{one}

## E255K by the place of the primers

E255K (c.763) at {fraction:.0f} % of the transcript, {repeats} samples a place. With the usual
primers it lies at nt 87 of the forward read, behind the dye blob and where the read is still dirty,
and at nt 733 of the reverse read, in its tail. Missed above the limit: not reported although the
fraction reaches the limit stated for the codon.

{e255k}

Made by `python benchmarks/sanger/validate.py --out docs/validation/sanger.md`.
"""


def write_page(
    outcomes: Sequence[Outcome],
    e255k: Sequence[Outcome],
    *,
    seed: int,
    fraction: float,
    repeats: int,
) -> str:
    """Return the page as markdown."""
    return PAGE.format(
        n=len({o.sample.name for o in outcomes}),
        seed=seed,
        both=_table([o for o in outcomes if not o.is_one_strand], both_strands),
        one=_table([o for o in outcomes if o.is_one_strand], one_strand),
        e255k=_table([o for o in e255k if not o.is_one_strand], primer_positions),
        fraction=100 * fraction,
        repeats=repeats,
    )


def _table(
    outcomes: Sequence[Outcome],
    lines_of: Callable[[Sequence[Outcome]], list[tuple[str, str]]],
) -> str:
    """Return a line per measure, a column per number of control pairs."""
    columns = [lines_of([o for o in outcomes if o.arm == arm]) for arm in ARMS]
    head = [
        "| measure | no control | one control pair | four control pairs |",
        "| --- | --- | --- | --- |",
    ]
    body = [
        f"| {cells[0][0]} | " + " | ".join(cell[1] for cell in cells) + " |"
        for cells in zip(*columns, strict=True)
    ]
    return "\n".join([*head, *body])
