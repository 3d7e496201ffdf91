"""Whole runs through the work unit, from simulated files with a known truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from der22.formats.probemix import Probemix, read_probemix
from der22.formats.records import MlpaSample, Patient
from der22.formats.tables import read_tsv
from der22.jobs.mlpa import collect_ikzf1, run_mlpa
from der22.mlpa.settings import MlpaSettings
from der22.mlpa.sizing.southern import local_southern
from der22.resources import resource_path
from der22.simulate.mlpa_truth import copies_for_pattern
from simulate.faults.mlpa import samples_with_fault
from simulate.mlpa_cohort import draw_plate
from simulate.mlpa_run import simulate_mlpa_run
from simulate.plate_sample import PlateSample

SHEET = str(resource_path("probemix/P335-synthetic.tsv"))
MIX = read_probemix(SHEET)
STANDARD = {"3130": "GS500ROX", "3500": "GS600LIZ", "3730": "GS500LIZ"}
TABLES = ("peaks", "probe_ratios", "gene_calls", "sample_qc")


def truths() -> list[PlateSample]:
    """Return four references and four patients whose lesions are known."""
    references = [PlateSample(f"ref{i}", role="reference", sex="FM"[i % 2]) for i in range(4)]
    lesions: list[dict[str, str]] = [
        {"IKZF1": "4-7"}, {"IKZF1": "all", "PAX5": "all"}, {}, {"CDKN2A": "all", "CDKN2B": "2"},
    ]  # fmt: skip
    patients = [
        PlateSample(f"P{i}", sex="F", copies=copies_for_pattern(MIX, pattern), blast_fraction=0.9)
        for i, pattern in enumerate(lesions)
    ]
    return [*references, *patients, PlateSample("ntc", role="no_dna")]


def simulate(
    plate: Sequence[PlateSample], instrument: str, folder: Path, mix: Probemix = MIX
) -> tuple[list[MlpaSample], dict[str, Patient]]:
    """Return the sheet rows and patients of a simulated run."""
    records = simulate_mlpa_run("RUN", plate, mix, instrument, 11, folder, dq_sd=0.04)
    samples = [
        MlpaSample(
            "RUN", r.sample_id, r.role, str(r.path), SHEET, STANDARD[instrument],
            patient_id=r.sample_id if r.role == "patient" else None, day=0,
            blast_percent=r.blast_percent, well=r.well,
        )
        for r in records
    ]  # fmt: skip
    patients = {
        r.sample_id: Patient(r.sample_id, sex=r.sex) for r in records if r.role == "patient"
    }
    return samples, patients


@pytest.fixture(scope="module", params=sorted(STANDARD))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound run on each instrument, analysed."""
    folder = tmp_path_factory.mktemp(f"run{request.param}")
    samples, patients = simulate(truths(), request.param, folder)
    run_mlpa("RUN", samples, patients, MlpaSettings(), folder)
    collect_ikzf1(samples, patients, MlpaSettings(), "gimema", folder)
    return folder


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    """Return a table of the run."""
    return read_tsv(folder / "mlpa" / "RUN" / f"{table}.tsv")


def test_known_lesions_are_called(run: Path) -> None:
    """Each lesion is called with its exons, and no other gene of a patient is changed."""
    found = {
        (r["sample_id"], r["gene"], r["lost_exons"])
        for r in rows(run, "gene_calls")
        if r["call"].endswith("deletion") or r["call"] == "gain"
    }
    assert found == {
        ("P0", "IKZF1", "4-7"), ("P1", "IKZF1", "1-8"), ("P1", "PAX5", "1-10"),
        ("P3", "CDKN2A", "other-2"), ("P3", "CDKN2B", "2"),
    }  # fmt: skip


def test_classes(run: Path) -> None:
    """The four patients have the classes their lesions make."""
    table = read_tsv(run / "mlpa" / "ikzf1.tsv")
    assert [(r["patient_id"], r["ikzf1_class"], r["ikzf1_pattern"]) for r in table] == [
        ("P0", "IKZF1_deletion", "4-7"),
        ("P1", "IKZF1plus", "1-8"),
        ("P2", "no_IKZF1_deletion", "none"),
        ("P3", "no_IKZF1_deletion", "none"),
    ]
    assert [r["ikzf1_effect"] for r in table] == ["dominant_negative", "loss_of_function", "", ""]
    assert "monosomy 7" in table[1]["message"]


def test_no_dna_control_has_a_status_and_no_genes(run: Path) -> None:
    """The no-DNA control is called and has no gene rows."""
    assert {r["sample_id"] for r in rows(run, "gene_calls")} & {"ntc"} == set()
    assert next(r for r in rows(run, "sample_qc") if r["sample_id"] == "ntc")["status"] == "called"


def test_observed_sex(run: Path) -> None:
    """References alternate F and M, and the fragments say so."""
    sex = {r["sample_id"]: r["sex_observed"] for r in rows(run, "sample_qc")}
    assert [sex[f"ref{i}"] for i in range(4)] == ["F", "M", "F", "M"]


def test_sizes_follow_from_the_table_itself(run: Path) -> None:
    """Local Southern on the standard_nt rows of peaks.tsv gives its sizes to 0.01 nt."""
    table = [r for r in rows(run, "peaks") if r["sample_id"] == "P0"]
    ladder = [r for r in table if r["standard_nt"]]
    scan = np.array([float(r["scan"]) for r in ladder])
    nt = np.array([float(r["standard_nt"]) for r in ladder])
    sized = local_southern(np.array([float(r["scan"]) for r in table]), scan, nt)
    inside = np.isfinite(sized)
    size = np.array([float(r["size_nt"]) for r in table])
    assert np.abs(sized[inside] - size[inside]).max() <= 0.01
    assert inside.mean() > 0.9


def test_dosage_errors(run: Path) -> None:
    """Quotients of normal samples lie near 1: median error below 0.045, 95 % below 0.14."""
    errors = [
        abs(float(r["dosage_quotient"]) - 1.0)
        for r in rows(run, "probe_ratios")
        if r["sample_id"] == "P2" and r["role"] in ("target", "reference")
    ]
    assert np.median(errors) <= 0.045
    assert np.quantile(errors, 0.95) <= 0.14


def test_synthetic_sheet_is_said_everywhere(run: Path) -> None:
    """Every sample made with an invented probemix says so."""
    assert all("not for patients" in r["message"] for r in rows(run, "sample_qc"))


def tables(folder: Path) -> dict[str, str]:
    """Return the text of the run's tables."""
    return {name: (folder / "mlpa" / "RUN" / f"{name}.tsv").read_text() for name in TABLES}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[MlpaSample], dict[str, Patient]]:
    """The files of a sound run, not analysed."""
    return simulate(truths(), "3730", tmp_path_factory.mktemp("small"))


def analyse(
    samples: Sequence[MlpaSample], patients: dict[str, Patient], folder: Path
) -> dict[str, str]:
    """Return the tables of a run."""
    run_mlpa("RUN", samples, patients, MlpaSettings(), folder)
    return tables(folder)


def test_same_input_same_bytes(small, tmp_path: Path) -> None:
    """Twice the same run, and once in another order of rows: the same bytes."""
    samples, patients = small
    first = analyse(samples, patients, tmp_path / "a")
    assert analyse(samples, patients, tmp_path / "b") == first
    assert analyse(samples[::-1], patients, tmp_path / "c") == first


def test_swapping_two_samples_swaps_their_rows(small, tmp_path: Path) -> None:
    """When two rows of the sheet exchange their files, their results change places."""
    samples, patients = small
    first = analyse(samples, patients, tmp_path / "a")
    path = {s.sample_id: s.path for s in samples}
    exchange = {"P0": "P2", "P2": "P0"}
    swapped = [
        replace(s, path=path[exchange.get(s.sample_id, s.sample_id)], well=None) for s in samples
    ]
    analyse(swapped, patients, tmp_path / "b")

    def calls(folder: Path, sample: str) -> list[tuple[str, str, str]]:
        found = read_tsv(folder / "mlpa" / "RUN" / "gene_calls.tsv")
        return [
            (r["gene"], r["call"], r["dosage_quotient"]) for r in found if r["sample_id"] == sample
        ]

    assert first["gene_calls"]
    for one, other in exchange.items():
        assert calls(tmp_path / "a", one) == calls(tmp_path / "b", other)
    assert calls(tmp_path / "a", "P1") == calls(tmp_path / "b", "P1")


@pytest.mark.parametrize("content", [b"", b"not a trace", b"ABIF" + bytes(200)])
def test_a_broken_file_changes_no_other_row(small, tmp_path: Path, content: bytes) -> None:
    """A further sample whose file is damaged gets its own rows and alters nobody's."""
    samples, patients = small
    first = analyse(samples, patients, tmp_path / "a")
    broken = tmp_path / "broken.fsa"
    broken.write_bytes(content)
    extra = replace(samples[4], sample_id="zz", patient_id="zz", path=str(broken))
    second = analyse([*samples, extra], patients, tmp_path / "b")
    for name in TABLES:
        kept = [line for line in second[name].splitlines() if not line.startswith("zz\t")]
        assert kept == first[name].splitlines()
    assert "zz\tzz\tpatient\tnot_called" in second["sample_qc"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("SIZE_STANDARD_NOT_FOUND:second_dye", "SIZE_STANDARD_NOT_FOUND"),
        ("SIZE_STANDARD_POOR:bubble", "SIZE_STANDARD_POOR"),
        ("SIZE_STANDARD_INCOMPLETE", "SIZE_STANDARD_INCOMPLETE"),
        ("LIGATION_FAILED", "LIGATION_FAILED"),
        ("DENATURATION", "DENATURATION"),
        ("SLOPE_EXCESS", "SLOPE_EXCESS"),
        ("SEX_MISMATCH", "SEX_MISMATCH"),
        ("PROBEMIX_MISMATCH", "PROBEMIX_MISMATCH"),
        ("REF_INSUFFICIENT", "REF_INSUFFICIENT"),
    ],
)
def test_faults_refuse_and_never_call(fault: str, code: str, tmp_path: Path) -> None:
    """The code stands with the sample, its status is not_called, and no change comes from it."""
    plate = samples_with_fault(fault, draw_plate([f"P{i}" for i in range(4)], MIX, 5))
    samples, patients = simulate(plate, "3130", tmp_path)
    run_mlpa("RUN", samples, patients, MlpaSettings(), tmp_path)
    hit = {t.sample_id for t in plate if t.fault}
    qc = {r["sample_id"]: r for r in rows(tmp_path, "sample_qc")}
    assert any(code in qc[name]["flags"].split(";") for name in hit)
    assert {qc[name]["status"] for name in hit} == {"not_called"}
    assert {r["call"] for r in rows(tmp_path, "gene_calls") if r["sample_id"] in hit} == {
        "not_evaluable"
    }


def test_a_refused_sample_is_undetermined(tmp_path: Path) -> None:
    """A patient whose file was refused has no class, whatever the cohort."""
    plate = samples_with_fault("NOT_ABIF", draw_plate(["P0", "P1", "P2"], MIX, 6))
    samples, patients = simulate(plate, "3500", tmp_path)
    run_mlpa("RUN", samples, patients, MlpaSettings(), tmp_path)
    collect_ikzf1(samples, patients, MlpaSettings(), "gimema", tmp_path)
    hit = next(t.sample_id for t in plate if t.fault)
    row = next(r for r in read_tsv(tmp_path / "mlpa" / "ikzf1.tsv") if r["patient_id"] == hit)
    assert (row["ikzf1_class"], row["ikzf1_pattern"]) == ("undetermined", "")


@pytest.mark.parametrize("dq_sd", [0.03, 0.05, 0.07])
def test_simulated_quotients_scatter_as_asked(dq_sd: float, tmp_path: Path) -> None:
    """The SD asked of the simulator is that of a dosage quotient, within a tenth."""
    references = [PlateSample(f"ref{i}", role="reference") for i in range(5)]
    plate = [*references, *(PlateSample(f"P{i:02d}", sex="F") for i in range(24))]
    errors = []
    for seed in (21, 22):
        folder = tmp_path / str(seed)
        folder.mkdir()
        records = simulate_mlpa_run("RUN", plate, MIX, "3730", seed, folder, dq_sd=dq_sd)
        samples = [
            MlpaSample(
                "RUN", r.sample_id, r.role, str(r.path), SHEET, STANDARD["3730"],
                patient_id=r.sample_id if r.role == "patient" else None, day=0, blast_percent=100.0,
            )
            for r in records
        ]  # fmt: skip
        patients = {s.sample_id: Patient(s.sample_id) for s in samples if s.patient_id}
        run_mlpa("RUN", samples, patients, MlpaSettings(), folder)
        errors += [
            float(row["dosage_quotient"]) - 1.0
            for row in read_tsv(folder / "mlpa" / "RUN" / "probe_ratios.tsv")
            if row["patient_id"] and row["role"] == "target" and row["dosage_quotient"]
        ]
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(dq_sd, rel=0.1)
