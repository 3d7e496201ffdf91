"""Names of changes: HGVS that a parser of its own accepts, and other ways to count."""

from __future__ import annotations

import mutalyzer_hgvs_parser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from der22.resources import resource_path
from der22.sanger.names import find_change, name_change


@pytest.mark.parametrize(
    ("position", "alt", "hgvs_c", "hgvs_p", "mutation"),
    [
        (944, "T", "NM_005157.6:c.944C>T", "NP_005148.2:p.(Thr315Ile)", "T315I"),
        (720, "A", "NM_005157.6:c.720G>A", "NP_005148.2:p.(Thr240=)", "T240T"),
        (763, "T", "NM_005157.6:c.763G>T", "NP_005148.2:p.(Glu255Ter)", "E255*"),
        (943, "CT", "NM_005157.6:c.943_944delinsCT", "NP_005148.2:p.(Thr315Leu)", "T315L"),
        (838, "ATA", "NM_005157.6:c.838_840delinsATA", "NP_005148.2:p.(Val280Ile)", "V280I"),
    ],
)
def test_known_names(abl1, position, alt, hgvs_c, hgvs_p, mutation):
    """Substitution, silent, stop, two and three bases are named as the literature names them."""
    name = name_change(abl1, position, alt)
    assert (name.hgvs_c, name.hgvs_p, name.mutation) == (hgvs_c, hgvs_p, mutation)


def test_every_row_of_the_shipped_table(abl1):
    """Every named change of the table gets exactly the names the table gives it."""
    for line in resource_path("abl1/mutations.csv").read_text().splitlines()[1:]:
        cells = line.split(",")
        change = cells[7].split("c.")[1]
        position = int("".join(c for c in change.split("_")[0] if c.isdigit()))
        alt = change.split("delins")[1] if "delins" in change else change[-1]
        name = name_change(abl1, position, alt)
        assert (name.hgvs_c, name.hgvs_p, name.mutation) == (cells[7], cells[8], cells[0])


@settings(deadline=None)
@given(
    codon=st.integers(234, 500),
    into=st.integers(0, 2),
    length=st.integers(1, 3),
    letters=st.text("ACGT", min_size=3, max_size=3),
)
def test_every_name_is_hgvs(abl1, codon, into, length, letters):
    """Whatever changes in a codon, both names are HGVS to an independent parser."""
    position = 3 * codon - 2 + into
    alt = letters[: min(length, 3 - into)]
    if abl1.sequence[position - 1 : position - 1 + len(alt)] == alt:
        with pytest.raises(ValueError, match="no change"):
            name_change(abl1, position, alt)
        return
    name = name_change(abl1, position, alt)
    assert mutalyzer_hgvs_parser.to_model(name.hgvs_c)["coordinate_system"] == "c"
    assert mutalyzer_hgvs_parser.to_model(name.hgvs_p)["coordinate_system"] == "p"
    assert name.is_silent == (name.mutation[0] == name.mutation[-1])
    assert name.codon == codon


@pytest.mark.parametrize(
    ("text", "found", "noted"),
    [
        ("T315I", "T315I", ""),
        ("p.(T315I)", "T315I", ""),
        ("T334I", "T315I", "isoform Ib"),
        ("c.944C>T", "NM_005157.6:c.944C>T", ""),
        ("c.1001C>T", "NM_005157.6:c.944C>T", "isoform Ib"),
        ("c.1308C>T", "NM_005157.6:c.944C>T", "M14752"),
    ],
)
def test_other_ways_to_count_are_translated_with_a_note(abl1, text, found, noted):
    """Isoform Ib and M14752 names are found where base or residue agree, and said to be such."""
    hits = dict(find_change(abl1, text))
    assert found in hits
    assert noted in hits[found]


@pytest.mark.parametrize("text", ["W315I", "c.944A>T", "315", "", "T99999I"])
def test_names_that_fit_nowhere_are_not_guessed(abl1, text):
    """A name whose base or residue stands nowhere gives nothing."""
    assert "T315I" not in dict(find_change(abl1, text))
    assert "NM_005157.6:c.944C>T" not in dict(find_change(abl1, text))


def test_ambiguous_names_give_every_reading(abl1):
    """A name that fits two numberings gives both, never one by choice."""
    ours, shifted = abl1.sequence, 57
    position = next(at for at in range(700, 1400) if ours[at - 1] == ours[at - 1 - shifted] != "T")
    hits = find_change(abl1, f"c.{position}{ours[position - 1]}>T")
    assert len(hits) >= 2
