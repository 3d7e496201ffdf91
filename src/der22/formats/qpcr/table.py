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

__all__ = ["Table", "TableRow", "find_table", "fold_name", "need_table", "whole_number"]

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
        name = next((name for name in names if name in self.columns), None)
        if name is None:
            return None
        cell = self.shown(name)
        if self.columns[name] == _TWICE:
            doubt = f"the column {name} stands twice; remove one of the two"
        elif self.fault:
            doubt = f"row {self.number}: {self.fault}"
        elif isinstance(cell, MarkedCell):
            doubt = f"cell {cell_name(self.number, self.columns[name])} {cell.fault}"
        else:
            return cell
        raise UnreadableFileError("FILE_UNREADABLE", f"{self.source}: {doubt}")

    def shown(self, *names: str) -> Cell:
        """Return the cell of the first of `names` that the header has, with every doubt it holds.

        None without such a column, beyond the row, and of a column that stands twice.
        """
        at = next((self.columns[name] for name in names if name in self.columns), _TWICE)
        return self.cells[at] if 0 <= at < len(self.cells) else None

    def value(self, *names: str) -> str | float | None:
        """Return the cell where a number is meant: an error of a formula is a text that is none.

        See `cell` for names and errors.
        """
        cell = self.shown(*names)
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
    folded = ([fold_name(cell_string(cell)) for cell in row] for row in grid.rows[:_SEARCHED_ROWS])
    headers = (
        (at, names)
        for at, names in enumerate(folded)
        if not any(group.isdisjoint(names) for group in groups)
    )
    at, names = next(headers, (-1, []))
    if not names:
        return None
    columns: dict[str, int] = {}
    titles: dict[str, str] = {}
    for position, name in enumerate(names):
        if name:
            columns[name] = _TWICE if name in columns else position
            titles.setdefault(name, cell_string(grid.rows[at][position]))
    rows = []
    for number, cells in enumerate(grid.rows[at + 1 :], at + 2):
        fault = grid.faults.get(number, "")
        # in a row with more cells than the header none of them is sure of its column
        if not fault and any(map(cell_string, cells[len(names) :])):
            filled = max(place for place, cell in enumerate(cells, 1) if cell_string(cell))
            fault = (
                f"{filled} cells, the header has {len(names)} columns; "
                "export or write the table again"
            )
        rows.append(TableRow(grid.source, number + rows_before, columns, cells, fault))
    return Table(grid.source, columns, titles, tuple(rows))


def need_table(
    grid: Grid, wanted: Iterable[Sequence[str]], lack: str, rows_before: int = 0
) -> Table:
    """Find a table as `find_table` does.

    Raises:
        UnreadableFileError: ``RESULTS_MISSING`` with the sentence `lack` when there is none.
    """
    table = find_table(grid, wanted, rows_before)
    if table is None:
        raise UnreadableFileError("RESULTS_MISSING", lack)
    return table


def whole_number(cell: Cell) -> int | None:
    """Return a small count such as a well number: 7, 7.0 or "7"; None for anything else."""
    value = read_number(cell)
    return int(value) if value is not None and value.is_integer() and 0 <= value < 9999 else None
