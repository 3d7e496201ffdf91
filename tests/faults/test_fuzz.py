"""Spoiled files end in a record or in an error of the project's own, never in a traceback."""

from __future__ import annotations

import pytest

from der22.simulate.demo import write_demo
from faults.fuzzing import fuzz, targets

NAMES = (
    "fsa", "ab1", "sheet .tsv", "sheet .csv", "sheet .xlsx", "probemix sheet",
    "size standard sheet", "peak table", "reference FASTA", "config",
)  # fmt: skip


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Every reader with good files of a small demo cohort."""
    demo = tmp_path_factory.mktemp("fuzz")
    write_demo(demo / "demo", patients=6, seed=3)
    scratch = demo / "scratch"
    scratch.mkdir()
    return {target.name: target for target in targets(demo / "demo", scratch)}


@pytest.mark.xdist_group("fuzz")
@pytest.mark.parametrize("name", NAMES)
def test_only_own_errors_come_out(readers: dict[str, object], name: str) -> None:
    """200 spoiled files of a format: each is read or refused with a code; most kinds see both."""
    outcome = fuzz(readers[name], 200, seed=7)  # type: ignore[arg-type] # targets by name
    assert sum(outcome.counts.values()) == 200


@pytest.mark.xdist_group("fuzz")
def test_qpcr_readers_only_raise_own_errors(readers: dict[str, object]) -> None:
    """200 spoiled exports of every kind that the demo writes are read or refused with a code."""
    kinds = [name for name in readers if name.startswith("qPCR")]
    assert len(kinds) >= 4
    for name in kinds:
        assert sum(fuzz(readers[name], 200, seed=7).counts.values()) == 200  # type: ignore[arg-type]
