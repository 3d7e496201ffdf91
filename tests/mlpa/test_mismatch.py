"""Probes shifted in everyone: told from frequent deletions, also inside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from der22.formats.probemix import Probemix, read_probemix
from der22.mlpa.judgement import call_all_genes, gene_probes
from der22.mlpa.mismatch import reference_mismatch
from der22.mlpa.settings import MlpaSettings

SHEET = Path(__file__).parents[2] / "resources" / "probemix" / "P335-synthetic.tsv"
SETTINGS = MlpaSettings()
N_PATIENTS, SD = 8, 0.03


@pytest.fixture(scope="module", name="probemix")
def fixture_probemix() -> Probemix:
    """Return the synthetic P335 sheet."""
    return read_probemix(SHEET)


def quotients(probemix: Probemix, n_patients: int = N_PATIENTS) -> np.ndarray:
    """Return patients without a change."""
    noise = np.random.default_rng(7).normal(0.0, SD, (n_patients, len(probemix.probes)))
    return np.asarray(1.0 + noise)


def lose(probemix: Probemix, quotient: np.ndarray, rows: range, exons: range) -> None:
    """Take one of two copies of these IKZF1 exons (1-based) from these patients."""
    along = gene_probes(probemix)["IKZF1"]
    quotient[np.ix_(list(rows), [along[exon - 1] for exon in exons])] *= 0.5


def strange_probes(probemix: Probemix, quotient: np.ndarray) -> set[str]:
    """Call every patient and return the probes found to be shifted in most of them."""
    sigma = np.full(quotient.shape, SD)
    n_patients, n_probes = quotient.shape
    shared = np.full((n_probes, 1), SETTINGS.common_sd)
    genes = [
        call_all_genes(probemix, row, sd, shared, 1.0, SETTINGS)
        for row, sd in zip(quotient, sigma, strict=True)
    ]
    error = np.full(n_probes, SD / np.sqrt(5))
    found = reference_mismatch(probemix, quotient, range(n_patients), genes, error)
    return {probemix.probes[index].probe_id for index in np.flatnonzero(found)}


def ikzf1(probemix: Probemix, exon: int) -> int:
    """Return the place of the probe of an exon in the sheet."""
    return gene_probes(probemix)["IKZF1"][exon - 1]


def test_a_probe_shifted_in_everyone(probemix: Probemix) -> None:
    """Nobody has lost anything, one probe stands at 1.3 in all: that one."""
    quotient = quotients(probemix)
    quotient[:, ikzf1(probemix, 2)] *= 1.3
    assert strange_probes(probemix, quotient) == {probemix.probes[ikzf1(probemix, 2)].probe_id}


@pytest.mark.parametrize("n_lost", [4, 6, 8])
def test_a_frequent_loss_is_no_mismatch(probemix: Probemix, n_lost: int) -> None:
    """Most or all patients have lost IKZF1 exons 4 to 7: nothing is shifted."""
    quotient = quotients(probemix)
    lose(probemix, quotient, range(n_lost), range(4, 8))
    assert strange_probes(probemix, quotient) == set()


@pytest.mark.parametrize("shift", [0.74, 1.32])
@pytest.mark.parametrize("exon", [4, 5])
@pytest.mark.parametrize("n_lost", [3, 6])
def test_a_shifted_probe_inside_a_frequent_loss(
    probemix: Probemix, shift: float, exon: int, n_lost: int
) -> None:
    """Its shift is seen against its neighbours in those with the loss."""
    quotient = quotients(probemix)
    lose(probemix, quotient, range(n_lost), range(4, 8))
    quotient[:, ikzf1(probemix, exon)] *= shift
    assert strange_probes(probemix, quotient) == {probemix.probes[ikzf1(probemix, exon)].probe_id}


def test_a_shifted_probe_beside_a_frequent_loss(probemix: Probemix) -> None:
    """Exon 8 at 1.32 beside lost exons 4 to 7, or lost with them in two patients: still seen."""
    quotient = quotients(probemix)
    lose(probemix, quotient, range(5), range(4, 8))
    lose(probemix, quotient, range(5, 7), range(4, 9))
    quotient[:, ikzf1(probemix, 8)] *= 1.32
    assert strange_probes(probemix, quotient) == {probemix.probes[ikzf1(probemix, 8)].probe_id}


def test_a_loss_of_both_copies_tells_nothing(probemix: Probemix) -> None:
    """Where nothing is left there is nothing to compare; too few others: no judgement."""
    quotient = quotients(probemix)
    along = gene_probes(probemix)["IKZF1"]
    quotient[:5, along] *= 0.02
    quotient[:, ikzf1(probemix, 5)] *= 1.32
    assert strange_probes(probemix, quotient) == set()


def test_three_patients_are_too_few(probemix: Probemix) -> None:
    """Below four patients nothing is said."""
    quotient = quotients(probemix, 3)
    quotient[:, ikzf1(probemix, 2)] *= 1.3
    assert strange_probes(probemix, quotient) == set()
