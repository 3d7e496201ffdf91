"""The size standard sheet: lengths of the fragments that are added to every capillary."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from der22.arrays import Floats, Mask
from der22.errors import InputError, InputProblem
from der22.formats.files import file_of
from der22.formats.numbers import LONGEST_FRAGMENT_NT
from der22.formats.sheets import read_sheet
from der22.resources import resource_path

__all__ = [
    "SHIPPED_STANDARDS",
    "SizeStandard",
    "load_size_standard",
    "locate_size_standard",
    "read_size_standard",
]

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
    sizes_nt: Floats
    used: Mask

    @property
    def used_sizes_nt(self) -> Floats:
        """Return the lengths that serve, ascending, nt."""
        return self.sizes_nt[self.used]


def locate_size_standard(text: str, base: Path) -> str:
    """Return a shipped name, or nothing, as it is; else a path that starts from `base`."""
    return text if not text or text in SHIPPED_STANDARDS else str((base / text).absolute())


def load_size_standard(name_or_path: str) -> SizeStandard:
    """Return a shipped standard by its name, or the standard of a sheet by its path.

    Raises:
        InputError: neither a shipped name nor a readable sheet.
    """
    if name_or_path in SHIPPED_STANDARDS:
        return read_size_standard(resource_path(f"size_standards/{name_or_path}.tsv"))
    if not file_of(name_or_path).is_file():
        message = f"no such size standard; give {', '.join(SHIPPED_STANDARDS)} or a sheet's path"
        raise InputError([InputProblem("size_standard", message, value=Path(name_or_path).name)])
    return read_size_standard(Path(name_or_path))


def read_size_standard(path: Path | str) -> SizeStandard:
    """Read a size standard sheet: columns ``size_nt`` and ``use`` (yes or no), .tsv, .csv or .xlsx.

    Raises:
        InputError: a column is missing, a cell cannot be read, a length stands twice, or fewer
            than four fragments serve; every such problem is listed.
    """
    path = Path(path)
    sheet = read_sheet(path, "size_standard", heading=str.lower)
    if not {"size_nt", "use"} <= set(sheet.columns):
        message = f"needs columns size_nt, use; found {', '.join(sheet.columns)}"
        raise InputError([InputProblem(path.name, message, sheet.header_row)])
    problems = list(sheet.problems)
    numbers, unclear = sheet.numbers("size_nt", 0.0, LONGEST_FRAGMENT_NT)
    problems += unclear
    fragments: dict[float, bool] = {}
    for number, row in sheet.numbered():
        text, use = row["size_nt"], row["use"].lower()
        size = numbers.read(text)
        if size is None or size <= 0:
            fault = InputProblem(path.name, "is not a length in nt", number, "size_nt", text)
        elif size in fragments:
            fault = InputProblem(path.name, "this length stands twice", number, "size_nt")
        elif use not in ("yes", "no"):
            fault = InputProblem(path.name, "write yes or no", number, "use", use)
        else:
            fragments[size] = use == "yes"
            continue
        problems.append(fault)
    if sum(fragments.values()) < _MIN_FRAGMENTS and not problems:
        message = f"at least {_MIN_FRAGMENTS} fragments with use = yes are needed"
        problems.append(InputProblem(path.name, message))
    if problems:
        raise InputError(problems)
    sizes = np.array(sorted(fragments), dtype=np.float64)
    used = np.array([fragments[size] for size in sizes.tolist()], dtype=np.bool_)
    sizes.flags.writeable = False
    used.flags.writeable = False
    return SizeStandard(path.stem, sizes, used)
