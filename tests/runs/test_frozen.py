"""The frozen inputs of a run are those that were checked, wherever the cohort lies."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import yaml

from der22.formats.files import recorded_reads
from der22.inputs.cohort_inputs import CohortInputs, inputs_from_mapping
from der22.runs import frozen as frozen_inputs
from der22.runs.frozen import InputsLostError, read_frozen, write_frozen
from runs.small_run import edit, today, write_cohort

POINTS = [{"name": "week3", "phase": "induction", "nominal_day": 21, "first_day": 15,
           "last_day": 30}]  # fmt: skip


@pytest.fixture(scope="module", name="written")
def fixture_written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small cohort with time points of its own; only copies of it are changed."""
    folder = write_cohort(tmp_path_factory.mktemp("written") / "cohort")
    edit(folder / "sheets/mrd.tsv", "timepoint", "")
    config = yaml.safe_load((folder / "config.yaml").read_text())
    config["mrd"]["settings"] = {"timepoints": POINTS}
    config["statistics"] = {"groups": ["molecular_response_week3"]}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    return folder


@pytest.fixture(name="cohort")
def fixture_cohort(written: Path, tmp_path: Path) -> Path:
    """Return a copy of the cohort."""
    return Path(shutil.copytree(written, tmp_path / "cohort"))


@pytest.mark.parametrize("left_out", ["", "mlpa", "sanger", "mrd"])
def test_jobs_see_what_was_checked(cohort: Path, left_out: str) -> None:
    """Config, patients, rows, probemixes and doubts come back equal."""
    config = yaml.safe_load((cohort / "config.yaml").read_text())
    config.pop(left_out, None)
    if left_out == "mrd":
        del config["statistics"]
    (cohort / "config.yaml").write_text(yaml.safe_dump(config))
    frozen = today(cohort)
    write_frozen(frozen)
    found = read_frozen(frozen.path, frozen.digest)
    assert found.inputs.probemixes == {}
    found = found.with_probemixes()
    assert found == frozen
    assert bool(found.inputs.probemixes) is (left_out != "mlpa")


def test_no_folder_of_the_machine_is_frozen(cohort: Path, tmp_path: Path) -> None:
    """Files are named from the config's folder, so that a moved cohort has the same digest."""
    raw = min((cohort / "mrd").glob("p190-0*.txt"))
    far = tmp_path / "far" / raw.name
    far.parent.mkdir()
    raw.rename(far)
    sheet = cohort / "sheets/plates.tsv"
    sheet.write_text(sheet.read_text().replace(f"../mrd/{raw.name}", str(far)))
    frozen = today(cohort)
    assert str(tmp_path) not in frozen.text
    write_frozen(frozen)
    (tmp_path / "moved").mkdir()
    cohort.rename(tmp_path / "moved/cohort")
    shutil.move(far.parent, tmp_path / "moved/far")
    moved = read_frozen(tmp_path / "moved/cohort/results/run/inputs.json", frozen.digest)
    assert str(tmp_path / "moved/far" / raw.name) in {plate.path for plate in moved.inputs.plates}
    assert moved.inputs.config.outdir == tmp_path / "moved/cohort/results"


def test_what_was_checked_is_hashed_as_it_was_read(cohort: Path) -> None:
    """Each sheet, probemix and reference is read by the check itself, and named with that hash."""
    with recorded_reads() as reads:
        frozen = today(cohort)
    assert {Path(path).name for path in reads} == {"config.yaml"}  # the check keeps its own account
    names = {Path(path).name for path in frozen.checked}
    sheets = {"patients.tsv", "mlpa.tsv", "sanger.tsv", "mrd.tsv", "plates.tsv"}
    assert names >= sheets | {"P335-synthetic.tsv", "coding_sequence.fa", "mutations.csv"}
    assert all(len(sha256) == 64 for sha256 in frozen.checked.values())


@pytest.mark.parametrize(
    "name", ["sheets/patients.tsv", "sheets/P335-synthetic.tsv", "gene/mutations.csv"]
)
def test_a_sheet_edited_while_it_is_checked(
    cohort: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The hash is that of the bytes that became records, not of what lies there a moment later."""
    path = cohort / name
    before = hashlib.sha256(path.read_bytes()).hexdigest()

    def check_and_edit(content: object, source: str, base: Path) -> CohortInputs:
        inputs = inputs_from_mapping(content, source, base)
        path.write_text(path.read_text() + "\n")
        return inputs

    monkeypatch.setattr(frozen_inputs, "inputs_from_mapping", check_and_edit)
    checked = {Path(file).name: sha256 for file, sha256 in today(cohort).checked.items()}
    assert checked[path.name] == before


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", "\x00", '{"folder": 1}', '{"folder": "..", "config": 3}', "[" * 9999],
)
def test_a_damaged_record_is_told(cohort: Path, text: str) -> None:
    """Whatever lies there ends in one sentence."""
    frozen = today(cohort)
    write_frozen(frozen)
    frozen.path.write_text(text)
    with pytest.raises(InputsLostError, match=r"inputs\.json: damaged; run the same command again"):
        read_frozen(frozen.path)


@pytest.mark.parametrize("part", ["config", "patients", "mlpa", "checked", "warnings", "folder"])
def test_a_record_without_a_part_is_told(cohort: Path, part: str) -> None:
    """Each part is needed, and of its kind."""
    frozen = today(cohort)
    write_frozen(frozen)
    for value in (None, 3, [[1]]):
        plain = json.loads(frozen.text) | {part: value}
        frozen.path.write_text(json.dumps(plain))
        with pytest.raises(InputsLostError, match="damaged"):
            read_frozen(frozen.path)
    plain = json.loads(frozen.text)
    del plain[part]
    frozen.path.write_text(json.dumps(plain))
    with pytest.raises(InputsLostError, match="damaged"):
        read_frozen(frozen.path)
