"""Real peak heights: SALSA P002 BRCA1, nine reference probes, five controls, ten cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from der22.formats.records import MlpaSample
from der22.formats.tables import read_tsv
from der22.jobs.mlpa import run_mlpa
from der22.mlpa.settings import MlpaSettings


@pytest.fixture(scope="module")
def results(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of the run, from a probe table and a sheet made out of the real columns."""
    folder = tmp_path_factory.mktemp("p002")
    source = real_data / "mlpa_peak_tables"
    sizes = (source / "P002_BRCA1_sizes.txt").read_text().split()
    reference = (source / "P002_BRCA1_reference_probe_index_1based.txt").read_text().split()
    heights = ["sample_id\tprobe_id\theight"]
    roles = {}
    names: list[str] = []
    for part, role in (("controls", "reference"), ("cases", "patient")):
        lines = (source / f"P002_BRCA1_{part}.tsv").read_text().splitlines()
        names = lines[0].split("\t")[2:]
        for line in lines[1:]:
            sample, _, *values = line.split("\t")
            roles[sample] = role
            heights += [f"{sample}\t{n}\t{v}" for n, v in zip(names, values, strict=True)]
    sheet = ["probe_id\tlength_nt\tgene\texon\trole\torder"]
    for index, (name, size) in enumerate(zip(names, sizes, strict=True), 1):
        if str(index) in reference:
            sheet.append(f"{name}\t{size}\t\t\treference\t")
        else:
            exon = name.removeprefix("BRCA1Ex")
            sheet.append(f"{name}\t{size}\tBRCA1\t{exon}\ttarget\t{index}")
    (folder / "P002.tsv").write_text("\n".join(sheet) + "\n")
    (folder / "table.tsv").write_text("\n".join(heights) + "\n")
    samples = [
        MlpaSample(
            "P002", sample, role, str(folder / "table.tsv"), str(folder / "P002.tsv"), "GS500LIZ",
            patient_id=sample if role == "patient" else None,
            blast_percent=100.0 if role == "patient" else None,
        )
        for sample, role in roles.items()
    ]  # fmt: skip
    run_mlpa("P002", samples, {}, MlpaSettings(), folder)
    return folder / "mlpa" / "P002"


def test_case05_has_a_gain_of_exon_13_only(results: Path) -> None:
    """The known duplication of BRCA1 exon 13 is a gain of that exon, near 1.54."""
    row = next(r for r in read_tsv(results / "gene_calls.tsv") if r["sample_id"] == "case05")
    assert (row["call"], row["first_exon"], row["last_exon"]) == ("gain", "13", "13")
    assert float(row["dosage_quotient"]) == pytest.approx(1.54, abs=0.05)
    assert "SINGLE_PROBE" in row["flags"]


def test_no_other_sample_has_a_change(results: Path) -> None:
    """No other case or control has a deletion or gain; a short probe at 1.43 is not called."""
    calls = {r["sample_id"]: r["call"] for r in read_tsv(results / "gene_calls.tsv")}
    del calls["case05"]
    assert set(calls.values()) <= {"normal", "ambiguous", "not_evaluable"}


def test_case10_is_refused(results: Path) -> None:
    """Reference probes that scatter by 0.12 end the sample, and no rescue drops them."""
    row = next(r for r in read_tsv(results / "sample_qc.tsv") if r["sample_id"] == "case10")
    assert row["status"] == "not_called"
    assert "REFERENCE_PROBES_UNSTABLE" in row["flags"]
    assert float(row["reference_probe_sd"]) == pytest.approx(0.118, abs=0.01)


def test_equal_profiles_are_found(results: Path) -> None:
    """case04 = case06 and case07 = case08 = case09 are told, and nobody else is paired."""
    qc = {r["sample_id"]: r for r in read_tsv(results / "sample_qc.tsv")}
    paired = {name for name, row in qc.items() if "DUPLICATE_PROFILE" in row["flags"]}
    # control2 has exactly the heights of case07 in the published table.
    assert paired - {"control2"} == {"case04", "case06", "case07", "case08", "case09"}
    assert "case06" in qc["case04"]["message"]
    assert "case09" in qc["case07"]["message"]


def test_missing_controls_are_said_once_for_the_run(results: Path) -> None:
    """A mix without control fragments is noted, and changes no status."""
    qc = read_tsv(results / "sample_qc.tsv")
    assert all("CONTROLS_ABSENT" in row["flags"] for row in qc)
    assert any(row["status"] == "called" for row in qc)
