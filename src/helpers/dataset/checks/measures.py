"""Checks of measures that others made, which the accounts are compared with."""

from collections.abc import Iterator

from helpers.dataset.checks.cells import (
    anything,
    count_from_one,
    day_month_or_year,
    filled,
    matching,
    one_of,
    optional,
    several,
)
from helpers.dataset.checks.content import Content, at, check_cells, check_unique
from helpers.dataset.codebook import FILE
from helpers.dataset.files import Problem
from helpers.dataset.outcomes import TYPE


def measures(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``measures.csv``."""
    ordered = [variable.id for variable in content.book.variables if not variable.is_set]
    compared = (TYPE, *ordered, *(level.id for level in content.book.levels))
    rules = {
        "measure": matching("[a-z0-9_]+", "lower-case letters, digits and _"),
        "label": filled,
        "publisher": filled,
        "as_of": content.dated(day_month_or_year),
        "scale": filled,
        "what_it_measures": filled,
        "account": content.known("accounts", "account"),
        "compared_with": several(one_of(compared, f"{TYPE}, variables and levels in {FILE}")),
        "source": several(content.known_source),
        "note": anything,
    }
    yield from check_cells(content, "measures", rules)
    yield from check_unique(content, "measures", "measure")
    if content.whole("measure_values"):
        valued = content.first_rows("measure_values", "measure")
        for row in content.rows("measures"):
            if (row["measure"],) not in valued:
                message = "measure_values.csv has no value of this measure"
                yield at("measures", row, "measure", message)


def measure_values(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``measure_values.csv``."""
    rules = {
        "measure": content.known("measures", "measure"),
        "state": content.known_case,
        "value": filled,
        # Empty where the maker does not say where a state stands.
        "rank": optional(count_from_one),
        "source": several(content.known_source),
        "note": anything,
    }
    yield from check_cells(content, "measure_values", rules)
    yield from check_unique(content, "measure_values", "measure", "state")
