"""What runs again is decided by content alone: not by time, place or name of a folder."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from der22.errors import UnreadableFileError
from der22.formats.files import read_bytes, recorded_reads
from der22.inputs.config import Config
from der22.jobs import dispatch
from der22.jobs.dispatch import finish, run_unit
from der22.jobs.joins import files_read, join_results
from der22.runs.manifest import UnitReport
from der22.runs.plan import WorkUnit, plan_cohort
from der22.runs.staleness import manifest_path, read_folder
from runs.small_run import (
    ANALYSES,
    begin,
    edit,
    outdated,
    reads,
    run,
    run_one,
    table,
    today,
    told,
    two_files,
    units_outdated,
    write_cohort,
)
from workflow.running import hashes

#: a day in 2106, as a file system dates it
FUTURE = 4_300_000_000


@pytest.fixture(scope="module", name="whole")
def fixture_whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cohort of six patients that was run once; only copies of it are changed."""
    folder = write_cohort(tmp_path_factory.mktemp("whole") / "cohort")
    run(folder)
    return folder


@pytest.fixture(name="cohort")
def fixture_cohort(whole: Path, tmp_path: Path) -> Path:
    """Return a copy of the cohort and its results in another folder."""
    return Path(shutil.copytree(whole, tmp_path / "cohort"))


@pytest.fixture(name="unfinished")
def fixture_unfinished(whole: Path, tmp_path: Path) -> Path:
    """Return a copy in which only the joins have still to run."""
    folder = Path(shutil.copytree(whole, tmp_path / "cohort"))
    for stage in ("cohort", "report", "pages"):
        shutil.rmtree(folder / "results/manifests" / stage)
    return folder


@pytest.fixture(params=ANALYSES, ids=[analysis for analysis, *_ in ANALYSES], name="analysis")
def fixture_analysis(request: pytest.FixtureRequest) -> tuple[str, str, str, str]:
    """Return stage, pattern of its raw files, a table of its units and its joined table."""
    analysis: tuple[str, str, str, str] = request.param
    return analysis


def users(cohort: Path, *files: Path) -> set[str]:
    """Return the units that read any of the files."""
    return {
        f"{path.parent.name}/{path.stem}"
        for path in (cohort / "results/manifests").glob("*/*.json")
        if {file.name for file in files} & reads(cohort, f"{path.parent.name}/{path.stem}").keys()
    }


def other_content(path: Path) -> bytes:
    """Return as many bytes with another in their middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    return bytes(content)


def run_anew(cohort: Path) -> dict[str, str]:
    """Return the hashes of a run of the same inputs that began with nothing."""
    folder = cohort.with_name("anew")
    shutil.copytree(cohort, folder, ignore=shutil.ignore_patterns("results"))
    run(folder)
    return hashes(folder / "results")


def test_nothing_changed(cohort: Path) -> None:
    """A cohort that was moved with its results is the same cohort, to the byte."""
    before = hashes(cohort / "results")
    assert outdated(cohort) == []
    assert run(cohort) == []
    assert hashes(cohort / "results") == before == run_anew(cohort)


def test_two_files_that_change_places(cohort: Path, analysis: tuple[str, str, str, str]) -> None:
    """Both patients get their own results, although no content is new."""
    stage, pattern, _, joined = analysis
    first, second = two_files(cohort, pattern)
    before = table(cohort, joined)
    affected = users(cohort, first, second)
    first.rename(cohort / "aside")
    second.rename(first)
    (cohort / "aside").rename(second)
    found = units_outdated(cohort)
    assert found.keys() == affected
    assert {reason for reasons in found.values() for reason in reasons} == {
        f"content of {first.name}", f"content of {second.name}",
    }  # fmt: skip
    run(cohort)
    assert outdated(cohort) == []
    assert hashes(cohort / "results") == run_anew(cohort)
    assert table(cohort, joined) != before, stage


def test_the_figures_of_a_run_follow_its_tables(cohort: Path) -> None:
    """Another content of a reference runs its run again, and then what joins the figures."""
    names = [
        row["sample_id"]
        for row in table(cohort, "mlpa/MLPA-01/sample_qc.tsv")
        if row["serves"] == "yes"
    ]
    (before,) = table(cohort, "mlpa/run_qc.tsv")
    assert (before["run_id"], before["n_kept"]) == ("MLPA-01", str(len(names)))
    assert (before["library_runs"], before["flags"]) == ("", "")
    first, second = (cohort / f"mlpa/MLPA-01_{name}.fsa" for name in names[:2])
    first.write_bytes(second.read_bytes())
    ran = run(cohort)
    assert {key for key in ran if key.startswith("mlpa/")} == {"mlpa/MLPA-01"}
    assert "cohort/ikzf1" in ran
    (after,) = table(cohort, "mlpa/run_qc.tsv")
    assert after["probe_sd"] < before["probe_sd"]  # two of the references are one


def test_a_library_runs_no_analysis_again(cohort: Path) -> None:
    """To ask for a reference library renews the joined tables, and no call."""
    calls = hashes(cohort / "results/mlpa")
    config = cohort / "config.yaml"
    config.write_text(config.read_text().replace("mlpa:\n", "mlpa:\n  reference_library: yes\n"))
    ran = run(cohort)
    assert "cohort/ikzf1" in ran
    assert not any(key.startswith("mlpa/") for key in ran)
    rows = table(cohort, "mlpa/run_qc.tsv")
    assert [row["library_runs"] for row in rows] == [str(i) for i in range(len(rows))]
    changed = {
        name for name, value in hashes(cohort / "results/mlpa").items() if calls[name] != value
    }
    assert {Path(name).name for name in changed} == {"run_qc.tsv"}


@pytest.mark.parametrize("time", ["same", "older", "newer"])
def test_another_content_of_the_same_size(
    cohort: Path, analysis: tuple[str, str, str, str], time: str
) -> None:
    """A restored copy is another content, whatever its time says."""
    file, _ = two_files(cohort, analysis[1])
    affected = users(cohort, file)
    state = file.stat()
    shift = {"same": 0, "older": -(10**17), "newer": 10**17}[time]
    file.write_bytes(other_content(file))
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns + shift))
    assert file.stat().st_size == state.st_size
    assert units_outdated(cohort) == dict.fromkeys(affected, (f"content of {file.name}",))


def test_times_have_no_effect_of_their_own(cohort: Path) -> None:
    """Inputs, sheets, config and results dated ahead, long ago or touched: nothing runs."""
    for time in (FUTURE, 0, None):
        for path in cohort.rglob("*"):
            os.utime(path, None if time is None else (time, time))
        assert outdated(cohort) == []


def test_a_link_counts_as_what_it_points_at(
    cohort: Path, analysis: tuple[str, str, str, str]
) -> None:
    """A link to the same content changes nothing, pointed elsewhere its units run again."""
    file, other = two_files(cohort, analysis[1])
    affected = users(cohort, file)
    kept = cohort / "kept"
    file.rename(kept)
    file.symlink_to(kept)
    assert outdated(cohort) == []
    file.unlink()
    file.symlink_to(other)
    assert units_outdated(cohort).keys() == affected


@pytest.mark.parametrize(
    ("name", "line", "stage"),
    [
        ("sheets/P335-synthetic.tsv", "# note: none\n", "mlpa"),
        ("gene/mutations.csv", "T315I,c.944C>T\n", "sanger"),
    ],
)
def test_a_probemix_and_a_reference_are_raw_files_too(
    cohort: Path, name: str, line: str, stage: str
) -> None:
    """Another line in either runs every unit of its analysis again, and no other."""
    sheet = cohort / name
    text = sheet.read_text()
    sheet.write_text(line + text if line.startswith("#") else text + line)
    names = {
        f"{path.parent.name}/{path.stem}" for path in cohort.glob(f"results/manifests/{stage}/*")
    }
    assert units_outdated(cohort) == dict.fromkeys(names, (f"content of {sheet.name}",))


@pytest.mark.parametrize(
    ("column", "value"),
    [("age_years", "44"), ("last_contact_day", "800"), ("x_origin", "a note"), ("chr_day", "90")],
)
def test_fields_that_no_analysis_uses(cohort: Path, column: str, value: str) -> None:
    """Age, follow-up and notes run no analysis again; what joins the sheets does, in words."""
    edit(cohort / "sheets/patients.tsv", column, value)
    found = outdated(cohort)
    assert {job.key.split("/")[0] for job in found} == {"cohort", "report", "pages"}
    assert {reason for job in found for reason in job.reasons} == {"content of patients.tsv"}
    run(cohort)
    assert hashes(cohort / "results") == run_anew(cohort)


@pytest.mark.parametrize(
    ("sheet", "column", "value", "stages"),
    [
        ("patients", "sex", "F", {"mlpa"}),
        ("patients", "transplant_day", "150", {"mlpa"}),
        ("patients", "fusion", "", {"mrd"}),
        ("mlpa", "well", "A1", {"mlpa"}),
        ("sanger", "primer", "", {"sanger"}),
        ("mrd", "material", "PB", {"mrd"}),
        ("plates", "cycles", "50", {"mrd"}),
    ],
)
def test_fields_that_an_analysis_uses(
    cohort: Path, sheet: str, column: str, value: str, stages: set[str]
) -> None:
    """Each field that a unit is given runs the units of that analysis again, and no other."""
    edit(cohort / f"sheets/{sheet}.tsv", column, value)
    found = units_outdated(cohort)
    assert {key.split("/")[0] for key in found} == stages
    assert {reason for reasons in found.values() for reason in reasons} == {
        "its rows in the sheets"
    }


@pytest.mark.parametrize(
    ("analysis", "setting"),
    [
        ("mlpa", "offscale_max_probes: 4"),
        ("sanger", "min_matches: 81"),
        ("mrd", "cycles: 44"),
    ],
)
def test_a_setting_concerns_its_analysis(cohort: Path, analysis: str, setting: str) -> None:
    """A threshold of one analysis runs its units again, and no other's."""
    config = cohort / "config.yaml"
    text = config.read_text()
    changed = text.replace(f"{analysis}:\n", f"{analysis}:\n  settings: {{{setting}}}\n")
    if analysis == "mrd":  # the demo has settings of its own there
        changed = text.replace("  settings:\n", f"  settings:\n    {setting}\n")
    config.write_text(changed)
    found = units_outdated(cohort)
    assert {key.split("/")[0] for key in found} == {analysis}
    assert all(
        reasons == ("the settings of its analysis in the config",) for reasons in found.values()
    )


def test_code_counts_and_is_told_as_a_version(
    cohort: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changed code of an analysis runs everything that it takes part in again."""
    from der22.runs import plan, staleness

    monkeypatch.setattr(plan, "code_digest", lambda *_: "other")
    monkeypatch.setattr(staleness, "code_digest", lambda *_: "other")
    found = {job.key: job.reasons for job in outdated(cohort)}
    keys = plan_cohort(today(cohort).inputs).keys
    assert found == dict.fromkeys(keys, ("another version of der22",))


def test_joins_of_a_run_that_ended_after_its_units(
    cohort: Path, analysis: tuple[str, str, str, str]
) -> None:
    """Where a unit ran again and its join did not, the next run knows it."""
    file, other = two_files(cohort, analysis[1])
    shutil.copy(other, file)
    frozen, plan, keys = begin(cohort)
    for key in keys:
        if key not in plan.joins:
            run_one(cohort, frozen, plan, key)
    reasons = {job.key: job.reasons for job in outdated(cohort)}
    join = {"mlpa": "ikzf1", "sanger": "abl1", "mrd": "series"}[analysis[0]]
    assert reasons[f"cohort/{join}"] == ("results that it joins",)
    run(cohort)
    assert hashes(cohort / "results") == run_anew(cohort)


def test_a_manifest_tells_the_bytes_that_were_analysed(
    cohort: Path, analysis: tuple[str, str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file replaced while its unit works is named with the hash of what the unit read."""
    file, _ = two_files(cohort, analysis[1])
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    key = min(users(cohort, file))

    def run_and_replace(config: Config, unit: WorkUnit) -> UnitReport:
        report = run_unit(config, unit)
        file.write_bytes(other_content(file))
        return report

    frozen, plan, _ = begin(cohort)
    monkeypatch.setattr(dispatch, "run_unit", run_and_replace)
    run_one(cohort, frozen, plan, key)
    assert reads(cohort, key)[file.name] == before
    assert f"content of {file.name}" in units_outdated(cohort)[key]


def test_two_tabs_of_a_file_that_is_replaced_between_them(tmp_path: Path) -> None:
    """A file read twice in one job is read as one content or not at all."""
    file = tmp_path / "lab.xlsx"
    file.write_bytes(b"first")
    with recorded_reads():
        read_bytes(file, 100)
        read_bytes(file, 100)
        file.write_bytes(b"second")
        with pytest.raises(UnreadableFileError, match="was changed while it was read"):
            read_bytes(file, 100)


def test_two_files_of_one_name_are_two_inputs(cohort: Path) -> None:
    """Names without folders are numbered; the second file is watched like the first."""
    sheet = cohort / "sheets/sanger.tsv"
    file, other = two_files(cohort, "sanger/*_F.ab1")
    (cohort / "more").mkdir()
    other.rename(cohort / "more" / file.name)
    sheet.write_text(sheet.read_text().replace(f"../sanger/{other.name}", f"../more/{file.name}"))
    config = cohort / "config.yaml"
    config.write_text(config.read_text().replace("samples_per_job: 1", "samples_per_job: 9"))
    run(cohort)
    assert f"{file.name} (2)" in reads(cohort, "sanger/batch-00001")
    told_of = set()
    for path in (file, cohort / "more" / file.name):
        before = path.read_bytes()
        path.write_bytes(other_content(path))
        told_of |= set(units_outdated(cohort)["sanger/batch-00001"])
        path.write_bytes(before)
    assert told_of == {f"content of {file.name}", f"content of {file.name} (2)"}


@pytest.mark.parametrize("how", ["changed", "cut", "gone"])
def test_a_table_that_is_not_as_it_was_written(
    cohort: Path, analysis: tuple[str, str, str, str], how: str
) -> None:
    """It is told, its unit runs again, and the bytes of before return."""
    stage, _, name, _ = analysis
    before = hashes(cohort / "results")
    file = min((cohort / f"results/{stage}").glob(f"*/{name}"))
    text, state = file.read_text(), file.stat()
    if how == "gone":
        file.unlink()
    else:
        changed = text[:-40] if how == "cut" else text.replace("0", "1")
        file.write_text(changed)
        os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    below = file.relative_to(cohort / "results").as_posix()
    words = "is gone" if how == "gone" else "was changed by hand or cut"
    assert list(units_outdated(cohort).values()) == [(f"{below} {words}",)]
    run(cohort)
    assert hashes(cohort / "results") == before


def test_a_joined_table_and_a_page_changed_by_hand(cohort: Path) -> None:
    """What the joins wrote is guarded like the tables of the units; no analysis runs for it."""
    before = hashes(cohort / "results")
    for name in ("cohort/genomic_risk.tsv", "patients/SYN0002.html", "provenance.json"):
        with (cohort / "results" / name).open("a") as handle:
            handle.write("x")
    assert units_outdated(cohort) == {}
    assert "cohort/genomic_risk.tsv was changed by hand or cut" in told(cohort)
    run(cohort)
    assert hashes(cohort / "results") == before


@pytest.mark.parametrize("what", ["manifest gone", "manifest cut", "inputs gone", "inputs changed"])
def test_manifests_and_frozen_inputs_are_guarded(cohort: Path, what: str) -> None:
    """A lost or forged record is no reason to believe what it stood for."""
    before = hashes(cohort / "results")
    of_run, of_unit = cohort / "results/run/inputs.json", cohort / "results/manifests/mrd"
    file = of_run if "inputs" in what else min(of_unit.glob("*.json"))
    if "gone" in what:
        file.unlink()
    elif "cut" in what:
        file.write_text(file.read_text()[:-9])
    else:
        file.write_text(file.read_text().replace('"sex":"F"', '"sex":"M"'))
    assert run(cohort)
    assert hashes(cohort / "results") == before


def test_the_reasons_name_no_row(cohort: Path) -> None:
    """Terminal and log say which jobs run and why, without what stands in the sheets."""
    edit(cohort / "sheets/patients.tsv", "age_years", "43.25")
    edit(cohort / "sheets/mlpa.tsv", "well", "H12")
    file, _ = two_files(cohort, "mlpa/MLPA-01_ref*.fsa")
    file.write_bytes(other_content(file))
    said = told(cohort)
    assert f"mlpa MLPA-01 runs again: content of {file.name}, its rows in the sheets\n" in said
    assert "content of patients.tsv" in said
    for row in ("SYN0001", "43.25", "H12"):
        assert row not in said


def test_what_left_a_unit_is_told(cohort: Path) -> None:
    """A read that is in the sheet no more runs its unit again without it."""
    sheet = cohort / "sheets/sanger.tsv"
    *rows, last = sheet.read_text().splitlines()
    sheet.write_text("\n".join(rows) + "\n")
    name = Path(last.split("\t")[5]).name
    assert f"{name} is no input any more" in told(cohort)


def test_a_sheet_edited_while_a_run_goes_on(whole: Path, tmp_path: Path) -> None:
    """All jobs of a run see the sheets as it began; the next run sees the edit."""
    folder = tmp_path / "cohort"
    shutil.copytree(whole, folder, ignore=shutil.ignore_patterns("results"))
    frozen, plan, keys = begin(folder)
    for key in keys:
        run_one(folder, frozen, plan, key)
        if key == "sanger/batch-00001":
            for sheet, column, value in (
                ("patients", "sex", "F"), ("mrd", "day", "22"), ("plates", "cycles", "44"),
                ("sanger", "day", "99"),
            ):  # fmt: skip
                edit(folder / f"sheets/{sheet}.tsv", column, value)
    assert hashes(folder / "results") == hashes(whole / "results")
    assert {key.split("/")[0] for key in units_outdated(folder)} == {"mlpa", "sanger", "mrd"}


def stop_of(folder: Path, change: Callable[[], object]) -> tuple[str, str]:
    """Begin a run, change something, go on; return the job that stops and its sentence."""
    frozen, plan, keys = begin(folder)
    change()
    for key in keys:
        try:
            run_one(folder, frozen, plan, key)
        except SystemExit as error:
            said = str(error)
            break
    else:
        pytest.fail("no job stopped")
    assert not manifest_path(folder / "results", key).exists()
    assert said == f"der22: {(folder / f'results/logs/{key}.log').read_text()}".rstrip()
    return key, said


def test_a_join_stops_at_a_table_that_was_changed_meanwhile(
    unfinished: Path, analysis: tuple[str, str, str, str]
) -> None:
    """No result is joined with what its job did not write; the same command mends it."""
    stage, _, name, joined = analysis
    file = min((unfinished / f"results/{stage}").glob(f"*/{name}"))
    key, said = stop_of(unfinished, lambda: file.write_text(file.read_text() + "\n"))
    assert key == f"cohort/{Path(joined).stem.replace('levels', 'series')}"
    below = file.relative_to(unfinished / "results").as_posix()
    assert said == (
        f"der22: {below}: changed since its job wrote it; results are not joined with it, run the "
        "same command again to make it anew"
    )
    run(unfinished)
    assert outdated(unfinished) == []


def test_a_join_stops_at_a_joined_table_that_was_changed_meanwhile(unfinished: Path) -> None:
    """Joins that join joins look as closely."""
    frozen, plan, keys = begin(unfinished)
    for key in keys[: keys.index("cohort/exports")]:
        run_one(unfinished, frozen, plan, key)
    file = unfinished / "results/cohort/genomic_risk.tsv"
    file.write_text(file.read_text() + "\n")
    with pytest.raises(SystemExit, match=r"genomic_risk\.tsv: changed since its job wrote it"):
        run_one(unfinished, frozen, plan, "cohort/exports")


def test_a_join_stops_without_a_manifest_of_what_it_joins(unfinished: Path) -> None:
    """A manifest that goes meanwhile is told."""
    file = min((unfinished / "results/manifests/sanger").glob("*.json"))
    _, said = stop_of(unfinished, file.unlink)
    assert f"manifests/sanger/{file.name}: is gone or damaged" in said


@pytest.mark.parametrize("how", ["edited", "gone", "cut"])
def test_a_job_stops_at_frozen_inputs_that_are_not_those_of_its_run(
    unfinished: Path, how: str
) -> None:
    """No job takes other inputs than its run began with."""
    file = unfinished / "results/run/inputs.json"

    def change() -> None:
        text = file.read_text()
        if how == "gone":
            file.unlink()
        else:
            file.write_text(text[:-9] if how == "cut" else text.replace('"sex":"F"', '"sex":"M"'))

    _, said = stop_of(unfinished, change)
    words = {"edited": "was changed while the run went on", "gone": "missing", "cut": "damaged"}
    assert said == f"der22: run/inputs.json: {words[how]}; run the same command again"


@pytest.mark.parametrize("name", ["sheets/P335-synthetic.tsv", "gene/reference.csv"])
def test_what_a_join_reads_again_is_what_was_checked(unfinished: Path, name: str) -> None:
    """A join stops at a probemix or a reference that was edited while the run went on."""
    sheet = unfinished / name
    text = sheet.read_text()
    edited = text + "note,none\n" if name.endswith(".csv") else "# note: none\n" + text
    _, said = stop_of(unfinished, lambda: sheet.write_text(edited))
    assert said == (
        f"der22: {sheet.name}: was changed while the run went on; run the same command again"
    )


def test_two_jobs_that_analysed_two_contents_of_one_control(cohort: Path) -> None:
    """A control replaced between two batches of one run: no cohort is joined of both."""
    control = min(cohort.glob("sanger/*wt1_F.ab1"))
    shutil.rmtree(cohort / "results")
    frozen, plan, keys = begin(cohort)
    for key in keys:
        if key == "sanger/batch-00002":
            control.write_bytes(other_content(control))
        if key in plan.joins:
            break
        run_one(cohort, frozen, plan, key)
    with pytest.raises(SystemExit, match=f"{control.name}: was replaced while the run went on"):
        run_one(cohort, frozen, plan, "cohort/abl1")


def test_provenance_tells_what_was_analysed(
    unfinished: Path, analysis: tuple[str, str, str, str]
) -> None:
    """A file replaced after its analysis is named with the hash of the bytes analysed."""
    file, _ = two_files(unfinished, analysis[1])
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    frozen, plan, keys = begin(unfinished)
    file.write_bytes(other_content(file))
    for key in keys:
        run_one(unfinished, frozen, plan, key)
    named = json.loads((unfinished / "results/provenance.json").read_text())["inputs"]
    assert named[f"../{analysis[0]}/{file.name}"] == before
    assert units_outdated(unfinished).keys() == users(unfinished, file)


def test_one_read_one_hash(whole: Path) -> None:
    """Every raw file, probemix and reference passes through the door that hashes what it reads."""
    frozen = today(whole)
    for unit in plan_cohort(frozen.inputs).units:
        with recorded_reads() as seen:
            run_unit(frozen.inputs.config, unit)
        own = {path for path in unit.raw_files if path.startswith(f"{whole}/")}
        assert own, unit.key
        assert own <= seen.keys(), unit.key


def test_units_are_given_all_fields_that_they_use(whole: Path) -> None:
    """With every field of the patients sheet a unit writes what it writes with its few."""
    frozen = today(whole)
    before = hashes(whole / "results")
    for unit in plan_cohort(frozen.inputs).units:
        if "patients" not in unit.records:
            continue
        patients = [frozen.inputs.patients[p.patient_id] for p in unit.records["patients"]]
        run_unit(
            frozen.inputs.config,
            dataclasses.replace(unit, records={**unit.records, "patients": patients}),
        )
    assert hashes(whole / "results") == before


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:constrained_layout")  # so few patients leave figures empty
def test_joins_read_nothing_that_they_do_not_guard(cohort: Path) -> None:
    """Every result that a join opens is among those whose hashes it compares."""
    frozen = today(cohort).with_probemixes()
    plan, outdir = plan_cohort(frozen.inputs), frozen.inputs.config.outdir
    opened: set[str] | None = None

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if opened is not None and event == "open" and arguments[1] in (None, "r", "rb"):
            opened.add(str(arguments[0]))

    sys.addaudithook(watch)  # cannot be taken away; sees nothing after this test
    for key in plan.joins:
        manifests = read_folder(outdir, plan.above(key)).manifests
        results = {name for manifest in manifests.values() if manifest for name in manifest.files}
        opened = set()
        report, _ = join_results(key, frozen)
        read = {name for name in results if f"{outdir}/{name}" in opened}
        opened = None
        assert read <= set(files_read(key, results)), key
        finish(key, report, outdir, cohort / "log", made_of={})
