"""Regions: which rows belong to one, and how support spreads over them.

A grouping is a column of ``states.csv``; ``ValueError`` names the groupings or regions there are,
or the rows that are no UN members.
"""

from collections.abc import Iterable

import pandas as pd

from helpers.dataset.allowed import ALL, GROUPINGS, grouping_ids, region_ids, require
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import load_states
from helpers.dataset.words import labels, names


def filter_region(table: pd.DataFrame, region: str) -> pd.DataFrame:
    """Return the rows (by ISO3 code) of one region of any grouping, all of them for ``all``."""
    require("region", region, region_ids())
    if region == ALL:
        return table
    names(table.index)  # refuses what is no state
    inside = (load_states()[list(GROUPINGS)] == region).any(axis="columns")
    return table[inside.reindex(table.index)]


def regions_of(states: Iterable[str], grouping: str) -> pd.Series:
    """Return the region of each state, indexed by ISO3 code.

    >>> regions_of(["NAM", "IRN"], "m49_subregion").tolist()
    ['Southern Africa', 'Southern Asia']
    """
    require("grouping", grouping, grouping_ids())
    codes = list(states)
    names(codes)  # refuses what is no state
    return load_states().loc[codes, grouping]


def composition(derived: pd.DataFrame, grouping: str) -> pd.DataFrame:
    """Return how many states of each region have each type, from `helpers.typology.derive`.

    One row per region that has a case, largest first; one column per type of the codebook (label),
    and ``n_states``.
    """
    regions, kinds = regions_of(derived.index, grouping), labels("support_types")
    table = pd.crosstab(regions, derived["type"]).reindex(columns=list(kinds), fill_value=0)
    table = table.rename(columns=kinds).rename_axis(columns=None)
    table["n_states"] = table.sum(axis="columns")
    return table.sort_values("n_states", ascending=False, kind="stable")


def level_shares(derived: pd.DataFrame, grouping: str) -> pd.DataFrame:
    """Return counts and shares of every level by region, from `helpers.typology.derive`.

    One row per region, level and value: ``n``, ``of`` (cases in the region), ``percent``.
    """
    rows = []
    for region, states in derived.groupby(regions_of(derived.index, grouping), observed=True):
        for level in load_codebook().levels:
            counts = states[level.id].value_counts(sort=False)
            for code in level.codes:
                n = int(counts[code.id])
                rows.append((region, level.label, code.label, n, len(states)))
    table = pd.DataFrame(rows, columns=["region", "level", "value", "n", "of"])
    return table.assign(percent=(100 * table["n"] / table["of"]).round(1))
