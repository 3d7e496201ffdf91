"""Windows, labels, the sample that speaks, and duplicates."""

from __future__ import annotations

from typing import Any

import pytest

from der22.mrd.settings import MrdSettings


@pytest.mark.parametrize(
    ("day", "timepoint"),
    [
        (-30, "diagnosis"), (0, "diagnosis"), (1, "unscheduled"), (14, "unscheduled"), (15, "d22"),
        (33, "d22"), (34, "d45"), (50, "d45"), (51, "d57"), (70, "d57"), (71, "d85"), (98, "d85"),
        (99, "unscheduled"),
    ],
)  # fmt: skip
def test_bounds_belong_to_the_window(lab: Any, day: int, timepoint: str) -> None:
    """First and last day belong to a window; one day beyond does not."""
    lab.level("S", "CMR", 0.001, day=day)
    results = lab.run()
    level = results.level("S")
    assert level["timepoint"] == timepoint
    assert ("OUTSIDE_WINDOWS" in level["flags"]) == (timepoint == "unscheduled")
    assert results.row("P1", timepoint)["day"] == str(day)


@pytest.mark.parametrize(
    ("days", "speaks"),
    [((20, 23), 23), ((21, 23), 23), ((21, 24), 21), ((15, 33), 15), ((22, 22), 22)],
)
def test_nearest_sample_speaks_and_a_tie_goes_to_the_later(
    lab: Any, days: tuple[int, int], speaks: int
) -> None:
    """Nearest to day 22; at equal distance the later one; the other is unscheduled."""
    for number, day in enumerate(days):
        lab.level(f"S{number}", "CMR", 0.001, day=day)
    results = lab.run()
    assert results.row("P1", "d22")["day"] == str(speaks)
    others = [r for r in results.table("series.tsv") if r["timepoint"] == "unscheduled"]
    assert [r["day"] for r in others] == [str(day) for day in days if day != speaks]
    assert all("NOT_CHOSEN" in r["flags"] for r in others)


def test_without_a_nominal_day_the_later_sample_speaks(lab: Any) -> None:
    """Two samples of one blinatumomab cycle: the later one."""
    lab.level("S1", "CMR", 0.001, day=130, timepoint="blina_c1")
    lab.level("S2", "CMR", 0.001, day=140, timepoint="blina_c1")
    assert lab.run().row("P1", "blina_c1")["day"] == "140"


@pytest.mark.parametrize(
    ("day", "label", "flagged"),
    [(57, "d57", False), (71, "d57", True), (99, "d57", True), (130, "blina_c1", False),
     (90, "blina_c1", True)],
)  # fmt: skip
def test_the_label_wins_and_disagreement_is_told(
    lab: Any, day: int, label: str, flagged: bool
) -> None:
    """A label of the sheet counts; a day outside its window, or in another's, is a warning."""
    lab.level("S", "CMR", 0.001, day=day, timepoint=label)
    level = lab.run().level("S")
    assert level["timepoint"] == label
    assert ("TIMEPOINT_OUTSIDE_WINDOW" in level["flags"]) == flagged


def test_no_day_and_no_label_is_not_placed(lab: Any) -> None:
    """Such a sample keeps its level and makes no row."""
    lab.level("S", "POS", 1)
    results = lab.run()
    level = results.level("S")
    assert (level["category"], level["timepoint"], level["flags"]) == ("POS", "", "NO_DAY")
    assert {row["category"] for row in results.table("series.tsv")} == {"missing"}


def test_a_label_alone_places_a_sample(lab: Any) -> None:
    """A label without a day is enough; the row has no day."""
    lab.level("S", "POS", 1, timepoint="d45")
    row = lab.run().row("P1", "d45")
    assert (row["category"], row["day"]) == ("POS", "")


def test_equal_duplicates_count_once(lab: Any) -> None:
    """The first of two equal results counts, the second says so."""
    lab.level("S1", "POS", 1, day=22)
    lab.level("S2", "POS", 1 * (1 + 5e-7), day=22)
    results = lab.run()
    assert results.row("P1", "d22")["sample_id"] == "S1"
    assert "DUPLICATE_SAMPLE" in results.level("S2")["flags"]
    assert "DUPLICATE_SAMPLE" not in results.level("S1")["flags"]


@pytest.mark.parametrize(
    ("first", "second"),
    [(("POS", 1.0), ("POS", 3.17)), (("POS", 3.17), ("POS", 1.0)), (("CMR", 0.001), ("POS", 1.0)),
     (("PNQ", 0.004), ("POS", 1.0))],
)  # fmt: skip
def test_different_duplicates_contradict_each_other(
    lab: Any, first: tuple[str, float], second: tuple[str, float]
) -> None:
    """Two different results of one moment: both keep their values and none enters the series."""
    lab.level("S1", *first, day=22)
    lab.level("S2", *second, day=22)
    results = lab.run()
    for sample_id, category in (("S1", first[0]), ("S2", second[0])):
        level = results.level(sample_id)
        assert level["category"] == category
        assert level["ratio_percent"] != ""
        assert "CONFLICTING_DUPLICATES" in level["flags"]
    row = results.row("P1", "d22")
    assert row["category"] == "not_evaluable"
    assert "CONFLICTING_DUPLICATES" in row["flags"]


def test_beside_a_conflict_a_result_that_is_none_is_set_aside(lab: Any) -> None:
    """A run that gave nothing contradicts nobody, even where two others contradict each other."""
    lab.level("S1", "CMR", 0.001, day=22)
    lab.level("S2", "POS", 1.0, day=22)
    lab.level("S3", "not_evaluable", 1.0, day=22)
    results = lab.run()
    assert "CONFLICTING_DUPLICATES" in results.level("S2")["flags"]
    flags = results.level("S3")["flags"]
    assert "DUPLICATE_SAMPLE" in flags
    assert "CONFLICTING_DUPLICATES" not in flags


def test_the_later_row_wins_where_the_setting_says_so(lab: Any) -> None:
    """duplicates: last takes the later row of the sheet."""
    lab.level("S1", "CMR", 0.001, day=22)
    lab.level("S2", "POS", 1.0, day=22)
    results = lab.run(MrdSettings(duplicates="last"))
    assert results.row("P1", "d22")["category"] == "POS"
    assert "DUPLICATE_SAMPLE" in results.level("S1")["flags"]


@pytest.mark.parametrize("order", [("not_evaluable", "POS"), ("POS", "not_evaluable")])
def test_a_failed_run_and_its_repeat_do_not_contradict(lab: Any, order: tuple[str, str]) -> None:
    """A repeat after a run that gave nothing counts: nothing is no result to contradict."""
    for number, category in enumerate(order):
        lab.level(f"S{number}", category, 1.0, day=22)
    results = lab.run()
    row = results.row("P1", "d22")
    assert (row["category"], row["flags"]) == ("POS", "NO_EARLIER_SAMPLE")
    assert "CONFLICTING_DUPLICATES" not in results.codes()


def test_one_sample_on_two_plates_is_a_duplicate(lab: Any) -> None:
    """The same sample measured on two plates is the same moment twice."""
    lab.level("S1", "POS", 1, day=22, plate_id="A")
    lab.level("S1", "POS", 4, day=22, plate_id="B")
    results = lab.run()
    assert results.row("P1", "d22")["category"] == "not_evaluable"
    assert {r["plate_id"] for r in results.table("levels.tsv")} == {"A", "B"}


@pytest.mark.parametrize("what", ["transcript", "material", "day"])
def test_another_transcript_material_or_day_is_no_duplicate(lab: Any, what: str) -> None:
    """Only the same patient, transcript, day and material are one moment."""
    lab.patient("P1", "p190+p210")
    other: dict[str, Any] = {
        "transcript": {"transcript": "p190", "day": 22},
        "material": {"material": "PB", "day": 22},
        "day": {"day": 23},
    }[what]
    lab.level("S1", "POS", 1, day=22)
    lab.level("S2", "POS", 4, **other)
    assert not {"DUPLICATE_SAMPLE", "CONFLICTING_DUPLICATES"} & lab.run().codes()


def test_a_conflict_in_one_transcript_hides_a_response_of_the_other(lab: Any) -> None:
    """Of two transcripts one in conflict: a CMR of the other is not evaluable, a POS stays POS."""
    lab.patient("P1", "p190+p210")
    lab.level("S1", "POS", 1, day=22, transcript="p190")
    lab.level("S2", "POS", 4, day=22, transcript="p190")
    lab.level("S3", "CMR", 0.001, day=22)
    lab.level("S4", "POS", 1, day=45, transcript="p190")
    lab.level("S5", "POS", 4, day=45, transcript="p190")
    lab.level("S6", "POS", 3, day=45)
    results = lab.run()
    assert results.row("P1", "d22")["category"] == "not_evaluable"
    assert results.row("P1", "d45")["category"] == "POS"


@pytest.mark.parametrize(
    ("first", "second", "speaks", "category"),
    [
        # two POS within half a log, bounds included: the one with more control copies
        (("POS", 1.0), ("POS", 3.16), "S1", "POS"), (("POS", 3.16), ("POS", 1.0), "S1", "POS"),
        # two negatives, two low positives: the one with more control copies
        (("CMR", 0.004), ("CMR", 0.001), "S2", "CMR"),
        (("CMR", 0.001), ("CMR", 0.004), "S1", "CMR"),
        (("PNQ", 0.02), ("PNQ", 0.004), "S2", "PNQ"),
        # of a negative and a low positive the positive
        (("CMR", 0.0001), ("PNQ", 0.02), "S2", "PNQ"),
        (("PNQ", 0.02), ("CMR", 0.0001), "S1", "PNQ"),
    ],
)  # fmt: skip
def test_agreeing_reruns_are_one(
    lab: Any, first: tuple[str, float], second: tuple[str, float], speaks: str, category: str
) -> None:
    """A rerun that agrees is told on the row that does not speak, and the moment is evaluable."""
    lab.level("S1", *first, day=22)
    lab.level("S2", *second, day=22)
    results = lab.run()
    row = results.row("P1", "d22")
    assert (row["category"], row["sample_id"]) == (category, speaks)
    silent = "S2" if speaks == "S1" else "S1"
    assert "RERUN_AGREES" in results.level(silent)["flags"]
    assert "RERUN_AGREES" not in results.level(speaks)["flags"]
    assert not {"DUPLICATE_SAMPLE", "CONFLICTING_DUPLICATES"} & results.codes()


def test_more_control_copies_speak_among_positives(lab: Any) -> None:
    """The rerun from more cDNA speaks, whichever comes first in the sheet."""
    for sample_id, control in (("S1", 20_000.0), ("S2", 50_000.0), ("S3", 30_000.0)):
        rows = [(sample_id, "BCR-ABL1", control / 100), (sample_id, "ABL1", control)]
        lab.copies(rows, f"plate-{sample_id}")
        lab.sample(sample_id, f"plate-{sample_id}", day=22)
    lab.copies([("S4", "BCR-ABL1", 300), ("S4", "ABL1", 15_000)], "plate-S4")
    lab.sample("S4", "plate-S4", day=22)
    results = lab.run()
    assert results.row("P1", "d22")["sample_id"] == "S2"
    assert "RERUN_AGREES" in results.level("S3")["flags"]


def positive_of_unknown_amount(lab: Any, sample_id: str, copies: float, **fields: Any) -> None:
    """A sample whose control gene failed: 500 copies, so that there is no level."""
    rows = [(sample_id, "BCR-ABL1", copies), (sample_id, "ABL1", 500)]
    lab.copies(rows, f"plate-{sample_id}", transcript=fields.pop("transcript", "p210"))
    lab.sample(sample_id, f"plate-{sample_id}", **fields)


@pytest.mark.parametrize(
    ("copies", "other", "category"),
    [
        (500, ("POS", 1.0), "POS"), (1, ("POS", 1.0), "POS"),
        (500, ("CMR", 0.001), "not_evaluable"), (1, ("CMR", 0.001), "not_evaluable"),
        (500, ("PNQ", 0.02), "not_evaluable"), (1, ("PNQ", 0.02), "PNQ"),
        (500, ("not_evaluable", 0.0), "POS_UNQUANTIFIED"),
    ],
)  # fmt: skip
def test_a_positive_without_a_level_and_another_run(
    lab: Any, copies: float, other: tuple[str, float], category: str
) -> None:
    """A failed rerun hides no level, and no negative stands beside a positive."""
    for order in (0, 1):
        own = type(lab)(lab.folder / str(order))
        own.folder.mkdir()
        for which in (order, 1 - order):
            if which:
                own.level("S1", *other, day=22)
            else:
                positive_of_unknown_amount(own, "S2", copies, day=22)
        assert own.run().row("P1", "d22")["category"] == category


def test_a_rerun_that_gave_nothing_overrides_nothing(lab: Any) -> None:
    """Under duplicates: last the last result speaks, not the last row."""
    lab.level("S1", "CMR", 0.001, day=22)
    lab.level("S2", "POS", 1.0, day=22)
    lab.level("S3", "not_evaluable", day=22)
    results = lab.run(MrdSettings(duplicates="last"))
    row = results.row("P1", "d22")
    assert (row["category"], row["sample_id"]) == ("POS", "S2")


@pytest.mark.parametrize("failed", [22, 23])
def test_the_nearest_evaluable_sample_speaks(lab: Any, failed: int) -> None:
    """A sample that gave nothing does not hide the repeat of another day, and joins none."""
    lab.level("BAD", "not_evaluable", day=failed)
    lab.level("GOOD", "CMR", 0.001, day=30)
    results = lab.run()
    row = results.row("P1", "d22")
    assert (row["category"], row["day"]) == ("CMR", "30")
    (other,) = [r for r in results.table("series.tsv") if r["timepoint"] == "unscheduled"]
    assert (other["category"], other["sample_id"]) == ("not_evaluable", "BAD")
    assert "NOT_CHOSEN" in other["flags"]


def test_a_conflict_does_not_hide_a_result_of_another_day(lab: Any) -> None:
    """Two measurements in conflict are no evaluable sample."""
    lab.level("S1", "POS", 1, day=22)
    lab.level("S2", "POS", 9, day=22)
    lab.level("S3", "POS", 2, day=25)
    row = lab.run().row("P1", "d22")
    assert (row["category"], row["day"]) == ("POS", "25")


@pytest.mark.parametrize(("apart", "joined"), [(0, True), (2, True), (3, True), (4, False)])
def test_transcripts_a_few_days_apart_belong_together(lab: Any, apart: int, joined: bool) -> None:
    """Samples of two transcripts within three days are one time point."""
    lab.patient("P1", "p190+p210")
    lab.level("S1", "CMR", 0.001, day=22, transcript="p190")
    lab.level("S2", "CMR", 0.001, day=22 + apart, transcript="p210")
    row = lab.run().row("P1", "d22")
    assert row["category"] == ("CMR" if joined else "not_evaluable")
    assert ("TRANSCRIPT_MISSING" in row["flags"]) is not joined
    assert row["day"] == str(22 + apart if joined else 22)


def test_the_sample_is_chosen_for_each_transcript(lab: Any) -> None:
    """p210 failed on the nearest day: its repeat of two days later speaks beside p190."""
    lab.patient("P1", "p190+p210")
    lab.level("S1", "CMR", 0.001, day=22, transcript="p190")
    lab.level("S1", "not_evaluable", day=22, transcript="p210")
    lab.level("S2", "PNQ", 0.02, day=24, transcript="p210")
    results = lab.run()
    row = results.row("P1", "d22")
    assert (row["category"], row["sample_id"], row["day"]) == ("PNQ", "S1;S2", "24")
    (other,) = [r for r in results.table("series.tsv") if r["timepoint"] == "unscheduled"]
    assert other["category"] == "not_evaluable"
    assert "TRANSCRIPT_MISSING" not in other["flags"]
