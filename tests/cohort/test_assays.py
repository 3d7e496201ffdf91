"""One patient from the rows of the three analyses."""

from __future__ import annotations

import pytest

from der22.cohort.assays import (
    summarise_abl1,
    summarise_mlpa,
    summarise_mrd,
    without_vain_negatives,
)
from der22.cohort.join import join_patient, risk_row
from der22.cohort.response import consolidation_cycle, response_rows
from der22.formats.records import MlpaSample, Patient
from der22.results.mlpa import Ikzf1Row
from der22.results.mrd import LevelRow, SeriesRow
from der22.results.sanger import Abl1Row
from der22.words import Call, Category, MlpaStatus, Phase, Timepoint
from records import as_record


def _injection(sample, day=0, run="r1"):
    return MlpaSample(run, sample, "patient", "/f", "/p", "GS500LIZ", patient_id="P", day=day)


def _ikzf1(sample, name, run="r1"):
    cells = {
        "run_id": run,
        "sample_id": sample,
        "ikzf1_class": name,
        "ikzf1_pattern": "4-7",
        "class_gimema": name,
        "class_aieop_bfm": "IKZF1_deletion",
        "class_gimema_2024": name,
        "status": "called",
    }
    return as_record(Ikzf1Row, cells)


def _calls(words):
    return {gene: Call(word) for gene, word in words.items()}


def _mlpa(samples, classes, statuses, calls=None, definition="gimema"):
    return summarise_mlpa(
        samples,
        [_ikzf1(s, name) for s, name in classes.items()],
        {("r1", s): MlpaStatus(status) for s, status in statuses.items()},
        {("r1", s): _calls(value) for s, value in (calls or {}).items()},
        definition,
    )


def test_without_a_sample_nothing_was_done():
    """No injection: not_done everywhere, never a normal gene."""
    result = summarise_mlpa([], [], {}, {}, "gimema")
    assert (result.status, result.ikzf1_class, result.pattern) == ("not_done", "not_done", "")
    assert result.call_of("PAX5") == "not_done"


def test_a_sample_that_is_not_called_has_no_class_and_no_genes():
    """Refused: class undetermined, genes not_evaluable even if calls were written."""
    calls = {"a": {"PAX5": "normal"}}
    result = _mlpa([_injection("a")], {"a": "no_IKZF1_deletion"}, {"a": "not_called"}, calls)
    assert (result.status, result.ikzf1_class) == ("not_called", "undetermined")
    assert result.call_of("PAX5") == "not_evaluable"


def test_a_sample_that_no_run_reports_is_not_called():
    """A run without a row for the sample never turns into no deletion."""
    assert _mlpa([_injection("a")], {}, {}).status == "not_called"


def test_the_diagnostic_sample_speaks():
    """The lowest day wins over a later, cleaner sample; a blank day comes last."""
    samples = [_injection("late", 80), _injection("first", -2), _injection("unknown", None)]
    classes = {"late": "no_IKZF1_deletion", "first": "IKZF1plus", "unknown": "IKZF1_deletion"}
    statuses = {"late": "called", "first": "called_with_warnings", "unknown": "called"}
    result = _mlpa(samples, classes, statuses)
    assert (result.status, result.ikzf1_class) == ("called_with_warnings", "IKZF1plus")
    assert _mlpa(samples[2:], classes, statuses).ikzf1_class == "IKZF1_deletion"


def test_a_repeat_of_the_same_day_replaces_a_failed_injection():
    """Not called and called on one day: the called one speaks, without conflict."""
    samples = [_injection("a"), _injection("b")]
    result = _mlpa(samples, {"b": "IKZF1plus"}, {"a": "not_called", "b": "called"})
    assert (result.status, result.ikzf1_class, result.conflict) == ("called", "IKZF1plus", "")


def test_two_called_samples_of_one_day_that_disagree_leave_the_class_open():
    """Different classes: undetermined with MLPA_CONFLICT naming both; equal classes: none."""
    samples = [_injection("a"), _injection("b")]
    both = {"a": "called", "b": "called"}
    result = _mlpa(samples, {"a": "IKZF1plus", "b": "IKZF1_deletion"}, both)
    assert (result.ikzf1_class, result.pattern) == ("undetermined", "")
    facts = join_patient(
        Patient("P", last_contact_day=9), result, summarise_abl1([]), summarise_mrd([], [], ())
    )
    flag = next(flag for flag in facts.flags if flag.code == "MLPA_CONFLICT")
    assert "r1/a: IKZF1plus, r1/b: IKZF1_deletion" in flag.message
    assert _mlpa(samples, {"a": "IKZF1plus", "b": "IKZF1plus"}, both).conflict == ""
    # under a definition that calls both alike there is nothing to disagree about
    other = _mlpa(samples, {"a": "IKZF1plus", "b": "IKZF1_deletion"}, both, definition="aieop_bfm")
    assert (other.ikzf1_class, other.conflict) == ("IKZF1_deletion", "")


def test_a_gene_without_a_call_is_not_evaluable():
    """A called sample whose table lacks a gene says not_evaluable, not normal."""
    result = _mlpa([_injection("a")], {"a": "IKZF1plus"}, {"a": "called"}, {"a": {"PAX5": "gain"}})
    assert (result.call_of("PAX5"), result.call_of("RB1")) == ("gain", "not_evaluable")


def _abl1(status, mutations="", day=""):
    return as_record(Abl1Row, {"abl1_status": status, "mutations": mutations, "day": day})


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["wild_type", "mutated", "possible"], "mutated"),
        (["not_evaluable", "wild_type", "possible"], "possible"),
        (["not_evaluable", "wild_type"], "wild_type"),
        (["not_evaluable"], "not_evaluable"),
        ([], "not_done"),
    ],
)
def test_the_weightiest_abl1_state_of_all_samples_counts(states, expected):
    """The order is mutated > possible > wild_type > not_evaluable > not_done."""
    assert summarise_abl1([_abl1(state) for state in states]).status == expected


def test_a_mutation_cleared_later_stays_a_mutation():
    """All mutations by codon, with the first day; a later clean sample changes nothing."""
    rows = [
        _abl1("mutated", "T315I;Y253H", "85"),
        _abl1("mutated", "E255K", "45"),
        _abl1("wild_type", "", "150"),
    ]
    result = summarise_abl1(rows)
    assert (result.status, result.mutations, result.first_day) == (
        "mutated",
        ("Y253H", "E255K", "T315I"),
        45,
    )
    assert summarise_abl1([_abl1("mutated", "T315I")]).first_day is None
    assert summarise_abl1([_abl1("possible", "F317L", "20")]).mutations == ()


POINTS = (
    Timepoint("diagnosis", None, None, None, Phase.DIAGNOSIS),
    Timepoint("d22", None, None, None, Phase.INDUCTION),
    Timepoint("c1", None, None, None, Phase.CONSOLIDATION),
)


def _line(timepoint, category, day="", increase="", relapse=""):
    cells = {
        "timepoint": timepoint,
        "category": category,
        "day": day,
        "mrd_increase": increase,
        "molecular_relapse": relapse,
    }
    return as_record(SeriesRow, cells)


def _level(timepoint, day, depth, flags="", category="CMR", material="BM"):
    cells = {
        "timepoint": timepoint,
        "day": day,
        "depth": depth,
        "category": category,
        "material": material,
        "flags": flags,
    }
    return as_record(LevelRow, cells)


def test_best_depth_is_the_deepest_cmr_with_the_shallower_transcript():
    """Two transcripts: MR4 and MR5 count as MR4; another time point with MR4.5 is deeper."""
    series = [_line("d22", "CMR", "22"), _line("c1", "CMR", "120")]
    levels = [_level("d22", "22", "MR5"), _level("d22", "22", "MR4")]
    assert summarise_mrd(series, levels, POINTS).best_depth == "MR4"
    assert (
        summarise_mrd(series, [*levels, _level("c1", "120", "MR4.5")], POINTS).best_depth == "MR4.5"
    )


@pytest.mark.parametrize(
    "lone",
    [
        _level("c1", "120", "MR5", category="PNQ"),
        _level("c1", "121", "MR5"),
        _level("c1", "120", "MR5", material="PB"),
        _level("c1", "120", "MR5", flags="CONFLICTING_DUPLICATES"),
        _level("c1", "120", "MR5", flags="RERUN_AGREES"),
        _level("unscheduled", "120", "MR5"),
    ],
)
def test_levels_that_do_not_speak_for_the_time_point_give_no_depth(lone):
    """Another category, day, material, a duplicate or an unscheduled sample adds no depth."""
    assert summarise_mrd([_line("c1", "CMR", "120")], [lone], POINTS).best_depth == ""


def test_depth_of_transcripts_sampled_on_two_days():
    """The shallower transcript counts, though its sample is of another day than the row."""
    series = [as_record(SeriesRow, {"timepoint": "c1", "category": "CMR", "day": 122,
                                    "sample_id": "A;B"})]  # fmt: skip
    levels = [
        as_record(LevelRow, {"sample_id": sample, "timepoint": "c1", "day": day, "depth": depth,
                             "category": "CMR", "material": "BM"})
        for sample, day, depth in (("A", 120, "MR4"), ("B", 122, "MR5"))
    ]  # fmt: skip
    assert summarise_mrd(series, levels, POINTS).best_depth == "MR4"


def test_depth_needs_a_patient_category_of_cmr():
    """A CMR transcript in a POS time point is no deep response."""
    result = summarise_mrd([_line("c1", "POS", "120")], [_level("c1", "120", "MR5")], POINTS)
    assert result.best_depth == ""


def test_first_days_and_missing_time_points():
    """First day with yes over all rows, unscheduled included; a point without a row is missing."""
    series = [
        _line("d22", "POS", "22", "no", "no"),
        _line("unscheduled", "POS", "40", "yes", "no"),
        _line("unscheduled", "POS", "60", "yes", "yes"),
    ]
    result = summarise_mrd(series, [], POINTS)
    assert (result.increase_day, result.relapse_day) == (40, 60)
    assert result.categories == {"diagnosis": "missing", "d22": "POS", "c1": "missing"}


@pytest.mark.parametrize(
    ("series", "has_series"),
    [
        ([_line("diagnosis", "POS", "0")], False),
        ([_line("d22", "not_evaluable", "22")], False),
        ([_line("unscheduled", "POS", "-3")], False),
        ([_line("unscheduled", "POS", "40")], True),
        ([_line("c1", "PNQ", "")], True),
        ([], False),
    ],
)
def test_only_an_assessable_follow_up_sample_is_a_series(series, has_series):
    """Without one NO_MRD_SERIES is raised and the indication stays no."""
    mrd = summarise_mrd(series, [], POINTS)
    facts = join_patient(
        Patient("P", last_contact_day=9), _mlpa([], {}, {}), summarise_abl1([]), mrd
    )
    assert ("NO_MRD_SERIES" in {flag.code for flag in facts.flags}) is not has_series
    assert facts.indicated is False


@pytest.mark.parametrize(
    ("increase", "relapsed", "relapse_day", "reasons"),
    [
        ("yes", "no", None, ("mrd_increase",)),
        ("no", "yes", None, ("molecular_relapse",)),
        ("no", "no", 200, ("relapse",)),
        ("yes", "yes", 200, ("mrd_increase", "molecular_relapse", "relapse")),
        ("no", "no", None, ()),
    ],
)
def test_screening_is_indicated_by_mrd_or_relapse(increase, relapsed, relapse_day, reasons):
    """Each of the three reasons is enough; indicated but not done is flagged as due."""
    mrd = summarise_mrd([_line("d22", "POS", "22", increase, relapsed)], [], POINTS)
    patient = Patient("P", relapse_day=relapse_day, last_contact_day=300)
    facts = join_patient(patient, _mlpa([], {}, {}), summarise_abl1([]), mrd)
    assert facts.screening_reasons == reasons
    assert ("ABL1_SCREENING_DUE" in {flag.code for flag in facts.flags}) is bool(reasons)
    done = join_patient(patient, _mlpa([], {}, {}), summarise_abl1([_abl1("wild_type")]), mrd)
    assert "ABL1_SCREENING_DUE" not in {flag.code for flag in done.flags}


@pytest.mark.parametrize(
    ("category", "response"),
    [
        ("CMR", "yes"),
        ("PNQ", "yes"),
        ("POS", "no"),
        ("POS_UNQUANTIFIED", "not_evaluable"),
        ("not_evaluable", "not_evaluable"),
        ("missing", "missing"),
        ("not_done", "not_done"),
    ],
)
def test_molecular_response_of_a_category(category, response):
    """CMR and PNQ are response, POS is none, every other word stays itself.

    What is positive without a level says nothing by its word alone.
    """
    assert Category(category).response == response


@pytest.mark.parametrize(
    ("triggers", "reasons", "day"), [(True, ("response_lost",), 120), (False, (), None)]
)
def test_a_lost_response_calls_for_abl1_where_the_setting_says_so(triggers, reasons, day):
    """Loss of response after induction is a reason for screening, or only a warning."""
    lost = as_record(SeriesRow, {"timepoint": "c1", "category": "POS", "day": 120,
                                 "response_lost": "yes"})  # fmt: skip
    mrd = summarise_mrd([lost], [], POINTS, response_lost_triggers=triggers)
    assert (mrd.response_lost, mrd.lost_day) == (triggers, day)
    facts = join_patient(Patient("P", last_contact_day=300), _mlpa([], {}, {}),
                         summarise_abl1([]), mrd)  # fmt: skip
    assert facts.screening_reasons == reasons
    assert facts.indicated is triggers
    due = [flag.message for flag in facts.flags if flag.code == "ABL1_SCREENING_DUE"]
    assert len(due) == triggers
    assert all("of day 120 or later" in message for message in due)


def _facts(category, **cells):
    row = as_record(SeriesRow, {"timepoint": "d22", "category": category, "day": 22, **cells})
    mrd = summarise_mrd([row], [], POINTS)
    return join_patient(Patient("P", last_contact_day=300), _mlpa([], {}, {}),
                        summarise_abl1([]), mrd)  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "counted"),
    [
        # evaluable, no response, CMR, PNQ
        (_facts("CMR"), (1, 0, 1, 0)),
        (_facts("PNQ"), (1, 0, 0, 1)),
        (_facts("POS"), (1, 1, 0, 0)),
        (_facts("POS_UNQUANTIFIED", molecular_response="no"), (1, 1, 0, 0)),
        (_facts("POS_UNQUANTIFIED"), (0, 0, 0, 0)),
        (_facts("not_evaluable"), (0, 0, 0, 0)),
        # after a relapse or a transplant it answers another question
        (_facts("CMR", after_event="transplant"), (0, 0, 0, 0)),
        (_facts("POS", after_event="relapse"), (0, 0, 0, 0)),
    ],
)
def test_what_the_table_of_responses_counts(facts, counted):
    """A positive without a level counts as no response only where it surely is none."""
    row = response_rows([facts], POINTS)[1]
    assert (row.evaluable, row.no_molecular_response, row.cmr, row.pnq) == counted
    assert row.sampled == 1
    assert (facts.response("d22") is None) is (counted[0] == 0)
    assert risk_row(facts, []).responses["d22"] == (
        "not_evaluable" if counted[0] == 0 else "no" if counted[1] else "yes"
    )


@pytest.mark.parametrize(("response", "has_series"), [("no", True), ("not_evaluable", False)])
def test_a_positive_without_a_level_as_a_series(response, has_series):
    """Only where it is surely no response it could have shown a rise."""
    assert _facts("POS_UNQUANTIFIED", molecular_response=response).mrd.has_series is has_series


def test_cycle_of_a_consolidation_point():
    """The number at the end of the label, else the place in the list; None in other phases."""
    points = (
        Timepoint("d85", 85, 71, 98, Phase.INDUCTION),
        Timepoint("early", None, None, None, Phase.CONSOLIDATION),
        Timepoint("blina_c3", None, None, None, Phase.CONSOLIDATION),
    )
    assert [consolidation_cycle(point, points) for point in points] == [None, 1, 3]


@pytest.mark.parametrize(
    ("calls", "blasts", "found"),
    [
        ({"IKZF1": "normal", "RB1": "gain"}, None, {"IKZF1": "not_evaluable", "RB1": "gain"}),
        ({"IKZF1": "normal"}, 29.0, {"IKZF1": "not_evaluable"}),
        ({"IKZF1": "normal"}, 30.0, {"IKZF1": "normal"}),
        (
            {"IKZF1": "heterozygous_deletion", "PAX5": "normal"}, None,
            {"IKZF1": "heterozygous_deletion", "PAX5": "normal"},
        ),
    ],
)  # fmt: skip
def test_a_negative_that_means_nothing_is_not_counted(calls, blasts, found):
    """Blasts unknown or too few and nothing lost: normal genes are not evaluable in the cohort."""
    assert without_vain_negatives(_calls(calls), blasts, 30.0) == found
