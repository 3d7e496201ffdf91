"""The series of a patient: worked examples, boundaries, order, transcripts."""

from __future__ import annotations

from typing import Any

import pytest

DAYS: dict[str, dict[str, Any]] = {
    "d0": {"day": 0}, "d22": {"day": 22}, "d45": {"day": 45}, "d57": {"day": 57},
    "d85": {"day": 85},
    "blina_c1": {"day": 130, "timepoint": "blina_c1"},
}  # fmt: skip

EXAMPLES = [
    ([("d0", "POS", 80), ("d22", "POS", 8)], "d22", "-1", "no", "no", "no"),
    ([("d45", "POS", 0.1), ("d57", "POS", 0.317)], "d57", "0.5011", "yes", "no", "no"),
    ([("d45", "POS", 0.1), ("d57", "POS", 0.316)], "d57", "0.4997", "no", "no", "no"),
    ([("d45", "CMR", 0.001), ("d57", "POS", 0.02)], "d57", "", "yes", "no", "no"),
    ([("d45", "PNQ", 0.004), ("d57", "PNQ", 0.02)], "d57", "", "no", "no", "no"),
    ([("d45", "CMR", 0.001), ("d57", "PNQ", 0.02)], "d57", "", "no", "no", "no"),
    ([("d45", "POS", 0.1), ("d57", "not_evaluable", 0), ("d85", "POS", 0.5)],
     "d85", "0.699", "yes", "no", "no"),
    ([("d57", "POS", 0.01), ("blina_c1", "POS", 1.0)], "blina_c1", "2", "no", "yes", "yes"),
    ([("d57", "POS", 0.01), ("blina_c1", "POS", 0.99)], "blina_c1", "1.9956", "no", "no", "no"),
    ([("d85", "CMR", 0.001), ("blina_c1", "POS", 0.2)], "blina_c1", "", "no", "no", "yes"),
    ([("d22", "POS", 0.01), ("d45", "POS", 5), ("d57", "POS", 1.2)],
     "d57", "-0.6198", "no", "yes", "yes"),
]  # fmt: skip


@pytest.mark.parametrize(("series", "at", "change", "increase", "relapse", "imputed"), EXAMPLES)
def test_worked_examples(
    lab: Any,
    series: list[tuple[str, str, float]],
    at: str,
    change: str,
    increase: str,
    relapse: str,
    imputed: str,
) -> None:
    """Every worked example of the specification, one transcript."""
    for place, category, value in series:
        lab.level(f"S-{place}", category, value, **DAYS[place])
    results = lab.run()
    for place, category, _ in series:
        assert results.level(f"S-{place}")["category"] == category
    row = results.row("P1", at)
    assert (row["mrd_increase"], row["molecular_relapse"]) == (increase, relapse)
    assert row["molecular_relapse_imputed"] == imputed
    if change:
        assert float(row["log10_change"]) == pytest.approx(float(change), abs=5e-5)
    else:
        assert row["log10_change"] == ""


def test_blood_is_in_no_series(lab: Any) -> None:
    """A positive blood sample after a negative marrow is reported and makes no row."""
    lab.level("S45", "CMR", 0.001, day=45)
    lab.level("B57", "POS", 3, day=57, material="PB")
    results = lab.run()
    assert results.row("P1", "d57")["category"] == "missing"
    level = results.level("B57")
    assert (level["category"], level["timepoint"]) == ("POS", "")
    assert "MATERIAL_PB" in level["flags"]


@pytest.mark.parametrize(
    ("rise", "increase"), [(0.5, "yes"), (0.5 - 1e-10, "yes"), (0.5 - 1e-8, "no"), (0.6, "yes")]
)
def test_half_a_log_is_an_increase(lab: Any, rise: float, increase: str) -> None:
    """The limit belongs to the increase, compared after rounding to nine decimals."""
    lab.level("S45", "POS", 0.1, day=45)
    lab.level("S57", "POS", 0.1 * 10**rise, day=57)
    assert lab.run().row("P1", "d57")["mrd_increase"] == increase


@pytest.mark.parametrize(("rise", "relapse"), [(2.0, "yes"), (2 - 1e-10, "yes"), (2 - 1e-8, "no")])
def test_two_logs_are_a_relapse(lab: Any, rise: float, relapse: str) -> None:
    """Two logs over the nadir belong to relapse, compared after rounding to nine decimals."""
    lab.level("S45", "POS", 0.01, day=45)
    lab.level("S57", "POS", 0.01 * 10**rise, day=57)
    assert lab.run().row("P1", "d57")["molecular_relapse"] == relapse


@pytest.mark.parametrize(("limit", "imputed"), [(0.002, "yes"), (0.00200001, "no")])
def test_imputed_relapse_takes_a_negative_as_its_limit(
    lab: Any, limit: float, imputed: str
) -> None:
    """Exactly two logs over the detection limit of an earlier CMR count."""
    lab.level("S45", "CMR", limit, day=45)
    lab.level("S57", "POS", 0.2, day=57)
    row = lab.run().row("P1", "d57")
    assert (row["molecular_relapse"], row["molecular_relapse_imputed"]) == ("no", imputed)


def test_every_time_point_has_a_row_in_order(lab: Any) -> None:
    """A patient without samples has ten missing rows, in the order of the config."""
    lab.patient("P9")
    rows = lab.run().table("series.tsv")
    assert [row["timepoint"] for row in rows] == [
        "diagnosis", "d22", "d45", "d57", "d85", *(f"blina_c{n}" for n in range(1, 6))
    ]  # fmt: skip
    assert {row["category"] for row in rows} == {"missing"}
    assert all(row["mrd_increase"] == row["day"] == row["molecular_relapse"] == "" for row in rows)


def test_rows_are_in_order_of_time(lab: Any) -> None:
    """Unscheduled rows stand by their day; a missing label without a day follows the one before."""
    lab.level("S45", "CMR", 0.001, day=45)
    lab.level("S36", "CMR", 0.001, day=36)
    lab.level("SC2", "CMR", 0.001, day=160, timepoint="blina_c2")
    lab.level("S110", "CMR", 0.001, day=110)
    rows = [(r["timepoint"], r["day"]) for r in lab.run().table("series.tsv")]
    assert rows == [
        ("diagnosis", ""), ("d22", ""), ("unscheduled", "36"), ("d45", "45"), ("d57", ""),
        ("d85", ""), ("blina_c1", ""), ("unscheduled", "110"), ("blina_c2", "160"),
        ("blina_c3", ""), ("blina_c4", ""), ("blina_c5", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "increase"), [(1, "yes"), (14, "yes"), (98, "yes"), (99, "no"), (120, "no")]
)
def test_unscheduled_rows_of_induction(lab: Any, day: int, increase: str) -> None:
    """An unscheduled row lies in induction from day 1 to the last induction day."""
    lab.level("S0", "POS", 0.1, day=0)
    lab.level("S85", "CMR", 0.001, day=85)
    lab.level("X", "POS", 1, day=day)
    rows = [r for r in lab.run().table("series.tsv") if r["sample_id"] == "X"]
    assert [(r["timepoint"], r["mrd_increase"]) for r in rows] == [("unscheduled", increase)]


def test_diagnosis_is_no_increase_and_lacks_nothing(lab: Any) -> None:
    """A diagnosis row has nothing before it and that is no remark; a follow-up row says so."""
    lab.level("S0", "POS", 80, day=0)
    lab.level("T22", "CMR", 0.001, day=22, patient_id="P2")
    results = lab.run()
    row = results.row("P1", "diagnosis")
    assert (row["mrd_increase"], row["molecular_relapse"], row["flags"]) == ("no", "no", "")
    assert results.row("P2", "d22")["flags"] == "NO_EARLIER_SAMPLE"
    assert results.row("P2", "d22")["mrd_increase"] == "no"


def test_worst_transcript_speaks(lab: Any) -> None:
    """POS beats all; the ratio is the highest among the transcripts in that category."""
    lab.patient("P1", "p190+p210")
    for day, pair in ((22, ("CMR", "POS")), (45, ("CMR", "PNQ")), (57, ("CMR", "CMR"))):
        for transcript, category, value in zip(("p190", "p210"), pair, (0.003, 0.01), strict=True):
            lab.level(f"S{day}", category, value, transcript=transcript, day=day)
    results = lab.run()
    found = [results.row("P1", f"d{day}") for day in (22, 45, 57)]
    assert [row["category"] for row in found] == ["POS", "PNQ", "CMR"]
    assert [float(row["ratio_percent"]) for row in found] == [0.01, 0.01, 0.0]


@pytest.mark.parametrize(
    ("category", "expected"), [("CMR", "not_evaluable"), ("PNQ", "not_evaluable"), ("POS", "POS")]
)
def test_a_missing_transcript_leaves_only_positives(lab: Any, category: str, expected: str) -> None:
    """A patient with two transcripts and one measured is evaluable only when that is POS."""
    lab.patient("P1", "p190+p210")
    lab.level("S22", category, 0.02, transcript="p190", day=22)
    row = lab.run().row("P1", "d22")
    assert row["category"] == expected
    assert "TRANSCRIPT_MISSING" in row["flags"]


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (("not_evaluable", "CMR"), "not_evaluable"),
        (("not_evaluable", "PNQ"), "not_evaluable"),
        (("not_evaluable", "POS"), "POS"),
        (("PNQ", "PNQ"), "PNQ"),
    ],
)
def test_not_evaluable_transcript(lab: Any, pair: tuple[str, str], expected: str) -> None:
    """A transcript that is not evaluable hides a response, not a positive."""
    lab.patient("P1", "p190+p210")
    for transcript, category in zip(("p190", "p210"), pair, strict=True):
        lab.level("S22", category, 0.02, transcript=transcript, day=22)
    assert lab.run().row("P1", "d22")["category"] == expected


def test_changes_are_within_one_transcript(lab: Any) -> None:
    """p190 rising while p210 falls is an increase: the largest change over transcripts counts."""
    lab.patient("P1", "p190+p210")
    for day, ratios in ((45, (0.1, 10.0)), (57, (1.0, 0.5))):
        for transcript, ratio in zip(("p190", "p210"), ratios, strict=True):
            lab.level(f"S{day}", "POS", ratio, transcript=transcript, day=day)
    row = lab.run().row("P1", "d57")
    assert float(row["log10_change"]) == pytest.approx(1.0)
    assert (row["mrd_increase"], float(row["ratio_percent"])) == ("yes", 1.0)


def test_blank_triggers_on_rows_without_result(lab: Any) -> None:
    """Missing and not evaluable rows have neither yes nor no."""
    lab.level("S22", "not_evaluable", day=22)
    row = lab.run().row("P1", "d22")
    assert row["category"] == "not_evaluable"
    assert row["ratio_percent"] == row["mrd_increase"] == row["molecular_relapse"] == ""


def test_negative_rows_carry_limit_and_depth(lab: Any) -> None:
    """A CMR has its detection limit for the figure and its depth."""
    lab.level("S22", "CMR", 0.002, day=22)
    row = lab.run().row("P1", "d22")
    assert (row["ratio_percent"], row["detection_limit_percent"], row["depth"]) == (
        "0",
        "0.002",
        "MR4.5",
    )


def unquantified(lab: Any, sample_id: str, copies: float, **fields: Any) -> None:
    """A positive with 500 copies of control: no level; from about 6 copies on no response."""
    transcript = fields.pop("transcript", "p210")
    plate = f"plate-{sample_id}-{transcript}"
    lab.copies([(sample_id, "BCR-ABL1", copies), (sample_id, "ABL1", 500)], plate,
               transcript=transcript)  # fmt: skip
    lab.sample(sample_id, plate, **fields)


@pytest.mark.parametrize(
    ("before", "copies", "increase"),
    [
        (("CMR", 0.001), 500, "yes"), (("PNQ", 0.02), 500, "yes"), (("POS", 0.1), 500, ""),
        (None, 500, ""), (("CMR", 0.001), 1, ""), (("POS", 0.1), 1, ""),
    ],
)  # fmt: skip
def test_increase_to_a_positive_without_a_level(
    lab: Any, before: tuple[str, float] | None, copies: float, increase: str
) -> None:
    """After a response it is an increase if it is none; otherwise nobody can tell."""
    if before:
        lab.level("S22", *before, day=22)
    unquantified(lab, "S45", copies, day=45)
    row = lab.run().row("P1", "d45")
    assert (row["category"], row["mrd_increase"]) == ("POS_UNQUANTIFIED", increase)
    assert row["molecular_response"] == ("no" if copies > 1 else "not_evaluable")
    assert row["ratio_percent"] == row["log10_change"] == row["molecular_relapse"] == ""


@pytest.mark.parametrize(("copies", "increase", "change"), [(500, "", ""), (1, "yes", "1")])
def test_increase_after_a_positive_without_a_level(
    lab: Any, copies: float, increase: str, change: str
) -> None:
    """A positive that is no response leaves the next change unknown; others are stepped over."""
    lab.level("S22", "POS", 0.1, day=22)
    unquantified(lab, "S45", copies, day=45)
    lab.level("S57", "POS", 1.0, day=57)
    row = lab.run().row("P1", "d57")
    assert (row["mrd_increase"], row["log10_change"]) == (increase, change)


@pytest.mark.parametrize(
    ("pair", "expected", "response"),
    [
        (("UNQ", "POS"), "POS", "no"), (("UNQ", "not_evaluable"), "POS_UNQUANTIFIED", "no"),
        (("UNQ", "PNQ"), "POS_UNQUANTIFIED", "no"), (("UNQ", "CMR"), "POS_UNQUANTIFIED", "no"),
        (("FEW", "CMR"), "POS_UNQUANTIFIED", "not_evaluable"),
        (("FEW", "UNQ"), "POS_UNQUANTIFIED", "no"), (("FEW", "POS"), "POS", "no"),
    ],
)  # fmt: skip
def test_rank_over_transcripts(
    lab: Any, pair: tuple[str, str], expected: str, response: str
) -> None:
    """POS, then a positive without a level, then not evaluable, PNQ, CMR."""
    lab.patient("P1", "p190+p210")
    for transcript, category in zip(("p190", "p210"), pair, strict=True):
        if category in ("UNQ", "FEW"):
            unquantified(lab, "S22", 500 if category == "UNQ" else 1, transcript=transcript, day=22)
        else:
            lab.level("S22", category, 0.02, transcript=transcript, day=22)
    row = lab.run().row("P1", "d22")
    assert (row["category"], row["molecular_response"]) == (expected, response)


@pytest.mark.parametrize(
    ("before", "now", "day", "lost"),
    [
        (("CMR", 0.001), ("POS", 0.05), 130, "yes"), (("PNQ", 0.02), ("POS", 0.05), 130, "yes"),
        (("CMR", 0.001), None, 130, "yes"), (("POS", 0.1), ("POS", 1.0), 130, "no"),
        (("CMR", 0.001), ("PNQ", 0.02), 130, "no"), (("CMR", 0.001), ("CMR", 0.001), 130, "no"),
        # the last day of induction and the next
        (("CMR", 0.001), ("POS", 0.05), 98, "no"), (("CMR", 0.001), ("POS", 0.05), 99, "yes"),
        (("CMR", 0.001), ("not_evaluable", 0.0), 130, ""),
    ],
)  # fmt: skip
def test_loss_of_response(
    lab: Any, before: tuple[str, float], now: tuple[str, float] | None, day: int, lost: str
) -> None:
    """After induction a response that is followed by none is lost, with a warning."""
    lab.level("S57", *before, day=57)
    if now is None:
        unquantified(lab, "X", 500, day=day)
    else:
        lab.level("X", *now, day=day)
    results = lab.run()
    (row,) = [r for r in results.table("series.tsv") if r["sample_id"] == "X"]
    assert row["response_lost"] == lost
    assert ("RESPONSE_LOST" in row["flags"]) is (lost == "yes")
    assert row["molecular_relapse"] in ("no", "")


def test_what_was_never_a_response_is_not_lost(lab: Any) -> None:
    """A first sample after induction that is positive has lost nothing."""
    lab.level("S130", "POS", 1.0, day=130)
    results = lab.run()
    (row,) = [r for r in results.table("series.tsv") if r["sample_id"] == "S130"]
    assert row["response_lost"] == "no"
    assert "RESPONSE_LOST" not in results.codes()


def test_loss_is_told_once_and_against_the_last_assessable_sample(lab: Any) -> None:
    """Samples that say nothing are stepped over; a second positive loses nothing more."""
    lab.level("S57", "CMR", 0.001, day=57)
    lab.level("S120", "not_evaluable", day=120)
    lab.level("S130", "POS", 0.5, day=130)
    lab.level("S140", "POS", 0.4, day=140)
    rows = {r["sample_id"]: r["response_lost"] for r in lab.run().table("series.tsv")}
    assert [rows[f"S{day}"] for day in (57, 120, 130, 140)] == ["no", "", "yes", "no"]


@pytest.mark.parametrize(
    ("factors", "change"),
    [
        ((0.5, 2.0), 0.4 + 0.60206), ((2.0, 0.5), 0.4 - 0.60206), ((0.5, 0.5), 0.4),
        ((None, 2.0), 0.4), ((0.5, None), 0.4), ((None, None), 0.4),
    ],
)  # fmt: skip
def test_changes_are_on_the_international_scale_where_both_have_one(
    lab: Any, factors: tuple[float | None, float | None], change: float
) -> None:
    """Two reagent lots of different conversion factors compare by the scale, not by the ratio."""
    for (day, ratio), factor in zip(((45, 0.1), (57, 0.1 * 10**0.4)), factors, strict=True):
        lab.copies([(f"S{day}", "BCR-ABL1", ratio * 1000), (f"S{day}", "ABL1", 100_000)], f"p{day}",
                   conversion_factor=factor)  # fmt: skip
        lab.sample(f"S{day}", f"p{day}", day=day)
    row = lab.run().row("P1", "d57")
    assert float(row["log10_change"]) == pytest.approx(change, abs=1e-4)
    assert row["mrd_increase"] == ("yes" if change >= 0.5 else "no")


def test_relapse_over_a_limit_is_on_the_international_scale(lab: Any) -> None:
    """An earlier negative is taken as its detection limit on the scale."""
    for day, copies, factor in ((45, 0, 0.5), (57, 60, 1.0)):
        lab.copies([(f"S{day}", "BCR-ABL1", copies), (f"S{day}", "ABL1", 100_000)], f"p{day}",
                   conversion_factor=factor)  # fmt: skip
        lab.sample(f"S{day}", f"p{day}", day=day)
    # 0.06 % over 0.001 % are 60-fold, on the scale 120-fold
    assert lab.run().row("P1", "d57")["molecular_relapse_imputed"] == "yes"


@pytest.mark.parametrize(
    ("day", "events", "after"),
    [
        (120, {"relapse_day": 120}, ""), (121, {"relapse_day": 120}, "relapse"),
        (120, {"transplant_day": 120}, ""), (121, {"transplant_day": 120}, "transplant"),
        (130, {"relapse_day": 125, "transplant_day": 120}, "relapse;transplant"),
        (119, {"relapse_day": 120}, ""), (130, {}, ""),
    ],
)  # fmt: skip
def test_samples_after_an_event_say_so(
    lab: Any, day: int, events: dict[str, int], after: str
) -> None:
    """A sample of the day of the event is before it."""
    lab.patient("P1", "p210", **events)
    lab.level("X", "CMR", 0.001, day=day, timepoint="blina_c1")
    assert lab.run().row("P1", "blina_c1")["after_event"] == after
