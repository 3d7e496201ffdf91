"""Who enters an end point, from when, and with which event."""

from __future__ import annotations

import pytest

from der22.cohort.comparison import compare_groups, group_of
from der22.cohort.endpoints import disease_free, follow_up, last_contact, overall
from der22.cohort.settings import StatisticsSettings, unknown_groups
from der22.formats.records import Patient
from der22.words import Phase, Timepoint
from records import risk_record

SETTINGS = StatisticsSettings()


def _patient(**days):
    return Patient("P", **({"chr_day": 22} | days))


def _one(rows):
    return [(row.time, row.status) for row in rows]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"last_contact_day": 400}, [(400.0, 0)]),
        ({"death_day": 37}, [(37.0, 1)]),
        ({"death_day": 37, "last_contact_day": 37}, [(37.0, 1)]),
        ({"last_contact_day": 1}, [(1.0, 0)]),
        ({"last_contact_day": 0}, []),
        ({}, []),
        ({"relapse_day": 90, "last_contact_day": 400}, [(400.0, 0)]),
    ],
)
def test_overall_survival(days, expected):
    """Death is the only event; follow-up must be above 0; without it nobody enters."""
    assert _one(overall([_patient(**days)], SETTINGS)) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"last_contact_day": 400}, [(315.0, 0)]),
        ({"relapse_day": 195, "last_contact_day": 400}, [(110.0, 1)]),
        ({"death_day": 411}, [(326.0, 2)]),
        ({"relapse_day": 143, "death_day": 350}, [(58.0, 1)]),
        ({"relapse_day": 200, "death_day": 200}, [(115.0, 1)]),
        ({"last_contact_day": 85}, []),
        ({"last_contact_day": 86}, [(1.0, 0)]),
        ({"relapse_day": 85, "last_contact_day": 400}, []),
        ({"relapse_day": 86, "last_contact_day": 400}, [(1.0, 1)]),
        ({"chr_day": 85, "last_contact_day": 400}, [(315.0, 0)]),
        ({"chr_day": 86, "last_contact_day": 400}, []),
        ({"chr_day": None, "last_contact_day": 400}, []),
        ({}, []),
    ],
)
def test_disease_free_survival(days, expected):
    """In remission at day 85 and then alive, free of relapse and followed; relapse 1, death 2."""
    assert _one(disease_free([_patient(**days)], SETTINGS)) == expected


def test_relapse_sites_and_transplantation_follow_the_settings():
    """A site that does not count is no event, an unknown one is; transplantation can censor."""
    cns = _patient(relapse_day=195, relapse_site="cns", last_contact_day=400)
    unknown = _patient(relapse_day=195, last_contact_day=400)
    narrow = StatisticsSettings(relapse_sites=("hematologic",))
    assert _one(disease_free([cns, unknown], narrow)) == [(315.0, 0), (110.0, 1)]
    grafted = _patient(relapse_day=195, transplant_day=150, last_contact_day=400)
    censoring = StatisticsSettings(censor_at_transplant="yes")
    assert _one(disease_free([grafted], censoring)) == [(65.0, 0)]
    assert _one(overall([grafted], censoring)) == [(150.0, 0)]
    early = _patient(transplant_day=80, last_contact_day=400)
    assert _one(disease_free([early], censoring)) == []


def test_follow_up_exchanges_event_and_censoring():
    """For the reverse Kaplan-Meier the living are the events."""
    rows = overall([_patient(death_day=37), _patient(last_contact_day=400)], SETTINGS)
    assert _one(follow_up(rows)) == [(37.0, 0), (400.0, 1)]
    assert last_contact(_patient(death_day=37)) == 37


@pytest.mark.parametrize(
    ("variable", "value", "group"),
    [
        ("fusion", "p190", "p190"),
        ("fusion", "p210", "p210"),
        ("fusion", "p190+p210", "p210"),
        ("fusion", "", None),
        ("ikzf1_class", "IKZF1plus", "IKZF1plus"),
        ("ikzf1_class", "undetermined", None),
        ("ikzf1_class", "not_done", None),
        ("molecular_response_d85", "yes", "yes"),
        ("molecular_response_d85", "missing", None),
        ("molecular_response_d85", "not_evaluable", None),
    ],
)
def test_unknown_is_in_no_group(variable, value, group):
    """Both transcripts go with p210; every word that is no result leaves the comparison."""
    point = variable.removeprefix("molecular_response_")
    cells = {"responses": {point: value}} if point != variable else {variable: value}
    assert group_of(variable, risk_record(**cells)) == group


POINTS = (
    Timepoint("d57", 57, 51, 70, Phase.INDUCTION),
    Timepoint("d85", 85, 71, 98, Phase.INDUCTION),
    Timepoint("c1", None, None, None, Phase.CONSOLIDATION),
)


def _comparison(group, endpoint, patients, risk):
    found = compare_groups(patients, risk, StatisticsSettings(groups=(group,)), POINTS)
    return [item for item in found if item.endpoint == endpoint]


def test_a_response_has_its_own_landmark():
    """Day 85 for d85, the end of its window for d57; earlier events leave; OS is not split."""
    patients = [
        Patient("A", chr_day=22, last_contact_day=400),
        Patient("B", chr_day=22, relapse_day=70, last_contact_day=400),
        Patient("C", chr_day=22, relapse_day=71, last_contact_day=400),
        Patient("D", chr_day=22, last_contact_day=70),
    ]
    risk = {p.patient_id: risk_record(responses={"d57": "yes", "d85": "no"}) for p in patients}
    (early,) = _comparison("molecular_response_d57", "DFS", patients, risk)
    assert early.start_day == 70
    assert [(row.patient_id, row.time) for row in early.rows] == [("A", 330.0), ("C", 1.0)]
    (late,) = _comparison("molecular_response_d85", "CIR", patients, risk)
    assert (late.start_day, [row.patient_id for row in late.rows]) == (85, ["A"])
    assert _comparison("molecular_response_d57", "OS", patients, risk) == []


def test_a_response_without_a_window_cannot_be_compared():
    """A time point placed by label has no landmark, and the reason says so."""
    for name in ("c1", "not_in_config"):
        (item,) = _comparison(f"molecular_response_{name}", "DFS", [], {})
        assert item.problem == f"not estimable: time point {name} has no window, so no landmark"


def test_patients_of_unknown_group_are_counted():
    """Left out of the rows, counted beside them."""
    patients = [Patient(name, chr_day=9, last_contact_day=200) for name in "AB"]
    risk = {"A": risk_record(ikzf1_class="IKZF1plus"), "B": risk_record()}
    (item,) = _comparison("ikzf1_class", "OS", patients, risk)
    assert (item.labels, item.left_out, item.levels) == (("IKZF1plus",), 1, ("IKZF1plus",))


def test_settings_take_what_yaml_gives():
    """A lone word, a list and a truth value become what the analysis expects."""
    given = StatisticsSettings(
        relapse_sites="cns",  # type: ignore[arg-type]
        horizons_months=[12, 24],  # type: ignore[arg-type]
        censor_at_transplant=True,  # type: ignore[arg-type]
    )
    assert (given.relapse_sites, given.horizons_months) == (("cns",), (12.0, 24.0))
    assert given.censor_at_transplant == "yes"


def test_groups_of_the_future_are_refused():
    """ABL1 status and genomic risk arise during follow-up and are no groups."""
    asked = StatisticsSettings(groups=("fusion", "genomic_risk", "molecular_response_d99"))
    assert unknown_groups(asked, ["d85"]) == ("genomic_risk", "molecular_response_d99")
    assert unknown_groups(SETTINGS, ["d85"]) == ()
