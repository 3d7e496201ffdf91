"""The category of a sample: every rule at, below and above its bounds."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from der22.mrd.settings import MrdSettings

ONE_LEVEL = (10.0, 100.0, 1000.0, 10_000.0, 100_000.0)


def single(
    sample: str, fusion: list[object], control: list[object], cts: list[object] | None = None
) -> str:
    """Copies table of single wells; `cts` are the Ct of the fusion wells."""
    lines = ["sample\ttarget\tcopies\twell\tct"]
    for n, copies in enumerate(fusion):
        lines.append(f"{sample}\tBCR-ABL1\t{copies}\tA{n + 1}\t{cts[n] if cts else ''}")
    lines += [f"{sample}\tABL1\t{copies}\tB{n + 1}\t" for n, copies in enumerate(control)]
    return "\n".join(lines) + "\n"


def run_one(
    lab: Any, content: str | bytes, settings: MrdSettings | None = None, **plate: Any
) -> dict[str, str]:
    """Level of sample S on one plate."""
    lab.plate(content, **plate)
    lab.sample("S", day=22)
    level: dict[str, str] = lab.run(settings).level("S")
    return level


@pytest.mark.parametrize(
    ("fusion", "control", "category", "flags"),
    [
        # control sum at, just below and just above 1000 and 10000
        ([0, 0, 0], [500, 499.999999], "not_evaluable", "CONTROL_BELOW_MINIMUM"),
        ([0, 0, 0], [500, 500], "not_evaluable", "CONTROL_TOO_LOW_FOR_NEGATIVE"),
        ([0, 0, 0], [5000, 4999.999999], "not_evaluable", "CONTROL_TOO_LOW_FOR_NEGATIVE"),
        ([0, 0, 0], [5000, 5000], "CMR", ""),
        ([0, 0, 0], [0, 0], "not_evaluable", "CONTROL_BELOW_MINIMUM"),
        ([50, 50, 50], [500, 499], "not_evaluable", "CONTROL_BELOW_MINIMUM"),
        ([50, 50, 50], [500, 500], "POS", "LIMITED_MATERIAL"),
        ([50, 50, 50], [5000, 4999.999999], "POS", "LIMITED_MATERIAL"),
        ([50, 50, 50], [5000, 5000], "POS", ""),
        ([5, 5, 5], [4000, 4000], "PNQ", "BELOW_QUANTITATIVE_RANGE;LIMITED_MATERIAL"),
        # the quantitative range
        ([10, 10, 10], [9000, 9000], "POS", ""),
        ([10, 10, 9.99999999], [9000, 9000], "PNQ", "BELOW_QUANTITATIVE_RANGE"),
        ([30, 0, 0], [9000, 9000], "PNQ", "SINGLE_POSITIVE_WELL"),
        ([15, 15, 0], [9000, 9000], "POS", ""),
        ([9, 0, 0], [9000, 9000], "PNQ", "BELOW_QUANTITATIVE_RANGE;SINGLE_POSITIVE_WELL"),
        # fewer wells than expected, blanks excluded
        ([20, 20], [9000, 9000], "POS", "FEW_REPLICATES"),
        ([20, 20, 20], [18000], "POS", "FEW_REPLICATES"),
        ([20, 20, ""], [9000, 9000], "POS", "FEW_REPLICATES;WELL_OMITTED"),
        (["", "", ""], [9000, 9000], "not_evaluable", "NO_FUSION_WELLS;WELL_OMITTED"),
        ([0, 0, 0], ["", ""], "not_evaluable", "NO_CONTROL;WELL_OMITTED"),
        ([0, 0, -1], [9000, 9000], "not_evaluable", "COPIES_IMPOSSIBLE;FEW_REPLICATES"),
        ([20, 20, 20], [9000, "inf"], "not_evaluable", "COPIES_IMPOSSIBLE;FEW_REPLICATES"),
    ],
)
def test_rules(
    lab: Any, fusion: list[object], control: list[object], category: str, flags: str
) -> None:
    """Category and codes of single wells."""
    level = run_one(lab, single("S", fusion, control))
    assert (level["category"], level["flags"]) == (category, flags)
    assert (level["ratio_percent"] == "") == (category == "not_evaluable")


@pytest.mark.parametrize(
    ("cts", "category"),
    [
        # spread up to 1.5 while the mean Ct is up to 36, 2.0 beyond
        ([34.0, 34.7, 35.5], "POS"), ([34.0, 34.7, 35.5000001], "PNQ"),
        ([35.25, 36.0, 36.75], "POS"), ([35.0, 36.0, 37.0], "PNQ"),
        ([35.0, 36.0001, 37.0], "POS"), ([35.0, 36.5, 37.0], "POS"),
        ([35.0, 36.5, 37.0000001], "PNQ"), ([30.1, 30.8, 31.6], "POS"),
    ],
)  # fmt: skip
def test_spread_of_replicates(lab: Any, cts: list[float], category: str) -> None:
    """1.5 Ct, or 2.0 when the mean Ct is above 36; the bounds are allowed."""
    level = run_one(lab, single("S", [50, 50, 50], [9000, 9000], list(cts)))
    assert level["category"] == category
    assert ("REPLICATES_DISAGREE" in level["flags"]) == (category == "PNQ")


@pytest.mark.parametrize(
    ("control", "depth"),
    [
        (10_000, "MR4"),
        (31_999.999999, "MR4"),
        (32_000, "MR4.5"),
        (99_999.999999, "MR4.5"),
        (100_000, "MR5"),
    ],
)
def test_depth(lab: Any, control: float, depth: str) -> None:
    """Depth of a negative at 10,000, 32,000 and 100,000 control copies."""
    level = run_one(lab, single("S", [0, 0, 0], [control / 2, control / 2]))
    assert (level["category"], level["depth"], level["ratio_percent"]) == ("CMR", depth, "0")
    assert float(level["detection_limit_percent"]) == pytest.approx(100 / control)


def test_numbers_of_a_level(lab: Any) -> None:
    """Means count undetected wells as 0; the control sum is a sum; positives have no depth."""
    level = run_one(lab, single("S", [30, 15, 0], [9000, 11000]))
    found = {k: float(level[k]) for k in (
        "fusion_copies", "control_copies", "control_copies_sum", "ratio_percent",
        "detection_limit_percent", "n_fusion_wells", "n_fusion_detected", "n_control_wells",
    )}  # fmt: skip
    assert found == pytest.approx({
        "fusion_copies": 15, "control_copies": 10000, "control_copies_sum": 20000,
        "ratio_percent": 0.15, "detection_limit_percent": 0.005, "n_fusion_wells": 3,
        "n_fusion_detected": 2, "n_control_wells": 2})  # fmt: skip
    assert level["depth"] == ""


@pytest.mark.parametrize(("factor", "ratio"), [(1.25, 0.08), (0.83, 0.12), (2.22, 0.045)])
def test_international_scale(lab: Any, factor: float, ratio: float) -> None:
    """Published conversion factors turn their ratios into 0.1 % IS."""
    copies = ratio * 20_000 / 100
    level = run_one(lab, single("S", [copies] * 3, [20_000] * 2), conversion_factor=factor)
    assert float(level["ratio_is_percent"]) == pytest.approx(0.1, abs=0.0005)
    assert float(level["ratio_percent"]) == pytest.approx(ratio)


@pytest.mark.parametrize("transcript", ["p190", "p210"])
def test_no_international_scale_without_factor_or_for_p190(lab: Any, transcript: str) -> None:
    """p190 never has a ratio on the International Scale, p210 only with a factor."""
    lab.patient("P1", transcript)
    factor = 0.8 if transcript == "p190" else None
    level = run_one(
        lab, single("S", [50] * 3, [20_000] * 2), transcript=transcript, conversion_factor=factor
    )
    assert level["ratio_is_percent"] == ""


@pytest.mark.parametrize(
    ("fusion", "category"), [("5", "PNQ"), ("10", "POS"), ("0", "CMR"), ("Undetermined", "CMR")]
)
def test_one_averaged_row_is_judged_by_its_copies_only(
    lab: Any, fusion: str, category: str
) -> None:
    """A mean that the laboratory judged itself needs no replicates; it is mean and sum at once."""
    lab.copies([("S", "BCR-ABL1", fusion), ("S", "ABL1", 20_000)])
    lab.sample("S", day=22)
    level = lab.run().level("S")
    assert level["category"] == category
    assert "FEW_REPLICATES" not in level["flags"]
    assert level["control_copies"] == level["control_copies_sum"] == "20000"


@pytest.mark.parametrize(
    ("fusion", "needed", "category", "code"),
    [([30, 0, 0], 1, "PNQ", "SINGLE_POSITIVE_WELL"), ([30, 0, 0], 2, "CMR", "SINGLE_POSITIVE_WELL"),
     ([30, 30, 0], 2, "POS", "")],
)  # fmt: skip
def test_wells_needed_for_a_positive(
    lab: Any, fusion: list[object], needed: int, category: str, code: str
) -> None:
    """A laboratory that asks for two of three wells calls one well negative, and it is told."""
    settings = MrdSettings(min_positive_replicates=needed)
    level = run_one(lab, single("S", fusion, [9000, 9000]), settings)
    assert (level["category"], level["flags"]) == (category, code)


def test_limits_on_the_mean_of_the_control(lab: Any) -> None:
    """abl1_basis: mean holds the mean against the limits."""
    content = single("S", [0, 0, 0], [6000, 6000])
    assert run_one(lab, content, MrdSettings(abl1_basis="mean"))["category"] == "not_evaluable"


def test_lower_end_is_the_lowest_complete_standard(lab: Any, writers: ModuleType) -> None:
    """With a lowest standard of 100 copies, 99 are not quantifiable and 101 are."""
    wells = writers.make_plate(
        {"LOW": ((99,) * 3, (2e4,) * 2), "HIGH": ((101,) * 3, (2e4,) * 2)},
        fusion_levels=(100, 1000, 10_000, 100_000, 1_000_000),
    )
    lab.plate(writers.quantstudio(wells))
    lab.sample("LOW", day=22)
    lab.sample("HIGH", day=45)
    results = lab.run()
    assert results.level("LOW")["category"] == "PNQ"
    assert results.level("HIGH")["category"] == "POS"


def test_above_the_curve_is_kept_and_told(lab: Any, writers: ModuleType) -> None:
    """A sample above the highest standard keeps its category with a flag."""
    wells = writers.make_plate({"S": ((3e6,) * 3, (2e4,) * 2)})
    level = run_one(lab, writers.quantstudio(wells))
    assert (level["category"], level["flags"]) == ("POS", "ABOVE_CURVE")


def test_a_failed_control_curve_fails_negatives_too(lab: Any, writers: ModuleType) -> None:
    """Without a valid control curve there is no negative."""
    wells = writers.make_plate({"S": ((None,) * 3, (2e4,) * 2)}, control_levels=(1000, 10_000))
    level = run_one(lab, writers.quantstudio(wells))
    assert (level["category"], level["flags"], level["ratio_percent"]) == (
        "not_evaluable",
        "CURVE_FAILED",
        "",
    )


def test_no_template_row_of_a_copies_table(lab: Any) -> None:
    """A detected no-template row fails its target in a copies table too; no curve is written."""
    rows = "sample\ttarget\tcopies\ttask\nS\tBCR-ABL1\t0\t\nS\tABL1\t20000\t\nN\tBCR-ABL1\t3\tntc\n"
    lab.plate(rows)
    lab.sample("S", day=22)
    results = lab.run()
    level = results.level("S")
    assert (level["category"], level["flags"]) == ("not_evaluable", "NTC_DETECTED")
    assert results.table("A/curves.tsv") == []


@pytest.mark.parametrize(
    ("plate", "fusion", "transcript", "category"),
    [(None, "p190", "p190", "CMR"), (None, "p210", "p210", "CMR"),
     (None, "p190+p210", "", "not_evaluable"),
     (None, None, "", "not_evaluable"), ("p190", None, "p190", "CMR")],
)  # fmt: skip
def test_transcript_by_plate_or_patient(
    lab: Any, plate: str | None, fusion: str | None, transcript: str, category: str
) -> None:
    """The plate tells the transcript, else the patient's only fusion, else nobody."""
    lab.patient("P1", fusion)
    level = run_one(lab, single("S", [0, 0, 0], [9000, 9000]), transcript=plate)
    assert (level["transcript"], level["category"]) == (transcript, category)
    assert ("TRANSCRIPT_UNKNOWN" in level["flags"]) == (not transcript)


def test_first_rule_that_fits_decides(lab: Any) -> None:
    """A sample without control and transcript is told the transcript first."""
    lab.patient("P1", None)
    level = run_one(lab, single("S", [0, 0, 0], []), transcript=None)
    assert level["flags"] == "TRANSCRIPT_UNKNOWN"
