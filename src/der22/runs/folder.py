"""The result folder as a whole: who may write to it, and what no longer belongs to it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Mapping
from pathlib import Path

from der22.errors import InputError, InputProblem
from der22.runs.manifest import read_manifest

__all__ = ["hold_results", "remove_left_results"]

#: lies beside the manifests; stays, since taking it away while another run waits would undo it
_LOCK = "manifests/.lock"
_ANALYSES = ("mlpa", "sanger", "mrd")


def hold_results(outdir: Path) -> None:
    """Keep every other run out of `outdir` until this process ends, however it ends.

    An advisory lock of the operating system, which a killed run cannot leave behind. On a file
    system without such locks nothing is held.

    Raises:
        InputError: another run holds it.
    """
    path = outdir / _LOCK
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError:  # a full disk; the first job will say so
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        message = (
            "another run is writing its results here; wait until it has ended or name another "
            "outdir"
        )
        raise InputError([InputProblem(str(outdir), message)]) from error
    except OSError:
        os.close(descriptor)


def remove_left_results(
    outdir: Path, units: Mapping[str, Collection[str]], folders: Mapping[str, Collection[str]]
) -> list[str]:
    """Remove results of what no sheet names any more, so that nobody takes them for today's.

    Only files that a manifest of der22 lists are removed: those in the folder of a run, sample or
    plate that is gone, and the joined tables of an analysis that is left out.

    Args:
        outdir: results folder; held by this process.
        units: by stage of the manifests, names of the jobs of today.
        folders: by analysis of the config, names of its runs, samples or plates.

    Returns:
        Names of the folders and manifests removed, for the terminal.
    """
    gone: dict[str, None] = {}
    for manifest in sorted((outdir / "manifests").glob("*/*.json")):
        try:
            files = list(read_manifest(manifest).files)
        except (ValueError, OSError):
            files = []
        left = []
        for name in files:
            analysis, *inner = name.split("/")
            wanted = folders.get(analysis)
            is_of_nobody = wanted is None or (len(inner) > 1 and inner[0] not in wanted)
            if analysis in _ANALYSES and is_of_nobody:
                left.append(name)
        for name in left:
            (outdir / name).unlink(missing_ok=True)
            for folder in (outdir / name).parents:
                if folder == outdir or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()
            gone["/".join(name.split("/")[:2])] = None
        stage = manifest.parent.name
        if manifest.stem not in units.get(stage, (manifest.stem,)) or (files and left == files):
            manifest.unlink(missing_ok=True)
    return list(gone)
