"""What a job leaves behind: what it read and was made of, the files it wrote, what it noticed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from der22.errors import UnreadableFileError
from der22.flags import Flag, Problem, Severity
from der22.formats.files import read_bytes
from der22.formats.tables import write_text
from der22.runs.content import file_sha256

__all__ = ["Manifest", "UnitReport", "file_sha256", "read_manifest", "write_manifest"]


_LARGEST = 2**28


@dataclass(frozen=True, slots=True)
class UnitReport:
    """The result of one work unit, once its tables are written.

    Attributes:
        stage: mlpa, sanger, mrd, cohort or report.
        unit: name of the unit: run_id, batch or table.
        files: every file written, relative to outdir, sorted.
        problems: flags and refusals, in the order they are listed in ``problems.tsv``.
        summary: one line for the terminal, such as "24 samples: 20 called, 3 warned, 1 refused".
    """

    stage: str
    unit: str
    files: tuple[str, ...]
    problems: tuple[Problem, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands in a manifest.

    Attributes:
        files: name below outdir -> SHA-256 as it was written.
        problems: flags and refusals.
        made_of: what the results depend on -> its digest, see `der22.runs.plan`.
        reads: input file -> SHA-256 of the bytes that were analysed.
        sha256: of the manifest itself.
    """

    files: Mapping[str, str]
    problems: tuple[Problem, ...]
    made_of: Mapping[str, str] = field(default_factory=dict)
    reads: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""


def write_manifest(
    path: Path | str,
    report: UnitReport,
    outdir: Path | str,
    made_of: Mapping[str, str] | None = None,
    reads: Mapping[str, str] | None = None,
) -> None:
    """Write `report` as JSON with the hash of every file.

    Args:
        path: of the manifest.
        report: what the unit did.
        outdir: paths are relative to it.
        made_of: digests of what the results depend on.
        reads: hashes of the inputs as they were read.
    """
    content: dict[str, object] = {
        "stage": report.stage,
        "unit": report.unit,
        "summary": report.summary,
        "made_of": dict(made_of or {}),
        "reads": dict(reads or {}),
        "files": {name: file_sha256(Path(outdir) / name) for name in sorted(report.files)},
        "problems": [
            [p.stage, p.subject, str(p.flag.level), p.flag.code, p.flag.message]
            for p in report.problems
        ],
    }
    content["seal"] = _seal(content)
    write_text(path, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def _seal(content: Mapping[str, object]) -> str:
    """Return a digest of a manifest without its seal: an edit by hand breaks it."""
    rest = {key: value for key, value in content.items() if key != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:24]


def read_manifest(path: Path | str) -> Manifest:
    """Return what a manifest says.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it is damaged, or names a file outside the result folder.
    """
    try:
        raw = read_bytes(path, _LARGEST)
    except UnreadableFileError as error:
        if os.path.lexists(path):
            raise ValueError(error.message) from error
        raise FileNotFoundError(error.message) from error
    try:
        content = json.loads(raw)
        if content["seal"] != _seal(content):
            raise ValueError("edited")
        manifest = Manifest(
            files=_texts(content["files"]),
            problems=tuple(
                Problem(stage, subject, Flag(code, Severity(level), message))
                for stage, subject, level, code, message in content["problems"]
            ),
            made_of=_texts(content.get("made_of", {})),
            reads=_texts(content.get("reads", {})),
            sha256=hashlib.sha256(raw).hexdigest(),
        )
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"{Path(path).name}: not a manifest of der22") from error
    if not all(_is_inside(name) for name in manifest.files):
        raise ValueError(f"{Path(path).name}: not a manifest of der22")
    return manifest


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise TypeError("no table of texts")
    return value


def _is_inside(name: str) -> bool:
    """Tell whether a name leads to a place below the result folder."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and name.isprintable()
