"""Text and tables inside an export: encoding, line ends, separators, header names.

Encoding: UTF-8 with or without mark, UTF-16 by its mark, else Latin-1. Line ends LF, CRLF, CR.
Header names are compared without case, blanks and punctuation, and with the Cyrillic letters that
some instruments write in "Ct" folded to Latin ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from der22.errors import UnreadableFileError
from der22.formats.grid import decode_text, split_text
from der22.formats.qpcr.numbers import Cell, cell_string

__all__ = ["Table", "TableRow", "decode_text", "find_table", "fold_name", "split_rows"]

_LOOKALIKES = str.maketrans({"\u0421": "c", "\u0441": "c", "\u0422": "t", "\u0442": "t"})
#: a header is looked for so far down; SDS heads grow with the number of plates
_SEARCHED_ROWS = 300
#: position of a column whose name stands twice: whoever reads it refuses the file
_TWICE = -1
_MAX_CHARACTERS = 32 * 2**20


def fold_name(name: str) -> str:
    """Return a header name for comparison.

    >>> fold_name("Starting Quantity (SQ)"), fold_name("C\u0442"), fold_name("Y-Intercept")
    ('startingquantitysq', 'ct', 'yintercept')
    """
    return "".join(c for c in name.translate(_LOOKALIKES).casefold() if c.isalnum())


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row below a header.

    Attributes:
        number: row of the file, 1 = first line.
        columns: folded header name -> position.
        cells: the cells.
    """

    number: int
    columns: dict[str, int]
    cells: Sequence[Cell]

    def cell(self, *names: str) -> Cell:
        """Return the cell of the first of `names` that the header has, None beyond the row."""
        for name in names:
            at = self.columns.get(name)
            if at is not None:
                if at == _TWICE:
                    raise UnreadableFileError(
                        "FILE_UNREADABLE",
                        f"the column {name} stands twice; remove one of the two",
                    )
                return self.cells[at] if at < len(self.cells) else None
        return None

    def text(self, *names: str) -> str:
        """Return the text of the first of `names` that the header has."""
        return cell_string(self.cell(*names))


@dataclass(frozen=True, slots=True)
class Table:
    """A header and what stands below it.

    Attributes:
        columns: folded header name -> position; a name that is repeated has none and is refused
            when it is read.
        titles: folded header name -> name as it stands in the file.
        rows: the rows below.
    """

    columns: dict[str, int]
    titles: dict[str, str]
    rows: tuple[TableRow, ...]

    def has(self, *names: str) -> bool:
        """Tell whether the header has all of `names`."""
        return all(name in self.columns for name in names)

    def title(self, *names: str) -> str:
        """Return the first of `names` that the header has, as it stands in the file."""
        return next((self.titles[name] for name in names if name in self.titles), names[0])

    def cells(self, *names: str) -> Iterator[Cell]:
        """Iterate over every cell of the columns `names`."""
        found = [self.columns[name] for name in names if name in self.columns]
        for row in self.rows:
            for at in found:
                if 0 <= at < len(row.cells):
                    yield row.cells[at]


def split_rows(
    text: str, separator: str, name: str, *, strict: bool = True
) -> list[Sequence[Cell]]:
    """Split text into rows of cells.

    Without `strict` a faulty quote is passed over, for a first look at what a file may be.
    Tab-separated instrument text is split as it stands (quotes around a cell are dropped); comma
    and semicolon follow the CSV rules of quoting.

    Raises:
        UnreadableFileError: ``FILE_UNREADABLE`` when a quoted cell never ends or is absurdly long.
    """
    if len(text) > _MAX_CHARACTERS:
        raise UnreadableFileError(
            "FILE_UNREADABLE",
            f"{name}: a table of more than {_MAX_CHARACTERS // 2**20} million characters, no plate "
            "is that large; export one run",
        )
    if separator == "\t":
        return [[_unquote(cell) for cell in line.split("\t")] for line in text.split("\n")]
    grid = split_text(text, separator, name)
    for row, fault in grid.faults.items() if strict else ():
        raise UnreadableFileError("FILE_UNREADABLE", f"{name}: row {row}: {fault}")
    return [[cell if isinstance(cell, str) else None for cell in row] for row in grid.rows]


def find_table(
    rows: Sequence[Sequence[Cell]], wanted: Iterable[Sequence[str]], start: int = 0
) -> Table | None:
    """Find the first row that is a header with one of each group of `wanted` names.

    Args:
        rows: rows of cells.
        wanted: groups of folded names; a header must have one name of every group.
        start: first row to look at; only the next 300 rows are searched.

    Returns:
        The table with every row below the header, None when no row is such a header.
    """
    groups = [frozenset(group) for group in wanted]
    for at in range(start, min(len(rows), start + _SEARCHED_ROWS)):
        names = [fold_name(cell_string(cell)) for cell in rows[at]]
        present = set(names)
        if all(group & present for group in groups):
            return _make_table(rows, at, names)
    return None


def _make_table(rows: Sequence[Sequence[Cell]], at: int, names: Sequence[str]) -> Table:
    columns: dict[str, int] = {}
    titles: dict[str, str] = {}
    for position, name in enumerate(names):
        if name and name in columns:
            columns[name] = _TWICE
        elif name:
            columns[name] = position
            titles[name] = cell_string(rows[at][position])
    below = tuple(
        TableRow(number, columns, cells) for number, cells in enumerate(rows[at + 1 :], at + 2)
    )
    return Table(columns, titles, below)


def _unquote(cell: str) -> str:
    cell = cell.strip()
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
