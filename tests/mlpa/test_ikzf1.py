"""IKZF1 classes under three definitions, in three-valued logic."""

from __future__ import annotations

import itertools

import pytest

from der22.mlpa.ikzf1 import DEFINITIONS, Finding, classify, ikzf1_effect
from der22.words import Call

HET, HOM, NORMAL, UNKNOWN = (
    "heterozygous_deletion", "homozygous_deletion", "normal", "ambiguous",
)  # fmt: skip
GENES = ("IKZF1", "CDKN2A", "CDKN2B", "PAX5", "CRLF2", "CSF2RA", "IL3RA")


def finding(erg: str | None = "no", *, negative: bool = True, **calls: str) -> Finding:
    """Return a called sample, normal but for `calls`."""
    known = {gene: Call(word) for gene, word in {**dict.fromkeys(GENES, NORMAL), **calls}.items()}
    return Finding(known, erg, is_called=True, negative_counts=negative)


def word(found: Finding, definition: str, erg_unknown: str = "assume_not_deleted") -> str:
    """Return the class of a finding."""
    return classify(found, definition, erg_unknown=erg_unknown, homozygous_cdkn2b=True).word


@pytest.mark.parametrize(
    ("calls", "gimema", "aieop_bfm", "gimema_2024"),
    [
        ({}, "no_IKZF1_deletion", "no_IKZF1_deletion", "no_IKZF1_deletion"),
        ({"IKZF1": "gain"}, "no_IKZF1_deletion", "no_IKZF1_deletion", "no_IKZF1_deletion"),
        ({"IKZF1": UNKNOWN}, "undetermined", "undetermined", "undetermined"),
        ({"IKZF1": HET}, "IKZF1_deletion", "IKZF1_deletion", "IKZF1_deletion"),
        ({"IKZF1": HOM, "PAX5": HET}, "IKZF1plus", "IKZF1plus", "IKZF1plus"),
        ({"IKZF1": HET, "CDKN2A": HOM}, "IKZF1plus", "IKZF1plus", "IKZF1plus"),
        ({"IKZF1": HET, "CDKN2B": HET}, "IKZF1plus", "IKZF1_deletion", "IKZF1plus"),
        ({"IKZF1": HET, "CDKN2B": HOM}, "IKZF1plus", "IKZF1plus", "IKZF1plus"),
        ({"IKZF1": HET, "CSF2RA": HET}, "IKZF1_deletion", "IKZF1plus", "IKZF1plus"),
        ({"IKZF1": HET, "CSF2RA": UNKNOWN}, "IKZF1_deletion", "undetermined", "undetermined"),
        ({"IKZF1": HET, "PAX5": UNKNOWN}, "undetermined", "undetermined", "undetermined"),
        ({"IKZF1": HET, "PAX5": UNKNOWN, "CDKN2A": HET}, "IKZF1plus", "IKZF1plus", "IKZF1plus"),
        ({"PAX5": HET}, "no_IKZF1_deletion", "no_IKZF1_deletion", "no_IKZF1_deletion"),
    ],
)
def test_table_of_classes(
    calls: dict[str, str], gimema: str, aieop_bfm: str, gimema_2024: str
) -> None:
    """Each line of the definitions, with ERG known to be there."""
    found = finding(**calls)
    assert [word(found, name) for name in DEFINITIONS] == [gimema, aieop_bfm, gimema_2024]


@pytest.mark.parametrize("definition", ["aieop_bfm", "gimema_2024"])
def test_erg(definition: str) -> None:
    """ERG deleted ends plus; ERG unknown is assumed there, or undetermined when strict."""
    calls = {"IKZF1": HET, "PAX5": HET}
    assert word(finding("yes", **calls), definition) == "IKZF1_deletion"
    assert word(finding(None, **calls), definition) == "IKZF1plus"
    assert word(finding(None, **calls), definition, "undetermined") == "undetermined"
    found = classify(
        finding(None, **calls), definition, erg_unknown="assume_not_deleted",
        homozygous_cdkn2b=True,
    )  # fmt: skip
    assert found.assumes_erg


def test_erg_is_not_asked_by_gimema() -> None:
    """The first GIMEMA definition does not know ERG."""
    assert word(finding("yes", IKZF1=HET, PAX5=HET), "gimema") == "IKZF1plus"


def test_cdkn2b_clause_can_be_switched_off() -> None:
    """Without the homozygous clause one lost copy of CDKN2B counts for aieop_bfm."""
    found = finding(IKZF1=HET, CDKN2B=HET)
    plain = classify(found, "aieop_bfm", erg_unknown="assume_not_deleted", homozygous_cdkn2b=False)
    assert plain.word == "IKZF1plus"


def test_a_refused_sample_has_no_class() -> None:
    """Calls of a sample that was not called count for nothing."""
    refused = Finding(dict.fromkeys(GENES, Call(HET)), "no", is_called=False, negative_counts=True)
    assert {word(refused, name) for name in DEFINITIONS} == {"undetermined"}


def test_a_negative_without_blasts_is_undetermined() -> None:
    """No deletion found with unknown or too few blasts is never no_IKZF1_deletion."""
    assert word(finding(negative=False), "gimema") == "undetermined"
    assert word(finding(negative=False, IKZF1=HET, PAX5=HET), "gimema") == "IKZF1plus"


def test_more_knowledge_never_contradicts() -> None:
    """Filling in an unknown call never moves the class from one definite word to another."""
    for ikzf1, cdkn2a, pax5 in itertools.product((HET, NORMAL), (HET, NORMAL, UNKNOWN), (UNKNOWN,)):
        vague = word(finding(IKZF1=ikzf1, CDKN2A=cdkn2a, PAX5=pax5), "gimema")
        for known in (HET, HOM, NORMAL):
            exact = word(finding(IKZF1=ikzf1, CDKN2A=cdkn2a, PAX5=known), "gimema")
            assert vague in ("undetermined", exact)


@pytest.mark.parametrize(
    ("pattern", "effect"),
    [
        ("4-7", "dominant_negative"),
        ("2-7", "loss_of_function"),
        ("2-8", "loss_of_function"),
        ("4-8", "loss_of_function"),
        ("1-8", "loss_of_function"),
        ("2", "loss_of_function"),
        ("1-3", "loss_of_function"),
        ("5", "other"),
        ("1+4-7", "other"),
        ("1+2-3", "loss_of_function"),
        ("none", ""),
        ("", ""),
    ],
)
def test_effect_of_a_pattern(pattern: str, effect: str) -> None:
    """Exons 4-7 are dominant negative; a lost exon 2 or a lost end is loss of function."""
    assert ikzf1_effect(pattern) == effect


def test_unknown_definition() -> None:
    """A definition that does not exist is an error of the program, not a class."""
    with pytest.raises(ValueError, match="none of"):
        word(finding(), "gimema_2030")
