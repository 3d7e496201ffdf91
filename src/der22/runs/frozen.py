"""The inputs of one run, frozen: checked config and sheets as all its jobs see them.

``run/inputs.json`` is written once before the first job. Jobs read it and never the sheets, so that
a sheet edited meanwhile cannot make two truths in one result. Files are named as seen from the
folder of the config, so that a cohort may move as a whole.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from der22.errors import Der22Error, InputError, InputProblem
from der22.flags import Severity
from der22.formats.files import file_of, recorded_reads
from der22.formats.probemix import read_probemix
from der22.formats.records import MlpaSample, MrdSample, Patient, Plate, SangerRead
from der22.formats.reference_folder import REFERENCE_ENDINGS
from der22.formats.tables import write_text
from der22.inputs.cohort_inputs import CohortInputs, inputs_from_mapping
from der22.inputs.config import config_from_checked
from der22.inputs.config_file import read_config_file
from der22.runs.content import content_of, digest_of

__all__ = [
    "INPUTS", "FrozenInputs", "InputsLostError", "files_of_reference", "freeze", "read_frozen",
    "write_frozen",
]  # fmt: skip

#: below outdir
INPUTS = "run/inputs.json"
_PATH_FIELDS = {"path", "probemix", "size_standard"}
_KINDS: Mapping[str, type] = {
    "mlpa": MlpaSample, "reads": SangerRead, "plates": Plate, "mrd": MrdSample,
}  # fmt: skip


class InputsLostError(Der22Error):
    """``run/inputs.json`` is missing, damaged or not that of the run."""


@dataclass(frozen=True, slots=True)
class FrozenInputs:
    """What a run was given.

    Attributes:
        inputs: config and sheets, checked.
        config: the config as the YAML held it.
        base: folder of the config, absolute.
        checked: sheets, probemixes and references -> SHA-256 of what was checked.
        text: content of ``run/inputs.json``.
    """

    inputs: CohortInputs
    config: Mapping[str, Any]
    base: Path
    checked: Mapping[str, str]
    text: str

    @property
    def digest(self) -> str:
        """Digest of the whole: every job that joins results is made of it."""
        return _digest(self.text)

    @property
    def path(self) -> Path:
        """Where the jobs find it."""
        return self.inputs.config.outdir / INPUTS

    def config_fault(self) -> str:
        """Return what is wrong with the config file of today, '' when it says what it said then.

        A file that is not there any more is no fault: inputs that are gone are told as such.
        """
        path = self.base / self.inputs.config.source
        try:
            held = read_config_file(path)
        except InputError:
            return f"{path.name}: cannot be read any more" if path.exists() else ""
        if digest_of(held) == json.loads(self.text)["held"]:
            return ""
        return f"{path.name}: says other than when the run began; run the same command again"

    def with_probemixes(self) -> FrozenInputs:
        """Return the inputs of a join, which needs the probemixes too."""
        config = self.inputs.config
        paths = dict.fromkeys(sample.probemix for sample in self.inputs.mlpa)
        if config.mlpa and not paths:
            paths = {config.mlpa.probemix: None}
        probemixes = {path: read_probemix(path) for path in paths}
        return dataclasses.replace(
            self, inputs=dataclasses.replace(self.inputs, probemixes=probemixes)
        )

    def require_checked(self, reads: Mapping[str, str]) -> None:
        """Compare files that a job read again with those that were checked.

        Args:
            reads: path -> SHA-256, see `der22.formats.files.recorded_reads`.

        Raises:
            Der22Error: one was edited or replaced since.
        """
        for path, content in reads.items():
            if self.checked.get(path, content) != content:
                raise Der22Error(
                    f"{Path(path).name}: was changed while the run went on; run the same command "
                    "again"
                )


def freeze(content: Mapping[str, Any], source: str, base: Path, held: Any = None) -> FrozenInputs:
    """Check a config that was read and all that it names, and freeze it.

    Args:
        content: what the YAML held, values of the command line in force.
        source: name of the config file, for sentences.
        base: its folder, absolute.
        held: what the YAML held where the command line changes it; None = `content`.

    Raises:
        InputError: with every problem of config, sheets and files.
    """
    with recorded_reads() as reads:
        inputs = inputs_from_mapping(content, source, base)
    named: list[Path | str] = [*_sheet_files(inputs), *inputs.probemixes, *_reference_files(inputs)]
    files = dict.fromkeys(str(file_of(path)) for path in named)
    checked = {path: reads.get(path) or content_of(path) for path in files}
    plain = {
        "layout": 1,
        "folder": os.path.relpath(base, inputs.config.outdir),
        "source": source,
        "held": digest_of(content if held is None else held),
        "config": _without_folders(content, base),
        "checked": {_seen(path, base): sha256 for path, sha256 in checked.items()},
        "patients": [_plain(patient, base) for patient in inputs.patients.values()],
        "warnings": [dataclasses.asdict(warning) for warning in inputs.warnings],
    }
    for kind in _KINDS:
        plain[kind] = [_plain(record, base) for record in getattr(inputs, kind)]
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    return FrozenInputs(inputs, content, base, checked, text)


def write_frozen(frozen: FrozenInputs) -> None:
    """Write ``run/inputs.json``, unless it stands there already.

    Raises:
        InputError: it cannot be written, such as on a full disk.
    """
    try:
        if frozen.path.read_text(encoding="utf-8") == frozen.text:
            return
    except (OSError, ValueError):
        pass
    try:
        write_text(frozen.path, frozen.text)
    except OSError as error:
        message = (
            f"cannot be written to ({error.strerror}); make room or change its rights, and run the "
            "same command again"
        )
        raise InputError([InputProblem(str(frozen.inputs.config.outdir), message)]) from error


def read_frozen(path: Path | str, digest: str | None = None) -> FrozenInputs:
    """Return what `write_frozen` wrote, without probemixes: units read their own.

    Args:
        path: ``run/inputs.json`` of a result folder.
        digest: that the run began with; None = any.

    Raises:
        InputsLostError: there is none, it is damaged, or another than that of the run.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
        plain = json.loads(text)
        outdir = path.absolute().parents[1]
        base = Path(os.path.normpath(outdir / plain["folder"]))
        content = _with_folders(plain["config"], base)
        config = config_from_checked({**content, "outdir": str(outdir)}, plain["source"], base)
        inputs = CohortInputs(
            config=config,
            patients={row["patient_id"]: Patient(**row) for row in plain["patients"]},
            probemixes={},
            warnings=tuple(
                InputProblem(**row | {"level": Severity(row["level"])}) for row in plain["warnings"]
            ),
            **{
                kind: tuple(record(**_found(row, base)) for row in plain[kind])
                for kind, record in _KINDS.items()
            },
        )
        checked = {_place(name, base): sha256 for name, sha256 in plain["checked"].items()}
    except FileNotFoundError as error:
        raise InputsLostError(f"{INPUTS}: missing; run the same command again") from error
    except (
        AttributeError, InputError, KeyError, OSError, RecursionError, TypeError, ValueError,
    ) as error:  # fmt: skip
        raise InputsLostError(f"{INPUTS}: damaged; run the same command again") from error
    if digest is not None and digest != _digest(text):
        raise InputsLostError(
            f"{INPUTS}: was changed while the run went on; run the same command again"
        )
    return FrozenInputs(inputs, content, base, checked, text)


def _sheet_files(inputs: CohortInputs) -> Iterable[Path]:
    """Return the files of the sheets of a cohort, each once: a workbook may hold several."""
    config = inputs.config
    paths = [config.patients]
    if config.mlpa:
        paths.append(config.mlpa.samples)
    if config.sanger:
        paths.append(config.sanger.reads)
    if config.mrd:
        paths += [config.mrd.samples, config.mrd.plates]
    return dict.fromkeys(map(file_of, paths))


def _reference_files(inputs: CohortInputs) -> Sequence[str]:
    """Return the files of the reference that the config names; none for the shipped one."""
    part = inputs.config.sanger
    if part is None or not part.reference:
        return []
    return files_of_reference(Path(part.reference))


def files_of_reference(root: Path) -> list[str]:
    """Return the files of a reference: those of a folder, or the one file."""
    if not root.is_dir():
        return [str(root)]
    return sorted(str(path) for path in root.iterdir() if path.suffix in REFERENCE_ENDINGS)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _plain(record: Any, base: Path) -> dict[str, Any]:
    """Return the fields that say something, files as seen from the config."""
    plain = {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if value is None or value == {}:
            continue
        is_path = field.name in _PATH_FIELDS and Path(value).is_absolute()
        plain[field.name] = _seen(value, base) if is_path else value
    return plain


def _found(row: Mapping[str, Any], base: Path) -> dict[str, Any]:
    return {k: _place(v, base) if k in _PATH_FIELDS else v for k, v in row.items()}


def _seen(path: str, base: Path) -> str:
    """Return an absolute path as seen from the config's folder, beginning with a dot."""
    if path.startswith(f"{base}/"):
        return "./" + path[len(str(base)) + 1 :]
    # a way back out of a folder may lead elsewhere when that folder is a link
    return path if ".." in Path(path).parts else os.path.relpath(path, base)


def _place(text: str, base: Path) -> str:
    """Return the path that `_seen` was given; a shipped name stays as it is."""
    if text.startswith("./"):
        return f"{base}/{text[2:]}"
    return os.path.normpath(base / text) if text.startswith("../") else text


def _without_folders(value: Any, base: Path) -> Any:
    """Return a config with absolute paths as seen from its folder, marked as such."""
    if isinstance(value, Mapping):
        return {key: _without_folders(item, base) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_folders(item, base) for item in value]
    is_absolute = isinstance(value, str) and Path(value).is_absolute()
    return {"file": _seen(value, base)} if is_absolute else value


def _with_folders(value: Any, base: Path) -> Any:
    """Return the config that `_without_folders` was given."""
    if isinstance(value, Mapping):
        if value.keys() == {"file"}:
            return _place(value["file"], base)
        return {key: _with_folders(item, base) for key, item in value.items()}
    return [_with_folders(item, base) for item in value] if isinstance(value, list) else value
