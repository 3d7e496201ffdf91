"""The risk rule: every row of its truth table, and the whole table of classes and ABL1 states."""

from __future__ import annotations

import itertools

import pytest

from der22.cohort.risk import RISK_RULES, abl1_mutated, assign_risk
from der22.words import Abl1Status, Ikzf1Class

CLASSES = ("IKZF1plus", "IKZF1_deletion", "no_IKZF1_deletion", "undetermined", "not_done")
STATES = ("mutated", "possible", "wild_type", "not_evaluable", "not_done")


def risk_of(ikzf1_class, status, **facts):
    """Return the risk of the words of class and status."""
    return assign_risk(Ikzf1Class(ikzf1_class), Abl1Status(status), **facts)


@pytest.mark.parametrize(
    ("ikzf1_class", "status", "indicated", "risk"),
    [
        *(
            ("IKZF1plus", status, indicated, "high")
            for status in STATES
            for indicated in (True, False)
        ),
        ("not_done", "mutated", True, "high"),
        ("IKZF1_deletion", "wild_type", True, "intermediate"),
        ("IKZF1_deletion", "not_done", False, "intermediate"),
        ("IKZF1_deletion", "not_done", True, "undetermined"),
        ("no_IKZF1_deletion", "possible", True, "undetermined"),
        ("no_IKZF1_deletion", "not_done", False, "standard"),
        ("undetermined", "wild_type", True, "undetermined"),
        ("undetermined", "not_done", False, "undetermined"),
        ("not_done", "wild_type", False, "undetermined"),
        ("not_done", "not_done", True, "undetermined"),
    ],
)
def test_truth_table_of_the_specification(ikzf1_class, status, indicated, risk):
    """Each row of the printed truth table holds."""
    assert risk_of(ikzf1_class, status, indicated=indicated).label == risk


@pytest.mark.parametrize(
    ("ikzf1_class", "status", "indicated"), list(itertools.product(CLASSES, STATES, (True, False)))
)
def test_whole_table_of_states(ikzf1_class, status, indicated):
    """Over all 50 states: high needs a finding, standard and intermediate need a told ABL1."""
    got = risk_of(ikzf1_class, status, indicated=indicated).label
    mutated = {
        "mutated": "yes",
        "wild_type": "no",
        "not_done": "unknown" if indicated else "no",
        "possible": "unknown",
        "not_evaluable": "unknown",
    }[status]
    expected = {
        ("no", "IKZF1_deletion"): "intermediate",
        ("no", "no_IKZF1_deletion"): "standard",
    }.get((mutated, ikzf1_class), "undetermined")
    if ikzf1_class == "IKZF1plus" or mutated == "yes":
        expected = "high"
    assert got == expected


@pytest.mark.parametrize("status", STATES)
def test_no_is_never_said_of_an_unknown_abl1(status):
    """Only wild type, or not done without an indication, is a no."""
    assert (abl1_mutated(Abl1Status(status), indicated=True) is False) == (status == "wild_type")
    assert (abl1_mutated(Abl1Status(status), indicated=False) is False) == (
        status in ("wild_type", "not_done")
    )


def test_reason_names_the_facts_in_one_sentence():
    """The sentence holds class, mutations, and what was not seen."""
    risk = risk_of("no_IKZF1_deletion", "mutated", indicated=True, mutations=("E255K", "T315I"))
    assert risk.reason == "No IKZF1 deletion; ABL1 mutated (E255K, T315I)."
    blind = risk_of("IKZF1_deletion", "not_done", indicated=False, has_series=False)
    assert "no follow-up sample that could have called for it" in blind.reason
    due = risk_of("not_done", "not_done", indicated=True)
    assert due.reason == "MLPA not done; ABL1 screening is indicated and not done."


def test_printed_rules_use_every_label():
    """The rules beside the table are those of the code: five steps, four labels."""
    assert [label for label, _ in RISK_RULES] == [
        "high",
        "undetermined",
        "undetermined",
        "intermediate",
        "standard",
    ]
