"""Real exports through the whole plate unit: the numbers that they must give."""

from __future__ import annotations

from pathlib import Path

import pytest

from der22.formats.records import MrdSample, Patient, Plate
from der22.formats.tables import read_tsv
from der22.jobs.mrd import run_plates
from der22.mrd.settings import MrdSettings

Row = dict[str, str]


def analyse(
    real_data: Path, out: Path, name: str, **fields: str
) -> tuple[list[Row], dict[str, Row], set[str]]:
    """Wells, curves by target and codes of a real export."""
    plate = Plate("A", str(real_data / "qpcr" / name), transcript="p210", **fields)  # type: ignore[arg-type]
    samples = [MrdSample("P", "S", "A", "Sample 1", day=22)]
    report = run_plates([plate], samples, {"P": Patient("P")}, MrdSettings(), out)
    wells = read_tsv(out / "mrd/A/wells.tsv")
    curves = {row["target"]: row for row in read_tsv(out / "mrd/A/curves.tsv")}
    return wells, curves, {problem.flag.code for problem in report.problems}


def close(row: Row, slope: float, intercept: float, r_squared: float) -> None:
    """Slope and intercept within 0.001, R2 within 0.0001."""
    assert float(row["slope"]) == pytest.approx(slope, abs=1e-3)
    assert float(row["intercept"]) == pytest.approx(intercept, abs=1e-3)
    assert float(row["r_squared"]) == pytest.approx(r_squared, abs=1e-4)


def mean_copies(wells: list[Row], sample: str) -> tuple[int, float]:
    """Number of detected wells of a sample and their mean copies."""
    copies = [float(w["copies"]) for w in wells if w["sample"] == sample and w["detected"] == "yes"]
    return len(copies), sum(copies) / len(copies)


def test_quantstudio(real_data: Path, tmp_path: Path) -> None:
    """qs7flex: 95 wells, the refit equals the instrument, 5K and 10K are read back."""
    wells, curves, _ = analyse(real_data, tmp_path, "qs7flex_standard_curve_example04.txt",
                               fusion_target="RNase P", control_target="-")  # fmt: skip
    row = curves["RNase P"]
    close(row, -3.3833, 39.8143, 0.9975)
    assert float(row["efficiency"]) == pytest.approx(0.9750, abs=1e-4)
    assert (row["instrument_slope"], row["instrument_intercept"]) == ("-3.383", "39.814")
    assert (row["n_levels"], row["lowest_copies"], row["highest_copies"]) == ("5", "1250", "20000")
    assert (row["status"], row["flags"]) == ("warn", "CURVE_SHORT")
    assert len(wells) == 95
    assert [w["detected"] for w in wells if w["task"] == "ntc"] == ["no"] * 4
    assert mean_copies(wells, "5K") == (36, pytest.approx(5314.75, rel=1e-3))
    assert mean_copies(wells, "10K") == (35, pytest.approx(10482.49, rel=1e-3))


def test_design_and_analysis(real_data: Path, tmp_path: Path) -> None:
    """da_qs1: the curve from the joined sheet, and both unknowns."""
    wells, curves, _ = analyse(real_data, tmp_path, "da_qs1_standard_curve_example01.xlsx",
                               fusion_target="RNaseP", control_target="-")  # fmt: skip
    close(curves["RNaseP"], -3.3419, 40.7700, 0.98802)
    assert curves["RNaseP"]["status"] == "warn"
    assert len(wells) == 96
    assert mean_copies(wells, "Unk_5K") == (36, pytest.approx(5272.01, rel=1e-3))
    assert mean_copies(wells, "Unk_10K") == (36, pytest.approx(10625.66, rel=1e-3))


def test_lightcycler(real_data: Path, tmp_path: Path) -> None:
    """lc480: seven levels, two detected no-template wells fail the run, five samples of eight."""
    wells, curves, codes = analyse(real_data, tmp_path, "lc480_absquant_CR_lineends.txt",
                                   fusion_target="gene", control_target="-")  # fmt: skip
    row = curves["gene"]
    close(row, -3.5541, 33.8579, 0.99726)
    assert (row["n_levels"], row["status"]) == ("7", "fail")
    assert "NTC_DETECTED" in row["flags"]
    assert "NTC_DETECTED" in codes
    assert len(wells) == 384
    detected = [w["well"] for w in wells if w["task"] == "ntc" and w["detected"] == "yes"]
    assert detected == ["P11", "P12"]
    expected = (97296.8, 50948.8, 24379.0, 9866.5, 5107.8)
    # Sample 2 to 5 also name wells that were never filled; the detected ones are eight each
    for number, copies in enumerate(expected, 1):
        assert mean_copies(wells, f"Sample {number}") == (8, pytest.approx(copies, rel=1e-3))


def test_rdml_stepone(real_data: Path, tmp_path: Path) -> None:
    """stepone: five levels, no-template wells at the last cycle are not detected."""
    wells, curves, _ = analyse(real_data, tmp_path, "stepone_std.rdml", fusion_target="RNase P",
                               control_target="-")  # fmt: skip
    close(curves["RNase P"], -3.4770, 40.7681, 0.9995)
    assert (curves["RNase P"]["status"], curves["RNase P"]["flags"]) == ("warn", "CURVE_SHORT")
    assert [w["detected"] for w in wells if w["task"] == "ntc"] == ["no"] * 3


LARGE = "untergasser_large_DNA_dilutions_v14.rdml"


def test_rdml_of_two_runs(real_data: Path, tmp_path: Path) -> None:
    """untergasser: curves of the chosen run; standards at the last cycle are not in the fit."""
    _, curves, _ = analyse(real_data, tmp_path, LARGE, run="P10 - DNA Dilutions",
                           fusion_target="FSTL_1_F_109 APS", control_target="-")  # fmt: skip
    row = curves["FSTL_1_F_109 APS"]
    close(row, -3.2825, 32.9961, 0.9606)
    assert (row["n_levels"], row["status"]) == ("4", "warn")
    close(curves["FSTL_1_H_201 APS"], -3.5164, 31.733, 0.9896)
    # Six standard wells of this target stand at Cq 50.0 of 50 cycles, among them the highest level:
    # with them as values the line would be -0.4924 with R2 0.0074, without them it is a curve.
    mixed = curves["FSTL_1_F_109"]
    close(mixed, -3.4337, 30.5750, 0.9976)
    assert "STANDARD_NOT_DETECTED" in mixed["flags"]
    assert mixed["lowest_copies"] == "26"


def test_rdml_without_a_chosen_run(real_data: Path, tmp_path: Path) -> None:
    """untergasser: with run blank every well is written and no sample is read."""
    wells, _, codes = analyse(real_data, tmp_path, LARGE)
    assert len(wells) == 582
    assert "RUN_NOT_CHOSEN" in codes
    assert "RUN_NOT_CHOSEN" in read_tsv(tmp_path / "mrd/A/levels.tsv")[0]["flags"]


def test_rdml_without_quantities(real_data: Path, tmp_path: Path) -> None:
    """lc96: forty standards without quantity make no curve."""
    wells, curves, _ = analyse(real_data, tmp_path, "lc96_bACTXY.rdml", fusion_target="FAM@bACT",
                               control_target="Hex@X")  # fmt: skip
    assert len(wells) == 384
    assert sum(w["task"] == "standard" for w in wells) == 40
    assert len(curves) == 8
    assert {row["status"] for row in curves.values()} == {"fail"}
    row = curves["FAM@bACT"]
    assert row["flags"] == "NO_STANDARDS;STANDARD_WITHOUT_QUANTITY"
    assert row["slope"] == row["intercept"] == row["lowest_copies"] == ""


def test_eds(real_data: Path, tmp_path: Path) -> None:
    """demo_covid: 17 reactions at 40.0 are not detected, 7 are."""
    wells, _, _ = analyse(real_data, tmp_path, "demo_covid_thermo.eds")
    assert [w["detected"] for w in wells].count("no") == 17
    assert [w["detected"] for w in wells].count("yes") == 7


@pytest.mark.parametrize(
    ("name", "n_wells", "n_undetected"),
    [("sds23_rq_CR_undetermined.txt", 384, 31), ("viia7_ddct_cyrillic_example01.txt", 16, 0),
     ("cfxmaestro_example01.csv", 48, 0)],
)  # fmt: skip
def test_exports_without_standards(
    real_data: Path, tmp_path: Path, name: str, n_wells: int, n_undetected: int
) -> None:
    """Wells are read, undetected ones are 0 copies, detected ones without a curve are blank."""
    wells, curves, codes = analyse(real_data, tmp_path, name)
    assert len(wells) == n_wells
    undetected = [w for w in wells if w["detected"] == "no"]
    assert len(undetected) == n_undetected
    assert {w["copies"] for w in undetected} <= {"0"}
    assert {w["copies"] for w in wells if w["detected"] == "yes"} == {""}
    assert {row["status"] for row in curves.values()} == {"fail"}
    assert "NO_STANDARDS" in codes


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("minimal_missing_results.txt", "RESULTS_MISSING"),
        ("quantasoft_small.csv", "FORMAT_UNKNOWN"),
    ],
)
def test_refused_exports(real_data: Path, tmp_path: Path, name: str, code: str) -> None:
    """A refused file is a code; its sample is not evaluable; the unit ends well."""
    wells, curves, codes = analyse(real_data, tmp_path, name)
    assert (wells, curves) == ([], {})
    assert codes == {code, "PLATE_REFUSED"}
