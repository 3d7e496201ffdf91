"""The category of a sample: every rule at, below and above its bounds."""

from __future__ import annotations

import dataclasses
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
        # control sum at, just below and just above 1000; a negative needs 10,000 in each well
        ([0, 0, 0], [500, 499.999999], "not_evaluable", "CONTROL_BELOW_MINIMUM"),
        ([0, 0, 0], [500, 500], "not_evaluable", "CONTROL_TOO_LOW_FOR_NEGATIVE"),
        ([0, 0, 0], [5000, 4999.999999], "not_evaluable", "CONTROL_TOO_LOW_FOR_NEGATIVE"),
        ([0, 0, 0], [5000, 5000], "not_evaluable", "CONTROL_TOO_LOW_FOR_NEGATIVE"),
        ([0, 0, 0], [30_000, 9999.999999], "not_evaluable", "CONTROL_TOO_LOW_FOR_NEGATIVE"),
        ([0, 0, 0], [10_000, 10_000], "CMR", ""),
        ([0, 0, 0], [10_000, 10_000.1], "CMR", ""),
        ([0, 0, 0], [0, 0], "not_evaluable", "CONTROL_BELOW_MINIMUM"),
        # a positive needs none to be positive, 1000 for a level
        ([50, 50, 50], [0, 0], "POS_UNQUANTIFIED", "CONTROL_BELOW_MINIMUM"),
        ([50, 50, 50], [500, 499.999999], "POS_UNQUANTIFIED", "CONTROL_BELOW_MINIMUM"),
        ([50, 50, 50], [500, 500], "POS", "LIMITED_MATERIAL"),
        ([50, 50, 50], [5000, 4999.999999], "POS", "LIMITED_MATERIAL"),
        ([50, 50, 50], [5000, 5000], "POS", ""),
        # a low positive needs what a negative needs
        ([5, 5, 5], [4000, 4000], "POS_UNQUANTIFIED", "BELOW_QUANTITATIVE_RANGE;LIMITED_MATERIAL"),
        ([5, 5, 5], [30_000, 9999.999999], "POS_UNQUANTIFIED",
         "BELOW_QUANTITATIVE_RANGE;LIMITED_MATERIAL"),
        ([5, 5, 5], [10_000, 10_000], "PNQ", "BELOW_QUANTITATIVE_RANGE"),
        # the quantitative range
        ([10, 10, 10], [10_000, 10_000], "POS", ""),
        ([10, 10, 10.00000001], [10_000, 10_000], "POS", ""),
        ([10, 10, 9.99999999], [10_000, 10_000], "PNQ", "BELOW_QUANTITATIVE_RANGE"),
        ([15, 15, 0], [10_000, 10_000], "POS", ""),
        ([9, 0, 0], [10_000, 10_000], "PNQ", "BELOW_QUANTITATIVE_RANGE;SINGLE_POSITIVE_WELL"),
        # one well: low up to ten times the lower end
        ([30, 0, 0], [10_000, 10_000], "PNQ", "SINGLE_POSITIVE_WELL"),
        ([99.999999, 0, 0], [10_000, 10_000], "PNQ", "SINGLE_POSITIVE_WELL"),
        ([100, 0, 0], [10_000, 10_000], "PNQ", "SINGLE_POSITIVE_WELL"),
        ([100.000001, 0, 0], [10_000, 10_000], "POS_UNQUANTIFIED",
         "REPLICATES_DISAGREE;SINGLE_POSITIVE_WELL"),
        ([2500, 0, 0], [10_000, 10_000], "POS_UNQUANTIFIED",
         "REPLICATES_DISAGREE;SINGLE_POSITIVE_WELL"),
        ([40_000], [10_000, 10_000], "POS_UNQUANTIFIED",
         "FEW_REPLICATES;REPLICATES_DISAGREE;SINGLE_POSITIVE_WELL"),
        # an undetected well beside many copies has failed: it is left out, not a zero
        ([150, 150, 0], [10_000, 10_000], "POS", "REPLICATES_DISAGREE"),
        ([40_000, 39_000, 0], [10_000, 10_000], "POS", "REPLICATES_DISAGREE"),
        # a failed control well is left out
        ([50, 50, 50], [10_000, 0], "POS", "CONTROL_REPLICATES_DISAGREE"),
        ([5, 5, 5], [10_000, 0], "PNQ", "BELOW_QUANTITATIVE_RANGE;CONTROL_REPLICATES_DISAGREE"),
        ([0, 0, 0], [10_000, 0], "CMR", "CONTROL_REPLICATES_DISAGREE"),
        ([50, 50, 50], [80, 0], "POS_UNQUANTIFIED",
         "CONTROL_BELOW_MINIMUM;CONTROL_REPLICATES_DISAGREE"),
        # fewer wells than expected, blanks excluded
        ([20, 20], [10_000, 10_000], "POS", "FEW_REPLICATES"),
        ([20, 20, 20], [20_000], "POS", "FEW_REPLICATES"),
        ([20, 20, ""], [10_000, 10_000], "POS", "FEW_REPLICATES;WELL_OMITTED"),
        (["", "", ""], [10_000, 10_000], "not_evaluable", "NO_FUSION_WELLS;WELL_OMITTED"),
        ([0, 0, 0], ["", ""], "not_evaluable", "NO_CONTROL;WELL_OMITTED"),
        ([50, 50, 50], ["", ""], "POS_UNQUANTIFIED", "NO_CONTROL;WELL_OMITTED"),
        # a well that cannot be read is left out and told; the others are judged
        ([0, 0, -1], [10_000, 10_000], "CMR", "COPIES_IMPOSSIBLE;FEW_REPLICATES"),
        ([20, 20, -1], [10_000, 10_000], "POS", "COPIES_IMPOSSIBLE;FEW_REPLICATES"),
        ([20, 20, 20, -1], [10_000, 10_000], "POS", "COPIES_IMPOSSIBLE;FEW_REPLICATES"),
        ([-1, -1, -1], [10_000, 10_000], "not_evaluable", "COPIES_IMPOSSIBLE;NO_FUSION_WELLS"),
        ([20, 20, 20], [10_000, "inf"], "POS", "COPIES_IMPOSSIBLE;FEW_REPLICATES"),
        ([20, 20, 20], ["inf"], "POS_UNQUANTIFIED", "COPIES_IMPOSSIBLE;NO_CONTROL"),
    ],
)  # fmt: skip
def test_rules(
    lab: Any, fusion: list[object], control: list[object], category: str, flags: str
) -> None:
    """Category and codes of single wells; only a level has a ratio."""
    level = run_one(lab, single("S", fusion, control))
    assert (level["category"], level["flags"]) == (category, flags)
    assert (level["ratio_percent"] == "") == (category not in ("CMR", "PNQ", "POS"))


@pytest.mark.parametrize(
    ("cts", "disagree"),
    [
        # spread up to 1.5 while the mean Ct is up to 36, 2.0 beyond
        ([34.0, 34.7, 35.5], False), ([34.0, 34.7, 35.5000001], True),
        ([35.25, 36.0, 36.75], False), ([35.0, 36.0, 37.0], True),
        ([35.0, 36.0001, 37.0], False), ([35.0, 36.5, 37.0], False),
        ([35.0, 36.5, 37.0000001], True), ([30.1, 30.8, 31.6], False),
    ],
)  # fmt: skip
def test_spread_of_replicates(lab: Any, cts: list[float], disagree: bool) -> None:
    """1.5 Ct, or 2.0 when the mean Ct is above 36; quantifiable wells that disagree are told."""
    level = run_one(lab, single("S", [50, 50, 50], [10_000, 10_000], list(cts)))
    assert level["category"] == "POS"
    assert ("REPLICATES_DISAGREE" in level["flags"]) is disagree


@pytest.mark.parametrize(
    ("copies", "category"),
    [
        # every detected well at the lower end or above: a level, and a warning
        ([10, 40, 90], "POS"), ([10.000001, 40, 90], "POS"), ([2500, 40_000, 30_000], "POS"),
        # one below: how much there is cannot be told, and it is not low
        ([9.999999, 40, 90], "POS_UNQUANTIFIED"), ([5, 40_000, 30_000], "POS_UNQUANTIFIED"),
        # all of them low is low, and disagreement does not matter
        ([1, 9, 12], "PNQ"),
    ],
)  # fmt: skip
def test_wells_that_disagree(lab: Any, copies: list[float], category: str) -> None:
    """Wells that disagree never count as a response unless all of them are low."""
    level = run_one(lab, single("S", list(copies), [10_000, 10_000], [31.0, 32.0, 34.0]))
    assert level["category"] == category
    assert "REPLICATES_DISAGREE" in level["flags"]
    assert level["molecular_response"] == ("yes" if category == "PNQ" else "no")


@pytest.mark.parametrize(
    ("cts", "mean", "flags"),
    [
        ([35.9, 36.0, ""], 20.0, "REPLICATES_DISAGREE"),
        ([35.9, 36.1, ""], 40 / 3, ""),
        ([35.9, 36.099, ""], 20.0, "REPLICATES_DISAGREE"),
        ([30.0, 30.1, ""], 20.0, "REPLICATES_DISAGREE"),
    ],
)
def test_a_failed_fusion_well_is_no_zero(
    lab: Any, cts: list[object], mean: float, flags: str
) -> None:
    """Beside wells of mean Ct below 36 an undetected one has failed; beside later ones it is 0."""
    level = run_one(lab, single("S", [20, 20, 0], [10_000, 10_000], cts))
    assert float(level["fusion_copies"]) == pytest.approx(mean)
    assert (level["category"], level["flags"]) == ("POS", flags)


@pytest.mark.parametrize(
    ("fusion", "apart", "category", "flags"),
    [
        (50, 1.5, "POS", ""), (50, 1.499999, "POS", ""),
        (50, 1.500001, "POS_UNQUANTIFIED", "CONTROL_REPLICATES_DISAGREE"),
        (5, 1.5, "PNQ", "BELOW_QUANTITATIVE_RANGE"),
        (5, 1.500001, "POS_UNQUANTIFIED", "CONTROL_REPLICATES_DISAGREE"),
        (0, 1.5, "CMR", ""),
        (0, 1.500001, "not_evaluable", "CONTROL_REPLICATES_DISAGREE"),
    ],
)  # fmt: skip
def test_control_wells_apart(
    lab: Any, fusion: float, apart: float, category: str, flags: str
) -> None:
    """Control wells more than 1.5 Ct apart make no CMR, no PNQ and no ratio."""
    rows = [f"S\tBCR-ABL1\t{fusion}\tA{n}\t" for n in range(1, 4)]
    rows += [f"S\tABL1\t20000\tB1\t{24.0}", f"S\tABL1\t20000\tB2\t{24.0 + apart}"]
    level = run_one(lab, "sample\ttarget\tcopies\twell\tct\n" + "\n".join(rows) + "\n")
    assert (level["category"], level["flags"]) == (category, flags)
    assert (level["ratio_percent"] == "") is (apart > 1.5)


def test_a_failed_control_well_does_not_double_the_ratio(lab: Any) -> None:
    """The control copies are those of the well that worked."""
    level = run_one(lab, single("S", [50, 50, 50], [20_000, 0]))
    assert float(level["ratio_percent"]) == pytest.approx(0.25)
    assert level["n_control_wells"] == "1"
    # however few it holds: a control gene has no late wells
    other = type(lab)(lab.folder / "other")
    other.folder.mkdir()
    assert run_one(other, single("S", [50] * 3, [80, 0]))["control_copies"] == "80"


@pytest.mark.parametrize(
    ("fusion", "control", "response"),
    [
        # k copies in three wells over the highest control well: the lower bound of 60 is 45.79
        ([60, 0, 0], [500, 400], "no"), ([1, 0, 0], [500, 400], "not_evaluable"),
        ([0.5, 0, 0], [500, 400], "not_evaluable"),
        ([900, 0, 0], [20_000, 20_000], "no"),
        ([120, 0, 0], [32_000, 10_000], "no"),  # bound 99.49 / 3 / 32,000 = 0.1036 %
        ([120, 0, 0], [34_000, 10_000], "not_evaluable"),  # 0.0975 %
        ([40_000, 0, 0], ["", ""], "not_evaluable"), ([40_000, 0, 0], [0, 0], "not_evaluable"),
    ],
)  # fmt: skip
def test_response_of_a_positive_without_a_level(
    lab: Any, fusion: list[object], control: list[object], response: str
) -> None:
    """No response where even the exact lower bound lies above 0.1 %, else not evaluable."""
    level = run_one(lab, single("S", fusion, control))
    assert (level["category"], level["molecular_response"]) == ("POS_UNQUANTIFIED", response)
    assert level["ratio_percent"] == level["ratio_is_percent"] == ""


@pytest.mark.parametrize(
    ("count", "bound"), [(1, 0.0253), (4, 1.0899), (10, 4.7954), (100, 81.3635)]
)
def test_the_lower_bound_is_that_of_the_tables(lab: Any, count: int, bound: float) -> None:
    """The 95 % limits of a Poisson count as printed (Garwood 1936)."""
    for sample_id, percent, response in (("LOW", 1.001, "not_evaluable"), ("HIGH", 0.999, "no")):
        control = bound / 3 / 0.001 * percent
        settings = MrdSettings(abl1_min_any=1e9, abl1_min_valid=1e9, abl1_min_replicate=0)
        other = type(lab)(lab.folder / sample_id)
        other.folder.mkdir()
        level = run_one(other, single("S", [count, 0, 0], [control, control]), settings)
        assert level["molecular_response"] == response


@pytest.mark.parametrize("copies", [900.0, 1e6])
def test_a_positive_on_a_failed_curve_is_no_response(
    lab: Any, writers: ModuleType, copies: float
) -> None:
    """How much there is cannot be told; that it is there can."""
    wells = writers.make_plate({"S": ((copies,) * 3, (2e4,) * 2)}, slope=-4.2, intercept=42)
    level = run_one(lab, writers.quantstudio(wells))
    assert (level["category"], level["ratio_percent"]) == ("POS_UNQUANTIFIED", "")
    assert level["molecular_response"] == "not_evaluable"
    assert level["flags"] == "CURVE_FAILED"


@pytest.mark.parametrize(
    ("control", "n_fusion", "depth"),
    [
        (10_000, 3, "MR4"), (10_000, 1, "MR4"), (32_000 / 3, 3, "MR4.5"),
        (31_999.999 / 3, 3, "MR4"), (32_000, 1, "MR4.5"), (31_999.999, 1, "MR4"),
        (100_000 / 3, 3, "MR5"), (99_999.999 / 3, 3, "MR4.5"), (100_000.001 / 3, 3, "MR5"),
    ],
)  # fmt: skip
def test_depth(lab: Any, control: float, n_fusion: int, depth: str) -> None:
    """Depth of a negative by the control copies of the cDNA tested in the fusion wells.

    However many control wells there are.
    """
    level = run_one(lab, single("S", [0] * n_fusion, [control] * 4))
    assert (level["category"], level["depth"], level["ratio_percent"]) == ("CMR", depth, "0")
    expected = 100 / (control * n_fusion)
    assert float(level["detection_limit_percent"]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("wells", "depth", "total"), [("", "MR4", 20_000), (1, "MR4", 20_000), (2, "MR4.5", 40_000)]
)
def test_an_averaged_row_counts_once_unless_it_says_more(
    lab: Any, wells: object, depth: str, total: float
) -> None:
    """A mean of the laboratory is one tested volume, or as many as its column `wells` says."""
    header = "sample\ttarget\tcopies\twells\n"
    level = run_one(lab, f"{header}S\tBCR-ABL1\t0\t{wells}\nS\tABL1\t20000\t{wells}\n")
    assert (level["category"], level["depth"]) == ("CMR", depth)
    assert float(level["control_copies_sum"]) == total
    assert float(level["detection_limit_percent"]) == pytest.approx(100 / total)


def test_numbers_of_a_level(lab: Any) -> None:
    """Means count undetected wells as 0; the control sum is a sum; positives have no depth."""
    level = run_one(lab, single("S", [30, 15, 0], [9000, 11000]))
    found = {k: float(level[k]) for k in (
        "fusion_copies", "control_copies", "control_copies_sum", "ratio_percent",
        "detection_limit_percent", "n_fusion_wells", "n_fusion_detected", "n_control_wells",
    )}  # fmt: skip
    assert found == pytest.approx({
        "fusion_copies": 15, "control_copies": 10000, "control_copies_sum": 20000,
        "ratio_percent": 0.15, "detection_limit_percent": 100 / 30_000, "n_fusion_wells": 3,
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
     ([30, 30, 0], 2, "POS", ""),
     ([101, 0, 0], 2, "POS_UNQUANTIFIED", "REPLICATES_DISAGREE;SINGLE_POSITIVE_WELL")],
)  # fmt: skip
def test_wells_needed_for_a_positive(
    lab: Any, fusion: list[object], needed: int, category: str, code: str
) -> None:
    """A laboratory that asks for two of three wells calls one well negative, and it is told.

    A well of many copies is no chance and never negative.
    """
    settings = MrdSettings(min_positive_replicates=needed)
    level = run_one(lab, single("S", fusion, [10_000, 10_000]), settings)
    assert (level["category"], level["flags"]) == (category, code)


@pytest.mark.parametrize(
    ("ct", "category"), [(35.999, "PNQ"), (36.0, "CMR"), (36.001, "CMR"), (28.0, "PNQ")]
)
def test_a_lone_early_well_is_never_negative(lab: Any, ct: float, category: str) -> None:
    """Under min_positive_replicates: 2 one well below Ct 36 is a positive, told as such."""
    content = single("S", [30, 0, 0], [10_000, 10_000], [ct, "", ""])
    level = run_one(lab, content, MrdSettings(min_positive_replicates=2))
    assert level["category"] == category
    assert "SINGLE_POSITIVE_WELL" in level["flags"]


def test_limits_on_the_mean_of_the_control(lab: Any) -> None:
    """abl1_basis: mean holds the mean against the limits."""
    content = single("S", [0, 0, 0], [6000, 6000])
    either = MrdSettings(abl1_min_replicate=0)
    other = type(lab)(lab.folder / "other")
    other.folder.mkdir()
    assert run_one(other, content, either)["category"] == "CMR"
    assert (
        run_one(lab, content, MrdSettings(abl1_basis="mean", abl1_min_replicate=0))["category"]
        == "not_evaluable"
    )


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


@pytest.mark.parametrize(
    ("plate", "code"),
    [
        ({"intercept": 36.0}, "INTERCEPT_UNUSUAL"),
        ({"fusion_levels": (10, 100, 1000, 1e5, 1e6)}, "LEVELS_APART"),
        ({}, "STANDARD_SPREAD"),
    ],
)
def test_a_doubtful_curve_warns_every_sample(
    lab: Any, writers: ModuleType, plate: dict[str, Any], code: str
) -> None:
    """Positive or negative, a sample says what is doubtful about the standards of its run."""
    samples = {"S": ((1000.0,) * 3, (2e4,) * 2), "N": ((None,) * 3, (2e4,) * 2)}
    wells = writers.make_plate(samples, **plate)
    if not plate:
        wells[0] = dataclasses.replace(wells[0], ct=wells[0].ct + 2)
    lab.plate(writers.quantstudio(wells))
    lab.sample("S", day=22)
    lab.sample("N", day=45)
    results = lab.run()
    found = {name: results.level(name) for name in ("S", "N")}
    assert {name: row["flags"] for name, row in found.items()} == {"S": code, "N": code}
    assert {name: row["category"] for name, row in found.items()} == {"S": "POS", "N": "CMR"}


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
    level = run_one(lab, single("S", [0, 0, 0], [10_000, 10_000]), transcript=plate)
    assert (level["transcript"], level["category"]) == (transcript, category)
    assert ("TRANSCRIPT_UNKNOWN" in level["flags"]) == (not transcript)


def test_first_rule_that_fits_decides(lab: Any) -> None:
    """A sample without control and transcript is told the transcript first."""
    lab.patient("P1", None)
    level = run_one(lab, single("S", [0, 0, 0], []), transcript=None)
    assert level["flags"] == "TRANSCRIPT_UNKNOWN"
