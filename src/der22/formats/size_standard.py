"""The size standard sheet: lengths of the fragments that are added to every capillary."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from der22.errors import InputError, InputProblem
from der22.resources import resource_path

__all__ = ["SHIPPED_STANDARDS", "SizeStandard", "load_size_standard", "read_size_standard"]

#: the standards that ship with der22, in the order hints are given
SHIPPED_STANDARDS = ("GS500LIZ", "GS500ROX", "GS600LIZ", "GS400HD", "ILS600")

_MIN_FRAGMENTS = 4  # Local Southern needs four neighbours


@dataclass(frozen=True, slots=True)
class SizeStandard:
    """Fragments of known length.

    Attributes:
        name: shipped name, or the stem of the user's sheet.
        sizes_nt: every fragment, ascending, shape (n,), nt.
        used: shape (n,), False for fragments that never serve (GS500 250), boolean.
    """

    name: str
    sizes_nt: NDArray[np.float64]
    used: NDArray[np.bool_]

    @property
    def used_sizes_nt(self) -> NDArray[np.float64]:
        """Return the lengths that serve, ascending, nt."""
        return self.sizes_nt[self.used]


def load_size_standard(name_or_path: str) -> SizeStandard:
    """Return a shipped standard by its name, or the standard of a sheet by its path.

    Raises:
        InputError: neither a shipped name nor a readable sheet.
    """
    if name_or_path in SHIPPED_STANDARDS:
        return read_size_standard(resource_path(f"size_standards/{name_or_path}.tsv"))
    if not Path(name_or_path).is_file():
        message = f"no such size standard; give {', '.join(SHIPPED_STANDARDS)} or a sheet's path"
        raise InputError([InputProblem("size_standard", message, value=name_or_path)])
    return read_size_standard(Path(name_or_path))


def read_size_standard(path: Path | str) -> SizeStandard:
    """Read a size standard sheet: columns ``size_nt`` and ``use`` (yes or no), tab or comma.

    Raises:
        InputError: a column is missing, a cell cannot be read, a length stands twice, or fewer
            than four fragments serve; every such problem is listed.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8 text"
        message = f"cannot be read ({reason}); give a size standard sheet"
        raise InputError([InputProblem(path.name, message)]) from error
    rows = [
        (number, [cell.strip() for cell in line.replace(",", "\t").split("\t")])
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    ]
    if not rows or not {"size_nt", "use"} <= set(rows[0][1]):
        found = "\t".join(rows[0][1]) if rows else "nothing"
        raise InputError([InputProblem(path.name, f"needs columns size_nt, use; found {found}", 1)])
    at = {column: index for index, column in enumerate(rows[0][1])}
    problems: list[InputProblem] = []
    fragments: dict[float, bool] = {}
    for number, cells in rows[1:]:
        _read_fragment(path.name, number, cells, at, fragments, problems)
    if sum(fragments.values()) < _MIN_FRAGMENTS and not problems:
        message = f"at least {_MIN_FRAGMENTS} fragments with use = yes are needed"
        problems.append(InputProblem(path.name, message))
    if problems:
        raise InputError(problems)
    return _standard(path.stem, fragments)


def _read_fragment(
    source: str,
    number: int,
    cells: Sequence[str],
    at: dict[str, int],
    fragments: dict[float, bool],
    problems: list[InputProblem],
) -> None:
    size_text = cells[at["size_nt"]] if at["size_nt"] < len(cells) else ""
    use = cells[at["use"]].lower() if at["use"] < len(cells) else ""
    try:
        size = float(size_text)
    except ValueError:
        size = math.nan
    if not (math.isfinite(size) and size > 0):
        problems.append(InputProblem(source, "is not a length in nt", number, "size_nt", size_text))
    elif size in fragments:
        problems.append(InputProblem(source, "this length stands twice", number, "size_nt"))
    elif use not in ("yes", "no"):
        problems.append(InputProblem(source, "write yes or no", number, "use", use))
    else:
        fragments[size] = use == "yes"


def _standard(name: str, fragments: dict[float, bool]) -> SizeStandard:
    sizes = np.array(sorted(fragments), dtype=np.float64)
    used = np.array([fragments[size] for size in sizes.tolist()], dtype=np.bool_)
    sizes.flags.writeable = False
    used.flags.writeable = False
    return SizeStandard(name, sizes, used)
