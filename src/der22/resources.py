"""Where the small public tables that ship with der22 lie."""

from __future__ import annotations

from pathlib import Path

__all__ = ["resource_path"]

_PACKAGE = Path(__file__).resolve().parent


def resource_path(name: str) -> Path:
    """Return the path of a shipped table, such as ``size_standards/GS500LIZ.tsv``.

    An installed wheel carries the tables inside the package; a checkout has them in ``resources/``.

    Raises:
        FileNotFoundError: no such table is shipped.
    """
    for root in (_PACKAGE / "_resources", _PACKAGE.parents[1] / "resources"):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"der22 ships no table {name!r}")
