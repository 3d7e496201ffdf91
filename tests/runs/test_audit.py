"""``der22 verify`` and ``der22 check`` on a result folder: what they say and how they exit."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from der22.cli import main
from runs.small_run import ANALYSES, run, two_files, write_cohort

GOOD = "every result is as it was written, of the inputs that lie there"


@pytest.fixture(scope="module", name="whole")
def fixture_whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cohort that was run once; only copies of it are changed."""
    folder = write_cohort(tmp_path_factory.mktemp("whole") / "cohort")
    run(folder)
    return folder


@pytest.fixture(name="cohort")
def fixture_cohort(whole: Path, tmp_path: Path) -> Path:
    """Return a copy of the cohort and its results."""
    return Path(shutil.copytree(whole, tmp_path / "cohort"))


@pytest.fixture(params=ANALYSES, ids=[analysis for analysis, *_ in ANALYSES], name="analysis")
def fixture_analysis(request: pytest.FixtureRequest) -> tuple[str, str, str, str]:
    """Return stage, pattern of its raw files, a table of its units and its joined table."""
    analysis: tuple[str, str, str, str] = request.param
    return analysis


class Said:
    """Runs a subcommand; holds exit status and what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def verify(self, cohort: Path) -> tuple[int, str]:
        """Verify the results of a cohort."""
        return self._run("verify", str(cohort / "results"))

    def check(self, cohort: Path) -> tuple[int, str]:
        """Check the config of a cohort."""
        return self._run("check", "--config", str(cohort / "config.yaml"))

    def _run(self, *arguments: str) -> tuple[int, str]:
        self._capsys.readouterr()
        status = main(list(arguments))
        streams = self._capsys.readouterr()
        return status, streams.out + streams.err


@pytest.fixture(name="der22")
def fixture_der22(capsys: pytest.CaptureFixture[str]) -> Said:
    """Return the command."""
    return Said(capsys)


def test_a_whole_run_is_good(cohort: Path, der22: Said) -> None:
    """Nothing to tell: exit 0, whatever the times of files say."""
    for path in cohort.rglob("*"):
        os.utime(path, (4_300_000_000, 4_300_000_000))
    status, said = der22.verify(cohort)
    assert (status, GOOD in said) == (0, True)
    status, said = der22.check(cohort)
    assert (status, "will run" in said, "results:" in said) == (0, False, False)


def test_another_content_of_an_input(
    cohort: Path, der22: Said, analysis: tuple[str, str, str, str]
) -> None:
    """Verify exits 1 and names the file; check lists what will run again and exits 0."""
    file, other = two_files(cohort, analysis[1])
    state = file.stat()
    shutil.copy(other, file)
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    status, said = der22.verify(cohort)
    assert status == 1
    assert said == (
        f"{file.name}: another content than the one analysed; run the same command again\n"
    )
    status, said = der22.check(cohort)
    assert status == 0
    assert f"will run again: content of {file.name}\n" in said
    assert "results:" not in said


@pytest.mark.parametrize("sheet", ["patients", "mlpa", "sanger", "mrd", "plates", "P335-synthetic"])
def test_another_content_of_a_sheet(cohort: Path, der22: Said, sheet: str) -> None:
    """Sheets and probemixes are inputs like raw files, even where no record changed."""
    path = cohort / f"sheets/{sheet}.tsv"
    path.write_text("# note: none\n" + path.read_text())
    status, said = der22.verify(cohort)
    assert (status, said.count("\n")) == (1, 1)
    assert f"{path.name}: another content than the one analysed" in said
    status, said = der22.check(cohort)
    assert status == 0
    assert f"will run again: content of {path.name}\n" in said


def test_an_input_that_is_gone(
    cohort: Path, der22: Said, analysis: tuple[str, str, str, str]
) -> None:
    """Verify asks to bring it back; check refuses it as a problem of the sheet."""
    file, _ = two_files(cohort, analysis[1])
    file.unlink()
    assert der22.verify(cohort) == (1, f"{file.name}: the input is gone; bring it back\n")
    assert der22.check(cohort)[0] == 1


def test_results_far_from_their_inputs(cohort: Path, der22: Said, tmp_path: Path) -> None:
    """A result folder alone cannot be compared with its inputs, which is one sentence."""
    shutil.copytree(cohort / "results", tmp_path / "alone/results")
    status, said = der22.verify(tmp_path / "alone")
    assert (status, said.count("\n")) == (1, 1)
    assert "input files lies where the run found it" in said


@pytest.mark.parametrize("how", ["changed", "missing"])
def test_an_altered_result(
    cohort: Path, der22: Said, analysis: tuple[str, str, str, str], how: str
) -> None:
    """Both commands exit 1, name the file and its job, and say that it will be made anew."""
    stage, _, name, _ = analysis
    file = min((cohort / f"results/{stage}").glob(f"*/{name}"))
    state = file.stat()
    if how == "missing":
        file.unlink()
    else:
        file.write_text(file.read_text().replace("0", "1"))
        os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    below = file.relative_to(cohort / "results").as_posix()
    status, said = der22.verify(cohort)
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith(f"{below}: {how} since {stage} ")
    status, said = der22.check(cohort)
    assert status == 1
    assert f"  results: {below}: {how} since {stage} " in said
    assert "will run again" in said


def test_manifests_deleted_with_their_results(
    cohort: Path, der22: Said, analysis: tuple[str, str, str, str]
) -> None:
    """What is not there any more is missed, because the plan of the run names it."""
    stage = analysis[0]
    names = sorted(path.name for path in (cohort / f"results/manifests/{stage}").iterdir())
    shutil.rmtree(cohort / f"results/manifests/{stage}")
    shutil.rmtree(cohort / f"results/{stage}")
    status, said = der22.verify(cohort)
    assert status == 1
    for name in names:
        assert f"manifests/{stage}/{name}: missing; run the same command again\n" in said
    status, said = der22.check(cohort)
    assert f"{stage} {Path(names[0]).stem}" in said
    assert "will run: not finished yet" in said


@pytest.mark.parametrize(
    "key", ["cohort/tables", "report/problems", "report/index", "pages/pages-00001"]
)
def test_each_manifest_of_a_run_is_missed(cohort: Path, der22: Said, key: str) -> None:
    """Those of joins and pages too."""
    (cohort / f"results/manifests/{key}.json").unlink()
    status, said = der22.verify(cohort)
    assert (status, f"manifests/{key}.json: missing" in said) == (1, True)


@pytest.mark.parametrize("how", ["gone", "damaged", "forged"])
def test_frozen_inputs_that_are_not_those_of_the_run(cohort: Path, der22: Said, how: str) -> None:
    """Without the truth about the inputs no result is called good; the next run makes it anew."""
    file = cohort / "results/run/inputs.json"
    if how == "gone":
        file.unlink()
    else:
        text = file.read_text()
        file.write_text(text[:-9] if how == "damaged" else text.replace('"sex":"F"', '"sex":"M"'))
    status, said = der22.verify(cohort)
    assert status == 1
    words = {"gone": "inputs.json: missing", "damaged": "inputs.json: damaged",
             "forged": "not made of the inputs of its run"}  # fmt: skip
    assert words[how] in said
    assert der22.check(cohort)[0] == (1 if how == "damaged" else 0)
    run(cohort)
    assert der22.verify(cohort)[0] == 0


def test_a_stale_copy_of_one_manifest(cohort: Path, der22: Said, tmp_path: Path) -> None:
    """A manifest with its tables put back from another run does not fit the rest."""
    kept = shutil.copytree(cohort / "results", tmp_path / "kept")
    sheet = cohort / "sheets/mlpa.tsv"
    sheet.write_text(sheet.read_text().replace("\tGS500ROX\t", "\tGS500LIZ\t"))
    run(cohort)
    assert der22.verify(cohort)[0] == 0
    for part in ("mlpa", "manifests/mlpa"):
        shutil.rmtree(cohort / "results" / part)
        shutil.copytree(kept / part, cohort / "results" / part)
    status, said = der22.verify(cohort)
    assert status == 1
    assert "mlpa MLPA-01: not made of the inputs of its run (its rows in the sheets)" in said


def test_results_of_another_version_are_whole(
    cohort: Path, der22: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer der22 is no fault of the results; check says that they will be made again."""
    from der22.runs import plan, staleness

    monkeypatch.setattr(plan, "code_digest", lambda *_: "other")
    monkeypatch.setattr(staleness, "code_digest", lambda *_: "other")
    assert der22.verify(cohort)[0] == 0
    status, said = der22.check(cohort)
    assert (status, "will run again: another version of der22" in said) == (0, True)


def test_a_folder_of_nobody(cohort: Path, der22: Said) -> None:
    """A copy of a run put beside it is told: it is no result of this run."""
    shutil.copytree(cohort / "results/mlpa/MLPA-01", cohort / "results/mlpa/MLPA-01.old")
    status, words = der22.verify(cohort)
    assert status == 1
    assert "mlpa/MLPA-01.old: no job of this run wrote it" in words


def test_results_without_their_inputs_are_one_sentence(
    cohort: Path, tmp_path: Path, der22: Said
) -> None:
    """A results folder copied elsewhere does not list every input."""
    (tmp_path / "away").mkdir()
    shutil.copytree(cohort / "results", tmp_path / "away/results")
    status, words = der22.verify(tmp_path / "away")
    assert status == 1
    assert "none of the" in words
    assert len(words.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [("# a remark\n", 0), ("", 0), ("statistics:\n  dfs_start_day: 90\n", 1), (": no yaml: [", 1)],
)
def test_verify_sees_an_edited_config(cohort: Path, der22: Said, change: str, status: int) -> None:
    """What the config says counts, not how it is written."""
    config = cohort / "config.yaml"
    text = config.read_text()
    assert "statistics:" not in text
    config.write_text(text + change)
    found, words = der22.verify(cohort)
    assert (found, "config.yaml" in words) == (status, bool(status)), words


@pytest.mark.parametrize("damage", [b"[]", b"{", b"\xff\xfe\x00"])
def test_check_sees_damaged_inputs(cohort: Path, der22: Said, damage: bytes) -> None:
    """The frozen inputs are a result too: altered, they end the check with status 1."""
    (cohort / "results/run/inputs.json").write_bytes(damage)
    status, words = der22.check(cohort)
    assert status == 1
    assert "run/inputs.json: damaged" in words
