"""Cross-tables: states on one level, or one variable of its group, by another."""

import pandas as pd

from helpers.dataset.allowed import ALL, ANY, part_ids, require
from helpers.dataset.words import names

MISSING = "not coded"


def axis(cases: pd.DataFrame, derived: pd.DataFrame, level: str, part: str = ANY) -> pd.Series:
    """Return where each state stands on a level, or on one variable that it sums up.

    From `helpers.data.load_cases` and `helpers.typology.derive`: one ordered category per state;
    that of a variable may be `MISSING`, which comes first. ``ValueError`` names the parts of the
    level that there are.
    """
    require(f"part of {level}", part, part_ids(level))
    if part == ANY:
        return derived[level]
    categories = [MISSING, *cases[part].cat.categories]
    return cases[part].cat.set_categories(categories, ordered=True).fillna(MISSING)


def cross_counts(rows: pd.Series, columns: pd.Series) -> pd.DataFrame:
    """Return exact counts of states by two categories, empty ones included, and ``all``."""
    table = pd.crosstab(rows, columns, dropna=False)
    order = (list(rows.cat.categories), list(columns.cat.categories))
    table = table.reindex(index=order[0], columns=order[1], fill_value=0)
    # Sums need an axis of plain texts: a category that there is not cannot be added.
    table = table.set_axis(order[0], axis="index").set_axis(order[1], axis="columns")
    table.loc[ALL] = table.sum()
    table[ALL] = table.sum(axis="columns")
    table.index.name, table.columns.name = rows.name, columns.name
    return table


def cross_names(rows: pd.Series, columns: pd.Series) -> pd.DataFrame:
    """Return the short names of the states in each cell, joined by commas; no sums."""
    short = pd.Series(names(rows.index), index=rows.index)
    cells = {
        column: [
            ", ".join(sorted(short[(rows == row) & (columns == column)]))
            for row in rows.cat.categories
        ]
        for column in columns.cat.categories
    }
    table = pd.DataFrame(cells, index=list(rows.cat.categories))
    table.index.name, table.columns.name = rows.name, columns.name
    return table
