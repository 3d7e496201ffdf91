"""Open the traces of a sample and of its controls and analyse each once."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path

from der22.errors import UnreadableFileError
from der22.flags import Flag, Severity
from der22.formats.files import read_bytes
from der22.formats.records import SangerRead
from der22.formats.reference_folder import Reference
from der22.formats.trace import parse_trace
from der22.sanger.codes import make_flag
from der22.sanger.evidence.copies import refuse_copies
from der22.sanger.reading.judge import read_status
from der22.sanger.reading.primers import primer_flags
from der22.sanger.reading.read import analyse_read, refuse_read
from der22.sanger.records import SangerReadResult
from der22.sanger.sample import control_fault
from der22.sanger.settings import SangerSettings
from der22.words import ReadStatus

__all__ = ["CONTROL_ROLE", "ReadBook"]

CONTROL_ROLE = "wild_type_control"
_MAX_FILE_BYTES = 64 * 2**20


class ReadBook:
    """The reads of one job: every control is opened and analysed once, whatever it serves."""

    def __init__(
        self, reads: Sequence[SangerRead], reference: Reference, settings: SangerSettings
    ) -> None:
        self._reads = tuple(reads)
        self._reference = reference
        self._settings = settings
        self._controls: dict[str, tuple[SangerReadResult, ...]] = {}

    def of_sample(self, sample_id: str) -> tuple[SangerRead, ...]:
        """Return the rows of a sample, controls left out, in sheet order."""
        return tuple(
            read
            for read in self._reads
            if read.sample_id == sample_id and read.role != CONTROL_ROLE
        )

    def analyse(self, rows: Sequence[SangerRead]) -> tuple[SangerReadResult, ...]:
        """Open and analyse the given rows of one sample; copies of earlier reads are refused."""
        settings, seen = self._settings, dict[bytes, str]()
        results = []
        for row in rows:
            try:
                content = read_bytes(row.path, _MAX_FILE_BYTES, "UNREADABLE_FILE")
                trace = parse_trace(content, Path(row.path).name, settings.calls)
            except UnreadableFileError as error:
                reason = Flag(error.code, Severity.ERROR, error.message)
                results.append(refuse_read(row.read_id, reason))
                continue
            digest = hashlib.sha256(trace.channels.tobytes()).digest()
            if digest in seen:
                message = f"{trace.name}: same channels as read {seen[digest]}; counted once"
                results.append(refuse_read(row.read_id, make_flag("DUPLICATE_READ", message)))
                continue
            seen[digest] = row.read_id
            result = analyse_read(row.read_id, trace, self._reference, settings)
            known = self._reference.primers
            if more := primer_flags(row.read_id, row.primer, result.direction, known):
                flags, status = result.flags + more, result.status
                if status is not ReadStatus.REFUSED:
                    status = read_status(flags)
                result = dataclasses.replace(result, flags=flags, status=status)
            results.append(result)
        return refuse_copies(results, settings)

    def controls_of(
        self, rows: Sequence[SangerRead], results: Sequence[SangerReadResult]
    ) -> tuple[tuple[SangerReadResult, ...], tuple[SangerReadResult, ...]]:
        """Return the control reads of a sample's runs: all of them, and those that serve it.

        Args:
            rows: rows of the sample.
            results: their results, in the same order.
        """
        runs = list(dict.fromkeys(row.run_id for row in rows if row.run_id))
        by_run = {
            run: refuse_copies(self._controls_of_run(run), self._settings, results) for run in runs
        }
        every = tuple(control for controls in by_run.values() for control in controls)
        wanted = {
            (row.run_id, result.direction)
            for row, result in zip(rows, results, strict=True)
            if result.evidence is not None
        }
        serving = tuple(
            control
            for run, controls in by_run.items()
            for control in controls
            if control.evidence is not None and (run, control.direction) in wanted
        )
        return every, serving

    def _controls_of_run(self, run: str) -> tuple[SangerReadResult, ...]:
        if run not in self._controls:
            rows = [r for r in self._reads if r.role == CONTROL_ROLE and r.run_id == run]
            results: list[SangerReadResult] = []
            for sample_id in dict.fromkeys(row.sample_id for row in rows):
                group = self.analyse([row for row in rows if row.sample_id == sample_id])
                fault = control_fault(group, self._reference, self._settings)
                if fault is None:
                    results += group
                    continue
                results += [  # every read of a control that is not wild type
                    dataclasses.replace(
                        read, status=ReadStatus.REFUSED, flags=(*read.flags, fault), evidence=None
                    )
                    for read in group
                ]
            self._controls[run] = tuple(results)
        return self._controls[run]
