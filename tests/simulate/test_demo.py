from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml

from der22.errors import Der22Error
from der22.formats.tables import read_tsv
from der22.simulate.cohort_tables import draw_cohort, read_cohort
from der22.simulate.demo import write_demo

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
FOLLOW_UP = (
    "d22", "d45", "d57", "d85", "blina_c1", "blina_c2", "blina_c3", "blina_c4", "blina_c5",
)  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo cohort of 63 with all raw files."""
    out = tmp_path_factory.mktemp("demo")
    write_demo(out)
    return out


def content_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sheet(demo: Path, name: str) -> list[dict[str, str]]:
    """Rows of an input sheet of the demo."""
    return read_tsv(demo / "sheets" / f"{name}.tsv")


def truth(demo: Path, name: str) -> list[dict[str, str]]:
    """Rows of a truth table of the demo."""
    return read_tsv(demo / "truth" / f"{name}.tsv")


def paths_of(demo: Path) -> Iterator[Path]:
    """Paths of all raw files that the sheets name."""
    for name in ("mlpa", "sanger", "plates"):
        for row in sheet(demo, name):
            yield (demo / "sheets" / row["path"]).resolve()


def test_sheets_name_every_raw_file_once(demo: Path) -> None:
    """Every path of a sheet is a file, every raw file is named, and no two names are alike."""
    named = list(paths_of(demo))
    written = [p.resolve() for part in ("mlpa", "sanger", "mrd") for p in (demo / part).iterdir()]
    assert sorted(named) == sorted(written)
    names = [path.name.casefold() for path in named]
    assert len(set(names)) == len(names)


def test_the_sheets_are_accepted(demo: Path) -> None:
    """The program's own check of config, sheets and files finds nothing to complain about."""
    from der22.inputs.cohort_inputs import load_inputs

    inputs = load_inputs(demo / "config.yaml")
    assert len(inputs.patients) == 63


def test_config_says_synthetic_and_points_inside_its_folder(demo: Path) -> None:
    """The name of the cohort holds the word synthetic; every path of the config is there."""
    config = yaml.safe_load((demo / "config.yaml").read_text(encoding="utf-8"))
    assert "synthetic" in config["cohort"]["name"]
    assert "synthetic" in (demo / "README.md").read_text(encoding="utf-8").lower()
    for section, keys in {
        "cohort": ("patients",), "mlpa": ("samples", "probemix"), "sanger": ("reads",),
        "mrd": ("samples", "plates"),
    }.items():  # fmt: skip
        for key in keys:
            assert (demo / config[section][key]).is_file()
    assert config["outdir"] == "results"


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("patients", ("patient_id",)),
        ("mlpa", ("run_id", "sample_id")),
        ("sanger", ("sample_id", "read_id", "run_id")),
        ("plates", ("plate_id",)),
        ("mrd", ("patient_id", "sample_id", "plate_id")),
    ],
)
def test_identifiers_can_be_file_names(demo: Path, name: str, columns: tuple[str, ...]) -> None:
    """Identifiers are letters, digits, dot, underscore and hyphen; no unique key repeats."""
    rows = sheet(demo, name)
    assert rows
    for column in columns:
        assert all(IDENTIFIER.fullmatch(row[column]) for row in rows)
    key = {
        "patients": ("patient_id",), "mlpa": ("run_id", "sample_id"), "sanger": ("read_id",),
        "plates": ("path",), "mrd": ("sample_id", "plate_id"),
    }[name]  # fmt: skip
    assert max(Counter(tuple(row[c] for c in key) for row in rows).values()) == 1


def test_patients_have_the_printed_totals(demo: Path) -> None:
    """Age, sex, white cells, transcripts, events and cycles are those of the published table."""
    rows = sheet(demo, "patients")
    ages = [int(row["age_years"]) for row in rows]
    assert (np.median(ages), min(ages), max(ages)) == (54, 24, 82)
    assert Counter(row["sex"] for row in rows) == {"F": 34, "M": 29}
    assert np.median([int(row["wbc_per_mm3"]) for row in rows]) == 13000
    assert Counter(row["fusion"] for row in rows) == {"p190": 41, "p210": 17, "p190+p210": 5}
    assert sum(row["chr_day"] != "" for row in rows) == 62
    assert Counter(row["relapse_site"] for row in rows if row["relapse_site"]) == {
        "hematologic": 3, "cns": 2, "nodal": 1,
    }  # fmt: skip
    assert sum(row["death_day"] != "" for row in rows) == 4
    assert sum(row["transplant_day"] != "" for row in rows) == 24
    started = [sum(int(row["cycles_started"]) >= n for row in rows) for n in (1, 2, 3, 4, 5)]
    assert started == [58, 56, 45, 37, 29]


def test_truth_has_the_printed_totals(demo: Path) -> None:
    """Genes, classes, ABL1 and responses of the truth are those of the published table."""
    rows = truth(demo, "patients")
    tested = [row for row in rows if row["ikzf1_class"] != "not_done"]
    lost = Counter(gene for row in tested for gene in row["lost_genes"].split(";") if gene)
    assert len(tested) == 46
    assert lost == {"IKZF1": 25, "CDKN2A/CDKN2B": 13, "PAX5": 10, "RB1": 6, "EBF1": 5}
    assert Counter(row["ikzf1_class"] for row in rows) == {
        "IKZF1plus": 11, "IKZF1_deletion": 14, "no_IKZF1_deletion": 21, "not_done": 17,
    }  # fmt: skip
    assert Counter(row["abl1_screened_for"] for row in rows) == {
        "": 47, "mrd_increase": 15, "relapse": 1,
    }  # fmt: skip
    assert Counter(row["abl1_mutation"] for row in rows if row["abl1_screened_for"]) == {
        "": 8, "T315I": 7, "E255K": 1,
    }  # fmt: skip
    counts = [Counter(row[f"mrd_{point}"] for row in rows) for point in FOLLOW_UP]
    assert [(c["POS"], c["CMR"], c["PNQ"]) for c in counts] == [
        (48, 3, 7), (43, 9, 8), (38, 11, 7), (42, 6, 11), (20, 19, 16), (22, 23, 10),
        (12, 20, 8), (7, 17, 12), (8, 16, 5),
    ]  # fmt: skip


def test_mlpa_runs_have_their_controls(demo: Path) -> None:
    """Each of several runs has five references or more of both sexes and one no-DNA control."""
    runs = defaultdict(list)
    for row in truth(demo, "mlpa"):
        runs[row["run_id"]].append(row)
    assert len(runs) >= 3
    for rows in runs.values():
        references = [row for row in rows if row["role"] == "reference"]
        assert len(references) >= 5
        assert {row["sex"] for row in references} == {"F", "M"}
        assert sum(row["role"] == "no_dna" for row in rows) == 1
    standards = {row["run_id"]: row["size_standard"] for row in sheet(demo, "mlpa")}
    assert set(standards.values()) == {"GS500ROX", "GS600LIZ", "GS500LIZ"}


def test_mlpa_lesions_follow_the_table(demo: Path) -> None:
    """The lesions of each injection are those of the patient's lost genes, in 80-98 % blasts."""
    lost = {row["patient_id"]: row["lost_genes"] for row in truth(demo, "patients")}
    patterns = set()
    for row in truth(demo, "mlpa"):
        if row["role"] != "patient":
            continue
        lesions = [lesion.split(":") for lesion in row["lesions"].split(";") if lesion]
        groups = {"CDKN2A": "CDKN2A/CDKN2B", "CDKN2B": "CDKN2A/CDKN2B"}
        assert {groups.get(gene, gene) for gene, _, _ in lesions} == set(
            filter(None, lost[row["patient_id"]].split(";"))
        )
        assert 80 <= int(row["blast_percent"]) <= 98
        patterns |= {exons for gene, exons, _ in lesions if gene == "IKZF1"}
    assert patterns == {"4-7", "2-7", "4-8", "1-8"}


def test_mlpa_files_carry_the_dyes_of_their_instrument(demo: Path) -> None:
    """Files of the ROX run have four dyes, those of the LIZ runs five."""
    from der22.formats.abif import read_abif

    for row in sheet(demo, "mlpa")[::9]:
        tags = read_abif((demo / "sheets" / row["path"]).resolve())
        n_dyes = 4 if row["size_standard"] == "GS500ROX" else 5
        assert int(np.ravel(tags.numbers("Dye#", 1))[0]) == n_dyes


def test_sequencing_follows_the_table(demo: Path) -> None:
    """16 patients are sequenced; the 8 mutated ones have a later clean sample in their lifetime."""
    table = {patient.patient_id: patient for patient in read_cohort().patients}
    samples = defaultdict(list)
    for row in truth(demo, "sanger"):
        if row["role"] == "sample":
            samples[row["patient_id"]].append(row)
    assert len(samples) == 16
    for patient_id, rows in samples.items():
        patient = table[patient_id]
        first, *later = sorted(rows, key=lambda row: int(row["day"]))
        assert int(first["day"]) == patient.abl1_day
        assert first["mutation"] == (patient.abl1_mutation or "")
        if patient.abl1_mutation is None:
            assert later == []
            continue
        assert 0.3 <= float(first["fraction"]) <= 0.9
        assert [row["mutation"] for row in later] == [""]
        assert int(later[0]["day"]) <= patient.last_contact_day


def test_every_sequencing_run_has_controls_on_both_strands(demo: Path) -> None:
    """Wild-type controls stand in each run, with a forward and a reverse read each."""
    rows = sheet(demo, "sanger")
    for run_id in {row["run_id"] for row in rows}:
        controls = [r for r in rows if r["run_id"] == run_id and r["role"] == "wild_type_control"]
        primers = Counter(row["primer"] for row in controls)
        assert len(primers) == 2
        assert min(primers.values()) >= 1


def test_both_transcripts_lie_on_plates_apart(demo: Path) -> None:
    """Patients with both transcripts: p190 is a tenth of p210 at diagnosis and undetected later."""
    both = {r["patient_id"] for r in sheet(demo, "patients") if r["fusion"] == "p190+p210"}
    transcript = {row["plate_id"]: row["transcript"] for row in sheet(demo, "plates")}
    copies: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in truth(demo, "mrd"):
        assert transcript[row["plate_id"]] == row["transcript"]
        if row["patient_id"] in both:
            copies[row["patient_id"], row["timepoint"]][row["transcript"]] = float(
                row["fusion_copies"]
            )
    assert len({patient for patient, _ in copies}) == 5
    for (_, timepoint), pair in copies.items():
        expected = 0.1 * pair["p210"] if timepoint == "diagnosis" else 0.0
        assert pair["p190"] == pytest.approx(expected, abs=1e-6)


def test_conversion_factor_is_for_p210_only(demo: Path) -> None:
    """p190 has no International Scale."""
    for row in sheet(demo, "plates"):
        assert (row["conversion_factor"] != "") == (row["transcript"] == "p210")


def test_all_kinds_of_export_occur_for_both_transcripts(demo: Path) -> None:
    """QuantStudio, RDML, LightCycler, CFX with either decimal mark and copies tables all occur."""
    kinds = {(row["export"], row["transcript"]) for row in truth(demo, "mrd")}
    assert {kind for kind, _ in kinds} == {
        "quantstudio", "rdml", "lightcycler", "cfx", "cfx_comma", "copies",
    }  # fmt: skip
    assert len(kinds) == 12


def test_same_arguments_same_bytes(demo: Path, tmp_path: Path) -> None:
    """Writing the demo again gives equal bytes in every file."""
    write_demo(tmp_path)
    assert content_of(tmp_path) == content_of(demo)


def test_another_seed_keeps_the_people_and_changes_the_files(tmp_path: Path) -> None:
    """The 63 patients are a table; the seed moves exons, noise and wells only."""
    write_demo(tmp_path / "a", seed=1, config_only=True)
    write_demo(tmp_path / "b", seed=2, config_only=True)
    assert sheet(tmp_path / "a", "patients") == sheet(tmp_path / "b", "patients")
    assert truth(tmp_path / "a", "mlpa") != truth(tmp_path / "b", "mlpa")


def test_config_only_writes_no_raw_file(demo: Path, tmp_path: Path) -> None:
    """Sheets, truth and config are those of the full demo; the raw folders are not made."""
    summary = write_demo(tmp_path, config_only=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "README.md", "config.yaml", "sheets", "truth",
    ]  # fmt: skip
    full = content_of(demo)
    assert all(full[name] == content for name, content in content_of(tmp_path).items())
    assert (summary.mlpa_files, summary.sanger_files, summary.mrd_files) == (
        len(sheet(demo, "mlpa")), len(sheet(demo, "sanger")), len(sheet(demo, "plates")),
    )  # fmt: skip


def test_shared_files_are_stored_once_and_stay_apart_when_rewritten(tmp_path: Path) -> None:
    """With `share` equal traces are one file; writing the demo anew does not touch the twins."""
    write_demo(tmp_path, patients=40, share=True)
    files = [path for path in paths_of(tmp_path) if path.suffix == ".ab1"]
    assert len({path.stat().st_ino for path in files}) < len(files)
    kept = content_of(tmp_path / "sanger" / "shared")
    write_demo(tmp_path, patients=40)
    assert len({path.stat().st_ino for path in files}) == len(files)
    assert content_of(tmp_path / "sanger" / "shared") == kept


def test_drawn_cohort_keeps_the_marginals() -> None:
    """Shares among 6000 drawn patients lie within four standard errors of the shipped table."""
    n = 6000
    drawn, pool = draw_cohort(n, 5).patients, read_cohort().patients

    def shares(patients: tuple, key) -> dict[object, float]:
        return {k: v / len(patients) for k, v in Counter(map(key, patients)).items()}

    keys = (
        lambda p: p.sex, lambda p: p.fusion, lambda p: p.ikzf1_class, lambda p: p.lost_genes,
        lambda p: p.abl1_mutation, lambda p: p.relapse_site, lambda p: p.cycles_started,
        lambda p: {s.timepoint: s.category for s in p.mrd}.get("d85"),
    )  # fmt: skip
    for key in keys:
        expected, seen = shares(pool, key), shares(drawn, key)
        assert set(seen) <= set(expected)
        for level, share in expected.items():
            assert seen.get(level, 0.0) == pytest.approx(
                share, abs=4 * math.sqrt(share * (1 - share) / n)
            )
    assert np.median([p.age_years for p in drawn]) == pytest.approx(54, abs=3)


def test_drawn_courses_are_possible() -> None:
    """In a drawn cohort every event has its place before the last contact and ids are unique."""
    patients = draw_cohort(500, 3).patients
    assert len({patient.patient_id for patient in patients}) == 500
    for patient in patients:
        events = (
            patient.chr_day, patient.relapse_day, patient.transplant_day, patient.abl1_day,
            patient.death_day, *(sample.day for sample in patient.mrd),
        )  # fmt: skip
        assert all(day <= patient.last_contact_day for day in events if day is not None)
        assert (patient.lost_genes is None) == (patient.ikzf1_class == "not_done")


def test_drawn_material_leaves_categories_and_ratios() -> None:
    """More cDNA keeps PNQ below and POS above ten copies and every ratio as in the table."""
    table = {
        round(sample.fusion_copies / sample.control_copies, 12)
        for patient in read_cohort().patients
        for sample in patient.mrd
    }
    for patient in draw_cohort(500, 4).patients:
        for sample in patient.mrd:
            copies = sample.fusion_copies
            assert (copies == 0) == (sample.category == "CMR")
            if sample.category != "CMR":
                assert (copies >= 10) == (sample.category == "POS")
            assert round(copies / sample.control_copies, 12) in table


def test_drawing_is_repeatable() -> None:
    """The same number and seed draw the same cohort; another seed another."""
    assert draw_cohort(80, 1) == draw_cohort(80, 1)
    assert draw_cohort(80, 1).patients != draw_cohort(80, 2).patients


@pytest.mark.parametrize(("patients", "seed"), [(0, 1), (-3, 1), (63, -1)])
def test_impossible_requests_are_refused(tmp_path: Path, patients: int, seed: int) -> None:
    """No patients or a negative seed is refused before anything is written."""
    with pytest.raises(Der22Error, match=r"patients|seed"):
        write_demo(tmp_path / "x", patients=patients, seed=seed)
    assert not (tmp_path / "x").exists()


def test_one_patient_is_a_cohort(tmp_path: Path) -> None:
    """The smallest cohort has all sheets, with a header even where nothing was done."""
    write_demo(tmp_path, patients=1)
    assert len(sheet(tmp_path, "patients")) == 1
    for name in ("mlpa", "sanger", "plates", "mrd"):
        assert (
            (tmp_path / "sheets" / f"{name}.tsv")
            .read_text(encoding="utf-8")
            .startswith(("run_id", "patient_id", "plate_id"))
        )
