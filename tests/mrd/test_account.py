"""Every well and row of a plate is accounted for, each once."""

from __future__ import annotations

import random
from collections import Counter
from types import ModuleType
from typing import Any

import pytest

SAMPLES = {
    "S": ((1000.0,) * 3, (2e4,) * 2),
    "X": ((None,) * 3, (2e4,) * 2),
    "": ((500.0,), ()),
}


def account(lab: Any) -> dict[tuple[str, str], dict[str, str]]:
    """Return the rows of the account by run and use."""
    rows = lab.run().table("A/account.tsv")
    found = {(row["run"], row["use"]): row for row in rows}
    assert len(found) == len(rows)
    return found


def test_each_well_has_one_use(lab: Any, writers: ModuleType) -> None:
    """Sample, standards, controls and what nobody asked for add up to the plate."""
    wells = writers.make_plate(SAMPLES)
    lab.plate(writers.quantstudio(wells))
    lab.sample("S", day=22)
    rows = account(lab)
    assert {use: int(row["n"]) for (_, use), row in rows.items()} == {
        "sample": 5,
        "standard": 18,
        "control": 4,
        "other": 6,
    }
    assert sum(int(row["n"]) for row in rows.values()) == len(wells)
    assert set(rows["", "sample"]["places"].split(";")) == {
        w.well for w in wells if w.sample == "S"
    }


@pytest.mark.parametrize("kind", ["quantstudio", "sds", "cfx", "rdml", "eds", "design_analysis"])
@pytest.mark.parametrize("seed", range(3))
def test_uses_add_up_in_every_kind(lab: Any, writers: ModuleType, kind: str, seed: int) -> None:
    """Whatever samples a plate holds and the sheet names, nothing is left out or counted twice."""
    chance = random.Random(seed)
    names = [f"N{n}" for n in range(6)]
    wells = writers.make_plate({name: ((chance.choice([None, 50.0, 1e4]),) * 3, (2e4,) * 2)
                                for name in names})  # fmt: skip
    lab.plate(getattr(writers, kind)(wells))
    named = chance.sample(names, chance.randint(0, 6))
    for name in named:
        lab.sample(name, day=22)
    found = Counter()
    for (_, use), row in account(lab).items():
        found[use] += int(row["n"])
    unused = 1 if kind == "eds" else 0  # its writer adds a last well of another target
    assert sum(found.values()) - found["empty"] - unused == len(wells)
    assert found["sample"] == 5 * len(named)
    assert found["other"] - unused == 5 * (6 - len(named))


def test_wells_of_another_target_or_run_are_other(lab: Any, writers: ModuleType) -> None:
    """A claimed sample in a target that no row names, and a run that was not chosen."""
    wells = writers.make_plate({"S": ((1000.0,) * 3, (2e4,) * 2)})
    text = writers.quantstudio(wells).decode().splitlines()
    at = next(i for i, line in enumerate(text) if "\tS\t" in line and "ABL1" in line)
    text[at] = text[at].replace("\tBCR-ABL1\t", "\tGUSB\t")
    lab.plate("\n".join(text) + "\n")
    lab.sample("S", day=22)
    rows = account(lab)
    assert int(rows["", "other"]["n"]) == 1
    assert int(rows["", "sample"]["n"]) == 4
    two = writers.sds(wells, "1") + writers.sds(wells, "2").split(b"\r", 4)[4]
    lab.plates.clear()
    lab.plate(two, run="1")
    rows = account(lab)
    assert int(rows["2", "other"]["n"]) == len(wells)
    assert int(rows["1", "sample"]["n"]) == 5


def test_omitted_and_unreadable_wells_are_excluded(lab: Any) -> None:
    """Copies that cannot be read are excluded, their text stands in the sentence."""
    lab.plate("sample\ttarget\tcopies\nS\tABL1\t20000\nS\tBCR-ABL1\tn. def.\n")
    lab.sample("S", day=22)
    results = lab.run()
    rows = {row["use"]: row["n"] for row in results.table("A/account.tsv")}
    assert rows == {"sample": "1", "excluded": "1"}
    assert "'n. def.'" in results.message("COPIES_IMPOSSIBLE")


def test_a_text_in_place_of_copies_is_not_repeated(lab: Any) -> None:
    """A cell may hold a name: sentences tell its place, only the table of wells its text."""
    lab.plate("sample\ttarget\tcopies\nS\tABL1\t20000\nS\tBCR-ABL1\tRossi\n")
    lab.sample("S", day=22)
    results = lab.run()
    assert "row 3" in results.message("COPIES_IMPOSSIBLE")
    assert not any("Rossi" in problem.flag.message for problem in results.problems)


def test_a_value_without_a_target_is_told(lab: Any) -> None:
    """A Ct whose target the file leaves blank belongs to somebody."""
    header = "Well\tWell Position\tSample Name\tTarget Name\tTask\tCT"
    lab.plate(f"[Results]\n{header}\n1\tA1\tS\tABL1\tUNKNOWN\t25.1\n2\tA2\tS\t\tUNKNOWN\t31.2\n")
    lab.sample("S", day=22)
    message = lab.run().message("VALUE_WITHOUT_NAME")
    assert "1 values have no target (A2)" in message
