"""Spoiled and hostile files end in a record or in an error of the project's own."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from der22.errors import Der22Error
from faults.bombs import FAMILIES, bombs
from faults.fuzzing import fuzz, memory_limit, read_or_refuse
from faults.seeds import targets

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits memory the Linux way")

N_INPUTS = 200
NAMES = [target.name for target in targets(Path())]


@pytest.mark.parametrize("name", NAMES)
def test_only_own_errors_come_out(name: str, tmp_path: Path) -> None:
    """Every spoiled file of a format is read or refused, within 1.5 GiB; some are refused."""
    target = next(target for target in targets(tmp_path) if target.name == name)
    with memory_limit(3 * 2**29):
        outcome = fuzz(target, N_INPUTS, seed=7)
    assert sum(outcome.counts.values()) == N_INPUTS
    assert outcome.counts["read"] < N_INPUTS


@pytest.mark.parametrize("name", NAMES)
def test_the_good_files_are_read(name: str, tmp_path: Path) -> None:
    """What is spoiled was good before: the first file of each format is read."""
    target = next(target for target in targets(tmp_path) if target.name == name)
    target.read(target.seeds[0])


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_files_cost_little(family: str, tmp_path: Path) -> None:
    """Absurd counts, archives that explode, entities and endless aliases: 1.5 GiB, 20 s at most."""
    for bomb in bombs(family, tmp_path):
        start = time.perf_counter()
        with memory_limit(3 * 2**29):
            read_or_refuse(bomb, bomb.seeds[0])
        assert time.perf_counter() - start < 20, bomb.name


@pytest.mark.parametrize("family", ["ABIF", "SCF", "workbook", "config"])
def test_hostile_binaries_are_refused(family: str, tmp_path: Path) -> None:
    """No hostile ABIF, SCF, workbook or config passes as a good file."""
    for bomb in bombs(family, tmp_path):
        if bomb.name.endswith(("nested elements", "before the head")):
            continue  # odd, but sound
        with pytest.raises(Der22Error):
            bomb.read(bomb.seeds[0])
