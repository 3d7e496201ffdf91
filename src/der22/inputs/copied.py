"""Raw files of one content under two names: one of two rows has the measurement of the other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from der22.flags import Flag, Problem, Severity
from der22.formats.peak_table import is_peak_table
from der22.inputs.cohort_inputs import CohortInputs

__all__ = ["copied_files"]

_EMPTY = hashlib.sha256(b"").hexdigest()


def copied_files(inputs: CohortInputs, contents: Mapping[str, str]) -> list[Problem]:
    """Return a warning for every row of a raw file whose content stands under another name too.

    A wild-type control may be given to two runs.

    Args:
        inputs: the sheets.
        contents: path -> SHA-256, or words where nothing can be read.
    """
    raw = [
        ("mlpa", f"{sample.run_id}/{sample.sample_id}", sample.path)
        for sample in inputs.mlpa
        if not is_peak_table(sample.path)
    ]
    raw += [("sanger", read.read_id, read.path) for read in inputs.reads if read.role == "sample"]
    found = []
    first: dict[str, tuple[str, str]] = {}
    for stage, subject, path in raw:
        content = contents.get(path, "")
        if len(content) != len(_EMPTY) or content == _EMPTY:
            continue
        before, place = first.setdefault(content, (subject, path))
        if place != path:
            message = (
                f"{Path(path).name} has the content of {Path(place).name}, the file of {before}; "
                "one of the two rows has the measurement of the other, find the right file"
            )
            found.append(Problem(stage, subject, Flag("FILE_COPIED", Severity.WARNING, message)))
    return found
