"""What a column is, and the one writer and the one reader of every result table.

A table is a frozen dataclass made by `result_table`; its fields are the columns, in order. None in
a record is a blank cell; NaN is written as one.
"""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, Union, dataclass_transform, get_args, get_origin, get_type_hints

from der22.errors import Der22Error
from der22.formats.tables import cell_text, original, round_half_even, write_text

__all__ = [
    "TABLES",
    "TableColumn",
    "as_cells",
    "as_texts",
    "beside",
    "block",
    "column",
    "columns_of",
    "flag_codes",
    "header_of",
    "read_names",
    "read_table",
    "result_table",
    "significant",
    "spread",
    "table_path",
    "write_table",
]

_T = TypeVar("_T")

#: every table, in the order of docs/results.md
TABLES: dict[str, type[Any]] = {}

_BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column, or a block of columns that a cohort names.

    Attributes:
        name: as in the header; of a block what stands before the names, ``mrd_``.
        attribute: field of the record.
        meaning: what a cell says, for docs/results.md.
        unit: of a number, '' for none.
        of: what a block's columns are named for, '' for a lone column.
        kind: int, float, bool, str or a StrEnum: what a cell holds.
        many: whether a cell holds several, joined with ``;``.
        optional: whether a blank cell is None.
        read: text of the cell -> value; raises ValueError or KeyError where it is none.
        write: value -> text of the cell.
    """

    name: str
    attribute: str
    meaning: str
    unit: str
    of: str
    kind: type[Any]
    many: bool
    optional: bool
    read: Callable[[str], Any]
    write: Callable[[Any], str]

    @property
    def is_block(self) -> bool:
        """Whether it is a block; then the field is a mapping name -> value."""
        return bool(self.of)


def column(
    meaning: str = "",
    *,
    unit: str = "",
    decimals: int | None = None,
    digits: int | None = None,
    form: str = "",
    default: Any = dataclasses.MISSING,
    name: str = "",
) -> Any:
    """Declare a column.

    Args:
        meaning: what a cell says.
        unit: of a number.
        decimals: a number is rounded to so many, half to even; zeros at the end are left out.
        digits: a number keeps so many significant digits and has no exponent.
        form: a format for `format` where neither fits.
        default: of the field.
        name: in the header, where it is not the field's.
    """
    metadata = {
        "meaning": meaning, "unit": unit, "decimals": decimals, "digits": digits, "form": form,
        "name": name, "block": False,
    }  # fmt: skip
    return dataclasses.field(default=default, metadata=metadata)


def block(prefix: str, of: str, meaning: str) -> Any:
    """Declare a block of columns, ``{prefix}{name}`` for each name; the field is a mapping.

    Args:
        prefix: what every header begins with.
        of: what is named, such as timepoint.
        meaning: what a cell says.
    """
    metadata = {"meaning": meaning, "name": prefix, "block": True, "of": of}
    return dataclasses.field(default_factory=dict, metadata=metadata)


def flag_codes(meaning: str = "", *, default: tuple[str, ...] = ()) -> Any:
    """Declare the column ``flags``: codes, each once, sorted; their sentences are elsewhere."""
    return column(meaning, default=default, name="flags")


def beside(meaning: str, *, default: Any) -> Any:
    """Declare a field that is no column: it stands in the table's path, or nowhere."""
    return dataclasses.field(default=default, metadata={"meaning": meaning, _BESIDE: True})


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(column, block, flag_codes, beside)
)
def result_table(place: str, row: str) -> Callable[[type[_T]], type[_T]]:
    """Make a class the record of a table.

    Args:
        place: path below the results folder; parts in braces are filled in.
        row: what one row is about.
    """

    def made(record: type[_T]) -> type[_T]:
        made_record = dataclass(frozen=True, slots=True, kw_only=True)(record)
        made_record.table_place = place  # type: ignore[attr-defined]
        made_record.table_row = row  # type: ignore[attr-defined]
        TABLES[place] = made_record
        return made_record

    return made


#: what columns of many tables say
_COMMON = {
    "run_id": "of the mlpa sheet",
    "patient_id": "of the patients sheet",
    "sample_id": "of the sheet of its analysis",
    "day": "of sampling; day 0 = start of the TKI",
    "flags": "codes of what was noticed",
    "message": "a sentence for each flag",
    "gene": "symbol, as in the probemix",
    "percent": "n of N",
    "n": "how many",
    "note": "why a value is blank, who was left out",
    "lower": "end of the confidence interval",
    "upper": "end of the confidence interval",
    "p_value": "two-sided",
}
_COLUMNS: dict[type[Any], tuple[TableColumn, ...]] = {}


def columns_of(record: type[Any]) -> tuple[TableColumn, ...]:
    """Return the columns of a table."""
    if record in _COLUMNS:
        return _COLUMNS[record]
    hints = get_type_hints(record)
    found = []
    for field in dataclasses.fields(record):
        given = field.metadata
        if given.get(_BESIDE):
            continue
        hint = hints[field.name]
        if given["block"]:
            hint = get_args(hint)[1]
        choices = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
        kind = next(choice for choice in choices if choice is not type(None))
        many = get_origin(kind) is tuple
        inner = get_args(kind)[0] if many else kind
        found.append(
            TableColumn(
                name=given["name"] if given["block"] else given["name"] or field.name,
                attribute=field.name,
                meaning=given["meaning"] or _COMMON.get(given["name"] or field.name, ""),
                unit=given.get("unit", ""),
                of=given.get("of", ""),
                kind=inner,
                many=many,
                optional=type(None) in choices,
                read=_reader(inner, many=many, optional=type(None) in choices),
                write=_writer(given, many=many),
            )
        )
    _COLUMNS[record] = tuple(found)
    return _COLUMNS[record]


def _reader(kind: type[Any], *, many: bool, optional: bool) -> Callable[[str], Any]:
    convert: Callable[[str], Any] = kind
    if kind is bool:
        convert = {"yes": True, "no": False}.__getitem__
    elif issubclass(kind, StrEnum):
        words = {str(word): word for word in kind}
        convert = words.__getitem__
    elif kind is str:
        convert = original
    if many:
        return lambda text: tuple(map(convert, text.split(";"))) if text else ()
    return (lambda text: convert(text) if text else None) if optional else convert


def _writer(given: Mapping[str, Any], *, many: bool) -> Callable[[Any], str]:
    decimals, digits, form = (given.get(key) for key in ("decimals", "digits", "form"))
    if many:
        return lambda values: cell_text(";".join(values))
    if decimals is not None:
        return lambda value: cell_text(None if value is None else round_half_even(value, decimals))
    if digits is not None:
        return lambda value: significant(value, digits)
    if form:
        return lambda value: "" if value is None or math.isnan(value) else format(value, form)
    return cell_text


def significant(value: float | None, digits: int = 10) -> str:
    """Return a number with so many significant digits and no exponent; blank for none.

    Six decimals would not do: a ratio of 0.00003 % has to keep its value, and the series compares
    logarithms to nine decimals.

    >>> significant(0.000031234567), significant(5314.75), significant(0.0), significant(None)
    ('0.000031234567', '5314.75', '0', '')
    """
    if value is None or not math.isfinite(value):
        return ""
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = format(value, f".{min(decimals, 60)}f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def spread(
    record: type[Any], names: Mapping[str, Iterable[str]] | None = None
) -> list[tuple[str, TableColumn, str]]:
    """Return the header, the column and, in a block, the name of every column of a table.

    Args:
        record: class of the rows.
        names: names of each block by its field.
    """
    found = []
    for one in columns_of(record):
        if one.is_block:
            given = (names or {}).get(one.attribute, ())
            found += [(one.name + name, one, name) for name in given]
        else:
            found.append((one.name, one, ""))
    return found


def header_of(record: type[Any], names: Mapping[str, Iterable[str]] | None = None) -> list[str]:
    """Return the header of a table, see `spread`."""
    return [header for header, _, _ in spread(record, names)]


def as_cells(row: Any, names: Mapping[str, Iterable[str]] | None = None) -> list[str]:
    """Return the cells of a record, under `header_of`; a name that a block lacks is blank."""
    return _cells(row, spread(type(row), names))


def _cells(row: Any, layout: Iterable[tuple[str, TableColumn, str]]) -> list[str]:
    return [
        one.write(getattr(row, one.attribute).get(name) if name else getattr(row, one.attribute))
        for _, one, name in layout
    ]


def as_texts(row: Any, names: Mapping[str, Iterable[str]] | None = None) -> list[str]:
    """Return the cells of a record as programs other than spreadsheets take them."""
    return [original(cell) for cell in as_cells(row, names)]


def table_path(outdir: Path, record: type[Any], **place: str) -> Path:
    """Return where a table lies."""
    name: str = record.table_place.format(**place)
    return Path(outdir) / name


def write_table(
    outdir: Path | str,
    record: type[_T],
    rows: Iterable[_T],
    names: Mapping[str, Iterable[str]] | None = None,
    **place: str,
) -> str:
    """Write a table in one step: it is there whole or not at all.

    Args:
        outdir: results folder.
        record: class of the rows.
        rows: in order.
        names: names of each block of columns by its field.
        place: what fills the braces of the table's path.

    Returns:
        Its name below `outdir`.
    """
    layout = spread(record, names)
    lines = ["\t".join(cell_text(header) for header, _, _ in layout)]
    lines += ["\t".join(_cells(row, layout)) for row in rows]
    path = table_path(Path(outdir), record, **place)
    write_text(path, "\n".join(lines) + "\n")
    return path.relative_to(outdir).as_posix()


def read_table(
    outdir: Path | str,
    record: type[_T],
    only: tuple[str, Collection[str]] | None = None,
    *,
    optional: bool = False,
    **place: str,
) -> list[_T]:
    """Read a table.

    Args:
        outdir: results folder.
        record: class of the rows.
        only: a column and the texts wanted there; other rows are passed over unread, for few rows
            of long tables.
        optional: whether a table that is not there has no rows.
        place: what fills the braces of the table's path.

    Raises:
        FileNotFoundError: it is not there.
        Der22Error: it is no such table.
    """
    path = table_path(Path(outdir), record, **place)
    if optional and not path.is_file():
        return []
    text = path.read_text(encoding="utf-8")
    # not splitlines: a cell may hold a form feed or a Unicode line separator
    header, *lines = text.removesuffix("\n").split("\n")
    found = [original(name) for name in header.split("\t")]
    layout = _layout(record, found, path)
    placed = {
        field.name: place[field.name]
        for field in dataclasses.fields(record)  # type: ignore[arg-type]
        if field.metadata.get(_BESIDE) and field.name in place
    }
    at, wanted = (found.index(only[0]), only[1]) if only else (0, ())
    rows = []
    for number, line in enumerate(lines, start=2):
        if only and original(line.split("\t", at + 1)[at]) not in wanted:
            continue
        cells = line.split("\t")
        if len(cells) != len(found):
            raise _damaged(path, f"row {number} has {len(cells)} cells, the header {len(found)}")
        values: dict[str, Any] = dict(placed)
        at_column = ""
        try:
            for one, first, names in layout:
                at_column = one.name
                values[one.attribute] = (
                    {name: one.read(cells[first + n]) for n, name in enumerate(names)}
                    if one.of
                    else one.read(cells[first])
                )
        except (ValueError, KeyError) as error:
            what = f"row {number}, {at_column} = {cells[first]!r} is no value of this column"
            raise _damaged(path, what) from error
        rows.append(record(**values))
    return rows


def read_names(outdir: Path | str, record: type[Any], **place: str) -> dict[str, tuple[str, ...]]:
    """Return the names of each block of columns of a table by its field; raises as `read_table`."""
    path = table_path(Path(outdir), record, **place)
    header = path.read_text(encoding="utf-8").split("\n", 1)[0]
    layout = _layout(record, [original(name) for name in header.split("\t")], path)
    return {one.attribute: names for one, _, names in layout if one.is_block}


def _layout(
    record: type[Any], header: list[str], path: Path
) -> list[tuple[TableColumn, int, tuple[str, ...]]]:
    """Return each column with its place in the header, and the names of a block."""
    columns = columns_of(record)
    found: list[tuple[TableColumn, int, tuple[str, ...]]] = []
    at = 0
    for index, one in enumerate(columns):
        if not one.is_block:
            if header[at : at + 1] != [one.name]:
                raise _damaged(path, f"no column {one.name} where it belongs")
            found.append((one, at, ()))
            at += 1
            continue
        after = next((later.name for later in columns[index + 1 :] if not later.is_block), None)
        names: list[str] = []
        while at + len(names) < len(header):
            name = header[at + len(names)]
            if name == after or not name.startswith(one.name):
                break
            names.append(name.removeprefix(one.name))
        found.append((one, at, tuple(names)))
        at += len(names)
    if at != len(header):
        raise _damaged(path, f"an unknown column {header[at]}")
    return found


def _damaged(path: Path, what: str) -> Der22Error:
    message = (
        f"{path.parent.name}/{path.name}: {what}; the table is damaged or of another version of "
        "der22, run the same command again"
    )
    return Der22Error(message)
