"""What the data folder holds, ready for the checks.

Every table is read once. A table whose structure is broken may have lost rows,
so nothing that other tables name is looked up in it: one missing quote in
``sources.csv`` must not make every source of every coding unknown.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from helpers.dataset.checks.cells import Rule, anything, both, filled, in_years, last_day, one_of
from helpers.dataset.codebook import FILE, Codebook, Variable
from helpers.dataset.files import Problem, Row

LONGEST_VALUE = 80
"""Characters of a cell that a message repeats."""


@dataclass(eq=False)
class Content:
    """All tables of a data folder, with look-ups.

    Attributes
    ----------
    book : Codebook
        The scheme.
    tables : mapping of str to list of Row
        The rows of each table that could be read.
    broken : frozenset of str
        Tables with problems of structure.
    """

    book: Codebook
    tables: Mapping[str, list[Row]]
    broken: frozenset[str] = frozenset()

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table."""
        return self.tables[table]

    def whole(self, *tables: str) -> bool:
        """Tell whether no row of these tables can have been lost."""
        return self.broken.isdisjoint(tables)

    def first_rows(self, table: str, *columns: str) -> dict[tuple[str, ...], Row]:
        """Return the first row for each key; later ones are reported as duplicates."""
        found: dict[tuple[str, ...], Row] = {}
        for row in self.rows(table):
            found.setdefault(tuple([row.cells[column] for column in columns]), row)
        return found

    def listed(self, name: str) -> Rule:
        """Return the rule for the ids of one of the codebook's lists."""
        return one_of(self.book.ids(name), FILE)

    def known(self, table: str, column: str) -> Rule:
        """Return the rule for a value that must stand in a column of a table."""
        if not self.whole(table):
            return filled
        return one_of((row.cells[column] for row in self.rows(table)), f"{table}.csv")

    def grouping(self, column: str) -> Rule:
        """Return the rule for a column that puts states into groups."""
        values = self.book.groupings.get(column)
        return both(filled, one_of(values, f"groupings of {FILE}")) if values else filled

    def dated(self, rule: Rule) -> Rule:
        """Return the rule for dates, which end a year after the release at the latest."""
        released = last_day(self.book.dataset["released"])
        return in_years(rule, int(released[:4]) + 1) if released else rule

    @cached_property
    def known_source(self) -> Rule:
        """The rule for the id of a source."""
        return self.known("sources", "source")

    @cached_property
    def known_state(self) -> Rule:
        """The rule for the ISO3 code of a member of the United Nations."""
        return self.known("states", "state")

    @cached_property
    def known_case(self) -> Rule:
        """The rule for the ISO3 code of a case."""
        return one_of(self.cases, "the cases in states.csv") if self.whole("states") else anything

    @cached_property
    def cases(self) -> tuple[str, ...]:
        """ISO3 codes of the states that are coded: those with a region."""
        return tuple(row["state"] for row in self.rows("states") if row["region"])

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """The variables of the codebook by id."""
        return {variable.id: variable for variable in self.book.variables}

    @cached_property
    def accounts(self) -> dict[str, Row]:
        """The accounts by id."""
        return self._by_id("accounts", "account")

    @cached_property
    def sources(self) -> dict[str, Row]:
        """The sources by id."""
        return self._by_id("sources", "source")

    @cached_property
    def events(self) -> dict[str, Row]:
        """The events by id."""
        return self._by_id("events", "event")

    @cached_property
    def resolutions(self) -> dict[str, Row]:
        """The resolutions by number."""
        return self._by_id("un_resolutions", "resolution")

    @cached_property
    def votes(self) -> dict[tuple[str, ...], str]:
        """The vote for each resolution and state."""
        found = self.first_rows("un_votes", "resolution", "state")
        return {key: row["vote"] for key, row in found.items()}

    @cached_property
    def codings(self) -> dict[tuple[str, ...], Row]:
        """The codings by account, state, variable and coder."""
        return self.first_rows("codings", "account", "state", "variable", "coder")

    @cached_property
    def searches(self) -> dict[tuple[str, ...], Row]:
        """The searches by account, state and variable."""
        return self.first_rows("searches", "account", "state", "variable")

    @cached_property
    def paragraphs(self) -> dict[str, tuple[str, ...]]:
        """The locators of each source that is divided into paragraphs."""
        found: dict[str, list[str]] = {}
        for row in self.rows("paragraphs"):
            found.setdefault(row["source"], []).append(f"{row['section']} {row['paragraph']}")
        return {source: tuple(locators) for source, locators in found.items()}

    def _by_id(self, table: str, column: str) -> dict[str, Row]:
        return {row.cells[column]: row for row in reversed(self.rows(table))}


def at(table: str, row: Row | None, column: str, message: str) -> Problem:
    """Return a problem with one cell, or with a table where there is no row."""
    value = row.cells.get(column, "") if row else ""
    if len(value) > LONGEST_VALUE:
        value = value[:LONGEST_VALUE] + "..."
    return Problem(f"{table}.csv", row.line if row else 0, column, value, message)


def check_cells(content: Content, table: str, rules: Mapping[str, Rule]) -> Iterator[Problem]:
    """Yield the cells that break the rule of their column."""
    for row in content.rows(table):
        for column, cell in row.cells.items():
            message = rules[column](cell)
            if message:
                empty = "" if cell or message.startswith("must not") else "is empty; "
                yield at(table, row, column, empty + message)


def check_unique(content: Content, table: str, *columns: str) -> Iterator[Problem]:
    """Yield the rows that repeat what an earlier row holds in some columns."""
    first = content.first_rows(table, *columns)
    for row in content.rows(table):
        key = tuple([row.cells[column] for column in columns])
        if first[key].line != row.line:
            name = ", ".join(columns)
            message = f"{' '.join(key)} stands already in line {first[key].line}"
            yield Problem(f"{table}.csv", row.line, name, "", f"must be unique; {message}")


def check_numbered(content: Content, table: str, column: str, *within: str) -> Iterator[Problem]:
    """Yield the rows before which a number is missing; each group is numbered from 1."""
    groups: dict[tuple[str, ...], dict[int, Row]] = defaultdict(dict)
    for row in content.rows(table):
        # No pattern of the scheme has more digits; int() would not take any length.
        if found := re.fullmatch("(.*?)([0-9]{1,9})", row[column]):
            groups[(*(row[name] for name in within), found[1])][int(found[2])] = row
    for numbered in groups.values():
        for before, number in pairwise([0, *sorted(numbered)]):
            if number > before + 1:
                message = f"numbers run from 1 without a hole; missing before it: {before + 1}"
                more = f" to {number - 1}" if number > before + 2 else ""
                yield at(table, numbered[number], column, message + more)
