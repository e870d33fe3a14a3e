"""What an export is made of: tables, their columns, and the codes in these.

Formats differ in what they can say about a column. Here stands all of it, once;
each writer takes what its format has room for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from helpers.dataset.codebook import Entry

Cell: TypeAlias = str | int | None
"""Text, a whole number, or None where a cell is empty; never the empty text."""

TEXT, CODE, INTEGER, FLAG, DATE = "text", "code", "integer", "flag", "date"
"""Kinds of columns. A code is one id of its column's scale; a flag is 0 or 1; a date is
a whole day (one that may also be a month is text)."""


@dataclass(frozen=True)
class Scale:
    """The codes that a column may hold, in their order.

    Attributes
    ----------
    name : str
        The codebook's list, or variable, that they come from.
    codes : tuple of Entry
        The codes.
    ordered : bool
        Whether a later code is more than an earlier one.
    first : int
        The number of the first code, where codes are numbered.
    """

    name: str
    codes: tuple[Entry, ...]
    ordered: bool = False
    first: int = 1

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the codes, in order."""
        return tuple(code.id for code in self.codes)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each code, by its id."""
        return {code: number for number, code in enumerate(self.ids, start=self.first)}


@dataclass(frozen=True)
class Field:
    """One column of a table.

    Attributes
    ----------
    name : str
        At most 32 letters, digits and ``_``.
    label : str
        At most 80 characters.
    kind : str
        One of the kinds above.
    scale : Scale or None
        The codes of a column of codes; the values allowed in one of text; the two
        values of a flag.
    required : bool
        Whether no cell is empty.
    pattern : str
        Regular expression for every cell that is not empty.
    why : str
        The column of the same table that says why a cell is empty.
    number_of : str
        The column of codes whose codes this column repeats as numbers.
    """

    name: str
    label: str
    kind: str = TEXT
    scale: Scale | None = None
    required: bool = False
    pattern: str = ""
    why: str = ""
    number_of: str = ""


@dataclass(frozen=True)
class Licence:
    """Terms of a table: their title, their address, and an open licence's name."""

    title: str
    path: str
    name: str = ""


@dataclass(frozen=True)
class Join:
    """Columns of a table that name a row of another."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One table of an export.

    Attributes
    ----------
    name, title : str
        Its name, and what one row is.
    fields : tuple of Field
        The columns.
    rows : tuple of tuple of Cell
        The cells, in the order of the columns.
    key : tuple of str
        Columns that tell rows apart.
    joins : tuple of Join
        What joins to what.
    licence : Licence
        Its terms.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Cell, ...], ...]
    key: tuple[str, ...]
    joins: tuple[Join, ...]
    licence: Licence

    def columns(self) -> Iterator[tuple[Field, tuple[Cell, ...]]]:
        """Yield each column with its cells."""
        for place, field in enumerate(self.fields):
            yield field, tuple(row[place] for row in self.rows)

    def column(self, name: str) -> tuple[Cell, ...]:
        """Return the cells of one column."""
        return next(cells for field, cells in self.columns() if field.name == name)

    def scale(self, name: str) -> Scale:
        """Return the scale of a column of codes."""
        return next(f.scale for f in self.fields if f.name == name and f.scale)


@dataclass(frozen=True)
class Contents:
    """All that is exported.

    Attributes
    ----------
    dataset : dict of str to str
        Title, version, dates, citation: the facts that every format states.
    sources : tuple of tuple of str
        Title and address of what the tables as a whole were made from.
    tables : tuple of Table
        The tables, those that most people want first.
    """

    dataset: dict[str, str]
    sources: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """Return the table of that name."""
        return next(table for table in self.tables if table.name == name)
