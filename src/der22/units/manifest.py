"""What a work unit leaves behind: the files it wrote with their hashes, and what it noticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from der22.flags import Flag, Level, Problem
from der22.formats.tables import write_text

__all__ = ["UnitReport", "file_sha256", "made_of", "read_manifest", "write_manifest"]


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


def file_sha256(path: Path | str) -> str:
    """Return the hex SHA-256 of a file."""
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def write_manifest(
    path: Path | str, report: UnitReport, outdir: Path | str, made_of: str = ""
) -> None:
    """Write `report` as JSON with the hash of every file.

    Args:
        path: of the manifest.
        report: what the unit did.
        outdir: paths are relative to it.
        made_of: digest of the rows, settings and code behind it, '' where none is kept.
    """
    content: dict[str, object] = {
        "stage": report.stage,
        "unit": report.unit,
        "summary": report.summary,
        "files": {name: file_sha256(Path(outdir) / name) for name in sorted(report.files)},
        "problems": [
            [p.stage, p.subject, str(p.flag.level), p.flag.code, p.flag.message]
            for p in report.problems
        ],
    }
    if made_of:
        content["made_of"] = made_of
    write_text(path, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def read_manifest(path: Path | str) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Return the files with their hashes and the problems of a manifest.

    Raises:
        ValueError: it is damaged, or names a file outside the result folder.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        files, problems = content["files"], _problems(content["problems"])
        is_sound = all(_is_inside(name) and isinstance(files[name], str) for name in files)
    except (LookupError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"{Path(path).name}: not a manifest of der22") from error
    if not is_sound or not isinstance(files, dict):
        raise ValueError(f"{Path(path).name}: not a manifest of der22")
    return files, problems


def made_of(path: Path | str) -> str:
    """Return the digest of rows, settings and code of a manifest, '' where it holds none."""
    try:
        return str(json.loads(Path(path).read_text(encoding="utf-8")).get("made_of", ""))
    except (AttributeError, OSError, RecursionError, ValueError):
        return ""


def _is_inside(name: str) -> bool:
    """Tell whether a name leads to a place below the result folder."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _problems(rows: Iterable[Sequence[str]]) -> tuple[Problem, ...]:
    return tuple(
        Problem(stage, subject, Flag(code, Level(level), message))
        for stage, subject, level, code, message in rows
    )
