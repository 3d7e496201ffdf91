"""Drawn lesions: frequencies, classes, plates."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from der22.formats.probemix import Probemix, read_probemix
from der22.resources import resource_path
from der22.simulate.mlpa_product import random_stream
from simulate.mlpa_cohort import LESION_FREQUENCY, draw_lesions, draw_patient, draw_plate

N_PATIENTS = 1500


@pytest.fixture(scope="module")
def probemix() -> Probemix:
    """Return the shipped synthetic sheet."""
    return read_probemix(resource_path("probemix/P335-synthetic.tsv"))


def test_lesions_have_the_stated_frequencies(probemix: Probemix) -> None:
    """In 1,500 patients every share lies within four standard errors; 4-7 is half of IKZF1."""
    drawn = [draw_lesions(probemix, random_stream("t", i)) for i in range(N_PATIENTS)]
    for group, share in LESION_FREQUENCY.items():
        gene = {"CDKN2A/CDKN2B": "CDKN2A", "PAR1": "CSF2RA"}.get(group, group)
        found = np.mean([lesions.is_deleted(gene) for lesions in drawn])
        assert found == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / N_PATIENTS))
    patterns = Counter(lesions.pattern.get("IKZF1") for lesions in drawn)
    del patterns[None]
    assert patterns["4-7"] / patterns.total() == pytest.approx(0.5, abs=0.07)
    assert {"1-8", "2-7", "4-8", "2-8"} <= patterns.keys()
    levels = {level for lesions in drawn for level in lesions.level.values()}
    assert levels == {0.0, 1.0, 3.0}


@pytest.mark.parametrize("wanted", ["IKZF1plus", "IKZF1_deletion", "no_IKZF1_deletion"])
def test_a_class_can_be_asked_for(probemix: Probemix, wanted: str) -> None:
    """The drawn copies fulfil the class under the gimema rule, counted from the probes."""
    for i in range(40):
        lesions = draw_lesions(probemix, random_stream(wanted, i), wanted)
        lost = {p.gene for p in probemix.probes if lesions.copies.get(p.probe_id, 2.0) < 2.0}
        partner = bool(lost & {"CDKN2A", "CDKN2B", "PAX5"})
        found = (
            "no_IKZF1_deletion" if "IKZF1" not in lost
            else "IKZF1plus" if partner
            else "IKZF1_deletion"
        )  # fmt: skip
        assert found == lesions.ikzf1_class == wanted


def test_known_groups_are_kept_and_nonsense_is_refused(probemix: Probemix) -> None:
    """Groups given by the caller are not drawn; unknown words and contradictions raise."""
    rng = random_stream("known")
    known = {"IKZF1": True, "PAX5": False, "CDKN2A/CDKN2B": True, "RB1": False}
    for _ in range(30):
        lesions = draw_lesions(probemix, rng, known=known)
        found = {
            "IKZF1": lesions.is_deleted("IKZF1"), "PAX5": lesions.is_deleted("PAX5"),
            "CDKN2A/CDKN2B": lesions.is_deleted("CDKN2A"), "RB1": lesions.is_deleted("RB1"),
        }  # fmt: skip
        assert found == known
    for wanted, groups in (
        ("IKZF1", None),
        (None, {"TP53": True}),
        ("IKZF1plus", {"IKZF1": False}),
    ):
        with pytest.raises(ValueError, match=r"class|groups|cannot show"):
            draw_lesions(probemix, rng, wanted, groups)


def test_patients_have_usual_blasts_and_copies_inside_their_gene(probemix: Probemix) -> None:
    """Blasts lie between 45 and 98 %, clones above 80 %, and a given sex is kept."""
    patients = [draw_patient(f"p{i}", probemix, random_stream(i), sex="F") for i in range(300)]
    blasts = np.array([patient.blast_fraction for patient in patients])
    assert 0.45 <= blasts.min() < 0.70 < np.median(blasts)
    assert blasts.max() <= 0.98
    assert {patient.sex for patient in patients} == {"F"}
    assert all(0.8 <= float(p.clone_fraction) <= 1.0 for p in patients)


def test_a_plate_holds_references_patients_and_controls(probemix: Probemix) -> None:
    """Roles and sexes are as a run needs them, and a patient does not depend on the others."""
    plate = draw_plate(["a", "b"], probemix, seed=3, n_references=4)
    roles = Counter(sample.role for sample in plate)
    assert roles == {"reference": 4, "patient": 2, "positive_control": 1, "no_dna": 1}
    assert {s.sex for s in plate if s.role == "reference"} == {"F", "M"}
    positive = next(s for s in plate if s.role == "positive_control")
    assert positive.copies == {f"IKZF1-{exon}": 1.0 for exon in range(1, 9)}
    alone = draw_plate(["b"], probemix, seed=3)
    assert next(s for s in alone if s.sample_id == "b") == next(
        s for s in plate if s.sample_id == "b"
    )
