"""Files of the demo that stand in many places but are stored once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

__all__ = ["forget_files", "link_file"]


def link_file(source: Path, target: Path) -> None:
    """Let `target` be the same file as `source`; copy it where the disk knows no hard links.

    An older `target` is replaced, never written into: it may itself be such a link.
    """
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def forget_files(paths: Iterable[Path]) -> None:
    """Take away files that are to be written anew, so that no linked twin changes with them."""
    for path in paths:
        path.unlink(missing_ok=True)
