"""Tables inside an export: where the header stands, which column is meant, how it writes numbers.

Header names are compared without case, blanks and punctuation, and with the Cyrillic letters that
some instruments write in "Ct" folded to Latin ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from der22.errors import UnreadableFileError
from der22.formats.grid import Cell, Grid, Mark, MarkedCell, cell_name, cell_string
from der22.formats.numbers import NumberColumn, NumberStyleError, decide_numbers, read_number

__all__ = ["Table", "TableRow", "find_table", "fold_name", "whole_number"]

_LOOKALIKES = str.maketrans({"\u0421": "c", "\u0441": "c", "\u0422": "t", "\u0442": "t"})
#: a header is looked for so far down; SDS heads grow with the number of plates
_SEARCHED_ROWS = 300
#: position of a column whose name stands twice: whoever reads it refuses the file
_TWICE = -1


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
        source: file, and tab of a workbook, for sentences.
        number: row of the file, 1 = first line.
        columns: folded header name -> position.
        cells: the cells.
        fault: why the line cannot be taken apart into the columns of the header, '' when it can.
    """

    source: str
    number: int
    columns: dict[str, int]
    cells: Sequence[Cell]
    fault: str = ""

    def cell(self, *names: str) -> str | float | None:
        """Return the cell of the first of `names` that the header has, None beyond the row.

        Raises:
            UnreadableFileError: ``FILE_UNREADABLE`` when the cell may hold something else than it
                shows, belongs to another column, or its column stands twice.
        """
        at = next((self.columns[name] for name in names if name in self.columns), None)
        if at is None:
            return None
        if at == _TWICE:
            name = next(name for name in names if name in self.columns)
            raise self._refused(f"the column {name} stands twice; remove one of the two")
        if self.fault:
            raise self._refused(f"row {self.number}: {self.fault}")
        cell = self.cells[at] if at < len(self.cells) else None
        if isinstance(cell, MarkedCell):
            raise self._refused(f"cell {cell_name(self.number, at)} {cell.fault}")
        return cell

    def value(self, *names: str) -> str | float | None:
        """Return the cell where a number is meant: an error of a formula is a text that is none.

        See `cell` for names and errors.
        """
        at = next((self.columns[name] for name in names if name in self.columns), _TWICE)
        cell = self.cells[at] if 0 <= at < len(self.cells) else None
        if not self.fault and isinstance(cell, MarkedCell) and cell.mark is Mark.ERROR:
            return cell.shown
        return self.cell(*names)

    def text(self, *names: str) -> str:
        """Return the text of the first of `names` that the header has; see `cell`."""
        return cell_string(self.cell(*names))

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing stands in the row."""
        return not any(map(cell_string, self.cells))

    def _refused(self, message: str) -> UnreadableFileError:
        return UnreadableFileError("FILE_UNREADABLE", f"{self.source}: {message}")


@dataclass(frozen=True, slots=True)
class Table:
    """A header and what stands below it.

    Attributes:
        source: file, and tab of a workbook, for sentences.
        columns: folded header name -> position; a name that is repeated has none and is refused
            when it is read.
        titles: folded header name -> name as it stands in the file.
        rows: the rows below.
    """

    source: str
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
        """Iterate over every cell of the column of the first of `names` that the header has."""
        at = next((self.columns[name] for name in names if name in self.columns), _TWICE)
        for row in self.rows if at != _TWICE else ():
            if at < len(row.cells):
                yield row.cells[at]

    def numbers(self, names: Sequence[str], minimum: float, maximum: float) -> NumberColumn:
        """Return how the column of the first of `names` that the header has writes its numbers.

        Args:
            names: folded names.
            minimum: smallest number that the column can hold; a reading below is none.
            maximum: largest number.

        Raises:
            UnreadableFileError: ``NUMBER_STYLE_MIXED`` or ``NUMBER_STYLE_UNCLEAR``.
        """
        try:
            return decide_numbers(self.cells(*names), minimum, maximum)
        except NumberStyleError as error:
            raise UnreadableFileError(
                error.code, f"{self.source}: column {self.title(*names)}: {error}"
            ) from error


def find_table(grid: Grid, wanted: Iterable[Sequence[str]], rows_before: int = 0) -> Table | None:
    """Find the first row that is a header with one of each group of `wanted` names.

    Args:
        grid: rows of cells; only the first 300 are searched.
        wanted: groups of folded names; a header must have one name of every group.
        rows_before: rows of the file above the grid.

    Returns:
        The table with every row below the header, None when no row is such a header.
    """
    groups = [frozenset(group) for group in wanted]
    for at, cells in enumerate(grid.rows[:_SEARCHED_ROWS]):
        names = [fold_name(cell_string(cell)) for cell in cells]
        present = set(names)
        if all(group & present for group in groups):
            return _make_table(grid, at, names, rows_before)
    return None


def _make_table(grid: Grid, at: int, names: Sequence[str], rows_before: int) -> Table:
    columns: dict[str, int] = {}
    titles: dict[str, str] = {}
    for position, name in enumerate(names):
        if name and name in columns:
            columns[name] = _TWICE
        elif name:
            columns[name] = position
            titles[name] = cell_string(grid.rows[at][position])
    below = tuple(
        TableRow(
            grid.source,
            number + rows_before,
            columns,
            cells,
            grid.faults.get(number, "") or _too_long(cells, len(names)),
        )
        for number, cells in enumerate(grid.rows[at + 1 :], at + 2)
    )
    return Table(grid.source, columns, titles, below)


def _too_long(cells: Sequence[Cell], width: int) -> str:
    """Say that a row has more cells than the header: then none of them is sure of its column."""
    if not any(map(cell_string, cells[width:])):
        return ""
    filled = max(at for at, cell in enumerate(cells, 1) if cell_string(cell))
    return f"{filled} cells, the header has {width} columns; export or write the table again"


def whole_number(cell: Cell) -> int | None:
    """Return a small count such as a well number: 7, 7.0 or "7"; None for anything else."""
    value = read_number(cell)
    return int(value) if value is not None and value.is_integer() and 0 <= value < 9999 else None
