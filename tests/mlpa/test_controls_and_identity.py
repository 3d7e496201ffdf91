"""Control fragments, sex, and profiles that are too much alike."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from der22.flags import Severity
from der22.formats.probemix import Probe, Probemix
from der22.mlpa import identity
from der22.mlpa.dosage.controls import (
    compare_controls,
    fit_controls,
    judge_controls,
    observed_sex,
)
from der22.mlpa.dosage.filling import ProbeSignals
from der22.mlpa.identity import alike_pairs, judge_sex
from der22.mlpa.settings import MlpaSettings

SETTINGS = MlpaSettings()
MIX = Probemix(
    "controls",
    (
        *(Probe(f"Q{i}", 64.0 + 6 * i, "", "", "quantity") for i in range(4)),
        Probe("D1", 88.0, "", "", "denaturation"),
        Probe("B", 92.0, "", "", "benchmark"),
        Probe("D2", 96.0, "", "", "denaturation"),
        Probe("X", 100.0, "", "", "sex_x"),
        Probe("Y", 105.0, "", "", "sex_y"),
        *(Probe(f"R{i}", 130.0 + 10 * i, "", "", "reference") for i in range(4)),
    ),
    {},
)


def signals(**heights: float) -> ProbeSignals:
    """Return a sound sample of 1000 RFU (Q 100, no Y) but for `heights`, Q and R as groups."""
    usual = {"Q": 100.0, "Y": 0.0, **heights}
    values = [usual.get(p.probe_id, usual.get(p.probe_id[0], 1000.0)) for p in MIX.probes]
    height = np.array(values)
    none = np.zeros(height.size, dtype=np.bool_)
    return ProbeSignals(height, height, height, height, none, none, none, none, none, none)


def codes(**heights: float) -> list[str]:
    """Return the codes of a sample with these heights."""
    return [flag.code for flag in judge_controls(MIX, signals(**heights), SETTINGS)]


def test_sound_sample_has_no_flag() -> None:
    """Low quantity fragments and full denaturation fragments say nothing."""
    assert codes() == []


@pytest.mark.parametrize(("quantity", "found"), [(330.0, []), (331.0, ["LOW_DNA"])])
def test_low_dna(quantity: float, found: list[str]) -> None:
    """Quantity fragments above 0.33 of the 92-nt peak mean too little DNA."""
    assert codes(Q=quantity) == found


@pytest.mark.parametrize(("probes", "found"), [(99.0, "LIGATION_FAILED"), (101.0, "LOW_DNA")])
def test_ligation(probes: float, found: str) -> None:
    """High quantity fragments with probes below a tenth of them mean that ligation failed."""
    assert codes(Q=1000.0, R=probes) == [found]


@pytest.mark.parametrize(("height", "found"), [(400.0, []), (399.0, ["DENATURATION"])])
def test_denaturation(height: float, found: list[str]) -> None:
    """A denaturation fragment below 0.40 of the 92-nt peak is enough."""
    assert codes(D2=height) == found


def test_no_product() -> None:
    """Nothing in any bin is NO_PRODUCT."""
    assert codes(Q=0.0, R=0.0, B=0.0, D1=0.0, D2=0.0, X=0.0) == ["NO_PRODUCT"]


def test_a_sheet_without_controls_is_not_judged() -> None:
    """Without quantity, benchmark and denaturation fragments only the product is looked for."""
    mix = Probemix("bare", MIX.probes[9:], {})
    height = np.full(4, 500.0)
    none = np.zeros(4, dtype=np.bool_)
    found = ProbeSignals(height, height, height, height, none, none, none, none, none, none)
    assert judge_controls(mix, found, SETTINGS) == []


@pytest.mark.parametrize(
    ("y", "x", "sex"),
    [
        (0.0, 1000.0, "F"), (99.0, 1000.0, "F"), (101.0, 1000.0, "unclear"),
        (500.0, 1000.0, "unclear"), (501.0, 1000.0, "M"), (800.0, 0.0, "unclear"),
    ],
)  # fmt: skip
def test_observed_sex(y: float, x: float, sex: str) -> None:
    """Y over X: below 0.1 female, above 0.5 male, between or without X unclear."""
    assert observed_sex(MIX, signals(Y=y, X=x), SETTINGS) == sex


def test_sex_against_the_sheet() -> None:
    """A contradiction is an error, after transplantation a warning, unknown sex nothing."""
    assert [f.level for f in judge_sex("F", "M", after_transplant=False)] == [Severity.ERROR]
    assert [f.level for f in judge_sex("F", "M", after_transplant=True)] == [Severity.WARNING]
    assert judge_sex(None, "M", after_transplant=False) == []
    assert judge_sex("M", "M", after_transplant=False) == []


def profiles(seed: int) -> np.ndarray:
    """Return three unrelated profiles and a second well of the first product."""
    rng = np.random.default_rng(seed)
    people = np.exp(rng.normal(0.0, 0.05, (3, 50)))
    return np.vstack([people, people[0] * np.exp(rng.normal(0.0, 0.008, 50))])


@pytest.mark.parametrize("seed", range(5))
def test_two_wells_of_one_product_are_alike(seed: int) -> None:
    """The second well is found, unrelated people are not paired."""
    assert alike_pairs(profiles(seed), SETTINGS) == [(0, 3)]


def test_shared_deletions_are_no_identity() -> None:
    """Two people with the same deletions but their own scatter are not paired."""
    rows = profiles(9)[:3]
    rows[:, 10:30] *= 0.5
    assert alike_pairs(rows, SETTINGS) == []


def test_few_shared_probes_say_nothing() -> None:
    """With fewer than ten probes near 1 in both, no pair is formed."""
    rows = profiles(1)
    rows[:, 9:] = np.nan
    assert alike_pairs(rows, SETTINGS) == []


def plain_pairs(quotient: np.ndarray, settings: MlpaSettings) -> list[tuple[int, int]]:
    """Return the pairs alike, each judged by itself from the words of the method."""
    pairs = []
    for first, second in itertools.combinations(range(len(quotient)), 2):
        shared = [
            (math.log(a), math.log(b))
            for a, b in zip(quotient[first], quotient[second], strict=True)
            if abs(a - 1.0) < 0.2 and abs(b - 1.0) < 0.2
        ]
        if len(shared) < 10:
            continue
        one, two = np.array(shared).T
        if np.std(one - two, ddof=1) >= settings.duplicate_sd:
            continue
        if np.std(one) * np.std(two) == 0.0:
            is_same = bool((one == two).all())
        else:
            is_same = np.corrcoef(one, two)[0, 1] > settings.duplicate_r
        if is_same:
            pairs.append((first, second))
    return pairs


def crowd(seed: int) -> np.ndarray:
    """Return 90 profiles: strangers, second wells from alike to unlike, gaps, flat and equal rows.

    Deviations of the second wells straddle the limits, so that pairs fall close on either side.
    """
    rng = np.random.default_rng(seed)
    people = np.exp(rng.normal(0.0, 0.04, (40, 40)))
    again = people * np.exp(rng.normal(0.0, 1.0, (40, 40)) * np.linspace(0.0, 0.03, 40)[:, None])
    rows = np.vstack([people, again, np.ones((6, 40)), people[:4]])
    rows[rng.random(rows.shape) < 0.1] *= 0.5
    rows[rng.random(rows.shape) < 0.05] = np.nan
    rows[rng.random(rows.shape) < 0.02] = 0.0
    rows[::11, 9:] = np.nan  # nine probes left
    return rows


@pytest.mark.parametrize("block_rows", [1, 7, 256])
@pytest.mark.parametrize(
    "settings",
    [SETTINGS, MlpaSettings(duplicate_sd=0.05, duplicate_r=0.0), MlpaSettings(duplicate_r=0.6)],
)
def test_blocks_find_the_pairs_of_a_plain_search(
    monkeypatch: pytest.MonkeyPatch, settings: MlpaSettings, block_rows: int
) -> None:
    """However the rows are cut into blocks, the pairs and their order are those of each-by-each."""
    monkeypatch.setattr(identity, "_BLOCK_ROWS", block_rows)
    rows = crowd(3)
    pairs = plain_pairs(rows, settings)
    assert 10 < len(pairs) < 1000
    assert alike_pairs(rows, settings) == pairs


def test_the_first_choice_leaves_out_most_pairs() -> None:
    """Of strangers almost none is judged by itself, so that thousands of samples take seconds."""
    rng = np.random.default_rng(1)
    quotient = np.exp(rng.normal(0.0, 0.03, (200, 50)))
    near = np.abs(quotient - 1.0) < 0.2
    log_quotient = np.where(near, np.log(quotient), 0.0)
    assert len(identity._candidates(log_quotient, near, 0, SETTINGS)) < 20


#: references whose mean of D1 and D2 over the 92-nt peak is 1, with an SD of 0.05
REFERENCES = [signals(D1=1000.0 * d, D2=1000.0 * d) for d in (0.95, 1.0, 1.05)]


@pytest.mark.parametrize(
    ("height", "usual_sd", "codes"),
    [
        (860.0, 0.03, []),  # more than 3 SD, but not below 0.85
        (840.0, 0.03, ["DENATURATION_LOW"]),
        (840.0, 0.07, []),  # below 0.85, but less than 3 SD
        (600.0, 0.07, ["DENATURATION_LOW"]),
    ],
)
def test_denaturation_against_the_references(
    height: float, usual_sd: float, codes: list[str]
) -> None:
    """Low is below 0.85 of the references' own and three of their SD away."""
    profile = fit_controls(MIX, REFERENCES, usual_sd, SETTINGS)
    found, flags = compare_controls(MIX, signals(D1=height, D2=height), profile, SETTINGS)
    assert found.quotient == pytest.approx(height / 1000.0)
    assert [flag.code for flag in flags] == codes
    assert found.shadow(SETTINGS) == pytest.approx(1.0 - height / 1000.0 if codes else 0.0)


def test_what_the_references_show_is_no_drop() -> None:
    """Where D is half of the 92-nt peak in all references it is in a patient too."""
    halves = [signals(D1=500.0, D2=500.0)] * 3
    profile = fit_controls(MIX, halves, 0.05, SETTINGS)
    found, flags = compare_controls(MIX, signals(D1=500.0, D2=500.0), profile, SETTINGS)
    assert (found.quotient, found.is_low, flags) == (pytest.approx(1.0), False, [])


@pytest.mark.parametrize(("quantity", "codes"), [(399.0, []), (401.0, ["LOW_DNA"])])
def test_quantity_against_the_references(quantity: float, codes: list[str]) -> None:
    """Four times the references' own Q over B is told, as a warning."""
    profile = fit_controls(MIX, REFERENCES, 0.05, SETTINGS)
    _, flags = compare_controls(MIX, signals(Q=quantity), profile, SETTINGS)
    assert [(flag.code, flag.level) for flag in flags] == [(c, Severity.WARNING) for c in codes]


@pytest.mark.parametrize(("y", "sex"), [(1000.0, "M"), (951.0, "M"), (949.0, "unclear")])
def test_sex_against_male_references(y: float, sex: str) -> None:
    """Half the Y over X of the male references is not told as male; females say nothing."""
    references = [signals(Y=1900.0), signals(Y=1900.0), signals(Y=0.0)]
    male = fit_controls(MIX, references, 0.05, SETTINGS).male
    assert male == pytest.approx(1.9)
    assert observed_sex(MIX, signals(Y=y), SETTINGS, male) == sex
    assert np.isnan(fit_controls(MIX, references[2:], 0.05, SETTINGS).male)
